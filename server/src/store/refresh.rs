//! What the store keeps for refreshed documents, and whose plan is in force.
//!
//! Not here: what is in the documents ([`crate::documents`]) and who may have them
//! ([`crate::refresh`]).

use std::fmt;

use domain::Timestamp;
use domain::code::OrderId;
use domain::identity::{Iccid, Imsi};

use super::{Reply, Subscription};

/// Most plans of one SIM that are looked at.
pub const PLANS_MAX: u32 = 64;

/// Who may fetch the current document of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshAccess {
    /// The subscription: the order that granted it.
    pub order: OrderId,
    /// Hash of user name and password ([`crate::refresh::credentials`]).
    pub credentials_hash: String,
    /// What the first document was made from, as a fingerprint.
    pub made_from: String,
    /// When the credentials were made.
    pub created_at: Timestamp,
}

/// The latest revision of a subscription's document, byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct CurrentDocument {
    /// The subscription: the order that granted it.
    pub order: OrderId,
    /// Which parts it has.
    pub variant: String,
    /// Counts its changes, from 1; 0 is the first document.
    pub revision: u64,
    /// What it was made from, as a fingerprint.
    pub made_from: String,
    /// The document.
    pub xml: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// When it was signed.
    pub signed_at: Timestamp,
}

impl fmt::Debug for CurrentDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { order, variant, revision, sha256, .. } = self;
        write!(f, "CurrentDocument({order}, {variant}, {revision}, {sha256})")
    }
}

/// A write for refreshed documents.
#[derive(Clone, Debug)]
pub enum RefreshCommand {
    /// Inserts who may fetch; fails with [`super::StoreError::Duplicate`] when it is there.
    InsertAccess(RefreshAccess),
    /// Puts a document in the place of revision `revision - 1`; fails with
    /// [`super::StoreError::Conflict`] when somebody else was faster.
    SaveDocument(CurrentDocument),
}

/// Whose plans are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// This subscription's.
    Subscription(OrderId),
    /// The subscriber's.
    Imsi(Imsi),
    /// The SIM's.
    Iccid(Iccid),
}

/// Reads for refreshed documents.
pub trait RefreshStore {
    /// Returns who may fetch the document of a subscription.
    fn refresh_access(&self, order: OrderId) -> Reply<'_, Option<RefreshAccess>>;
    /// Returns the latest revision of a document; absent as long as the first one holds.
    fn current_document(
        &self,
        order: OrderId,
        variant: String,
    ) -> Reply<'_, Option<CurrentDocument>>;
    /// Returns the subscriptions that are in force now: begun, and either starting anew each
    /// cycle or not over; the latest first, at most [`PLANS_MAX`].
    fn plans_in_force(&self, whose: Whose, now: Timestamp) -> Reply<'_, Vec<Subscription>>;
}
