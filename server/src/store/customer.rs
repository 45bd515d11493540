//! What the store keeps of a customer's browsers beside their sessions: what was asked for with
//! the key of a form, which orders a session may see, and the links that open them elsewhere.
//!
//! Not here: sessions ([`super::Session`]) and orders ([`super::Order`]).

use std::fmt;

use domain::Timestamp;
use domain::code::OrderId;

use super::Reply;

/// A write about customers' browsers.
#[derive(Clone, Debug)]
pub enum CustomerCommand {
    /// Remembers what was asked with a key; fails with [`super::StoreError::Duplicate`] when the
    /// session asked for something with it before.
    Ask(Asked),
    /// Lets a session see an order, or shows it another link to it.
    Admit(Admission),
    /// Makes the link of an order; the one before opens nothing any more.
    SaveLink(ResumeLink),
    /// Shuts an order to the sessions that were admitted to it, all but one.
    ShutOthers {
        /// The order.
        order: OrderId,
        /// Hash of the cookie of the session that stays.
        session: String,
    },
}

/// What a session asked for with the key of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Hash of the session's cookie.
    pub session: String,
    /// The key.
    pub key: String,
    /// SHA-256 of what the form held, lower-case hexadecimal.
    pub fingerprint: String,
    /// When.
    pub at: Timestamp,
}

/// An order that a session may see.
#[derive(Clone, PartialEq, Eq)]
pub struct Admission {
    /// The order.
    pub order: OrderId,
    /// Hash of the session's cookie.
    pub session: String,
    /// The order's link, which opens with the session's cookie; absent = the session does not
    /// know it.
    pub sealed: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Admission({}, {})", self.order, self.at)
    }
}

/// The link that opens an order in another browser.
#[derive(Clone, PartialEq, Eq)]
pub struct ResumeLink {
    /// The order.
    pub order: OrderId,
    /// SHA-256 of its token, lower-case hexadecimal.
    pub token_hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl fmt::Debug for ResumeLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResumeLink({}, until {})", self.order, self.expires_at)
    }
}

/// Reads what belongs to customers' browsers.
pub trait CustomerStore: Send + Sync {
    /// Returns the fingerprint of what a session asked for with a key.
    fn asked(&self, session: String, key: String) -> Reply<'_, Option<String>>;
    /// Returns a session's admission to an order.
    fn admission(&self, order: OrderId, session: String) -> Reply<'_, Option<Admission>>;
    /// Returns the link of an order, whether it has ended or not.
    fn link_of(&self, order: OrderId) -> Reply<'_, Option<ResumeLink>>;
    /// Returns the link of a token's hash, whether it has ended or not.
    fn link(&self, token_hash: String) -> Reply<'_, Option<ResumeLink>>;
}
