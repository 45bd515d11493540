//! What the store keeps of messages of operators: answers to reports, and parts of long ones.
//!
//! Not here: what is told of a message ([`super::events`]) and putting parts together
//! ([`domain::sms::assemble`]).

use std::fmt;

use domain::Timestamp;
use domain::code::Id;
use domain::sms::assemble::Key;
use domain::sms::{Body, Class};

use super::Reply;

/// A write about messages.
#[derive(Clone, Debug)]
pub enum MessagesCommand {
    /// Remembers what was answered to a report; fails with [`super::StoreError::Duplicate`] when
    /// there is an answer. Answers of more than 90 days ago are forgotten, some at a time.
    Answer {
        /// The subscription.
        subscription: Id,
        /// The reporter's id of the message.
        id: String,
        /// When.
        at: Timestamp,
        /// The answer, as JSON.
        answer: String,
    },
    /// Keeps a part; parts that nobody waits for any more are forgotten.
    Hold {
        /// The subscription.
        subscription: Id,
        /// The part.
        part: Box<HeldPart>,
    },
    /// Forgets the parts of a message.
    Drop {
        /// The subscription.
        subscription: Id,
        /// Which message.
        key: Key,
    },
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPart {
    /// Of which message.
    pub key: Key,
    /// Which part, from 1.
    pub number: u8,
    /// When the first part of the message came.
    pub since: Timestamp,
    /// The class of that part.
    pub class: Option<Class>,
    /// The content.
    pub body: Body,
}

/// What was answered to a report, as JSON; nothing of it in its Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Answered(pub String);

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answered({} bytes)", self.0.len())
    }
}

/// Reads what is kept of messages.
pub trait MessagesStore: Send + Sync {
    /// Returns what was answered to a report.
    fn message_answer(&self, subscription: Id, id: String) -> Reply<'_, Option<Answered>>;
    /// Returns the parts that are held for a subscription, oldest message first.
    fn message_parts(&self, subscription: Id) -> Reply<'_, Vec<HeldPart>>;
}
