//! What is different in CDMA: encodings of the user data (3GPP2 C.R1001, table 9.1) and their
//! room.
//!
//! Not here: the teleservice message around them.

use super::{alphabet, body, septets};

/// Characters of a message in 7-bit ASCII; networks may have other limits [MSG-28].
pub const ASCII_CHARACTERS: usize = 160;

/// Characters of a message in Unicode; networks may have other limits [MSG-28].
pub const UNICODE_CHARACTERS: usize = 70;

/// Names the encodings that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// 0: octets that are no text.
    Octets,
    /// 2, and IA5, which is 3: seven bits a letter.
    Ascii,
    /// 4: UTF-16.
    Unicode,
    /// 8: ISO 8859-1.
    Latin,
    /// 9: the GSM default alphabet, packed as GSM does.
    Gsm7,
}

impl Encoding {
    /// Returns the encoding of a number; `None` for one that is not read.
    #[must_use]
    pub const fn of(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Octets,
            2 | 3 => Self::Ascii,
            4 => Self::Unicode,
            8 => Self::Latin,
            9 => Self::Gsm7,
            _ => return None,
        })
    }
}

/// Returns the text of so many characters (units of Unicode); `None` for octets.
#[must_use]
pub fn text(encoding: Encoding, octets: &[u8], characters: usize) -> Option<String> {
    Some(match encoding {
        Encoding::Octets => return None,
        Encoding::Ascii => {
            septets::unpack_cdma(octets, characters).into_iter().map(char::from).collect()
        }
        Encoding::Unicode => {
            let units = body::units(octets);
            String::from_utf16_lossy(units.get(..characters).unwrap_or(&units))
        }
        Encoding::Latin => octets.iter().take(characters).copied().map(char::from).collect(),
        Encoding::Gsm7 => alphabet::decode(&septets::unpack(octets, 0, characters)),
    })
}

/// Returns the encoding of a text that is sent, its characters and its octets; `None` if it does
/// not fit one message.
#[must_use]
pub fn encode(text: &str) -> Option<(Encoding, usize, Vec<u8>)> {
    let (encoding, count, octets) = if text.is_ascii() {
        (Encoding::Ascii, text.len(), septets::pack_cdma(text.as_bytes()))
    } else {
        let units: Vec<u16> = text.encode_utf16().collect();
        let octets = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        (Encoding::Unicode, units.len(), octets)
    };
    let room = if encoding == Encoding::Ascii { ASCII_CHARACTERS } else { UNICODE_CHARACTERS };
    (count <= room).then_some((encoding, count, octets))
}
