//! Machine interfaces on the portal's listener: packages by identity, and affiliation.
//!
//! A question names people, so nothing of it is stored, logged or put into an answer's words. Not
//! here: what is served ([`crate::metadata`]). Implements [MATCH-12], [MATCH-56], [MATCH-80].

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use api::machine::{ErrorBody, ErrorDetail};
use api::matching::{AffiliationRequest, HWIDS_MAX, IDENTITIES_MAX, MetadataRequest, SentIdentity};
use axum::Extension;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::hwid::{Hwid, Identity, Kind};
use domain::identity::{Iccid, Imsi};
use domain::matching::Sim;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::reply::json;
use crate::app::App;

/// Longest body, in bytes: 64 hardware ids of 207 characters [MATCH-14].
const BODY_BYTES_MAX: usize = 16 * 1024;
/// Longest home provider name, in characters.
const NAME_CHARS_MAX: usize = 64;
/// The least time that an affiliation takes, well above what the work needs, so that known and
/// unknown SIMs take the same.
pub const AFFILIATION_TAKES: Duration = Duration::from_millis(100);
/// Affiliations that one client may ask for in a minute.
pub const AFFILIATIONS_OF_CLIENT: u32 = 30;
/// Affiliations that all clients may ask for in a minute.
pub const AFFILIATIONS_OF_ALL: u32 = 3_000;

/// Makes an error in the envelope of machine interfaces.
pub(crate) fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    let error = ErrorDetail { code: code.to_owned(), message: message.to_owned() };
    json(status, &ErrorBody { error })
}

/// Reads a body of JSON. What the parser says could quote the body, so it stays unsaid.
pub(crate) fn read<T: DeserializeOwned>(
    body: Result<Bytes, BytesRejection>,
    bytes_max: usize,
) -> Result<T, Box<Response>> {
    let too_long = || {
        let message = format!("the body may have {bytes_max} bytes");
        Box::new(refuse(StatusCode::PAYLOAD_TOO_LARGE, "too_long", &message))
    };
    let body = match body {
        Ok(body) if body.len() > bytes_max => return Err(too_long()),
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return Err(too_long());
        }
        Err(_) => {
            let message = "the body could not be read";
            return Err(Box::new(refuse(StatusCode::BAD_REQUEST, "body", message)));
        }
    };
    serde_json::from_slice(&body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = format!("no JSON of the expected form: line {line}, column {column}");
        Box::new(refuse(StatusCode::BAD_REQUEST, "json", &message))
    })
}

/// `POST /api/metadata`: the package of the brand that an identity matches, or 204.
pub async fn metadata(
    State(app): State<Arc<App>>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let request: MetadataRequest = match read(body, BODY_BYTES_MAX) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let bad = |message: &str| refuse(StatusCode::BAD_REQUEST, "request", message);
    let now = app.serving();
    let found = match (request.identities.as_slice(), request.hwids.as_slice()) {
        ([], []) => return bad("send identities or hwids"),
        ([_, ..], [_, ..]) => return bad("send identities or hwids, not both"),
        (sent, []) if sent.len() <= IDENTITIES_MAX => match identities(sent) {
            Ok(sent) => now.metadata.by_identities(&now.catalog, &sent),
            Err(message) => return bad(&message),
        },
        ([], sent) if sent.len() <= HWIDS_MAX => {
            let parsed: Option<Vec<Hwid>> = sent.iter().map(|text| Hwid::parse(text)).collect();
            match parsed {
                Some(hwids) => now.metadata.by_hwids(&hwids),
                None => return bad("hwids: needs MBAE:0: and 43 characters of base64url"),
            }
        }
        _ => return bad("at most 16 identities or 64 hwids"),
    };
    let known = request.known.as_deref();
    let package = found.and_then(|(brand, rule)| now.metadata.answer(&brand, rule, known));
    match package {
        Some(package) => json(StatusCode::OK, &package),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

fn identities(sent: &[SentIdentity]) -> Result<Vec<Identity>, String> {
    let mut read = Vec::with_capacity(sent.len());
    for (at, SentIdentity { kind, block, value }) in sent.iter().enumerate() {
        let kind = Kind::parse(kind).ok_or_else(|| {
            let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            format!("identities[{at}].kind: one of {}", kinds.join(", "))
        })?;
        let (key, text) = match kind {
            Kind::GsmIccid | Kind::GsmImsi if value.is_none() => ("block", block),
            Kind::GsmHpn | Kind::CdmaSid | Kind::CdmaName if block.is_none() => ("value", value),
            Kind::GsmIccid | Kind::GsmImsi => {
                return Err(format!("identities[{at}]: send the block, never the whole number"));
            }
            Kind::GsmHpn | Kind::CdmaSid | Kind::CdmaName => {
                return Err(format!("identities[{at}]: send a value, there is no block of it"));
            }
        };
        let text = text.as_deref().ok_or_else(|| format!("identities[{at}].{key}: missing"))?;
        let identity = Identity::of_sent(kind, text);
        read.push(identity.map_err(|error| format!("identities[{at}].{key}: {error}"))?);
    }
    Ok(read)
}

/// `POST /api/affiliation`: whose customer a SIM's owner is [MATCH-56].
pub async fn affiliation(
    State(app): State<Arc<App>>,
    client: Option<Extension<ConnectInfo<SocketAddr>>>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let began = Instant::now();
    let client: Option<IpAddr> = client.map(|Extension(ConnectInfo(address))| address.ip());
    if let Err(wait_s) = app.affiliations.take(client, app.clock.now()) {
        let message = format!("too many questions; ask again in {wait_s} seconds");
        let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, "too_many", &message);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait_s));
        return response;
    }
    let response = affiliated(&app, body);
    // Whatever the work took, nobody learns it.
    tokio::time::sleep_until(began + AFFILIATION_TAKES).await;
    response
}

fn affiliated(app: &App, body: Result<Bytes, BytesRejection>) -> Response {
    let request: AffiliationRequest = match read(body, BODY_BYTES_MAX) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let bad = |message: &str| refuse(StatusCode::BAD_REQUEST, "request", message);
    let Ok(iccid) = Iccid::parse(&request.iccid) else {
        return bad("iccid: needs 19 or 20 digits");
    };
    let Ok(imsi) = Imsi::parse(&request.imsi) else { return bad("imsi: needs 6 to 15 digits") };
    if request.home_provider.chars().count() > NAME_CHARS_MAX {
        return bad("home_provider: needs 64 characters at most");
    }
    if request.gid1.chars().count() > NAME_CHARS_MAX {
        return bad("gid1: needs 64 characters at most");
    }
    let sim = Sim {
        iccid: Some(iccid),
        imsi: Some(imsi.clone()),
        home_provider_name: Some(request.home_provider),
        ..Sim::gsm()
    };
    let now = app.serving();
    let Some(affiliations) = &now.metadata.affiliation else {
        let message = "no brand of the catalogue has a whole network";
        return refuse(StatusCode::NOT_FOUND, "not_offered", message);
    };
    match affiliations.answer(&sim, &imsi, Some(&request.gid1)) {
        Ok(answer) => json(StatusCode::OK, &answer),
        Err(error) => {
            tracing::error!(error, "an affiliation was not answered");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "try again in a minute")
        }
    }
}
