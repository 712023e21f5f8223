//! What is due about contracts: to sign, to review, ending, to convert. Each is asked of the people who are oriented: a contract of
//! somebody whom nobody accompanies any more is no day's work.

use domain::deadline::{self, ContractCounting, DeadlineKind};
use domain::law::{CONVERSION, ContractStart, makes_contracts};
use domain::organisation::OrganisationKind;
use domain::policy::{ReadDeadline, Scope};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, JoinType, Query, SelectStatement};

use super::orientations::{accompanied, in_force, orientation, with_contract};
use super::{Dialect, branch, within};

fn contract(name: &'static str) -> Expr {
    Expr::col(("contract", name))
}

/// People who are oriented and have no contract that rests on it.
fn to_sign(dialect: Dialect, scope: &Scope<ReadDeadline>, one: &ContractCounting) -> SelectStatement {
    let ContractCounting { counting, is_social, runs_from } = *one;
    let from = match runs_from {
        ContractStart::Orientation => "starts_on",
        ContractStart::Notification => "notified_on",
    };
    let rests = Query::select()
        .expr(Expr::val(1))
        .from_as("contract", "signed")
        .and_where(Expr::col(("signed", "beneficiary_id")).equals(("orientation", "beneficiary_id")))
        .and_where(Expr::col(("signed", "state")).eq("in_force"))
        .cond_where(
            Cond::any()
                .add(Expr::col(("signed", "orientation_id")).equals(("orientation", "id")))
                .add(Expr::col(("signed", "signed_on")).gte(orientation("starts_on"))),
        )
        .take();
    let pending = contract("beneficiary_id").eq(orientation("beneficiary_id")).and(contract("pending").eq(true));
    let today = scope.now().day();
    let elsewhere = OrganisationKind::ALL.iter().filter(|kind| !makes_contracts(**kind, today)).map(|kind| kind.code());
    let mut filled = accompanied();
    filled.extend([("subject_id", orientation("id")), ("contract_id", contract("id"))]);
    let due_on = dialect.plus(&format!("orientation.{from}"), counting.delay);
    let mut select = branch(dialect, DeadlineKind::ContractSignature, counting.source, due_on, filled);
    in_force(&mut select, scope);
    select
        .join(JoinType::LeftJoin, "contract", pending)
        .and_where(orientation(from).is_not_null())
        .and_where(orientation("voluntary").eq(false))
        .and_where(orientation("organisation_kind").is_not_in(elsewhere))
        .and_where(if is_social { orientation("accompaniment").eq("social") } else { orientation("accompaniment").ne("social") })
        .cond_where(within(orientation("starts_on"), counting.from, counting.to))
        .and_where(Expr::exists(rests).not());
    select
}

/// A deadline that a contract in force carries itself.
fn of_contract(dialect: Dialect, scope: &Scope<ReadDeadline>, kind: DeadlineKind, source: Option<&'static str>, due_on: String) -> SelectStatement {
    let mut filled = accompanied();
    filled.extend([("subject_id", contract("id")), ("contract_id", contract("id"))]);
    let mut select = branch(dialect, kind, source, due_on, filled);
    in_force(&mut select, scope);
    with_contract(&mut select);
    select
}

/// All that is due about contracts, of the kinds that are asked for.
pub(super) fn branches(dialect: Dialect, scope: &Scope<ReadDeadline>, asked: impl Fn(DeadlineKind) -> bool) -> Vec<SelectStatement> {
    use DeadlineKind::{ContractConversion, ContractEnd, ContractReview, ContractSignature};
    let today = scope.now().day().date();
    let mut all = Vec::new();
    if asked(ContractSignature) {
        all.extend(deadline::contract_countings().iter().map(|one| to_sign(dialect, scope, one)));
    }
    if asked(ContractReview) {
        let lasts = Cond::any().add(contract("ends_on").is_null()).add(contract("ends_on").gte(today));
        let mut select = of_contract(dialect, scope, ContractReview, None, "contract.review_on".to_owned());
        all.push(select.and_where(contract("review_on").is_not_null()).cond_where(lasts).take());
    }
    if asked(ContractEnd) {
        let mut select = of_contract(dialect, scope, ContractEnd, None, "contract.ends_on".to_owned());
        all.push(select.and_where(contract("ends_on").is_not_null()).take());
    }
    if asked(ContractConversion) {
        // Also one whose last day has passed: an engagement contract has not taken its place.
        let mut select = of_contract(dialect, scope, ContractConversion, Some(CONVERSION.source), dialect.day(CONVERSION.on));
        all.push(select.and_where(contract("kind").eq("cer")).take());
    }
    all
}
