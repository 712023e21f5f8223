//! People who work in organisations: role, profession, territories. No password lives anywhere in Jalon.

use crate::actor::Role;
use crate::calendar::Instant;
use crate::change::{Change, Stamp};
use crate::event::Event;
use crate::id::Id;
use crate::organisation::{Organisation, OrganisationKind};
use crate::policy::{ManageProfessional, Scope};
use crate::refusal::{Decided, Faults, Refusal, Rule};
use crate::territory::Territory;
use crate::text::{Email, Name};
use crate::vocabulary::{CodeList, Term, Vocabulary};

/// A person who works with Jalon.
#[derive(Clone, Debug)]
pub struct Professional {
    /// Their id, which is also their principal's.
    pub id: Id<Professional>,
    /// Where they work.
    pub organisation: Id<Organisation>,
    /// Their address, unique.
    pub email: Email,
    /// Family name.
    pub last_name: Name,
    /// First name.
    pub first_name: Name,
    /// What they do in Jalon.
    pub role: Role,
    /// Their trade, a code of `professions`.
    pub profession: Option<Term>,
    /// The territories of a caseworker of the département.
    pub territories: Vec<Id<Territory>>,
    /// Since when they are refused, if they are.
    pub disabled_at: Option<Instant>,
    /// Version and dates.
    pub stamp: Stamp,
}

/// What is said of a professional.
#[derive(Clone, Debug)]
pub struct ProfessionalOrder {
    /// Their address.
    pub email: Email,
    /// Family name.
    pub last_name: Name,
    /// First name.
    pub first_name: Name,
    /// What they do in Jalon.
    pub role: Role,
    /// Their trade.
    pub profession: Option<Term>,
    /// Their territories.
    pub territories: Vec<Id<Territory>>,
}

/// What the rules need to know of the world around a professional.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// Where they work.
    pub organisation: &'a Organisation,
    /// The territories that exist, among those ordered.
    pub known_territories: &'a [Id<Territory>],
    /// Whether somebody else has the address.
    pub email_taken: bool,
    /// The coded lists.
    pub vocabulary: &'a Vocabulary,
}

impl Professional {
    /// Invites somebody.
    pub fn invite(
        scope: &Scope<ManageProfessional>,
        id: Id<Professional>,
        order: ProfessionalOrder,
        around: Around<'_>,
    ) -> Result<Decided<Change<Professional>>, Refusal> {
        let territories = check(scope, &order, around)?;
        let ProfessionalOrder { email, last_name, first_name, role, profession, .. } = order;
        let event = Event::new("professional.invited", id).with("role", role);
        let (organisation, stamp) = (around.organisation.id, Stamp::first(scope.now()));
        Ok(Change::created(Self { id, organisation, email, last_name, first_name, role, profession, territories, disabled_at: None, stamp }, event))
    }

    /// Edits them; where they work stays.
    pub fn edit(
        &self,
        scope: &Scope<ManageProfessional>,
        order: ProfessionalOrder,
        around: Around<'_>,
    ) -> Result<Decided<Change<Professional>>, Refusal> {
        let territories = check(scope, &order, around)?;
        let ProfessionalOrder { email, last_name, first_name, role, profession, .. } = order;
        let (organisation, stamp) = (self.organisation, self.stamp.next(scope.now()));
        let after =
            Self { id: self.id, organisation, email, last_name, first_name, role, profession, territories, disabled_at: self.disabled_at, stamp };
        Ok(Change::edited(after, Event::new("professional.edited", self.id).with("role", role)))
    }

    /// Refuses them from now on.
    pub fn disable(&self, scope: &Scope<ManageProfessional>) -> Decided<Change<Professional>> {
        let mut after = self.clone();
        after.disabled_at = after.disabled_at.or(Some(scope.now()));
        after.stamp = after.stamp.next(scope.now());
        Change::edited(after, Event::new("professional.disabled", self.id))
    }
}

fn check(scope: &Scope<ManageProfessional>, order: &ProfessionalOrder, around: Around<'_>) -> Result<Vec<Id<Territory>>, Refusal> {
    if around.email_taken {
        return Err(Refusal::Conflict(Rule::EmailTaken));
    }
    let mut faults = Faults::default();
    let kind = around.organisation.kind;
    let role_fits = match order.role {
        Role::Partner => kind != OrganisationKind::Department,
        // A delegate accompanies people too: its caseworkers see those whose orientation names it.
        Role::Caseworker => true,
        Role::Manager | Role::Administrator | Role::Auditor | Role::Analyst => kind == OrganisationKind::Department,
    };
    faults.check(!role_fits, "role", Rule::RoleNotForOrganisation);
    let has_territories = order.role == Role::Caseworker && kind == OrganisationKind::Department;
    faults.check(!has_territories && !order.territories.is_empty(), "territory_ids", Rule::TerritoriesNotForRole);
    let mut territories: Vec<Id<Territory>> = Vec::new();
    for (place, territory) in order.territories.iter().enumerate() {
        if !around.known_territories.contains(territory) {
            faults.add(["territory_ids".into(), place.into()], Rule::TerritoryUnknown);
        } else if territories.contains(territory) {
            faults.add(["territory_ids".into(), place.into()], Rule::DuplicateItem);
        } else {
            territories.push(*territory);
        }
    }
    if let Some(profession) = &order.profession {
        faults.check(!around.vocabulary.holds(CodeList::Professions, profession, scope.now().day()), "profession", Rule::CodeUnknown);
    }
    faults.into_result()?;
    territories.sort_unstable();
    Ok(territories)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{department, fault, faults, id, name, now, organisation, scope, term, vocabulary};

    fn order(role: Role) -> ProfessionalOrder {
        ProfessionalOrder {
            email: "camille.exemple@haute-vienne.example".parse().unwrap(),
            last_name: name("Exemple"),
            first_name: name("Camille"),
            role,
            profession: None,
            territories: Vec::new(),
        }
    }

    fn with_territories(role: Role, territories: &[u128]) -> ProfessionalOrder {
        ProfessionalOrder { territories: territories.iter().map(|n| id(*n)).collect(), ..order(role) }
    }

    /// The territories 1, 2 and 3 exist.
    fn around<T>(kind: OrganisationKind, email_taken: bool, then: impl FnOnce(&Scope<ManageProfessional>, Around<'_>) -> T) -> T {
        let (organisation, vocabulary) = (organisation(kind), vocabulary());
        let known_territories = &[id(1), id(2), id(3)];
        let around = Around { organisation: &organisation, known_territories, email_taken, vocabulary: &vocabulary };
        then(&scope(&department(Role::Administrator), now()), around)
    }

    fn invite(kind: OrganisationKind, order: ProfessionalOrder) -> Result<Decided<Change<Professional>>, Refusal> {
        around(kind, false, |scope, around| Professional::invite(scope, id(1), order, around))
    }

    fn found(kind: OrganisationKind, order: ProfessionalOrder) -> Vec<(String, Rule)> {
        invite(kind, order).map_or_else(faults, |_| Vec::new())
    }

    #[test]
    fn the_department_gives_every_role_but_partner_and_the_others_two() {
        for kind in OrganisationKind::ALL {
            for role in Role::ALL {
                let fits = match (kind, role) {
                    (OrganisationKind::Department, role) => *role != Role::Partner,
                    (_, role) => matches!(role, Role::Partner | Role::Caseworker),
                };
                let expected = if fits { vec![] } else { vec![fault("/role", Rule::RoleNotForOrganisation)] };
                assert_eq!(found(*kind, order(*role)), expected, "{role} of {kind}");
            }
        }
    }

    #[test]
    fn only_caseworkers_of_the_department_have_territories() {
        let not_for_role = || vec![fault("/territory_ids", Rule::TerritoriesNotForRole)];
        let department = OrganisationKind::Department;
        assert_eq!(found(department, with_territories(Role::Caseworker, &[1, 2])), []);
        assert_eq!(found(department, with_territories(Role::Manager, &[1])), not_for_role());
        assert_eq!(
            found(OrganisationKind::Plie, with_territories(Role::Caseworker, &[1])),
            not_for_role(),
            "a delegate's people are those it accompanies"
        );
    }

    #[test]
    fn territories_exist_and_are_named_once() {
        let order = with_territories(Role::Caseworker, &[3, 9, 1, 3]);
        assert_eq!(
            found(OrganisationKind::Department, order),
            [fault("/territory_ids/1", Rule::TerritoryUnknown), fault("/territory_ids/3", Rule::DuplicateItem)]
        );
        let invited = invite(OrganisationKind::Department, with_territories(Role::Caseworker, &[3, 1])).unwrap();
        assert_eq!(invited.after.territories, [id(1), id(3)]);
    }

    #[test]
    fn an_address_belongs_to_one_person() {
        let taken = around(OrganisationKind::Department, true, |scope, around| Professional::invite(scope, id(1), order(Role::Manager), around));
        assert_eq!(taken.unwrap_err(), Refusal::Conflict(Rule::EmailTaken));
        let invited = invite(OrganisationKind::Department, order(Role::Manager)).unwrap();
        let edited = around(OrganisationKind::Department, true, |scope, around| invited.after.edit(scope, order(Role::Manager), around));
        assert_eq!(edited.unwrap_err(), Refusal::Conflict(Rule::EmailTaken));
    }

    #[test]
    fn a_profession_is_one_that_holds_today() {
        for (profession, expected) in [("known", vec![]), ("retired", vec![fault("/profession", Rule::CodeUnknown)])] {
            let order = ProfessionalOrder { profession: Some(term(profession)), ..order(Role::Caseworker) };
            assert_eq!(found(OrganisationKind::Department, order), expected);
        }
    }

    #[test]
    fn an_edit_changes_the_role_but_not_where_they_work_nor_that_they_are_refused() {
        let invited = invite(OrganisationKind::Department, with_territories(Role::Caseworker, &[1])).unwrap();
        let disabled = around(OrganisationKind::Department, false, |scope, _| invited.after.disable(scope));
        let edited = around(OrganisationKind::Department, false, |scope, around| disabled.after.edit(scope, order(Role::Analyst), around)).unwrap();
        assert_eq!((edited.after.role, edited.after.territories.len()), (Role::Analyst, 0));
        assert_eq!((edited.after.organisation, edited.after.disabled_at), (invited.after.organisation, Some(now())));
        assert_eq!(edited.after.stamp.version, 3);
    }
}
