//! Referrals, sentence by sentence: sent to Pôle emploi or to an action on a Tuesday evening, and what becomes of them.

use std::sync::LazyLock;

use super::*;
use crate::accompaniment::Accompaniment::Socioprofessional;
use crate::beneficiary::BeneficiaryOrder;
use crate::enrolment::SeatTaken;
use crate::given::{
    action, at, beneficiary, caseworker, client, day, fault, faults, group, id, label, line, manager, name, note, now, organisation, period, scope,
    stamp, term, vocabulary,
};
use crate::organisation::Delegation;
use crate::policy::{AnswerReferral, LapseReferral, Refer, Scope};
use crate::refusal::{Refusal, Rule};
use crate::settings::Settings;
use crate::vocabulary::Vocabulary;

mod answering;
mod disclosed;
mod following;
mod model;
mod sending;

/// Thirty days after [`now`], and the millisecond before.
const EXPIRY: &str = "2026-12-17T18:00:00.000Z";
const ONE_MILLISECOND_BEFORE: &str = "2026-12-17T17:59:59.999Z";

/// What most tests answer on: the day after a referral was sent.
const LATER: &str = "2026-11-18T09:00:00.000Z";

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(vocabulary);

/// The receivers that accompany.
const ACCOMPANY: [OrganisationKind; 7] = [
    OrganisationKind::Association,
    OrganisationKind::PoleEmploi,
    OrganisationKind::MissionLocale,
    OrganisationKind::CapEmploi,
    OrganisationKind::Plie,
    OrganisationKind::Ccas,
    OrganisationKind::Other,
];

// ---- who asks

fn refers(when: &str) -> Scope<Refer> {
    scope(&caseworker(), at(when))
}

fn answers(when: &str) -> Scope<AnswerReferral> {
    scope(&client(OrganisationKind::PoleEmploi, &[crate::actor::ClientScope::ReferralsAnswer]), at(when))
}

fn sweep(when: &str) -> Scope<LapseReferral> {
    scope(&crate::actor::Actor::system(crate::actor::System::Sweep), at(when))
}

// ---- what stands around an order

#[derive(Clone)]
struct Surroundings {
    receiver: Option<Organisation>,
    delegations: Vec<Delegation>,
    site: Option<Site>,
    action: Option<Action>,
    group: Option<Group>,
    is_open: bool,
    referrer: Option<Referrer>,
    settings: Settings,
}

impl Surroundings {
    fn view(&self) -> Around<'_> {
        Around {
            receiver: self.receiver.as_ref(),
            delegations: &self.delegations,
            site: self.site.as_ref(),
            action: self.action.as_ref(),
            group: self.group.as_ref(),
            is_open: self.is_open,
            referrer: self.referrer.as_ref(),
            settings: &self.settings,
            vocabulary: &VOCABULARY,
        }
    }
}

/// An organisation of this kind is to accompany somebody; everything is delegated to it.
fn towards(kind: OrganisationKind) -> Surroundings {
    let receiver = organisation(kind);
    let delegation = Delegation {
        id: id(1),
        organisation: receiver.id,
        accompaniments: Accompaniment::ALL.to_vec(),
        period: period("2025-01-01", ""),
        stamp: stamp(),
    };
    Surroundings {
        receiver: Some(receiver),
        delegations: vec![delegation],
        site: None,
        action: None,
        group: None,
        is_open: false,
        referrer: Some(referrer()),
        settings: Settings::default(),
    }
}

/// The action of [`action`] and its group, run by an organisation of this kind.
fn towards_action(kind: OrganisationKind) -> Surroundings {
    let action = Action { organisation: organisation(kind).id, ..action() };
    Surroundings { delegations: Vec::new(), action: Some(action), group: Some(group()), ..towards(kind) }
}

fn referrer() -> Referrer {
    Referrer {
        organisation_name: label("Département de la Haute-Vienne"),
        last_name: name("Exemplaire"),
        first_name: name("Dominique"),
        email: "dominique.exemplaire@departement.example".parse().unwrap(),
    }
}

fn site_of(kind: OrganisationKind) -> Site {
    Site {
        id: id(150),
        organisation: organisation(kind).id,
        code: line("87012"),
        label: label("Limoges Leclerc"),
        commune_code: None,
        stamp: stamp(),
    }
}

/// Person 0, of whom everything is known: 20 years old.
fn person() -> Beneficiary {
    let details = Details {
        birth_name: Some(name("Modèle")),
        phone: "0612345678".parse().ok(),
        email: "camille.exemple@courriel.example".parse().ok(),
        ..Details::default()
    };
    Beneficiary { birth_date: Some(day("2006-05-02")), commune_code: "87085".parse().ok(), details, ..beneficiary(0) }
}

fn merged(person: Beneficiary) -> Beneficiary {
    Beneficiary { merged_into: Some(id(509)), ..person }
}

fn purged(person: Beneficiary) -> Beneficiary {
    Beneficiary { purged_at: Some(now()), last_name: None, first_name: None, ..person }
}

// ---- what is ordered

fn about() -> EditOrder {
    EditOrder {
        site: None,
        objective: note("Reprendre confiance et se déplacer seule"),
        barriers: vec![BarrierKind::Mobility, BarrierKind::Language],
        signed_on: Some(day("2026-11-17")),
    }
}

fn accompanied(accompaniment: Accompaniment) -> SendOrder {
    let organisation = organisation(OrganisationKind::PoleEmploi).id;
    SendOrder { purpose: PurposeOrder::Accompaniment { accompaniment, organisation }, about: about() }
}

fn placed(group: Option<u128>) -> SendOrder {
    SendOrder { purpose: PurposeOrder::Action { action: id(200), group: group.map(id), status_at_entry: term("known") }, about: about() }
}

fn referent(last_name: &str) -> Referent {
    Referent {
        last_name: name(last_name),
        first_name: name("Claude"),
        email: "claude@receveur.example".parse().ok(),
        phone: "0555123456".parse().ok(),
    }
}

// ---- what there is

fn sent(order: SendOrder, around: &Surroundings) -> Referral {
    Referral::send(&scope(&caseworker(), now()), id(800), &person(), order, &around.view()).unwrap().after.clone()
}

/// To be accompanied by an organisation of this kind.
fn accompaniment_by(kind: OrganisationKind) -> Referral {
    sent(accompanied(Socioprofessional), &towards(kind))
}

/// To be accompanied by Pôle emploi.
fn accompaniment() -> Referral {
    accompaniment_by(OrganisationKind::PoleEmploi)
}

/// To take part in the action, in its group.
fn placement() -> Referral {
    sent(placed(Some(300)), &towards_action(OrganisationKind::Association))
}

/// To take part in the action, in whichever group.
fn placement_anywhere() -> Referral {
    sent(placed(None), &Surroundings { group: None, ..towards_action(OrganisationKind::Association) })
}

/// The same where it stands at [`LATER`], with the dates that go with it.
fn standing(state: ReferralState, referral: Referral) -> Referral {
    let (later, seated) = (at(LATER), matches!(state, ReferralState::Accepted | ReferralState::Started));
    let closed_at = if state == ReferralState::Expired { referral.expires_at } else { Some(later).filter(|_| !state.is_open()) };
    Referral {
        state,
        closed_at,
        waiting_since: Some(later).filter(|_| state == ReferralState::WaitingList),
        enrolment: referral.purpose.action().filter(|_| seated).map(|_| (id(600), day("2026-11-18"))),
        started_on: Some(day("2026-11-18")).filter(|_| state == ReferralState::Started),
        stamp: referral.stamp.next(later),
        ..referral
    }
}

const OPEN: [ReferralState; 5] =
    [ReferralState::Sent, ReferralState::Received, ReferralState::WaitingList, ReferralState::Accepted, ReferralState::Started];
const CLOSED: [ReferralState; 4] = [ReferralState::Refused, ReferralState::Completed, ReferralState::Abandoned, ReferralState::Cancelled];

fn seat(person: u128, from: &str, to: &str) -> SeatTaken {
    SeatTaken { person: beneficiary(person).id, period: period(from, to) }
}

/// Both seats of the group, from September on.
fn full() -> Vec<SeatTaken> {
    vec![seat(1, "2026-09-15", ""), seat(2, "2026-09-15", "")]
}

/// Another group of the same action.
fn second_group() -> Group {
    let about = crate::group::GroupOrder { name: label("Bellac, mercredi"), ..group().about };
    Group { id: id(301), about, ..group() }
}

fn ends_on(group: Group, ends_on: &str) -> Group {
    let about = crate::group::GroupOrder { ends_on: Some(day(ends_on)), ..group.about };
    Group { about, ..group }
}

/// A full edit of the person, which repeats everything but what `change` changes.
fn edited(person: &Beneficiary, when: &str, change: impl FnOnce(&mut BeneficiaryOrder)) -> Decided<crate::change::Change<Beneficiary>> {
    let mut order = BeneficiaryOrder {
        last_name: person.last_name.clone().unwrap(),
        first_name: person.first_name.clone().unwrap(),
        birth_date: person.birth_date,
        commune_code: person.commune_code.clone(),
        details: person.details.clone(),
        household: None,
        territory: Some(person.territory),
    };
    change(&mut order);
    let places =
        crate::beneficiary::Around { commune_known: true, proposed: None, territory_known: true, own: &[], household: None, mixing: None, nir: None };
    person.edit(&scope(&manager(), at(when)), order, places).unwrap()
}

// ---- what is told

fn refused<T>(rule: Rule) -> Result<T, Refusal> {
    Err(Refusal::Conflict(rule))
}

/// State, version and what the feed says; none when nothing changes.
fn change(changed: Option<&Decided<ReferralChanged>>) -> Option<(ReferralState, i32, FeedEventType)> {
    changed.map(|changed| (changed.after.state, changed.after.stamp.version, changed.told))
}

/// The same of a decision.
fn told(result: Result<Option<Decided<ReferralChanged>>, Refusal>) -> Result<Option<(ReferralState, i32, FeedEventType)>, Refusal> {
    result.map(|changed| change(changed.as_ref()))
}

#[test]
fn five_states_are_open_and_two_unanswered() {
    use ReferralState as S;
    let open = |state: &&S| state.is_open();
    assert_eq!(S::ALL.iter().filter(open).copied().collect::<Vec<_>>(), OPEN);
    let unanswered = |state: &&S| state.is_unanswered();
    assert_eq!(S::ALL.iter().filter(unanswered).copied().collect::<Vec<_>>(), [S::Sent, S::Received]);
}

#[test]
fn a_receiver_sees_a_referral_for_sixty_days_after_its_end() {
    assert_eq!(at("2026-11-17T18:00:00.000Z").plus(SEEN_AFTER_CLOSING), at("2027-01-16T18:00:00.000Z"));
}

#[test]
fn the_clock_says_what_has_expired_whether_or_not_it_was_written_down() {
    use ReferralState as S;
    for state in S::ALL {
        let referral = standing(*state, placement());
        assert_eq!(referral.state_at(at(ONE_MILLISECOND_BEFORE)), *state);
        let expected = if matches!(state, S::Sent | S::Received) { S::Expired } else { *state };
        assert_eq!(referral.state_at(at(EXPIRY)), expected, "{state}");
        let accompaniment = standing(*state, accompaniment());
        assert_eq!(accompaniment.state_at(at("2199-12-31T00:00:00.000Z")), *state, "an accompaniment never expires");
    }
}
