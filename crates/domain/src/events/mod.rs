//! What operators and customers are told of a subscriber: the events of Windows' broker.
//!
//! An engine like the others: it decides from what a device or the network reports which
//! events are raised, and remembers what the customer was told. Events of the usage engine and
//! operators' messages become [`Raised`] where they arise, with keys of their own. Not here:
//! sequence numbers and delivery, which are the store's and the server's. Implements [EVT-01]
//! to [EVT-20] as far as they are decisions.

mod cause;
mod message_type;
pub mod retry;
pub mod sharing;
mod step;

use crate::cosa::Tethering;

pub use cause::{
    Alphabet, Bearer, Cause, Family, MESSAGE_BYTES_MAX, Message, Notice, Raised, TEXT_CHARS_MAX,
};
pub use message_type::MessageType;
pub use sharing::{Answer, Check, Sharing};
pub use step::{next_deadline, step};

/// On whose network a device is, or a count of bytes was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Network {
    /// The operator's own.
    Home,
    /// Another's.
    Roaming,
}

impl Network {
    /// Returns the stable name used in JSON, keys and the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Roaming => "roaming",
        }
    }

    /// Reads what [`Self::name`] wrote.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Home, Self::Roaming].into_iter().find(|network| network.name() == name)
    }
}

/// `NetworkRegistrationState` [EVT-12].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Nothing is known.
    None,
    /// Not registered and not trying.
    Deregistered,
    /// Trying.
    Searching,
    /// Registered at home.
    Home,
    /// Registered with another operator.
    Roaming,
    /// Registered with a partner of the operator.
    Partner,
    /// Refused by the network.
    Denied,
}

/// How an operator wants [EVT-12] and [EVT-03] decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What registration with a partner counts as.
    pub partner: Network,
    /// Whether the types 11 and 12 are raised.
    pub has_sharing_types: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { partner: Network::Roaming, has_sharing_types: false }
    }
}

impl Settings {
    /// Returns where a registration puts a device; absent = nowhere, which raises nothing.
    #[must_use]
    pub fn network(self, registration: Registration) -> Option<Network> {
        match registration {
            Registration::Home => Some(Network::Home),
            Registration::Roaming => Some(Network::Roaming),
            Registration::Partner => Some(self.partner),
            Registration::None
            | Registration::Deregistered
            | Registration::Searching
            | Registration::Denied => None,
        }
    }
}

/// How far a device reaches: the verdict that comes after layer 2 [EVT-10].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nothing.
    None,
    /// A walled garden.
    Constrained,
    /// The Internet.
    Internet,
}

impl Reach {
    /// Returns the stable name used in JSON and the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Constrained => "constrained",
            Self::Internet => "internet",
        }
    }
}

/// What is known of one subscriber's device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Whether the operator's profile is connected at layer 2.
    pub is_connected: bool,
    /// Where the device is registered.
    pub registered: Option<Network>,
    /// What the customer was told last of roaming; absent = nothing yet [EVT-18].
    pub told: Option<Network>,
    /// Whether a handler was registered [EVT-07].
    pub has_handler: bool,
    /// How much was raised; the last part of every key.
    pub raised: u64,
    /// How many checks there have been.
    pub checks_made: u64,
    /// The checks that wait for an answer, oldest first, at most [`sharing::CHECKS_MAX`].
    pub checks: Vec<Check>,
}

impl State {
    /// Applies a change. `step` decides; this only records.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Linked { is_connected } => self.is_connected = *is_connected,
            Change::RegisteredAt(network) => self.registered = *network,
            Change::Told(network) => self.told = Some(*network),
            Change::HandlerKnown => self.has_handler = true,
            Change::Counted { raised } => self.raised = *raised,
            Change::CheckBegan(check) => {
                self.checks_made = check.number;
                self.checks.push(*check);
            }
            Change::CheckEnded { number } => self.checks.retain(|check| check.number != *number),
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A handler was registered by service metadata or anew [EVT-07].
    HandlerRegistered,
    /// Layer 2 of the operator's profile is up.
    Connected,
    /// It is down: hung up, lost, or lost by going to sleep.
    Disconnected,
    /// The device registered, or registered again.
    Registration(Registration),
    /// It was found out how far the device reaches.
    ReachFound(Reach),
    /// A hotspot asks for credentials.
    HotspotAsks,
    /// The user switches sharing on.
    SharingRequested {
        /// What the operator says of it.
        permission: Tethering,
    },
    /// The operator answers a check.
    SharingAnswered {
        /// Which check.
        check: u64,
        /// The answer.
        answer: Answer,
    },
    /// Sharing began or ended.
    SharingChanged {
        /// Whether the connection is shared.
        is_on: bool,
    },
    /// Clients came or went.
    ClientsChanged {
        /// How many there are.
        clients: u8,
    },
    /// Time passed.
    Tick,
}

/// One thing that becomes different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The link went up or down.
    Linked {
        /// Whether it is up.
        is_connected: bool,
    },
    /// The device is registered there, or nowhere.
    RegisteredAt(Option<Network>),
    /// The customer was told, or needs not be told, where the device is.
    Told(Network),
    /// There is a handler.
    HandlerKnown,
    /// So much was raised.
    Counted {
        /// How much, this time included.
        raised: u64,
    },
    /// A check waits for its answer.
    CheckBegan(Check),
    /// A check is over.
    CheckEnded {
        /// Which.
        number: u64,
    },
}

/// Something to be done outside, at least once, known by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tell it.
    Raise(Raised),
    /// Answer the device that wants to share.
    AnswerSharing {
        /// Which check; absent = none was needed.
        check: Option<u64>,
        /// The answer.
        sharing: Sharing,
    },
}

/// What the engine says to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Accepted,
    /// It changes nothing and harms nothing.
    Ignored(Ignored),
    /// It cannot be.
    Rejected(Rejected),
}

/// Why an event changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// It is already so.
    Repeated,
    /// The check is over.
    Outdated,
    /// Such events are not wanted [EVT-03].
    NotWanted,
    /// Nothing is due.
    NotDue,
}

/// Why an event cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// There never was such a check.
    NoCheck,
    /// Too many checks wait for an answer.
    TooManyChecks,
    /// The text of a denial is longer than [`crate::entitlement::REASON_CHARS_MAX`].
    LongReason,
}

/// What is to become of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What becomes different, in order.
    pub changes: Vec<Change>,
    /// What is to be done once the changes are committed, in this order [EVT-17].
    pub effects: Vec<Effect>,
    /// What the engine says.
    pub verdict: Verdict,
}

/// Applies a step's changes.
pub fn apply(state: &mut State, step: &Step) {
    for change in &step.changes {
        state.apply(change);
    }
}
