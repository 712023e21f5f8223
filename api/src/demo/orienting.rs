//! Orienting invented people, through the rules: what there is to begin with, whom it is done for, and saving it. When things happen is drawn
//! in `orientations`, how each step is taken is in `deciding`. Somebody whom anybody else oriented is left alone.

use std::collections::HashMap;

use domain::accompaniment::Accompaniment;
use domain::beneficiary::Beneficiary;
use domain::calendar::Instant;
use domain::change::Change;
use domain::id::Id;
use domain::intervention::Practitioner;
use domain::organisation::{Delegation, Organisation, OrganisationKind, Site};
use domain::orientation::{Orientation, OrientationDecided};
use domain::policy::{ReadOrganisation, ReadOrientation, ReadPlace, ReadRsaRight, RecordIntervention};
use domain::referral::{Purpose, Referral};
use domain::refusal::Decided;
use domain::rsa_right::RsaRight;
use persistence::organisations::{self as stored, OrganisationQuery};
use persistence::{Error, Listing, Source, Write, interventions as practice, orientations as kept, pieces, places};

use super::deciding::Desk;
use super::files::Life;
use super::maker::Maker;
use super::scripts::{Referrers, Script, Step, To};
use super::{interventions, referrals, staff};
use crate::problem::Stop;

use Accompaniment::Socioprofessional;

/// The caseworkers who may be referents, by their number among the staff.
pub(super) type Referents = HashMap<usize, Practitioner>;

/// Reads the caseworkers of the département.
pub(super) async fn referents(maker: &Maker<'_>, w: &Write) -> Result<Referents, Stop> {
    let scope = maker.may::<RecordIntervention>(maker.world.now)?;
    let mut referents = Referents::new();
    for (number, colleague) in staff::staff(maker).into_iter().enumerate().filter(|(_, colleague)| colleague.territory.is_some()) {
        referents.extend(practice::practitioner(w, &scope, colleague.id).await?.map(|one| (number, one)));
    }
    Ok(referents)
}

/// The referral by which somebody may come to another organisation, with the accompaniment.
pub(super) type Way<'a> = (&'a Referral, Accompaniment);

/// What there is already.
pub(super) struct Known<'a> {
    pub(super) rights: HashMap<Id<Beneficiary>, Vec<RsaRight>>,
    pub(super) orientations: HashMap<Id<Beneficiary>, Vec<Orientation>>,
    pub(super) organisations: Vec<Organisation>,
    pub(super) delegations: HashMap<Id<Organisation>, Vec<Delegation>>,
    pub(super) sites: Vec<Site>,
    pub(super) places: HashMap<Id<Organisation>, i64>,
    pub(super) referrals: &'a referrals::Known,
    pub(super) ways: HashMap<Id<Beneficiary>, Way<'a>>,
    pub(super) referents: Referents,
    pub(super) referrers: Referrers,
}

impl<'a> Known<'a> {
    /// Reads it.
    pub(super) async fn read(
        maker: &Maker<'_>,
        source: &impl Source,
        (scripts, referrals): (&[Script], &'a referrals::Known),
        referents: Referents,
    ) -> Result<Self, Stop> {
        let (now, all) = (maker.world.now, Listing::first(10_000));
        let (mut rights, mut orientations) = (HashMap::<_, Vec<RsaRight>>::new(), HashMap::<_, Vec<Orientation>>::new());
        for right in pieces::everybodys(source, &maker.may::<ReadRsaRight>(now)?).await? {
            rights.entry(right.beneficiary).or_default().push(right);
        }
        for orientation in pieces::everybodys(source, &maker.may::<ReadOrientation>(now)?).await? {
            orientations.entry(orientation.beneficiary).or_default().push(orientation);
        }
        let read = maker.may::<ReadOrganisation>(now)?;
        let organisations = stored::list(source, &read, &OrganisationQuery::default(), &all).await?.items;
        let (mut sites, mut delegations) = (Vec::new(), HashMap::new());
        for organisation in organisations.iter().filter(|one| matches!(one.kind, OrganisationKind::PoleEmploi | OrganisationKind::Plie)) {
            sites.extend(stored::list_sites(source, &read, organisation.id, &all).await?.items);
            delegations.insert(organisation.id, stored::list_delegations(source, &read, organisation.id, &all).await?.items);
        }
        let occupied = places::list(source, &maker.may::<ReadPlace>(now)?, Some(Socioprofessional), &all).await?.items;
        let places = occupied.into_iter().filter_map(|one| Some((one.organisation, one.room.places?))).collect();
        let ways = ways(maker, scripts, referrals);
        let referrers = Referrers::new(maker);
        Ok(Self { rights, orientations, organisations, delegations, sites, places, referrals, ways, referents, referrers })
    }
}

/// The open referrals to an accompaniment that are not taken back later: one of a person, as the rules want it.
fn ways<'a>(maker: &Maker<'_>, scripts: &[Script], referrals: &'a referrals::Known) -> HashMap<Id<Beneficiary>, Way<'a>> {
    let is_taken_back = |script: &Script| matches!(script.steps.last(), Some((_, Step::Cancel { .. })));
    let theirs = scripts.iter().filter(|script| matches!(script.to, To::Accompany { .. }) && !is_taken_back(script));
    let open = theirs.filter_map(|script| referrals.get(&script.id)).filter(|referral| referral.state_at(maker.world.now).is_open());
    open.filter_map(|referral| match referral.purpose {
        Purpose::Accompaniment(accompaniment) => Some((referral.person.id, (referral, accompaniment))),
        Purpose::Action { .. } => None,
    })
    .collect()
}

/// What a step led to.
#[expect(clippy::large_enum_variant, reason = "some thousands, for a moment")]
pub(super) enum Taken {
    Piece(Decided<Change<Orientation>>),
    Decision(Decided<OrientationDecided>),
}

impl Taken {
    /// What is saved of it: what ends first.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Decided<Change<Orientation>>> {
        let (former, after) = match self {
            Self::Piece(piece) => (None, piece),
            Self::Decision(decided) => (decided.former.as_ref(), &decided.orientation),
        };
        former.into_iter().chain([after])
    }
}

/// What was decided for one person, with the moments at which it is written.
pub(super) type Line = Vec<(Taken, Instant)>;

/// What becomes of everybody: what was decided for each, and how much the rules refused.
pub(super) fn take(
    maker: &Maker<'_>,
    lives: &[Life<'_>],
    people: &HashMap<Id<Beneficiary>, Beneficiary>,
    known: &Known<'_>,
) -> Result<(Vec<Line>, u32), Stop> {
    let mut taken = HashMap::new();
    for orientation in known.orientations.values().flatten() {
        occupy(&mut taken, orientation, 1);
    }
    let (mut decided, mut refused) = (Vec::new(), 0);
    for life in lives {
        let Some(person) = people.get(&life.person.id).filter(|person| !person.is_closed()) else { continue };
        let file = known.orientations.get(&person.id).cloned().unwrap_or_default();
        if file.iter().any(|one| !life.orientations.iter().any(|script| script.tells_of(one.id))) {
            continue;
        }
        for one in &file {
            occupy(&mut taken, one, -1);
        }
        let referent = interventions::caseworker(maker.world, life.person, &known.referrers);
        let mut desk = Desk { maker, known, life, person, referent, file, taken: &taken, line: Vec::new(), refused: 0 };
        for script in &life.orientations {
            desk.follow(script)?;
        }
        let Desk { file, line, refused: more, .. } = desk;
        for one in &file {
            occupy(&mut taken, one, 1);
        }
        refused += more;
        decided.push(line);
    }
    Ok((decided, refused))
}

/// The places taken, by organisation.
pub(super) type Places = HashMap<Id<Organisation>, i64>;

fn occupy(taken: &mut Places, orientation: &Orientation, count: i64) {
    let decision = orientation.decision.as_ref().filter(|decision| decision.accompaniment == Socioprofessional && orientation.is_in_force());
    if let Some(decision) = decision {
        *taken.entry(decision.organisation).or_default() += count;
    }
}

/// Saves what was decided, in the order of each person's steps. Returns how many there were.
pub(super) async fn save(maker: &Maker<'_>, w: &Write, lines: &[Line]) -> Result<usize, Error> {
    let told = lines.iter().flatten().flat_map(|(taken, at)| taken.changes().map(|change| (change, maker.dated(*at))));
    let told: Vec<_> = told.collect();
    kept::save_told(w, &told).await?;
    Ok(told.len())
}
