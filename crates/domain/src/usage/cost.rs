//! The values that other programs read: cost of the connection, status of the plan.
//!
//! Implements [USE-06], [USE-08] to [USE-11] and [USE-13].

use jiff::Timestamp;

use crate::amount::{Bytes, Megabytes};
use crate::brand::PlanType;

use super::{
    APPROACHING_PERCENT, OperatorUpdate, OperatorUsage, Regime, STEP_PERCENT, STEP_ROAMING,
    STEP_UNLIMITED, State, Terms,
};

/// Returns the bytes after which a threshold event is raised, at least 1 [USE-16], [USE-17],
/// [USE-21].
#[must_use]
pub fn step_bytes(regime: Regime, limit: Option<Megabytes>) -> Bytes {
    match (regime, limit) {
        (Regime::Roaming, _) => STEP_ROAMING,
        (Regime::Home, None) => STEP_UNLIMITED,
        (Regime::Home, Some(limit)) => {
            // 32 bits of megabytes, times five, fit 64 bits.
            let part = limit.bytes().0.saturating_mul(STEP_PERCENT).div_euclid(100);
            Bytes(part.max(1))
        }
    }
}

/// Tells whether usage is at or above the part of the limit from which it is near [USE-10].
#[must_use]
pub fn is_approaching(used: Bytes, limit: Megabytes) -> bool {
    let scaled = u128::from(used.0).saturating_mul(100);
    scaled >= u128::from(limit.bytes().0).saturating_mul(u128::from(APPROACHING_PERCENT))
}

/// `NetworkCostType` [USE-09].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostType {
    /// 0: nobody has said.
    Unknown,
    /// 1
    Unrestricted,
    /// 2
    Fixed,
    /// 3
    Variable,
}

impl CostType {
    /// Every type, in the order of its number.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Unrestricted, Self::Fixed, Self::Variable];

    /// Returns the number of the enumeration.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Unrestricted => 1,
            Self::Fixed => 2,
            Self::Variable => 3,
        }
    }

    /// Returns the type of a plan.
    #[must_use]
    pub fn of(plan_type: Option<PlanType>) -> Self {
        match plan_type {
            None => Self::Unknown,
            Some(PlanType::Unrestricted) => Self::Unrestricted,
            Some(PlanType::Fixed) => Self::Fixed,
            Some(PlanType::Variable) => Self::Variable,
        }
    }
}

/// What the host knows besides, and a document's description says without any effect on usage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Where the device is registered; absent = unknown.
    pub regime: Option<Regime>,
    /// Whether background traffic is restricted, by the user or by a rule of the host.
    pub restricts_background: bool,
    /// The speed of the link to the device by the plan, in kbit/s [XML-139].
    pub inbound_kbps: Option<u32>,
    /// The speed of the link from the device by the plan, in kbit/s [XML-140].
    pub outbound_kbps: Option<u32>,
    /// The largest download without asking [XML-141].
    pub max_transfer: Option<Megabytes>,
}

/// `ConnectionCost`: readable by every app [USE-08], [USE-09].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionCost {
    /// How the connection is charged.
    pub cost_type: CostType,
    /// Whether most of the limit is used.
    pub is_approaching_data_limit: bool,
    /// Whether the limit is passed.
    pub is_over_data_limit: bool,
    /// Whether the device is roaming.
    pub is_roaming: bool,
    /// Whether background traffic is restricted.
    pub is_background_restricted: bool,
}

/// Usage as it is shown [USE-02].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// How much.
    pub used: Bytes,
    /// Up to when the operator has counted; absent = the operator has said nothing of this cycle.
    pub as_of: Option<Timestamp>,
    /// Whether it rests on more than the operator's word.
    pub is_estimate: bool,
}

/// `DataPlanStatus` [USE-09].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanStatus {
    /// The allowance.
    pub limit: Option<Megabytes>,
    /// How much is used.
    pub usage: Usage,
    /// The speed of the link to the device, in kbit/s.
    pub inbound_kbps: Option<u32>,
    /// The speed of the link from the device, in kbit/s.
    pub outbound_kbps: Option<u32>,
    /// The largest download without asking.
    pub max_transfer: Option<Megabytes>,
    /// When the next cycle begins; absent = none will.
    pub next_cycle: Option<Timestamp>,
}

/// Returns usage as it is shown: the operator's word as it is, or an estimate [USE-01], [USE-10].
#[must_use]
pub fn usage(state: &State) -> Usage {
    let as_of = state.operator.usage.map(|usage| usage.as_of);
    let is_estimate = as_of.is_none() || state.local.total() > Bytes(0);
    Usage { used: state.used(), as_of, is_estimate }
}

/// Returns the cost of the connection.
#[must_use]
pub fn connection_cost(state: &State, terms: &Terms, around: &Surroundings) -> ConnectionCost {
    let limit = state.limit(terms);
    let plan_type = state.plan_type(terms);
    let is_passed = limit.is_some_and(|limit| state.used() >= limit.bytes());
    let is_over = state.operator.is_over_limit;
    ConnectionCost {
        cost_type: CostType::of(plan_type),
        is_approaching_data_limit: limit.is_some_and(|limit| is_approaching(state.used(), limit)),
        is_over_data_limit: is_over.unwrap_or(is_passed && plan_type == Some(PlanType::Fixed)),
        is_roaming: around.regime == Some(Regime::Roaming),
        is_background_restricted: around.restricts_background,
    }
}

/// Returns the status of the plan.
#[must_use]
pub fn plan_status(state: &State, terms: &Terms, around: &Surroundings) -> PlanStatus {
    PlanStatus {
        limit: state.limit(terms),
        usage: usage(state),
        inbound_kbps: state.operator.inbound_kbps.or(around.inbound_kbps),
        outbound_kbps: state.operator.outbound_kbps.or(around.outbound_kbps),
        max_transfer: around.max_transfer,
        next_cycle: state.due.reset.filter(|reset| state.due.end.is_none_or(|end| *reset < end)),
    }
}

/// Which updates a host fetches by itself [USE-11].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutomaticUpdates {
    /// All.
    All,
    /// All security updates: the operator does not count them [XML-142].
    Security,
    /// Only those that cannot wait.
    Critical,
}

/// Returns which updates a host fetches by itself on such a connection.
#[must_use]
pub fn automatic_updates(cost: &ConnectionCost, security_updates_exempt: bool) -> AutomaticUpdates {
    let is_metered = match cost.cost_type {
        CostType::Unknown | CostType::Unrestricted => {
            cost.is_over_data_limit || cost.is_roaming || cost.is_background_restricted
        }
        CostType::Fixed | CostType::Variable => true,
    };
    match (is_metered, security_updates_exempt) {
        (false, _) => AutomaticUpdates::All,
        (true, true) => AutomaticUpdates::Security,
        (true, false) => AutomaticUpdates::Critical,
    }
}

/// `ProfileMediaType` [USE-13].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// 0: Wi-Fi.
    Wlan,
    /// 1: mobile broadband.
    Wwan,
}

impl Media {
    /// Returns the number of the enumeration.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Wlan => 0,
            Self::Wwan => 1,
        }
    }

    /// Reads the number of the enumeration.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Wlan, Self::Wwan].into_iter().find(|media| media.number() == number)
    }
}

/// Tells whether a host shows its estimate: by default for mobile broadband, unless the operator
/// has an app of its own; the user may say otherwise [USE-06].
#[must_use]
pub fn shows_estimate(media: Media, has_operator_app: bool, choice: Option<bool>) -> bool {
    choice.unwrap_or(media == Media::Wwan && !has_operator_app)
}

/// What an operator's app says of a profile directly [USE-13].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectUpdate {
    /// How it is charged.
    Cost(PlanType),
    /// How much is used.
    Usage {
        /// `UsageInMegabytes`.
        used: Megabytes,
        /// `LastSyncTime`.
        last_sync: Timestamp,
    },
}

/// A profile as an app names it [USE-13].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileAddress {
    /// Its kind of network.
    pub media: Media,
    /// Its name.
    pub name: String,
}

impl DirectUpdate {
    /// Returns the same as the operator's word.
    #[must_use]
    pub fn update(self) -> OperatorUpdate {
        match self {
            Self::Cost(plan_type) => {
                OperatorUpdate { plan_type: Some(plan_type), ..OperatorUpdate::default() }
            }
            Self::Usage { used, last_sync } => {
                let usage = OperatorUsage { used: used.bytes(), as_of: last_sync };
                OperatorUpdate { usage: Some(usage), ..OperatorUpdate::default() }
            }
        }
    }
}
