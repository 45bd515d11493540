//! What the groups of a match say, in values.
//!
//! Not here: which rule matched ([`super::classify`]) and what follows ([`super::effect`]).
//! Implements [MSG-16] to [MSG-24] with [`super::infer`].

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::book::Entry;
use super::infer::{Given, infer};
use super::matcher::Groups;
use super::number::{Decimal, Signs};
use super::rule::{BooleanField, FieldName, Fields, NumberField, PlanTypeField, Unit};
use super::warning::Warning;
use crate::amount::{BYTES_PER_MEGABYTE, Bytes};
use crate::brand::PlanType;

/// Most bytes of a usage or a limit: 2³² − 1 MB, which is what a plan can store [XML-147].
const BYTES_MAX: u64 = 4_294_967_295 * BYTES_PER_MEGABYTE;

/// A bandwidth in bit/s; at most 2³² − 1 kbit/s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BitsPerSecond(pub u64);

/// Most bit/s of a bandwidth: 2³² − 1 kbit/s, which is what a plan can store [XML-149].
const BITS_MAX: u64 = 4_294_967_295 * 1000;

impl BitsPerSecond {
    /// Returns the bandwidth in kbit/s, rounded half up [MSG-17]; at most 2³² − 1 of them.
    #[must_use]
    pub fn kbps(self) -> u32 {
        let kbps = super::number::rounded(u128::from(self.0), 1000);
        kbps.and_then(|kbps| u32::try_from(kbps).ok()).unwrap_or(u32::MAX)
    }
}

/// What a message says; a field is absent where neither the rule nor inference set it, and then
/// changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// What is used.
    pub usage: Option<Bytes>,
    /// What is used, in percent of the limit.
    pub usage_percentage: Option<Decimal>,
    /// When the usage was counted.
    pub usage_timestamp: Option<Timestamp>,
    /// The limit.
    pub data_limit: Option<Bytes>,
    /// Whether the limit is exceeded.
    pub over_data_limit: Option<bool>,
    /// Whether the network is congested.
    pub congested: Option<bool>,
    /// The bandwidth to the host; never inferred [MSG-24].
    pub inbound_bandwidth: Option<BitsPerSecond>,
    /// The bandwidth from the host; never inferred [MSG-24].
    pub outbound_bandwidth: Option<BitsPerSecond>,
    /// What use costs.
    pub plan_type: Option<PlanType>,
    /// Whether to fetch a new document.
    pub refresh_provisioning: Option<bool>,
    /// Whether the subscription is active.
    pub activation_complete: Option<bool>,
}

/// What is known beside the text.
#[derive(Clone, Copy, Debug)]
pub struct Context<'c> {
    /// When the message came.
    pub received_at: Timestamp,
    /// The host's zone, in which its times are meant [MSG-21].
    pub zone: &'c TimeZone,
    /// The limit of the plan, for a message that does not say one [MSG-23].
    pub stored_limit: Option<Bytes>,
}

/// Reads all fields of a rule from the groups of its match.
pub(super) fn read(
    (entry, fields): (&Entry, &Fields),
    groups: &Groups,
    text: &str,
    context: &Context<'_>,
    warnings: &mut Vec<Warning>,
) -> Readings {
    let mut reader = Reader { entry, groups, text, warnings };
    let usage_timestamp = reader.timestamp(fields, context);
    let is_usage_read = fields.has_usage() && usage_timestamp.is_some();
    let data_limit = reader.bytes(FieldName::DataLimit, fields.data_limit.as_ref());
    let mut readings = Readings {
        usage_timestamp,
        data_limit,
        over_data_limit: reader.boolean(fields.over_data_limit.as_ref()),
        congested: reader.boolean(fields.congested.as_ref()),
        inbound_bandwidth: reader
            .bandwidth(FieldName::InboundBandwidth, fields.inbound_bandwidth.as_ref()),
        outbound_bandwidth: reader
            .bandwidth(FieldName::OutboundBandwidth, fields.outbound_bandwidth.as_ref()),
        plan_type: reader.plan_type(fields.plan_type.as_ref()),
        refresh_provisioning: reader.boolean(fields.refresh_provisioning.as_ref()),
        activation_complete: reader.boolean(fields.activation_complete.as_ref()),
        usage: None,
        usage_percentage: None,
    };
    // A usage of an unknown time could undo a later one, so all of it is left out [MSG-21].
    if is_usage_read {
        let given = Given {
            usage: reader.bytes(FieldName::Usage, fields.usage.as_ref()),
            percentage: reader.percentage(FieldName::UsagePercentage, fields.usage_percentage),
            overage: reader.bytes(FieldName::UsageOverage, fields.usage_overage.as_ref()),
            overage_percentage: reader
                .percentage(FieldName::UsageOveragePercentage, fields.usage_overage_percentage),
            limit: data_limit,
            stored_limit: context.stored_limit,
        };
        let inferred = infer(&given);
        readings.usage_percentage = given.percentage;
        readings.usage = reader.within(FieldName::Usage, inferred.usage);
        readings.data_limit = reader.within(FieldName::DataLimit, inferred.limit);
    }
    readings
}

struct Reader<'r> {
    entry: &'r Entry,
    groups: &'r Groups,
    text: &'r str,
    warnings: &'r mut Vec<Warning>,
}

impl<'r> Reader<'r> {
    fn group(&self, number: u32) -> Option<&'r str> {
        self.groups.text(number, self.text)
    }

    fn timestamp(&mut self, fields: &Fields, context: &Context<'_>) -> Option<Timestamp> {
        let field = fields.usage_timestamp.as_ref()?;
        let format = self.entry.format.as_ref()?;
        let found = self.group(field.group).ok_or(super::time_format::TimeError::Form);
        match found.and_then(|text| format.read(text, context.received_at, context.zone)) {
            Ok(timestamp) => Some(timestamp),
            Err(error) => {
                self.warnings.push(Warning::Timestamp(error));
                None
            }
        }
    }

    /// Reads a number in the unit of its word, or in the default one [MSG-16].
    fn number(&mut self, name: FieldName, field: &NumberField) -> Option<u64> {
        let number = self.decimal(name, field.group)?;
        let word = field.unit_group.and_then(|group| self.group(group));
        let unit = word.and_then(|word| self.entry.rule.unit_of(word));
        let found = number.times(unit.unwrap_or(field.default_unit).multiplier());
        if found.is_none() {
            self.warnings.push(Warning::TooLarge(name));
        }
        found
    }

    /// A group that took no part in the match says nothing, and is no mistake.
    fn decimal(&mut self, name: FieldName, group: u32) -> Option<Decimal> {
        let text = self.group(group)?;
        let signs: Signs = self.entry.locale.signs();
        let number = Decimal::parse(text, signs);
        if number.is_none() {
            self.warnings.push(Warning::NotANumber(name));
        }
        number
    }

    fn bytes(&mut self, name: FieldName, field: Option<&NumberField>) -> Option<Bytes> {
        let bytes = self.number(name, field?).map(Bytes);
        self.within(name, Ok(bytes))
    }

    fn bandwidth(&mut self, name: FieldName, field: Option<&NumberField>) -> Option<BitsPerSecond> {
        let bits = self.number(name, field?)?;
        if bits > BITS_MAX {
            self.warnings.push(Warning::TooLarge(name));
            return None;
        }
        Some(BitsPerSecond(bits))
    }

    fn percentage(&mut self, name: FieldName, group: Option<u32>) -> Option<Decimal> {
        self.decimal(name, group?)
    }

    /// Leaves out what cannot be stored.
    fn within(
        &mut self,
        name: FieldName,
        bytes: Result<Option<Bytes>, super::infer::TooLarge>,
    ) -> Option<Bytes> {
        match bytes {
            Ok(Some(bytes)) if bytes.0 <= BYTES_MAX => Some(bytes),
            Ok(None) => None,
            Ok(Some(_)) | Err(_) => {
                self.warnings.push(Warning::TooLarge(name));
                None
            }
        }
    }

    /// [MSG-18]
    fn boolean(&self, field: Option<&BooleanField>) -> Option<bool> {
        let field = field?;
        let Some(word) = field.group.and_then(|group| self.group(group)) else {
            return Some(field.default);
        };
        let is_in = |tokens: &[String]| tokens.iter().any(|token| token == word);
        Some(if is_in(&field.true_tokens) {
            true
        } else if is_in(&field.false_tokens) {
            false
        } else {
            field.default
        })
    }

    /// [MSG-19]
    fn plan_type(&self, field: Option<&PlanTypeField>) -> Option<PlanType> {
        let field = field?;
        let word = field.group.and_then(|group| self.group(group));
        let listed = word.and_then(|word| {
            let mut types = field.tokens.iter();
            types.find(|(_, tokens)| tokens.iter().any(|token| token == word))
        });
        listed.map(|(plan_type, _)| *plan_type).or(field.default)
    }
}

impl super::rule::Rule {
    /// Returns the multiple that a word stands for, compared exactly [MSG-17].
    #[must_use]
    pub fn unit_of(&self, word: &str) -> Option<Unit> {
        let mut units = self.units.iter();
        units.find(|(_, words)| words.iter().any(|known| known == word)).map(|(unit, _)| *unit)
    }
}
