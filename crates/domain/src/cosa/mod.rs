//! The COSA/APN database: profiles that say how a SIM connects, before any Internet exists.
//!
//! A profile has targets, one block of settings for the SIM and connections [MATCH-96]. The
//! profile with the most matching identifiers wins [MATCH-98], [MATCH-99]. Not here: which of
//! several sources of a setting counts ([`crate::effective`]), and service metadata
//! ([`crate::matching`]).

mod purpose;
mod select;
mod settings;
mod target;
mod trial;

use std::collections::BTreeSet;
use std::fmt;

use crate::brand::{self, BrandId};

pub use purpose::PurposeGroup;
pub use select::{Candidate, Selection, select};
pub use settings::{SETTINGS, Setting};
pub use target::{Form, Plmn, SimFacts, Target, TargetFault};
pub use trial::{Next, next, trial_order};

/// Who put a profile into the database; an OEM's goes before Microsoft's [MATCH-03].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// An OEM's extension.
    Oem,
    /// Microsoft's base.
    Base,
}

/// A profile of the database [MATCH-96].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The brand whose it is.
    pub brand: BrandId,
    /// Who put it there.
    pub origin: Origin,
    /// When it was added, as a running number: greater is later.
    pub added: u64,
    /// The SIMs it is for; none = every SIM of the brand.
    pub targets: Vec<Target>,
    /// What holds for the SIM; one block, whatever the target.
    pub settings: SimSettings,
    /// How to connect, in the database's order.
    pub connections: Vec<Connection>,
}

/// Whether an operator allows sharing: `AllowTethering` and COSA's `Hotspot` [MATCH-100].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tethering {
    /// Always, which is the default.
    #[default]
    Always,
    /// Never.
    Never,
    /// The operator is asked each time.
    EntitlementCheckRequired,
}

/// Where a device is, seen from its home network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// On the home network.
    Home,
    /// On another network of the same country.
    Domestic,
    /// On a network of another country.
    Abroad,
}

/// On which networks Windows connects: `Roaming` [MATCH-100].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Roaming {
    /// 0: at home only.
    Home,
    /// 1: everywhere, which is the default.
    #[default]
    All,
    /// 2: at home and in the same country.
    HomeAndDomestic,
    /// 3: on other networks of the same country only.
    DomesticRoaming,
    /// 4: in other countries only.
    InternationalRoaming,
    /// 5: anywhere but at home.
    AnyRoaming,
}

impl Roaming {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Home,
        Self::All,
        Self::HomeAndDomestic,
        Self::DomesticRoaming,
        Self::InternationalRoaming,
        Self::AnyRoaming,
    ];

    /// Tells whether Windows connects there.
    #[must_use]
    pub fn allows(self, place: Place) -> bool {
        match self {
            Self::Home => place == Place::Home,
            Self::All => true,
            Self::HomeAndDomestic => place <= Place::Domestic,
            Self::DomesticRoaming => place == Place::Domestic,
            Self::InternationalRoaming => place == Place::Abroad,
            Self::AnyRoaming => place >= Place::Domestic,
        }
    }
}

/// Where the operator's own name is shown: `UseBrandingNameOnRoaming` [MATCH-100].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameReach {
    /// At home only, which is the default: elsewhere the network's own name shows.
    #[default]
    Home,
    /// At home and with other networks of the country.
    Domestic,
    /// Everywhere.
    International,
}

impl NameReach {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Home, Self::Domestic, Self::International];

    /// Tells whether the operator's name is shown there; elsewhere it is the network's own
    /// [MATCH-113].
    #[must_use]
    pub fn reaches(self, place: Place) -> bool {
        match self {
            Self::Home => place == Place::Home,
            Self::Domestic => place <= Place::Domestic,
            Self::International => true,
        }
    }
}

/// Settings of a SIM; an absent one has the default of [`SETTINGS`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimSettings {
    /// `BrandingName`.
    pub branding_name: Option<String>,
    /// `BrandingIcon`: the name of a file.
    pub branding_icon: Option<String>,
    /// `UseBrandingNameOnRoaming`.
    pub name_reach: Option<NameReach>,
    /// `AccountExperienceURL`, ignored where `app_id` is set and read [PORT-15].
    pub account_experience_url: Option<String>,
    /// `AppID`; an empty one is none.
    pub app_id: Option<String>,
    /// `Hotspot`.
    pub hotspot: Option<Tethering>,
    /// `HotSpot/DedicatedConnections`: the name of a connection of this profile [MATCH-105].
    pub dedicated_hotspot: Option<String>,
    /// `UIName`, for the list from which a person picks.
    pub ui_name: Option<String>,
    /// `UIOrder`, the place in that list; absent = 0.
    pub ui_order: Option<u16>,
    /// `Roaming`.
    pub roaming: Option<Roaming>,
    /// `SupportDataMarketplace`.
    pub data_marketplace: Option<bool>,
    /// `DataMarketplaceRoamingUIEnabled`.
    pub data_marketplace_roaming_ui: Option<bool>,
    /// `EnableAutoSlotSwitch`.
    pub auto_slot_switch: Option<bool>,
}

/// Which versions of IP a connection carries [MATCH-100].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IpType {
    /// Only IPv4, which is the default.
    #[default]
    V4,
    /// Only IPv6.
    V6,
    /// Both.
    V4V6,
}

/// One way to connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Its name within the profile.
    pub name: String,
    /// `FriendlyName`, shown when Windows cannot connect by itself.
    pub friendly_name: Option<String>,
    /// `PurposeGroups`.
    pub purposes: BTreeSet<PurposeGroup>,
    /// Access string and credentials [MATCH-104].
    pub access: brand::Connection,
    /// `IPType`.
    pub ip_type: IpType,
    /// `AlwaysOn`: whether Windows connects by itself.
    pub always_on: bool,
    /// `AutoConnectOrder`, from 1 for each set of identifiers [MATCH-102].
    pub auto_connect_order: Option<u16>,
}

/// Says why a profile is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileFault {
    /// A target has none of the four forms [MATCH-97].
    Target {
        /// Its place among the targets.
        at: usize,
        /// What is wrong with it.
        fault: TargetFault,
    },
    /// There is no connection.
    NoConnections,
    /// Two connections have one name.
    RepeatedName {
        /// The name.
        name: String,
    },
    /// The orders are not 1, 2, 3 and so on, each once [MATCH-102].
    AutoConnectOrder {
        /// The orders as given, sorted.
        found: Vec<u16>,
    },
    /// The hotspot's own connection does not exist, is not for the Internet, or is always on
    /// [MATCH-105].
    DedicatedHotspot {
        /// The name given.
        name: String,
    },
}

impl fmt::Display for ProfileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target { at, fault } => write!(f, "target {at}: {fault}"),
            Self::NoConnections => f.write_str("no connection"),
            Self::RepeatedName { name } => write!(f, "two connections are called {name}"),
            Self::AutoConnectOrder { found } => {
                write!(f, "auto-connect orders {found:?} are not numbered from 1, each once")
            }
            Self::DedicatedHotspot { name } => write!(
                f,
                "the hotspot's connection {name} must exist, be for the internet and not always on"
            ),
        }
    }
}

impl std::error::Error for ProfileFault {}

impl Profile {
    /// Returns everything that is wrong with the profile [MATCH-97], [MATCH-102], [MATCH-105].
    #[must_use]
    pub fn faults(&self) -> Vec<ProfileFault> {
        let mut faults = Vec::new();
        for (at, target) in self.targets.iter().enumerate() {
            if let Err(fault) = target.form() {
                faults.push(ProfileFault::Target { at, fault });
            }
        }
        if self.connections.is_empty() {
            faults.push(ProfileFault::NoConnections);
        }
        let mut names = BTreeSet::new();
        for connection in &self.connections {
            if !names.insert(&connection.name) {
                faults.push(ProfileFault::RepeatedName { name: connection.name.clone() });
            }
        }
        let mut found: Vec<u16> =
            self.connections.iter().filter_map(|c| c.auto_connect_order).collect();
        found.sort_unstable();
        if !found.iter().copied().eq((1_u16..).take(found.len())) {
            faults.push(ProfileFault::AutoConnectOrder { found });
        }
        if let Some(name) = &self.settings.dedicated_hotspot {
            let is_apt = |c: &Connection| {
                c.name == *name && c.purposes.contains(&PurposeGroup::Internet) && !c.always_on
            };
            if !self.connections.iter().any(is_apt) {
                faults.push(ProfileFault::DedicatedHotspot { name: name.clone() });
            }
        }
        faults
    }

    /// Returns the first connection for a purpose.
    #[must_use]
    pub fn connection(&self, purpose: PurposeGroup) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.purposes.contains(&purpose))
    }
}
