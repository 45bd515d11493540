//! How many operator messages are classified in a second on one core.
//!
//! `cargo bench -p server --bench messages`. Numbers that were seen are in docs/benchmarks.md.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::Timestamp;
use domain::events::Bearer;
use domain::messages::{
    AddressKind, Book, Class, Context, Fields, Message, NumberField, Rule, Sender, SmsBearer,
    TimeField, Unit, classify,
};
use jiff::tz::TimeZone;
use server::messages::patterns::{Counters, Patterns, Pool, Program};

const OPERATOR: &str = "+4799000001";

fn rule(sender: &str, pattern: &str, fields: Option<Fields>) -> Rule {
    let words = |word: &str| vec![word.to_owned()];
    Rule {
        id: Some("usage".to_owned()),
        is_silent: true,
        sms: vec![SmsBearer { sender: Some(sender.to_owned()), class_zero_only: false }],
        has_ussd: true,
        is_sender_tolerant: false,
        pattern: pattern.to_owned(),
        locale: None,
        units: vec![
            (Unit::K, words("kB")),
            (Unit::M, words("MB")),
            (Unit::G, words("GB")),
            (Unit::Mi, words("MiB")),
        ],
        fields,
    }
}

/// Rule A of the specification, beside four others of the same sender.
fn rules() -> Vec<Rule> {
    let number = |group, unit_group| {
        Some(NumberField { group, unit_group: Some(unit_group), default_unit: Unit::M })
    };
    let usage_timestamp = Some(TimeField {
        group: 5,
        format: "%d.%m.%Y %H:%M".to_owned(),
        am_token: None,
        pm_token: None,
    });
    let fields = Fields {
        usage: number(1, 2),
        data_limit: number(3, 4),
        usage_timestamp,
        ..Fields::default()
    };
    let usage = concat!(
        r"USED ([0-9]+(?:\.[0-9]+)?) (kB|MB|GB|MiB) OF ([0-9]+) (MB|GB) AT ",
        r"([0-9]{2}\.[0-9]{2}\.[0-9]{4} [0-9]{2}:[0-9]{2})",
    );
    vec![
        rule("4799000001", r"PLAN (\w+) LIMIT (on|off) SPEED ([0-9]+)(k|M)bit", None),
        rule("4799000001", "CFG (NEW|SAME) ACT (OK|WAIT)", None),
        rule("4799000001", usage, Some(fields)),
        rule("4799000001", r"OVER by ([0-9]+) MB at (\S+)", None),
        rule("4799000002", "[^]*", None),
    ]
}

fn messages(c: &mut Criterion) {
    let rules = rules();
    let program = Program::at(PathBuf::from(env!("CARGO_BIN_EXE_broadgate")));
    let pool = Arc::new(Pool::new(program, 1, Counters::default()));
    let matcher = Patterns::new(rules.iter().map(|rule| rule.pattern.as_str()), pool);
    assert!((0..rules.len()).all(|rule| matcher.is_linear(rule)));
    let book = Book::new(rules, &matcher);
    let received_at: Timestamp = "2030-03-12T08:00:00Z".parse().expect("a time");
    let zone = TimeZone::UTC;
    let context = Context { received_at, zone: &zone, stored_limit: None };
    let mut group = c.benchmark_group("messages");
    group.throughput(Throughput::Elements(1));
    for (name, address, text, is_matched) in [
        ("usage", OPERATOR, "USED 7.34 GB OF 20 GB AT 11.03.2030 21:05", true),
        ("no fields", "4799000002", "First line\nsecond line", true),
        ("no rule matches", OPERATOR, "Your parcel arrives at 10:30.", false),
        ("another sender", "4799000009", "USED 7.34 GB OF 20 GB AT 11.03.2030 21:05", false),
    ] {
        let sender = Some(Sender { address, kind: AddressKind::International });
        let class = Some(Class::ZERO);
        let message = Message { bearer: Bearer::GsmSms, sender, class, text };
        let classified = classify(&book, &matcher, &message, &context);
        assert_eq!(classified.matched.is_some(), is_matched, "{name}");
        group.bench_function(name, |b| {
            b.iter(|| classify(&book, &matcher, black_box(&message), &context));
        });
    }
    group.finish();
}

criterion_group!(benches, messages);
criterion_main!(benches);
