//! What the operator's network asks when a customer switches sharing on, and the answer.
//!
//! Questions name people, so they have no `Debug`. Not here: the decision.

use serde::{Deserialize, Serialize};

/// The body of `POST /api/entitlement/tethering`: one of the three identifiers [TET-08].
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TetheringQuestion {
    /// Id of the subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// The subscriber's IMSI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imsi: Option<String>,
    /// The SIM's ICCID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iccid: Option<String>,
    /// The language of the reason, BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// Whether the customer may share the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TetheringAnswer {
    /// Whether sharing may begin.
    pub allowed: bool,
    /// Why not, for the customer to read: 255 characters at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
