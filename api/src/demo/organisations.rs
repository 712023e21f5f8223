//! Who takes part: the département, twenty-one invented associations, and the public partners, with sites, delegation and machines.
//! Names are invented: no organisation of these names is known to exist.

use domain::accompaniment::Accompaniment;
use domain::actor::ClientScope;
use domain::client::{Client, ClientOrder};
use domain::id::Id;
use domain::organisation::{DelegationOrder, Organisation, OrganisationKind, OrganisationOrder, Site, SiteOrder};
use domain::policy::{ManageClient, ManageOrganisation, ReadOrganisation};
use persistence::organisations::{self, OrganisationQuery};
use persistence::{Listing, Write, clients};

use super::chance::{Chance, Kind};
use super::maker::{Maker, World, said};
use crate::problem::Stop;

use OrganisationKind::{Association, CapEmploi, Ccas, Department, MissionLocale, Plie, PoleEmploi};

/// The organisations. The département comes first, then the associations: actions are run by those in front.
const ORGANISATIONS: [(OrganisationKind, &str); 27] = [
    (Department, "Conseil départemental de la Haute-Vienne (démonstration)"),
    (Association, "Les Ateliers du Gué-Merle"),
    (Association, "Chantier d’idées du Haut-Vallon"),
    (Association, "L’Établi de la Roche-Chanterelle"),
    (Association, "Solidarités du Pays des Trois-Sabots"),
    (Association, "Passerelle Émailleurs"),
    (Association, "Le Relais de la Combe-aux-Geais"),
    (Association, "Roule ma Vienne"),
    (Association, "Un seuil et sept clés"),
    (Association, "Souffle et santé en Limousin vert"),
    (Association, "Clic et parchemin"),
    (Association, "Les Jardins de Maupertuis-le-Haut"),
    (Association, "La Langue du tilleul"),
    (Association, "Compagnie des Porcelaines bleues"),
    (Association, "Le Fil et la Navette d’Aurence"),
    (Association, "Cuisine des Quatre-Sarments"),
    (Association, "Ressourcerie de la Tuilière-Blanche"),
    (Association, "Parents d’abord en Vienne amont"),
    (Association, "Le Petit Parquet citoyen"),
    (Association, "Théâtre de la Bergeronnette boiteuse"),
    (Association, "Sport pour tous aux Bords-de-Glane"),
    (Association, "Bourse légère, budget serein"),
    (PoleEmploi, "France Travail Haute-Vienne (démonstration)"),
    (MissionLocale, "Mission locale de la Haute-Vienne (démonstration)"),
    (CapEmploi, "Cap emploi 87 (démonstration)"),
    (Plie, "PLIE de Limoges Métropole (démonstration)"),
    (Ccas, "CCAS de Limoges (démonstration)"),
];

/// The number of the first association, of which there is always an open sheet.
pub(super) const FIRST_ASSOCIATION: usize = 1;

/// The agencies of Pôle emploi: code, label, commune.
const AGENCIES: [(&str, &str, &str); 6] = [
    ("87901", "Agence de Limoges Nord", "87085"),
    ("87902", "Agence de Limoges Sud", "87085"),
    ("87903", "Agence de Limoges Est", "87085"),
    ("87904", "Agence de Saint-Junien", "87154"),
    ("87905", "Agence de Bellac", "87011"),
    ("87906", "Agence de Saint-Yrieix-la-Perche", "87187"),
];

/// The organisations with their numbers.
pub(super) fn all() -> impl Iterator<Item = (usize, OrganisationKind, &'static str)> {
    ORGANISATIONS.into_iter().enumerate().map(|(n, (kind, name))| (n, kind, name))
}

/// The id of organisation number `n`.
pub(super) fn id(maker: &Maker<'_>, n: usize) -> Id<Organisation> {
    Chance::of(maker.world.seed, Kind::Organisation, n as u64, 0).id(World::begins_at())
}

/// The number of the first organisation of a kind.
pub(super) fn number(kind: OrganisationKind) -> Option<usize> {
    ORGANISATIONS.iter().position(|(one, _)| *one == kind)
}

/// The id of agency number `place` of Pôle emploi.
pub(super) fn agency_id(world: &World, place: u64) -> Option<Id<Site>> {
    Some(Chance::of(world.seed, Kind::Site, number(PoleEmploi)? as u64, place).id(World::begins_at()))
}

/// The id of the machine of organisation number `n`.
pub(super) fn client_id(maker: &Maker<'_>, n: usize) -> Id<Client> {
    Chance::of(maker.world.seed, Kind::Client, n as u64, 0).id(World::begins_at())
}

/// What the machine of an organisation may ask for: partners write attendance, receivers answer referrals, and some do both.
fn scopes(kind: OrganisationKind) -> Vec<ClientScope> {
    use ClientScope::{AttendanceWrite, ReferralsAnswer, ReferralsIdentify, ReferralsReceive, SessionsRead, SessionsWrite};
    match kind {
        Association | Plie => vec![SessionsRead, SessionsWrite, AttendanceWrite, ReferralsReceive, ReferralsAnswer],
        PoleEmploi => vec![ReferralsReceive, ReferralsAnswer, ReferralsIdentify],
        MissionLocale | CapEmploi | Ccas | OrganisationKind::Other => vec![ReferralsReceive, ReferralsAnswer],
        Department => Vec::new(),
    }
}

/// Registers the organisations that are missing, with all that comes with each. Returns them in their order.
pub(super) async fn make(maker: &Maker<'_>, w: &Write) -> Result<Vec<Organisation>, Stop> {
    let read = maker.may::<ReadOrganisation>(maker.world.now)?;
    let registered = organisations::list(w, &read, &OrganisationQuery::default(), &Listing::first(10_000)).await?.items;
    let scope = maker.may::<ManageOrganisation>(World::begins_at())?;
    let mut all_of_them = Vec::new();
    for (n, kind, name) in all() {
        let id = id(maker, n);
        if let Some(known) = registered.iter().find(|organisation| organisation.id == id) {
            all_of_them.push(known.clone());
            continue;
        }
        let order = OrganisationOrder { kind, name: said(name)?, siret: None };
        let decided = Organisation::register(&scope, id, order, kind != Department)?;
        organisations::save(w, &decided).await?;
        equip(maker, w, n, &decided.after).await?;
        all_of_them.push(decided.after.clone());
    }
    Ok(all_of_them)
}

/// Sites, delegation and machine of a new organisation.
async fn equip(maker: &Maker<'_>, w: &Write, n: usize, organisation: &Organisation) -> Result<(), Stop> {
    let (seed, at) = (maker.world.seed, World::begins_at());
    let scope = maker.may::<ManageOrganisation>(at)?;
    if organisation.kind == PoleEmploi {
        for (place, (code, label, commune)) in (0..).zip(AGENCIES) {
            let order = SiteOrder { code: said(code)?, label: said(label)?, commune_code: Some(said(commune)?) };
            let opened = organisation.open_site(&scope, Chance::of(seed, Kind::Site, n as u64, place).id(at), order);
            organisations::save_site(w, &opened).await?;
        }
    }
    if organisation.kind == Plie {
        // The law in force since 2025 asks for one.
        let order = DelegationOrder { accompaniments: vec![Accompaniment::Socioprofessional], starts_on: said("2025-01-01")?, ends_on: None };
        let given = organisation.delegate(&scope, Chance::of(seed, Kind::Delegation, n as u64, 0).id(at), order)?;
        organisations::save_delegation(w, &given).await?;
    }
    let scopes = scopes(organisation.kind);
    if !scopes.is_empty() {
        let order = ClientOrder { name: said(&format!("Logiciel – {}", &*organisation.name))?, scopes };
        let created = Client::create(&maker.may::<ManageClient>(at)?, client_id(maker, n), organisation, order)?;
        clients::save(w, &created).await?;
    }
    Ok(())
}
