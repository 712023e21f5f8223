//! What was known of a contract and of everything around it at one moment: each row as its history says it was by then, in one statement,
//! however long that is. Whose a row was before a merge moved it is asked of the merges.

use domain::attendance::{AttendanceStatus, MarkValue};
use domain::barrier::Barrier;
use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant, TimeOfDay};
use domain::contract::synthesis::{Attended, Known, Marked};
use domain::contract::{Contract, Edition};
use domain::id::Id;
use domain::intervention::Intervention;
use domain::orientation::Orientation;
use domain::policy::{ReadContract, Scope};
use domain::readiness::Readiness;
use domain::referral::ReferralSummary;
use sea_orm::prelude::{Date, Time};
use sea_orm::sea_query::{Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, SubQueryStatement, UnionType};
use sea_orm::{ConnectionTrait, DbBackend};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::db::Source;
use crate::error::Error;
use crate::interventions::may_see;
use crate::json::{self, Part, Written, object};
use crate::pieces::{self, Piece};
use crate::referrals::KeptReferral;
use crate::revision::Versioned;
use crate::select::{all, stored};

/// What is asked: of which person as they are now, as known before which moment.
#[derive(Clone, Copy)]
struct Asked {
    engine: DbBackend,
    person: Uuid,
    /// None: as it is now.
    before: Option<Instant>,
}

impl Asked {
    /// The last version of a subject before the moment: of its history under this alias.
    fn version(self, history: &'static str, keys: &[(&'static str, (&'static str, &'static str))]) -> SubQueryStatement {
        let mut select = Query::select();
        select.expr(Func::max(Expr::col(("known", "version")))).from_as(history, "known");
        for (key, of) in keys {
            select.and_where(Expr::col(("known", *key)).equals(*of));
        }
        select.and_where_option(self.before.map(|before| Expr::col(("known", "recorded_at")).lt(before.utc())));
        SubQueryStatement::from(select.take())
    }

    /// Joins the former state of a row, by the column that holds its id.
    fn join_history(self, select: &mut SelectStatement, alias: &'static str, id: (&'static str, &'static str)) {
        let at = Expr::col((alias, "subject_id"))
            .equals(id)
            .and(Expr::col((alias, "version")).eq(Expr::from(self.version("revision", &[("subject_id", id)]))))
            // Of a purged person nothing is kept.
            .and(Expr::col((alias, "content")).is_not_null());
        select.join_as(JoinType::InnerJoin, "revision", alias, at);
    }

    /// Whose a row of a table was at the moment: the duplicate's whose merge moved it first since then, else whose it is now.
    fn owner(self, table: &'static str) -> Expr {
        let now = Expr::col((table, "beneficiary_id"));
        let Some(before) = self.before else { return now };
        let moved = Query::select()
            .column(("merge", "duplicate_id"))
            .from("merge_move")
            .join(JoinType::InnerJoin, "merge", Expr::col(("merge", "id")).equals(("merge_move", "merge_id")))
            .and_where(Expr::col(("merge_move", "subject_id")).equals((table, "id")))
            .and_where(Expr::col(("merge", "merged_at")).gte(before.utc()))
            .order_by(("merge", "merged_at"), Order::Asc)
            .limit(1)
            .take();
        Func::coalesce([Expr::from(SubQueryStatement::from(moved)), now]).into()
    }

    /// The rows of a table that were the contract's person's.
    fn theirs(self, table: &'static str, contract: Uuid) -> SelectStatement {
        let mut select = Query::select();
        select.from(table).and_where(Expr::col((table, "beneficiary_id")).eq(self.person));
        if self.before.is_some() {
            let person = Query::select().expr(self.owner("contract")).from("contract").and_where(Expr::col(("contract", "id")).eq(contract)).take();
            select.and_where(self.owner(table).eq(Expr::from(SubQueryStatement::from(person))));
        }
        select
    }

    /// The former states of such rows.
    fn pieces(self, table: &'static str, contract: Uuid) -> SelectStatement {
        let mut select = self.theirs(table, contract);
        self.join_history(&mut select, "kept", (table, "id"));
        json::part(select, table, self.content("kept"))
    }

    /// A former state as text.
    fn content(self, alias: &str) -> Expr {
        let column = format!("\"{alias}\".\"content\"");
        Expr::cust(if self.engine == DbBackend::Postgres { format!("{column}::text") } else { column })
    }

    fn contract(self, contract: Uuid) -> SelectStatement {
        let mut select = Query::select();
        select.from("contract").and_where(Expr::col(("contract", "id")).eq(contract));
        self.join_history(&mut select, "kept", ("contract", "id"));
        json::part(select, "contract", self.content("kept"))
    }

    fn editions(self, contract: Uuid) -> SelectStatement {
        let mut select = Query::select();
        select.from("contract_edition").and_where(Expr::col(("contract_edition", "contract_id")).eq(contract));
        select.and_where_option(self.before.map(|before| Expr::col(("contract_edition", "recorded_at")).lt(before.utc())));
        json::part(select, "contract_edition", self.content("contract_edition"))
    }

    fn enrolments(self, contract: Uuid) -> SelectStatement {
        let mut select = self.theirs("enrolment", contract);
        select.join(JoinType::InnerJoin, "action_group", Expr::col(("action_group", "id")).equals(("enrolment", "group_id")));
        self.join_history(&mut select, "kept", ("enrolment", "id"));
        self.join_history(&mut select, "kept_group", ("action_group", "id"));
        self.join_history(&mut select, "kept_action", ("action_group", "action_id"));
        let members = [("enrolment", "kept"), ("group", "kept_group"), ("action", "kept_action")];
        let members = members.map(|(name, alias)| (name, format!("\"{alias}\".\"content\""), Written::Json));
        json::part(select, "enrolment", object(self.engine, members))
    }

    fn marks(self, contract: Uuid) -> SelectStatement {
        let keys = [("session_id", ("attendance", "session_id")), ("enrolment_id", ("attendance", "enrolment_id"))];
        let of_mark = keys.iter().fold(Expr::col(("mark", "version")).eq(Expr::from(self.version("attendance_history", &keys))), |all, (key, of)| {
            all.and(Expr::col(("mark", *key)).equals(*of))
        });
        let mut select = self.theirs("enrolment", contract);
        select.join(JoinType::InnerJoin, "attendance", Expr::col(("attendance", "enrolment_id")).equals(("enrolment", "id")));
        select.join_as(JoinType::InnerJoin, "attendance_history", "mark", of_mark);
        select.and_where(Expr::col(("mark", "status")).is_not_null());
        self.join_history(&mut select, "kept", ("attendance", "session_id"));
        let members = [
            ("enrolment_id", "\"mark\".\"enrolment_id\"".to_owned(), Written::Id),
            ("status", "\"mark\".\"status\"".to_owned(), Written::Plain),
            ("minutes", "\"mark\".\"minutes\"".to_owned(), Written::Plain),
            ("session", "\"kept\".\"content\"".to_owned(), Written::Json),
        ];
        json::part(select, "mark", object(self.engine, members))
    }

    fn referrals(self, contract: Uuid) -> SelectStatement {
        let mut select = self.theirs("referral", contract);
        self.join_history(&mut select, "kept", ("referral", "id"));
        self.join_history(&mut select, "kept_organisation", ("referral", "organisation_id"));
        let members = [("referral", "kept"), ("organisation", "kept_organisation")];
        let members = members.map(|(name, alias)| (name, format!("\"{alias}\".\"content\""), Written::Json));
        json::part(select, "referral", object(self.engine, members))
    }

    /// Everything, in one statement.
    fn everything(self, contract: Uuid) -> SelectStatement {
        let pieces = ["orientation", "readiness", "barrier", "intervention"].map(|table| self.pieces(table, contract));
        let others = [self.contract(contract), self.editions(contract), self.enrolments(contract), self.marks(contract), self.referrals(contract)];
        let mut branches = others.into_iter().chain(pieces);
        let mut union = branches.next().unwrap_or_default();
        for branch in branches {
            union.union(UnionType::All, branch);
        }
        union
    }
}

#[derive(Deserialize)]
struct EnrolmentPart {
    enrolment: KeptEnrolment,
    group: KeptName,
    action: KeptName,
}

#[derive(Deserialize)]
struct KeptEnrolment {
    id: Uuid,
    starts_on: Date,
    ends_on: Option<Date>,
    end_reason: Option<String>,
}

/// A thing by its id and what it was called.
#[derive(Deserialize)]
struct KeptName {
    id: Uuid,
    name: String,
}

#[derive(Deserialize)]
struct ReferralPart {
    referral: KeptReferral,
    organisation: KeptName,
}

impl ReferralPart {
    fn summary(self, at: Instant) -> Result<ReferralSummary, Error> {
        self.referral.summary(self.organisation.id, self.organisation.name, at)
    }
}

#[derive(Deserialize)]
struct MarkPart {
    enrolment_id: Uuid,
    status: String,
    minutes: Option<i32>,
    session: KeptSession,
}

#[derive(Deserialize)]
struct KeptSession {
    date: Date,
    start_time: Time,
    end_time: Time,
    cancelled_at: Option<String>,
}

impl MarkPart {
    /// The mark, of a session that was not cancelled.
    fn marked(self) -> Result<Option<Marked>, Error> {
        let status: AttendanceStatus = stored("attendance.status", &self.status)?;
        let minutes = TimeOfDay::new(self.session.end_time).minutes() - TimeOfDay::new(self.session.start_time).minutes();
        let value = MarkValue { status: Some(status), minutes: self.minutes, ..MarkValue::default() };
        let credited_minutes = value.credited_of(minutes).unwrap_or(0);
        Ok(self.session.cancelled_at.is_none().then_some(Marked { date: Day::new(self.session.date), status, credited_minutes }))
    }
}

fn read<T: Piece>(part: &Part) -> Result<T, Error>
where
    T::Row: DeserializeOwned,
{
    T::read(part.read::<T::Row>()?)
}

fn read_all<T: Piece>(parts: &[Part]) -> Result<Vec<T>, Error> {
    parts.iter().filter(|part| part.kind == T::Row::SUBJECT).map(read).collect()
}

/// Whose a contract in reach is, and what was known of it before a moment or is known now: nothing where it did not exist yet. Whoever it was
/// known of may have been merged since.
pub async fn known(
    source: &impl Source,
    scope: &Scope<ReadContract>,
    id: Id<Contract>,
    before: Option<Instant>,
) -> Result<Option<(Id<Beneficiary>, Option<Known>)>, Error> {
    let Some(contract) = pieces::find(source, scope, id).await? else { return Ok(None) };
    let asked = Asked { engine: source.connection().get_database_backend(), person: contract.beneficiary.uuid(), before };
    let mut parts = all::<Part>(source, &asked.everything(id.uuid())).await?;
    let person = contract.beneficiary;
    let Some(at) = parts.iter().position(|part| part.kind == "contract") else { return Ok(Some((person, None))) };
    let contract: Contract = read(&parts.swap_remove(at))?;
    let mut editions: Vec<Edition> = parts.iter().filter(|part| part.kind == "contract_edition").map(Part::read).collect::<Result<_, _>>()?;
    editions.sort_by_key(|edition| edition.number);
    let mut enrolments = Vec::new();
    for part in parts.iter().filter(|part| part.kind == "enrolment") {
        let EnrolmentPart { enrolment, group, action } = part.read()?;
        enrolments.push(Attended {
            enrolment: Id::new(enrolment.id),
            group: Id::new(group.id),
            group_name: group.name,
            action: Id::new(action.id),
            action_name: action.name,
            starts_on: Day::new(enrolment.starts_on),
            ends_on: enrolment.ends_on.map(Day::new),
            end_reason: enrolment.end_reason.map(|reason| stored("enrolment.end_reason", &reason)).transpose()?,
            marks: Vec::new(),
        });
    }
    for part in parts.iter().filter(|part| part.kind == "mark") {
        let mark: MarkPart = part.read()?;
        let seat = enrolments.iter_mut().find(|seat| seat.enrolment.uuid() == mark.enrolment_id);
        if let (Some(seat), Some(marked)) = (seat, mark.marked()?) {
            seat.marks.push(marked);
        }
    }
    enrolments.sort_by_key(|seat| (seat.starts_on, seat.enrolment.uuid()));
    let orientations: Vec<Orientation> = read_all(&parts)?;
    let mut interventions: Vec<Intervention> = read_all(&parts)?;
    interventions.retain(|intervention| may_see(scope, intervention));
    interventions.sort_by_key(|one| (one.about.occurred_on, one.id.uuid()));
    let mut barriers: Vec<Barrier> = read_all(&parts)?;
    barriers.sort_by_key(|one| (one.about.opened_on, one.id.uuid()));
    let at = before.unwrap_or_else(|| scope.now());
    let of_referrals = parts.iter().filter(|part| part.kind == "referral");
    let mut referrals = of_referrals.map(|part| part.read::<ReferralPart>()?.summary(at)).collect::<Result<Vec<_>, Error>>()?;
    referrals.sort_by_key(|one| (one.sent_at, one.id.uuid()));
    let readiness: Vec<Readiness> = read_all(&parts)?;
    let orientation = orientations.into_iter().find(Orientation::is_in_force);
    Ok(Some((person, Some(Known { contract, editions, orientation, readiness, barriers, interventions, enrolments, referrals }))))
}
