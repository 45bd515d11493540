//! What `broadgate usage replay` prints.

use serde::{Deserialize, Serialize};

/// An event, one a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayedEvent {
    /// The time of the line of the trace that it came with (RFC 3339).
    pub at: String,
    /// The number of the event's payload, 0 to 10.
    pub message_type: u8,
    /// Windows' name of that number.
    pub name: String,
    /// The effective usage of the cycle, in bytes.
    pub usage_bytes: u64,
    /// The boundary or end that it is about (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// How many cycles were completed.
    pub cycle: u64,
    /// Where the step was reached: `home` or `roaming`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regime: Option<String>,
    /// Which step of the cycle and regime, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
}
