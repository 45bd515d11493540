//! A call to the outside while it is made, and what is written down of it.
//!
//! Not here: making it ([`super::dispatch`], [`super::timers`], [`super::janitor`]).

use std::time::Instant;

use domain::Timestamp;
use domain::code::OrderId;
use domain::order::Effect;

use crate::store::calls::{Call, CallsCommand};
use crate::store::{Command, OutboxEntry};

/// What came of a call that did what it was for.
pub const DONE: &str = "done";
/// Who makes plans active.
pub const NETWORK: &str = "network";
/// Who brings subscriptions to what they come to: nobody outside.
const LEDGER: &str = "ledger";
/// Who knows what is used.
pub const BILLING: &str = "billing";

/// A call that is being made.
pub struct Calling {
    order: OrderId,
    whom: String,
    what: String,
    began: Instant,
}

impl Calling {
    /// Begins a call.
    #[must_use]
    pub fn begin(order: OrderId, whom: &str, what: &str) -> Self {
        let (whom, what) = (whom.to_owned(), what.to_owned());
        Self { order, whom, what, began: Instant::now() }
    }

    /// Begins the call of an effect, named by its key but for the ids of providers, one of which
    /// opens a page of payment.
    #[must_use]
    pub fn of(entry: &OutboxEntry) -> Self {
        let (whom, what) = match &entry.effect {
            Effect::OpenPayment { attempt, provider, .. } => {
                (provider.as_str(), format!("open/{attempt}"))
            }
            Effect::ChargePayment { provider, .. } => (provider.as_str(), "charge".to_owned()),
            Effect::ClosePayment { provider, .. } => (provider.as_str(), "close".to_owned()),
            Effect::Activate { number } => (NETWORK, format!("activate/{number}")),
            Effect::Deactivate { number, is_late: false } => {
                (NETWORK, format!("deactivate/{number}"))
            }
            Effect::Deactivate { number, is_late: true } => {
                (NETWORK, format!("deactivate/{number}/late"))
            }
            Effect::Extend { .. } => (LEDGER, "extend".to_owned()),
            Effect::Refund { payment, .. } => (payment.provider.as_str(), "refund".to_owned()),
        };
        Self::begin(entry.order, whom, &what)
    }

    /// Makes the command that writes down what came of it, without personal data.
    #[must_use]
    pub fn came_to(&self, at: Timestamp, outcome: &str) -> Command {
        let elapsed_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let call = Call {
            at,
            whom: self.whom.clone(),
            what: self.what.clone(),
            outcome: outcome.to_owned(),
            elapsed_ms,
        };
        Command::Calls(CallsCommand::Note { order: self.order, call })
    }
}
