//! Machine interfaces: bearer tokens with scopes, orders as JSON.
//!
//! Identifiers are masked here too. Not here: people ([`super::people`]), and events of payment
//! providers, which are signed ([`super::payments`]).

use std::sync::Arc;

use api::machine::{CustomerValue, Delivery, Money, Order, OrderEvent, Receipt, Refund};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::code::OrderCode;

use super::people::{Role, audit, author, fields};
use super::{Admin, views};
use crate::entropy;
use crate::http::metadata::refuse;
use crate::http::reply::json;
use crate::store::books::Issued;
use crate::store::{self, ApiToken, Command, StoreError};

/// The scopes that a token may have.
pub const SCOPES: [&str; 11] = [
    "orders:read",
    "usage:read",
    "usage:write",
    "billing:write",
    "entitlement:read",
    "matching:read",
    "events:read",
    "events:write",
    "webhooks:replay",
    "documents:read",
    "activation:write",
];

pub(super) fn store_failed(error: &StoreError) -> Response {
    tracing::error!(%error, "the store did not do it");
    refuse(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "try again in a minute")
}

/// Makes a token and what is kept of it.
#[must_use]
pub fn new_token(name: &str, scopes: &[String], now: domain::Timestamp) -> (String, ApiToken) {
    let secret = format!("bgt_{}", entropy::secret());
    let kept = ApiToken {
        hash: entropy::fingerprint(&secret),
        name: name.to_owned(),
        scopes: scopes.to_vec(),
        created_at: now,
    };
    (secret, kept)
}

/// Reads the scopes of a token to be.
///
/// # Errors
/// The first one that is unknown, or an empty text.
pub fn parse_scopes(text: &str) -> Result<Vec<String>, String> {
    let scopes: Vec<String> =
        text.split([' ', '|', ',']).filter(|s| !s.is_empty()).map(str::to_owned).collect();
    match scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
        Some(unknown) => Err(unknown.clone()),
        None if scopes.is_empty() => Err(String::new()),
        None => Ok(scopes),
    }
}

/// `POST /tokens`
pub async fn make_token(
    State(admin): State<Arc<Admin>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fields = fields(&body);
    let person = match author(&admin, &headers, &fields).await {
        Ok(Some(person)) if person.role == Role::Operator => person,
        Ok(_) => return views::forbidden(&admin, &headers),
        Err(error) => return views::unavailable(&admin, &headers, &error),
    };
    let text = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let name = text("name");
    let scopes = parse_scopes(text("scopes"));
    let (Ok(scopes), true) = (scopes, !name.is_empty() && name.len() <= 64) else {
        return views::token_refused(&admin, &headers).await;
    };
    let now = admin.app.clock.now();
    let (secret, token) = new_token(name, &scopes, now);
    let entry = audit(now, &person.name, "token.create", name);
    match admin.app.store.commit(vec![Command::InsertToken(token), Command::Audit(entry)]).await {
        Ok(()) => views::token_made(&admin, &headers, &secret).await,
        Err(StoreError::Duplicate) => views::token_refused(&admin, &headers).await,
        Err(error) => views::unavailable(&admin, &headers, &error),
    }
}

/// Returns the token of a request when it has the scope.
pub(super) async fn authorised(
    admin: &Admin,
    headers: &HeaderMap,
    scope: &str,
) -> Result<ApiToken, Response> {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    match admin.app.store.token(entropy::fingerprint(given.trim())).await {
        Ok(Some(token)) if token.scopes.iter().any(|held| held == scope) => Ok(token),
        Ok(Some(_)) => {
            let message = format!("the token lacks the scope {scope}");
            Err(refuse(StatusCode::FORBIDDEN, "scope", &message))
        }
        Ok(None) => {
            let message = "send Authorization: Bearer with a token of `broadgate token create`";
            Err(refuse(StatusCode::UNAUTHORIZED, "token", message))
        }
        Err(error) => Err(store_failed(&error)),
    }
}

/// `GET /api/orders/{code}`
pub async fn order(
    State(admin): State<Arc<Admin>>,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, "orders:read").await {
        return response;
    }
    let Some(code) = OrderCode::parse(&code) else {
        let message = "an order code has ten characters; the last one checks the others";
        return refuse(StatusCode::BAD_REQUEST, "code", message);
    };
    match find(&admin, &code).await {
        Ok(Some(order)) => json(StatusCode::OK, &order),
        Ok(None) => refuse(StatusCode::NOT_FOUND, "missing", "there is no such order"),
        Err(error) => store_failed(&error),
    }
}

/// Returns an order as machines and support see it.
///
/// # Errors
/// As the store says.
pub async fn find(admin: &Admin, code: &OrderCode) -> Result<Option<Order>, StoreError> {
    let Some(record) = admin.app.ledger.by_code(code).await? else { return Ok(None) };
    let journal = admin.app.store.journal(record.order.id).await?;
    let deliveries = admin.app.store.deliveries(record.order.id).await?;
    let receipts = admin.app.store.receipts(record.order.id).await?;
    let customer = admin.app.store.customer_data(record.order.id).await?.unwrap_or_default();
    let mut order = describe(&record, journal, deliveries, &receipts);
    order.customer = customer.0.into_iter().map(hidden).collect();
    Ok(Some(order))
}

/// Shows so much of a value that somebody who hears it knows whether it was typed right.
fn hidden((name, value): (String, String)) -> CustomerValue {
    let first = value.chars().next().map(String::from).unwrap_or_default();
    CustomerValue { name, value: format!("{first}…") }
}

fn describe(
    record: &store::Order,
    journal: Vec<store::JournalEntry>,
    deliveries: Vec<store::Delivery>,
    receipts: &[Issued],
) -> Order {
    let order = &record.order;
    let event = |entry: store::JournalEntry| OrderEvent {
        at: entry.at.to_string(),
        actor: entry.actor,
        event: entry.event,
        key: entry.key,
        state: entry.state.name().to_owned(),
    };
    let delivery = |delivery: store::Delivery| Delivery {
        id: delivery.id,
        at: delivery.at.to_string(),
        sha256: delivery.sha256,
        result: delivery.result,
    };
    let money = |money: domain::amount::Money| Money {
        amount_minor: money.minor,
        currency: money.currency.code().to_owned(),
    };
    let refund = |refund: &domain::order::Refund| Refund {
        provider: refund.payment.provider.clone(),
        reference: refund.payment.reference.clone(),
        amount: money(refund.amount),
        is_done: refund.is_done,
    };
    let receipt = |issued: &Issued| Receipt {
        kind: issued.receipt.kind.name().to_owned(),
        number: issued.number.clone(),
        issued_at: issued.receipt.issued_at.to_string(),
        amount: money(issued.receipt.total),
    };
    Order {
        code: order.code.as_str().to_owned(),
        brand: order.terms.brand.to_string(),
        plan: order.terms.plan.to_string(),
        price: money(order.terms.price),
        state: order.state.name().to_owned(),
        created_at: order.created_at.to_string(),
        subscriber: record.claims.masked_subscriber(),
        subscription: order.grant.map(|_| order.id.to_string()),
        refunds: order.refunds.iter().map(refund).collect(),
        receipts: receipts.iter().map(receipt).collect(),
        customer: Vec::new(),
        events: journal.into_iter().map(event).collect(),
        deliveries: deliveries.into_iter().map(delivery).collect(),
    }
}
