//! An operator's business support system: keeps a book of its own and answers as a test says.
//!
//! It speaks the protocol of `docs/operations.md` and knows nothing of the product's types. Not
//! here: calling back, which a test does itself with a token.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use domain::SignedDuration;
use serde_json::{Value, json};
use server::config::SystemConfig;
use server::outgoing::IpNetwork;
use tempfile::TempDir;
use tokio::sync::Notify;

/// The token that it asks for.
const TOKEN: &str = "bss-s3cret";

/// What happens to the next request for an activation.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is done, and nobody hears of it.
    LoseAnswer,
    /// Nothing is done and nothing is answered.
    Silence,
    /// Nothing is done; this status, with `Retry-After` where given.
    Status(u16, Option<u32>),
    /// It is refused for good, with this reason.
    Refuse(&'static str),
    /// Nothing is done; 200 with something else than JSON.
    Babble,
    /// It is done, and answered when this rings.
    Wait(Arc<Notify>),
}

/// An activation in the book.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// `pending`, `active` or `failed`.
    pub status: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// The latest try.
    pub attempt: u64,
    /// How often it was begun.
    pub begun: u32,
    /// Whether it is not to be any more.
    pub is_deactivated: bool,
    /// The latest request.
    pub request: Value,
    keys: BTreeSet<String>,
}

/// What is known of a SIM.
#[derive(Clone, Debug)]
pub struct Sim {
    /// `cold`, `warm` or `hot`.
    pub state: &'static str,
    /// The plans for it; absent = all.
    pub plans: Option<Vec<&'static str>>,
}

#[derive(Default)]
struct Book {
    entries: BTreeMap<String, Entry>,
    faults: VecDeque<Fault>,
    requests: u32,
    is_instant: bool,
    sims: BTreeMap<String, Sim>,
    look_ups: u32,
    is_mute: bool,
}

/// A system that listens.
pub struct Bss {
    address: SocketAddr,
    book: Arc<Mutex<Book>>,
    folder: TempDir,
}

type Shared = State<Arc<Mutex<Book>>>;

fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bss {
    /// Listens; activations stay pending until a test settles them.
    ///
    /// # Errors
    /// No port is free, or the token cannot be written.
    pub async fn start() -> Result<Self> {
        let book = Arc::new(Mutex::new(Book::default()));
        let routes = Router::new()
            .route("/bss/activations", post(activate))
            .route("/bss/activations/{code}", get(status).delete(deactivate))
            .route("/bss/subscribers/status", post(subscriber))
            .with_state(Arc::clone(&book));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("token"), TOKEN)?;
        Ok(Self { address, book, folder })
    }

    /// Returns how it is reached.
    #[must_use]
    pub fn config(&self) -> SystemConfig {
        SystemConfig {
            url: format!("http://{}/bss", self.address),
            token: Some(self.folder.path().join("token")),
            timeout: SignedDuration::from_secs(1),
            networks: IpNetwork::parse("127.0.0.0/8").into_iter().collect(),
        }
    }

    /// From here on, what is begun is active at once.
    pub fn activates_at_once(&self) {
        lock(&self.book).is_instant = true;
    }

    /// Lets this happen to the next requests for an activation, one after the other.
    pub fn fault(&self, faults: &[Fault]) {
        lock(&self.book).faults.extend(faults.iter().cloned());
    }

    /// Settles an activation: `active` or `failed`.
    pub fn settle(&self, code: &str, status: &str, reason: Option<&str>) {
        if let Some(entry) = lock(&self.book).entries.get_mut(code) {
            entry.status = status.to_owned();
            entry.reason = reason.map(str::to_owned);
        }
    }

    /// Activates what was given up, by mistake.
    pub fn revive(&self, code: &str) {
        if let Some(entry) = lock(&self.book).entries.get_mut(code) {
            (entry.status, entry.is_deactivated) = ("active".to_owned(), false);
        }
    }

    /// Returns what the book has of an order.
    #[must_use]
    pub fn entry(&self, code: &str) -> Option<Entry> {
        lock(&self.book).entries.get(code).cloned()
    }

    /// Returns how often an activation was asked for.
    #[must_use]
    pub fn requests(&self) -> u32 {
        lock(&self.book).requests
    }

    /// Puts a SIM into the book, by its ICCID.
    pub fn know(&self, iccid: &str, sim: Sim) {
        lock(&self.book).sims.insert(iccid.to_owned(), sim);
    }

    /// Says nothing about SIMs, or speaks again.
    pub fn mute(&self, is_mute: bool) {
        lock(&self.book).is_mute = is_mute;
    }

    /// Returns how often it was asked about a SIM.
    #[must_use]
    pub fn look_ups(&self) -> u32 {
        lock(&self.book).look_ups
    }
}

fn is_ours(headers: &HeaderMap) -> bool {
    let given = headers.get("authorization").and_then(|value| value.to_str().ok());
    given == Some(&format!("Bearer {TOKEN}"))
}

fn refused(status: u16, body: Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
    (status, body.to_string()).into_response()
}

async fn activate(State(book): Shared, headers: HeaderMap, body: Bytes) -> Response {
    if !is_ours(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (Some(key), Some(code)) = (key, request["order"].as_str()) else {
        return refused(400, json!({}));
    };
    let fault = {
        let mut book = lock(&book);
        book.requests += 1;
        book.faults.pop_front()
    };
    match &fault {
        Some(Fault::Silence) => return std::future::pending().await,
        Some(Fault::Babble) => return "<html>".into_response(),
        Some(Fault::Status(status, retry_after)) => {
            let mut response = refused(*status, json!({}));
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(RETRY_AFTER, (*seconds).into());
            }
            return response;
        }
        Some(Fault::Refuse(_) | Fault::LoseAnswer | Fault::Wait(_)) | None => {}
    }
    let response = begin(&mut lock(&book), code, key, &request, fault.as_ref());
    match fault {
        Some(Fault::LoseAnswer) => std::future::pending().await,
        Some(Fault::Wait(bell)) => bell.notified().await,
        _ => {}
    }
    response
}

/// Writes a request down, once for its key, and answers.
fn begin(
    book: &mut Book,
    code: &str,
    key: &str,
    request: &Value,
    fault: Option<&Fault>,
) -> Response {
    let is_instant = book.is_instant;
    let entry = book.entries.entry(code.to_owned()).or_default();
    if entry.is_deactivated {
        return refused(410, json!({ "reason": "deactivated" }));
    }
    if entry.keys.insert(key.to_owned()) {
        entry.request = request.clone();
        entry.attempt = request["attempt"].as_u64().unwrap_or_default();
        if let Some(Fault::Refuse(reason)) = fault {
            (entry.status, entry.reason) = ("failed".to_owned(), Some((*reason).to_owned()));
        } else if !matches!(entry.status.as_str(), "pending" | "active") {
            entry.begun += 1;
            entry.reason = None;
            entry.status = if is_instant { "active" } else { "pending" }.to_owned();
        }
    }
    match (entry.status.as_str(), &entry.reason) {
        ("failed", Some(reason)) => refused(422, json!({ "reason": reason })),
        (status, _) => refused(202, json!({ "status": status, "estimate_s": 120 })),
    }
}

async fn status(State(book): Shared, headers: HeaderMap, Path(code): Path<String>) -> Response {
    if !is_ours(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match lock(&book).entries.get(&code) {
        None => refused(404, json!({})),
        Some(entry) => {
            let (status, reason) = (&entry.status, &entry.reason);
            let body = json!({ "status": status, "attempt": entry.attempt, "reason": reason });
            refused(200, body)
        }
    }
}

async fn deactivate(State(book): Shared, headers: HeaderMap, Path(code): Path<String>) -> Response {
    if !is_ours(&headers) || !headers.contains_key("idempotency-key") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut book = lock(&book);
    let entry = book.entries.entry(code).or_default();
    entry.is_deactivated = true;
    entry.status = "failed".to_owned();
    StatusCode::NO_CONTENT.into_response()
}

async fn subscriber(State(book): Shared, headers: HeaderMap, body: Bytes) -> Response {
    if !is_ours(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = {
        let mut book = lock(&book);
        book.look_ups += 1;
        let sim = asked["iccid"].as_str().and_then(|iccid| book.sims.get(iccid));
        (!book.is_mute).then(|| match sim {
            None => refused(404, json!({})),
            Some(Sim { state, plans: None }) => refused(200, json!({ "state": state })),
            Some(Sim { state, plans }) => refused(200, json!({ "state": state, "plans": plans })),
        })
    };
    match answer {
        Some(answer) => answer,
        None => std::future::pending().await,
    }
}
