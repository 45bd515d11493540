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
use domain::order::{Event, Renewal, State, extended};

use super::customer::{Customer, FormBody};
use super::orders::own;
use super::reply::Outcome;
use crate::pages::problem::Problem;
use crate::store::auto_renewal::{AutoRenewalCommand, Off};
use crate::store::{Command, Order, StoreError};

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
    let (store, now) = (&customer.app.store, customer.app.clock.now());
    let subscription = subscription_of(customer, &last).await?;
    let first = store.order(subscription).await?.ok_or(Problem::Missing)?.order;
    let with = store.extensions_of(subscription).await?;
    let with: Vec<_> = with.into_iter().map(|record| record.order).collect();
    let whole = extended(&first, &with).filter(|_| last.order.state == State::Active);
    let (Some(whole), Some(grant)) = (whole, first.grant) else {
        return Ok(Continued::Waits(Box::new(last)));
    };
    // Only an allowance that is for all of its time can have another added to it.
    let is_whole = first.terms.data_limit.is_some() && !first.terms.resets;
    let extends = (is_whole && grant.starts_at <= now).then_some(subscription);
    let renewal = Renewal { order: last.order.id, ends_at: whole.ends_at, extends };
    Ok(Continued::Plan(Box::new(last), renewal))
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

/// Returns all orders of a plan's family: what an order renews, itself, and what renews it.
///
/// # Errors
/// The store does not answer.
pub(super) async fn family(customer: &Customer, record: Order) -> Result<Vec<Order>, StoreError> {
    let mut first = record;
    for _ in 0..RENEWALS_MAX {
        let Some(renewal) = first.order.terms.renews else { break };
        let Some(before) = customer.app.store.order(renewal.order).await? else { break };
        first = before;
    }
    chain(customer, first).await
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

/// `POST /orders/{code}/auto-renewal`: the plan does not renew itself any more.
pub async fn turn_off(customer: Customer, Path(code): Path<String>, form: FormBody) -> Response {
    let result = turned_off(&customer, &code, &form.0).await;
    customer.answer(result)
}

async fn turned_off(customer: &Customer, code: &str, body: &[u8]) -> Result<Outcome, Problem> {
    customer.form(body)?;
    let (record, _) = own(customer, code).await?;
    let (store, order) = (&customer.app.store, record.order.id);
    let (at, why) = (customer.app.clock.now(), Off::Customer);
    let mut batch = Vec::new();
    // A renewal that was ordered and not paid goes with it; the choice for it does in any case.
    let charged = store.auto_renewal(order).await?.and_then(|agreed| agreed.renewal);
    for order in std::iter::once(order).chain(charged) {
        let off = AutoRenewalCommand::TurnOff { order, at, why };
        batch.push(Command::AutoRenewal(off));
    }
    store.commit(batch).await?;
    if let Some(renewal) = charged {
        customer.app.ledger.apply(renewal, &Event::CancelRequested, "customer", &[]).await?;
    }
    Ok(Outcome::See(paths::order::page(record.order.code.as_str())))
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
