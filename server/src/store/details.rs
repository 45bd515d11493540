//! What the store keeps of what customers said of themselves.
//!
//! Not here: what they are asked, and whether it will do ([`domain::customer`]).

use domain::Timestamp;
use domain::code::OrderId;
use domain::customer::CustomerData;

use super::Reply;

/// A write about customers.
#[derive(Clone, Debug)]
pub enum DetailsCommand {
    /// Keeps what was said on the way to an order, in place of what this session said before.
    SaveDraft {
        /// Hash of the session's cookie.
        session: String,
        /// When the session ends, and this with it.
        expires_at: Timestamp,
        /// What was said.
        data: CustomerData,
    },
    /// Keeps what an order needs; what is there already stays.
    Keep {
        /// The order, which is there or in the same batch before.
        order: OrderId,
        /// When.
        at: Timestamp,
        /// What was said.
        data: CustomerData,
    },
}

/// Reads what is kept of customers.
pub trait DetailsStore: Send + Sync {
    /// Returns what a session said on the way to an order.
    fn customer_draft(&self, session: String) -> Reply<'_, Option<CustomerData>>;
    /// Returns what was said for an order.
    fn customer_data(&self, order: OrderId) -> Reply<'_, Option<CustomerData>>;
}
