//! People as the caller may see them, and the break-glass grants over those elsewhere. A person who was merged or purged stays, as a
//! tombstone. Where communes belong is in `territories`.

use domain::access::AccessGranted;
use domain::beneficiary::{Beneficiary, Details};
use domain::calendar::{Day, Instant};
use domain::change::{Change, Stamp};
use domain::enrolment::Enrolment;
use domain::id::Id;
use domain::identifier::commune::CommuneCode;
use domain::identifier::france_travail::FranceTravailId;
use domain::identifier::person_reference::PersonReference;
use domain::identifier::phone::Phone;
use domain::policy::{Function, GrantAccess, Scope};
use domain::referral::Referral;
use domain::refusal::Decided;
use domain::territory::Territory;
use domain::text::{Email, Name};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page, by_id, position};
use crate::select::{all, exists, insert_all, locked, one, people_of, with_id};
use crate::tables::{access_grant, beneficiary, enrolment};
use crate::{events, referrals, revision};

impl From<beneficiary::Model> for Beneficiary {
    fn from(row: beneficiary::Model) -> Self {
        Self {
            id: Id::new(row.id),
            reference: PersonReference::stored(row.reference),
            last_name: row.last_name.map(Name::stored),
            first_name: row.first_name.map(Name::stored),
            birth_date: row.birth_date.map(Day::new),
            commune_code: row.commune_code.map(CommuneCode::stored),
            details: details(row.birth_name, row.phone, row.email, row.france_travail_id),
            territory: Id::new(row.territory_id),
            merged_into: row.merged_into_id.map(Id::new),
            purged_at: row.purged_at.map(Instant::new),
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        }
    }
}

impl From<&Beneficiary> for beneficiary::Model {
    fn from(person: &Beneficiary) -> Self {
        Self {
            id: person.id.uuid(),
            reference: (*person.reference).to_owned(),
            last_name: person.last_name.clone().map(String::from),
            first_name: person.first_name.clone().map(String::from),
            birth_date: person.birth_date.map(Day::date),
            commune_code: person.commune_code.as_deref().map(str::to_owned),
            territory_id: person.territory.uuid(),
            merged_into_id: person.merged_into.map(Id::uuid),
            purged_at: person.purged_at.map(Instant::utc),
            version: person.stamp.version,
            created_at: person.stamp.created_at.utc(),
            updated_at: person.stamp.updated_at.utc(),
            birth_name: person.details.birth_name.clone().map(String::from),
            phone: person.details.phone.as_deref().map(str::to_owned),
            email: person.details.email.as_deref().map(str::to_owned),
            france_travail_id: person.details.france_travail_id.as_deref().map(str::to_owned),
        }
    }
}

/// What is known of a person besides who they are, as it is stored.
pub(crate) fn details(birth_name: Option<String>, phone: Option<String>, email: Option<String>, france_travail_id: Option<String>) -> Details {
    Details {
        birth_name: birth_name.map(Name::stored),
        phone: phone.map(Phone::stored),
        email: email.map(Email::stored),
        france_travail_id: france_travail_id.map(FranceTravailId::stored),
    }
}

/// The people a scope reaches: for their file, or to enrol them, which is a scope over another kind of thing.
fn visible_to<F: Function>(scope: &Scope<F>) -> SelectStatement {
    Query::select()
        .columns(
            [
                "id",
                "reference",
                "last_name",
                "first_name",
                "birth_date",
                "commune_code",
                "territory_id",
                "merged_into_id",
                "purged_at",
                "version",
                "created_at",
                "updated_at",
                "birth_name",
                "phone",
                "email",
                "france_travail_id",
            ]
            .map(|column| ("beneficiary", column)),
        )
        .from("beneficiary")
        .cond_where(people_of(scope.reach(), scope.now()))
        .take()
}

/// The person with this id.
pub async fn find<F: Function<Over = Beneficiary>>(
    source: &impl Source,
    scope: &Scope<F>,
    id: Id<Beneficiary>,
) -> Result<Option<Beneficiary>, Error> {
    let row = one::<beneficiary::Model>(source, &with_id(visible_to(scope), "beneficiary", id.uuid())).await?;
    Ok(row.map(Beneficiary::from))
}

async fn lock_any<F: Function>(w: &Write, scope: &Scope<F>, id: Id<Beneficiary>) -> Result<Option<Beneficiary>, Error> {
    let select = locked(with_id(visible_to(scope), "beneficiary", id.uuid()), w, "beneficiary");
    Ok(one::<beneficiary::Model>(w, &select).await?.map(Beneficiary::from))
}

/// The person with this id, locked.
pub async fn lock<F: Function<Over = Beneficiary>>(w: &Write, scope: &Scope<F>, id: Id<Beneficiary>) -> Result<Option<Beneficiary>, Error> {
    lock_any(w, scope, id).await
}

/// The person whom somebody enrols, locked before the group: they are not merged or purged meanwhile.
pub async fn for_enrolment<F: Function<Over = Enrolment>>(w: &Write, scope: &Scope<F>, id: Id<Beneficiary>) -> Result<Option<Beneficiary>, Error> {
    lock_any(w, scope, id).await
}

/// The person whom somebody refers, locked: one referral of theirs is sent at a time.
pub async fn lock_for_referral<F: Function<Over = Referral>>(w: &Write, scope: &Scope<F>, id: Id<Beneficiary>) -> Result<Option<Beneficiary>, Error> {
    lock_any(w, scope, id).await
}

/// The person whose referrals are read.
pub async fn find_for_referrals<F: Function<Over = Referral>>(
    source: &impl Source,
    scope: &Scope<F>,
    id: Id<Beneficiary>,
) -> Result<Option<Beneficiary>, Error> {
    let row = one::<beneficiary::Model>(source, &with_id(visible_to(scope), "beneficiary", id.uuid())).await?;
    Ok(row.map(Beneficiary::from))
}

/// Whether France Travail's identifier, in its new form, is another person's. The old form is not known to be anybody's alone.
pub async fn is_identified_elsewhere(w: &Write, id: &FranceTravailId, except: Option<Id<Beneficiary>>) -> Result<bool, Error> {
    if !id.is_new_form() {
        return Ok(false);
    }
    let select = Query::select()
        .expr(Expr::val(1))
        .from("beneficiary")
        .and_where(Expr::col("france_travail_id").eq(&**id))
        // As the index says it.
        .and_where(Expr::cust("length(france_travail_id) = 11"))
        .and_where_option(except.map(|except| Expr::col("id").ne(except.uuid())))
        .take();
    exists(w, &select).await
}

/// Which people are asked for.
#[derive(Clone, Debug, Default)]
pub struct BeneficiaryQuery {
    /// Of this territory.
    pub territory: Option<Id<Territory>>,
}

/// People, by when they were registered; with `updated_since` in order of change.
pub async fn list<F: Function<Over = Beneficiary>>(
    source: &impl Source,
    scope: &Scope<F>,
    query: &BeneficiaryQuery,
    listing: &Listing,
) -> Result<Page<Beneficiary>, Error> {
    let mut select = visible_to(scope);
    select.and_where_option(query.territory.map(|territory| Expr::col(("beneficiary", "territory_id")).eq(territory.uuid())));
    let mut select = by_id(select, "beneficiary", listing)?;
    let rows = all::<beneficiary::Model>(source, select.limit(listing.limit + 1)).await?;
    Ok(Page::cut(rows, listing.limit, |row| position(listing, row.updated_at, row.id)).map(Beneficiary::from))
}

/// Whether a person has this reference. It is asked over everybody, the purged too: a reference is never used again.
pub async fn reference_taken(w: &Write, reference: &PersonReference) -> Result<bool, Error> {
    let select = Query::select().expr(Expr::val(1)).from("beneficiary").and_where(Expr::col("reference").eq(&**reference)).take();
    exists(w, &select).await
}

/// Saves a person who was registered or edited.
pub async fn save(w: &Write, decided: &Decided<Change<Beneficiary>>) -> Result<(), Error> {
    save_all(w, std::slice::from_ref(decided)).await
}

/// Saves people who were registered or edited: newcomers in the same few statements, whatever their number.
pub async fn save_all(w: &Write, decided: &[Decided<Change<Beneficiary>>]) -> Result<(), Error> {
    let changes = decided.iter().map(|one| (beneficiary::Model::from(&one.after), one.created, &one.event));
    revision::save_all(w, changes).await?;
    let edited: Vec<Uuid> = decided.iter().filter(|one| !one.created).map(|one| one.after.id.uuid()).collect();
    if edited.is_empty() {
        return Ok(());
    }
    // An enrolment shows its person's name: who synchronises enrolments must learn that it changed, or that it was purged.
    enrolment::Entity::update_many()
        .col_expr(enrolment::Column::UpdatedAt, Expr::val(w.now().utc()))
        .filter(Expr::col("beneficiary_id").is_in(edited))
        .exec(w.connection())
        .await?;
    referrals::follow_people(w, decided).await
}

/// What a caseworker learns of a person elsewhere before they break the glass: nothing but where to ask.
#[derive(Debug)]
pub struct Elsewhere {
    /// The person.
    pub id: Id<Beneficiary>,
    /// Their reference.
    pub reference: PersonReference,
    /// The territory that accompanies them.
    pub territory: Id<Territory>,
}

#[derive(FromQueryResult)]
struct ElsewhereRow {
    id: Uuid,
    reference: String,
    territory_id: Uuid,
}

/// The person with this reference, anywhere in the département: breaking the glass is the one look-up that no territory bounds. A
/// purged person is not found, there is nothing left to see.
pub async fn anywhere_by_reference(w: &Write, _: &Scope<GrantAccess>, reference: &PersonReference) -> Result<Option<Elsewhere>, Error> {
    let select = Query::select()
        .columns(["id", "reference", "territory_id"])
        .from("beneficiary")
        .and_where(Expr::col("reference").eq(&**reference))
        .and_where(Expr::col("purged_at").is_null())
        .take();
    let row = one::<ElsewhereRow>(w, &select).await?;
    Ok(row.map(|row| Elsewhere { id: Id::new(row.id), reference: PersonReference::stored(row.reference), territory: Id::new(row.territory_id) }))
}

/// Saves a grant that was taken.
pub async fn save_grant(w: &Write, decided: &Decided<AccessGranted>) -> Result<(), Error> {
    let grant = &decided.grant;
    let row = access_grant::Model {
        id: grant.id.uuid(),
        professional_id: grant.professional.uuid(),
        beneficiary_id: grant.beneficiary.uuid(),
        reason: grant.reason.clone().into(),
        granted_at: grant.granted_at.utc(),
        expires_at: grant.expires_at.utc(),
    };
    insert_all::<access_grant::Entity>(w, [row]).await?;
    events::append(w, [&decided.event]).await
}

#[cfg(test)]
mod tests {
    use domain::actor::{Actor, Role};
    use domain::enrolment::Enrolment;
    use domain::organisation::OrganisationKind;
    use domain::policy::{Enrol, ManageBeneficiary, ReadAttendance, ReadBeneficiary, ReadEnrolment, may};

    use super::*;
    use crate::given::{self, Home, day, now, on_both_engines, uuid};
    use crate::tables::{action, action_group, enrolment, organisation, orientation, session};
    use crate::{attendance, enrolments, sessions};

    const PLIE: u128 = 10;
    const OTHER: u128 = 11;
    const GROUP: u128 = 30;
    const SESSION: u128 = 40;

    fn oriented(person: u128, organisation: u128, starts_on: &str, ends_on: Option<&str>) -> orientation::Model {
        orientation::Model {
            id: uuid(1_000 + person * 10 + organisation),
            beneficiary_id: uuid(person),
            organisation_id: uuid(organisation),
            accompaniment: "socioprofessional".to_owned(),
            starts_on: day(starts_on).date(),
            ends_on: ends_on.map(|to| day(to).date()),
            created_at: now().utc(),
        }
    }

    /// People 101 to 106, all enrolled in one group; the day is 2026-11-17.
    async fn six_people(home: &Home) {
        let people = 101..=106;
        let orientations = [
            oriented(101, PLIE, "2026-01-05", None),
            oriented(102, PLIE, "2026-01-05", Some("2026-11-17")),
            oriented(103, PLIE, "2026-01-05", Some("2026-11-16")),
            oriented(104, PLIE, "2026-11-18", None),
            oriented(105, PLIE, "2025-01-05", Some("2026-01-04")),
            oriented(105, OTHER, "2026-01-05", None),
        ];
        home.write(async |w: &Write| {
            let kinds = [(PLIE, OrganisationKind::Plie), (OTHER, OrganisationKind::Plie)];
            insert_all::<organisation::Entity>(w, kinds.map(|(id, kind)| given::organisation(uuid(id), kind))).await?;
            insert_all::<action::Entity>(w, [given::action(uuid(20), uuid(OTHER))]).await?;
            insert_all::<action_group::Entity>(w, [given::group(uuid(GROUP), uuid(20))]).await?;
            insert_all::<session::Entity>(w, [given::session(uuid(SESSION), uuid(GROUP), "2026-11-17")]).await?;
            insert_all::<beneficiary::Entity>(w, people.clone().map(|n| given::person(uuid(n)))).await?;
            insert_all::<enrolment::Entity>(w, people.clone().map(|n| given::enrolment(uuid(500 + n), uuid(GROUP), uuid(n)))).await?;
            insert_all::<orientation::Entity>(w, orientations.clone()).await
        })
        .await;
    }

    fn caseworker_of_the_plie() -> Actor {
        given::professional(uuid(1), uuid(PLIE), OrganisationKind::Plie, Role::Caseworker)
    }

    fn scope<F: Function>() -> Scope<F> {
        may(&caseworker_of_the_plie(), now()).unwrap()
    }

    #[tokio::test]
    async fn a_delegate_sees_the_people_whose_orientation_in_force_names_it() {
        on_both_engines(async |home| {
            six_people(home).await;
            let seen = list(home.db.read(), &scope::<ReadBeneficiary>(), &BeneficiaryQuery::default(), &Listing::first(50)).await.unwrap();
            let seen: Vec<u128> = seen.items.iter().map(|person| person.id.uuid().as_u128()).collect();
            assert_eq!(seen, [101, 102], "open; last day today. Not: ended yesterday, from tomorrow, of another, none");
            for n in 101..=106 {
                let found = find(home.db.read(), &scope::<ReadBeneficiary>(), Id::new(uuid(n))).await.unwrap();
                assert_eq!(found.is_some(), n <= 102, "{n}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_delegate_writes_to_nobody_else() {
        on_both_engines(async |home| {
            six_people(home).await;
            let locked = home.write(async |w: &Write| {
                let mut locked = Vec::new();
                for n in 101..=106 {
                    let id = Id::new(uuid(n));
                    let edited = lock(w, &scope::<ManageBeneficiary>(), id).await?.is_some();
                    let enrolled = for_enrolment(w, &scope::<Enrol>(), id).await?.is_some();
                    locked.push((n, edited, enrolled));
                }
                Ok(locked)
            });
            let expected: Vec<_> = (101..=106).map(|n| (n, n <= 102, n <= 102)).collect();
            assert_eq!(locked.await, expected);
        })
        .await;
    }

    #[tokio::test]
    async fn a_delegate_sees_of_a_group_and_of_a_sheet_the_people_it_accompanies() {
        on_both_engines(async |home| {
            six_people(home).await;
            let read = home.db.read();
            let enrolled = enrolments::list(read, &scope::<ReadEnrolment>(), Id::new(uuid(GROUP)), &Listing::first(50)).await.unwrap();
            let enrolled: Vec<Id<Enrolment>> = enrolled.items.iter().map(|enrolment| enrolment.id).collect();
            let accompanied = [Id::new(uuid(601)), Id::new(uuid(602))];
            assert_eq!(enrolled, accompanied);
            assert!(enrolments::find(read, &scope::<ReadEnrolment>(), Id::new(uuid(603))).await.unwrap().is_none());

            let session = sessions::find(read, &scope::<ReadAttendance>(), Id::new(uuid(SESSION))).await.unwrap().unwrap();
            let sheet = attendance::find(read, &scope::<ReadAttendance>(), session).await.unwrap();
            assert_eq!(sheet.lines.iter().map(|line| line.enrolment).collect::<Vec<_>>(), accompanied);
        })
        .await;
    }
}
