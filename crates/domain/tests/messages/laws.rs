//! Properties: whatever is written can be read, and whatever comes has an answer.

use domain::amount::{Bytes, Megabytes};
use domain::events::Bearer;
use domain::messages::{
    AddressKind, Class, Decimal, Fields, Format, Given, Locale, Message, Rule, Sender, Unit, infer,
    overlaps,
};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::support::{Host, NOW, at, from, number, rule, rule_a, sms, time};

/// Writes a number with a decimal sign and perhaps a sign between groups of three.
fn written(digits: u64, scale: usize, decimal: char, group: Option<char>) -> String {
    let text = format!("{digits:0>width$}", width = scale + 1);
    let (whole, part) = text.split_at(text.len() - scale);
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.extend(group);
        }
        grouped.push(digit);
    }
    if scale > 0 { format!("{grouped}{decimal}{part}") } else { grouped }
}

/// Takes zeros off the end of a fraction.
fn reduced(mut digits: u64, mut scale: u32) -> (u64, u32) {
    while scale > 0 && digits.is_multiple_of(10) {
        (digits, scale) = (digits / 10, scale - 1);
    }
    (digits, scale)
}

const LOCALES: [(&str, char, char); 6] = [
    ("en-US", '.', ','),
    ("de-DE", ',', '.'),
    ("de-CH", '.', '\''),
    ("nb-NO", ',', '\u{a0}'),
    ("French_France.1252", ',', '\u{202f}'),
    ("en-IN", '.', ','),
];

const FORMATS: [&str; 6] = [
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%dT%I:%M:%S%p",
    "%#d/%#m/%#Y %#H:%#M:%#S",
    "%S%M%H%d%m%Y",
    "%b %#d, %Y at %#I:%M:%#S %p",
    "%Y %% %m %d, %H h %M m %S s",
];

fn write_time(format: &str, moment: DateTime) -> String {
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let half = |hour: i8| if hour % 12 == 0 { 12 } else { hour % 12 };
    let mut text = String::new();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let first = rest.next().expect("an identifier");
        let is_short = first == '#';
        let identifier = if is_short { rest.next().expect("an identifier") } else { first };
        let (value, width) = match identifier {
            'd' => (i16::from(moment.day()), 2),
            'm' => (i16::from(moment.month()), 2),
            'Y' => (moment.year(), 4),
            'H' => (i16::from(moment.hour()), 2),
            'I' => (i16::from(half(moment.hour())), 2),
            'M' => (i16::from(moment.minute()), 2),
            'S' => (i16::from(moment.second()), 2),
            'b' => {
                text += months[usize::try_from(moment.month()).expect("a month") - 1];
                continue;
            }
            'p' => {
                text += if moment.hour() < 12 { "AM" } else { "PM" };
                continue;
            }
            other => {
                text.push(other);
                continue;
            }
        };
        text += &if is_short { value.to_string() } else { format!("{value:0width$}") };
    }
    text
}

fn a_bearer() -> impl Strategy<Value = Bearer> {
    prop_oneof![Just(Bearer::GsmSms), Just(Bearer::CdmaSms), Just(Bearer::Ussd)]
}

fn some_rules() -> Vec<Rule> {
    let fields = Fields {
        usage: number(1, Some(2), Unit::G),
        usage_timestamp: time(3, "%#d %b %I%p"),
        data_limit: number(4, None, Unit::Ti),
        ..Fields::default()
    };
    let all = Rule {
        has_ussd: true,
        is_silent: false,
        locale: Some("de-CH".to_owned()),
        fields: Some(fields),
        ..rule("([^]*?)(.?)([^]*)(.)?")
    };
    vec![rule_a(), Rule { sms: from("26267", true), ..rule("[^]*") }, all]
}

proptest! {
    /// [MSG-21]
    #[test]
    fn numbers_are_read_as_they_were_written(
        digits in any::<u64>(),
        scale in 0_usize..=18,
        (locale, decimal, group) in prop::sample::select(LOCALES.to_vec()),
        is_grouped in any::<bool>(),
    ) {
        let text = written(digits, scale, decimal, is_grouped.then_some(group));
        let locale = Locale::parse(locale).expect("a locale");
        let found = Decimal::parse(&text, locale.signs()).map(Decimal::parts);
        let expected = reduced(digits, u32::try_from(scale).expect("small"));
        prop_assert_eq!(found, Some(expected), "{}", text);
    }

    /// [MSG-20]
    #[test]
    fn times_are_read_as_they_were_written(
        seconds in -62_000_000_000_i64..250_000_000_000,
        format in prop::sample::select(FORMATS.to_vec()),
        hours in -12_i8..=14,
    ) {
        let zone = TimeZone::fixed(jiff::tz::offset(hours));
        let moment = jiff::Timestamp::from_second(seconds).expect("a moment");
        let text = write_time(format, zone.to_datetime(moment));
        let english = Locale::parse("en-US").expect("a locale");
        let format = Format::parse(format, english, None, None).expect("a format");
        prop_assert_eq!(format.read(&text, at(NOW), &zone), Ok(moment), "{}", text);
    }

    /// [MSG-20]
    #[test]
    fn a_date_without_a_year_is_never_of_the_future(
        day in 1_i8..=31,
        month in 1_i8..=12,
        today in 0_i64..100_000,
    ) {
        let now = jiff::Timestamp::from_second(today * 86_400).expect("a moment");
        let english = Locale::parse("en-US").expect("a locale");
        let format = Format::parse("%d.%m", english, None, None).expect("a format");
        let found = format.read(&format!("{day:02}.{month:02}"), now, &TimeZone::UTC);
        let exists = Date::new(2028, month, day).is_ok();
        prop_assert_eq!(found.is_ok(), exists);
        if let Ok(found) = found {
            let date = TimeZone::UTC.to_datetime(found).date();
            prop_assert_eq!((date.day(), date.month()), (day, month));
            prop_assert!(found <= now);
            // Nor is there a later one that has come.
            let next = (1..=8).find_map(|years| {
                Date::new(date.year() + years, month, day).ok()
            });
            let next = next.map(|date| DateTime::from_parts(date, Time::midnight()));
            let next = next.and_then(|next| TimeZone::UTC.to_timestamp(next).ok());
            prop_assert!(next.is_none_or(|next| next > now));
        }
    }

    /// [MSG-01], [MSG-09], [MSG-11]: a message is public unless a silent rule matched it.
    #[test]
    fn every_message_has_an_answer(
        bearer in a_bearer(),
        address in prop_oneof![Just(String::new()), "[+]?[0-9]{3,12}", any::<String>()],
        class in 0_u8..6,
        text in prop_oneof!["[\\PC\n]{0,40}", any::<String>(), "[0-9.' ]{0,12}[a-z0-9 ]{0,12}"],
    ) {
        let host = Host::new(some_rules());
        let sender = Sender { address: &address, kind: AddressKind::of(&address) };
        let class = Class::new(class);
        let message = Message { bearer, sender: Some(sender), class, text: &text };
        let classified = host.classify(&message);
        let matched = classified.matched.as_ref();
        prop_assert_eq!(classified.is_public(), matched.is_none_or(|m| !m.is_silent));
        prop_assert_eq!(host.classify(&message), classified);
    }

    /// [MSG-12], [MSG-20]: neither patterns nor formats of others can stop the host.
    #[test]
    fn every_rule_has_an_answer(
        pattern in prop_oneof!["[a(){}|\\[\\]^*+?.\\\\0-9,:=<]{0,24}", any::<String>()],
        format in prop_oneof!["(%#?[dHImMSyYbp% ]){0,6}", any::<String>()],
        locale in prop::option::of("[A-Za-z]{0,3}[-_]?[A-Za-z ]{0,3}"),
        text in any::<String>(),
    ) {
        let fields = Fields {
            usage: number(1, None, Unit::M),
            usage_timestamp: time(2, &format),
            ..Fields::default()
        };
        // Patterns of the tests' engine are not stopped, so they stay short.
        let all = Rule { locale, fields: Some(fields), ..rule(&pattern) };
        let host = Host::new(vec![all, rule("[^]*")]);
        let text: String = text.chars().take(24).collect();
        prop_assert!(host.classify(&sms(&text)).matched.is_some());
        prop_assert!(overlaps(&host.book, &host.matcher).len() <= 1);
    }

    /// [MSG-22]: the first rule whose inputs are there decides, and what is given stands.
    #[test]
    fn inference_keeps_its_order(
        usage in prop::option::of(0_u64..1 << 50),
        percentage in prop::option::of(0_u64..200),
        overage in prop::option::of(0_u64..1 << 50),
        excess in prop::option::of(0_u64..200),
        limit in prop::option::of(0_u64..1 << 50),
        stored in prop::option::of(0_u32..1 << 30),
    ) {
        let given = Given {
            usage: usage.map(Bytes),
            percentage: percentage.map(Decimal::of),
            overage: overage.map(Bytes),
            overage_percentage: excess.map(Decimal::of),
            limit: limit.map(Bytes),
            stored_limit: stored.map(|megabytes| Megabytes(megabytes).bytes()),
        };
        let found = infer(&given);
        let known = given.limit.or(given.stored_limit).map(|bytes| bytes.0);
        let part = |percent: u64, of: u64| {
            let product = u128::from(percent) * u128::from(of);
            u64::try_from((product + 50) / 100).expect("small")
        };
        let quotient = |overage: u64, excess: u64| {
            let (dividend, divisor) = (u128::from(overage) * 100, u128::from(excess));
            u64::try_from((dividend * 2 + divisor) / (divisor * 2)).expect("small")
        };
        let rules = [
            usage,
            percentage.zip(known).map(|(p, l)| part(p, l)),
            overage.zip(known).map(|(o, l)| o + l),
            excess.zip(known).map(|(q, l)| part(q, l) + l),
            overage.zip(excess.filter(|q| *q > 0)).map(|(o, q)| quotient(o, q) + o),
        ];
        let decided = rules.into_iter().flatten().next();
        prop_assert_eq!(found.usage, Ok(decided.map(Bytes)));
        let is_fourth = usage.is_none() && known.is_none() && decided.is_some();
        if !is_fourth {
            prop_assert_eq!(found.limit, Ok(given.limit));
        }
    }
}
