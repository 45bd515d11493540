//! The content of a message, and the user data that carry it.
//!
//! Not here: the PDU around them, which says scheme and length.

use std::fmt;

use super::coding::{Alphabet, Coding};
use super::header::{self, Concatenation};
use super::{alphabet, septets};

/// Holds the content of a message or of a part, undecoded, so that parts can be joined before
/// what was cut between them is read.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// GSM 7-bit, a septet each.
    Septets(Vec<u8>),
    /// What is no text.
    Octets(Vec<u8>),
    /// UTF-16.
    Units(Vec<u16>),
}

/// Shows how much there is, not what it says: messages are private.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Septets(septets) => write!(f, "Septets({})", septets.len()),
            Self::Octets(octets) => write!(f, "Octets({})", octets.len()),
            Self::Units(units) => write!(f, "Units({})", units.len()),
        }
    }
}

impl Body {
    /// Returns the text; `None` for octets. Half a character of UTF-16 becomes U+FFFD.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Septets(septets) => Some(alphabet::decode(septets)),
            Self::Octets(_) => None,
            Self::Units(units) => Some(String::from_utf16_lossy(units)),
        }
    }

    /// Returns the bytes as they travel, without header [EVT-05].
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        match self {
            Self::Septets(septets) => septets::pack(septets, 0),
            Self::Octets(octets) => octets.clone(),
            Self::Units(units) => units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        }
    }

    /// Returns the message as an operator's app sees it: the text if it is Unicode, else the
    /// bytes in hexadecimal [EVT-04].
    #[must_use]
    pub fn as_app_sees(&self) -> String {
        match self {
            Self::Units(units) => String::from_utf16_lossy(units),
            Self::Septets(_) | Self::Octets(_) => {
                self.octets().iter().map(|octet| format!("{octet:02X}")).collect()
            }
        }
    }

    /// Appends the next part; gives it back if it is of another alphabet.
    ///
    /// # Errors
    /// The part, unchanged.
    pub fn append(&mut self, next: Self) -> Result<(), Self> {
        match (self, next) {
            (Self::Septets(all), Self::Septets(next)) => all.extend(next),
            (Self::Octets(all), Self::Octets(next)) => all.extend(next),
            (Self::Units(all), Self::Units(next)) => all.extend(next),
            (Self::Septets(_) | Self::Octets(_) | Self::Units(_), next) => return Err(next),
        }
        Ok(())
    }
}

/// Holds the user data of a PDU with what the PDU says of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UserData<'a> {
    /// How they are coded.
    pub coding: Coding,
    /// Whether they start with a header.
    pub has_header: bool,
    /// Their length as the PDU says it, header included: septets for GSM 7-bit, else octets.
    pub length: u8,
    /// The octets themselves; what is beyond the length does not count.
    pub octets: &'a [u8],
}

impl fmt::Debug for UserData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserData")
            .field("coding", &self.coding)
            .field("has_header", &self.has_header)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// Says why user data cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserDataError {
    /// Fewer octets than the length says.
    Short,
    /// The header is longer than the data.
    Header,
    /// They are compressed.
    Compressed,
}

impl fmt::Display for UserDataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "the user data are shorter than they say",
            Self::Header => "the header is longer than the user data",
            Self::Compressed => "the user data are compressed, which is not supported",
        })
    }
}

impl std::error::Error for UserDataError {}

impl UserData<'_> {
    /// Reads content and place of the part.
    ///
    /// # Errors
    /// [`UserDataError`]: the message is not readable at all.
    pub fn read(&self) -> Result<(Body, Option<Concatenation>), UserDataError> {
        if self.coding.is_compressed {
            return Err(UserDataError::Compressed);
        }
        let length = usize::from(self.length);
        let octets = match self.coding.alphabet {
            Alphabet::Gsm7 => length.saturating_mul(7).div_ceil(8),
            Alphabet::Octets | Alphabet::Ucs2 => length,
        };
        let octets = self.octets.get(..octets).ok_or(UserDataError::Short)?;
        let header = match self.has_header {
            false => None,
            true => Some(header::read(octets).ok_or(UserDataError::Header)?),
        };
        let taken = header.map_or(0, |header| header.octets);
        let rest = octets.get(taken..).ok_or(UserDataError::Header)?;
        let body = match self.coding.alphabet {
            Alphabet::Gsm7 => {
                let count = length.saturating_sub(septets::header_septets(taken));
                Body::Septets(septets::unpack(rest, septets::fill_bits(taken), count))
            }
            Alphabet::Octets => Body::Octets(rest.to_vec()),
            Alphabet::Ucs2 => Body::Units(units(rest)),
        };
        Ok((body, header.and_then(|header| header.concatenation)))
    }
}

/// Reads big-endian code units; a last odd octet is none.
pub(super) fn units(octets: &[u8]) -> Vec<u16> {
    let pairs = octets.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
    pairs.map(u16::from_be_bytes).collect()
}
