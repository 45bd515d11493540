//! What the store forgets of persons, and what it knows of having forgotten.
//!
//! Not here: when that may be ([`domain::erasure`]), who asks for it ([`crate::admin::privacy`],
//! [`crate::engine::privacy`]) and which tables hold what ([`super::sqlite`]).

use domain::Timestamp;
use domain::code::OrderId;

use super::{Claims, Order, Reply};

/// A write about personal data.
#[derive(Clone, Debug)]
pub enum PrivacyCommand {
    /// Forgets what tables beside the order's own row hold of a person; fails with
    /// [`super::StoreError::Conflict`] while something of the order is still to be done outside.
    Erase(Erasure),
}

/// That the personal data of an order were erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// The order.
    pub order: OrderId,
    /// Hash of the cookie of the session that it had.
    pub session: String,
    /// When.
    pub at: Timestamp,
    /// By whom: an account, or `clock`.
    pub actor: String,
}

/// Reads about personal data, and the cleaning of what is left of it on disk.
pub trait PrivacyStore: Send + Sync {
    /// Returns when and by whom the personal data of an order were erased.
    fn erased(&self, order: OrderId) -> Reply<'_, Option<(Timestamp, String)>>;
    /// Returns orders with identifiers whose plan ended, or that were placed without one, before
    /// this instant, from the order after `after` on, at most `limit`; none whose plan runs on
    /// cycle after cycle.
    fn identified(
        &self,
        before: Timestamp,
        after: Option<OrderId>,
        limit: u32,
    ) -> Reply<'_, Vec<OrderId>>;
    /// Returns the orders of the same subscriber or SIM, newest first, at most `limit`. Reads all
    /// orders.
    fn orders_of(&self, claims: Claims, limit: u32) -> Reply<'_, Vec<Order>>;
    /// Tells whether something was erased since the last [`Self::scrub`].
    fn needs_scrub(&self) -> Reply<'_, bool>;
    /// Writes the database anew, so that nothing of what was erased is left in its files; nothing
    /// else is written meanwhile.
    fn scrub(&self) -> Reply<'_, ()>;
}
