//! Boundaries of billing cycles: each is computed from the start, never from the one before.
//!
//! Not here: what happens at one ([`super::step`]). Implements [USE-26].

use jiff::Timestamp;

use crate::amount::Period;

/// A billing cycle [XML-135] to [XML-137].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// When the plan started: the anchor of every boundary.
    pub start: Timestamp,
    /// The length of a cycle.
    pub duration: Period,
    /// Whether usage is reset at each boundary; else the plan ends at the first [USE-25].
    pub resets: bool,
}

impl Cycle {
    /// Returns the k-th boundary, which is k periods after the start; absent beyond year 9999.
    #[must_use]
    pub fn boundary(&self, k: u64) -> Option<Timestamp> {
        self.duration.nth_after(self.start, k)
    }

    /// Returns the last boundary that is not after `until`; absent before the first one.
    #[must_use]
    pub fn latest(&self, until: Timestamp) -> Option<Timestamp> {
        let passed = self.passed(until);
        if passed == 0 { None } else { self.boundary(passed) }
    }

    /// Returns the first boundary after `after`; absent beyond year 9999.
    #[must_use]
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        self.boundary(self.passed(after).checked_add(1)?)
    }

    /// Counts the boundaries that are not after `until`, in a logarithm of their number.
    fn passed(&self, until: Timestamp) -> u64 {
        let is_passed = |k: u64| self.boundary(k).is_some_and(|boundary| boundary <= until);
        // `low` boundaries have passed (none is always true), `high` have not.
        let (mut low, mut high) = (0_u64, 1_u64);
        while is_passed(high) {
            low = high;
            high = high.saturating_mul(2);
        }
        while low.saturating_add(1) < high {
            let middle = low.midpoint(high);
            if is_passed(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}
