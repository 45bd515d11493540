//! The payment port: a provider's hosted page, and what it confirms.
//!
//! Money is asked for in one place (open), confirmed in two (its signed event and our question,
//! both of which lead to the same ledger event), and never believed from a browser. Not here:
//! what a payment does to an order ([`domain::order`]).
//!
//! - [`hosted`]: the hosted page of Stripe, or of whoever speaks its API;
//! - [`sandbox`]: a provider of its own that moves no money;
//! - [`signature`]: how events are signed.

pub mod hosted;
pub mod sandbox;
pub mod signature;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::HeaderMap;
use domain::amount::Money;
use domain::code::OrderCode;
use domain::order::PaymentSession;
use domain::{SignedDuration, Timestamp};

/// What a call of the port comes to.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, PaymentError>> + Send + 'a>>;

/// A session to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// The same key opens the same session.
    pub key: String,
    /// The order, by the code that its customer knows.
    pub order: OrderCode,
    /// What is bought, as the customer reads it.
    pub description: String,
    /// What it costs.
    pub amount: Money,
    /// What of it is tax, as the customer reads it, where that is known.
    pub tax: Option<String>,
    /// Where the customer goes afterwards.
    pub return_url: String,
    /// When it was decided: the same at each try.
    pub decided_at: Timestamp,
    /// When the window closes.
    pub closes_at: Timestamp,
}

/// What the provider says of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// It waits for the customer.
    Open,
    /// The customer has paid and the money is not there yet: nobody can pay it any more, and
    /// whether it is paid shows later.
    Pending,
    /// It is paid.
    Paid {
        /// The provider's id of the payment.
        reference: String,
        /// What was paid.
        amount: Money,
    },
    /// The payment was refused.
    Declined,
    /// It was closed unpaid.
    Closed,
}

/// An event that a provider signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderEvent {
    /// It is about a session.
    Session(SessionEvent),
    /// A payment did not go back after all.
    RefundFailed {
        /// The provider's id of the payment.
        reference: String,
    },
    /// It is about something that is of no use here.
    Other,
}

/// An event about a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEvent {
    /// The provider's id of the event.
    pub id: String,
    /// The session.
    pub session: String,
    /// Whose session it is, by what the provider was told when it was opened.
    pub whose: Whose,
    /// Where the session stands.
    pub status: SessionStatus,
}

/// Whose a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// An order's of this portal.
    Order(OrderCode),
    /// This portal's; the provider does not say which order's.
    Portal,
    /// Of somebody else who has the same account with the provider.
    Foreign,
}

/// Why a call of the port failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentError {
    /// The provider does not answer now; the same call may be made again.
    Unavailable(String),
    /// The provider asks to be left alone for so long.
    Busy(SignedDuration),
    /// The provider will not do it, however often it is asked: a person must look. The text says
    /// why, without personal data.
    Refused(String),
    /// The provider does not know the session.
    UnknownSession,
    /// The event's signature is missing, wrong or too old.
    BadSignature,
    /// The event is signed but unreadable.
    BadEvent,
}

impl fmt::Display for PaymentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(what) => write!(f, "the payment provider does not answer: {what}"),
            Self::Busy(pause) => write!(f, "the payment provider wants a pause of {pause:#}"),
            Self::Refused(why) => write!(f, "the payment provider refuses: {why}"),
            Self::UnknownSession => f.write_str("the payment provider does not know the session"),
            Self::BadSignature => f.write_str("the signature is missing, wrong or too old"),
            Self::BadEvent => f.write_str("the event is unreadable"),
        }
    }
}

impl std::error::Error for PaymentError {}

/// A payment provider.
pub trait PaymentProvider: Send + Sync {
    /// Returns the provider's name in configuration, routes and the replay table.
    fn name(&self) -> &str;
    /// Returns the origins that its pages have, other than ours; a form may lead there.
    fn origins(&self) -> Vec<String>;
    /// Opens a session, or returns the one that this key opened before.
    fn open(&self, request: OpenRequest) -> Reply<'_, PaymentSession>;
    /// Closes a session unless it is paid; says how it ended.
    fn close(&self, session: String) -> Reply<'_, SessionStatus>;
    /// Asks how a session stands.
    fn retrieve(&self, session: String) -> Reply<'_, SessionStatus>;
    /// Gives a payment back as a whole, once however often it is called; the same key is the same
    /// refund.
    fn refund(&self, key: String, reference: String, amount: Money) -> Reply<'_, ()>;
    /// Checks the signature of an event, which is in its headers, and reads it.
    ///
    /// # Errors
    /// [`PaymentError::BadSignature`] and [`PaymentError::BadEvent`].
    fn verify_event(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<ProviderEvent, PaymentError>;
}

/// The payment providers of the configuration, by name.
pub struct Payments {
    providers: BTreeMap<String, Arc<dyn PaymentProvider>>,
}

impl Payments {
    /// The provider of brands that name none.
    pub const DEFAULT: &str = "sandbox";

    /// Makes the registry; two names of one provider are as good as one.
    #[must_use]
    pub fn new(providers: BTreeMap<String, Arc<dyn PaymentProvider>>) -> Self {
        Self { providers }
    }

    /// Returns a provider.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&dyn PaymentProvider> {
        self.providers.get(name).map(AsRef::as_ref)
    }

    /// Returns the own name of the provider that a brand names, or of the default one.
    #[must_use]
    pub fn own_name(&self, named: Option<&str>) -> &str {
        let named = named.unwrap_or(Self::DEFAULT);
        self.get(named).map_or(Self::DEFAULT, PaymentProvider::name)
    }

    /// Returns the origins of every provider's pages, each once.
    #[must_use]
    pub fn origins(&self) -> Vec<String> {
        let all: std::collections::BTreeSet<String> =
            self.providers.values().flat_map(|provider| provider.origins()).collect();
        all.into_iter().collect()
    }
}
