//! What the store keeps of vouchers: batches, hashes of codes, and which order each one pays.
//!
//! Not here: the codes, which are kept nowhere, and whether a voucher pays ([`domain::voucher`]).

use std::fmt;

use domain::Timestamp;
use domain::code::{Id, OrderId};
use domain::voucher::{Terms, Voucher};

use super::Reply;

/// A write about vouchers.
#[derive(Clone, Debug)]
pub enum VouchersCommand {
    /// Inserts a batch with its vouchers, numbered from 1 as their hashes stand here; fails with
    /// [`super::StoreError::Duplicate`] when there is such a batch or hash.
    Create {
        /// The batch.
        batch: Batch,
        /// The hashes.
        hashes: Vec<CodeHash>,
    },
    /// Has a voucher pay an order; fails with [`super::StoreError::Duplicate`] when it pays one,
    /// or the order was paid by one before, and with [`super::StoreError::Missing`] when there is
    /// no such voucher or its batch was withdrawn.
    Redeem {
        /// Whose code has this hash.
        hash: CodeHash,
        /// The order.
        order: OrderId,
        /// When.
        at: Timestamp,
    },
    /// Gives back the voucher that pays an order, once; fails with
    /// [`super::StoreError::Missing`] when none ever did.
    GiveBack {
        /// The order.
        order: OrderId,
        /// When.
        at: Timestamp,
    },
    /// Withdraws a batch; fails with [`super::StoreError::Missing`] when there is none, and with
    /// [`super::StoreError::Duplicate`] when it was withdrawn before.
    Withdraw {
        /// The batch.
        batch: Id,
        /// When.
        at: Timestamp,
    },
}

/// The keyed hash of a code: nothing of a code can be told from it without the key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeHash(pub [u8; 32]);

impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeHash(…)")
    }
}

/// A batch of vouchers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: Id,
    /// What its vouchers are good for.
    pub terms: Terms,
    /// How many there are.
    pub count: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
}

/// A batch and how many of its vouchers pay an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The batch.
    pub batch: Batch,
    /// How many of it pay an order now.
    pub redeemed: u32,
}

/// Reads what is kept of vouchers.
pub trait VouchersStore: Send + Sync {
    /// Returns the voucher whose code has this hash.
    fn voucher(&self, hash: CodeHash) -> Reply<'_, Option<Voucher>>;
    /// Returns the latest batches, newest first.
    fn voucher_batches(&self, limit: u32) -> Reply<'_, Vec<Used>>;
}
