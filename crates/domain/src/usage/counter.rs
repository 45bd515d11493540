//! What a counter that somebody else keeps adds to ours.
//!
//! A modem counts for each context, a network for each session; both tell a sum that grows. Each
//! pair of source and session has a counter of its own, so that two contexts, or a session before
//! and one after a restart, never mix [USE-04]. Not here: how many sessions are kept (the
//! server). Implements [USE-07].

use super::Counts;

/// The last sum of one source and session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cumulative {
    /// The last sums; absent = the session was never heard of.
    pub last: Option<Counts>,
}

/// What a sum means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// How much was used since the last sum; zero for one that was told again.
    pub counted: Counts,
    /// Whether a sum fell: the counter began anew, or the reading came late. What fell adds
    /// nothing, and what comes next is counted from there.
    pub has_fallen: bool,
}

impl Cumulative {
    /// Reads a sum, and returns the counter with it as the last one.
    ///
    /// The first sum of a session counts in full, as a session begins at zero.
    #[must_use]
    pub fn read(self, sum: Counts) -> (Self, Reading) {
        let last = self.last.unwrap_or_default();
        let counted =
            Counts { sent: sum.sent.minus(last.sent), received: sum.received.minus(last.received) };
        let has_fallen = sum.sent < last.sent || sum.received < last.received;
        (Self { last: Some(sum) }, Reading { counted, has_fallen })
    }
}
