//! The département's own settings, dated, with their defaults. National law is not here: it is code with its source.

use std::str::FromStr;

use crate::actor::Role;
use crate::calendar::Day;
use crate::codes;
use crate::policy::{ManageSetting, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};

codes! {
    /// What a département may set for itself.
    Setting {
        /// A sheet closes at 24:00 of this day of the month after the session's. 1 to 28, default 10.
        SheetClosingDay = "sheet_closing_day",
        /// Days after the clock closed a sheet during which a first mark is still taken. 0 to 365, default 60.
        LateMarkDays = "late_mark_days",
        /// Hours an access grant lasts. 1 to 24, default 4.
        AccessGrantHours = "access_grant_hours",
        /// Days after which a referral to an action that nobody answered expires. 1 to 365, default 30.
        ReferralExpiryDays = "referral_expiry_days",
        /// Whether Pôle emploi may read the social security number behind an open referral: 1, or 0, the default. The data protection
        /// officer turns it on.
        IdentityDisclosure = "identity_disclosure",
        /// Whether an orientation interview comes before a first decision: 1, the default, or 0.
        OrientationInterviewRequired = "orientation_interview_required",
        /// Whether the multidisciplinary team is heard before a reorientation between the social track and a professional one: 1, the
        /// default, or 0.
        TeamOpinionRequired = "team_opinion_required",
        /// People whom one referent accompanies before it deserves a look. 1 to 365, default 60.
        ReferentPortfolio = "referent_portfolio",
        /// Days after which a referral to an accompaniment that nobody answered is overdue. 1 to 365, default 30.
        ReferralAnswerDays = "referral_answer_days",
    }
}

impl Setting {
    /// What holds when nothing was set.
    pub const fn default_value(self) -> i32 {
        match self {
            Self::SheetClosingDay => 10,
            Self::LateMarkDays | Self::ReferentPortfolio => 60,
            Self::AccessGrantHours => 4,
            Self::IdentityDisclosure => 0,
            Self::OrientationInterviewRequired | Self::TeamOpinionRequired => 1,
            Self::ReferralExpiryDays | Self::ReferralAnswerDays => 30,
        }
    }

    /// The least and the most it may be.
    pub const fn bounds(self) -> (i32, i32) {
        match self {
            Self::SheetClosingDay => (1, 28),
            Self::LateMarkDays => (0, 365),
            Self::AccessGrantHours => (1, 24),
            Self::ReferralExpiryDays | Self::ReferralAnswerDays | Self::ReferentPortfolio => (1, 365),
            Self::IdentityDisclosure | Self::OrientationInterviewRequired | Self::TeamOpinionRequired => (0, 1),
        }
    }
}

/// A setting that was changed.
#[derive(Debug)]
pub struct SettingChanged {
    /// Which.
    pub setting: Setting,
    /// From which day on.
    pub valid_from: Day,
    /// To what.
    pub value: i32,
}

impl Setting {
    /// Changes it from a day on. What may be told of people is the data protection officer's to set, the rest the administrator's.
    pub fn change(self, scope: &Scope<ManageSetting>, valid_from: Day, value: i32) -> Result<Decided<SettingChanged>, Refusal> {
        let owner = if self == Self::IdentityDisclosure { Role::Auditor } else { Role::Administrator };
        if !scope.actor().is(owner) {
            return Err(Refusal::Denied(Rule::SettingReserved));
        }
        let (least, most) = self.bounds();
        let mut faults = Faults::default();
        faults.check(!(least..=most).contains(&value), "value", Rule::OutOfBounds);
        faults.check(valid_from < scope.now().day(), "valid_from", Rule::SettingInPast);
        faults.into_result()?;
        Ok(Decided::new(SettingChanged { setting: self, valid_from, value }))
    }
}

/// The settings with their dates.
#[derive(Clone, Debug, Default)]
pub struct Settings(Vec<(Setting, Day, i32)>);

impl Settings {
    /// From stored rows; a row of an unknown code or out of bounds is left out, so its default holds.
    pub fn stored(rows: impl IntoIterator<Item = (String, Day, i32)>) -> Self {
        let known = rows.into_iter().filter_map(|(code, from, value)| {
            let setting = Setting::from_str(&code).ok()?;
            let (least, most) = setting.bounds();
            (least..=most).contains(&value).then_some((setting, from, value))
        });
        Self(known.collect())
    }

    /// What was set of one, by date.
    pub fn set(&self, setting: Setting) -> Vec<(Day, i32)> {
        let mut set: Vec<(Day, i32)> = self.0.iter().filter(|(one, _, _)| *one == setting).map(|(_, from, value)| (*from, *value)).collect();
        set.sort_unstable();
        set
    }

    /// The value in force on a day.
    pub fn value(&self, setting: Setting, on: Day) -> i32 {
        let dated = self.0.iter().filter(|(one, from, _)| *one == setting && *from <= on);
        dated.max_by_key(|(_, from, _)| *from).map_or_else(|| setting.default_value(), |(_, _, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{day, department, fault, faults, now, scope};

    fn stored(rows: &[(&str, &str, i32)]) -> Settings {
        Settings::stored(rows.iter().map(|(code, from, value)| ((*code).to_owned(), day(from), *value)))
    }

    #[test]
    fn the_value_of_a_day_is_the_last_one_set_by_then() {
        let settings = stored(&[("sheet_closing_day", "2026-07-01", 15), ("sheet_closing_day", "2026-01-01", 5)]);
        for (on, value) in [("2025-12-31", 10), ("2026-01-01", 5), ("2026-06-30", 5), ("2026-07-01", 15), ("2026-12-31", 15)] {
            assert_eq!(settings.value(Setting::SheetClosingDay, day(on)), value, "{on}");
        }
        assert_eq!(settings.value(Setting::LateMarkDays, day("2026-12-31")), 60, "another setting");
    }

    #[test]
    fn a_row_that_is_unknown_or_out_of_bounds_is_left_out() {
        let settings = stored(&[
            ("sheet_closing_day", "2026-01-01", 0),
            ("sheet_closing_day", "2026-01-01", 29),
            ("late_mark_days", "2026-01-01", -1),
            ("access_grant_hours", "2026-01-01", 25),
            ("unheard_of", "2026-01-01", 1),
        ]);
        for setting in Setting::ALL {
            assert_eq!(settings.value(*setting, day("2026-12-31")), setting.default_value(), "{setting}");
        }
    }

    #[test]
    fn what_is_told_of_people_is_the_auditor_s_to_set_and_the_rest_the_administrator_s() {
        let change =
            |role, setting: Setting, value| setting.change(&scope(&department(role), now()), now().day(), value).map(|decided| decided.value);
        let reserved = Err(Refusal::Denied(Rule::SettingReserved));
        assert_eq!(change(Role::Auditor, Setting::IdentityDisclosure, 1), Ok(1));
        assert_eq!(change(Role::Administrator, Setting::IdentityDisclosure, 1), reserved);
        assert_eq!(change(Role::Administrator, Setting::SheetClosingDay, 12), Ok(12));
        assert_eq!(change(Role::Auditor, Setting::SheetClosingDay, 12), reserved);
        assert_eq!(faults(change(Role::Administrator, Setting::SheetClosingDay, 29).unwrap_err()), [fault("/value", Rule::OutOfBounds)]);
        let past = Setting::SheetClosingDay.change(&scope(&department(Role::Administrator), now()), now().day().plus_days(-1), 12);
        assert_eq!(faults(past.unwrap_err()), [fault("/valid_from", Rule::SettingInPast)]);
    }

    #[test]
    fn the_bounds_themselves_are_taken_and_hold_the_default() {
        for setting in Setting::ALL {
            let (least, most) = setting.bounds();
            assert!((least..=most).contains(&setting.default_value()));
            for value in [least, most] {
                assert_eq!(stored(&[(setting.code(), "2026-01-01", value)]).value(*setting, day("2026-01-01")), value);
            }
        }
    }
}
