//! Personal data of an order in the operator area: shown in full for a reason, and erased.
//!
//! Both are audited with actor and reason, erasure in the transaction that does it. Not here: when
//! data may be erased ([`domain::erasure`]), and what an erasure takes
//! ([`crate::store::privacy`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use api::browser::{Fact, Field, FieldKind, Form, Link, Page, field};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::code::OrderCode;
use domain::erasure::{Kept, may_erase};
use domain::launch::{Device, Subscriber};

use super::people::{Person, Role, audit, author, fields};
use super::support::may_change;
use super::{Admin, views};
use crate::engine::ledger::Erased;
use crate::http::reply;
use crate::pages::problem::Problem;
use crate::store::{Claims, Command, Order, StoreError};
use crate::texts::Texts;

/// Why somebody does it.
const REASON: &str = "reason";
/// Whether all orders of the subscriber are meant.
const ALL: &str = "all";
/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 200;
/// Most orders of one subscriber that one request erases.
const ORDERS_MAX: u32 = 1_000;

/// Tells whether somebody may erase.
fn may_forget(who: &Person) -> bool {
    who.role == Role::Operator
}

/// Adds to the page of an order what this person may do with what it says of its customer.
pub(super) fn offer(texts: &Texts, who: &Person, record: &Order, admin: &Admin, page: &mut Page) {
    let code = record.order.code.as_str();
    let form = |what: &str, key: &str, more: Option<Field>| Form {
        action: format!("/orders/{code}/{what}"),
        hidden: vec![(field::TOKEN.to_owned(), who.token.clone())],
        fields: std::iter::once(reason(texts)).chain(more).collect(),
        note: texts.get(&format!("{key}-note")),
        submit: texts.get(key),
        is_secondary: true,
        ..Form::default()
    };
    if !is_known(&record.claims) {
        return;
    }
    if may_change(who) {
        page.forms.push(form("reveal", "admin-order-reveal", None));
    }
    if may_forget(who) && may_erase(&record.order, admin.app.clock.now()).is_ok() {
        let all = Field {
            name: ALL.to_owned(),
            label: texts.get("admin-order-erase-all"),
            kind: FieldKind::Box,
            ..Field::default()
        };
        page.forms.push(form("erase", "admin-order-erase", Some(all)));
    }
}

fn reason(texts: &Texts) -> Field {
    Field {
        name: REASON.to_owned(),
        label: texts.get("admin-order-reason"),
        hint: texts.get("admin-order-reason-hint"),
        max_chars: u32::try_from(REASON_CHARS_MAX).unwrap_or(0),
        ..Field::default()
    }
}

fn is_known(claims: &Claims) -> bool {
    claims.subscriber.is_some() || claims.device.is_some() || claims.iccid.is_some()
}

/// Somebody who may do it, why, and to which order.
struct Asked {
    who: Person,
    reason: String,
    record: Order,
    fields: BTreeMap<String, String>,
}

/// Reads a request; everything that is wrong with it is answered here.
async fn asked(
    admin: &Admin,
    code: &str,
    (headers, body): (&HeaderMap, &Bytes),
    may: fn(&Person) -> bool,
) -> Result<Asked, Response> {
    let fields = fields(body);
    let who = match author(admin, headers, &fields).await {
        Ok(Some(who)) if may(&who) => who,
        Ok(_) => return Err(views::forbidden(admin, headers)),
        Err(error) => return Err(views::unavailable(admin, headers, &error)),
    };
    let Some(code) = OrderCode::parse(code) else {
        return Err(views::problem(admin, headers, Problem::Missing));
    };
    let record = match admin.app.ledger.by_code(&code).await {
        Ok(Some(record)) => record,
        Ok(None) => return Err(views::problem(admin, headers, Problem::Missing)),
        Err(error) => return Err(views::unavailable(admin, headers, &error)),
    };
    let reason = fields.get(REASON).map(|text| text.trim()).unwrap_or_default();
    let fits = |c: char| !c.is_control();
    let is_reason = !reason.is_empty()
        && reason.chars().count() <= REASON_CHARS_MAX
        && reason.chars().all(fits);
    if !is_reason {
        let said = ("admin-order-reason-title", "admin-order-reason-error");
        return Err(views::refused(admin, headers, &code, StatusCode::BAD_REQUEST, said));
    }
    Ok(Asked { who, reason: reason.to_owned(), record, fields })
}

/// `POST /orders/{code}/reveal`
pub async fn reveal(
    State(admin): State<Arc<Admin>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = match asked(&admin, &code, (&headers, &body), may_change).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let code = asked.record.order.code.clone();
    let object = format!("{}: {}", code.as_str(), asked.reason);
    let entry = audit(admin.app.clock.now(), &asked.who.name, "order.reveal", &object);
    // Who is not on record as having looked does not look.
    if let Err(error) = admin.app.store.commit(vec![Command::Audit(entry)]).await {
        return views::unavailable(&admin, &headers, &error);
    }
    let texts = reply::texts(&admin.app, &headers);
    let heading = texts.format("admin-order-heading", &[("code", code.to_string().into())]);
    let mut page = views::begin(texts, heading, texts.get("admin-reveal-lead"));
    page.facts = revealed(texts, &asked.record.claims);
    let label = texts.get("admin-order-link");
    page.links.push(Link { href: format!("/orders/{}", code.as_str()), label });
    views::show(&admin, &headers, page)
}

fn revealed(texts: &Texts, claims: &Claims) -> Vec<Fact> {
    let subscriber = claims.subscriber.as_ref().map(|subscriber| match subscriber {
        Subscriber::Imsi(imsi) => imsi.reveal(),
        Subscriber::Min(min) => min.reveal(),
    });
    let device = claims.device.as_ref().map(|device| match device {
        Device::Imei(imei) => imei.reveal(),
        Device::Cdma(device) => device.reveal(),
    });
    let iccid = claims.iccid.as_ref().map(|iccid| iccid.reveal());
    let all = [
        ("admin-subscription-subscriber", subscriber),
        ("admin-order-device", device),
        ("admin-subscription-sim", iccid),
    ];
    let fact = |(term, text): (&str, Option<&str>)| {
        text.map(|text| Fact { term: texts.get(term), text: text.to_owned(), is_literal: true })
    };
    all.into_iter().filter_map(fact).collect()
}

/// `POST /orders/{code}/erase`
pub async fn erase(
    State(admin): State<Arc<Admin>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = match asked(&admin, &code, (&headers, &body), may_forget).await {
        Ok(asked) => asked,
        Err(response) => return response,
    };
    let outcome = match asked.fields.get(ALL).map(String::as_str) == Some(field::TICKED) {
        true => erase_all(&admin, &asked).await,
        false => erase_one(&admin, &asked, &asked.record)
            .await
            .map(|erased| vec![(asked.record.order.code.clone(), erased)]),
    };
    match outcome {
        Ok(outcome) => answer(&admin, &headers, &asked.record.order.code, &outcome),
        Err(error) => views::unavailable(&admin, &headers, &error),
    }
}

async fn erase_one(admin: &Admin, asked: &Asked, record: &Order) -> Result<Erased, StoreError> {
    let Asked { who, reason, .. } = asked;
    let object = format!("{}: {reason}", record.order.code.as_str());
    let entry = audit(admin.app.clock.now(), &who.name, "order.erase", &object);
    admin.app.ledger.erase(record.order.id, &who.name, &[Command::Audit(entry)]).await
}

/// Erases this order and every other one of its subscriber or SIM.
async fn erase_all(admin: &Admin, asked: &Asked) -> Result<Vec<(OrderCode, Erased)>, StoreError> {
    let claims = asked.record.claims.clone();
    let mut records = admin.app.store.orders_of(claims, ORDERS_MAX).await?;
    if !records.iter().any(|record| record.order.id == asked.record.order.id) {
        records.push(asked.record.clone());
    }
    let mut outcome = Vec::new();
    for record in records {
        outcome.push((record.order.code.clone(), erase_one(admin, asked, &record).await?));
    }
    Ok(outcome)
}

/// Says what became of each order: 409 where anything had to be kept.
fn answer(
    admin: &Admin,
    headers: &HeaderMap,
    code: &OrderCode,
    outcome: &[(OrderCode, Erased)],
) -> Response {
    let texts = reply::texts(&admin.app, headers);
    let heading = texts.format("admin-order-heading", &[("code", code.to_string().into())]);
    let mut page = views::begin(texts, heading, texts.get("admin-erase-lead"));
    let said = |erased: &Erased| match erased {
        Erased::Now => "admin-erase-done",
        Erased::Before => "admin-erase-before",
        Erased::Kept(Kept::UnderWay) => "admin-erase-under-way",
        Erased::Kept(Kept::PlanRuns) => "admin-erase-plan-runs",
    };
    page.facts = outcome
        .iter()
        .map(|(code, erased)| Fact {
            term: code.to_string(),
            text: texts.get(said(erased)),
            is_literal: false,
        })
        .collect();
    let label = texts.get("admin-order-link");
    page.links.push(Link { href: format!("/orders/{}", code.as_str()), label });
    let mut response = views::show(admin, headers, page);
    if outcome.iter().any(|(_, erased)| matches!(erased, Erased::Kept(_))) {
        *response.status_mut() = StatusCode::CONFLICT;
    }
    response
}
