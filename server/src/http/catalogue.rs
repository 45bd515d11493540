//! Choosing, reviewing, ordering.
//!
//! An order is placed once per key of its review form, and only one order of a session may have
//! money under way. Not here: what the pages say ([`crate::pages::catalogue`]).

use std::time::Duration;

use api::browser::field;
use api::paths;
use axum::response::Response;
use domain::brand::{Brand, Plan, PlanId};
use domain::order::{Event, State, Terms};

use super::customer::{Customer, Fields, FormBody};
use super::reply::Outcome;
use crate::engine::ledger::NewOrder;
use crate::entropy;
use crate::pages::catalogue::{PlansProblem, plans, review};
use crate::pages::problem::Problem;
use crate::store::{Order, Session, StoreError};

/// How long a click on "Pay" waits for the provider before it shows the order instead.
const OPEN_WAIT: Duration = Duration::from_secs(8);
/// Longest key that a form may carry, in characters; ours have 43.
const KEY_CHARS_MAX: usize = 64;

/// `GET /plans`
pub async fn plans_page(customer: Customer) -> Response {
    let chosen = query_plan(&customer);
    let result = with_brand(&customer).map(|(session, brand)| {
        plans(&customer.paper(), brand, &session.claims, chosen.as_ref(), None).into()
    });
    customer.answer(result)
}

/// Returns session and brand, or sends the customer to identify the SIM.
fn with_brand(customer: &Customer) -> Result<(&Session, &Brand), Problem> {
    let session = customer.session.as_ref().ok_or(Problem::NoSession)?;
    customer.brand.as_ref().map(|brand| (session, brand)).ok_or(Problem::NoSession)
}

fn query_plan(customer: &Customer) -> Option<PlanId> {
    let query = customer.uri.query()?.as_bytes();
    let (_, value) = form_urlencoded::parse(query).find(|(name, _)| name == field::PLAN)?;
    PlanId::parse(&value)
}

fn form_plan<'b>(brand: &'b Brand, fields: &Fields) -> Result<&'b Plan, PlansProblem> {
    let text = fields.get(field::PLAN).filter(|text| !text.is_empty());
    let id = PlanId::parse(text.ok_or(PlansProblem::NoneChosen)?).ok_or(PlansProblem::Gone)?;
    brand.plan(&id).ok_or(PlansProblem::Gone)
}

/// `POST /plans`
pub async fn choose(customer: Customer, FormBody(body): FormBody) -> Response {
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

/// `GET /review`
pub async fn review_page(customer: Customer) -> Response {
    let result = with_brand(&customer).map(|(session, brand)| {
        let paper = customer.paper();
        match query_plan(&customer).as_ref().and_then(|id| brand.plan(id)) {
            Some(plan) => review(&paper, plan, &session.claims, &entropy::secret()).into(),
            None => Outcome::See(paths::PLANS.to_owned()),
        }
    });
    customer.answer(result)
}

/// `POST /review`
pub async fn place(customer: Customer, FormBody(body): FormBody) -> Response {
    let result = placed(&customer, &body).await;
    customer.answer(result)
}

async fn placed(customer: &Customer, body: &[u8]) -> Result<Outcome, Problem> {
    let (session, fields) = customer.form(body)?;
    let session = session.clone();
    let (_, brand) = with_brand(customer)?;
    let plan = match form_plan(brand, &fields) {
        Ok(plan) => plan,
        Err(problem) => {
            let paper = customer.paper();
            return Ok(plans(&paper, brand, &session.claims, None, Some(problem)).into());
        }
    };
    let key = fields.get(field::KEY).filter(|key| !key.is_empty() && key.len() <= KEY_CHARS_MAX);
    let key = key.ok_or(Problem::BadInput)?;
    let known = customer.app.store.order_by_key(session.id_hash.clone(), key.clone()).await?;
    if known.is_none()
        && let Some(other) = in_flight(customer, &session.id_hash, None).await?
    {
        return Ok(existing(&other));
    }
    let new = NewOrder {
        session: session.id_hash.clone(),
        browser_key: key.clone(),
        terms: Terms::of(&brand.id, plan),
        claims: session.claims.clone(),
    };
    let record = customer.app.ledger.place(new).await?;
    open_payment(customer, &record).await
}

/// Finds an order of a session, other than this one, that has money under way.
async fn in_flight(
    customer: &Customer,
    session: &str,
    other_than: Option<&Order>,
) -> Result<Option<Order>, Problem> {
    let orders = customer.app.store.orders_of_session(session.to_owned()).await?;
    let this = other_than.map(|record| record.order.id);
    let is_other = |record: &Order| Some(record.order.id) != this;
    Ok(orders.into_iter().find(|record| is_other(record) && record.order.state.is_in_flight()))
}

fn existing(other: &Order) -> Outcome {
    let code = other.order.code.as_str();
    Outcome::See(format!("{}?notice=existing", paths::order::page(code)))
}

/// Opens the payment of an order and leaves for it; shows the order when there is none to open.
///
/// # Errors
/// The store does not answer.
pub async fn open_payment(customer: &Customer, record: &Order) -> Result<Outcome, Problem> {
    let ledger = &customer.app.ledger;
    let window = customer.app.portal.payment_window;
    let provider = customer.app.payment_of(&record.order.terms.brand);
    let event = Event::PayRequested { provider, window };
    if let Some(other) = in_flight(customer, &record.session, Some(record)).await? {
        return Ok(existing(&other));
    }
    let applied = ledger.apply(record.order.id, &event, "customer", &[]).await;
    let record = match applied {
        Ok((record, _)) => record,
        // Another tab was faster by a moment: the store allows one open window a session.
        Err(StoreError::Duplicate) => {
            let other = in_flight(customer, &record.session, Some(record)).await?;
            return Ok(existing(other.as_ref().unwrap_or(record)));
        }
        Err(error) => return Err(error.into()),
    };
    let is_ready = |record: &Order| {
        let attempt = record.order.attempt.as_ref();
        record.order.state != State::PaymentOpen || attempt.is_some_and(|a| a.session.is_some())
    };
    let record = ledger.wait(record.order.id, OPEN_WAIT, is_ready).await?;
    let session = record.order.attempt.as_ref().and_then(|attempt| attempt.session.as_ref());
    Ok(match (record.order.state, session) {
        (State::PaymentOpen, Some(session)) => Outcome::Leave(session.url.clone()),
        (State::PaymentOpen, None) => {
            let code = record.order.code.as_str();
            Outcome::See(format!("{}?notice=slow", paths::order::page(code)))
        }
        _ => Outcome::See(paths::order::page(record.order.code.as_str())),
    })
}
