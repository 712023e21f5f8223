//! What a referral says.

use super::*;

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
