//! Duties: periods that follow each other within an episode.

use api_tests::{Answer, TestServer, on_both};
use serde_json::{Value, json};

use super::{Case, assert_same, but};
use crate::referrals::assert_faults;

/// An episode of ninety days, open.
struct Episode {
    case: Case,
    path: String,
}

impl Episode {
    async fn new(server: &TestServer) -> Self {
        let case = Case::new(server).await;
        let path = case.recorded("rsa-rights", server.given().right_order()).await;
        Self { case, path }
    }

    async fn duties(&self, subject: bool, starts_on: &str) -> Answer {
        self.order(json!({"subject": subject, "starts_on": starts_on})).await
    }

    async fn order(&self, order: Value) -> Answer {
        self.case.manager.post(&format!("{}/duties", self.path), order).await
    }
}

#[test]
fn each_period_lasts_until_the_day_before_the_next() {
    on_both(async |server| {
        let (given, episode) = (server.given(), Episode::new(server).await);
        let first = episode.order(json!({"subject": true, "starts_on": given.day(-90), "notified_on": given.day(-80)})).await.expect(200).json();
        assert_eq!((&first["subject_since"], &first["version"]), (&json!(given.day(-90)), &json!(2)));
        let second = episode.duties(false, &given.day(-40)).await.expect(200).json();
        assert_eq!((&second["subject_since"], &second["version"]), (&Value::Null, &json!(3)));
        let third = episode.duties(true, &given.day(0)).await.expect(200);
        let period = |subject: bool, from: i64, to: Option<i64>, notified: Option<i64>| {
            json!({
                "subject": subject, "starts_on": given.day(from), "ends_on": to.map(|day| given.day(day)),
                "notified_on": notified.map(|day| given.day(day)), "source": "manual",
            })
        };
        let expected = json!([period(true, -90, Some(-41), Some(-80)), period(false, -40, Some(-1), None), period(true, 0, None, None)]);
        assert_eq!(third.json()["duties"], expected);
        assert_eq!(third.json()["subject_since"], given.day(0));
        assert_same(&episode.case.caseworker.get(&episode.path).await.expect(200), &third);
        // The last one ends with the right.
        let ended = but(&given.right_order(), json!({"left_on": given.day(0), "left_reason": "files_joined"}));
        let ended = episode.case.manager.edit(&episode.path, ended).await.expect(200).json();
        assert_eq!(ended["duties"][2], period(true, 0, Some(0), None));
        assert_eq!(ended["duties"][0], expected[0]);
    });
}

#[test]
fn a_period_starts_later_than_the_last_one_today_at_the_latest_and_within_the_right() {
    on_both(async |server| {
        let (given, episode) = (server.given(), Episode::new(server).await);
        let fault = async |starts_on: i64, code: &str| {
            assert_faults(episode.duties(true, &given.day(starts_on)).await, &[(code, "/starts_on")]);
        };
        fault(-91, "OUTSIDE_RIGHT").await;
        fault(1, "DAY_IN_FUTURE").await;
        let notified = json!({"subject": true, "starts_on": given.day(-90), "notified_on": given.day(1)});
        assert_faults(episode.order(notified).await, &[("DAY_IN_FUTURE", "/notified_on")]);
        episode.duties(true, &given.day(-90)).await.expect(200);
        episode.duties(false, &given.day(-50)).await.expect(200);
        for starts_on in [-90, -89, -51, -50] {
            fault(starts_on, "DAY_TOO_EARLY").await;
        }
        episode.duties(true, &given.day(-49)).await.expect(200);
        // The same state again from a later day is a period too: it was notified anew.
        episode.order(json!({"subject": true, "starts_on": given.day(-48), "notified_on": given.day(0)})).await.expect(200);

        let ended = but(&given.right_order(), json!({"left_on": given.day(-10), "left_reason": "files_joined"}));
        episode.case.manager.edit(&episode.path, ended).await.expect(200);
        fault(-9, "OUTSIDE_RIGHT").await;
        episode.duties(false, &given.day(-10)).await.expect(200);
    });
}

#[test]
fn the_same_duties_again_change_nothing() {
    on_both(async |server| {
        let (given, episode) = (server.given(), Episode::new(server).await);
        let order = json!({"subject": true, "starts_on": given.day(-20), "notified_on": given.day(-10)});
        let first = episode.order(order.clone()).await.expect(200);
        server.advance(chrono::TimeDelta::milliseconds(1));
        assert_same(&episode.order(order.clone()).await.expect(200), &first);
        // Something else said of that day is no repetition.
        for other in [json!({"subject": false}), json!({"notified_on": given.day(-11)}), json!({"notified_on": null})] {
            assert_faults(episode.order(but(&order, other)).await, &[("DAY_TOO_EARLY", "/starts_on")]);
        }
        assert_same(&episode.case.manager.get(&episode.path).await.expect(200), &first);
    });
}

#[test]
fn no_edit_of_the_days_leaves_duties_outside() {
    on_both(async |server| {
        let (given, episode) = (server.given(), Episode::new(server).await);
        episode.duties(true, &given.day(-80)).await.expect(200);
        let before = episode.duties(false, &given.day(-20)).await.expect(200);
        let days = |from: i64, to: Option<i64>| json!({"entered_on": given.day(from), "left_on": to.map(|day| given.day(day)), "left_reason": to.map(|_| "files_joined")});
        let edit = async |order: Value| episode.case.manager.edit(&episode.path, order).await;
        assert_faults(edit(days(-79, None)).await, &[("OUTSIDE_RIGHT", "/entered_on")]);
        assert_faults(edit(days(-90, Some(-21))).await, &[("OUTSIDE_RIGHT", "/left_on")]);
        assert_faults(edit(days(-79, Some(-21))).await, &[("OUTSIDE_RIGHT", "/entered_on"), ("OUTSIDE_RIGHT", "/left_on")]);
        assert_same(&episode.case.manager.get(&episode.path).await.expect(200), &before);
        let edited = edit(days(-80, Some(-20))).await.expect(200).json();
        assert_eq!((edited["duties"].as_array().unwrap().len(), &edited["duties"][1]["ends_on"]), (2, &json!(given.day(-20))));
    });
}

#[test]
fn a_right_that_is_not_there_has_no_duties() {
    on_both(async |server| {
        let case = Case::new(server).await;
        let order = json!({"subject": true, "starts_on": server.given().day(-10)});
        case.manager.post(&format!("/v1/rsa-rights/{}/duties", crate::table::ABSENT), order).await.expect_problem(404, "NOT_FOUND");
    });
}
