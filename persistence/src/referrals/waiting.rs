//! Waiting lists: who is where on them, and who gets the seats of a group. Which seat is free is a rule.

use std::collections::HashMap;

use domain::action::Action;
use domain::beneficiary::Beneficiary;
use domain::group::Group;
use domain::id::Id;
use domain::referral::{Referral, ReferralState};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, JoinType, Query};
use uuid::Uuid;

use super::lock_where;
use crate::beneficiaries;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::select::all;

#[derive(FromQueryResult)]
struct RankRow {
    id: Uuid,
    rank: i64,
}

/// The places in their waiting lists of those of these referrals that wait, from 1: one statement for one and for a page. Those wait
/// in one list that may be given the same seat: of the same group, or of its action where one of them names no group; for an
/// accompaniment, those of the same receiver.
pub async fn ranks(source: &impl Source, referrals: &[Referral]) -> Result<HashMap<Id<Referral>, i64>, Error> {
    let waiting: Vec<Uuid> = referrals.iter().filter(|one| one.state == ReferralState::WaitingList).map(|one| one.id.uuid()).collect();
    if waiting.is_empty() {
        return Ok(HashMap::new());
    }
    let column = |name: &'static str| (Expr::col(("other", name)), Expr::col(("mine", name)));
    let same = |name: &'static str| {
        let (other, mine) = column(name);
        other.eq(mine)
    };
    let place = |table: &'static str| Expr::tuple([Expr::col((table, "waiting_since")), Expr::col((table, "id"))]);
    let group = Cond::any().add(same("group_id")).add(Expr::col(("other", "group_id")).is_null()).add(Expr::col(("mine", "group_id")).is_null());
    let accompaniments =
        Cond::all().add(Expr::col(("other", "action_id")).is_null()).add(Expr::col(("mine", "action_id")).is_null()).add(same("organisation_id"));
    let select = Query::select()
        .expr_as(Expr::col(("mine", "id")), "id")
        .expr_as(Expr::col(("other", "id")).count(), "rank")
        .from_as("referral", "mine")
        .join_as(
            JoinType::InnerJoin,
            "referral",
            "other",
            Cond::all()
                .add(Expr::col(("other", "state")).eq(ReferralState::WaitingList.code()))
                .add(Cond::any().add(Cond::all().add(same("action_id")).add(group)).add(accompaniments))
                .add(place("other").lte(place("mine"))),
        )
        .and_where(Expr::col(("mine", "id")).is_in(waiting))
        .group_by_col(("mine", "id"))
        .take();
    Ok(all::<RankRow>(source, &select).await?.into_iter().map(|row| (Id::new(row.id), row.rank)).collect())
}

fn waits_for(group: Id<Group>, action: Id<Action>) -> Condition {
    let meant = || Expr::col(("referral", "group_id"));
    Cond::all()
        .add(Expr::col(("referral", "state")).eq(ReferralState::WaitingList.code()))
        .add(Expr::col(("referral", "action_id")).eq(action.uuid()))
        .add(Cond::any().add(meant().is_null()).add(meant().eq(group.uuid())))
}

/// The people on the waiting list of a group, locked: before the group is, since locks go beneficiary → group → session → referral.
#[derive(Debug)]
pub struct WaitingPeople(Vec<Beneficiary>);

#[derive(FromQueryResult)]
struct PersonRow {
    beneficiary_id: Uuid,
}

/// Locks the people on the waiting list of a group, and whoever else is to be locked with them: people go in the order of their ids.
pub async fn lock_waiting_people(w: &Write, group: Id<Group>, action: Id<Action>, with: Option<Id<Beneficiary>>) -> Result<WaitingPeople, Error> {
    let select = Query::select().distinct().column(("referral", "beneficiary_id")).from("referral").cond_where(waits_for(group, action)).take();
    let waiting = all::<PersonRow>(w, &select).await?.into_iter().map(|row| Id::new(row.beneficiary_id));
    let ids: Vec<Id<Beneficiary>> = waiting.chain(with).collect();
    Ok(WaitingPeople(if ids.is_empty() { Vec::new() } else { beneficiaries::lock_all(w, &ids).await? }))
}

/// The waiting list of a group that is locked: referrals with their people. Somebody who came on it between the two locks makes the
/// transaction run again.
pub async fn lock_waiting(w: &Write, group: &Group, people: &WaitingPeople) -> Result<Vec<(Referral, Beneficiary)>, Error> {
    let referrals = lock_where(w, waits_for(group.id, group.action)).await?;
    let with_person = |referral: Referral| {
        let person = people.0.iter().find(|person| person.id == referral.person.id).cloned().ok_or(Error::Contended)?;
        Ok((referral, person))
    };
    referrals.into_iter().map(with_person).collect()
}
