//! What an operator's system tells of an activation by itself, and the answer.

use serde::{Deserialize, Serialize};

/// Where an activation stands, as the operator's system says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivationReport {
    /// The try that it speaks of, as the request said it.
    pub attempt: u32,
    /// `pending`, `active` or `failed`.
    pub status: String,
    /// Why it failed: a code of 1 to 40 characters of `a-z`, `0-9`, `_` and `-`, with four digits
    /// at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivationTaken {
    /// Whether it changed anything.
    pub taken: bool,
    /// The state of the order afterwards.
    pub state: String,
}
