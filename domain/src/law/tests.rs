use super::*;
use crate::given::day;

fn on(due: impl Into<Option<DueDate>>) -> String {
    due.into().map_or_else(|| "never".to_owned(), |due| due.on.to_string())
}

#[test]
fn r16_the_old_law_gives_two_months_to_the_same_day_or_the_last_of_the_month() {
    for (known, due) in [
        ("2012-04-15", "2012-06-15"),
        ("2023-12-31", "2024-02-29"),
        ("2022-12-31", "2023-02-28"),
        ("2024-12-29", "2025-02-28"),
        ("2024-12-31", "2025-02-28"),
        ("2024-07-31", "2024-09-30"),
    ] {
        assert_eq!(on(orientation_due(day(known))), due, "{known}");
    }
}

#[test]
fn r18_since_2025_it_is_six_weeks_whatever_the_months_and_the_clocks_between() {
    for (known, due) in [
        ("2025-01-01", "2025-02-12"),
        ("2028-02-01", "2028-03-14"),
        ("2027-02-01", "2027-03-15"),
        // Over the last Sundays of March and October: days are counted, not hours.
        ("2026-03-01", "2026-04-12"),
        ("2026-10-01", "2026-11-12"),
        ("2026-11-20", "2027-01-01"),
    ] {
        assert_eq!(on(orientation_due(day(known))), due, "{known}");
        assert_eq!(day(due).date().signed_duration_since(day(known).date()).num_days(), 42);
    }
    assert!(orientation_due(day("2024-12-31")).source.contains("R262-65-2"));
    assert!(orientation_due(day("2025-01-01")).source.contains("D262-65-2"));
}

#[test]
fn r9_and_r18_the_clock_starts_with_the_notification_before_2025_and_with_the_information_since() {
    let clock = |information: &str, notified: &str| {
        let known = |text: &str| (!text.is_empty()).then(|| day(text));
        orientation_clock(known(information), known(notified), day("2026-05-01")).to_string()
    };
    assert_eq!(clock("2024-11-02", "2024-11-20"), "2024-11-20");
    assert_eq!(clock("2024-11-02", ""), "2024-11-02");
    assert_eq!(clock("2026-04-03", "2026-04-20"), "2026-04-03");
    assert_eq!(clock("", "2026-04-20"), "2026-04-20");
    assert_eq!(clock("2026-04-03", ""), "2026-04-03");
    assert_eq!(clock("", ""), "2026-05-01");
}

#[test]
fn r18_france_travail_orients_from_the_day_after_the_six_weeks_and_never_under_the_old_law() {
    assert_eq!(lapses_on(day("2025-01-01")), Some(day("2025-02-13")));
    assert_eq!(lapses_on(day("2024-12-31")), None);
}

#[test]
fn r17_a_decision_by_default_belongs_to_the_old_law_and_comes_after_its_two_months() {
    assert!(knows_default(day("2024-12-31"), day("2025-03-01")));
    assert!(!knows_default(day("2024-12-31"), day("2025-02-28")), "the last day is still the département's");
    assert!(!knows_default(day("2025-01-01"), day("2026-01-01")));
}

#[test]
fn r27_the_team_has_a_month_then_its_opinion_is_deemed_given() {
    for (asked, deemed) in [("2024-01-31", "2024-03-01"), ("2023-01-31", "2023-03-01"), ("2026-03-28", "2026-04-29")] {
        assert_eq!(opinion_deemed_on(day(asked)), day(deemed), "{asked}");
    }
}

#[test]
fn r28_since_2025_the_département_says_whether_the_team_is_asked() {
    let off = Settings::stored([("team_opinion_required".to_owned(), day("2025-01-01"), 0)]);
    assert!(needs_opinion(day("2024-12-31"), &off), "the old law");
    assert!(!needs_opinion(day("2025-01-01"), &off));
    assert!(needs_opinion(day("2025-01-01"), &Settings::default()), "on, where nothing was set");
}

#[test]
fn r29_before_2025_the_social_track_is_reviewed_six_months_after_the_orientation_twelve_at_most() {
    assert_eq!(on(social_review_due(day("2024-08-31"), None, false)), "2025-02-28");
    assert_eq!(on(social_review_due(day("2024-02-29"), None, true)), "2025-02-28");
    assert_eq!(on(social_review_due(day("2024-12-31"), None, false)), "2025-06-30");
}

#[test]
fn r30_since_2025_it_runs_from_the_contract_and_not_at_all_before_one_is_signed() {
    assert_eq!(on(social_review_due(day("2025-01-01"), None, false)), "never");
    assert_eq!(on(social_review_due(day("2025-01-01"), Some(day("2025-02-10")), false)), "2025-08-10");
}

#[test]
fn r31_a_vulnerability_makes_it_twelve_months() {
    assert_eq!(on(social_review_due(day("2025-01-01"), Some(day("2027-08-31")), true)), "2028-08-31");
    assert_eq!(on(social_review_due(day("2025-01-01"), Some(day("2028-02-29")), true)), "2029-02-28");
}

#[test]
fn r30_an_orientation_of_the_old_law_runs_from_itself_until_a_contract_of_the_new_one() {
    let oriented = day("2024-10-15");
    assert_eq!(on(social_review_due(oriented, Some(day("2024-11-02")), false)), "2025-04-15", "a contract of the old law changes nothing");
    assert_eq!(on(social_review_due(oriented, Some(day("2025-03-31")), false)), "2025-09-30");
}

#[test]
fn r72_an_orientation_is_contested_within_two_months_of_its_notification() {
    assert_eq!(on(appeal_until(day("2024-12-30"))), "2025-02-28");
    assert_eq!(on(appeal_until(day("2026-11-22"))), "2027-01-22");
}

#[test]
fn every_parameter_begins_after_the_one_before_and_names_its_text() {
    fn check<T: Copy>(dated: Dated<T>) {
        let all: Vec<_> = dated.all().collect();
        for pair in all.windows(2) {
            let [(one, ends_on), (next, _)] = pair else { continue };
            assert!(one.from < next.from && *ends_on == Some(next.from.plus_days(-1)));
        }
        assert!(all.iter().all(|(one, _)| one.source.len() > 8) && all.last().is_some_and(|(_, end)| end.is_none()));
        assert_eq!(dated.on(day("1999-01-01")).from, all[0].0.from, "before the first, what it was first");
    }
    check(ORIENTATION_DELAY);
    check(TEAM_OPINION_DELAY);
    check(APPEAL_DELAY);
    check(SOCIAL_REVIEW);
    check(CONTRACT_DELAY);
    check(WEEKLY_HOURS);
}

#[test]
fn r36_and_r37_the_old_law_gives_a_month_from_the_orientation_and_two_with_the_social_track() {
    use crate::accompaniment::Accompaniment::{CommonLaw, Social, Socioprofessional};
    assert_eq!(on(contract_due(Social, day("2024-12-31"), None)), "2025-02-28");
    assert_eq!(on(contract_due(Socioprofessional, day("2024-01-31"), Some(day("2024-03-01")))), "2024-02-29");
    assert_eq!(on(contract_due(CommonLaw, day("2024-12-31"), None)), "2025-01-31");
}

#[test]
fn r42_since_2025_a_contract_is_signed_within_a_month_of_the_notification() {
    use crate::accompaniment::Accompaniment::{Social, Socioprofessional};
    for (notified, due) in [("2025-01-31", "2025-02-28"), ("2028-01-30", "2028-02-29"), ("2026-10-24", "2026-11-24"), ("2026-12-31", "2027-01-31")] {
        assert_eq!(on(contract_due(Socioprofessional, day("2025-01-01"), Some(day(notified)))), due, "{notified}");
    }
    assert_eq!(on(contract_due(Social, day("2025-01-01"), Some(day("2025-03-03")))), "2025-04-03", "the social track too");
    assert_eq!(on(contract_due(Social, day("2025-01-01"), None)), "never", "nobody was told yet");
}

#[test]
fn r38_pole_emploi_has_its_own_contracts_and_since_2025_the_other_employment_services_too() {
    use crate::organisation::OrganisationKind as K;
    let theirs = |on: &str| K::ALL.iter().copied().filter(|kind| !makes_contracts(*kind, day(on))).collect::<Vec<_>>();
    assert_eq!(theirs("2024-12-31"), [K::PoleEmploi]);
    assert_eq!(theirs("2025-01-01"), [K::PoleEmploi, K::MissionLocale, K::CapEmploi]);
}

#[test]
fn r44_the_last_day_of_a_contract_of_the_old_law_is_the_eve_of_2027() {
    assert_eq!(CONVERSION.on.plus_days(1), day("2027-01-01"));
}

#[test]
fn r46_since_2025_fifteen_hours_a_week_are_usual_and_thirty_five_the_most() {
    assert_eq!(WEEKLY_HOURS.on(day("2024-12-31")).value, None);
    assert_eq!(WEEKLY_HOURS.on(day("2025-01-01")).value, Some(WeeklyHours { floor: 15, ceiling: 35 }));
}
