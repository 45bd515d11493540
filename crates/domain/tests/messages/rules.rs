//! Whom a rule is about, which rule counts, and which are rejected.

use domain::events::Bearer;
use domain::messages::{
    AddressKind, Book, BooleanField, FORMAT_CHARS_MAX, FieldName, Fields, FormatError, Groups,
    Matcher, Message, Overrun, PATTERN_CHARS_MAX, RULES_MAX, Rule, RuleError, RuleWarning, Sender,
    SmsBearer, TEXT_CHARS_MAX, Unit, Warning,
};

use super::support::{
    CLASS_ZERO, Ecma, Host, from, number, rule, sms, sms_from, time, ussd, words,
};

#[test]
fn senders_are_compared_exactly() {
    use AddressKind::{Alphanumeric, International, National, Unknown};
    // [MSG-04], [MSG-05], D5
    for (wanted, sender, kind, is_met, is_met_tolerantly) in [
        ("4799000001", "+4799000001", International, true, true),
        ("4799000001", "4799000001", International, true, true),
        ("+4799000001", "4799000001", International, true, true),
        ("4799000001", "99000001", International, false, false),
        ("4799000001", "004799000001", International, false, false),
        ("4799000001", "++4799000001", International, false, false),
        ("4799000001", "4799000001", National, false, true),
        ("4799000001", "4799000001", Unknown, false, true),
        ("4799000001", "99000001", National, false, false),
        // Anybody may choose a name of digits [MSG-03].
        ("4799000001", "4799000001", Alphanumeric, false, false),
        // A short code is no international number.
        ("26267", "26267", Unknown, true, true),
        ("26267", "26267", National, true, true),
        ("Fjell", "Fjell", Alphanumeric, true, true),
        ("Fjell", "fjell", Alphanumeric, false, false),
        ("Fjell", "Fjell Mobil", Alphanumeric, false, false),
    ] {
        for (is_sender_tolerant, expected) in [(false, is_met), (true, is_met_tolerantly)] {
            let rule = Rule { sms: from(wanted, false), is_sender_tolerant, ..rule("a") };
            let message = Message { sender: Some(Sender { address: sender, kind }), ..sms("a") };
            let found = rule.admits(&message);
            assert_eq!(found, expected, "{wanted} {sender} {kind:?} {is_sender_tolerant}");
        }
    }
    assert!(!Rule { sms: from("4799000001", false), ..rule("a") }.admits(&sms("a")));
    assert!(rule("a").admits(&sms("a")) && rule("a").admits(&sms_from("Fjell", "a")));
    for (address, kind) in [
        ("4799000001", International),
        ("+4799000001", International),
        ("Fjell 24", Alphanumeric),
        ("+", Alphanumeric),
        ("", Alphanumeric),
    ] {
        assert_eq!(AddressKind::of(address), kind, "{address}");
    }
}

#[test]
fn bearers_are_alternatives() {
    // [MSG-02], [MSG-06], [MSG-07]
    let bearer = |sender: &str, class_zero_only| SmsBearer {
        sender: Some(sender.to_owned()),
        class_zero_only,
    };
    let of = |sms: Vec<SmsBearer>, has_ussd| Rule { sms, has_ussd, ..rule("a") };
    let two = of(vec![bearer("4799000001", true), bearer("4799000002", false)], false);
    let by = |sender, class| Message { class, ..sms_from(sender, "a") };
    for (rule, message, expected) in [
        (&two, by("4799000001", CLASS_ZERO), true),
        (&two, by("4799000001", None), false),
        (&two, by("4799000002", None), true),
        (&two, by("4799000002", CLASS_ZERO), true),
        (&two, by("4799000003", CLASS_ZERO), false),
        (&two, ussd("a"), false),
        (&of(Vec::new(), true), ussd("a"), true),
        (&of(Vec::new(), true), sms("a"), false),
        (&of(vec![bearer("4799000001", false)], true), ussd("a"), true),
        // The sender is of SMS alone.
        (
            &of(vec![bearer("4799000001", false)], true),
            Message { bearer: Bearer::Ussd, ..by("4799000009", None) },
            true,
        ),
    ] {
        assert_eq!(rule.admits(&message), expected, "{message:?}");
    }
}

#[test]
fn silence_decides_who_is_told() {
    // [MSG-08], [MSG-09], D4
    let of = |is_silent| Host::of(Rule { is_silent, has_ussd: true, ..rule("a") });
    assert_eq!(of(true).does(&sms("a")), "event 0");
    assert_eq!(of(false).does(&sms("a")), "event 0, public");
    assert_eq!(of(true).does(&ussd("a")), "event 2");
    assert_eq!(of(false).does(&ussd("a")), "event 2, public");
    assert_eq!(of(true).does(&sms("b")), "public");
}

#[test]
fn patterns_match_whole_texts_as_ecmascript_does() {
    // [MSG-10], [MSG-11]
    for (pattern, text, is_match) in [
        ("a", "a", true),
        ("a", "A", false),
        ("a", "ab", false),
        ("a", "ba", false),
        ("a", "a\n", false),
        ("a|b", "b", true),
        ("a|ab", "ab", true),
        ("[^]*", "", true),
        ("[^]*", "two\nlines", true),
        (".*", "two\nlines", false),
        ("a{2}", "aa", true),
        (r"(\w)\1", "aa", true),
        (r"\d+", "٣", false),
    ] {
        let host = Host::of(rule(pattern));
        let found = host.classify(&sms(text)).matched.is_some();
        assert_eq!(found, is_match, "{pattern} {text:?}");
    }
}

#[test]
fn the_first_of_several_rules_counts_and_the_overlap_is_told() {
    // [MSG-12]
    let named = |id: &str, pattern: &str| Rule { id: Some(id.to_owned()), ..rule(pattern) };
    let rules = vec![named("X", "x"), named("A", "a.*"), named("B", ".*b"), named("C", "[^]*")];
    let host = Host::new(rules);
    let of = |text| {
        let classified = host.classify(&sms(text));
        (classified.matched.and_then(|matched| matched.rule_id), classified.warnings)
    };
    let overlap = |rule, other| Warning::Overlap { rule, other };
    let some = |id: &str| Some(id.to_owned());
    assert_eq!(of("ab"), (some("A"), vec![overlap(2, 3), overlap(2, 4)]));
    assert_eq!(of("bb"), (some("B"), vec![overlap(3, 4)]));
    assert_eq!(of("c"), (some("C"), Vec::new()));
}

#[test]
fn a_text_that_is_too_long_is_never_matched() {
    // [MSG-11]; characters count, not bytes.
    let host = Host::of(rule("[^]*"));
    let longest = "ß".repeat(TEXT_CHARS_MAX);
    assert_eq!(host.does(&sms(&longest)), "event 0");
    let longer = format!("{longest}a");
    let classified = host.classify(&sms(&longer));
    assert_eq!((classified.matched, classified.warnings), (None, vec![Warning::TextTooLong]));
}

/// An engine whose first pattern is stopped each time.
struct Stopped(Ecma);

impl Matcher for Stopped {
    fn captures(&self, rule: usize, text: &str) -> Result<Option<Groups>, Overrun> {
        if rule == 0 { Err(Overrun::Time) } else { self.0.captures(rule, text) }
    }

    fn group_count(&self, rule: usize) -> Option<usize> {
        self.0.group_count(rule)
    }
}

#[test]
fn a_pattern_that_is_stopped_does_not_count_and_stops_nothing_else() {
    // [MSG-11]
    let rules = vec![rule("(a+)+"), rule("a*")];
    let matcher = Stopped(Ecma::of(&rules));
    let book = Book::new(rules, &matcher);
    let host = Host::new(Vec::new());
    let context = domain::messages::Context {
        received_at: super::support::at(super::support::NOW),
        zone: &host.zone,
        stored_limit: None,
    };
    let classified = domain::messages::classify(&book, &matcher, &sms("aaa"), &context);
    assert_eq!(classified.matched.map(|matched| matched.rule), Some(1));
    let warning = Warning::Unanswered { rule: 1, overrun: Overrun::Time };
    assert_eq!(classified.warnings, [warning]);
    let said = "rule 1 does not count: the pattern was stopped after 50 ms";
    assert_eq!(warning.to_string(), said);
}

#[track_caller]
fn rejected(id: &str, rule: Rule, expected: RuleError) {
    let host = Host::new(vec![rule, super::support::rule("[^]*")]);
    let errors: Vec<_> = host.book.entries().iter().map(|e| e.as_ref().err().copied()).collect();
    assert_eq!(errors, [Some(expected), None], "{id}");
    // The others hold.
    assert_eq!(host.classify(&sms("a")).matched.map(|matched| matched.rule), Some(1), "{id}");
}

#[test]
fn an_invalid_rule_is_rejected_alone() {
    let with = |fields| Rule { fields: Some(fields), ..rule("(a)") };
    let usage = |format: &str| {
        let usage = number(1, None, Unit::M);
        with(Fields { usage, usage_timestamp: time(1, format), ..Fields::default() })
    };
    rejected("[MSG-07]", Rule { sms: Vec::new(), ..rule("a") }, RuleError::NoBearer);
    let long = "a".repeat(PATTERN_CHARS_MAX + 1);
    rejected("[MSG-11]", rule(&long), RuleError::PatternTooLong);
    for pattern in ["(", "a{2,1}", "[b-a]", "*", "(?<n>a)(?<n>b)", "a)|(?:b"] {
        rejected("[MSG-12]", rule(pattern), RuleError::Pattern);
    }
    let units = vec![(Unit::K, words("k kB")), (Unit::Ki, words("KiB kB"))];
    let ambiguous = RuleError::AmbiguousUnit(Unit::K, Unit::Ki);
    rejected("[MSG-17]", Rule { units, ..rule("a") }, ambiguous);
    let lonely = Fields { usage_timestamp: time(1, "%d.%m"), ..Fields::default() };
    rejected("[XML-87]", with(lonely), RuleError::TimestampWithoutUsage);
    for fields in [
        Fields { usage: number(1, None, Unit::M), ..Fields::default() },
        Fields { usage_percentage: Some(1), ..Fields::default() },
        Fields { usage_overage: number(1, None, Unit::M), ..Fields::default() },
        Fields { usage_overage_percentage: Some(1), ..Fields::default() },
    ] {
        rejected("[XML-87], D6", with(fields), RuleError::UsageWithoutTimestamp);
    }
    let long = format!("%d.%m{}", "a".repeat(FORMAT_CHARS_MAX));
    for (format, error) in [
        ("%d.%q", FormatError::UnknownIdentifier(Some('q'))),
        ("%d.%m %#p", FormatError::UnknownIdentifier(Some('p'))),
        ("%d.%m %", FormatError::UnknownIdentifier(None)),
        ("%m", FormatError::NoDate),
        ("%d %Y", FormatError::NoDate),
        ("%%d %%m", FormatError::NoDate),
        ("%d.%m %I", FormatError::HourWithoutHalf),
        (&long, FormatError::TooLong),
    ] {
        rejected("[MSG-20] [MSG-21]", usage(format), RuleError::Format(error));
    }
    let unknown = Rule { locale: Some("Klingon".to_owned()), ..usage("%d %b") };
    rejected("[MSG-21]", unknown, RuleError::Format(FormatError::UnknownMonths));
}

#[test]
fn what_is_odd_about_a_rule_is_told() {
    let fields = Fields {
        data_limit: number(1, Some(4), Unit::M),
        congested: Some(BooleanField { group: Some(3), ..BooleanField::default() }),
        ..Fields::default()
    };
    let host = Host::of(Rule {
        locale: Some("Klingon".to_owned()),
        fields: Some(fields),
        ..rule("(?:a)(b)(?<c>c)")
    });
    let entry = host.book.entries()[0].as_ref().expect("a rule");
    let missing = |field, group| RuleWarning::NoSuchGroup { field, group, groups: 2 };
    let expected = [
        RuleWarning::UnknownLocale,
        missing(FieldName::DataLimit, 4),
        missing(FieldName::Congested, 3),
    ];
    assert_eq!(entry.warnings(), expected);
    assert_eq!(entry.rule().pattern, "(?:a)(b)(?<c>c)");
}

#[test]
fn more_rules_than_a_message_can_be_compared_with_are_rejected() {
    let host = Host::new(vec![rule("a"); RULES_MAX + 1]);
    let errors = host.book.entries().iter().filter(|entry| entry.is_err()).count();
    assert_eq!((errors, host.book.held().count()), (1, RULES_MAX));
    assert_eq!(host.book.entries()[RULES_MAX], Err(RuleError::TooMany));
}

#[test]
fn a_word_may_stand_twice_for_one_unit() {
    // [MSG-17]
    let units = vec![(Unit::K, words("kB kB")), (Unit::M, words("MB"))];
    let rule = Rule { units, ..rule("a") };
    assert_eq!(rule.unit_of("kB"), Some(Unit::K));
    assert_eq!(rule.unit_of("KB"), None);
    let _ = Host::of(rule);
}

#[test]
fn messages_do_not_print_their_text_or_sender() {
    let printed = format!("{:?}", sms_from("+4799000001", "secret"));
    assert!(!printed.contains("4799") && !printed.contains("secret"), "{printed}");
    let sender = Sender { address: "4799000001", kind: AddressKind::International };
    assert!(!format!("{sender:?}").contains("4799"));
}
