//! Contracts of the demonstration, through the rules: with those whom the département or a delegate accompanies, some weeks after they were told,
//! each renewed until it is not. One is made once everything up to its validation has come to pass.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::accompaniment::Accompaniment;
use domain::barrier::Barrier;
use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant};
use domain::change::Change;
use domain::contract::{
    ActivityKind, Basis, Commitment, CommitmentParty, Contract, ContractState, Document, DrawUp, Named, Objective, SignOrder, SignatureMeans,
    SigningParty, Terms, ValidateOrder, Validated, Wording,
};
use domain::id::Id;
use domain::law;
use domain::organisation::{Organisation, OrganisationKind};
use domain::orientation::Orientation;
use domain::policy::{AssessReadiness, ReadBarrier, ReadContract, ReadOrganisation, ReadOrientation, WriteContract};
use domain::readiness::{Readiness, ReadinessOrder};
use domain::refusal::{Decided, Refusal};
use persistence::machinery::reference::{self, ReferenceCode};
use persistence::organisations::{self as stored, OrganisationQuery};
use persistence::{Error, Listing, Source, Write, contracts as kept, pieces};

use super::chance::{Chance, Kind};
use super::maker::{Maker, said, time};
use super::people::Person;
use super::scripts::working_day;
use crate::problem::Stop;

/// The theme of an objective, the objective, and what the person is to do for it.
type About = (&'static str, &'static str, ActivityKind, &'static str);

/// What a contract is about, and how often.
const ABOUT: [(About, u32); 6] = [
    (("mobility", "Se déplacer sans dépendre de personne.", ActivityKind::AccessToRights, "Préparer le code de la route et s’y présenter."), 26),
    (("job_search", "Retrouver un emploi durable.", ActivityKind::JobSearch, "Mettre à jour le CV et répondre à deux offres par semaine."), 24),
    (("social_link", "Retrouver un rythme et des relations.", ActivityKind::Support, "Venir régulièrement à l’atelier de mobilisation."), 20),
    (("housing", "Se maintenir dans le logement.", ActivityKind::Support, "Tenir un plan d’apurement avec le bailleur."), 12),
    (("skills_training", "Obtenir une qualification reconnue.", ActivityKind::Training, "Suivre le bilan de compétences jusqu’à son terme."), 10),
    (("rights_administration", "Faire valoir ses droits.", ActivityKind::AccessToRights, "Rassembler les pièces demandées pour le dossier."), 8),
];

/// How many months a contract lasts, and how often.
const MONTHS: [(i32, u32); 4] = [(3, 5), (6, 30), (9, 10), (12, 55)];

/// Of a hundred people, with how many a contract is signed.
const SIGNED: u32 = 60;

/// Of a hundred contracts that end, how many are renewed.
const RENEWED: u32 = 80;

/// The first day of the contracts that are kept here: those before were on paper alone.
const KEPT_SINCE: Day = Day::new(chrono::NaiveDate::from_ymd_opt(2024, 1, 8).unwrap());

/// What a contract leads to, in the order in which it is saved, each with the moment at which it is written.
pub(super) struct Line {
    readiness: Decided<Change<Readiness>>,
    /// Its states from the draft to the last signature.
    steps: Vec<Decided<Change<Contract>>>,
    validated: Decided<Validated>,
}

/// What there is already, and the words of the papers.
pub(super) struct Known {
    orientations: HashMap<Id<Beneficiary>, Vec<Orientation>>,
    contracts: HashMap<Id<Beneficiary>, Vec<Contract>>,
    barriers: HashMap<Id<Beneficiary>, Vec<Barrier>>,
    organisations: HashMap<Id<Organisation>, String>,
    department: String,
    codes: Vec<ReferenceCode>,
}

impl Known {
    /// Reads it.
    pub(super) async fn read(maker: &Maker<'_>, source: &impl Source) -> Result<Self, Stop> {
        let now = maker.world.now;
        let mut known = Self {
            orientations: HashMap::new(),
            contracts: HashMap::new(),
            barriers: HashMap::new(),
            organisations: HashMap::new(),
            department: String::new(),
            codes: reference::codes(source).await?,
        };
        for one in pieces::everybodys::<Orientation, _>(source, &maker.may::<ReadOrientation>(now)?).await? {
            known.orientations.entry(one.beneficiary).or_default().push(one);
        }
        for one in pieces::everybodys::<Contract, _>(source, &maker.may::<ReadContract>(now)?).await? {
            known.contracts.entry(one.beneficiary).or_default().push(one);
        }
        for one in pieces::everybodys::<Barrier, _>(source, &maker.may::<ReadBarrier>(now)?).await? {
            known.barriers.entry(one.beneficiary).or_default().push(one);
        }
        let read = maker.may::<ReadOrganisation>(now)?;
        let all = stored::list(source, &read, &OrganisationQuery::default(), &Listing::first(10_000)).await?;
        let department = all.items.iter().find(|one| one.kind == OrganisationKind::Department);
        known.department = department.map(|one| (*one.name).to_owned()).unwrap_or_default();
        known.organisations = all.items.into_iter().map(|one| (one.id, (*one.name).to_owned())).collect();
        Ok(known)
    }
}

/// The words of an invented paper.
struct Words<'a> {
    known: &'a Known,
    basis: Basis,
    accompaniment: Accompaniment,
}

impl Wording for Words<'_> {
    fn label(&self, list: &str, code: &str) -> String {
        reference::called(&self.known.codes, list, code).0.to_owned()
    }

    fn department(&self) -> String {
        self.known.department.clone()
    }

    fn organisation(&self) -> String {
        self.known.organisations.get(&self.basis.organisation).cloned().unwrap_or_default()
    }

    fn accompaniment(&self) -> String {
        self.label("accompaniments", self.accompaniment.code())
    }

    fn referent(&self) -> Option<String> {
        None
    }

    fn provider(&self, _: &Commitment) -> Option<String> {
        None
    }
}

fn terms(chance: &mut Chance, starts_on: Day, barriers: &[Barrier]) -> Result<Terms, Refusal> {
    let (theme, objective, kind, commitment) = chance.weigh(&ABOUT, ABOUT[0].0);
    let months = chance.weigh(&MONTHS, 6);
    let is_new_law = starts_on >= law::FULL_EMPLOYMENT;
    let open: Vec<&Barrier> = barriers.iter().filter(|barrier| barrier.about.opened_on <= starts_on && barrier.resolution.is_none()).collect();
    let linked = open.iter().find(|barrier| barrier.about.kind.code() == theme).map(|barrier| barrier.id);
    let weekly_hours = is_new_law.then(|| if chance.happens(70) { 15 } else { 20 });
    Ok(Terms {
        starts_on,
        months: Some(months),
        review_on: is_new_law.then(|| starts_on.plus_months(u32::try_from(months / 2).unwrap_or(3))),
        assessed_on: is_new_law.then_some(starts_on),
        weekly_hours,
        hours_reason: None,
        exemption: None,
        objectives: vec![Objective { key: said("principal")?, theme: said(theme)?, text: said(objective)? }],
        commitments: vec![
            Commitment {
                key: said("personne")?,
                party: CommitmentParty::Beneficiary,
                kind,
                text: said(commitment)?,
                objective: Some(said("principal")?),
                organisation_id: None,
                action_id: None,
                barrier_id: linked,
                due_on: None,
            },
            Commitment {
                key: said("referent")?,
                party: CommitmentParty::Organisation,
                kind: ActivityKind::Support,
                text: said("Un rendez-vous par mois, et chaque fois que c’est nécessaire.")?,
                objective: None,
                organisation_id: None,
                action_id: None,
                barrier_id: None,
                due_on: None,
            },
        ],
        barrier_ids: linked.into_iter().collect(),
    })
}

/// The contracts that are missing, each renewed until it is not.
pub(super) fn take(
    maker: &Maker<'_>,
    everybody: &[Person],
    people: &HashMap<Id<Beneficiary>, Beneficiary>,
    known: &Known,
) -> Result<Vec<Line>, Stop> {
    let mut lines = Vec::new();
    for invented in everybody {
        let Some(person) = people.get(&invented.id).filter(|person| !person.is_closed()) else { continue };
        let orientations = known.orientations.get(&person.id).map_or(&[][..], Vec::as_slice);
        let first = orientations.iter().filter_map(|one| Some((one, one.period?))).min_by_key(|(_, period)| period.starts_on);
        let Some((orientation, period)) = first else { continue };
        let mut drawn = Chance::of(maker.world.seed, Kind::Contract, invented.number, 0);
        if !drawn.happens(SIGNED) {
            continue;
        }
        let told_on = orientation.notification.map_or(period.starts_on, |told| told.on);
        let mut signed_on = working_day(told_on.plus_days(drawn.between(9, 45)).max(KEPT_SINCE.plus_days(drawn.between(0, 330))));
        let mut file = known.contracts.get(&person.id).cloned().unwrap_or_default();
        for rank in 1.. {
            let mut chance = Chance::of(maker.world.seed, Kind::Contract, invented.number, rank);
            let at = signed_on.at(time(10, 0)).plus(TimeDelta::minutes(chance.between(0, 300)));
            let Some((basis, accompaniment)) = basis_on(orientations, signed_on).filter(|_| maker.world.has_come(at)) else { break };
            let id = chance.id(at);
            if !file.iter().any(|one| one.id == id) {
                // Whatever a visitor wrote is left alone.
                let is_ours = file.len() as u64 == rank - 1 && file.last().is_none_or(|last| is_renewable(last, signed_on));
                let desk = Desk { maker, person, known, basis, accompaniment, signed_on, at };
                let Some(line) = (if is_ours { desk.conclude(&mut chance, id, &file)? } else { None }) else { break };
                for former in &line.validated.formers {
                    file.iter_mut().filter(|one| one.id == former.after.id).for_each(|one| *one = former.after.clone());
                }
                file.push(line.validated.contract.after.clone());
                lines.push(line);
            }
            let end = file.iter().find(|one| one.id == id).and_then(|one| one.period?.ends_on);
            let Some(end) = end.filter(|_| drawn.happens(RENEWED)) else { break };
            signed_on = working_day(end.plus_days(1));
        }
    }
    Ok(lines)
}

/// Whom a person's contract of a day is with, and for which accompaniment.
fn basis_on(orientations: &[Orientation], day: Day) -> Option<(Basis, Accompaniment)> {
    let one = orientations.iter().find(|one| one.period.is_some_and(|period| period.holds(day)))?;
    let accompaniment = one.decision.as_ref()?.accompaniment;
    Basis::on(one).filter(|basis| law::makes_contracts(basis.kind, day)).map(|basis| (basis, accompaniment))
}

fn is_renewable(contract: &Contract, day: Day) -> bool {
    matches!(contract.state_on(day), ContractState::InForce | ContractState::Expired) && contract.amendment.is_none()
}

/// Where a contract is concluded with somebody, on a day.
struct Desk<'a> {
    maker: &'a Maker<'a>,
    person: &'a Beneficiary,
    known: &'a Known,
    basis: Basis,
    accompaniment: Accompaniment,
    signed_on: Day,
    at: Instant,
}

impl Desk<'_> {
    fn conclude(&self, chance: &mut Chance, id: Id<Contract>, file: &[Contract]) -> Result<Option<Line>, Stop> {
        let Self { maker, person, known, basis, accompaniment, signed_on, at } = *self;
        let write = maker.may::<WriteContract>(at)?;
        let barriers = known.barriers.get(&person.id).map_or(&[][..], Vec::as_slice);
        let able = chance.happens(45);
        let why = chance.weigh(&[("confidence", 30), ("mobility", 40), ("qualification", 30)], "mobility");
        let reasons = if able { vec![] } else { vec![said(why)?] };
        let order = ReadinessOrder { able, reasons, comment: None, assessed_on: signed_on };
        let readiness = Readiness::assess(&maker.may::<AssessReadiness>(at)?, chance.id(at), person, order, maker.vocabulary)?;
        let terms = terms(chance, signed_on, barriers)?;
        let named = Named { barriers, organisations: &[], actions: &[], vocabulary: maker.vocabulary };
        let around = DrawUp { person, contracts: file, basis: Some(basis), named };
        let drawn_up = Contract::draw_up(&write, id, terms, file.last(), &around)?;
        let contract = &drawn_up.after;
        let words = Words { known, basis, accompaniment };
        let paper = Document::of(contract, &contract.edition, person, barriers, Some(&readiness.after), &words);
        let Some(submitted) = contract.submit(&write, person, basis, true, paper)? else { return Ok(None) };
        let sign = |party| SignOrder { party, signed_on, means: SignatureMeans::Paper };
        let Some(by_person) = submitted.after.sign(&write, person, sign(SigningParty::Beneficiary), Some(basis))? else { return Ok(None) };
        let Some(by_both) = by_person.after.sign(&write, person, sign(SigningParty::Organisation), Some(basis))? else { return Ok(None) };
        let validated = by_both.after.validate(&write, ValidateOrder { on: Some(signed_on), person, contracts: file, basis: Some(basis) })?;
        Ok(Some(Line { readiness, steps: vec![drawn_up, submitted, by_person, by_both], validated }))
    }
}

/// Saves what was decided. Returns how many there were.
pub(super) async fn save(w: &Write, lines: &[Line]) -> Result<usize, Error> {
    pieces::save_all(w, lines.iter().map(|line| &line.readiness)).await?;
    let formers = lines.iter().flat_map(|line| &line.validated.formers);
    let steps = lines.iter().flat_map(|line| line.steps.iter().chain([&line.validated.contract])).chain(formers);
    pieces::save_all(w, steps).await?;
    kept::save_editions(w, lines.iter().map(|line| &line.validated)).await?;
    Ok(lines.len())
}
