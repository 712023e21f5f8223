//! Contracts, what was known of one on a day, and interventions that are written in none.

use domain::id::Id;
use domain::policy::{ReadContract, ReadIntervention};

use super::{PERSON, Spy, everybody, manager, nth, scope};
use crate::given::now;
use crate::page::Listing;
use crate::{contracts, interventions, pieces, synthesis};

/// A contract with each of the people who are oriented, and two versions of everything that hangs on them and on the groups.
pub(super) const CONTRACTS: &str = "
insert into contract (id, beneficiary_id, orientation_id, organisation_id, kind, rank, state, pending, edition, starts_on, ends_on, review_on,
    signed_on, reviews, progress, version, created_at, updated_at)
    select {id 19 i}, {id 4 i * 5}, {id 8 i}, {id 1 i % 20}, 'engagement_contract', 1, 'in_force', {false}, '0', {date 0}, {date 200}, {date 100},
        {date 0}, '[]', '[]', 2, {now}, {now} from n where i < 2100;
insert into contract_edition (contract_id, number, content, recorded_by, recorded_at) select {id 19 i}, 1, '0', {id 2 0}, {now} from n where i < 2100;
insert into readiness (id, beneficiary_id, able, reasons, assessed_on, assessed_by, version, created_at, updated_at)
    select {id 20 i}, {id 4 i}, {false}, '[]', {date 0}, {id 2 0}, 1, {now}, {now} from n where i < 10500;
insert into attendance_history (session_id, enrolment_id, version, status, source, recorded_by, recorded_at)
    select session_id, enrolment_id, 1, 'present', 'sheet', recorded_by, recorded_at from attendance;
insert into revision (subject_id, version, subject, content, recorded_by, recorded_at)
    select id, 1, 'any', '0', {id 2 0}, {now} from (
        select id from contract union all select id from readiness union all select id from intervention union all select id from barrier
        union all select id from enrolment union all select id from referral union all select id from session union all select id from action_group
        union all select id from action union all select id from organisation union all select id from orientation) kept;
insert into revision (subject_id, version, subject, content, recorded_by, recorded_at)
    select subject_id, 2, 'any', '0', recorded_by, recorded_at from revision;
";

/// Somebody with a contract.
const CONTRACT: uuid::Uuid = nth(19, 107);

pub(super) async fn contracts_and_syntheses(spy: &Spy) {
    for (who, actor) in everybody().into_iter().take(3) {
        pieces::list(spy, &scope::<ReadContract>(&actor), Id::new(PERSON), &Listing::first(50)).await.unwrap();
        spy.uses_indexes(&format!("a person's contracts, by {who}"), "").await;
    }
    let reading = scope::<ReadContract>(&manager());
    for (when, before) in [("live", None), ("on a day", Some(now()))] {
        // What the rows say is not read back here: they say nothing.
        let _says_nothing = synthesis::known(spy, &reading, Id::new(CONTRACT), before).await;
        spy.uses_indexes(&format!("the synthesis of a contract, {when}"), "").await;
    }
    contracts::is_readiness_known(spy, Id::new(PERSON)).await.unwrap();
    spy.uses_indexes("readiness", "").await;
    for in_contract in [true, false] {
        interventions::list(spy, &scope::<ReadIntervention>(&manager()), Id::new(PERSON), Some(in_contract), &Listing::first(50)).await.unwrap();
        spy.uses_indexes("interventions of a contract, or of none", "").await;
    }
}
