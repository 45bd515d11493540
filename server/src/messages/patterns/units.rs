//! Sets of UTF-16 code units, of which ECMAScript's patterns and texts consist.
//!
//! Not here: how a set is written in a pattern ([`super::parse`]) or for an engine.

/// Holds a set of code units as ranges, both ends included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UnitSet {
    /// Sorted, apart from each other.
    ranges: Vec<(u16, u16)>,
}

/// ECMAScript's WhiteSpace and LineTerminator, which `\s` stands for.
const SPACE: [(u16, u16); 10] = [
    (0x0009, 0x000D),
    (0x0020, 0x0020),
    (0x00A0, 0x00A0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];

/// ECMAScript's LineTerminator, which `.` does not match.
const LINE_END: [(u16, u16); 3] = [(0x000A, 0x000A), (0x000D, 0x000D), (0x2028, 0x2029)];

const DIGIT: [(u16, u16); 1] = [(0x30, 0x39)];

const WORD: [(u16, u16); 4] = [(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];

impl UnitSet {
    fn of(ranges: &[(u16, u16)]) -> Self {
        let mut set = Self { ranges: ranges.to_vec() };
        set.normalise();
        set
    }

    /// Returns what `.` matches.
    pub(super) fn dot() -> Self {
        Self::of(&LINE_END).complement()
    }

    /// Returns what `\d`, `\s`, `\w` and their negations match; nothing for other letters.
    pub(super) fn escape(letter: u16) -> Option<Self> {
        let set = match u8::try_from(letter).ok()?.to_ascii_lowercase() {
            b'd' => Self::of(&DIGIT),
            b's' => Self::of(&SPACE),
            b'w' => Self::of(&WORD),
            _ => return None,
        };
        let is_negated = (u16::from(b'A')..=u16::from(b'Z')).contains(&letter);
        Some(if is_negated { set.complement() } else { set })
    }

    /// Adds the units from `first` to `last`.
    pub(super) fn add(&mut self, first: u16, last: u16) {
        self.ranges.push((first, last));
        self.normalise();
    }

    /// Adds all units of another set.
    pub(super) fn add_all(&mut self, other: &Self) {
        self.ranges.extend_from_slice(&other.ranges);
        self.normalise();
    }

    /// Returns all units that are not in the set.
    pub(super) fn complement(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = Some(0);
        for &(first, last) in &self.ranges {
            if let Some(start) = next.filter(|start| *start < first) {
                ranges.push((start, first - 1));
            }
            next = last.checked_add(1);
        }
        ranges.extend(next.map(|start| (start, u16::MAX)));
        Self { ranges }
    }

    /// Iterates over the ranges in order.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (u16, u16)> {
        self.ranges.iter().copied()
    }

    fn normalise(&mut self) {
        self.ranges.sort_unstable();
        let mut merged: Vec<(u16, u16)> = Vec::with_capacity(self.ranges.len());
        for &(first, last) in &self.ranges {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last);
                }
                _ => merged.push((first, last)),
            }
        }
        self.ranges = merged;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complements_leave_nothing_out() {
        let mut set = UnitSet::default();
        assert_eq!(set.complement(), UnitSet::of(&[(0, u16::MAX)]));
        set.add(5, 9);
        set.add(0, 4);
        assert_eq!(set, UnitSet::of(&[(0, 9)]));
        set.add(u16::MAX, u16::MAX);
        assert_eq!(set.complement(), UnitSet::of(&[(10, 0xFFFE)]));
        assert_eq!(set.complement().complement(), set);
    }
}
