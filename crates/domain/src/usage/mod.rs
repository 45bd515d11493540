//! How much of a plan is used, what crosses a threshold, when a cycle ends: Windows' Data Usage
//! and Subscription Manager as an engine.
//!
//! Billing is authoritative; what is counted here only bridges the time since it last spoke
//! [USE-02]. The [`State`] of a subscription and its [`Terms`] are given to [`step`], with what
//! happened. Not here: where the numbers come from and which of them are believed (the server's
//! ingest), and how events are told ([`crate::events`]). Implements [USE-01] to [USE-27].
//!
//! In suggested reading order:
//!
//! - [`cycle`]: boundaries of billing cycles;
//! - [`counter`]: what a modem's or a session's counter adds;
//! - [`cost`]: the values that other programs read;
//! - [`history`]: usage by windows of time.

pub mod cost;
pub mod counter;
pub mod cycle;
pub mod history;
mod local;
mod projection;
mod state;
mod step;

use jiff::{SignedDuration, Timestamp};

use crate::amount::{Bytes, Megabytes};
use crate::brand::PlanType;
use crate::events::Raised;

pub use crate::events::Network as Regime;
pub use cycle::Cycle;
pub use local::{Local, SLICES_MAX, Slice};
pub use projection::{Day, Days};
pub use state::{Counters, Counts, Due, Meter, Operator, OperatorUsage, State, Told};
pub use step::{next_deadline, pass_time, step};

/// The part of the limit after which an event is raised, in percent [USE-16].
pub const STEP_PERCENT: u64 = 5;
/// The step at home where no limit is specified [USE-17].
pub const STEP_UNLIMITED: Bytes = Bytes(100_000_000);
/// The step while roaming, whatever the limit [USE-17].
pub const STEP_ROAMING: Bytes = Bytes(5_000_000);
/// The least time between two events that are delivered once a minute [USE-18].
pub const MINUTE: SignedDuration = SignedDuration::from_secs(60);
/// How far ahead of the clock an operator's timestamp may be; beyond that it is taken as the
/// present [USE-14].
pub const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(5);
/// The part of the limit from which it is said to be near, in percent [USE-10].
pub const APPROACHING_PERCENT: u64 = 80;
/// The most threshold events of one sample: ten limits. A larger jump raises as many and passes over the
/// rest of its steps, as delivery once a minute does; ordinals stay without a gap.
pub const EVENTS_PER_SAMPLE_MAX: u64 = 200;

/// Whether traffic was the device's own or of one that shares its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sharing {
    /// The device's own.
    Own,
    /// Of a device that is connected through it.
    Shared,
}

impl Sharing {
    /// Returns the stable name used in JSON and the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Shared => "shared",
        }
    }

    /// Reads what [`Self::name`] wrote.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Own, Self::Shared].into_iter().find(|sharing| sharing.name() == name)
    }
}

/// When threshold events are raised [USE-05], [USE-18].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeliveryMode {
    /// As soon as a step is reached, one event a step: Windows 8.1 and later.
    #[default]
    Realtime,
    /// On ticks only, at most one a minute: Windows 8.
    PerMinute,
}

/// What a subscription's plan says of its usage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// How the plan is charged; absent = unknown.
    pub plan_type: Option<PlanType>,
    /// The allowance of a cycle, whatever the plan type [USE-22]; absent = none is specified.
    pub limit: Option<Megabytes>,
    /// Whether threshold events are raised: `DataUsageInMobileOperatorNotificationEnabled`
    /// [USE-15].
    pub notifies: bool,
    /// The billing cycle; absent = usage is never reset.
    pub cycle: Option<Cycle>,
    /// When the plan ends; wins over the end that the cycle says [USE-25].
    pub expires_at: Option<Timestamp>,
    /// When threshold events are raised.
    pub mode: DeliveryMode,
}

impl Terms {
    /// Returns when the plan ends: at the instant of its own, else with a cycle that does not
    /// reset [USE-25]; absent = never.
    #[must_use]
    pub fn end(&self) -> Option<Timestamp> {
        let cycle = self.cycle.as_ref().filter(|cycle| !cycle.resets);
        self.expires_at.or_else(|| cycle?.boundary(1))
    }

    /// Returns the cycle if usage is reset at its boundaries.
    #[must_use]
    pub fn resetting(&self) -> Option<&Cycle> {
        self.cycle.as_ref().filter(|cycle| cycle.resets)
    }
}

/// Bytes that were counted since the last sample of the same source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// Where.
    pub regime: Regime,
    /// Whose.
    pub sharing: Sharing,
    /// Bytes sent.
    pub sent: Bytes,
    /// Bytes received.
    pub received: Bytes,
    /// When the last of them were counted. Later than the present is taken as the present.
    pub at: Timestamp,
}

/// What the operator says of a subscription: its billing system, a document, or a message.
///
/// Absent fields change nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OperatorUpdate {
    /// Usage of the cycle, and up to when it is counted.
    pub usage: Option<OperatorUsage>,
    /// Another allowance.
    pub limit: Option<Megabytes>,
    /// Another way of charging.
    pub plan_type: Option<PlanType>,
    /// `OverLimit`: whether the operator says that the limit is passed [XML-145].
    pub is_over_limit: Option<bool>,
    /// `Congested`: whether clients should defer transfers [XML-146].
    pub is_congested: Option<bool>,
    /// The speed of the link to the device, in kbit/s.
    pub inbound_kbps: Option<u32>,
    /// The speed of the link from the device, in kbit/s.
    pub outbound_kbps: Option<u32>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Bytes were counted.
    Traffic(Traffic),
    /// The operator says how things are [USE-12], [USE-13].
    Operator(OperatorUpdate),
    /// The plan says something else from here on.
    TermsChanged(Terms),
    /// Time passed; at least once a minute [USE-26].
    Tick,
}

/// One thing that becomes different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Bytes are counted.
    Counted {
        /// Which.
        traffic: Traffic,
        /// Whether they are of the cycle that runs; else they came late.
        is_of_cycle: bool,
    },
    /// Whole steps are taken off what was counted since the baseline [USE-20].
    StepsPassed {
        /// Where.
        regime: Regime,
        /// All of the steps.
        bytes: Bytes,
        /// The events that were raised for them.
        events: u64,
    },
    /// The event of this minute was raised [USE-18].
    MinuteUsed(Timestamp),
    /// The operator's word counts; its timestamp is clamped already [USE-14].
    OperatorSaid(OperatorUpdate),
    /// The baselines of home and roaming are where the counters are [USE-20].
    BaselinesSet,
    /// A cycle begins with nothing used [USE-23].
    CycleBegan {
        /// Its first instant, a boundary.
        from: Timestamp,
        /// The boundary at which it ends.
        next: Option<Timestamp>,
    },
    /// The plan is over [USE-24].
    Ended(Timestamp),
    /// The plan says something else.
    TermsReplaced {
        /// What is due next.
        due: Due,
        /// Whether limit or type are others, so that what the operator said of them is void.
        is_redescribed: bool,
    },
    /// The customer was told that the limit is near.
    ToldApproaching,
    /// It was told that the limit will be passed at this pace.
    ToldProjection,
    /// What documents say of usage is outdated.
    Revised,
}

/// Something to be done outside, at least once, known by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tell an event.
    Raise {
        /// What, with its key.
        raised: Raised,
        /// The boundary or end that it is about [USE-26].
        due: Option<Timestamp>,
    },
    /// Ask billing how much is used [USE-12].
    QueryBilling {
        /// The cycle.
        cycle: u64,
        /// Where the step was reached.
        regime: Regime,
        /// The step that gave cause, the last one of the sample.
        step: u64,
    },
    /// Disconnect the device, if it is connected; event 7 follows from that [USE-27].
    Disconnect,
    /// Delete the connection profile, so that nothing connects by itself any more [USE-24].
    DeleteProfile,
    /// Make the documents that tell usage anew.
    UpdateDocument {
        /// How often, this time included.
        revision: u64,
    },
}

impl Effect {
    /// Returns the idempotency key: the same for the same effect of the same subscription,
    /// always. Names nobody.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Raise { raised, .. } => raised.key.clone(),
            Self::QueryBilling { cycle, regime, step } => {
                format!("usage/{cycle}/{}/{step}/billing", regime.name())
            }
            Self::Disconnect => "usage/disconnect".to_owned(),
            Self::DeleteProfile => "usage/delete-profile".to_owned(),
            Self::UpdateDocument { revision } => format!("usage/document/{revision}"),
        }
    }
}

/// What the engine says to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Accepted,
    /// It changes nothing and harms nothing, though a boundary may have been due.
    Ignored(Ignored),
    /// It cannot be.
    Rejected(Rejected),
}

/// Why an event changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// It is already so.
    Repeated,
    /// The operator's word is older than what is known: a warning [USE-14].
    Outdated {
        /// Up to when usage is known.
        known: Timestamp,
    },
    /// The plan is over [USE-24].
    Ended,
    /// Nothing is due.
    NotDue,
}

/// Why an event cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// More bytes than 64 bits count.
    TooManyBytes,
}

/// What is to become of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What becomes different, in order.
    pub changes: Vec<Change>,
    /// What is to be done once the changes are committed, in this order [USE-27].
    pub effects: Vec<Effect>,
    /// What the engine says of the event itself.
    pub verdict: Verdict,
}

/// Applies a step's changes.
pub fn apply(state: &mut State, step: &Step) {
    for change in &step.changes {
        state.apply(change);
    }
}
