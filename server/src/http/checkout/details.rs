//! What an operator must know of a customer before it can activate the SIM: asked on a page of its
//! own between plan and review, kept with the session, written with the order.
//!
//! Which fields those are depends on the state of the SIM [PORT-07]. Not here: whether a value will
//! do ([`domain::customer`]) and what the page says ([`crate::pages::details`]).

use std::sync::Arc;

use api::browser::field;
use api::paths;
use axum::response::Response;
use domain::brand::{Brand, PlanId};
use domain::code::OrderId;
use domain::customer::{self, CustomerData, CustomerField};
use domain::subscriber::Standing;

use super::super::catalogue::{form_plan, query_plan, with_brand};
use super::super::customer::{Customer, FormBody};
use super::super::reply::Outcome;
use crate::catalog::Catalog;
use crate::pages::details::{Asked, details, form_name};
use crate::pages::problem::Problem;
use crate::store::Command;
use crate::store::details::DetailsCommand;

/// What is known of what a customer must say.
pub(super) enum Details {
    /// Nothing is asked.
    NotNeeded,
    /// Something is asked that was not said, or will not do any more.
    Missing,
    /// It was said.
    Given(CustomerData),
}

impl Details {
    /// Returns the command that writes it together with an order.
    pub(super) fn with_order(self, customer: &Customer, order: OrderId) -> Option<Command> {
        let Self::Given(data) = self else { return None };
        let at = customer.app.clock.now();
        Some(Command::Details(DetailsCommand::Keep { order, at, data }))
    }
}

/// Finds out whether a customer must still be asked.
///
/// # Errors
/// There is no session or brand, or the store does not answer.
pub(super) async fn known(customer: &Customer, standing: &Standing) -> Result<Details, Problem> {
    let (session, brand) = with_brand(customer)?;
    let catalog = customer.app.catalog();
    let needed = needed(&catalog, brand, standing);
    if needed.is_empty() {
        return Ok(Details::NotNeeded);
    }
    let said = customer.app.store.customer_draft(session.id_hash.clone()).await?;
    // The operator may ask for something else by now.
    let said = said.unwrap_or_default();
    Ok(customer::read(&needed, |name| said.get(name)).map_or(Details::Missing, Details::Given))
}

/// Where a customer is asked on the way to a plan.
pub(super) fn page_of(plan: &PlanId) -> Outcome {
    Outcome::See(format!("{}?{}={plan}", paths::DETAILS, field::PLAN))
}

fn needed<'c>(
    catalog: &'c Arc<Catalog>,
    brand: &Brand,
    standing: &Standing,
) -> Vec<&'c CustomerField> {
    let fields = catalog.customer_fields.get(&brand.id).map(Vec::as_slice);
    customer::needed(fields.unwrap_or_default(), standing.state)
}

fn review_of(plan: &PlanId) -> Outcome {
    Outcome::See(format!("{}?{}={plan}", paths::REVIEW, field::PLAN))
}

/// `GET /details`
pub async fn page(mut customer: Customer) -> Response {
    let standing = customer.look_up().await;
    let result = asked(&customer, &standing).await;
    customer.answer(result)
}

async fn asked(customer: &Customer, standing: &Standing) -> Result<Outcome, Problem> {
    let (session, brand) = with_brand(customer)?;
    let Some(plan) = query_plan(customer).filter(|plan| brand.plan(plan).is_some()) else {
        return Ok(Outcome::See(paths::PLANS.to_owned()));
    };
    let catalog = customer.app.catalog();
    let needed = needed(&catalog, brand, standing);
    if needed.is_empty() {
        return Ok(review_of(&plan));
    }
    let said = customer.app.store.customer_draft(session.id_hash.clone()).await?;
    let said = said.unwrap_or_default();
    let typed = |name: &str| said.get(name).unwrap_or_default().to_owned();
    let asked = Asked { brand, plan: &plan, fields: &needed, typed: &typed, wrong: &[] };
    Ok(details(&customer.paper(), &asked).into())
}

/// `POST /details`
pub async fn say(mut customer: Customer, FormBody(body): FormBody) -> Response {
    let standing = customer.look_up().await;
    let result = said(&customer, &standing, &body).await;
    customer.answer(result)
}

async fn said(customer: &Customer, standing: &Standing, body: &[u8]) -> Result<Outcome, Problem> {
    let (session, fields) = customer.form(body)?;
    let (_, brand) = with_brand(customer)?;
    let Ok(plan) = form_plan(brand, &fields).map(|plan| &plan.id) else {
        return Ok(Outcome::See(paths::PLANS.to_owned()));
    };
    let catalog = customer.app.catalog();
    let needed = needed(&catalog, brand, standing);
    let typed = |name: &str| fields.get(&form_name(name)).map(String::as_str);
    match customer::read(&needed, typed) {
        Ok(data) => {
            let (session, expires_at) = (session.id_hash.clone(), session.expires_at);
            let draft = DetailsCommand::SaveDraft { session, expires_at, data };
            customer.app.store.commit(vec![Command::Details(draft)]).await?;
            Ok(review_of(plan))
        }
        Err(wrong) => {
            let typed = |name: &str| typed(name).unwrap_or_default().to_owned();
            let asked = Asked { brand, plan, fields: &needed, typed: &typed, wrong: &wrong };
            Ok(details(&customer.paper(), &asked).into())
        }
    }
}
