//! Codes of vouchers: sixteen characters that people read aloud and type.
//!
//! Fifteen characters of Crockford's base 32 carry 75 random bits; the sixteenth makes the whole
//! a word of a linear code over GF(32), so that each wrong character and each pair of exchanged
//! ones is found. Not here: where randomness comes from, and what is kept of a code.

use std::fmt;

use crate::code::ALPHABET;

/// Characters before the check character.
const DATA_CHARS: usize = 15;
/// Characters of a code.
const CHARS: usize = DATA_CHARS + 1;
/// Longest text that is read as a code, in bytes: blanks and hyphens between all characters.
const TEXT_BYTES_MAX: usize = 128;
/// The 75 random bits.
const BITS: u128 = (1 << 75) - 1;

/// The code of a voucher. It is money: nothing of it is in its `Debug`, and it has no `Display`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VoucherCode(String);

impl VoucherCode {
    /// Makes a code from 75 of the random bits.
    #[must_use]
    pub fn from_random(random: [u8; 10]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j] = random;
        let bits = u128::from_be_bytes([0, 0, 0, 0, 0, 0, a, b, c, d, e, f, g, h, i, j]) & BITS;
        let values = (0..DATA_CHARS).rev().map(|at| {
            let shift = u32::try_from(at).unwrap_or(0).saturating_mul(5);
            u8::try_from(bits.checked_shr(shift).unwrap_or(0) & 31).unwrap_or(0)
        });
        let mut sum = 0;
        let mut text = String::with_capacity(CHARS);
        for value in values {
            sum = times_alpha(sum) ^ value;
            text.push(character(value));
        }
        text.push(character(times_alpha(sum)));
        Self(text)
    }

    /// Reads a code as people write it: any case, blanks and hyphens of any kind anywhere, I and
    /// L for 1, O for 0. `None` when a character is missing, wrong or in the wrong place.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > TEXT_BYTES_MAX {
            return None;
        }
        let is_between = |c: &char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}');
        let clean: String = text
            .chars()
            .filter(|c| !is_between(c))
            .map(|c| match c.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            })
            .collect();
        let mut sum = 0;
        for c in clean.chars() {
            sum = times_alpha(sum) ^ value(c)?;
        }
        (clean.len() == CHARS && sum == 0).then_some(Self(clean))
    }

    /// Returns the sixteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the code as people read it: `7K2Q-XM4T-9RAB-CD3E`.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let part = |from: usize, to: usize| self.0.get(from..to).unwrap_or_default();
        format!("{}-{}-{}-{}", part(0, 4), part(4, 8), part(8, 12), part(12, 16))
    }
}

impl fmt::Debug for VoucherCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VoucherCode(…)")
    }
}

/// Multiplies by α, a root of the primitive polynomial x⁵ + x² + 1 over GF(2).
///
/// The characters of a code, times α¹⁵ … α⁰, sum to zero. A wrong character changes its term; two
/// exchanged ones at different places change theirs by multiples that differ, as the first 31
/// powers of α do.
fn times_alpha(value: u8) -> u8 {
    let doubled = value.wrapping_mul(2);
    if doubled & 0b10_0000 == 0 { doubled } else { doubled ^ 0b10_0101 }
}

fn character(value: u8) -> char {
    char::from(ALPHABET.get(usize::from(value)).copied().unwrap_or(b'0'))
}

fn value(character: char) -> Option<u8> {
    let at = ALPHABET.iter().position(|symbol| char::from(*symbol) == character)?;
    u8::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Makes a code whose characters before the last have these values.
    fn code_of(values: [u8; DATA_CHARS]) -> String {
        let bits = values.iter().fold(0_u128, |bits, value| (bits << 5) | u128::from(*value));
        let random: [u8; 10] = bits.to_be_bytes()[6..].try_into().expect("ten bytes");
        VoucherCode::from_random(random).as_str().to_owned()
    }

    fn with(code: &str, at: usize, character: char) -> String {
        code.chars().enumerate().map(|(n, c)| if n == at { character } else { c }).collect()
    }

    fn symbols() -> impl Iterator<Item = (u8, char)> {
        (0..32).map(|value| (value, character(value)))
    }

    /// Every character at every place, taken for every other one, among different neighbours.
    #[test]
    fn every_wrong_character_is_found() {
        for filling in [0, 1, 17, 31] {
            for (at, (value, right)) in
                (0..DATA_CHARS).flat_map(|at| symbols().map(move |s| (at, s)))
            {
                let mut values = [filling; DATA_CHARS];
                values[at] = value;
                let code = code_of(values);
                assert!(VoucherCode::parse(&code).is_some(), "{code}");
                for (_, wrong) in symbols().filter(|(_, wrong)| *wrong != right) {
                    assert_eq!(VoucherCode::parse(&with(&code, at, wrong)), None, "{code} at {at}");
                }
                let check = code.chars().last().expect("a check character");
                for (_, wrong) in symbols().filter(|(_, wrong)| *wrong != check) {
                    let wrong = with(&code, DATA_CHARS, wrong);
                    assert_eq!(VoucherCode::parse(&wrong), None, "{code}, its check character");
                }
            }
        }
    }

    /// Every two characters that differ, at every two places, the check character's included.
    #[test]
    fn every_two_exchanged_characters_are_found() {
        for (first, (a, _)) in (0..DATA_CHARS).flat_map(|at| symbols().map(move |s| (at, s))) {
            for (b, _) in symbols() {
                let mut values = [a ^ 5; DATA_CHARS];
                values[first] = a;
                if let Some(next) = values.get_mut(first + 1) {
                    *next = b;
                }
                let code = code_of(values);
                let characters: Vec<char> = code.chars().collect();
                for second in (first + 1)..CHARS {
                    let exchanged = with(&code, first, characters[second]);
                    let exchanged = with(&exchanged, second, characters[first]);
                    let is_found = VoucherCode::parse(&exchanged).is_none();
                    assert_eq!(is_found, exchanged != code, "{code}: {first} and {second}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let code = VoucherCode::from_random([0xA7; 10]);
        for text in ["", "-", "1234", "0000-0000-0000-000", "U000-0000-0000-0000", "ÄÖÜ"] {
            assert_eq!(VoucherCode::parse(text), None, "{text}");
        }
        // All zeros is a word of the code, but one character more or less is none.
        assert!(VoucherCode::parse("0000-0000-0000-0000").is_some());
        assert_eq!(VoucherCode::parse("0000-0000-0000-0000-0"), None);
        assert_eq!(VoucherCode::parse(&format!("{}{}", " ".repeat(200), code.as_str())), None);
        assert_eq!(format!("{code:?}"), "VoucherCode(…)", "nothing of it in a log");
    }

    proptest! {
        #[test]
        fn codes_read_back_however_people_write_them(random: [u8; 10]) {
            let code = VoucherCode::from_random(random);
            let groups = code.in_groups();
            prop_assert_eq!(groups.len(), 19);
            for text in [
                code.as_str().to_owned(),
                groups.clone(),
                groups.to_lowercase().replace('-', " "),
                format!(" {} ", groups.replace('-', "\u{a0}\u{2011}")),
                groups.replace('0', "o").replace('1', "l"),
                groups.replace('0', "O").replace('1', "I"),
            ] {
                prop_assert_eq!(VoucherCode::parse(&text), Some(code.clone()), "{}", text);
            }
        }

        #[test]
        fn every_random_bit_is_in_the_code(random: [u8; 10], bit in 0_usize..75) {
            let mut other = random;
            other[9 - bit / 8] ^= 1 << (bit % 8);
            prop_assert_ne!(VoucherCode::from_random(random), VoucherCode::from_random(other));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = VoucherCode::parse(&text);
        }
    }
}
