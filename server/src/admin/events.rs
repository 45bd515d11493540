//! Events for machines: reports of devices and networks, the log as pages and as a stream,
//! answers to sharing checks.
//!
//! Not here: webhooks ([`super::webhooks`]) and what a customer sees ([`crate::http::events`]).

use std::sync::Arc;

use api::events::{DeliveryLine, DeliveryLines, EventPage, LoggedEvent, Reports, ReportsTaken};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;

use super::machines::{authorised, store_failed};
use super::{Admin, BODY_BYTES_MAX};
use crate::events::stream::{Wanted, asked, last_event_id};
use crate::events::{report, wire};
use crate::http::metadata::{read, refuse};
use crate::http::reply::json;
use crate::store::events::Asked;

/// Most events of a page, and deliveries of an event.
const PAGE_MAX: u32 = 1000;
/// Events of a page unless asked otherwise.
const PAGE: u32 = 100;

/// `POST /api/events`
pub async fn take(
    State(admin): State<Arc<Admin>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, "events:write").await {
        return response;
    }
    let reports: Reports = match read(body, BODY_BYTES_MAX) {
        Ok(reports) => reports,
        Err(response) => return *response,
    };
    if let Err(message) = report::judge(&reports) {
        return refuse(StatusCode::BAD_REQUEST, "reports", &message);
    }
    match admin.app.events.take(&reports).await {
        Ok(results) => json(StatusCode::OK, &ReportsTaken { results }),
        Err(error) => store_failed(&error),
    }
}

/// What of the log is asked for.
struct Question {
    after: i64,
    subscription: Option<String>,
    limit: u32,
}

fn question(query: &str) -> Result<Question, String> {
    let mut out = Question { after: 0, subscription: None, limit: PAGE };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "after" => {
                let after = value.parse().ok().filter(|after: &i64| *after >= 0);
                out.after = after.ok_or("after: needs a whole number from 0")?;
            }
            "subscription" => out.subscription = Some(value.into_owned()),
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=PAGE_MAX).contains(limit));
                out.limit = limit.ok_or_else(|| format!("limit: needs 1 to {PAGE_MAX}"))?;
            }
            _ => return Err("only after, subscription and limit may stand here".to_owned()),
        }
    }
    Ok(out)
}

/// `GET /api/events`: a page of the log, or with `Accept: text/event-stream` all that comes.
pub async fn log(State(admin): State<Arc<Admin>>, headers: HeaderMap, uri: Uri) -> Response {
    let token = match authorised(&admin, &headers, "events:read").await {
        Ok(token) => token,
        Err(response) => return response,
    };
    let question = match question(uri.query().unwrap_or_default()) {
        Ok(question) => question,
        Err(message) => return refuse(StatusCode::BAD_REQUEST, "query", &message),
    };
    let subscription = match &question.subscription {
        None => None,
        Some(text) => match admin.app.events.find(text).await {
            Ok(Some(found)) => Some(found),
            Ok(None) => {
                let message = "subscription: needs the id of one, or the code of its order";
                return refuse(StatusCode::BAD_REQUEST, "query", message);
            }
            Err(error) => return store_failed(&error),
        },
    };
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("text/event-stream") {
        let after = last_event_id(&headers).unwrap_or(question.after);
        let wanted = Wanted {
            reader: format!("token {}", token.name),
            channel: "api",
            asked: asked(subscription, after),
            filter: |_| true,
        };
        return match admin.app.events.stream(wanted) {
            Some(stream) => stream,
            None => {
                let message = "this token has four streams open, or all places are taken";
                refuse(StatusCode::TOO_MANY_REQUESTS, "too_many", message)
            }
        };
    }
    let Question { after, limit, .. } = question;
    match admin.app.store.notifications(Asked { subscription, after, limit }).await {
        Ok(found) => {
            // What comes next of one subscriber is asked for by its own count.
            let next = found.last().map_or(after, |last| match subscription {
                Some(_) => i64::try_from(last.seq).unwrap_or(i64::MAX),
                None => last.id,
            });
            let logged = |notification: &crate::store::events::Notification| LoggedEvent {
                position: notification.id,
                event: wire::event(notification),
            };
            let events = found.iter().map(logged).collect();
            json(StatusCode::OK, &EventPage { events, next })
        }
        Err(error) => store_failed(&error),
    }
}

/// `GET /api/subscriptions/{id}/checks/{check}`: what was answered to a sharing check.
pub async fn check(
    State(admin): State<Arc<Admin>>,
    Path((id, check)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, "events:write").await {
        return response;
    }
    let missing = || refuse(StatusCode::NOT_FOUND, "missing", "there is no such check");
    let subscription = match admin.app.events.find(&id).await {
        Ok(Some(found)) => found,
        Ok(None) => return missing(),
        Err(error) => return store_failed(&error),
    };
    let answered = match admin.app.store.sharing_answer(subscription, check).await {
        Ok(answered) => answered,
        Err(error) => return store_failed(&error),
    };
    if answered.is_none() {
        match admin.app.store.event_state(subscription).await {
            Ok(Some(known)) if known.state.checks.iter().any(|open| open.number == check) => {}
            Ok(_) => return missing(),
            Err(error) => return store_failed(&error),
        }
    }
    json(StatusCode::OK, &wire::sharing(answered.as_ref()))
}

/// `GET /api/events/{position}/deliveries`: what was delivered where.
pub async fn deliveries(
    State(admin): State<Arc<Admin>>,
    Path(position): Path<i64>,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, "events:read").await {
        return response;
    }
    match admin.app.store.delivery_lines(position, PAGE_MAX).await {
        Ok(lines) => {
            let line = |line: crate::store::events::DeliveryLine| DeliveryLine {
                channel: line.channel,
                at: line.at.to_string(),
                outcome: line.outcome,
            };
            let deliveries = lines.into_iter().map(line).collect();
            json(StatusCode::OK, &DeliveryLines { deliveries })
        }
        Err(error) => store_failed(&error),
    }
}
