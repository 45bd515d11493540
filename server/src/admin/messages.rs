//! Messages of the operator that reached a subscriber, reported by a device or the network.
//!
//! Not here: what follows from one ([`crate::messages::take`]).

use std::sync::Arc;

use api::messages::IncomingMessage;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::Admin;
use super::machines::{authorised, store_failed};
use crate::http::metadata::{read, refuse};
use crate::http::reply::json;
use crate::messages::take::Failure;

/// Longest report, in bytes: 1,600 characters escaped, and the rest.
const REPORT_BYTES_MAX: usize = 32 * 1024;

/// `POST /api/messages`
pub async fn take(
    State(admin): State<Arc<Admin>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, "events:write").await {
        return response;
    }
    let incoming: IncomingMessage = match read(body, REPORT_BYTES_MAX) {
        Ok(incoming) => incoming,
        Err(response) => return *response,
    };
    match admin.app.messages.take(&admin.app, &incoming).await {
        Ok(taken) => json(StatusCode::OK, &taken),
        Err(Failure::Refused(message)) => refuse(StatusCode::BAD_REQUEST, "message", &message),
        Err(Failure::Store(error)) => store_failed(&error),
    }
}
