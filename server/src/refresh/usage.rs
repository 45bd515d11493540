//! What a subscription used, as far as a document says it.
//!
//! Not here: counting.

use domain::Timestamp;
use domain::code::OrderId;

use crate::store::{Store, StoreError};

/// What was used of the running cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageNow {
    /// How much, in MB.
    pub used_mb: u32,
    /// When that was so.
    pub as_of: Timestamp,
    /// Whether the quota is used up, where somebody said so; else the numbers say it.
    pub over_limit: Option<bool>,
    /// Whether the network is congested.
    pub congested: Option<bool>,
}

/// Returns what a subscription used; absent where nothing was counted or told yet.
///
/// # Errors
/// As the store says.
pub async fn usage_now(
    _store: &dyn Store,
    _order: OrderId,
) -> Result<Option<UsageNow>, StoreError> {
    Ok(None)
}
