//! Making the invented referrals and what becomes of them, in the order things happened, through the rules. What they are is drawn in
//! `scripts` and `placements`. One that anybody else touched is left alone, and whatever the rules refuse, a visitor was there before.

use std::collections::HashMap;

use domain::action::Action;
use domain::actor::{Actor, Role, Standing};
use domain::attendance::{Mark, MarkOrder, Sheet, SheetLine};
use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant};
use domain::change::{Change, Stamp};
use domain::id::Id;
use domain::organisation::{Delegation, Organisation, OrganisationKind, Site};
use domain::policy::{
    self, AnswerReferral, CloseEnrolment, ReadAction, ReadEnrolment, ReadOrganisation, ReadReferral, ReadSession, RecordAttendance, Refer,
};
use domain::referral::{
    AcceptOrder, Around, CancelOrder, ConcludeOrder, Conclusion, EditOrder, Outcome, Place, PurposeOrder, ReceiptOrder, Referent, Referral,
    ReferralChanged, Referrer, RefuseOrder, SendOrder,
};
use domain::refusal::{Decided, Refusal};
use domain::session::Session;
use persistence::actions::ActionQuery;
use persistence::organisations::{self as stored, OrganisationQuery};
use persistence::referrals::{self, ReferralQuery};
use persistence::{Error, Listing, Source, Write, beneficiaries, enrolments, groups, sessions};

use super::maker::{Maker, World, said};
use super::people::Person;
use super::placements::{self, Guest};
use super::scripts::{self, Adviser, Referrers, Script, Step, To};
use super::staff::{self, Colleague};
use super::{actions, organisations, waiting};
use crate::problem::Stop;

/// Everything that is invented of referrals by now.
pub(super) fn scripts(maker: &Maker<'_>, people: &[Person], pools: &[Vec<Id<Beneficiary>>]) -> Result<Vec<Script>, Stop> {
    let referrers = Referrers::new(maker);
    let mut scripts = placements::placed(maker, people, pools, &referrers)?;
    scripts.extend(scripts::accompaniments(maker.world, people, &referrers));
    scripts.extend(placements::unplaced(maker, people, pools, &referrers));
    scripts.extend(waiting::waiting(maker.world, people, pools, &referrers));
    Ok(scripts)
}

/// The referrals there are, by id.
pub(super) type Known = HashMap<Id<Referral>, Referral>;

/// Reads the referrals there are.
pub(super) async fn known(maker: &Maker<'_>, source: &impl Source) -> Result<Known, Stop> {
    let read = maker.may::<ReadReferral>(maker.world.now)?;
    let listed = referrals::list(source, &read, &ReferralQuery::default(), &Listing::first(1_000_000)).await?.items;
    Ok(listed.into_iter().map(|referral| (referral.id, referral)).collect())
}

/// A step that is to be taken: its moment, its place in its script, and the script.
pub(super) type Due<'a> = (Instant, usize, &'a Script);

/// The steps whose moment has come and that were not taken, in the order of their moments.
pub(super) fn due<'a>(world: &World, scripts: &'a [Script], known: &Known) -> Vec<Due<'a>> {
    let mut due = Vec::new();
    for script in scripts {
        let taken = known.get(&script.id).map(|referral| usize::try_from(referral.stamp.version).unwrap_or(0));
        if script.is_made || taken.is_some() {
            let steps = script.steps.iter().enumerate().skip(taken.unwrap_or(0));
            due.extend(steps.filter(|(_, (at, _))| world.has_come(*at)).map(|(place, (at, _))| (*at, place, script)));
        }
    }
    due.sort_by_key(|(at, place, script)| (*at, script.id, *place));
    due
}

/// Takes steps in their order. Returns how many were taken, and how many the rules refused.
pub(super) async fn take(maker: &Maker<'_>, w: &Write, due: &[Due<'_>]) -> Result<(usize, u32), Stop> {
    let mut desk = Desk::open(maker, w).await?;
    let (mut taken, mut refused) = (0, 0);
    for (at, place, script) in due {
        match desk.take(*at, *place, script).await? {
            Ok(Some(changed)) => {
                desk.known.insert(script.id, changed.after.clone());
                desk.decided.push(changed);
                taken += 1;
            }
            Ok(None) => {}
            Err(_) => refused += 1,
        }
    }
    desk.save().await?;
    Ok((taken, refused))
}

/// What a step led to; nothing when somebody else was there before.
type Taken = Result<Option<Decided<ReferralChanged>>, Refusal>;

/// What steps are taken with, and what they led to since it was last saved.
struct Desk<'a> {
    maker: &'a Maker<'a>,
    w: &'a Write,
    staff: Vec<Colleague>,
    organisations: Vec<Organisation>,
    actions: Vec<Action>,
    sites: Vec<Site>,
    delegations: Vec<Delegation>,
    known: Known,
    decided: Vec<Decided<ReferralChanged>>,
    identified: Vec<Decided<Change<Beneficiary>>>,
}

impl<'a> Desk<'a> {
    async fn open(maker: &'a Maker<'a>, w: &'a Write) -> Result<Self, Stop> {
        let (now, all) = (maker.world.now, Listing::first(10_000));
        let read = maker.may::<ReadOrganisation>(now)?;
        let organisations = stored::list(w, &read, &OrganisationQuery::default(), &all).await?.items;
        let (mut sites, mut delegations) = (Vec::new(), Vec::new());
        for organisation in organisations.iter().filter(|one| matches!(one.kind, OrganisationKind::PoleEmploi | OrganisationKind::Plie)) {
            sites.extend(stored::list_sites(w, &read, organisation.id, &all).await?.items);
            delegations.extend(stored::list_delegations(w, &read, organisation.id, &all).await?.items);
        }
        let actions = persistence::actions::list(w, &maker.may::<ReadAction>(now)?, &ActionQuery::default(), &all).await?.items;
        let (staff, known) = (staff::staff(maker), known(maker, w).await?);
        Ok(Self { maker, w, staff, organisations, actions, sites, delegations, known, decided: Vec::new(), identified: Vec::new() })
    }

    /// Saves what was decided: new referrals before edited ones, then who was identified, so that what they were told is read back.
    async fn save(&mut self) -> Result<(), Error> {
        referrals::save(self.w, &std::mem::take(&mut self.decided)).await?;
        beneficiaries::save_all(self.w, &std::mem::take(&mut self.identified)).await
    }

    /// The other open referral of somebody for the same purpose.
    fn rival(&self, script: &Script, action: Option<Id<Action>>) -> bool {
        let rivals = |one: &&Referral| one.person.id == script.person && one.id != script.id && one.state.is_open() && one.purpose.action() == action;
        self.known.values().any(|one| rivals(&one))
    }

    async fn take(&mut self, at: Instant, place: usize, script: &Script) -> Result<Taken, Stop> {
        let Some((_, step)) = script.steps.get(place) else { return Ok(Ok(None)) };
        if matches!(step, Step::Send) {
            return if self.known.contains_key(&script.id) { Ok(Ok(None)) } else { self.send(at, script).await };
        }
        let Some(referral) = self.known.get(&script.id).filter(|referral| script.is_at(place, referral)).cloned() else { return Ok(Ok(None)) };
        let (maker, vocabulary) = (self.maker, self.maker.vocabulary);
        // At the very moment: the feed says when it happened, and the rules ask what had happened then.
        let answer = maker.may_exactly::<AnswerReferral>(at)?;
        let rival = self.rival(script, referral.purpose.action());
        Ok(match step {
            Step::Send => Ok(None),
            Step::Receive { external_id, france_travail_id } => self.receive(at, &referral, external_id, france_travail_id.as_deref()).await?,
            Step::Wait(seats) => {
                // For an accompaniment there are no groups, and no seats.
                let group = match script.to {
                    To::TakePart { group: Some(n), .. } => groups::lock_for_referral(self.w, actions::group_id(maker.world, n)).await?,
                    _ => None,
                };
                let seated: Vec<_> = group.into_iter().map(|group| (group, seats.clone())).collect();
                referral.put_on_waiting_list(&answer, &seated, rival)
            }
            Step::Accept(adviser) => {
                let order = AcceptOrder { referent: Some(referent(adviser)?), ..AcceptOrder::default() };
                let person = referrals::lock_person(self.w, &referral).await?;
                let nowhere = Place { person: &person, group: None, seats: &[], enrolment: self.w.id() };
                referral.accept(&answer, order, &nowhere, rival, vocabulary).map(|accepted| accepted.map(|accepted| accepted.referral))
            }
            Step::Refuse { why: (reason, words), in_words } => {
                let order = RefuseOrder { reason: said(reason)?, comment: in_words.then(|| said(words)).transpose()? };
                referral.refuse(&answer, order, rival, vocabulary)
            }
            Step::Start => referral.start(&answer, at.day()),
            Step::Conclude { conclusion, why, outcome } => referral.conclude(&answer, conclude(*conclusion, *why, outcome, at.day())?, vocabulary),
            Step::Cancel { why: (reason, words), in_words } => {
                let order = CancelOrder { reason: said(reason)?, comment: in_words.then(|| said(words)).transpose()? };
                referral.cancel(&maker.may_exactly::<Refer>(at)?, order, false, vocabulary)
            }
            Step::Lapse => Ok(referral.lapse(&answer)),
            Step::Seat | Step::Come | Step::Leave => match &script.guest {
                Some(guest) => self.follow(at, step, &referral, guest).await?,
                None => Ok(None),
            },
        })
    }

    async fn send(&mut self, at: Instant, script: &Script) -> Result<Taken, Stop> {
        // New rows are saved before edited ones: somebody's last referral must be stored as ended before their next one.
        let waits = self.decided.iter().any(|one| one.after.person.id == script.person) || self.is_being_identified(script.person);
        if waits {
            self.save().await?;
        }
        let (maker, world) = (self.maker, self.maker.world);
        let person = beneficiaries::lock(self.w, &maker.may_exactly::<Refer>(at)?, script.person).await?;
        let (Some(person), Some(colleague)) = (person, self.staff.get(script.by)) else { return Ok(Ok(None)) };
        let action = match script.to {
            To::Accompany { .. } => None,
            To::TakePart { action, .. } => Some(actions::action_id(world, action)),
        };
        let action = self.actions.iter().find(|one| Some(one.id) == action);
        let (purpose, receiver, site) = match script.to {
            To::Accompany { receiver, agency, accompaniment } => {
                let organisation = organisations::id(maker, receiver);
                let site = agency.and_then(|place| organisations::agency_id(world, place));
                (PurposeOrder::Accompaniment { accompaniment, organisation }, Some(organisation), site)
            }
            To::TakePart { action: number, group, status_at_entry } => {
                let group = group.map(|n| actions::group_id(world, n));
                let purpose = PurposeOrder::Action { action: actions::action_id(world, number), group, status_at_entry: said(status_at_entry)? };
                (purpose, action.map(|action| action.organisation), None)
            }
        };
        let receiver = self.organisations.iter().find(|one| Some(one.id) == receiver);
        let theirs = |one: &&Delegation| receiver.is_some_and(|receiver| receiver.id == one.organisation);
        let delegations: Vec<Delegation> = self.delegations.iter().filter(theirs).cloned().collect();
        let group = match script.to {
            To::TakePart { group: Some(n), .. } => groups::lock_for_referral(self.w, actions::group_id(world, n)).await?,
            _ => None,
        };
        let referrer = self.referrer(colleague)?;
        let around = Around {
            receiver,
            delegations: &delegations,
            site: self.sites.iter().find(|one| Some(one.id) == site),
            action,
            group: group.as_ref(),
            is_open: self.rival(script, action.map(|action| action.id)),
            referrer: referrer.as_ref(),
            settings: maker.settings,
            vocabulary: maker.vocabulary,
        };
        let about = EditOrder { site, objective: said(&script.objective)?, barriers: script.barriers.clone(), signed_on: script.signed_on };
        let standing =
            Standing::Professional { organisation: organisations::id(maker, 0), kind: OrganisationKind::Department, role: Role::Caseworker };
        let refers = policy::may::<Refer>(&Actor { principal: Id::new(colleague.id.uuid()), standing }, at)?;
        Ok(Referral::send(&refers, script.id, &person, SendOrder { purpose, about }, &around).map(Some))
    }

    fn is_being_identified(&self, person: Id<Beneficiary>) -> bool {
        self.identified.iter().any(|one| one.after.id == person)
    }

    /// A caseworker of the département, as the receiver reads them.
    fn referrer(&self, colleague: &Colleague) -> Result<Option<Referrer>, Refusal> {
        let Some(department) = self.organisations.iter().find(|one| one.kind == OrganisationKind::Department) else { return Ok(None) };
        Ok(Some(Referrer {
            organisation_name: department.name.clone(),
            last_name: said(colleague.last_name)?,
            first_name: said(colleague.first_name)?,
            email: said(&colleague.email)?,
        }))
    }

    async fn receive(&mut self, at: Instant, referral: &Referral, external_id: &str, france_travail_id: Option<&str>) -> Result<Taken, Stop> {
        if self.is_being_identified(referral.person.id) {
            self.save().await?;
        }
        let person = referrals::lock_person(self.w, referral).await?;
        let order = ReceiptOrder { external_id: Some(said(external_id)?), france_travail_id: france_travail_id.map(said).transpose()? };
        let is_taken = match &order.france_travail_id {
            Some(given) => beneficiaries::is_identified_elsewhere(self.w, given, Some(person.id)).await?,
            None => false,
        };
        let received = match referral.receive(&self.maker.may_exactly(at)?, &person, order.clone(), is_taken) {
            Ok(received) => received,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if received.identified.is_some() {
            // The person's file is dated as far back as an extension may: whoever synchronises it has read on.
            self.identified.extend(referral.receive(&self.maker.may(at)?, &person, order, is_taken)?.identified);
        }
        Ok(Ok(received.referral))
    }

    /// What becomes of a seat, and of its referral with it.
    async fn follow(&mut self, at: Instant, step: &Step, referral: &Referral, guest: &Guest) -> Result<Taken, Stop> {
        match step {
            Step::Seat => self.seat(at, referral, guest).await,
            Step::Come => self.come(at, referral, guest).await,
            _ => self.leave(at, referral, guest).await,
        }
    }

    async fn seat(&mut self, at: Instant, referral: &Referral, guest: &Guest) -> Result<Taken, Stop> {
        // The seat names its referral, and the referral its seat.
        self.save().await?;
        let group = groups::lock_for_referral(self.w, actions::group_id(self.maker.world, guest.group)).await?;
        let Some(group) = group else { return Ok(Ok(None)) };
        let (seats, person) = (groups::seats(self.w, &group).await?, referrals::lock_person(self.w, referral).await?);
        let place = Place { person: &person, group: Some(&group), seats: &seats, enrolment: guest.stay.id };
        let order = AcceptOrder { referent: None, group: Some(group.id), starts_on: Some(guest.stay.starts_on) };
        let vocabulary = self.maker.vocabulary;
        let exactly = referral.accept(&self.maker.may_exactly(at)?, order.clone(), &place, false, vocabulary);
        let dated = referral.accept(&self.maker.may(at)?, order, &place, false, vocabulary);
        Ok(match (exactly, dated) {
            (Ok(Some(exactly)), Ok(Some(dated))) => {
                enrolments::save_all(self.w, dated.enrolment.as_slice()).await?;
                Ok(Some(exactly.referral))
            }
            (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
            (Ok(None), _) | (_, Ok(None)) => Ok(None),
        })
    }

    /// The first half-day that somebody comes to. The sheet itself is filled with the group's, in `sheets`: here it is as it will be,
    /// so that the feed tells each thing in its turn.
    async fn come(&mut self, at: Instant, referral: &Referral, guest: &Guest) -> Result<Taken, Stop> {
        let Some(gathering) = &guest.first else { return Ok(Ok(None)) };
        let known = sessions::find(self.w, &self.maker.may::<ReadSession>(at)?, gathering.id).await?;
        if known.is_some_and(|session| session.stamp.version > 1 || session.sheet_version > 1) {
            return Ok(Ok(None));
        }
        let read = self.maker.may::<ReadEnrolment>(at)?;
        let group = groups::lock_for_referral(self.w, actions::group_id(self.maker.world, guest.group)).await?;
        let (Some(group), Some(enrolment)) = (group, enrolments::find(self.w, &read, guest.stay.id).await?) else { return Ok(Ok(None)) };
        let session = Session {
            id: gathering.id,
            reference: String::new(),
            group: group.id,
            group_code: group.code.clone(),
            group_name: group.about.name.clone(),
            action: group.action,
            action_name: group.action_name.clone(),
            slot: placements::slot(gathering),
            place: group.about.place.clone(),
            sheet_version: 1,
            sheet_closed_at: None,
            cancelled_at: None,
            cancel_reason: None,
            stamp: Stamp::first(at),
        };
        let value = super::sheets::mark(self.maker, &session.slot, &guest.stay)?;
        let line = SheetLine { enrolment: enrolment.id, person: enrolment.person, mark: Mark::default() };
        let sheet = Sheet { session, lines: vec![line] };
        let marks = vec![MarkOrder { enrolment: enrolment.id, value }];
        let recorded = sheet.record(&self.maker.may_exactly::<RecordAttendance>(at)?, marks, self.maker.settings, self.maker.vocabulary);
        Ok(recorded.map(|recorded| referral.follow_attendance(&recorded, at)))
    }

    async fn leave(&mut self, at: Instant, referral: &Referral, guest: &Guest) -> Result<Taken, Stop> {
        let found = enrolments::find(self.w, &self.maker.may::<ReadEnrolment>(at)?, guest.stay.id).await?;
        let Some(enrolment) = found.filter(|one| one.end.is_none() && one.stamp.version == 1) else { return Ok(Ok(None)) };
        let group = groups::lock_for_referral(self.w, enrolment.group).await?;
        let Some(group) = group else { return Ok(Ok(None)) };
        let (ends_on, reason) = (guest.stay.ends_on, guest.stay.reason);
        let last_mark = enrolments::last_mark(self.w, &enrolment, ends_on).await?;
        let exactly = enrolment.end(&self.maker.may_exactly::<CloseEnrolment>(at)?, &group, ends_on, reason, last_mark);
        let dated = enrolment.end(&self.maker.may::<CloseEnrolment>(at)?, &group, ends_on, reason, last_mark);
        Ok(match (exactly, dated) {
            (Ok(exactly), Ok(dated)) => {
                enrolments::save(self.w, &dated).await?;
                Ok(referral.follow_exit(&exactly))
            }
            (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
        })
    }
}

fn referent(adviser: &Adviser) -> Result<Referent, Refusal> {
    Ok(Referent {
        last_name: said(adviser.last_name)?,
        first_name: said(adviser.first_name)?,
        email: Some(said(&adviser.email)?),
        phone: Some(said(&adviser.phone)?),
    })
}

fn conclude(conclusion: Conclusion, why: Option<(&str, &str)>, outcome: &Outcome, ended_on: Day) -> Result<ConcludeOrder, Refusal> {
    let reason = why.map(|(reason, _)| said(reason)).transpose()?;
    let comment = why.map(|(_, words)| said(words)).transpose()?;
    Ok(ConcludeOrder { conclusion, ended_on, reason, comment, outcome: outcome.clone() })
}
