//! What the operator's system tells of an activation by itself.
//!
//! It may say so twice, too late, or before it answers the request; the ledger decides what counts.
//! Not here: asking it ([`crate::activation::http`]).

use std::sync::Arc;

use api::activation::{ActivationReport, ActivationTaken};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::activation::Refusal;
use domain::code::OrderCode;
use domain::order::{self, Event, Verdict};

use super::Admin;
use super::machines::{authorised, store_failed};
use super::people::audit;
use crate::http::metadata::{read, refuse};
use crate::http::reply::json;
use crate::store::{Command, Order};

/// Longest report, in bytes.
const REPORT_BYTES_MAX: usize = 4096;

/// `POST /api/activations/{code}`
pub async fn report(
    State(admin): State<Arc<Admin>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let token = match authorised(&admin, &headers, "activation:write").await {
        Ok(token) => token,
        Err(response) => return response,
    };
    let Some(code) = OrderCode::parse(&code) else {
        let message = "an order code has ten characters; the last one checks the others";
        return refuse(StatusCode::BAD_REQUEST, "code", message);
    };
    let report: ActivationReport = match read(body, REPORT_BYTES_MAX) {
        Ok(report) => report,
        Err(response) => return *response,
    };
    let happened = match event(&report) {
        Ok(happened) => happened,
        Err(message) => return refuse(StatusCode::BAD_REQUEST, "report", message),
    };
    let record = match admin.app.ledger.by_code(&code).await {
        Ok(Some(record)) => record,
        Ok(None) => return refuse(StatusCode::NOT_FOUND, "missing", "there is no such order"),
        Err(error) => return store_failed(&error),
    };
    // That it works on it is known, or comes with its answer.
    let Some(happened) = happened else { return taken(&record, false) };
    let actor = format!("token:{}", token.name);
    let said = audit(admin.app.clock.now(), &actor, "activation.said", code.as_str());
    let extra = [Command::Audit(said)];
    let (ledger, states) = (&admin.app.ledger, &order::State::ALL);
    match ledger.request(record.order.id, &happened, "network", states, &extra).await {
        Ok((record, Verdict::Accepted)) => taken(&record, true),
        Ok((record, Verdict::Ignored(_))) => taken(&record, false),
        Ok((record, Verdict::Rejected(_))) => {
            let state = record.order.state.name();
            let message = format!("the order is {state}, which this contradicts: it stays so");
            refuse(StatusCode::CONFLICT, "state", &message)
        }
        Err(error) => store_failed(&error),
    }
}

fn taken(record: &Order, taken: bool) -> Response {
    let state = record.order.state.name().to_owned();
    json(StatusCode::OK, &ActivationTaken { taken, state })
}

/// Returns what a report means for the ledger; nothing while the system works on it.
fn event(report: &ActivationReport) -> Result<Option<Event>, &'static str> {
    let reason = match report.reason.as_deref() {
        None => None,
        Some(text) => Some(Refusal::parse(text).ok_or(
            "reason: needs a code of 1 to 40 characters of a-z, 0-9, _ and -, four digits at most",
        )?),
    };
    match report.status.as_str() {
        "pending" => Ok(None),
        "active" => Ok(Some(Event::ActivationDone)),
        "failed" => Ok(Some(Event::ActivationFailed { attempt: report.attempt, reason })),
        _ => Err("status: needs one of pending, active, failed"),
    }
}
