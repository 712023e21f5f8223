//! A person's whole file in three statements, however long its history: the person, what was done with them, then everything else that
//! hangs on them. What was done is by far the most, and an engine reads rows faster than it writes them as JSON. What of it the
//! caller may see is decided where each kind is read.

use domain::action::Action;
use domain::barrier::Barrier;
use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant};
use domain::contract::Contract;
use domain::enrolment::{EndReason, Enrolment, Origin};
use domain::group::Group;
use domain::household::HouseholdRole;
use domain::id::Id;
use domain::identifier::person_reference::PersonReference;
use domain::intervention::Intervention;
use domain::milestone::Milestone;
use domain::orientation::Orientation;
use domain::policy::{ReadBeneficiary, Scope};
use domain::readiness::Readiness;
use domain::referral::ReferralSummary;
use domain::rsa_right::RsaRight;
use domain::text::{Label, Name};
use sea_orm::prelude::{Date, DateTimeUtc};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, JoinType, Order, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, DbBackend};
use serde::Deserialize;
use uuid::Uuid;

use crate::beneficiaries;
use crate::db::Source;
use crate::error::Error;
use crate::json::{self, Part, Written, object};
use crate::nirs::SealedNir;
use crate::orientations::Names;
use crate::pieces::{self, in_file, of_file};
use crate::referrals::KeptReferral;
use crate::select::{all, people_of, stored};

/// Pieces of one kind that a file shows at most, the newest.
pub const MOST_PIECES: u64 = 1_000;

/// A person's file.
#[derive(Debug)]
pub struct File {
    /// The person.
    pub person: Beneficiary,
    /// The other adult of their household.
    pub other_adult: Option<OtherAdult>,
    /// Their social security number, sealed.
    pub nir: Option<SealedNir>,
    /// Their RSA rights.
    pub rsa_rights: Vec<RsaRight>,
    /// What they came through.
    pub milestones: Vec<Milestone>,
    /// Which accompaniments they have, had, or wait for.
    pub orientations: Vec<Orientation>,
    /// The names of those whom these name.
    pub names: Names,
    /// Their contracts.
    pub contracts: Vec<Contract>,
    /// How ready they are for steps towards work, as it was said.
    pub readiness: Vec<Readiness>,
    /// What holds them back, or did.
    pub barriers: Vec<Barrier>,
    /// What was done with them.
    pub interventions: Vec<Intervention>,
    /// Their seats in groups.
    pub enrolments: Vec<FileEnrolment>,
    /// Their referrals.
    pub referrals: Vec<ReferralSummary>,
}

/// The other adult of a household: somebody else, with a file of their own.
#[derive(Debug)]
pub struct OtherAdult {
    /// Who.
    pub id: Id<Beneficiary>,
    /// Their reference.
    pub reference: PersonReference,
    /// Which of the two.
    pub role: HouseholdRole,
    /// Whether the caller accompanies them too.
    pub in_reach: bool,
}

/// A seat in a group, in short.
#[derive(Debug)]
pub struct FileEnrolment {
    /// Its id.
    pub id: Id<Enrolment>,
    /// The group.
    pub group: Id<Group>,
    /// Its name.
    pub group_name: String,
    /// The group's action.
    pub action: Id<Action>,
    /// Its name.
    pub action_name: String,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Option<Day>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// How the person came.
    pub origin: Origin,
    /// Half-days attended, in whole or in part.
    pub present: i64,
    /// Half-days missed with an excuse.
    pub excused: i64,
    /// Half-days missed without one.
    pub unexcused: i64,
}

#[derive(Deserialize)]
struct AdultPart {
    id: Uuid,
    reference: String,
    role: String,
    in_reach: bool,
}

#[derive(Deserialize)]
struct NirPart {
    version: i32,
    sealed: String,
    recorded_at: DateTimeUtc,
}

#[derive(Deserialize)]
struct EnrolmentPart {
    id: Uuid,
    group_id: Uuid,
    group_name: String,
    action_id: Uuid,
    action_name: String,
    starts_on: Date,
    ends_on: Option<Date>,
    end_reason: Option<String>,
    origin: String,
    present: i64,
    excused: i64,
    unexcused: i64,
}

#[derive(Deserialize)]
struct ReferralPart {
    organisation_id: Uuid,
    organisation_name: String,
    #[serde(flatten)]
    kept: KeptReferral,
}

/// The columns of a table, each under its own name.
fn columns<'a>(table: &str, ids: &[&'a str], plain: &[&'a str]) -> Vec<(&'a str, String, Written)> {
    let of = |written| move |column: &&'a str| (*column, format!("\"{table}\".\"{column}\""), written);
    ids.iter().map(of(Written::Id)).chain(plain.iter().map(of(Written::Plain))).collect()
}

fn other_adult(engine: DbBackend, scope: &Scope<ReadBeneficiary>, person: &Beneficiary) -> Option<SelectStatement> {
    let household = person.household.as_ref()?.household.id;
    let in_reach = Query::select()
        .expr(Expr::val(1))
        .from("beneficiary")
        .and_where(Expr::col(("beneficiary", "id")).equals(("adult", "id")))
        .cond_where(people_of(scope.reach(), scope.now()))
        .take();
    let reached = Query::select()
        .columns(["id", "reference", "household_role"].map(|column| ("adult", column)))
        .expr_as(Expr::exists(in_reach), "in_reach")
        .from_as("beneficiary", "adult")
        .and_where(Expr::col(("adult", "household_id")).eq(household.uuid()))
        .and_where(Expr::col(("adult", "id")).ne(person.id.uuid()))
        .and_where(Expr::col(("adult", "merged_into_id")).is_null())
        .and_where(Expr::col(("adult", "purged_at")).is_null())
        .limit(1)
        .take();
    let members = [
        ("id", "reached.id".to_owned(), Written::Id),
        ("reference", "reached.reference".to_owned(), Written::Plain),
        ("role", "reached.household_role".to_owned(), Written::Plain),
        ("in_reach", "reached.in_reach".to_owned(), Written::Bool),
    ];
    Some(json::part(Query::select().from_subquery(reached, "reached").take(), "other_adult", object(engine, members)))
}

fn nir(engine: DbBackend, person: &Beneficiary) -> SelectStatement {
    let mut members = columns("beneficiary_nir", &[], &["version", "recorded_at"]);
    members.push(("sealed", "beneficiary_nir.sealed".to_owned(), Written::Bytes));
    let select = Query::select()
        .from("beneficiary_nir")
        .and_where(Expr::col(("beneficiary_nir", "beneficiary_id")).eq(person.id.uuid()))
        .and_where(Expr::col(("beneficiary_nir", "current")).eq(true))
        .take();
    json::part(select, "nir", object(engine, members))
}

fn enrolments(engine: DbBackend, person: &Beneficiary) -> SelectStatement {
    let mut members = columns("enrolment", &["id", "group_id"], &["starts_on", "ends_on", "end_reason", "origin"]);
    members.push(("group_name", "action_group.name".to_owned(), Written::Plain));
    members.push(("action_id", "action.id".to_owned(), Written::Id));
    members.push(("action_name", "action.name".to_owned(), Written::Plain));
    for (name, statuses) in [("present", "'present', 'late', 'left_early'"), ("excused", "'absent_excused'"), ("unexcused", "'absent_unexcused'")] {
        members.push((name, format!("count(case when attendance.status in ({statuses}) then 1 end)"), Written::Plain));
    }
    let select = Query::select()
        .from("enrolment")
        .join(JoinType::InnerJoin, "action_group", Expr::col(("action_group", "id")).equals(("enrolment", "group_id")))
        .join(JoinType::InnerJoin, "action", Expr::col(("action", "id")).equals(("action_group", "action_id")))
        .join(JoinType::LeftJoin, "attendance", Expr::col(("attendance", "enrolment_id")).equals(("enrolment", "id")))
        .and_where(Expr::col(("enrolment", "beneficiary_id")).eq(person.id.uuid()))
        .add_group_by([("enrolment", "id"), ("action_group", "id"), ("action", "id")].map(Expr::col))
        .order_by(("enrolment", "id"), Order::Desc)
        .limit(MOST_PIECES)
        .take();
    json::part(select, "enrolment", object(engine, members))
}

fn referrals(engine: DbBackend, person: &Beneficiary) -> SelectStatement {
    let plain = ["purpose", "accompaniment", "state", "expires_at", "sent_at", "closed_at"];
    let mut members = columns("referral", &["id", "organisation_id", "action_id"], &plain);
    members.push(("organisation_name", "organisation.name".to_owned(), Written::Plain));
    let select = Query::select()
        .from("referral")
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("referral", "organisation_id")))
        .and_where(Expr::col(("referral", "beneficiary_id")).eq(person.id.uuid()))
        .order_by(("referral", "id"), Order::Desc)
        .limit(MOST_PIECES)
        .take();
    json::part(select, "referral", object(engine, members))
}

/// Those of a table whom the person's orientations name.
fn named(engine: DbBackend, person: &Beneficiary, table: &'static str, column: &'static str, names: &[&'static str]) -> SelectStatement {
    let theirs = Query::select()
        .column(("orientation", column))
        .from("orientation")
        .and_where(Expr::col(("orientation", "beneficiary_id")).eq(person.id.uuid()))
        .and_where(Expr::col(("orientation", column)).is_not_null())
        .take();
    let select = Query::select().from(table).and_where(Expr::col((table, "id")).in_subquery(theirs)).take();
    json::part(select, table, object(engine, columns(table, &["id"], names)))
}

#[derive(Deserialize)]
struct NamePart {
    id: Uuid,
    name: Option<String>,
    last_name: Option<String>,
    first_name: Option<String>,
}

/// The names that were read.
fn names(parts: &[Part]) -> Result<Names, Error> {
    let mut names = Names::default();
    for part in parts.iter().filter(|part| part.kind == "organisation" || part.kind == "professional") {
        let NamePart { id, name, last_name, first_name } = part.read()?;
        if let Some(name) = name {
            names.organisations.insert(Id::new(id), Label::stored(name));
        }
        if let (Some(last_name), Some(first_name)) = (last_name, first_name) {
            names.referents.insert(Id::new(id), (Name::stored(last_name), Name::stored(first_name)));
        }
    }
    Ok(names)
}

/// Everything that hangs on a person, each kind the newest first: one statement.
pub(crate) fn parts_of(engine: DbBackend, scope: &Scope<ReadBeneficiary>, person: &Beneficiary) -> SelectStatement {
    let kinds = [
        Some(nir(engine, person)),
        other_adult(engine, scope, person),
        Some(in_file::<RsaRight, _>(engine, scope, person.id, MOST_PIECES)),
        Some(in_file::<Milestone, _>(engine, scope, person.id, MOST_PIECES)),
        Some(in_file::<Orientation, _>(engine, scope, person.id, MOST_PIECES)),
        Some(in_file::<Contract, _>(engine, scope, person.id, MOST_PIECES)),
        Some(in_file::<Readiness, _>(engine, scope, person.id, MOST_PIECES)),
        Some(named(engine, person, "organisation", "organisation_id", &["name"])),
        Some(named(engine, person, "professional", "referent_id", &["last_name", "first_name"])),
        Some(in_file::<Barrier, _>(engine, scope, person.id, MOST_PIECES)),
        Some(enrolments(engine, person)),
        Some(referrals(engine, person)),
    ];
    // Each kind in brackets of its own: it has its order and its bound.
    let mut kinds = kinds
        .into_iter()
        .flatten()
        .map(|kind| Query::select().columns([("part", "kind"), ("part", "content")]).from_subquery(kind, "part").cond_where(Cond::all()).take());
    let mut union = kinds.next().unwrap_or_default();
    for kind in kinds {
        union.union(UnionType::All, kind);
    }
    union
}

/// The file of a person in reach.
pub async fn find(source: &impl Source, scope: &Scope<ReadBeneficiary>, id: Id<Beneficiary>) -> Result<Option<File>, Error> {
    let Some(person) = beneficiaries::find(source, scope, id).await? else { return Ok(None) };
    if person.is_closed() {
        return Ok(Some(File::of_nothing(person)));
    }
    let parts = all::<Part>(source, &parts_of(source.connection().get_database_backend(), scope, &person)).await?;
    let of = |kind: &'static str| parts.iter().filter(move |part| part.kind == kind);
    let other_adult = of("other_adult").next().map(|part| {
        let AdultPart { id, reference, role, in_reach } = part.read()?;
        let role = stored("beneficiary.household_role", &role)?;
        Ok::<_, Error>(OtherAdult { id: Id::new(id), reference: PersonReference::stored(reference), role, in_reach })
    });
    let nir = of("nir").next().map(|part| {
        let NirPart { version, sealed, recorded_at } = part.read()?;
        let sealed = unhex(&sealed).ok_or_else(|| Error::Broken("a sealed number is no hexadecimal text".to_owned()))?;
        Ok::<_, Error>(SealedNir { person: person.id, version, sealed, recorded_at: Instant::new(recorded_at) })
    });
    Ok(Some(File {
        other_adult: other_adult.transpose()?,
        nir: nir.transpose()?,
        rsa_rights: of_file(&parts)?,
        milestones: of_file(&parts)?,
        orientations: of_file(&parts)?,
        names: names(&parts)?,
        contracts: of_file(&parts)?,
        readiness: of_file(&parts)?,
        barriers: of_file(&parts)?,
        interventions: pieces::newest(source, scope, person.id, MOST_PIECES).await?,
        enrolments: of("enrolment").map(|part| part.read::<EnrolmentPart>()?.try_into()).collect::<Result<_, _>>()?,
        referrals: of("referral").map(|part| part.read::<ReferralPart>()?.summary(scope.now())).collect::<Result<_, _>>()?,
        person,
    }))
}

impl File {
    /// Of a tombstone.
    fn of_nothing(person: Beneficiary) -> Self {
        Self {
            person,
            other_adult: None,
            nir: None,
            rsa_rights: Vec::new(),
            milestones: Vec::new(),
            orientations: Vec::new(),
            names: Names::default(),
            contracts: Vec::new(),
            readiness: Vec::new(),
            barriers: Vec::new(),
            interventions: Vec::new(),
            enrolments: Vec::new(),
            referrals: Vec::new(),
        }
    }
}

impl TryFrom<EnrolmentPart> for FileEnrolment {
    type Error = Error;
    fn try_from(part: EnrolmentPart) -> Result<Self, Error> {
        Ok(Self {
            id: Id::new(part.id),
            group: Id::new(part.group_id),
            group_name: part.group_name,
            action: Id::new(part.action_id),
            action_name: part.action_name,
            starts_on: Day::new(part.starts_on),
            ends_on: part.ends_on.map(Day::new),
            end_reason: part.end_reason.map(|reason| stored("enrolment.end_reason", &reason)).transpose()?,
            origin: stored("enrolment.origin", &part.origin)?,
            present: part.present,
            excused: part.excused,
            unexcused: part.unexcused,
        })
    }
}

impl ReferralPart {
    fn summary(self, now: Instant) -> Result<ReferralSummary, Error> {
        self.kept.summary(self.organisation_id, self.organisation_name, now)
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    digits.remainder().is_empty().then_some(())?;
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
