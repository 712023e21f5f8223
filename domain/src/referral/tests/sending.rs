//! The département's side: sending, editing, taking back.

use super::*;
use crate::accompaniment::Accompaniment::{CommonLaw, Social};
use OrganisationKind as K;

fn send_on(when: &str, person: &Beneficiary, order: SendOrder, around: &Surroundings) -> Result<Decided<ReferralChanged>, Refusal> {
    Referral::send(&refers(when), id(800), person, order, &around.view())
}

fn send(order: SendOrder, around: &Surroundings) -> Result<Decided<ReferralChanged>, Refusal> {
    send_on(crate::given::NOW, &person(), order, around)
}

/// The faults of what was sent, none when it was taken.
fn wrong(result: Result<Decided<ReferralChanged>, Refusal>) -> Vec<(String, Rule)> {
    result.map_or_else(faults, |_| Vec::new())
}

/// The one fault, or none.
fn one(broken: bool, pointer: &str, rule: Rule) -> Vec<(String, Rule)> {
    if broken { vec![fault(pointer, rule)] } else { Vec::new() }
}

fn born(on: &str) -> Beneficiary {
    Beneficiary { birth_date: Some(day(on)), ..person() }
}

fn edit_on(when: &str, referral: &Referral, order: EditOrder) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.edit(&refers(when), order, None)
}

fn cancel_on(when: &str, referral: &Referral, reason: &str) -> Result<Option<Decided<ReferralChanged>>, Refusal> {
    referral.cancel(&refers(when), CancelOrder { reason: term(reason), comment: None }, false, &VOCABULARY)
}

// ---- sending

#[test]
fn a_referral_to_an_organisation_says_whom_what_for_and_why() {
    let around = Surroundings { site: Some(site_of(K::PoleEmploi)), ..towards(K::PoleEmploi) };
    let order = SendOrder { about: EditOrder { site: Some(id(150)), ..about() }, ..accompanied(Socioprofessional) };
    let sent = send(order, &around).unwrap();
    let after = &sent.after;
    assert_eq!((after.id, after.person.id, after.receiver.id), (id(800), person().id, organisation(K::PoleEmploi).id));
    assert_eq!(after.receiver.site, Some((id(150), line("87012"), label("Limoges Leclerc"))));
    assert_eq!((&after.purpose, after.purpose.kind()), (&Purpose::Accompaniment(Socioprofessional), PurposeKind::Accompaniment));
    assert_eq!((after.purpose.action(), after.purpose.group()), (None, None));
    assert_eq!((&after.objective, after.signed_on), (&about().objective, Some(day("2026-11-17"))));
    assert_eq!((after.referred_by, &after.referrer), (caseworker().principal, &Some(referrer())));
    assert_eq!((after.state, after.sent_at, after.expires_at, after.closed_at), (ReferralState::Sent, now(), None, None));
    assert_eq!((after.waiting_since, after.enrolment, &after.outcome), (None, None, &Outcome::default()));
    assert_eq!((after.stamp.version, sent.created, sent.told), (1, true, FeedEventType::Sent));
}

#[test]
fn a_referral_to_an_action_goes_to_whoever_runs_it() {
    for kind in ACCOMPANY {
        let sent = send(placed(Some(300)), &towards_action(kind)).unwrap();
        let expected =
            Purpose::Action { id: id(200), name: action().about.name, group: Some((id(300), group().about.name)), status_at_entry: term("known") };
        assert_eq!((&sent.after.purpose, sent.after.purpose.kind()), (&expected, PurposeKind::Action));
        assert_eq!((sent.after.purpose.action(), sent.after.purpose.group()), (Some(id(200)), Some(id(300))));
        assert_eq!((sent.after.receiver.id, sent.after.receiver.kind), (organisation(kind).id, kind), "running an action needs no kind");
    }
}

#[test]
fn what_is_recorded_of_a_referral_names_the_person_and_nothing_personal() {
    let sent = send(accompanied(Socioprofessional), &towards(K::PoleEmploi)).unwrap();
    assert_eq!((sent.event.kind, sent.event.subject, sent.event.beneficiary), ("referral.sent", sent.after.id.uuid(), Some(person().id)));
    assert_eq!(sent.event.codes, [("state", "sent".to_owned())]);
    let order = CancelOrder { reason: term("known"), comment: Some(note("Camille a déménagé")) };
    let cancelled = accompaniment().cancel(&refers(LATER), order, false, &VOCABULARY).unwrap().unwrap();
    assert_eq!(cancelled.event.codes, [("state", "cancelled".to_owned()), ("reason", "known".to_owned())]);
    assert_eq!((cancelled.event.kind, cancelled.created), ("referral.cancelled", false));
}

#[test]
fn a_referral_to_an_action_expires_after_thirty_days_to_the_millisecond() {
    let sent = send_on("2026-11-17T18:00:00.123Z", &person(), placed(None), &towards_action(K::Association)).unwrap();
    assert_eq!(sent.after.expires_at, Some(at("2026-12-17T18:00:00.123Z")));
}

#[test]
fn a_referral_expires_when_the_setting_of_the_day_says() {
    let row = |from, days| ("referral_expiry_days".to_owned(), day(from), days);
    let settings = Settings::stored([row("2026-01-01", 10), row("2026-11-18", 1)]);
    for (when, expires_at) in [
        ("2026-11-17T22:59:59.999Z", "2026-11-27T22:59:59.999Z"),
        // Midnight in Paris.
        ("2026-11-17T23:00:00.000Z", "2026-11-18T23:00:00.000Z"),
    ] {
        let around = Surroundings { settings: settings.clone(), ..towards_action(K::Association) };
        assert_eq!(send_on(when, &person(), placed(None), &around).unwrap().after.expires_at, Some(at(expires_at)));
        let around = Surroundings { settings: settings.clone(), ..towards(K::PoleEmploi) };
        assert_eq!(send_on(when, &person(), accompanied(Socioprofessional), &around).unwrap().after.expires_at, None);
    }
}

#[test]
fn nobody_is_referred_under_a_closed_file() {
    for person in [merged(person()), purged(person())] {
        for (order, around) in [(accompanied(Social), towards(K::PoleEmploi)), (placed(None), towards_action(K::Association))] {
            assert_eq!(send_on(LATER, &person, order, &around).unwrap_err(), Refusal::Conflict(Rule::BeneficiaryClosed));
        }
    }
}

#[test]
fn one_referral_is_open_per_person_and_purpose() {
    let beside = |around: Surroundings| Surroundings { is_open: true, ..around };
    let open = Refusal::Conflict(Rule::ReferralOpen);
    assert_eq!(send(accompanied(Social), &beside(towards(K::PoleEmploi))).unwrap_err(), open);
    assert_eq!(send(placed(None), &beside(towards_action(K::Association))).unwrap_err(), open);
    let wrong = SendOrder { about: EditOrder { signed_on: Some(day("2030-01-01")), ..about() }, ..placed(Some(9)) };
    assert_eq!(send(wrong, &beside(towards_action(K::Association))).unwrap_err(), open, "state comes before rules");
}

// ---- what is asked for

fn fields(kind: PurposeKind, given: [bool; 5]) -> Result<PurposeOrder, Refusal> {
    let [organisation, accompaniment, action, group, status_at_entry] = given;
    let fields = PurposeFields {
        kind,
        organisation: organisation.then(|| id(101)),
        accompaniment: accompaniment.then_some(Social),
        action: action.then(|| id(200)),
        group: group.then(|| id(300)),
        status_at_entry: status_at_entry.then(|| term("known")),
    };
    fields.read()
}

#[test]
fn each_purpose_has_its_own_fields() {
    let (accompaniment, action) = (PurposeKind::Accompaniment, PurposeKind::Action);
    let accompanied = PurposeOrder::Accompaniment { accompaniment: Social, organisation: id(101) };
    assert_eq!(fields(accompaniment, [true, true, false, false, false]), Ok(accompanied));
    let placed = |group| PurposeOrder::Action { action: id(200), group, status_at_entry: term("known") };
    assert_eq!(fields(action, [false, false, true, true, true]), Ok(placed(Some(id(300)))));
    assert_eq!(fields(action, [false, false, true, false, true]), Ok(placed(None)));
}

#[test]
fn a_field_that_lacks_or_belongs_to_the_other_purpose_is_told() {
    const FIELDS: [(&str, PurposeKind, bool); 5] = [
        ("/organisation_id", PurposeKind::Accompaniment, true),
        ("/accompaniment", PurposeKind::Accompaniment, true),
        ("/action_id", PurposeKind::Action, true),
        ("/group_id", PurposeKind::Action, false),
        ("/status_at_entry", PurposeKind::Action, true),
    ];
    for kind in PurposeKind::ALL {
        for bits in 0..32_usize {
            let given = [0, 1, 2, 3, 4].map(|place| bits & (1 << place) != 0);
            let expected = FIELDS.iter().zip(given).filter_map(|((field, of, required), given)| match (given, of == kind) {
                (true, false) => Some(fault(field, Rule::ForbiddenForPurpose)),
                (false, true) if *required => Some(fault(field, Rule::RequiredForPurpose)),
                _ => None,
            });
            assert_eq!(fields(*kind, given).map_or_else(faults, |_| Vec::new()), expected.collect::<Vec<_>>(), "{kind} {given:?}");
        }
    }
}

// ---- to whom

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

// ---- what it says

#[test]
fn an_action_takes_people_until_its_last_day() {
    let until = |ends_on| {
        let mut around = towards_action(K::Association);
        around.action.as_mut().unwrap().about.ends_on = ends_on;
        around
    };
    for (ends_on, broken) in [(None, false), (Some("2026-11-18"), false), (Some("2026-11-17"), false), (Some("2026-11-16"), true)] {
        let found = wrong(send(placed(None), &until(ends_on.map(day))));
        assert_eq!(found, one(broken, "/action_id", Rule::ActionUnknown), "{ends_on:?}");
    }
    let after_midnight = send_on("2026-11-17T23:00:00.000Z", &person(), placed(None), &until(Some(day("2026-11-17"))));
    assert_eq!(wrong(after_midnight), [fault("/action_id", Rule::ActionUnknown)]);
}

#[test]
fn people_are_referred_to_actions_and_groups_to_come() {
    let mut around = towards_action(K::Association);
    around.action.as_mut().unwrap().about.starts_on = day("2027-01-01");
    around.group.as_mut().unwrap().about.starts_on = day("2027-01-01");
    assert_eq!(wrong(send(placed(Some(300)), &around)), []);
}

#[test]
fn a_group_is_one_of_the_action_and_not_over() {
    let unknown = |broken| one(broken, "/group_id", Rule::GroupUnknown);
    let beside = |group| Surroundings { group, ..towards_action(K::Association) };
    assert_eq!(wrong(send(placed(Some(300)), &beside(None))), unknown(true), "none by that id");
    let of_another = Group { action: id(201), ..group() };
    assert_eq!(wrong(send(placed(Some(300)), &beside(Some(of_another)))), unknown(true), "of another action");
    for (last, broken) in [("2026-11-17", false), ("2026-11-16", true)] {
        assert_eq!(wrong(send(placed(Some(300)), &beside(Some(ends_on(group(), last))))), unknown(broken), "until {last}");
    }
    let full = Group { about: crate::group::GroupOrder { capacity: 1, ..group().about }, ..group() };
    assert_eq!(wrong(send(placed(Some(300)), &beside(Some(full)))), unknown(false), "whether it is full is the receiver's answer");
}

#[test]
fn the_status_at_entry_is_one_that_holds_today() {
    for (code, broken) in [("known", false), ("retired", true), ("unheard_of", true)] {
        let purpose = PurposeOrder::Action { action: id(200), group: None, status_at_entry: term(code) };
        let found = wrong(send(SendOrder { purpose, about: about() }, &towards_action(K::Association)));
        assert_eq!(found, one(broken, "/status_at_entry", Rule::CodeUnknown), "{code}");
    }
}

#[test]
fn a_site_is_one_of_the_receiver() {
    let order = || SendOrder { about: EditOrder { site: Some(id(150)), ..about() }, ..accompanied(Socioprofessional) };
    for (site, broken) in [(Some(site_of(K::PoleEmploi)), false), (Some(site_of(K::CapEmploi)), true), (None, true)] {
        let around = Surroundings { site, ..towards(K::PoleEmploi) };
        assert_eq!(wrong(send(order(), &around)), one(broken, "/site_id", Rule::SiteUnknown));
    }
}

#[test]
fn nobody_signed_tomorrow() {
    for (when, signed_on, broken) in [
        ("2026-11-17T22:59:59.999Z", Some("2026-11-17"), false),
        ("2026-11-17T22:59:59.999Z", Some("2026-11-18"), true),
        ("2026-11-17T23:00:00.000Z", Some("2026-11-18"), false),
        ("2026-11-17T12:00:00.000Z", Some("1999-01-01"), false),
        ("2026-11-17T12:00:00.000Z", None, false),
    ] {
        let about = EditOrder { signed_on: signed_on.map(day), ..about() };
        let found = wrong(send_on(when, &person(), SendOrder { about, ..accompanied(Social) }, &towards(K::PoleEmploi)));
        assert_eq!(found, one(broken, "/signed_on", Rule::DayInFuture), "{signed_on:?} at {when}");
    }
}

#[test]
fn barriers_are_a_set_in_the_order_of_the_list() {
    use BarrierKind::{Digital, Health, Mobility};
    let with = |barriers: &[BarrierKind]| SendOrder { about: EditOrder { barriers: barriers.to_vec(), ..about() }, ..accompanied(Social) };
    let sent = send(with(&[Digital, Mobility, Health]), &towards(K::PoleEmploi)).unwrap();
    assert_eq!(sent.after.barriers, [Mobility, Health, Digital]);
    let reversed: Vec<BarrierKind> = BarrierKind::ALL.iter().rev().copied().collect();
    assert_eq!(send(with(&reversed), &towards(K::PoleEmploi)).unwrap().after.barriers, BarrierKind::ALL);
    assert_eq!(send(with(&[]), &towards(K::PoleEmploi)).unwrap().after.barriers, []);
    let twice = wrong(send(with(&[Health, Mobility, Health, Health]), &towards(K::PoleEmploi)));
    assert_eq!(twice, [fault("/barriers/2", Rule::DuplicateItem), fault("/barriers/3", Rule::DuplicateItem)]);
}

#[test]
fn what_is_wrong_with_a_referral_is_told_at_once() {
    let about =
        EditOrder { site: Some(id(9)), barriers: vec![BarrierKind::Health, BarrierKind::Health], signed_on: Some(day("2026-11-18")), ..about() };
    let said = [fault("/site_id", Rule::SiteUnknown), fault("/signed_on", Rule::DayInFuture), fault("/barriers/1", Rule::DuplicateItem)];
    let accompanied = SendOrder { about: about.clone(), ..accompanied(Social) };
    let unfit = Surroundings { delegations: Vec::new(), ..towards(K::Plie) };
    assert_eq!(wrong(send(accompanied, &unfit)), [&[fault("/organisation_id", Rule::ReceiverNotAllowed)], &said[..]].concat());
    let purpose = PurposeOrder::Action { action: id(200), group: Some(id(9)), status_at_entry: term("retired") };
    let mut over = Surroundings { group: None, ..towards_action(K::Association) };
    over.action.as_mut().unwrap().about.ends_on = Some(day("2026-11-16"));
    let placed = [fault("/status_at_entry", Rule::CodeUnknown), fault("/action_id", Rule::ActionUnknown), fault("/group_id", Rule::GroupUnknown)];
    assert_eq!(wrong(send(SendOrder { purpose: purpose.clone(), about: about.clone() }, &over)), [&placed[..], &said[..]].concat());
    let nothing = Surroundings { receiver: None, action: None, ..over };
    assert_eq!(wrong(send(SendOrder { purpose, about }, &nothing)), [&placed[..2], &said[..]].concat(), "no action, no group of it");
}

// ---- editing

#[test]
fn what_a_referral_says_is_edited_while_it_is_open() {
    let other = EditOrder { objective: note("Autre"), ..about() };
    for state in OPEN {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            let edited = edit_on(LATER, &referral, other.clone()).unwrap().unwrap();
            assert_eq!(change(Some(&edited)), Some((state, referral.stamp.version + 1, FeedEventType::Updated)));
            assert_eq!((&edited.after.objective, edited.after.closed_at), (&note("Autre"), None));
            assert_eq!((edited.after.waiting_since, edited.after.enrolment), (referral.waiting_since, referral.enrolment), "{state}");
            assert_eq!((&edited.after.purpose, edited.after.sent_at), (&referral.purpose, referral.sent_at));
            assert_eq!((edited.after.expires_at, edited.created), (referral.expires_at, false));
        }
    }
    for state in CLOSED {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            assert_eq!(told(edit_on(LATER, &referral, other.clone())), refused(Rule::ReferralClosed), "{state}");
            assert_eq!(told(edit_on(LATER, &referral, about())), refused(Rule::ReferralClosed), "{state}, the same");
        }
    }
}

#[test]
fn an_edit_that_says_the_same_changes_nothing() {
    for state in OPEN {
        assert_eq!(told(edit_on(LATER, &standing(state, placement()), about())), Ok(None));
        let unordered = EditOrder { barriers: vec![BarrierKind::Language, BarrierKind::Mobility], ..about() };
        assert_eq!(told(edit_on(LATER, &standing(state, placement()), unordered)), Ok(None), "barriers are a set");
    }
}

#[test]
fn each_thing_that_a_referral_says_is_edited_alone() {
    let site = site_of(K::PoleEmploi);
    let edit = |order| edit_on(LATER, &accompaniment(), order).unwrap().unwrap();
    let at_site = || EditOrder { site: Some(id(150)), ..about() };
    let sited = accompaniment().edit(&refers(LATER), at_site(), Some(&site)).unwrap().unwrap();
    assert_eq!(sited.after.receiver.site, Some((id(150), line("87012"), label("Limoges Leclerc"))));
    assert_eq!(edit(EditOrder { signed_on: None, ..about() }).after.signed_on, None);
    assert_eq!(edit(EditOrder { barriers: Vec::new(), ..about() }).after.barriers, []);
    assert_eq!(told(sited.after.edit(&refers(LATER), at_site(), Some(&site))), Ok(None), "the same site");
    let without = edit_on(LATER, &sited.after, about()).unwrap().unwrap();
    assert_eq!((&without.after.receiver.site, without.after.stamp.version), (&None, 3), "no site any more");
}

#[test]
fn an_edit_is_held_to_the_rules_of_what_is_sent() {
    let wrong =
        EditOrder { site: Some(id(150)), barriers: vec![BarrierKind::Health, BarrierKind::Health], signed_on: Some(day("2026-11-19")), ..about() };
    let elsewhere = site_of(K::CapEmploi);
    for site in [None, Some(&elsewhere)] {
        let found = faults(accompaniment().edit(&refers(LATER), wrong.clone(), site).unwrap_err());
        let expected = [fault("/site_id", Rule::SiteUnknown), fault("/signed_on", Rule::DayInFuture), fault("/barriers/1", Rule::DuplicateItem)];
        assert_eq!(found, expected);
    }
    let signed_since = EditOrder { signed_on: Some(day("2026-11-18")), ..about() };
    assert!(edit_on(LATER, &accompaniment(), signed_since).is_ok(), "signed after it was sent");
}

#[test]
fn what_expired_is_edited_no_more() {
    let other = EditOrder { objective: note("Autre"), ..about() };
    for state in [ReferralState::Sent, ReferralState::Received] {
        let referral = standing(state, placement());
        assert!(edit_on(ONE_MILLISECOND_BEFORE, &referral, other.clone()).is_ok());
        assert_eq!(told(edit_on(EXPIRY, &referral, other.clone())), refused(Rule::ReferralExpired));
        assert_eq!(told(edit_on(EXPIRY, &referral, about())), refused(Rule::ReferralExpired), "the same");
    }
}

#[test]
fn an_edit_of_what_expired_is_refused_alike_before_and_after_the_sweep() {
    let lapsed = placement().lapse(&sweep(EXPIRY)).unwrap();
    let other = || EditOrder { objective: note("Autre"), ..about() };
    assert_eq!(told(edit_on(EXPIRY, &lapsed.after, other())), told(edit_on(EXPIRY, &placement(), other())));
}

// ---- taking back

#[test]
fn a_referral_is_taken_back_until_it_has_started() {
    use ReferralState as S;
    for state in [S::Sent, S::Received, S::WaitingList, S::Accepted] {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            let order = CancelOrder { reason: term("known"), comment: Some(note("Saisie deux fois")) };
            let cancelled = referral.cancel(&refers(LATER), order, false, &VOCABULARY).unwrap().unwrap();
            assert_eq!(change(Some(&cancelled)), Some((S::Cancelled, referral.stamp.version + 1, FeedEventType::Cancelled)));
            let after = &cancelled.after;
            assert_eq!((after.reason.clone(), after.comment.clone()), (Some(term("known")), Some(note("Saisie deux fois"))));
            assert_eq!((after.closed_at, after.waiting_since, after.enrolment), (Some(at(LATER)), None, referral.enrolment));
        }
    }
    for (state, rule) in [
        (S::Started, Rule::ReferralStarted),
        (S::Refused, Rule::ReferralClosed),
        (S::Completed, Rule::ReferralClosed),
        (S::Abandoned, Rule::ReferralClosed),
    ] {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            assert_eq!(told(cancel_on(LATER, &referral, "known")), refused(rule), "{state}");
            assert_eq!(told(cancel_on(LATER, &referral, "unheard_of")), refused(rule), "{state}: state comes before rules");
        }
    }
}

#[test]
fn the_same_cancellation_again_changes_nothing_and_another_is_refused() {
    let cancelled = cancel_on(LATER, &accompaniment(), "known").unwrap().unwrap();
    let again = |reason, comment| told(cancelled.after.cancel(&refers(EXPIRY), CancelOrder { reason: term(reason), comment }, false, &VOCABULARY));
    assert_eq!(again("known", None), Ok(None));
    assert_eq!(again("known", Some(note("Saisie deux fois"))), refused(Rule::ReferralClosed));
    assert_eq!(again("retired", None), refused(Rule::ReferralClosed));
}

#[test]
fn a_cancellation_repeated_after_its_reason_was_retired_changes_nothing() {
    let cancelled = Referral { reason: Some(term("retired")), ..standing(ReferralState::Cancelled, accompaniment()) };
    assert_eq!(told(cancel_on(LATER, &cancelled, "retired")), Ok(None));
}

#[test]
fn a_referral_is_taken_back_for_a_reason_that_holds_today() {
    for (reason, broken) in [("known", false), ("retired", true), ("unheard_of", true)] {
        let found = cancel_on(LATER, &accompaniment(), reason).map_or_else(faults, |_| Vec::new());
        assert_eq!(found, one(broken, "/reason", Rule::CodeUnknown), "{reason}");
    }
}

#[test]
fn what_expired_is_not_taken_back() {
    use ReferralState as S;
    let written = placement().lapse(&sweep(EXPIRY)).unwrap().after.clone();
    for referral in [placement(), standing(S::Received, placement()), written] {
        assert_eq!(told(cancel_on(EXPIRY, &referral, "known")), refused(Rule::ReferralExpired));
    }
    assert!(cancel_on(ONE_MILLISECOND_BEFORE, &placement(), "known").is_ok());
    for state in [S::WaitingList, S::Accepted] {
        assert!(cancel_on(EXPIRY, &standing(state, placement()), "known").is_ok(), "{state} does not expire");
    }
}
