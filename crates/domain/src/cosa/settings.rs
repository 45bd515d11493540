//! The settings of the database, as Windows documents them [MATCH-100].
//!
//! A table to look up, and to hold files to. Not here: their values.

use crate::effective::HostProfile;

/// A setting of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name as Windows spells it.
    pub name: &'static str,
    /// Whether a submission must have it.
    pub is_required: bool,
    /// What holds where it is absent; empty = nothing.
    pub default: &'static str,
    /// The oldest Windows that reads it; versions between two profiles count with the older.
    pub since: HostProfile,
    /// The newest Windows that reads it; absent = all.
    pub until: Option<HostProfile>,
}

impl Setting {
    /// Returns the setting of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }

    /// Tells whether a Windows reads it.
    #[must_use]
    pub fn is_read_by(&self, host: HostProfile) -> bool {
        host >= self.since && self.until.is_none_or(|until| host <= until)
    }
}

const fn required(name: &'static str) -> Setting {
    Setting { is_required: true, ..optional(name, "") }
}

const fn optional(name: &'static str, default: &'static str) -> Setting {
    Setting { name, is_required: false, default, since: HostProfile::Win10V1703, until: None }
}

const fn since(name: &'static str, default: &'static str, since: HostProfile) -> Setting {
    Setting { since, ..optional(name, default) }
}

/// Only Windows 8.1 and Windows 10 before version 1703.
const fn old(name: &'static str) -> Setting {
    Setting {
        since: HostProfile::Win8_1,
        until: Some(HostProfile::Win10Pre1703),
        ..optional(name, "")
    }
}

/// All settings [MATCH-100]. `AutoConnectOrder` is read from version 1809 on, which is
/// [`HostProfile::Win10V1803`] here.
pub const SETTINGS: [Setting; 36] = [
    required("UpdateType"),
    required("Country/Region"),
    required("Operator"),
    optional("MCC", ""),
    optional("MNC", ""),
    optional("IMSI Range Start", ""),
    optional("IMSI Range End", ""),
    optional("ICCID Range Start", ""),
    optional("ICCID Range End", ""),
    optional("AccountExperienceURL", ""),
    optional("FriendlyName", ""),
    required("AccessString"),
    optional("UserName", ""),
    optional("Password", ""),
    old("AuthProtocol"),
    old("Compression"),
    since("AutoConnectOrder", "", HostProfile::Win10V1803),
    optional("SupportDataMarketplace", "false"),
    optional("SPN", ""),
    Setting { default: "true", ..required("AlwaysOn") },
    Setting { default: "Internet", ..required("PurposeGroups") },
    optional("IPType", "IPv4"),
    since("BrandingName", "", HostProfile::Win10V1709),
    since("BrandingIcon", "", HostProfile::Win10V1709),
    since("UseBrandingNameOnRoaming", "0", HostProfile::Win10V1709),
    since("Roaming", "1", HostProfile::Win10V1709),
    since("DataMarketplaceRoamingUIEnabled", "1", HostProfile::Win10V1709),
    since("UIName", "", HostProfile::Win10V1709),
    since("UIOrder", "0", HostProfile::Win10V1709),
    since("ESIM_PROV", "false", HostProfile::Win10V1709),
    since("AppID", "", HostProfile::Win10V1803),
    since("Hotspot", "Always", HostProfile::Win10V1803),
    since("EnableAutoSlotSwitch", "false", HostProfile::Win11),
    since("WifiProfiles", "", HostProfile::Win11),
    // Identifiers that the overview names and the table does not.
    optional("PNN", ""),
    optional("GID1", ""),
];
