//! Records of use that feeds send, what was used, and what the billing system says.
//!
//! A record with a `session` carries cumulative values of that session; one without carries what
//! was used since the record before. Times are RFC 3339 in UTC, volumes bytes unless their name
//! says otherwise. Not part of the portal's WebAssembly, and not here: what is refused and why.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What `POST /api/usage` is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsageBatch {
    /// The feed: 1 to 64 characters of a-z, 0-9 and `-`, the same in every batch.
    pub source: String,
    /// Its records, at most 10,000.
    pub records: Vec<UsageRecord>,
}

/// One record of a feed; has no identifiers in its Debug.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsageRecord {
    /// Its number in the feed, by which a repetition is known.
    pub sequence: u64,
    /// When it was so.
    pub at: String,
    /// `traffic` (if absent), `connected`, `disconnected` or `registered`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The subscription; this, the IMSI or the ICCID says whose record it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// The IMSI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imsi: Option<String>,
    /// The ICCID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iccid: Option<String>,
    /// The session whose values since its begin follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Bytes sent by the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_bytes: Option<i64>,
    /// Bytes received by the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_bytes: Option<i64>,
    /// Whether another operator's network carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roaming: Option<bool>,
    /// Whether the device shared its connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<bool>,
    /// The connection profile (PDP context); `internet` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

impl fmt::Debug for UsageRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UsageRecord({}, {:?}, {})", self.sequence, self.kind, self.at)
    }
}

impl fmt::Debug for UsageBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UsageBatch({}, {:?})", self.source, self.records)
    }
}

/// What became of a batch; the counts add up to its records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageTaken {
    /// Records that count.
    pub accepted: u64,
    /// Records that were taken before, whatever became of them then.
    pub duplicate: u64,
    /// Records that do not count and are kept for people to look at.
    pub quarantined: u64,
    /// The records in quarantine, in the order of the batch.
    pub problems: Vec<UsageProblem>,
}

/// Why a record went into quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageProblem {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Its number in the feed.
    pub sequence: u64,
    /// A stable name for programs.
    pub reason: String,
    /// What was wrong.
    pub message: String,
}

/// What `GET /api/subscriptions/{id}/usage` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionUsage {
    /// The subscription.
    pub subscription: String,
    /// Counts its changes; the ETag of the answer.
    pub version: u64,
    /// The brand.
    pub brand: String,
    /// The plan.
    pub plan: String,
    /// `Unrestricted`, `Fixed` or `Variable`.
    pub plan_type: String,
    /// What counts as used in the cycle: the operator's figure and what was counted since.
    pub usage_bytes: u64,
    /// `billing` when nothing was counted since the operator's figure, else `estimate`.
    pub source: String,
    /// When the figure was so: the newest of the operator's and of what was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// The operator's last figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing: Option<BillingFigure>,
    /// The allowance of a cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<u64>,
    /// Ordinal of the running cycle, from 0.
    pub cycle: u64,
    /// When the running cycle ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle_ends_at: Option<String>,
    /// When the plan ends for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Whether 80 % of the allowance are used.
    pub approaching_limit: bool,
    /// Whether the allowance is used up.
    pub over_limit: bool,
    /// Whether the device was last seen on another operator's network.
    pub roaming: bool,
    /// Whether the plan is over.
    pub expired: bool,
    /// Counted since the subscription began, on the device itself.
    pub own_bytes: u64,
    /// Counted since the subscription began, for devices that share the connection.
    pub shared_bytes: u64,
    /// The same counters, apart by profile.
    pub profiles: Vec<ProfileCounter>,
}

/// What the operator's system said last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingFigure {
    /// Used in the cycle.
    pub used_bytes: u64,
    /// When that was so.
    pub as_of: String,
}

/// What was counted for one profile, since the subscription began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileCounter {
    /// The profile (PDP context).
    pub profile: String,
    /// Whether another operator's network carried it.
    pub roaming: bool,
    /// Whether the device shared its connection.
    pub shared: bool,
    /// Bytes sent.
    pub sent_bytes: u64,
    /// Bytes received.
    pub received_bytes: u64,
}

/// What `GET /api/subscriptions/{id}/usage/history` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageHistory {
    /// `minute`, `hour`, `day` or `total`.
    pub granularity: String,
    /// The spans, in order of time; the last one may be shorter.
    pub spans: Vec<UsageSpan>,
}

/// What was used in a span of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageSpan {
    /// Its begin.
    pub from: String,
    /// Its end, which is not part of it.
    pub to: String,
    /// Bytes sent.
    pub sent_bytes: u64,
    /// Bytes received.
    pub received_bytes: u64,
    /// How long there was a connection, in seconds.
    pub connected_s: u64,
}

/// What `GET /api/subscriptions/{id}/connections` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connections {
    /// The times of connection, in order.
    pub connections: Vec<Connection>,
}

/// A time of connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// When it began.
    pub started_at: String,
    /// How long it lasted so far, in seconds.
    pub duration_s: u64,
    /// Whether it has not ended.
    pub open: bool,
}

/// What the billing system says of a subscription: `PUT /api/subscriptions/{id}/billing`, or the
/// answer to our question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillingUpdate {
    /// Used in the cycle, in bytes; this or `usage_mb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_bytes: Option<u64>,
    /// Used in the cycle, in megabytes of 1,000,000 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_mb: Option<u32>,
    /// When that was so.
    pub as_of: String,
    /// The allowance of a cycle from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_limit_mb: Option<u32>,
    /// Whether the allowance is used up, where the operator decides that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_limit: Option<bool>,
}

/// What became of a billing update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingTaken {
    /// Whether it counts.
    pub applied: bool,
    /// Why it does not, when it does not: such as `older_than_stored`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// What is used with it.
    pub usage: SubscriptionUsage,
}

/// What `GET /api/usage/quarantine` answers: the oldest first, behind `after`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    /// The records.
    pub records: Vec<QuarantinedRecord>,
}

/// A record that does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedRecord {
    /// Its number in quarantine.
    pub id: u64,
    /// The feed.
    pub source: String,
    /// Its number in the feed.
    pub sequence: u64,
    /// Why it does not count.
    pub reason: String,
    /// When it came.
    pub received_at: String,
    /// What it said; identifiers masked.
    pub record: String,
}

/// What became of a file of records: `NAME.report.json` beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// The manifest's name.
    pub manifest: String,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The number of its first record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_sequence: Option<u64>,
    /// Why it was refused, when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Records that count.
    pub accepted: u64,
    /// Records that were taken before.
    pub duplicate: u64,
    /// Records in quarantine.
    pub quarantined: u64,
    /// The first thousand of them.
    pub problems: Vec<UsageProblem>,
}
