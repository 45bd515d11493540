//! What is known of the usage of one subscription.
//!
//! Not here: what happens when ([`super::step`]); this only records.

use jiff::Timestamp;

use crate::amount::{Bytes, Megabytes};
use crate::brand::PlanType;

use super::{Change, Days, Local, OperatorUpdate, Regime, Sharing, Terms, Traffic};

/// What is known of the usage of one subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Everything that was ever counted.
    pub counters: Counters,
    /// How far the next threshold event at home is.
    pub home: Meter,
    /// How far the next threshold event while roaming is.
    pub roaming: Meter,
    /// How many cycles were completed: the number of the one that runs, from 0.
    pub cycle: u64,
    /// The boundary at which the running cycle began; absent = none was passed.
    pub cycle_from: Option<Timestamp>,
    /// What is due next.
    pub due: Due,
    /// When the plan ended; absent = it runs.
    pub ended_at: Option<Timestamp>,
    /// What the operator said.
    pub operator: Operator,
    /// What was counted in this cycle and since the operator last spoke.
    pub local: Local,
    /// What was counted in this cycle on the last days.
    pub days: Days,
    /// When the last event was raised that is delivered once a minute.
    pub minute: Option<Timestamp>,
    /// What was told in this cycle.
    pub told: Told,
    /// How often what documents say of usage became outdated.
    pub revision: u64,
}

/// Everything that was counted, monotone [USE-07].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// The device's own traffic at home.
    pub home_own: Counts,
    /// Shared traffic at home.
    pub home_shared: Counts,
    /// The device's own traffic while roaming.
    pub roaming_own: Counts,
    /// Shared traffic while roaming.
    pub roaming_shared: Counts,
}

impl Counters {
    /// Returns one of them.
    #[must_use]
    pub fn of(&self, regime: Regime, sharing: Sharing) -> Counts {
        match (regime, sharing) {
            (Regime::Home, Sharing::Own) => self.home_own,
            (Regime::Home, Sharing::Shared) => self.home_shared,
            (Regime::Roaming, Sharing::Own) => self.roaming_own,
            (Regime::Roaming, Sharing::Shared) => self.roaming_shared,
        }
    }

    fn of_mut(&mut self, regime: Regime, sharing: Sharing) -> &mut Counts {
        match (regime, sharing) {
            (Regime::Home, Sharing::Own) => &mut self.home_own,
            (Regime::Home, Sharing::Shared) => &mut self.home_shared,
            (Regime::Roaming, Sharing::Own) => &mut self.roaming_own,
            (Regime::Roaming, Sharing::Shared) => &mut self.roaming_shared,
        }
    }
}

/// Bytes by direction [USE-01].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes sent.
    pub sent: Bytes,
    /// Bytes received.
    pub received: Bytes,
}

impl Counts {
    /// Returns both together; absent where 64 bits are not enough.
    #[must_use]
    pub fn total(&self) -> Option<Bytes> {
        self.sent.checked_add(self.received)
    }

    /// Adds, and stays at the largest numbers where 64 bits are not enough.
    #[must_use]
    pub fn plus(&self, other: Self) -> Self {
        Self { sent: self.sent.plus(other.sent), received: self.received.plus(other.received) }
    }

    /// Adds; absent where 64 bits are not enough for both together.
    #[must_use]
    pub fn checked_add(&self, other: Self) -> Option<Self> {
        let sent = self.sent.checked_add(other.sent)?;
        let received = self.received.checked_add(other.received)?;
        let sum = Self { sent, received };
        sum.total().map(|_| sum)
    }
}

/// The distance of a regime's counter from its baseline, and how many events there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    /// Bytes since the baseline [USE-20].
    pub since: Bytes,
    /// The ordinal of the last event in this cycle; 0 = none [USE-21].
    pub step: u64,
}

/// What is due next, as far as time alone brings it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// The next boundary at which usage is reset.
    pub reset: Option<Timestamp>,
    /// When the plan ends.
    pub end: Option<Timestamp>,
}

impl Due {
    /// Returns what is due after an instant.
    #[must_use]
    pub fn after(terms: &Terms, now: Timestamp) -> Self {
        Self { reset: terms.resetting().and_then(|cycle| cycle.next(now)), end: terms.end() }
    }
}

/// Usage as the operator says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperatorUsage {
    /// How much of the cycle's allowance is used.
    pub used: Bytes,
    /// Up to when it is counted: `UsageTimestamp`.
    pub as_of: Timestamp,
}

/// What the operator said; absent = nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Operator {
    /// Usage of the running cycle.
    pub usage: Option<OperatorUsage>,
    /// The last word on the cycle before.
    pub former: Option<OperatorUsage>,
    /// Another allowance than that of the terms.
    pub limit: Option<Megabytes>,
    /// Another way of charging than that of the terms.
    pub plan_type: Option<PlanType>,
    /// Whether the limit is passed.
    pub is_over_limit: Option<bool>,
    /// Whether clients should defer transfers.
    pub is_congested: Option<bool>,
    /// The speed of the link to the device, in kbit/s.
    pub inbound_kbps: Option<u32>,
    /// The speed of the link from the device, in kbit/s.
    pub outbound_kbps: Option<u32>,
}

impl Operator {
    /// Returns what is known after an update; what it does not say stays.
    #[must_use]
    pub fn hearing(&self, update: &OperatorUpdate) -> Self {
        Self {
            usage: update.usage.or(self.usage),
            former: self.former,
            limit: update.limit.or(self.limit),
            plan_type: update.plan_type.or(self.plan_type),
            is_over_limit: update.is_over_limit.or(self.is_over_limit),
            is_congested: update.is_congested.or(self.is_congested),
            inbound_kbps: update.inbound_kbps.or(self.inbound_kbps),
            outbound_kbps: update.outbound_kbps.or(self.outbound_kbps),
        }
    }
}

/// What was told in this cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// That the limit is near.
    pub approaching: bool,
    /// That it will be passed at this pace.
    pub projection: bool,
}

impl State {
    /// Begins with a plan whose boundaries are all to come or due: also those before the first
    /// event.
    #[must_use]
    pub fn new(terms: &Terms) -> Self {
        let reset = terms.resetting().and_then(|cycle| cycle.boundary(1));
        Self { due: Due { reset, end: terms.end() }, ..Self::default() }
    }

    /// Begins in the middle of a plan's cycle: boundaries up to `now` are past and raise nothing.
    #[must_use]
    pub fn begun(terms: &Terms, now: Timestamp) -> Self {
        let cycle_from = terms.resetting().and_then(|cycle| cycle.latest(now));
        Self { cycle_from, due: Due::after(terms, now), ..Self::default() }
    }

    /// Returns how far the next event of a regime is.
    #[must_use]
    pub fn meter(&self, regime: Regime) -> Meter {
        match regime {
            Regime::Home => self.home,
            Regime::Roaming => self.roaming,
        }
    }

    fn meter_mut(&mut self, regime: Regime) -> &mut Meter {
        match regime {
            Regime::Home => &mut self.home,
            Regime::Roaming => &mut self.roaming,
        }
    }

    /// Returns the effective usage of the cycle: the operator's word, and what was counted since
    /// [USE-10].
    #[must_use]
    pub fn used(&self) -> Bytes {
        let said = self.operator.usage.map_or(Bytes(0), |usage| usage.used);
        said.plus(self.local.total())
    }

    /// Returns the allowance that counts: the operator's last word, else that of the terms.
    #[must_use]
    pub fn limit(&self, terms: &Terms) -> Option<Megabytes> {
        self.operator.limit.or(terms.limit)
    }

    /// Returns how the plan is charged: the operator's last word, else that of the terms.
    #[must_use]
    pub fn plan_type(&self, terms: &Terms) -> Option<PlanType> {
        self.operator.plan_type.or(terms.plan_type)
    }

    /// Tells whether the operator has counted an instant already.
    #[must_use]
    pub fn is_billed(&self, at: Timestamp) -> bool {
        self.operator.usage.is_some_and(|usage| at <= usage.as_of)
    }

    /// Applies a change. `step` decides; this only records.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Counted { traffic, is_of_cycle } => self.count(traffic, *is_of_cycle),
            Change::StepsPassed { regime, bytes, events } => {
                let meter = self.meter_mut(*regime);
                meter.since = meter.since.minus(*bytes);
                meter.step = meter.step.saturating_add(*events);
            }
            Change::MinuteUsed(at) => self.minute = Some(*at),
            Change::OperatorSaid(update) => self.hear(update),
            Change::BaselinesSet => {
                self.home.since = Bytes(0);
                self.roaming.since = Bytes(0);
            }
            Change::CycleBegan { from, next } => self.begin_cycle(*from, *next),
            Change::Ended(at) => self.ended_at = Some(*at),
            Change::TermsReplaced { due, is_redescribed } => {
                self.due = *due;
                if *is_redescribed {
                    self.operator.limit = None;
                    self.operator.plan_type = None;
                }
            }
            Change::ToldApproaching => self.told.approaching = true,
            Change::ToldProjection => self.told.projection = true,
            Change::Revised => self.revision = self.revision.saturating_add(1),
        }
    }

    fn count(&mut self, traffic: &Traffic, is_of_cycle: bool) {
        let counter = self.counters.of_mut(traffic.regime, traffic.sharing);
        *counter = counter.checked_add(traffic.counts()).unwrap_or(*counter);
        if !is_of_cycle {
            return;
        }
        let bytes = traffic.sent.plus(traffic.received);
        let meter = self.meter_mut(traffic.regime);
        meter.since = meter.since.plus(bytes);
        self.days.add(traffic.at, bytes);
        if !self.is_billed(traffic.at) {
            self.local.add(traffic.at, bytes);
        }
    }

    fn hear(&mut self, update: &OperatorUpdate) {
        self.operator = self.operator.hearing(update);
        if let Some(usage) = update.usage {
            self.local.drop_until(usage.as_of);
        }
    }

    fn begin_cycle(&mut self, from: Timestamp, next: Option<Timestamp>) {
        self.cycle = self.cycle.saturating_add(1);
        self.cycle_from = Some(from);
        self.due.reset = next;
        self.home = Meter::default();
        self.roaming = Meter::default();
        self.operator.former = self.operator.usage.take().or(self.operator.former);
        self.operator.is_over_limit = None;
        self.local.drop_before(from);
        self.days = Days::default();
        self.told = Told::default();
    }
}

impl Traffic {
    /// Returns the bytes by direction.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts { sent: self.sent, received: self.received }
    }
}
