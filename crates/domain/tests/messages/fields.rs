//! What the groups of a match say.

use domain::amount::{Bytes, Megabytes};
use domain::brand::PlanType;
use domain::messages::{
    BitsPerSecond, BooleanField, FieldName, Fields, NumberField, PlanTypeField, Readings, Rule,
    TimeError, Unit, Warning,
};

use super::support::{Host, number, rule, sms, time, words};

#[track_caller]
fn read(rule: Rule, text: &str) -> (Readings, Vec<Warning>) {
    let classified = Host::of(rule).classify(&sms(text));
    (classified.matched.expect("a match").readings, classified.warnings)
}

fn limit(pattern: &str, field: Option<NumberField>) -> Rule {
    let units = vec![
        (Unit::K, words("k kB KB")),
        (Unit::M, words("MB")),
        (Unit::Gi, words("GiB")),
        (Unit::Ti, words("TiB")),
    ];
    let fields = Fields { data_limit: field, ..Fields::default() };
    Rule { units, fields: Some(fields), ..rule(pattern) }
}

#[test]
fn numbers_have_the_unit_of_their_word_or_the_default_one() {
    // [MSG-16], [MSG-17]
    let field = |default_unit| number(1, Some(2), default_unit);
    for (text, default_unit, expected) in [
        ("5 kB", Unit::M, 5_000),
        ("5 KB", Unit::M, 5_000),
        ("5 Kb", Unit::M, 5_000_000),
        ("5 MB", Unit::None, 5_000_000),
        ("5 GiB", Unit::None, 5_368_709_120),
        ("5 TiB", Unit::None, 5_497_558_138_880),
        ("5 ", Unit::K, 5_000),
        ("5 parsecs", Unit::None, 5),
        ("0.0005 kB", Unit::None, 1),
        ("1,024.5 MB", Unit::None, 1_024_500_000),
    ] {
        let (readings, warnings) = read(limit("(.*) (.*)", field(default_unit)), text);
        assert_eq!(readings.data_limit, Some(Bytes(expected)), "{text}");
        assert!(warnings.is_empty(), "{text}");
    }
    let (readings, _) = read(limit("(.*)", number(1, None, Unit::T)), "2");
    assert_eq!(readings.data_limit, Some(Bytes(2_000_000_000_000)));
    for (unit, multiplier) in [
        (Unit::None, 1),
        (Unit::K, 1_000),
        (Unit::M, 1_000_000),
        (Unit::G, 1_000_000_000),
        (Unit::T, 1_000_000_000_000),
        (Unit::Ki, 1_024),
        (Unit::Mi, 1_048_576),
        (Unit::Gi, 1_073_741_824),
        (Unit::Ti, 1_099_511_627_776),
    ] {
        assert_eq!(unit.multiplier(), multiplier, "{unit:?}");
    }
}

#[test]
fn what_cannot_be_read_is_left_out_and_told() {
    let not_a_number = vec![Warning::NotANumber(FieldName::DataLimit)];
    let too_large = vec![Warning::TooLarge(FieldName::DataLimit)];
    for (text, unit, expected) in [
        ("", Unit::M, &not_a_number),
        ("1.2.3", Unit::M, &not_a_number),
        ("-1", Unit::M, &not_a_number),
        ("4294967296", Unit::M, &too_large),
        ("99999999999999999", Unit::Ti, &too_large),
    ] {
        let (readings, warnings) = read(limit("(.*)", number(1, None, unit)), text);
        assert_eq!((readings.data_limit, &warnings), (None, expected), "{text}");
    }
    // A group that took no part says nothing, and that is no mistake.
    let (readings, warnings) = read(limit("a(b)?", number(1, None, Unit::M)), "a");
    assert_eq!((readings.data_limit, warnings), (None, Vec::new()));
}

#[test]
fn booleans_have_words_for_yes_and_no_and_a_default() {
    // [MSG-18]
    let field = |group, default| BooleanField {
        group,
        true_tokens: words("yes JA"),
        false_tokens: words("no nei"),
        default,
    };
    for (text, group, default, expected) in [
        ("yes", Some(1), false, true),
        ("JA", Some(1), false, true),
        ("ja", Some(1), false, false),
        ("nei", Some(1), true, false),
        ("maybe", Some(1), true, true),
        ("maybe", Some(1), false, false),
        ("yes", None, false, false),
        ("no", None, true, true),
        ("yes", Some(2), false, false),
    ] {
        let congested = Some(field(group, default));
        let fields = Fields { congested, ..Fields::default() };
        let (readings, _) = read(Rule { fields: Some(fields), ..rule("(.*?)(x)?") }, text);
        assert_eq!(readings.congested, Some(expected), "{text} {group:?} {default}");
        assert_eq!(readings.over_data_limit, None, "{text}");
    }
}

#[test]
fn plan_types_have_words_and_perhaps_a_default() {
    // [MSG-19]
    for (text, default, expected) in [
        ("GOLD", None, Some(PlanType::Unrestricted)),
        ("gold", None, None),
        ("gold", Some(PlanType::Fixed), Some(PlanType::Fixed)),
    ] {
        let tokens = vec![(PlanType::Unrestricted, words("FREE GOLD"))];
        let plan_type = Some(PlanTypeField { group: Some(1), tokens, default });
        let fields = Fields { plan_type, ..Fields::default() };
        let (readings, _) = read(Rule { fields: Some(fields), ..rule("(.*)") }, text);
        assert_eq!(readings.plan_type, expected, "{text}");
    }
}

#[test]
fn bandwidths_are_bits_and_never_inferred() {
    // [MSG-17], [MSG-24]
    let fields = Fields { outbound_bandwidth: number(1, None, Unit::None), ..Fields::default() };
    let with = |fields| Rule { fields: Some(fields), ..rule("(.*)") };
    for (text, kbps) in [("1499", Some(1)), ("1500", Some(2)), ("384000", Some(384))] {
        let (readings, _) = read(with(fields.clone()), text);
        assert_eq!(readings.outbound_bandwidth.map(BitsPerSecond::kbps), kbps, "{text}");
        assert_eq!(readings.inbound_bandwidth, None);
    }
    let (readings, warnings) = read(with(fields), "4294967295001");
    assert_eq!(readings.outbound_bandwidth, None);
    assert_eq!(warnings, [Warning::TooLarge(FieldName::OutboundBandwidth)]);
}

#[test]
fn a_time_that_cannot_be_read_discards_the_usage_and_nothing_else() {
    // [MSG-21]
    let fields = Fields {
        usage_percentage: Some(1),
        usage_overage: number(2, None, Unit::M),
        usage_timestamp: time(3, "%d.%m.%Y"),
        data_limit: number(4, None, Unit::M),
        congested: Some(BooleanField { default: true, ..BooleanField::default() }),
        ..Fields::default()
    };
    let rule = Rule { fields: Some(fields), ..rule("(.*?) (.*?) (?:(.*?) )?(.*)") };
    let rest = Readings {
        data_limit: Some(Bytes(10_000_000)),
        congested: Some(true),
        ..Readings::default()
    };
    for (text, error) in [
        ("50 2 31.02.2030 10", TimeError::Value),
        ("50 2 1.2.2030 10", TimeError::Form),
        ("50 2 10", TimeError::Form),
    ] {
        let (readings, warnings) = read(rule.clone(), text);
        assert_eq!((readings, warnings), (rest, vec![Warning::Timestamp(error)]), "{text}");
    }
    let (readings, warnings) = read(rule, "50 2 01.02.2030 10");
    assert_eq!(readings.usage, Some(Bytes(5_000_000)), "[MSG-22]");
    assert_eq!(warnings, []);
    assert!(readings.usage_percentage.is_some() && readings.usage_timestamp.is_some());
}

#[test]
fn usage_that_cannot_be_stored_is_left_out() {
    let fields = Fields {
        usage_overage: number(1, None, Unit::M),
        usage_timestamp: time(2, "%d.%m.%Y"),
        ..Fields::default()
    };
    let (readings, warnings) =
        read(Rule { fields: Some(fields), ..rule("(.*) (.*)") }, "4294967295 01.02.2030");
    assert_eq!((readings.usage, warnings), (None, vec![Warning::TooLarge(FieldName::Usage)]));
    assert_eq!(readings.update().usage, None);
}

#[test]
fn updates_are_in_the_units_of_the_plan() {
    // [MSG-17]
    let of = |bytes| Readings { data_limit: Some(Bytes(bytes)), ..Readings::default() };
    assert_eq!(of(1_500_000).update().limit, Some(Megabytes(2)));
    assert_eq!(of(1_499_999).update().limit, Some(Megabytes(1)));
    // No plan has a limit of 0 MB.
    assert_eq!(of(499_999).update().limit, None);
}
