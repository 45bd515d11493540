//! A sorted table of ranges that do not meet, for numbers of one length.
//!
//! Leaves of eight ranges lie behind a directory that is cut by value, not by rank: a lookup
//! reads one directory entry, halves what falls into the same cut, and counts through one leaf.
//! Where all ranges fall into one cut that is a plain search by halving, never worse.
//!
//! Measured on 2026-11-21 (2 cores of an AMD EPYC shared with other work, `cargo bench -p
//! domain`, 65,536 prepared numbers, half of them in a range, medians; DIRECTORY_ROWS).
//!
//! Not here: which numbers are looked up ([`super::Index`]).

/// The number of a brand within an index.
pub(super) type BrandNumber = u32;

/// Ranges in a leaf. Measured: 4 is as fast, 16 slower by a fifth.
const LEAF: usize = 8;

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

/// Ranges of blocks of one length, none of which meet.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    leaves: Vec<Leaf>,
    /// The first low of each leaf.
    firsts: Vec<u64>,
    /// For each cut, how many leaves begin before it.
    cuts: Vec<u32>,
    /// How far a number is shifted to give its cut.
    shift: u32,
}

impl Table {
    /// Arranges ranges that are sorted and do not meet.
    pub(super) fn of(sorted: &[Owned]) -> Self {
        let leaves: Vec<Leaf> = sorted.chunks(LEAF).map(Leaf::of).collect();
        let firsts: Vec<u64> = sorted.iter().step_by(LEAF).map(|range| range.low).collect();
        let mut table = Self { leaves, firsts, cuts: Vec::new(), shift: 0 };
        table.cut();
        table
    }

    /// Makes about as many cuts as there are leaves, all of one width.
    fn cut(&mut self) {
        let (Some(first), Some(last)) = (self.firsts.first(), self.firsts.last()) else { return };
        let span = last.saturating_sub(*first);
        let count = u64::try_from(self.firsts.len()).unwrap_or(u64::MAX);
        while span.checked_shr(self.shift).unwrap_or(0) > count {
            self.shift = self.shift.saturating_add(1);
        }
        let last_cut = span.checked_shr(self.shift).unwrap_or(0);
        let mut before = 0_u32;
        let mut firsts = self.firsts.iter().map(|low| low.saturating_sub(*first)).peekable();
        for cut in 0..=last_cut {
            while firsts.next_if(|low| low.checked_shr(self.shift).unwrap_or(0) < cut).is_some() {
                before = before.saturating_add(1);
            }
            self.cuts.push(before);
        }
        self.cuts.push(u32::try_from(self.firsts.len()).unwrap_or(u32::MAX));
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

    #[inline]
    fn before(&self, number: u64) -> Option<Owned> {
        let offset = number.checked_sub(*self.firsts.first()?)?;
        let last_cut = self.cuts.len().checked_sub(2)?;
        let cut = usize::try_from(offset.checked_shr(self.shift)?).unwrap_or(last_cut);
        let cut = cut.min(last_cut);
        let from = usize::try_from(*self.cuts.get(cut)?).ok()?;
        let to = usize::try_from(*self.cuts.get(cut.checked_add(1)?)?).ok()?;
        let within = self.firsts.get(from..to)?.partition_point(|first| *first <= number);
        self.leaves.get(from.checked_add(within)?.checked_sub(1)?)?.before(number)
    }
}
