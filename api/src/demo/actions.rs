//! What is offered: twelve actions of the programme's two axes, their thirty groups over the département, and the yearly agreements
//! that pay for them.

use chrono::Datelike;
use domain::action::{Action, ActionKind, ActionOrder, Axis, Theme};
use domain::calendar::Day;
use domain::group::{Group, GroupOrder};
use domain::id::Id;
use domain::organisation::{AgreementOrder, FundedUnit, Organisation};
use domain::policy::{ManageAction, ManageAgreement, ManageGroup, ReadAction, ReadAgreement, ReadGroup};
use persistence::actions::ActionQuery;
use persistence::groups::GroupQuery;
use persistence::{Listing, Write, actions, groups, organisations};

use super::chance::{Chance, Kind};
use super::maker::{Maker, World, said, time};
use super::rhythm::Rhythm;
use super::waiting;
use crate::problem::Stop;

use ActionKind::{Ami, Health, Housing, Mobility, Other, WorkPassport};
use Axis::{BarrierLifting, Mobilisation};
use Rhythm::{Afternoons, FourHalfDays, Friday, Monday, Mornings, ThreeMornings, Tuesday, TwoAndOne, Wednesday};
use Theme::{CareerProject, DailyRhythm, Environment, Expression, Skills};

/// Name, axis, kind and themes. Action number `n` is run by the association after it in the list: number `n + 1`.
const ACTIONS: [(&str, Axis, ActionKind, &[Theme]); 12] = [
    ("Atelier de mobilisation et d’insertion – Limoges", Mobilisation, Ami, &[DailyRhythm, Expression, Skills, Environment, CareerProject]),
    ("Atelier de mobilisation et d’insertion – Haut-Limousin", Mobilisation, Ami, &[DailyRhythm, Expression, Skills]),
    ("Atelier de mobilisation et d’insertion – Ouest", Mobilisation, Ami, &[DailyRhythm, Expression, Environment]),
    ("Atelier de mobilisation et d’insertion – Sud", Mobilisation, Ami, &[DailyRhythm, Skills, CareerProject]),
    ("Passeport travail – Limoges", Mobilisation, WorkPassport, &[Skills, Environment, CareerProject]),
    ("Passeport travail – Est et Nord-Est", Mobilisation, WorkPassport, &[Skills, CareerProject]),
    ("Mobilité : du vélo au permis", BarrierLifting, Mobility, &[Environment]),
    ("Logement : trouver et garder son chez-soi", BarrierLifting, Housing, &[DailyRhythm, Environment]),
    ("Santé : prendre soin de soi", BarrierLifting, Health, &[DailyRhythm, Expression]),
    ("Démarches en ligne pas à pas", BarrierLifting, Other, &[Environment]),
    ("Jardin nourricier", BarrierLifting, Other, &[DailyRhythm, Skills]),
    ("Français du quotidien et du travail", BarrierLifting, Other, &[Expression]),
];

/// A group of the table.
pub(super) struct Meeting {
    /// The number of its action.
    pub(super) action: usize,
    pub(super) code: &'static str,
    name: &'static str,
    place: &'static str,
    commune: &'static str,
    /// When it meets.
    pub(super) rhythm: Rhythm,
    /// How many people it has when none of its seats waits for somebody.
    pub(super) seats: u32,
}

const fn meeting(
    action: usize,
    code: &'static str,
    name: &'static str,
    place: &'static str,
    commune: &'static str,
    rhythm: Rhythm,
    seats: u32,
) -> Meeting {
    Meeting { action, code, name, place, commune, rhythm, seats }
}

/// The groups. The first is the one of which there is always an open sheet.
#[rustfmt::skip]
pub(super) const MEETINGS: [Meeting; 30] = [
    meeting(0, "AMI-LIM-1", "AMI Limoges centre", "Maison des associations, salle Vienne", "87085", ThreeMornings, 9),
    meeting(0, "AMI-LIM-2", "AMI Limoges Beaubreuil", "Centre social, salle du rez-de-jardin", "87085", FourHalfDays, 8),
    meeting(0, "AMI-PAN-1", "AMI Panazol", "Espace municipal, salle 2", "87114", TwoAndOne, 7),
    meeting(1, "AMI-BEL-1", "AMI Bellac", "Ancienne école, premier étage", "87011", ThreeMornings, 7),
    meeting(1, "AMI-MAG-1", "AMI Magnac-Laval", "Salle polyvalente", "87089", Afternoons, 5),
    meeting(2, "AMI-STJ-1", "AMI Saint-Junien", "Halle aux grains, salle haute", "87154", TwoAndOne, 8),
    meeting(2, "AMI-ROC-1", "AMI Rochechouart", "Maison des jeunes et du temps libre", "87126", Mornings, 6),
    meeting(3, "AMI-STY-1", "AMI Saint-Yrieix", "Pôle de services, salle Loue", "87187", ThreeMornings, 7),
    meeting(3, "AMI-NEX-1", "AMI Nexon", "Foyer rural", "87106", Mornings, 6),
    meeting(4, "PT-LIM-1", "Passeport travail Limoges 1", "Atelier des Émailleurs", "87085", FourHalfDays, 8),
    meeting(4, "PT-LIM-2", "Passeport travail Limoges 2", "Atelier des Émailleurs", "87085", TwoAndOne, 8),
    meeting(4, "PT-COU-1", "Passeport travail Couzeix", "Médiathèque, salle d’étude", "87050", Afternoons, 6),
    meeting(5, "PT-STL-1", "Passeport travail Saint-Léonard", "Maison de pays", "87161", TwoAndOne, 7),
    meeting(5, "PT-AMB-1", "Passeport travail Ambazac", "Espace de travail partagé", "87002", Mornings, 7),
    meeting(6, "MOB-LIM-1", "Mobilité Limoges", "Garage solidaire", "87085", Tuesday, 6),
    meeting(6, "MOB-STJ-1", "Mobilité Saint-Junien", "Halle aux grains, salle basse", "87154", Friday, 5),
    meeting(6, "MOB-EYM-1", "Mobilité Eymoutiers", "Mairie annexe", "87064", Monday, 4),
    meeting(7, "LOG-LIM-1", "Logement Limoges", "Maison des associations, salle Aurence", "87085", Friday, 6),
    meeting(7, "LOG-ISL-1", "Logement Isle", "Maison du temps libre", "87075", Tuesday, 4),
    meeting(8, "SAN-LIM-1", "Santé Limoges", "Centre de santé, salle d’éveil", "87085", Monday, 6),
    meeting(8, "SAN-AIX-1", "Santé Aixe-sur-Vienne", "Maison de santé", "87001", Friday, 4),
    meeting(8, "SAN-BES-1", "Santé Bessines", "Maison de santé", "87014", Wednesday, 4),
    meeting(9, "NUM-LIM-1", "Démarches en ligne Limoges", "Point d’accès numérique", "87085", Wednesday, 6),
    meeting(9, "NUM-CHA-1", "Démarches en ligne Châteauponsac", "Bibliothèque", "87041", Tuesday, 4),
    meeting(9, "NUM-FEY-1", "Démarches en ligne Feytiat", "Espace public numérique", "87065", Monday, 4),
    meeting(10, "JAR-LIM-1", "Jardin Limoges", "Jardin du Sablard", "87085", Wednesday, 6),
    meeting(10, "JAR-PAL-1", "Jardin Le Palais", "Jardin des bords de Vienne", "87113", Friday, 5),
    meeting(11, "FLE-LIM-1", "Français Limoges", "Maison de quartier, salle 3", "87085", Tuesday, 7),
    meeting(11, "FLE-CHL-1", "Français Châlus", "Salle des fêtes, petite salle", "87032", Monday, 4),
    meeting(11, "FLE-PIB-1", "Français Pierre-Buffière", "Mairie, salle du conseil", "87119", Wednesday, 4),
];

/// The groups that this demonstration has, with their numbers.
pub(super) fn meetings(world: &World) -> impl Iterator<Item = (usize, &'static Meeting)> {
    MEETINGS.iter().enumerate().take(world.plan.groups as usize)
}

/// The number of the association that runs an action.
pub(super) fn provider(action: usize) -> usize {
    action + 1
}

/// The themes of an action.
pub(super) fn themes(action: usize) -> &'static [Theme] {
    ACTIONS.get(action).map_or(&[], |(_, _, _, themes)| *themes)
}

/// The number of the territory that a group meets in.
pub(super) fn territory(world: &World, meeting: &Meeting) -> Option<usize> {
    world.places.iter().find(|place| &*place.code == meeting.commune).map(|place| place.territory)
}

/// The id of action number `n`.
pub(super) fn action_id(world: &World, n: usize) -> Id<Action> {
    Chance::of(world.seed, Kind::Action, n as u64, 0).id(World::begins_at())
}

/// The id of group number `n`.
pub(super) fn group_id(world: &World, n: usize) -> Id<Group> {
    Chance::of(world.seed, Kind::Group, n as u64, 0).id(World::begins_at())
}

/// Creates the actions, groups and agreements that are missing.
pub(super) async fn make(maker: &Maker<'_>, w: &Write, organisations: &[Organisation]) -> Result<(), Stop> {
    let (world, at) = (maker.world, World::begins_at());
    let known = actions::list(w, &maker.may::<ReadAction>(world.now)?, &ActionQuery::default(), &Listing::first(10_000)).await?.items;
    let scope = maker.may::<ManageAction>(at)?;
    let mut offered = Vec::new();
    for (n, (name, axis, kind, themes)) in ACTIONS.into_iter().enumerate() {
        let id = action_id(world, n);
        if let Some(action) = known.iter().find(|action| action.id == id) {
            offered.push(action.clone());
            continue;
        }
        let order = ActionOrder { name: said(name)?, axis, kind, themes: themes.to_vec(), starts_on: World::first_day(), ends_on: None };
        let created = Action::create(&scope, id, organisations.get(provider(n)), order)?;
        actions::save(w, &created).await?;
        offered.push(created.after.clone());
    }
    form_groups(maker, w, &offered).await?;
    for (n, action) in offered.iter().enumerate() {
        if let Some(organisation) = organisations.get(provider(n)) {
            fund(maker, w, n, organisation, action).await?;
        }
    }
    Ok(())
}

async fn form_groups(maker: &Maker<'_>, w: &Write, offered: &[Action]) -> Result<(), Stop> {
    let read = maker.may::<ReadGroup>(maker.world.now)?;
    let known = groups::list(w, &read, &GroupQuery::default(), &Listing::first(10_000)).await?.items;
    let scope = maker.may::<ManageGroup>(World::begins_at())?;
    for (n, meeting) in meetings(maker.world) {
        let id = group_id(maker.world, n);
        if known.iter().any(|row| row.group.id == id) {
            continue;
        }
        let order = GroupOrder {
            name: said(meeting.name)?,
            place: said(meeting.place)?,
            commune_code: said(meeting.commune)?,
            // Some seats are free for a visitor, but in the group that is full.
            capacity: i32::try_from(meeting.seats + if n == waiting::FULL { 0 } else { 3 }).unwrap_or(12),
            starts_on: World::first_day(),
            ends_on: None,
        };
        let created = Group::create(&scope, id, offered.get(meeting.action), said(meeting.code)?, order, true)?;
        groups::save(w, &created).await?;
    }
    Ok(())
}

/// One agreement a year, signed the December before.
async fn fund(maker: &Maker<'_>, w: &Write, n: usize, organisation: &Organisation, action: &Action) -> Result<(), Stop> {
    let world = maker.world;
    let read = maker.may::<ReadAgreement>(world.now)?;
    let known = organisations::list_agreements(w, &read, organisation.id, &Listing::first(1_000)).await?.items;
    for year in world.window().date().year()..=world.now.day().date().year() + 1 {
        let day = |year: i32, month: u32, day: u32| Day::new(chrono::NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default());
        let signed_at = day(year - 1, 12, 15).at(time(10, 0));
        let mut chance = Chance::of(world.seed, Kind::Agreement, n as u64, u64::try_from(year).unwrap_or(0));
        let id = chance.id(signed_at);
        if !world.has_come(signed_at) || known.iter().any(|agreement| agreement.id == id) {
            continue;
        }
        let seats: u32 = meetings(world).filter(|(_, meeting)| meeting.action == n).map(|(_, meeting)| meeting.seats).sum();
        let (funded_unit, quantity) = match action.about.axis {
            Mobilisation => (FundedUnit::Place, seats),
            BarrierLifting => (FundedUnit::Participant, 2 * seats),
        };
        let order = AgreementOrder {
            action: action.id,
            convention_number: said(&format!("{year}-INS-{:03}", n + 1))?,
            starts_on: day(year, 1, 1),
            ends_on: day(year, 12, 31),
            funded_unit,
            funded_quantity: i32::try_from(quantity.max(1)).unwrap_or(1),
            amount_cents: i64::from(quantity.max(1)) * 1_000 * chance.between(60, 180),
        };
        let agreed = organisation.agree(&maker.may::<ManageAgreement>(signed_at)?, id, order)?;
        organisations::save_agreement(w, &agreed).await?;
    }
    Ok(())
}
