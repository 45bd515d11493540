//! The book of the fake: what was opened, paid and given back.
//!
//! Not here: who may ask ([`super::api`]) and who is told ([`super::events`]).

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The fields of a form.
pub(super) type Form = BTreeMap<String, String>;

/// A Checkout Session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// `open`, `complete` or `expired`.
    pub status: &'static str,
    /// `unpaid`, `paid` or `no_payment_required`.
    pub payment_status: &'static str,
    /// Its page.
    pub url: String,
    /// What is to be paid.
    pub units: i64,
    /// In which currency, lower case.
    pub currency: String,
    /// Its payment, once there is one.
    pub intent: Option<String>,
    /// Where the customer goes once paid.
    pub success_url: String,
    /// Where the customer goes otherwise.
    pub cancel_url: String,
    /// When it expires, in seconds since 1970.
    pub expires_at: i64,
    /// What its maker wrote to it.
    pub metadata: Form,
    /// The form that made it.
    pub form: Form,
}

/// A PaymentIntent that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Its id.
    pub id: String,
    /// Whose payment it is.
    pub session: String,
    /// `succeeded`, `processing` or `requires_payment_method`.
    pub status: &'static str,
    /// How much.
    pub units: i64,
    /// How much of it went back.
    pub refunded: i64,
}

/// A refund.
#[derive(Clone, Debug)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) intent: String,
    pub(super) units: i64,
    pub(super) currency: String,
    pub(super) metadata: Form,
}

/// The book.
#[derive(Default)]
pub(super) struct Book {
    pub(super) sessions: BTreeMap<String, Session>,
    pub(super) intents: BTreeMap<String, Intent>,
    pub(super) refunds: Vec<Refund>,
    /// What was answered to each idempotency key: path, form, status, body.
    pub(super) kept: BTreeMap<String, (String, String, u16, Value)>,
    number: u32,
}

impl Book {
    /// Makes an id that no other object has.
    pub(super) fn id(&mut self, kind: &str) -> String {
        self.number += 1;
        format!("{kind}_test_{:04}", self.number)
    }

    pub(super) fn sessions_of(&self, order: &str) -> Vec<Session> {
        let is_its =
            |session: &&Session| session.metadata.get("order").is_some_and(|of| of == order);
        self.sessions.values().filter(is_its).cloned().collect()
    }

    pub(super) fn payments_of(&self, order: &str) -> Vec<Intent> {
        let sessions = self.sessions_of(order);
        let is_its = |intent: &&Intent| {
            intent.status == "succeeded" && sessions.iter().any(|of| of.id == intent.session)
        };
        self.intents.values().filter(is_its).cloned().collect()
    }

    /// Writes a session as the API shows it.
    pub(super) fn show(&self, session: &Session, is_expanded: bool) -> Value {
        let intent = session.intent.as_ref().and_then(|id| self.intents.get(id));
        let intent = intent.map(|intent| match is_expanded {
            true => json!({
                "id": intent.id, "object": "payment_intent", "status": intent.status,
                "amount": intent.units, "currency": session.currency,
            }),
            false => json!(intent.id),
        });
        json!({
            "id": session.id,
            "object": "checkout.session",
            "mode": "payment",
            "livemode": false,
            "status": session.status,
            "payment_status": session.payment_status,
            "amount_subtotal": session.units,
            "amount_total": session.units,
            "currency": session.currency,
            "client_reference_id": session.form.get("client_reference_id"),
            "metadata": session.metadata,
            "payment_intent": intent,
            "success_url": session.success_url,
            "cancel_url": session.cancel_url,
            "expires_at": session.expires_at,
            "url": (session.status == "open").then_some(&session.url),
        })
    }

    /// Expires the open sessions whose time is over; returns them.
    pub(super) fn expire_due(&mut self, now: i64) -> Vec<Value> {
        let is_due = |session: &&Session| session.status == "open" && session.expires_at <= now;
        let due: Vec<String> =
            self.sessions.values().filter(is_due).map(|session| session.id.clone()).collect();
        due.iter().filter_map(|id| self.expire(id)).collect()
    }

    /// Expires an open session; returns it.
    pub(super) fn expire(&mut self, id: &str) -> Option<Value> {
        let session = self.sessions.get_mut(id).filter(|session| session.status == "open")?;
        session.status = "expired";
        let session = session.clone();
        Some(self.show(&session, false))
    }

    /// Pays an open session, at once or in some days; returns it.
    pub(super) fn pay(&mut self, id: &str, takes_days: bool) -> Option<Value> {
        let intent = self.id("pi");
        let session = self.sessions.get_mut(id).filter(|session| session.status == "open")?;
        session.status = "complete";
        let status = if takes_days { "processing" } else { "succeeded" };
        session.payment_status = match (takes_days, session.units) {
            (true, _) => "unpaid",
            (false, 0) => "no_payment_required",
            (false, _) => "paid",
        };
        if session.units > 0 {
            session.intent = Some(intent.clone());
            let (units, session) = (session.units, session.id.clone());
            let made = Intent { id: intent.clone(), session, status, units, refunded: 0 };
            self.intents.insert(intent, made);
        }
        let session = self.sessions.get(id)?.clone();
        Some(self.show(&session, false))
    }

    /// Ends a payment that takes days; returns the event's type and the session.
    pub(super) fn settle(&mut self, id: &str, is_paid: bool) -> Option<(&'static str, Value)> {
        let session = self.sessions.get_mut(id)?;
        let intent = self.intents.get_mut(session.intent.as_ref()?)?;
        if intent.status != "processing" {
            return None;
        }
        intent.status = if is_paid { "succeeded" } else { "requires_payment_method" };
        session.payment_status = if is_paid { "paid" } else { "unpaid" };
        let session = session.clone();
        let kind = match is_paid {
            true => "checkout.session.async_payment_succeeded",
            false => "checkout.session.async_payment_failed",
        };
        Some((kind, self.show(&session, false)))
    }
}
