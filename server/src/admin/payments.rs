//! Events of payment providers: signed, taken once, in whatever order they come.
//!
//! `POST /api/payments/{provider}/events`. What is answered with an error is sent again by its
//! provider; what is of no use is answered with 200, so that the provider does not take the route
//! for broken. Not here: signatures ([`crate::payment`]) and what a payment does
//! ([`domain::order`]).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::Admin;
use super::machines::store_failed;
use crate::engine::dispatch;
use crate::http::metadata::refuse;
use crate::http::reply::json;
use crate::payment::{PaymentError, ProviderEvent, SessionEvent, Whose};
use crate::store::{Command, Order, StoreError};

/// `POST /api/payments/{provider}/events`
pub async fn take_event(
    State(admin): State<Arc<Admin>>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let app = &admin.app;
    let Some(port) = app.payments.get(&provider) else {
        return refuse(StatusCode::NOT_FOUND, "provider", "no such payment provider");
    };
    let provider = port.name();
    let count = |result: &str| app.metrics.payment_event(provider, result);
    match port.verify_event(&headers, &body, app.clock.now()) {
        Ok(ProviderEvent::Session(event)) => about_session(&admin, provider, event).await,
        Ok(ProviderEvent::RefundFailed { reference }) => {
            count("refund_failed");
            tracing::error!(provider, reference, "a payment did not go back: pay it back by hand");
            taken(false)
        }
        Ok(ProviderEvent::Other) => {
            count("unused");
            taken(false)
        }
        Err(error) => {
            count("refused");
            tracing::warn!(provider, %error, "payment event refused");
            let code = if error == PaymentError::BadSignature { "signature" } else { "event" };
            refuse(StatusCode::BAD_REQUEST, code, &error.to_string())
        }
    }
}

fn taken(is_taken: bool) -> Response {
    json(StatusCode::OK, &serde_json::json!({ "taken": is_taken }))
}

async fn about_session(admin: &Admin, provider: &str, event: SessionEvent) -> Response {
    let app = &admin.app;
    let count = |result: &str| app.metrics.payment_event(provider, result);
    let record = match find(admin, provider, &event).await {
        Ok(Some(record)) => record,
        Ok(None) if event.whose == Whose::Foreign => {
            count("foreign");
            return taken(false);
        }
        // The provider sends it again, by when the order may know its session.
        Ok(None) => {
            count("unknown_order");
            tracing::error!(provider, event = event.id, "event of an order that is not here");
            return refuse(StatusCode::NOT_FOUND, "session", "no order has this session");
        }
        Err(error) => return store_failed(&error),
    };
    let Some(happened) = dispatch::payment_event(provider, &event.session, event.status) else {
        count("unused");
        return taken(false);
    };
    let (provider, id, at) = (provider.to_owned(), event.id, app.clock.now());
    let remember = Command::RememberPaymentEvent { provider, id, at };
    match app.ledger.apply(record.order.id, &happened, "provider", &[remember]).await {
        Ok(_) => {
            count("taken");
            taken(true)
        }
        // Taken before: a replay changes nothing and is no error to its sender.
        Err(StoreError::Duplicate) => {
            count("repeated");
            taken(false)
        }
        Err(error) => store_failed(&error),
    }
}

/// Finds the order of an event: by its session, or by its code where the order does not know the
/// session yet, as when the answer that named it was lost.
async fn find(
    admin: &Admin,
    provider: &str,
    event: &SessionEvent,
) -> Result<Option<Order>, StoreError> {
    let app = &admin.app;
    let session = event.session.clone();
    let known = app.store.order_by_payment_session(provider.to_owned(), session).await?;
    match (known, &event.whose) {
        (None, Whose::Order(code)) => app.ledger.by_code(code).await,
        (known, _) => Ok(known),
    }
}
