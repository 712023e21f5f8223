//! What becomes of a referral without its receiver's word.

use super::*;
use crate::accompaniment::Accompaniment::CommonLaw;
use crate::attendance::{AttendanceRecorded, AttendanceStatus, Mark, MarkChange, MarkSource, MarkValue};
use crate::beneficiary::{Around, Mixing};
use crate::change::Change;
use crate::enrolment::{EndReason, Enrolment};
use crate::given::{enrolment, session_on, sheet};
use OrganisationKind as K;
use ReferralState as S;

// ---- time

#[test]
fn what_nobody_answered_expires_at_the_millisecond() {
    for state in [S::Sent, S::Received] {
        let referral = standing(state, placement());
        assert!(referral.lapse(&sweep(ONE_MILLISECOND_BEFORE)).is_none());
        let lapsed = referral.lapse(&sweep(EXPIRY)).unwrap();
        assert_eq!(change(Some(&lapsed)), Some((S::Expired, 3, FeedEventType::Expired)));
        assert_eq!((lapsed.after.closed_at, lapsed.after.stamp.updated_at), (Some(at(EXPIRY)), at(EXPIRY)));
    }
}

#[test]
fn what_expired_ended_when_it_expired_whenever_that_is_written_down() {
    let lapsed = placement().lapse(&sweep("2026-12-20T07:00:00.000Z")).unwrap();
    assert_eq!((lapsed.after.closed_at, lapsed.after.stamp.updated_at), (Some(at(EXPIRY)), at("2026-12-20T07:00:00.000Z")));
    assert_eq!((lapsed.event.kind, lapsed.event.codes.as_slice()), ("referral.expired", &[("state", "expired".to_owned())][..]));
    assert!(lapsed.after.lapse(&sweep("2026-12-20T07:01:00.000Z")).is_none(), "once");
}

#[test]
fn what_was_answered_and_what_is_to_accompany_never_expires() {
    for state in S::ALL.iter().filter(|state| !state.is_unanswered()) {
        assert!(standing(*state, placement()).lapse(&sweep("2199-12-31T00:00:00.000Z")).is_none(), "{state}");
    }
    for state in S::ALL {
        assert!(standing(*state, accompaniment()).lapse(&sweep("2199-12-31T00:00:00.000Z")).is_none(), "{state}");
    }
}

// ---- the person's file

/// What a change of the person's file tells the receiver of a referral.
fn follow(referral: &Referral, when: &str, change: impl FnOnce(&mut BeneficiaryOrder)) -> Option<(S, i32, FeedEventType)> {
    let told = Disclosed::from(referral);
    let changed = edited(&person(), when, change);
    let followed = referral.follow_person(&changed, &told);
    let persons: Vec<_> = followed.iter().map(|followed| Disclosed::from(&followed.after).person).collect();
    assert!(persons.iter().all(|person| *person != told.person), "something is new");
    super::change(followed.as_ref())
}

#[test]
fn a_receiver_is_told_what_changes_of_the_person_while_the_referral_is_open() {
    for state in OPEN {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            let expected = Some((state, referral.stamp.version + 1, FeedEventType::Updated));
            assert_eq!(follow(&referral, LATER, |person| person.last_name = name("Nouveau")), expected, "{state}");
            let followed = referral.follow_person(&edited(&person(), LATER, |person| person.details.phone = None), &Disclosed::from(&referral));
            let after = &followed.unwrap().after;
            assert_eq!((after.waiting_since, after.enrolment, after.closed_at), (referral.waiting_since, referral.enrolment, None));
            assert_eq!(after.stamp.updated_at, at(LATER));
        }
    }
    for state in CLOSED.into_iter().chain([S::Expired]) {
        for referral in [standing(state, accompaniment()), standing(state, placement())] {
            assert_eq!(follow(&referral, LATER, |person| person.last_name = name("Nouveau")), None, "{state}");
        }
    }
}

#[test]
fn nothing_more_is_told_of_the_person_once_nobody_answered_in_time() {
    for (when, tells) in [(ONE_MILLISECOND_BEFORE, true), (EXPIRY, false)] {
        let told = follow(&placement(), when, |person| person.last_name = name("Nouveau"));
        assert_eq!(told.is_some(), tells, "{when}");
    }
    assert!(follow(&accompaniment(), EXPIRY, |person| person.last_name = name("Nouveau")).is_some());
}

#[test]
fn a_receiver_is_told_of_a_change_that_is_its_own_to_know() {
    type Edit = fn(&mut BeneficiaryOrder);
    let told_to_all: [Edit; 6] = [
        |person| person.last_name = name("Nouveau"),
        |person| person.first_name = name("Nouvelle"),
        |person| person.commune_code = "87011".parse().ok(),
        |person| person.details.birth_name = None,
        |person| person.details.phone = "0655555555".parse().ok(),
        |person| person.details.email = None,
    ];
    let told_to_some: [Edit; 2] =
        [|person| person.birth_date = Some(day("2006-05-03")), |person| person.details.france_travail_id = "12345678901".parse().ok()];
    let told_to_nobody: [Edit; 2] = [|person| person.territory = None, |_| ()];
    for kind in ACCOMPANY {
        let identified = matches!(kind, K::PoleEmploi | K::MissionLocale | K::CapEmploi);
        let referral = sent(accompanied(CommonLaw), &towards(kind));
        for edit in told_to_all {
            assert!(follow(&referral, LATER, edit).is_some(), "{kind}");
        }
        for edit in told_to_some {
            assert_eq!(follow(&referral, LATER, edit).is_some(), identified, "{kind}");
        }
        for edit in told_to_nobody {
            assert_eq!(follow(&referral, LATER, edit), None, "{kind}");
        }
    }
}

#[test]
fn a_change_is_held_against_what_was_told_and_not_against_what_is_stored() {
    let referral = accompaniment();
    let told = Disclosed::from(&referral);
    let changed = edited(&person(), LATER, |person| person.details.phone = None);
    let stored_first = Referral { person: (&changed.after).into(), ..referral };
    assert!(stored_first.follow_person(&changed, &told).is_some());
    assert!(stored_first.follow_person(&changed, &Disclosed::from(&stored_first)).is_none());
}

#[test]
fn who_told_an_identifier_is_not_told_it_again() {
    let order = ReceiptOrder { external_id: None, france_travail_id: "12345678901".parse().ok() };
    let receipt = accompaniment().receive(&answers(LATER), &person(), order, false).unwrap();
    let (referral, identified) = (receipt.referral.unwrap(), receipt.identified.unwrap());
    assert!(referral.after.follow_person(&identified, &Disclosed::from(&referral.after)).is_none());
    let (plie, mission_locale) = (accompaniment_by(K::Plie), sent(accompanied(CommonLaw), &towards(K::MissionLocale)));
    assert!(plie.follow_person(&identified, &Disclosed::from(&plie)).is_none());
    assert!(mission_locale.follow_person(&identified, &Disclosed::from(&mission_locale)).is_some());
}

#[test]
fn the_new_form_of_an_identifier_is_one_person_s() {
    let places = |elsewhere: bool| Around {
        commune_known: true,
        proposed: None,
        territory_known: true,
        own: &[],
        household: None,
        mixing: elsewhere.then_some(Mixing::Identifier),
        nir: None,
    };
    let order = |birth_date| BeneficiaryOrder {
        last_name: name("Exemple"),
        first_name: name("Camille"),
        birth_date,
        commune_code: None,
        details: Details { france_travail_id: "12345678901".parse().ok(), ..Details::default() },
        household: None,
        territory: None,
    };
    let register = |birth_date, elsewhere| {
        Beneficiary::register(&scope(&manager(), now()), id(1), beneficiary(0).reference, order(birth_date), places(elsewhere)).map(|_| ())
    };
    let edit = |person: Beneficiary, birth_date, elsewhere| person.edit(&scope(&manager(), now()), order(birth_date), places(elsewhere)).map(|_| ());
    assert_eq!(register(None, true), refused(Rule::IdentifierConflict));
    assert_eq!(register(Some(day("2199-01-01")), true), refused(Rule::IdentifierConflict), "state comes before rules");
    assert_eq!(register(None, false), Ok(()));
    assert_eq!(edit(person(), None, true), refused(Rule::IdentifierConflict));
    assert_eq!(edit(person(), None, false), Ok(()));
    assert_eq!(edit(merged(person()), None, true), refused(Rule::BeneficiaryClosed));
}

// ---- attendance

/// The marks of these enrolments at the session of a morning.
fn recorded(date: &str, marks: &[(u128, Option<AttendanceStatus>)]) -> Decided<AttendanceRecorded> {
    let change = |(n, status): &(u128, Option<AttendanceStatus>)| MarkChange {
        enrolment: enrolment(*n).id,
        mark: Mark { value: MarkValue { status: *status, ..MarkValue::default() }, version: 1 },
        source: MarkSource::Sheet,
        reason: None,
    };
    sheet(session_on(date), 3).apply(marks.iter().map(change).collect(), at(LATER), "session.attendance_recorded")
}

#[test]
fn an_action_starts_with_the_first_half_day_attended() {
    use AttendanceStatus::{AbsentExcused, AbsentUnexcused, Late, LeftEarly, Present};
    let accepted = standing(S::Accepted, placement());
    for status in [Present, Late, LeftEarly] {
        let started = accepted.follow_attendance(&recorded("2026-11-24", &[(0, Some(status))]), at(LATER)).unwrap();
        assert_eq!(change(Some(&started)), Some((S::Started, 3, FeedEventType::Started)), "{status}");
        let after = &started.after;
        assert_eq!((after.started_on, after.enrolment, after.closed_at), (Some(day("2026-11-24")), accepted.enrolment, None));
        assert_eq!((after.outcome.came, after.outcome.joined), (Some(Came::Yes), Some(true)));
        assert_eq!(after.stamp.updated_at, at(LATER));
    }
    for status in [Some(AbsentExcused), Some(AbsentUnexcused), None] {
        assert!(accepted.follow_attendance(&recorded("2026-11-24", &[(0, status)]), at(LATER)).is_none(), "{status:?}");
    }
}

#[test]
fn an_action_starts_by_its_own_seat_alone() {
    let accepted = standing(S::Accepted, placement());
    let present = Some(AttendanceStatus::Present);
    assert!(accepted.follow_attendance(&recorded("2026-11-24", &[(1, present), (2, present)]), at(LATER)).is_none(), "others came");
    let others_came = recorded("2026-11-24", &[(1, present), (0, Some(AttendanceStatus::AbsentExcused)), (2, present)]);
    assert!(accepted.follow_attendance(&others_came, at(LATER)).is_none(), "the person did not");
    let all_came = recorded("2026-11-24", &[(1, present), (2, present), (0, present)]);
    assert!(accepted.follow_attendance(&all_came, at(LATER)).is_some());
    assert!(accepted.follow_attendance(&recorded("2026-11-24", &[]), at(LATER)).is_none(), "nothing changed");
}

#[test]
fn only_what_was_accepted_starts_and_only_once() {
    let present = recorded("2026-11-24", &[(0, Some(AttendanceStatus::Present))]);
    for state in S::ALL {
        let seated = Referral { enrolment: Some((id(600), day("2026-11-18"))), ..standing(*state, placement()) };
        assert_eq!(seated.follow_attendance(&present, at(LATER)).is_some(), *state == S::Accepted, "{state}");
        assert!(standing(*state, accompaniment()).follow_attendance(&present, at(LATER)).is_none(), "an accompaniment has no sheets");
    }
}

// ---- exit

fn ended(n: u128, ends_on: &str, reason: EndReason) -> Decided<Change<Enrolment>> {
    enrolment(n).end(&scope(&manager(), at(LATER)), &group(), day(ends_on), reason, None).unwrap()
}

#[test]
fn an_action_ends_with_its_enrolment_for_the_same_reason() {
    for reason in EndReason::ALL {
        for state in [S::Accepted, S::Started] {
            let known = Outcome { came: Some(Came::Yes).filter(|_| state == S::Started), selected: Some(true), joined: Some(false) };
            let referral = Referral { outcome: known.clone(), ..standing(state, placement()) };
            let done = referral.follow_exit(&ended(0, "2026-11-18", *reason)).unwrap();
            let expected = match reason {
                EndReason::Completed => (S::Completed, FeedEventType::Completed, None),
                EndReason::Abandoned
                | EndReason::Employment
                | EndReason::Training
                | EndReason::Moved
                | EndReason::Excluded
                | EndReason::NeverCame
                | EndReason::Other => (S::Abandoned, FeedEventType::Abandoned, Some(term(reason.code()))),
            };
            assert_eq!((done.after.state, done.told, done.after.reason.clone()), expected, "{reason}");
            assert_eq!((done.after.ended_on, done.after.closed_at), (Some(day("2026-11-18")), Some(at(LATER))));
            assert_eq!((done.after.stamp.version, done.after.started_on), (3, referral.started_on));
            let never_came = *reason == EndReason::NeverCame && state == S::Accepted;
            let expected = if never_came { Outcome { came: Some(Came::No), ..known } } else { known };
            assert_eq!(done.after.outcome, expected, "{reason} of what is {state}: who has come, has come");
        }
    }
}

#[test]
fn an_action_ends_by_its_own_seat_alone() {
    for state in S::ALL {
        let seated = Referral { enrolment: Some((id(600), day("2026-11-18"))), ..standing(*state, placement()) };
        let follows = matches!(state, S::Accepted | S::Started);
        assert_eq!(seated.follow_exit(&ended(0, "2026-11-18", EndReason::Completed)).is_some(), follows, "{state}");
        assert!(seated.follow_exit(&ended(1, "2026-11-18", EndReason::Completed)).is_none(), "{state}: another's seat");
        assert!(standing(*state, accompaniment()).follow_exit(&ended(0, "2026-11-18", EndReason::Completed)).is_none());
    }
    let assessed = Change::edited(enrolment(0), crate::event::Event::new("enrolment.assessed", enrolment(0).id));
    assert!(standing(S::Accepted, placement()).follow_exit(&assessed).is_none(), "a seat that has not ended");
}

#[test]
fn a_seat_of_a_cancelled_referral_is_given_back_from_today_or_its_first_day() {
    let give_back = |seat: &Enrolment, last_mark| seat.give_back(&scope(&caseworker(), at(LATER)), last_mark).map(|ended| ended.after.end);
    let to_come = Enrolment { starts_on: day("2026-12-01"), ..enrolment(0) };
    assert_eq!(give_back(&enrolment(0), None), Ok(Some((day("2026-11-18"), EndReason::NeverCame))));
    assert_eq!(give_back(&to_come, None), Ok(Some((day("2026-12-01"), EndReason::NeverCame))));
    assert_eq!(give_back(&enrolment(0), Some(day("2026-11-18"))).map(|_| ()), Ok(()));
    assert_eq!(give_back(&enrolment(0), Some(day("2026-11-19"))), refused(Rule::MarksAfterEnd));
    let left = Enrolment { end: Some((day("2026-11-17"), EndReason::Moved)), ..enrolment(0) };
    assert_eq!(give_back(&left, None), refused(Rule::EnrolmentEnded));
}

#[test]
fn a_cancelled_referral_stays_cancelled_when_its_seat_is_given_back() {
    let accepted = standing(S::Accepted, placement());
    let cancelled = accepted.cancel(&refers(LATER), CancelOrder { reason: term("known"), comment: None }, false, &VOCABULARY).unwrap().unwrap();
    let ended = enrolment(0).give_back(&scope(&caseworker(), at(LATER)), None).unwrap();
    assert!(cancelled.after.follow_exit(&ended).is_none());
    let came = recorded("2026-11-18", &[(0, Some(AttendanceStatus::Present))]);
    assert!(cancelled.after.follow_attendance(&came, at(LATER)).is_none());
}

// ---- a seat becomes free

/// Person n waits since that moment, under the referral 800 + n.
fn waits(n: u128, since: &str) -> (Referral, Beneficiary) {
    let person = Beneficiary { details: person().details, ..beneficiary(n) };
    let listed = Referral { waiting_since: Some(at(since)), ..standing(S::WaitingList, placement()) };
    (Referral { id: id(800 + n), person: (&person).into(), ..listed }, person)
}

fn anywhere(waiting: (Referral, Beneficiary)) -> (Referral, Beneficiary) {
    (Referral { purpose: placement_anywhere().purpose, ..waiting.0 }, waiting.1)
}

fn promote_in(group: &Group, when: &str, seats: &mut Vec<SeatTaken>, waiting: &[(Referral, Beneficiary)]) -> Vec<Promoted> {
    let mut ids = 650..;
    Referral::promote(&sweep(when), group, seats, waiting, || id(ids.next().unwrap()), &VOCABULARY)
}

/// Who is seated in the group, and from when.
fn promoted(when: &str, seats: &[SeatTaken], waiting: &[(Referral, Beneficiary)]) -> Vec<(u128, String)> {
    let mut seats = seats.to_vec();
    let who = |promoted: &Promoted| (promoted.referral.after.person.id.uuid().as_u128() - 500, promoted.enrolment.after.starts_on.to_string());
    promote_in(&group(), when, &mut seats, waiting).iter().map(who).collect()
}

fn from_day(on: &str, people: &[u128]) -> Vec<(u128, String)> {
    people.iter().map(|n| (*n, on.to_owned())).collect()
}

#[test]
fn a_free_seat_goes_to_whoever_waits_longest() {
    let waiting = [waits(3, "2026-11-18T09:00:00.003Z"), waits(1, "2026-11-18T09:00:00.002Z"), waits(2, "2026-11-18T09:00:00.001Z")];
    for (seats, expected) in [(vec![], &[2, 1][..]), (full()[..1].to_vec(), &[2]), (full(), &[])] {
        let free = seats.into_iter().map(|seat| SeatTaken { person: id(599), ..seat }).collect::<Vec<_>>();
        assert_eq!(promoted(LATER, &free, &waiting), from_day("2026-11-18", expected));
    }
}

#[test]
fn of_two_who_came_on_the_list_at_once_the_first_referred_is_seated_first() {
    let waiting = [waits(7, LATER), waits(5, LATER), waits(6, LATER)];
    assert_eq!(promoted(LATER, &[], &waiting), from_day("2026-11-18", &[5, 6]));
}

#[test]
fn a_promotion_is_an_acceptance_with_a_seat() {
    let (mut referral, person) = waits(5, LATER);
    referral.referent = Some(referent("Animatrice"));
    referral.external_id = Some(line("D-5"));
    let mut seats = vec![seat(1, "2026-09-15", "")];
    let promoted = promote_in(&group(), EXPIRY, &mut seats, &[anywhere((referral, person))]);
    let [Promoted { referral, enrolment }] = &promoted[..] else { panic!("one") };
    assert_eq!(change(Some(referral)), Some((S::Accepted, 3, FeedEventType::Accepted)));
    assert_eq!((referral.after.enrolment, referral.after.waiting_since), (Some((id(650), day("2026-12-17"))), None));
    assert_eq!((referral.after.purpose.group(), referral.after.closed_at), (Some(id(300)), None), "the group that any would do for");
    assert_eq!((&referral.after.referent, &referral.after.external_id), (&Some(referent("Animatrice")), &Some(line("D-5"))));
    assert_eq!((enrolment.after.id, enrolment.after.referral, enrolment.after.starts_on), (id(650), Some(id(805)), day("2026-12-17")));
    assert_eq!(enrolment.after.origin, crate::enrolment::Origin::Referral);
    let taken = seats.last().unwrap();
    assert_eq!((taken.person, taken.period), (beneficiary(5).id, period("2026-12-17", "")), "and the seat is taken");
    assert!(promote_in(&group(), EXPIRY, &mut seats, &[waits(6, LATER)]).is_empty());
}

#[test]
fn a_seat_that_becomes_free_later_is_promised_from_then_on() {
    let until = |n, last| seat(n, "2026-09-15", last);
    let waiting = [waits(5, LATER), waits(6, LATER), waits(7, LATER)];
    let free = |seats: &[SeatTaken]| promoted(LATER, seats, &waiting);
    assert_eq!(free(&[until(1, ""), until(2, "2026-11-30")]), from_day("2026-12-01", &[5]));
    let one_by_one = [(5, "2026-12-01".to_owned()), (6, "2027-01-11".to_owned())];
    assert_eq!(free(&[until(1, "2027-01-10"), until(2, "2026-11-30")]), one_by_one, "each from the first day free to them");
    assert_eq!(free(&[until(1, ""), until(2, "2026-11-18")]), from_day("2026-11-19", &[5]), "free tomorrow");
    assert_eq!(free(&[until(1, ""), until(2, "2027-06-29")]), from_day("2027-06-30", &[5]), "the last day of the group");
    assert_eq!(free(&[until(1, ""), until(2, "2027-06-30")]), [], "the group ends with the seat");
}

#[test]
fn a_seat_promised_to_somebody_is_not_given_away_before() {
    let promised = [seat(1, "2026-09-15", ""), seat(2, "2026-09-15", "2026-11-30"), seat(3, "2026-12-15", "")];
    assert_eq!(promoted(LATER, &promised, &[waits(5, LATER)]), [], "a seat is for as long as the group meets");
    let promised_and_left = [seat(1, "2026-09-15", "2026-12-14"), seat(2, "2026-09-15", "2026-11-30"), seat(3, "2026-12-15", "")];
    assert_eq!(promoted(LATER, &promised_and_left, &[waits(5, LATER)]), from_day("2026-12-01", &[5]));
}

#[test]
fn a_seat_in_a_group_to_come_is_from_its_first_day() {
    let to_come = Group { about: crate::group::GroupOrder { starts_on: day("2027-01-04"), ..group().about }, ..group() };
    let found = promote_in(&to_come, LATER, &mut Vec::new(), &[waits(5, LATER)]);
    assert_eq!(found[0].enrolment.after.starts_on, day("2027-01-04"));
}

#[test]
fn nobody_is_promoted_in_a_group_that_is_over() {
    for (last, seated) in [("2026-11-18", 1), ("2026-11-17", 0)] {
        let found = promote_in(&ends_on(group(), last), LATER, &mut Vec::new(), &[waits(5, LATER)]);
        assert_eq!(found.len(), seated, "until {last}");
    }
    let after_midnight = promote_in(&ends_on(group(), "2026-11-18"), "2026-11-18T23:00:00.000Z", &mut Vec::new(), &[waits(5, LATER)]);
    assert!(after_midnight.is_empty());
}

#[test]
fn whoever_sits_in_the_group_already_is_passed_over_and_keeps_their_place() {
    let waiting = [waits(5, "2026-11-18T08:00:00.000Z"), waits(6, LATER)];
    assert_eq!(promoted(LATER, &[seat(5, "2026-09-15", "")], &waiting), from_day("2026-11-18", &[6]));
    assert_eq!(promoted(LATER, &[seat(5, "2027-05-01", "")], &waiting), from_day("2026-11-18", &[6]), "promised them for May");
    assert_eq!(promoted(LATER, &[seat(5, "2026-09-15", "2026-11-17")], &waiting), from_day("2026-11-18", &[5, 6]), "left yesterday");
    let own_seat = [seat(5, "2026-09-15", "2026-11-30"), seat(1, "2026-09-15", "")];
    assert_eq!(promoted(LATER, &own_seat, &waiting), from_day("2026-12-01", &[5]), "the seat that becomes free is their own");
    assert!(waiting[0].0.waits_for(&group()));
}

#[test]
fn whose_file_was_closed_is_passed_over() {
    for close in [merged, purged] {
        let (referral, person) = waits(5, "2026-11-18T08:00:00.000Z");
        let waiting = [(referral, close(person)), waits(6, LATER), waits(7, LATER)];
        assert_eq!(promoted(LATER, &[seat(1, "2026-09-15", "")], &waiting), from_day("2026-11-18", &[6]));
    }
}

#[test]
fn whoever_waits_for_a_group_waits_for_it_or_for_its_whole_action() {
    let waiting = standing(S::WaitingList, placement());
    assert!(waiting.waits_for(&group()) && !waiting.waits_for(&second_group()));
    let waiting_anywhere = standing(S::WaitingList, placement_anywhere());
    assert!(waiting_anywhere.waits_for(&group()) && waiting_anywhere.waits_for(&second_group()));
    let elsewhere = Group { action: id(201), ..group() };
    assert!(!waiting.waits_for(&elsewhere) && !waiting_anywhere.waits_for(&elsewhere), "a group of another action");
    for state in S::ALL.iter().filter(|state| **state != S::WaitingList) {
        assert!(!standing(*state, placement_anywhere()).waits_for(&group()), "{state}");
    }
    assert!(!standing(S::WaitingList, accompaniment()).waits_for(&group()));
}

#[test]
fn a_seat_goes_to_those_who_wait_for_its_group_alone() {
    let of_second = |(referral, person): (Referral, Beneficiary)| {
        let purpose = sent(placed(Some(301)), &Surroundings { group: Some(second_group()), ..towards_action(K::Association) }).purpose;
        (Referral { purpose, ..referral }, person)
    };
    let answered = |(referral, person): (Referral, Beneficiary)| (standing(S::Refused, referral), person);
    let waiting = [
        of_second(waits(3, "2026-11-18T07:00:00.000Z")),
        answered(waits(4, "2026-11-18T07:30:00.000Z")),
        anywhere(waits(5, "2026-11-18T08:00:00.000Z")),
        waits(6, LATER),
    ];
    assert_eq!(promoted(LATER, &[], &waiting), from_day("2026-11-18", &[5, 6]));
    let in_second = promote_in(&second_group(), LATER, &mut Vec::new(), &waiting);
    let who: Vec<_> = in_second.iter().map(|promoted| promoted.referral.after.person.id).collect();
    assert_eq!(who, [beneficiary(3).id, beneficiary(5).id]);
    assert_eq!(in_second[1].referral.after.purpose.group(), Some(id(301)));
}
