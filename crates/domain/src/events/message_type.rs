//! The numbers and names of `MobileOperatorNotification`'s message types.
//!
//! Not here: when one is raised ([`super::step`]). Implements [EVT-02] and [EVT-03].

use std::fmt;

/// What a `MobileOperatorNotification` is about [EVT-02]; 11 and 12 are an extension [EVT-03].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageType {
    /// 0
    GsmSms,
    /// 1
    CdmaSms,
    /// 2
    Ussd,
    /// 3
    DataPlanThresholdReached,
    /// 4
    DataPlanReset,
    /// 5
    DataPlanDeleted,
    /// 6
    ProfileConnected,
    /// 7
    ProfileDisconnected,
    /// 8
    RegisteredRoaming,
    /// 9
    RegisteredHome,
    /// 10
    TetheringEntitlementCheck,
    /// 11: extension.
    TetheringOperationalStateChanged,
    /// 12: extension.
    TetheringNumberOfClientsChanged,
}

impl MessageType {
    /// Every type, in the order of its number.
    pub const ALL: [Self; 13] = [
        Self::GsmSms,
        Self::CdmaSms,
        Self::Ussd,
        Self::DataPlanThresholdReached,
        Self::DataPlanReset,
        Self::DataPlanDeleted,
        Self::ProfileConnected,
        Self::ProfileDisconnected,
        Self::RegisteredRoaming,
        Self::RegisteredHome,
        Self::TetheringEntitlementCheck,
        Self::TetheringOperationalStateChanged,
        Self::TetheringNumberOfClientsChanged,
    ];

    /// Returns the number of the payload, 0 to 12.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::GsmSms => 0,
            Self::CdmaSms => 1,
            Self::Ussd => 2,
            Self::DataPlanThresholdReached => 3,
            Self::DataPlanReset => 4,
            Self::DataPlanDeleted => 5,
            Self::ProfileConnected => 6,
            Self::ProfileDisconnected => 7,
            Self::RegisteredRoaming => 8,
            Self::RegisteredHome => 9,
            Self::TetheringEntitlementCheck => 10,
            Self::TetheringOperationalStateChanged => 11,
            Self::TetheringNumberOfClientsChanged => 12,
        }
    }

    /// Reads the number of a payload.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Returns the name that Windows gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GsmSms => "GsmSms",
            Self::CdmaSms => "CdmaSms",
            Self::Ussd => "Ussd",
            Self::DataPlanThresholdReached => "DataPlanThresholdReached",
            Self::DataPlanReset => "DataPlanReset",
            Self::DataPlanDeleted => "DataPlanDeleted",
            Self::ProfileConnected => "ProfileConnected",
            Self::ProfileDisconnected => "ProfileDisconnected",
            Self::RegisteredRoaming => "RegisteredRoaming",
            Self::RegisteredHome => "RegisteredHome",
            Self::TetheringEntitlementCheck => "TetheringEntitlementCheck",
            Self::TetheringOperationalStateChanged => "TetheringOperationalStateChanged",
            Self::TetheringNumberOfClientsChanged => "TetheringNumberOfClientsChanged",
        }
    }

    /// Tells whether the payload carries a message: only SMS and USSD do [EVT-01].
    #[must_use]
    pub fn carries_message(self) -> bool {
        matches!(self, Self::GsmSms | Self::CdmaSms | Self::Ussd)
    }
}

impl fmt::Display for MessageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
