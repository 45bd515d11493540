//! The vectors MV-1 to MV-27, row by row.

use domain::amount::{Bytes, Megabytes};
use domain::brand::PlanType;
use domain::events::Bearer;
use domain::messages::{
    AccountPlan, BooleanField, Class, Effect, Fields, Message, PlanTypeField, Rule, SmsBearer,
    Unit, effects,
};
use domain::usage::{self, Terms, Verdict};

use super::support::{
    CLASS_ZERO, Host, NOW, at, from, number, rule, rule_a, sms, sms_from, time, ussd, words,
};

const OPERATOR: &str = "+4799000001";
const TEXT_1: &str = "USED 7.34 GB OF 20 GB AT 11.03.2030 21:05";
const TEXT_2: &str = "USED 512 MiB OF 20 GB AT 12.03.2030 06:00";

#[track_caller]
fn check(id: &str, host: &Host, message: &Message<'_>, expected: &str) {
    assert_eq!(host.does(message), expected, "{id}");
}

#[test]
fn rule_a_reads_usage_from_sms_and_ussd_of_one_sender() {
    let host = Host::of(rule_a());
    let said = "update usage 7340 MB at 2030-03-11T21:05:00Z limit 20000 MB";
    check(
        "MV-1 [MSG-01] [MSG-08]",
        &host,
        &sms_from(OPERATOR, TEXT_1),
        &format!("{said}, event 0"),
    );
    let expected = "update usage 537 MB at 2030-03-12T06:00:00Z limit 20000 MB, event 0";
    check("MV-2 [MSG-16]", &host, &sms_from(OPERATOR, TEXT_2), expected);
    let expected = "update usage 1 MB at 2030-03-01T00:01:00Z limit 500 MB, event 0";
    let text = "USED 900 kB OF 500 MB AT 01.03.2030 00:01";
    check("MV-3 [MSG-17]", &host, &sms_from(OPERATOR, text), expected);
    check("MV-4 [MSG-04]", &host, &sms_from("4799000009", TEXT_1), "public");
    let text = format!("{TEXT_1} ");
    check("MV-5 [MSG-11]", &host, &sms_from(OPERATOR, &text), "public");
    let text = TEXT_1.to_lowercase();
    check("MV-6 [MSG-11]", &host, &sms_from(OPERATOR, &text), "public");
    check("MV-7 [MSG-07]", &host, &ussd(TEXT_1), &format!("{said}, event 2"));
    let cdma = Message { bearer: Bearer::CdmaSms, ..sms_from(OPERATOR, TEXT_1) };
    check("MV-8", &host, &cdma, &format!("{said}, event 1"));
    let text = TEXT_1.replace("11.03", "31.02");
    let expected = "update limit 20000 MB, event 0, warning";
    check("MV-9 [MSG-21]", &host, &sms_from(OPERATOR, &text), expected);
}

#[test]
fn the_exact_bytes_are_kept_until_they_are_stored() {
    // MV-2 [MSG-17]
    let matched = Host::of(rule_a()).classify(&sms_from(OPERATOR, TEXT_2)).matched;
    let readings = matched.expect("a match").readings;
    assert_eq!(readings.usage, Some(Bytes(536_870_912)));
    assert_eq!(readings.usage.map(Bytes::megabytes), Some(Megabytes(537)));
}

#[test]
fn an_older_message_does_not_undo_a_newer_one() {
    // MV-10, [MSG-25]: a message is an operator update like any other, guarded by its timestamp.
    let host = Host::of(rule_a());
    let terms = Terms {
        plan_type: Some(PlanType::Fixed),
        limit: Some(Megabytes(20_000)),
        notifies: true,
        cycle: None,
        expires_at: None,
        mode: usage::DeliveryMode::Realtime,
    };
    let mut state = usage::State::new(&terms);
    let mut verdicts = Vec::new();
    for text in [TEXT_2, TEXT_1] {
        let classified = host.classify(&sms_from(OPERATOR, text));
        for effect in effects(&classified, AccountPlan::Present) {
            if let Effect::UpdateUsage(update) = effect {
                let event = usage::Event::Operator(update);
                let step = usage::step(&state, &terms, &event, at(NOW));
                step.changes.iter().for_each(|change| state.apply(change));
                verdicts.push(matches!(step.verdict, Verdict::Accepted));
            }
        }
    }
    assert_eq!(verdicts, [true, false]);
    assert_eq!(state.used().megabytes(), Megabytes(537));
}

#[test]
fn rule_b_takes_all_of_class_zero_from_one_sender() {
    let rule_b = Rule {
        id: Some("B".to_owned()),
        is_silent: false,
        // The default of the schema, said: [MSG-06], D3.
        sms: from("4799000002", true),
        ..rule("[^]*")
    };
    let host = Host::of(rule_b);
    let message = sms_from("4799000002", "First line\nsecond line");
    let class = |number| Message { class: Class::new(number), ..message };
    // [MSG-09], D4: the private event first.
    check("MV-11 [MSG-10] [MSG-14] [MSG-15]", &host, &class(0), "event 0 B, public");
    check("MV-12 [MSG-06]", &host, &class(1), "public");
    check("MV-12 [MSG-06]", &host, &message, "public");
}

#[test]
fn rule_c_infers_usage_and_takes_the_most_recent_date() {
    let fields = Fields {
        usage_percentage: Some(1),
        data_limit: number(2, None, Unit::G),
        usage_timestamp: time(3, "%d/%m"),
        ..Fields::default()
    };
    let pattern = "([0-9]+)% of your ([0-9]+) GB used as of ([0-9]{2}/[0-9]{2})";
    let host = Host::of(Rule { fields: Some(fields), ..rule(pattern) });
    let expected = "update usage 26000 MB at 2029-12-28T00:00:00Z limit 40000 MB, event 0";
    let text = "65% of your 40 GB used as of 28/12";
    check("MV-13 [MSG-20] [MSG-22]", &host, &sms(text), expected);
    let expected = "update usage 26000 MB at 2030-03-12T00:00:00Z limit 40000 MB, event 0";
    let text = "65% of your 40 GB used as of 12/03";
    check("MV-14 [MSG-20]", &host, &sms(text), expected);
}

#[test]
fn rule_d_adds_the_overage_to_the_stored_limit() {
    let fields = Fields {
        usage_overage: number(1, None, Unit::M),
        usage_timestamp: time(2, "%#I:%M %p %d.%m.%Y"),
        over_data_limit: Some(BooleanField { default: true, ..BooleanField::default() }),
        ..Fields::default()
    };
    let pattern = concat!(
        "OVER by ([0-9]+) MB at ",
        r"([0-9]{1,2}:[0-9]{2} (?:AM|PM) [0-9]{2}\.[0-9]{2}\.[0-9]{4})",
    );
    let host = Host::of(Rule { fields: Some(fields), ..rule(pattern) });
    let expected = "update usage 20250 MB at 2030-02-03T21:05:00Z over true, event 0";
    let text = "OVER by 250 MB at 9:05 PM 03.02.2030";
    check("MV-15 [MSG-18] [MSG-23]", &host, &sms(text), expected);
    let expected = "update usage 20250 MB at 2030-02-03T00:00:00Z over true, event 0";
    let text = "OVER by 250 MB at 12:00 AM 03.02.2030";
    check("MV-16 [MSG-20]", &host, &sms(text), expected);
}

#[test]
fn rule_e_reads_the_plan_the_flag_and_the_speed() {
    let plan_type = PlanTypeField {
        group: Some(1),
        tokens: vec![
            (PlanType::Fixed, words("FLEX BASIC")),
            (PlanType::Unrestricted, words("FREE")),
            (PlanType::Variable, words("PAYG")),
        ],
        default: Some(PlanType::Variable),
    };
    let over = BooleanField {
        group: Some(2),
        true_tokens: words("on"),
        false_tokens: words("off"),
        default: false,
    };
    let fields = Fields {
        plan_type: Some(plan_type),
        over_data_limit: Some(over),
        inbound_bandwidth: number(3, Some(4), Unit::None),
        ..Fields::default()
    };
    let host = Host::of(Rule {
        units: vec![(Unit::K, words("k")), (Unit::M, words("M"))],
        fields: Some(fields),
        ..rule(r"PLAN (\w+) LIMIT (on|off) SPEED ([0-9]+)(k|M)bit")
    });
    let expected = "update Variable over true in 384 Kbps, event 0";
    let text = "PLAN PAYG LIMIT on SPEED 384kbit";
    check("MV-17 [MSG-17] [MSG-19] [MSG-24]", &host, &sms(text), expected);
    let expected = "update Variable over false in 2000 Kbps, event 0";
    let text = "PLAN OTHER LIMIT off SPEED 2Mbit";
    check("MV-18 [MSG-19]", &host, &sms(text), expected);
}

#[test]
fn rule_f_refreshes_later_and_connects_at_once() {
    let flag = |group, token| {
        Some(BooleanField {
            group: Some(group),
            true_tokens: words(token),
            ..BooleanField::default()
        })
    };
    let fields = Fields {
        refresh_provisioning: flag(1, "NEW"),
        activation_complete: flag(2, "OK"),
        ..Fields::default()
    };
    let host = Host::of(Rule { fields: Some(fields), ..rule("CFG (NEW|SAME) ACT (OK|WAIT)") });
    let expected = "event 0, refresh in the next window";
    check("MV-19 [MSG-26]", &host, &sms("CFG NEW ACT WAIT"), expected);
    check("MV-20 [MSG-26]", &host, &sms("CFG SAME ACT OK"), "event 0, connect now");
}

#[test]
fn numbers_follow_the_locale() {
    // MV-21, D9
    let fields = Fields { data_limit: number(1, None, Unit::M), ..Fields::default() };
    for locale in ["German_Germany.1252", "de-DE"] {
        let host = Host::of(Rule {
            locale: Some(locale.to_owned()),
            fields: Some(fields.clone()),
            ..rule("Limit (.*)")
        });
        let matched = host.classify(&sms("Limit 1.234,5")).matched.expect("a match");
        assert_eq!(matched.readings.data_limit, Some(Bytes(1_234_500_000)), "MV-21 {locale}");
    }
}

#[test]
fn the_overage_percentage_is_the_excess() {
    // D8, [MSG-23]
    let overages = Fields {
        usage_overage: number(1, None, Unit::M),
        usage_overage_percentage: Some(2),
        usage_timestamp: time(3, "%d.%m.%Y"),
        ..Fields::default()
    };
    let pattern = r"(\d+) MB, (\d+)%, (\S+)";
    let text = "1000 MB, 20%, 12.03.2030";
    let host =
        Host { stored_limit: None, ..Host::of(Rule { fields: Some(overages), ..rule(pattern) }) };
    let expected = "update usage 6000 MB at 2030-03-12T00:00:00Z limit 5000 MB, event 0";
    check("MV-22", &host, &sms(text), expected);
    let with_limit = Fields {
        data_limit: number(1, None, Unit::M),
        usage_overage_percentage: Some(2),
        usage_timestamp: time(3, "%d.%m.%Y"),
        ..Fields::default()
    };
    let host = Host::of(Rule { fields: Some(with_limit), ..rule(pattern) });
    check("MV-23", &host, &sms("5000 MB, 20%, 12.03.2030"), expected);
}

/// The USSD sample of Windows' documentation; its fifth group stops at the blank.
fn sample_2(fifth: &str) -> Rule {
    Rule {
        id: Some("Sample2".to_owned()),
        is_silent: false,
        sms: Vec::new(),
        has_ussd: true,
        units: vec![(Unit::M, words("MB")), (Unit::G, words("GB"))],
        fields: Some(Fields {
            usage: number(1, Some(2), Unit::M),
            data_limit: number(3, Some(4), Unit::M),
            usage_timestamp: time(5, "%I:%M%p on %d %b"),
            ..Fields::default()
        }),
        ..rule(&format!(r"(\d+\.\d+)(\w+) of (\d+)(\w+) used as of {fifth}"))
    }
}

#[test]
fn the_samples_of_the_documentation_are_taken_at_their_word() {
    // D10
    let as_printed = Host::of(sample_2(r"(\S+)"));
    let printed = "1.5GB of 2GB used as of 5:00PM on 07 Jan";
    let padded = "1.5GB of 2GB used as of 05:00PM on 07 Jan";
    check("MV-24", &as_printed, &ussd(printed), "public");
    let corrected = Host::of(sample_2(r"(\S+ on \d{2} \w{3})"));
    let expected =
        "update usage 1500 MB at 2030-01-07T17:00:00Z limit 2000 MB, event 2 Sample2, public";
    check("MV-24, MV-27 [MSG-09]", &corrected, &ussd(padded), expected);
    // %I is two digits, so the time of the first text is none; the match stands.
    let expected = "update limit 2000 MB, event 2 Sample2, public, warning";
    check("[MSG-21]", &corrected, &ussd(printed), expected);
    let sample_1 =
        Rule { id: Some("Sample1".to_owned()), sms: from("18005551212", false), ..rule("[^]*") };
    let host = Host::of(sample_1);
    let class = |class, sender| Message { class, ..sms_from(sender, "Two\nlines") };
    check("MV-26", &host, &class(None, "18005551212"), "event 0 Sample1");
    check("MV-26", &host, &class(CLASS_ZERO, "18005551212"), "event 0 Sample1");
    check("MV-26", &host, &class(Class::new(2), "18005551212"), "event 0 Sample1");
    check("MV-26", &host, &class(None, "8005551212"), "public");
}

#[test]
fn without_rules_everything_is_public() {
    let host = Host::new(Vec::new());
    check("MV-25 [MSG-01]", &host, &sms_from(OPERATOR, TEXT_1), "public");
    check("MV-25 [MSG-01]", &host, &ussd(TEXT_1), "public");
}

#[test]
fn without_a_plan_there_is_the_event_alone() {
    // [MSG-25]
    let host = Host { plan: AccountPlan::Absent, ..Host::of(rule_a()) };
    check("[MSG-25]", &host, &sms_from(OPERATOR, TEXT_1), "event 0");
}

#[test]
fn an_app_gets_what_its_reactions_need() {
    // [MSG-27]: usage that is synchronised already, the rule that says what to show, a document to
    // fetch. [MSG-32]: all of it by our own agent, whatever Windows still does.
    let refresh = BooleanField { default: true, ..BooleanField::default() };
    let mut rule = Rule { id: Some("usage".to_owned()), is_silent: false, ..rule_a() };
    rule.sms.push(SmsBearer { sender: None, class_zero_only: true });
    rule.fields = rule.fields.map(|f| Fields { refresh_provisioning: Some(refresh), ..f });
    let expected = concat!(
        "update usage 7340 MB at 2030-03-11T21:05:00Z limit 20000 MB, event 0 usage, public, ",
        "refresh in the next window",
    );
    check("[MSG-27] [MSG-32]", &Host::of(rule), &sms_from(OPERATOR, TEXT_1), expected);
}
