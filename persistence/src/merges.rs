//! Two files become one: what hangs on the duplicate moves to the survivor, and each move is written down. What may be merged is
//! decided in `domain::merge`.

use std::collections::HashMap;

use domain::beneficiary::Beneficiary;
use domain::calendar::Instant;
use domain::id::Id;
use domain::identifier::person_reference::PersonReference;
use domain::intervention::Intervention;
use domain::merge::{Clash, Merge, Merged};
use domain::orientation::ClosureReason;
use domain::policy::{Function, MergeBeneficiary, Reach, Scope};
use domain::refusal::Decided;
use domain::text::Note;
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::beneficiaries;
use crate::db::sealed::Source as _;
use crate::db::{Source, Write};
use crate::error::Error;
use crate::page::{Listing, Page};
use crate::pieces::Stored;
use crate::select::{all, ids, insert_all, one, people_of, stored};
use crate::tables::{merge, merge_move};

/// The tables whose rows hang on a person. Those that are synchronised say when they changed.
const MOVING: [(&str, bool); 11] = [
    ("enrolment", true),
    ("referral", true),
    ("rsa_right", true),
    ("milestone", true),
    ("barrier", true),
    ("intervention", true),
    ("held_line", true),
    ("orientation", true),
    ("contract", true),
    ("readiness", true),
    ("access_grant", false),
];

#[derive(FromQueryResult)]
#[expect(clippy::struct_excessive_bools, reason = "one column each")]
struct ClashRow {
    rights: bool,
    barriers: bool,
    enrolments: bool,
    referrals: bool,
    orientations: bool,
    contracts: bool,
    nirs: bool,
}

/// Whether a row of each file meets the condition, the survivor's as `mine`, the duplicate's as `theirs`.
fn both(table: &'static str, survivor: Id<Beneficiary>, duplicate: Id<Beneficiary>, clashing: Condition) -> Expr {
    let select = Query::select()
        .expr(Expr::val(1))
        .from_as(table, "mine")
        .from_as(table, "theirs")
        .and_where(Expr::col(("mine", "beneficiary_id")).eq(survivor.uuid()))
        .and_where(Expr::col(("theirs", "beneficiary_id")).eq(duplicate.uuid()))
        .cond_where(clashing)
        .take();
    Expr::exists(select)
}

fn same(column: &'static str) -> Expr {
    Expr::col(("mine", column)).equals(("theirs", column))
}

/// That two periods, both ends inclusive and an open end null, share a day.
fn overlap(first: &'static str, last: &'static str) -> Condition {
    let reaches = |one: &'static str, other: &'static str| {
        Cond::any().add(Expr::col((one, last)).is_null()).add(Expr::col((one, last)).gte(Expr::col((other, first))))
    };
    Cond::all().add(reaches("mine", "theirs")).add(reaches("theirs", "mine"))
}

/// The first thing that both files, which are locked, hold of which a person has one.
pub async fn clash(w: &Write, _: &Scope<MergeBeneficiary>, survivor: Id<Beneficiary>, duplicate: Id<Beneficiary>) -> Result<Option<Clash>, Error> {
    let both = |table, clashing| both(table, survivor, duplicate, clashing);
    let each =
        |column: &'static str, value: bool| Cond::all().add(Expr::col(("mine", column)).eq(value)).add(Expr::col(("theirs", column)).eq(value));
    let each_text = |column: &'static str, value: &'static str| {
        Cond::all().add(Expr::col(("mine", column)).eq(value)).add(Expr::col(("theirs", column)).eq(value))
    };
    let still = |column: &'static str| Cond::all().add(Expr::col(("mine", column)).is_null()).add(Expr::col(("theirs", column)).is_null());
    let one_purpose =
        Cond::any().add(Expr::col(("mine", "action_id")).is_null().and(Expr::col(("theirs", "action_id")).is_null())).add(same("action_id"));
    let begun = |one: &'static str| Expr::col((one, "starts_on")).is_not_null();
    let one_at_a_time = || Cond::any().add(each("pending", true)).add(overlap("starts_on", "ends_on").add(begun("mine")).add(begun("theirs")));
    let meant = |one: &'static str| {
        let reason = || Expr::col((one, "closure_reason"));
        Cond::any().add(reason().is_null()).add(reason().ne(ClosureReason::Mistake.code()))
    };
    let counts = |one: &'static str| Expr::col((one, "cancelled_at")).is_null();
    let definitive = each("current", true).add(each("provisional", false)).add(same("blind_index").not());
    let select = Query::select()
        .expr_as(both("rsa_right", overlap("entered_on", "left_on").add(counts("mine")).add(counts("theirs"))), "rights")
        .expr_as(both("barrier", still("resolved_on").add(same("situation"))), "barriers")
        .expr_as(both("enrolment", overlap("starts_on", "ends_on").add(same("group_id"))), "enrolments")
        .expr_as(both("referral", each("open", true).add(one_purpose)), "referrals")
        .expr_as(both("orientation", Cond::all().add(meant("mine")).add(meant("theirs")).add(one_at_a_time())), "orientations")
        .expr_as(both("contract", one_at_a_time().add(each_text("state", "in_force"))), "contracts")
        .expr_as(both("beneficiary_nir", definitive), "nirs")
        .take();
    let row = one::<ClashRow>(w, &select).await?.ok_or_else(|| Error::Broken("no clash was told".to_owned()))?;
    let clashes = [
        (row.nirs, Clash::Identifier),
        (row.rights, Clash::Right),
        (row.orientations, Clash::Orientation),
        (row.contracts, Clash::Contract),
        (row.enrolments, Clash::Enrolment),
        (row.referrals, Clash::Referral),
        (row.barriers, Clash::Barrier),
    ];
    Ok(clashes.into_iter().find(|(is_so, _)| *is_so).map(|(_, clash)| clash))
}

/// Saves a merge that was decided: everything moves, then both files say what they have become.
pub async fn save(w: &Write, merged: &Decided<Merged>) -> Result<(), Error> {
    let merge = &merged.merge;
    let row = merge::Model {
        id: merge.id.uuid(),
        survivor_id: merge.survivor.uuid(),
        duplicate_id: merge.duplicate.uuid(),
        reason: merge.reason.clone().into(),
        merged_by: merge.by.uuid(),
        merged_at: merge.at.utc(),
    };
    insert_all::<merge::Entity>(w, [row]).await?;
    let mut moved = Vec::new();
    let mut told = Vec::new();
    for (table, is_synchronised) in MOVING {
        let ids = move_rows(w, merge, table, is_synchronised).await?;
        if table == "referral" {
            told.clone_from(&ids);
        }
        moved.extend(ids.into_iter().map(|id| merge_move::Model { merge_id: merge.id.uuid(), kind: table.to_owned(), subject_id: id }));
    }
    insert_all::<merge_move::Entity>(w, moved).await?;
    // What is said of the survivor reaches the receivers of the referrals that moved.
    beneficiaries::save_all(w, &merged.files).await?;
    redact(w, told).await
}

async fn move_rows(w: &Write, merge: &Merge, table: &'static str, is_synchronised: bool) -> Result<Vec<Uuid>, Error> {
    let theirs = || Expr::col("beneficiary_id").eq(merge.duplicate.uuid());
    let rows = ids(w, &Query::select().column("id").from(table).and_where(theirs()).take()).await?;
    if !rows.is_empty() {
        let mut update = Query::update();
        update.table(table).value("beneficiary_id", merge.survivor.uuid()).and_where(theirs());
        if is_synchronised {
            update.value("updated_at", w.now().utc());
        }
        w.connection().execute(&update).await?;
    }
    Ok(rows)
}

/// What receivers were told under the duplicate's name is told no more; numbers and events stay.
async fn redact(w: &Write, referrals: Vec<Uuid>) -> Result<(), Error> {
    if referrals.is_empty() {
        return Ok(());
    }
    let as_they_are = Query::select()
        .columns(["id", "version"])
        .from("referral")
        .and_where(Expr::col("id").is_in(referrals.iter().copied()))
        .and_where(Expr::col("open").eq(true))
        .take();
    let place = Expr::tuple([Expr::col("referral_id"), Expr::col("version")]);
    let update = Query::update()
        .table("referral_version")
        .value("content", Expr::null())
        .and_where(Expr::col("referral_id").is_in(referrals))
        .and_where(place.not_in_subquery(as_they_are))
        .take();
    w.connection().execute(&update).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct MergedRow {
    id: Uuid,
    merged_into_id: Option<Uuid>,
}

/// Of files that were merged, the one that lives in each one's stead.
pub(crate) struct Survivors(HashMap<Uuid, Uuid>);

impl Survivors {
    /// The file that lives in the stead of this one: itself, unless it was merged.
    pub(crate) fn of(&self, file: Uuid) -> Uuid {
        self.0.get(&file).copied().unwrap_or(file)
    }
}

/// The survivors of these files, however many merges later.
pub(crate) async fn survivors_of(source: &impl Source, files: impl IntoIterator<Item = Uuid>) -> Result<Survivors, Error> {
    let mut survivors: HashMap<Uuid, Uuid> = HashMap::new();
    let mut asked: Vec<Uuid> = files.into_iter().collect();
    while !asked.is_empty() {
        let select = Query::select().columns(["id", "merged_into_id"]).from("beneficiary").and_where(Expr::col("id").is_in(asked)).take();
        let rows = all::<MergedRow>(source, &select).await?;
        let merged: Vec<(Uuid, Uuid)> = rows.into_iter().filter_map(|row| Some((row.id, row.merged_into_id?))).collect();
        for (file, survivor) in &merged {
            for last in survivors.values_mut().filter(|last| *last == file) {
                *last = *survivor;
            }
            survivors.insert(*file, *survivor);
        }
        asked = merged.into_iter().map(|(_, survivor)| survivor).collect();
    }
    Ok(Survivors(survivors))
}

/// Who bears this reference: the person it was given to, or the survivor of the file it was given to.
pub(crate) async fn bearer_of(source: &impl Source, reference: &PersonReference) -> Result<Option<Uuid>, Error> {
    let select = Query::select().column("id").from("beneficiary").and_where(Expr::col("reference").eq(&**reference)).take();
    let given_to = ids(source, &select).await?.into_iter().next();
    let survivors = survivors_of(source, given_to).await?;
    Ok(given_to.map(|file| survivors.of(file)))
}

/// A merge, with each thing that moved.
#[derive(Debug)]
pub struct Recorded {
    /// The merge.
    pub merge: Merge,
    /// What moved: the kind of thing, and its id.
    pub moved: Vec<(String, Uuid)>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    survivor_id: Uuid,
    duplicate_id: Uuid,
    reason: String,
    merged_by: Uuid,
    merged_at: DateTimeUtc,
}

#[derive(FromQueryResult)]
struct MoveRow {
    merge_id: Uuid,
    kind: String,
    subject_id: Uuid,
}

fn visible_to<F: Function<Over = Beneficiary>>(scope: &Scope<F>) -> SelectStatement {
    let survivor = Query::select()
        .expr(Expr::val(1))
        .from("beneficiary")
        .and_where(Expr::col(("beneficiary", "id")).equals(("merge", "survivor_id")))
        .cond_where(people_of(scope.reach(), scope.now()))
        .take();
    Query::select()
        .columns(["id", "survivor_id", "duplicate_id", "reason", "merged_by", "merged_at"].map(|column| ("merge", column)))
        .from("merge")
        .and_where(Expr::exists(survivor))
        .take()
}

/// The merges that a file survived, the oldest first.
pub async fn list<F: Function<Over = Beneficiary>>(
    source: &impl Source,
    scope: &Scope<F>,
    survivor: Id<Beneficiary>,
    listing: &Listing,
) -> Result<Page<Recorded>, Error> {
    let after = listing.after.as_ref().and_then(|position| position.first()).map(|id| stored::<Uuid>("cursor", id)).transpose()?;
    let mut select = visible_to(scope);
    select
        .and_where(Expr::col(("merge", "survivor_id")).eq(survivor.uuid()))
        .and_where_option(after.map(|after| Expr::col(("merge", "id")).gt(after)))
        .order_by(("merge", "id"), Order::Asc)
        .limit(listing.limit + 1);
    let page = Page::cut(all::<Row>(source, &select).await?, listing.limit, |row| vec![row.id.to_string()]);
    let mut moves = Query::select();
    moves
        .columns(["merge_id", "kind", "subject_id"].map(|column| ("merge_move", column)))
        .from("merge_move")
        .and_where(Expr::col(("merge_move", "merge_id")).is_in(page.items.iter().map(|row| row.id)))
        .order_by(("merge_move", "kind"), Order::Asc)
        .order_by(("merge_move", "subject_id"), Order::Asc);
    if matches!(scope.reach(), Reach::Accompanied(_)) {
        // What a delegate does not see in the file, no merge tells it of.
        let mut seen = Query::select();
        seen.expr(Expr::val(1)).from("intervention").and_where(Expr::col(("intervention", "id")).equals(("merge_move", "subject_id")));
        <Intervention as Stored>::narrow(scope, &mut seen);
        moves.cond_where(Cond::any().add(Expr::col(("merge_move", "kind")).ne("intervention")).add(Expr::exists(seen)));
    }
    let moves = if page.items.is_empty() { Vec::new() } else { all::<MoveRow>(source, &moves).await? };
    Ok(page.map(|row| Recorded {
        moved: moves.iter().filter(|one| one.merge_id == row.id).map(|one| (one.kind.clone(), one.subject_id)).collect(),
        merge: Merge {
            id: Id::new(row.id),
            survivor: Id::new(row.survivor_id),
            duplicate: Id::new(row.duplicate_id),
            reason: Note::stored(row.reason),
            by: Id::new(row.merged_by),
            at: Instant::new(row.merged_at),
        },
    }))
}
