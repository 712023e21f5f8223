//! Who works there: caseworkers by territory, one of the PLIE, managers, and one person of every other role.

use domain::actor::Role;
use domain::id::Id;
use domain::organisation::{Organisation, OrganisationKind};
use domain::policy::{ManageProfessional, ReadProfessional};
use domain::professional::{Around, Professional, ProfessionalOrder};
use domain::text::folded;
use persistence::professionals::{self, ProfessionalQuery};
use persistence::{Listing, Write};

use super::chance::{Chance, Kind};
use super::maker::{Maker, World, said};
use super::{names, places};
use crate::problem::Stop;

/// Somebody of the invented staff.
pub(super) struct Colleague {
    pub(super) id: Id<Professional>,
    pub(super) role: Role,
    pub(super) email: String,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    /// What their organisation is; the first of its kind.
    works_for: OrganisationKind,
    profession: &'static str,
    /// The number of the territory of a caseworker of the département.
    pub(super) territory: Option<usize>,
}

/// The professions of caseworkers.
const CASEWORK: [&str; 5] = ["social_worker", "insertion_adviser", "family_economics_adviser", "nurse", "child_nurse"];

/// The staff. The first person of each role is the one whose token is printed.
pub(super) fn staff(maker: &Maker<'_>) -> Vec<Colleague> {
    use OrganisationKind::{Association, Department, Plie};
    let caseworkers = (0..places::caseworkers()).map(|n| (Role::Caseworker, Department, Some(places::of_caseworker(n))));
    let others = [
        (Role::Caseworker, Plie, None),
        (Role::Manager, Department, None),
        (Role::Manager, Department, None),
        (Role::Manager, Department, None),
        (Role::Administrator, Department, None),
        (Role::Auditor, Department, None),
        (Role::Analyst, Department, None),
        (Role::Partner, Association, None),
    ];
    let mut staff: Vec<Colleague> = Vec::new();
    for (n, (role, works_for, territory)) in (0..).zip(caseworkers.chain(others)) {
        let mut chance = Chance::of(maker.world.seed, Kind::Professional, n, 0);
        let id = chance.id(World::begins_at());
        let (first_name, last_name) = names::draw(&mut chance);
        let host = match works_for {
            Department => "haute-vienne.example",
            Plie => "plie.example",
            _ => "gue-merle.example",
        };
        let local = |name: &str| folded(name).replace(' ', "-");
        let plain = format!("{}.{}@{host}", local(first_name), local(last_name));
        let taken = staff.iter().any(|colleague| colleague.email == plain);
        let email = if taken { plain.replace('@', &format!("{n}@")) } else { plain };
        let profession = match role {
            Role::Caseworker => chance.pick(&CASEWORK, "social_worker"),
            Role::Manager => "coordinator",
            Role::Partner => "trainer",
            Role::Administrator | Role::Auditor | Role::Analyst => "administrative_officer",
        };
        staff.push(Colleague { id, role, email, first_name, last_name, works_for, profession, territory });
    }
    staff
}

/// Invites those who are missing.
pub(super) async fn make(maker: &Maker<'_>, w: &Write, organisations: &[Organisation]) -> Result<(), Stop> {
    let read = maker.may::<ReadProfessional>(maker.world.now)?;
    let known = professionals::list(w, &read, &ProfessionalQuery::default(), &Listing::first(10_000)).await?.items;
    let scope = maker.may::<ManageProfessional>(World::begins_at())?;
    for colleague in staff(maker) {
        let Some(organisation) = organisations.iter().find(|organisation| organisation.kind == colleague.works_for) else { continue };
        if known.iter().any(|professional| professional.id == colleague.id || *professional.email == *colleague.email) {
            continue;
        }
        let territories: Vec<_> = colleague.territory.map(|n| places::id(maker, n)).into_iter().collect();
        let order = ProfessionalOrder {
            email: said(&colleague.email)?,
            last_name: said(colleague.last_name)?,
            first_name: said(colleague.first_name)?,
            role: colleague.role,
            profession: Some(said(colleague.profession)?),
            territories: territories.clone(),
        };
        let around = Around { organisation, known_territories: &territories, email_taken: false, vocabulary: maker.vocabulary };
        let invited = Professional::invite(&scope, colleague.id, order, around)?;
        professionals::save(w, &invited).await?;
    }
    Ok(())
}
