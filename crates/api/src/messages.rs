//! What `messages classify` prints (command contract, §5).

use serde::{Deserialize, Serialize};

use crate::machine::BatchError;

/// The answer to one message; `Json` is any JSON: what a message calls itself, and exact numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MessageAnswer<Json> {
    /// The line could be read.
    Report(Box<MessageReport<Json>>),
    /// It could not.
    Refused(BatchError<Json>),
}

impl<Json> MessageAnswer<Json> {
    /// Tells whether the line could not be read.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

/// Which rule a message meets, and what it says then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageReport<Json> {
    /// What the line calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Json>,
    /// Whether a rule matches.
    pub matched: bool,
    /// The id of the rule.
    pub rule_id: Option<String>,
    /// Whether the operator's app alone sees the message.
    pub silent: Option<bool>,
    /// 0 for GSM SMS, 1 for CDMA SMS, 2 for USSD; null if no rule matches.
    pub message_type: Option<u8>,
    /// Whether a public event is raised, after the private one if there is one.
    pub also_public: bool,
    /// What the rule or inference set.
    pub fields: MessageFields<Json>,
    /// What did not go as it was probably meant.
    pub warnings: Vec<String>,
}

/// What a message says; absent keys were not set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "Json: Deserialize<'de>"))]
pub struct MessageFields<Json> {
    /// What is used, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_bytes: Option<u64>,
    /// What is used, in percent of the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_percentage: Option<Json>,
    /// When it was counted (RFC 3339, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_timestamp: Option<String>,
    /// The limit, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_limit_bytes: Option<u64>,
    /// Whether the limit is exceeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over_data_limit: Option<bool>,
    /// Whether the network is congested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub congested: Option<bool>,
    /// The bandwidth to the host, in bit/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_bandwidth_bps: Option<u64>,
    /// The bandwidth from the host, in bit/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_bandwidth_bps: Option<u64>,
    /// Unrestricted, Fixed or Variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_type: Option<String>,
    /// Whether to fetch a new document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_provisioning: Option<bool>,
    /// Whether the subscription is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activation_complete: Option<bool>,
}

/// A message that a device or the operator's network reports; a whole one with `text`, a part
/// or a USSD string as it came with `data` and `coding`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncomingMessage {
    /// The reporter's own id of it, unique within the subscription.
    pub id: String,
    /// The subscription: its id, or the code of its order.
    pub subscription: String,
    /// `sms` or `ussd`.
    pub bearer: String,
    /// Of an SMS: `gsm`, which is also what its absence means, or `cdma`.
    pub technology: Option<String>,
    /// Of an SMS: who sent it.
    pub sender: Option<String>,
    /// `international`, `national`, `alphanumeric` or `unknown`.
    pub sender_type: Option<String>,
    /// With `text`: the class of an SMS, 0 to 3.
    pub class: Option<u8>,
    /// The whole text, decoded.
    pub text: Option<String>,
    /// The user data as they came, in hexadecimal, header included.
    pub data: Option<String>,
    /// With `data`: the data coding scheme.
    pub coding: Option<u8>,
    /// With `data` of an SMS: the length of the user data as its PDU says it, in septets or
    /// octets; absent = all of `data`.
    pub length: Option<u8>,
    /// With `data` of an SMS: whether they start with a header.
    pub udh: Option<bool>,
    /// When it came, RFC 3339; absent or later than the server's clock = as it arrives.
    pub received_at: Option<String>,
    /// The zone in which times of the message are meant, such as `Europe/Oslo`; UTC if absent.
    pub timezone: Option<String>,
}

/// What became of a message that was reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageTaken<Json> {
    /// The reporter's id of it.
    pub id: String,
    /// `taken`; `waiting` for its other parts; `repeated`, a part that was there; `unanswered`,
    /// as no engine for its patterns could be asked: nothing was kept, report it again.
    pub outcome: String,
    /// What a whole message says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Box<MessageReport<Json>>>,
    /// Whether the device is to fetch a new document in its next maintenance window.
    pub refresh: bool,
    /// Whether the device is to connect at once.
    pub connect: bool,
}
