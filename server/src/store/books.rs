//! What the store keeps for the books of an order: what its customer agreed to.
//!
//! Not here: when that is asked for ([`crate::http::checkout`]) and SQL ([`super::sqlite`]).

use domain::Timestamp;
use domain::code::OrderId;
use domain::legal::Consent;

use super::Reply;

/// A write into the books.
#[derive(Clone, Debug)]
pub enum BooksCommand {
    /// Writes down what the customer of an order agreed to; fails with
    /// [`super::StoreError::Duplicate`] when that is known already.
    Accept {
        /// The order.
        order: OrderId,
        /// What, and when.
        accepted: Accepted,
    },
}

/// What was agreed to, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// When the order was placed.
    pub at: Timestamp,
    /// What was agreed to.
    pub consent: Consent,
}

/// Reads the books.
pub trait BooksStore: Send + Sync {
    /// Returns what the customer of an order agreed to.
    fn accepted(&self, order: OrderId) -> Reply<'_, Option<Accepted>>;
}
