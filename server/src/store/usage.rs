//! What the store keeps of usage: states, sessions, numbers that were taken, history, quarantine.
//!
//! Not here: what a record means ([`crate::usage`]) and SQL ([`super::sqlite`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::Timestamp;
use domain::brand::BrandId;
use domain::code::OrderId;
use domain::events::Network;
use domain::identity::{Iccid, Imsi};
use domain::usage::{State, Terms};

use super::Reply;
use crate::usage::decision::Report;
use crate::usage::record::Who;

/// Numbers of a feed that one row of the store remembers.
pub const CHUNK: u64 = 1024;
/// Words of 64 bits in such a row.
const WORDS: usize = 16;

/// Which of [`CHUNK`] consecutive numbers were taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen([u64; WORDS]);

impl Seen {
    /// Tells whether a number was taken; only its place within the chunk counts.
    #[must_use]
    pub fn contains(&self, sequence: u64) -> bool {
        let (word, bit) = place(sequence);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Takes a number; false if it was taken before.
    pub fn insert(&mut self, sequence: u64) -> bool {
        let (word, bit) = place(sequence);
        let Some(bits) = self.0.get_mut(word) else { return false };
        let is_new = *bits & bit == 0;
        *bits |= bit;
        is_new
    }

    /// Takes all numbers of another, unless one of them was taken before.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Option<Self> {
        let mut all = *self;
        for (bits, more) in all.0.iter_mut().zip(&other.0) {
            if *bits & more != 0 {
                return None;
            }
            *bits |= more;
        }
        Some(all)
    }

    /// Returns its bytes for the store.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Reads what [`Self::bytes`] returned.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
        Some(Self(words.try_into().ok().filter(|_| rest.is_empty())?))
    }
}

fn place(sequence: u64) -> (usize, u64) {
    let at = sequence % CHUNK;
    (usize::try_from(at / 64).unwrap_or(0), 1 << (at % 64))
}

/// What a subscription grants, and what the usage engine knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metered {
    /// The short number by which other tables of usage know it.
    pub handle: i64,
    /// The subscription, which has the id of the order that granted it.
    pub subscription: OrderId,
    /// Counts its changes, from 1.
    pub version: u64,
    /// The brand.
    pub brand: BrandId,
    /// The plan's id.
    pub plan: String,
    /// When it began.
    pub starts_at: Timestamp,
    /// When it ends; absent = it renews.
    pub ends_at: Option<Timestamp>,
    /// What was sold.
    pub terms: Terms,
    /// The engine's state.
    pub state: State,
    /// Where the device was last registered.
    pub registered: Option<Network>,
    /// Counters apart by profile [USE-04].
    pub profiles: Profiles,
    /// Counts what makes documents older.
    pub revision: u64,
    /// When that was last.
    pub revised_at: Timestamp,
}

impl Metered {
    /// Tells whether it is the subscription's at that time, however late the question.
    #[must_use]
    pub fn covers(&self, at: Timestamp) -> bool {
        self.starts_at <= at && self.ends_at.is_none_or(|ends_at| at < ends_at)
    }
}

/// A subscription to be metered from its begin on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMetered {
    /// The subscription.
    pub subscription: OrderId,
    /// The brand.
    pub brand: BrandId,
    /// The plan's id.
    pub plan: String,
    /// The subscriber, where it has one.
    pub imsi: Option<Imsi>,
    /// The SIM.
    pub iccid: Option<Iccid>,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When metering begins: boundaries before it raise nothing.
    pub begun_at: Timestamp,
    /// What was sold.
    pub terms: Terms,
}

/// Bytes that were sent and received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Sent by the device.
    pub sent: u64,
    /// Received by it.
    pub received: u64,
}

impl Carried {
    /// Returns the sum of both with another's; at the end of numbers it stays there.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent.saturating_add(other.sent),
            received: self.received.saturating_add(other.received),
        }
    }

    /// Returns both together.
    #[must_use]
    pub fn total(self) -> u64 {
        self.sent.saturating_add(self.received)
    }
}

/// Whose network carried bytes, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// Whether it was another operator's network.
    pub is_roaming: bool,
    /// Whether the device shared its connection.
    pub is_shared: bool,
}

impl Kind {
    /// Returns its number in the store.
    #[must_use]
    pub fn number(self) -> u8 {
        u8::from(self.is_roaming) | (u8::from(self.is_shared) << 1)
    }

    /// Reads what [`Self::number`] returned.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        (number < 4).then_some(Self { is_roaming: number & 1 != 0, is_shared: number & 2 != 0 })
    }
}

/// Counters by profile and kind, which only grow [USE-07].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profiles(pub BTreeMap<(String, Kind), Carried>);

/// Most profiles of a subscription.
pub const PROFILES_MAX: usize = 16;

impl Profiles {
    /// Tells whether there is room for a profile.
    #[must_use]
    pub fn admits(&self, profile: &str) -> bool {
        if self.0.len() < PROFILES_MAX {
            return true;
        }
        let names: BTreeSet<&str> = self.0.keys().map(|(name, _)| name.as_str()).collect();
        names.contains(profile) || names.len() < PROFILES_MAX
    }

    /// Counts bytes.
    pub fn add(&mut self, profile: &str, kind: Kind, carried: Carried) {
        let counter = self.0.entry((profile.to_owned(), kind)).or_default();
        *counter = counter.plus(carried);
    }
}

/// The last cumulative values of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionValue {
    /// Whose it is.
    pub handle: i64,
    /// The values.
    pub carried: Carried,
    /// When it said so.
    pub at: Timestamp,
}

/// A state after a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateWrite {
    /// Everything; its version is the new one, and the one before must be stored.
    pub metered: Arc<Metered>,
    /// When to look at it again.
    pub next_deadline: Option<Timestamp>,
    /// Whether that is another time than the stored one.
    pub has_new_deadline: bool,
    /// Whether its terms are others than those that are stored.
    pub has_new_terms: bool,
}

/// Bytes of a minute or an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Minutes or hours since 1970.
    pub slot: i64,
    /// Whose.
    pub handle: i64,
    /// Of which kind.
    pub kind: Kind,
    /// How many.
    pub carried: Carried,
}

/// A change of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkWrite {
    /// It began; one that is open stays so.
    Up {
        /// Whose.
        handle: i64,
        /// When.
        at: Timestamp,
        /// Where.
        is_roaming: bool,
    },
    /// It ended.
    Down {
        /// Whose.
        handle: i64,
        /// When.
        at: Timestamp,
    },
    /// It goes on in another network, if there is one.
    Moved {
        /// Whose.
        handle: i64,
        /// When.
        at: Timestamp,
        /// Where.
        is_roaming: bool,
    },
}

/// A record that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Its number in quarantine; 0 before it has one.
    pub id: u64,
    /// The feed.
    pub source: String,
    /// Its number in the feed.
    pub sequence: u64,
    /// The stable name of the reason.
    pub reason: String,
    /// When it came.
    pub received_at: Timestamp,
    /// What it said, identifiers masked.
    pub record: String,
}

/// A question to the operator's billing system that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingQuestion {
    /// Its idempotency key.
    pub key: String,
    /// About which subscription.
    pub subscription: OrderId,
    /// When it was decided.
    pub created_at: Timestamp,
    /// When to ask.
    pub due_at: Timestamp,
    /// How often it was asked.
    pub attempts: u32,
}

/// What a batch of records, an answer of billing or the clock came to: one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The feed; absent where no feed is behind it.
    pub source: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Numbers that are taken with it, by chunk; fails with [`super::StoreError::Conflict`] when
    /// one of them is taken already.
    pub seen: Vec<(u64, Seen)>,
    /// Last values of sessions.
    pub sessions: Vec<(String, SessionValue)>,
    /// States; fails with [`super::StoreError::Conflict`] when one is not of the version before.
    pub states: Vec<StateWrite>,
    /// What minutes carried.
    pub minutes: Vec<Bucket>,
    /// What hours carried that are too old for minutes.
    pub hours: Vec<Bucket>,
    /// Connections, in order.
    pub links: Vec<LinkWrite>,
    /// Records that do not count.
    pub quarantine: Vec<Quarantined>,
    /// Questions to billing; one that is there already stays as it is.
    pub questions: Vec<BillingQuestion>,
    /// Questions of subscriptions that are answered, if they were decided until then.
    pub answered: Vec<(OrderId, Timestamp)>,
}

impl Taken {
    /// Tells whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { seen, sessions, states, minutes, hours, links, .. } = self;
        let Self { quarantine, questions, answered, .. } = self;
        let is_still = seen.is_empty() && sessions.is_empty() && states.is_empty();
        let is_without_history = minutes.is_empty() && hours.is_empty() && links.is_empty();
        let is_silent = quarantine.is_empty() && questions.is_empty() && answered.is_empty();
        is_still && is_without_history && is_silent
    }
}

/// A write of usage.
#[derive(Clone, Debug)]
pub enum UsageCommand {
    /// Starts metering; what is metered already stays as it is.
    Open(Box<NewMetered>),
    /// Records what something came to.
    Take(Box<Taken>),
    /// Ends a plan at this instant, unless it ended before; raises the version.
    End {
        /// The subscription.
        subscription: OrderId,
        /// When.
        at: Timestamp,
    },
    /// Records what the network reported of a plan that runs: connections, and where the device
    /// is registered, which raises the version.
    Report {
        /// The subscription.
        subscription: OrderId,
        /// What was reported.
        report: Report,
    },
    /// Puts a question off after a failure.
    PutOffQuestion {
        /// Its key.
        key: String,
        /// When to ask again.
        due_at: Timestamp,
        /// What went wrong, without personal data.
        error: String,
    },
    /// Adds the minutes before this one to their hours.
    RollUp {
        /// Minutes since 1970.
        minutes_before: i64,
    },
    /// Forgets what is kept no longer.
    Sweep(Limits),
}

/// Until when things are forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Hours before this one are forgotten, and connections that ended before it.
    pub hours_before: i64,
    /// Numbers and records in quarantine that were last touched before, and sessions of plans that
    /// were over before.
    pub before: Timestamp,
}

/// What has to be known to judge a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageQuestion {
    /// The feed.
    pub source: String,
    /// Its chunks of numbers.
    pub chunks: BTreeSet<u64>,
    /// Its sessions.
    pub sessions: BTreeSet<String>,
    /// Whose records there are.
    pub who: BTreeSet<Who>,
    /// Subscriptions besides.
    pub handles: BTreeSet<i64>,
}

/// The answer to a [`UsageQuestion`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageKnown {
    /// Numbers that were taken, by chunk.
    pub seen: BTreeMap<u64, Seen>,
    /// Last values of sessions.
    pub sessions: BTreeMap<String, SessionValue>,
    /// The subscriptions of each, the latest begin first; at most 16 each, and as many that ran
    /// when the first of those began.
    pub who: BTreeMap<Who, Vec<i64>>,
    /// These subscriptions.
    pub metered: BTreeMap<i64, Arc<Metered>>,
    /// Which session ordered each of several that claim one SIM, as a hash.
    pub ordered_by: BTreeMap<i64, String>,
}

/// A time of connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; absent while it is open.
    pub ended_at: Option<Timestamp>,
    /// Whether it was on another operator's network.
    pub is_roaming: bool,
}

/// Whose records are, by what they name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageClaims {
    /// The subscriptions of each, as [`UsageKnown::who`] has them.
    pub who: BTreeMap<Who, Vec<i64>>,
    /// Which session ordered each of those that claim a SIM, as a hash.
    pub ordered_by: BTreeMap<i64, String>,
}

/// Keeps what is known of usage.
pub trait UsageStore: Send + Sync {
    /// Returns what has to be known to judge a batch.
    fn usage_known(&self, question: UsageQuestion) -> Reply<'_, UsageKnown>;
    /// Returns whose each is, or who claims it.
    fn usage_claims(&self, who: Vec<Who>) -> Reply<'_, UsageClaims>;
    /// Returns what is metered of a subscription.
    fn metered(&self, subscription: OrderId) -> Reply<'_, Option<Metered>>;
    /// Returns subscriptions that are not metered and not over, at most `limit`.
    fn unmetered(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<OrderId>>;
    /// Returns subscriptions whose deadline has come, at most `limit`.
    fn due_usage(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<OrderId>>;
    /// Returns what minutes from the first to before the last carried, in order.
    fn usage_minutes(&self, handle: i64, from: i64, to: i64) -> Reply<'_, Vec<Bucket>>;
    /// Returns what hours from the first to before the last carried, minutes included that are
    /// not added to their hours yet, in order.
    fn usage_hours(&self, handle: i64, from: i64, to: i64) -> Reply<'_, Vec<Bucket>>;
    /// Returns connections that were open between, in order, at most 10,000.
    fn links(&self, handle: i64, from: Timestamp, to: Timestamp) -> Reply<'_, Vec<Link>>;
    /// Returns questions to billing that are due, oldest first, at most `limit`.
    fn due_questions(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<BillingQuestion>>;
    /// Returns records in quarantine behind a number, oldest first, at most `limit`.
    fn quarantine(&self, after: u64, limit: u32) -> Reply<'_, Vec<Quarantined>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_once_each() {
        let mut seen = Seen::default();
        for n in [0, 63, 64, 1023, CHUNK] {
            // 1024 has the place of 0: its chunk is another.
            assert_eq!(seen.insert(n), n != CHUNK, "{n}");
            assert!(seen.contains(n));
        }
        assert!(!seen.contains(1));
        assert_eq!(Seen::parse(&seen.bytes()), Some(seen));
        assert_eq!(Seen::parse(&[0; 127]), None);
        let mut other = Seen::default();
        other.insert(1);
        let both = seen.merged(&other).expect("nothing twice");
        assert!(both.contains(1) && both.contains(1023));
        assert_eq!(both.merged(&other), None);
    }

    #[test]
    fn profiles_are_bounded() {
        let mut profiles = Profiles::default();
        for (n, name) in ["internet", "mms.example", "internet"].iter().enumerate() {
            let kind = Kind { is_roaming: n == 2, is_shared: n == 1 };
            profiles.add(name, kind, Carried { sent: 1, received: u64::MAX });
            profiles.add(name, kind, Carried { sent: 1, received: 1 });
        }
        for n in 0..PROFILES_MAX - 2 {
            assert!(profiles.admits(&n.to_string()));
            profiles.add(
                &n.to_string(),
                Kind { is_roaming: false, is_shared: false },
                Carried::default(),
            );
        }
        assert!(!profiles.admits("one too many") && profiles.admits("internet"));
    }
}
