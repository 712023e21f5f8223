//! What is well formed and refused all the same: organisations and what belongs to them, people who work with Jalon, settings, groups. What
//! refuses a step of an orientation or of a contract is told there.

use api_tests::{Client, on_both};
use serde_json::{Value, json};

use crate::orientations::Case;
use crate::referrals::{assert_faults, path, with, without};
use crate::table::ABSENT;

/// That nothing of what is read at a path is changed by this.
async fn leaves_as_it_is(by: &Client, path: &str, work: impl Future<Output = ()>) {
    let before = by.get(path).await.expect(200).text();
    work.await;
    assert_eq!(by.get(path).await.expect(200).text(), before, "{path}");
}

#[test]
fn an_organisation_keeps_its_kind_and_a_territory_its_code() {
    on_both(async |server| {
        let (given, administrator) = (server.given(), server.administrator());
        let organisation = format!("/v1/organisations/{}", given.organisation().await);
        leaves_as_it_is(&administrator, &organisation, async {
            let order = json!({"kind": "plie", "name": "PLIE exemple"});
            assert_faults(administrator.edit(&organisation, order).await, &[("KIND_IMMUTABLE", "/kind")]);
        })
        .await;
        let territory = format!("/v1/territories/{}", given.territory(&["87001"]).await);
        leaves_as_it_is(&administrator, &territory, async {
            let order = json!({"code": "AUTRE", "name": "Autre", "commune_codes": ["87002"]});
            assert_faults(administrator.edit(&territory, order).await, &[("KIND_IMMUTABLE", "/code")]);
        })
        .await;
    });
}

#[test]
fn where_people_of_no_known_commune_belong_is_not_drawn() {
    on_both(async |server| {
        let administrator = server.administrator();
        let all = administrator.list("/v1/territories").await;
        let unassigned = all.iter().find(|one| one["code"] == "UNASSIGNED").unwrap();
        let path = format!("/v1/territories/{}", unassigned["id"].as_str().unwrap());
        leaves_as_it_is(&administrator, &path, async {
            for code in ["UNASSIGNED", "AUTRE"] {
                let order = json!({"code": code, "name": "Limoges", "commune_codes": ["87085"]});
                administrator.edit(&path, order).await.expect_problem(403, "TERRITORY_RESERVED");
            }
        })
        .await;
    });
}

#[test]
fn a_role_belongs_to_the_département_or_to_its_partners_and_territories_to_its_caseworkers() {
    on_both(async |server| {
        const ROLE: (&str, &str) = ("ROLE_NOT_FOR_ORGANISATION", "/role");
        const TERRITORIES: (&str, &str) = ("TERRITORIES_NOT_FOR_ROLE", "/territory_ids");
        let (given, administrator) = (server.given(), server.administrator());
        let (department, association) = (server.department(), given.organisation().await);
        let (territory, email) = (given.territory(&[]).await, format!("role-{}@example.test", api_tests::client::fresh()));
        let somebody = json!({"email": email, "last_name": "Exemple", "first_name": "Noa"});
        let said = |role: &str, territories: &[&String]| with(somebody.clone(), json!({"role": role, "territory_ids": territories}));
        let invite = async |organisation: &str, role: &str, territories: &[&String]| {
            let order = with(said(role, territories), json!({"organisation_id": organisation}));
            administrator.post("/v1/professionals", order).await
        };
        for role in ["manager", "administrator", "auditor", "analyst"] {
            assert_faults(invite(&association, role, &[]).await, &[ROLE]);
            assert_faults(invite(&department, role, &[&territory]).await, &[TERRITORIES]);
        }
        assert_faults(invite(&department, "partner", &[]).await, &[ROLE]);
        assert_faults(invite(&department, "partner", &[&territory]).await, &[ROLE, TERRITORIES]);
        assert_faults(invite(&association, "partner", &[&territory]).await, &[TERRITORIES]);
        assert_faults(invite(&association, "caseworker", &[&territory]).await, &[TERRITORIES]);
        // Nobody has the address yet.
        let invited = format!("/v1/professionals/{}", invite(&association, "caseworker", &[]).await.expect(201).id());
        leaves_as_it_is(&administrator, &invited, async {
            assert_faults(administrator.edit(&invited, said("manager", &[])).await, &[ROLE]);
            assert_faults(administrator.edit(&invited, said("caseworker", &[&territory])).await, &[TERRITORIES]);
        })
        .await;
    });
}

#[test]
fn only_pôle_emploi_has_machines_that_identify() {
    on_both(async |server| {
        let (given, administrator) = (server.given(), server.administrator());
        let order = json!({"name": "Logiciel de suivi", "scopes": ["referrals:receive", "referrals:identify"]});
        for kind in ["association", "plie", "cap_emploi", "mission_locale"] {
            let clients = format!("/v1/organisations/{}/clients", given.organisation_of(kind).await);
            assert_faults(administrator.post(&clients, order.clone()).await, &[("SCOPE_NOT_FOR_ORGANISATION", "/scopes")]);
            assert!(administrator.list(&clients).await.is_empty());
        }
    });
}

#[test]
fn a_setting_is_changed_by_whoever_it_belongs_to_and_never_for_the_past() {
    on_both(async |server| {
        let (given, administrator, auditor) = (server.given(), server.administrator(), server.auditor().await);
        let order = |from_today: i64| json!({"value": 1, "valid_from": given.day(from_today)});
        let (disclosure, portfolio) = ("/v1/settings/identity_disclosure", "/v1/settings/referent_portfolio");
        leaves_as_it_is(&auditor, "/v1/settings", async {
            administrator.put(disclosure, order(0)).await.expect_problem(403, "SETTING_RESERVED");
            auditor.put(portfolio, order(0)).await.expect_problem(403, "SETTING_RESERVED");
            for (by, path) in [(&administrator, portfolio), (&auditor, disclosure)] {
                assert_faults(by.put(path, order(-1)).await, &[("SETTING_IN_PAST", "/valid_from")]);
            }
        })
        .await;
    });
}

#[test]
fn who_a_person_is_beyond_doubt_is_told_from_the_day_the_auditor_allows_it() {
    on_both(async |server| {
        let given = server.given();
        let agency = given.organisation_of("pole_emploi").await;
        let machine = server.client(&agency, &["referrals:identify"]).await;
        let person = given.person().await;
        let identity = format!("{}/identity", path(&given.referral(&agency, &person).await));
        machine.get(&identity).await.expect_problem(403, "IDENTITY_NOT_DISCLOSED");
        let tomorrow = json!({"value": 1, "valid_from": given.day(1)});
        server.auditor().await.put("/v1/settings/identity_disclosure", tomorrow).await.expect(200);
        machine.get(&identity).await.expect_problem(403, "IDENTITY_NOT_DISCLOSED");
        server.advance(chrono::TimeDelta::days(1));
        assert_eq!(machine.get(&identity).await.expect(200).field("beneficiary_id"), person.id);
    });
}

#[test]
fn a_group_is_not_made_smaller_than_what_is_in_it() {
    on_both(async |server| {
        let (given, manager) = (server.given(), server.manager().await);
        let association = given.sheet(2).await;
        let path = format!("/v1/groups/{}", association.group);
        let edit = async |more: Value| {
            let order = without(given.group_order(&association.action), &["action_id", "code"]);
            manager.edit(&path, with(order, more)).await
        };
        leaves_as_it_is(&manager, &path, async {
            let a_seat = json!({"capacity": 1});
            let later_than_a_seat = json!({"starts_on": given.day(-99)});
            let earlier_than_the_session = json!({"ends_on": given.day(-2)});
            for more in [a_seat, later_than_a_seat, earlier_than_the_session] {
                edit(more).await.expect_problem(409, "GROUP_IN_USE");
            }
        })
        .await;
        edit(json!({"capacity": 2, "starts_on": given.day(-100), "ends_on": given.day(-1)})).await.expect(200);
    });
}

#[test]
fn places_are_not_said_for_the_past() {
    on_both(async |server| {
        let (given, manager) = (server.given(), server.manager().await);
        let places = format!("/v1/organisations/{}/places", given.organisation_of("plie").await);
        leaves_as_it_is(&manager, "/v1/places", async {
            let order = json!({"accompaniment": "socioprofessional", "places": 12, "valid_from": given.day(-1)});
            assert_faults(manager.post(&places, order).await, &[("PLACES_IN_PAST", "/valid_from")]);
        })
        .await;
    });
}

#[test]
fn an_organisation_that_is_not_there_is_given_nobody_and_nothing() {
    on_both(async |server| {
        const UNKNOWN: [(&str, &str); 1] = [("ORGANISATION_UNKNOWN", "/organisation_id")];
        let (given, case) = (server.given(), Case::new(server, Some(10)).await);
        let somebody = json!({
            "organisation_id": ABSENT, "email": "nobody@example.test", "last_name": "Exemple", "first_name": "Noa", "role": "caseworker",
        });
        assert_faults(server.administrator().post("/v1/professionals", somebody).await, &UNKNOWN);
        assert_faults(case.manager.post("/v1/actions", given.action_order(ABSENT)).await, &UNKNOWN);
        let orientation = case.last().await;
        case.interview(&orientation).await.expect(200);
        leaves_as_it_is(&case.manager, &orientation, async {
            assert_faults(case.propose(&orientation, ABSENT, "social").await, &UNKNOWN);
        })
        .await;
        case.propose(&orientation, &case.home(), "social").await.expect(200);
        leaves_as_it_is(&case.manager, &orientation, async {
            assert_faults(case.decide(&orientation, ABSENT, "social").await, &UNKNOWN);
        })
        .await;
    });
}
