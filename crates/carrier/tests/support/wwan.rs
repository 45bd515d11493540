//! Examples 14.6 and 14.7 as models, and what the tests of messages start from.

use carrier::document::{
    Activation, Attempts, Base64Binary, Bearers, DateTimeField, Delay, Document, Fields, Global,
    Group, Guid, Locale, MbnProfiles, Message, NumberField, Parts, Pattern, SmsBearer,
    SubscriberId, TimestampFormat, Token, TokenList, Unit, Units,
};

/// Example 14.6 of 02-provisioning-xml.md, line ends LF.
pub const E6: &str = include_str!("../vectors/e6.xml");
/// Example 14.7.
pub const E7: &str = include_str!("../vectors/e7.xml");

pub fn global(subscriber: &str) -> Global {
    Global {
        carrier_id: Guid::parse("{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}").expect("a GUID"),
        subscriber_id: SubscriberId::parse(subscriber).expect("an id"),
        device_id: None,
    }
}

/// Parts that are these messages alone.
pub fn parts(messages: Vec<Message>) -> Parts {
    let mbn_profiles = MbnProfiles { messages, ..MbnProfiles::default() };
    Parts { mbn_profiles: Some(mbn_profiles), ..Parts::default() }
}

pub fn e6() -> Document {
    Document::new(global("001019876543210"), parts(vec![usage_message()])).expect("a document")
}

pub fn group(number: u32) -> Group {
    Group::new(number).expect("a group")
}

pub fn number(group_number: u32, unit_group: u32) -> NumberField {
    NumberField {
        group: group(group_number),
        unit_group: Some(group(unit_group)),
        default_unit: Some(Unit::M),
    }
}

/// The rule of example 14.6.
pub fn usage_message() -> Message {
    let tokens = |text| TokenList::parse(text).ok();
    let first = SmsBearer { sender: Token::parse("4799000001").ok(), class_zero_only: Some(false) };
    let pattern = "USED ([0-9]+(?:\\.[0-9]+)?) (kB|MB|GB|MiB) OF ([0-9]+) (MB|GB) \
                   AT ([0-9]{2}\\.[0-9]{2}\\.[0-9]{4} [0-9]{2}:[0-9]{2})";
    Message {
        silent: Some(true),
        rule_id: None,
        bearers: Bearers::Sms { first, others: Vec::new(), has_ussd: true },
        pattern: Pattern::parse(pattern).expect("a pattern"),
        locale: Locale::parse("English_United States.1252").ok(),
        units: Some(Units {
            k: tokens("kB"),
            m: tokens("MB"),
            g: tokens("GB"),
            mi: tokens("MiB"),
            ..Units::default()
        }),
        fields: Some(Fields {
            usage: Some(number(1, 2)),
            data_limit: Some(number(3, 4)),
            usage_timestamp: Some(DateTimeField {
                format: TimestampFormat::parse("%d.%m.%Y %H:%M").expect("a format"),
                group: group(5),
                am_token: None,
                pm_token: None,
            }),
            ..Fields::default()
        }),
    }
}

pub fn e7() -> Document {
    let activation = Activation::ServiceActivation {
        attempts: Attempts { delay: Delay::of_seconds(5).ok(), ..Attempts::default() },
        carrier_specific_data: Base64Binary::new(b"*228".to_vec()).expect("octets that fit"),
    };
    let parts = Parts { activation: Some(activation), ..Parts::default() };
    Document::new(global("4101"), parts).expect("a document")
}
