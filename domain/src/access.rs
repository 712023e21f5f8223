//! Who read what, and break-glass grants. Writing the log is not a decision: every answer that shows a person leaves its trace.

use chrono::TimeDelta;

use crate::actor::Principal;
use crate::beneficiary::Beneficiary;
use crate::calendar::Instant;
use crate::event::Event;
use crate::id::Id;
use crate::policy::{GrantAccess, Scope};
use crate::refusal::Decided;
use crate::settings::{Setting, Settings};
use crate::text::Note;

/// One answer that showed people.
#[derive(Debug)]
pub struct AccessRecord;

/// A caseworker's access to one person elsewhere, for a reason and a few hours.
#[derive(Clone, Debug)]
pub struct AccessGrant {
    /// Its id.
    pub id: Id<AccessGrant>,
    /// To whom.
    pub professional: Id<Principal>,
    /// Over whom.
    pub beneficiary: Id<Beneficiary>,
    /// Why, in the caseworker's words.
    pub reason: Note,
    /// Since when.
    pub granted_at: Instant,
    /// Until when.
    pub expires_at: Instant,
}

/// A grant taken.
#[derive(Debug)]
pub struct AccessGranted {
    /// The grant.
    pub grant: AccessGrant,
    /// What happened; managers are told by it.
    pub event: Event,
}

impl AccessGrant {
    /// Breaks the glass over one person. The reason is what makes it accountable.
    pub fn take(
        scope: &Scope<GrantAccess>,
        id: Id<AccessGrant>,
        beneficiary: Id<Beneficiary>,
        reason: Note,
        settings: &Settings,
    ) -> Decided<AccessGranted> {
        let now = scope.now();
        let hours = settings.value(Setting::AccessGrantHours, now.day());
        let expires_at = now.plus(TimeDelta::hours(i64::from(hours)));
        let grant = AccessGrant { id, professional: scope.actor().principal, beneficiary, reason, granted_at: now, expires_at };
        let event = Event::new("access_grant.taken", id).about(beneficiary).with("hours", hours);
        Decided::new(AccessGranted { grant, event })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{at, beneficiary, caseworker, day, id, note, scope};

    #[test]
    fn a_grant_lasts_four_hours_unless_the_department_says_otherwise() {
        let two_hours = Settings::stored([("access_grant_hours".to_owned(), day("2026-01-01"), 2)]);
        // Clocks go back in the second night; hours stay hours.
        for (settings, granted_at, expires_at) in [
            (Settings::default(), "2026-11-17T18:00:00.000Z", "2026-11-17T22:00:00.000Z"),
            (Settings::default(), "2026-10-24T23:00:00.000Z", "2026-10-25T03:00:00.000Z"),
            (two_hours, "2026-11-17T18:00:00.000Z", "2026-11-17T20:00:00.000Z"),
        ] {
            let scope = scope(&caseworker(), at(granted_at));
            let taken = AccessGrant::take(&scope, id(1), beneficiary(0).id, note("Accueil en urgence"), &settings);
            assert_eq!((taken.grant.granted_at, taken.grant.expires_at), (at(granted_at), at(expires_at)));
            assert_eq!((taken.grant.professional, taken.event.beneficiary), (caseworker().principal, Some(beneficiary(0).id)));
        }
    }
}
