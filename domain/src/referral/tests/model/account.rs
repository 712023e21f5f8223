//! What the contract says of a referral, told anew: the versions that its receiver reads, and what refuses the rest.

use chrono::Datelike;

use super::*;

pub(super) type Seat = (u128, Day, Option<Day>);

/// Somebody else who waits, since when and for which group.
#[derive(Clone, Debug)]
pub(super) struct InLine {
    pub(super) referral: u128,
    pub(super) person: u128,
    pub(super) since: Instant,
    pub(super) group: Option<u128>,
}

#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) life: Life,
    pub(super) now: Instant,
    /// The last version, as its receiver reads it.
    pub(super) told: Disclosed,
    /// All that is known of the person.
    pub(super) person: DisclosedPerson,
    pub(super) waiting_since: Option<Instant>,
    pub(super) seat_from: Option<Day>,
    pub(super) another_is_open: bool,
    pub(super) seats: [Vec<Seat>; 3],
    pub(super) line: Vec<InLine>,
}

impl Account {
    pub(super) fn new(life: &Life) -> Self {
        let receiver = organisation(life.kind);
        let is_action = life.meant != Meant::Accompaniment;
        let in_group = life.meant == Meant::Group;
        let person = DisclosedPerson {
            beneficiary_id: id(500),
            person_reference: person().reference,
            last_name: Some(name("Exemple")),
            first_name: Some(name("Camille")),
            birth_name: Some(name("Modèle")),
            phone: PHONES[0].parse().ok(),
            email: "camille.exemple@courriel.example".parse().ok(),
            commune_code: "87085".parse().ok(),
            birth_date: BIRTH_DATES[0].map(day),
            france_travail_id: None,
        };
        let told = Disclosed {
            id: id(800),
            version: 1,
            state: S::Sent,
            person: person.clone(),
            organisation_id: receiver.id,
            organisation_name: receiver.name,
            site_id: None,
            site_code: None,
            purpose: if is_action { PurposeKind::Action } else { PurposeKind::Accompaniment },
            accompaniment: (!is_action).then_some(Accompaniment::CommonLaw),
            action_id: is_action.then(|| id(200)),
            action_name: is_action.then(|| label("Atelier de mobilisation")),
            group_id: in_group.then(|| id(300)),
            group_name: in_group.then(|| label("Limoges, mardi et jeudi")),
            objective: note(OBJECTIVES[0]),
            barriers: BARRIERS[0].to_vec(),
            signed_on: Some(day("2026-11-17")),
            referrer: Some(referrer()),
            external_id: None,
            referent: None,
            reason: None,
            comment: None,
            enrolment_id: None,
            started_on: None,
            ended_on: None,
            came: None,
            selected: None,
            joined: None,
            sent_at: now(),
            expires_at: is_action.then(|| at(EXPIRY)),
            closed_at: None,
            updated_at: now(),
        };
        let november = day("2026-11-02");
        let both = [(1, november, None), (2, november, None)];
        let seats = [both[usize::from(!life.is_full)..].to_vec(), vec![(3, day("2026-12-01"), None); usize::from(life.is_full)], Vec::new()];
        let mut account = Self {
            life: life.clone(),
            now: now(),
            told,
            person,
            waiting_since: None,
            seat_from: None,
            another_is_open: false,
            seats,
            line: Vec::new(),
        };
        account.told.person = account.shown();
        account
    }

    pub(super) fn today(&self) -> Day {
        self.now.day()
    }

    pub(super) fn in_days(&self, days: i64) -> Day {
        self.today().plus_days(days)
    }

    /// The person, as far as a receiver of this kind may know them.
    pub(super) fn shown(&self) -> DisclosedPerson {
        let employment_service = [K::PoleEmploi, K::MissionLocale, K::CapEmploi].contains(&self.life.kind);
        let mut shown = self.person.clone();
        if !employment_service {
            (shown.birth_date, shown.france_travail_id) = (None, None);
        }
        shown
    }

    /// Where it stands at the clock.
    pub(super) fn stands(&self) -> S {
        let unanswered = self.told.state == S::Sent || self.told.state == S::Received;
        if unanswered && self.told.expires_at.is_some_and(|end| self.now >= end) { S::Expired } else { self.told.state }
    }

    pub(super) fn is_open(&self) -> bool {
        OPEN.contains(&self.stands())
    }

    pub(super) fn verdict(&self, act: Act) -> Verdict {
        match verdict(self.told.purpose, self.stands(), act) {
            Verdict::Late(..) if self.another_is_open => Verdict::No(Rule::ReferralOpen),
            verdict => verdict,
        }
    }

    /// A new version, in this state.
    pub(super) fn tell(&mut self, state: S, told: T) -> Said {
        if state != self.told.state {
            self.told.closed_at = (!OPEN.contains(&state)).then_some(self.now);
            self.waiting_since = (state == S::WaitingList).then_some(self.now);
        }
        self.told.version += 1;
        self.told.state = state;
        self.told.updated_at = self.now;
        self.told.person = self.shown();
        Said::Told(told)
    }

    /// What the verdict makes of an order that is `wrong` for some reason or says the `same` as before; `apply` writes the rest.
    pub(super) fn settle(&mut self, act: Act, wrong: Option<Said>, same: bool, apply: impl FnOnce(&mut Self)) -> Said {
        match self.verdict(act) {
            Verdict::Once(_) if same => Said::Nothing,
            Verdict::No(rule) | Verdict::Once(rule) => conflict(rule),
            Verdict::To(..) | Verdict::Late(..) | Verdict::Stays if wrong.is_some() => wrong.unwrap(),
            Verdict::Stays if same => Said::Nothing,
            Verdict::Stays => {
                apply(self);
                self.tell(self.told.state, T::Updated)
            }
            Verdict::To(state, told) | Verdict::Late(state, told) => {
                apply(self);
                self.tell(state, told)
            }
        }
    }

    // ---- orders

    pub(super) fn send_another(&mut self) -> Said {
        if self.is_open() || self.another_is_open {
            return conflict(Rule::ReferralOpen);
        }
        let mut faults = Vec::new();
        if self.life.meant == Meant::Accompaniment {
            let by_right = [K::PoleEmploi, K::MissionLocale, K::CapEmploi].contains(&self.life.kind);
            if !by_right && self.today() > day("2026-11-25") {
                faults.push(("/organisation_id", Rule::ReceiverNotAllowed));
            }
            if self.life.kind == K::MissionLocale {
                match self.person.birth_date {
                    None => faults.push(("/organisation_id", Rule::BirthDateRequired)),
                    Some(born) if !(16..=25).contains(&age(born, self.today())) => faults.push(("/organisation_id", Rule::AgeOutsideMission)),
                    Some(_) => {}
                }
            }
        } else {
            if self.today() > day("2026-12-20") {
                faults.push(("/action_id", Rule::ActionUnknown));
            }
            if self.life.meant == Meant::Group && self.today() > day("2027-01-15") {
                faults.push(("/group_id", Rule::GroupUnknown));
            }
        }
        self.another_is_open = faults.is_empty();
        if faults.is_empty() { Said::Told(T::Sent) } else { invalid(&faults) }
    }

    pub(super) fn edit(&mut self, objective: usize, barriers: usize, signed_on: usize, site: usize) -> Said {
        let mut faults = Vec::new();
        let mut listed = BARRIERS[barriers].to_vec();
        listed.sort_unstable();
        if listed.windows(2).any(|two| two[0] == two[1]) {
            faults.push(("/barriers/1", Rule::DuplicateItem));
        }
        let signed_on = self.signed_on(signed_on);
        if signed_on.is_some_and(|on| on > self.today()) {
            faults.push(("/signed_on", Rule::DayInFuture));
        }
        if site == 2 {
            faults.push(("/site_id", Rule::SiteUnknown));
        }
        let wrong = (!faults.is_empty()).then(|| invalid(&faults));
        let (site_id, site_code) = if site == 1 { (Some(id(150)), Some(line("87012"))) } else { (None, None) };
        let told = &self.told;
        let same = (&*told.objective, &told.barriers, told.signed_on, told.site_id) == (OBJECTIVES[objective], &listed, signed_on, site_id);
        self.settle(Act::Edit, wrong, same, |account| {
            let told = &mut account.told;
            (told.objective, told.barriers, told.signed_on) = (note(OBJECTIVES[objective]), listed, signed_on);
            (told.site_id, told.site_code) = (site_id, site_code);
        })
    }

    /// The day of the choice: that of the sending, none, or tomorrow, which nobody signed on.
    pub(super) fn signed_on(&self, choice: usize) -> Option<Day> {
        [Some(day("2026-11-17")), None, Some(self.in_days(1))][choice]
    }

    pub(super) fn cancel(&mut self, reason: &str, comment: Option<&str>) -> Said {
        self.end_with(Act::Cancellation, reason, comment)
    }

    // ---- answers

    pub(super) fn end_with(&mut self, act: Act, reason: &str, comment: Option<&str>) -> Said {
        let wrong = (reason != "known").then(|| invalid(&[("/reason", Rule::CodeUnknown)]));
        let same = self.told.reason.as_deref() == Some(reason) && self.told.comment.as_deref() == comment;
        self.settle(act, wrong, same, |account| {
            (account.told.reason, account.told.comment) = (Some(term(reason)), comment.map(note));
        })
    }

    pub(super) fn receive(&mut self, external_id: Option<usize>, identifier: Option<usize>) -> Said {
        let external_id = external_id.map(|place| EXTERNAL_IDS[place]);
        let named_otherwise = external_id.is_some() && self.told.external_id.is_some() && external_id != self.told.external_id.as_deref();
        let given = identifier.map(|place| IDENTIFIERS[place]);
        let known = self.person.france_travail_id.as_deref();
        let of_another = identifier == Some(SOMEBODY_ELSE_S) || given.is_some() && known.is_some() && given != known;
        let wrong = if given.is_some() && self.life.kind != K::PoleEmploi {
            Some(invalid(&[("/france_travail_id", Rule::FranceTravailIdReserved)]))
        } else {
            (named_otherwise || of_another).then(|| conflict(Rule::IdentifierConflict))
        };
        let new_name = external_id.is_some() && self.told.external_id.is_none();
        let newly_identified = given.is_some() && known.is_none();
        let same = !(new_name || newly_identified);
        self.settle(Act::Receipt, wrong, same, |account| {
            if new_name {
                account.told.external_id = external_id.map(line);
            }
            if let Some(given) = given {
                account.person.france_travail_id = given.parse().ok();
            }
        })
    }

    pub(super) fn accept(&mut self, named: Option<usize>, group: Option<u128>, starts: Option<i64>) -> Said {
        let named = named.map(|place| referent(REFERENTS[place]));
        let starts_on = starts.map(|days| self.in_days(days));
        match self.verdict(Act::Acceptance) {
            Verdict::Stays => {
                let other_group = group.is_some() && group.map(id) != self.told.group_id;
                if other_group || starts_on.is_some() && starts_on != self.seat_from {
                    return conflict(Rule::ReferralAnswered);
                }
                let same = named.is_none() || named == self.told.referent;
                self.settle(Act::Acceptance, None, same, |account| account.told.referent = named)
            }
            Verdict::To(..) | Verdict::Late(..) if self.told.purpose == PurposeKind::Accompaniment => {
                let mut faults = Vec::new();
                if named.is_none() {
                    faults.push(("/referent", Rule::RequiredForPurpose));
                }
                if group.is_some() {
                    faults.push(("/group_id", Rule::ForbiddenForPurpose));
                }
                if starts_on.is_some() {
                    faults.push(("/starts_on", Rule::ForbiddenForPurpose));
                }
                let wrong = (!faults.is_empty()).then(|| invalid(&faults));
                self.settle(Act::Acceptance, wrong, false, |account| account.told.referent = named)
            }
            _ => {
                let seat = self.seat_for(group, starts_on);
                let (wrong, seat) = seat.map_or_else(|wrong| (Some(wrong), None), |seat| (None, Some(seat)));
                self.settle(Act::Acceptance, wrong, false, |account| {
                    let (place, from) = seat.unwrap();
                    account.told.referent = named;
                    account.sit(place, from);
                })
            }
        }
    }

    /// In which group the person would sit, and from when.
    pub(super) fn seat_for(&self, group: Option<u128>, starts_on: Option<Day>) -> Result<(usize, Day), Said> {
        let meant = (self.life.meant == Meant::Group).then_some(300);
        let wanted = group.or(meant).ok_or_else(|| invalid(&[("/group_id", Rule::RequiredForPurpose)]))?;
        let known = [300, 301].contains(&wanted) && meant.is_none_or(|meant| meant == wanted);
        if !known {
            return Err(invalid(&[("/group_id", Rule::GroupUnknown)]));
        }
        let place = GROUPS.iter().position(|one| *one == wanted).unwrap();
        let (first, last) = days_of(place);
        if starts_on.is_some_and(|on| on < self.told.sent_at.day()) {
            return Err(invalid(&[("/starts_on", Rule::DayTooEarly)]));
        }
        // Where no seat is ever free, the first day says what is wrong.
        let from = starts_on.or(self.first_free(place)).unwrap_or_else(|| self.today().max(first));
        if self.sits(place, 0, from) {
            return Err(conflict(Rule::AlreadyEnrolled));
        }
        let until = last.max(from);
        let full = days(from, until).any(|on| self.taken(place, on) >= capacity(place));
        if full {
            return Err(conflict(Rule::GroupFull));
        }
        if from < first || from > last { Err(invalid(&[("/starts_on", Rule::EnrolmentOutsideGroup)])) } else { Ok((place, from)) }
    }

    pub(super) fn sit(&mut self, place: usize, from: Day) {
        self.seats[place].push((0, from, None));
        self.seat_from = Some(from);
        self.told.enrolment_id = Some(id(600));
        self.told.group_id = Some(id(GROUPS[place]));
        self.told.group_name = Some(label("Limoges, mardi et jeudi"));
    }

    /// Whether the person has a seat on that day or later.
    pub(super) fn sits(&self, place: usize, person: u128, from: Day) -> bool {
        self.seats[place].iter().any(|(who, _, until)| *who == person && until.is_none_or(|until| until >= from))
    }

    pub(super) fn taken(&self, place: usize, on: Day) -> usize {
        self.seats[place].iter().filter(|(_, from, until)| *from <= on && until.is_none_or(|until| until >= on)).count()
    }

    /// The first day from which there is a seat on every day to the end of the group.
    pub(super) fn first_free(&self, place: usize) -> Option<Day> {
        let (first, last) = days_of(place);
        let from = self.today().max(first);
        days(from, last)
            .filter(|on| self.taken(place, *on) >= capacity(place))
            .last()
            .map_or(Some(from), |full| Some(full.plus_days(1)))
            .filter(|free| *free <= last)
    }

    pub(super) fn wait(&mut self) -> Said {
        let groups = match self.life.meant {
            Meant::Accompaniment => 0..0,
            Meant::Group => 0..1,
            Meant::AnyGroup => 0..2,
        };
        let is_free = |place: usize| self.first_free(place).is_some();
        let wrong = groups.into_iter().any(is_free).then(|| conflict(Rule::SeatFree));
        self.settle(Act::Waiting, wrong, true, |_| ())
    }

    pub(super) fn start(&mut self, on: i64) -> Said {
        let on = self.in_days(on);
        let mut faults = Vec::new();
        if on > self.today() {
            faults.push(("/started_on", Rule::DayInFuture));
        }
        if on < self.told.sent_at.day() {
            faults.push(("/started_on", Rule::DayTooEarly));
        }
        let wrong = (!faults.is_empty()).then(|| invalid(&faults));
        let same = self.told.started_on == Some(on);
        self.settle(Act::Start, wrong, same, |account| (account.told.started_on, account.told.came) = (Some(on), Some(Came::Yes)))
    }

    pub(super) fn conclude(&mut self, concluded: &Concluded, on: i64) -> Said {
        let on = self.in_days(on);
        let mut faults = Vec::new();
        if concluded.completed == concluded.reason.is_some() {
            faults.push(("/reason", Rule::AbandonmentReason));
        } else if concluded.reason == Some("retired") {
            faults.push(("/reason", Rule::CodeUnknown));
        }
        if on > self.today() {
            faults.push(("/ended_on", Rule::DayInFuture));
        }
        if on < self.told.started_on.unwrap_or(self.told.sent_at.day()) {
            faults.push(("/ended_on", Rule::DayTooEarly));
        }
        let wrong = (!faults.is_empty()).then(|| invalid(&faults));
        // It would then be told like this; if it already is, nothing changes.
        let (state, act) = if concluded.completed { (S::Completed, Act::Completion) } else { (S::Abandoned, Act::Abandonment) };
        let mut then = Disclosed { state, ended_on: Some(on), ..self.told.clone() };
        (then.reason, then.comment) = (concluded.reason.map(term), concluded.comment.map(note));
        if concluded.completed && then.came.is_none() {
            then.came = Some(Came::Yes);
        }
        then.came = concluded.came.or(then.came);
        then.selected = concluded.selected.or(then.selected);
        then.joined = concluded.joined.or(then.joined);
        let same = then == self.told;
        self.settle(act, wrong, same, |account| account.told = Disclosed { state: account.told.state, ..then })
    }

    // ---- what follows

    pub(super) fn lapse(&mut self) -> Said {
        if self.stands() != S::Expired || self.told.state == S::Expired {
            return Said::Nothing;
        }
        let said = self.tell(S::Expired, T::Expired);
        self.told.closed_at = self.told.expires_at;
        said
    }

    pub(super) fn attend(&mut self, own: bool, status: Option<AttendanceStatus>, on: Day) -> Said {
        use AttendanceStatus::{Late, LeftEarly, Present};
        if !own || self.told.state != S::Accepted || self.seat_from.is_none() || !matches!(status, Some(Present | Late | LeftEarly)) {
            return Said::Nothing;
        }
        (self.told.started_on, self.told.came, self.told.joined) = (Some(on), Some(Came::Yes), Some(true));
        self.tell(S::Started, T::Started)
    }

    /// The seat ends, whatever became of the referral.
    pub(super) fn exit(&mut self, on: Day, reason: EndReason) -> Said {
        let from = self.seat_from;
        for seat in self.seats.iter_mut().flatten().filter(|(who, since, until)| (*who, Some(*since), *until) == (0, from, None)) {
            seat.2 = Some(on);
        }
        if ![S::Accepted, S::Started].contains(&self.told.state) {
            return Said::Nothing;
        }
        self.told.ended_on = Some(on);
        if reason == EndReason::NeverCame && self.told.state == S::Accepted {
            self.told.came = Some(Came::No);
        }
        if reason == EndReason::Completed {
            return self.tell(S::Completed, T::Completed);
        }
        self.told.reason = Some(term(reason.code()));
        self.tell(S::Abandoned, T::Abandoned)
    }

    pub(super) fn edit_person(&mut self, phone: usize, born: usize, identifier: Option<usize>) -> Said {
        self.person.phone = PHONES[phone].parse().ok();
        self.person.birth_date = BIRTH_DATES[born].map(day);
        self.person.france_travail_id = identifier.and_then(|place| IDENTIFIERS[place].parse().ok());
        if self.is_open() && self.shown() != self.told.person { self.tell(self.told.state, T::Updated) } else { Said::Nothing }
    }

    pub(super) fn promote(&mut self, place: usize) -> Said {
        let group = GROUPS[place];
        let mut line: Vec<InLine> = self.line.clone();
        if let Some(since) = self.waiting_since.filter(|_| self.life.meant != Meant::Accompaniment) {
            let group = (self.life.meant == Meant::Group).then_some(300);
            line.push(InLine { referral: 800, person: 0, since, group });
        }
        line.retain(|one| one.group.is_none_or(|meant| meant == group));
        line.sort_by_key(|one| (one.since, one.referral));
        let mut seated = Vec::new();
        for one in line {
            let Some(from) = self.first_free(place) else { break };
            if self.sits(place, one.person, from) {
                continue;
            }
            seated.push((one.referral, from));
            if one.referral == 800 {
                self.sit(place, from);
                self.tell(S::Accepted, T::Accepted);
            } else {
                self.seats[place].push((one.person, from, None));
                self.line.retain(|other| other.referral != one.referral);
            }
        }
        Said::Seated(seated)
    }
}

fn age(born: Day, on: Day) -> i32 {
    let (born, on) = (born.date(), on.date());
    on.year() - born.year() - i32::from((on.month(), on.day()) < (born.month(), born.day()))
}

/// Their first and last days.
static DAYS: LazyLock<[(Day, Day); 3]> = LazyLock::new(|| {
    let days = [("2026-11-01", "2027-01-15"), ("2026-12-01", "2026-12-31"), ("2026-11-01", "2027-12-31")];
    days.map(|(first, last)| (day(first), day(last)))
});

pub(super) fn days_of(place: usize) -> (Day, Day) {
    DAYS[place]
}

pub(super) fn capacity(place: usize) -> usize {
    [2, 1, 9][place]
}

pub(super) fn days(from: Day, until: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(Some(from), |on| Some(on.plus_days(1))).take_while(move |on| *on <= until)
}
