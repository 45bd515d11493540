//! What Windows 8.1 added: network settings, further PDP contexts and Internet sharing.
//!
//! Not here: admitting apps to a context and sharing itself (a host's).
//! Implements [XML-160]…[XML-175].

use std::collections::BTreeMap;
use std::fmt;

use super::profile::Context;
use super::text::{ProfileName, TEXT_MAX, as_is, collapse, open_text, text_type};
use crate::xml::{Foreign, is_xml_char};

/// Says which number of the extensions is out of its range, and carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtensionsError {
    /// Octets of a packet: 1280 to 1500 [XML-162, XML-163].
    LinkMtu(u32),
    /// Seconds between questions to a name server: 1 to 4 [XML-164].
    DnsRetryInterval(u32),
    /// Questions to a name server: 1 to 4 [XML-164].
    DnsRetryCount(u32),
    /// Clients of a shared connection: 3 to 10 [XML-173].
    MaxDevices(u32),
}

impl fmt::Display for ExtensionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LinkMtu(n) => write!(f, "link mtu of {n} octets is not within 1280 to 1500"),
            Self::DnsRetryInterval(n) => {
                write!(f, "dns retry interval of {n} s is not within 1 to 4 s")
            }
            Self::DnsRetryCount(n) => write!(f, "{n} dns retries are not within 1 to 4"),
            Self::MaxDevices(n) => write!(f, "{n} devices are not within 3 to 10"),
        }
    }
}

impl std::error::Error for ExtensionsError {}

macro_rules! ranged {
    ($(#[$doc:meta])* $name:ident, $min:literal to $max:literal, $error:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(u32);

        impl $name {
            #[doc = concat!("Takes ", stringify!($min), " to ", stringify!($max), ".")]
            ///
            /// # Errors
            #[doc = concat!("[`ExtensionsError::", stringify!($error), "`] for all others.")]
            pub const fn new(number: u32) -> Result<Self, ExtensionsError> {
                if $min <= number && number <= $max {
                    Ok(Self(number))
                } else {
                    Err(ExtensionsError::$error(number))
                }
            }

            /// Returns the number.
            #[must_use]
            pub const fn number(self) -> u32 {
                self.0
            }
        }
    };
}

ranged! {
    /// Holds the octets of the largest packet [XML-162, XML-163].
    LinkMtu, 1280 to 1500, LinkMtu
}
ranged! {
    /// Holds the seconds between two questions to a name server [XML-164].
    DnsRetryInterval, 1 to 4, DnsRetryInterval
}
ranged! {
    /// Holds how often a name server is asked again [XML-164].
    DnsRetryCount, 1 to 4, DnsRetryCount
}
ranged! {
    /// Holds how many clients share a connection at once [XML-173]; Windows takes 10 if absent.
    MaxDevices, 3 to 10, MaxDevices
}

text_type! {
    /// Names a data class to the user; blanks collapsed [XML-165].
    FriendlyName, 1 to 15, collapse, is_xml_char
}
text_type! {
    /// Holds the number of the operator's support; blanks collapsed [XML-166]. May be empty.
    SupportPhoneNumber, 0 to 25, collapse, is_xml_char
}
text_type! {
    /// Names a policy; blanks collapsed [XML-169].
    PolicyName, 1 to 255, collapse, is_xml_char
}
text_type! {
    /// Names an app by its package family; compared exactly, so blanks are kept [XML-170].
    AppId, 0 to TEXT_MAX, as_is, is_xml_char
}
open_text!(FriendlyName, SupportPhoneNumber, PolicyName, AppId);

/// Holds the open end of a document: what later schemas add [XML-160].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// `Extensions_v2`, the first if there are several.
    pub v2: Option<ExtensionsV2>,
    /// Other elements that a schema declares [XML-07]; the generator makes none.
    pub others: Vec<Foreign>,
}

/// Holds `Extensions_v2`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtensionsV2 {
    /// What the host learns about the network.
    pub network: Option<CarrierNetworkMetadata>,
    /// Contexts beside that of the Internet.
    pub additional_contexts: Option<AdditionalPdpContexts>,
}

/// Holds what the host learns about the network [XML-161].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarrierNetworkMetadata {
    /// Settings of all profiles of the subscriber.
    pub settings: Option<NetworkSettings>,
    /// What data classes are called before the user.
    pub data_class_names: Option<DataClassFriendlyNames>,
    /// The number of the operator's support.
    pub support_phone_number: Option<SupportPhoneNumber>,
}

/// Holds settings of all profiles of the subscriber [XML-162]…[XML-164].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetworkSettings {
    /// The largest packet of IPv4.
    pub ipv4_link_mtu: Option<LinkMtu>,
    /// The largest packet of IPv6.
    pub ipv6_link_mtu: Option<LinkMtu>,
    /// How name servers are asked again.
    pub dns_retry: Option<DnsRetrySettings>,
}

/// Holds how name servers are asked again [XML-164].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DnsRetrySettings {
    /// The pause between two questions.
    pub interval: DnsRetryInterval,
    /// How often.
    pub count: DnsRetryCount,
}

/// Holds at most one name for each data class, in the order of the schema [XML-165].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataClassFriendlyNames(pub BTreeMap<DataClass, FriendlyName>);

macro_rules! data_classes {
    ($($(#[$doc:meta])* $class:ident = $spelling:literal),*) => {
        /// Names a data class of a modem, in the order of the schema; there is none for 5G
        /// [XML-165].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum DataClass {
            $($(#[$doc])* #[doc = concat!("`", $spelling, "`.")] $class),*
        }

        impl DataClass {
            /// All values, in the order of the schema.
            pub const ALL: [Self; 15] = [$(Self::$class),*];

            /// Returns the name of the element.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$class => $spelling),*
                }
            }
        }
    };
}

data_classes! {
    /// No data class is available:
    None = "NONE",
    Gprs = "GPRS",
    Edge = "EDGE",
    Umts = "UMTS",
    Hsdpa = "HSDPA",
    Hsupa = "HSUPA",
    Lte = "LTE",
    OneXRtt = "ONEXRTT",
    OneXEvdo = "ONEXEVDO",
    OneXEvdoRevA = "ONEXEVDO_REVA",
    OneXEvdv = "ONEXEVDV",
    ThreeXRtt = "THREEXRTT",
    OneXEvdoRevB = "ONEXEVDO_REVB",
    Umb = "UMB",
    Custom = "CUSTOM"
}

/// Holds the contexts beside that of the Internet [XML-167].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdditionalPdpContexts {
    /// Which apps may open which.
    pub policies: Option<MultiplePdpContextPolicies>,
    /// What a shared connection uses.
    pub tethering: Option<TetheringSettings>,
}

/// Says which apps may open which context; one without a policy is open to all [XML-175].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MultiplePdpContextPolicies {
    /// Whether the network supports several contexts; yes if absent [XML-168].
    pub support: Option<bool>,
    /// The policies, in document order.
    pub policies: Vec<PdpContextPolicy>,
}

/// Says which apps may open one context [XML-169].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdpContextPolicy {
    /// The name of the policy; a later one of the same name replaces it [PDP-07].
    pub name: PolicyName,
    /// The context [XML-174].
    pub context: Context,
    /// The apps; nobody may open the context if empty [XML-170, XML-175].
    pub app_ids: Vec<AppId>,
}

/// Holds what a shared connection uses [XML-171].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TetheringSettings {
    /// The context of shared traffic; that of the Internet if absent [TET-18].
    pub profile: Option<TetheringProfile>,
    /// How many clients share it at once.
    pub max_devices: Option<MaxDevices>,
}

/// Holds the context of shared traffic [XML-172].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TetheringProfile {
    /// Its name.
    pub name: ProfileName,
    /// How to connect [XML-174].
    pub context: Context,
}

#[cfg(test)]
mod tests {
    use super::super::TextError;
    use super::*;

    #[test]
    fn ranges_hold_at_their_edges() {
        // NV-19, [XML-162], [XML-163], [XML-164], [XML-173].
        #[track_caller]
        fn check<T>(
            new: fn(u32) -> Result<T, ExtensionsError>,
            number: fn(T) -> u32,
            (min, max): (u32, u32),
            error: fn(u32) -> ExtensionsError,
        ) {
            for n in [min, max] {
                assert_eq!(new(n).map(number), Ok(n));
            }
            for n in [0, min - 1, max + 1, u32::MAX] {
                assert_eq!(new(n).map(number), Err(error(n)));
            }
        }
        check(LinkMtu::new, LinkMtu::number, (1280, 1500), ExtensionsError::LinkMtu);
        let interval = ExtensionsError::DnsRetryInterval;
        check(DnsRetryInterval::new, DnsRetryInterval::number, (1, 4), interval);
        let count = ExtensionsError::DnsRetryCount;
        check(DnsRetryCount::new, DnsRetryCount::number, (1, 4), count);
        check(MaxDevices::new, MaxDevices::number, (3, 10), ExtensionsError::MaxDevices);
    }

    #[test]
    fn texts_keep_to_the_limits_of_the_schema() {
        let of = |count: usize| "ü".repeat(count);
        let long = |found, min, max| Some(TextError::Length { found, min, max });
        assert_eq!(FriendlyName::parse(&of(15)).err(), None); // [XML-165]
        assert_eq!(FriendlyName::parse(&of(16)).err(), long(16, 1, 15));
        assert_eq!(FriendlyName::parse(" ").err(), long(0, 1, 15));
        assert_eq!(SupportPhoneNumber::parse("").err(), None); // [XML-166]
        assert_eq!(SupportPhoneNumber::parse(&of(25)).err(), None);
        assert_eq!(SupportPhoneNumber::parse(&of(26)).err(), long(26, 0, 25));
        assert_eq!(PolicyName::parse(&of(255)).err(), None); // [XML-169]
        assert_eq!(PolicyName::parse(&of(256)).err(), long(256, 1, 255));
        let blanks = AppId::parse(" a ").expect("an id"); // [XML-170]
        assert_eq!(blanks.as_str(), " a ");
        assert_eq!(AppId::parse("a\u{7}").err(), Some(TextError::Character { at: 1 }));
    }

    #[test]
    fn data_classes_have_the_order_of_the_schema() {
        let mut sorted = DataClass::ALL;
        sorted.sort_unstable();
        assert_eq!(sorted, DataClass::ALL); // [XML-165]
    }
}
