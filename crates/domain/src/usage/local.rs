//! What was counted since billing last spoke, by time, in a room of fixed size.
//!
//! Billing says what was used up to an instant; what was counted up to then is dropped, the rest
//! stays. When the room is full, the older slices are joined two by two: the older, the coarser.
//! A joined slice stays until billing has passed its end, so that nothing is dropped too early.

use jiff::Timestamp;

use crate::amount::Bytes;

/// How many slices a stored state keeps.
pub const SLICES_MAX: usize = 64;

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

    /// Joins the older half two by two.
    fn join(&mut self) {
        let newer = self.slices.split_off(self.slices.len().div_euclid(2));
        let older = std::mem::take(&mut self.slices);
        for pair in older.chunks(2) {
            let sum = pair.iter().fold(Bytes(0), |sum, slice| sum.plus(slice.bytes));
            self.slices.extend(pair.last().map(|last| Slice { at: last.at, bytes: sum }));
        }
        self.slices.extend(newer);
    }
}
