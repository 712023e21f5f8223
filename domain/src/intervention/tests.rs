//! What the rules of interventions hold to, at their borders.

use super::*;
use crate::actor::{Standing, System};
use crate::given::{
    at, beneficiary, caseworker, day, department, fault, faults, id, manager, note, now, organisation, professional, scope, term, vocabulary,
};

use OrganisationKind as K;

/// The caller of the tests, at work where [`caseworker`] is.
fn practitioner(kind: OrganisationKind, role: Role) -> Practitioner {
    Practitioner { id: id(1), organisation: organisation(kind).id, kind, role, profession: Some(term("social_worker")), disabled_at: None }
}

/// A colleague of the département.
fn colleague() -> Practitioner {
    Practitioner { id: id(7), profession: Some(term("nurse")), ..practitioner(K::Department, Role::Caseworker) }
}

fn order() -> InterventionOrder {
    InterventionOrder {
        kind: term("known"),
        theme: term("known"),
        occurred_on: day("2026-11-17"),
        minutes: None,
        framework: Framework::Insertion,
        enrolment: None,
        moment: None,
        note: None,
    }
}

/// Recorded by the département of the caller, or of the kind of organisation given.
fn intervention(kind: OrganisationKind) -> Intervention {
    let by = DoneBy { professional: id(1), organisation: organisation(kind).id, profession: Some(term("social_worker")) };
    let stamp = Stamp::first(at("2026-11-02T08:00:00.000Z"));
    Intervention { id: id(9), beneficiary: beneficiary(0).id, by, about: order(), cancelled_at: None, stamp }
}

fn around<T>(practitioner: Option<&Practitioner>, enrolment_known: bool, then: impl FnOnce(Around<'_>) -> T) -> T {
    then(Around { practitioner, enrolment_known, vocabulary: &vocabulary() })
}

fn record(actor: &Actor, practitioner: Option<&Practitioner>, order: InterventionOrder) -> Result<Intervention, Refusal> {
    around(practitioner, true, |around| {
        let decided = Intervention::record(&scope(actor, now()), id(9), &beneficiary(0), order, around);
        decided.map(|decided| decided.after.clone())
    })
}

/// The faults of an order of the caseworker of the département about what they did themselves.
fn found(order: InterventionOrder) -> Vec<(String, Rule)> {
    let own = practitioner(K::Department, Role::Caseworker);
    record(&caseworker(), Some(&own), order).map_or_else(faults, |_| Vec::new())
}

fn edit(before: &Intervention, actor: &Actor, practitioner: Option<&Practitioner>, order: InterventionOrder) -> Result<Intervention, Refusal> {
    around(practitioner, true, |around| {
        let decided = before.edit(&scope(actor, now()), &beneficiary(0), order, around);
        decided.map(|decided| decided.after.clone())
    })
}

#[test]
fn whoever_is_named_did_it_else_who_is_recorded_else_the_caller() {
    let scope = scope(&caseworker(), now());
    let recorded = Intervention { by: DoneBy { professional: id(7), ..intervention(K::Department).by }, ..intervention(K::Department) };
    assert_eq!(practitioner_of(&scope, Some(id(8)), Some(&recorded)), id(8));
    assert_eq!(practitioner_of(&scope, None, Some(&recorded)), id(7), "an edit does not take it over");
    assert_eq!(practitioner_of(&scope, None, None).uuid(), caseworker().principal.uuid());
}

#[test]
fn what_was_done_keeps_who_did_it_as_they_were() {
    let decided = around(Some(&practitioner(K::Department, Role::Caseworker)), false, |around| {
        let order = InterventionOrder { note: Some(note("Point sur les démarches en cours.")), ..order() };
        Intervention::record(&scope(&caseworker(), now()), id(9), &beneficiary(0), order, around).unwrap()
    });
    assert_eq!(decided.after.by, intervention(K::Department).by);
    assert_eq!((decided.after.beneficiary, decided.event.beneficiary), (beneficiary(0).id, Some(beneficiary(0).id)));
    assert_eq!(decided.event.codes, [("kind", "known".to_owned()), ("framework", "insertion".to_owned())]);

    let promoted = Practitioner { profession: Some(term("coordinator")), ..practitioner(K::Department, Role::Caseworker) };
    let edited = edit(&decided.after, &caseworker(), Some(&promoted), InterventionOrder { minutes: Some(45), ..order() }).unwrap();
    assert_eq!((&edited.by, edited.about.minutes, edited.stamp.version), (&decided.after.by, Some(45), 2));
    let by_another = edit(&decided.after, &caseworker(), Some(&colleague()), order()).unwrap();
    assert_eq!(by_another.by, DoneBy { professional: id(7), profession: Some(term("nurse")), ..decided.after.by.clone() });
}

#[test]
fn a_caseworker_says_what_they_and_their_colleagues_did_and_a_manager_what_anybody_did() {
    let unknown = || vec![fault("/professional_id", Rule::ProfessionalUnknown)];
    let of_the_plie = Practitioner { id: id(8), ..practitioner(K::Plie, Role::Caseworker) };
    let by_plie = professional(Role::Caseworker, K::Plie);
    let demo = Actor { principal: id(3), standing: Standing::System(System::Demo) };
    for (actor, practitioner, expected) in [
        (caseworker(), Some(colleague()), vec![]),
        (caseworker(), Some(of_the_plie.clone()), unknown()),
        (caseworker(), None, unknown()),
        (by_plie.clone(), Some(of_the_plie.clone()), vec![]),
        (by_plie, Some(colleague()), unknown()),
        (manager(), Some(colleague()), vec![]),
        (manager(), Some(of_the_plie.clone()), vec![]),
        (manager(), None, unknown()),
        (demo, Some(of_the_plie), vec![]),
    ] {
        let found = record(&actor, practitioner.as_ref(), order()).map_or_else(faults, |_| Vec::new());
        assert_eq!(found, expected, "{actor:?} of {practitioner:?}");
    }
}

#[test]
fn only_those_who_accompany_people_or_lead_who_does_meet_them() {
    for role in Role::ALL {
        let named = Practitioner { id: id(7), ..practitioner(K::Department, *role) };
        let meets = matches!(role, Role::Caseworker | Role::Manager);
        assert_eq!(record(&manager(), Some(&named), order()).is_ok(), meets, "{role}");
    }
}

#[test]
fn whoever_left_could_act_up_to_that_day() {
    let left = Practitioner { disabled_at: Some(at("2026-11-16T10:00:00.000Z")), ..colleague() };
    let on = |day_of: &str| record(&manager(), Some(&left), InterventionOrder { occurred_on: day(day_of), ..order() });
    assert!(on("2026-11-16").is_ok());
    assert_eq!(faults(on("2026-11-17").unwrap_err()), [fault("/professional_id", Rule::ProfessionalUnknown)]);
    let before = Intervention { by: DoneBy { professional: left.id, ..intervention(K::Department).by }, ..intervention(K::Department) };
    assert!(edit(&before, &manager(), Some(&left), order()).is_ok(), "what is recorded of them stays theirs");
}

#[test]
fn the_general_practice_of_the_sector_is_the_departments() {
    let at_large = || InterventionOrder { framework: Framework::SectorGeneralPractice, ..order() };
    assert_eq!(found(at_large()), []);
    for kind in K::ALL.iter().filter(|kind| **kind != K::Department) {
        let delegate = practitioner(*kind, Role::Caseworker);
        let by_itself = record(&professional(Role::Caseworker, *kind), Some(&delegate), at_large());
        let by_a_manager = record(&manager(), Some(&delegate), at_large());
        for refused in [by_itself, by_a_manager] {
            assert_eq!(faults(refused.unwrap_err()), [fault("/framework", Rule::ForbiddenForPurpose)], "{kind}");
        }
        assert!(record(&professional(Role::Caseworker, *kind), Some(&delegate), order()).is_ok(), "{kind}");
    }
}

#[test]
fn codes_are_those_of_the_day_it_was_done() {
    let retired = |on: &str| found(InterventionOrder { kind: term("retired"), theme: term("retired"), occurred_on: day(on), ..order() });
    assert_eq!(retired("2025-12-31"), []);
    assert_eq!(retired("2026-01-01"), [fault("/kind", Rule::CodeUnknown), fault("/theme", Rule::CodeUnknown)]);
}

#[test]
fn it_was_done_today_at_the_latest_and_took_ten_hours_at_most() {
    let out_of_bounds = || vec![fault("/minutes", Rule::OutOfBounds)];
    for (minutes, expected) in [(0, out_of_bounds()), (1, vec![]), (600, vec![]), (601, out_of_bounds()), (-1, out_of_bounds())] {
        assert_eq!(found(InterventionOrder { minutes: Some(minutes), ..order() }), expected, "{minutes}");
    }
    assert_eq!(found(InterventionOrder { occurred_on: day("2026-11-18"), ..order() }), [fault("/occurred_on", Rule::DayInFuture)]);
}

#[test]
fn a_moment_belongs_to_an_enrolment_of_the_person() {
    let with = |enrolment: Option<u128>, moment| InterventionOrder { enrolment: enrolment.map(id), moment, ..order() };
    assert_eq!(found(with(Some(600), Some(Moment::MidTerm))), []);
    assert_eq!(found(with(Some(600), None)), []);
    assert_eq!(found(with(None, Some(Moment::Closing))), [fault("/moment", Rule::MomentMismatch)]);
    let own = practitioner(K::Department, Role::Caseworker);
    let of_another = around(Some(&own), false, |around| {
        Intervention::record(&scope(&caseworker(), now()), id(9), &beneficiary(0), with(Some(601), Some(Moment::Preparation)), around)
    });
    assert_eq!(faults(of_another.unwrap_err()), [fault("/enrolment_id", Rule::EnrolmentUnknown)]);
}

#[test]
fn what_an_organisation_did_is_changed_by_its_people_and_by_managers() {
    let denied = Refusal::Denied(Rule::InterventionReserved);
    let plie = professional(Role::Caseworker, K::Plie);
    for (actor, done_at, allowed) in [
        (caseworker(), K::Department, true),
        (plie.clone(), K::Plie, true),
        (plie, K::Department, false),
        (caseworker(), K::Plie, false),
        (department(Role::Manager), K::Plie, true),
    ] {
        let before = Intervention { cancelled_at: (!allowed).then(now), ..intervention(done_at) };
        let edited = edit(&before, &actor, Some(&practitioner(done_at, Role::Caseworker)), order());
        let cancelled = before.cancel(&scope(&actor, now()), &beneficiary(0));
        if allowed {
            assert!(edited.is_ok() && cancelled.is_ok(), "{actor:?}");
        } else {
            assert_eq!((edited.unwrap_err(), cancelled.unwrap_err()), (denied.clone(), denied.clone()), "{actor:?}, whatever its state");
        }
    }
}

#[test]
fn what_is_cancelled_is_edited_no_more_and_cancelled_once() {
    let before = intervention(K::Department);
    let cancelled = before.cancel(&scope(&caseworker(), now()), &beneficiary(0)).unwrap().unwrap();
    assert_eq!((cancelled.after.cancelled_at, cancelled.after.stamp.version), (Some(now()), 2));
    assert!(cancelled.after.cancel(&scope(&caseworker(), now()), &beneficiary(0)).unwrap().is_none());
    let own = practitioner(K::Department, Role::Caseworker);
    assert_eq!(edit(&cancelled.after, &caseworker(), Some(&own), order()).unwrap_err(), Refusal::Conflict(Rule::EntryCancelled));
}

#[test]
fn a_closed_file_gains_and_changes_no_intervention() {
    let own = practitioner(K::Department, Role::Caseworker);
    let scope = scope(&caseworker(), now());
    let merged = Beneficiary { merged_into: Some(id(501)), ..beneficiary(0) };
    let purged = Beneficiary { purged_at: Some(now()), ..beneficiary(0) };
    for person in [merged, purged] {
        let closed = Refusal::Conflict(Rule::BeneficiaryClosed);
        around(Some(&own), true, |around| {
            assert_eq!(Intervention::record(&scope, id(9), &person, order(), around).unwrap_err(), closed);
            assert_eq!(intervention(K::Department).edit(&scope, &person, order(), around).unwrap_err(), closed);
        });
        assert_eq!(intervention(K::Department).cancel(&scope, &person).unwrap_err(), closed);
    }
}

#[test]
fn several_faults_are_told_at_once() {
    let wrong =
        InterventionOrder { kind: term("nothing"), occurred_on: day("2026-11-18"), minutes: Some(0), moment: Some(Moment::Closing), ..order() };
    let refused = record(&caseworker(), None, wrong).unwrap_err();
    let pointers: Vec<String> = faults(refused).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/kind", "/occurred_on", "/minutes", "/professional_id", "/moment"]);
}
