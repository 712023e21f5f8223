//! Taking the steps of one person's orientations, through the rules. Towards another organisation nobody comes but whom it has an open
//! referral of: that is adopted, and none is ever sent or taken back. One decided years ago adopts what its receiver was sent since, as if
//! it were told anew; which ones are open depends on when one begins. What anybody else touched is left as it is.

use std::collections::HashMap;

use domain::accompaniment::Accompaniment;
use domain::beneficiary::Beneficiary;
use domain::calendar::Instant;
use domain::id::Id;
use domain::law;
use domain::organisation::{Organisation, OrganisationKind, Site};
use domain::orientation::{
    AcceptOrder, CloseOrder, DecideOrder, DecidedBy, Deciding, InterviewOrder, MaintainOrder, NotifyOrder, OpenOrder, OpinionOrder, Orientation,
    OrientationDecided, OrientationOrigin, OrientationState, ProposeOrder, Provider, Review, ReviewOrder, ReviewReason, ReviewRequester, Room,
    TeamOpinion,
};
use domain::policy::{AcceptOrientation, AnswerReferral, CloseOrientation, DecideOrientation, PrepareOrientation};
use domain::referral::{Referral, ReferralState};
use domain::refusal::{Decided, Refusal};
use domain::rsa_right::RsaRight;

use super::chance::{Chance, Kind};
use super::criteria::criteria;
use super::files::Life;
use super::maker::{Maker, said};
use super::orientations::{Moment, Script, Step};
use super::orienting::{Known, Line, Places, Taken, Way};
use crate::problem::Stop;

use Accompaniment::{Social, Socioprofessional};
use OrganisationKind::Department;

/// How many in a hundred of those who stay with the département come to the social track.
const SOCIAL: u32 = 64;

/// Why it is not what the criteria suggest.
const REASONS: [&str; 4] = [
    "Accord de la personne lors de l’entretien ; à revoir dans un an.",
    "Le référent connaît déjà la situation et la suit.",
    "Les démarches engagées permettent ce choix.",
    "Proposition discutée en commission, retenue au vu du projet.",
];

/// What the steps of one person are taken with, and what they led to.
pub(super) struct Desk<'a> {
    pub(super) maker: &'a Maker<'a>,
    pub(super) known: &'a Known<'a>,
    pub(super) life: &'a Life<'a>,
    pub(super) person: &'a Beneficiary,
    /// The number of their caseworker.
    pub(super) referent: usize,
    /// Their orientations, as they stand.
    pub(super) file: Vec<Orientation>,
    /// How many places others take.
    pub(super) taken: &'a Places,
    pub(super) line: Line,
    pub(super) refused: u32,
}

/// What is led to by a step; nothing when it is not theirs.
type Led = Result<Option<Taken>, Refusal>;

impl Desk<'_> {
    /// Takes the steps of a script that have come and are missing.
    pub(super) fn follow(&mut self, script: &Script) -> Result<(), Stop> {
        let is_there = self.file.iter().any(|one| one.id == script.id);
        let is_engaged = self.file.iter().any(|one| one.is_pending() || one.is_in_force());
        let rights = self.rights(script);
        // Where another one is in force still, or the right is not theirs as it was invented, nothing begins.
        if !is_there && (!script.is_made || is_engaged || rights.is_empty()) {
            return Ok(());
        }
        let mut so_far: HashMap<Id<Orientation>, (i32, Moment)> = HashMap::new();
        for moment in script.moments.iter().filter(|moment| self.maker.world.has_come(script.written_at(moment.at))) {
            let Moment { at, of, step } = *moment;
            let found = self.file.iter().find(|one| one.id == of).cloned();
            let (before, last) = so_far.get(&of).map_or((0, None), |(before, last)| (*before, Some(*last)));
            let led = match (&found, step) {
                (None, Step::Open) => self.open(at, script, &rights)?,
                (_, Step::Close(on, reason)) => self.close(at, CloseOrder { on, reason }, script, &so_far)?,
                (None, _) => continue,
                (Some(orientation), _) => {
                    if self.skips(moment, orientation) {
                        continue;
                    }
                    so_far.insert(of, (before + 1, *moment));
                    if let Step::Reorient(next) = step {
                        so_far.insert(next, (1, *moment));
                    }
                    if before != orientation.stamp.version || last.is_none_or(|last| !last.is_last_of(orientation)) {
                        continue;
                    }
                    self.step(moment, script, orientation, &rights)?
                }
            };
            if matches!(step, Step::Open) {
                so_far.insert(of, (1, *moment));
            }
            self.keep(led, script.written_at(at));
        }
        Ok(())
    }

    fn keep(&mut self, led: Led, written_at: Instant) {
        match led {
            Ok(Some(taken)) => {
                for change in taken.changes() {
                    let mut after = change.after.clone();
                    if change.created {
                        after.stamp.created_at = self.maker.dated(written_at);
                    }
                    self.file.retain(|one| one.id != after.id);
                    self.file.push(after);
                }
                self.line.push((taken, written_at));
            }
            Ok(None) => {}
            Err(_) => self.refused += 1,
        }
    }

    /// Their right as it was known when the script begins, if it is as it was invented.
    fn rights(&self, script: &Script) -> Vec<RsaRight> {
        let theirs = self.known.rights.get(&self.person.id).into_iter().flatten().filter(|right| right.id == script.right);
        let known = theirs.map(|right| {
            let duties = right.duties.iter().filter(|duties| duties.starts_on <= script.subject_since).copied().collect();
            RsaRight { end: None, duties, ..right.clone() }
        });
        known.filter(|right| right.subject_since() == Some(script.subject_since)).collect()
    }

    fn chance(&self, id: Id<Orientation>, part: u64) -> Chance {
        Chance::of(self.maker.world.seed, Kind::Criteria, id.uuid().as_u64_pair().1, part)
    }

    /// Whether a step is not one of an orientation like this.
    fn skips(&self, moment: &Moment, orientation: &Orientation) -> bool {
        let Some(decision) = &orientation.decision else { return false };
        let is_ours = decision.kind == Department;
        match moment.step {
            Step::Ask(_, ReviewReason::SocialReview, _) | Step::Maintain(ReviewReason::SocialReview) => decision.accompaniment != Social,
            Step::Ask(..) | Step::Maintain(_) | Step::Hear(_) | Step::Reorient(_) => !is_ours,
            // The second time, under review.
            Step::Propose => !is_ours && orientation.proposal.as_ref().is_some_and(|proposal| proposal.at < moment.at),
            // Whoever was told by a referral of then answers that.
            Step::Accept => !is_ours && !self.has_been_accepted(moment.at, orientation),
            _ => false,
        }
    }

    fn referral(&self, orientation: &Orientation) -> Option<&Referral> {
        orientation.referral.and_then(|id| self.known.referrals.get(&id))
    }

    fn has_been_accepted(&self, at: Instant, orientation: &Orientation) -> bool {
        let answered = |referral: &Referral| matches!(referral.state, ReferralState::Accepted | ReferralState::Started);
        self.referral(orientation).is_some_and(|referral| at < referral.sent_at || answered(referral))
    }

    fn open(&self, at: Instant, script: &Script, rights: &[RsaRight]) -> Result<Led, Stop> {
        let scope = self.maker.may_exactly::<PrepareOrientation>(at)?;
        let opened = Orientation::open(&scope, script.id, self.person, OpenOrder { voluntary: false }, rights, &self.file);
        Ok(opened.map(|opened| Some(Taken::Piece(opened))))
    }

    /// Takes a step of an orientation that stands as the one before left it.
    fn step(&self, moment: &Moment, script: &Script, orientation: &Orientation, rights: &[RsaRight]) -> Result<Led, Stop> {
        let (at, maker) = (moment.at, self.maker);
        let prepare = maker.may_exactly::<PrepareOrientation>(at)?;
        let decide = maker.may_exactly::<DecideOrientation>(at)?;
        Ok(match moment.step {
            Step::Open | Step::Close(..) => Ok(None),
            Step::Plan(on) => orientation.interview(&prepare, InterviewOrder { on, outcome: None }).map(|led| led.map(Taken::Piece)),
            Step::Meet(on, outcome) => {
                orientation.interview(&prepare, InterviewOrder { on, outcome: Some(outcome) }).map(|led| led.map(Taken::Piece))
            }
            Step::Propose => self.propose(at, script, orientation)?,
            Step::Decide { by_france_travail } => {
                let clock = rights.iter().find_map(RsaRight::orientation_clock);
                let lapsed = clock.and_then(law::lapses_on).is_some_and(|day| day <= at.day());
                let by = if by_france_travail && lapsed { DecidedBy::FranceTravail } else { DecidedBy::Department };
                self.decide(at, orientation, rights, (by, orientation.id))?
            }
            Step::Reorient(next) => self.decide(at, orientation, rights, (DecidedBy::Department, next))?,
            Step::Notify(means) => {
                let order = NotifyOrder { notified_on: at.day(), means, appeal_stated: true };
                orientation.notify(&decide, order).map(|led| led.map(Taken::Piece))
            }
            Step::Accept => self.accept(at, orientation)?,
            Step::Ask(requested_by, reason, words) => {
                let comment = words.map(said).transpose()?;
                orientation.request_review(&prepare, ReviewOrder { requested_by, reason, comment }).map(|led| Some(Taken::Piece(led)))
            }
            Step::Hear(asked_on) => {
                let order = OpinionOrder { asked_on, opinion: Some(TeamOpinion::Change), given_on: Some(at.day()) };
                orientation.hear(&decide, order).map(|led| led.map(Taken::Piece))
            }
            Step::Maintain(_) => {
                let Some(decision) = &orientation.decision else { return Ok(Ok(None)) };
                let around = self.around(decision.organisation, None, rights);
                orientation.maintain(&decide, &MaintainOrder::default(), &around).map(told_nobody)
            }
        })
    }

    /// What somebody comes to who stays with the département.
    fn at_home(&self, orientation: &Orientation) -> Accompaniment {
        let drawn = if self.chance(orientation.id, 0).happens(SOCIAL) { Social } else { Socioprofessional };
        let wanted = match &orientation.decision {
            Some(decision) if decision.accompaniment == Social => Socioprofessional,
            Some(_) => Social,
            None => drawn,
        };
        let may_come = self.department().is_some_and(|department| self.may_come(department, wanted));
        if may_come { wanted } else { Social }
    }

    fn department(&self) -> Option<Id<Organisation>> {
        self.known.organisations.iter().find(|one| one.kind == Department).map(|one| one.id)
    }

    /// The places of an organisation, and how many others take. Nobody waits in the demonstration.
    fn room(&self, organisation: Id<Organisation>) -> Room {
        let taken = self.taken.get(&organisation).copied().unwrap_or(0);
        Room { places: self.known.places.get(&organisation).copied(), taken, waiting: 0 }
    }

    fn may_come(&self, organisation: Id<Organisation>, accompaniment: Accompaniment) -> bool {
        accompaniment != Socioprofessional || self.room(organisation).free() != Some(0)
    }

    /// The referral that a first decision may adopt.
    fn way(&self) -> Option<Way<'_>> {
        let (referral, accompaniment) = self.known.ways.get(&self.person.id).copied()?;
        let is_adopted = self.file.iter().any(|one| one.referral == Some(referral.id));
        (!is_adopted && self.may_come(referral.receiver.id, accompaniment)).then_some((referral, accompaniment))
    }

    fn propose(&self, at: Instant, script: &Script, orientation: &Orientation) -> Result<Led, Stop> {
        let way = self.way().filter(|_| orientation.decision.is_none() && !script.is_over(self.maker.world));
        let at_home = || self.department().map(|department| (department, self.at_home(orientation)));
        let towards = way.map(|(referral, accompaniment)| (referral.receiver.id, accompaniment)).or_else(at_home);
        let Some((organisation, accompaniment)) = towards else { return Ok(Ok(None)) };
        let mut chance = self.chance(orientation.id, if orientation.decision.is_some() { 2 } else { 1 });
        let criteria = criteria(&mut chance, accompaniment, &self.life.barriers, at.day())?;
        let order = ProposeOrder { criteria, accompaniment, organisation, comment: None };
        let proposed = orientation.propose(&self.maker.may_exactly(at)?, self.person, order, self.provider(organisation, None));
        Ok(proposed.map(|proposed| Some(Taken::Piece(proposed))))
    }

    fn provider(&self, organisation: Id<Organisation>, site: Option<Id<Site>>) -> Provider<'_> {
        Provider {
            organisation: self.known.organisations.iter().find(|one| one.id == organisation),
            delegations: self.known.delegations.get(&organisation).map_or(&[], Vec::as_slice),
            site: self.known.sites.iter().find(|one| Some(one.id) == site),
        }
    }

    /// Decides what was proposed; what was proposed elsewhere, where there is no referral to adopt any more, stays with the département.
    fn decide(&self, at: Instant, orientation: &Orientation, rights: &[RsaRight], (by, new_id): (DecidedBy, Id<Orientation>)) -> Result<Led, Stop> {
        let (Some(proposal), Some(department)) = (&orientation.proposal, self.department()) else { return Ok(Ok(None)) };
        let fits = |way: &Way<'_>| (way.0.receiver.id, way.1) == (proposal.organisation, proposal.accompaniment) && by == DecidedBy::Department;
        let way = self.way().filter(fits);
        let (organisation, accompaniment) = match way {
            None if proposal.organisation != department || !self.may_come(department, proposal.accompaniment) => (department, Social),
            _ => (proposal.organisation, proposal.accompaniment),
        };
        let site = way.and_then(|(referral, _)| referral.receiver.site.as_ref()).map(|(site, _, _)| *site);
        let is_transfer =
            orientation.former.is_none() && orientation.decision.is_none() && rights.iter().any(|right| right.transferred_from.is_some());
        let differs = proposal.suggestion.accompaniment != accompaniment;
        let reason = self.chance(orientation.id, 3).pick(&REASONS, "Le référent connaît déjà la situation et la suit.");
        let order = DecideOrder {
            accompaniment,
            organisation,
            site,
            decided_by: Some(by),
            origin: (is_transfer && by == DecidedBy::Department).then_some(OrientationOrigin::Transfer),
            decided_on: None,
            reason: differs.then(|| said(reason)).transpose()?,
            objective: None,
        };
        let room = if accompaniment == Socioprofessional { self.room(organisation) } else { Room::default() };
        let around = Deciding { open_referral: way.map(|(referral, _)| referral), room, new_id, ..self.around(organisation, site, rights) };
        let decided = orientation.decide(&self.maker.may_exactly::<DecideOrientation>(at)?, order, &around);
        Ok(decided.map(told_nobody))
    }

    fn around<'b>(&'b self, organisation: Id<Organisation>, site: Option<Id<Site>>, rights: &'b [RsaRight]) -> Deciding<'b> {
        Deciding {
            person: self.person,
            others: &self.file,
            rights,
            provider: self.provider(organisation, site),
            room: Room::default(),
            open_referral: None,
            referrer: None,
            new_id: Id::new(uuid::Uuid::nil()),
            referral_id: Id::new(uuid::Uuid::nil()),
            settings: self.maker.settings,
        }
    }

    fn accept(&self, at: Instant, orientation: &Orientation) -> Result<Led, Stop> {
        let Some(referral) = self.referral(orientation) else {
            let order = AcceptOrder { referent: self.known.referents.get(&self.referent) };
            let accepted = orientation.accept(&self.maker.may_exactly::<AcceptOrientation>(at)?, &order, None);
            return Ok(accepted.map(|accepted| accepted.map(Taken::Piece)));
        };
        // The receiver said so by then, before there was a feed to say it in: its answer is followed, and not written.
        let asked = Referral { state: ReferralState::Accepted, started_on: None, sent_at: at, ..referral.clone() };
        let answered = asked.start(&self.maker.may_exactly::<AnswerReferral>(at)?, at.day());
        Ok(answered.map(|answered| answered.and_then(|answered| orientation.follow_referral(&answered)).map(Taken::Piece)))
    }

    /// Closes the orientation that a script came to, unless anybody else touched it, or its receiver still has the referral.
    fn close(&self, at: Instant, order: CloseOrder, script: &Script, so_far: &HashMap<Id<Orientation>, (i32, Moment)>) -> Result<Led, Stop> {
        let Some(orientation) = self.file.iter().find(|one| script.tells_of(one.id) && (one.is_pending() || one.is_in_force())) else {
            return Ok(Ok(None));
        };
        let stands = so_far.get(&orientation.id).is_some_and(|(version, last)| *version == orientation.stamp.version && last.is_last_of(orientation));
        let is_with_receiver = self.referral(orientation).is_some_and(|referral| referral.state_at(self.maker.world.now).is_open());
        if is_with_receiver || !(stands || was_followed(orientation)) {
            return Ok(Ok(None));
        }
        let closed = orientation.close(&self.maker.may_exactly::<CloseOrientation>(at)?, order, None);
        Ok(closed.map(|closed| closed.map(|closed| Taken::Piece(closed.orientation))))
    }
}

/// A decision that tells nobody elsewhere anything; the others are not the demonstration's to take.
fn told_nobody(decided: Decided<OrientationDecided>) -> Option<Taken> {
    (decided.referral.is_none() && decided.ended_referral.is_none()).then_some(Taken::Decision(decided))
}

/// Whether it stands as the answers to its referral left it.
fn was_followed(orientation: &Orientation) -> bool {
    use ReviewReason::{AccompanimentEnded, ReferralRefused};
    let by_receiver = |review: &Review| {
        let is_answer = matches!(review.reason, AccompanimentEnded | ReferralRefused);
        is_answer && review.requested_by == ReviewRequester::Referent && review.team_asked_on.is_none()
    };
    let is_accepted = orientation.acceptance.is_some_and(|acceptance| acceptance.referent.is_none());
    orientation.referral.is_some()
        && match orientation.state {
            OrientationState::Active => is_accepted,
            OrientationState::Review => orientation.review.as_ref().is_some_and(by_receiver),
            _ => false,
        }
}
