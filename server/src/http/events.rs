//! A customer's own events, as a stream: what happens to the plan of one order.
//!
//! Only the session that placed the order may read it [PORT-24], and only what a customer may
//! know: an operator's silent messages and its sharing checks are between it and the device
//! [EVT-07], [MSG-08]. Not here: the log as machines read it ([`crate::admin::events`]).

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::events::Family;

use super::customer::Customer;
use super::metadata::refuse;
use super::orders::own;
use crate::events::stream::{Wanted, asked, last_event_id};
use crate::pages::problem::Problem;
use crate::store::events::Notification;

/// `GET /orders/{code}/events`
pub async fn stream(customer: Customer, Path(code): Path<String>, headers: HeaderMap) -> Response {
    let found = own(&customer, &code).await;
    let (record, session) = match (found, &customer.session) {
        (Ok((record, _)), Some(session)) => (record, session),
        (Err(problem), _) => return customer.reply(problem.into()),
        (Ok(_), None) => return customer.reply(Problem::NoSession.into()),
    };
    // A browser that connects anew says where it left off; the first time the address says it.
    let begin = customer.uri.query().and_then(|query| query.strip_prefix("after="));
    let begin = begin.and_then(|text| text.parse().ok()).filter(|begin: &i64| *begin >= 0);
    let after = last_event_id(&headers).or(begin).unwrap_or(0);
    let wanted = Wanted {
        reader: format!("session {}", session.id_hash),
        channel: "portal",
        asked: asked(Some(record.order.id), after),
        filter: is_for_customer,
    };
    match customer.app.events.stream(wanted) {
        Some(stream) => stream,
        None => {
            let message = "this page is open four times already; close one of them";
            refuse(StatusCode::TOO_MANY_REQUESTS, "too_many", message)
        }
    }
}

/// Tells whether a customer may read a notification.
fn is_for_customer(notification: &Notification) -> bool {
    match notification.raised.cause.family() {
        Family::NetworkStatus
        | Family::AccountStatus
        | Family::PublicSms
        | Family::PublicUssd
        | Family::Customer => true,
        Family::HotspotAuthentication | Family::OperatorNotification | Family::Sharing => false,
    }
}
