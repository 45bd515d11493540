//! Texts of USSD: strings without a length of their own (3GPP TS 23.038, 5 and 6.1.2.3).

use super::alphabet;
use super::body::units;
use super::coding::{Alphabet, Coding, Prefix};
use super::septets;

/// Fills the seven bits that would else be an `@`.
const CARRIAGE_RETURN: u8 = 0x0D;

/// Returns the text of a USSD string; `None` for octets that are no text and for compressed ones.
///
/// What says the language before the text is left out.
#[must_use]
pub fn text(scheme: u8, octets: &[u8]) -> Option<String> {
    let coding = Coding::of_ussd(scheme);
    if coding.is_compressed {
        return None;
    }
    match coding.alphabet {
        Alphabet::Octets => None,
        Alphabet::Ucs2 => {
            let skipped = match coding.prefix {
                Prefix::Language => 2,
                Prefix::None => 0,
            };
            Some(String::from_utf16_lossy(&units(octets.get(skipped..).unwrap_or_default())))
        }
        Alphabet::Gsm7 => {
            let mut text = septets::unpack(octets, 0, usize::MAX);
            let ends_with_octet = text.len().is_multiple_of(8);
            if ends_with_octet && text.last() == Some(&CARRIAGE_RETURN) {
                text.pop();
            }
            let skipped = match (coding.prefix, text.get(2)) {
                (Prefix::Language, Some(&CARRIAGE_RETURN)) => 3,
                (Prefix::Language | Prefix::None, _) => 0,
            };
            Some(alphabet::decode(text.get(skipped..).unwrap_or_default()))
        }
    }
}

/// Packs a text of the default alphabet as a USSD string; `None` where the alphabet lacks a letter.
#[must_use]
pub fn pack(text: &str) -> Option<Vec<u8>> {
    let mut septets = alphabet::encode(text)?;
    // Seven bits too many would be read as an `@`; a carriage return at the end of an octet would
    // be taken for that filling.
    let is_full = septets.len().is_multiple_of(8) && septets.last() == Some(&CARRIAGE_RETURN);
    if septets.len().checked_rem(8) == Some(7) || is_full {
        septets.push(CARRIAGE_RETURN);
    }
    Some(septets::pack(&septets, 0))
}
