//! What the database says of countries, providers and their access points.
//!
//! Not here: voice mail, balance checks, top-ups and queries of the own number, which the file
//! has and this product has no use for; they are counted.

use std::net::Ipv4Addr;

use super::Notice;
use crate::document::{AccessString, Password, UserName};

/// Holds the whole database, and what of the file is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProviders {
    /// The countries in the order of the file.
    pub countries: Vec<Country>,
    /// What was unusual, in document order; at most [`Notice::COUNT_MAX`].
    pub notices: Vec<Notice>,
    /// How many further notices there would be.
    pub notices_left_out: usize,
    /// How many elements are known and not kept: voice mail, balance checks and the like.
    pub not_kept: usize,
}

/// Holds the providers of a country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// The code of ISO 3166-1 as written: two lower-case letters.
    pub code: String,
    /// At least one.
    pub names: Vec<Name>,
    /// May be empty.
    pub providers: Vec<Provider>,
}

/// Holds a name, perhaps in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// `xml:lang`; none for the usual name.
    pub language: Option<String>,
    /// The name, blanks collapsed.
    pub text: String,
}

/// Holds a provider: an operator, or a brand on the network of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// At least one.
    pub names: Vec<Name>,
    /// Says whether the networks are its own; none where the file does not say.
    pub is_primary: Option<bool>,
    /// Its part in 3GPP networks.
    pub gsm: Option<Gsm>,
    /// Its part in 3GPP2 networks.
    pub cdma: Option<Cdma>,
}

impl Provider {
    /// Returns the name without a language, else the first.
    #[must_use]
    pub fn name(&self) -> &str {
        let plain = self.names.iter().find(|name| name.language.is_none());
        plain.or(self.names.first()).map_or("", |name| &name.text)
    }
}

/// Holds what a provider has in 3GPP networks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gsm {
    /// The networks that its SIMs may name, its host's included; may be empty.
    pub network_ids: Vec<NetworkId>,
    /// The access points in the order of the file.
    pub apns: Vec<Apn>,
}

/// Identifies a network: MCC of three digits, MNC of two or three [MATCH-11].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetworkId {
    mcc: String,
    mnc: String,
}

impl NetworkId {
    /// Reads both codes; nothing unless they are ASCII digits of the right number. Leading zeros
    /// count: `01` and `001` are two networks.
    #[must_use]
    pub fn parse(mcc: &str, mnc: &str) -> Option<Self> {
        let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let fits = mcc.len() == 3 && matches!(mnc.len(), 2 | 3);
        (fits && are_digits(mcc) && are_digits(mnc))
            .then(|| Self { mcc: mcc.to_owned(), mnc: mnc.to_owned() })
    }

    /// Returns the mobile country code.
    #[must_use]
    pub fn mcc(&self) -> &str {
        &self.mcc
    }

    /// Returns the mobile network code.
    #[must_use]
    pub fn mnc(&self) -> &str {
        &self.mnc
    }
}

/// Holds an access point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apn {
    /// Its name in the network.
    pub value: AccessString,
    /// The kinds of plans that it is for; empty where the file does not say.
    pub plans: Vec<PlanType>,
    /// What it is for; none where the file does not say.
    pub usage: Option<Usage>,
    /// Names for people; may be empty.
    pub names: Vec<Name>,
    /// A gateway with or without a port, as written.
    pub gateway: Option<String>,
    /// None if absent or empty.
    pub user_name: Option<UserName>,
    /// None if absent or empty. Never prints.
    pub password: Option<Password>,
    /// The methods of authentication; empty where the file does not say.
    pub authentication: Vec<Authentication>,
    /// Fixed name servers.
    pub dns: Vec<Ipv4Addr>,
    /// The URL of the MMS centre, as written.
    pub mmsc: Option<String>,
    /// The MMS proxy as host and port, as written.
    pub mms_proxy: Option<String>,
}

/// Holds what a provider has in 3GPP2 networks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cdma {
    /// Names for people; may be empty.
    pub names: Vec<Name>,
    /// None if absent or empty.
    pub user_name: Option<UserName>,
    /// None if absent or empty. Never prints.
    pub password: Option<Password>,
    /// Fixed name servers.
    pub dns: Vec<Ipv4Addr>,
    /// The system ids; may be empty.
    pub sids: Vec<Sid>,
}

/// Identifies a CDMA system: a number of 15 bits (TIA-553 and its successors) [MATCH-11].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sid(u16);

impl Sid {
    /// Reads up to five ASCII digits; nothing for a number above 32767.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = (1..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number: u16 = is_number.then(|| text.parse().ok()).flatten()?;
        (number < 1 << 15).then_some(Self(number))
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A word that the format does not have; reported as well.
            Other(String),
        }

        impl $name {
            pub(super) fn parse(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }

            pub(super) const fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }
    };
}

words! {
    /// Names a kind of plans.
    PlanType {
        /// Paid before use.
        Prepaid = "prepaid",
        /// Paid after use.
        Postpaid = "postpaid",
    }
}

words! {
    /// Says what an access point is for.
    Usage {
        /// The Internet.
        Internet = "internet",
        /// Multimedia messages.
        Mms = "mms",
        /// WAP pages.
        Wap = "wap",
        /// The initial attachment to an LTE network.
        InitialAttach = "ia",
        /// Messages and the Internet.
        MmsInternetHipri = "mms-internet-hipri",
        /// Messages, the Internet and updates of firmware.
        MmsInternetHipriFota = "mms-internet-hipri-fota",
    }
}

words! {
    /// Names a method of authentication.
    Authentication {
        /// PAP.
        Pap = "pap",
        /// CHAP.
        Chap = "chap",
    }
}
