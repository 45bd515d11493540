//! Whether a device may share its connection, and how the question is answered.
//!
//! The numbers of `TetheringCapability` and `TetheringOperationStatus`. Not here: the plan's
//! own rule ([`crate::brand`]), and the access point, which is the device's. Implements
//! [EVT-13] to [EVT-15] and [TET-07].

use jiff::{SignedDuration, Timestamp};

use crate::cosa::Tethering;

/// How long the operator may take to answer a check [EVT-15].
pub const ANSWER_WITHIN: SignedDuration = SignedDuration::from_secs(30);
/// Most checks of one subscriber that wait for an answer.
pub const CHECKS_MAX: usize = 8;

/// A check that waits for the operator's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which check of this subscriber, from 1.
    pub number: u64,
    /// When it was raised.
    pub asked_at: Timestamp,
}

impl Check {
    /// Returns when it counts as failed for want of an answer [EVT-15].
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        self.asked_at.checked_add(ANSWER_WITHIN).unwrap_or(Timestamp::MAX)
    }
}

/// What the operator answers, by `AuthorizeTethering` or by the separate calls [EVT-14].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Sharing may start.
    Allow,
    /// It may not; the text is shown, or the default message in its place [TET-04].
    Deny {
        /// At most [`REASON_CHARS_MAX`](crate::entitlement::REASON_CHARS_MAX) characters.
        reason: Option<String>,
    },
}

/// How an attempt to share ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// It may start: `TetheringOperationStatus` 0.
    Allowed,
    /// `AllowTethering` is `Never`: nobody was asked.
    Disabled,
    /// No answer came within [`ANSWER_WITHIN`]: status 4.
    TimedOut,
    /// The operator said no: status 5.
    Denied {
        /// What the user is shown.
        reason: Option<String>,
    },
}

impl Sharing {
    /// Returns `TetheringOperationStatus` [TET-20]; absent where no operation began.
    #[must_use]
    pub fn status(&self) -> Option<u8> {
        match self {
            Self::Allowed => Some(0),
            Self::Disabled => None,
            Self::TimedOut => Some(4),
            Self::Denied { .. } => Some(5),
        }
    }

    /// Returns the status's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Allowed => "Success",
            Self::Disabled => "DisabledByOperator",
            Self::TimedOut => "EntitlementCheckTimeout",
            Self::Denied { .. } => "EntitlementCheckFailure",
        }
    }
}

/// What decides whether sharing is offered at all [TET-07].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapabilityFacts {
    /// The calling app has the right; absent = cannot be told.
    pub is_caller_entitled: Option<bool>,
    /// An administrator forbids it.
    pub is_forbidden_by_policy: Option<bool>,
    /// The edition of the system has it.
    pub has_edition: Option<bool>,
    /// The hardware has it.
    pub has_hardware: Option<bool>,
    /// What the operator says.
    pub permission: Tethering,
    /// The operator's app is there to answer checks.
    pub has_handler: bool,
}

/// `TetheringCapability` [TET-06].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// 0
    Enabled,
    /// 1
    DisabledByGroupPolicy,
    /// 2
    DisabledByHardwareLimitation,
    /// 3
    DisabledByOperator,
    /// 4
    DisabledBySku,
    /// 5
    DisabledByRequiredAppNotInstalled,
    /// 6
    DisabledDueToUnknownCause,
    /// 7
    DisabledBySystemCapability,
}

/// Returns whether sharing is offered: the first of 7, 1, 4, 2, 3 and 5 that holds, else 0; 6
/// where a fact that comes before cannot be told [TET-07].
#[must_use]
pub fn capability(facts: &CapabilityFacts) -> Capability {
    let asked = [
        (facts.is_caller_entitled, true, Capability::DisabledBySystemCapability),
        (facts.is_forbidden_by_policy, false, Capability::DisabledByGroupPolicy),
        (facts.has_edition, true, Capability::DisabledBySku),
        (facts.has_hardware, true, Capability::DisabledByHardwareLimitation),
    ];
    for (fact, wanted, otherwise) in asked {
        match fact {
            Some(fact) if fact == wanted => {}
            Some(_) => return otherwise,
            None => return Capability::DisabledDueToUnknownCause,
        }
    }
    match (facts.permission, facts.has_handler) {
        (Tethering::Never, _) => Capability::DisabledByOperator,
        (Tethering::EntitlementCheckRequired, false) => {
            Capability::DisabledByRequiredAppNotInstalled
        }
        (Tethering::EntitlementCheckRequired, true) | (Tethering::Always, _) => Capability::Enabled,
    }
}
