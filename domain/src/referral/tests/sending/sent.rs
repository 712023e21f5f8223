//! Who is referred, and when.

use super::*;

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
