//! Rows of referrals, and what they say. Which rows are read is decided elsewhere.

use domain::calendar::{Day, Instant};
use domain::change::Stamp;
use domain::id::Id;
use domain::identifier::commune::CommuneCode;
use domain::identifier::person_reference::PersonReference;
use domain::identifier::phone::Phone;
use domain::referral::{Outcome, Purpose, PurposeKind, Receiver, Referent, Referral, Referred, Referrer};
use domain::text::{Email, Label, Line, Name, Note};
use domain::vocabulary::Term;
use sea_orm::FromQueryResult;
use sea_orm::prelude::{Date, DateTimeUtc, Json};
use uuid::Uuid;

use crate::beneficiaries;
use crate::error::Error;
use crate::select::{stored, stored_json};
use crate::tables::referral;

/// A referral as it is read, with the names of everything it is about.
#[derive(FromQueryResult)]
pub(super) struct Row {
    pub(super) id: Uuid,
    beneficiary_id: Uuid,
    organisation_id: Uuid,
    site_id: Option<Uuid>,
    purpose: String,
    accompaniment: Option<String>,
    action_id: Option<Uuid>,
    group_id: Option<Uuid>,
    status_at_entry: Option<String>,
    objective: String,
    barriers: Json,
    signed_on: Option<Date>,
    referred_by: Uuid,
    state: String,
    external_id: Option<String>,
    referent_last_name: Option<String>,
    referent_first_name: Option<String>,
    referent_email: Option<String>,
    referent_phone: Option<String>,
    reason: Option<String>,
    comment: Option<String>,
    enrolment_id: Option<Uuid>,
    waiting_since: Option<DateTimeUtc>,
    started_on: Option<Date>,
    ended_on: Option<Date>,
    came: Option<String>,
    selected: Option<bool>,
    joined: Option<bool>,
    sent_at: DateTimeUtc,
    expires_at: Option<DateTimeUtc>,
    closed_at: Option<DateTimeUtc>,
    version: i32,
    created_at: DateTimeUtc,
    pub(super) updated_at: DateTimeUtc,
    reference: String,
    last_name: Option<String>,
    first_name: Option<String>,
    birth_date: Option<Date>,
    commune_code: Option<String>,
    birth_name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    france_travail_id: Option<String>,
    merged_into_id: Option<Uuid>,
    purged_at: Option<DateTimeUtc>,
    organisation_kind: String,
    organisation_name: String,
    site_code: Option<String>,
    site_label: Option<String>,
    action_name: Option<String>,
    group_name: Option<String>,
    seat_starts_on: Option<Date>,
    referrer_organisation: Option<String>,
    referrer_last_name: Option<String>,
    referrer_first_name: Option<String>,
    referrer_email: Option<String>,
}

impl Row {
    fn purpose(&self) -> Result<Purpose, Error> {
        let broken = || Error::Broken("a referral without its purpose".to_owned());
        Ok(match stored("referral.purpose", &self.purpose)? {
            PurposeKind::Accompaniment => {
                Purpose::Accompaniment(stored("referral.accompaniment", self.accompaniment.as_deref().ok_or_else(broken)?)?)
            }
            PurposeKind::Action => Purpose::Action {
                id: self.action_id.map(Id::new).ok_or_else(broken)?,
                name: self.action_name.clone().map(Label::stored).ok_or_else(broken)?,
                group: self.group_id.map(Id::new).zip(self.group_name.clone().map(Label::stored)),
                status_at_entry: self.status_at_entry.clone().map(Term::stored).ok_or_else(broken)?,
            },
        })
    }

    fn referrer(&self) -> Option<Referrer> {
        Some(Referrer {
            organisation_name: Label::stored(self.referrer_organisation.clone()?),
            last_name: Name::stored(self.referrer_last_name.clone()?),
            first_name: Name::stored(self.referrer_first_name.clone()?),
            email: Email::stored(self.referrer_email.clone()?),
        })
    }
}

impl TryFrom<Row> for Referral {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self, Error> {
        let (purpose, referrer) = (row.purpose()?, row.referrer());
        let site = row.site_id.zip(row.site_code).zip(row.site_label);
        let referent = row.referent_last_name.zip(row.referent_first_name);
        Ok(Self {
            id: Id::new(row.id),
            person: Referred {
                id: Id::new(row.beneficiary_id),
                reference: PersonReference::stored(row.reference),
                last_name: row.last_name.map(Name::stored),
                first_name: row.first_name.map(Name::stored),
                birth_date: row.birth_date.map(Day::new),
                commune_code: row.commune_code.map(CommuneCode::stored),
                details: beneficiaries::told_details(row.birth_name, row.phone, row.email, row.france_travail_id),
                is_closed: row.merged_into_id.is_some() || row.purged_at.is_some(),
            },
            receiver: Receiver {
                id: Id::new(row.organisation_id),
                kind: stored("organisation.kind", &row.organisation_kind)?,
                name: Label::stored(row.organisation_name),
                site: site.map(|((id, code), label)| (Id::new(id), Line::stored(code), Label::stored(label))),
            },
            purpose,
            objective: Note::stored(row.objective),
            barriers: stored_json("referral.barriers", row.barriers)?,
            signed_on: row.signed_on.map(Day::new),
            referred_by: Id::new(row.referred_by),
            referrer,
            state: stored("referral.state", &row.state)?,
            external_id: row.external_id.map(Line::stored),
            referent: referent.map(|(last_name, first_name)| Referent {
                last_name: Name::stored(last_name),
                first_name: Name::stored(first_name),
                email: row.referent_email.map(Email::stored),
                phone: row.referent_phone.map(Phone::stored),
            }),
            reason: row.reason.map(Term::stored),
            comment: row.comment.map(Note::stored),
            enrolment: row.enrolment_id.map(Id::new).zip(row.seat_starts_on.map(Day::new)),
            waiting_since: row.waiting_since.map(Instant::new),
            started_on: row.started_on.map(Day::new),
            ended_on: row.ended_on.map(Day::new),
            outcome: Outcome { came: row.came.map(|came| stored("referral.came", &came)).transpose()?, selected: row.selected, joined: row.joined },
            sent_at: Instant::new(row.sent_at),
            expires_at: row.expires_at.map(Instant::new),
            closed_at: row.closed_at.map(Instant::new),
            stamp: Stamp { version: row.version, created_at: Instant::new(row.created_at), updated_at: Instant::new(row.updated_at) },
        })
    }
}

impl TryFrom<&Referral> for referral::Model {
    type Error = Error;
    fn try_from(referral: &Referral) -> Result<Self, Error> {
        let (accompaniment, status_at_entry) = match &referral.purpose {
            Purpose::Accompaniment(accompaniment) => (Some(accompaniment.code().to_owned()), None),
            Purpose::Action { status_at_entry, .. } => (None, Some((**status_at_entry).to_owned())),
        };
        let referent = referral.referent.as_ref();
        Ok(Self {
            id: referral.id.uuid(),
            beneficiary_id: referral.person.id.uuid(),
            organisation_id: referral.receiver.id.uuid(),
            site_id: referral.receiver.site.as_ref().map(|(id, _, _)| id.uuid()),
            purpose: referral.purpose.kind().code().to_owned(),
            accompaniment,
            action_id: referral.purpose.action().map(Id::uuid),
            group_id: referral.purpose.group().map(Id::uuid),
            status_at_entry,
            objective: referral.objective.clone().into(),
            barriers: serde_json::to_value(&referral.barriers).map_err(|error| Error::Broken(error.to_string()))?,
            signed_on: referral.signed_on.map(Day::date),
            referred_by: referral.referred_by.uuid(),
            state: referral.state.code().to_owned(),
            open: referral.state.is_open(),
            external_id: referral.external_id.clone().map(String::from),
            referent_last_name: referent.map(|referent| referent.last_name.clone().into()),
            referent_first_name: referent.map(|referent| referent.first_name.clone().into()),
            referent_email: referent.and_then(|referent| referent.email.as_deref().map(str::to_owned)),
            referent_phone: referent.and_then(|referent| referent.phone.as_deref().map(str::to_owned)),
            reason: referral.reason.as_deref().map(str::to_owned),
            comment: referral.comment.clone().map(String::from),
            enrolment_id: referral.enrolment.map(|(id, _)| id.uuid()),
            waiting_since: referral.waiting_since.map(Instant::utc),
            started_on: referral.started_on.map(Day::date),
            ended_on: referral.ended_on.map(Day::date),
            came: referral.outcome.came.map(|came| came.code().to_owned()),
            selected: referral.outcome.selected,
            joined: referral.outcome.joined,
            sent_at: referral.sent_at.utc(),
            expires_at: referral.expires_at.map(Instant::utc),
            closed_at: referral.closed_at.map(Instant::utc),
            version: referral.stamp.version,
            created_at: referral.stamp.created_at.utc(),
            updated_at: referral.stamp.updated_at.utc(),
        })
    }
}

/// What a row holds of the referral itself.
pub(super) const COLUMNS: [&str; 34] = [
    "id",
    "beneficiary_id",
    "organisation_id",
    "site_id",
    "purpose",
    "accompaniment",
    "action_id",
    "group_id",
    "status_at_entry",
    "objective",
    "barriers",
    "signed_on",
    "referred_by",
    "state",
    "external_id",
    "referent_last_name",
    "referent_first_name",
    "referent_email",
    "referent_phone",
    "reason",
    "comment",
    "enrolment_id",
    "waiting_since",
    "started_on",
    "ended_on",
    "came",
    "selected",
    "joined",
    "sent_at",
    "expires_at",
    "closed_at",
    "version",
    "created_at",
    "updated_at",
];

/// What it holds of its person, besides.
pub(super) const PERSON: [&str; 11] = [
    "reference",
    "last_name",
    "first_name",
    "birth_date",
    "commune_code",
    "birth_name",
    "phone",
    "email",
    "france_travail_id",
    "merged_into_id",
    "purged_at",
];
