//! One valid example of every operation, and callers of every kind to try it with. The walks in `access` and `visibility` go by this
//! table; `access` holds it against the document, so that no operation is forgotten.

use api_tests::contract::{Operation, contract};
use api_tests::given::{Association, PARTNER_SCOPES, Person};
use api_tests::{Answer, Client, TestServer};
use serde_json::{Value, json};

/// The roles, in the order of the matrix.
pub(crate) const ROLES: [&str; 6] = ["partner", "caseworker", "manager", "administrator", "auditor", "analyst"];

/// Every scope that there is.
pub(crate) const SCOPES: [&str; 6] =
    ["sessions:read", "sessions:write", "attendance:write", "referrals:receive", "referrals:answer", "referrals:identify"];

/// An id that nothing has.
pub(crate) const ABSENT: &str = "01900000-0000-7000-8000-00000000dead";

/// A request that succeeds.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    /// Which operation.
    pub(crate) operation: &'static str,
    /// Whose job it is.
    pub(crate) by: &'static str,
    /// What stands in its path.
    pub(crate) ids: Vec<String>,
    /// What it cannot do without in its query; empty when there is no such thing.
    pub(crate) query: String,
    /// What it says.
    pub(crate) body: Option<Value>,
    /// What it answers.
    pub(crate) status: u16,
}

impl Example {
    /// The operation as the document has it.
    pub(crate) fn operation(&self) -> &'static Operation {
        contract().operation(self.operation)
    }

    /// Its path, with the query that it needs.
    pub(crate) fn path(&self) -> String {
        self.path_with(&self.ids)
    }

    /// Its path with other ids.
    pub(crate) fn path_with(&self, ids: &[String]) -> String {
        let path = self.bare_path_with(ids);
        if self.query.is_empty() { path } else { format!("{path}?{}", self.query) }
    }

    /// Its path with nothing but this query.
    pub(crate) fn path_asking(&self, query: &str) -> String {
        format!("{}?{query}", self.bare_path_with(&self.ids))
    }

    /// Its path with one more query.
    pub(crate) fn path_asking_also(&self, query: &str) -> String {
        if self.query.is_empty() { self.path_asking(query) } else { self.path_asking(&format!("{}&{query}", self.query)) }
    }

    fn bare_path_with(&self, ids: &[String]) -> String {
        let names = self.operation().path_parameters();
        assert_eq!(names.len(), ids.len(), "{}", self.operation);
        self.operation().path_with(|name| ids[names.iter().position(|one| one == name).unwrap()].clone())
    }

    /// Sends it.
    pub(crate) async fn send(&self, by: &Client) -> Answer {
        let etag = if self.operation().needs_if_match() {
            let path = self.path();
            by.get(path.strip_suffix("/assessment").unwrap_or(&path)).await.expect(200).etag()
        } else {
            String::new()
        };
        self.send_to(by, &self.ids, &etag).await
    }

    /// Sends it to other things of the same kind.
    pub(crate) async fn send_to(&self, by: &Client, ids: &[String], etag: &str) -> Answer {
        let operation = self.operation();
        let mut ask = by.ask(&operation.method, &self.path_with(ids));
        if operation.method == "POST" && !operation.is_question() {
            ask = ask.key();
        }
        if operation.needs_if_match() {
            ask = ask.header("If-Match", etag);
        }
        if let Some(body) = &self.body {
            ask = ask.json(body);
        }
        ask.send().await
    }
}

/// An association and everything else that the examples are about.
pub(crate) struct World<'a> {
    server: &'a TestServer,
    pub(crate) association: Association,
    /// A second session of its group, to come.
    pub(crate) later: String,
    /// A third one.
    pub(crate) latest: String,
    /// One of the day before yesterday, of which attendance is submitted.
    earlier: String,
    /// A submission of which a line is rejected and one is held.
    submission: String,
    /// That held line.
    held_line: String,
    /// Two people more, whom nobody enrolled.
    pub(crate) others: [Person; 2],
    /// Somebody whom nobody has referred yet, and five who were: to acknowledge, start and conclude; to accept; to refuse; to let wait;
    /// to cancel.
    referred: Vec<(Person, String)>,
    /// A place in the feed of the association.
    cursor: String,
    /// A referral to an agency of Pôle emploi, which may identify the person.
    identified: String,
    /// Somebody of whom everything is known, and what stands in their file.
    pub(crate) filed: Filed,
    /// Somebody whose file is empty, and two who are one.
    blank: Person,
    /// An orientation to be decided, and a caseworker of the département to be its referent.
    orientation: String,
    /// Somebody who is oriented; contracts with others: one that is being drawn up, one that the organisation has signed; a word about
    /// somebody's readiness.
    contracted: Person,
    draft: String,
    signed: String,
    readiness: String,
    referent: String,
    doubles: [Person; 2],
    site: String,
    delegation: String,
    agreement: String,
    machine: String,
    secret: String,
    professional: String,
    territory: String,
    territory_code: String,
    callers: Vec<(&'static str, Client)>,
}

/// A file with one thing of each kind in it.
pub(crate) struct Filed {
    pub(crate) person: Person,
    right: String,
    milestone: String,
    barrier: String,
    intervention: String,
}

/// What is said of somebody of whom everything is known.
fn known_person() -> Value {
    json!({
        "last_name": "Complet", "first_name": "Sacha", "birth_name": "Entier", "birth_date": "1985-05-31", "title": "madam",
        "birth_place": "Limoges", "commune_code": "87085", "street": "1 rue du Test", "postal_code": "87000", "no_fixed_abode": false,
        "phone": "+33555000001", "email": "sacha@example.test", "france_travail_id": "87999123456",
        "household": {"paying_body": "caf", "body_code": "871", "file_number": "1234567", "role": "claimant"},
    })
}

/// The number of somebody of whom everything is known.
const KNOWN_NIR: &str = "2850587999123";

impl Filed {
    async fn new(server: &TestServer) -> Self {
        let (given, manager) = (server.given(), server.manager().await);
        let person = given.person_with(known_person()).await;
        manager.post(&format!("/v1/beneficiaries/{}/nir", person.id), json!({"nir": KNOWN_NIR})).await.expect(200);
        let recorded = async |what: &str, order: Value| manager.post(&given.piece_path(&person, what), order).await.expect(201).id();
        Self {
            right: recorded("rsa-rights", given.right_order()).await,
            milestone: recorded("milestones", given.milestone_order()).await,
            barrier: recorded("barriers", given.barrier_order()).await,
            intervention: recorded("interventions", given.intervention_order()).await,
            person,
        }
    }
}

impl<'a> World<'a> {
    pub(crate) async fn new(server: &'a TestServer) -> Self {
        let given = server.given();
        // The second one has the birth date that a number below tells.
        let people =
            vec![given.person().await, given.person_with(json!({"last_name": "Exemple", "first_name": "Claude", "birth_date": "1990-02-01"})).await];
        let association = given.sheet_with(&given.organisation().await, people).await;
        let organisation = association.organisation.clone();
        let (machine, _) = given.credentials(&organisation, &["sessions:read"]).await;
        let secrets = server.administrator().get(&format!("/v1/clients/{machine}")).await.expect(200).json();
        let territory = given.territory(&["87001"]).await;
        let territory_code = server.administrator().get(&format!("/v1/territories/{territory}")).await.expect(200).field("code");
        let agency = given.organisation_of("pole_emploi").await;
        let callers = vec![
            ("partner", server.partner(&organisation).await),
            ("caseworker", server.caseworker(&[&territory]).await),
            ("manager", server.manager().await),
            ("administrator", server.administrator()),
            ("auditor", server.auditor().await),
            ("analyst", server.analyst().await),
            ("client", server.client(&organisation, &PARTNER_SCOPES).await),
            ("agency", server.client(&agency, &["referrals:receive", "referrals:answer", "referrals:identify"]).await),
        ];
        let earlier = given.session(&association.group, &given.day(-2)).await;
        let others = [given.person().await, given.person().await];
        let lines = json!({"lines": [
            {"session_id": earlier, "person_reference": others[1].reference, "last_name": "Exemple", "first_name": "Claude", "status": "present"},
            {"session_id": ABSENT, "enrolment_id": association.enrolments[0], "status": "present"},
            {"session_id": earlier, "enrolment_id": association.enrolments[1], "status": "absent_unexcused"},
        ]});
        let client: &Client = &callers[6].1;
        let submission = client.post("/v1/attendance-submissions", lines).await.expect(207).id();
        let held = client.get(&format!("/v1/held-lines?submission_id={submission}")).await.expect(200).ids();
        let delegation = given.delegation(&organisation).await;
        let mut referred = vec![(given.person().await, String::new())];
        for _ in 0..5 {
            let person = given.person().await;
            let referral = given.referral(&organisation, &person).await;
            referred.push((person, referral));
        }
        let person = given.person().await;
        let order =
            json!({"purpose": "accompaniment", "organisation_id": agency, "accompaniment": "common_law", "objective": "Reprendre un emploi."});
        let identified = server.manager().await.post(&format!("/v1/beneficiaries/{}/referrals", person.id), order).await.expect(201).id();
        let disclosed = json!({"value": 1, "valid_from": given.day(0)});
        server.auditor().await.put("/v1/settings/identity_disclosure", disclosed).await.expect(200);
        let [contracted, drafting, signing] = [given.person().await, given.person().await, given.person().await];
        for person in [&contracted, &drafting, &signing] {
            given.oriented(person).await;
            given.readiness(person).await;
        }
        let readiness = given.readiness(&contracted).await;
        let (draft, signed) = (given.contract(&drafting).await, given.contract(&signing).await);
        let manager = server.manager().await;
        manager.command(&format!("/v1/contracts/{signed}/submission")).await.expect(200);
        let signature = json!({"party": "organisation", "signed_on": given.day(0), "means": "electronic"});
        manager.post(&format!("/v1/contracts/{signed}/signatures"), signature).await.expect(200);
        let cursor = client.get("/v1/referral-feed?limit=2").await.expect(200).field("next_cursor");
        Self {
            server,
            referred,
            cursor,
            identified,
            filed: Filed::new(server).await,
            blank: given.person().await,
            orientation: given.orientation(&given.person().await).await,
            contracted,
            draft,
            signed,
            readiness,
            referent: server.invite("caseworker", &server.department(), &[&territory]).await,
            doubles: [given.person().await, given.person().await],
            earlier,
            submission,
            held_line: held[0].clone(),
            later: given.session(&association.group, &given.day(5)).await,
            latest: given.session(&association.group, &given.day(6)).await,
            others,
            site: given.site(&organisation).await,
            delegation,
            agreement: given.agreement(&organisation, &association.action).await,
            secret: secrets["secrets"][0]["id"].as_str().unwrap().to_owned(),
            professional: server.invite("caseworker", &organisation, &[]).await,
            association,
            machine,
            territory,
            territory_code,
            callers,
        }
    }

    /// Somebody in this role, or a machine of the association.
    pub(crate) fn caller(&self, role: &str) -> &Client {
        self.callers.iter().find(|(one, _)| *one == role).map_or_else(|| panic!("no {role}"), |(_, client)| client)
    }

    /// The table, in an order in which each example can be carried out.
    pub(crate) fn examples(&self) -> Vec<Example> {
        let given = self.server.given();
        let Association { organisation, action, group, session, enrolments, people } = &self.association;
        let example = |operation: &'static str, by: &'static str, ids: &[&str], body: Option<Value>| {
            let status = if contract().operation(operation).value["responses"].get("201").is_some() { 201 } else { 200 };
            Example { operation, by, ids: ids.iter().map(|id| (*id).to_owned()).collect(), query: String::new(), body, status }
        };
        let read = |operation, by, ids: &[&str]| example(operation, by, ids, None);
        let write = |operation, by, ids: &[&str], body| example(operation, by, ids, Some(body));
        let without = |mut order: Value, names: &[&str]| {
            order.as_object_mut().unwrap().retain(|name, _| !names.contains(&name.as_str()));
            order
        };
        let half_day = |day: i64| json!({"date": given.day(day), "half_day": "afternoon", "start_time": "14:00", "end_time": "17:00"});
        let person = json!({
            "last_name": "Nouvelle", "first_name": "Camille", "birth_date": "1971-08-30", "title": "mister", "birth_place": "Guéret",
            "commune_code": null, "street": "2 rue du Test", "postal_code": "87100", "no_fixed_abode": true, "birth_name": null,
            "phone": "05 55 00 00 02", "email": "camille@example.test", "france_travail_id": null, "territory_id": null,
            "household": {"paying_body": "msa", "body_code": null, "file_number": "MSA1", "role": "spouse"},
            "distinct_from": [self.others[0].reference],
        });
        let Filed { person: filed, right, milestone, barrier, intervention } = &self.filed;
        let edited = json!({"last_name": "Exemple", "first_name": "Claude", "birth_date": "1972-09-30", "commune_code": null});
        let wanted = json!({
            "last_name": "Complet", "first_name": "Sacha", "birth_name": "Entier", "birth_date": "1985-05-31", "nir": KNOWN_NIR,
            "france_travail_id": "87999123456", "phone": "+33555000001", "email": "sacha@example.test",
        });
        let search = json!({
            "name": "complet sa", "birth_date": "1985-05-31", "person_reference": filed.reference, "nir": KNOWN_NIR,
            "france_travail_id": "87999123456", "phone": "+33555000001", "email": "sacha@example.test", "file_number": "1234567",
        });
        let right_order = json!({
            "entered_on": given.day(-90), "left_on": given.day(30), "left_reason": "files_joined", "information_received_on": given.day(-80),
            "transferred_from": "23",
        });
        let merge = json!({"duplicate_id": self.doubles[1].id, "duplicate_version": 1, "reason": "Ouverte deux fois."});
        let series = json!({
            "weekdays": ["monday", "thursday"], "half_day": "morning", "start_time": "09:00", "end_time": "12:00", "starts_on": given.day(20),
            "ends_on": given.day(40), "place": "Mairie",
        });
        let correction = json!({"enrolment_id": enrolments[0], "version": 1, "status": "absent_unexcused", "reason": "Erreur de saisie"});
        let professional = json!({
            "organisation_id": organisation, "email": format!("a{}@example.test", api_tests::client::fresh()), "last_name": "Exemple",
            "first_name": "Sacha", "role": "caseworker", "profession": "social_worker", "territory_ids": [],
        });
        let submission = json!({"lines": [
            {
                "external_id": "ligne-1", "operation": "record", "session_id": self.earlier, "enrolment_id": enrolments[0],
                "person_reference": people[0].reference, "last_name": "Exemple", "first_name": "Claude", "date": given.day(-2),
                "half_day": "morning", "status": "late", "minutes": 90, "reason": null, "signed": true, "version": null,
            },
            {"session_id": self.earlier, "person_reference": people[1].reference, "status": "absent_excused", "reason": "illness"},
        ]});
        let conclusion = json!({
            "conclusion": "abandoned", "ended_on": given.day(0), "reason": "employment", "comment": "CDI.", "came": "yes", "selected": true,
            "joined": null,
        });
        let decisions = json!({"decisions": [{"held_line_id": self.held_line, "decision": "dismiss", "reason": "Jamais venu"}]});
        let assessment = json!({"aptitudes": [{"theme": "skills", "level": "acquired"}], "next_step": "training", "text": "Très bien.\nContinue."});
        let territory = json!({"code": format!("N-{}", api_tests::client::fresh()), "name": "Nouveau", "commune_codes": ["87002"]});
        vec![
            read("readMe", "analyst", &[]),
            read("readReferenceList", "client", &["absence_reasons"]),
            // ---- organisations
            read("listOrganisations", "administrator", &[]),
            write("registerOrganisation", "administrator", &[], json!({"kind": "plie", "name": "PLIE exemple", "siret": null})),
            read("readOrganisation", "administrator", &[organisation]),
            write("editOrganisation", "administrator", &[organisation], json!({"kind": "association", "name": "Autre nom"})),
            read("listSites", "administrator", &[organisation]),
            write("openSite", "administrator", &[organisation], json!({"code": "87023", "label": "Limoges Jourdan", "commune_code": "87085"})),
            read("readSite", "administrator", &[organisation, &self.site]),
            read("listDelegations", "administrator", &[organisation]),
            write(
                "giveDelegation",
                "administrator",
                &[organisation],
                json!({"accompaniments": ["common_law"], "starts_on": given.day(300), "ends_on": null}),
            ),
            read("readDelegation", "administrator", &[organisation, &self.delegation]),
            read("listAgreements", "administrator", &[organisation]),
            write("recordAgreement", "administrator", &[organisation], given.agreement_order(action)),
            read("readAgreement", "administrator", &[organisation, &self.agreement]),
            // ---- access
            read("listProfessionals", "administrator", &[]),
            write("inviteProfessional", "administrator", &[], professional.clone()),
            read("readProfessional", "administrator", &[&self.professional]),
            write("editProfessional", "administrator", &[&self.professional], {
                let mut order = without(professional, &["organisation_id"]);
                order["email"] = json!(format!("b{}@example.test", api_tests::client::fresh()));
                order
            }),
            read("listTerritories", "administrator", &[]),
            write("drawTerritory", "administrator", &[], territory),
            read("readTerritory", "administrator", &[&self.territory]),
            write(
                "redrawTerritory",
                "administrator",
                &[&self.territory],
                json!({"code": self.territory_code, "name": "Autre", "commune_codes": ["87003"]}),
            ),
            read("listClients", "administrator", &[organisation]),
            write("createClient", "administrator", &[organisation], json!({"name": "Logiciel", "scopes": ["sessions:read", "attendance:write"]})),
            read("readClient", "administrator", &[&self.machine]),
            write("giveSecret", "administrator", &[&self.machine], json!({"expires_in_days": 30})),
            read("revokeSecret", "administrator", &[&self.machine, &self.secret]),
            read("listSettings", "auditor", &[]),
            write("changeSetting", "auditor", &["identity_disclosure"], json!({"value": 1, "valid_from": given.day(0)})),
            // ---- people
            read("listBeneficiaries", "manager", &[]),
            write("registerBeneficiary", "manager", &[], person.clone()),
            read("readBeneficiary", "manager", &[&people[0].id]),
            write("editBeneficiary", "manager", &[&people[0].id], edited),
            write("searchBeneficiaries", "manager", &[], search),
            write("matchBeneficiary", "manager", &[], wanted),
            read("readBeneficiaryFile", "manager", &[&filed.id]),
            write("recordNir", "manager", &[&people[1].id], json!({"nir": "1 90 02 87 999 123"})),
            read("readNir", "manager", &[&people[1].id]),
            read("cancelNir", "manager", &[&people[1].id]),
            write("takeAccessGrant", "caseworker", &[], json!({"person_reference": people[1].reference, "reason": "Accueil en urgence"})),
            read("listAccessGrants", "manager", &[]),
            write("mergeBeneficiary", "manager", &[&self.doubles[0].id], merge),
            read("listMerges", "manager", &[&self.doubles[0].id]),
            // ---- the file
            read("listRsaRights", "manager", &[&filed.id]),
            write("recordRsaRight", "manager", &[&self.blank.id], right_order.clone()),
            read("readRsaRight", "manager", &[right]),
            write("editRsaRight", "manager", &[right], right_order),
            write("recordDuties", "manager", &[right], json!({"subject": true, "starts_on": given.day(-50), "notified_on": given.day(-40)})),
            read("cancelRsaRight", "manager", &[right]),
            read("listMilestones", "manager", &[&filed.id]),
            write("recordMilestone", "manager", &[&self.blank.id], given.milestone_order()),
            read("readMilestone", "manager", &[milestone]),
            write("editMilestone", "manager", &[milestone], given.milestone_order()),
            read("cancelMilestone", "manager", &[milestone]),
            read("listBarriers", "manager", &[&filed.id]),
            write("recordBarrier", "manager", &[&self.blank.id], given.barrier_order()),
            read("readBarrier", "manager", &[barrier]),
            write("editBarrier", "manager", &[barrier], given.barrier_order()),
            write("resolveBarrier", "manager", &[barrier], json!({"resolved_on": given.day(0), "outcome": "resolved"})),
            read("listInterventions", "manager", &[&filed.id]),
            write("recordIntervention", "manager", &[&self.blank.id], given.intervention_order()),
            read("readIntervention", "manager", &[intervention]),
            write("editIntervention", "manager", &[intervention], given.intervention_order()),
            read("cancelIntervention", "manager", &[intervention]),
            // ---- orientations
            read("listOrientations", "manager", &[&filed.id]),
            write("openOrientation", "manager", &[&self.blank.id], json!({"voluntary": true})),
            read("readOrientation", "manager", &[&self.orientation]),
            write("recordOrientationInterview", "manager", &[&self.orientation], json!({"on": given.day(0), "outcome": "held"})),
            write("proposeOrientation", "manager", &[&self.orientation], given.proposal_order(&self.server.department(), "social")),
            write("decideOrientation", "manager", &[&self.orientation], given.decision_order(&self.server.department(), "social")),
            write(
                "notifyOrientation",
                "manager",
                &[&self.orientation],
                json!({"notified_on": given.day(0), "means": "registered_post", "appeal_stated": true}),
            ),
            write("acceptOrientation", "manager", &[&self.orientation], json!({"referent_id": self.referent})),
            write("extendSocialReview", "manager", &[&self.orientation], json!({"grounds": ["housing", "health"]})),
            write(
                "reviewOrientation",
                "manager",
                &[&self.orientation],
                json!({"requested_by": "beneficiary", "reason": "other", "comment": "Le demande."}),
            ),
            write(
                "recordTeamOpinion",
                "manager",
                &[&self.orientation],
                json!({"asked_on": given.day(0), "opinion": "maintain", "given_on": given.day(0)}),
            ),
            write("maintainOrientation", "manager", &[&self.orientation], json!({"reason": "L'accompagnement convient."})),
            write("closeOrientation", "manager", &[&self.orientation], json!({"on": given.day(0), "reason": "training"})),
            // ---- contracts
            read("listContracts", "manager", &[&self.contracted.id]),
            write("drawUpContract", "manager", &[&self.contracted.id], given.contract_terms()),
            read("readContract", "manager", &[&self.draft]),
            read("listContractEditions", "manager", &[&self.draft]),
            read("readContractSynthesis", "manager", &[&self.draft]),
            read("readContractDocument", "manager", &[&self.draft]),
            write("editContract", "manager", &[&self.draft], given.contract_terms()),
            read("submitContract", "manager", &[&self.draft]),
            write("refuseContract", "manager", &[&self.draft], json!({"refused_on": given.day(0), "comment": "Pas maintenant."})),
            write("signContract", "manager", &[&self.signed], json!({"party": "beneficiary", "signed_on": given.day(0), "means": "paper"})),
            write("validateContract", "manager", &[&self.signed], json!({"validated_on": given.day(0)})),
            write("amendContract", "manager", &[&self.signed], json!({"reason": "Un rythme plus soutenu.", "terms": given.contract_terms()})),
            write("cancelContract", "manager", &[&self.signed], json!({"comment": "Préparé par erreur."})),
            write(
                "reviewContract",
                "manager",
                &[&self.signed],
                json!({"reviewed_on": given.day(0), "conclusion": "continue", "next_review_on": given.day(30)}),
            ),
            write("noteContractProgress", "manager", &[&self.signed], json!({"commitment": "workshop", "status": "in_progress", "on": given.day(0)})),
            write("renewContract", "manager", &[&self.signed], with_start(given.contract_terms(), &given.day(1))),
            write("terminateContract", "manager", &[&self.signed], json!({"on": given.day(0), "reason": "employment"})),
            read("listReadiness", "manager", &[&self.contracted.id]),
            write("assessReadiness", "manager", &[&self.contracted.id], json!({"able": false, "reasons": ["mobility"], "assessed_on": given.day(0)})),
            read("readReadiness", "manager", &[&self.readiness]),
            read("listPlaces", "manager", &[]),
            write("setPlaces", "manager", &[organisation], json!({"accompaniment": "socioprofessional", "places": 12, "valid_from": given.day(1)})),
            read("listPortfolios", "manager", &[]),
            read("listDeadlines", "manager", &[]),
            read("readNeeds", "manager", &[&self.territory]),
            // ---- collective actions
            read("listActions", "partner", &[]),
            write("createAction", "manager", &[], given.action_order(organisation)),
            read("readAction", "partner", &[action]),
            write("editAction", "manager", &[action], without(given.action_order(organisation), &["organisation_id"])),
            read("listGroups", "client", &[]),
            write("createGroup", "manager", &[], given.group_order(action)),
            read("readGroup", "partner", &[group]),
            write("editGroup", "manager", &[group], without(given.group_order(action), &["action_id", "code"])),
            read("listEnrolments", "client", &[group]),
            write(
                "enrolPerson",
                "manager",
                &[group],
                json!({"beneficiary_id": self.others[0].id, "starts_on": given.day(1), "status_at_entry": "aah"}),
            ),
            read("readEnrolment", "client", &[&enrolments[0]]),
            write("assessEnrolment", "partner", &[&enrolments[0]], assessment),
            read("listSessions", "client", &[]),
            write("planSession", "client", &[group], half_day(7)),
            write("planSessionSeries", "client", &[group], series),
            read("readSession", "client", &[session]),
            write("moveSession", "client", &[&self.later], half_day(8)),
            write("cancelSession", "client", &[&self.latest], json!({"reason": "weather"})),
            // ---- attendance
            read("readAttendance", "client", &[session]),
            write("recordAttendance", "client", &[session], self.all_present()),
            read("closeSheet", "client", &[session]),
            write("correctAttendance", "manager", &[session], correction),
            read("readAttendanceHistory", "client", &[session]),
            read("readAttendanceSheetDocument", "client", &[session]),
            Example { query: format!("month={}", &given.day(-2)[..7]), ..read("readAttendanceTemplate", "client", &[group]) },
            write("submitAttendance", "client", &[], submission),
            read("readSubmission", "client", &[&self.submission]),
            read("readRejectedLines", "client", &[&self.submission]),
            read("listHeldLines", "client", &[]),
            read("readHeldLine", "client", &[&self.held_line]),
            write("decideHeldLines", "manager", &[], decisions),
            // ---- referrals
            write("sendReferral", "manager", &[&self.referred[0].0.id], given.referral_order(organisation)),
            read("listReferralsOfPerson", "manager", &[&self.referred[1].0.id]),
            read("listReferrals", "client", &[]),
            read("readReferral", "client", &[&self.referred[1].1]),
            write(
                "editReferral",
                "manager",
                &[&self.referred[1].1],
                json!({"objective": "Se loger.", "barriers": ["housing"], "site_id": self.site}),
            ),
            write("acknowledgeReferral", "client", &[&self.referred[1].1], json!({"external_id": "dossier-1", "france_travail_id": null})),
            write(
                "acceptReferral",
                "client",
                &[&self.referred[2].1],
                json!({"referent": {"last_name": "Exemple", "first_name": "Noa", "email": null, "phone": "+33555000000"}}),
            ),
            write("refuseReferral", "client", &[&self.referred[3].1], json!({"reason": "not_mobile", "comment": "Sans véhicule."})),
            read("putReferralOnWaitingList", "client", &[&self.referred[4].1]),
            write("startReferral", "client", &[&self.referred[1].1], json!({"started_on": given.day(0)})),
            write("concludeReferral", "client", &[&self.referred[1].1], conclusion),
            write("cancelReferral", "manager", &[&self.referred[5].1], json!({"reason": "person_declined", "comment": null})),
            read("identifyReferral", "agency", &[&self.identified]),
            read("readReferralFeed", "client", &[]),
            write("moveCheckpoint", "client", &[], json!({"cursor": self.cursor})),
            Example { query: "from_seq=1&to_seq=5".to_owned(), ..read("readFeedDigest", "client", &[]) },
            // ---- ends
            write("endEnrolment", "partner", &[&enrolments[1]], json!({"ends_on": given.day(0), "end_reason": "completed"})),
            read("disableProfessional", "administrator", &[&self.professional]),
            read("disableClient", "administrator", &[&self.machine]),
            read("listAccesses", "auditor", &[]),
        ]
    }

    /// The example of one operation.
    pub(crate) fn example(&self, operation: &str) -> Example {
        self.examples().into_iter().find(|example| example.operation == operation).unwrap_or_else(|| panic!("no example of {operation}"))
    }

    /// Everybody of the association, and whom the table enrols besides.
    fn all_present(&self) -> Value {
        let enrolments = self.association.enrolments.iter();
        json!({"marks": enrolments.map(|id| json!({"enrolment_id": id, "status": "present", "signed": true})).collect::<Vec<_>>()})
    }
}

/// The same terms from another first day on.
fn with_start(mut terms: Value, day: &str) -> Value {
    terms["starts_on"] = json!(day);
    terms
}
