//! SSIDs and SSID prefixes, as types that check themselves.
//!
//! Two spellings of one thing: octets, or characters that stand for their UTF-8. Not here: where
//! they stand ([`super::wlan`], [`super::hotspot`]), and the limit of 32 octets for names, which
//! is the generator's ([`crate::lint`]).
//! Implements [XML-100]…[XML-102], [XML-118].

use std::fmt;

use super::text::{TextError, bounded};
use crate::xml::is_xml_char;

/// Most octets of an SSID, and in the schema most characters [XML-100].
pub(crate) const SSID_MAX: usize = 32;

/// Says why a text or some octets are no SSID and no prefix of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SsidError {
    /// The number of octets is outside the range, which ends at 32.
    Octets {
        /// Octets found.
        found: usize,
        /// Fewest allowed.
        min: usize,
    },
    /// Not pairs of hexadecimal digits.
    Hex,
    /// The characters are too few, too many, or none of XML's.
    Name(TextError),
}

impl fmt::Display for SsidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Octets { found, min } => {
                write!(f, "{found} octets where {min} to {SSID_MAX} are needed")
            }
            Self::Hex => f.write_str("not pairs of hexadecimal digits"),
            Self::Name(_) => f.write_str("not the name of a network"),
        }
    }
}

impl std::error::Error for SsidError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Octets { .. } | Self::Hex => None,
            Self::Name(source) => Some(source),
        }
    }
}

/// Says how an SSID is spelled in the document; exactly one of the two [XML-100, XML-118].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SsidForm {
    /// `hex`: the octets themselves.
    Hex(Vec<u8>),
    /// `name`: characters whose UTF-8 is meant; case matters.
    Name(String),
}

/// Holds `MIN` to 32 octets, or `MIN` to 32 characters.
///
/// Equal are those of one spelling; [`Self::is_same`] compares what is on the air.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsidAtLeast<const MIN: usize>(SsidForm);

/// Identifies a network [XML-100, XML-101].
pub type Ssid = SsidAtLeast<1>;

/// Identifies all networks whose SSID starts with these octets [XML-102].
pub type SsidPrefix = SsidAtLeast<4>;

impl<const MIN: usize> SsidAtLeast<MIN> {
    /// Takes octets.
    ///
    /// # Errors
    /// [`SsidError::Octets`] for fewer than `MIN` and more than 32.
    pub fn of_octets(octets: &[u8]) -> Result<Self, SsidError> {
        let found = octets.len();
        if (MIN..=SSID_MAX).contains(&found) {
            Ok(Self(SsidForm::Hex(octets.to_vec())))
        } else {
            Err(SsidError::Octets { found, min: MIN })
        }
    }

    /// Reads pairs of hexadecimal digits of any case.
    ///
    /// # Errors
    /// Other characters, an odd number of them, fewer octets than `MIN` or more than 32.
    pub fn parse_hex(text: &str) -> Result<Self, SsidError> {
        octets_of_hex(text).ok_or(SsidError::Hex).and_then(|octets| Self::of_octets(&octets))
    }

    /// Reads a name, blanks kept.
    ///
    /// # Errors
    /// [`SsidError::Name`] for fewer than `MIN` characters, more than 32, and control characters.
    pub fn parse_name(text: &str) -> Result<Self, SsidError> {
        bounded(text, MIN, SSID_MAX, is_xml_char).map_err(SsidError::Name)?;
        Ok(Self(SsidForm::Name(text.to_owned())))
    }

    /// Returns the spelling.
    #[must_use]
    pub const fn form(&self) -> &SsidForm {
        &self.0
    }

    /// Returns the octets on the air: those given, or the UTF-8 of the name [XML-118].
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        match &self.0 {
            SsidForm::Hex(octets) => octets,
            SsidForm::Name(name) => name.as_bytes(),
        }
    }

    /// Says whether both mean the same octets, however they are spelled [XML-118].
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.octets() == other.octets()
    }
}

/// Reads `xs:hexBinary`; nothing for anything else.
pub(crate) fn octets_of_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: char| c.to_digit(16).and_then(|n| u8::try_from(n).ok());
    let digits: Vec<u8> = text.chars().map(digit).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let octet = |[high, low]: &[u8; 2]| (high << 4) | low;
    rest.is_empty().then(|| pairs.iter().map(octet).collect())
}

/// Writes octets as the canonical form of `xs:hexBinary`: capital letters.
pub(crate) fn hex(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len().saturating_mul(2));
    for octet in octets {
        for digit in [octet >> 4, octet & 0x0f] {
            text.extend(char::from_digit(u32::from(digit), 16).map(|c| c.to_ascii_uppercase()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<const MIN: usize>(
        found: Result<SsidAtLeast<MIN>, SsidError>,
        expected: Option<SsidError>,
    ) {
        assert_eq!(found.err(), expected);
    }

    #[test]
    fn ssids_have_1_to_32_octets_or_characters() {
        let length = |found, min| TextError::Length { found, min, max: 32 };
        check(Ssid::parse_hex("00"), None); // [XML-100]
        check(Ssid::parse_hex(&"aF".repeat(32)), None);
        check(Ssid::parse_hex(""), Some(SsidError::Octets { found: 0, min: 1 }));
        check(Ssid::parse_hex(&"aF".repeat(33)), Some(SsidError::Octets { found: 33, min: 1 }));
        for text in ["0", "0g", "+1", "00 00", "0ø"] {
            check(Ssid::parse_hex(text), Some(SsidError::Hex));
        }
        check(Ssid::parse_name(" "), None);
        check(Ssid::parse_name(&"ø".repeat(32)), None);
        check(Ssid::parse_name(""), Some(SsidError::Name(length(0, 1))));
        check(Ssid::parse_name(&"ø".repeat(33)), Some(SsidError::Name(length(33, 1))));
        check(Ssid::parse_name("a\u{0}"), Some(SsidError::Name(TextError::Character { at: 1 })));
        check(SsidPrefix::parse_hex("00010203"), None); // [XML-102]
        check(SsidPrefix::parse_hex("000102"), Some(SsidError::Octets { found: 3, min: 4 }));
        check(SsidPrefix::parse_name("Bris"), None);
        check(SsidPrefix::parse_name("Bri"), Some(SsidError::Name(length(3, 4))));
    }

    #[test]
    fn ssids_are_compared_by_octets() {
        // [XML-118]
        let [name, hex, other] = [
            Ssid::parse_name("Fjell ø"),
            Ssid::parse_hex("466a656C6C20C3b8"),
            Ssid::parse_name("fjell ø"),
        ]
        .map(|ssid| ssid.expect("an SSID"));
        assert!(name.is_same(&hex));
        assert_ne!(name, hex, "two spellings");
        assert!(!name.is_same(&other), "case matters");
    }

    #[test]
    fn hexadecimal_digits_are_written_in_capitals() {
        let octets: Vec<u8> = (0..=255).collect();
        assert_eq!(hex(&[0x00, 0x9a, 0xff]), "009AFF");
        assert_eq!(octets_of_hex(&hex(&octets)), Some(octets));
    }
}
