//! Rules for operator messages and branding.

use carrier::document::{
    Base64Binary, Bearers, BooleanField, Branding, BrandingName, DateTimeField, Fields, Group,
    Locale, Message, NumberField, Pattern, PercentField, PlanType, PlanTypeField, SmsBearer,
    TimestampFormat, Token, TokenList, Unit, Units,
};
use carrier::xml::{Foreign, parse};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::text;

/// Boxed, as is all that is large: the stack of a test would not hold the trees.
pub fn messages() -> BoxedStrategy<Vec<Message>> {
    vec(message(), 0..3).boxed()
}

fn message() -> impl Strategy<Value = Message> {
    let head = (any::<bool>(), of(text(Token::parse)), bearers());
    (head, text(Pattern::parse), of(locale()), of(units()), of(fields())).prop_map(
        |((silent, rule_id, bearers), pattern, locale, units, fields)| Message {
            silent: Some(silent),
            rule_id,
            bearers,
            pattern,
            locale,
            units,
            fields,
        },
    )
}

fn bearers() -> BoxedStrategy<Bearers> {
    let sms = (of(text(Token::parse)), any::<bool>()).prop_map(|(sender, class_zero_only)| {
        SmsBearer { sender, class_zero_only: Some(class_zero_only) }
    });
    prop_oneof![
        1 => Just(Bearers::Ussd),
        3 => (vec(sms, 1..3), any::<bool>()).prop_map(|(mut sms, has_ussd)| {
            let first = sms.remove(0);
            Bearers::Sms { first, others: sms, has_ussd }
        }),
    ]
    .boxed()
}

fn locale() -> impl Strategy<Value = Locale> {
    "[A-Za-zø+0-9]{1,9}(_[A-Za-zø0-9 ]{0,9}[A-Z])?(\\.[0-9]{1,4})?"
        .prop_map(|text| Locale::parse(&text).expect("a locale"))
}

/// Words that no other list has, since one word must not have two meanings.
fn units() -> BoxedStrategy<Units> {
    let list = |unit: &'static str| {
        of(vec("[a-z.ø<&\"]{0,4}", 0..3)).prop_map(move |words| {
            let words: Vec<String> = words?.iter().map(|word| format!("{unit}{word}")).collect();
            TokenList::parse(&words.join(" ")).ok()
        })
    };
    let powers_of_ten = (list("K-"), list("M-"), list("G-"), list("T-"));
    let powers_of_two = (list("Ki-"), list("Mi-"), list("Gi-"), list("Ti-"));
    (powers_of_ten, powers_of_two)
        .prop_map(|((k, m, g, t), (ki, mi, gi, ti))| Units { k, m, g, t, ki, mi, gi, ti })
        .boxed()
}

/// At most one form of usage, with its time.
fn fields() -> BoxedStrategy<Fields> {
    let usage = of((0..4_u8, number(), percent(), timestamp()));
    let numbers = (of(number()), of(number()), of(number()));
    let booleans = (of(boolean()), of(boolean()), of(boolean()), of(boolean()));
    (usage, numbers, booleans, of(plan_type()))
        .prop_map(|(usage, numbers, booleans, plan_type)| {
            let mut fields = Fields {
                data_limit: numbers.0,
                inbound_bandwidth: numbers.1,
                outbound_bandwidth: numbers.2,
                over_data_limit: booleans.0,
                congested: booleans.1,
                refresh_provisioning: booleans.2,
                activation_complete: booleans.3,
                plan_type,
                ..Fields::default()
            };
            if let Some((form, number, percent, timestamp)) = usage {
                fields.usage_timestamp = Some(timestamp);
                match form {
                    0 => fields.usage = Some(number),
                    1 => fields.usage_percentage = Some(percent),
                    2 => fields.usage_overage = Some(number),
                    _ => fields.usage_overage_percentage = Some(percent),
                }
            }
            fields
        })
        .boxed()
}

fn group() -> impl Strategy<Value = Group> {
    (1_u32..).prop_map(|number| Group::new(number).expect("a group"))
}

fn number() -> impl Strategy<Value = NumberField> {
    (group(), of(group()), of(select(Unit::ALL.to_vec()))).prop_map(
        |(group, unit_group, default_unit)| NumberField { group, unit_group, default_unit },
    )
}

fn percent() -> impl Strategy<Value = PercentField> {
    group().prop_map(|group| PercentField { group })
}

fn timestamp() -> BoxedStrategy<DateTimeField> {
    let format = "(%d[./ <]?%m|%b\n%#d)( %H| %I %p)?(%%|€)?";
    (format, group(), of(text(Token::parse)), of(text(Token::parse)))
        .prop_map(|(format, group, am_token, pm_token)| DateTimeField {
            format: TimestampFormat::parse(&format).expect("a format"),
            group,
            am_token,
            pm_token,
        })
        .boxed()
}

fn boolean() -> BoxedStrategy<BooleanField> {
    let tokens = || of(text(TokenList::parse));
    (tokens(), tokens(), of(any::<bool>()), of(group()))
        .prop_map(|(true_token, false_token, default, group)| BooleanField {
            true_token,
            false_token,
            default,
            group,
        })
        .boxed()
}

fn plan_type() -> BoxedStrategy<PlanTypeField> {
    let tokens = || of(text(TokenList::parse));
    (of(group()), of(select(PlanType::ALL.to_vec())), tokens(), tokens(), tokens())
        .prop_map(|(group, default, unrestricted_tokens, fixed_tokens, variable_tokens)| {
            PlanTypeField { group, default, unrestricted_tokens, fixed_tokens, variable_tokens }
        })
        .boxed()
}

pub fn branding() -> BoxedStrategy<Branding> {
    let logo = of(vec(any::<u8>(), 0..70)).prop_map(|logo| Base64Binary::new(logo?).ok());
    let name = of("[a-z <&ø\n]{0,20}").prop_map(|name| BrandingName::parse(&name?).ok());
    (logo, name, vec(declared(), 0..2))
        .prop_map(|(logo, name, others)| Branding { logo, name, others })
        .boxed()
}

fn foreign(xml: &str) -> Foreign {
    Foreign::from_element(&parse(xml.as_bytes()).expect("well-formed"))
}

/// Elements that a schema declares, as strict places need them [XML-91].
fn declared() -> impl Strategy<Value = Foreign> {
    let usage = "<p:Usage xmlns:p=\"http://www.microsoft.com/networking/CarrierControl/Plans/v1\" \
                 CurrentUsage=\"1\" UsageTimestamp=\"2030-03-01T08:15:00Z\"/>";
    let plan = "<Plan xmlns=\"http://www.microsoft.com/networking/CarrierControl/Plans/v1\" \
                Name=\"a &amp; b\"><Description PlanType=\"Fixed\"/></Plan>";
    select(vec![foreign(usage), foreign(plan)])
}

/// Elements of vendors as well, for lax places [XML-51].
pub fn any_foreign() -> impl Strategy<Value = Foreign> {
    let vendor =
        "<v:a xmlns:v=\"urn:vendor\" v:b=\"&lt;\" c=\"d\">x<e xmlns=\"urn:e\"/> &amp;</v:a>";
    prop_oneof![declared(), Just(foreign(vendor))]
}
