//! All of a person's file in one answer: what each thing says alone, the newest first, to whoever may see it; never a number in clear.

use api_tests::given::{Association, Person};
use api_tests::rival::Rival;
use api_tests::{Client, TestServer, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Case, KINDS, but, id_in_sql, on_both_beside, order_of};
use crate::people::merge;

/// What a file calls the pieces of a kind.
fn member(kind: &str) -> String {
    kind.replace('-', "_")
}

/// Somebody of a territory with a number, a household, pieces, seats, marks and referrals: `count` of each.
pub(super) struct Full {
    pub(super) case: Case,
    pub(super) association: Association,
    referrals: Vec<String>,
    /// The number, without its key.
    nir: String,
}

impl Full {
    pub(super) async fn new(server: &TestServer, count: usize) -> Self {
        let given = server.given();
        let mut case = Case::new(server).await;
        let order = json!({
            "last_name": given.surname(), "first_name": "Sacha", "birth_date": "1985-05-31", "territory_id": case.territory,
            "household": {"paying_body": "msa", "file_number": format!("F{}", api_tests::client::fresh()), "role": "claimant"},
        });
        case.person = given.person_with(order).await;
        let nir = format!("2850587999{:03}", 100 + count);
        case.manager.post(&case.path("nir"), json!({"nir": nir})).await.expect(200);
        let situations = case.manager.get("/v1/reference/barrier_situations").await.expect(200).items();
        let codes: Vec<&str> = situations
            .iter()
            .filter_map(|one| one["code"].as_str())
            .filter(|code| !code.starts_with("health_") && *code != "mobility_no_licence")
            .collect();
        for (number, code) in codes.iter().enumerate().take(count) {
            // Each at a moment of its own, so that newest first has one meaning.
            server.advance(TimeDelta::milliseconds(2));
            let from = -3_000 + 20 * i64::try_from(number).unwrap();
            let right = json!({"entered_on": given.day(from), "left_on": given.day(from + 19), "left_reason": "files_joined"});
            let path = case.recorded("rsa-rights", right).await;
            let duties = json!({"subject": true, "starts_on": given.day(from + 1)});
            case.manager.post(&format!("{path}/duties"), duties).await.expect(200);
            case.recorded("milestones", given.milestone_order()).await;
            let kind = ["childcare_family", "mobility", "housing", "administrative", "financial", "language", "digital"];
            let kind = kind.iter().find(|kind| code.starts_with(&format!("{kind}_"))).unwrap();
            let barrier = json!({"kind": kind, "situation": code, "impact": "strong", "note": "Note.", "opened_on": given.day(-60)});
            case.recorded("barriers", barrier).await;
            case.recorded("interventions", given.intervention_order()).await;
        }
        let organisation = given.organisation().await;
        let association = given.sheet_with(&organisation, vec![case.person.clone()]).await;
        let mut referrals = Vec::new();
        for _ in 0..count {
            server.advance(TimeDelta::milliseconds(2));
            let action = given.action(&organisation).await;
            let group = given.group(&action).await;
            given.enrolment(&group, &case.person).await;
            referrals.push(given.referral_to(&action, None, &case.person).await);
        }
        Self { case, association, referrals, nir }
    }

    pub(super) fn path(&self) -> String {
        self.case.path("file")
    }

    async fn read(&self, by: &Client) -> Value {
        by.get(&self.path()).await.expect(200).json()
    }
}

#[test]
fn a_file_says_of_each_thing_what_it_says_alone_the_newest_first() {
    on_both(async |server| {
        let full = Full::new(server, 4).await;
        let (case, association) = (&full.case, &full.association);
        for session in [(-2, "late"), (-3, "absent_excused"), (-4, "absent_unexcused"), (-5, "left_early")] {
            let id = server.given().session(&association.group, &server.given().day(session.0)).await;
            let mut mark = json!({"enrolment_id": association.enrolments[0], "status": session.1});
            match session.1 {
                "absent_excused" => mark["reason"] = json!("illness"),
                "late" | "left_early" => mark["minutes"] = json!(60),
                _ => {}
            }
            case.manager.put(&format!("/v1/sessions/{id}/attendance"), json!({"marks": [mark]})).await.expect(200);
        }
        case.manager.put(&association.sheet_path(), association.all_present()).await.expect(200);
        // One of each is ended, so that every member has a value somewhere.
        let first = |kind: &str, items: &[Value]| format!("/v1/{kind}/{}", items[0]["id"].as_str().unwrap());
        let barrier = first("barriers", &case.list("barriers").await);
        case.manager.post(&format!("{barrier}/resolution"), json!({"resolved_on": server.given().day(0), "outcome": "resolved"})).await.expect(200);
        for kind in ["milestones", "interventions"] {
            case.manager.command(&format!("{}/cancellation", first(kind, &case.list(kind).await))).await.expect(200);
        }
        for by in [&case.caseworker, &case.manager] {
            let file = full.read(by).await;
            assert_eq!(file["beneficiary"], by.get(&format!("/v1/beneficiaries/{}", case.person.id)).await.expect(200).json());
            assert_eq!(file["nir"], json!({"masked": "2 ** ** ** *** *** **", "provisional": false}));
            for kind in KINDS {
                let shown = file[member(kind)].as_array().unwrap();
                let mut listed = by.list(&case.path(kind)).await;
                listed.reverse();
                assert_eq!((shown.len(), shown), (4, &listed), "{kind}");
                for one in shown {
                    assert_eq!(&by.get(&format!("/v1/{kind}/{}", one["id"].as_str().unwrap())).await.expect(200).json(), one, "{kind}");
                }
            }
            let seats = file["enrolments"].as_array().unwrap();
            assert_eq!(seats.len(), 5);
            let mut ids: Vec<&str> = seats.iter().map(|seat| seat["id"].as_str().unwrap()).collect();
            assert!(ids.is_sorted_by(|newer, older| newer > older), "{ids:?}");
            for seat in seats {
                let alone = by.get(&format!("/v1/enrolments/{}", seat["id"].as_str().unwrap())).await.expect(200).json();
                for name in ["id", "group_id", "action_id", "action_name", "starts_on", "ends_on", "end_reason", "origin"] {
                    assert_eq!(seat[name], alone[name], "{name}");
                }
                let group = by.get(&format!("/v1/groups/{}", seat["group_id"].as_str().unwrap())).await.expect(200).json();
                assert_eq!(seat["group_name"], group["name"]);
                let marked = if seat["id"] == association.enrolments[0] { [3, 1, 1] } else { [0, 0, 0] };
                assert_eq!(seat["half_days"], json!({"present": marked[0], "excused": marked[1], "unexcused": marked[2]}));
            }
            let referrals = file["referrals"].as_array().unwrap();
            ids = referrals.iter().map(|referral| referral["id"].as_str().unwrap()).collect();
            let expected: Vec<&String> = full.referrals.iter().rev().collect();
            assert_eq!(ids, expected);
            for referral in referrals {
                let alone = by.get(&format!("/v1/referrals/{}", referral["id"].as_str().unwrap())).await.expect(200).json();
                for name in ["id", "organisation_id", "organisation_name", "purpose", "accompaniment", "action_id", "state", "sent_at", "closed_at"] {
                    assert_eq!(referral.get(name), alone.get(name), "{name}");
                }
            }
        }
    });
}

#[test]
fn a_referral_that_nobody_answered_is_expired_in_the_file_too() {
    on_both(async |server| {
        let full = Full::new(server, 1).await;
        server.advance(TimeDelta::days(31));
        let file = full.read(&full.case.manager).await;
        let alone = full.case.manager.get(&format!("/v1/referrals/{}", full.referrals[0])).await.expect(200).json();
        assert_eq!((&file["referrals"][0]["state"], &file["referrals"][0]["closed_at"]), (&json!("expired"), &alone["closed_at"]));
    });
}

#[test]
fn a_file_with_nothing_in_it_is_empty_lists() {
    on_both(async |server| {
        let case = Case::new(server).await;
        let file = case.caseworker.get(&case.path("file")).await.expect(200).json();
        assert_eq!((&file["nir"], &file["other_adult"]), (&Value::Null, &Value::Null));
        for name in KINDS.map(member).iter().map(String::as_str).chain(["enrolments", "referrals"]) {
            assert_eq!(file[name], json!([]), "{name}");
        }
    });
}

#[test]
fn a_file_that_is_known_is_not_sent_again_until_something_in_it_changes() {
    on_both(async |server| {
        let full = Full::new(server, 1).await;
        let (case, path) = (&full.case, full.path());
        let mut etag = case.caseworker.get(&path).await.expect(200).etag();
        let ask = async |etag: &str| case.caseworker.ask("GET", &path).header("If-None-Match", etag).send().await;
        let given = server.given();
        let right = format!("/v1/rsa-rights/{}", case.list("rsa-rights").await[0]["id"].as_str().unwrap());
        let from = case.manager.get(&right).await.expect(200).field("left_on");
        let changes: [(String, Value); 6] = [
            (case.path("rsa-rights"), given.right_order()),
            (case.path("milestones"), given.milestone_order()),
            (case.path("barriers"), given.barrier_order()),
            (case.path("interventions"), given.intervention_order()),
            (format!("{right}/duties"), json!({"subject": false, "starts_on": from})),
            (case.path("nir"), json!({"nir": "7850587999123"})),
        ];
        for (path, order) in changes {
            assert_eq!(ask(&etag).await.expect(304).text(), "");
            case.manager.post(&path, order).await;
            let now = ask(&etag).await.expect(200);
            assert_ne!(now.etag(), etag, "{path}");
            etag = now.etag();
        }
        ask(&etag).await.expect(304);
        let sheet = &full.association;
        case.manager.put(&sheet.sheet_path(), sheet.all_present()).await.expect(200);
        ask(&etag).await.expect(200);
        // Not kept by anybody on the way.
        assert_eq!(case.caseworker.get(&path).await.header("cache-control"), Some("no-store"));
    });
}

#[test]
fn no_file_shows_a_number_in_clear() {
    on_both_beside(async |server, database| {
        let full = Full::new(server, 1).await;
        let delegate = super::Delegate::of(server, database, &full.case.person).await.caseworker;
        for (recorded, masked, provisional) in [
            (None, "2 ** ** ** *** *** **", false),
            (Some("8850587999124"), "8 ** ** ** *** *** **", true),
            (Some("285052A999124"), "2 ** ** ** *** *** **", false),
        ] {
            if let Some(nir) = recorded {
                full.case.manager.post(&full.case.path("nir"), json!({"nir": nir})).await.expect(200);
            }
            for by in [&full.case.caseworker, &full.case.manager, &delegate] {
                let file = by.get(&full.path()).await.expect(200);
                assert_eq!(file.json()["nir"], json!({"masked": masked, "provisional": provisional}));
                for clear in [&full.nir, &full.nir[1..12], "8850587999124", "850587999124", "285052A999124", "052A999"] {
                    assert!(!file.text().contains(clear), "{clear}");
                }
            }
        }
    });
}

#[test]
fn the_other_adult_is_designated_and_no_more_is_said_of_them() {
    on_both_beside(async |server, database| {
        let (given, case) = (server.given(), Case::new(server).await);
        let elsewhere = given.territory(&[]).await;
        let household = |role: &str| json!({"paying_body": "caf", "body_code": "871", "file_number": "7654321", "role": role});
        let adult = |name: &str, territory: &str, role: &str| json!({"last_name": name, "first_name": "Zyxprenom", "territory_id": territory, "household": household(role)});
        let claimant: Person = given.person_with(adult("Zyxpremier", &case.territory, "claimant")).await;
        let spouse: Person = given.person_with(adult("Zyxsecond", &elsewhere, "spouse")).await;
        let delegate = super::Delegate::of(server, database, &claimant).await.caseworker;
        let path = |person: &Person| format!("/v1/beneficiaries/{}/file", person.id);
        for (by, in_reach) in
            [(&case.caseworker, false), (&delegate, false), (&case.manager, true), (&server.caseworker(&[&case.territory, &elsewhere]).await, true)]
        {
            let file = by.get(&path(&claimant)).await.expect(200);
            let expected = json!({"beneficiary_id": spouse.id, "person_reference": spouse.reference, "role": "spouse", "in_reach": in_reach});
            assert_eq!(file.json()["other_adult"], expected, "{}", by.name());
            assert!(!file.text().contains("Zyxsecond"), "{}", by.name());
        }
        let file = case.manager.get(&path(&spouse)).await.expect(200).json();
        assert_eq!((&file["other_adult"]["role"], &file["other_adult"]["beneficiary_id"]), (&json!("claimant"), &json!(claimant.id)));
        // Once the household is left, nobody else is in it.
        let alone = json!({"last_name": "Zyxsecond", "first_name": "Zyxprenom", "territory_id": elsewhere, "birth_date": given.birth_date()});
        case.manager.edit(&format!("/v1/beneficiaries/{}", spouse.id), alone).await.expect(200);
        assert_eq!(case.manager.get(&path(&claimant)).await.expect(200).json()["other_adult"], Value::Null);
    });
}

#[test]
fn the_file_of_somebody_who_was_merged_away_is_a_tombstone() {
    on_both(async |server| {
        let (full, mut case) = (Full::new(server, 2).await, Case::new(server).await);
        // Of the year that the number says.
        let order = json!({"last_name": server.given().surname(), "first_name": "Sacha", "birth_date": "1985-01-15", "territory_id": case.territory});
        case.person = server.given().person_with(order).await;
        merge(&case.manager, &case.person, &full.case.person).await.expect(200);
        for by in [&full.case.caseworker, &case.manager] {
            let file = by.get(&full.path()).await.expect(200).json();
            assert_tombstone(&file);
            assert_eq!(file["beneficiary"]["merged_into_id"], case.person.id);
        }
        // All of it is in the survivor's.
        let file = case.manager.get(&case.path("file")).await.expect(200).json();
        for name in KINDS.map(member).iter().map(String::as_str).chain(["referrals"]) {
            assert_eq!(file[name].as_array().unwrap().len(), 2, "{name}");
        }
        assert_eq!((file["enrolments"].as_array().unwrap().len(), &file["nir"]["masked"]), (3, &json!("2 ** ** ** *** *** **")));
    });
}

#[track_caller]
fn assert_tombstone(file: &Value) {
    assert_eq!((&file["nir"], &file["other_adult"], &file["beneficiary"]["last_name"]), (&Value::Null, &Value::Null, &Value::Null));
    for name in KINDS.map(member).iter().map(String::as_str).chain(["enrolments", "referrals"]) {
        assert_eq!(file[name], json!([]), "{name}");
    }
}

#[test]
fn the_file_of_somebody_who_was_purged_is_a_tombstone() {
    on_both_beside(async |server, database| {
        let full = Full::new(server, 1).await;
        let moment = server.now().to_string().replace('Z', "+00:00");
        let purge = format!(
            "update beneficiary set purged_at = '{moment}', last_name = null, first_name = null, birth_date = null where id = {}",
            id_in_sql(database.engine, &full.case.person.id)
        );
        Rival::connect(&database.url).await.run(&purge).await;
        assert_tombstone(&full.read(&full.case.manager).await);
    });
}

#[test]
fn a_file_is_no_partners_no_auditors_and_no_analysts() {
    on_both(async |server| {
        let full = Full::new(server, 1).await;
        let organisation = &full.association.organisation;
        let scopes = crate::table::SCOPES[..5].to_vec();
        for by in [
            server.partner(organisation).await,
            server.client(organisation, &scopes).await,
            server.administrator(),
            server.auditor().await,
            server.analyst().await,
        ] {
            by.get(&full.path()).await.expect_problem(403, "FUNCTION_DENIED");
        }
        let elsewhere = server.given().territory(&[]).await;
        server.caseworker(&[&elsewhere]).await.get(&full.path()).await.expect_problem(404, "NOT_FOUND");
    });
}

#[test]
fn what_is_left_empty_says_null_in_the_file_as_it_does_alone() {
    on_both(async |server| {
        let case = Case::new(server).await;
        for (kind, names) in [("milestones", vec!["comment"]), ("barriers", vec!["note", "goal"]), ("interventions", vec!["note", "minutes"])] {
            let mut order = order_of(server, kind);
            for name in names {
                order = but(&order, json!({name: null}));
            }
            let path = case.recorded(kind, order).await;
            let alone = case.manager.get(&path).await.expect(200).json();
            let file = case.manager.get(&case.path("file")).await.expect(200).json();
            assert_eq!(file[member(kind)], json!([alone]));
        }
    });
}
