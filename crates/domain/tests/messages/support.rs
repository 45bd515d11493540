//! A host with rules, and what it does about a message in one line of text.

use domain::amount::{Bytes, Megabytes};
use domain::events::Bearer;
use domain::messages::{
    AccountPlan, AddressKind, Book, Class, Classified, Context, Effect, Fields, Groups, Matcher,
    Message, NumberField, Overrun, Rule, Sender, SmsBearer, TimeField, Unit, classify, effects,
};
use domain::usage::OperatorUpdate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use regress::Regex;

pub(crate) const NOW: &str = "2030-03-12T08:00:00Z";

/// The engine of these tests: ECMAScript as `regress` has it, without a limit of time.
pub(crate) struct Ecma(Vec<Option<(Regex, usize)>>);

impl Ecma {
    pub(crate) fn of(rules: &[Rule]) -> Self {
        Self(rules.iter().map(|rule| compiled(&rule.pattern)).collect())
    }
}

/// Compiles a pattern for the whole text, and counts its groups.
fn compiled(pattern: &str) -> Option<(Regex, usize)> {
    Regex::new(pattern).ok()?;
    // The empty text matches this one, and a match has all groups.
    let all = Regex::new(&format!("(?:{pattern})|")).ok()?;
    let groups = all.find("").map_or(0, |found| found.captures.len());
    Some((Regex::new(&format!("^(?:{pattern})$")).ok()?, groups))
}

impl Matcher for Ecma {
    fn captures(&self, rule: usize, text: &str) -> Result<Option<Groups>, Overrun> {
        let regex = self.0.get(rule).and_then(Option::as_ref);
        Ok(regex.and_then(|(regex, _)| regex.find(text)).map(|found| Groups::new(found.captures)))
    }

    fn group_count(&self, rule: usize) -> Option<usize> {
        self.0.get(rule)?.as_ref().map(|(_, groups)| *groups)
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

/// A rule about SMS of any sender and class, silent.
pub(crate) fn rule(pattern: &str) -> Rule {
    Rule {
        id: None,
        is_silent: true,
        sms: vec![SmsBearer { sender: None, class_zero_only: false }],
        has_ussd: false,
        is_sender_tolerant: false,
        pattern: pattern.to_owned(),
        locale: None,
        units: Vec::new(),
        fields: None,
    }
}

pub(crate) fn from(sender: &str, class_zero_only: bool) -> Vec<SmsBearer> {
    vec![SmsBearer { sender: Some(sender.to_owned()), class_zero_only }]
}

pub(crate) fn number(
    group: u32,
    unit_group: Option<u32>,
    default_unit: Unit,
) -> Option<NumberField> {
    Some(NumberField { group, unit_group, default_unit })
}

pub(crate) fn time(group: u32, format: &str) -> Option<TimeField> {
    let format = format.to_owned();
    Some(TimeField { group, format, am_token: None, pm_token: None })
}

pub(crate) fn words(words: &str) -> Vec<String> {
    words.split(' ').map(str::to_owned).collect()
}

/// Rule A: the message of the document example.
pub(crate) fn rule_a() -> Rule {
    let pattern = concat!(
        r"USED ([0-9]+(?:\.[0-9]+)?) (kB|MB|GB|MiB) OF ([0-9]+) (MB|GB) AT ",
        r"([0-9]{2}\.[0-9]{2}\.[0-9]{4} [0-9]{2}:[0-9]{2})",
    );
    Rule {
        sms: from("4799000001", false),
        has_ussd: true,
        locale: Some("English_United States.1252".to_owned()),
        units: vec![
            (Unit::K, words("kB")),
            (Unit::M, words("MB")),
            (Unit::G, words("GB")),
            (Unit::Mi, words("MiB")),
        ],
        fields: Some(Fields {
            usage: number(1, Some(2), Unit::M),
            data_limit: number(3, Some(4), Unit::M),
            usage_timestamp: time(5, "%d.%m.%Y %H:%M"),
            ..Fields::default()
        }),
        ..rule(pattern)
    }
}

pub(crate) fn sms(text: &str) -> Message<'_> {
    Message { bearer: Bearer::GsmSms, sender: None, class: None, text }
}

/// An SMS of a sender whose type the network does not say.
pub(crate) fn sms_from<'t>(address: &'t str, text: &'t str) -> Message<'t> {
    let sender = Sender { address, kind: AddressKind::of(address) };
    Message { sender: Some(sender), ..sms(text) }
}

pub(crate) fn ussd(text: &str) -> Message<'_> {
    Message { bearer: Bearer::Ussd, ..sms(text) }
}

pub(crate) const CLASS_ZERO: Option<Class> = Some(Class::ZERO);

/// A host that was given rules and has a plan of 20,000 MB, in UTC.
pub(crate) struct Host {
    pub(crate) matcher: Ecma,
    pub(crate) book: Book,
    pub(crate) zone: TimeZone,
    pub(crate) stored_limit: Option<Megabytes>,
    pub(crate) plan: AccountPlan,
}

impl Host {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        let matcher = Ecma::of(&rules);
        let book = Book::new(rules, &matcher);
        let plan = AccountPlan::Present;
        Self { matcher, book, zone: TimeZone::UTC, stored_limit: Some(Megabytes(20_000)), plan }
    }

    pub(crate) fn of(rule: Rule) -> Self {
        let host = Self::new(vec![rule]);
        assert!(host.book.entries()[0].is_ok(), "{:?}", host.book.entries());
        host
    }

    pub(crate) fn classify(&self, message: &Message<'_>) -> Classified {
        let stored_limit: Option<Bytes> = self.stored_limit.map(Megabytes::bytes);
        let context = Context { received_at: at(NOW), zone: &self.zone, stored_limit };
        classify(&self.book, &self.matcher, message, &context)
    }

    /// What the host does, in order.
    pub(crate) fn does(&self, message: &Message<'_>) -> String {
        let classified = self.classify(message);
        let effects = effects(&classified, self.plan);
        let mut told: Vec<String> = effects.iter().map(shown).collect();
        if !classified.warnings.is_empty() {
            told.push("warning".to_owned());
        }
        told.join(", ")
    }
}

fn shown(effect: &Effect) -> String {
    match effect {
        Effect::UpdateUsage(update) => format!("update{}", update_shown(update)),
        Effect::RaisePrivate { message_type, rule_id } => {
            let id = rule_id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
            format!("event {}{id}", message_type.number())
        }
        Effect::RaisePublic => "public".to_owned(),
        Effect::QueueRefresh => "refresh in the next window".to_owned(),
        Effect::Connect => "connect now".to_owned(),
    }
}

fn update_shown(update: &OperatorUpdate) -> String {
    let OperatorUpdate {
        usage,
        limit,
        plan_type,
        is_over_limit,
        is_congested,
        inbound_kbps,
        outbound_kbps,
    } = update;
    let parts = [
        usage.map(|usage| format!(" usage {} MB at {}", usage.used.megabytes().0, usage.as_of)),
        limit.map(|limit| format!(" limit {} MB", limit.0)),
        plan_type.map(|plan_type| format!(" {plan_type:?}")),
        is_over_limit.map(|is_over| format!(" over {is_over}")),
        is_congested.map(|is_congested| format!(" congested {is_congested}")),
        inbound_kbps.map(|kbps| format!(" in {kbps} Kbps")),
        outbound_kbps.map(|kbps| format!(" out {kbps} Kbps")),
    ];
    parts.into_iter().flatten().collect()
}
