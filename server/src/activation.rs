//! The activation port: asking the network to make a plan active, and whether it is.
//!
//! The embedded default simulates a network that needs a while; [`http`] asks the operator's own
//! system. Not here: how long is too long ([`domain::activation`]).

pub mod http;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use domain::activation::Refusal;
use domain::customer::CustomerData;
use domain::{SignedDuration, Timestamp};

use crate::store::Order;

/// What a call of the port comes to.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, ActivationError>> + Send + 'a>>;

/// What the network says to an activation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivationStatus {
    /// It works on it.
    Pending,
    /// The plan is active.
    Active,
    /// It will not activate it; why, where it says so.
    Failed(Option<Refusal>),
}

/// The network answered a request for an activation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// How long it expects to take.
    pub estimate: Option<SignedDuration>,
    /// What the operator adds to the ten minutes [PORT-40].
    pub margin: SignedDuration,
    /// Where it stands already; failed if it did not even take it.
    pub status: ActivationStatus,
}

/// The network does not answer now; the same call may be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivationError {
    /// What went wrong, without personal data.
    pub why: String,
    /// How long the network wants to be left alone, where it says so.
    pub pause: Option<SignedDuration>,
}

impl fmt::Display for ActivationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the network does not answer: {}", self.why)
    }
}

impl std::error::Error for ActivationError {}

/// What is to be activated.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The idempotency key of the request.
    pub key: &'a str,
    /// The order.
    pub order: &'a Order,
    /// What the customer said for it.
    pub customer: Option<&'a CustomerData>,
}

/// The operator's network.
pub trait ActivationPort: Send + Sync {
    /// Asks for the activation of an order, once however often it is called with its key.
    fn request<'a>(&'a self, wanted: Wanted<'a>, now: Timestamp) -> Reply<'a, Accepted>;
    /// Asks where an activation stands.
    fn status<'a>(&'a self, order: &'a Order, now: Timestamp) -> Reply<'a, ActivationStatus>;
    /// Says that the plan of an order is not to be, or not any more, once however often it is
    /// called with its key; also for one that was never asked for.
    fn deactivate<'a>(&'a self, key: &'a str, order: &'a Order) -> Reply<'a, ()>;
}

/// A network that activates after a fixed time.
#[derive(Clone, Copy, Debug)]
pub struct SimulatedActivation {
    /// How long it takes; zero = at once.
    pub delay: SignedDuration,
    /// What the operator adds to the ten minutes.
    pub margin: SignedDuration,
    /// Whether it refuses in the end.
    pub fails: bool,
}

impl SimulatedActivation {
    fn after(&self, elapsed: SignedDuration) -> ActivationStatus {
        match (elapsed >= self.delay, self.fails) {
            (false, _) => ActivationStatus::Pending,
            (true, false) => ActivationStatus::Active,
            (true, true) => ActivationStatus::Failed(None),
        }
    }
}

impl ActivationPort for SimulatedActivation {
    fn request<'a>(&'a self, _: Wanted<'a>, _: Timestamp) -> Reply<'a, Accepted> {
        let status = self.after(SignedDuration::ZERO);
        let accepted = Accepted { estimate: Some(self.delay), margin: self.margin, status };
        Box::pin(async move { Ok(accepted) })
    }

    fn status<'a>(&'a self, order: &'a Order, now: Timestamp) -> Reply<'a, ActivationStatus> {
        // The order remembers when it was asked, so the simulation survives a restart.
        let elapsed = order.order.activation.map_or(SignedDuration::ZERO, |a| a.elapsed(now));
        let status = self.after(elapsed);
        Box::pin(async move { Ok(status) })
    }

    fn deactivate<'a>(&'a self, _: &'a str, _: &'a Order) -> Reply<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}
