//! What the rules make of a referral.

use super::*;

pub(super) struct World {
    pub(super) referral: Referral,
    pub(super) person: Beneficiary,
    /// The last version, as it was told.
    pub(super) told: Disclosed,
    pub(super) seat: Option<Enrolment>,
}

impl World {
    pub(super) fn new(life: &Life) -> Self {
        let around = the_surroundings(life, false);
        let referral = sent(the_order(life.meant), &around);
        Self { told: Disclosed::from(&referral), referral, person: person(), seat: None }
    }

    pub(super) fn take(&mut self, changed: &Decided<ReferralChanged>) -> Said {
        self.referral = changed.after.clone();
        self.told = Disclosed::from(&self.referral);
        Said::Told(changed.told)
    }

    pub(super) fn hear(&mut self, changed: Option<&Decided<ReferralChanged>>) -> Said {
        changed.map_or(Said::Nothing, |changed| self.take(changed))
    }

    pub(super) fn settle(&mut self, result: Result<Option<Decided<ReferralChanged>>, Refusal>) -> Said {
        match result {
            Ok(changed) => self.hear(changed.as_ref()),
            Err(refusal) => refused_with(refusal),
        }
    }

    pub(super) fn taken(account: &Account, place: usize) -> Vec<SeatTaken> {
        let seat = |(person, starts_on, ends_on): &Seat| {
            let period = Period { starts_on: *starts_on, ends_on: *ends_on };
            SeatTaken { person: id(500 + person), period }
        };
        account.seats[place].iter().map(seat).collect()
    }

    pub(super) fn edit(&mut self, account: &Account, objective: usize, barriers: usize, signed_on: usize, site: usize) -> Said {
        let known = [site_of(account.life.kind), Site { organisation: id(199), ..site_of(account.life.kind) }];
        let order = EditOrder {
            site: (site > 0).then(|| id(150)),
            objective: note(OBJECTIVES[objective]),
            barriers: BARRIERS[barriers].to_vec(),
            signed_on: account.signed_on(signed_on),
        };
        let edited = self.referral.edit(&refers_at(account.now), order, site.checked_sub(1).map(|place| &known[place]));
        self.settle(edited)
    }

    pub(super) fn receive(&mut self, account: &Account, external_id: Option<usize>, identifier: Option<usize>) -> Said {
        let order = ReceiptOrder {
            external_id: external_id.map(|place| line(EXTERNAL_IDS[place])),
            france_travail_id: identifier.map(|place| IDENTIFIERS[place].parse().unwrap()),
        };
        let is_taken = identifier == Some(SOMEBODY_ELSE_S);
        match self.referral.receive(&answers_at(account.now), &self.person, order, is_taken) {
            Err(refusal) => refused_with(refusal),
            Ok(Receipt { referral, identified }) => {
                let said = self.hear(referral.as_ref());
                if let Some(identified) = identified {
                    assert!(self.referral.follow_person(&identified, &self.told).is_none(), "told twice");
                    self.person = identified.after.clone();
                }
                said
            }
        }
    }

    pub(super) fn accept(&mut self, account: &Account, named: Option<usize>, group: Option<u128>, starts: Option<i64>) -> Said {
        let order = AcceptOrder {
            referent: named.map(|place| referent(REFERENTS[place])),
            group: group.map(id),
            starts_on: starts.map(|days| account.in_days(days)),
        };
        let wanted = order.group.or(self.referral.purpose.group());
        let place = THE_GROUPS.iter().position(|known| Some(known.id) == wanted);
        let seats = place.map_or_else(Vec::new, |place| Self::taken(account, place));
        let place = Place { person: &self.person, group: place.map(|place| &THE_GROUPS[place]), seats: &seats, enrolment: id(600) };
        match self.referral.accept(&answers_at(account.now), order, &place, account.another_is_open, &VOCABULARY) {
            Err(refusal) => refused_with(refusal),
            Ok(None) => Said::Nothing,
            Ok(Some(Accepted { referral, enrolment })) => {
                self.seat = enrolment.map(|enrolment| enrolment.after.clone()).or(self.seat.take());
                self.take(&referral)
            }
        }
    }

    pub(super) fn wait(&mut self, account: &Account) -> Said {
        let could_sit = |group: &&Group| {
            Some(group.action) == self.referral.purpose.action() && self.referral.purpose.group().is_none_or(|meant| meant == group.id)
        };
        let places = THE_GROUPS.iter().enumerate().filter(|(_, group)| could_sit(group));
        let groups: Vec<_> = places.map(|(place, group)| (group.clone(), Self::taken(account, place))).collect();
        let listed = self.referral.put_on_waiting_list(&answers_at(account.now), &groups, account.another_is_open);
        self.settle(listed)
    }

    pub(super) fn conclude(&mut self, account: &Account, concluded: &Concluded, on: i64) -> Said {
        let order = ConcludeOrder {
            conclusion: if concluded.completed { Conclusion::Completed } else { Conclusion::Abandoned },
            ended_on: account.in_days(on),
            reason: concluded.reason.map(term),
            comment: concluded.comment.map(note),
            outcome: Outcome { came: concluded.came, selected: concluded.selected, joined: concluded.joined },
        };
        let concluded = self.referral.conclude(&answers_at(account.now), order, &VOCABULARY);
        self.settle(concluded)
    }

    pub(super) fn attend(&mut self, account: &Account, own: bool, status: Option<AttendanceStatus>, on: Day) -> Said {
        let change = MarkChange {
            enrolment: if own { id(600) } else { id(609) },
            mark: Mark { value: MarkValue { status, ..MarkValue::default() }, version: 1 },
            source: MarkSource::Sheet,
            reason: None,
        };
        let recorded = sheet(session_on(&on.to_string()), 0).apply(vec![change], account.now, "session.attendance_recorded");
        let followed = self.referral.follow_attendance(&recorded, account.now);
        self.hear(followed.as_ref())
    }

    pub(super) fn exit(&mut self, account: &Account, enrolment: &Enrolment, on: Day, reason: EndReason) -> Said {
        let ended = enrolment.end(&scope(&MANAGER, account.now), &group(), on, reason, None).unwrap();
        let followed = self.referral.follow_exit(&ended);
        self.hear(followed.as_ref())
    }

    pub(super) fn edit_person(&mut self, account: &Account, phone: usize, born: usize, identifier: Option<usize>, moves: bool) -> Said {
        let changed = edited(&self.person, &account.now.to_string(), |person| {
            person.details.phone = PHONES[phone].parse().ok();
            person.birth_date = BIRTH_DATES[born].map(day);
            person.details.france_travail_id = identifier.map(|place| IDENTIFIERS[place].parse().unwrap());
            person.territory = moves.then(|| id(701));
        });
        self.person = changed.after.clone();
        let followed = self.referral.follow_person(&changed, &self.told);
        self.hear(followed.as_ref())
    }

    pub(super) fn promote(&mut self, account: &Account, place: usize) -> Said {
        let other = |one: &InLine| {
            let person = beneficiary(one.person);
            let listed = if one.group.is_some() { OTHER_IN_GROUP.clone() } else { OTHER_ANYWHERE.clone() };
            let purpose = match listed.purpose {
                Purpose::Action { id, name, status_at_entry, .. } => {
                    Purpose::Action { id, name, group: one.group.map(|group| (self::id(group), label("Un groupe"))), status_at_entry }
                }
                purpose @ Purpose::Accompaniment(_) => purpose,
            };
            (Referral { id: id(one.referral), waiting_since: Some(one.since), person: (&person).into(), purpose, ..listed }, person)
        };
        let mut waiting: Vec<_> = account.line.iter().map(other).collect();
        waiting.push((self.referral.clone(), self.person.clone()));
        let mut seats = Self::taken(account, place);
        let before = seats.len();
        let scope = sweep(&account.now.to_string());
        let promoted = Referral::promote(&scope, &THE_GROUPS[place], &mut seats, &waiting, || id(600), &VOCABULARY);
        let mut seated = Vec::new();
        for (Promoted { referral, enrolment }, seat) in promoted.iter().zip(&seats[before..]) {
            assert_eq!((enrolment.after.person.id, enrolment.after.referral), (referral.after.person.id, Some(referral.after.id)));
            assert_eq!((seat.person, seat.period), (enrolment.after.person.id, Period { starts_on: enrolment.after.starts_on, ends_on: None }));
            seated.push((referral.after.id.uuid().as_u128(), enrolment.after.starts_on));
            if referral.after.id == self.referral.id {
                self.seat = Some(enrolment.after.clone());
                assert_eq!(self.take(referral), Said::Told(T::Accepted));
            }
        }
        assert_eq!(seats.len() - before, promoted.len());
        Said::Seated(seated)
    }
}

static OTHER_IN_GROUP: LazyLock<Referral> = LazyLock::new(|| standing(S::WaitingList, placement()));
static OTHER_ANYWHERE: LazyLock<Referral> = LazyLock::new(|| standing(S::WaitingList, placement_anywhere()));

static CASEWORKER: LazyLock<Actor> = LazyLock::new(caseworker);
static MANAGER: LazyLock<Actor> = LazyLock::new(manager);
static RECEIVER: LazyLock<Actor> = LazyLock::new(|| client(K::PoleEmploi, &[ClientScope::ReferralsAnswer]));

pub(super) fn refers_at(now: Instant) -> Scope<Refer> {
    scope(&CASEWORKER, now)
}

pub(super) fn answers_at(now: Instant) -> Scope<AnswerReferral> {
    scope(&RECEIVER, now)
}

pub(super) fn refused_with(refusal: Refusal) -> Said {
    match refusal {
        Refusal::Conflict(rule) => conflict(rule),
        Refusal::Denied(rule) => Said::Refused(vec![format!("denied {rule}")]),
        invalid @ Refusal::Invalid(_) => {
            let mut told: Vec<String> = faults(invalid).into_iter().map(|(pointer, rule)| format!("{pointer} {rule}")).collect();
            told.sort_unstable();
            Said::Refused(told)
        }
    }
}
