//! Orientations as rows, what follows for them from a referral's answers, and who comes next when a place is free. How they are found,
//! listed and saved is in `pieces`; places are in `places`.

use std::collections::HashMap;

use domain::accompaniment::Accompaniment;
use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant, Period};
use domain::change::Change;
use domain::id::Id;
use domain::organisation::Organisation;
use domain::orientation::{Acceptance, Decision, Notification, Orientation, OrientationDecided};
use domain::policy::{PlaceOrientation, Scope};
use domain::professional::Professional;
use domain::referral::{Referral, ReferralChanged};
use domain::refusal::Decided;
use domain::text::{Label, Name, Note};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, JoinType, Order, Query};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Source, Write};
use crate::error::Error;
use crate::pieces::{self, Stored};
use crate::revision::{self, Versioned};
use crate::select::{all, exists, locked, stored, stored_json};
use crate::tables::orientation;
use crate::{beneficiaries, referrals};

fn document<T: DeserializeOwned>(column: &'static str, json: Option<Value>) -> Result<Option<T>, Error> {
    json.map(|json| stored_json(column, json)).transpose()
}

fn written<T: Serialize>(document: Option<&T>) -> Result<Option<Value>, Error> {
    document.map(serde_json::to_value).transpose().map_err(|error| Error::Broken(error.to_string()))
}

fn decision(row: &orientation::Model) -> Result<Option<Decision>, Error> {
    let (Some(accompaniment), Some(organisation), Some(on)) = (&row.accompaniment, row.organisation_id, row.decided_on) else { return Ok(None) };
    let code = |text: &Option<String>| text.clone().unwrap_or_default();
    Ok(Some(Decision {
        accompaniment: stored("orientation.accompaniment", accompaniment)?,
        organisation: Id::new(organisation),
        kind: stored("orientation.organisation_kind", &code(&row.organisation_kind))?,
        site: row.site_id.map(Id::new),
        decided_by: stored("orientation.decided_by", &code(&row.decided_by))?,
        origin: stored("orientation.origin", &code(&row.origin))?,
        on: Day::new(on),
        reason: row.reason.clone().map(Note::stored),
        objective: row.objective.clone().map(Note::stored),
        by: Id::new(row.recorded_by.ok_or_else(|| Error::Broken("a decision of nobody".to_owned()))?),
    }))
}

impl Stored for Orientation {
    type Table = orientation::Entity;
    type Row = orientation::Model;

    fn read(row: Self::Row) -> Result<Self, Error> {
        let stamp = row.stamp();
        let means = row.notified_by.as_deref().map(|means| stored("orientation.notified_by", means)).transpose()?;
        let reason = row.closure_reason.as_deref().map(|reason| stored("orientation.closure_reason", reason)).transpose()?;
        Ok(Self {
            decision: decision(&row)?,
            id: Id::new(row.id),
            beneficiary: Id::new(row.beneficiary_id),
            state: stored("orientation.state", &row.state)?,
            opened_on: Day::new(row.opened_on),
            is_voluntary: row.voluntary,
            right: row.rsa_right_id.map(Id::new),
            former: row.former_id.map(Id::new),
            interview: document("orientation.interview", row.interview)?,
            missed_interviews: row.missed_interviews,
            proposal: document("orientation.proposal", row.proposal)?,
            period: row.starts_on.map(|starts_on| Period { starts_on: Day::new(starts_on), ends_on: row.ends_on.map(Day::new) }),
            waiting_since: row.waiting_since.map(Instant::new),
            notification: row.notified_on.zip(means).map(|(on, means)| Notification { on: Day::new(on), means }),
            acceptance: row.accepted_on.map(|on| Acceptance { on: Day::new(on), referent: row.referent_id.map(Id::new) }),
            review: document("orientation.review", row.review)?,
            maintained_on: row.maintained_on.map(Day::new),
            extension: document("orientation.extension", row.extension)?,
            referral: row.referral_id.map(Id::new),
            closure: row.closed_on.map(Day::new).zip(reason),
            stamp,
        })
    }

    fn row(&self) -> Result<Self::Row, Error> {
        let decision = self.decision.as_ref();
        Ok(orientation::Model {
            id: self.id.uuid(),
            beneficiary_id: self.beneficiary.uuid(),
            state: self.state.code().to_owned(),
            pending: self.is_pending(),
            opened_on: self.opened_on.date(),
            voluntary: self.is_voluntary,
            rsa_right_id: self.right.map(Id::uuid),
            former_id: self.former.map(Id::uuid),
            interview: written(self.interview.as_ref())?,
            missed_interviews: self.missed_interviews,
            proposal: written(self.proposal.as_ref())?,
            accompaniment: decision.map(|decision| decision.accompaniment.code().to_owned()),
            organisation_id: decision.map(|decision| decision.organisation.uuid()),
            organisation_kind: decision.map(|decision| decision.kind.code().to_owned()),
            site_id: decision.and_then(|decision| decision.site).map(Id::uuid),
            decided_by: decision.map(|decision| decision.decided_by.code().to_owned()),
            origin: decision.map(|decision| decision.origin.code().to_owned()),
            decided_on: decision.map(|decision| decision.on.date()),
            reason: decision.and_then(|decision| decision.reason.clone()).map(String::from),
            objective: decision.and_then(|decision| decision.objective.clone()).map(String::from),
            recorded_by: decision.map(|decision| decision.by.uuid()),
            starts_on: self.period.map(|period| period.starts_on.date()),
            ends_on: self.period.and_then(|period| period.ends_on).map(Day::date),
            waiting_since: self.waiting_since.map(Instant::utc),
            notified_on: self.notification.map(|notification| notification.on.date()),
            notified_by: self.notification.map(|notification| notification.means.code().to_owned()),
            accepted_on: self.acceptance.map(|acceptance| acceptance.on.date()),
            referent_id: self.acceptance.and_then(|acceptance| acceptance.referent).map(Id::uuid),
            review: written(self.review.as_ref())?,
            maintained_on: self.maintained_on.map(Day::date),
            extension: written(self.extension.as_ref())?,
            referral_id: self.referral.map(Id::uuid),
            closed_on: self.closure.map(|(on, _)| on.date()),
            closure_reason: self.closure.map(|(_, reason)| reason.code().to_owned()),
            version: self.stamp.version,
            created_at: self.stamp.created_at.utc(),
            updated_at: self.stamp.updated_at.utc(),
        })
    }

    fn person(&self) -> Id<Beneficiary> {
        self.beneficiary
    }
}

/// What orientations name: organisations and referents, by what they are called.
#[derive(Debug, Default)]
pub struct Names {
    /// Organisations.
    pub organisations: HashMap<Id<Organisation>, Label>,
    /// Professionals: family name, first name.
    pub referents: HashMap<Id<Professional>, (Name, Name)>,
}

#[derive(FromQueryResult)]
struct OrganisationName {
    id: Uuid,
    name: String,
}

#[derive(FromQueryResult)]
struct ReferentName {
    id: Uuid,
    last_name: String,
    first_name: String,
}

/// The names of those whom orientations name, which the caller sees.
pub async fn names(source: &impl Source, orientations: &[Orientation]) -> Result<Names, Error> {
    let mut names = Names::default();
    let organisations = orientations.iter().filter_map(|one| one.decision.as_ref()).map(|decision| decision.organisation.uuid());
    let select = Query::select().columns(["id", "name"]).from("organisation").and_where(Expr::col("id").is_in(organisations)).take();
    if orientations.iter().any(|one| one.decision.is_some()) {
        let rows = all::<OrganisationName>(source, &select).await?;
        names.organisations = rows.into_iter().map(|row| (Id::new(row.id), Label::stored(row.name))).collect();
    }
    let referents: Vec<Uuid> = orientations.iter().filter_map(|one| one.acceptance?.referent).map(Id::uuid).collect();
    if !referents.is_empty() {
        let columns = ["id", "last_name", "first_name"];
        let select = Query::select().columns(columns).from("professional").and_where(Expr::col("id").is_in(referents)).take();
        let name = |row: ReferentName| (Id::new(row.id), (Name::stored(row.last_name), Name::stored(row.first_name)));
        names.referents = all::<ReferentName>(source, &select).await?.into_iter().map(name).collect();
    }
    Ok(names)
}

/// Saves a decision with everything that it changes: what ends first, so that nothing is twice in between.
pub async fn save_decided(w: &Write, decided: &Decided<OrientationDecided>) -> Result<(), Error> {
    if let Some(former) = &decided.former {
        pieces::save(w, former).await?;
    }
    for told in [&decided.ended_referral, &decided.referral].into_iter().flatten() {
        referrals::save(w, std::slice::from_ref(told)).await?;
    }
    pieces::save(w, &decided.orientation).await
}

/// Lets orientations follow what the receivers of their referrals answered.
pub(crate) async fn follow_referrals(w: &Write, answered: &[Decided<ReferralChanged>]) -> Result<(), Error> {
    let edited: HashMap<Uuid, &Decided<ReferralChanged>> =
        answered.iter().filter(|one| !one.created && one.after.purpose.action().is_none()).map(|one| (one.after.id.uuid(), one)).collect();
    if edited.is_empty() {
        return Ok(());
    }
    let select = pieces::whole::<Orientation>()
        .and_where(Expr::col(("orientation", "referral_id")).is_in(edited.keys().copied()))
        .and_where(Expr::col(("orientation", "starts_on")).is_not_null())
        .and_where(Expr::col(("orientation", "ends_on")).is_null())
        .order_by(("orientation", "id"), Order::Asc)
        .take();
    let mut following = Vec::new();
    for row in all::<orientation::Model>(w, &locked(select, w, "orientation")).await? {
        let orientation = Orientation::read(row)?;
        let answered = orientation.referral.and_then(|referral| edited.get(&referral.uuid()));
        following.extend(answered.and_then(|answered| orientation.follow_referral(answered)));
    }
    pieces::save_all(w, &following).await
}

/// Whether a referral is one of an orientation in force: it ends with that.
pub async fn rests_on(w: &Write, referral: Id<Referral>) -> Result<bool, Error> {
    let select = Query::select()
        .expr(Expr::val(1))
        .from("orientation")
        .and_where(Expr::col("referral_id").eq(referral.uuid()))
        .and_where(Expr::col("starts_on").is_not_null())
        .and_where(Expr::col("ends_on").is_null())
        .take();
    exists(w, &select).await
}

/// An orientation that waits for a place, by what has to be locked before it.
#[derive(Debug)]
pub struct Waiting {
    /// Which.
    pub id: Id<Orientation>,
    /// Whose.
    pub person: Id<Beneficiary>,
    /// At which organisation.
    pub organisation: Id<Organisation>,
    /// For which accompaniment.
    pub accompaniment: Accompaniment,
}

#[derive(FromQueryResult)]
struct WaitingRow {
    id: Uuid,
    beneficiary_id: Uuid,
    organisation_id: Uuid,
    accompaniment: String,
}

/// The person of an orientation that waits, locked before anything else of theirs.
pub async fn lock_waiting_person(w: &Write, waiting: &Waiting) -> Result<Option<Beneficiary>, Error> {
    Ok(beneficiaries::lock_all(w, &[waiting.person]).await?.pop())
}

/// Whoever waits for a place, the first of each organisation and accompaniment.
pub async fn first_waiting(source: &impl Source, _: &Scope<PlaceOrientation>) -> Result<Vec<Waiting>, Error> {
    let column = |name: &'static str| Expr::col(("orientation", name));
    let earlier = Query::select()
        .expr(Expr::val(1))
        .from_as("orientation", "earlier")
        .and_where(Expr::col(("earlier", "organisation_id")).equals(("orientation", "organisation_id")))
        .and_where(Expr::col(("earlier", "accompaniment")).equals(("orientation", "accompaniment")))
        .and_where(Expr::col(("earlier", "waiting_since")).is_not_null())
        .cond_where(
            Cond::any().add(Expr::col(("earlier", "waiting_since")).lt(column("waiting_since"))).add(
                Cond::all()
                    .add(Expr::col(("earlier", "waiting_since")).equals(("orientation", "waiting_since")))
                    .add(Expr::col(("earlier", "id")).lt(column("id"))),
            ),
        )
        .take();
    let select = Query::select()
        .columns(["id", "beneficiary_id", "organisation_id", "accompaniment"].map(|name| ("orientation", name)))
        .from("orientation")
        .join(JoinType::InnerJoin, "beneficiary", Expr::col(("beneficiary", "id")).equals(("orientation", "beneficiary_id")))
        .and_where(column("waiting_since").is_not_null())
        .and_where(Expr::exists(earlier).not())
        .order_by(("orientation", "id"), Order::Asc)
        .take();
    let rows = all::<WaitingRow>(source, &select).await?;
    let read = |row: WaitingRow| {
        Ok(Waiting {
            id: Id::new(row.id),
            person: Id::new(row.beneficiary_id),
            organisation: Id::new(row.organisation_id),
            accompaniment: stored("orientation.accompaniment", &row.accompaniment)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Saves many steps that are told of after they happened, in their order, each with the moment at which it is written: rows are dated
/// then, so that whoever synchronises by `updated_since` has not read past them.
pub async fn save_told(w: &Write, told: &[(&Decided<Change<Orientation>>, Instant)]) -> Result<(), Error> {
    let rows = told.iter().map(|(decided, written_at)| {
        let (row, updated_at) = (decided.after.row()?, written_at.utc());
        let created_at = if decided.created { updated_at } else { row.created_at };
        Ok((orientation::Model { created_at, updated_at, ..row }, decided.created, &decided.event))
    });
    revision::save_all(w, rows.collect::<Result<Vec<_>, Error>>()?).await
}
