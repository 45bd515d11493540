//! Blocks of a hundred numbers, and ranges of them.
//!
//! Matching is about blocks ([MATCH-12], [MATCH-13]): without its last two digits a 20-digit
//! ICCID fits 64 bits, and what the server compares names no single SIM. Not here: the sorted
//! tables of ranges ([`super::Index`]).

use std::fmt;

use crate::identity::{Iccid, Imsi, masked};

/// Digits that a block hides [MATCH-12].
const HIDDEN_DIGITS: usize = 2;

/// A number without its last two digits; numbers of different lengths never share a block, and
/// leading zeros count [MATCH-16].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    digits: u8,
    number: u64,
}

impl Block {
    /// Returns the block of an ICCID.
    #[must_use]
    pub fn of_iccid(iccid: &Iccid) -> Self {
        Self::of(iccid.digits()).unwrap_or(Self { digits: 0, number: 0 })
    }

    /// Returns the block of an IMSI.
    #[must_use]
    pub fn of_imsi(imsi: &Imsi) -> Self {
        Self::of(imsi.digits()).unwrap_or(Self { digits: 0, number: 0 })
    }

    /// Reads the digits of a block, that is a number whose last two digits are already gone:
    /// 1 to 18 ASCII digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_block = (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let digits = u8::try_from(text.len().checked_add(HIDDEN_DIGITS)?).ok()?;
        is_block.then(|| Self { digits, number: number(text.as_bytes()) })
    }

    /// The block of up to 20 digits, as identifiers have them; `None` of fewer than two.
    #[inline]
    fn of(text: &[u8]) -> Option<Self> {
        let digits = u8::try_from(text.len()).ok()?;
        let kept = text.get(..text.len().checked_sub(HIDDEN_DIGITS)?)?;
        Some(Self { digits, number: number(kept) })
    }

    /// Returns how many digits the full numbers have.
    #[must_use]
    pub fn digits(self) -> u8 {
        self.digits
    }

    /// Returns the block's digits as a number, leading zeros lost.
    #[must_use]
    pub fn number(self) -> u64 {
        self.number
    }

    /// Returns the block's digits, leading zeros kept.
    #[must_use]
    pub fn text(self) -> String {
        let width = usize::from(self.digits).saturating_sub(HIDDEN_DIGITS);
        format!("{:0width$}", self.number)
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({}/{})", masked(&self.text()), self.digits)
    }
}

/// Returns the number that up to 18 ASCII digits are.
///
/// Eight digits at a time: reading them one by one costs as much as finding them.
fn number(digits: &[u8]) -> u64 {
    let (eights, rest) = digits.as_chunks::<8>();
    let whole = eights.iter().fold(0_u64, |number, eight| {
        number.wrapping_mul(100_000_000).wrapping_add(eight_digits(*eight))
    });
    rest.iter()
        .fold(whole, |number, digit| number.wrapping_mul(10).wrapping_add(u64::from(digit & 0x0f)))
}

/// Adds neighbours up: digits to pairs, pairs to fours, fours to all eight. Nothing overflows
/// into what the masks keep, as no pair exceeds 99.
fn eight_digits(digits: [u8; 8]) -> u64 {
    let ones = u64::from_le_bytes(digits) & 0x0f0f_0f0f_0f0f_0f0f;
    let pairs = ones.wrapping_mul(10).wrapping_add(ones >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff
}

/// Says why a single range is refused [MATCH-24].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeFault {
    /// The two ends have different lengths.
    Lengths,
    /// The start does not end in `00` [MATCH-13].
    Start,
    /// The end does not end in `99` [MATCH-13].
    End,
    /// The start is behind the end.
    Order,
    /// An IMSI range whose ends have not 15 digits.
    ImsiLength,
    /// An ICCID range with an end that does not begin with 89.
    IccidPrefix,
}

impl fmt::Display for RangeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lengths => "has ends of different lengths",
            Self::Start => "must start with a number that ends in 00",
            Self::End => "must end with a number that ends in 99",
            Self::Order => "starts behind its end",
            Self::ImsiLength => "needs IMSIs of 15 digits",
            Self::IccidPrefix => "needs ICCIDs that begin with 89",
        })
    }
}

/// A range of whole blocks, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NumberRange {
    low: Block,
    high: Block,
}

impl NumberRange {
    /// Reads a range of ICCIDs [MATCH-24].
    ///
    /// # Errors
    /// An end does not begin with 89, or as [`RangeFault`] says of both kinds.
    pub fn of_iccids(start: &Iccid, end: &Iccid) -> Result<Self, RangeFault> {
        let (start, end) = (start.digits(), end.digits());
        if !start.starts_with(b"89") || !end.starts_with(b"89") {
            return Err(RangeFault::IccidPrefix);
        }
        Self::of(start, end)
    }

    /// Reads a range of IMSIs [MATCH-24].
    ///
    /// # Errors
    /// An end has not 15 digits, or as [`RangeFault`] says of both kinds.
    pub fn of_imsis(start: &Imsi, end: &Imsi) -> Result<Self, RangeFault> {
        let (start, end) = (start.digits(), end.digits());
        if start.len() != 15 || end.len() != 15 {
            return Err(RangeFault::ImsiLength);
        }
        Self::of(start, end)
    }

    fn of(start: &[u8], end: &[u8]) -> Result<Self, RangeFault> {
        if start.len() != end.len() {
            return Err(RangeFault::Lengths);
        }
        if !start.ends_with(b"00") {
            return Err(RangeFault::Start);
        }
        if !end.ends_with(b"99") {
            return Err(RangeFault::End);
        }
        match (Block::of(start), Block::of(end)) {
            (Some(low), Some(high)) if low <= high => Ok(Self { low, high }),
            _ => Err(RangeFault::Order),
        }
    }

    pub(super) fn of_blocks(digits: u8, low: u64, high: u64) -> Self {
        let at = |number| Block { digits, number };
        Self { low: at(low), high: at(high) }
    }

    /// Returns the first block.
    #[must_use]
    pub fn low(&self) -> Block {
        self.low
    }

    /// Returns the last block.
    #[must_use]
    pub fn high(&self) -> Block {
        self.high
    }

    /// Returns the first number in full.
    #[must_use]
    pub fn start(&self) -> String {
        format!("{}00", self.low.text())
    }

    /// Returns the last number in full.
    #[must_use]
    pub fn end(&self) -> String {
        format!("{}99", self.high.text())
    }

    /// Returns the number of blocks, 1 or more [MATCH-17].
    #[must_use]
    pub fn blocks(&self) -> u64 {
        self.high.number.saturating_sub(self.low.number).saturating_add(1)
    }

    /// Goes through the blocks, in order.
    pub fn each_block(&self) -> impl Iterator<Item = Block> + use<> {
        let digits = self.low.digits;
        (self.low.number..=self.high.number).map(move |number| Block { digits, number })
    }

    /// Tells whether a block lies in the range.
    #[must_use]
    pub fn contains(&self, block: Block) -> bool {
        self.low <= block && block <= self.high
    }

    /// Tells whether two ranges share a block.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }

    /// Tells whether this IMSI range is a whole network: all numbers behind 5 or 6 digits
    /// [MATCH-22].
    #[must_use]
    pub fn is_whole_network(&self) -> bool {
        // Blocks behind 5 digits of 15, and behind 6.
        self.low.digits == 15
            && [100_000_000, 10_000_000].into_iter().any(|blocks| {
                self.blocks() == blocks && self.low.number.checked_rem(blocks) == Some(0)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_the_standard_library_reads_them() {
        let digits = "089990112345678999";
        for from in 0..digits.len() {
            for to in from + 1..=digits.len() {
                let text = &digits[from..to];
                assert_eq!(Ok(number(text.as_bytes())), text.parse::<u64>(), "[MATCH-16] {text}");
            }
        }
        assert_eq!(number(b"999999999999999999"), 999_999_999_999_999_999, "[MATCH-16]");
        for text in ["", "1234567890123456789", "12 4", "+123", "12345678٣"] {
            assert_eq!(Block::parse(text), None, "[MATCH-12] {text}");
        }
    }
}
