//! What is due about orientations in force: the social track that is looked at again a while after it began, or, since the law asks for
//! one, after a contract was signed. What else is due about contracts is in `contracts`.

use domain::deadline::{self, Counting, DeadlineKind};
use domain::law::FULL_EMPLOYMENT;
use domain::policy::{ReadDeadline, Scope};
use sea_orm::sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement};

use super::{Dialect, Filled, branch, of_person, people, within};

pub(super) fn orientation(name: &'static str) -> Expr {
    Expr::col(("orientation", name))
}

/// What every deadline of somebody accompanied says of them.
pub(super) fn accompanied() -> Filled {
    let mut filled = of_person(orientation("beneficiary_id"));
    filled.extend([
        ("orientation_id", orientation("id")),
        ("organisation_id", orientation("organisation_id")),
        ("organisation_name", Expr::col(("organisation", "name"))),
        ("referent_id", orientation("referent_id")),
    ]);
    filled
}

/// Narrows a branch to orientations in force, of people in reach.
pub(super) fn in_force(select: &mut SelectStatement, scope: &Scope<ReadDeadline>) {
    select
        .from("orientation")
        .join(JoinType::InnerJoin, "organisation", Expr::col(("organisation", "id")).equals(("orientation", "organisation_id")))
        .and_where(orientation("starts_on").is_not_null())
        .and_where(orientation("ends_on").is_null());
    people(select, scope, "orientation");
}

/// Joins the contract that was last in force, as it is written down: the clock alone makes one expire.
pub(super) fn with_contract(select: &mut SelectStatement) {
    let contract = |name: &'static str| Expr::col(("contract", name));
    let theirs = contract("beneficiary_id").eq(orientation("beneficiary_id")).and(contract("state").eq("in_force"));
    select.join(JoinType::InnerJoin, "contract", theirs);
}

/// Whether the person of an orientation has a contract in force that was signed under the law since 2025.
fn of_new_law() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from_as("contract", "newer")
        .and_where(Expr::col(("newer", "beneficiary_id")).equals(("orientation", "beneficiary_id")))
        .and_where(Expr::col(("newer", "state")).eq("in_force"))
        .and_where(Expr::col(("newer", "signed_on")).gte(FULL_EMPLOYMENT.date()))
        .take()
}

/// Orientations to the social track that nobody looks at again at present, counted from `since`.
fn social(dialect: Dialect, scope: &Scope<ReadDeadline>, is_extended: bool, counting: &Counting, since: &str, filled: Filled) -> SelectStatement {
    let mut select = branch(dialect, DeadlineKind::SocialReview, counting.source, dialect.plus(since, counting.delay), filled);
    in_force(&mut select, scope);
    select.and_where(orientation("accompaniment").eq("social")).and_where(orientation("state").ne("review")).and_where(if is_extended {
        orientation("extension").is_not_null()
    } else {
        orientation("extension").is_null()
    });
    select
}

/// A while after it began, or after the last look since, where no contract of the new law was signed.
fn after_start(dialect: Dialect, scope: &Scope<ReadDeadline>, is_extended: bool, counting: &Counting) -> SelectStatement {
    let since = "coalesce(orientation.maintained_on, orientation.starts_on)";
    let mut filled = accompanied();
    filled.push(("subject_id", orientation("id")));
    let mut select = social(dialect, scope, is_extended, counting, since, filled);
    select.cond_where(within(Expr::cust(since), counting.from, counting.to)).and_where(Expr::exists(of_new_law()).not());
    select
}

/// A while after a contract was signed, or after the last look since.
fn after_contract(dialect: Dialect, scope: &Scope<ReadDeadline>, is_extended: bool, counting: &Counting) -> SelectStatement {
    let since = "(case when orientation.maintained_on > contract.signed_on then orientation.maintained_on else contract.signed_on end)";
    let mut filled = accompanied();
    filled.extend([("subject_id", orientation("id")), ("contract_id", Expr::col(("contract", "id")))]);
    let mut select = social(dialect, scope, is_extended, counting, since, filled);
    with_contract(&mut select);
    select.cond_where(within(Expr::col(("contract", "signed_on")), counting.from, counting.to));
    select
}

/// The social track that is to be looked at again.
pub(super) fn social_reviews(dialect: Dialect, scope: &Scope<ReadDeadline>) -> Vec<SelectStatement> {
    let mut all = Vec::new();
    for is_extended in [false, true] {
        let countings = deadline::social_review_countings(is_extended);
        all.extend(countings.iter().map(|counting| after_start(dialect, scope, is_extended, counting)));
        let countings = deadline::social_review_of_contract_countings(is_extended);
        all.extend(countings.iter().map(|counting| after_contract(dialect, scope, is_extended, counting)));
    }
    all
}
