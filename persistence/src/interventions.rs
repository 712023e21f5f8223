//! Interventions as rows, and which of them a delegate sees; who may have done one, and the enrolment it goes with. How they are listed
//! and saved is in `pieces`.

use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant};
use domain::enrolment::Enrolment;
use domain::id::Id;
use domain::intervention::{DoneBy, Framework, Intervention, InterventionOrder, Practitioner};
use domain::policy::{Function, Reach, Scope};
use domain::professional::Professional;
use domain::text::Note;
use domain::vocabulary::Term;
use sea_orm::FromQueryResult;
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, JoinType, Query, SelectStatement};
use uuid::Uuid;

use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page};
use crate::pieces::{self, Stored};
use crate::revision::Versioned;
use crate::select::{exists, one, stored};
use crate::tables::intervention;

impl Stored for Intervention {
    type Table = intervention::Entity;
    type Row = intervention::Model;

    fn read(row: Self::Row) -> Result<Self, Error> {
        let stamp = row.stamp();
        Ok(Self {
            id: Id::new(row.id),
            beneficiary: Id::new(row.beneficiary_id),
            by: DoneBy {
                professional: Id::new(row.professional_id),
                organisation: Id::new(row.organisation_id),
                profession: row.profession.map(Term::stored),
            },
            about: InterventionOrder {
                kind: Term::stored(row.kind),
                theme: Term::stored(row.theme),
                occurred_on: Day::new(row.occurred_on),
                minutes: row.minutes,
                framework: stored("intervention.framework", &row.framework)?,
                enrolment: row.enrolment_id.map(Id::new),
                moment: row.moment.map(|code| stored("intervention.moment", &code)).transpose()?,
                note: row.note.map(Note::stored),
            },
            cancelled_at: row.cancelled_at.map(Instant::new),
            stamp,
        })
    }

    fn row(&self) -> Result<Self::Row, Error> {
        Ok(intervention::Model {
            id: self.id.uuid(),
            beneficiary_id: self.beneficiary.uuid(),
            kind: (*self.about.kind).to_owned(),
            theme: (*self.about.theme).to_owned(),
            occurred_on: self.about.occurred_on.date(),
            minutes: self.about.minutes,
            professional_id: self.by.professional.uuid(),
            organisation_id: self.by.organisation.uuid(),
            profession: self.by.profession.as_deref().map(str::to_owned),
            framework: self.about.framework.code().to_owned(),
            enrolment_id: self.about.enrolment.map(Id::uuid),
            moment: self.about.moment.map(|moment| moment.code().to_owned()),
            note: self.about.note.clone().map(String::from),
            cancelled_at: self.cancelled_at.map(Instant::utc),
            version: self.stamp.version,
            created_at: self.stamp.created_at.utc(),
            updated_at: self.stamp.updated_at.utc(),
        })
    }

    fn person(&self) -> Id<Beneficiary> {
        self.beneficiary
    }

    /// What [`may_see`] says, of rows that are not read yet.
    fn narrow<F: Function>(scope: &Scope<F>, select: &mut SelectStatement) {
        if let Reach::Accompanied(own) = scope.reach() {
            let towards_work = Expr::col(("intervention", "framework")).eq(Framework::Insertion.code());
            let by_itself = Expr::col(("intervention", "organisation_id")).eq(own.uuid());
            select.cond_where(Cond::any().add(towards_work).add(by_itself));
        }
    }
}

/// Whether an intervention is for this caller: what the département's social service does at large is not a delegate's to know.
pub(crate) fn may_see<F: Function>(scope: &Scope<F>, intervention: &Intervention) -> bool {
    match scope.reach() {
        Reach::Accompanied(own) => intervention.about.framework == Framework::Insertion || intervention.by.organisation == own,
        _ => true,
    }
}

/// The interventions with one person: all, those of a contract in force at their date, or those that are written in none.
pub async fn list<F: Function<Over = Intervention>>(
    source: &impl Source,
    scope: &Scope<F>,
    person: Id<Beneficiary>,
    in_contract: Option<bool>,
    listing: &Listing,
) -> Result<Page<Intervention>, Error> {
    let occurred_on = || Expr::col(("intervention", "occurred_on"));
    let covering = Query::select()
        .expr(Expr::val(1))
        .from("contract")
        .and_where(Expr::col(("contract", "beneficiary_id")).eq(person.uuid()))
        .and_where(Expr::col(("contract", "starts_on")).lte(occurred_on()))
        .cond_where(Cond::any().add(Expr::col(("contract", "ends_on")).is_null()).add(Expr::col(("contract", "ends_on")).gte(occurred_on())))
        .take();
    let mut select = pieces::of_person(scope, person);
    match in_contract {
        None => {}
        Some(true) => _ = select.and_where(Expr::exists(covering)),
        // What was cancelled is to be written nowhere.
        Some(false) => _ = select.and_where(Expr::exists(covering).not()).and_where(Expr::col(("intervention", "cancelled_at")).is_null()),
    }
    pieces::page(source, select, listing).await
}

#[derive(FromQueryResult)]
struct PractitionerRow {
    id: Uuid,
    organisation_id: Uuid,
    kind: String,
    role: String,
    profession: Option<String>,
    disabled_at: Option<DateTimeUtc>,
}

/// The professional with this id, for the rules: whose actions the caller may record, whom they may name as referent is theirs to say.
pub async fn practitioner<F: Function>(w: &Write, _: &Scope<F>, id: Id<Professional>) -> Result<Option<Practitioner>, Error> {
    let select = Query::select()
        .columns(["id", "organisation_id", "role", "profession"].map(|column| ("professional", column)))
        .column(("principal", "disabled_at"))
        .column(("organisation", "kind"))
        .from("professional")
        .join(JoinType::InnerJoin, "principal", Expr::col(("principal", "id")).equals(("professional", "id")))
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("professional", "organisation_id")))
        .and_where(Expr::col(("professional", "id")).eq(id.uuid()))
        .take();
    let Some(row) = one::<PractitionerRow>(w, &select).await? else { return Ok(None) };
    Ok(Some(Practitioner {
        id: Id::new(row.id),
        organisation: Id::new(row.organisation_id),
        kind: stored("organisation.kind", &row.kind)?,
        role: stored("professional.role", &row.role)?,
        profession: row.profession.map(Term::stored),
        disabled_at: row.disabled_at.map(Instant::new),
    }))
}

/// Whether an enrolment is one of this person, whom the caller reaches and holds locked.
pub async fn is_enrolment_of(w: &Write, person: &Beneficiary, enrolment: Id<Enrolment>) -> Result<bool, Error> {
    let select = Query::select()
        .expr(Expr::val(1))
        .from("enrolment")
        .and_where(Expr::col("id").eq(enrolment.uuid()))
        .and_where(Expr::col("beneficiary_id").eq(person.id.uuid()))
        .take();
    exists(w, &select).await
}

#[cfg(test)]
mod tests {
    use domain::actor::{Actor, Role};
    use domain::organisation::OrganisationKind;
    use domain::policy::{ReadIntervention, RecordIntervention, may};

    use super::*;
    use crate::beneficiaries;
    use crate::given::{self, Home, day, now, on_both_engines, uuid};
    use crate::select::insert_all;
    use crate::tables::{action, action_group, beneficiary, enrolment, organisation, orientation, principal, professional};

    const DEPARTMENT: u128 = 10;
    const PLIE: u128 = 11;
    const OTHER: u128 = 12;
    const PERSON: u128 = 101;

    fn working_at(n: u128, organisation: u128, role: &str, disabled: bool) -> (principal::Model, professional::Model) {
        let principal = principal::Model {
            id: uuid(n),
            kind: "professional".to_owned(),
            organisation_id: Some(uuid(organisation)),
            disabled_at: disabled.then(|| now().utc()),
        };
        let professional = professional::Model {
            id: uuid(n),
            organisation_id: uuid(organisation),
            email: format!("p{n}@haute-vienne.example"),
            last_name: "Exemple".to_owned(),
            first_name: "Camille".to_owned(),
            role: role.to_owned(),
            profession: Some("social_worker".to_owned()),
            version: 1,
            created_at: now().utc(),
            updated_at: now().utc(),
        };
        (principal, professional)
    }

    fn done(n: u128, professional: u128, organisation: u128, framework: &str, enrolment: Option<u128>) -> intervention::Model {
        intervention::Model {
            id: uuid(n),
            beneficiary_id: uuid(PERSON),
            kind: "interview".to_owned(),
            theme: "housing".to_owned(),
            occurred_on: day("2026-11-17").date(),
            minutes: Some(45),
            professional_id: uuid(professional),
            organisation_id: uuid(organisation),
            profession: Some("social_worker".to_owned()),
            framework: framework.to_owned(),
            enrolment_id: enrolment.map(uuid),
            moment: enrolment.map(|_| "mid_term".to_owned()),
            note: Some("Point à mi-parcours.".to_owned()),
            cancelled_at: None,
            version: 1,
            created_at: now().utc(),
            updated_at: now().utc(),
        }
    }

    fn interventions() -> [intervention::Model; 5] {
        [
            done(301, 1, DEPARTMENT, "insertion", Some(602)),
            done(302, 1, DEPARTMENT, "sector_general_practice", None),
            done(303, 2, PLIE, "insertion", None),
            // A delegate's own is its own, whatever it says.
            done(304, 2, PLIE, "sector_general_practice", None),
            done(305, 3, OTHER, "insertion", None),
        ]
    }

    /// One person, whom the PLIE accompanies, and what three organisations did with them.
    async fn a_file(home: &Home) {
        use OrganisationKind::{Department, Plie};
        let (principals, professionals): (Vec<_>, Vec<_>) =
            [working_at(1, DEPARTMENT, "caseworker", false), working_at(2, PLIE, "caseworker", true), working_at(3, OTHER, "partner", false)]
                .into_iter()
                .unzip();
        let oriented = given::orientation(uuid(900), uuid(PERSON), uuid(PLIE), "2026-01-05", None);
        home.write(async |w: &Write| {
            let kinds = [(DEPARTMENT, Department), (PLIE, Plie), (OTHER, Plie)];
            insert_all::<organisation::Entity>(w, kinds.map(|(id, kind)| given::organisation(uuid(id), kind))).await?;
            insert_all::<principal::Entity>(w, principals.clone()).await?;
            insert_all::<professional::Entity>(w, professionals.clone()).await?;
            insert_all::<beneficiary::Entity>(w, [PERSON, 102].map(|n| given::person(uuid(n)))).await?;
            insert_all::<orientation::Entity>(w, [oriented.clone()]).await?;
            insert_all::<action::Entity>(w, [given::action(uuid(20), uuid(OTHER))]).await?;
            insert_all::<action_group::Entity>(w, [given::group(uuid(30), uuid(20))]).await?;
            insert_all::<enrolment::Entity>(w, [given::enrolment(uuid(602), uuid(30), uuid(PERSON))]).await?;
            insert_all::<intervention::Entity>(w, interventions()).await
        })
        .await;
    }

    fn scope<F: Function>(organisation: u128, kind: OrganisationKind, role: Role) -> Scope<F> {
        let actor: Actor = given::professional(uuid(1), uuid(organisation), kind, role);
        may(&actor, now()).unwrap()
    }

    #[tokio::test]
    async fn a_delegate_does_not_see_what_the_social_service_does_at_large() {
        on_both_engines(async |home| {
            a_file(home).await;
            for (organisation, kind, role, expected) in [
                (DEPARTMENT, OrganisationKind::Department, Role::Manager, vec![301, 302, 303, 304, 305]),
                // The person has no territory: every caseworker of the département sees them.
                (DEPARTMENT, OrganisationKind::Department, Role::Caseworker, vec![301, 302, 303, 304, 305]),
                (PLIE, OrganisationKind::Plie, Role::Caseworker, vec![301, 303, 304, 305]),
                (OTHER, OrganisationKind::Plie, Role::Caseworker, vec![]),
            ] {
                let scope = scope::<ReadIntervention>(organisation, kind, role);
                let listed = pieces::list(home.db.read(), &scope, Id::new(uuid(PERSON)), &Listing::first(50)).await.unwrap();
                let ids: Vec<u128> = listed.items.iter().map(|one: &Intervention| one.id.uuid().as_u128()).collect();
                assert_eq!(ids, expected, "{role} of {organisation}");
                for row in interventions() {
                    let found = pieces::find(home.db.read(), &scope, Id::new(row.id)).await.unwrap();
                    assert_eq!(found.is_some(), expected.contains(&row.id.as_u128()));
                    assert!(found.is_none_or(|found| found.row().unwrap() == row), "what is read is what is stored");
                }
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_professional_is_found_with_where_they_work_and_an_enrolment_with_its_person() {
        on_both_engines(async |home| {
            a_file(home).await;
            home.write(async |w: &Write| {
                let scope = scope::<RecordIntervention>(DEPARTMENT, OrganisationKind::Department, Role::Manager);
                let found = practitioner(w, &scope, Id::new(uuid(2))).await?.unwrap();
                assert_eq!((found.organisation, found.kind, found.role), (Id::new(uuid(PLIE)), OrganisationKind::Plie, Role::Caseworker));
                assert_eq!((found.profession.as_deref(), found.disabled_at), (Some("social_worker"), Some(now())));
                assert!(practitioner(w, &scope, Id::new(uuid(9))).await?.is_none());

                let [own, other] = [PERSON, 102].map(|n| Id::new(uuid(n)));
                let own = beneficiaries::lock(w, &scope, own).await?.unwrap();
                let other = beneficiaries::lock(w, &scope, other).await?.unwrap();
                assert!(is_enrolment_of(w, &own, Id::new(uuid(602))).await?);
                assert!(!is_enrolment_of(w, &other, Id::new(uuid(602))).await?, "somebody else's");
                assert!(!is_enrolment_of(w, &own, Id::new(uuid(603))).await?, "no such enrolment");
                Ok(())
            })
            .await;
        })
        .await;
    }
}
