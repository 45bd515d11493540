//! Ids that machines keep and codes that people read aloud.
//!
//! An [`OrderId`] is a UUID of version 7 (RFC 9562 §5.7); an [`OrderCode`] is nine characters
//! of Crockford's base 32 and a check character. The random bits are parameters. Not here:
//! where randomness comes from.

use std::fmt;

/// Crockford's alphabet: no I, L, O, U.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The 45 bits of an order code.
const BITS: u64 = 0x1fff_ffff_ffff;
/// Characters of an order code before its check character.
const CODE_CHARS: usize = 9;

/// The id of an order, a delivery or a session: a UUID of version 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u128);

/// The id of an order.
pub type OrderId = Id;

impl Id {
    /// Makes an id from milliseconds since 1970 and ten random bytes (RFC 9562 §5.7).
    ///
    /// Times before 1970 count as 1970.
    #[must_use]
    pub fn from_parts(unix_ms: i64, random: [u8; 10]) -> Self {
        let [m0, m1, t0, t1, t2, t3, t4, t5] =
            (u64::try_from(unix_ms).unwrap_or(0) & 0xffff_ffff_ffff).to_be_bytes();
        let _leading = (m0, m1);
        let [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9] = random;
        let version = 0x70 | (r0 & 0x0f);
        let variant = 0x80 | (r2 & 0x3f);
        Self(u128::from_be_bytes([
            t0, t1, t2, t3, t4, t5, version, r1, variant, r3, r4, r5, r6, r7, r8, r9,
        ]))
    }

    /// Reads the hyphenated form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hyphens = [8, 13, 18, 23];
        let is_form = text.len() == 36
            && text.bytes().enumerate().all(|(at, b)| match hyphens.contains(&at) {
                true => b == b'-',
                false => b.is_ascii_hexdigit(),
            });
        let value = u128::from_str_radix(&text.replace('-', ""), 16).ok()?;
        is_form.then_some(Self(value))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        write!(
            f,
            "{}-{}-{}-{}-{}",
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32)
        )
    }
}

/// The code of an order that people read, type and say: nine characters and a check character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderCode(String);

impl OrderCode {
    /// Makes a code from 45 of the random bits.
    ///
    /// Crockford's check has 37 values, five of them signs that nobody reads aloud (`*~$=U`):
    /// numbers with such a check are passed over for the next that has a letter or digit.
    #[must_use]
    pub fn from_random(random: [u8; 6]) -> Self {
        let [a, b, c, d, e, f] = random;
        let first = u64::from_be_bytes([0, 0, a, b, c, d, e, f]) & BITS;
        let readable = (0..=5).map(|n: u64| first.wrapping_add(n) & BITS).find(|n| n % 37 < 32);
        let bits = readable.unwrap_or(0);
        let mut text = String::with_capacity(CODE_CHARS.saturating_add(1));
        for at in (0..CODE_CHARS).rev() {
            let shift = u32::try_from(at).unwrap_or(0).saturating_mul(5);
            text.push(symbol(bits.checked_shr(shift).unwrap_or(0) & 31));
        }
        text.push(symbol(bits % 37));
        Self(text)
    }

    /// Reads a code as people write it: any case, blanks and hyphens anywhere, I and L for 1,
    /// O for 0. `None` when a character or the check character is wrong.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        let clean: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .map(|c| match c.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            })
            .collect();
        let (body, check) = (clean.get(..CODE_CHARS)?, clean.get(CODE_CHARS..)?);
        let mut bits = 0_u64;
        for byte in body.bytes() {
            let value = ALPHABET.iter().position(|symbol| *symbol == byte)?;
            bits = bits.checked_mul(32)?.checked_add(u64::try_from(value).ok()?)?;
        }
        let is_sound = bits % 37 < 32 && check == symbol(bits % 37).to_string();
        is_sound.then_some(Self(clean))
    }

    /// Returns the ten characters without hyphens.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderCode {
    /// Writes the code as people read it: `7K2-QXM-4T9-R`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |from: usize, to: usize| self.0.get(from..to).unwrap_or_default();
        write!(f, "{}-{}-{}-{}", part(0, 3), part(3, 6), part(6, 9), part(9, 10))
    }
}

fn symbol(value: u64) -> char {
    let at = usize::try_from(value).unwrap_or(0);
    let byte = ALPHABET.get(at).copied().unwrap_or(b'0');
    char::from(byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn id_has_version_and_variant_and_time() {
        // RFC 9562, appendix A.6.
        let id = Id::from_parts(
            0x017F_22E2_79B0,
            [0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F],
        );
        assert_eq!(id.to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert_eq!(Id::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), Some(id));
        assert_eq!(Id::parse("017f22e279b07cc398c4dc0c0c07398f"), None);
        assert_eq!(Id::parse("+17f22e2-79b0-7cc3-98c4-dc0c0c07398f"), None);
    }

    proptest! {
        #[test]
        fn codes_read_back_however_people_write_them(random: [u8; 6]) {
            let code = OrderCode::from_random(random);
            prop_assert_eq!(OrderCode::parse(code.as_str()), Some(code.clone()));
            prop_assert_eq!(OrderCode::parse(&code.to_string().to_lowercase()), Some(code));
        }

        #[test]
        fn one_wrong_character_is_noticed(random: [u8; 6], at in 0_usize..9, other in 0_usize..32) {
            let code = OrderCode::from_random(random);
            let mut bytes = code.as_str().as_bytes().to_vec();
            if bytes[at] != ALPHABET[other] {
                bytes[at] = ALPHABET[other];
                let text = String::from_utf8(bytes).expect("ascii");
                prop_assert_eq!(OrderCode::parse(&text), None);
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = OrderCode::parse(&text);
            let _ = Id::parse(&text);
        }
    }
}
