//! Which indexes the hot queries use, on both engines, with some 10,000 people: the statements that the public functions really
//! run are caught and explained. How fast they are is measured elsewhere.

mod contracts;
mod orientations;
mod people;

use std::sync::{Arc, Mutex, PoisonError};

use domain::actor::{Actor, Role};
use domain::attendance::Sheet;
use domain::enrolment::Enrolment;
use domain::group::Group;
use domain::id::Id;
use domain::organisation::OrganisationKind;
use domain::policy::{
    Function, PullFeed, ReadAttendance, ReadEnrolment, ReadGroup, ReadHeldLine, ReadReferral, ReadSession, ReadSubmission, Scope, SubmitAttendance,
    may,
};
use domain::session::Session;
use domain::submission::cells::{Cells, Column};
use domain::submission::held::HeldState;
use domain::submission::line::{Labels, Line};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use uuid::Uuid;

use crate::attendance;
use crate::db::{Engine, Source, sealed};
use crate::enrolments;
use crate::feeds;
use crate::given::{self, Home, day, now, on_both_engines};
use crate::groups::{self, GroupQuery};
use crate::held_lines::{self, HeldLineQuery};
use crate::page::Listing;
use crate::referrals::{self, ReferralQuery};
use crate::sessions::{self, SessionQuery};
use crate::submissions;

// One département: who asks, and one of everything to ask for.
const ASSOCIATION: Uuid = nth(1, 7);
const PLIE: Uuid = nth(1, 3);
const CASEWORKER: Uuid = nth(2, 5);
const PERSON: Uuid = nth(4, 107);
const GROUP: Uuid = nth(5, 107);
const SESSION: Uuid = nth(6, 2_107);
const ENROLMENT: Uuid = nth(7, 107);

/// The id of the nth thing of a kind, as [`WORLD`] numbers them.
const fn nth(kind: u128, n: u128) -> Uuid {
    Uuid::from_u128(kind * 0x0100_0000 + n)
}

/// 20 organisations with 5 actions each, 700 groups of 15 people and 10 sessions, 10,500 people, four marks each, 2,100 orientations,
/// 4,200 submissions of ten lines, 10,000 lines held of which 10 wait, 10,000 referrals of four versions, feeds of 2,000 events. `{id K N}` is
/// the id of the Nth thing of kind K, `{bytes N}` 32 bytes, `{date N}` the day N days after the 1st of September.
const WORLD: &str = "
insert into organisation (id, kind, name, version, created_at, updated_at)
    select {id 1 i}, 'association', 'O', 1, {now}, {now} from n where i < 20;
insert into principal (id, kind, organisation_id) select {id 2 i}, 'professional', {id 1 0} from n where i < 40;
insert into professional (id, organisation_id, email, last_name, first_name, role, version, created_at, updated_at)
    select {id 2 i}, {id 1 0}, 'p' || i, 'L', 'F', 'caseworker', 1, {now}, {now} from n where i < 40;
insert into territory (id, code, name, version, created_at, updated_at)
    select {id 3 i}, 'T' || i, 'T', 1, {now}, {now} from n where i < 12;
insert into professional_territory (professional_id, territory_id) select {id 2 i}, {id 3 i % 12} from n where i < 40;
insert into beneficiary (id, reference, last_name, first_name, birth_date, phone, territory_id, version, created_at, updated_at)
    select {id 4 i}, '87-' || i, 'L', 'F', {date i % 3000 - 15000}, '+33555' || i, {id 3 i % 12}, 1, {now}, {now} from n where i < 10500;
insert into access_grant (id, professional_id, beneficiary_id, reason, granted_at, expires_at)
    select {id 9 i}, {id 2 i % 40}, {id 4 i}, 'R', {now}, {now} from n where i < 400;
insert into orientation (id, beneficiary_id, state, pending, opened_on, voluntary, missed_interviews, organisation_id, organisation_kind,
    accompaniment, decided_by, origin, decided_on, recorded_by, starts_on, version, created_at, updated_at)
    select {id 8 i}, {id 4 i * 5}, 'active', {false}, {date 0}, {false}, 0, {id 1 i % 20}, 'plie', 'social', 'department', 'initial', {date 0}, {id 2 0},
        {date 0}, 1, {now}, {now} from n where i < 2100;
insert into action (id, organisation_id, name, axis, kind, themes, starts_on, version, created_at, updated_at)
    select {id 10 i}, {id 1 i % 20}, 'A', 'mobilisation', 'ami', '[]', {date 0}, 1, {now}, {now} from n where i < 100;
insert into action_group (id, action_id, code, name, place, commune_code, capacity, starts_on, version, created_at, updated_at)
    select {id 5 i}, {id 10 i % 100}, 'G-' || i, 'G', 'P', '87085', 20, {date 0}, 1, {now}, {now} from n where i < 700;
insert into session (id, group_id, reference, date, half_day, start_time, end_time, place, sheet_version, version, created_at, updated_at)
    select {id 6 i}, {id 5 i % 700}, 'S-' || i, {date i / 700 * 7 + i % 7}, 'morning', {nine}, {noon}, 'P', 1, 1, {now}, {now}
    from n where i < 7000;
insert into enrolment (id, group_id, beneficiary_id, starts_on, status_at_entry, origin, version, created_at, updated_at)
    select {id 7 i}, {id 5 i % 700}, {id 4 i}, {date 0}, 'rsa', 'direct', 1, {now}, {now} from n where i < 10500;
insert into enrolment (id, group_id, beneficiary_id, starts_on, status_at_entry, origin, version, created_at, updated_at)
    select {id 7 20000 + i}, {id 5 (i + 1) % 700}, {id 4 i}, {date 0}, 'rsa', 'direct', 1, {now}, {now} from n where i < 500;
insert into attendance (session_id, enrolment_id, status, version, recorded_by, recorded_at)
    select {id 6 i % 700 + 700 * (i / 10500)}, {id 7 i % 10500}, 'present', 1, {id 2 0}, {now} from n where i < 42000;
insert into submission (id, organisation_id, submitted_by, received_at, format, on_error, result, ignored_columns)
    select {id 11 i}, {id 1 i % 20}, {id 2 0}, {now}, 'csv', 'accept_valid', 'applied', '[]' from n where i < 4200;
insert into submission_line (submission_id, position, line_number, outcome, session_id, enrolment_id, version, errors, warnings)
    select {id 11 i % 4200}, i / 4200, i / 4200 + 2, 'recorded', {id 6 i % 7000}, {id 7 i % 10500}, 1, '[]', '[]' from n where i < 42000;
insert into partner_line (organisation_id, external_id, session_id, enrolment_id, recorded_at)
    select {id 1 i % 20}, 'X-' || i, {id 6 i % 7000}, {id 7 i % 10500}, {now} from n where i < 42000;
insert into held_line (id, submission_id, position, organisation_id, session_id, code, beneficiary_id, state, version, created_at, updated_at)
    select {id 12 i}, {id 11 i % 4200}, 0, {id 1 i % 20}, {id 6 i % 7000}, 'PERSON_NOT_EXPECTED', {id 4 i % 10500},
        case when i % 1000 = 0 then 'waiting' else 'superseded' end, 1, {now}, {now} from n where i < 10000;
insert into referral (id, beneficiary_id, organisation_id, purpose, accompaniment, objective, barriers, referred_by, state, open, sent_at,
    closed_at, version, created_at, updated_at)
    select {id 13 i}, {id 4 i}, {id 1 i % 20}, 'accompaniment', 'social', 'O', '[]', {id 2 0}, case when i % 2 = 0 then 'sent' else 'completed' end,
        i % 2 = 0, {now}, case when i % 2 = 0 then null else {now} end, 4, {now}, {now} from n where i < 10000;
insert into referral_version (referral_id, version, content, recorded_at) select {id 13 i % 10000}, i / 10000 + 1, null, {now} from n where i < 40000;
insert into feed (id, last_seq) select {id 1 i}, 2000 from n where i < 20;
insert into feed_item (feed_id, seq, event_id, type, referral_id, referral_version, occurred_at, recorded_at)
    select {id 1 i % 20}, i / 20 + 1, {id 14 i}, 'referral.updated', {id 13 i % 10000}, i / 10000 + 1, {now}, {now} from n where i < 40000;
";

/// What stands in braces, in the engine's own SQL.
fn in_sql(braces: &str, postgres: bool) -> String {
    match (braces.split_once(' '), postgres) {
        (Some(("id", thing)), _) => {
            let (kind, n) = thing.split_once(' ').unwrap();
            let number = format!("{kind} * 16777216 + {n}");
            if postgres { format!("lpad(to_hex({number}), 32, '0')::uuid") } else { format!("unhex(printf('%032x', {number}))") }
        }
        (Some(("bytes", n)), true) => format!("decode(lpad(to_hex({n}), 64, '0'), 'hex')"),
        (Some(("bytes", n)), false) => format!("unhex(printf('%064x', {n}))"),
        (Some(("date", n)), true) => format!("date '2026-09-01' + ({n})"),
        (Some(("date", n)), false) => format!("date('2026-09-01', ({n}) || ' days')"),
        (None, true) => {
            braces.replace("now", "timestamptz '2026-11-01T00:00:00+00:00'").replace("nine", "time '09:00'").replace("noon", "time '12:00'")
        }
        (None, false) => {
            braces.replace("false", "0").replace("now", "'2026-11-01T00:00:00+00:00'").replace("nine", "'09:00:00'").replace("noon", "'12:00:00'")
        }
        _ => panic!("{{{braces}}}"),
    }
}

async fn fill(home: &Home, connection: &DatabaseConnection) {
    let postgres = home.db.engine() == Engine::Postgres;
    let numbers = "with recursive n(i) as (select 0 union all select i + 1 from n where i < 41999)";
    for statement in WORLD
        .split(';')
        .chain(people::FILES.split(';'))
        .chain(contracts::CONTRACTS.split(';'))
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
    {
        let (into, select) = statement.split_once("select ").unwrap();
        let with_numbers = format!("{into} {numbers} select {select}");
        let mut pieces = with_numbers.split(['{', '}']);
        let mut sql = pieces.next().unwrap_or_default().to_owned();
        while let (Some(braces), Some(text)) = (pieces.next(), pieces.next()) {
            sql.push_str(&in_sql(braces, postgres));
            sql.push_str(text);
        }
        connection.execute_unprepared(&sql).await.unwrap();
    }
    // PostgreSQL answers from an index alone where it knows that all may see what is there.
    connection.execute_unprepared(if postgres { "vacuum analyze" } else { "analyze" }).await.unwrap();
}

/// A source that keeps what is asked of it.
struct Spy {
    connection: DatabaseConnection,
    seen: Arc<Mutex<Vec<Statement>>>,
}

impl sealed::Source for Spy {
    type Connection = DatabaseConnection;
    fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }
}
impl Source for Spy {}

impl Spy {
    fn on(mut connection: DatabaseConnection) -> Self {
        let seen: Arc<Mutex<Vec<Statement>>> = Arc::default();
        let keep = seen.clone();
        connection.set_metric_callback(move |info| keep.lock().unwrap_or_else(PoisonError::into_inner).push(info.statement.clone()));
        Self { connection, seen }
    }

    /// The plans of everything asked since the last time. PostgreSQL gives two: for these values, and for any.
    async fn plans(&self) -> Vec<String> {
        let asked = std::mem::take(&mut *self.seen.lock().unwrap());
        assert!(!asked.is_empty());
        let mut plans = Vec::new();
        for statement in asked {
            if self.connection.get_database_backend() == DbBackend::Sqlite {
                plans.push(self.lines(Statement { sql: format!("explain query plan {}", statement.sql), ..statement }, 3).await);
            } else {
                let nulls = vec!["null"; statement.values.as_ref().map_or(0, |values| values.0.len())].join(", ");
                for sql in ["set plan_cache_mode = force_generic_plan".to_owned(), format!("prepare any_values as {}", statement.sql)] {
                    self.connection.execute_unprepared(&sql).await.unwrap();
                }
                let any_values =
                    if nulls.is_empty() { "explain execute any_values".to_owned() } else { format!("explain execute any_values({nulls})") };
                plans.push(self.lines(Statement::from_string(DbBackend::Postgres, any_values), 0).await);
                for sql in ["deallocate any_values", "reset plan_cache_mode"] {
                    self.connection.execute_unprepared(sql).await.unwrap();
                }
                plans.push(self.lines(Statement { sql: format!("explain {}", statement.sql), ..statement }, 0).await);
            }
        }
        self.seen.lock().unwrap().clear();
        plans
    }

    async fn lines(&self, explain: Statement, column: usize) -> String {
        let rows = self.connection.query_all_raw(explain).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index::<String>(column).unwrap() + "\n").collect()
    }

    /// Fails if any of the big tables was read from end to end. What is `walked`, by name, may be
    /// read in the order of an index, up to the page's end.
    async fn uses_indexes(&self, what: &str, walked: &str) {
        // `here` and `elsewhere` are the aliases of a clash.
        #[rustfmt::skip]
        const BIG: [&str; 35] = [
            "enrolment", "attendance", "beneficiary", "session", "orientation", "here", "elsewhere", "session_here", "session_elsewhere",
            "submission", "submission_line", "partner_line", "held_line", "referral", "referral_version", "feed_item", "held",
            "beneficiary_name", "lead", "other", "family", "given", "beneficiary_nir", "rsa_right", "milestone", "barrier", "intervention", "adult",
            "contract", "contract_edition", "readiness", "revision", "kept", "mark", "known",
        ];
        for plan in self.plans().await {
            let mut lines = plan.lines().map(|line| line.trim_start().trim_start_matches("->  ")).peekable();
            while let Some(line) = lines.next() {
                let words: Vec<&str> = line.split_whitespace().filter(|word| *word != "Parallel").collect();
                let bounded = lines.peek().is_some_and(|next| next.starts_with("Index Cond"));
                let (table, in_order) = match words.as_slice() {
                    ["Seq", "Scan", "on", table, ..] => (*table, false),
                    ["Index", "Scan", "using", _, "on", table, ..] | ["Index", "Only", "Scan", "using", _, "on", table, ..] if !bounded => {
                        (*table, true)
                    }
                    ["SCAN", table, rest @ ..] => (*table, rest.first() == Some(&"USING")),
                    _ => continue,
                };
                // A page that was cut before its names were looked up goes by its table's name.
                let page = plan.contains(&format!("CO-ROUTINE {table}\n")) && words.len() == 2;
                let full = BIG.contains(&table) && !(in_order && walked.split(' ').any(|one| one == table)) && !page;
                assert!(!full, "{what} reads all of a table:\n{plan}");
            }
        }
    }

    /// Fails unless this index is used, and nothing beside it is read of its table.
    async fn needs_only(&self, index: &str) {
        let plans = self.plans().await;
        let uses: Vec<&str> = plans.iter().flat_map(|plan| plan.lines()).filter(|line| line.contains(index)).collect();
        assert!(!uses.is_empty(), "{index} is not used:\n{}", plans.join("\n"));
        for line in uses {
            assert!(line.contains("Index Only Scan") || line.contains("COVERING INDEX"), "{line}");
        }
    }
}

fn manager() -> Actor {
    given::professional(CASEWORKER, nth(1, 0), OrganisationKind::Department, Role::Manager)
}

fn caseworker() -> Actor {
    given::professional(CASEWORKER, nth(1, 0), OrganisationKind::Department, Role::Caseworker)
}

fn delegate() -> Actor {
    given::professional(CASEWORKER, PLIE, OrganisationKind::Plie, Role::Caseworker)
}

fn partner() -> Actor {
    given::client(ASSOCIATION)
}

fn everybody() -> [(&'static str, Actor); 4] {
    [("a manager", manager()), ("a caseworker", caseworker()), ("a delegate", delegate()), ("a partner", partner())]
}

fn scope<F: Function>(actor: &Actor) -> Scope<F> {
    may(actor, now()).unwrap()
}

async fn sheets(spy: &Spy) {
    for (who, actor) in everybody() {
        let session: Session = sessions::find(spy, &scope::<ReadSession>(&actor), Id::new(SESSION)).await.unwrap().unwrap();
        spy.uses_indexes(&format!("one session, by {who}"), "").await;
        let sheet: Sheet = attendance::find(spy, &scope::<ReadAttendance>(&actor), session).await.unwrap();
        assert!(sheet.lines.len() <= 20, "{who} sees {}", sheet.lines.len());
        spy.uses_indexes(&format!("a sheet, by {who}"), "").await;
    }
}

async fn session_lists(spy: &Spy) {
    let open = SessionQuery { sheet_closed: Some((false, day("2026-10-01"))), ..SessionQuery::default() };
    let closed = SessionQuery { sheet_closed: Some((true, day("2026-10-01"))), ..SessionQuery::default() };
    let of_group = SessionQuery { group: Some(Id::new(GROUP)), ..SessionQuery::default() };
    let of_week = SessionQuery { from: Some(day("2026-10-05")), to: Some(day("2026-10-11")), ..SessionQuery::default() };
    for (who, actor) in everybody() {
        let asked = [("all", &SessionQuery::default()), ("open", &open), ("closed", &closed), ("of a group", &of_group), ("of a week", &of_week)];
        for (which, query) in asked {
            let page = sessions::list(spy, &scope::<ReadSession>(&actor), query, &Listing::first(50)).await.unwrap();
            assert!(!page.items.is_empty());
            spy.uses_indexes(&format!("sessions, {which}, by {who}"), "session").await;
            if let Some(next) = page.next {
                sessions::list(spy, &scope::<ReadSession>(&actor), query, &Listing { after: Some(next), ..Listing::first(50) }).await.unwrap();
                spy.uses_indexes(&format!("sessions, {which}, by {who}, second page"), "session").await;
            }
        }
        let changed = Listing { updated_since: Some(now()), ..Listing::first(50) };
        sessions::list(spy, &scope::<ReadSession>(&actor), &SessionQuery::default(), &changed).await.unwrap();
        spy.uses_indexes(&format!("sessions changed, by {who}"), "session").await;
    }
}

async fn groups_and_enrolments(spy: &Spy) {
    let group: Id<Group> = Id::new(GROUP);
    for (who, actor) in everybody() {
        let free = GroupQuery { free_seats: Some(true), ..GroupQuery::default() };
        let page = groups::list(spy, &scope::<ReadGroup>(&actor), &free, &Listing::first(50)).await.unwrap();
        assert!(!page.items.is_empty() && page.items.iter().all(|row| row.seats_taken >= 15));
        spy.uses_indexes(&format!("groups with a free seat, by {who}"), "").await;

        let scope = scope::<ReadEnrolment>(&actor);
        let page = enrolments::list(spy, &scope, group, &Listing::first(50)).await.unwrap();
        spy.uses_indexes(&format!("a group's enrolments, by {who}"), "").await;
        let changed = Listing { updated_since: Some(now()), ..Listing::first(50) };
        enrolments::list(spy, &scope, group, &changed).await.unwrap();
        spy.uses_indexes(&format!("a group's changed enrolments, by {who}"), "").await;
        if !page.items.is_empty() {
            enrolments::clashes(spy, &scope, &page.items).await.unwrap();
            spy.uses_indexes(&format!("clashes, by {who}"), "").await;
        }
    }
    let one: Enrolment = enrolments::find(spy, &scope::<ReadEnrolment>(&manager()), Id::new(ENROLMENT)).await.unwrap().unwrap();
    spy.uses_indexes("one enrolment", "").await;
    enrolments::clashes(spy, &scope::<ReadEnrolment>(&manager()), &[one]).await.unwrap();
    spy.uses_indexes("clashes of one", "").await;
}

/// A file of 200 lines about 15 sessions of two groups: by external id, by reference, by the session's id, by group and half-day.
fn lines() -> Vec<Line> {
    let line = |n: u128| {
        let mut cells = Cells::default();
        let (group, person) = (107 + n % 2 * 20, 107 + n);
        let session = group + n / 2 % 10 * 700;
        match n % 4 {
            0 => cells.put(Column::ExternalId, &format!("X-{session}")),
            1 => cells.put(Column::SessionReference, &format!("S-{session}")),
            2 => cells.put(Column::SessionId, &nth(6, session).to_string()),
            _ => {
                cells.put(Column::GroupCode, &format!("G-{group}"));
                cells.put(Column::Date, &format!("2026-09-{:02}", 1 + n / 2 % 10));
                cells.put(Column::HalfDay, "morning");
            }
        }
        cells.put(Column::EnrolmentId, &nth(7, person).to_string());
        cells.put(Column::Status, "present");
        Line::read(None, cells, &Labels::default())
    };
    (0..200).map(line).collect()
}

async fn submitted(spy: &Spy) {
    let book = submissions::find_book(spy, &scope::<SubmitAttendance>(&partner()), &lines()).await.unwrap();
    assert_eq!((book.sheets.len(), book.links.len()), (15, 5));
    spy.uses_indexes("what a submission names", "").await;
    let sessions: Vec<Session> = book.sheets.into_iter().map(|sheet| sheet.session).collect();
    submissions::external_ids(spy, Id::new(ASSOCIATION), &sessions).await.unwrap();
    spy.uses_indexes("the external ids of a month", "").await;
    let (_, lines) = submissions::find(spy, &scope::<ReadSubmission>(&partner()), Id::new(nth(11, 7))).await.unwrap().unwrap();
    assert_eq!(lines.len(), 10);
    spy.uses_indexes("a receipt", "").await;
    let waiting = HeldLineQuery { state: Some(HeldState::Waiting), ..HeldLineQuery::default() };
    let of_one = HeldLineQuery { submission: Some(Id::new(nth(11, 7))), ..HeldLineQuery::default() };
    for (who, actor) in everybody() {
        let scope = scope::<ReadHeldLine>(&actor);
        // What waits is the day's work; what was decided since the beginning, nobody leafs through.
        for (which, query) in [("waiting", &waiting), ("of a submission", &of_one)] {
            held_lines::list(spy, &scope, query, &Listing::first(50)).await.unwrap();
            spy.uses_indexes(&format!("held lines, {which}, by {who}"), "held_line").await;
        }
    }
}

/// A page of a feed is a range of its numbers, in their order: nothing is sorted.
async fn feeds_and_referrals(spy: &Spy) {
    let scope = scope::<PullFeed>(&partner());
    let page = feeds::page(spy, &scope, 1_000, 100).await.unwrap();
    assert_eq!((page.len(), page[0].seq), (101, 1_001));
    for plan in spy.plans().await {
        assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "a page of a feed is sorted:\n{plan}");
    }
    feeds::page(spy, &scope, 1_000, 100).await.unwrap();
    spy.uses_indexes("a page of a feed", "").await;
    feeds::find(spy, &scope, 1_000).await.unwrap();
    spy.uses_indexes("the state of a feed", "").await;
    assert_eq!(feeds::event_ids(spy, &scope, 1, 2_000).await.unwrap().len(), 2_000);
    spy.uses_indexes("a digest of a feed", "").await;
    feeds::heights(spy, &[ASSOCIATION, PLIE]).await.unwrap();
    spy.uses_indexes("the feeds awaited", "").await;

    let of_one = ReferralQuery { person: Some(Id::new(PERSON)), ..ReferralQuery::default() };
    for (who, actor) in everybody() {
        let scope = self::scope::<ReadReferral>(&actor);
        referrals::find(spy, &scope, Id::new(nth(13, 107))).await.unwrap();
        spy.uses_indexes(&format!("one referral, by {who}"), "").await;
        referrals::list(spy, &scope, &of_one, &Listing::first(50)).await.unwrap();
        spy.uses_indexes(&format!("a person's referrals, by {who}"), "").await;
        if who == "a delegate" {
            // Its hundred people are sought among ten thousand: PostgreSQL reads these, which is the better plan at that size.
            continue;
        }
        referrals::list(spy, &scope, &ReferralQuery::default(), &Listing::first(50)).await.unwrap();
        spy.uses_indexes(&format!("referrals, by {who}"), "referral").await;
        let changed = Listing { updated_since: Some(now()), ..Listing::first(50) };
        referrals::list(spy, &scope, &ReferralQuery::default(), &changed).await.unwrap();
        spy.uses_indexes(&format!("referrals changed, by {who}"), "referral").await;
    }
}

#[tokio::test]
async fn no_hot_query_reads_a_big_table_from_end_to_end() {
    on_both_engines(async |home| {
        let connection = home.connection().await;
        fill(home, &connection).await;
        let spy = Spy::on(connection);
        sheets(&spy).await;
        session_lists(&spy).await;
        groups_and_enrolments(&spy).await;
        people::people(&spy).await;
        people::searches(&spy).await;
        people::files(&spy).await;
        submitted(&spy).await;
        feeds_and_referrals(&spy).await;
        orientations::orientations_and_places(&spy).await;
        contracts::contracts_and_syntheses(&spy).await;
    })
    .await;
}
