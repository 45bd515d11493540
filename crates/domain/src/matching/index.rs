//! The index over all brands' targets: built once, immutable, refused as a whole on a conflict.
//!
//! Brands are numbered and ranges are kept as blocks in tables of their length ([`super::table`]):
//! a million ranges take 22 MB. Not here: the order of the rules ([`super::find`]).

use std::collections::BTreeMap;

use crate::brand::{Brand, BrandId};
use crate::identity::{Iccid, Imsi, masked};

use super::table::{BrandNumber, Owned, Table};
use super::{Block, Conflict, Mode, NumberRange, Rule, Target};

/// The most overlaps of ranges that are listed of one kind of number; whoever has more of them
/// has made one mistake, not ten thousand.
pub const OVERLAPS_MAX: usize = 10_000;

/// A brand of one [`Index`], by number: cheap to copy, and meaningless elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BrandIndex(BrandNumber);

/// Finds brands by each kind of target.
#[derive(Clone, Debug, Default)]
pub struct Index {
    brands: Vec<BrandId>,
    home_providers: BTreeMap<String, BrandIndex>,
    iccids_of_19: Table,
    iccids_of_20: Table,
    imsis: Table,
    sids: BTreeMap<u16, BrandIndex>,
    provider_names: BTreeMap<String, BrandIndex>,
}

/// A brand and the range of it that holds a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) brand: BrandIndex,
    pub(super) range: NumberRange,
}

impl Index {
    /// Indexes the targets of all brands, those of one id together. Takes O(n log n).
    ///
    /// # Errors
    /// All conflicts at once: bad ranges, and what two brands both claim [MATCH-20], [MATCH-23],
    /// of ranges each pair that meets, up to [`OVERLAPS_MAX`].
    pub fn build<'b>(brands: impl IntoIterator<Item = &'b Brand>) -> Result<Self, Vec<Conflict>> {
        let mut builder = Builder::default();
        for brand in brands {
            builder.add(brand);
        }
        builder.finish()
    }

    /// Returns the id of a brand of this index.
    #[must_use]
    pub fn brand(&self, brand: BrandIndex) -> Option<&BrandId> {
        self.brands.get(usize::try_from(brand.0).ok()?)
    }

    /// Returns the brand of a home provider name; padding behind it does not count [MATCH-21].
    #[must_use]
    pub fn by_home_provider(&self, name: &str) -> Option<&BrandId> {
        self.brand(self.home_provider(name)?)
    }

    /// Returns the brand of an ICCID.
    #[must_use]
    pub fn by_iccid(&self, iccid: &Iccid) -> Option<&BrandId> {
        self.brand(self.iccid_brand(Block::of_iccid(iccid))?)
    }

    /// Returns the brand of an IMSI of 15 digits.
    #[must_use]
    pub fn by_imsi(&self, imsi: &Imsi) -> Option<&BrandId> {
        self.brand(self.imsi_brand(Block::of_imsi(imsi))?)
    }

    /// Returns the brand of a system id.
    #[must_use]
    pub fn by_sid(&self, sid: u16) -> Option<&BrandId> {
        self.brand(self.sid(sid)?)
    }

    /// Returns the brand of a CDMA provider name.
    #[must_use]
    pub fn by_provider_name(&self, name: &str) -> Option<&BrandId> {
        self.brand(self.provider_name(name)?)
    }

    /// Returns the brand of a block of ICCIDs or IMSIs, and the range that holds it; the other
    /// rules compare no blocks.
    #[must_use]
    pub fn by_block(&self, rule: Rule, block: Block) -> Option<(BrandId, Target)> {
        let hit = match rule {
            Rule::Iccid => self.iccid_block(block),
            Rule::Imsi => self.imsi_block(block),
            Rule::HomeProviderName | Rule::Sid | Rule::ProviderName => None,
        }?;
        Some((self.brand(hit.brand)?.clone(), Target::Range(hit.range)))
    }

    /// Tells whether some brand's IMSI range holds numbers with this beginning [PORT-22]; none
    /// begins with anything but digits.
    #[must_use]
    pub fn has_imsi_prefix(&self, digits: &str) -> bool {
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return false;
        }
        let Some(padding) = 15_usize.checked_sub(digits.len()) else {
            return false;
        };
        let low = Imsi::parse(&format!("{digits}{}", "0".repeat(padding)));
        let high = Imsi::parse(&format!("{digits}{}", "9".repeat(padding)));
        match (low, high) {
            (Ok(low), Ok(high)) => {
                let (low, high) = (Block::of_imsi(&low), Block::of_imsi(&high));
                self.imsis.touches(low.number(), high.number())
            }
            _ => false,
        }
    }

    pub(super) fn home_provider(&self, name: &str) -> Option<BrandIndex> {
        self.home_providers.get(without_padding(name)).copied()
    }

    #[inline]
    pub(super) fn iccid_block(&self, block: Block) -> Option<Hit> {
        match block.digits() {
            19 => hit(&self.iccids_of_19, block),
            20 => hit(&self.iccids_of_20, block),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn imsi_block(&self, block: Block) -> Option<Hit> {
        if block.digits() == 15 { hit(&self.imsis, block) } else { None }
    }

    #[inline]
    pub(super) fn iccid_brand(&self, block: Block) -> Option<BrandIndex> {
        match block.digits() {
            19 => self.iccids_of_19.get(block.number()).map(|owned| BrandIndex(owned.brand)),
            20 => self.iccids_of_20.get(block.number()).map(|owned| BrandIndex(owned.brand)),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn imsi_brand(&self, block: Block) -> Option<BrandIndex> {
        if block.digits() != 15 {
            return None;
        }
        self.imsis.get(block.number()).map(|owned| BrandIndex(owned.brand))
    }

    pub(super) fn sid(&self, sid: u16) -> Option<BrandIndex> {
        self.sids.get(&sid).copied()
    }

    pub(super) fn provider_name(&self, name: &str) -> Option<BrandIndex> {
        self.provider_names.get(name).copied()
    }

    /// Goes through all ranges, in order of their numbers.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (Rule, Hit)> + '_ {
        let of = |rule, digits, table: &Table| {
            let ranges: Vec<Owned> = table.iter().collect();
            ranges.into_iter().map(move |owned| (rule, hit_of(digits, owned)))
        };
        let iccids = of(Rule::Iccid, 19, &self.iccids_of_19);
        let iccids = iccids.chain(of(Rule::Iccid, 20, &self.iccids_of_20));
        iccids.chain(of(Rule::Imsi, 15, &self.imsis))
    }

    /// Goes through all names of a list and their brands.
    pub(super) fn names(&self, rule: Rule) -> impl Iterator<Item = (&str, BrandIndex)> {
        let names = match rule {
            Rule::HomeProviderName => Some(&self.home_providers),
            Rule::ProviderName => Some(&self.provider_names),
            Rule::Iccid | Rule::Imsi | Rule::Sid => None,
        };
        names.into_iter().flatten().map(|(name, brand)| (name.as_str(), *brand))
    }

    /// Goes through all system ids and their brands.
    pub(super) fn all_sids(&self) -> impl Iterator<Item = (u16, BrandIndex)> {
        self.sids.iter().map(|(sid, brand)| (*sid, *brand))
    }
}

fn hit(table: &Table, block: Block) -> Option<Hit> {
    table.get(block.number()).map(|owned| hit_of(block.digits(), owned))
}

fn hit_of(digits: u8, owned: Owned) -> Hit {
    let range = NumberRange::of_blocks(digits, owned.low, owned.high);
    Hit { brand: BrandIndex(owned.brand), range }
}

/// Returns a home provider name without the blanks and NULs that SIM files put behind it; both
/// the index and the question go through here [MATCH-21].
pub(super) fn without_padding(name: &str) -> &str {
    name.trim_end_matches([' ', '\0'])
}

/// What is known before the ranges are sorted.
#[derive(Default)]
struct Builder {
    index: Index,
    numbers: BTreeMap<BrandId, BrandIndex>,
    iccids_of_19: Vec<Owned>,
    iccids_of_20: Vec<Owned>,
    imsis: Vec<Owned>,
    conflicts: Vec<Conflict>,
}

impl Builder {
    fn add(&mut self, brand: &Brand) {
        let number = self.number(&brand.id);
        let targets = &brand.targets;
        if Mode::Gsm.serves(brand.network) {
            for name in &targets.home_provider_names {
                self.add_name(Rule::HomeProviderName, number, brand, without_padding(name));
            }
            for (start, end) in &targets.iccid_ranges {
                let range = NumberRange::of_iccids(start, end);
                let range = range.map_err(|fault| (masked(start.reveal()), fault));
                self.add_range(Rule::Iccid, number, brand, range);
            }
            for (start, end) in &targets.imsi_ranges {
                let range = NumberRange::of_imsis(start, end);
                let range = range.map_err(|fault| (masked(start.reveal()), fault));
                self.add_range(Rule::Imsi, number, brand, range);
            }
        }
        if Mode::Cdma.serves(brand.network) {
            for sid in &targets.sids {
                self.add_sid(*sid, number, brand);
            }
            for name in &targets.provider_names {
                self.add_name(Rule::ProviderName, number, brand, name);
            }
        }
    }

    fn number(&mut self, id: &BrandId) -> BrandIndex {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let next = u32::try_from(self.index.brands.len()).unwrap_or(u32::MAX);
        self.index.brands.push(id.clone());
        self.numbers.insert(id.clone(), BrandIndex(next));
        BrandIndex(next)
    }

    fn add_name(&mut self, rule: Rule, number: BrandIndex, brand: &Brand, name: &str) {
        if name.trim().is_empty() {
            self.conflicts.push(Conflict::EmptyName { brand: brand.id.clone(), rule });
            return;
        }
        let names = match rule {
            Rule::ProviderName => &mut self.index.provider_names,
            Rule::HomeProviderName | Rule::Iccid | Rule::Imsi | Rule::Sid => {
                &mut self.index.home_providers
            }
        };
        let first = *names.entry(name.to_owned()).or_insert(number);
        if first != number {
            self.claimed_twice(rule, first, number, name.to_owned(), None);
        }
    }

    fn add_sid(&mut self, sid: u16, number: BrandIndex, brand: &Brand) {
        let first = *self.index.sids.entry(sid).or_insert(number);
        debug_assert_eq!(self.index.brand(number), Some(&brand.id));
        if first != number {
            self.claimed_twice(Rule::Sid, first, number, sid.to_string(), None);
        }
    }

    fn add_range(
        &mut self,
        rule: Rule,
        number: BrandIndex,
        brand: &Brand,
        range: Result<NumberRange, (String, super::RangeFault)>,
    ) {
        match range {
            Ok(range) => {
                let (low, high) = (range.low().number(), range.high().number());
                let list = match range.low().digits() {
                    19 => &mut self.iccids_of_19,
                    20 => &mut self.iccids_of_20,
                    _ => &mut self.imsis,
                };
                list.push(Owned { low, high, brand: number.0 });
            }
            Err((start, fault)) => {
                let brand = brand.id.clone();
                self.conflicts.push(Conflict::Range { brand, rule, start, fault });
            }
        }
    }

    fn claimed_twice(
        &mut self,
        rule: Rule,
        first: BrandIndex,
        second: BrandIndex,
        value: String,
        ranges: Option<(NumberRange, NumberRange)>,
    ) {
        let id = |brand| self.index.brand(brand).cloned();
        if let (Some(first), Some(second)) = (id(first), id(second)) {
            self.conflicts.push(Conflict::Overlap { first, second, rule, value, ranges });
        }
    }

    fn finish(mut self) -> Result<Index, Vec<Conflict>> {
        self.index.iccids_of_19 = self.table(Rule::Iccid, 19);
        self.index.iccids_of_20 = self.table(Rule::Iccid, 20);
        self.index.imsis = self.table(Rule::Imsi, 15);
        if self.conflicts.is_empty() { Ok(self.index) } else { Err(self.conflicts) }
    }

    /// Sorts the ranges of one length and reports those of two brands that meet.
    fn table(&mut self, rule: Rule, digits: u8) -> Table {
        let list = match digits {
            19 => &mut self.iccids_of_19,
            20 => &mut self.iccids_of_20,
            _ => &mut self.imsis,
        };
        let ranges = merged(std::mem::take(list));
        // Ranges of one brand do not meet any more, so that what is open are pairs to report.
        let mut open: Vec<Owned> = Vec::new();
        let mut reported = 0_usize;
        for range in &ranges {
            open.retain(|earlier| earlier.high >= range.low);
            for earlier in open.iter().take(OVERLAPS_MAX.saturating_sub(reported)) {
                let (first, second) = (hit_of(digits, *earlier), hit_of(digits, *range));
                let value = format!("range from {}", masked(&second.range.start()));
                let both = Some((first.range, second.range));
                self.claimed_twice(rule, first.brand, second.brand, value, both);
                reported = reported.saturating_add(1);
            }
            if reported == OVERLAPS_MAX {
                break;
            }
            open.push(*range);
        }
        Table::of(ranges)
    }
}

/// Joins ranges of one brand that meet, and sorts all by where they start.
fn merged(mut ranges: Vec<Owned>) -> Vec<Owned> {
    ranges.sort_unstable_by_key(|range| (range.brand, range.low, range.high));
    ranges.dedup_by(|next, kept| {
        let meets = next.brand == kept.brand && next.low <= kept.high;
        if meets {
            kept.high = kept.high.max(next.high);
        }
        meets
    });
    ranges.sort_unstable_by_key(|range| (range.low, range.brand));
    ranges
}
