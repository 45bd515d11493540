//! A plan that is extended before it ends: nothing that is left is lost, and nothing is given twice.
//!
//! The subscription stays one, so that what is used is counted in one place: with each order that
//! extends it, it has more allowance and more time. What it comes to is computed from its own
//! terms and the orders that are in force, in full each time. Not here: counting
//! ([`crate::usage`]).

use jiff::Timestamp;

use crate::amount::Megabytes;
use crate::code::OrderId;

use super::Order;

/// What a subscription comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extended {
    /// Its allowance; absent = none is set.
    pub limit: Option<Megabytes>,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// Returns what a subscription comes to with the orders that extend it, in the order in which
/// they did; absent where it was not granted.
///
/// An allowance that 32 bits do not hold, and an end after year 9999, stay at the largest value.
#[must_use]
pub fn extended(first: &Order, with: &[Order]) -> Option<Extended> {
    let mut whole =
        Extended { limit: first.terms.data_limit, ends_at: first.grant.as_ref()?.ends_at };
    for order in with {
        whole.limit = whole
            .limit
            .zip(order.terms.data_limit)
            .map(|(Megabytes(has), Megabytes(more))| Megabytes(has.saturating_add(more)));
        whole.ends_at = order.terms.duration.after(whole.ends_at).unwrap_or(Timestamp::MAX);
    }
    Some(whole)
}

impl Order {
    /// Returns the subscription that this order extends, as long as it does.
    #[must_use]
    pub fn extends(&self) -> Option<OrderId> {
        let (renewal, grant) = self.terms.renews.zip(self.grant)?;
        // What follows a plan begins when that ends, and not before.
        renewal.extends.filter(|_| grant.starts_at < renewal.ends_at)
    }
}
