//! What is odd about a message, in words without a word of the message.

use std::fmt;

use super::matcher::{Overrun, TEXT_CHARS_MAX};
use super::rule::FieldName;
use super::time_format::TimeError;

/// What did not go as it was probably meant; rules are counted from 1 here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A later rule matches as well; the first one counts [MSG-12].
    Overlap {
        /// The rule that counts.
        rule: usize,
        /// The rule that does not.
        other: usize,
    },
    /// The text is longer than [`TEXT_CHARS_MAX`], so no rule is asked [MSG-11].
    TextTooLong,
    /// A pattern could not be asked, so its rule counts as not matching [MSG-11].
    Unanswered {
        /// Its rule.
        rule: usize,
        /// Why.
        overrun: Overrun,
    },
    /// The time of the usage cannot be read, so the usage is left out [MSG-21].
    Timestamp(TimeError),
    /// The group is no number of the locale, so the field is left out.
    NotANumber(FieldName),
    /// The number is more than can be stored, so the field is left out.
    TooLarge(FieldName),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overlap { rule, other } => {
                write!(f, "rule {other} matches as well; rule {rule} is first and counts")
            }
            Self::TextTooLong => {
                write!(f, "the text has more than {TEXT_CHARS_MAX} characters; no rule was asked")
            }
            Self::Unanswered { rule, overrun } => {
                write!(f, "rule {rule} does not count: {overrun}")
            }
            Self::Timestamp(error) => {
                write!(f, "UsageTimestamp {error}; the usage is not taken over")
            }
            Self::NotANumber(name) => {
                write!(f, "{} is not a number of the rule's locale; left out", name.as_str())
            }
            Self::TooLarge(name) => {
                write!(f, "{} is more than can be stored; left out", name.as_str())
            }
        }
    }
}
