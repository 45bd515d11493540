//! What can be said against the rules for operator messages.
//!
//! Not here: whether a pattern is a regular expression, which only its engine knows; locales, of
//! which no list is published.
//! Implements [XML-66], [XML-69], [XML-87], [XML-88], [MSG-10], [MSG-11], [MSG-16], [MSG-17],
//! [MSG-20] and [MSG-21] as far as a document can break them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Severity};
use crate::document::{Document, Fields, Group, Message, NumberField, Unit, Units};

/// Most characters of a pattern [MSG-11].
const PATTERN_MAX: usize = 2048;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let messages = document.mbn_profiles().map(|p| p.messages.as_slice()).unwrap_or_default();
    let mut patterns = BTreeSet::new();
    for (number, part) in (1_usize..).zip(messages) {
        let path = format!("MBNProfiles/Messages/Message[{number}]");
        message(&path, part, findings);
        if !patterns.insert(&part.pattern) {
            let text = "an earlier message has the same pattern; patterns must not overlap";
            let at = format!("{path}/Pattern");
            findings.add(Severity::Warning, ("same-pattern", "XML-69"), &at, text.to_owned());
        }
    }
}

fn message(path: &str, message: &Message, findings: &mut Findings) {
    let mut add = |severity, rule, at: &str, text: String| {
        findings.add(severity, rule, &format!("{path}{at}"), text);
    };
    if message.silent.is_none() {
        let text = "say Silent; it means true if absent".to_owned();
        add(Severity::Limit, ("implicit-silent", "XML-88"), "", text);
    }
    for bearer in message.bearers.sms() {
        if bearer.class_zero_only.is_none() {
            let text = "say ClassZeroOnly; it means true if absent".to_owned();
            add(Severity::Limit, ("implicit-class-zero-only", "XML-88"), "/SMSBearer", text);
        }
        let is_number =
            |sender: &str| !sender.is_empty() && sender.bytes().all(|octet| octet.is_ascii_digit());
        if bearer.sender.as_ref().is_some_and(|sender| !is_number(sender.as_str())) {
            let text = "Sender is not of digits alone; leave out the + and all else".to_owned();
            add(Severity::Warning, ("sender-not-digits", "XML-66"), "/SMSBearer", text);
        }
    }
    let length = message.pattern.as_str().chars().count();
    if length > PATTERN_MAX {
        let text = format!("{length} characters where {PATTERN_MAX} are safe; shorten it");
        add(Severity::Limit, ("pattern-too-long", "MSG-11"), "/Pattern", text);
    }
    if message.units.as_ref().is_some_and(has_ambiguous_token) {
        let text = "a word stands for two multiples; keep one".to_owned();
        add(Severity::Error, ("ambiguous-unit", "MSG-17"), "/Units", text);
    }
    if let Some(part) = &message.fields {
        usage(&format!("{path}/Fields"), part, findings);
        groups(&format!("{path}/Fields"), message, part, findings);
    }
}

/// Says whether one word is in the lists of two multiples.
fn has_ambiguous_token(units: &Units) -> bool {
    let mut seen: BTreeMap<&str, Unit> = BTreeMap::new();
    let tokens = units.lists().into_iter().filter_map(|(unit, list)| Some((unit, list?)));
    let mut tokens = tokens.flat_map(|(unit, list)| list.tokens().map(move |t| (unit, t)));
    tokens.any(|(unit, token)| seen.insert(token, unit).is_some_and(|earlier| earlier != unit))
}

fn usage(path: &str, fields: &Fields, findings: &mut Findings) {
    let forms = [
        fields.usage.is_some(),
        fields.usage_percentage.is_some(),
        fields.usage_overage.is_some(),
        fields.usage_overage_percentage.is_some(),
    ];
    let forms = forms.into_iter().filter(|is_present| *is_present).count();
    if forms > 1 {
        let text = "says the usage in more than one form; keep one".to_owned();
        findings.add(Severity::Limit, ("two-usage-forms", "XML-88"), path, text);
    }
    match &fields.usage_timestamp {
        None if forms > 0 => {
            let text = "says a usage without UsageTimestamp; add it".to_owned();
            findings.add(Severity::Error, ("usage-without-timestamp", "XML-87"), path, text);
        }
        Some(_) if forms == 0 => {
            let text = "has UsageTimestamp without a usage; remove it or add the usage".to_owned();
            findings.add(Severity::Error, ("timestamp-without-usage", "XML-87"), path, text);
        }
        None | Some(_) => {}
    }
    if let Some(field) = &fields.usage_timestamp
        && let Some((id, text)) = fault_of_format(field.format.as_str())
    {
        let at = format!("{path}/UsageTimestamp");
        findings.add(Severity::Error, ("timestamp-format", id), &at, text.to_owned());
    }
}

/// Says why a rule with this format is rejected, if it is.
fn fault_of_format(format: &str) -> Option<(&'static str, &'static str)> {
    let mut identifiers = String::new();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            continue;
        }
        let (known, identifier) = match rest.next() {
            Some('#') => ("dHImMSyY", rest.next()),
            other => ("dHImMSyYpb%", other),
        };
        match identifier.filter(|c| known.contains(*c)) {
            Some(identifier) => identifiers.push(identifier),
            None => return Some(("MSG-21", "has an unknown identifier after %; use a listed one")),
        }
    }
    if !identifiers.contains('d') || !identifiers.contains(['m', 'b']) {
        return Some(("MSG-20", "lacks the day or the month; add %d and %m"));
    }
    if identifiers.contains('I') && !identifiers.contains('p') {
        return Some(("MSG-21", "has %I without %p; add it or use %H"));
    }
    None
}

fn groups(path: &str, message: &Message, fields: &Fields, findings: &mut Findings) {
    let max = capture_groups(message.pattern.as_str());
    let has_units = message.units.as_ref().is_some_and(|units| {
        units.lists().iter().any(|(_, list)| list.is_some_and(|l| l.tokens().next().is_some()))
    });
    for (name, group) in groups_of(fields) {
        if usize::try_from(group.number()).is_ok_and(|number| number > max) {
            let text = format!("names group {} of {max} in the pattern", group.number());
            let at = format!("{path}/{name}");
            findings.add(Severity::Warning, ("no-such-group", "MSG-10"), &at, text);
        }
    }
    for (name, field) in numbers_of(fields) {
        if field.unit_group.is_some() && !has_units {
            let text = "has UnitGroup, but the message has no Units; add them".to_owned();
            let at = format!("{path}/{name}");
            findings.add(Severity::Warning, ("no-units", "MSG-16"), &at, text);
        }
    }
}

fn numbers_of(fields: &Fields) -> impl Iterator<Item = (&'static str, &NumberField)> {
    let numbers = [
        ("Usage", &fields.usage),
        ("UsageOverage", &fields.usage_overage),
        ("DataLimit", &fields.data_limit),
        ("InboundBandwidth", &fields.inbound_bandwidth),
        ("OutboundBandwidth", &fields.outbound_bandwidth),
    ];
    numbers.into_iter().filter_map(|(name, field)| Some((name, field.as_ref()?)))
}

/// Returns the groups that fields name, with the name of the field.
fn groups_of(fields: &Fields) -> impl Iterator<Item = (&'static str, Group)> {
    let percent = [
        ("UsagePercentage", &fields.usage_percentage),
        ("UsageOveragePercentage", &fields.usage_overage_percentage),
    ];
    let boolean = [
        ("OverDataLimit", &fields.over_data_limit),
        ("Congested", &fields.congested),
        ("RefreshProvisioning", &fields.refresh_provisioning),
        ("ActivationComplete", &fields.activation_complete),
    ];
    let numbers = numbers_of(fields).flat_map(|(name, field)| {
        [Some(field.group), field.unit_group].into_iter().flatten().map(move |group| (name, group))
    });
    let percent = percent.into_iter().filter_map(|(name, f)| Some((name, f.as_ref()?.group)));
    let boolean = boolean.into_iter().filter_map(|(name, f)| Some((name, f.as_ref()?.group?)));
    let timestamp = fields.usage_timestamp.as_ref().map(|f| ("UsageTimestamp", f.group));
    let plan_type = fields.plan_type.as_ref().and_then(|f| f.group).map(|g| ("PlanType", g));
    numbers.chain(percent).chain(boolean).chain(timestamp).chain(plan_type)
}

/// Counts the capture groups of a regular expression of ECMAScript, without judging it.
fn capture_groups(pattern: &str) -> usize {
    let mut count: usize = 0;
    let mut is_in_class = false;
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = rest.strip_prefix(c).unwrap_or_default();
        match c {
            '\\' => {
                let mut after = rest.chars();
                let _ = after.next();
                rest = after.as_str();
            }
            '[' => is_in_class = true,
            ']' => is_in_class = false,
            '(' if !is_in_class => {
                let is_named =
                    rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!");
                if !rest.starts_with('?') || is_named {
                    count = count.saturating_add(1);
                }
            }
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capture_groups_are_counted() {
        for (pattern, expected) in [
            ("", 0),
            ("[^]*", 0),
            ("[^](a)", 1),
            (r"(\d+\.\d+)(\w+) of (\d+)(\w+) used as of (\S+)", 5),
            ("USED ([0-9]+(?:[.][0-9]+)?) (kB|MB)", 2),
            (r"\((a)\)", 1),
            (r"\\(a)", 1),
            ("[(](a)", 1),
            (r"[\](](a)", 1),
            ("(?<used>a)(?=b)(?!c)(?<=d)(?<!e)", 1),
            ("((a)", 2),
            (r"a\", 0),
        ] {
            assert_eq!(capture_groups(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn formats_say_day_and_month() {
        for (format, expected) in [
            ("%d.%m.%Y %H:%M", None), // [MSG-20]
            ("%#d/%#m/%#y", None),
            ("%I:%M%p on %d %b", None), // [MSG-21]
            ("%d %m 100%%", None),
            ("%m", Some("MSG-20")),
            ("%d", Some("MSG-20")),
            ("%%d %%m", Some("MSG-20")),
            ("", Some("MSG-20")),
            ("%d %m %I", Some("MSG-21")),
            ("%d %m %q", Some("MSG-21")),
            ("%d %m %#p", Some("MSG-21")),
            ("%d %m %", Some("MSG-21")),
        ] {
            assert_eq!(fault_of_format(format).map(|(id, _)| id), expected, "{format}");
        }
    }
}
