//! What is sent to Stripe's API and what comes back, of a session and of a refund.
//!
//! Only fields that are used are read; whatever else there is may change. Not here: the events,
//! which hold the same sessions ([`super::events`]).

use std::collections::BTreeMap;

use domain::amount::Money;
use domain::code::OrderCode;
use domain::{SignedDuration, Timestamp};
use form_urlencoded::Serializer;
use serde::Deserialize;

use super::amounts::{from_units, to_units};
use crate::payment::{OpenRequest, PaymentError, SessionStatus, Whose};

/// The least time for which a session can be opened (POST /v1/checkout/sessions, `expires_at`),
/// and five minutes for clocks that differ.
const OPEN_MIN: SignedDuration = SignedDuration::from_mins(30 + 5);
/// The longest one, less five minutes for the same.
const OPEN_MAX: SignedDuration = SignedDuration::from_mins(24 * 60 - 5);
/// Under which name a session says which order it is for.
const ORDER: &str = "order";
/// Under which name it says whose order that is: an account may serve others too.
const PORTAL: &str = "portal";

/// A Checkout Session, as an answer or in an event.
#[derive(Clone, Debug, Deserialize)]
pub struct CheckoutSession {
    /// Its id.
    pub id: String,
    /// Its page, while it is open.
    pub url: Option<String>,
    status: Option<String>,
    payment_status: String,
    amount_total: Option<i64>,
    currency: Option<String>,
    payment_intent: Option<Reference>,
    metadata: Option<BTreeMap<String, String>>,
}

/// A PaymentIntent, by its id or as a whole.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Whole { id: String, status: String },
}

/// A refund.
#[derive(Clone, Debug, Deserialize)]
pub struct Refund {
    status: Option<String>,
    amount: i64,
    currency: String,
    metadata: Option<BTreeMap<String, String>>,
}

/// The refunds of a payment.
#[derive(Clone, Debug, Deserialize)]
pub struct Refunds {
    data: Vec<Refund>,
}

/// Tells whether a text may be an id of the API: it stands in paths.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    !text.is_empty() && text.len() <= 255 && text.bytes().all(fits)
}

/// Writes the form that opens a session: the same request is the same form.
///
/// # Errors
/// The amount cannot be paid there.
pub fn new_session(
    request: &OpenRequest,
    methods: &[String],
    portal: &str,
) -> Result<String, PaymentError> {
    let units = to_units(request.amount).map_err(PaymentError::Refused)?;
    let code = request.order.as_str();
    let mut form = Serializer::new(String::new());
    form.append_pair("mode", "payment");
    form.append_pair("client_reference_id", code);
    for holder in ["metadata", "payment_intent_data[metadata]"] {
        form.append_pair(&format!("{holder}[{ORDER}]"), code);
        form.append_pair(&format!("{holder}[{PORTAL}]"), portal);
    }
    let price = "line_items[0][price_data]";
    form.append_pair("line_items[0][quantity]", "1");
    let currency = request.amount.currency.code().to_ascii_lowercase();
    form.append_pair(&format!("{price}[currency]"), &currency);
    form.append_pair(&format!("{price}[unit_amount]"), &units.to_string());
    form.append_pair(&format!("{price}[tax_behavior]"), "inclusive");
    form.append_pair(&format!("{price}[product_data][name]"), &request.description);
    if let Some(tax) = &request.tax {
        form.append_pair(&format!("{price}[product_data][description]"), tax);
    }
    for (at, method) in methods.iter().enumerate() {
        form.append_pair(&format!("payment_method_types[{at}]"), method);
    }
    form.append_pair("success_url", &request.return_url);
    form.append_pair("cancel_url", &request.return_url);
    let expires_at = expires_at(request.decided_at, request.closes_at);
    form.append_pair("expires_at", &expires_at.as_second().to_string());
    Ok(form.finish())
}

/// Returns when a session expires by itself, should nobody here expire it before: as soon after
/// the window as the API allows at any try within it.
fn expires_at(decided_at: Timestamp, closes_at: Timestamp) -> Timestamp {
    let after = |at: Timestamp, time| at.checked_add(time).unwrap_or(Timestamp::MAX);
    after(closes_at, OPEN_MIN).min(after(decided_at, OPEN_MAX))
}

/// Writes the form that gives a payment back.
///
/// # Errors
/// The amount cannot be paid there.
pub fn new_refund(key: &str, reference: &str, amount: Money) -> Result<String, PaymentError> {
    let units = to_units(amount).map_err(PaymentError::Refused)?;
    let mut form = Serializer::new(String::new());
    form.append_pair("payment_intent", reference);
    form.append_pair("amount", &units.to_string());
    form.append_pair("metadata[key]", key);
    Ok(form.finish())
}

impl CheckoutSession {
    /// Says where the session stands.
    ///
    /// # Errors
    /// It is paid without saying what, or says something that the API does not have.
    pub fn standing(&self) -> Result<SessionStatus, PaymentError> {
        let strange = || PaymentError::Unavailable("the session says nothing known".to_owned());
        match (self.status.as_deref(), self.payment_status.as_str()) {
            (Some("open"), _) => Ok(SessionStatus::Open),
            (Some("expired"), _) => Ok(SessionStatus::Closed),
            (Some("complete"), "paid" | "no_payment_required") => self.paid().ok_or_else(strange),
            (Some("complete"), "unpaid") => Ok(self.unpaid()),
            _ => Err(strange()),
        }
    }

    /// Says what was paid; the session stands for the payment of what costs nothing.
    fn paid(&self) -> Option<SessionStatus> {
        let reference = match &self.payment_intent {
            Some(Reference::Id(id) | Reference::Whole { id, .. }) => id.clone(),
            None => self.id.clone(),
        };
        let amount = from_units(self.amount_total?, self.currency.as_deref()?)?;
        Some(SessionStatus::Paid { reference, amount })
    }

    /// A payment that takes days is under way, or it failed in the end.
    fn unpaid(&self) -> SessionStatus {
        match &self.payment_intent {
            Some(Reference::Whole { status, .. })
                if matches!(status.as_str(), "requires_payment_method" | "canceled") =>
            {
                SessionStatus::Declined
            }
            _ => SessionStatus::Pending,
        }
    }

    /// Says whose session it is; `portal` is the origin by which ours are known.
    #[must_use]
    pub fn whose(&self, portal: &str) -> Whose {
        let said = |name: &str| self.metadata.as_ref().and_then(|metadata| metadata.get(name));
        match (said(PORTAL), said(ORDER).and_then(|code| OrderCode::parse(code))) {
            (Some(of), Some(order)) if of == portal => Whose::Order(order),
            (Some(of), None) if of == portal => Whose::Portal,
            _ => Whose::Foreign,
        }
    }
}

impl Refund {
    /// Tells whether the money goes back.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self.status.as_deref(), Some("succeeded" | "pending" | "requires_action"))
    }

    /// Returns the key that it was made with, where one of ours did it.
    fn key(&self) -> Option<&str> {
        self.metadata.as_ref()?.get("key").map(String::as_str)
    }
}

impl Refunds {
    /// Tells whether one of them gave this amount back under this key.
    #[must_use]
    pub fn give_back(&self, key: &str, amount: Money) -> bool {
        let is_it = |refund: &Refund| {
            let of = from_units(refund.amount, &refund.currency);
            refund.is_good() && refund.key() == Some(key) && of == Some(amount)
        };
        self.data.iter().any(is_it)
    }
}

#[cfg(test)]
mod tests;
