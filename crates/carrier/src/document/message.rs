//! Rules for operator messages: which SMS and USSD messages speak to Windows, and what they say.
//!
//! Not here: regular expressions, which are kept as text and never compiled; what a host does
//! with a message; rules between the parts of a message ([`crate::lint`]).
//! Implements [XML-10] and [XML-63]…[XML-86].

use std::fmt;
use std::num::NonZeroU32;

use super::locale::Locale;
use super::plan::PlanType;
use super::text::{Pattern, TimestampFormat, Token, TokenList};

/// Says that a capture group has the number 0, which is the whole match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupError;

impl fmt::Display for GroupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("capture groups are counted from 1")
    }
}

impl std::error::Error for GroupError {}

/// Holds the number of a capture group of the pattern: 1 to 2³² − 1 [XML-74].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group(NonZeroU32);

impl Group {
    /// Makes a number.
    ///
    /// # Errors
    /// 0.
    pub fn new(number: u32) -> Result<Self, GroupError> {
        NonZeroU32::new(number).map(Self).ok_or(GroupError)
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0.get()
    }
}

/// Holds one rule: messages of these bearers whose text matches the pattern [XML-63].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Whether only the operator's app sees the message; yes if absent. The generator always says
    /// it [XML-64, XML-88].
    pub silent: Option<bool>,
    /// Handed to the app with the message; documented, but not in the published schema
    /// [XML-10, XML-65].
    pub rule_id: Option<Token>,
    /// How the message may come.
    pub bearers: Bearers,
    /// A regular expression of ECMAScript on the whole text [XML-69, MSG-11].
    pub pattern: Pattern,
    /// How numbers and dates are written; [`Locale::DEFAULT`] if absent [XML-70].
    pub locale: Option<Locale>,
    /// The words for multiples of a byte or a bit [XML-71, XML-72].
    pub units: Option<Units>,
    /// What the capture groups mean; a message without goes to the app unread [XML-73].
    pub fields: Option<Fields>,
}

/// Names the bearers of a message: at least one [XML-63].
///
/// The schema takes any content of `USSDBearer`; it means nothing and is not kept [XML-68].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bearers {
    /// SMS by any of these, and perhaps USSD.
    Sms {
        /// The first of them.
        first: SmsBearer,
        /// The others in document order.
        others: Vec<SmsBearer>,
        /// Whether USSD is allowed too.
        has_ussd: bool,
    },
    /// USSD alone.
    Ussd,
}

impl Bearers {
    /// Iterates over the SMS bearers in document order.
    pub fn sms(&self) -> impl Iterator<Item = &SmsBearer> {
        let (first, others) = match self {
            Self::Sms { first, others, .. } => (Some(first), others.as_slice()),
            Self::Ussd => (None, [].as_slice()),
        };
        first.into_iter().chain(others)
    }

    /// Says whether USSD is allowed.
    #[must_use]
    pub const fn has_ussd(&self) -> bool {
        match self {
            Self::Sms { has_ussd, .. } => *has_ussd,
            Self::Ussd => true,
        }
    }
}

/// Says which SMS a rule is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SmsBearer {
    /// The number of the operator that it comes from; any sender if absent [XML-66].
    pub sender: Option<Token>,
    /// Whether only SMS of class 0 count; yes if absent. The generator always says it
    /// [XML-67, XML-88].
    pub class_zero_only: Option<bool>,
}

/// Names a multiple [XML-71, XML-72, XML-74].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 1.
    None,
    /// 10³.
    K,
    /// 10⁶.
    M,
    /// 10⁹.
    G,
    /// 10¹².
    T,
    /// 2¹⁰.
    Ki,
    /// 2²⁰.
    Mi,
    /// 2³⁰.
    Gi,
    /// 2⁴⁰.
    Ti,
}

impl Unit {
    /// All values, for reading.
    pub const ALL: [Self; 9] =
        [Self::None, Self::K, Self::M, Self::G, Self::T, Self::Ki, Self::Mi, Self::Gi, Self::Ti];

    /// Returns the spelling of the schema.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::K => "K",
            Self::M => "M",
            Self::G => "G",
            Self::T => "T",
            Self::Ki => "Ki",
            Self::Mi => "Mi",
            Self::Gi => "Gi",
            Self::Ti => "Ti",
        }
    }
}

/// Holds the words that stand for each multiple in the messages; a list may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    /// For 10³ [XML-71], and so on.
    pub k: Option<TokenList>,
    /// For 10⁶.
    pub m: Option<TokenList>,
    /// For 10⁹.
    pub g: Option<TokenList>,
    /// For 10¹².
    pub t: Option<TokenList>,
    /// For 2¹⁰ [XML-72], and so on.
    pub ki: Option<TokenList>,
    /// For 2²⁰.
    pub mi: Option<TokenList>,
    /// For 2³⁰.
    pub gi: Option<TokenList>,
    /// For 2⁴⁰.
    pub ti: Option<TokenList>,
}

impl Units {
    /// Returns each list with the multiple that it stands for.
    #[must_use]
    pub const fn lists(&self) -> [(Unit, Option<&TokenList>); 8] {
        [
            (Unit::K, self.k.as_ref()),
            (Unit::M, self.m.as_ref()),
            (Unit::G, self.g.as_ref()),
            (Unit::T, self.t.as_ref()),
            (Unit::Ki, self.ki.as_ref()),
            (Unit::Mi, self.mi.as_ref()),
            (Unit::Gi, self.gi.as_ref()),
            (Unit::Ti, self.ti.as_ref()),
        ]
    }
}

/// Says what the capture groups of the pattern mean, each meaning once [XML-73].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// What is used, in bytes [XML-74].
    pub usage: Option<NumberField>,
    /// What is used, in percent of the limit [XML-75].
    pub usage_percentage: Option<PercentField>,
    /// When the usage was counted [XML-76, XML-87].
    pub usage_timestamp: Option<DateTimeField>,
    /// What is used beyond the limit, in bytes [XML-77].
    pub usage_overage: Option<NumberField>,
    /// What is used beyond the limit, in percent of it [XML-78].
    pub usage_overage_percentage: Option<PercentField>,
    /// The limit, in bytes [XML-79].
    pub data_limit: Option<NumberField>,
    /// Whether the limit is exceeded [XML-80].
    pub over_data_limit: Option<BooleanField>,
    /// Whether the network is congested [XML-81].
    pub congested: Option<BooleanField>,
    /// The bandwidth to the host, in bit/s [XML-82].
    pub inbound_bandwidth: Option<NumberField>,
    /// The bandwidth from the host, in bit/s [XML-83].
    pub outbound_bandwidth: Option<NumberField>,
    /// What use costs [XML-84].
    pub plan_type: Option<PlanTypeField>,
    /// Whether to fetch a new document [XML-85].
    pub refresh_provisioning: Option<BooleanField>,
    /// Whether the subscription is active [XML-86].
    pub activation_complete: Option<BooleanField>,
}

/// Says where a number stands [XML-74].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberField {
    /// The number itself.
    pub group: Group,
    /// The word for its unit.
    pub unit_group: Option<Group>,
    /// Its unit without a known word; one if absent.
    pub default_unit: Option<Unit>,
}

/// Says where a percentage stands [XML-75].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PercentField {
    /// The number.
    pub group: Group,
}

/// Says where a time stands and how it is written [XML-76].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTimeField {
    /// Identifiers such as `%d` between other characters [MSG-20].
    pub format: TimestampFormat,
    /// The time.
    pub group: Group,
    /// The word for the first half of a day; documented, but not in the published schema [XML-10].
    pub am_token: Option<Token>,
    /// The word for the second half of a day; likewise.
    pub pm_token: Option<Token>,
}

/// Says where a yes or no stands [XML-80].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BooleanField {
    /// Words for yes.
    pub true_token: Option<TokenList>,
    /// Words for no.
    pub false_token: Option<TokenList>,
    /// What holds without a known word; no if absent.
    pub default: Option<bool>,
    /// The word.
    pub group: Option<Group>,
}

/// Says where the type of the plan stands [XML-84].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanTypeField {
    /// The word.
    pub group: Option<Group>,
    /// What holds without a known word; no change if absent.
    pub default: Option<PlanType>,
    /// Words for [`PlanType::Unrestricted`].
    pub unrestricted_tokens: Option<TokenList>,
    /// Words for [`PlanType::Fixed`].
    pub fixed_tokens: Option<TokenList>,
    /// Words for [`PlanType::Variable`].
    pub variable_tokens: Option<TokenList>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_counted_from_1() {
        // [XML-74]
        assert_eq!(Group::new(1).map(Group::number), Ok(1));
        assert_eq!(Group::new(0), Err(GroupError));
    }
}
