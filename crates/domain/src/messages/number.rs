//! Numbers as people write them, read exactly.
//!
//! A number that is not wholly as its locale writes it is none: a German `1.234` is 1234 and an
//! English one 1.234, so a guess would be wrong by a thousand. Not here: which locale writes
//! how ([`super::locale`]), and units. Implements the numbers of [MSG-16], [MSG-17], [MSG-21].

/// Most digits behind the decimal sign, trailing zeros apart.
const SCALE_MAX: u32 = 18;

/// The signs that a locale puts into numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// `1,234.5`
    Dot,
    /// `12,34,567.5`, or `1,234,567.5`, as in India.
    DotPairs,
    /// `1'234.5`, also with `’`.
    DotApostrophe,
    /// `1234.5`
    DotAlone,
    /// `1.234,5`
    Comma,
    /// `1 234,5`, with a blank, a no-break space or a narrow one.
    CommaBlank,
    /// `1.234,5` or `1 234,5`.
    CommaEither,
    /// `1234`: nothing but digits is read, as the locale is not known.
    Unknown,
}

impl Signs {
    fn decimal(self) -> Option<char> {
        match self {
            Self::Dot | Self::DotPairs | Self::DotApostrophe | Self::DotAlone => Some('.'),
            Self::Comma | Self::CommaBlank | Self::CommaEither => Some(','),
            Self::Unknown => None,
        }
    }

    fn groups_with(self, sign: char) -> bool {
        const BLANKS: [char; 3] = [' ', '\u{a0}', '\u{202f}'];
        match self {
            Self::Dot | Self::DotPairs => sign == ',',
            Self::DotApostrophe => sign == '\'' || sign == '\u{2019}',
            Self::DotAlone | Self::Unknown => false,
            Self::Comma => sign == '.',
            Self::CommaBlank => BLANKS.contains(&sign),
            Self::CommaEither => sign == '.' || BLANKS.contains(&sign),
        }
    }
}

/// A number that is not negative: `digits` × 10⁻`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    digits: u64,
    scale: u32,
}

impl Decimal {
    /// Reads digits, perhaps in groups, perhaps with a decimal sign and more digits; nothing
    /// else, no sign before and no blank around.
    ///
    /// None also beyond 2⁶⁴ − 1 as an integer without its decimal sign, or with more than 18
    /// digits behind it.
    #[must_use]
    pub fn parse(text: &str, signs: Signs) -> Option<Self> {
        let (whole, part) = match signs.decimal().and_then(|sign| text.split_once(sign)) {
            Some((whole, part)) => (whole, part),
            None => (text, ""),
        };
        if whole.is_empty() && part.is_empty() {
            return None;
        }
        let part_digits = part.trim_end_matches('0');
        let scale = u32::try_from(part_digits.len()).ok().filter(|scale| *scale <= SCALE_MAX)?;
        if !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = append(append_groups(whole, signs)?, part_digits)?;
        Some(Self { digits, scale })
    }

    /// Makes a whole number.
    #[must_use]
    pub const fn of(whole: u64) -> Self {
        Self { digits: whole, scale: 0 }
    }

    /// Returns the digits without the decimal sign, and how many of them stand behind it.
    #[must_use]
    pub const fn parts(self) -> (u64, u32) {
        (self.digits, self.scale)
    }

    /// Says whether it is 0.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// Returns the number × `factor`, rounded half up [MSG-17]; `None` beyond 2⁶⁴ − 1.
    #[must_use]
    pub fn times(self, factor: u64) -> Option<u64> {
        rounded(self.product(factor)?, self.power()?)
    }

    /// Returns the percentage of `whole`, rounded half up [MSG-23]; `None` beyond 2⁶⁴ − 1.
    #[must_use]
    pub fn percent_of(self, whole: u64) -> Option<u64> {
        rounded(self.product(whole)?, self.power()?.checked_mul(100)?)
    }

    /// Returns what `part` is this percentage of, rounded half up [MSG-23]; `None` for 0 % and
    /// beyond 2⁶⁴ − 1.
    #[must_use]
    pub fn whole_of(self, part: u64) -> Option<u64> {
        let shifted = u128::from(part).checked_mul(self.power()?)?.checked_mul(100)?;
        rounded(shifted, u128::from(self.digits))
    }

    fn product(self, factor: u64) -> Option<u128> {
        u128::from(self.digits).checked_mul(u128::from(factor))
    }

    fn power(self) -> Option<u128> {
        10_u128.checked_pow(self.scale)
    }
}

/// Divides and rounds half up; `None` for a divisor of 0.
pub(super) fn rounded(dividend: u128, divisor: u128) -> Option<u64> {
    let whole = dividend.checked_div(divisor)?;
    let rest = dividend.checked_rem(divisor)?;
    let is_up = rest >= divisor.checked_sub(rest)?;
    u64::try_from(whole.checked_add(u128::from(is_up))?).ok()
}

fn append(number: u64, digits: &str) -> Option<u64> {
    digits.bytes().try_fold(number, |number, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        number.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// Reads the digits before the decimal sign: groups are of three, the first may be shorter.
fn append_groups(text: &str, signs: Signs) -> Option<u64> {
    let Some(sign) = text.chars().find(|c| !c.is_ascii_digit()) else {
        return append(0, text);
    };
    if !signs.groups_with(sign) {
        return None;
    }
    let mut groups = text.split(sign);
    let first = groups.next()?;
    let last = groups.next_back()?;
    let mut inner = groups.clone();
    let is_threes = (1..=3).contains(&first.len()) && inner.all(|group| group.len() == 3);
    let mut inner = groups.clone();
    let is_pairs = signs == Signs::DotPairs
        && (1..=2).contains(&first.len())
        && inner.all(|group| group.len() == 2);
    if last.len() != 3 || !(is_threes || is_pairs) {
        return None;
    }
    let number = groups.try_fold(append(0, first)?, append)?;
    append(number, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_their_locale_writes_them() {
        for (text, signs, expected) in [
            ("7.34", Signs::Dot, Some((734, 2))),
            ("1,234,567.50", Signs::Dot, Some((12_345_675, 1))),
            ("1.234,5", Signs::Comma, Some((12_345, 1))), // MV-21
            ("1 234,5", Signs::CommaBlank, Some((12_345, 1))),
            ("1\u{202f}234,5", Signs::CommaBlank, Some((12_345, 1))),
            ("1.234\u{a0}567", Signs::CommaEither, None),
            ("1'234.5", Signs::DotApostrophe, Some((12_345, 1))),
            ("12,34,567", Signs::DotPairs, Some((1_234_567, 0))),
            ("1,234,567", Signs::DotPairs, Some((1_234_567, 0))),
            ("12,34,567", Signs::Dot, None),
            (".5", Signs::Dot, Some((5, 1))),
            ("5.", Signs::Dot, Some((5, 0))),
            ("0.500000000000000000000000", Signs::Dot, Some((5, 1))),
            ("0.0000000000000000001", Signs::Dot, None),
            ("18446744073709551615", Signs::Unknown, Some((u64::MAX, 0))),
            ("18446744073709551616", Signs::Unknown, None),
            // One locale's decimal sign is the other's grouping sign, so nothing is guessed.
            ("7.34", Signs::Comma, None),
            ("7,34", Signs::Dot, None),
            ("1.5", Signs::Unknown, None),
            ("1234,567", Signs::Dot, None),
            (",123", Signs::Dot, None),
            ("1,,234", Signs::Dot, None),
            ("1.2.3", Signs::Dot, None),
            ("-5", Signs::Dot, None),
            ("+5", Signs::Dot, None),
            (" 5", Signs::Dot, None),
            ("٥", Signs::Dot, None),
            ("", Signs::Dot, None),
            (".", Signs::Dot, None),
        ] {
            let found = Decimal::parse(text, signs).map(Decimal::parts);
            assert_eq!(found, expected, "[MSG-21] {text:?} {signs:?}");
        }
    }

    #[test]
    fn products_are_rounded_half_up() {
        let of = |text| Decimal::parse(text, Signs::Dot).expect(text);
        for (found, expected) in [
            (of("7.34").times(1_000_000_000), Some(7_340_000_000)), // MV-1
            (of("512").times(1 << 20), Some(536_870_912)),          // MV-2
            (of("0.5").times(1), Some(1)),
            (of("0.4999").times(1), Some(0)),
            (of("2.5").times(1), Some(3)),
            (of("18446744073709551615").times(2), None),
            (of("65").percent_of(40_000_000_000), Some(26_000_000_000)), // MV-13
            (of("12.5").percent_of(4), Some(1)),
            (of("20").whole_of(1_000_000_000), Some(5_000_000_000)), // MV-22
            (of("0").whole_of(1), None),
            (of("18446744073709551615").percent_of(u64::MAX), None),
        ] {
            assert_eq!(found, expected, "[MSG-17]");
        }
    }
}
