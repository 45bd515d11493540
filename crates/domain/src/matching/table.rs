//! A sorted table of ranges that do not meet, for numbers of one length.
//!
//! A leaf is one line of cache and holds five ranges that lie close together, as distances from
//! the first, or three that do not. Leaves lie behind directories that are cut by value, not by
//! rank: a lookup reads the entry of its cut, which names the leaf to begin with, and counts
//! through that leaf. A cut in which many leaves begin, as numbers of one issuer lie close
//! together, has a directory of its own.
//!
//! What a lookup costs is what it waits for memory: once for the entry and once for the leaf,
//! where the table does not fit the cache. Measured on 2026-11-21 on an AMD EPYC of two cores, in
//! ns of criterion's medians: 34 for one range of 100,000, 108 of 1,000,000 (docs/benchmarks.md has
//! whole matches). Other structures at a million, as shares of the time of a sorted list that is
//! halved: Eytzinger's order 0.8, B-trees of 8 to 32 keys a node 1.1 to 1.2, `rangemap` 1.3,
//! leaves of three lines found by halving 0.4, such leaves behind a directory 0.2, this 0.13.
//!
//! Not here: which numbers are looked up ([`super::Index`]).

use std::ops::Range;

/// The number of a brand within an index.
pub(super) type BrandNumber = u32;

/// Ranges of a leaf that lie close together.
const NARROW: usize = 5;
/// Ranges of a leaf that do not.
const WIDE: usize = 3;
/// Cuts for each leaf of a directory. Measured: with fewer, a lookup reads a second leaf more
/// often; with more, the directory does not fit the cache.
const CUTS_PER_LEAF: u64 = 4;
/// Most leaves that begin in a cut without a directory of its own.
const CUT_LEAVES_MAX: usize = 8;
/// Marks an entry that names a directory.
const IS_DIRECTORY: u32 = 1 << 31;

/// A range of blocks that belongs to a brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owned {
    pub(super) low: u64,
    pub(super) high: u64,
    pub(super) brand: BrandNumber,
}

/// A few ranges side by side. In unused places lows are behind every number.
#[derive(Clone, Debug)]
#[repr(align(64))]
enum Leaf {
    /// Lows and highs are distances from the first low.
    Narrow { first: u64, lows: [u32; NARROW], highs: [u32; NARROW], brands: [u16; NARROW] },
    /// As they are.
    Wide { lows: [u64; WIDE], highs: [u64; WIDE], brands: [BrandNumber; WIDE] },
}

impl Leaf {
    /// Makes the leaf of the last ranges of a sorted list, and says how many they are.
    fn of_last(sorted: &[Owned]) -> (Self, usize) {
        let narrow = (1..=NARROW.min(sorted.len())).rev().find_map(|count| {
            let ranges = sorted.get(sorted.len().checked_sub(count)?..)?;
            Self::narrow(ranges).map(|leaf| (leaf, count))
        });
        let count = WIDE.min(sorted.len());
        match narrow {
            Some((leaf, held)) if held >= count => (leaf, held),
            _ => {
                let from = sorted.len().saturating_sub(count);
                (Self::wide(sorted.get(from..).unwrap_or_default()), count)
            }
        }
    }

    fn narrow(ranges: &[Owned]) -> Option<Self> {
        let first = ranges.first()?.low;
        let (mut lows, mut highs, mut brands) = ([u32::MAX; NARROW], [0; NARROW], [0; NARROW]);
        let places = lows.iter_mut().zip(&mut highs).zip(&mut brands);
        for (range, ((low, high), brand)) in ranges.iter().zip(places) {
            *low = u32::try_from(range.low.checked_sub(first)?).ok()?;
            // The last distance is the mark of an unused place.
            *high = u32::try_from(range.high.checked_sub(first)?).ok().filter(|h| *h < u32::MAX)?;
            *brand = u16::try_from(range.brand).ok()?;
        }
        Some(Self::Narrow { first, lows, highs, brands })
    }

    fn wide(ranges: &[Owned]) -> Self {
        let (mut lows, mut highs, mut brands) = ([u64::MAX; WIDE], [0; WIDE], [0; WIDE]);
        let places = lows.iter_mut().zip(&mut highs).zip(&mut brands);
        for (range, ((low, high), brand)) in ranges.iter().zip(places) {
            (*low, *high, *brand) = (range.low, range.high, range.brand);
        }
        Self::Wide { lows, highs, brands }
    }

    /// Returns where its first range starts.
    #[inline]
    fn first(&self) -> u64 {
        match self {
            Self::Narrow { first, .. } => *first,
            Self::Wide { lows: [first, ..], .. } => *first,
        }
    }

    /// Returns the last range that starts at the number or before it.
    #[inline]
    fn before(&self, number: u64) -> Option<Owned> {
        // Counting has no branch to mispredict.
        match self {
            Self::Narrow { first, lows, .. } => {
                let distance = number.checked_sub(*first)?;
                let distance = u32::try_from(distance).unwrap_or(u32::MAX).min(u32::MAX - 1);
                let count: usize = lows.iter().map(|low| usize::from(*low <= distance)).sum();
                self.at(count.checked_sub(1)?)
            }
            Self::Wide { lows, .. } => {
                let number = number.min(u64::MAX - 1);
                let count: usize = lows.iter().map(|low| usize::from(*low <= number)).sum();
                self.at(count.checked_sub(1)?)
            }
        }
    }

    /// Returns the range of a place that is used.
    #[inline]
    fn at(&self, at: usize) -> Option<Owned> {
        match self {
            Self::Narrow { first, lows, highs, brands } => {
                let low = first.checked_add(u64::from(*lows.get(at)?))?;
                let high = first.checked_add(u64::from(*highs.get(at)?))?;
                Some(Owned { low, high, brand: u32::from(*brands.get(at)?) })
            }
            Self::Wide { lows, highs, brands } => {
                Some(Owned { low: *lows.get(at)?, high: *highs.get(at)?, brand: *brands.get(at)? })
            }
        }
    }

    /// Goes through its ranges, in order.
    fn iter(&self) -> impl Iterator<Item = Owned> + '_ {
        let used = match self {
            Self::Narrow { lows, .. } => lows.iter().filter(|low| **low != u32::MAX).count(),
            Self::Wide { lows, .. } => lows.iter().filter(|low| **low != u64::MAX).count(),
        };
        (0..used).filter_map(|at| self.at(at))
    }
}

/// Where the leaves of a part of the numbers are.
#[derive(Clone, Copy, Debug)]
struct Directory {
    /// The place of its first leaf.
    leaf: usize,
    /// Where that leaf starts.
    first: u64,
    /// How far a number is shifted to give its cut.
    shift: u32,
    /// The place of its first cut.
    cuts_at: usize,
    /// How many cuts it has; one more entry ends the last one.
    cuts: usize,
}

/// Ranges of blocks of one length, none of which meet.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    leaves: Vec<Leaf>,
    directories: Vec<Directory>,
    /// For each part of the numbers of a directory, all parts as wide: the last leaf that starts
    /// where the part does or before it; or, marked, the directory of the part.
    cuts: Vec<u32>,
}

impl Table {
    /// Arranges ranges that are sorted and do not meet.
    pub(super) fn of(sorted: Vec<Owned>) -> Self {
        let leaves = leaves_of(sorted);
        let firsts: Vec<u64> = leaves.iter().map(Leaf::first).collect();
        let mut table = Self { leaves, directories: Vec::new(), cuts: Vec::new() };
        // Each has cuts narrower than those of the one above it, so that there are few levels.
        let mut waiting = vec![(0, firsts.len(), None)];
        while let Some((from, to, parent)) = waiting.pop() {
            table.add_directory(&firsts, from..to, parent, &mut waiting);
        }
        table.cuts.shrink_to_fit();
        table
    }

    /// Makes the cuts of some leaves.
    fn add_directory(
        &mut self,
        firsts: &[u64],
        leaves: Range<usize>,
        parent: Option<usize>,
        waiting: &mut Vec<(usize, usize, Option<usize>)>,
    ) {
        let own = firsts.get(leaves.clone()).unwrap_or_default();
        let (Some(&first), Some(&last)) = (own.first(), own.last()) else { return };
        let wanted = u64::try_from(own.len()).unwrap_or(0).saturating_mul(CUTS_PER_LEAF);
        let span = last.saturating_sub(first);
        let mut shift = 0_u32;
        while span >> shift > wanted {
            shift = shift.saturating_add(1);
        }
        let cuts = usize::try_from(span >> shift).unwrap_or(0).saturating_add(1);
        let place = u32::try_from(self.directories.len()).unwrap_or(0);
        if let Some(cut) = parent.and_then(|parent| self.cuts.get_mut(parent)) {
            *cut = IS_DIRECTORY | place;
        }
        let cuts_at = self.cuts.len();
        self.directories.push(Directory { leaf: leaves.start, first, shift, cuts_at, cuts });
        let mut leaf = leaves.start;
        for cut in 0..=cuts {
            let start = first.saturating_add(u64::try_from(cut).unwrap_or(0) << shift);
            let begun = leaf;
            let later = firsts.get(leaf.saturating_add(1)..leaves.end).unwrap_or_default();
            leaf = leaf.saturating_add(later.iter().take_while(|first| **first <= start).count());
            // With no shift left there is nothing to cut finer.
            if leaf.saturating_sub(begun) > CUT_LEAVES_MAX && shift > 0 {
                let own = (begun.saturating_add(1), leaf.saturating_add(1));
                waiting.push((own.0, own.1, self.cuts.len().checked_sub(1)));
            }
            self.cuts.push(u32::try_from(leaf).unwrap_or(0));
        }
    }

    /// Returns the range in which a number lies.
    #[inline]
    pub(super) fn get(&self, number: u64) -> Option<Owned> {
        self.before(number).filter(|range| number <= range.high)
    }

    /// Tells whether some range has a number from `low` to `high`.
    pub(super) fn touches(&self, low: u64, high: u64) -> bool {
        self.before(high).is_some_and(|range| low <= range.high)
    }

    /// Goes through all ranges, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Owned> + '_ {
        self.leaves.iter().flat_map(Leaf::iter)
    }

    /// Returns the last range that starts at the number or before it.
    #[inline]
    fn before(&self, number: u64) -> Option<Owned> {
        let mut directory = self.directories.first()?;
        loop {
            let Some(distance) = number.checked_sub(directory.first) else {
                // In front of the first leaf of a cut is the last leaf of the cut before it.
                return self.leaves.get(directory.leaf.checked_sub(1)?)?.before(number);
            };
            let last = directory.cuts.checked_sub(1)?;
            let at = usize::try_from(distance >> directory.shift).map_or(last, |cut| cut.min(last));
            let at = directory.cuts_at.checked_add(at)?;
            let (cut, next) = (*self.cuts.get(at)?, *self.cuts.get(at.checked_add(1)?)?);
            if cut & IS_DIRECTORY != 0 {
                directory = self.directories.get(usize::try_from(cut ^ IS_DIRECTORY).ok()?)?;
                continue;
            }
            let mut leaf = self.leaves.get(usize::try_from(cut).ok()?)?;
            if next != cut {
                let later = self.leaves.get(usize::try_from(cut).ok()?.checked_add(1)?..)?;
                for other in later.iter().take_while(|other| other.first() <= number) {
                    leaf = other;
                }
            }
            return leaf.before(number);
        }
    }
}

/// Goes from the end, so that the list gives its room back while the leaves take theirs: of a
/// million ranges both together would be a third of all that reading a catalogue needs.
fn leaves_of(mut sorted: Vec<Owned>) -> Vec<Leaf> {
    let mut leaves = Vec::with_capacity(sorted.len().div_ceil(NARROW));
    while !sorted.is_empty() {
        let (leaf, held) = Leaf::of_last(&sorted);
        leaves.push(leaf);
        sorted.truncate(sorted.len().saturating_sub(held));
        if sorted.len() < sorted.capacity() / 2 {
            sorted.shrink_to_fit();
        }
    }
    leaves.reverse();
    leaves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(low: u64) -> Owned {
        Owned { low, high: low + 1, brand: 7 }
    }

    #[test]
    fn a_leaf_is_one_line_of_cache() {
        assert_eq!(size_of::<Leaf>(), 64);
    }

    /// Clusters within clusters: cut after cut holds nearly everything.
    #[test]
    fn close_numbers_have_directories_of_their_own() {
        let tight = (0..1_000).map(|n| owned(n * 3));
        let wide = (1..1_000).map(|n| owned(n << 20));
        let wider = (1..1_000).map(|n| owned(n << 40));
        let far = [owned(1 << 58)];
        let ranges: Vec<Owned> = tight.chain(wide).chain(wider).chain(far).collect();
        let table = Table::of(ranges.clone());
        assert!(table.directories.len() > 2, "{:?}", table.directories.len());
        let is_wide = |leaf: &&Leaf| matches!(leaf, Leaf::Wide { .. });
        let wides = table.leaves.iter().filter(is_wide).count();
        assert!((1..table.leaves.len()).contains(&wides), "{wides} of {}", table.leaves.len());
        assert!(table.iter().eq(ranges.iter().copied()));
        for range in &ranges {
            assert_eq!(table.get(range.low), Some(*range));
            assert_eq!(table.get(range.high), Some(*range));
            assert_eq!(table.get(range.high + 1), None);
            assert!(table.touches(range.high, range.high + 1));
        }
        assert_eq!(table.get(u64::MAX), None);
        assert_eq!(Table::of(Vec::new()).get(0), None);
        // What is even has one.
        let even: Vec<Owned> = (0..1_000).map(|n| owned(n << 20)).collect();
        assert_eq!(Table::of(even).directories.len(), 1);
    }
}
