//! What is read of a referral where it is only summed up: in a person's file, in a contract's synthesis. The whole of one is in `rows`.

use domain::calendar::Instant;
use domain::id::Id;
use domain::referral::ReferralSummary;
use domain::text::Label;
use sea_orm::prelude::DateTimeUtc;
use serde::Deserialize;
use uuid::Uuid;

use crate::error::Error;
use crate::select::stored;

/// A referral's own columns, as JSON holds them.
#[derive(Deserialize)]
pub(crate) struct KeptReferral {
    id: Uuid,
    purpose: String,
    accompaniment: Option<String>,
    action_id: Option<Uuid>,
    state: String,
    sent_at: DateTimeUtc,
    expires_at: Option<DateTimeUtc>,
    closed_at: Option<DateTimeUtc>,
}

impl KeptReferral {
    /// As it stands at a moment, to whom it was sent being known apart.
    pub(crate) fn summary(self, organisation: Uuid, organisation_name: String, now: Instant) -> Result<ReferralSummary, Error> {
        let summary = ReferralSummary {
            id: Id::new(self.id),
            organisation: Id::new(organisation),
            organisation_name: Label::stored(organisation_name),
            purpose: stored("referral.purpose", &self.purpose)?,
            accompaniment: self.accompaniment.map(|code| stored("referral.accompaniment", &code)).transpose()?,
            action: self.action_id.map(Id::new),
            state: stored("referral.state", &self.state)?,
            sent_at: Instant::new(self.sent_at),
            closed_at: self.closed_at.map(Instant::new),
        };
        Ok(summary.at(now, self.expires_at.map(Instant::new)))
    }
}
