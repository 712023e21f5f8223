//! What a person has one of at a time, and both files hold: the merge is refused and nothing is done. What only looks like it is merged.

use api_tests::given::Person;
use api_tests::{Answer, TestServer, on_both};
use serde_json::{Value, json};

use super::{merge, named, path, read, registered};
use crate::attendance::{TUESDAY_EVENING, set_clock};
use crate::referrals::{Receiver, assert_faults, with};

/// Two files of which nothing is known but names.
async fn two(server: &TestServer) -> [Person; 2] {
    let (one, other) = (server.given().surname(), server.given().surname());
    [registered(server, named(&one, "Claude")).await, registered(server, named(&other, "Claude")).await]
}

/// Everything that is read of both.
async fn all_of(server: &TestServer, people: &[Person; 2]) -> Vec<String> {
    let manager = server.manager().await;
    let mut all = Vec::new();
    for person in people {
        for what in ["", "/file", "/nir", "/merges", "/rsa-rights", "/milestones", "/barriers", "/interventions", "/referrals"] {
            all.push(manager.get(&format!("{}{what}", path(person))).await.expect(200).text());
        }
    }
    all
}

/// Merges the second of them into the first, which is refused: nothing is done.
async fn refused(server: &TestServer, people: &[Person; 2]) -> Answer {
    let before = all_of(server, people).await;
    let answer = merge(&server.manager().await, &people[0], &people[1]).await.expect(409);
    assert_eq!(answer.json().get("errors").and_then(Value::as_array).map_or(0, Vec::len), 0, "{}", answer.text());
    assert_eq!(all_of(server, people).await, before);
    answer
}

async fn merged(server: &TestServer, people: &[Person; 2]) {
    merge(&server.manager().await, &people[0], &people[1]).await.expect(200);
    let tombstone = read(server, &people[1]).await.json();
    assert_eq!(tombstone["merged_into_id"], json!(people[0].id));
}

async fn seat(server: &TestServer, group: &str, person: &Person, starts_on: &str, ends_on: Option<&str>) {
    let manager = server.manager().await;
    let order = json!({"beneficiary_id": person.id, "starts_on": starts_on, "status_at_entry": "rsa"});
    let enrolment = manager.post(&format!("/v1/groups/{group}/enrolments"), order).await.expect(201).id();
    if let Some(ends_on) = ends_on {
        manager.post(&format!("/v1/enrolments/{enrolment}/exit"), json!({"ends_on": ends_on, "end_reason": "moved"})).await.expect(200);
    }
}

async fn right(server: &TestServer, person: &Person, entered_on: i64, left_on: Option<i64>) {
    let given = server.given();
    let mut order = json!({"entered_on": given.day(entered_on)});
    if let Some(left_on) = left_on {
        order = with(order, json!({"left_on": given.day(left_on), "left_reason": "department_decision"}));
    }
    server.manager().await.post(&format!("{}/rsa-rights", path(person)), order).await.expect(201);
}

async fn identified(server: &TestServer, people: &[Person; 2], ids: [&str; 2]) {
    let manager = server.manager().await;
    for (person, id) in people.iter().zip(ids) {
        let names = read(server, person).await.json();
        let order = json!({"last_name": names["last_name"], "first_name": names["first_name"], "france_travail_id": id});
        manager.edit(&path(person), order).await.expect(200);
    }
}

/// Makes two files that clash, each in its way, with the name of it.
async fn clashing(server: &TestServer) -> Vec<(&'static str, [Person; 2])> {
    let given = server.given();
    let mut all = Vec::new();

    let people = two(server).await;
    for person in &people {
        given.rsa_right(person).await;
    }
    all.push(("open rights", people));

    let people = two(server).await;
    for person in &people {
        given.barrier(person, "mobility_no_licence").await;
    }
    all.push(("the same open barrier", people));

    let group = given.group(&given.action(&given.organisation().await).await).await;
    let people = two(server).await;
    seat(server, &group, &people[0], &given.day(-100), Some(&given.day(-50))).await;
    seat(server, &group, &people[1], &given.day(-50), None).await;
    all.push(("overlapping seats in one group", people));

    let receivers = [Receiver::new(server).await, Receiver::new(server).await];
    let people = two(server).await;
    for (person, receiver) in people.iter().zip(&receivers) {
        given.referral(&receiver.organisation, person).await;
    }
    all.push(("open accompaniments", people));

    let action = given.action(&receivers[0].organisation).await;
    let people = two(server).await;
    for person in &people {
        given.referral_to(&action, None, person).await;
    }
    all.push(("open referrals to one action", people));

    let people = two(server).await;
    given.nir(&people[0], "1850587999001").await;
    given.nir(&people[1], "1850587999002").await;
    all.push(("two definitive numbers", people));

    let people = two(server).await;
    identified(server, &people, ["12345678901", "12345678902"]).await;
    all.push(("two identifiers of the new form", people));
    all
}

#[test]
fn what_a_person_has_one_of_is_not_merged_and_nothing_is_done() {
    on_both(async |server| {
        for (what, people) in clashing(server).await {
            assert!(!refused(server, &people).await.code().is_empty(), "{what}");
            // Nor the other way round.
            let [one, other] = people;
            refused(server, &[other, one]).await;
        }
    });
}

#[test]
fn what_is_over_or_of_another_kind_does_not_clash() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let (given, manager) = (server.given(), server.manager().await);

        let people = two(server).await;
        right(server, &people[0], -100, None).await;
        right(server, &people[1], -300, Some(-101)).await;
        merged(server, &people).await;

        let people = two(server).await;
        given.barrier(&people[0], "mobility_no_licence").await;
        let resolved = given.barrier(&people[1], "mobility_no_licence").await;
        given.barrier(&people[1], "mobility_cost").await;
        let outcome = json!({"resolved_on": given.day(0), "outcome": "resolved"});
        manager.post(&format!("/v1/barriers/{resolved}/resolution"), outcome).await.expect(200);
        merged(server, &people).await;

        let action = given.action(&given.organisation().await).await;
        let (group, other_group) = (given.group(&action).await, given.group(&action).await);
        let people = two(server).await;
        seat(server, &group, &people[0], &given.day(-100), Some(&given.day(-51))).await;
        seat(server, &group, &people[1], &given.day(-50), None).await;
        seat(server, &other_group, &people[0], &given.day(-100), None).await;
        merged(server, &people).await;

        let receiver = Receiver::new(server).await;
        let people = two(server).await;
        given.referral(&receiver.organisation, &people[0]).await;
        let refused = given.referral(&receiver.organisation, &people[1]).await;
        receiver.answer(&refused, "outcome", json!({"conclusion": "completed", "ended_on": given.day(0)})).await.expect(200);
        for person in &people {
            let action = given.action(&receiver.organisation).await;
            given.referral_to(&action, None, person).await;
        }
        merged(server, &people).await;

        for numbers in [["1850587999003", "7850587999004"], ["7850587999005", "1850587999006"], ["7850587999007", "8850587999008"]] {
            let people = two(server).await;
            for (person, number) in people.iter().zip(numbers) {
                given.nir(person, number).await;
            }
            merged(server, &people).await;
            let kept = manager.get(&format!("{}/nir", path(&people[0]))).await.expect(200).json();
            let expected = numbers.iter().find(|number| number.starts_with('1')).unwrap_or(&numbers[0]);
            assert_eq!(&kept["nir"].as_str().unwrap()[..13], *expected, "{numbers:?}");
            for number in numbers {
                let found = super::ask(&manager, super::SEARCH, json!({"nir": number})).await.expect(200).ids();
                assert_eq!(found, std::slice::from_ref(&people[0].id), "{number}: the history moved");
            }
        }

        for (ids, kept) in
            [(["1234567A", "12345678903"], "12345678903"), (["12345678904", "1234567B"], "12345678904"), (["1234567C", "1234567D"], "1234567C")]
        {
            let people = two(server).await;
            identified(server, &people, ids).await;
            merged(server, &people).await;
            assert_eq!(read(server, &people[0]).await.field("france_travail_id"), kept);
        }
    });
}

#[test]
fn a_right_that_both_files_have_is_cancelled_in_one_and_they_are_merged() {
    on_both(async |server| {
        let (given, manager) = (server.given(), server.manager().await);
        // Whichever of both it is.
        for cancelled in [0, 1] {
            let people = two(server).await;
            let rights = [given.duties(&people[0]).await, given.duties(&people[1]).await];
            assert_eq!(refused(server, &people).await.code(), "RIGHT_OVERLAPS");
            manager.command(&format!("/v1/rsa-rights/{}/cancellation", rights[cancelled])).await.expect(200);
            // The orientation that the duplicate's duties opened was a mistake as well.
            let orientations = manager.list(&format!("{}/orientations", path(&people[1]))).await;
            let closure = json!({"reason": "mistake", "on": given.day(0)});
            manager.post(&format!("/v1/orientations/{}/closure", orientations[0]["id"].as_str().unwrap()), closure).await.expect(200);
            merged(server, &people).await;
            let listed = manager.list(&format!("{}/rsa-rights", path(&people[0]))).await;
            let counting: Vec<&Value> = listed.iter().filter(|right| right["cancelled_at"].is_null()).map(|right| &right["id"]).collect();
            assert_eq!((listed.len(), counting), (2, vec![&json!(rights[1 - cancelled])]));
        }
    });
}

#[test]
fn a_number_recorded_by_mistake_is_cancelled_and_finds_nobody() {
    on_both(async |server| {
        let (given, manager) = (server.given(), server.manager().await);
        let people = two(server).await;
        let [mine, theirs] = ["1850587999001", "1850587999002"];
        given.nir(&people[0], mine).await;
        given.nir(&people[1], "7850587999003").await;
        given.nir(&people[1], theirs).await;
        let owner = registered(server, named(&given.surname(), "Dominique")).await;
        let give = async |person: &Person| manager.post(&format!("{}/nir", path(person)), json!({"nir": theirs})).await;
        give(&owner).await.expect_problem(409, "IDENTIFIER_CONFLICT");
        assert_eq!(refused(server, &people).await.code(), "IDENTIFIER_CONFLICT");
        let cancelled = async || manager.command(&format!("{}/nir/cancellation", path(&people[1]))).await.expect(200).json();
        assert_eq!(cancelled().await, read(server, &people[1]).await.json());
        cancelled().await;
        let none = manager.get(&format!("{}/nir", path(&people[1]))).await.expect(200).json();
        assert_eq!((&none["nir"], &none["provisional"], &none["version"]), (&Value::Null, &Value::Null, &json!(0)), "nor the one before");
        let file = manager.get(&format!("{}/file", path(&people[1]))).await.expect(200).json();
        assert_eq!(file["nir"], Value::Null);
        let found = async |nir: &str| super::ask(&manager, super::SEARCH, json!({"nir": nir})).await.expect(200).ids();
        assert_eq!(found(theirs).await, [] as [String; 0]);
        assert_eq!(found("7850587999003").await, [people[1].id.as_str()], "which was theirs");
        let question = with(named("Personne", "Autre"), json!({"nir": theirs}));
        assert_eq!(super::ask(&manager, super::MATCH, question.clone()).await.expect(200).field("outcome"), "none");
        give(&owner).await.expect(200);
        assert_eq!(found(theirs).await, [owner.id.as_str()]);
        merged(server, &people).await;
        assert_eq!(found(theirs).await, [owner.id.as_str()], "nor does it find the survivor");
        let kept = manager.get(&format!("{}/nir", path(&people[0]))).await.expect(200).json();
        assert_eq!(&kept["nir"].as_str().unwrap()[..13], mine);
        // However often it was recorded, with another between.
        for number in ["1850587999004", "1850587999005", "1850587999004"] {
            given.nir(&people[0], number).await;
        }
        manager.command(&format!("{}/nir/cancellation", path(&people[0]))).await.expect(200);
        assert_eq!((found("1850587999004").await.len(), found("1850587999005").await.len()), (0, 1));
        given.nir(&people[0], mine).await;
        // What was taken away may be given again: it was theirs after all.
        manager.command(&format!("{}/nir/cancellation", path(&people[0]))).await.expect(200);
        given.nir(&people[0], mine).await;
        assert_eq!(found(mine).await, [people[0].id.as_str()]);
    });
}

#[test]
fn a_number_of_one_file_that_contradicts_the_other_is_two_peoples() {
    on_both(async |server| {
        let given = server.given();
        let manager = server.manager().await;
        let said = |more: Value| with(named(&given.surname(), "Claude"), more);
        for (more, code) in [(json!({"birth_date": "1986-05-12"}), "NIR_CONTRADICTS_BIRTH"), (json!({"title": "madam"}), "NIR_CONTRADICTS_TITLE")] {
            let people = [registered(server, said(more)).await, registered(server, said(json!({}))).await];
            given.nir(&people[1], &given.fresh_nir()).await;
            let before = all_of(server, &people).await;
            for [stays, goes] in [[&people[0], &people[1]], [&people[1], &people[0]]] {
                assert_faults(merge(&manager, stays, goes).await, &[(code, "/duplicate_id")]);
            }
            assert_eq!(all_of(server, &people).await, before);
            // It was another person's.
            manager.command(&format!("{}/nir/cancellation", path(&people[1]))).await.expect(200);
            merged(server, &people).await;
        }
    });
}

#[test]
fn whoever_survived_a_merge_may_have_their_number_corrected() {
    on_both(async |server| {
        let (given, manager) = (server.given(), server.manager().await);
        for (place, numbers) in
            [["1850587999011", "7850587999012"], ["7850587999013", "1850587999014"], ["7850587999015", "7850587999016"]].iter().enumerate()
        {
            let people = two(server).await;
            for (person, number) in people.iter().zip(numbers) {
                given.nir(person, number).await;
            }
            merged(server, &people).await;
            let corrected = format!("185058799910{place}");
            given.nir(&people[0], &corrected).await;
            let kept = manager.get(&format!("{}/nir", path(&people[0]))).await.expect(200).json();
            assert_eq!((&kept["nir"].as_str().unwrap()[..13], &kept["version"]), (corrected.as_str(), &json!(3)), "{numbers:?}");
        }
    });
}

#[test]
fn referrals_that_expired_by_the_clock_are_not_open_and_do_not_clash() {
    on_both(async |server| {
        set_clock(server, TUESDAY_EVENING);
        let given = server.given();
        let receiver = Receiver::new(server).await;
        let action = given.action(&receiver.organisation).await;
        // Both expired; the duplicate's alone; the survivor's alone.
        let (both, theirs, mine) = (two(server).await, two(server).await, two(server).await);
        for person in [&both[0], &both[1], &theirs[1], &mine[0]] {
            given.referral_to(&action, None, person).await;
        }
        set_clock(server, "2026-04-17T17:00:00.000Z");
        for person in [&theirs[0], &mine[1]] {
            given.referral_to(&action, None, person).await;
        }
        for people in [both, theirs, mine] {
            merged(server, &people).await;
            let listed = server.manager().await.list(&format!("{}/referrals", path(&people[0]))).await;
            assert_eq!(listed.len(), 2);
        }
    });
}
