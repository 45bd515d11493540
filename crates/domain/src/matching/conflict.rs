//! What a catalogue is refused for. Not here: what it is only warned of ([`super::report`]).

use std::fmt;

use crate::brand::BrandId;

use super::{NumberRange, RangeFault, Rule};

/// Says why a catalogue cannot be indexed; names brands, masks numbers in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// One range is no range.
    Range {
        /// The brand that has it.
        brand: BrandId,
        /// Which list it is in.
        rule: Rule,
        /// Masked start of the range.
        start: String,
        /// What is wrong with it.
        fault: RangeFault,
    },
    /// Two brands claim the same number or name [MATCH-23].
    Overlap {
        /// The brand met first: earlier in the catalogue, of ranges the one that starts lower.
        first: BrandId,
        /// The brand that claims it too.
        second: BrandId,
        /// Which list it is in.
        rule: Rule,
        /// The name, or the masked start of the later range.
        value: String,
        /// Of ranges, the first brand's and the second's; those of one brand that meet are one.
        ranges: Option<(NumberRange, NumberRange)>,
    },
    /// A name with nothing in it [MATCH-21].
    EmptyName {
        /// The brand that has it.
        brand: BrandId,
        /// Which list it is in.
        rule: Rule,
    },
}

impl Conflict {
    /// Returns the word by which programs know it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Range { fault: RangeFault::Start | RangeFault::End, .. } => "granularity",
            Self::Range { .. } => "range",
            Self::Overlap { ranges: Some(_), .. } => "overlap",
            Self::Overlap { ranges: None, .. } => "duplicate",
            Self::EmptyName { .. } => "empty_name",
        }
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range { brand, rule, start, fault } => {
                write!(f, "{brand}: the {} range from {start} {fault}", rule.name())
            }
            Self::Overlap { first, second, rule, value, .. } => {
                write!(f, "{first} and {second} both claim the {} {value}", rule.name())
            }
            Self::EmptyName { brand, rule } => write!(f, "{brand}: an empty {}", rule.name()),
        }
    }
}
