//! Which of an operator's own networks a host prefers.
//!
//! The one place that knows the direction of Priority, which no page states: larger is more
//! preferred, to be confirmed on a PC [XML-62]. Documents of ours do not rely on it but to make a
//! hotspot less preferred than mobile broadband: 4 for the hotspot, 5 for mobile broadband. Not
//! here: the user's own networks, which no document moves [XML-60].
//! Implements [XML-61], [XML-62].

use std::cmp::{Ordering, Reverse};

use super::profile::Priority;

/// What a profile without Priority has [XML-44, XML-96].
const PRIORITY_DEFAULT: u32 = 5;

/// Names the sort of a network; the preferred sort first [XML-61].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Medium {
    /// Wi-Fi.
    Wlan,
    /// Mobile broadband.
    Mbn,
}

/// Holds what a profile is ranked by [XML-61].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank {
    /// Its priority, if the document says one.
    pub priority: Option<Priority>,
    /// What it connects with.
    pub medium: Medium,
    /// Its place in the document.
    pub position: usize,
}

/// Compares two profiles of one operator; the more preferred one is the lesser [XML-61].
#[must_use]
pub fn preference(one: &Rank, other: &Rank) -> Ordering {
    let number = |rank: &Rank| rank.priority.map_or(PRIORITY_DEFAULT, Priority::number);
    let key = |rank: &Rank| (Reverse(number(rank)), rank.medium, rank.position);
    key(one).cmp(&key(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(priority: Option<u32>, medium: Medium, position: usize) -> Rank {
        let priority = priority.map(|number| Priority::new(number).expect("a priority"));
        Rank { priority, medium, position }
    }

    #[test]
    fn priority_counts_first_then_medium_then_position() {
        use Medium::{Mbn, Wlan};
        for (preferred, other) in [
            (rank(Some(9), Mbn, 7), rank(Some(8), Wlan, 0)), // [XML-61]
            (rank(None, Mbn, 7), rank(Some(4), Wlan, 0)),    // [XML-62], [XML-96]
            (rank(Some(6), Mbn, 7), rank(None, Wlan, 0)),
            (rank(Some(5), Wlan, 7), rank(None, Mbn, 0)),
            (rank(Some(0), Wlan, 1), rank(Some(0), Wlan, 2)),
        ] {
            assert_eq!(preference(&preferred, &other), Ordering::Less, "{preferred:?}, {other:?}");
            assert_eq!(preference(&other, &preferred), Ordering::Greater);
        }
        let same = rank(Some(5), Wlan, 3);
        assert_eq!(preference(&same, &rank(None, Wlan, 3)), Ordering::Equal);
    }
}
