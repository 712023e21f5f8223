//! What may happen to a referral, at random.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// When something else happens.
#[derive(Clone, Debug)]
pub(super) enum Delay {
    Millisecond,
    Minutes(i64),
    Days(i64),
    /// So many milliseconds after the referral expires, if that lies ahead.
    Expiry(i64),
}

/// The groups 300 and 301 are of the action, 302 is of another.
pub(super) const GROUPS: [u128; 3] = [300, 301, 302];

/// Days are counted from today.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Pass(Delay),
    SendAnother,
    AnotherEnds,
    Edit {
        objective: usize,
        barriers: usize,
        signed_on: usize,
        site: usize,
    },
    Receive {
        external_id: Option<usize>,
        identifier: Option<usize>,
    },
    Accept {
        referent: Option<usize>,
        group: Option<u128>,
        starts: Option<i64>,
    },
    Refuse {
        reason: &'static str,
        comment: Option<&'static str>,
    },
    Wait,
    Start {
        on: i64,
    },
    Conclude(Concluded, i64),
    Cancel {
        reason: &'static str,
        comment: Option<&'static str>,
    },
    Lapse,
    Attend {
        own: bool,
        status: Option<AttendanceStatus>,
        on: i64,
    },
    Exit {
        own: bool,
        on: i64,
        reason: EndReason,
    },
    EditPerson {
        phone: usize,
        born: usize,
        identifier: Option<usize>,
        moves: bool,
    },
    /// Somebody is enrolled without a referral, person 0 or another.
    Enrol {
        group: usize,
        own: bool,
        from: i64,
        days: Option<i64>,
    },
    /// Somebody else leaves.
    Leave {
        place: usize,
        on: i64,
    },
    /// Somebody else comes on the waiting list, under a referral before or after this one.
    Queue {
        before: bool,
        group: Option<u128>,
    },
    Promote {
        group: usize,
    },
}

impl Step {
    /// Whether it is an order or an answer: said again, it changes nothing.
    pub(super) fn is_said(&self) -> bool {
        let ordered = matches!(self, Self::Edit { .. } | Self::Cancel { .. });
        let answered = matches!(self, Self::Receive { .. } | Self::Accept { .. } | Self::Refuse { .. } | Self::Wait);
        ordered || answered || matches!(self, Self::Start { .. } | Self::Conclude(..))
    }
}

/// What an accompaniment came to, as it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Concluded {
    pub(super) completed: bool,
    pub(super) reason: Option<&'static str>,
    pub(super) comment: Option<&'static str>,
    pub(super) came: Option<Came>,
    pub(super) selected: Option<bool>,
    pub(super) joined: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    Accompaniment,
    Group,
    AnyGroup,
}

/// A referral, and all that happens to it.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) kind: K,
    pub(super) meant: Meant,
    /// Whether the groups of the action are full, or one seat is free in each.
    pub(super) is_full: bool,
    pub(super) steps: Vec<Step>,
}

pub(super) const OBJECTIVES: [&str; 2] = ["Reprendre confiance et se déplacer seule", "Passer le permis"];
pub(super) const BARRIERS: [&[BarrierKind]; 5] = {
    use BarrierKind::{Digital, Health, Language, Mobility};
    [&[Mobility, Language], &[Language, Mobility], &[Digital], &[], &[Health, Health]]
};
pub(super) const EXTERNAL_IDS: [&str; 2] = ["D-1", "D-2"];
/// The last is somebody else's.
pub(super) const IDENTIFIERS: [&str; 4] = ["12345678901", "12345678902", "1234567A", "12345678909"];
pub(super) const SOMEBODY_ELSE_S: usize = 3;
pub(super) const REFERENTS: [&str; 2] = ["Référente", "Remplaçant"];
pub(super) const PHONES: [&str; 2] = ["0612345678", "0687654321"];
/// The second turns 26 the day after the referral is sent, the last is not known.
pub(super) const BIRTH_DATES: [Option<&str>; 3] = [Some("2006-05-02"), Some("2000-11-18"), None];

fn some_delay() -> impl Strategy<Value = Delay> {
    prop_oneof![
        2 => Just(Delay::Millisecond),
        3 => (1i64..600).prop_map(Delay::Minutes),
        3 => (1i64..5).prop_map(Delay::Days),
        1 => (5i64..25).prop_map(Delay::Days),
        2 => (-1i64..=1).prop_map(Delay::Expiry),
    ]
}

fn some_reason() -> impl Strategy<Value = &'static str> {
    select(vec!["known", "known", "known", "known", "retired", "unheard_of"])
}

fn some_comment() -> impl Strategy<Value = Option<&'static str>> {
    select(vec![None, None, Some("Un mot"), Some("Un autre")])
}

fn some_conclusion() -> impl Strategy<Value = Concluded> {
    let came = select(vec![None, Some(Came::Yes), Some(Came::No), Some(Came::Excused)]);
    let reason = select(vec![None, Some("known"), Some("known"), Some("retired")]);
    let rest = (some_comment(), select(vec![None, Some(true)]), select(vec![None, Some(false)]));
    (any::<bool>(), reason, came, rest).prop_map(|(completed, reason, came, (comment, selected, joined))| {
        let reason = if completed { reason.filter(|reason| *reason == "retired") } else { reason };
        Concluded { completed, reason, comment, came, selected, joined }
    })
}

/// What the département does.
fn some_order() -> impl Strategy<Value = Step> {
    let signed_on = select(vec![0, 0, 0, 1, 2]);
    let site = select(vec![0, 0, 1, 1, 2]);
    prop_oneof![
        3 => (0..OBJECTIVES.len(), 0..BARRIERS.len(), signed_on, site)
            .prop_map(|(objective, barriers, signed_on, site)| Step::Edit { objective, barriers, signed_on, site }),
        1 => (some_reason(), some_comment()).prop_map(|(reason, comment)| Step::Cancel { reason, comment }),
        4 => Just(Step::SendAnother),
        2 => Just(Step::AnotherEnds),
        2 => (0..PHONES.len(), 0..BIRTH_DATES.len(), select(vec![None, None, Some(0), Some(2)]), any::<bool>())
            .prop_map(|(phone, born, identifier, moves)| Step::EditPerson { phone, born, identifier, moves }),
    ]
}

/// What the receiver answers.
fn some_answer() -> impl Strategy<Value = Step> {
    let external_id = select(vec![None, None, Some(0), Some(0), Some(1)]);
    let identifier = select(vec![None, None, None, Some(0), Some(1), Some(2), Some(SOMEBODY_ELSE_S)]);
    let referent = select(vec![None, Some(0), Some(0), Some(1)]);
    let group = select(vec![None, None, None, None, Some(300), Some(301), Some(302), Some(309)]);
    let starts = select(vec![None, None, None, None, Some(-40), Some(-2), Some(0), Some(3), Some(90)]);
    prop_oneof![
        4 => (external_id, identifier).prop_map(|(external_id, identifier)| Step::Receive { external_id, identifier }),
        4 => (referent, group, starts).prop_map(|(referent, group, starts)| Step::Accept { referent, group, starts }),
        2 => (some_reason(), some_comment()).prop_map(|(reason, comment)| Step::Refuse { reason, comment }),
        5 => Just(Step::Wait),
        2 => (-2i64..=1).prop_map(|on| Step::Start { on }),
        2 => (some_conclusion(), -2i64..=1).prop_map(|(concluded, on)| Step::Conclude(concluded, on)),
    ]
}

fn some_end() -> impl Strategy<Value = EndReason> {
    prop_oneof![Just(EndReason::Completed), select(EndReason::ALL)]
}

/// What happens around it.
fn some_event() -> impl Strategy<Value = Step> {
    use AttendanceStatus::{AbsentExcused, LeftEarly, Present};
    let own = || select(vec![true, true, true, false]);
    let status = select(vec![Some(Present), Some(LeftEarly), Some(AbsentExcused), None]);
    let group = || select(vec![0, 0, 1]);
    prop_oneof![
        2 => Just(Step::Lapse),
        3 => (own(), status, -3i64..=0).prop_map(|(own, status, on)| Step::Attend { own, status, on }),
        1 => (own(), -3i64..10, some_end()).prop_map(|(own, on, reason)| Step::Exit { own, on, reason }),
        2 => (group(), any::<bool>(), -5i64..20, select(vec![None, Some(3), Some(10)]))
            .prop_map(|(group, own, from, days)| Step::Enrol { group, own, from, days }),
        3 => (0usize..8, -5i64..10).prop_map(|(place, on)| Step::Leave { place, on }),
        1 => (any::<bool>(), select(vec![None, Some(300), Some(301)])).prop_map(|(before, group)| Step::Queue { before, group }),
        4 => group().prop_map(|group| Step::Promote { group }),
    ]
}

pub(super) fn some_life() -> impl Strategy<Value = Life> {
    // These have rules of their own.
    let kind = select([&ACCOMPANY[..], &[K::MissionLocale, K::MissionLocale, K::PoleEmploi]].concat());
    let meant = select(vec![Meant::Accompaniment, Meant::Accompaniment, Meant::Group, Meant::Group, Meant::AnyGroup]);
    let step = prop_oneof![2 => some_delay().prop_map(Step::Pass), 2 => some_order(), 4 => some_answer(), 4 => some_event()];
    let all = (kind, meant, any::<bool>(), proptest::collection::vec(step, 1..40));
    all.prop_map(|(kind, meant, is_full, steps)| Life { kind, meant, is_full, steps })
}
