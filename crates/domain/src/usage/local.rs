//! What was counted since billing last spoke, by time, in a room of fixed size.
//!
//! Billing says what was used up to an instant; what was counted up to then is dropped, the rest
//! stays. When the room is full, a slice is joined with the next one where that leaves the least gap
//! for its age: the older, the coarser, however long billing is silent, and the newest half of the
//! room stays as it came. A joined slice stays until billing has passed its end, so that nothing is
//! dropped too early.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::amount::Bytes;

/// How many slices a stored state keeps: they are most of its bytes, and each record rewrites
/// them.
pub const SLICES_MAX: usize = 64;
/// Of how many slices one is joined with its neighbour when the room is full.
const JOINED_PART: usize = 16;

/// Bytes that were counted at or before an instant, and after the slice before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The last instant of it.
    pub at: Timestamp,
    /// How much.
    pub bytes: Bytes,
}

/// What was counted since billing last spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// By time, no two of one instant.
    slices: Vec<Slice>,
    /// Their sum.
    total: Bytes,
    /// How many there may be, at least 4.
    room: usize,
}

impl Default for Local {
    fn default() -> Self {
        Self::with_room(SLICES_MAX)
    }
}

impl Local {
    /// Begins with nothing, and room for so many slices, at least 4.
    #[must_use]
    pub fn with_room(slices: usize) -> Self {
        Self { slices: Vec::new(), total: Bytes(0), room: slices.max(4) }
    }

    /// Returns the slices, oldest first.
    #[must_use]
    pub fn slices(&self) -> &[Slice] {
        &self.slices
    }

    /// Returns how much all of them are.
    #[must_use]
    pub fn total(&self) -> Bytes {
        self.total
    }

    /// Adds what was counted at an instant.
    pub fn add(&mut self, at: Timestamp, bytes: Bytes) {
        self.total = self.total.plus(bytes);
        let place = self.slices.partition_point(|slice| slice.at < at);
        match self.slices.get_mut(place) {
            Some(slice) if slice.at == at => slice.bytes = slice.bytes.plus(bytes),
            Some(_) | None => self.slices.insert(place, Slice { at, bytes }),
        }
        if self.slices.len() > self.room {
            self.join();
        }
    }

    /// Drops what was counted at or before an instant.
    pub fn drop_until(&mut self, until: Timestamp) {
        let gone = self.slices.partition_point(|slice| slice.at <= until);
        self.drop_first(gone);
    }

    /// Drops what was counted before an instant.
    pub fn drop_before(&mut self, from: Timestamp) {
        let gone = self.slices.partition_point(|slice| slice.at < from);
        self.drop_first(gone);
    }

    fn drop_first(&mut self, count: usize) {
        self.slices.drain(..count);
        self.total = self.slices.iter().fold(Bytes(0), |sum, slice| sum.plus(slice.bytes));
    }

    /// Joins slices with the next ones, those that lie between neighbours whose distance is the
    /// least part of their age: a few of many, so that a large room is seldom gone through.
    fn join(&mut self) {
        let Some(newest) = self.slices.last().map(|slice| millis(slice.at)) else { return };
        let mut parts: Vec<Part> = Vec::with_capacity(self.slices.len());
        // The newest half of the room is never joined, nor joined to.
        let aged = self.slices.len().saturating_sub(self.room.div_euclid(2));
        for (before, around) in self.slices.windows(3).take(aged.saturating_sub(2)).enumerate() {
            let [older, _, newer] = around else { continue };
            let from = millis(older.at);
            let distance = millis(newer.at).saturating_sub(from);
            let age = newest.saturating_sub(from).max(1);
            parts.push(Part { place: before.saturating_add(1), distance, age });
        }
        let few = self.room.div_euclid(JOINED_PART).clamp(1, parts.len().max(1));
        if let Some(last) = few.checked_sub(1).filter(|last| *last < parts.len()) {
            parts.select_nth_unstable_by(last, Part::order);
        }
        parts.truncate(few);
        parts.sort_unstable_by_key(|part| part.place);
        let mut places = parts.iter().map(|part| part.place).peekable();
        let mut kept: Vec<Slice> = Vec::with_capacity(self.room.saturating_add(1));
        let mut carried = None;
        for (place, mut slice) in self.slices.drain(..).enumerate() {
            let is_joined = places.next_if_eq(&place).is_some();
            match carried.take() {
                Some(bytes) => slice.bytes = slice.bytes.plus(bytes),
                // Of three in a row no two pairs are joined at once.
                None if is_joined => {
                    carried = Some(slice.bytes);
                    continue;
                }
                None => {}
            }
            kept.push(slice);
        }
        self.slices = kept;
    }
}

/// A slice between two others, as a join looks at it.
struct Part {
    /// Its place.
    place: usize,
    /// Between the one before and the one after, in milliseconds.
    distance: i128,
    /// From the one before to the newest of all, in milliseconds, at least 1.
    age: i128,
}

impl Part {
    /// Compares distance by age without dividing; of equals, the older come first.
    fn order(&self, other: &Self) -> Ordering {
        let own = self.distance.saturating_mul(other.age);
        own.cmp(&other.distance.saturating_mul(self.age)).then(self.place.cmp(&other.place))
    }
}

fn millis(at: Timestamp) -> i128 {
    i128::from(at.as_millisecond())
}
