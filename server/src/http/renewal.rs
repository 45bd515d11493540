//! From a plan to the next: what a renewal continues, and who it is of [PORT-85].
//!
//! Renewals follow one another: each continues the last one there is, and belongs to the session
//! that the first plan belongs to, so that a SIM stays with its customer whichever browser pays.
//! Not here: placing the order ([`super::checkout`]), and when it begins ([`domain::order`]).

use api::browser::field;
use api::paths;
use axum::extract::Path;
use axum::response::Response;
use domain::code::{OrderCode, OrderId};
use domain::order::{Renewal, State};

use super::customer::{Customer, FormBody};
use super::orders::own;
use super::reply::Outcome;
use crate::pages::problem::Problem;
use crate::store::{Order, StoreError};

/// Most renewals of one plan that are followed, one after the other.
const RENEWALS_MAX: usize = 1_000;

/// What is renewed.
pub(super) enum Continued {
    /// A plan.
    Plan(Box<Order>, Renewal),
    /// Nothing yet: this order is before it.
    Waits(Box<Order>),
}

/// Finds what an order that this customer may see is continued by now.
///
/// # Errors
/// The order is not the customer's, or the store does not answer.
pub(super) async fn continued(customer: &Customer, code: &str) -> Result<Continued, Problem> {
    let (record, _) = own(customer, code).await?;
    let mut chain = chain(customer, record).await?;
    let last = chain.pop().ok_or(Problem::Missing)?;
    let Some(grant) = last.order.grant.filter(|_| last.order.state == State::Active) else {
        return Ok(Continued::Waits(Box::new(last)));
    };
    let extends = running(customer, &last).await?;
    let renewal = Renewal { order: last.order.id, ends_at: grant.ends_at, extends };
    Ok(Continued::Plan(Box::new(last), renewal))
}

/// Returns the subscription of a plan that runs and can be extended: one whose allowance is for
/// all of its time.
async fn running(customer: &Customer, last: &Order) -> Result<Option<OrderId>, StoreError> {
    let store = &customer.app.store;
    let now = customer.app.clock.now();
    let id = subscription_of(customer, last).await?;
    let Some(first) = store.order(id).await? else { return Ok(None) };
    let (terms, grant) = (&first.order.terms, first.order.grant);
    let is_whole = terms.data_limit.is_some() && !terms.resets;
    let runs = grant.is_some_and(|grant| grant.starts_at <= now);
    Ok((is_whole && runs).then_some(id))
}

/// Returns the subscription by which the plan of an order runs: its own, or the one that it
/// extends.
///
/// # Errors
/// The store does not answer.
pub(super) async fn subscription_of(
    customer: &Customer,
    record: &Order,
) -> Result<OrderId, StoreError> {
    let Some(extended) = record.order.extends() else { return Ok(record.order.id) };
    // What came a moment too late to extend runs by itself.
    let own = customer.app.store.subscription(record.order.id).await?;
    Ok(own.map_or(extended, |own| own.order))
}

/// Returns an order and those that renew it, one after the other.
///
/// # Errors
/// The store does not answer.
pub(super) async fn chain(customer: &Customer, first: Order) -> Result<Vec<Order>, StoreError> {
    let mut chain = Vec::new();
    let mut next = Some(first);
    while let Some(record) = next.filter(|_| chain.len() < RENEWALS_MAX) {
        let id: OrderId = record.order.id;
        chain.push(record);
        next = customer.app.store.renewal_of(id).await?;
    }
    Ok(chain)
}

/// Reads which order a page is asked to renew.
#[must_use]
pub(super) fn asked(text: Option<&str>) -> Option<OrderCode> {
    text.and_then(OrderCode::parse)
}

/// `POST /orders/{code}/renew`: the first of two clicks; the present plan is chosen already.
pub async fn renew(customer: Customer, Path(code): Path<String>, form: FormBody) -> Response {
    let result = lead(&customer, &code, &form.0).await;
    customer.answer(result)
}

async fn lead(customer: &Customer, code: &str, body: &[u8]) -> Result<Outcome, Problem> {
    customer.form(body)?;
    let (record, brand) = own(customer, code).await?;
    let (code, plan) = (record.order.code.as_str(), &record.order.terms.plan);
    Ok(Outcome::See(match brand.plan(plan) {
        Some(_) => {
            format!("{}?{}={plan}&{}={code}", paths::REVIEW, field::PLAN, field::RENEWS)
        }
        None => format!("{}?{}={code}", paths::PLANS, field::RENEWS),
    }))
}
