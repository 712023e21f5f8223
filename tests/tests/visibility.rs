//! Who sees what: partners their own, caseworkers their people, auditors nobody; and that every answer that shows people is traced.
//! Which functions there are for whom is in `access`.

use std::collections::{BTreeMap, BTreeSet};

use api_tests::client::fresh_key;
use api_tests::contract::{ForClients, contract};
use api_tests::given::{PARTNER_SCOPES, Person};
use api_tests::spreadsheet::Sheet;
use api_tests::{Answer, Client, TestServer, on_both};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::table::{ABSENT, World};

/// Everything about an answer but what differs between any two requests.
fn unlinkable(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let mut headers: Vec<(String, String)> = answer.headers.iter().filter(|(name, _)| name != "x-request-id" && name != "date").cloned().collect();
    headers.sort();
    (answer.status, headers, answer.without_instance())
}

/// That two answers do not tell which of the two things is there.
#[track_caller]
pub(crate) fn assert_alike(one: &Answer, other: &Answer) {
    assert_eq!(unlinkable(one), unlinkable(other), "{} and {} tell one from the other", one.asked, other.asked);
}

/// Whether somebody of an organisation may use the operation at all, by a role or as a machine.
fn open_to_partners(operation: &str) -> bool {
    let operation = contract().operation(operation);
    operation.roles.iter().any(|role| role == "partner") || operation.clients != ForClients::Never
}

#[test]
fn another_partners_things_answer_as_if_they_were_not_there() {
    on_both(async |server| {
        let world = World::new(server).await;
        let stranger = server.given().sheet(1).await.organisation;
        let strangers = [server.partner(&stranger).await, server.client(&stranger, &PARTNER_SCOPES).await];
        let mut walked = BTreeSet::new();
        for example in world.examples().iter().filter(|example| open_to_partners(example.operation) && example.operation != "readReferenceList") {
            for by in &strangers {
                if by.ask("GET", "/v1/me").send().await.json()["functions"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|one| Some(one.as_str().unwrap()) != example.operation().permission.as_deref())
                {
                    continue;
                }
                for place in 0..example.ids.len() {
                    let mut absent = example.ids.clone();
                    ABSENT.clone_into(&mut absent[place]);
                    let there = example.send_to(by, &example.ids, "\"1.00000000\"").await.expect_problem(404, "NOT_FOUND");
                    let nowhere = example.send_to(by, &absent, "\"1.00000000\"").await.expect_problem(404, "NOT_FOUND");
                    assert_alike(&there, &nowhere);
                    // Under something of the stranger's own.
                    if place > 0 {
                        let mut under_own = example.ids.clone();
                        stranger.clone_into(&mut under_own[0]);
                        assert_alike(&example.send_to(by, &under_own, "\"1.00000000\"").await.expect_problem(404, "NOT_FOUND"), &nowhere);
                    }
                    walked.insert(example.operation);
                }
            }
        }
        for expected in [
            "readSession",
            "moveSession",
            "cancelSession",
            "planSession",
            "recordAttendance",
            "closeSheet",
            "readEnrolment",
            "endEnrolment",
            "assessEnrolment",
            "readGroup",
            "readAction",
            "listEnrolments",
            "readSite",
            "readAttendanceTemplate",
            "readSubmission",
            "readRejectedLines",
            "readHeldLine",
        ] {
            assert!(walked.contains(expected), "{expected} was not walked");
        }
    });
}

#[test]
fn the_wrong_version_of_another_partners_thing_is_404_too() {
    on_both(async |server| {
        let world = World::new(server).await;
        let stranger = server.given().organisation().await;
        let partner = server.partner(&stranger).await;
        for operation in ["moveSession", "assessEnrolment"] {
            let example = world.example(operation);
            for etag in ["\"999.00000000\"", "\"1.00000000\"", "nonsense"] {
                example.send_to(&partner, &example.ids, etag).await.expect_problem(404, "NOT_FOUND");
            }
            let without = partner.put(&example.path(), example.body.clone().unwrap()).await;
            without.expect_problem(404, "NOT_FOUND");
        }
    });
}

#[test]
fn another_partners_things_are_unknown_in_bodies_and_filters() {
    on_both(async |server| {
        let given = server.given();
        let (own, other) = (given.sheet(1).await, given.sheet(1).await);
        let partner = server.partner(&own.organisation).await;
        let mark = |enrolment: &str| json!({"marks": [{"enrolment_id": enrolment, "status": "present"}]});
        let theirs = partner.put(&own.sheet_path(), mark(&other.enrolments[0])).await.expect(422);
        let nobodys = partner.put(&own.sheet_path(), mark(ABSENT)).await.expect(422);
        assert_alike(&theirs, &nobodys);
        assert_eq!(theirs.faults(), [("PERSON_NOT_EXPECTED".to_owned(), "/marks/0/enrolment_id".to_owned())]);
        partner.put(&own.sheet_path(), mark(&own.enrolments[0])).await.expect(200);
        for (list, theirs) in [
            ("/v1/sessions?group_id=", &other.group),
            ("/v1/groups?action_id=", &other.action),
            ("/v1/actions?organisation_id=", &other.organisation),
        ] {
            let (found, absent) =
                (partner.get(&format!("{list}{theirs}")).await.expect(200), partner.get(&format!("{list}{ABSENT}")).await.expect(200));
            assert_eq!((found.items(), found.text()), (Vec::new(), absent.text()), "{list}");
        }
        assert_eq!(partner.get(&format!("/v1/sessions?group_id={}", own.group)).await.expect(200).ids(), std::slice::from_ref(&own.session));
    });
}

#[test]
fn a_partners_lists_hold_its_own_things_alone() {
    on_both(async |server| {
        let world = World::new(server).await;
        let mine = server.given().sheet(2).await;
        let my_callers = [server.partner(&mine.organisation).await, server.client(&mine.organisation, &PARTNER_SCOPES).await];
        let theirs = &world.association;
        let mut foreign = vec![theirs.organisation.clone(), theirs.action.clone(), theirs.group.clone(), theirs.session.clone(), world.later.clone()];
        foreign.extend(theirs.enrolments.iter().cloned());
        foreign.extend(theirs.people.iter().flat_map(|person| [person.id.clone(), person.reference.clone()]));
        let lists = [
            "/v1/organisations",
            "/v1/actions",
            "/v1/groups",
            "/v1/sessions",
            "/v1/sessions?sheet=open",
            "/v1/sessions?updated_since=2020-01-01T00:00:00Z",
        ];
        let of_group = format!("/v1/groups/{}/enrolments", mine.group);
        for caller in &my_callers {
            for list in lists.iter().copied().chain([of_group.as_str()]) {
                let text = Value::Array(caller.list(list).await).to_string();
                assert!(!foreign.iter().any(|id| text.contains(id.as_str())), "{}: {list} shows another's", caller.name());
                let own = [&mine.organisation, &mine.action, &mine.group, &mine.session, &mine.enrolments[0]];
                assert!(own.iter().any(|id| text.contains(id.as_str())), "{}: {list} shows nothing of its own", caller.name());
            }
        }
    });
}

#[test]
fn a_partner_sees_the_name_and_the_reference_of_a_person_and_nothing_else() {
    on_both(async |server| {
        let given = server.given();
        let person =
            given.person_with(json!({"last_name": "Visible", "first_name": "Aussi", "birth_date": "1991-03-04", "commune_code": "87003"})).await;
        let association = given.sheet_with(&given.organisation().await, vec![person.clone()]).await;
        for by in [server.partner(&association.organisation).await, server.client(&association.organisation, &PARTNER_SCOPES).await] {
            let sheet = by.get(&association.sheet_path()).await.expect(200).text();
            let enrolment = by.get(&format!("/v1/enrolments/{}", association.enrolments[0])).await.expect(200).text();
            for text in [&sheet, &enrolment] {
                assert!(text.contains("Visible") && text.contains("Aussi") && text.contains(&person.reference), "{text}");
                assert!(!text.contains("1991-03-04") && !text.contains("87003") && !text.contains("territory"), "{text}");
            }
            by.get(&format!("/v1/beneficiaries/{}", person.id)).await.expect_problem(403, "FUNCTION_DENIED");
        }
    });
}

#[test]
fn a_clash_names_the_other_action_to_the_department_alone() {
    on_both(async |server| {
        let given = server.given();
        let person = given.person().await;
        let (one, other) = (given.organisation().await, given.organisation().await);
        let (one, other) = (given.sheet_with(&one, vec![person.clone()]).await, given.sheet_with(&other, vec![person]).await);
        for association in [&one, &other] {
            given.session(&association.group, &given.day(3)).await;
        }
        let path = format!("/v1/enrolments/{}", one.enrolments[0]);
        let to_manager = server.manager().await.get(&path).await.expect(200).json();
        let to_partner = server.partner(&one.organisation).await.get(&path).await.expect(200);
        let warnings = |shown: &Value| shown["warnings"].as_array().unwrap().clone();
        assert!(!warnings(&to_manager).is_empty());
        assert!(
            warnings(&to_manager).iter().all(|warning| warning["code"] == "HALF_DAY_CLASH" && warning["action_name"] == "Atelier de mobilisation")
        );
        assert_eq!(warnings(&to_partner.json()).len(), warnings(&to_manager).len());
        assert!(warnings(&to_partner.json()).iter().all(|warning| warning["action_name"].is_null()));
        assert!(!to_partner.text().contains(&other.action) && !to_partner.text().contains(&other.group));
    });
}

/// A caseworker of one territory, and people of it, of another, and of none.
struct Territories {
    here: String,
    elsewhere: String,
    caseworker: Client,
    person_here: Person,
    person_elsewhere: Person,
    person_nowhere: Person,
}

impl Territories {
    async fn new(server: &TestServer) -> Self {
        let given = server.given();
        let (here, elsewhere) = (given.territory(&["87012"]).await, given.territory(&["87013"]).await);
        Self {
            caseworker: server.caseworker(&[&here]).await,
            person_here: given.person_in(&here).await,
            person_elsewhere: given.person_in(&elsewhere).await,
            person_nowhere: given.person().await,
            here,
            elsewhere,
        }
    }

    fn path(person: &Person) -> String {
        format!("/v1/beneficiaries/{}", person.id)
    }
}

async fn seen_by(client: &Client) -> BTreeSet<String> {
    client.list("/v1/beneficiaries").await.iter().map(|person| person["id"].as_str().unwrap().to_owned()).collect()
}

fn ids(people: &[&Person]) -> BTreeSet<String> {
    people.iter().map(|person| person.id.clone()).collect()
}

#[test]
fn a_caseworker_sees_the_people_of_their_territories_and_of_none() {
    on_both(async |server| {
        let around = Territories::new(server).await;
        let caseworker = &around.caseworker;
        assert_eq!(seen_by(caseworker).await, ids(&[&around.person_here, &around.person_nowhere]));
        caseworker.get(&Territories::path(&around.person_here)).await.expect(200);
        caseworker.get(&Territories::path(&around.person_nowhere)).await.expect(200);
        let absent = Person { id: ABSENT.to_owned(), reference: String::new() };
        let elsewhere = &around.person_elsewhere;
        assert_alike(
            &caseworker.get(&Territories::path(elsewhere)).await.expect(404),
            &caseworker.get(&Territories::path(&absent)).await.expect(404),
        );
        let order = json!({"last_name": "Exemple", "first_name": "Claude"});
        let edit = async |person: &Person| caseworker.put_if_match(&Territories::path(person), "\"1.00000000\"", order.clone()).await;
        assert_alike(&edit(elsewhere).await.expect(404), &edit(&absent).await.expect(404));
        let filtered = caseworker.get(&format!("/v1/beneficiaries?territory_id={}", around.elsewhere)).await.expect(200);
        assert_eq!(filtered.items(), Vec::<Value>::new());
        let manager = server.manager().await;
        assert_eq!(seen_by(&manager).await, ids(&[&around.person_here, &around.person_elsewhere, &around.person_nowhere]));
    });
}

#[test]
fn a_caseworker_sees_of_a_group_the_people_they_accompany() {
    on_both(async |server| {
        let around = Territories::new(server).await;
        let given = server.given();
        let people = vec![around.person_here.clone(), around.person_elsewhere.clone(), around.person_nowhere.clone()];
        let association = given.sheet_with(&given.organisation().await, people).await;
        let (caseworker, partner) = (&around.caseworker, server.partner(&association.organisation).await);
        partner.put(&association.sheet_path(), association.all_present()).await.expect(200);
        let [mine, foreign, unassigned] = [0, 1, 2].map(|place| association.enrolments[place].clone());

        let shown = |answer: &Answer, list: &str| -> BTreeSet<String> {
            answer.json()[list]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one.get("enrolment_id").unwrap_or(&one["id"]).as_str().unwrap().to_owned())
                .collect()
        };
        let expected = BTreeSet::from([mine.clone(), unassigned]);
        let everybody: BTreeSet<String> = association.enrolments.iter().cloned().collect();
        for (path, list) in [
            (association.sheet_path(), "marks"),
            (format!("{}/history", association.sheet_path()), "items"),
            (format!("/v1/groups/{}/enrolments", association.group), "items"),
        ] {
            let answer = caseworker.get(&path).await.expect(200);
            assert_eq!(shown(&answer, list), expected, "{path}");
            assert!(!answer.text().contains(&around.person_elsewhere.reference), "{path}");
            assert_eq!(shown(&partner.get(&path).await.expect(200), list), everybody, "{path}: the partner sees them all");
        }
        caseworker.get(&format!("/v1/enrolments/{mine}")).await.expect(200);
        let path = |enrolment: &str| format!("/v1/enrolments/{enrolment}");
        assert_alike(&caseworker.get(&path(&foreign)).await.expect(404), &caseworker.get(&path(ABSENT)).await.expect(404));
        let end = json!({"ends_on": given.day(0), "end_reason": "moved"});
        let ended = async |enrolment: &str| caseworker.post(&format!("/v1/enrolments/{enrolment}/exit"), end.clone()).await;
        assert_alike(&ended(&foreign).await.expect(404), &ended(ABSENT).await.expect(404));
        ended(&mine).await.expect(200);

        let enrol = async |person: &str| {
            let order = json!({"beneficiary_id": person, "starts_on": given.day(1), "status_at_entry": "rsa"});
            caseworker.post(&format!("/v1/groups/{}/enrolments", association.group), order).await
        };
        assert_alike(&enrol(&around.person_elsewhere.id).await.expect(422), &enrol(ABSENT).await.expect(422));
        enrol(&around.person_here.id).await.expect(201);
    });
}

#[test]
fn breaking_the_glass_opens_one_file_for_four_hours_to_one_caseworker() {
    on_both(async |server| {
        let around = Territories::new(server).await;
        let (caseworker, elsewhere) = (&around.caseworker, &around.person_elsewhere);
        let colleague = server.caseworker(&[&around.here]).await;
        let second = server.given().person_in(&around.elsewhere).await;
        let path = Territories::path(elsewhere);
        caseworker.get(&path).await.expect(404);

        let order = json!({"person_reference": elsewhere.reference, "reason": "Sans abri depuis hier"});
        let grant = caseworker.post("/v1/access-grants", order.clone()).await.expect(201);
        let text = grant.text();
        assert!(!text.contains("Exemple") && !text.contains("Claude"), "the reference and the territory only: {text}");
        assert_eq!((grant.field("territory_id"), grant.field("person_reference")), (around.elsewhere.clone(), elsewhere.reference.clone()));
        assert_eq!(grant.header("location"), Some(path.as_str()));
        assert_eq!(grant.field("expires_at"), server.now().plus(TimeDelta::hours(4)).to_string());

        caseworker.get(&path).await.expect(200);
        assert_eq!(seen_by(caseworker).await, ids(&[&around.person_here, elsewhere, &around.person_nowhere]));
        caseworker.get(&Territories::path(&second)).await.expect_problem(404, "NOT_FOUND");
        colleague.get(&path).await.expect_problem(404, "NOT_FOUND");

        server.advance(TimeDelta::hours(4) - TimeDelta::milliseconds(1));
        caseworker.get(&path).await.expect(200);
        server.advance(TimeDelta::milliseconds(1));
        caseworker.get(&path).await.expect_problem(404, "NOT_FOUND");
        assert_eq!(seen_by(caseworker).await, ids(&[&around.person_here, &around.person_nowhere]));

        caseworker.post("/v1/access-grants", order).await.expect(201);
        caseworker.get(&path).await.expect(200);
    });
}

#[test]
fn the_glass_is_broken_with_a_reason_and_a_reference_that_exists() {
    on_both(async |server| {
        let around = Territories::new(server).await;
        let take = async |order: Value| around.caseworker.post("/v1/access-grants", order).await;
        let reference = &around.person_elsewhere.reference;
        take(json!({"person_reference": reference})).await.expect_problem(422, "INVALID");
        take(json!({"person_reference": reference, "reason": "  "})).await.expect_problem(422, "INVALID");
        take(json!({"person_reference": reference, "reason": null})).await.expect_problem(422, "INVALID");
        let unknown = domain::identifier::person_reference::PersonReference::mint("87", 42).to_string();
        let refused = take(json!({"person_reference": unknown, "reason": "Urgence"})).await.expect(422);
        assert_eq!(refused.faults(), [("BENEFICIARY_UNKNOWN".to_owned(), "/person_reference".to_owned())]);
        take(json!({"person_reference": reference.to_lowercase(), "reason": "Dictée au téléphone"})).await.expect(201);
    });
}

#[test]
fn a_change_of_territory_holds_at_once() {
    on_both(async |server| {
        let around = Territories::new(server).await;
        let (administrator, manager) = (server.administrator(), server.manager().await);
        let professional = format!("/v1/professionals/{}", around.caseworker.id());
        let seen = administrator.get(&professional).await.expect(200);
        let order = |territories: &[&str]| json!({"email": seen.field("email"), "last_name": "Exemple", "first_name": "Camille", "role": "caseworker", "territory_ids": territories});
        administrator.edit(&professional, order(&[&around.elsewhere])).await.expect(200);
        assert_eq!(seen_by(&around.caseworker).await, ids(&[&around.person_elsewhere, &around.person_nowhere]));
        administrator.edit(&professional, order(&[])).await.expect(200);
        assert_eq!(seen_by(&around.caseworker).await, ids(&[&around.person_nowhere]));
        administrator.edit(&professional, order(&[&around.here])).await.expect(200);
        let moved = json!({"last_name": "Parti", "first_name": "Claude", "territory_id": around.elsewhere});
        manager.edit(&Territories::path(&around.person_here), moved).await.expect(200);
        around.caseworker.get(&Territories::path(&around.person_here)).await.expect_problem(404, "NOT_FOUND");
    });
}

#[test]
fn a_caseworker_puts_nobody_out_of_their_own_sight() {
    on_both(async |server| {
        let around = Territories::new(server).await;
        let order = |territory: &str| json!({"last_name": "Autre", "first_name": "Claude", "territory_id": territory});
        around.caseworker.post("/v1/beneficiaries", order(&around.elsewhere)).await.expect_problem(403, "TERRITORY_NOT_YOURS");
        around.caseworker.edit(&Territories::path(&around.person_here), order(&around.elsewhere)).await.expect_problem(403, "TERRITORY_NOT_YOURS");
        around.caseworker.post("/v1/beneficiaries", order(&around.here)).await.expect(201);
    });
}

#[test]
fn a_delegates_caseworker_sees_nobody_whose_orientation_does_not_name_it() {
    on_both(async |server| {
        let around = Territories::new(server).await;
        let plie = server.given().organisation_of("plie").await;
        let caseworker = server.professional("caseworker of a delegate", &server.invite("caseworker", &plie, &[]).await);
        let association = server.given().sheet_with(&plie, vec![around.person_here.clone()]).await;
        assert_eq!(seen_by(&caseworker).await, BTreeSet::new());
        caseworker.get(&Territories::path(&around.person_nowhere)).await.expect_problem(404, "NOT_FOUND");
        caseworker.get(&format!("/v1/enrolments/{}", association.enrolments[0])).await.expect_problem(404, "NOT_FOUND");
        let sheet = caseworker.get(&association.sheet_path()).await;
        assert!(sheet.status == 404 || sheet.json()["marks"] == json!([]), "{}", sheet.text());
        let grant = json!({"person_reference": around.person_here.reference, "reason": "Urgence"});
        caseworker.post("/v1/access-grants", grant).await.expect_problem(403, "FUNCTION_DENIED");
    });
}

#[test]
fn those_without_social_data_see_none() {
    on_both(async |server| {
        let world = World::new(server).await;
        let social = ["People", "Collective actions", "Attendance"];
        for example in world.examples() {
            if example.operation().value["tags"].as_array().unwrap().iter().any(|tag| social.contains(&tag.as_str().unwrap())) {
                for role in ["administrator", "auditor", "analyst"] {
                    example.send_to(world.caller(role), &example.ids, "\"1.00000000\"").await.expect_problem(403, "FUNCTION_DENIED");
                }
            }
        }
    });
}

/// Everybody there is, by all that designates them in an answer: their reference, their enrolments.
pub(crate) struct Everybody(BTreeMap<String, String>);

impl Everybody {
    /// Those of now, with their enrolments in these groups.
    pub(crate) async fn of(server: &TestServer, groups: &[&str]) -> Self {
        let text = |person: &Value, name: &str| person[name].as_str().unwrap().to_owned();
        let manager = server.manager().await;
        let people = manager.list("/v1/beneficiaries").await;
        let mut designated: BTreeMap<String, String> = people.iter().map(|person| (text(person, "person_reference"), text(person, "id"))).collect();
        for group in groups {
            let enrolments = manager.list(&format!("/v1/groups/{group}/enrolments?limit=200")).await;
            let persons = enrolments.iter().map(|one| (text(one, "id"), designated[&text(one, "person_reference")].clone()));
            let persons: Vec<(String, String)> = persons.collect();
            designated.extend(persons);
        }
        Self(designated)
    }

    /// The people whom an answer shows, by id.
    pub(crate) fn in_answer(&self, answer: &Answer) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/csv")) {
            let sheet = Sheet::read(&answer.body);
            for row in 0..sheet.rows.len() {
                let designations = ["person_reference", "enrolment_id"].map(|name| sheet.get(row, name));
                found.extend(designations.iter().filter_map(|text| self.0.get(*text)).cloned());
            }
        } else {
            self.in_json(&answer.json(), &mut found);
        }
        found
    }

    fn in_json(&self, body: &Value, found: &mut BTreeSet<String>) {
        match body {
            Value::Object(members) => {
                for (name, member) in members {
                    match (name.as_str(), member.as_str()) {
                        ("beneficiary_id" | "survivor_id" | "duplicate_id", Some(id)) => drop(found.insert(id.to_owned())),
                        ("person_reference" | "enrolment_id", Some(text)) => found.extend(self.0.get(text).cloned()),
                        _ => self.in_json(member, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.in_json(item, found)),
            _ => {}
        }
    }
}

/// Whether an answer is a paper to print: whom it shows is not read from its bytes, and its trace has tests of its own.
pub(crate) fn is_paper(answer: &Answer) -> bool {
    answer.header("content-type") == Some("application/pdf")
}

/// Each line of the log by its request.
pub(crate) async fn log_by_request(server: &TestServer) -> BTreeMap<String, Value> {
    let lines = server.auditor().await.list("/v1/access-log?limit=200").await;
    let count = lines.len();
    let by_request: BTreeMap<String, Value> = lines.into_iter().map(|line| (line["request_id"].as_str().unwrap().to_owned(), line)).collect();
    assert_eq!(by_request.len(), count, "one line a request");
    by_request
}

pub(crate) fn people_of(line: &Value) -> BTreeSet<String> {
    line["beneficiary_ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_answer_that_shows_people_is_traced_with_whom_it_showed_and_no_other_is() {
    on_both(async |server| {
        let world = World::new(server).await;
        let mut answers = Vec::new();
        for example in world.examples().iter().filter(|example| example.operation != "listAccesses") {
            let by = world.caller(example.by);
            answers.push((example.operation, by.clone(), example.send(by).await.expect(example.status)));
        }
        // The same reads by everybody else who may.
        let reads = [
            "readAttendance",
            "readAttendanceHistory",
            "readAttendanceTemplate",
            "readSubmission",
            "readRejectedLines",
            "listHeldLines",
            "readHeldLine",
            "readEnrolment",
            "listEnrolments",
            "listBeneficiaries",
            "readBeneficiary",
            "searchBeneficiaries",
            "matchBeneficiary",
            "readBeneficiaryFile",
            "listRsaRights",
            "readRsaRight",
            "listMilestones",
            "readMilestone",
            "listBarriers",
            "readBarrier",
            "listInterventions",
            "readIntervention",
            "listOrientations",
            "readOrientation",
            "listDeadlines",
            "listMerges",
            "listContracts",
            "readContract",
            "readContractSynthesis",
            "listReadiness",
            "readReadiness",
        ];
        for example in world.examples().iter().filter(|example| reads.contains(&example.operation)) {
            for role in ["partner", "client", "caseworker", "manager"] {
                let answer = example.send(world.caller(role)).await;
                if answer.status == 200 {
                    answers.push((example.operation, world.caller(role).clone(), answer));
                }
            }
        }
        let everybody = Everybody::of(server, &[&world.association.group]).await;
        let log = log_by_request(server).await;
        let mut showed_people = BTreeSet::new();
        for (operation, by, answer) in answers.iter().filter(|(_, _, answer)| !is_paper(answer)) {
            let expected = everybody.in_answer(answer);
            let line = log.get(answer.header("x-request-id").unwrap());
            let traced = line.map(people_of).unwrap_or_default();
            assert_eq!(traced, expected, "{}: {line:?}", answer.asked);
            let Some(line) = line else { continue };
            showed_people.insert(*operation);
            assert_eq!((line["operation"].as_str(), line["actor_id"].as_str()), (Some(*operation), Some(by.id().as_str())), "{}", answer.asked);
            assert_eq!(line["at"], server.now().to_string());
        }
        let expected = [
            "acceptOrientation",
            "acceptReferral",
            "acknowledgeReferral",
            "amendContract",
            "assessEnrolment",
            "assessReadiness",
            "cancelContract",
            "cancelIntervention",
            "cancelMilestone",
            "cancelNir",
            "cancelReferral",
            "cancelRsaRight",
            "closeOrientation",
            "closeSheet",
            "concludeReferral",
            "correctAttendance",
            "decideHeldLines",
            "decideOrientation",
            "drawUpContract",
            "editBarrier",
            "editBeneficiary",
            "editContract",
            "editIntervention",
            "editMilestone",
            "editReferral",
            "editRsaRight",
            "endEnrolment",
            "enrolPerson",
            "extendSocialReview",
            "identifyReferral",
            "listAccessGrants",
            "listBarriers",
            "listBeneficiaries",
            "listContracts",
            "listDeadlines",
            "listEnrolments",
            "listHeldLines",
            "listInterventions",
            "listMerges",
            "listMilestones",
            "listOrientations",
            "listReadiness",
            "listReferrals",
            "listReferralsOfPerson",
            "listRsaRights",
            "maintainOrientation",
            "matchBeneficiary",
            "mergeBeneficiary",
            "noteContractProgress",
            "notifyOrientation",
            "openOrientation",
            "proposeOrientation",
            "putReferralOnWaitingList",
            "readAttendance",
            "readAttendanceHistory",
            "readAttendanceTemplate",
            "readBarrier",
            "readBeneficiary",
            "readBeneficiaryFile",
            "readContract",
            "readContractSynthesis",
            "readEnrolment",
            "readHeldLine",
            "readIntervention",
            "readMilestone",
            "readNir",
            "readOrientation",
            "readReadiness",
            "readReferral",
            "readReferralFeed",
            "readRejectedLines",
            "readRsaRight",
            "readSubmission",
            "recordAttendance",
            "recordBarrier",
            "recordDuties",
            "recordIntervention",
            "recordMilestone",
            "recordNir",
            "recordOrientationInterview",
            "recordRsaRight",
            "recordTeamOpinion",
            "refuseContract",
            "refuseReferral",
            "registerBeneficiary",
            "renewContract",
            "resolveBarrier",
            "reviewContract",
            "reviewOrientation",
            "searchBeneficiaries",
            "sendReferral",
            "signContract",
            "startReferral",
            "submitAttendance",
            "submitContract",
            "takeAccessGrant",
            "terminateContract",
            "validateContract",
        ];
        assert_eq!(showed_people, BTreeSet::from(expected));
    });
}

#[test]
fn a_replay_shows_people_again_and_is_traced_again() {
    on_both(async |server| {
        let association = server.given().sheet(2).await;
        let partner = server.partner(&association.organisation).await;
        partner.put(&association.sheet_path(), association.all_present()).await.expect(200);
        let path = format!("{}/closure", association.sheet_path());
        let key = fresh_key();
        let first = partner.ask("POST", &path).header("Idempotency-Key", &key).send().await.expect(200);
        let again = partner.ask("POST", &path).header("Idempotency-Key", &key).send().await.expect(200);
        assert_eq!((again.header("idempotent-replayed"), again.text(), again.etag()), (Some("true"), first.text(), first.etag()));
        let log = log_by_request(server).await;
        let everybody: BTreeSet<String> = association.people.iter().map(|person| person.id.clone()).collect();
        for answer in [&first, &again] {
            let line = &log[answer.header("x-request-id").unwrap()];
            assert_eq!((people_of(line), line["operation"].as_str()), (everybody.clone(), Some("closeSheet")));
            assert_eq!(line["subject_id"], association.session, "the thing asked for");
        }
    });
}

#[test]
fn an_answer_that_says_nothing_changed_is_traced_too() {
    on_both(async |server| {
        let association = server.given().sheet(1).await;
        let partner = server.partner(&association.organisation).await;
        let seen = partner.get(&association.sheet_path()).await.expect(200);
        let unchanged = partner.ask("GET", &association.sheet_path()).header("If-None-Match", &seen.etag()).send().await.expect(304);
        let log = log_by_request(server).await;
        assert_eq!(people_of(&log[unchanged.header("x-request-id").unwrap()]), BTreeSet::from([association.people[0].id.clone()]));
    });
}

#[test]
fn the_access_log_is_asked_by_person_actor_and_moment_and_says_no_name() {
    on_both(async |server| {
        let given = server.given();
        let (one, other) = (given.sheet(1).await, given.sheet(1).await);
        let (partner, manager, auditor) = (server.partner(&one.organisation).await, server.manager().await, server.auditor().await);
        server.advance(TimeDelta::minutes(1));
        let from = server.now();
        partner.get(&one.sheet_path()).await.expect(200);
        manager.get(&other.sheet_path()).await.expect(200);
        server.advance(TimeDelta::minutes(1));
        manager.get(&one.sheet_path()).await.expect(200);

        let log = async |filter: String| auditor.list(&format!("/v1/access-log?{filter}")).await;
        let of_actor = log(format!("actor_id={}", partner.id())).await;
        assert_eq!(of_actor.len(), 1);
        assert_eq!((&of_actor[0]["acting_as"], &of_actor[0]["organisation_id"]), (&json!("partner"), &json!(one.organisation)));
        let in_that_minute = log(format!("from={from}&to={}", server.now())).await;
        assert_eq!(in_that_minute.len(), 2);
        let of_person = log(format!("beneficiary_id={}&from={from}", one.people[0].id)).await;
        let expected = [(manager.id(), "readAttendance"), (partner.id(), "readAttendance")];
        let found: Vec<(String, &str)> =
            of_person.iter().map(|line| (line["actor_id"].as_str().unwrap().to_owned(), line["operation"].as_str().unwrap())).collect();
        assert_eq!(found, expected.map(|(id, operation)| (id, operation)), "newest first");
        let looked = log(format!("actor_id={}", auditor.id())).await;
        assert_eq!(looked.len(), 1, "asking for one person is traced on that person");
        assert_eq!(people_of(&looked[0]), BTreeSet::from([one.people[0].id.clone()]));

        let whole = Value::Array(log("limit=200".to_owned()).await).to_string();
        for person in one.people.iter().chain(&other.people) {
            assert!(!whole.contains(&person.reference));
        }
        assert!(!whole.contains("Exemple") && !whole.contains("Claude"));
    });
}
