//! What the store keeps for account pages: which notices a customer has put away.
//!
//! Not here: the log of notifications ([`super::events`]) and what was used ([`super::usage`]).

use std::fmt;

use domain::Timestamp;
use domain::code::Id;
use domain::events::Notice;

use super::Reply;

/// Most notices that a customer is shown at once.
pub const NOTICES_MAX: u32 = 5;

/// A write of an account page.
#[derive(Clone, Debug)]
pub enum AccountCommand {
    /// Puts a notice away; a number that is no notice's changes nothing.
    PutAway {
        /// The subscription.
        subscription: Id,
        /// The number of the notice among the subscriber's notifications.
        seq: u64,
        /// When.
        at: Timestamp,
    },
}

/// Something that the customer is to be told and has not put away; no text of it in its Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// Its number among the subscriber's notifications.
    pub seq: u64,
    /// What.
    pub notice: Notice,
    /// When it happened.
    pub at: Timestamp,
    /// The operator's message, where it is one.
    pub text: Option<String>,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Told({}, {:?}, {})", self.seq, self.notice, self.at)
    }
}

/// What the customer is to be told, and where the log of notifications ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tidings {
    /// What is not put away, the latest first, at most [`NOTICES_MAX`].
    pub told: Vec<Told>,
    /// The last number of the subscriber's log; 0 = it is empty.
    pub latest: u64,
}

/// How many records of use are in quarantine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InQuarantine {
    /// Those that name the subscription.
    pub own: u64,
    /// All of them; who the others are about is not always known.
    pub all: u64,
}

/// Reads what account pages show.
pub trait AccountStore: Send + Sync {
    /// Returns what the customer of a subscription is to be told.
    fn tidings(&self, subscription: Id) -> Reply<'_, Tidings>;
    /// Counts the records of use in quarantine.
    fn in_quarantine(&self, subscription: Id) -> Reply<'_, InQuarantine>;
}
