//! What the store keeps of events: the log, its endpoints, and what was delivered where.
//!
//! Not here: decisions ([`domain::events`]) and sending ([`crate::events`]).

use std::collections::VecDeque;

use domain::Timestamp;
use domain::brand::BrandId;
use domain::code::Id;
use domain::events::{Raised, Sharing, State};

use tokio::sync::watch;

use super::Reply;

/// A write about events; part of a batch as any other.
#[derive(Clone, Debug)]
pub enum EventsCommand {
    /// Tells something of a subscriber: it gets the subscriber's next sequence number. What was
    /// raised under its key before stays as it is; fails with
    /// [`super::StoreError::Missing`] without the subscription.
    Raise {
        /// The subscription: the id of the order that granted it.
        subscription: Id,
        /// What.
        raised: Raised,
    },
    /// Replaces what is known of a device, of version `version - 1`; fails with
    /// [`super::StoreError::Conflict`] when somebody else was faster.
    SaveState(Box<EventState>),
    /// Remembers a report; fails with [`super::StoreError::Duplicate`] when it was taken before.
    TakeReport {
        /// Who reports.
        source: String,
        /// The reporter's own id of it.
        id: String,
        /// When.
        at: Timestamp,
        /// The check that it led to, which whoever sends it again wants to know.
        check: Option<u64>,
    },
    /// Records what was answered to a device; the first answer to a check stays.
    AnswerSharing {
        /// The subscription.
        subscription: Id,
        /// Which check.
        check: u64,
        /// The answer.
        sharing: Sharing,
        /// When.
        at: Timestamp,
    },
    /// Makes an endpoint known, which gets what is raised from then on; one that is known stays
    /// as it is.
    AddEndpoint {
        /// Its name.
        name: String,
    },
    /// Puts notifications into the queues of an endpoint and moves its cursor.
    Enqueue {
        /// The endpoint.
        endpoint: String,
        /// What was looked at.
        up_to: i64,
        /// What it wants of that.
        wanted: Vec<(i64, Id)>,
        /// When.
        at: Timestamp,
    },
    /// Settles a try.
    Settle(Box<Try>),
    /// Sends nothing more to an endpoint.
    Disable {
        /// The endpoint.
        endpoint: String,
        /// When.
        at: Timestamp,
        /// Why.
        why: String,
    },
    /// Opens dead deliveries again, and the endpoint with them.
    Replay {
        /// The endpoint.
        endpoint: String,
        /// Which; absent = all dead ones.
        notification: Option<i64>,
        /// When.
        at: Timestamp,
    },
    /// Forgets some of what is older than this: deliveries, whatever became of them, the log of
    /// deliveries, ids of reports, answers to checks, and what messages said. Notifications stay:
    /// their keys say what was raised.
    Forget {
        /// The instant.
        before: Timestamp,
    },
    /// Writes down what a stream was given; what that kind of stream was given before stays as it
    /// is.
    Streamed {
        /// What.
        notifications: Vec<i64>,
        /// Which kind of stream.
        channel: String,
        /// When.
        at: Timestamp,
    },
}

/// A try to deliver, and what becomes of the delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// The endpoint.
    pub endpoint: String,
    /// What was sent.
    pub notification: i64,
    /// When.
    pub at: Timestamp,
    /// What came of it, for people: a status or an error.
    pub outcome: String,
    /// What follows.
    pub next: Next,
}

/// What follows from a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is delivered.
    Done,
    /// It is tried again then.
    Later(Timestamp),
    /// It is given up.
    Dead,
}

/// What is known of a device, with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventState {
    /// The subscription.
    pub subscription: Id,
    /// Counts its changes, from 1.
    pub version: u64,
    /// The GUID of the physical interface, in braces, as the device last said.
    pub interface: Option<String>,
    /// The engine's state.
    pub state: State,
}

/// A notification of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Grows with every notification of all subscribers.
    pub id: i64,
    /// The subscription.
    pub subscription: Id,
    /// Counts within the subscriber, from 1, without gaps.
    pub seq: u64,
    /// The brand of the subscription.
    pub brand: BrandId,
    /// The interface that it concerns, where the device said.
    pub interface: Option<String>,
    /// What was raised.
    pub raised: Raised,
}

/// Which notifications are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Of this subscription only.
    pub subscription: Option<Id>,
    /// Those after this: an id of the log, or a sequence number where a subscription is given.
    pub after: i64,
    /// Most of them.
    pub limit: u32,
}

/// An endpoint as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name.
    pub name: String,
    /// What was looked at for it.
    pub cursor: i64,
    /// When it was disabled, and why.
    pub disabled: Option<(Timestamp, String)>,
}

/// What waits at an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Not delivered yet.
    pub open: u64,
    /// Given up.
    pub dead: u64,
}

/// A notification on its way to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookDelivery {
    /// What.
    pub notification: Notification,
    /// `open`, `done` or `dead`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was delivered or given up.
    pub settled_at: Option<Timestamp>,
    /// What came of the last try.
    pub last_outcome: Option<String>,
}

/// A line of the log of what was delivered where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryLine {
    /// Where: `webhook NAME`, `portal` or `api`.
    pub channel: String,
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: String,
}

/// Of how many notifications it is known whose they are.
const LATEST_MAX: usize = 1024;

/// Whose the latest notifications are: by this a reader sees that nothing new is for it, without
/// asking the store.
#[derive(Clone, Debug, Default)]
pub struct Latest {
    count: u64,
    of: VecDeque<Id>,
}

impl Latest {
    /// Adds a notification.
    pub fn add(&mut self, subscription: Id) {
        if self.of.len() >= LATEST_MAX {
            self.of.pop_front();
        }
        self.of.push_back(subscription);
        self.count = self.count.saturating_add(1);
    }

    /// Returns how many there were since the store was opened.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Tells whether something of a subscription may have come after so many; when too many came
    /// to know, it may have.
    #[must_use]
    pub fn may_have(&self, subscription: Id, after: u64) -> bool {
        let new = usize::try_from(self.count.saturating_sub(after)).unwrap_or(usize::MAX);
        new > self.of.len() || self.of.iter().rev().take(new).any(|of| *of == subscription)
    }
}

/// Reads events.
pub trait EventsStore: Send + Sync {
    /// Returns what changes after each commit that raised something or opened a delivery again.
    fn raised(&self) -> watch::Receiver<Latest>;
    /// Returns what is known of a device.
    fn event_state(&self, subscription: Id) -> Reply<'_, Option<EventState>>;
    /// Returns subscriptions whose checks are overdue, at most `limit`.
    fn due_event_states(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<Id>>;
    /// Returns what was answered to a check.
    fn sharing_answer(&self, subscription: Id, check: u64) -> Reply<'_, Option<Sharing>>;
    /// Returns the check that a report led to.
    fn report_check(&self, source: String, id: String) -> Reply<'_, Option<u64>>;
    /// Tells whether [`EventsCommand::Forget`] has something left to do.
    fn is_forgetting(&self, before: Timestamp) -> Reply<'_, bool>;
    /// Returns notifications in the order of their ids.
    fn notifications(&self, asked: Asked) -> Reply<'_, Vec<Notification>>;
    /// Returns all endpoints that are or were configured, by name.
    fn endpoints(&self) -> Reply<'_, Vec<Endpoint>>;
    /// Returns the first open delivery of each subscriber whose time has come, at most `limit`.
    fn due_deliveries(
        &self,
        endpoint: String,
        now: Timestamp,
        limit: u32,
    ) -> Reply<'_, Vec<HookDelivery>>;
    /// Returns the latest deliveries of an endpoint, newest first, or only those given up.
    fn hook_deliveries(
        &self,
        endpoint: String,
        is_dead: bool,
        limit: u32,
    ) -> Reply<'_, Vec<HookDelivery>>;
    /// Returns what waits at an endpoint.
    fn backlog(&self, endpoint: String) -> Reply<'_, Backlog>;
    /// Returns what was delivered where of one notification, oldest first: the latest `limit`.
    fn delivery_lines(&self, notification: i64, limit: u32) -> Reply<'_, Vec<DeliveryLine>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_among_the_latest_has_nothing_new() {
        let id = |number: i64| Id::from_parts(number, [0; 10]);
        let mut latest = Latest::default();
        assert!(!latest.may_have(id(1), 0));
        for number in [1, 2, 2] {
            latest.add(id(number));
        }
        for (number, after, expected) in
            [(1, 0, true), (1, 1, false), (2, 1, true), (2, 2, true), (2, 3, false), (3, 0, false)]
        {
            assert_eq!(latest.may_have(id(number), after), expected, "{number} after {after}");
        }
        for _ in 0..LATEST_MAX {
            latest.add(id(4));
        }
        assert!(latest.may_have(id(3), 2), "nobody knows any more");
        assert!(!latest.may_have(id(3), 3));
        assert_eq!(latest.count(), 1027);
    }
}
