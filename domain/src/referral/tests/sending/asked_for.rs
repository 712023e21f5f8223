//! What a person is referred for.

use super::*;

fn fields(kind: PurposeKind, given: [bool; 5]) -> Result<PurposeOrder, Refusal> {
    let [organisation, accompaniment, action, group, status_at_entry] = given;
    let fields = PurposeFields {
        kind,
        organisation: organisation.then(|| id(101)),
        accompaniment: accompaniment.then_some(Social),
        action: action.then(|| id(200)),
        group: group.then(|| id(300)),
        status_at_entry: status_at_entry.then(|| term("known")),
    };
    fields.read()
}

#[test]
fn each_purpose_has_its_own_fields() {
    let (accompaniment, action) = (PurposeKind::Accompaniment, PurposeKind::Action);
    let accompanied = PurposeOrder::Accompaniment { accompaniment: Social, organisation: id(101) };
    assert_eq!(fields(accompaniment, [true, true, false, false, false]), Ok(accompanied));
    let placed = |group| PurposeOrder::Action { action: id(200), group, status_at_entry: term("known") };
    assert_eq!(fields(action, [false, false, true, true, true]), Ok(placed(Some(id(300)))));
    assert_eq!(fields(action, [false, false, true, false, true]), Ok(placed(None)));
}

#[test]
fn a_field_that_lacks_or_belongs_to_the_other_purpose_is_told() {
    const FIELDS: [(&str, PurposeKind, bool); 5] = [
        ("/organisation_id", PurposeKind::Accompaniment, true),
        ("/accompaniment", PurposeKind::Accompaniment, true),
        ("/action_id", PurposeKind::Action, true),
        ("/group_id", PurposeKind::Action, false),
        ("/status_at_entry", PurposeKind::Action, true),
    ];
    for kind in PurposeKind::ALL {
        for bits in 0..32_usize {
            let given = [0, 1, 2, 3, 4].map(|place| bits & (1 << place) != 0);
            let expected = FIELDS.iter().zip(given).filter_map(|((field, of, required), given)| match (given, of == kind) {
                (true, false) => Some(fault(field, Rule::ForbiddenForPurpose)),
                (false, true) if *required => Some(fault(field, Rule::RequiredForPurpose)),
                _ => None,
            });
            assert_eq!(fields(*kind, given).map_or_else(faults, |_| Vec::new()), expected.collect::<Vec<_>>(), "{kind} {given:?}");
        }
    }
}
