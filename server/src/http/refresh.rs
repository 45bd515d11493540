//! `GET /refresh/{subscription}`: the current document, for the device that has its credentials.
//!
//! Over HTTPS alone. A subscription that is not there and credentials that are wrong get one
//! answer. Not here: which document that is ([`crate::documents`]) and how often it may be
//! fetched ([`crate::refresh`]).
//! Implements the server's side of [RFR-02], [RFR-04] and [RFR-06].

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
    RETRY_AFTER, VARY, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use domain::Timestamp;
use domain::code::{Id, OrderId};
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};

use super::Listener;
use super::metadata::refuse;
use crate::app::App;
use crate::documents::DocumentError;
use crate::refresh::credentials::{basic, is_right};
use crate::refresh::{Latest, find, need};
use crate::store::StoreError;

/// What a device is asked for (RFC 7617).
const CHALLENGE: &str = "Basic realm=\"refresh\", charset=\"UTF-8\"";
/// When to come back after a failure of ours, in seconds.
const AGAIN_S: u16 = 60;

/// What became of a request, for the metric.
#[derive(Clone, Copy)]
enum Fetched {
    Document,
    Unchanged,
    Nothing,
    Refused,
    Limited,
    Failed,
}

impl Fetched {
    const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Unchanged => "unchanged",
            Self::Nothing => "nothing",
            Self::Refused => "refused",
            Self::Limited => "limited",
            Self::Failed => "failed",
        }
    }
}

/// `GET /refresh/{subscription}`
pub async fn document(
    State(app): State<Arc<App>>,
    listener: Option<Extension<Listener>>,
    client: Option<Extension<ConnectInfo<SocketAddr>>>,
    Path(subscription): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if !matches!(listener, Some(Extension(Listener::Https))) {
        let message = "documents are refreshed over HTTPS only";
        return refuse(StatusCode::FORBIDDEN, "https_only", message);
    }
    let client = client.map(|Extension(ConnectInfo(address))| address.ip());
    if let Err(wait_s) = app.refresh.addresses.take(client, app.clock.now()) {
        return counted(&app, Fetched::Limited, too_many(wait_s));
    }
    let id = match authenticated(&app, &subscription, &headers).await {
        Ok(Some(id)) => id,
        Ok(None) => return counted(&app, Fetched::Refused, unauthenticated()),
        Err(error) => return counted(&app, Fetched::Failed, failed(&error.into())),
    };
    if let Err(wait_s) = app.refresh.subscriptions.take_of(Some(id), app.clock.now()) {
        return counted(&app, Fetched::Limited, too_many(wait_s));
    }
    match current(&app, id, &uri).await {
        Ok(Ok(Some(document))) => {
            let response = conditional(document, &headers);
            let is_unchanged = response.status() == StatusCode::NOT_MODIFIED;
            let fetched = if is_unchanged { Fetched::Unchanged } else { Fetched::Document };
            counted(&app, fetched, response)
        }
        Ok(Ok(None)) => counted(&app, Fetched::Nothing, StatusCode::NO_CONTENT.into_response()),
        Ok(Err(message)) => refuse(StatusCode::BAD_REQUEST, "parts", &message),
        Err(error) => counted(&app, Fetched::Failed, failed(&error)),
    }
}

fn counted(app: &App, fetched: Fetched, response: Response) -> Response {
    app.metrics.refresh(fetched.name());
    response
}

/// Returns the subscription whose credentials came along.
async fn authenticated(
    app: &App,
    subscription: &str,
    headers: &HeaderMap,
) -> Result<Option<OrderId>, StoreError> {
    // What is no id is looked up as one that no subscription has.
    let id = Id::parse(subscription).unwrap_or_else(|| Id::from_parts(0, [0; 10]));
    let access = app.store.refresh_access(id).await?;
    let kept = access.as_ref().map(|access| access.credentials_hash.as_str());
    Ok(is_right(id, basic(headers).as_deref(), kept).then_some(id))
}

/// Returns the document that there is, or why the parts that were asked for are none.
async fn current(
    app: &App,
    id: OrderId,
    uri: &Uri,
) -> Result<Result<Option<Served>, String>, DocumentError> {
    let need = match need(uri.query()) {
        Ok(need) => need,
        Err(message) => return Ok(Err(message)),
    };
    let found = match find(app, id).await? {
        Latest::Of(found) if found.is_refreshed() => found,
        Latest::Of(_) | Latest::Nothing | Latest::Missing => return Ok(Ok(None)),
    };
    let document = app.documents.current(&found.recipient(app), need, "refresh").await?;
    Ok(Ok(document.map(|document| Served {
        xml: document.xml,
        sha256: document.sha256,
        signed_at: Some(document.signed_at),
    })))
}

/// A document on its way out.
pub(crate) struct Served {
    /// The document.
    pub(crate) xml: String,
    /// SHA-256, lower-case hexadecimal.
    pub(crate) sha256: String,
    /// When it was signed, if it was.
    pub(crate) signed_at: Option<Timestamp>,
}

/// Sends a document, or says that the client has it (RFC 9110 §13).
pub(crate) fn conditional(document: Served, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", document.sha256);
    let is_known = is_known(headers, &etag, document.signed_at);
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            let mut response = Response::new(Body::from(document.xml));
            let media_type = HeaderValue::from_static("application/xml; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, media_type);
            response
        }
    };
    let modified = document.signed_at.and_then(http_date);
    let known = [(ETAG, Some(etag)), (LAST_MODIFIED, modified)];
    for (name, value) in known {
        let value = value.and_then(|value| HeaderValue::from_str(&value).ok());
        if let Some(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    // One's own cache may keep it, and asks each time.
    let cache = HeaderValue::from_static("private, no-cache");
    response.headers_mut().insert(CACHE_CONTROL, cache);
    response.headers_mut().insert(VARY, HeaderValue::from_static("authorization"));
    response
}

/// Tells whether the client has it: by its tag if it sends tags, else by its date.
fn is_known(headers: &HeaderMap, etag: &str, signed_at: Option<Timestamp>) -> bool {
    let mut tags = headers.get_all(IF_NONE_MATCH).iter().peekable();
    if tags.peek().is_some() {
        let all = tags.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
        return all.map(str::trim).any(|tag| {
            // Weak comparison (RFC 9110 §13.1.2).
            tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
        });
    }
    let since = headers.get(IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|text| DateTimeParser::new().parse_timestamp(text).ok());
    // The header has whole seconds.
    since.zip(signed_at).is_some_and(|(since, at)| at.as_second() <= since.as_second())
}

fn http_date(at: Timestamp) -> Option<String> {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()
}

fn unauthenticated() -> Response {
    let message = "send the user name and password of the document that names this address";
    let mut response = refuse(StatusCode::UNAUTHORIZED, "credentials", message);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
    response
}

fn too_many(wait_s: u32) -> Response {
    let message = format!("too many requests; come back in {wait_s} seconds");
    let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, "too_many", &message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait_s));
    response
}

/// Answers when no document can be made now.
pub(crate) fn failed(error: &DocumentError) -> Response {
    tracing::error!(%error, "no current document");
    let message = "try again in a minute";
    let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(AGAIN_S));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validators_are_compared_as_rfc_9110_says() {
        // [RFR-04]
        let tag = "\"abc\"";
        let at: Timestamp = "2026-03-01T12:00:00.7Z".parse().expect("a time");
        for (name, value, expected) in [
            ("accept", "*/*", false),
            ("if-none-match", "\"abc\"", true),
            ("if-none-match", "\"x\", W/\"abc\"", true),
            ("if-none-match", "*", true),
            ("if-none-match", "abc", false),
            ("if-none-match", "\"abcd\"", false),
            ("if-modified-since", "Sun, 01 Mar 2026 12:00:00 GMT", true),
            ("if-modified-since", "Sun, 01 Mar 2026 12:00:01 GMT", true),
            ("if-modified-since", "Sun, 01 Mar 2026 11:59:59 GMT", false),
            ("if-modified-since", "yesterday", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(is_known(&headers, tag, Some(at)), expected, "{name}: {value}");
        }
        // Tags count alone where there are some.
        let mut both = HeaderMap::new();
        both.insert(IF_NONE_MATCH, HeaderValue::from_static("\"x\""));
        let later = HeaderValue::from_static("Sun, 01 Mar 2026 13:00:00 GMT");
        both.insert(IF_MODIFIED_SINCE, later);
        assert!(!is_known(&both, tag, Some(at)));
        assert_eq!(http_date(at).as_deref(), Some("Sun, 01 Mar 2026 12:00:00 GMT"));
    }
}
