//! The matrix, read from each caller's side.

use super::*;
use crate::given::{at, caseworker, client, department, id, manager, now, organisation, partner, professional, scope};

/// What every client of an association holds by default: the bundles of a partner and of a receiver.
const PARTNER: [ClientScope; 5] = [
    ClientScope::SessionsRead,
    ClientScope::SessionsWrite,
    ClientScope::AttendanceWrite,
    ClientScope::ReferralsReceive,
    ClientScope::ReferralsAnswer,
];

fn all() -> impl Iterator<Item = Who> {
    let scopes = ClientScope::ALL.iter().map(|scope| Who::Scope(*scope));
    let roles = Role::ALL.iter().map(|role| Who::Role(*role));
    scopes.chain(roles).chain(System::ALL.iter().map(|system| Who::System(*system)))
}

fn allowed(who: Who) -> Vec<&'static str> {
    FunctionName::ALL.iter().filter(|function| permits(who, **function).is_some()).map(|function| function.code()).collect()
}

/// Whether the actor may use each of the functions, by asking `may` as a handler does.
macro_rules! reaches {
    ($actor:expr, $($function:ty),*) => { [$(may::<$function>($actor, now()).ok().map(|scope| scope.reach())),*] };
}

#[test]
fn the_reviewed_matrix_is_the_one_in_force() {
    let reviewed = include_str!("../../permissions.txt");
    assert_eq!(reviewed, matrix(), "domain/permissions.txt differs: review, then run `cargo run -- permissions > domain/permissions.txt`");
}

#[test]
fn a_caseworker_reaches_territories_and_in_a_delegate_the_people_it_accompanies() {
    let own = may::<ReadBeneficiary>(&caseworker(), now()).unwrap();
    assert_eq!(own.reach(), Reach::Territories(caseworker().principal));
    for kind in OrganisationKind::ALL.iter().filter(|kind| **kind != OrganisationKind::Department) {
        let delegate = may::<ReadBeneficiary>(&professional(Role::Caseworker, *kind), now()).unwrap();
        assert_eq!(delegate.reach(), Reach::Accompanied(organisation(*kind).id));
        assert!(may::<GrantAccess>(&professional(Role::Caseworker, *kind), now()).is_err(), "breaking the glass is the département's own");
    }
}

#[test]
fn a_partner_reaches_its_own_organisation_and_a_manager_all() {
    let own = Some(Reach::Organisation(organisation(OrganisationKind::Association).id));
    assert_eq!(reaches!(&partner(), ReadSession, ManageSession, RecordAttendance, CloseSheet, CloseEnrolment), [own; 5]);
    assert_eq!(reaches!(&partner(), ReadBeneficiary, Enrol, CorrectAttendance, ManageGroup), [None; 4]);
    let whole = Some(Reach::Department);
    assert_eq!(reaches!(&manager(), ReadBeneficiary, Enrol, CorrectAttendance, ManageGroup, RecordAttendance), [whole; 5]);
}

#[test]
fn a_client_without_any_scope_may_nothing() {
    let client = client(OrganisationKind::Association, &[]);
    assert_eq!(reaches!(&client, UseApi, ReadSession, ReadOrganisation), [None; 3]);
}

#[test]
fn each_scope_opens_its_own_functions() {
    let opens = |scope| allowed(Who::Scope(scope));
    let read = ["use_api", "read_organisation", "read_agreement", "read_action", "read_group", "read_session", "read_enrolment", "read_attendance"];
    assert_eq!(opens(ClientScope::SessionsRead), read);
    assert_eq!(opens(ClientScope::SessionsWrite), ["use_api", "manage_session", "close_enrolment"]);
    let attend = ["use_api", "record_attendance", "close_sheet", "submit_attendance", "read_submission", "read_held_line"];
    assert_eq!(opens(ClientScope::AttendanceWrite), attend);
    assert_eq!(opens(ClientScope::ReferralsReceive), ["use_api", "read_referral", "pull_feed"]);
    assert_eq!(opens(ClientScope::ReferralsAnswer), ["use_api", "answer_referral"]);
    assert_eq!(opens(ClientScope::ReferralsIdentify), ["use_api", "identify_referral"]);
}

#[test]
fn a_function_names_the_scope_it_needs() {
    for function in FunctionName::ALL.iter().filter(|function| **function != FunctionName::UseApi) {
        let opened_by: Vec<ClientScope> = ClientScope::ALL.iter().copied().filter(|scope| permits(Who::Scope(*scope), *function).is_some()).collect();
        assert_eq!(opened_by, Vec::from_iter(client_scope(*function)), "{}", function.code());
    }
}

#[test]
fn a_person_of_a_partner_has_the_rights_of_its_clients() {
    for function in FunctionName::ALL {
        let by_clients = PARTNER.iter().find_map(|scope| permits(Who::Scope(*scope), *function));
        assert_eq!(permits(Who::Role(Role::Partner), *function), by_clients, "{}", function.code());
    }
}

#[test]
fn a_client_never_reaches_beyond_its_organisation() {
    for function in FunctionName::ALL {
        for scope in ClientScope::ALL {
            assert!(matches!(permits(Who::Scope(*scope), *function), None | Some(Extent::Own)));
        }
    }
    let plie = client(OrganisationKind::Plie, &ClientScope::ALL[..5]);
    let own = Some(Reach::Organisation(organisation(OrganisationKind::Plie).id));
    assert_eq!(reaches!(&plie, UseApi, ReadSession, RecordAttendance), [own; 3], "the bundles of partner and receiver together");
}

#[test]
fn administrators_auditors_and_analysts_see_no_person() {
    for role in [Role::Administrator, Role::Auditor, Role::Analyst] {
        for function in [FunctionName::ReadBeneficiary, FunctionName::ReadEnrolment, FunctionName::ReadAttendance] {
            assert_eq!(permits(Who::Role(role), function), None);
        }
    }
    assert_eq!(allowed(Who::Role(Role::Analyst)), ["use_api"]);
}

#[test]
fn only_the_auditor_reads_who_read_what() {
    let readers: Vec<Who> = all().filter(|who| permits(*who, FunctionName::ReadAccessLog).is_some()).collect();
    assert_eq!(readers, [Who::Role(Role::Auditor)]);
}

#[test]
fn sweeps_write_down_what_time_decided_and_who_has_a_free_place_and_nothing_else() {
    assert_eq!(allowed(Who::System(System::Sweep)), ["lapse_referral", "place_orientation"]);
    assert_eq!(reaches!(&Actor::system(System::Demo), ManageBeneficiary, Enrol), [Some(Reach::Department); 2]);
    assert_eq!(reaches!(&Actor::system(System::Cli), ManageBeneficiary, ReadBeneficiary), [None; 2]);
}

#[test]
fn may_gives_exactly_what_the_matrix_permits() {
    macro_rules! agree {
        ($($function:ty),* $(,)?) => {
            for role in Role::ALL {
                let found = [$(may::<$function>(&department(*role), now()).map(|scope| scope.reach())),*];
                let expected = [$(<$function>::NAME),*].map(|function| match permits(Who::Role(*role), function) {
                    None => Err(Denied { function }),
                    Some(Extent::Own) => Ok(Reach::Organisation(organisation(OrganisationKind::Department).id)),
                    Some(Extent::Accompanied) => Ok(Reach::Territories(id(1))),
                    Some(Extent::Whole) => Ok(Reach::Department),
                });
                assert_eq!(found, expected, "{role}");
            }
        };
    }
    agree!(
        UseApi,
        ReadOrganisation,
        ManageOrganisation,
        ReadAgreement,
        ManageAgreement,
        ReadClient,
        ManageClient,
        ReadProfessional,
        ManageProfessional,
        ReadTerritory,
        ManageTerritory,
        ReadAccessLog,
        GrantAccess,
        ReadBeneficiary,
        ManageBeneficiary,
        ReadAction,
        ManageAction,
        ReadGroup,
        ManageGroup,
        ReadSession,
        ManageSession,
        ReadEnrolment,
        Enrol,
        CloseEnrolment,
        ReadAttendance,
        RecordAttendance,
        CloseSheet,
        CorrectAttendance,
    );
}

#[test]
fn a_scope_at_a_later_moment_is_the_same_permission() {
    let first: Scope<Enrol> = scope(&caseworker(), now());
    let retried = first.at(at("2026-11-17T18:00:01.000Z"));
    assert_eq!(retried.now(), at("2026-11-17T18:00:01.000Z"));
    assert_eq!((retried.actor(), retried.reach()), (first.actor(), first.reach()));
    assert_eq!(first.now(), now(), "the first stays what it was");
}
