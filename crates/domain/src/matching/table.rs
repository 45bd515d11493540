//! A sorted table of ranges that do not meet, for numbers of one length.
//!
//! Leaves of eight ranges lie behind directories that are cut by value, not by rank: a lookup
//! reads one entry, halves the few leaves that fall into the same cut, and counts through one
//! leaf. A cut that holds many leaves, as numbers of one issuer lie close together, has a
//! directory of its own.
//!
//! Measured on 2026-11-21 on two cores of an AMD EPYC with five other jobs running, the fastest
//! of 450 passes over 65,536 prepared SIMs, half of them in a range, in ns a lookup:
//!
//! | Ranges | This, digits read | Sorted list, halved |
//! |---|---|---|
//! | 100,000, even | 43 | 52 |
//! | 1,000,000, even | 157 | 343 |
//! | 1,000,000, in 50 clusters | 152 | 352 |
//!
//! Reading the 18 digits takes 6 of it. A whole match of ICCID and IMSI takes 64 and 217 without
//! trace, 378 and 564 with it. Other structures at a million, as shares of the sorted list's time
//! in the same run: Eytzinger's order 0.8, B-trees of 8 to 32 keys a node 1.1 to 1.2, `rangemap`
//! 1.3, leaves found by halving 0.4, leaves behind a directory 0.2 (without the reading of digits,
//! which the table above includes). `cargo bench -p domain` measures again.
//!
//! Not here: which numbers are looked up ([`super::Index`]).

/// The number of a brand within an index.
pub(super) type BrandNumber = u32;

/// Ranges in a leaf, which fill two and a half lines of cache. Measured: 4 and 16 differ from it by
/// less than the noise.
const LEAF: usize = 8;

/// Most leaves of a cut that has no directory of its own: five steps of halving.
const CUT_LEAVES_MAX: usize = 32;

/// A range of blocks that belongs to a brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owned {
    pub(super) low: u64,
    pub(super) high: u64,
    pub(super) brand: BrandNumber,
}

/// Eight ranges side by side; unused places are behind every number.
#[derive(Clone, Debug)]
struct Leaf {
    lows: [u64; LEAF],
    highs: [u64; LEAF],
    brands: [BrandNumber; LEAF],
}

impl Leaf {
    fn of(ranges: &[Owned]) -> Self {
        let (mut lows, mut highs, mut brands) = ([u64::MAX; LEAF], [0; LEAF], [0; LEAF]);
        let places = lows.iter_mut().zip(&mut highs).zip(&mut brands);
        for (range, ((low, high), brand)) in ranges.iter().zip(places) {
            (*low, *high, *brand) = (range.low, range.high, range.brand);
        }
        Self { lows, highs, brands }
    }

    /// Returns the last range that starts at the number or before it.
    fn before(&self, number: u64) -> Option<Owned> {
        // Counting has no branch to mispredict.
        let count: usize = self.lows.iter().map(|low| usize::from(*low <= number)).sum();
        self.at(count.checked_sub(1)?)
    }

    fn at(&self, at: usize) -> Option<Owned> {
        let (low, high) = (*self.lows.get(at)?, *self.highs.get(at)?);
        Some(Owned { low, high, brand: *self.brands.get(at)? })
    }
}

/// Where the leaves of a part of the numbers are.
#[derive(Clone, Copy, Debug)]
struct Directory {
    /// The first low of its first leaf.
    first: u64,
    /// How far a number is shifted to give its cut.
    shift: u32,
    /// The place of its first cut.
    cuts_at: usize,
    /// How many cuts it has; one more entry ends the last one.
    cuts: usize,
}

/// A part of the numbers of a directory, all parts as wide.
#[derive(Clone, Copy, Debug)]
struct Cut {
    /// How many leaves begin before it.
    before: u32,
    /// The place of its own directory; 0 = none, as the first directory is nobody's.
    directory: u32,
}

/// Ranges of blocks of one length, none of which meet.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    leaves: Vec<Leaf>,
    /// The first low of each leaf.
    firsts: Vec<u64>,
    directories: Vec<Directory>,
    cuts: Vec<Cut>,
}

impl Table {
    /// Arranges ranges that are sorted and do not meet.
    pub(super) fn of(sorted: Vec<Owned>) -> Self {
        let leaves = leaves_of(sorted);
        let firsts = leaves.iter().filter_map(|leaf| leaf.lows.first().copied()).collect();
        let mut table = Self { leaves, firsts, directories: Vec::new(), cuts: Vec::new() };
        // Each has cuts narrower than those of the one above it, so that there are few levels.
        let mut waiting = vec![(0, table.firsts.len(), None)];
        while let Some((from, to, parent)) = waiting.pop() {
            table.add_directory(from, to, parent, &mut waiting);
        }
        table
    }

    /// Makes about as many cuts as there are leaves from one place to another.
    fn add_directory(
        &mut self,
        from: usize,
        to: usize,
        parent: Option<usize>,
        waiting: &mut Vec<(usize, usize, Option<usize>)>,
    ) {
        let own = self.firsts.get(from..to).unwrap_or_default();
        let (Some(&first), Some(&last)) = (own.first(), own.last()) else { return };
        let (span, count) = (last.saturating_sub(first), u64::try_from(own.len()).unwrap_or(0));
        let mut shift = 0_u32;
        while span >> shift > count {
            shift = shift.saturating_add(1);
        }
        let cuts = usize::try_from(span >> shift).unwrap_or(0).saturating_add(1);
        let cuts_at = self.cuts.len();
        let place = u32::try_from(self.directories.len()).unwrap_or(0);
        if let Some(cut) = parent.and_then(|parent| self.cuts.get_mut(parent)) {
            cut.directory = place;
        }
        self.directories.push(Directory { first, shift, cuts_at, cuts });
        let mut before = from;
        for cut in 0..=cuts {
            let cut_of = |low: u64| usize::try_from(low.saturating_sub(first) >> shift);
            let begins = |low: &u64| cut_of(*low).unwrap_or(0) < cut;
            let more = self.firsts.get(before..to).unwrap_or_default();
            let begun = before;
            before = before.saturating_add(more.iter().take_while(|low| begins(low)).count());
            // With no shift left there is nothing to cut finer.
            if before.saturating_sub(begun) > CUT_LEAVES_MAX && shift > 0 {
                waiting.push((begun, before, self.cuts.len().checked_sub(1)));
            }
            self.cuts.push(Cut { before: u32::try_from(before).unwrap_or(0), directory: 0 });
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
        let places = self.leaves.iter().flat_map(|leaf| (0..LEAF).filter_map(|at| leaf.at(at)));
        places.filter(|range| range.low != u64::MAX)
    }

    /// Returns the last range that starts at the number or before it.
    #[inline]
    fn before(&self, number: u64) -> Option<Owned> {
        let mut directory = self.directories.first()?;
        loop {
            // In front of the first leaf of a cut is the last leaf of the cut before it.
            let offset = number.saturating_sub(directory.first) >> directory.shift;
            let last = directory.cuts.checked_sub(1)?;
            let at = usize::try_from(offset).map_or(last, |cut| cut.min(last));
            let at = directory.cuts_at.checked_add(at)?;
            let (cut, end) = (self.cuts.get(at)?, self.cuts.get(at.checked_add(1)?)?);
            if cut.directory > 0 {
                directory = self.directories.get(usize::try_from(cut.directory).ok()?)?;
                continue;
            }
            let (from, to) = (usize::try_from(cut.before).ok()?, usize::try_from(end.before).ok()?);
            let within = self.firsts.get(from..to)?.partition_point(|first| *first <= number);
            let leaf = from.checked_add(within)?.checked_sub(1)?;
            return self.leaves.get(leaf)?.before(number);
        }
    }
}

/// Goes from the end, so that the list gives its room back while the leaves take theirs: of a
/// million ranges both together would be a third of all that reading a catalogue needs.
fn leaves_of(mut sorted: Vec<Owned>) -> Vec<Leaf> {
    let mut leaves = Vec::with_capacity(sorted.len().div_ceil(LEAF));
    while let Some(last) = sorted.chunks(LEAF).next_back() {
        let left = sorted.len().saturating_sub(last.len());
        leaves.push(Leaf::of(last));
        sorted.truncate(left);
        if left < sorted.capacity() / 2 {
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

    /// Clusters within clusters: cut after cut holds nearly everything.
    #[test]
    fn close_numbers_have_directories_of_their_own() {
        let tight = (0..1_000).map(|n| owned(n * 3));
        let wide = (1..1_000).map(|n| owned(n << 20));
        let far = [owned(1 << 55)];
        let ranges: Vec<Owned> = tight.chain(wide).chain(far).collect();
        let table = Table::of(ranges.clone());
        assert!(table.directories.len() > 2, "{:?}", table.directories.len());
        assert!(table.iter().eq(ranges.iter().copied()));
        for range in &ranges {
            assert_eq!(table.get(range.low), Some(*range));
            assert_eq!(table.get(range.high), Some(*range));
            assert_eq!(table.get(range.high + 1), None);
        }
        assert_eq!(table.get(u64::MAX), None);
        assert_eq!(Table::of(Vec::new()).get(0), None);
        // What is even has one.
        let even: Vec<Owned> = (0..1_000).map(|n| owned(n << 20)).collect();
        assert_eq!(Table::of(even).directories.len(), 1);
    }
}
