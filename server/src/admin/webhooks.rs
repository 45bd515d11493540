//! Webhooks in the operator area: what waits, what was given up, and sending it again.
//!
//! Not here: sending ([`crate::events::webhooks`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use api::browser::{Fact, Form, Link, Page, field};
use api::events::Replay;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::machines::{authorised, store_failed};
use super::people::{Person, Role, audit, author, fields, person};
use super::{Admin, views};
use crate::http::metadata::{read, refuse};
use crate::http::reply::{self, Extra, escape, json, see};
use crate::pages::problem::Problem;
use crate::store::events::{Backlog, Endpoint, EventsCommand, HookDelivery};
use crate::store::{Command, StoreError};
use crate::texts::Texts;

/// Most deliveries of a list.
const LIST_MAX: u32 = 50;
/// Longest body of a request to replay, in bytes.
const BODY_BYTES_MAX: usize = 1024;
/// The columns of a list.
const HEADS: [&str; 5] = [
    "admin-webhook-head-time",
    "admin-webhook-head-event",
    "admin-webhook-head-state",
    "admin-webhook-head-tries",
    "admin-webhook-head-outcome",
];
/// The page's style beside the portal's.
const STYLE: &str = "#portal{max-width:60rem}.scroll{overflow-x:auto}\
table{border-collapse:collapse;width:100%;font-size:.9375rem}\
caption{text-align:start;font-weight:650;padding-bottom:.375rem}\
th,td{text-align:start;vertical-align:top;padding:.5rem 1rem .5rem 0;\
border-bottom:1px solid var(--line)}th{font-weight:650;color:var(--soft)}\
td{font-variant-numeric:tabular-nums}td:last-child{padding-inline-end:0}\
.dead td{font-weight:650}.lists>*+*{margin-top:1.5rem}\
td .button{margin:0;min-height:2.25rem;padding:.25rem .75rem}";

/// `GET /webhooks`
pub async fn list(State(admin): State<Arc<Admin>>, headers: HeaderMap) -> Response {
    match person(&admin, &headers).await {
        Ok(Some(_)) => {}
        Ok(None) => return see("/login"),
        Err(error) => return views::unavailable(&admin, &headers, &error),
    }
    let texts = reply::texts(&admin.app, &headers);
    match list_page(&admin, texts).await {
        Ok(page) => views::answer_with(&admin, &headers, &page, &Extra::default()),
        Err(error) => views::unavailable(&admin, &headers, &error),
    }
}

async fn list_page(admin: &Admin, texts: &Texts) -> Result<Page, StoreError> {
    let heading = texts.get("admin-webhooks-link");
    let mut page = views::begin(texts, heading, texts.get("admin-webhooks-lead"));
    let endpoints = admin.app.store.endpoints().await?;
    if endpoints.is_empty() {
        page.lead = texts.get("admin-webhooks-none");
    }
    for endpoint in endpoints {
        let backlog = admin.app.store.backlog(endpoint.name.clone()).await?;
        page.links.push(Link {
            href: format!("/webhooks/{}", endpoint.name),
            label: format!("{} – {}", endpoint.name, state(texts, &endpoint, backlog)),
        });
    }
    page.links.push(Link { href: "/".to_owned(), label: texts.get("admin-orders-link") });
    Ok(page)
}

fn state(texts: &Texts, endpoint: &Endpoint, backlog: Backlog) -> String {
    let variables = [("open", backlog.open.into()), ("dead", backlog.dead.into())];
    let counts = texts.format("admin-webhook-counts", &variables);
    match endpoint.disabled {
        Some(_) => format!("{}, {counts}", texts.get("admin-webhook-disabled")),
        None => counts,
    }
}

/// `GET /webhooks/{name}`
pub async fn page(
    State(admin): State<Arc<Admin>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let who = match person(&admin, &headers).await {
        Ok(Some(who)) => who,
        Ok(None) => return see("/login"),
        Err(error) => return views::unavailable(&admin, &headers, &error),
    };
    let shown = match known(&admin, &name).await {
        Ok(Some(endpoint)) => show(&admin, &headers, &who, &endpoint).await,
        Ok(None) => return views::problem(&admin, &headers, Problem::Missing),
        Err(error) => Err(error),
    };
    shown.unwrap_or_else(|error| views::unavailable(&admin, &headers, &error))
}

async fn known(admin: &Admin, name: &str) -> Result<Option<Endpoint>, StoreError> {
    let endpoints = admin.app.store.endpoints().await?;
    Ok(endpoints.into_iter().find(|endpoint| endpoint.name == name))
}

async fn show(
    admin: &Admin,
    headers: &HeaderMap,
    who: &Person,
    endpoint: &Endpoint,
) -> Result<Response, StoreError> {
    let store = &admin.app.store;
    let name = &endpoint.name;
    let backlog = store.backlog(name.clone()).await?;
    let dead = store.hook_deliveries(name.clone(), true, LIST_MAX).await?;
    let latest = store.hook_deliveries(name.clone(), false, LIST_MAX).await?;
    let texts = reply::texts(&admin.app, headers);
    let heading = texts.format("admin-webhook-heading", &[("name", name.as_str().into())]);
    let mut page = views::begin(texts, heading, state(texts, endpoint, backlog));
    if let Some((at, why)) = &endpoint.disabled {
        let term = texts.get("admin-webhook-disabled");
        page.facts.push(Fact { term, text: format!("{at}: {why}"), is_literal: false });
    }
    let can_replay = who.role == Role::Operator;
    if can_replay && (backlog.dead > 0 || endpoint.disabled.is_some()) {
        page.forms.push(Form {
            action: format!("/webhooks/{name}/replay"),
            hidden: vec![(field::TOKEN.to_owned(), who.token.clone())],
            note: texts.get("admin-webhook-replay-note"),
            submit: texts.get("admin-webhook-replay-all"),
            ..Form::default()
        });
    }
    page.links.push(Link { href: "/webhooks".to_owned(), label: texts.get("admin-webhooks-link") });
    let replay = can_replay.then_some((name.as_str(), who.token.as_str()));
    let html = format!(
        "<div class=\"lists\">{}{}</div>",
        table(texts, "admin-webhook-dead", &dead, replay),
        table(texts, "admin-webhook-latest", &latest, None)
    );
    Ok(views::answer_with(admin, headers, &page, &Extra { style: STYLE, html }))
}

/// A table of deliveries; with `replay`, each with a button.
fn table(
    texts: &Texts,
    caption: &str,
    deliveries: &[HookDelivery],
    replay: Option<(&str, &str)>,
) -> String {
    if deliveries.is_empty() {
        return String::new();
    }
    let mut head: String = HEADS.iter().map(|head| cell("th", &texts.get(head))).collect();
    if replay.is_some() {
        head.push_str(&cell("th", &texts.get("admin-webhook-head-action")));
    }
    let rows: String = deliveries.iter().map(|delivery| row(texts, delivery, replay)).collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><table><caption>{}</caption><thead><tr>{head}</tr>\
         </thead><tbody>{rows}</tbody></table></div>",
        escape(&texts.get(caption))
    )
}

fn cell(tag: &str, text: &str) -> String {
    let scope = if tag == "th" { " scope=\"col\"" } else { "" };
    format!("<{tag}{scope}>{}</{tag}>", escape(text))
}

fn row(texts: &Texts, delivery: &HookDelivery, replay: Option<(&str, &str)>) -> String {
    let notification = &delivery.notification;
    let state = match delivery.state.as_str() {
        "done" => "admin-webhook-state-done",
        "dead" => "admin-webhook-state-dead",
        _ => "admin-webhook-state-open",
    };
    let cells: String = [
        notification.raised.at.to_string(),
        format!("{} {}", notification.raised.cause.name(), notification.id),
        texts.get(state),
        delivery.attempts.to_string(),
        delivery.last_outcome.clone().unwrap_or_else(|| "–".to_owned()),
    ]
    .iter()
    .map(|text| cell("td", text))
    .collect();
    let button = replay.map(|(name, token)| {
        format!(
            "<td><form method=\"post\" action=\"/webhooks/{}/replay\">\
             <input type=\"hidden\" name=\"{}\" value=\"{}\">\
             <input type=\"hidden\" name=\"position\" value=\"{}\">\
             <button type=\"submit\" class=\"button\">{}</button></form></td>",
            escape(name),
            field::TOKEN,
            escape(token),
            notification.id,
            escape(&texts.get("admin-webhook-replay"))
        )
    });
    format!("<tr>{cells}{}</tr>", button.unwrap_or_default())
}

/// `POST /webhooks/{name}/replay`
pub async fn replay(
    State(admin): State<Arc<Admin>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fields: BTreeMap<String, String> = fields(&body);
    let who = match author(&admin, &headers, &fields).await {
        Ok(Some(who)) if who.role == Role::Operator => who,
        Ok(_) => return views::forbidden(&admin, &headers),
        Err(error) => return views::unavailable(&admin, &headers, &error),
    };
    let position = fields.get("position").map(|text| text.parse::<i64>());
    let Ok(position) = position.transpose() else {
        return views::problem(&admin, &headers, Problem::BadInput);
    };
    match again(&admin, &who.name, &name, position).await {
        Ok(()) => see(&format!("/webhooks/{name}")),
        Err(StoreError::Missing) => views::problem(&admin, &headers, Problem::Missing),
        Err(error) => views::unavailable(&admin, &headers, &error),
    }
}

/// `POST /api/webhooks/{name}/replay`
pub async fn replay_api(
    State(admin): State<Arc<Admin>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let token = match authorised(&admin, &headers, "webhooks:replay").await {
        Ok(token) => token,
        Err(response) => return response,
    };
    let asked: Replay = match &body {
        Ok(bytes) if bytes.is_empty() => Replay::default(),
        _ => match read(body, BODY_BYTES_MAX) {
            Ok(asked) => asked,
            Err(response) => return *response,
        },
    };
    match again(&admin, &format!("token:{}", token.name), &name, asked.position).await {
        Ok(()) => json(StatusCode::OK, &serde_json::json!({ "replayed": true })),
        Err(StoreError::Missing) => {
            let message = "there is no such webhook, or nothing dead at this position";
            refuse(StatusCode::NOT_FOUND, "missing", message)
        }
        Err(error) => store_failed(&error),
    }
}

/// Opens dead deliveries again, and says in the audit who asked.
async fn again(
    admin: &Admin,
    actor: &str,
    name: &str,
    notification: Option<i64>,
) -> Result<(), StoreError> {
    let at = admin.app.clock.now();
    let endpoint = name.to_owned();
    let object = match notification {
        Some(notification) => format!("{name} {notification}"),
        None => name.to_owned(),
    };
    let batch = vec![
        Command::Events(EventsCommand::Replay { endpoint, notification, at }),
        Command::Audit(audit(at, actor, "webhook.replay", &object)),
    ];
    admin.app.store.commit(batch).await
}
