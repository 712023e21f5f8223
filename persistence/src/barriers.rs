//! Barriers as rows, and those of one person, open or not. How they are found and saved is in `pieces`.

use domain::barrier::{Barrier, BarrierOrder, Resolution};
use domain::beneficiary::Beneficiary;
use domain::calendar::Day;
use domain::id::Id;
use domain::policy::{Function, Scope};
use domain::text::Note;
use domain::vocabulary::Term;
use sea_orm::sea_query::{Expr, ExprTrait};

use crate::db::Source;
use crate::error::Error;
use crate::page::{Listing, Page};
use crate::pieces::{self, Stored};
use crate::revision::Versioned;
use crate::select::stored;
use crate::tables::barrier;

impl Stored for Barrier {
    type Table = barrier::Entity;
    type Row = barrier::Model;

    fn read(row: Self::Row) -> Result<Self, Error> {
        let stamp = row.stamp();
        let about = BarrierOrder {
            kind: stored("barrier.kind", &row.kind)?,
            situation: Term::stored(row.situation),
            impact: stored("barrier.impact", &row.impact)?,
            goal: row.goal.map(Term::stored),
            note: row.note.map(Note::stored),
            opened_on: Day::new(row.opened_on),
        };
        let resolution = row.resolved_on.zip(row.outcome);
        Ok(Self {
            id: Id::new(row.id),
            beneficiary: Id::new(row.beneficiary_id),
            about,
            resolution: resolution.map(|(on, outcome)| Resolution { resolved_on: Day::new(on), outcome: Term::stored(outcome) }),
            stamp,
        })
    }

    fn row(&self) -> Result<Self::Row, Error> {
        Ok(barrier::Model {
            id: self.id.uuid(),
            beneficiary_id: self.beneficiary.uuid(),
            kind: self.about.kind.code().to_owned(),
            situation: (*self.about.situation).to_owned(),
            impact: self.about.impact.code().to_owned(),
            goal: self.about.goal.as_deref().map(str::to_owned),
            note: self.about.note.clone().map(String::from),
            opened_on: self.about.opened_on.date(),
            resolved_on: self.resolution.as_ref().map(|resolution| resolution.resolved_on.date()),
            outcome: self.resolution.as_ref().map(|resolution| (*resolution.outcome).to_owned()),
            version: self.stamp.version,
            created_at: self.stamp.created_at.utc(),
            updated_at: self.stamp.updated_at.utc(),
        })
    }

    fn person(&self) -> Id<Beneficiary> {
        self.beneficiary
    }
}

/// The barriers of one person: the open ones, the resolved ones, or all.
pub async fn list<F: Function<Over = Barrier>>(
    source: &impl Source,
    scope: &Scope<F>,
    person: Id<Beneficiary>,
    open: Option<bool>,
    listing: &Listing,
) -> Result<Page<Barrier>, Error> {
    let resolved_on = || Expr::col(("barrier", "resolved_on"));
    let mut select = pieces::of_person(scope, person);
    select.and_where_option(open.map(|open| if open { resolved_on().is_null() } else { resolved_on().is_not_null() }));
    pieces::page(source, select, listing).await
}

#[cfg(test)]
mod tests {
    use domain::actor::{Actor, Role};
    use domain::organisation::OrganisationKind;
    use domain::policy::{ReadBarrier, may};

    use super::*;
    use crate::db::Write;
    use crate::given::{self, day, now, on_both_engines, uuid};
    use crate::select::insert_all;
    use crate::tables::beneficiary;

    fn row(n: u128, person: u128, situation: &str, resolved_on: Option<&str>) -> barrier::Model {
        barrier::Model {
            id: uuid(n),
            beneficiary_id: uuid(person),
            kind: "mobility".to_owned(),
            situation: situation.to_owned(),
            impact: "none".to_owned(),
            goal: Some("mobility_licence".to_owned()),
            note: Some("Code obtenu.".to_owned()),
            opened_on: day("2026-11-02").date(),
            resolved_on: resolved_on.map(|on| day(on).date()),
            outcome: resolved_on.map(|_| "improved".to_owned()),
            version: 1,
            created_at: now().utc(),
            updated_at: now().utc(),
        }
    }

    fn manager() -> Actor {
        given::professional(uuid(1), uuid(10), OrganisationKind::Department, Role::Manager)
    }

    #[tokio::test]
    async fn the_barriers_of_a_person_are_listed_open_resolved_or_all() {
        on_both_engines(async |home| {
            let rows = [
                row(1, 101, "mobility_cost", Some("2026-11-03")),
                row(2, 101, "mobility_cost", None),
                row(3, 101, "mobility_no_licence", None),
                row(4, 102, "mobility_cost", None),
            ];
            home.write(async |w: &Write| {
                insert_all::<beneficiary::Entity>(w, [101, 102].map(|n| given::person(uuid(n)))).await?;
                insert_all::<barrier::Entity>(w, rows.clone()).await
            })
            .await;
            let scope = may::<ReadBarrier>(&manager(), now()).unwrap();
            for (open, expected) in [(None, vec![1, 2, 3]), (Some(true), vec![2, 3]), (Some(false), vec![1])] {
                let found = list(home.db.read(), &scope, Id::new(uuid(101)), open, &Listing::first(50)).await.unwrap();
                let ids: Vec<u128> = found.items.iter().map(|barrier| barrier.id.uuid().as_u128()).collect();
                assert_eq!(ids, expected, "{open:?}");
            }
            for expected in rows {
                let found = pieces::find(home.db.read(), &scope, Id::new(expected.id)).await.unwrap().unwrap();
                assert_eq!(found.row().unwrap(), expected, "what is read is what is stored");
            }
        })
        .await;
    }
}
