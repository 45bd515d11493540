//! Choosing a plan.
//!
//! Not here: what the pages say ([`crate::pages::catalogue`]), and ordering it
//! ([`super::checkout`]).

use api::browser::field;
use api::paths;
use axum::response::Response;
use domain::brand::{Brand, Plan, PlanId};

use super::customer::{Customer, Fields, FormBody};
use super::reply::Outcome;
use crate::pages::catalogue::{PlansProblem, plans};
use crate::pages::problem::Problem;
use crate::store::Session;

/// `GET /plans`
pub async fn plans_page(mut customer: Customer) -> Response {
    customer.look_up().await;
    let chosen = query_plan(&customer);
    let result = with_brand(&customer).map(|(session, brand)| {
        plans(&customer.paper(), brand, &session.claims, chosen.as_ref(), None).into()
    });
    customer.answer(result)
}

/// Returns session and brand, or sends the customer to identify the SIM.
pub(super) fn with_brand(customer: &Customer) -> Result<(&Session, &Brand), Problem> {
    let session = customer.session.as_ref().ok_or(Problem::NoSession)?;
    customer.brand.as_ref().map(|brand| (session, brand)).ok_or(Problem::NoSession)
}

/// Returns the plan that the query names.
pub(super) fn query_plan(customer: &Customer) -> Option<PlanId> {
    let query = customer.uri.query()?.as_bytes();
    let (_, value) = form_urlencoded::parse(query).find(|(name, _)| name == field::PLAN)?;
    PlanId::parse(&value)
}

/// Returns the plan that a form names.
pub(super) fn form_plan<'b>(brand: &'b Brand, fields: &Fields) -> Result<&'b Plan, PlansProblem> {
    let text = fields.get(field::PLAN).filter(|text| !text.is_empty());
    let id = PlanId::parse(text.ok_or(PlansProblem::NoneChosen)?).ok_or(PlansProblem::Gone)?;
    brand.plan(&id).ok_or(PlansProblem::Gone)
}

/// `POST /plans`
pub async fn choose(mut customer: Customer, FormBody(body): FormBody) -> Response {
    customer.look_up().await;
    let result = chosen(&customer, &body);
    customer.answer(result)
}

fn chosen(customer: &Customer, body: &[u8]) -> Result<Outcome, Problem> {
    let (session, fields) = customer.form(body)?;
    let (_, brand) = with_brand(customer)?;
    match form_plan(brand, &fields) {
        Ok(plan) => Ok(Outcome::See(format!("{}?{}={}", paths::REVIEW, field::PLAN, plan.id))),
        Err(problem) => {
            let paper = customer.paper();
            Ok(plans(&paper, brand, &session.claims, None, Some(problem)).into())
        }
    }
}
