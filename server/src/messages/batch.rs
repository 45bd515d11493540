//! Lines of `broadgate messages classify`, read strictly, and their answers.
//!
//! Not here: what a message is ([`domain::messages`]), and files ([`crate::cli`]). An answer holds
//! nothing of the text or the sender but what the rule's fields say.
//! Implements the command contract, §5, over [MSG-01] to [MSG-25].

use std::fmt;
use std::io::{self, BufRead};

use api::machine::{BatchError, ErrorDetail};
use api::messages::{self, MessageFields, MessageReport};
use domain::Timestamp;
use domain::amount::Bytes;
use domain::brand::PlanType;
use domain::events::Bearer;
use domain::messages::{
    AddressKind, Book, Class, Classified, Context, Decimal, Matcher, Message, Readings, Sender,
    classify,
};
use jiff::tz::TimeZone;
use serde_json::{Map, Number, Value};

use crate::lines::{self, LINE_BYTES_MAX, Line};

/// The answer to a line, which may call itself by any JSON.
pub type MessageAnswer = messages::MessageAnswer<Value>;

/// Longest sender that is compared; a number has 20 digits, a name 11 characters.
pub(super) const SENDER_BYTES_MAX: usize = 256;

const KEYS: [&str; 8] =
    ["bearer", "technology", "sender", "sender_type", "class", "text", "received_at", "id"];

/// Says why a line is refused, without a word of what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// The line is too long.
    TooLong,
    /// The line is no JSON.
    Json,
    /// The line is no object.
    Object,
    /// A key that no message has.
    Key,
    /// The value of a key is absent, or of another type or form.
    Value { key: &'static str, wanted: &'static str },
}

impl Refusal {
    const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "line_too_long",
            Self::Json | Self::Object => "not_json",
            Self::Key => "unknown_key",
            Self::Value { .. } => "invalid_value",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "longer than {LINE_BYTES_MAX} bytes"),
            Self::Json => f.write_str("not JSON in UTF-8"),
            Self::Object => f.write_str("not a JSON object"),
            Self::Key => write!(f, "unknown key; here may stand: {}", KEYS.join(", ")),
            Self::Value { key, wanted } => write!(f, "{key} needs {wanted}"),
        }
    }
}

/// What messages are compared with.
#[derive(Debug)]
pub struct Classifier<M> {
    /// The rules.
    pub book: Book,
    /// Their patterns.
    pub matcher: M,
    /// The zone in which times of messages are meant.
    pub zone: TimeZone,
    /// The limit of the plan, for messages that do not say one.
    pub stored_limit: Option<Bytes>,
}

impl<M: Matcher> Classifier<M> {
    /// Answers one message.
    #[must_use]
    pub fn answer(&self, line: &Map<String, Value>) -> MessageAnswer {
        let id = line.get("id").cloned();
        let found = message(line).map(|(message, received_at)| {
            let (zone, stored_limit) = (&self.zone, self.stored_limit);
            let context = Context { received_at, zone, stored_limit };
            classify(&self.book, &self.matcher, &message, &context)
        });
        match found {
            Ok(classified) => MessageAnswer::Report(Box::new(report(classified, id))),
            Err(refusal) => refused(refusal, None, id),
        }
    }
}

/// Answers the lines of a batch, one at a time.
#[derive(Default)]
pub struct Lines(lines::Lines);

impl Lines {
    /// Reads and answers the next line; `None` at the end.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn next(
        &mut self,
        classifier: &Classifier<impl Matcher>,
        input: &mut impl BufRead,
    ) -> io::Result<Option<MessageAnswer>> {
        let Some(Line { number, bytes }) = self.0.next(input)? else {
            return Ok(None);
        };
        let line = match bytes {
            Some(bytes) => serde_json::from_slice(bytes).map_err(|_| Refusal::Json),
            None => Err(Refusal::TooLong),
        };
        let number = Some(number);
        Ok(Some(match line {
            Ok(Value::Object(line)) => match classifier.answer(&line) {
                MessageAnswer::Refused(error) => {
                    MessageAnswer::Refused(BatchError { line: number, ..error })
                }
                report @ MessageAnswer::Report(_) => report,
            },
            Ok(_) => refused(Refusal::Object, number, None),
            Err(refusal) => refused(refusal, number, None),
        }))
    }
}

fn refused(refusal: Refusal, line: Option<usize>, id: Option<Value>) -> MessageAnswer {
    let error = ErrorDetail { code: refusal.code().to_owned(), message: refusal.to_string() };
    MessageAnswer::Refused(BatchError { error, line, id })
}

fn message(line: &Map<String, Value>) -> Result<(Message<'_>, Timestamp), Refusal> {
    let wrong = |key, wanted| Refusal::Value { key, wanted };
    if line.keys().any(|key| !KEYS.contains(&key.as_str())) {
        return Err(Refusal::Key);
    }
    let is_cdma = match text(line, "technology")? {
        None | Some("gsm") => false,
        Some("cdma") => true,
        Some(_) => return Err(wrong("technology", "gsm or cdma")),
    };
    let bearer = match text(line, "bearer")? {
        Some("sms") if is_cdma => Bearer::CdmaSms,
        Some("sms") => Bearer::GsmSms,
        Some("ussd") => Bearer::Ussd,
        Some(_) | None => return Err(wrong("bearer", "sms or ussd")),
    };
    let at = text(line, "received_at")?.and_then(|at| at.parse::<Timestamp>().ok());
    let at = at.ok_or(wrong("received_at", "a time such as 2030-03-01T00:00:00Z"))?;
    let message = Message {
        bearer,
        sender: sender(line)?,
        class: class(line)?,
        text: text(line, "text")?.ok_or(wrong("text", "text in quotes"))?,
    };
    Ok((message, at))
}

/// Returns a text; null is absent.
fn text<'l>(line: &'l Map<String, Value>, key: &'static str) -> Result<Option<&'l str>, Refusal> {
    match line.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::Value { key, wanted: "text in quotes" }),
    }
}

/// An empty sender is absent, as texts are in other commands.
fn sender(line: &Map<String, Value>) -> Result<Option<Sender<'_>>, Refusal> {
    let kind = match text(line, "sender_type")? {
        None => None,
        Some("international") => Some(AddressKind::International),
        Some("national") => Some(AddressKind::National),
        Some("alphanumeric") => Some(AddressKind::Alphanumeric),
        Some("unknown") => Some(AddressKind::Unknown),
        Some(_) => {
            let wanted = "international, national, alphanumeric or unknown";
            return Err(Refusal::Value { key: "sender_type", wanted });
        }
    };
    let Some(address) = text(line, "sender")?.filter(|address| !address.is_empty()) else {
        return Ok(None);
    };
    if address.len() > SENDER_BYTES_MAX {
        return Err(Refusal::Value { key: "sender", wanted: "at most 256 bytes" });
    }
    let kind = kind.unwrap_or_else(|| AddressKind::of(address));
    Ok(Some(Sender { address, kind }))
}

fn class(line: &Map<String, Value>) -> Result<Option<Class>, Refusal> {
    let number = match line.get("class") {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_u64().and_then(|number| u8::try_from(number).ok()),
    };
    let wrong = Refusal::Value { key: "class", wanted: "0, 1, 2, 3 or null" };
    number.and_then(Class::new).map(Some).ok_or(wrong)
}

/// Says what a message is.
pub(super) fn report(classified: Classified, id: Option<Value>) -> MessageReport<Value> {
    let also_public = classified.is_public();
    let warnings = classified.warnings.iter().map(ToString::to_string).collect();
    let matched = classified.matched;
    MessageReport {
        id,
        matched: matched.is_some(),
        silent: matched.as_ref().map(|matched| matched.is_silent),
        message_type: matched.as_ref().map(|matched| matched.message_type.number()),
        fields: matched.as_ref().map(|matched| fields(&matched.readings)).unwrap_or_default(),
        rule_id: matched.and_then(|matched| matched.rule_id),
        also_public,
        warnings,
    }
}

fn fields(readings: &Readings) -> MessageFields<Value> {
    MessageFields {
        usage_bytes: readings.usage.map(|bytes| bytes.0),
        usage_percentage: readings.usage_percentage.and_then(number),
        usage_timestamp: readings.usage_timestamp.map(|timestamp| timestamp.to_string()),
        data_limit_bytes: readings.data_limit.map(|bytes| bytes.0),
        over_data_limit: readings.over_data_limit,
        congested: readings.congested,
        inbound_bandwidth_bps: readings.inbound_bandwidth.map(|bandwidth| bandwidth.0),
        outbound_bandwidth_bps: readings.outbound_bandwidth.map(|bandwidth| bandwidth.0),
        plan_type: readings.plan_type.map(|plan_type| plan_type_name(plan_type).to_owned()),
        refresh_provisioning: readings.refresh_provisioning,
        activation_complete: readings.activation_complete,
    }
}

/// Whole numbers stay whole; others are the nearest that JSON's readers have.
fn number(decimal: Decimal) -> Option<Value> {
    let number = match decimal.parts() {
        (whole, 0) => Some(Number::from(whole)),
        _ => decimal.to_string().parse().ok().and_then(Number::from_f64),
    };
    number.map(Value::Number)
}

const fn plan_type_name(plan_type: PlanType) -> &'static str {
    match plan_type {
        PlanType::Unrestricted => "Unrestricted",
        PlanType::Fixed => "Fixed",
        PlanType::Variable => "Variable",
    }
}
