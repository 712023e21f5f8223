//! Milestones as rows. How they are found, listed and saved is in `pieces`.

use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant};
use domain::id::Id;
use domain::milestone::{Milestone, MilestoneOrder};
use domain::text::Note;
use domain::vocabulary::Term;

use crate::error::Error;
use crate::pieces::Stored;
use crate::revision::Versioned;
use crate::tables::milestone;

impl Stored for Milestone {
    type Table = milestone::Entity;
    type Row = milestone::Model;

    fn read(row: Self::Row) -> Result<Self, Error> {
        let stamp = row.stamp();
        Ok(Self {
            id: Id::new(row.id),
            beneficiary: Id::new(row.beneficiary_id),
            about: MilestoneOrder {
                kind: Term::stored(row.kind),
                occurred_on: Day::new(row.occurred_on),
                source: Term::stored(row.source),
                comment: row.comment.map(Note::stored),
            },
            cancelled_at: row.cancelled_at.map(Instant::new),
            stamp,
        })
    }

    fn row(&self) -> Result<Self::Row, Error> {
        Ok(milestone::Model {
            id: self.id.uuid(),
            beneficiary_id: self.beneficiary.uuid(),
            kind: (*self.about.kind).to_owned(),
            occurred_on: self.about.occurred_on.date(),
            source: (*self.about.source).to_owned(),
            comment: self.about.comment.clone().map(String::from),
            cancelled_at: self.cancelled_at.map(Instant::utc),
            version: self.stamp.version,
            created_at: self.stamp.created_at.utc(),
            updated_at: self.stamp.updated_at.utc(),
        })
    }

    fn person(&self) -> Id<Beneficiary> {
        self.beneficiary
    }
}

#[cfg(test)]
mod tests {
    use domain::actor::{Actor, Role};
    use domain::organisation::OrganisationKind;
    use domain::policy::{RecordMilestone, may};

    use super::*;
    use crate::db::Write;
    use crate::given::{self, day, now, on_both_engines, uuid};
    use crate::machinery::reference;
    use crate::select::insert_all;
    use crate::tables::beneficiary;
    use crate::{beneficiaries, pieces};

    fn caseworker() -> Actor {
        given::professional(uuid(1), uuid(10), OrganisationKind::Department, Role::Caseworker)
    }

    #[tokio::test]
    async fn a_milestone_is_read_as_it_was_decided_whenever_it_came_about() {
        on_both_engines(async |home| {
            let scope = may::<RecordMilestone>(&caseworker(), now()).unwrap();
            let about = |occurred_on, comment: Option<&str>| MilestoneOrder {
                kind: "driving_licence".parse().unwrap(),
                occurred_on: day(occurred_on),
                source: "document".parse().unwrap(),
                comment: comment.map(|text| text.parse().unwrap()),
            };
            let found = home.write(async |w: &Write| {
                insert_all::<beneficiary::Entity>(w, [given::person(uuid(101))]).await?;
                let vocabulary = reference::vocabulary(&reference::codes(w).await?);
                let person = beneficiaries::lock(w, &scope, Id::new(uuid(101))).await?.unwrap();
                let recorded = Milestone::record(&scope, w.id(), &person, about("1988-02-29", Some("Permis B\nà Limoges")), &vocabulary).unwrap();
                pieces::save(w, &recorded).await?;
                let (person, milestone) = pieces::lock_with_person(w, &scope, recorded.after.id).await?.unwrap();
                let kept = milestone.row()?;
                assert_eq!(kept, recorded.after.row()?);
                pieces::save(w, &milestone.edit(&scope, &person, about("2026-11-17", None), &vocabulary).unwrap()).await?;
                let (person, milestone) = pieces::lock_with_person(w, &scope, recorded.after.id).await?.unwrap();
                pieces::save(w, &milestone.cancel(&scope, &person).unwrap().unwrap()).await?;
                pieces::find(w, &scope, recorded.after.id).await
            });
            let found = found.await.unwrap();
            assert_eq!((found.about.occurred_on, found.about.comment.is_none()), (day("2026-11-17"), true));
            assert_eq!((found.cancelled_at, found.stamp.version), (Some(now()), 3));
        })
        .await;
    }
}
