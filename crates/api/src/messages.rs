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
