//! The rules of one document, checked, in its order.
//!
//! A rule that is invalid is rejected alone; the others hold. Not here: what makes a document
//! invalid, and overlaps between rules ([`super::overlap`]). Implements the checks of [MSG-07],
//! [MSG-10] to [MSG-12], [MSG-17], [MSG-21] and [XML-87].

use std::collections::BTreeMap;
use std::fmt;

use super::locale::{DEFAULT_LOCALE, Locale};
use super::matcher::{Matcher, PATTERN_CHARS_MAX};
use super::rule::{FieldName, Fields, Rule, Unit};
use super::time_format::{Format, FormatError};

/// Most rules of one document; a text is matched with each of them.
pub const RULES_MAX: usize = 256;

/// Says why a rule is rejected; the document's MBNProfiles then has the result 82170002.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleError {
    /// More rules than [`RULES_MAX`] before it.
    TooMany,
    /// No bearer [MSG-07].
    NoBearer,
    /// A pattern of more than [`PATTERN_CHARS_MAX`] characters [MSG-11].
    PatternTooLong,
    /// The pattern is no regular expression of ECMAScript [MSG-12].
    Pattern,
    /// One word for two multiples [MSG-17].
    AmbiguousUnit(Unit, Unit),
    /// A usage without its time [XML-87].
    UsageWithoutTimestamp,
    /// A time without a usage [XML-87].
    TimestampWithoutUsage,
    /// The format of the time [MSG-20, MSG-21].
    Format(FormatError),
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "more than {RULES_MAX} rules; leave out the others"),
            Self::NoBearer => f.write_str("names no bearer; add SMSBearer or USSDBearer"),
            Self::PatternTooLong => {
                write!(f, "the pattern has more than {PATTERN_CHARS_MAX} characters; shorten it")
            }
            Self::Pattern => f.write_str("the pattern is no regular expression of ECMAScript"),
            Self::AmbiguousUnit(a, b) => {
                write!(f, "one word stands for the units {a:?} and {b:?}; keep one of them")
            }
            Self::UsageWithoutTimestamp => {
                f.write_str("says a usage without UsageTimestamp; add it")
            }
            Self::TimestampWithoutUsage => {
                f.write_str("has UsageTimestamp without a usage; remove it or add the usage")
            }
            Self::Format(error) => write!(f, "the format of UsageTimestamp {error}"),
        }
    }
}

impl std::error::Error for RuleError {}

/// What is odd about a rule that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleWarning {
    /// A field names a group that the pattern does not have, and never says anything.
    NoSuchGroup {
        /// The field.
        field: FieldName,
        /// The group.
        group: u32,
        /// How many there are.
        groups: usize,
    },
    /// The locale is not known: numbers are read only where they are nothing but digits.
    UnknownLocale,
}

impl fmt::Display for RuleWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchGroup { field, group, groups } => {
                write!(f, "{} names group {group} of {groups} in the pattern", field.as_str())
            }
            Self::UnknownLocale => f.write_str(
                "the locale is not known; numbers with a decimal or grouping sign are not read",
            ),
        }
    }
}

/// A rule that holds, and what was read of it once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub(super) rule: Rule,
    pub(super) locale: Locale,
    pub(super) format: Option<Format>,
    warnings: Vec<RuleWarning>,
}

impl Entry {
    /// Checks a rule; `groups` is how many the pattern has, `None` if it is not one.
    fn new(rule: Rule, groups: Option<usize>) -> Result<Self, RuleError> {
        if rule.sms.is_empty() && !rule.has_ussd {
            return Err(RuleError::NoBearer);
        }
        if rule.pattern.chars().count() > PATTERN_CHARS_MAX {
            return Err(RuleError::PatternTooLong);
        }
        let groups = groups.ok_or(RuleError::Pattern)?;
        if let Some((a, b)) = ambiguous_units(&rule) {
            return Err(RuleError::AmbiguousUnit(a, b));
        }
        let mut warnings = Vec::new();
        let locale = Locale::parse(rule.locale.as_deref().unwrap_or(DEFAULT_LOCALE));
        if locale.is_none() {
            warnings.push(RuleWarning::UnknownLocale);
        }
        let locale = locale.unwrap_or(Locale::UNKNOWN);
        let format = match &rule.fields {
            Some(fields) => {
                warnings.extend(missing_groups(fields, groups));
                format(fields, locale)?
            }
            None => None,
        };
        Ok(Self { rule, locale, format, warnings })
    }

    /// Returns the rule.
    #[must_use]
    pub const fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Returns what is odd about it.
    #[must_use]
    pub fn warnings(&self) -> &[RuleWarning] {
        &self.warnings
    }
}

fn missing_groups(fields: &Fields, groups: usize) -> impl Iterator<Item = RuleWarning> {
    let is_missing = move |number| usize::try_from(number).map_or(true, |n| n == 0 || n > groups);
    let missing = fields.groups().filter(move |(_, group)| is_missing(*group));
    missing.map(move |(field, group)| RuleWarning::NoSuchGroup { field, group, groups })
}

fn ambiguous_units(rule: &Rule) -> Option<(Unit, Unit)> {
    let mut seen = BTreeMap::new();
    let words = rule.units.iter().flat_map(|(unit, words)| words.iter().map(move |w| (w, *unit)));
    words
        .filter_map(|(word, unit)| seen.insert(word, unit).map(|earlier| (earlier, unit)))
        .find(|(earlier, unit)| earlier != unit)
}

fn format(fields: &Fields, locale: Locale) -> Result<Option<Format>, RuleError> {
    match (&fields.usage_timestamp, fields.has_usage()) {
        (None, true) => Err(RuleError::UsageWithoutTimestamp),
        (Some(_), false) => Err(RuleError::TimestampWithoutUsage),
        (None, false) => Ok(None),
        (Some(field), true) => {
            // An empty word would be found everywhere.
            let word = |token: &'_ Option<String>| token.clone().filter(|token| !token.is_empty());
            let (am, pm) = (word(&field.am_token), word(&field.pm_token));
            let format = Format::parse(&field.format, locale, am.as_deref(), pm.as_deref());
            format.map(Some).map_err(RuleError::Format)
        }
    }
}

/// The rules of a document in its order, each held or rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book(Vec<Result<Entry, RuleError>>);

impl Book {
    /// Checks rules; `matcher` has their patterns in the same order.
    #[must_use]
    pub fn new(rules: Vec<Rule>, matcher: &impl Matcher) -> Self {
        let entry = |(number, rule): (usize, Rule)| match number < RULES_MAX {
            true => Entry::new(rule, matcher.group_count(number)),
            false => Err(RuleError::TooMany),
        };
        Self(rules.into_iter().enumerate().map(entry).collect())
    }

    /// Returns each rule, or why it is rejected, by its number from 0.
    pub fn entries(&self) -> &[Result<Entry, RuleError>] {
        &self.0
    }

    /// Returns the rules that hold, with their numbers from 0.
    pub fn held(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let held = self.0.iter().enumerate();
        held.filter_map(|(number, entry)| Some((number, entry.as_ref().ok()?)))
    }
}
