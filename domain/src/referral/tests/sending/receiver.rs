//! To whom.

use super::*;

#[test]
fn what_the_programme_does_not_foresee_deserves_a_look() {
    let warned = |kind, accompaniment| !sent(accompanied(accompaniment), &towards(kind)).warnings().is_empty();
    let foreseen = [
        (K::PoleEmploi, Socioprofessional),
        (K::Plie, Socioprofessional),
        (K::PoleEmploi, CommonLaw),
        (K::MissionLocale, CommonLaw),
        (K::CapEmploi, CommonLaw),
    ];
    for kind in ACCOMPANY {
        for accompaniment in Accompaniment::ALL {
            assert_eq!(warned(kind, *accompaniment), !foreseen.contains(&(kind, *accompaniment)), "{kind} {accompaniment}");
        }
        assert!(sent(placed(None), &towards_action(kind)).warnings().is_empty(), "{kind}");
    }
}

#[test]
fn since_2025_others_than_the_public_employment_service_receive_what_was_delegated_to_them() {
    for kind in ACCOMPANY {
        let public = matches!(kind, K::PoleEmploi | K::MissionLocale | K::CapEmploi);
        for accompaniment in Accompaniment::ALL {
            let undelegated = Surroundings { delegations: Vec::new(), ..towards(kind) };
            let not_allowed = |broken| one(broken, "/organisation_id", Rule::ReceiverNotAllowed);
            assert_eq!(wrong(send(accompanied(*accompaniment), &undelegated)), not_allowed(!public), "{kind} {accompaniment}");
            let mut delegated = towards(kind);
            delegated.delegations[0].accompaniments = vec![*accompaniment];
            delegated.delegations[0].period = period("2025-01-01", "2026-11-17");
            assert_eq!(wrong(send(accompanied(*accompaniment), &delegated)), [], "{kind} {accompaniment}: the last day");
            // Midnight in Paris.
            let over = send_on("2026-11-17T23:00:00.000Z", &person(), accompanied(*accompaniment), &delegated);
            assert_eq!(wrong(over), not_allowed(!public), "{kind} {accompaniment}: the day after");
            delegated.delegations[0].accompaniments.clear();
            assert_eq!(wrong(send(accompanied(*accompaniment), &delegated)), not_allowed(!public), "{kind} {accompaniment}: others were");
        }
    }
}

#[test]
fn until_the_end_of_2024_the_programme_decides_who_receives_whom() {
    let last_moment = "2024-12-31T22:59:59.999Z";
    let unsigned = |accompaniment| SendOrder { about: EditOrder { signed_on: None, ..about() }, ..accompanied(accompaniment) };
    for (kind, allowed) in [
        (K::PoleEmploi, &[Socioprofessional, CommonLaw][..]),
        (K::Plie, &[Socioprofessional]),
        (K::MissionLocale, &[CommonLaw]),
        (K::CapEmploi, &[CommonLaw]),
        (K::Association, &[]),
    ] {
        for accompaniment in Accompaniment::ALL {
            let found = wrong(send_on(last_moment, &person(), unsigned(*accompaniment), &towards(kind)));
            let broken = !allowed.contains(accompaniment);
            assert_eq!(found, one(broken, "/organisation_id", Rule::ReceiverNotAllowed), "{kind} {accompaniment}");
            let new_year = send_on("2024-12-31T23:00:00.000Z", &person(), unsigned(*accompaniment), &towards(kind));
            assert_eq!(wrong(new_year), [], "{kind} {accompaniment}: of right or by delegation since");
        }
    }
}

#[test]
fn the_departement_refers_to_others() {
    let own = send(accompanied(Social), &towards(K::Department));
    assert_eq!(wrong(own), [fault("/organisation_id", Rule::ReceiverIsDepartment)]);
    let own_action = send(placed(None), &towards_action(K::Department));
    assert_eq!(wrong(own_action), [fault("/action_id", Rule::ReceiverIsDepartment)]);
}

#[test]
fn a_receiver_that_does_not_exist_receives_nobody() {
    let nobody = Surroundings { receiver: None, ..towards(K::PoleEmploi) };
    assert_eq!(wrong(send(accompanied(Social), &nobody)), [fault("/organisation_id", Rule::ReceiverUnknown)]);
}

#[test]
fn a_mission_locale_receives_people_from_their_16th_birthday_to_the_eve_of_their_26th() {
    let too_young_or_old = Rule::AgeOutsideMission;
    for (born_on, when, broken, why) in [
        ("2010-11-18", "2026-11-17T12:00:00.000Z", true, "16 tomorrow"),
        ("2010-11-18", "2026-11-17T22:59:59.999Z", true, "16 in a millisecond"),
        ("2010-11-18", "2026-11-17T23:00:00.000Z", false, "16 since midnight in Paris"),
        ("2010-11-17", "2026-11-17T12:00:00.000Z", false, "16 today"),
        ("2000-11-18", "2026-11-17T22:59:59.999Z", false, "26 in a millisecond"),
        ("2000-11-18", "2026-11-17T23:00:00.000Z", true, "26 since midnight in Paris"),
        ("2000-11-17", "2026-11-17T12:00:00.000Z", true, "26 today"),
        ("2026-11-17", "2026-11-17T12:00:00.000Z", true, "born today"),
        ("1926-11-17", "2026-11-17T12:00:00.000Z", true, "a hundred years old"),
        ("2008-02-29", "2024-02-28T12:00:00.000Z", true, "16 tomorrow, on a leap day"),
        ("2008-02-29", "2024-02-29T12:00:00.000Z", false, "16 today, on a leap day"),
        ("2000-02-29", "2026-02-27T12:00:00.000Z", false, "a leap day that does not come this year"),
        ("2000-02-29", "2026-03-01T12:00:00.000Z", true, "and is past"),
    ] {
        let order = SendOrder { about: EditOrder { signed_on: None, ..about() }, ..accompanied(CommonLaw) };
        let found = wrong(send_on(when, &born(born_on), order, &towards(K::MissionLocale)));
        assert_eq!(found, one(broken, "/organisation_id", too_young_or_old), "{why}");
    }
}

#[test]
fn a_mission_locale_receives_nobody_whose_birth_date_is_not_known() {
    let unknown = Beneficiary { birth_date: None, ..person() };
    let found = send_on(LATER, &unknown, accompanied(CommonLaw), &towards(K::MissionLocale));
    assert_eq!(wrong(found), [fault("/organisation_id", Rule::BirthDateRequired)]);
}

#[test]
fn the_age_is_the_mission_locale_s_question_alone() {
    for kind in ACCOMPANY.into_iter().filter(|kind| *kind != K::MissionLocale) {
        for person in [born("1960-01-01"), born("2020-01-01"), Beneficiary { birth_date: None, ..person() }] {
            assert_eq!(wrong(send_on(LATER, &person, accompanied(CommonLaw), &towards(kind))), [], "{kind}");
        }
    }
}

#[test]
fn an_action_that_a_mission_locale_runs_is_for_any_age() {
    assert_eq!(wrong(send_on(LATER, &born("1960-01-01"), placed(None), &towards_action(K::MissionLocale))), []);
}
