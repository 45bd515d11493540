//! Plans: what was bought, and how much of it is used.
//!
//! Not here: counting usage (`domain`), prices (no element has them). One megabyte is 10⁶ bytes
//! throughout the product [XML-151]; this crate never converts.
//! Implements [XML-132]…[XML-149].

use std::fmt;
use std::num::NonZeroU32;

use super::duration::XmlDuration;
use super::text::PlanName;
use super::time::UtcTime;

/// Says why a value of a plan is out of its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// A limit of 0 MB, which the schema does not have [XML-138, XML-141].
    ZeroLimit,
    /// A billing cycle of no length [XML-136].
    ZeroCycle,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ZeroLimit => f.write_str("limit of 0 MB"),
            Self::ZeroCycle => f.write_str("billing cycle of no length"),
        }
    }
}

impl std::error::Error for PlanError {}

/// Holds an amount of data in MB: 0 to 2³² − 1 [XML-147, XML-149].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Megabytes(pub u32);

/// Holds a limit in MB: 1 to 2³² − 1 [XML-138, XML-141].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MegabyteLimit(NonZeroU32);

impl MegabyteLimit {
    /// Makes a limit.
    ///
    /// # Errors
    /// [`PlanError::ZeroLimit`] for 0.
    pub fn new(megabytes: u32) -> Result<Self, PlanError> {
        NonZeroU32::new(megabytes).map(Self).ok_or(PlanError::ZeroLimit)
    }

    /// Returns the number of megabytes.
    #[must_use]
    pub const fn megabytes(self) -> u32 {
        self.0.get()
    }
}

/// Holds a bandwidth in kbit/s: 0 to 2³² − 1 [XML-139, XML-140]; the generator makes none above
/// 2,000,000 [XML-149].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kbps(pub u32);

/// Says what use costs [XML-134].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanType {
    /// `Unrestricted`: nothing more.
    Unrestricted,
    /// `Fixed`: a quota that is paid for.
    Fixed,
    /// `Variable`: by the byte.
    Variable,
}

impl PlanType {
    /// All values, for reading.
    pub const ALL: [Self; 3] = [Self::Unrestricted, Self::Fixed, Self::Variable];

    /// Returns the spelling of the schema.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unrestricted => "Unrestricted",
            Self::Fixed => "Fixed",
            Self::Variable => "Variable",
        }
    }
}

/// Holds a repeating period [XML-135]…[XML-137].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillingCycle {
    start: UtcTime,
    duration: XmlDuration,
    resets: Option<bool>,
}

impl BillingCycle {
    /// Makes a cycle; `resets` says whether usage starts anew after it, yes if absent.
    ///
    /// # Errors
    /// [`PlanError::ZeroCycle`] for a duration of zero.
    pub fn new(
        start: UtcTime,
        duration: XmlDuration,
        resets: Option<bool>,
    ) -> Result<Self, PlanError> {
        if duration == XmlDuration::of_seconds(0) {
            return Err(PlanError::ZeroCycle);
        }
        Ok(Self { start, duration, resets })
    }

    /// Returns when the first cycle starts.
    #[must_use]
    pub const fn start(&self) -> UtcTime {
        self.start
    }

    /// Returns how long a cycle is.
    #[must_use]
    pub const fn duration(&self) -> XmlDuration {
        self.duration
    }

    /// Returns whether usage starts anew after a cycle; yes if absent.
    #[must_use]
    pub const fn resets(&self) -> Option<bool> {
        self.resets
    }
}

/// Holds what changes slowly [XML-134]…[XML-144].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanDescription {
    /// What use costs.
    pub plan_type: PlanType,
    /// The period that is billed.
    pub billing_cycle: Option<BillingCycle>,
    /// The quota of a fixed plan.
    pub data_limit: Option<MegabyteLimit>,
    /// Speed towards the host.
    pub inbound_bandwidth: Option<Kbps>,
    /// Speed from the host.
    pub outbound_bandwidth: Option<Kbps>,
    /// The largest download that needs no question on a metered link.
    pub max_transfer_size: Option<MegabyteLimit>,
    /// Whether security updates do not count; no if absent.
    pub security_updates_exempt: Option<bool>,
    /// Whether thresholds raise events; no if absent.
    pub data_usage_notifications: Option<bool>,
    /// Whether SMS of the user must arrive promptly; yes if absent.
    pub user_sms: Option<bool>,
}

impl PlanDescription {
    /// Makes a description that says nothing but what use costs.
    #[must_use]
    pub const fn of_type(plan_type: PlanType) -> Self {
        Self {
            plan_type,
            billing_cycle: None,
            data_limit: None,
            inbound_bandwidth: None,
            outbound_bandwidth: None,
            max_transfer_size: None,
            security_updates_exempt: None,
            data_usage_notifications: None,
            user_sms: None,
        }
    }
}

/// Holds what changes often [XML-145]…[XML-148].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanUsage {
    /// Whether the quota is used up.
    pub over_limit: Option<bool>,
    /// Whether the network is congested.
    pub congested: Option<bool>,
    /// What was used in this cycle.
    pub current: Megabytes,
    /// When that was so.
    pub at: UtcTime,
}

/// Holds what a plan says: never nothing [XML-132].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanContent {
    /// The description, and the usage if it is known.
    Description(PlanDescription, Option<PlanUsage>),
    /// The usage alone, for a plan that the host knows [XML-133, XML-180].
    Usage(PlanUsage),
}

/// Holds one plan [XML-132].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The name by which profiles refer to it.
    pub name: PlanName,
    /// What it says.
    pub content: PlanContent,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_at_their_edges() {
        assert_eq!(MegabyteLimit::new(0), Err(PlanError::ZeroLimit)); // NV-20
        assert_eq!(MegabyteLimit::new(u32::MAX).map(MegabyteLimit::megabytes), Ok(u32::MAX));
        let start = UtcTime::parse("2030-03-01T00:00:00Z").expect("a time");
        let cycle = |seconds| BillingCycle::new(start, XmlDuration::of_seconds(seconds), None);
        assert_eq!(cycle(0), Err(PlanError::ZeroCycle)); // NV-20
        assert!(cycle(1).is_ok());
    }
}
