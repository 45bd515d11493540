//! What support does with orders: finds them, has activations tried again, gives money back.
//!
//! Each change is audited with its actor, in the transaction that records it. Not here: what the
//! ledger makes of it ([`domain::order`]).

use std::sync::Arc;

use api::browser::{Alert, AlertKind, Field, Form, Link, Page, field};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::code::OrderCode;
use domain::order::{Event, State as OrderState, Verdict};

use super::people::{Person, Role, audit, author, fields};
use super::{Admin, views};
use crate::http::reply::{self, see};
use crate::pages::problem::Problem;
use crate::store::{Command, Order, StoreError};
use crate::texts::Texts;

/// Most orders of a list.
const LIST_MAX: u32 = 50;
/// Fewest digits of an ICCID to find orders by.
const DIGITS_MIN: usize = 4;
/// Most digits of an ICCID.
const DIGITS_MAX: usize = 20;
/// What is searched for.
const QUERY: &str = "query";

/// Tells whether somebody may change orders.
pub(super) fn may_change(who: &Person) -> bool {
    matches!(who.role, Role::Support | Role::Operator)
}

/// `POST /orders/{code}/retry`
pub async fn retry(
    State(admin): State<Arc<Admin>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let wanted = Wanted { event: Event::RetryRequested, action: "order.retry" };
    request(&admin, &code, &headers, &body, &wanted).await
}

/// `POST /orders/{code}/refund`
pub async fn refund(
    State(admin): State<Arc<Admin>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let wanted = Wanted { event: Event::RefundRequested, action: "order.refund" };
    request(&admin, &code, &headers, &body, &wanted).await
}

struct Wanted {
    event: Event,
    action: &'static str,
}

async fn request(
    admin: &Admin,
    code: &str,
    headers: &HeaderMap,
    body: &Bytes,
    wanted: &Wanted,
) -> Response {
    let who = match author(admin, headers, &fields(body)).await {
        Ok(Some(who)) if may_change(&who) => who,
        Ok(_) => return views::forbidden(admin, headers),
        Err(error) => return views::unavailable(admin, headers, &error),
    };
    let Some(code) = OrderCode::parse(code) else {
        return views::problem(admin, headers, Problem::Missing);
    };
    match change(admin, &who, &code, wanted).await {
        Ok(Verdict::Accepted | Verdict::Ignored(_)) => see(&format!("/orders/{}", code.as_str())),
        Ok(Verdict::Rejected(_)) => views::not_now(admin, headers, &code),
        Err(StoreError::Missing) => views::problem(admin, headers, Problem::Missing),
        Err(error) => views::unavailable(admin, headers, &error),
    }
}

async fn change(
    admin: &Admin,
    who: &Person,
    code: &OrderCode,
    wanted: &Wanted,
) -> Result<Verdict, StoreError> {
    let ledger = &admin.app.ledger;
    let id = ledger.by_code(code).await?.ok_or(StoreError::Missing)?.order.id;
    let entry = audit(admin.app.clock.now(), &who.name, wanted.action, code.as_str());
    let audited = [Command::Audit(entry)];
    let all = OrderState::ALL;
    ledger.request(id, &wanted.event, &who.name, &all, &audited).await.map(|(_, verdict)| verdict)
}

/// Adds to the page of an order what this person may do with it.
pub(super) fn offer(texts: &Texts, who: &Person, code: &OrderCode, state: &str, page: &mut Page) {
    let Some(state) = OrderState::parse(state).filter(|_| may_change(who)) else { return };
    let is_failed = state == OrderState::ActivationFailed;
    let is_paid = matches!(state, OrderState::Paid | OrderState::Activating | OrderState::Active);
    let form = |what: &str, submit: &str, note: &str| Form {
        action: format!("/orders/{}/{what}", code.as_str()),
        hidden: vec![(field::TOKEN.to_owned(), who.token.clone())],
        note: texts.get(note),
        submit: texts.get(submit),
        is_secondary: what == "refund",
        ..Form::default()
    };
    if is_failed {
        page.forms.push(form("retry", "admin-order-retry", "admin-order-retry-note"));
    }
    if is_failed || is_paid {
        page.forms.push(form("refund", "admin-order-refund", "admin-order-refund-note"));
    }
}

/// Makes the form that finds orders; what is typed goes into no address.
pub(super) fn search(texts: &Texts, who: &Person) -> Form {
    Form {
        action: "/orders/find".to_owned(),
        hidden: vec![(field::TOKEN.to_owned(), who.token.clone())],
        fields: vec![Field {
            name: QUERY.to_owned(),
            label: texts.get("admin-find-label"),
            hint: texts.get("admin-find-hint"),
            max_chars: 32,
            ..Field::default()
        }],
        submit: texts.get("admin-find-submit"),
        ..Form::default()
    }
}

/// `POST /orders/find`
pub async fn find(State(admin): State<Arc<Admin>>, headers: HeaderMap, body: Bytes) -> Response {
    let fields = fields(&body);
    let who = match author(&admin, &headers, &fields).await {
        Ok(Some(who)) => who,
        Ok(None) => return see("/login"),
        Err(error) => return views::unavailable(&admin, &headers, &error),
    };
    let query = fields.get(QUERY).map(|text| text.trim()).unwrap_or_default();
    match found(&admin, query).await {
        Ok(Found::One(code)) => see(&format!("/orders/{code}")),
        Ok(Found::Some(orders)) => {
            let texts = reply::texts(&admin.app, &headers);
            views::show(&admin, &headers, found_view(texts, &who, &orders))
        }
        Err(error) => views::unavailable(&admin, &headers, &error),
    }
}

enum Found {
    One(String),
    Some(Vec<Order>),
}

async fn found(admin: &Admin, query: &str) -> Result<Found, StoreError> {
    if let Some(code) = OrderCode::parse(query)
        && let Some(record) = admin.app.ledger.by_code(&code).await?
    {
        return Ok(Found::One(record.order.code.as_str().to_owned()));
    }
    let digits: String = query.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let is_end = (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit());
    let orders = match is_end {
        true => admin.app.store.orders_by_iccid_end(digits, LIST_MAX).await?,
        false => Vec::new(),
    };
    Ok(Found::Some(orders))
}

fn found_view(texts: &Texts, who: &Person, orders: &[Order]) -> Page {
    let lead = texts.get("admin-find-lead");
    let mut page = views::begin(texts, texts.get("admin-find-heading"), lead);
    if orders.is_empty() {
        page.alert = Some(Alert {
            kind: AlertKind::Notice,
            title: texts.get("admin-find-none-title"),
            text: texts.get("admin-find-none"),
        });
    }
    page.links.extend(orders.iter().map(|record| {
        let (order, sim) = (&record.order, record.claims.iccid.as_ref());
        let sim = sim.map(|iccid| iccid.masked()).unwrap_or_default();
        let (code, state) = (&order.code, order.state.name());
        Link {
            href: format!("/orders/{}", code.as_str()),
            label: format!("{code} – {} – {sim} – {state}", order.terms.brand),
        }
    }));
    page.forms.push(search(texts, who));
    page.links.push(Link { href: "/".to_owned(), label: texts.get("admin-orders-link") });
    page
}
