//! In which order connections are tried [MATCH-102], [MATCH-103].
//!
//! Not here: trying them.

use super::{Connection, PurposeGroup};

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<'c> {
    /// Try this connection.
    Try(&'c Connection),
    /// All failed: a person picks from these names or types an access string [MATCH-102].
    Ask(Vec<&'c str>),
}

/// Returns the connections that Windows tries by itself for a purpose, in order.
///
/// `AutoConnectOrder` counts when every one of them has it; else they take turns, beginning
/// behind the one that was last successful [MATCH-103].
#[must_use]
pub fn trial_order<'c>(
    connections: &'c [Connection],
    purpose: PurposeGroup,
    last_successful: Option<&str>,
) -> Vec<&'c Connection> {
    let is_tried = |c: &&Connection| c.always_on && c.purposes.contains(&purpose);
    let mut order: Vec<&Connection> = connections.iter().filter(is_tried).collect();
    if order.iter().all(|connection| connection.auto_connect_order.is_some()) {
        order.sort_by_key(|connection| connection.auto_connect_order);
        return order;
    }
    let last = order.iter().position(|c| Some(c.name.as_str()) == last_successful);
    if let Some(last) = last {
        order.rotate_left(last.saturating_add(1));
    }
    order
}

/// Says what follows when the first `failed` connections of that order have failed.
#[must_use]
pub fn next<'c>(order: &[&'c Connection], failed: usize) -> Next<'c> {
    let shown = |c: &'c Connection| c.friendly_name.as_deref().unwrap_or(&c.name);
    match order.get(failed) {
        Some(connection) => Next::Try(connection),
        None => Next::Ask(order.iter().copied().map(shown).collect()),
    }
}
