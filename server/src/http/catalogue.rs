//! Choosing a plan.
//!
//! Not here: what the pages say ([`crate::pages::catalogue`]), and ordering it
//! ([`super::checkout`]).

use api::browser::field;
use api::paths;
use axum::response::Response;
use domain::brand::{Brand, Plan, PlanId};

use super::customer::{Customer, Fields, FormBody};
use super::renewal;
use super::reply::Outcome;
use crate::pages::catalogue::{Offer, PlansProblem, plans};
use crate::pages::problem::Problem;
use crate::store::Session;

/// `GET /plans`
pub async fn plans_page(mut customer: Customer) -> Response {
    customer.look_up().await;
    let chosen = query_plan(&customer);
    let renews = query(&customer, field::RENEWS);
    let result = with_brand(&customer).map(|(session, brand)| {
        let offer = Offer {
            brand,
            claims: &session.claims,
            chosen: chosen.as_ref(),
            renews: renewal::asked(renews.as_deref()),
            problem: None,
        };
        plans(&customer.paper(), &offer).into()
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
    PlanId::parse(&query(customer, field::PLAN)?)
}

/// Returns a value of the query.
pub(super) fn query(customer: &Customer, name: &str) -> Option<String> {
    let query = customer.uri.query()?.as_bytes();
    let found = form_urlencoded::parse(query).find(|(of, _)| of == name);
    found.map(|(_, value)| value.into_owned())
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
    let renews = renewal::asked(fields.get(field::RENEWS).map(String::as_str));
    Ok(match form_plan(brand, &fields) {
        Ok(plan) => {
            let mut review = format!("{}?{}={}", paths::REVIEW, field::PLAN, plan.id);
            if let Some(code) = renews {
                review.push_str(&format!("&{}={}", field::RENEWS, code.as_str()));
            }
            Outcome::See(review)
        }
        Err(problem) => {
            let claims = &session.claims;
            let offer = Offer { brand, claims, chosen: None, renews, problem: Some(problem) };
            plans(&customer.paper(), &offer).into()
        }
    })
}
