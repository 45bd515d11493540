//! Security of a Wi-Fi profile: authentication, encryption and keys.
//!
//! The model holds every combination that the schema holds; which of them make sense is
//! [`crate::lint`]'s, and the constructors of [`Security`] make no others. Not here: EAP
//! ([`super::one_x`]) and hotspots ([`super::hotspot`]).
//! Implements [XML-104]…[XML-117], [XML-121], [XML-122].

use std::fmt;

use super::hotspot::HotspotProfile;
use super::one_x::OneX;
use super::text::TextError;
use super::wlan_text::KeyMaterial;
use crate::xml::Foreign;

/// Says that a number is outside its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeError {
    /// The number.
    pub found: u32,
    /// The least allowed.
    pub min: u32,
    /// The most allowed.
    pub max: u32,
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not within {} to {}", self.found, self.min, self.max)
    }
}

impl std::error::Error for RangeError {}

/// Holds a number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within<const MIN: u32, const MAX: u32>(u32);

/// Says which key a WEP key is: 0 to 3; 0 if absent [XML-112].
pub type KeyIndex = Within<0, 3>;
/// Says how long a key is kept: 5 to 1,440 minutes; 720 if absent [XML-114].
pub type PmkCacheTtl = Within<5, 1440>;
/// Says how many keys are kept: 1 to 255; 128 if absent [XML-115].
pub type PmkCacheSize = Within<1, 255>;
/// Says how often pre-authentication is tried: 1 to 16 times; 3 if absent [XML-117].
pub type PreAuthThrottle = Within<1, 16>;

impl<const MIN: u32, const MAX: u32> Within<MIN, MAX> {
    /// Takes a number.
    ///
    /// # Errors
    /// Less than `MIN` or more than `MAX`.
    pub const fn new(number: u32) -> Result<Self, RangeError> {
        if MIN <= number && number <= MAX {
            Ok(Self(number))
        } else {
            Err(RangeError { found: number, min: MIN, max: MAX })
        }
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// Says what keeps others out of a network [XML-104].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Security {
    /// Authentication and encryption.
    pub auth_encryption: AuthEncryption,
    /// The key, for WEP and the PSK methods [XML-109, XML-121].
    pub shared_key: Option<SharedKey>,
    /// Which key it is.
    pub key_index: Option<KeyIndex>,
    /// Whether keys of WPA2 are kept; they are if absent [XML-113].
    pub pmk_cache_mode: Option<Switch>,
    /// How long they are kept.
    pub pmk_cache_ttl: Option<PmkCacheTtl>,
    /// How many are kept.
    pub pmk_cache_size: Option<PmkCacheSize>,
    /// Whether the host authenticates before it roams; not if absent [XML-116, XML-122].
    pub pre_auth_mode: Option<Switch>,
    /// How often it tries.
    pub pre_auth_throttle: Option<PreAuthThrottle>,
    /// How to log on at a hotspot, with open authentication only [XML-124].
    pub hotspot: Option<HotspotProfile>,
    /// How to authenticate with 802.1X [XML-130].
    pub one_x: Option<OneX>,
    /// Elements of other namespaces.
    pub others: Vec<Foreign>,
}

impl Security {
    const fn of(
        authentication: Authentication,
        encryption: Encryption,
        use_one_x: Option<bool>,
    ) -> Self {
        let others = Vec::new();
        Self {
            auth_encryption: AuthEncryption {
                authentication,
                encryption,
                use_one_x,
                fips_mode: None,
                others,
            },
            shared_key: None,
            key_index: None,
            pmk_cache_mode: None,
            pmk_cache_ttl: None,
            pmk_cache_size: None,
            pre_auth_mode: None,
            pre_auth_throttle: None,
            hotspot: None,
            one_x: None,
            others: Vec::new(),
        }
    }

    /// Keeps nobody out.
    #[must_use]
    pub const fn open() -> Self {
        Self::of(Authentication::Open, Encryption::None, Some(false))
    }

    /// Keeps nobody out and logs on at a hotspot.
    #[must_use]
    pub fn open_hotspot(hotspot: HotspotProfile) -> Self {
        Self { hotspot: Some(hotspot), ..Self::open() }
    }

    /// Asks for a passphrase: WPA2 with AES [XML-111, XML-121].
    ///
    /// # Errors
    /// Not 8 to 63 characters of ASCII.
    pub fn wpa2_psk(passphrase: &str) -> Result<Self, TextError> {
        let shared_key = SharedKey {
            key_type: KeyType::PassPhrase,
            is_protected: false,
            key_material: KeyMaterial::passphrase(passphrase)?,
            others: Vec::new(),
        };
        let bare = Self::of(Authentication::Wpa2Psk, Encryption::Aes, Some(false));
        Ok(Self { shared_key: Some(shared_key), ..bare })
    }

    /// Asks for an EAP method: WPA2 with AES [XML-121, XML-130].
    #[must_use]
    pub fn wpa2_eap(one_x: OneX) -> Self {
        let bare = Self::of(Authentication::Wpa2, Encryption::Aes, Some(true));
        Self { one_x: Some(one_x), ..bare }
    }
}

/// Holds authentication and encryption [XML-105]…[XML-108].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthEncryption {
    /// Who may join.
    pub authentication: Authentication,
    /// What hides the traffic.
    pub encryption: Encryption,
    /// Whether 802.1X is used; not if absent [XML-107].
    pub use_one_x: Option<bool>,
    /// Whether cryptography is held to FIPS 140-2; not if absent. Documented, yet absent from the
    /// published schemas [XML-10, XML-108].
    pub fips_mode: Option<bool>,
    /// Elements of other namespaces.
    pub others: Vec<Foreign>,
}

/// Names who may join a network [XML-105].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// `open`: everybody.
    Open,
    /// `shared`: who has the WEP key.
    Shared,
    /// `WPA`: who authenticates with 802.1X.
    Wpa,
    /// `WPAPSK`: who has the key.
    WpaPsk,
    /// `WPA2`: who authenticates with 802.1X.
    Wpa2,
    /// `WPA2PSK`: who has the key.
    Wpa2Psk,
}

impl Authentication {
    /// All values, for reading.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Shared, Self::Wpa, Self::WpaPsk, Self::Wpa2, Self::Wpa2Psk];

    /// Returns the spelling of the schema, whose case matters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Shared => "shared",
            Self::Wpa => "WPA",
            Self::WpaPsk => "WPAPSK",
            Self::Wpa2 => "WPA2",
            Self::Wpa2Psk => "WPA2PSK",
        }
    }
}

/// Names what hides the traffic [XML-106].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// `none`.
    None,
    /// `WEP`.
    Wep,
    /// `TKIP`.
    Tkip,
    /// `AES`.
    Aes,
}

impl Encryption {
    /// All values, for reading.
    pub const ALL: [Self; 4] = [Self::None, Self::Wep, Self::Tkip, Self::Aes];

    /// Returns the spelling of the schema, whose case matters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Wep => "WEP",
            Self::Tkip => "TKIP",
            Self::Aes => "AES",
        }
    }
}

/// Holds the key that all who may join share [XML-109]…[XML-111].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedKey {
    /// What the material is.
    pub key_type: KeyType,
    /// Whether the material is encrypted by the host that exported it, and then hexadecimal.
    pub is_protected: bool,
    /// The key or the passphrase.
    pub key_material: KeyMaterial,
    /// Elements of other namespaces.
    pub others: Vec<Foreign>,
}

/// Names what key material is [XML-109].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// `networkKey`: the key itself.
    NetworkKey,
    /// `passPhrase`: what the key is derived from.
    PassPhrase,
}

impl KeyType {
    /// All values, for reading.
    pub const ALL: [Self; 2] = [Self::NetworkKey, Self::PassPhrase];

    /// Returns the spelling of the schema.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NetworkKey => "networkKey",
            Self::PassPhrase => "passPhrase",
        }
    }
}

/// Says whether a mode is on [XML-113, XML-116].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// `disabled`.
    Disabled,
    /// `enabled`.
    Enabled,
}

impl Switch {
    /// All values, for reading.
    pub const ALL: [Self; 2] = [Self::Disabled, Self::Enabled];

    /// Returns the spelling of the schema.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<const MIN: u32, const MAX: u32>(number: u32, is_inside: bool) {
        let expected = match is_inside {
            true => Ok(number),
            false => Err(RangeError { found: number, min: MIN, max: MAX }),
        };
        assert_eq!(Within::<MIN, MAX>::new(number).map(Within::number), expected);
    }

    #[test]
    fn numbers_keep_to_the_ranges_of_the_schema() {
        for (number, is_inside) in [(0, true), (3, true), (4, false)] {
            check::<0, 3>(number, is_inside); // [XML-112]
        }
        for (number, is_inside) in [(4, false), (5, true), (1440, true), (1441, false)] {
            check::<5, 1440>(number, is_inside); // [XML-114]
        }
        for (number, is_inside) in [(0, false), (1, true), (255, true), (256, false)] {
            check::<1, 255>(number, is_inside); // [XML-115]
        }
        for (number, is_inside) in [(0, false), (1, true), (16, true), (17, false)] {
            check::<1, 16>(number, is_inside); // [XML-117]
        }
        let error = PmkCacheTtl::new(4).expect_err("too short");
        assert_eq!(error.to_string(), "4 is not within 5 to 1440");
    }

    #[test]
    fn a_network_with_a_passphrase_says_so_and_does_not_print_it() {
        let security = Security::wpa2_psk("correct horse").expect("a passphrase"); // [XML-121]
        assert!(!format!("{security:?}").contains("horse"), "{security:?}");
        let key = security.shared_key.expect("a key");
        assert_eq!((key.key_type, key.is_protected), (KeyType::PassPhrase, false)); // [XML-109]
        let short = TextError::Length { found: 7, min: 8, max: 63 };
        assert_eq!(Security::wpa2_psk("correct"), Err(short)); // [XML-111]
    }
}
