//! What the store keeps for the books of orders: what customers agreed to, receipts, credit notes.
//!
//! Not here: when that is asked for ([`crate::http::checkout`]) and SQL ([`super::sqlite`]).

use domain::Timestamp;
use domain::code::OrderId;
use domain::legal::Consent;
use domain::receipt::{Numbers, Receipt};

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
    /// Issues a receipt or credit note under the next of its numbers; an order that has one of
    /// this kind keeps it, and takes no number.
    Issue(Box<NewReceipt>),
    /// Takes an order from those of an older program that lack receipts.
    Settle {
        /// The order.
        order: OrderId,
    },
}

/// A receipt or credit note to be numbered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReceipt {
    /// Where its number is taken from.
    pub numbers: Numbers,
    /// What it says.
    pub receipt: Receipt,
}

/// A receipt or credit note as it was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Its number.
    pub number: String,
    /// What it says.
    pub receipt: Receipt,
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
    /// Returns the receipt of an order, then its credit note, as far as they are there.
    fn receipts(&self, order: OrderId) -> Reply<'_, Vec<Issued>>;
    /// Returns what was issued under a number.
    fn receipt_by_number(&self, number: String) -> Reply<'_, Option<Issued>>;
    /// Returns orders of an older program that lack receipts, at most `limit`.
    fn receipts_due(&self, limit: u32) -> Reply<'_, Vec<OrderId>>;
}
