//! The page on which a customer agrees that an amount goes onto the operator's bill.
//!
//! `GET` and `POST /orders/{code}/bill`. Nothing is charged here: the customer's word is an event
//! of the ledger, and the charge its effect ([`domain::order`]), so that clicks, crashes and lost
//! answers charge once. Not here: who charges ([`crate::payment::operator_account`]).

use std::time::Duration;

use api::paths;
use axum::extract::Path;
use axum::response::Response;
use domain::order::{Event, State};

use super::customer::{Customer, FormBody};
use super::orders::{ask_provider, own};
use super::reply::Outcome;
use crate::pages::bill::bill;
use crate::pages::order::OrderView;
use crate::pages::problem::Problem;
use crate::store::Order;

/// How long a click waits for the charge before it shows the order instead.
const CHARGE_WAIT: Duration = Duration::from_secs(8);

/// `GET /orders/{code}/bill`
pub async fn page(customer: Customer, Path(code): Path<String>) -> Response {
    let result = show(&customer, &code).await;
    customer.answer(result)
}

/// `POST /orders/{code}/bill`
pub async fn agree(customer: Customer, Path(code): Path<String>, form: FormBody) -> Response {
    let result = agreed(&customer, &code, &form.0).await;
    customer.answer(result)
}

/// Returns the session that waits for the customer's word on our own page.
fn waiting(record: &Order) -> Option<&str> {
    let order = &record.order;
    let attempt = order.attempt.as_ref().filter(|_| order.state == State::PaymentOpen)?;
    let attempt = attempt.agreed_at.is_none().then_some(attempt)?;
    let session = attempt.session.as_ref()?;
    (session.url == paths::order::bill(order.code.as_str())).then_some(session.id.as_str())
}

async fn show(customer: &Customer, code: &str) -> Result<Outcome, Problem> {
    let (record, _) = own(customer, code).await?;
    // The operator may have refused, or demand proof.
    ask_provider(customer, &record).await?;
    let (record, brand) = own(customer, code).await?;
    if waiting(&record).is_none() {
        return Ok(Outcome::See(paths::order::page(record.order.code.as_str())));
    }
    let view = OrderView {
        record: &record,
        brand: &brand,
        deliveries: &[],
        account: None,
        link: None,
        auto: None,
        next: None,
        extends: None,
        now: customer.app.clock.now(),
    };
    Ok(bill(&customer.paper(), &view).into())
}

async fn agreed(customer: &Customer, code: &str, body: &[u8]) -> Result<Outcome, Problem> {
    customer.form(body)?;
    let (record, _) = own(customer, code).await?;
    let (id, page) = (record.order.id, paths::order::page(record.order.code.as_str()));
    // A second click waits for what the first one began.
    if let Some(session) = waiting(&record) {
        let event = Event::PaymentAgreed { session: session.to_owned() };
        customer.app.ledger.apply(id, &event, "customer", &[]).await?;
    }
    let is_settled = |record: &Order| record.order.state != State::PaymentOpen;
    customer.app.ledger.wait(id, CHARGE_WAIT, is_settled).await?;
    Ok(Outcome::See(page))
}
