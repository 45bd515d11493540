//! `GET /api/subscriptions/{id}/document`: the current document for the operator's own app.
//!
//! The app may apply it without a signature, as Windows knows whose app it is [SIG-29]; whatever
//! makes the app fetch it, it is the document of that moment [RFR-07]. Not here: what devices
//! fetch by themselves ([`crate::http::refresh`]).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use domain::code::Id;

use super::Admin;
use super::machines::authorised;
use crate::app::App;
use crate::documents::{DocumentError, Need};
use crate::entropy;
use crate::http::metadata::refuse;
use crate::http::refresh::{Served, conditional, failed};
use crate::refresh::{Found, Latest, find, need};

/// The scope that it takes.
const SCOPE: &str = "documents:read";

/// `GET /api/subscriptions/{id}/document?signed=true|false&parts=…`
pub async fn document(
    State(admin): State<Arc<Admin>>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if let Err(response) = authorised(&admin, &headers, SCOPE).await {
        return response;
    }
    let bad = |code: &str, message: &str| refuse(StatusCode::BAD_REQUEST, code, message);
    let Some(id) = Id::parse(&id) else {
        return bad("subscription", "a subscription is named by a UUID");
    };
    let need = match need(uri.query()) {
        Ok(need) => need,
        Err(message) => return bad("parts", &message),
    };
    let Some(is_signed) = is_signed(uri.query()) else {
        return bad("signed", "signed: true or false");
    };
    let app = &admin.app;
    let found = match find(app, id).await {
        Ok(Latest::Of(found)) => found,
        Ok(Latest::Nothing) => return StatusCode::NO_CONTENT.into_response(),
        Ok(Latest::Missing) => {
            let message = "there is no such subscription";
            return refuse(StatusCode::NOT_FOUND, "missing", message);
        }
        Err(error) => return failed(&error.into()),
    };
    match made(app, &found, need, is_signed).await {
        Ok(Some(document)) => conditional(document, &headers),
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => failed(&error),
    }
}

fn is_signed(query: Option<&str>) -> Option<bool> {
    let query = query.unwrap_or_default().as_bytes();
    let asked = form_urlencoded::parse(query).find(|(name, _)| name == "signed");
    match asked.as_ref().map(|(_, value)| value.as_ref()) {
        None | Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => None,
    }
}

async fn made(
    app: &App,
    found: &Found,
    need: Need,
    is_signed: bool,
) -> Result<Option<Served>, DocumentError> {
    let recipient = found.recipient(app);
    if !is_signed {
        let xml = app.documents.unsigned(&recipient, need).await?;
        return Ok(xml.map(|xml| Served {
            sha256: entropy::fingerprint(&xml),
            xml,
            signed_at: None,
        }));
    }
    let document = app.documents.current(&recipient, need, "app").await?;
    Ok(document.map(|document| Served {
        xml: document.xml,
        sha256: document.sha256,
        signed_at: Some(document.signed_at),
    }))
}
