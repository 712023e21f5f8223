//! RSA rights as rows: an episode with its duties in one. How they are found, listed and saved is in `pieces`, what overlaps is a rule.

use domain::beneficiary::Beneficiary;
use domain::calendar::{Day, Instant};
use domain::id::Id;
use domain::identifier::department::DepartmentCode;
use domain::rsa_right::{Duties, RightSource, RsaRight};
use domain::vocabulary::Term;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::pieces::Stored;
use crate::revision::Versioned;
use crate::select::{stored, stored_json};
use crate::tables::rsa_right;

/// A period of duties, as it is stored: it lasts until the day before the next.
#[derive(Serialize, Deserialize)]
struct StoredDuties {
    subject: bool,
    starts_on: Day,
    notified_on: Option<Day>,
    source: RightSource,
}

impl From<StoredDuties> for Duties {
    fn from(stored: StoredDuties) -> Self {
        let StoredDuties { subject, starts_on, notified_on, source } = stored;
        Self { subject, starts_on, notified_on, source }
    }
}

impl From<&Duties> for StoredDuties {
    fn from(duties: &Duties) -> Self {
        let Duties { subject, starts_on, notified_on, source } = *duties;
        Self { subject, starts_on, notified_on, source }
    }
}

impl Stored for RsaRight {
    type Table = rsa_right::Entity;
    type Row = rsa_right::Model;

    fn read(row: Self::Row) -> Result<Self, Error> {
        let stamp = row.stamp();
        let duties: Vec<StoredDuties> = stored_json("rsa_right.duties", row.duties)?;
        Ok(Self {
            id: Id::new(row.id),
            beneficiary: Id::new(row.beneficiary_id),
            entered_on: Day::new(row.entered_on),
            end: row.left_on.map(Day::new).zip(row.left_reason.map(Term::stored)),
            information_received_on: row.information_received_on.map(Day::new),
            transferred_from: row.transferred_from.map(DepartmentCode::stored),
            source: stored("rsa_right.source", &row.source)?,
            duties: duties.into_iter().map(Duties::from).collect(),
            cancelled_at: row.cancelled_at.map(Instant::new),
            stamp,
        })
    }

    fn row(&self) -> Result<Self::Row, Error> {
        let duties: Vec<StoredDuties> = self.duties.iter().map(StoredDuties::from).collect();
        Ok(rsa_right::Model {
            id: self.id.uuid(),
            beneficiary_id: self.beneficiary.uuid(),
            entered_on: self.entered_on.date(),
            left_on: self.end.as_ref().map(|(day, _)| day.date()),
            left_reason: self.end.as_ref().map(|(_, reason)| (**reason).to_owned()),
            information_received_on: self.information_received_on.map(Day::date),
            transferred_from: self.transferred_from.as_deref().map(str::to_owned),
            source: self.source.code().to_owned(),
            duties: serde_json::to_value(duties).map_err(|error| Error::Broken(error.to_string()))?,
            subject_since: self.subject_since().map(Day::date),
            orientation_clock_on: self.orientation_clock().map(Day::date),
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
    use std::collections::BTreeSet;

    use domain::actor::{Actor, Role};
    use domain::organisation::OrganisationKind;
    use domain::policy::{ManageRsaRight, ReadRsaRight, may};
    use domain::rsa_right::{DutiesOrder, RsaRightOrder};

    use super::*;
    use crate::db::Write;
    use crate::given::{self, day, now, on_both_engines, uuid};
    use crate::machinery::reference;
    use crate::page::Listing;
    use crate::select::insert_all;
    use crate::tables::beneficiary;
    use crate::{beneficiaries, pieces};

    fn manager() -> Actor {
        given::professional(uuid(1), uuid(10), OrganisationKind::Department, Role::Manager)
    }

    fn order(entered_on: &str, left_on: Option<&str>) -> RsaRightOrder {
        RsaRightOrder {
            entered_on: day(entered_on),
            left_on: left_on.map(day),
            left_reason: left_on.and_then(|_| "four_months_without_right".parse().ok()),
            information_received_on: Some(day("2026-10-12")),
            transferred_from: "2A".parse().ok(),
        }
    }

    #[tokio::test]
    async fn an_episode_is_read_as_it_was_decided_with_its_duties() {
        on_both_engines(async |home| {
            let person = Id::new(uuid(101));
            let scope = may::<ManageRsaRight>(&manager(), now()).unwrap();
            let decided = home.write(async |w: &Write| {
                insert_all::<beneficiary::Entity>(w, [given::person(uuid(101))]).await?;
                let vocabulary = reference::vocabulary(&reference::codes(w).await?);
                let person = beneficiaries::lock(w, &scope, person).await?.unwrap();
                let ended = RsaRight::record(&scope, w.id(), &person, &[], order("2020-02-29", Some("2020-12-31")), &vocabulary).unwrap();
                pieces::save(w, &ended).await?;
                let rights = pieces::all_of(w, &scope, person.id).await?;
                let open = RsaRight::record(&scope, w.id(), &person, &rights, order("2026-10-01", None), &vocabulary).unwrap();
                pieces::save(w, &open).await?;
                for (subject, starts_on, notified_on) in [(false, "2026-10-01", None), (true, "2026-11-01", Some("2026-11-05"))] {
                    let (person, right) = pieces::lock_with_person(w, &scope, open.after.id).await?.unwrap();
                    let said = DutiesOrder { subject, starts_on: day(starts_on), notified_on: notified_on.map(day) };
                    pieces::save(w, &right.record_duties(&scope, &person, said).unwrap().unwrap()).await?;
                }
                Ok([ended.after.id, open.after.id])
            });
            let [ended, open] = decided.await;
            let reading = may::<ReadRsaRight>(&manager(), now()).unwrap();
            let found = pieces::list(home.db.read(), &reading, person, &Listing::first(50)).await.unwrap().items;
            assert_eq!(found.iter().map(|right| right.id).collect::<Vec<_>>(), [ended, open]);
            let [first, second] = found.try_into().unwrap();
            assert_eq!(first.end, Some((day("2020-12-31"), "four_months_without_right".parse().unwrap())));
            assert_eq!((first.duties.len(), first.row().unwrap().subject_since), (0, None));
            let said: Vec<_> = second.duties.iter().map(|duties| (duties.subject, duties.starts_on, duties.notified_on)).collect();
            assert_eq!(said, [(false, day("2026-10-01"), None), (true, day("2026-11-01"), Some(day("2026-11-05")))]);
            assert_eq!((second.end.is_none(), second.transferred_from.as_deref(), second.stamp.version), (true, Some("2A"), 3));
            assert_eq!(second.row().unwrap().subject_since, Some(day("2026-11-01").date()));
        })
        .await;
    }

    #[tokio::test]
    async fn every_closing_reason_of_the_flows_leads_to_one_code_since_the_rsa_began() {
        on_both_engines(async |home| {
            let codes = reference::codes(home.db.read()).await.unwrap();
            let reasons: Vec<_> = codes.iter().filter(|row| row.list == "rsa_closing_reasons").collect();
            let of_flows: BTreeSet<&str> = reasons.iter().filter_map(|row| row.crosswalk.get("cnaf")?.as_str()).collect();
            assert_eq!(of_flows, BTreeSet::from(["PCG", "ECH", "EFF", "MUT", "RGD", "RFD", "RAU", "RST", "RSO"]));
            assert_eq!(reasons.len(), of_flows.len());
            assert!(reasons.iter().all(|row| row.valid_from == day("2009-06-01") && row.valid_to.is_none()));
        })
        .await;
    }
}
