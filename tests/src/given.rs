//! A world to test in, made over HTTP by those who make it in life. Each thing is one sentence; what it is like in detail matters to
//! no test.

use serde_json::{Value, json};

use crate::client::{Client, fresh};
use crate::server::TestServer;

/// Every scope that a machine of an association may hold.
pub const PARTNER_SCOPES: [&str; 5] = ["sessions:read", "sessions:write", "attendance:write", "referrals:receive", "referrals:answer"];

/// Somebody who takes part.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// Their reference.
    pub reference: String,
}

/// An association with an action, a group, people in it and a session of yesterday morning, whose sheet is open.
#[derive(Clone, Debug)]
pub struct Association {
    /// The organisation.
    pub organisation: String,
    /// Its action.
    pub action: String,
    /// Its group.
    pub group: String,
    /// The session of yesterday morning.
    pub session: String,
    /// The people.
    pub people: Vec<Person>,
    /// Their enrolments, in the same order.
    pub enrolments: Vec<String>,
}

impl Association {
    /// The path of its sheet.
    pub fn sheet_path(&self) -> String {
        format!("/v1/sessions/{}/attendance", self.session)
    }

    /// Marks that say `present` of everybody.
    pub fn all_present(&self) -> Value {
        json!({"marks": self.enrolments.iter().map(|id| json!({"enrolment_id": id, "status": "present"})).collect::<Vec<_>>()})
    }
}

/// The vocabulary.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    server: &'a TestServer,
}

impl<'a> Given<'a> {
    pub(crate) fn new(server: &'a TestServer) -> Self {
        Self { server }
    }

    /// A day so many days from today.
    pub fn day(&self, from_today: i64) -> String {
        self.server.today().plus_days(from_today).to_string()
    }

    async fn created(&self, by: Client, path: &str, order: Value) -> Value {
        by.post(path, order).await.expect(201).json()
    }

    async fn id_of(&self, by: Client, path: &str, order: Value) -> String {
        self.created(by, path, order).await["id"].as_str().unwrap().to_owned()
    }

    /// An association.
    pub async fn organisation(&self) -> String {
        self.organisation_of("association").await
    }

    /// An organisation of this kind.
    pub async fn organisation_of(&self, kind: &str) -> String {
        let order = json!({"kind": kind, "name": format!("Association exemple {}", fresh())});
        self.id_of(self.server.administrator(), "/v1/organisations", order).await
    }

    /// A site of an organisation.
    pub async fn site(&self, organisation: &str) -> String {
        let order = json!({"code": format!("S{}", fresh()), "label": "Limoges", "commune_code": "87085"});
        self.id_of(self.server.administrator(), &format!("/v1/organisations/{organisation}/sites"), order).await
    }

    /// A delegation of the social accompaniment to an organisation.
    pub async fn delegation(&self, organisation: &str) -> String {
        self.delegation_of(organisation, "social").await
    }

    /// A delegation of an accompaniment to an organisation.
    pub async fn delegation_of(&self, organisation: &str, accompaniment: &str) -> String {
        let order = json!({"accompaniments": [accompaniment], "starts_on": self.day(-100)});
        self.id_of(self.server.administrator(), &format!("/v1/organisations/{organisation}/delegations"), order).await
    }

    /// An agreement over an action that an organisation runs.
    pub async fn agreement(&self, organisation: &str, action: &str) -> String {
        let order = self.agreement_order(action);
        self.id_of(self.server.administrator(), &format!("/v1/organisations/{organisation}/agreements"), order).await
    }

    /// What such an agreement says.
    pub fn agreement_order(&self, action: &str) -> Value {
        json!({
            "action_id": action, "convention_number": format!("2026-{}", fresh()), "starts_on": self.day(-100), "ends_on": self.day(200),
            "funded_unit": "place", "funded_quantity": 12, "amount_cents": 4_500_000,
        })
    }

    /// The id and a secret of a new machine.
    pub async fn credentials(&self, organisation: &str, scopes: &[&str]) -> (String, String) {
        let administrator = self.server.administrator();
        let order = json!({"name": "Logiciel de suivi", "scopes": scopes});
        let id = self.id_of(administrator.clone(), &format!("/v1/organisations/{organisation}/clients"), order).await;
        let secret = self.secret(&id).await;
        (id, secret)
    }

    /// One more secret of a machine.
    pub async fn secret(&self, client: &str) -> String {
        self.server.administrator().command(&format!("/v1/clients/{client}/secrets")).await.expect(201).field("client_secret")
    }

    /// A territory of these communes.
    pub async fn territory(&self, communes: &[&str]) -> String {
        let number = fresh();
        let order = json!({"code": format!("T-{number}"), "name": format!("Territoire {number}"), "commune_codes": communes});
        self.id_of(self.server.administrator(), "/v1/territories", order).await
    }

    /// An action that an organisation runs.
    pub async fn action(&self, organisation: &str) -> String {
        let order = self.action_order(organisation);
        self.id_of(self.server.manager().await, "/v1/actions", order).await
    }

    /// What such an action says.
    pub fn action_order(&self, organisation: &str) -> Value {
        json!({
            "organisation_id": organisation, "name": "Atelier de mobilisation", "axis": "mobilisation", "kind": "ami",
            "themes": ["skills", "expression"], "starts_on": self.day(-200),
        })
    }

    /// A group of an action.
    pub async fn group(&self, action: &str) -> String {
        let order = self.group_order(action);
        self.id_of(self.server.manager().await, "/v1/groups", order).await
    }

    /// What such a group says.
    pub fn group_order(&self, action: &str) -> Value {
        json!({
            "action_id": action, "code": format!("AMI-{}", fresh()), "name": "Mardi et jeudi", "place": "Maison de quartier",
            "commune_code": "87085", "capacity": 200, "starts_on": self.day(-200),
        })
    }

    /// A session of a group, the morning of this day.
    pub async fn session(&self, group: &str, date: &str) -> String {
        let order = json!({"date": date, "half_day": "morning", "start_time": "09:00", "end_time": "12:00"});
        self.id_of(self.server.manager().await, &format!("/v1/groups/{group}/sessions"), order).await
    }

    /// Somebody of no known commune.
    pub async fn person(&self) -> Person {
        self.person_with(json!({"last_name": "Exemple", "first_name": "Claude"})).await
    }

    /// Somebody of a territory.
    pub async fn person_in(&self, territory: &str) -> Person {
        self.person_with(json!({"last_name": "Exemple", "first_name": "Claude", "territory_id": territory})).await
    }

    /// Somebody of whom this is said. Nobody takes them for somebody else of the same names: they have a birth date of their own, unless
    /// one is given or said to be unknown.
    pub async fn person_with(&self, mut order: Value) -> Person {
        if order.get("birth_date").is_none() {
            order["birth_date"] = json!(self.birth_date());
        }
        let person = self.created(self.server.manager().await, "/v1/beneficiaries", order).await;
        let text = |name: &str| person[name].as_str().unwrap().to_owned();
        Person { id: text("id"), reference: text("person_reference") }
    }

    /// A birth date like no other that this database was given.
    pub fn birth_date(&self) -> String {
        birth_date(self.server.next_person())
    }

    /// A family name like no other that this database was given.
    pub fn surname(&self) -> String {
        surname(self.server.next_person())
    }

    /// A man's social security number, like no other that this database was given.
    pub fn fresh_nir(&self) -> String {
        nir(self.server.next_person())
    }

    /// A social security number of somebody, their first or their next.
    pub async fn nir(&self, person: &Person, nir: &str) {
        self.server.manager().await.post(&format!("/v1/beneficiaries/{}/nir", person.id), json!({"nir": nir})).await.expect(200);
    }

    /// A right that somebody has had for 100 days.
    pub async fn rsa_right(&self, person: &Person) -> String {
        let order = json!({"entered_on": self.day(-100)});
        self.id_of(self.server.manager().await, &format!("/v1/beneficiaries/{}/rsa-rights", person.id), order).await
    }

    /// A right with its duties, both for 100 days.
    pub async fn duties(&self, person: &Person) -> String {
        let right = self.rsa_right(person).await;
        let order = json!({"subject": true, "starts_on": self.day(-100)});
        self.server.manager().await.post(&format!("/v1/rsa-rights/{right}/duties"), order).await.expect(200);
        right
    }

    /// Something that somebody came through ten days ago.
    pub async fn milestone(&self, person: &Person) -> String {
        let order = json!({"kind": "training", "occurred_on": self.day(-10), "source": "person"});
        self.id_of(self.server.manager().await, &format!("/v1/beneficiaries/{}/milestones", person.id), order).await
    }

    /// What has held somebody back for 20 days, by its situation: `mobility_no_licence`, `housing_none`…
    pub async fn barrier(&self, person: &Person, situation: &str) -> String {
        let (kind, _) = situation.split_once('_').unwrap();
        let order = json!({"kind": kind, "situation": situation, "impact": "strong", "opened_on": self.day(-20)});
        self.id_of(self.server.manager().await, &format!("/v1/beneficiaries/{}/barriers", person.id), order).await
    }

    /// What a caseworker of the département did with somebody five days ago.
    pub async fn intervention(&self, person: &Person) -> String {
        let by = self.server.invite("caseworker", &self.server.department(), &[]).await;
        let order = json!({
            "kind": "interview", "theme": "mobility", "occurred_on": self.day(-5), "minutes": 45, "professional_id": by, "framework": "insertion",
        });
        self.id_of(self.server.manager().await, &format!("/v1/beneficiaries/{}/interventions", person.id), order).await
    }

    /// A seat in a group.
    pub async fn enrolment(&self, group: &str, person: &Person) -> String {
        let order = self.enrolment_order(person);
        self.id_of(self.server.manager().await, &format!("/v1/groups/{group}/enrolments"), order).await
    }

    /// What such a seat says.
    pub fn enrolment_order(&self, person: &Person) -> Value {
        json!({"beneficiary_id": person.id, "starts_on": self.day(-100), "status_at_entry": "rsa"})
    }

    /// Somebody referred to an organisation for its social accompaniment, which is delegated to it.
    pub async fn referral(&self, organisation: &str, person: &Person) -> String {
        let order = self.referral_order(organisation);
        self.id_of(self.server.manager().await, &format!("/v1/beneficiaries/{}/referrals", person.id), order).await
    }

    /// What such a referral says.
    pub fn referral_order(&self, organisation: &str) -> Value {
        json!({
            "purpose": "accompaniment", "organisation_id": organisation, "accompaniment": "social", "objective": "Retrouver un rythme.",
            "barriers": ["mobility", "housing"], "signed_on": self.day(0),
        })
    }

    /// Somebody referred to an action, in a group if one is given.
    pub async fn referral_to(&self, action: &str, group: Option<&str>, person: &Person) -> String {
        let order = self.referral_to_order(action, group);
        self.id_of(self.server.manager().await, &format!("/v1/beneficiaries/{}/referrals", person.id), order).await
    }

    /// What such a referral says.
    pub fn referral_to_order(&self, action: &str, group: Option<&str>) -> Value {
        json!({
            "purpose": "action", "action_id": action, "group_id": group, "status_at_entry": "rsa", "objective": "Reprendre confiance.",
            "barriers": [],
        })
    }

    /// A whole association with `count` people enrolled and a session of yesterday morning.
    pub async fn sheet(&self, count: usize) -> Association {
        let organisation = self.organisation().await;
        self.sheet_of(&organisation, count).await
    }

    /// The same, of an organisation that is there.
    pub async fn sheet_of(&self, organisation: &str, count: usize) -> Association {
        let mut people = Vec::new();
        for _ in 0..count {
            people.push(self.person().await);
        }
        self.sheet_with(organisation, people).await
    }

    /// The same, with people that are there.
    pub async fn sheet_with(&self, organisation: &str, people: Vec<Person>) -> Association {
        let action = self.action(organisation).await;
        let group = self.group(&action).await;
        let mut enrolments = Vec::new();
        for person in &people {
            enrolments.push(self.enrolment(&group, person).await);
        }
        let session = self.session(&group, &self.day(-1)).await;
        Association { organisation: organisation.to_owned(), action, group, session, people, enrolments }
    }

    /// An orientation of somebody who asks for it, to be decided.
    pub async fn orientation(&self, person: &Person) -> String {
        let path = format!("/v1/beneficiaries/{}/orientations", person.id);
        self.id_of(self.server.manager().await, &path, json!({"voluntary": true})).await
    }

    /// What is proposed, on criteria that suggest this accompaniment.
    pub fn proposal_order(&self, organisation: &str, accompaniment: &str) -> Value {
        let (activity, sees, level, difficulties) = match accompaniment {
            "social" => ("never", false, "none", json!([{"kind": "housing", "impact": "strong"}])),
            "socioprofessional" => ("within_two_years", true, "level_3", json!([{"kind": "mobility", "impact": "medium"}])),
            _ => ("current", true, "level_4", json!([])),
        };
        json!({
            "criteria": {
                "employment": {"activity": activity, "disability_status": null},
                "qualification": {"level": level},
                "aspirations": {"project": "in_progress", "sees_work_or_training": sees, "wishes": "Travailler dehors."},
                "difficulties": {"items": difficulties, "other": null},
            },
            "accompaniment": accompaniment, "organisation_id": organisation, "comment": null,
        })
    }

    /// What is decided.
    pub fn decision_order(&self, organisation: &str, accompaniment: &str) -> Value {
        json!({"accompaniment": accompaniment, "organisation_id": organisation})
    }

    /// Where the things of one kind in somebody's file are.
    pub fn piece_path(&self, person: &Person, what: &str) -> String {
        format!("/v1/beneficiaries/{}/{what}", person.id)
    }

    /// What a right of three months says, open.
    pub fn right_order(&self) -> Value {
        json!({"entered_on": self.day(-90), "information_received_on": self.day(-85)})
    }

    /// What a milestone of last month says.
    pub fn milestone_order(&self) -> Value {
        json!({"kind": "driving_licence", "occurred_on": self.day(-30), "source": "document", "comment": "Au deuxième essai."})
    }

    /// What a barrier of two months ago says.
    pub fn barrier_order(&self) -> Value {
        json!({
            "kind": "mobility", "situation": "mobility_no_licence", "impact": "strong", "goal": "mobility_licence", "note": "Code obtenu.",
            "opened_on": self.day(-60),
        })
    }

    /// What an intervention of last week says, of whoever records it.
    pub fn intervention_order(&self) -> Value {
        json!({
            "kind": "interview", "theme": "mobility", "occurred_on": self.day(-7), "minutes": 45, "professional_id": null,
            "framework": "insertion", "enrolment_id": null, "moment": null, "note": "Point à mi-parcours.",
        })
    }

    /// What an engagement contract says that begins today: it is complete.
    pub fn contract_terms(&self) -> Value {
        json!({
            "starts_on": self.day(0), "months": 6, "review_on": self.day(90), "assessed_on": self.day(0), "weekly_hours": 15,
            "objectives": [{"key": "mobility", "theme": "mobility", "text": "Se déplacer sans dépendre de personne."}],
            "commitments": [
                {"key": "workshop", "party": "beneficiary", "kind": "support", "text": "Venir à l'atelier le mardi et le jeudi."},
                {"key": "licence", "party": "organisation", "kind": "access_to_rights", "text": "Chercher un financement du permis.",
                 "objective": "mobility", "due_on": self.day(60)},
            ],
        })
    }

    /// The orientation in force of somebody who asked for one: to the département's own socioprofessional accompaniment.
    pub async fn oriented(&self, person: &Person) -> String {
        let (orientation, manager) = (self.orientation(person).await, self.server.manager().await);
        let path = format!("/v1/orientations/{orientation}");
        manager.post(&format!("{path}/interview"), json!({"on": self.day(0), "outcome": "held"})).await.expect(200);
        let home = self.server.department();
        manager.post(&format!("{path}/proposal"), self.proposal_order(&home, "socioprofessional")).await.expect(200);
        let mut order = self.decision_order(&home, "socioprofessional");
        order["reason"] = json!("Au vu de l'entretien.");
        manager.post(&format!("{path}/decision"), order).await.expect(200);
        orientation
    }

    /// A word about somebody's readiness.
    pub async fn readiness(&self, person: &Person) -> String {
        let order = json!({"able": false, "reasons": ["mobility"], "assessed_on": self.day(0)});
        self.id_of(self.server.manager().await, &format!("/v1/beneficiaries/{}/readiness", person.id), order).await
    }

    /// A draft contract of somebody who is oriented.
    pub async fn contract(&self, person: &Person) -> String {
        let order = self.contract_terms();
        self.id_of(self.server.manager().await, &format!("/v1/beneficiaries/{}/contracts", person.id), order).await
    }
}

/// Any two of the first 1,344 differ in two digits at least, and none is another with day and month swapped: days from the 13th on are no
/// months, and the last digit of the year follows from the others.
fn birth_date(number: u64) -> String {
    let (day, month, decade) = (13 + number % 16, 1 + number / 16 % 12, 3 + number / 192 % 7);
    assert!(number < 1_344, "more people than there are birth dates that nobody mistakes");
    let check = (decade + 3 * (month / 10) + 7 * (month % 10) + 9 * (day / 10) + day % 10) % 10;
    format!("19{decade}{check}-{month:02}-{day:02}")
}

/// No two of the first 11,988 are the same: somebody born in Haute-Vienne, each by their rank in the register of a month.
fn nir(number: u64) -> String {
    assert!(number < 11_988, "more people than there are numbers");
    format!("185{:02}87999{:03}", 1 + number / 999, 1 + number % 999)
}

/// Any two of the first 2,197 differ in two syllables at least, and sound different: the last syllable follows from the others.
fn surname(number: u64) -> String {
    const SYLLABLES: [&str; 13] = ["ba", "do", "fi", "gu", "ja", "ko", "lu", "ma", "ni", "po", "ra", "tu", "vi"];
    assert!(number < 2_197, "more people than there are names that nobody mistakes");
    let parts = [number % 13, number / 13 % 13, number / 169];
    let check = (parts[0] + 2 * parts[1] + 3 * parts[2]) % 13;
    let name: String = parts.into_iter().chain([check]).map(|part| SYLLABLES[usize::try_from(part).unwrap()]).collect();
    name[..1].to_uppercase() + &name[1..]
}
