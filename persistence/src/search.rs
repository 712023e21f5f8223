//! Finding people: by name and by what identifies them within a caller's reach, and over the whole département whoever may be the same
//! person. What makes two people alike is in `domain::matching`, how names are written in `domain::naming`.

use domain::beneficiary::Beneficiary;
use domain::calendar::Day;
use domain::id::Id;
use domain::identifier::file_number::FileNumber;
use domain::identifier::france_travail::FranceTravailId;
use domain::identifier::person_reference::PersonReference;
use domain::identifier::phone::Phone;
use domain::matching::{Keys, Known};
use domain::naming::Sought;
use domain::policy::{Function, Scope};
use domain::text::{Email, Name};
use sea_orm::FromQueryResult;
use sea_orm::prelude::Date;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait, JoinType, Order, Query, SelectStatement, SimpleExpr, UnionType};
use uuid::Uuid;

use crate::beneficiaries::of_ids;
use crate::db::Source;
use crate::error::Error;
use crate::merges::{bearer_of, survivors_of};
use crate::select::{self, all, people_of};

/// What is known of a number that is looked for: how it is found, without the number.
pub type BlindIndex = [u8; 32];

/// What somebody is searched by: all of it must hold.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Parts of their names.
    pub name: Option<Sought>,
    /// Date of birth.
    pub birth_date: Option<Day>,
    /// Their reference, or that of a file that was merged into theirs.
    pub reference: Option<PersonReference>,
    /// Their social security number, now or before.
    pub nir: Option<BlindIndex>,
    /// France Travail's identifier.
    pub france_travail_id: Option<FranceTravailId>,
    /// Phone.
    pub phone: Option<Phone>,
    /// Electronic address.
    pub email: Option<Email>,
    /// The file number of their household: one of these.
    pub file_numbers: Option<Vec<FileNumber>>,
}

/// The people found, and whether there are more.
#[derive(Debug)]
pub struct Found {
    /// The first of them.
    pub people: Vec<Beneficiary>,
    /// Whether others were left out.
    pub has_more: bool,
}

/// People one answer shows at most.
const MOST_FOUND: usize = 50;
/// Words looked at for them: somebody may be met by several of theirs.
const MOST_WORDS: u64 = 4 * (MOST_FOUND as u64 + 1);

/// A word that is met, in which reading.
#[derive(FromQueryResult)]
struct WordRow {
    turn: i32,
    id: Uuid,
}

fn person(column: &'static str) -> Expr {
    Expr::col(("beneficiary", column))
}

/// Of people whose file lives.
fn lives() -> Condition {
    Cond::all().add(person("merged_into_id").is_null()).add(person("purged_at").is_null())
}

/// People who had this number, now or before, unless it was recorded by mistake.
fn with_nir(index: &BlindIndex) -> SelectStatement {
    Query::select()
        .expr_as(Expr::col("beneficiary_id"), "id")
        .from("beneficiary_nir")
        .and_where(Expr::col("blind_index").eq(index.to_vec()))
        .and_where(Expr::col("cancelled_at").is_null())
        .take()
}

impl Search {
    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        let Self { name, birth_date, reference, nir, france_travail_id, phone, email, file_numbers } = self;
        name.is_none()
            && birth_date.is_none()
            && reference.is_none()
            && nir.is_none()
            && france_travail_id.is_none()
            && phone.is_none()
            && email.is_none()
            && file_numbers.is_none()
    }

    /// `bearer`: who bears the reference that is looked for.
    fn condition(&self, bearer: Option<Uuid>) -> Condition {
        let same = |column, value: Option<&str>| value.map(|value| person(column).eq(value));
        let household = self.file_numbers.as_ref().map(|numbers| {
            let one_of = Expr::col("file_number").is_in(numbers.iter().map(|number| &**number));
            let of_number = Query::select().column("id").from("household").and_where(one_of).take();
            person("household_id").in_subquery(of_number)
        });
        Cond::all()
            .add(lives())
            .add_option(self.birth_date.map(|day| person("birth_date").eq(day.date())))
            .add_option(bearer.map(|bearer| person("id").eq(bearer)))
            .add_option(same("france_travail_id", self.france_travail_id.as_deref()))
            .add_option(same("phone", self.phone.as_deref()))
            .add_option(same("email", self.email.as_deref()))
            .add_option(self.nir.as_ref().map(|index| person("id").in_subquery(with_nir(index))))
            .add_option(household)
    }
}

/// The people in reach whom one reading of a name meets: the longest word leads, in the order of its index, so that the first fifty are
/// found without looking at all. Its row holds the person's other words, each after a blank; words are letters and digits alone, so that
/// nothing in a pattern has to be escaped.
fn by_words<F: Function<Over = Beneficiary>>(scope: &Scope<F>, turn: usize, words: &[String], condition: Condition) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(Expr::cust(turn.to_string()), "turn")
        .expr_as(Expr::col(("lead", "word")), "word")
        .expr_as(Expr::col(("lead", "beneficiary_id")), "id")
        .from_as("beneficiary_name", "lead")
        .join(JoinType::InnerJoin, "beneficiary", person("id").equals(("lead", "beneficiary_id")))
        .cond_where(condition)
        .cond_where(people_of(scope.reach(), scope.now()));
    if let [longest, others @ ..] = words {
        let word = || Expr::col(("lead", "word"));
        select.and_where(word().gte(&**longest)).and_where(word().lt(format!("{longest}\u{10ffff}")));
        for other in others {
            select.and_where(Expr::col(("lead", "words")).like(format!("% {other}%")));
        }
    }
    select.order_by(("lead", "word"), Order::Asc).order_by(("lead", "beneficiary_id"), Order::Asc).limit(MOST_WORDS).take()
}

/// The same of every reading, in one statement: the first reading first.
fn by_name<F: Function<Over = Beneficiary>>(scope: &Scope<F>, name: &Sought, condition: &Condition) -> SelectStatement {
    // Each reading in brackets of its own: it has its order and its bound.
    let mut readings = name.readings().iter().enumerate().map(|(turn, words)| {
        let found = by_words(scope, turn, words, condition.clone());
        Query::select().columns(["turn", "word", "id"].map(|column| ("found", column))).from_subquery(found, "found").take()
    });
    let mut union = readings.next().unwrap_or_default();
    for reading in readings {
        union.union(UnionType::All, reading);
    }
    union.order_by("turn", Order::Asc).order_by("word", Order::Asc).order_by("id", Order::Asc).take()
}

fn by_identifiers<F: Function<Over = Beneficiary>>(scope: &Scope<F>, condition: Condition) -> SelectStatement {
    Query::select()
        .column(("beneficiary", "id"))
        .from("beneficiary")
        .cond_where(condition)
        .cond_where(people_of(scope.reach(), scope.now()))
        .order_by(("beneficiary", "id"), Order::Asc)
        .limit(MOST_FOUND as u64 + 1)
        .take()
}

/// The people in reach whom a search meets, fifty at most.
pub async fn search<F: Function<Over = Beneficiary>>(source: &impl Source, scope: &Scope<F>, search: &Search) -> Result<Found, Error> {
    let mut ids: Vec<Uuid> = Vec::new();
    let mut has_more = false;
    let bearer = match &search.reference {
        Some(reference) => bearer_of(source, reference).await?,
        None => None,
    };
    if search.reference.is_some() && bearer.is_none() {
        return Ok(Found { people: Vec::new(), has_more });
    }
    let condition = search.condition(bearer);
    if let Some(name) = &search.name {
        let rows = all::<WordRow>(source, &by_name(scope, name, &condition)).await?;
        for of_reading in rows.chunk_by(|a, b| a.turn == b.turn) {
            has_more |= of_reading.len() as u64 == MOST_WORDS;
        }
        for row in rows {
            if !ids.contains(&row.id) {
                ids.push(row.id);
            }
        }
    } else {
        ids = select::ids(source, &by_identifiers(scope, condition)).await?;
    }
    has_more |= ids.len() > MOST_FOUND;
    ids.truncate(MOST_FOUND);
    Ok(Found { people: of_ids(source, scope, &ids).await?, has_more })
}

#[derive(Clone, FromQueryResult)]
struct KnownRow {
    id: Uuid,
    reference: String,
    territory_id: Uuid,
    last_name: Option<String>,
    first_name: Option<String>,
    birth_name: Option<String>,
    birth_date: Option<Date>,
    france_travail_id: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    same_nir: bool,
    other_nir: bool,
    in_reach: bool,
    merged_into_id: Option<Uuid>,
}

/// Somebody in the files who may be the one sought.
#[derive(Debug)]
pub struct Candidate {
    /// Who, as the rules compare them: of whom a file was merged into theirs, with what that file says of them.
    pub known: Known,
    /// What their own file says.
    pub shown: Known,
    /// The reference of the file that is compared.
    pub file: PersonReference,
    /// Whether the caller accompanies them.
    pub in_reach: bool,
}

impl Candidate {
    /// Somebody as a file says that was merged into theirs. What is one person's alone has moved.
    fn of_merged(survivor: &KnownRow, file: KnownRow) -> Self {
        let shown = Known::from(survivor.clone());
        let Known { reference, last_name, first_name, birth_name, birth_date, phone, email, .. } = Known::from(file);
        let known = Known { last_name, first_name, birth_name, birth_date, phone, email, ..shown.clone() };
        Self { known, shown, file: reference, in_reach: survivor.in_reach }
    }
}

impl From<KnownRow> for Candidate {
    fn from(row: KnownRow) -> Self {
        let in_reach = row.in_reach;
        let known = Known::from(row);
        Self { file: known.reference.clone(), shown: known.clone(), known, in_reach }
    }
}

impl From<KnownRow> for Known {
    fn from(row: KnownRow) -> Self {
        Self {
            id: Id::new(row.id),
            reference: PersonReference::stored(row.reference),
            territory: Id::new(row.territory_id),
            last_name: row.last_name.map(Name::stored),
            first_name: row.first_name.map(Name::stored),
            birth_name: row.birth_name.map(Name::stored),
            birth_date: row.birth_date.map(Day::new),
            france_travail_id: row.france_travail_id.map(FranceTravailId::stored),
            phone: row.phone.map(Phone::stored),
            email: row.email.map(Email::stored),
            same_nir: row.same_nir,
            has_other_definitive_nir: row.other_nir,
        }
    }
}

/// Everybody in the whole département whom the rules must compare: by an index for each thing that may be the same.
fn alike_ids(keys: &Keys, nir: Option<&BlindIndex>) -> SelectStatement {
    let of_person = |column, value: Option<&str>| {
        value.map(|value| Query::select().column("id").from("beneficiary").and_where(Expr::col(column).eq(value)).take())
    };
    let born = keys.birth_date.map(|day| Query::select().column("id").from("beneficiary").and_where(Expr::col("birth_date").eq(day.date())).take());
    let named = (!keys.family.is_empty() && !keys.given.is_empty()).then(|| {
        let given = Query::select()
            .expr(Expr::val(1))
            .from_as("beneficiary_name", "given")
            .and_where(Expr::col(("given", "beneficiary_id")).equals(("family", "beneficiary_id")))
            .and_where(Expr::col(("given", "word")).is_in(keys.given.iter().map(String::as_str)))
            .take();
        Query::select()
            .expr_as(Expr::col(("family", "beneficiary_id")), "id")
            .from_as("beneficiary_name", "family")
            .and_where(Expr::col(("family", "word")).is_in(keys.family.iter().map(String::as_str)))
            .and_where(Expr::exists(given))
            .take()
    });
    let mut selects = [
        nir.map(with_nir),
        of_person("france_travail_id", keys.france_travail_id.as_deref()),
        of_person("phone", keys.phone.as_deref()),
        of_person("email", keys.email.as_deref()),
        born,
        named,
    ]
    .into_iter()
    .flatten();
    let mut union = selects.next().unwrap_or_else(|| Query::select().column("id").from("beneficiary").and_where(Expr::val(1).eq(0)).take());
    for select in selects {
        union.union(UnionType::Distinct, select);
    }
    union
}

/// People compared with one at most: more have the same words and birth date in no département.
const MOST_COMPARED: u64 = 2_000;

/// What the rules compare of people whose file was not purged.
fn compared<F: Function<Over = Beneficiary>>(scope: &Scope<F>, nir: Option<&BlindIndex>) -> SelectStatement {
    let number = || {
        Query::select()
            .expr(Expr::val(1))
            .from("beneficiary_nir")
            .and_where(Expr::col(("beneficiary_nir", "beneficiary_id")).equals(("beneficiary", "id")))
            .and_where(Expr::col(("beneficiary_nir", "cancelled_at")).is_null())
            .take()
    };
    let index = nir.map_or_else(Vec::new, |index| index.to_vec());
    let same = number().and_where(Expr::col(("beneficiary_nir", "blind_index")).eq(index.clone())).take();
    let other = number()
        .and_where(Expr::col(("beneficiary_nir", "provisional")).eq(false))
        .and_where(Expr::col(("beneficiary_nir", "current")).eq(true))
        .and_where(Expr::col(("beneficiary_nir", "blind_index")).ne(index))
        .take();
    let said = ["last_name", "first_name", "birth_name", "birth_date", "france_travail_id", "phone", "email"];
    Query::select()
        .columns(["id", "reference", "territory_id", "merged_into_id"].into_iter().chain(said).map(|column| ("beneficiary", column)))
        .expr_as(Expr::exists(same), "same_nir")
        .expr_as(Expr::exists(other), "other_nir")
        .expr_as(SimpleExpr::from(Cond::all().add(people_of(scope.reach(), scope.now()))), "in_reach")
        .from("beneficiary")
        .and_where(person("purged_at").is_null())
        .order_by(("beneficiary", "id"), Order::Asc)
        .take()
}

/// Everybody in the whole département who may be the one sought, before the rules compare them, also by what a file says that was merged
/// into theirs: whoever registers them under their former name would make the same duplicate again. `nir`: the index of the number sought.
pub async fn candidates<F: Function<Over = Beneficiary>>(
    source: &impl Source,
    scope: &Scope<F>,
    keys: &Keys,
    nir: Option<&BlindIndex>,
) -> Result<Vec<Candidate>, Error> {
    // Bounded here and not around all: with a bound of unknown size there, PostgreSQL walks the people in order to find the first few.
    let alike = Query::select().column(("alike", "id")).from_subquery(alike_ids(keys, nir), "alike").limit(MOST_COMPARED).take();
    let files = all::<KnownRow>(source, &compared(scope, nir).and_where(person("id").in_subquery(alike)).take()).await?;
    let (merged, living): (Vec<KnownRow>, Vec<KnownRow>) = files.into_iter().partition(|file| file.merged_into_id.is_some());
    let mut candidates: Vec<Candidate> = living.into_iter().map(Candidate::from).collect();
    if !merged.is_empty() {
        let survivors = survivors_of(source, merged.iter().map(|file| file.id)).await?;
        let of_survivors = compared(scope, nir).and_where(person("id").is_in(merged.iter().map(|file| survivors.of(file.id)))).take();
        let of_survivors = all::<KnownRow>(source, &of_survivors).await?;
        let survivor_of = |file: &KnownRow| of_survivors.iter().find(|survivor| survivor.id == survivors.of(file.id));
        candidates.extend(merged.into_iter().filter_map(|file| Some(Candidate::of_merged(survivor_of(&file)?, file))));
    }
    Ok(candidates)
}
