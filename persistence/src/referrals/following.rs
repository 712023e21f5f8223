//! What follows for referrals from a decision taken elsewhere: it is its own proof, so no scope is asked. The rules of it are in `domain`.

use std::collections::HashMap;

use domain::attendance::{AttendanceRecorded, AttendanceStatus};
use domain::beneficiary::Beneficiary;
use domain::change::Change;
use domain::enrolment::Enrolment;
use domain::id::Id;
use domain::referral::{Disclosed, Referral, ReferralState};
use domain::refusal::Decided;
use sea_orm::FromQueryResult;
use sea_orm::prelude::Json;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, JoinType, Query};
use uuid::Uuid;

use super::{lock_where, save};
use crate::db::Write;
use crate::error::Error;
use crate::select::{all, stored_json};

/// Lets the open referrals of people follow a change of their files, whose rows are saved and locked.
pub async fn follow_people(w: &Write, changed: &[Decided<Change<Beneficiary>>]) -> Result<(), Error> {
    let edited: HashMap<Id<Beneficiary>, &Decided<Change<Beneficiary>>> =
        changed.iter().filter(|one| !one.created).map(|one| (one.after.id, one)).collect();
    if edited.is_empty() {
        return Ok(());
    }
    let of_them = Expr::col(("referral", "beneficiary_id")).is_in(edited.keys().map(|id| id.uuid()));
    // The rows joined are those after the change: what was told before is in the last version.
    let open = lock_where(w, Cond::all().add(of_them).add(Expr::col(("referral", "open")).eq(true))).await?;
    let told = last_told(w, &open).await?;
    let followed = open.iter().filter_map(|referral| {
        let changed = edited.get(&referral.person.id)?;
        referral.follow_person(changed, told.get(&referral.id)?)
    });
    save(w, &followed.collect::<Vec<_>>()).await
}

#[derive(FromQueryResult)]
struct ToldRow {
    referral_id: Uuid,
    content: Option<Json>,
}

/// What the receivers of these referrals were last told.
async fn last_told(w: &Write, referrals: &[Referral]) -> Result<HashMap<Id<Referral>, Disclosed>, Error> {
    if referrals.is_empty() {
        return Ok(HashMap::new());
    }
    let select = Query::select()
        .columns(["referral_id", "content"].map(|column| ("referral_version", column)))
        .from("referral_version")
        .join(
            JoinType::InnerJoin,
            "referral",
            Cond::all()
                .add(Expr::col(("referral", "id")).equals(("referral_version", "referral_id")))
                .add(Expr::col(("referral", "version")).equals(("referral_version", "version"))),
        )
        .and_where(Expr::col(("referral", "id")).is_in(referrals.iter().map(|referral| referral.id.uuid())))
        .take();
    let rows = all::<ToldRow>(w, &select).await?.into_iter().filter_map(|row| Some((row.referral_id, row.content?)));
    rows.map(|(id, content)| Ok((Id::new(id), stored_json("referral_version.content", content)?))).collect()
}

/// Lets the referrals behind the enrolments that somebody was marked on follow their first half-day attended.
pub(crate) async fn follow_attendance(w: &Write, recorded: &[&Decided<AttendanceRecorded>]) -> Result<(), Error> {
    let attended =
        recorded.iter().flat_map(|one| one.changes.iter()).filter(|change| change.mark.value.status.is_some_and(AttendanceStatus::is_attended));
    let mut enrolments: Vec<Uuid> = attended.map(|change| change.enrolment.uuid()).collect();
    enrolments.sort_unstable();
    enrolments.dedup();
    if enrolments.is_empty() {
        return Ok(());
    }
    let theirs = Expr::col(("referral", "enrolment_id")).is_in(enrolments);
    let accepted = lock_where(w, Cond::all().add(theirs).add(Expr::col(("referral", "state")).eq(ReferralState::Accepted.code()))).await?;
    let first = |referral: &Referral| {
        let all = recorded.iter().filter_map(|one| Some((one.sheet.session.slot.date, referral.follow_attendance(one, w.now())?)));
        all.min_by_key(|(date, _)| *date).map(|(_, followed)| followed)
    };
    save(w, &accepted.iter().filter_map(first).collect::<Vec<_>>()).await
}

/// Lets the referral behind an enrolment follow its end.
pub async fn follow_exit(w: &Write, ended: &Decided<Change<Enrolment>>) -> Result<(), Error> {
    let its_own = Cond::all().add(Expr::col(("referral", "enrolment_id")).eq(ended.after.id.uuid()));
    let referrals = lock_where(w, its_own).await?;
    save(w, &referrals.iter().filter_map(|referral| referral.follow_exit(ended)).collect::<Vec<_>>()).await
}
