//! One person in every field of whom stands a mark that is found nowhere else, and everybody who may learn of it.

use api_tests::contract::Operation;
use api_tests::database::Database;
use api_tests::given::{PARTNER_SCOPES, Person};
use api_tests::{Client, TestServer};
use serde_json::{Value, json};

use crate::file::Delegate;

/// Somebody who asks for everything.
pub(super) struct Principal {
    pub(super) name: &'static str,
    pub(super) is: &'static str,
    pub(super) client: Client,
}

/// A field, and what stands in an answer that shows it: any of these texts.
pub(super) struct Mark {
    pub(super) group: &'static str,
    pub(super) field: &'static str,
    pub(super) texts: Vec<String>,
}

/// All of it.
pub(super) struct World {
    pub(super) person: Person,
    pub(super) principals: Vec<Principal>,
    pub(super) marks: Vec<Mark>,
    /// The month of which a template has the person.
    pub(super) month: String,
    /// What stands in paths, by their first segment.
    things: Vec<(&'static str, Vec<String>)>,
    /// The same for two of them.
    pairs: Vec<(&'static str, [String; 2])>,
}

/// The number, without its key and with it.
const NIR: &str = "2610387999321";
const NIR_WITH_KEY: &str = "261038799932115";

impl World {
    pub(super) async fn new(server: &TestServer, database: &Database) -> Self {
        let (given, manager, administrator) = (server.given(), server.manager().await, server.administrator());
        let territories = [given.territory(&[]).await, given.territory(&[]).await, given.territory(&[]).await];
        let [here, there, third] = &territories;

        // ---- the person, the other adult, the file that was theirs too
        let household = |role: &str| json!({"paying_body": "msa", "body_code": "879", "file_number": "ZYXFOYER", "role": role});
        let person = given
            .person_with(json!({
                "last_name": "Zyxnomdefamille", "first_name": "Zyxprenom", "birth_name": "Zyxnaissance", "birth_date": "1961-03-31",
                "title": "madam", "birth_place": "Zyxlieu", "commune_code": "87019", "street": "12 rue Zyxvoie", "postal_code": "87941",
                "no_fixed_abode": true, "phone": "+33698765432", "email": "zyxcourriel@example.test", "france_travail_id": "98765432109",
                "territory_id": here, "household": household("claimant"),
            }))
            .await;
        let adult =
            given.person_with(json!({"last_name": "Zyxconjoint", "first_name": "Zyxautre", "territory_id": third, "household": household("spouse")}));
        let adult = adult.await;
        let double = given.person_with(json!({"last_name": "Zyxdoublon", "first_name": "Zyxdouble", "territory_id": here})).await;
        merge_with_reason(&manager, &person, &double).await;
        let path = |what: &str| format!("/v1/beneficiaries/{}/{what}", person.id);
        let record = async |what: &str, order: Value| manager.post(&path(what), order).await.expect(201).id();
        manager.post(&path("nir"), json!({"nir": NIR})).await.expect(200);

        // ---- what hangs on them
        let ended = json!({"entered_on": "2018-02-14", "left_on": "2019-08-23", "left_reason": "struck_off_other"});
        let open = json!({"entered_on": "2021-03-17", "information_received_on": "2021-03-25", "transferred_from": "23"});
        let rights = vec![record("rsa-rights", ended).await, record("rsa-rights", open).await];
        let duties = json!({"subject": true, "starts_on": "2021-04-19", "notified_on": "2021-04-27"});
        manager.post(&format!("/v1/rsa-rights/{}/duties", rights[1]), duties).await.expect(200);
        let milestone = json!({"kind": "driving_licence", "occurred_on": "2022-05-11", "source": "paying_body", "comment": "Zyxjalon"});
        let milestones = vec![record("milestones", milestone).await];
        let mobility = json!({
            "kind": "mobility", "situation": "mobility_licence_foreign", "impact": "strong", "goal": "mobility_vehicle", "note": "Zyxnotefrein",
            "opened_on": "2022-06-13",
        });
        let health = json!({
            "kind": "health", "situation": "health_part_time_only", "impact": "medium", "goal": "health_mdph_file", "opened_on": "2022-06-14",
        });
        let unfit = json!({"kind": "housing", "situation": "housing_unfit", "impact": "none", "opened_on": "2022-06-15"});
        let barriers = vec![record("barriers", mobility).await, record("barriers", health).await, record("barriers", unfit).await];
        let resolution = json!({"resolved_on": "2022-09-09", "outcome": "worked_around"});
        manager.post(&format!("/v1/barriers/{}/resolution", barriers[2]), resolution).await.expect(200);
        let insertion = json!({
            "kind": "joint_interview", "theme": "job_search", "occurred_on": "2022-07-15", "minutes": 137, "framework": "insertion",
            "note": "Zyxinsertion",
        });
        let general = json!({
            "kind": "home_visit", "theme": "social_life", "occurred_on": "2022-07-18", "minutes": 139, "framework": "sector_general_practice",
            "note": "Zyxpolyvalence",
        });
        let interventions = vec![record("interventions", insertion).await, record("interventions", general).await];

        // ---- an association, where they have a seat
        let association = given.organisation().await;
        let delegation = given.delegation(&association).await;
        let site = given.site(&association).await;
        let actions = vec![given.action(&association).await, given.action(&association).await, given.action(&association).await];
        let agreement = given.agreement(&association, &actions[0]).await;
        let group = given.group(&actions[0]).await;
        let seat = json!({"beneficiary_id": person.id, "starts_on": given.day(-100), "status_at_entry": "aah"});
        let enrolment = manager.post(&format!("/v1/groups/{group}/enrolments"), seat).await.expect(201).id();
        let (yesterday, before) = (given.session(&group, &given.day(-1)).await, given.session(&group, &given.day(-2)).await);
        let never_marked = given.session(&group, &given.day(-3)).await;
        let partner = server.partner(&association).await;
        let partner_app = server.client(&association, &["sessions:read", "sessions:write", "attendance:write"]).await;
        let mark = async |session: &str, mark: Value| {
            partner_app.put(&format!("/v1/sessions/{session}/attendance"), json!({"marks": [mark]})).await.expect(200);
        };
        mark(&before, json!({"enrolment_id": enrolment, "status": "absent_excused", "reason": "illness"})).await;
        mark(&yesterday, json!({"enrolment_id": enrolment, "status": "late", "minutes": 71})).await;
        partner_app.command(&format!("/v1/sessions/{yesterday}/attendance/closure")).await.expect(200);
        let correction = json!({"enrolment_id": enrolment, "version": 1, "status": "left_early", "minutes": 73, "reason": "Zyxcorrection"});
        manager.post(&format!("/v1/sessions/{yesterday}/attendance/corrections"), correction).await.expect(200);
        let assessment = json!({"aptitudes": [{"theme": "skills", "level": "acquired"}], "next_step": "training", "text": "Zyxbilan"});
        let seat = partner.get(&format!("/v1/enrolments/{enrolment}")).await.expect(200);
        partner.put_if_match(&format!("/v1/enrolments/{enrolment}/assessment"), &seat.etag(), assessment).await.expect(200);
        let line = json!({"session_id": never_marked, "person_reference": person.reference, "last_name": "Zyxtenu", "status": "present"});
        let submission = partner_app.post("/v1/attendance-submissions", json!({"lines": [line]})).await.expect(207).id();
        let held_lines = partner_app.get(&format!("/v1/held-lines?submission_id={submission}")).await.expect(200).ids();

        // ---- whom they were referred to
        let (agency, mission) = (given.organisation_of("pole_emploi").await, given.organisation_of("mission_locale").await);
        let receiver = async |organisation: &str| server.client(organisation, &["referrals:receive", "referrals:answer"]).await;
        let (association_app, agency_app, mission_app) = (receiver(&association).await, receiver(&agency).await, receiver(&mission).await);
        let refer = async |order: Value| manager.post(&path("referrals"), order).await.expect(201).id();
        let to_action = |action: &str, objective: &str| json!({"purpose": "action", "action_id": action, "status_at_entry": "rsa", "objective": objective, "barriers": []});
        let mission_action = given.action(&mission).await;
        let referrals = vec![
            refer(json!({
                "purpose": "accompaniment", "organisation_id": agency, "accompaniment": "common_law", "objective": "Zyxobjectifagence",
                "barriers": ["language", "digital"], "signed_on": "2024-10-10",
            }))
            .await,
            refer(to_action(&mission_action, "Zyxobjectifmission")).await,
            refer(to_action(&actions[1], "Zyxobjectifassociation")).await,
            refer(to_action(&actions[2], "Zyxobjectifannule")).await,
        ];
        let answer = async |by: &Client, referral: &str, command: &str, order: Value| {
            by.post(&format!("/v1/referrals/{referral}/{command}"), order).await.expect(200);
        };
        answer(&agency_app, &referrals[0], "receipt", json!({"external_id": "Zyxdossier"})).await;
        answer(&agency_app, &referrals[0], "acceptance", json!({"referent": {"last_name": "Zyxreferente", "first_name": "Noa"}})).await;
        answer(&mission_app, &referrals[1], "refusal", json!({"reason": "other", "comment": "Zyxrefus"})).await;
        answer(&manager, &referrals[3], "cancellation", json!({"reason": "other", "comment": "Zyxannulation"})).await;
        let disclosed = json!({"value": 1, "valid_from": given.day(0)});
        server.auditor().await.put("/v1/settings/identity_disclosure", disclosed).await.expect(200);
        let agency_id = server.client(&agency, &["referrals:receive", "referrals:answer", "referrals:identify"]).await;

        // ---- everybody else
        let stranger = given.organisation().await;
        let granted = server.caseworker(&[there]).await;
        let grant = json!({"person_reference": person.reference, "reason": "Zyxurgence"});
        granted.post("/v1/access-grants", grant).await.expect(201);
        // Their duties opened one, which somebody prepared; the one in force was asked to be looked at again.
        let pending = manager.list(&path("orientations")).await.remove(0)["id"].as_str().unwrap().to_owned();
        let orientation = async |id: &str, command: &str, order: Value| {
            manager.post(&format!("/v1/orientations/{id}/{command}"), order).await.expect(200);
        };
        orientation(&pending, "interview", json!({"on": "2022-12-19", "outcome": "excused"})).await;
        let mut proposal = given.proposal_order(&server.department(), "social");
        proposal["criteria"]["aspirations"]["wishes"] = json!("Zyxsouhait");
        proposal["criteria"]["difficulties"]["other"] = json!("Zyxdifficulte");
        proposal["comment"] = json!("Zyxproposition");
        orientation(&pending, "proposal", proposal).await;
        let delegate = Delegate::of(server, database, &person).await;
        let in_force = manager.list(&path("orientations")).await.into_iter().find(|one| one["state"] == "active").unwrap();
        let in_force = in_force["id"].as_str().unwrap().to_owned();
        orientation(&in_force, "review", json!({"requested_by": "beneficiary", "reason": "other", "comment": "Zyxreexamen"})).await;
        let readiness = json!({"able": false, "reasons": ["confidence"], "comment": "Zyxcapacite", "assessed_on": given.day(-50)});
        let readiness = vec![record("readiness", readiness).await];
        let mut terms = given.contract_terms();
        terms["weekly_hours"] = json!(7);
        terms["hours_reason"] = json!("Zyxheures");
        terms["objectives"][0]["text"] = json!("Zyxobjectifcontrat");
        terms["commitments"][0]["text"] = json!("Zyxengagement");
        let contracts = vec![record("contracts", terms).await];
        let contract = async |command: &str, order: Value| {
            manager.post(&format!("/v1/contracts/{}/{command}", contracts[0]), order).await.expect(200);
        };
        contract("submission", json!({})).await;
        for party in ["beneficiary", "organisation"] {
            contract("signatures", json!({"party": party, "signed_on": given.day(0), "means": "electronic"})).await;
        }
        contract("validation", json!({})).await;
        contract("progress", json!({"commitment": "licence", "status": "on_hold", "on": given.day(0), "comment": "Zyxavancement"})).await;
        let review = json!({"reviewed_on": given.day(0), "conclusion": "continue", "comment": "Zyxpointdetape"});
        contract("review", review).await;
        let caseworker = server.caseworker(&[here]).await;
        let professionals = vec![caseworker.id(), partner.id(), delegate.caseworker.id()];
        let principal = |name, is, client: &Client| Principal { name, is, client: client.clone() };
        let principals = vec![
            principal("partner-app", "machine of the association where they have a seat: sessions and attendance", &partner_app),
            principal("assoc-app", "machine of the same association: the referrals it received", &association_app),
            principal("mission-app", "machine of a mission locale: the referrals it received", &mission_app),
            principal("agency-app", "machine of Pôle emploi: the referrals it received", &agency_app),
            principal("agency-id", "the same with the scope referrals:identify, allowed by the auditor", &agency_id),
            principal(
                "stranger-app",
                "machine of an association that has nothing to do with them, every scope",
                &server.client(&stranger, &PARTNER_SCOPES).await,
            ),
            principal("partner", "person of the association where they have a seat, and which received referrals", &partner),
            principal("caseworker", "caseworker of their territory", &caseworker),
            principal("elsewhere", "caseworker of another territory", &server.caseworker(&[there]).await),
            principal("granted", "caseworker of another territory who broke the glass", &granted),
            principal("delegate", "caseworker of a delegate that accompanies them", &delegate.caseworker),
            principal("manager", "manager of the département", &manager),
            principal("admin", "administrator", &administrator),
            principal("auditor", "auditor (data protection officer)", &server.auditor().await),
            principal("analyst", "analyst", &server.analyst().await),
        ];
        let (machine, _) = given.credentials(&association, &["sessions:read"]).await;
        Self {
            principals,
            marks: marks(&person, &adult, &double, here, &enrolment),
            month: given.day(-1)[..7].to_owned(),
            things: vec![
                ("beneficiaries", vec![person.id.clone(), adult.id, double.id]),
                ("rsa-rights", rights),
                ("milestones", milestones),
                ("barriers", barriers),
                ("interventions", interventions),
                ("orientations", vec![pending, in_force]),
                ("contracts", contracts),
                ("readiness", readiness),
                ("organisations", vec![association.clone(), agency, mission, stranger, delegate.organisation]),
                ("actions", actions),
                ("groups", vec![group]),
                ("sessions", vec![yesterday, before, never_marked]),
                ("enrolments", vec![enrolment]),
                ("referrals", referrals),
                ("attendance-submissions", vec![submission]),
                ("held-lines", held_lines),
                ("professionals", professionals),
                ("clients", vec![machine]),
                ("territories", vec![here.clone(), there.clone(), third.clone()]),
                ("reference", ["titles", "milestone_kinds", "barrier_situations", "rsa_closing_reasons"].map(str::to_owned).to_vec()),
            ],
            pairs: vec![
                ("sites", [association.clone(), site]),
                ("delegations", [association.clone(), delegation]),
                ("agreements", [association, agreement]),
            ],
            person,
        }
    }

    /// What stands in the path of an operation that reads: everything of its kind.
    pub(super) fn ids_of(&self, operation: &Operation) -> Vec<Vec<String>> {
        let segments: Vec<&str> = operation.path.split('/').collect();
        match operation.path_parameters().len() {
            0 => vec![Vec::new()],
            1 => {
                let things = self.things.iter().find(|(name, _)| *name == segments[2]);
                let (_, ids) = things.unwrap_or_else(|| panic!("nothing to ask {} for", operation.path));
                ids.iter().map(|id| vec![id.clone()]).collect()
            }
            _ => {
                let pairs = self.pairs.iter().find(|(name, _)| *name == segments[4]);
                let (_, ids) = pairs.unwrap_or_else(|| panic!("nothing to ask {} for", operation.path));
                vec![ids.to_vec()]
            }
        }
    }

    /// What is asked with a body.
    pub(super) fn questions(&self) -> [(&'static str, Vec<Value>); 2] {
        let searches = vec![
            json!({"name": "zyxnomdefamille"}),
            json!({"name": "zyxconjoint"}),
            json!({"birth_date": "1961-03-31"}),
            json!({"person_reference": self.person.reference}),
            json!({"nir": NIR}),
            json!({"france_travail_id": "98765432109"}),
            json!({"phone": "+33698765432"}),
            json!({"email": "zyxcourriel@example.test"}),
            json!({"file_number": "ZYXFOYER"}),
        ];
        let names = json!({"last_name": "Zyxnomdefamille", "first_name": "Zyxprenom", "birth_date": "1961-03-31"});
        let matches = vec![
            names,
            json!({"last_name": "Zyxinconnue", "first_name": "Zyxpersonne", "nir": NIR}),
            json!({"last_name": "Zyxinconnue", "first_name": "Zyxprenom", "phone": "+33698765432"}),
        ];
        [("/v1/beneficiaries/search", searches), ("/v1/beneficiaries/match", matches)]
    }
}

/// Merges with a reason that is a mark itself.
async fn merge_with_reason(manager: &Client, survivor: &Person, duplicate: &Person) {
    let order = json!({"duplicate_id": duplicate.id, "duplicate_version": 1, "reason": "Zyxfusion"});
    manager.post(&format!("/v1/beneficiaries/{}/merge", survivor.id), order).await.expect(200);
}

fn marks(person: &Person, adult: &Person, double: &Person, territory: &str, enrolment: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut group = |group: &'static str, fields: &[(&'static str, &[&str])]| {
        marks.extend(fields.iter().map(|(field, texts)| Mark { group, field, texts: texts.iter().map(|text| (*text).to_owned()).collect() }));
    };
    let territory = format!("\"territory_id\":\"{territory}\"");
    group(
        "identity",
        &[
            ("id", &[&person.id]),
            ("reference", &[&person.reference]),
            ("last name", &["Zyxnomdefamille"]),
            ("first name", &["Zyxprenom"]),
            ("birth name", &["Zyxnaissance"]),
            ("birth date", &["1961-03-31"]),
            ("birth place", &["Zyxlieu"]),
            ("title", &["\"title\":\"madam\""]),
            ("France Travail identifier", &["98765432109"]),
            ("social security number, masked", &["\"masked\":\"2 ** "]),
            ("social security number, in clear", &[NIR, NIR_WITH_KEY]),
            ("territory", &[&territory]),
        ],
    );
    group(
        "contact",
        &[
            ("phone", &["698765432"]),
            ("email", &["zyxcourriel"]),
            ("commune", &["\"commune_code\":\"87019\""]),
            ("street", &["Zyxvoie"]),
            ("postal code", &["\"postal_code\":\"87941\""]),
            ("no fixed abode", &["\"no_fixed_abode\":true"]),
        ],
    );
    group(
        "household",
        &[
            ("file number", &["ZYXFOYER"]),
            ("paying body", &["\"paying_body\":\"msa\"", "\"body_code\":\"879\""]),
            ("place in it", &["\"role\":\"claimant\""]),
            ("other adult, id and reference", &[&adult.id, &adult.reference]),
            ("other adult, names", &["Zyxconjoint", "Zyxautre"]),
        ],
    );
    group(
        "RSA rights",
        &[
            ("right: entry", &["2018-02-14", "2021-03-17"]),
            ("right: end and reason", &["2019-08-23", "\"left_reason\":\"struck_off_other\""]),
            ("right: information received", &["2021-03-25"]),
            ("right: transferred from", &["\"transferred_from\":\"23\""]),
            ("duties: since when", &["2021-04-19"]),
            ("duties: notified on", &["2021-04-27"]),
        ],
    );
    group(
        "orientation",
        &[
            ("orientation: interview", &["2022-12-19"]),
            ("orientation: wishes, difficulties, comment", &["Zyxsouhait", "Zyxdifficulte", "Zyxproposition"]),
            ("orientation: reason of the decision", &["Zyxmotif"]),
            ("orientation: request for another", &["Zyxreexamen"]),
        ],
    );
    group(
        "contract",
        &[
            ("contract: objectives and commitments", &["Zyxobjectifcontrat", "Zyxengagement"]),
            ("contract: why so few hours", &["Zyxheures"]),
            ("contract: how a commitment is kept", &["Zyxavancement"]),
            ("contract: reviews", &["Zyxpointdetape"]),
            ("readiness: reasons and words", &["\"confidence\"", "Zyxcapacite"]),
        ],
    );
    group(
        "pathway",
        &[
            ("milestone: kind, day, source", &["\"kind\":\"driving_licence\"", "2022-05-11", "\"source\":\"paying_body\""]),
            ("milestone: comment", &["Zyxjalon"]),
            ("barrier: situation and days", &["\"situation\":\"mobility_licence_foreign\"", "2022-06-13", "2022-06-15"]),
            ("barrier: impact", &["\"impact\":\"strong\",\"goal\":\"mobility_vehicle\""]),
            ("barrier: goal", &["\"goal\":\"mobility_vehicle\""]),
            ("barrier: note", &["Zyxnotefrein"]),
            ("barrier: outcome", &["2022-09-09", "\"outcome\":\"worked_around\""]),
            ("barrier of health: situation, goal", &["\"situation\":\"health_part_time_only\"", "\"goal\":\"health_mdph_file\"", "2022-06-14"]),
            ("intervention: kind, theme, day, minutes", &["\"kind\":\"joint_interview\"", "2022-07-15", "\"minutes\":137"]),
            ("intervention: note", &["Zyxinsertion"]),
            ("general practice: kind, theme, day, minutes", &["\"theme\":\"social_life\"", "2022-07-18", "\"minutes\":139"]),
            ("general practice: note", &["Zyxpolyvalence"]),
        ],
    );
    group(
        "collective actions",
        &[
            ("enrolment: its id", &[enrolment]),
            ("enrolment: what they live on", &["\"status_at_entry\":\"aah\""]),
            ("enrolment: assessment, next step", &["\"next_step\":\"training\""]),
            ("enrolment: assessment, text", &["Zyxbilan"]),
            ("attendance: statuses and minutes", &["\"status\":\"late\"", "\"status\":\"left_early\"", "\"minutes\":71", "\"minutes\":73"]),
            ("attendance: reason of an absence", &["\"reason\":\"illness\""]),
            ("attendance: reason of a correction", &["Zyxcorrection"]),
            ("attendance: half-days counted", &["\"half_days\":{\"present\":1,\"excused\":1,\"unexcused\":0}"]),
            ("held line: the name that was submitted", &["Zyxtenu"]),
        ],
    );
    group(
        "referrals",
        &[
            ("referral to Pôle emploi: objective", &["Zyxobjectifagence"]),
            ("referral to Pôle emploi: barriers told", &["\"language\",\"digital\""]),
            ("referral to Pôle emploi: signed on", &["2024-10-10"]),
            ("referral to Pôle emploi: its file number", &["Zyxdossier"]),
            ("referral to Pôle emploi: referent", &["Zyxreferente"]),
            ("referral to the mission locale: objective", &["Zyxobjectifmission"]),
            ("referral to the mission locale: refusal", &["Zyxrefus"]),
            ("referral to the association: objective", &["Zyxobjectifassociation"]),
            ("referral that was cancelled: objective", &["Zyxobjectifannule"]),
            ("referral that was cancelled: comment", &["Zyxannulation"]),
        ],
    );
    group(
        "files",
        &[
            ("reason for which the glass was broken", &["Zyxurgence"]),
            ("reason of a merge", &["Zyxfusion"]),
            ("id and reference of the file merged", &[&double.id, &double.reference]),
            ("names of the file merged", &["Zyxdoublon", "Zyxdouble"]),
        ],
    );
    marks
}
