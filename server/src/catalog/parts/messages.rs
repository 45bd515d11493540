//! `[[messages]]`: how Windows reads messages of the operator [XML-63]…[XML-88].
//!
//! Not here: what a rule does with a message.

use carrier::document::{
    Bearers, BooleanField, DateTimeField, Fields, Group, Locale, Message, NumberField, Pattern,
    PercentField, PlanType, PlanTypeField, SmsBearer, TimestampFormat, Token, TokenList, Unit,
    Units,
};

use super::{MessageRule, number, small};
use crate::config::document::Section;
use crate::config::values;

/// Reads the rules, in their order.
pub(super) fn read(section: &mut Section<'_>) -> Vec<MessageRule> {
    section.tables("messages", message).unwrap_or_default()
}

fn message(row: &mut Section<'_>) -> Option<MessageRule> {
    let rule_id = row.optional("rule_id", values::parsed(Token::parse));
    let silent = row.optional("silent", values::boolean).unwrap_or(true);
    let bearers = bearers(row);
    let is_sender_tolerant = row.optional("sender_tolerant", values::boolean).unwrap_or(false);
    let pattern = row.required("pattern", values::parsed(Pattern::parse));
    let locale = row.optional("locale", values::parsed(Locale::parse));
    let units = row.table("units", units);
    let fields = row.table("fields", fields);
    let message = Message {
        silent: Some(silent),
        rule_id,
        bearers: bearers?,
        pattern: pattern?,
        locale,
        units,
        fields,
    };
    Some(MessageRule { message, is_sender_tolerant })
}

/// SMS of these senders, SMS of any with `sms = true`, USSD with `ussd = true`.
fn bearers(row: &mut Section<'_>) -> Option<Bearers> {
    let class_zero_only = row.optional("class_zero_only", values::boolean).unwrap_or(false);
    let has_ussd = row.optional("ussd", values::boolean).unwrap_or(false);
    let has_sms = row.optional("sms", values::boolean);
    let sender_form = "a telephone number in digits, without + or blanks";
    let senders = row.list("senders", values::formed(sender, sender_form))?;
    let bearer = |sender| SmsBearer { sender, class_zero_only: Some(class_zero_only) };
    let mut sms = senders.into_iter().map(|sender| bearer(Some(sender)));
    match (sms.next(), has_sms) {
        (Some(_), Some(false)) => {
            row.error("sms", "is false although there are senders; remove one of them");
            None
        }
        (Some(first), _) => Some(Bearers::Sms { first, others: sms.collect(), has_ussd }),
        (None, Some(true)) => {
            Some(Bearers::Sms { first: bearer(None), others: Vec::new(), has_ussd })
        }
        (None, _) if has_ussd => Some(Bearers::Ussd),
        (None, _) => {
            row.error("senders", "names no bearer: list senders, or set sms or ussd to true");
            None
        }
    }
}

/// [XML-66]
fn sender(text: &str) -> Option<Token> {
    let is_number = (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| Token::parse(text).ok()).flatten()
}

fn tokens(table: &mut Section<'_>, key: &'static str) -> Option<TokenList> {
    let word = |text: &str| {
        let is_word = !text.is_empty() && !text.contains(char::is_whitespace);
        is_word.then(|| text.to_owned())
    };
    let words = table.list(key, values::formed(word, "a word without blanks"))?;
    if words.is_empty() { None } else { TokenList::parse(&words.join(" ")).ok() }
}

fn units(table: &mut Section<'_>) -> Units {
    Units {
        k: tokens(table, "K"),
        m: tokens(table, "M"),
        g: tokens(table, "G"),
        t: tokens(table, "T"),
        ki: tokens(table, "Ki"),
        mi: tokens(table, "Mi"),
        gi: tokens(table, "Gi"),
        ti: tokens(table, "Ti"),
    }
}

fn fields(table: &mut Section<'_>) -> Fields {
    Fields {
        usage: table.table("usage", number_field).flatten(),
        usage_percentage: table.table("usage_percentage", percent_field).flatten(),
        usage_timestamp: table.table("usage_timestamp", time_field).flatten(),
        usage_overage: table.table("usage_overage", number_field).flatten(),
        usage_overage_percentage: table.table("usage_overage_percentage", percent_field).flatten(),
        data_limit: table.table("data_limit", number_field).flatten(),
        over_data_limit: table.table("over_data_limit", boolean_field),
        congested: table.table("congested", boolean_field),
        inbound_bandwidth: table.table("inbound_bandwidth", number_field).flatten(),
        outbound_bandwidth: table.table("outbound_bandwidth", number_field).flatten(),
        plan_type: table.table("plan_type", plan_type_field),
        refresh_provisioning: table.table("refresh_provisioning", boolean_field),
        activation_complete: table.table("activation_complete", boolean_field),
    }
}

fn group(table: &mut Section<'_>) -> Option<Group> {
    table.required("group", number(|n| Group::new(small(n))))
}

fn optional_group(table: &mut Section<'_>, key: &'static str) -> Option<Group> {
    table.optional(key, number(|n| Group::new(small(n))))
}

fn number_field(table: &mut Section<'_>) -> Option<NumberField> {
    let group = group(table);
    let unit_group = optional_group(table, "unit_group");
    let unit = |text: &str| Unit::ALL.into_iter().find(|unit| unit.as_str() == text);
    let form = "one of None, K, M, G, T, Ki, Mi, Gi, Ti";
    let default_unit = table.optional("default_unit", values::formed(unit, form));
    Some(NumberField { group: group?, unit_group, default_unit })
}

fn percent_field(table: &mut Section<'_>) -> Option<PercentField> {
    group(table).map(|group| PercentField { group })
}

fn time_field(table: &mut Section<'_>) -> Option<DateTimeField> {
    let group = group(table);
    let format = table.required("format", values::parsed(TimestampFormat::parse));
    let am_token = table.optional("am_token", values::parsed(Token::parse));
    let pm_token = table.optional("pm_token", values::parsed(Token::parse));
    Some(DateTimeField { format: format?, group: group?, am_token, pm_token })
}

fn boolean_field(table: &mut Section<'_>) -> BooleanField {
    BooleanField {
        true_token: tokens(table, "true_tokens"),
        false_token: tokens(table, "false_tokens"),
        default: table.optional("default", values::boolean),
        group: optional_group(table, "group"),
    }
}

fn plan_type_field(table: &mut Section<'_>) -> PlanTypeField {
    let plan_type = |text: &str| PlanType::ALL.into_iter().find(|plan| plan.as_str() == text);
    let form = "one of Unrestricted, Fixed, Variable";
    PlanTypeField {
        group: optional_group(table, "group"),
        default: table.optional("default", values::formed(plan_type, form)),
        unrestricted_tokens: tokens(table, "unrestricted_tokens"),
        fixed_tokens: tokens(table, "fixed_tokens"),
        variable_tokens: tokens(table, "variable_tokens"),
    }
}
