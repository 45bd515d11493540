//! The pages of the operator area, in the same shape and style as the portal's, without
//! scripts.
//!
//! Identifiers are masked. Not here: who may see them ([`super::people`]).

use std::sync::Arc;

use api::browser::{Alert, AlertKind, Fact, Field, FieldKind, Form, Frame, Link, Page, field};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::amount::{Currency, Money};
use domain::code::OrderCode;

use super::people::{Person, Role, person};
use super::{Admin, machines, support};
use crate::http::reply::{self, Extra, Manner, Outcome, Scripts, see};
use crate::pages::problem::Problem;
use crate::store::{ApiToken, StoreError};
use crate::texts::Texts;

/// Most entries of a list.
const LIST_MAX: u32 = 50;

fn refuse(admin: &Admin, headers: &HeaderMap, page: Page) -> Response {
    let mut response = answer(admin, headers, page.into());
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

fn manner<'a>(admin: &'a Admin, headers: &HeaderMap) -> Manner<'a> {
    Manner {
        texts: reply::texts(&admin.app, headers),
        brand: None,
        path: "/",
        is_json: false,
        scripts: Scripts::None,
        form_origins: Vec::new(),
    }
}

fn answer(admin: &Admin, headers: &HeaderMap, outcome: Outcome) -> Response {
    reply::respond(&manner(admin, headers), outcome)
}

/// Shows a page with what pages have no words for.
pub(super) fn answer_with(
    admin: &Admin,
    headers: &HeaderMap,
    page: &Page,
    extra: &Extra,
) -> Response {
    reply::show_with(&manner(admin, headers), page, extra)
}

/// Answers when the store does not.
pub fn unavailable(admin: &Admin, headers: &HeaderMap, error: &StoreError) -> Response {
    tracing::error!(%error, "the store did not do it");
    answer(admin, headers, Problem::Unavailable.into())
}

/// Shows a problem.
pub(super) fn problem(admin: &Admin, headers: &HeaderMap, problem: Problem) -> Response {
    answer(admin, headers, problem.into())
}

pub(super) fn begin(texts: &Texts, heading: String, lead: String) -> Page {
    let brand = texts.get("admin-product");
    Page {
        lang: texts.lang().to_owned(),
        dir: texts.dir().to_owned(),
        title: format!("{heading} – {brand}"),
        frame: Frame { brand, skip: texts.get("skip-to-content"), ..Frame::default() },
        heading,
        lead,
        ..Page::default()
    }
}

fn error(texts: &Texts, title: &str, text: &str) -> Option<Alert> {
    Some(Alert { kind: AlertKind::Error, title: texts.get(title), text: texts.get(text) })
}

fn input(texts: &Texts, name: &str, label: &str, hint: &str, is_secret: bool) -> Field {
    Field {
        name: name.to_owned(),
        label: texts.get(label),
        hint: if hint.is_empty() { String::new() } else { texts.get(hint) },
        kind: if is_secret { FieldKind::Secret } else { FieldKind::Text },
        max_chars: 256,
        ..Field::default()
    }
}

fn login_view(texts: &Texts) -> Page {
    let (heading, lead) = (texts.get("admin-login-heading"), texts.get("admin-login-lead"));
    let mut page = begin(texts, heading, lead);
    page.forms.push(Form {
        action: "/login".to_owned(),
        fields: vec![
            input(texts, "name", "admin-name", "", false),
            input(texts, "password", "admin-password", "", true),
        ],
        submit: texts.get("admin-login-submit"),
        ..Form::default()
    });
    page
}

/// `GET /login`
pub async fn login_page(State(admin): State<Arc<Admin>>, headers: HeaderMap) -> Response {
    match admin.app.store.account_count().await {
        Ok(0) => see("/bootstrap"),
        Ok(_) => {
            let page = login_view(reply::texts(&admin.app, &headers));
            answer(&admin, &headers, page.into())
        }
        Err(error) => unavailable(&admin, &headers, &error),
    }
}

/// Shows the sign-in page after a refusal.
pub fn login_refused(admin: &Admin, headers: &HeaderMap) -> Response {
    let texts = reply::texts(&admin.app, headers);
    let mut page = login_view(texts);
    page.alert = error(texts, "admin-login-error-title", "admin-login-error");
    refuse(admin, headers, page)
}

fn bootstrap_view(texts: &Texts) -> Page {
    let heading = texts.get("admin-bootstrap-heading");
    let mut page = begin(texts, heading, texts.get("admin-bootstrap-lead"));
    page.forms.push(Form {
        action: "/bootstrap".to_owned(),
        fields: vec![
            input(texts, "secret", "admin-secret", "", true),
            input(texts, "name", "admin-name", "", false),
            input(texts, "password", "admin-password", "admin-password-hint", true),
        ],
        submit: texts.get("admin-bootstrap-submit"),
        ..Form::default()
    });
    page
}

/// `GET /bootstrap`
pub async fn bootstrap_page(State(admin): State<Arc<Admin>>, headers: HeaderMap) -> Response {
    let page = bootstrap_view(reply::texts(&admin.app, &headers));
    answer(&admin, &headers, page.into())
}

/// Shows the bootstrap page after a refusal.
pub fn bootstrap_refused(admin: &Admin, headers: &HeaderMap) -> Response {
    let texts = reply::texts(&admin.app, headers);
    let mut page = bootstrap_view(texts);
    page.alert = error(texts, "admin-bootstrap-error-title", "admin-bootstrap-error");
    refuse(admin, headers, page)
}

/// `GET /`
pub async fn home(State(admin): State<Arc<Admin>>, headers: HeaderMap) -> Response {
    match person(&admin, &headers).await {
        Ok(Some(person)) => match home_view(&admin, &headers, &person).await {
            Ok(page) => answer(&admin, &headers, page.into()),
            Err(error) => unavailable(&admin, &headers, &error),
        },
        Ok(None) => see("/login"),
        Err(error) => unavailable(&admin, &headers, &error),
    }
}

/// Shows a token, once.
pub async fn token_made(admin: &Admin, headers: &HeaderMap, token: &str) -> Response {
    let texts = reply::texts(&admin.app, headers);
    let alert = Alert {
        kind: AlertKind::Notice,
        title: texts.get("admin-token-title"),
        text: texts.format("admin-token-text", &[("token", token.into())]),
    };
    show_tokens(admin, headers, Some(alert)).await
}

/// Shows that no token was made.
pub async fn token_refused(admin: &Admin, headers: &HeaderMap) -> Response {
    let texts = reply::texts(&admin.app, headers);
    let alert = error(texts, "admin-token-error-title", "admin-token-error");
    show_tokens(admin, headers, alert).await
}

/// `GET /tokens`
pub async fn tokens(State(admin): State<Arc<Admin>>, headers: HeaderMap) -> Response {
    show_tokens(&admin, &headers, None).await
}

async fn show_tokens(admin: &Admin, headers: &HeaderMap, alert: Option<Alert>) -> Response {
    let who = match person(admin, headers).await {
        Ok(Some(who)) if who.role == Role::Operator => who,
        Ok(Some(_)) => return forbidden(admin, headers),
        Ok(None) => return see("/login"),
        Err(error) => return unavailable(admin, headers, &error),
    };
    match admin.app.store.tokens().await {
        Ok(tokens) => {
            let page = tokens_view(reply::texts(&admin.app, headers), &who, &tokens);
            answer(admin, headers, Page { alert, ..page }.into())
        }
        Err(error) => unavailable(admin, headers, &error),
    }
}

fn tokens_view(texts: &Texts, who: &Person, tokens: &[ApiToken]) -> Page {
    let heading = texts.get("admin-tokens-link");
    let mut page = begin(texts, heading, texts.get("admin-tokens-lead"));
    page.facts = tokens
        .iter()
        .map(|token| Fact {
            term: token.name.clone(),
            text: token.scopes.join(" "),
            is_literal: false,
        })
        .collect();
    page.forms.push(Form {
        action: "/tokens".to_owned(),
        hidden: vec![(field::TOKEN.to_owned(), who.token.clone())],
        fields: vec![
            input(texts, "name", "admin-token-name", "", false),
            input(texts, "scopes", "admin-token-scopes", "admin-token-scopes-hint", false),
        ],
        submit: texts.get("admin-token-submit"),
        ..Form::default()
    });
    let label = texts.get("admin-orders-link");
    page.links.push(Link { href: "/".to_owned(), label });
    page
}

async fn home_view(admin: &Admin, headers: &HeaderMap, who: &Person) -> Result<Page, StoreError> {
    let texts = reply::texts(&admin.app, headers);
    let variables = [("name", who.name.as_str().into()), ("role", who.role.name().into())];
    let heading = texts.get("admin-home-heading");
    let mut page = begin(texts, heading, texts.format("admin-home-lead", &variables));
    let orders = admin.app.store.latest_orders(LIST_MAX).await?;
    for record in &orders {
        let order = &record.order;
        page.links.push(Link {
            href: format!("/orders/{}", order.code.as_str()),
            label: format!("{} – {} – {}", order.code, order.terms.brand, order.state.name()),
        });
    }
    if orders.is_empty() {
        page.lead = format!("{} {}", page.lead, texts.get("admin-home-none"));
    }
    page.forms.push(support::search(texts, who));
    page.forms.push(Form {
        action: "/logout".to_owned(),
        hidden: vec![(field::TOKEN.to_owned(), who.token.clone())],
        submit: texts.get("admin-logout"),
        is_secondary: true,
        ..Form::default()
    });
    let label = texts.get("admin-match-link");
    page.links.push(Link { href: "/matching".to_owned(), label });
    let label = texts.get("admin-webhooks-link");
    page.links.push(Link { href: "/webhooks".to_owned(), label });
    if who.role == Role::Operator {
        let label = texts.get("admin-tokens-link");
        page.links.push(Link { href: "/tokens".to_owned(), label });
    }
    if who.role != Role::Support {
        let label = texts.get("admin-audit-link");
        page.links.push(Link { href: "/audit".to_owned(), label });
    }
    Ok(page)
}

/// Shows a page.
pub(super) fn show(admin: &Admin, headers: &HeaderMap, page: Page) -> Response {
    answer(admin, headers, page.into())
}

/// Answers what the state of an order does not allow.
pub(super) fn not_now(admin: &Admin, headers: &HeaderMap, code: &OrderCode) -> Response {
    let texts = reply::texts(&admin.app, headers);
    let heading = texts.format("admin-order-heading", &[("code", code.to_string().into())]);
    let mut page = begin(texts, heading, String::new());
    page.alert = error(texts, "admin-order-not-now-title", "admin-order-not-now");
    let label = texts.get("admin-orders-link");
    page.links.push(Link { href: format!("/orders/{}", code.as_str()), label });
    let mut response = answer(admin, headers, page.into());
    *response.status_mut() = StatusCode::CONFLICT;
    response
}

/// Answers what a role does not allow.
pub fn forbidden(admin: &Admin, headers: &HeaderMap) -> Response {
    let texts = reply::texts(&admin.app, headers);
    let mut page = begin(texts, texts.get("admin-forbidden-title"), String::new());
    page.alert = error(texts, "admin-forbidden-title", "admin-forbidden-text");
    refuse(admin, headers, page)
}

/// `GET /orders/{code}`
pub async fn order(
    State(admin): State<Arc<Admin>>,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Response {
    let who = match person(&admin, &headers).await {
        Ok(Some(who)) => who,
        Ok(None) => return see("/login"),
        Err(error) => return unavailable(&admin, &headers, &error),
    };
    let Some(code) = OrderCode::parse(&code) else {
        return answer(&admin, &headers, Problem::Missing.into());
    };
    match machines::find(&admin, &code).await {
        Ok(Some(order)) => {
            let texts = reply::texts(&admin.app, &headers);
            let mut page = order_view(texts, &code, &order);
            support::offer(texts, &who, &code, &order.state, &mut page);
            answer(&admin, &headers, page.into())
        }
        Ok(None) => answer(&admin, &headers, Problem::Missing.into()),
        Err(error) => unavailable(&admin, &headers, &error),
    }
}

fn order_view(texts: &Texts, code: &OrderCode, order: &api::machine::Order) -> Page {
    let heading = texts.format("admin-order-heading", &[("code", code.to_string().into())]);
    let variables = [
        ("brand", order.brand.as_str().into()),
        ("plan", order.plan.as_str().into()),
        ("state", order.state.as_str().into()),
    ];
    let mut page = begin(texts, heading, texts.format("admin-order-lead", &variables));
    let fact = |term: &str, text: String| Fact { term: term.to_owned(), text, is_literal: false };
    for said in &order.customer {
        page.facts.push(fact(&said.name, said.value.clone()));
    }
    for event in &order.events {
        let text = format!("{} ({}) → {}", event.event, event.actor, event.state);
        page.facts.push(fact(&event.at, text));
    }
    for refund in &order.refunds {
        let key =
            if refund.is_done { "admin-order-refund-done" } else { "admin-order-refund-pending" };
        let amount = Currency::parse(&refund.amount.currency)
            .map(|currency| texts.money(Money { minor: refund.amount.amount_minor, currency }));
        let (amount, provider) = (amount.unwrap_or_default(), &refund.provider);
        page.facts
            .push(fact(&texts.get(key), format!("{amount} – {provider} {}", refund.reference)));
    }
    for delivery in &order.deliveries {
        let result = delivery.result.map_or_else(|| "–".to_owned(), |n| n.to_string());
        let sha256 = delivery.sha256.get(..12).unwrap_or_default();
        page.facts.push(fact(&delivery.at, format!("msProvisionNetworks {sha256}… → {result}")));
    }
    if let Some(id) = &order.subscription {
        let label = texts.get("admin-subscription-link");
        page.links.push(Link { href: format!("/subscriptions/{id}"), label });
    }
    let label = texts.get("admin-orders-link");
    page.links.push(Link { href: "/".to_owned(), label });
    page
}

/// `GET /audit`
pub async fn audit(State(admin): State<Arc<Admin>>, headers: HeaderMap) -> Response {
    match person(&admin, &headers).await {
        Ok(Some(person)) if person.role != Role::Support => {}
        Ok(Some(_)) => return forbidden(&admin, &headers),
        Ok(None) => return see("/login"),
        Err(error) => return unavailable(&admin, &headers, &error),
    }
    let entries = match admin.app.store.audit(LIST_MAX).await {
        Ok(entries) => entries,
        Err(error) => return unavailable(&admin, &headers, &error),
    };
    let texts = reply::texts(&admin.app, &headers);
    let heading = texts.get("admin-audit-heading");
    let mut page = begin(texts, heading, texts.get("admin-audit-lead"));
    page.facts = entries
        .into_iter()
        .map(|entry| Fact {
            term: entry.at.to_string(),
            text: format!("{}: {} {}", entry.actor, entry.action, entry.object),
            is_literal: false,
        })
        .collect();
    let label = texts.get("admin-orders-link");
    page.links.push(Link { href: "/".to_owned(), label });
    answer(&admin, &headers, page.into())
}
