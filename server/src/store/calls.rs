//! What the store keeps of calls to the outside for an order: payment providers, the network,
//! billing. No personal data.
//!
//! Not here: the calls themselves ([`crate::engine::dispatch`]) and how they are shown
//! ([`crate::admin::timeline`]).

use domain::Timestamp;
use domain::code::OrderId;

use super::Reply;

/// Most calls that are kept of an order, the latest.
pub const CALLS_MAX: u32 = 200;

/// A call to the outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// When it was answered, or given up.
    pub at: Timestamp,
    /// Who was called: a payment provider, `network` or `billing`.
    pub whom: String,
    /// What for, such as `activate/2`: the effect's key without the order and without what would
    /// open a page of payment.
    pub what: String,
    /// What came of it, without personal data.
    pub outcome: String,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
}

/// Calls of an order that followed each other with the same outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls {
    /// When the first of them was answered.
    pub first_at: Timestamp,
    /// The last of them.
    pub last: Call,
    /// How many there were.
    pub count: u64,
}

/// A write about calls.
#[derive(Clone, Debug)]
pub enum CallsCommand {
    /// Writes a call down; one that says the same as the one before is counted with it, and the
    /// oldest beyond [`CALLS_MAX`] are forgotten.
    Note {
        /// The order.
        order: OrderId,
        /// The call.
        call: Call,
    },
}

/// Reads calls.
pub trait CallsStore: Send + Sync {
    /// Returns the calls of an order, oldest first.
    fn calls(&self, order: OrderId) -> Reply<'_, Vec<Calls>>;
}
