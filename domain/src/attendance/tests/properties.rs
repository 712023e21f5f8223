//! Whatever is sent.

use super::*;

fn some_value() -> impl Strategy<Value = MarkValue> {
    let fitting =
        prop_oneof![Just(unmarked()), Just(present()), (1..=180).prop_map(late), (1..=180).prop_map(left_early), Just(excused()), Just(absent()),];
    let any = (
        proptest::option::of(proptest::sample::select(AttendanceStatus::ALL)),
        proptest::option::of(-5..200),
        proptest::option::of(proptest::sample::select(vec!["known", "retired"])),
        proptest::option::of(any::<bool>()),
    );
    let any = any.prop_map(|(status, minutes, reason, signed)| MarkValue { status, minutes, reason: reason.map(term), signed });
    prop_oneof![4 => fitting, 1 => any]
}

proptest! {
    #[test]
    fn a_version_counts_the_changes_and_credit_stays_within_the_session(
        puts in proptest::collection::vec(proptest::collection::vec((0u128..3, some_value()), 1..4), 1..30),
    ) {
        let mut standing = sheet(session(), 3);
        let (mut marks, mut puts_that_changed) = ([0, 0, 0], 0);
        for put in puts {
            let orders: Vec<MarkOrder> = put.into_iter().map(|(person, value)| mark(person, value)).collect();
            let Ok(recorded) = record(now(), &standing, orders.clone()) else { continue };
            for change in &recorded.changes {
                let place = recorded.sheet.lines.iter().position(|line| line.enrolment == change.enrolment).unwrap();
                marks[place] += 1;
                prop_assert_ne!(&standing.lines[place].mark.value, &change.mark.value);
                prop_assert_eq!(&recorded.sheet.lines[place].mark, &change.mark);
            }
            puts_that_changed += i32::from(!recorded.changes.is_empty());
            standing = recorded.sheet.clone();
            prop_assert!(record(now(), &standing, orders).unwrap().changes.is_empty(), "the same again");
            prop_assert_eq!(standing.session.sheet_version, 1 + puts_that_changed);
            for (line, changes) in standing.lines.iter().zip(marks) {
                prop_assert_eq!(line.mark.version, changes);
                let credited = line.mark.value.credited_minutes(&standing.session);
                prop_assert_eq!(credited.is_none(), line.mark.value.status.is_none());
                prop_assert!((0..=standing.session.slot.minutes()).contains(&credited.unwrap_or(0)));
            }
        }
    }
}
