//! The sandbox: a payment provider of its own that takes test cards and moves no money.
//!
//! It keeps its own book (`sandbox_session`), shows its own page ([`crate::http::sandbox`]) and
//! confirms by a signed event to the route that a real provider would call, so that one can
//! take its place. The cards are those of the command contract §7. Not here: the page and the ledger.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use domain::Timestamp;
use domain::amount::{Currency, Money};
use domain::order::PaymentSession;
use ring::hmac;
use serde::{Deserialize, Serialize};
use tower::ServiceExt as _;

use super::{
    OpenRequest, PaymentError, PaymentProvider, ProviderEvent, Reply, SessionEvent, SessionStatus,
    Whose, signature,
};
use crate::clock::Clock;
use crate::entropy;
use crate::store::{Command, SandboxSession, SandboxStatus, Store};

/// The header that carries the signature, as [`signature`] makes it.
pub const SIGNATURE_HEADER: &str = "broadgate-signature";
/// The route that takes the sandbox's events.
const EVENTS_PATH: &str = "/api/payments/sandbox/events";
/// How often an event is sent before the provider gives up; asking finds the payment still.
const EVENT_TRIES: u32 = 3;

/// The sandbox provider.
pub struct Sandbox {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    key: hmac::Key,
    /// The routes that events go to, made after the provider.
    events: Mutex<Option<Router>>,
}

/// What a card comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardOutcome {
    /// Paid at once.
    Paid,
    /// Refused.
    Declined,
    /// The bank wants a further confirmation first.
    Confirm,
    /// No card that the sandbox knows.
    Unknown,
}

/// Says what a card number comes to; blanks in it do not count.
#[must_use]
pub fn card_outcome(number: &str) -> CardOutcome {
    let digits: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    match digits.as_str() {
        "4242424242424242" => CardOutcome::Paid,
        "4000000000000002" => CardOutcome::Declined,
        "4000000000003220" => CardOutcome::Confirm,
        _ => CardOutcome::Unknown,
    }
}

#[derive(Serialize, Deserialize)]
struct Event {
    id: String,
    session: String,
    status: String,
    reference: Option<String>,
    amount_minor: i64,
    currency: String,
}

impl Sandbox {
    /// Makes the provider over its own book.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &entropy::bytes::<32>());
        Self { store, clock, key, events: Mutex::new(None) }
    }

    /// Tells the provider which routes take its events; none lets go of the routes.
    pub fn deliver_to(&self, routes: Option<Router>) {
        *self.events.lock().unwrap_or_else(PoisonError::into_inner) = routes;
    }

    /// Returns a session as its page shows it; a window that is over closes it.
    ///
    /// # Errors
    /// Unknown session, or the book cannot be read.
    pub async fn session(&self, id: &str) -> Result<SandboxSession, PaymentError> {
        let found = self.store.session_of(id).await?;
        let is_over = is_waiting(found.status) && self.clock.now() >= found.closes_at;
        if is_over { self.move_on(id, SandboxStatus::Closed).await } else { Ok(found) }
    }

    /// Ends a waiting session as the card decides and sends the signed event.
    ///
    /// # Errors
    /// Unknown session, or the book cannot be written.
    pub async fn charge(&self, id: &str, is_paid: bool) -> Result<SandboxSession, PaymentError> {
        let found = self.session(id).await?;
        if !is_waiting(found.status) {
            return Ok(found);
        }
        let status = if is_paid { SandboxStatus::Paid } else { SandboxStatus::Declined };
        let settled = self.move_on(id, status).await?;
        self.send_event(&settled).await;
        Ok(settled)
    }

    /// Has an open session wait for the customer's word to the bank.
    ///
    /// # Errors
    /// Unknown session, or the book cannot be written.
    pub async fn ask_bank(&self, id: &str) -> Result<SandboxSession, PaymentError> {
        self.move_on(id, SandboxStatus::Confirming).await
    }

    /// Moves a waiting session on and returns what the book has then: whoever was first counts.
    async fn move_on(
        &self,
        id: &str,
        status: SandboxStatus,
    ) -> Result<SandboxSession, PaymentError> {
        // Made from the session, so that two submits at once are one payment.
        let reference = (status == SandboxStatus::Paid).then(|| format!("pay_{id}"));
        self.write(Command::MoveSandboxSession { id: id.to_owned(), status, reference }).await?;
        self.store.session_of(id).await
    }

    async fn write(&self, command: Command) -> Result<(), PaymentError> {
        let written = self.store.commit(vec![command]).await;
        written.map_err(|error| PaymentError::Unavailable(error.to_string()))
    }

    async fn send_event(&self, session: &SandboxSession) {
        let routes = self.events.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(routes) = routes else { return };
        let event = Event {
            id: format!("evt_{}_{}", session.id, status_name(session.status)),
            session: session.id.clone(),
            status: status_name(session.status).to_owned(),
            reference: session.reference.clone(),
            amount_minor: session.amount.minor,
            currency: session.amount.currency.code().to_owned(),
        };
        let Ok(body) = serde_json::to_vec(&event) else { return };
        for attempt in 1..=EVENT_TRIES {
            match self.post(&routes, &body).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(attempt, error, "sandbox event was not taken");
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                }
            }
        }
    }

    async fn post(&self, routes: &Router, body: &[u8]) -> Result<(), String> {
        let request = Request::post(EVENTS_PATH)
            .header("content-type", "application/json")
            .header(SIGNATURE_HEADER, signature::sign(&self.key, self.clock.now(), body))
            .body(Body::from(body.to_vec()))
            .map_err(|error| error.to_string())?;
        let answer = routes.clone().oneshot(request).await;
        let status = answer.map_err(|error| error.to_string())?.status();
        if status.is_success() { Ok(()) } else { Err(format!("answer {status}")) }
    }
}

/// Tells whether a session still takes a card or a confirmation.
fn is_waiting(status: SandboxStatus) -> bool {
    matches!(status, SandboxStatus::Open | SandboxStatus::Confirming)
}

fn status_name(status: SandboxStatus) -> &'static str {
    match status {
        SandboxStatus::Open | SandboxStatus::Confirming => "open",
        SandboxStatus::Paid => "paid",
        SandboxStatus::Declined => "declined",
        SandboxStatus::Closed => "closed",
    }
}

fn status_of(session: &SandboxSession) -> SessionStatus {
    match (session.status, &session.reference) {
        (SandboxStatus::Paid, Some(reference)) => {
            SessionStatus::Paid { reference: reference.clone(), amount: session.amount }
        }
        (SandboxStatus::Declined, _) => SessionStatus::Declined,
        (SandboxStatus::Closed, _) => SessionStatus::Closed,
        (SandboxStatus::Open | SandboxStatus::Confirming | SandboxStatus::Paid, _) => {
            SessionStatus::Open
        }
    }
}

/// Reading the sandbox's book with the port's errors.
trait Book {
    async fn session_of(&self, id: &str) -> Result<SandboxSession, PaymentError>;
}

impl Book for Arc<dyn Store> {
    async fn session_of(&self, id: &str) -> Result<SandboxSession, PaymentError> {
        let found = self.sandbox_session(id.to_owned()).await;
        let found = found.map_err(|error| PaymentError::Unavailable(error.to_string()))?;
        found.ok_or(PaymentError::UnknownSession)
    }
}

impl PaymentProvider for Sandbox {
    fn name(&self) -> &str {
        "sandbox"
    }

    fn origins(&self) -> Vec<String> {
        // Its page is one of this server's.
        Vec::new()
    }

    fn open(&self, request: OpenRequest) -> Reply<'_, PaymentSession> {
        Box::pin(async move {
            let key = request.key.clone();
            let session = SandboxSession {
                id: entropy::hex(&entropy::bytes::<16>()),
                key: request.key,
                description: request.description,
                amount: request.amount,
                return_url: request.return_url,
                closes_at: request.closes_at,
                status: SandboxStatus::Open,
                reference: None,
                is_refunded: false,
            };
            self.write(Command::InsertSandboxSession(session)).await?;
            let kept = self.store.sandbox_session_by_key(key).await;
            let kept = kept.map_err(|error| PaymentError::Unavailable(error.to_string()))?;
            let session = kept.ok_or(PaymentError::UnknownSession)?;
            let url = format!("/sandbox/pay/{}", session.id);
            Ok(PaymentSession { provider: self.name().to_owned(), id: session.id, url })
        })
    }

    fn close(&self, session: String) -> Reply<'_, SessionStatus> {
        Box::pin(async move {
            self.session(&session).await?;
            self.move_on(&session, SandboxStatus::Closed).await.map(|found| status_of(&found))
        })
    }

    fn retrieve(&self, session: String) -> Reply<'_, SessionStatus> {
        Box::pin(async move { self.session(&session).await.map(|found| status_of(&found)) })
    }

    fn refund(&self, _key: String, reference: String, _amount: Money) -> Reply<'_, ()> {
        Box::pin(async move {
            let found = self.store.sandbox_session_by_reference(reference).await;
            let found = found.map_err(|error| PaymentError::Unavailable(error.to_string()))?;
            let session = found.ok_or(PaymentError::UnknownSession)?;
            let reference = session.reference.unwrap_or_default();
            self.write(Command::RefundSandboxPayment { reference }).await
        })
    }

    fn verify_event(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ProviderEvent, PaymentError> {
        let header = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
        let keys = std::slice::from_ref(&self.key);
        signature::verify(keys, header.unwrap_or_default(), body, now)?;
        let event: Event = serde_json::from_slice(body).map_err(|_| PaymentError::BadEvent)?;
        let currency = Currency::parse(&event.currency).ok_or(PaymentError::BadEvent)?;
        let amount = Money { minor: event.amount_minor, currency };
        let status = match (event.status.as_str(), event.reference) {
            ("paid", Some(reference)) => SessionStatus::Paid { reference, amount },
            ("declined", _) => SessionStatus::Declined,
            ("closed", _) => SessionStatus::Closed,
            _ => return Err(PaymentError::BadEvent),
        };
        let (id, session, whose) = (event.id, event.session, Whose::Portal);
        Ok(ProviderEvent::Session(SessionEvent { id, session, whose, status }))
    }
}
