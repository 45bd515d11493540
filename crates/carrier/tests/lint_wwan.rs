//! What the remarks say against operator messages and logos, each beside what they let pass.

mod support;

use carrier::document::{
    Base64Binary, Bearers, Branding, DateTimeField, Document, Fields, MbnProfiles, Message, Parts,
    Pattern, PercentField, SmsBearer, TimestampFormat, Token, TokenList, Units,
};
use carrier::lint::{Finding, Severity, check};
use carrier::read::read;
use support::replace_once;
use support::wwan::{E6, global, group, number, parts, usage_message};

use Severity::{Error, Limit, Warning};

type Row = (Severity, &'static str, &'static str, &'static str);

fn rows(findings: &[Finding]) -> Vec<(Severity, &str, &str, &str)> {
    findings.iter().map(|f| (f.severity, f.code, f.requirement, f.path.as_str())).collect()
}

/// Judges the rule of example 14.6 with one change. A document of ours is refused where something
/// heavier than a warning is found.
#[track_caller]
fn says(change: impl FnOnce(&mut Message), expected: &[Row]) {
    let mut message = usage_message();
    change(&mut message);
    judge(parts(vec![message]), expected);
}

#[track_caller]
fn judge(parts: Parts, expected: &[Row]) {
    let heavy: Vec<Row> = expected.iter().copied().filter(|row| row.0 != Warning).collect();
    match Document::new(global("001019876543210"), parts) {
        Ok(document) => assert_eq!(rows(&check(&document)), expected),
        Err(refused) => assert_eq!(rows(refused.findings()), heavy),
    }
}

fn in_fields(message: &mut Message, change: impl FnOnce(&mut Fields)) {
    change(message.fields.as_mut().expect("fields"));
}

fn in_bearer(message: &mut Message, change: impl FnOnce(&mut SmsBearer)) {
    match &mut message.bearers {
        Bearers::Sms { first, .. } => change(first),
        Bearers::Ussd => unreachable!("example 14.6 has SMS"),
    }
}

const MESSAGE: &str = "MBNProfiles/Messages/Message[1]";
const BEARER: &str = "MBNProfiles/Messages/Message[1]/SMSBearer";
const FIELDS: &str = "MBNProfiles/Messages/Message[1]/Fields";
const USAGE: &str = "MBNProfiles/Messages/Message[1]/Fields/Usage";
const LIMIT: &str = "MBNProfiles/Messages/Message[1]/Fields/DataLimit";
const TIMESTAMP: &str = "MBNProfiles/Messages/Message[1]/Fields/UsageTimestamp";

#[test]
fn nv_22_a_usage_has_its_time() {
    // [XML-87]
    says(|_| {}, &[]);
    says(
        |m| in_fields(m, |f| f.usage_timestamp = None),
        &[(Error, "usage-without-timestamp", "XML-87", FIELDS)],
    );
    says(
        |m| in_fields(m, |f| f.usage = None),
        &[(Error, "timestamp-without-usage", "XML-87", FIELDS)],
    );
    let neither = |f: &mut Fields| (f.usage, f.usage_timestamp) = (None, None);
    says(|m| in_fields(m, neither), &[]);
    let percent = PercentField { group: group(1) };
    for form in [
        Fields { usage_percentage: Some(percent), ..Fields::default() },
        Fields { usage_overage: Some(number(1, 2)), ..Fields::default() },
        Fields { usage_overage_percentage: Some(percent), ..Fields::default() },
    ] {
        let with_time = |f: &mut Fields| {
            let usage_timestamp = f.usage_timestamp.clone();
            *f = Fields { usage_timestamp, ..form.clone() };
        };
        says(|m| in_fields(m, with_time), &[]);
        says(
            |m| m.fields = Some(form.clone()),
            &[(Error, "usage-without-timestamp", "XML-87", FIELDS)],
        );
    }
    // The schema takes such a document of others.
    let field = "<UsageTimestamp Group=\"5\" Format=\"%d.%m.%Y %H:%M\"/>";
    let document = read(replace_once(E6, field, "").as_bytes()).expect("valid");
    let expected: [Row; 1] = [(Error, "usage-without-timestamp", "XML-87", FIELDS)];
    assert_eq!(rows(&check(&document)), expected, "NV-22");
}

#[test]
fn the_generator_says_what_is_meant() {
    // [XML-88]
    says(|m| m.silent = None, &[(Limit, "implicit-silent", "XML-88", MESSAGE)]);
    says(|m| m.silent = Some(false), &[]);
    says(
        |m| in_bearer(m, |b| b.class_zero_only = None),
        &[(Limit, "implicit-class-zero-only", "XML-88", BEARER)],
    );
    says(|m| in_bearer(m, |b| b.class_zero_only = Some(true)), &[]);
    says(
        |m| in_fields(m, |f| f.usage_percentage = Some(PercentField { group: group(1) })),
        &[(Limit, "two-usage-forms", "XML-88", FIELDS)],
    );
}

#[test]
fn senders_are_digits() {
    // [XML-66]
    for (sender, expected) in [
        (None, vec![]),
        (Some("2020"), vec![]),
        (Some("+4799000001"), vec![(Warning, "sender-not-digits", "XML-66", BEARER)]),
        (Some("Fjell"), vec![(Warning, "sender-not-digits", "XML-66", BEARER)]),
        (Some(""), vec![(Warning, "sender-not-digits", "XML-66", BEARER)]),
    ] {
        let sender = sender.map(|text| Token::parse(text).expect("a token"));
        says(|m| in_bearer(m, |b| b.sender = sender), &expected);
    }
}

#[test]
fn patterns_differ_and_are_short() {
    // [XML-69], [MSG-11]
    let pattern = |text: &str| Pattern::parse(text).expect("a pattern");
    let other = Message { fields: None, pattern: pattern("[^]*"), ..usage_message() };
    judge(parts(vec![usage_message(), other.clone()]), &[]);
    judge(
        parts(vec![usage_message(), other.clone(), other.clone()]),
        &[(Warning, "same-pattern", "XML-69", "MBNProfiles/Messages/Message[3]/Pattern")],
    );
    let long = |length: usize| Message { pattern: pattern(&"a".repeat(length)), ..other.clone() };
    judge(parts(vec![long(2048)]), &[]);
    let path = "MBNProfiles/Messages/Message[1]/Pattern";
    judge(parts(vec![long(2049)]), &[(Limit, "pattern-too-long", "MSG-11", path)]);
}

#[test]
fn groups_are_in_the_pattern() {
    // [MSG-10]
    says(|m| in_fields(m, |f| f.data_limit = Some(number(5, 4))), &[]);
    says(
        |m| in_fields(m, |f| f.data_limit = Some(number(6, 7))),
        &[(Warning, "no-such-group", "MSG-10", LIMIT), (Warning, "no-such-group", "MSG-10", LIMIT)],
    );
}

#[test]
fn units_are_there_and_clear() {
    // [XML-71], [MSG-16], [MSG-17]
    let missing = [(Warning, "no-units", "MSG-16", USAGE), (Warning, "no-units", "MSG-16", LIMIT)];
    says(|m| m.units = None, &missing);
    let k = |text: &str| Units { k: TokenList::parse(text).ok(), ..Units::default() };
    says(|m| m.units = Some(k(" ")), &missing);
    says(|m| m.units = Some(k("kB kB")), &[]);
    let path = "MBNProfiles/Messages/Message[1]/Units";
    let both = Units { ki: TokenList::parse("KiB kB").ok(), ..k("kB") };
    says(|m| m.units = Some(both), &[(Error, "ambiguous-unit", "MSG-17", path)]);
    // Words differ by case.
    says(|m| m.units = Some(Units { ki: TokenList::parse("KB").ok(), ..k("kB") }), &[]);
}

#[test]
fn times_have_a_format_that_hosts_read() {
    // [MSG-20], [MSG-21]
    let format = |text: &str| {
        let format = TimestampFormat::parse(text).expect("a format");
        let field = DateTimeField { format, group: group(5), am_token: None, pm_token: None };
        move |m: &mut Message| in_fields(m, |f| f.usage_timestamp = Some(field))
    };
    says(format("%d.%m."), &[]);
    says(format("%m."), &[(Error, "timestamp-format", "MSG-20", TIMESTAMP)]);
    says(format("%d.%m. %q"), &[(Error, "timestamp-format", "MSG-21", TIMESTAMP)]);
}

#[test]
fn logos_are_small_images() {
    // [XML-89]
    let png = |side: u32| {
        let mut image = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        image.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
        image
    };
    let path = "MBNProfiles/Branding/Logo";
    for (image, expected) in [
        (png(32), vec![]),
        (png(64), vec![(Warning, "logo", "XML-89", path)]),
        (b"GIF89a".to_vec(), vec![(Warning, "logo", "XML-89", path)]),
    ] {
        let logo = Base64Binary::new(image).ok();
        let branding = Some(Branding { logo, ..Branding::default() });
        let mbn_profiles = Some(MbnProfiles { branding, ..MbnProfiles::default() });
        judge(Parts { mbn_profiles, ..Parts::default() }, &expected);
    }
}
