//! Rules for operator messages, read from a tree that the schema accepted.
//!
//! Not here: the grammar ([`crate::schema`]).
//! Implements the reading side of [XML-63]…[XML-86].

use super::{ReadError, attribute, beyond, boolean, map, number, one_of, text};
use crate::document::{
    Bearers, BooleanField, DateTimeField, Fields, Group, Locale, Message, NumberField, Pattern,
    PercentField, PlanType, PlanTypeField, SmsBearer, TextError, TimestampFormat, Token, TokenList,
    Unit, Units,
};
use crate::xml::{Element, Namespace};

const WWAN: Namespace = Namespace::Wwan;

pub(super) fn message(e: &Element<'_>) -> Result<Message, ReadError> {
    Ok(Message {
        silent: attribute(e, "Silent", boolean)?,
        rule_id: attribute(e, "RuleId", Token::parse)?,
        bearers: bearers(e)?,
        pattern: text(e, WWAN, "Pattern", Pattern::parse)?.ok_or_else(|| beyond(e, "Pattern"))?,
        locale: text(e, WWAN, "Locale", locale)?,
        units: map(e.child(WWAN, "Units"), units)?,
        fields: map(e.child(WWAN, "Fields"), fields)?,
    })
}

fn bearers(e: &Element<'_>) -> Result<Bearers, ReadError> {
    let mut sms = e.elements().filter(|child| child.is(WWAN, "SMSBearer"));
    let Some(first) = sms.next() else {
        return Ok(Bearers::Ussd);
    };
    Ok(Bearers::Sms {
        first: sms_bearer(first)?,
        others: sms.map(sms_bearer).collect::<Result<_, _>>()?,
        has_ussd: e.child(WWAN, "USSDBearer").is_some(),
    })
}

fn sms_bearer(e: &Element<'_>) -> Result<SmsBearer, ReadError> {
    Ok(SmsBearer {
        sender: attribute(e, "Sender", Token::parse)?,
        class_zero_only: attribute(e, "ClassZeroOnly", boolean)?,
    })
}

/// An empty element has the value that the schema gives it [XML-70].
fn locale(text: &str) -> Result<Locale, TextError> {
    Locale::parse_as_agent(if text.is_empty() { Locale::DEFAULT } else { text })
}

fn units(e: &Element<'_>) -> Result<Units, ReadError> {
    Ok(Units {
        k: tokens(e, "K")?,
        m: tokens(e, "M")?,
        g: tokens(e, "G")?,
        t: tokens(e, "T")?,
        ki: tokens(e, "Ki")?,
        mi: tokens(e, "Mi")?,
        gi: tokens(e, "Gi")?,
        ti: tokens(e, "Ti")?,
    })
}

fn tokens(e: &Element<'_>, name: &'static str) -> Result<Option<TokenList>, ReadError> {
    attribute(e, name, TokenList::parse)
}

fn fields(e: &Element<'_>) -> Result<Fields, ReadError> {
    let number = |name| map(e.child(WWAN, name), number_field);
    let percent = |name| map(e.child(WWAN, name), percent_field);
    let boolean = |name| map(e.child(WWAN, name), boolean_field);
    Ok(Fields {
        usage: number("Usage")?,
        usage_percentage: percent("UsagePercentage")?,
        usage_timestamp: map(e.child(WWAN, "UsageTimestamp"), date_time_field)?,
        usage_overage: number("UsageOverage")?,
        usage_overage_percentage: percent("UsageOveragePercentage")?,
        data_limit: number("DataLimit")?,
        over_data_limit: boolean("OverDataLimit")?,
        congested: boolean("Congested")?,
        inbound_bandwidth: number("InboundBandwidth")?,
        outbound_bandwidth: number("OutboundBandwidth")?,
        plan_type: map(e.child(WWAN, "PlanType"), plan_type_field)?,
        refresh_provisioning: boolean("RefreshProvisioning")?,
        activation_complete: boolean("ActivationComplete")?,
    })
}

fn group(e: &Element<'_>, name: &'static str) -> Result<Option<Group>, ReadError> {
    attribute(e, name, number(Group::new))
}

fn needed_group(e: &Element<'_>) -> Result<Group, ReadError> {
    group(e, "Group")?.ok_or_else(|| beyond(e, "Group"))
}

fn number_field(e: &Element<'_>) -> Result<NumberField, ReadError> {
    Ok(NumberField {
        group: needed_group(e)?,
        unit_group: group(e, "UnitGroup")?,
        default_unit: attribute(e, "DefaultUnit", one_of(&Unit::ALL, Unit::as_str))?,
    })
}

fn percent_field(e: &Element<'_>) -> Result<PercentField, ReadError> {
    Ok(PercentField { group: needed_group(e)? })
}

fn date_time_field(e: &Element<'_>) -> Result<DateTimeField, ReadError> {
    let format = attribute(e, "Format", TimestampFormat::parse)?;
    Ok(DateTimeField {
        format: format.ok_or_else(|| beyond(e, "Format"))?,
        group: needed_group(e)?,
        am_token: attribute(e, "AmToken", Token::parse)?,
        pm_token: attribute(e, "PmToken", Token::parse)?,
    })
}

fn boolean_field(e: &Element<'_>) -> Result<BooleanField, ReadError> {
    Ok(BooleanField {
        true_token: tokens(e, "TrueToken")?,
        false_token: tokens(e, "FalseToken")?,
        default: attribute(e, "Default", boolean)?,
        group: group(e, "Group")?,
    })
}

fn plan_type_field(e: &Element<'_>) -> Result<PlanTypeField, ReadError> {
    Ok(PlanTypeField {
        group: group(e, "Group")?,
        default: attribute(e, "Default", one_of(&PlanType::ALL, PlanType::as_str))?,
        unrestricted_tokens: tokens(e, "UnrestrictedTokens")?,
        fixed_tokens: tokens(e, "FixedTokens")?,
        variable_tokens: tokens(e, "VariableTokens")?,
    })
}
