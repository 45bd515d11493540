//! From what usage and the network report to the events that are told.
//!
//! Not here: numbering and delivery ([`crate::events`]).

use domain::code::OrderId;

use super::decision::Tell;
use crate::store::{Command, Store, StoreError};

/// Makes the commands by which everything is told, in this order.
pub(super) async fn commands(
    _store: &dyn Store,
    _told: Vec<(OrderId, Tell)>,
) -> Result<Vec<Command>, StoreError> {
    Ok(Vec::new())
}
