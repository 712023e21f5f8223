//! What a seat that becomes free leads to: whoever is first on the waiting list gets it, in the same transaction. Who is first is the
//! rules' to say.

use domain::calendar::Day;
use domain::enrolment::Enrolment;
use domain::group::Group;
use domain::ids::{BeneficiaryId, EnrolmentId};
use domain::policy::{Function, Scope};
use domain::referral::Referral;
use domain::vocabulary::Vocabulary;
use persistence::referrals::{self, WaitingPeople};
use persistence::{Write, enrolments, groups};

use crate::problem::Stop;

/// A seat, with everything that its end touches, locked in the order of the house.
#[derive(Debug)]
pub(crate) struct SeatToFree {
    /// Whose seat.
    pub(crate) enrolment: Enrolment,
    /// The day of the last half-day on which the person is marked.
    pub(crate) last_mark: Option<Day>,
    waiting: WaitingList,
}

impl SeatToFree {
    /// Locks it, to end that day, and before it the people whom that may concern, with whoever else is to be locked first.
    pub(crate) async fn lock<F>(w: &Write, scope: &Scope<F>, id: EnrolmentId, ends_on: Day, with: Option<BeneficiaryId>) -> Result<Option<Self>, Stop>
    where
        F: Function<Over = Enrolment>,
    {
        let Some(seen) = enrolments::find(w, scope, id).await? else { return Ok(None) };
        let people = referrals::lock_waiting_people(w, seen.group, seen.action, with).await?;
        let Some(group) = groups::lock_for_enrolment(w, scope, seen.group).await? else { return Ok(None) };
        let Some(enrolment) = enrolments::lock(w, scope, id).await? else { return Ok(None) };
        let last_mark = enrolments::last_mark(w, &enrolment, ends_on).await?;
        Ok(Some(Self { enrolment, last_mark, waiting: WaitingList { group, people } }))
    }

    /// The group that it is in.
    pub(crate) fn group(&self) -> &Group {
        &self.waiting.group
    }

    /// Gives it, once its end is saved, to whoever waits for it.
    pub(crate) async fn promote<F: Function>(self, w: &Write, scope: &Scope<F>, vocabulary: &Vocabulary) -> Result<(), Stop> {
        self.waiting.promote(w, scope, vocabulary).await
    }
}

/// The waiting list of a group, whose people were locked before it.
#[derive(Debug)]
pub(crate) struct WaitingList {
    /// The group, as it is now.
    pub(crate) group: Group,
    /// Its people.
    pub(crate) people: WaitingPeople,
}

impl WaitingList {
    /// Gives the seats that are free to those who wait for them.
    pub(crate) async fn promote<F: Function>(self, w: &Write, scope: &Scope<F>, vocabulary: &Vocabulary) -> Result<(), Stop> {
        let waiting = referrals::lock_waiting(w, &self.group, &self.people).await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let mut seats = groups::seats(w, &self.group).await?;
        let promoted = Referral::promote(scope, &self.group, &mut seats, &waiting, || w.id(), vocabulary);
        let (accepted, seated): (Vec<_>, Vec<_>) = promoted.into_iter().map(|one| (one.referral, one.enrolment)).unzip();
        enrolments::save_all(w, &seated).await?;
        Ok(referrals::save(w, &accepted).await?)
    }
}
