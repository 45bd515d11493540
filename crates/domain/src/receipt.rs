//! Receipts and credit notes: what they say, and numbers without gaps.
//!
//! What a receipt says is fixed when it is issued: later changes of the catalogue, and the erasure
//! of personal data, leave it as it is. Not here: who counts the numbers (the store, in the
//! transaction that records the payment), and how a receipt looks (the server's pages).

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::amount::{Money, Tax};
use crate::brand::{BrandId, PlanId};
use crate::code::{OrderCode, OrderId};
use crate::legal::{Consent, Seller};

/// What a document of the books is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Money came in.
    Receipt,
    /// It went back.
    Credit,
}

impl Kind {
    /// Returns the stable name of the store and of JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Credit => "credit_note",
        }
    }

    /// Reads what [`Self::name`] returned.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Receipt, Self::Credit].into_iter().find(|kind| kind.name() == name)
    }
}

/// How a brand numbers its receipts or its credit notes: `AUR-{year}-{number:6}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// What stands before the number, with `{year}` in it.
    before: String,
    digits: u8,
}

/// Most characters before the number.
const BEFORE_CHARS_MAX: usize = 32;
/// Most digits to which a number is filled up.
const DIGITS_MAX: u8 = 12;
const YEAR: &str = "{year}";

/// Why a text is no series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesError {
    /// It does not end in `{number:1}` to `{number:12}`.
    Number,
    /// What stands before the number is empty, too long, or holds other characters.
    Before,
    /// A digit or the year stands right before the number, which could not be told apart.
    Joined,
}

impl fmt::Display for SeriesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "must end in {number:N}, with N digits from 1 to 12",
            Self::Before => {
                "needs 1 to 32 characters of A-Z, a-z, 0-9, '.', '/', '_' and '-' before {number:N}, \
                 with {year} at most once"
            }
            Self::Joined => "needs something that is no digit right before {number:N}, such as -",
        })
    }
}

impl std::error::Error for SeriesError {}

impl Series {
    /// Reads a series.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse(text: &str) -> Result<Self, SeriesError> {
        let (before, number) = text.rsplit_once("{number:").ok_or(SeriesError::Number)?;
        let digits = number.strip_suffix('}').and_then(|digits| digits.parse::<u8>().ok());
        let digits = digits.filter(|digits| (1..=DIGITS_MAX).contains(digits));
        let digits = digits.ok_or(SeriesError::Number)?;
        let plain = before.replacen(YEAR, "", 1);
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"./_-".contains(&b);
        if before.is_empty() || plain.len() > BEFORE_CHARS_MAX || !plain.bytes().all(fits) {
            return Err(SeriesError::Before);
        }
        if before.ends_with(YEAR) || before.ends_with(|c: char| c.is_ascii_digit()) {
            return Err(SeriesError::Joined);
        }
        Ok(Self { before: before.to_owned(), digits })
    }

    /// Returns the series of a brand that names none: no other brand has it.
    #[must_use]
    pub fn of(brand: &BrandId, kind: Kind) -> Self {
        let letter = match kind {
            Kind::Receipt => 'R',
            Kind::Credit => 'C',
        };
        let brand = brand.as_str().to_ascii_uppercase();
        Self { before: format!("{letter}-{brand}-{YEAR}-"), digits: 6 }
    }

    /// Returns the numbers that are given at a time: each year, in UTC, begins with 1.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Numbers {
        let year = at.to_zoned(TimeZone::UTC).year();
        Numbers { before: self.before.replace(YEAR, &year.to_string()), digits: self.digits }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{{number:{}}}", self.before, self.digits)
    }
}

/// Numbers that follow each other without a gap, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// What stands before each, which tells these numbers from all others.
    pub before: String,
    /// How many digits a number is filled up to.
    pub digits: u8,
}

impl Numbers {
    /// Writes one of them.
    #[must_use]
    pub fn write(&self, ordinal: u64) -> String {
        let width = usize::from(self.digits);
        format!("{}{ordinal:0width$}", self.before)
    }
}

/// A payment as a receipt names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The provider's name.
    pub provider: String,
    /// The provider's id of the payment, masked.
    pub reference: String,
    /// When it was made, or given back.
    pub at: Timestamp,
}

/// A receipt or a credit note, but for its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which of both.
    pub kind: Kind,
    /// The order.
    pub order: OrderId,
    /// Its code for people.
    pub code: OrderCode,
    /// Whose plan.
    pub brand: BrandId,
    /// The brand's name.
    pub brand_name: String,
    /// Who sells.
    pub seller: Seller,
    /// Which plan.
    pub plan: PlanId,
    /// The plan's name.
    pub plan_name: String,
    /// All that was paid or given back, tax and all.
    pub total: Money,
    /// What of it is tax.
    pub tax: Option<Tax>,
    /// How it was paid or given back.
    pub paid: Paid,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// What was agreed to; absent = nothing was asked.
    pub consent: Option<Consent>,
    /// The number of the receipt that a credit note takes back.
    pub refers_to: Option<String>,
}

impl Receipt {
    /// Returns what remains of the total without its tax.
    #[must_use]
    pub fn net(&self) -> Money {
        let tax = self.tax.map_or(0, |tax| tax.amount.minor);
        Money { minor: self.total.minor.saturating_sub(tax), currency: self.total.currency }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_read_and_numbers_are_written() {
        let at: Timestamp = "2030-12-31T23:59:59Z".parse().expect("an instant");
        for (text, ordinal, expected) in [
            ("AUR-{year}-{number:6}", 1, "AUR-2030-000001"),
            ("{year}/{number:4}", 12, "2030/0012"),
            ("A.{number:1}", 1234, "A.1234"),
            ("A{year}_{number:12}", 7, "A2030_000000000007"),
        ] {
            let series = Series::parse(text).expect(text);
            assert_eq!(series.at(at).write(ordinal), expected);
            assert_eq!(series.to_string(), text);
        }
    }

    #[test]
    fn a_series_that_numbers_could_not_follow_is_refused() {
        for (text, error) in [
            ("AUR-{year}", SeriesError::Number),
            ("AUR-{number}", SeriesError::Number),
            ("AUR-{number:0}", SeriesError::Number),
            ("AUR-{number:13}", SeriesError::Number),
            ("AUR-{number:6}-x", SeriesError::Number),
            ("{number:6}", SeriesError::Before),
            ("A B-{number:6}", SeriesError::Before),
            ("{year}-{year}-{number:6}", SeriesError::Before),
            ("AUR{year}{number:6}", SeriesError::Joined),
            ("AUR-1{number:6}", SeriesError::Joined),
        ] {
            assert_eq!(Series::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn brands_that_name_no_series_have_their_own() {
        let at: Timestamp = "2030-01-01T00:00:00Z".parse().expect("an instant");
        let brand = BrandId::parse("mvno-a").expect("an id");
        let written = |kind| Series::of(&brand, kind).at(at).write(3);
        assert_eq!(written(Kind::Receipt), "R-MVNO-A-2030-000003");
        assert_eq!(written(Kind::Credit), "C-MVNO-A-2030-000003");
    }
}
