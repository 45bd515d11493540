//! The index over all brands' targets: built once, immutable, refused as a whole on a conflict.
//!
//! Ranges are kept as blocks of a hundred numbers, which is what matching is about ([MATCH-12],
//! [MATCH-13]) and what makes a 20-digit ICCID fit 64 bits. Not here: the order of the rules.

use std::collections::BTreeMap;
use std::fmt;

use crate::brand::{Brand, BrandId};
use crate::identity::{Iccid, Imsi, masked};

use super::{Mode, Rule};

/// Says why a single range is refused [MATCH-24].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeFault {
    /// The two ends have different lengths.
    Lengths,
    /// The start does not end in `00` [MATCH-13].
    Start,
    /// The end does not end in `99` [MATCH-13].
    End,
    /// The start is behind the end.
    Order,
    /// An IMSI range whose ends have not 15 digits.
    ImsiLength,
    /// An ICCID range with an end that does not begin with 89.
    IccidPrefix,
}

/// Says why a catalogue cannot be indexed; names brands, masks numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// One range is no range.
    Range {
        /// The brand that has it.
        brand: BrandId,
        /// Which list it is in.
        rule: Rule,
        /// Masked start of the range.
        start: String,
        /// What is wrong with it.
        fault: RangeFault,
    },
    /// Two brands claim the same number or name [MATCH-23].
    Overlap {
        /// The brand met first: earlier in the catalogue, of ranges the one that starts lower.
        first: BrandId,
        /// The brand that claims it too.
        second: BrandId,
        /// Which list it is in.
        rule: Rule,
        /// The name, or the masked start of the later range.
        value: String,
    },
    /// A name with nothing in it [MATCH-21].
    EmptyName {
        /// The brand that has it.
        brand: BrandId,
        /// Which list it is in.
        rule: Rule,
    },
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range { brand, rule, start, fault } => {
                let what = match fault {
                    RangeFault::Lengths => "has ends of different lengths",
                    RangeFault::Start => "must start with a number that ends in 00",
                    RangeFault::End => "must end with a number that ends in 99",
                    RangeFault::Order => "starts behind its end",
                    RangeFault::ImsiLength => "needs IMSIs of 15 digits",
                    RangeFault::IccidPrefix => "needs ICCIDs that begin with 89",
                };
                write!(f, "{brand}: the {} range from {start} {what}", rule.name())
            }
            Self::Overlap { first, second, rule, value } => {
                write!(f, "{first} and {second} both claim the {} {value}", rule.name())
            }
            Self::EmptyName { brand, rule } => write!(f, "{brand}: an empty {}", rule.name()),
        }
    }
}

/// Finds brands by each kind of target.
#[derive(Clone, Debug, Default)]
pub struct Index {
    home_providers: BTreeMap<String, BrandId>,
    iccids: Blocks,
    imsis: Blocks,
    sids: BTreeMap<u16, BrandId>,
    provider_names: BTreeMap<String, BrandId>,
}

impl Index {
    /// Indexes the targets of all brands.
    ///
    /// # Errors
    /// All conflicts at once: bad ranges, and what two brands both claim [MATCH-20], [MATCH-23];
    /// of ranges, each that meets an earlier one is named once.
    pub fn build<'b>(brands: impl IntoIterator<Item = &'b Brand>) -> Result<Self, Vec<Conflict>> {
        let mut index = Self::default();
        let mut conflicts = Vec::new();
        for brand in brands {
            if Mode::Gsm.serves(brand.network) {
                index.add_gsm(brand, &mut conflicts);
            }
            if Mode::Cdma.serves(brand.network) {
                index.add_cdma(brand, &mut conflicts);
            }
        }
        index.iccids.sort(Rule::Iccid, &mut conflicts);
        index.imsis.sort(Rule::Imsi, &mut conflicts);
        if conflicts.is_empty() { Ok(index) } else { Err(conflicts) }
    }

    fn add_gsm(&mut self, brand: &Brand, conflicts: &mut Vec<Conflict>) {
        for name in &brand.targets.home_provider_names {
            let name = without_padding(name);
            add_name(&mut self.home_providers, Rule::HomeProviderName, brand, name, conflicts);
        }
        for (start, end) in &brand.targets.iccid_ranges {
            let is_telecom = [start, end].iter().all(|iccid| iccid.reveal().starts_with("89"));
            let fault = (!is_telecom).then_some(RangeFault::IccidPrefix);
            self.iccids.add(&brand.id, Rule::Iccid, start.reveal(), end.reveal(), fault, conflicts);
        }
        for (start, end) in &brand.targets.imsi_ranges {
            let is_full = start.reveal().len() == 15 && end.reveal().len() == 15;
            let fault = (!is_full).then_some(RangeFault::ImsiLength);
            self.imsis.add(&brand.id, Rule::Imsi, start.reveal(), end.reveal(), fault, conflicts);
        }
    }

    fn add_cdma(&mut self, brand: &Brand, conflicts: &mut Vec<Conflict>) {
        for sid in &brand.targets.sids {
            match self.sids.get(sid).cloned() {
                Some(first) if first != brand.id => {
                    let second = brand.id.clone();
                    let value = sid.to_string();
                    conflicts.push(Conflict::Overlap { first, second, rule: Rule::Sid, value });
                }
                Some(_) => {}
                None => {
                    self.sids.insert(*sid, brand.id.clone());
                }
            }
        }
        for name in &brand.targets.provider_names {
            add_name(&mut self.provider_names, Rule::ProviderName, brand, name, conflicts);
        }
    }

    /// Returns the brand of a home provider name; padding behind it does not count [MATCH-21].
    #[must_use]
    pub fn by_home_provider(&self, name: &str) -> Option<&BrandId> {
        self.home_providers.get(without_padding(name))
    }

    /// Returns the brand of an ICCID.
    #[must_use]
    pub fn by_iccid(&self, iccid: &Iccid) -> Option<&BrandId> {
        self.iccids.get(iccid.reveal())
    }

    /// Returns the brand of an IMSI of 15 digits.
    #[must_use]
    pub fn by_imsi(&self, imsi: &Imsi) -> Option<&BrandId> {
        self.imsis.get(imsi.reveal())
    }

    /// Returns the brand of a system id.
    #[must_use]
    pub fn by_sid(&self, sid: u16) -> Option<&BrandId> {
        self.sids.get(&sid)
    }

    /// Returns the brand of a CDMA provider name.
    #[must_use]
    pub fn by_provider_name(&self, name: &str) -> Option<&BrandId> {
        self.provider_names.get(name)
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
        let low = format!("{digits}{}", "0".repeat(padding));
        let high = format!("{digits}{}", "9".repeat(padding));
        match (block(&low), block(&high)) {
            (Some(low), Some(high)) => self.imsis.touches(low, high),
            _ => false,
        }
    }
}

/// Returns a home provider name without the blanks and NULs that SIM files put behind it; both
/// the index and the question go through here [MATCH-21].
pub(super) fn without_padding(name: &str) -> &str {
    name.trim_end_matches([' ', '\0'])
}

fn add_name(
    names: &mut BTreeMap<String, BrandId>,
    rule: Rule,
    brand: &Brand,
    name: &str,
    conflicts: &mut Vec<Conflict>,
) {
    if name.trim().is_empty() {
        conflicts.push(Conflict::EmptyName { brand: brand.id.clone(), rule });
        return;
    }
    match names.get(name).cloned() {
        Some(first) if first != brand.id => {
            let (second, value) = (brand.id.clone(), name.to_owned());
            conflicts.push(Conflict::Overlap { first, second, rule, value });
        }
        Some(_) => {}
        None => {
            names.insert(name.to_owned(), brand.id.clone());
        }
    }
}

/// A number without its last two digits, with its length before it: numbers of different
/// lengths never meet, leading zeros count [MATCH-16].
type Block = (usize, u64);

fn block(digits: &str) -> Option<Block> {
    let kept = digits.get(..digits.len().checked_sub(2)?)?;
    kept.parse().ok().map(|number| (digits.len(), number))
}

#[derive(Clone, Debug)]
struct Range {
    low: Block,
    high: Block,
    brand: BrandId,
    masked_start: String,
}

/// Sorted ranges of blocks that do not meet, searched by halving.
#[derive(Clone, Debug, Default)]
struct Blocks(Vec<Range>);

impl Blocks {
    fn add(
        &mut self,
        brand: &BrandId,
        rule: Rule,
        start: &str,
        end: &str,
        fault: Option<RangeFault>,
        conflicts: &mut Vec<Conflict>,
    ) {
        let fault = fault.or_else(|| range_fault(start, end));
        match (fault, block(start), block(end)) {
            (None, Some(low), Some(high)) => {
                self.0.push(Range { low, high, brand: brand.clone(), masked_start: masked(start) });
            }
            (fault, _, _) => conflicts.push(Conflict::Range {
                brand: brand.clone(),
                rule,
                start: masked(start),
                fault: fault.unwrap_or(RangeFault::Lengths),
            }),
        }
    }

    fn sort(&mut self, rule: Rule, conflicts: &mut Vec<Conflict>) {
        self.0.sort_by_key(|range| (range.low, range.high));
        let mut merged: Vec<Range> = Vec::with_capacity(self.0.len());
        for range in std::mem::take(&mut self.0) {
            match merged.last_mut() {
                Some(last) if range.low <= last.high && range.brand == last.brand => {
                    last.high = last.high.max(range.high);
                }
                Some(last) if range.low <= last.high => {
                    conflicts.push(Conflict::Overlap {
                        first: last.brand.clone(),
                        second: range.brand.clone(),
                        rule,
                        value: format!("range from {}", range.masked_start),
                    });
                    // What follows is compared with the range that reaches furthest.
                    if range.high > last.high {
                        *last = range;
                    }
                }
                _ => merged.push(range),
            }
        }
        self.0 = merged;
    }

    fn get(&self, digits: &str) -> Option<&BrandId> {
        let wanted = block(digits)?;
        let after = self.0.partition_point(|range| range.low <= wanted);
        let range = self.0.get(after.checked_sub(1)?)?;
        (wanted <= range.high).then_some(&range.brand)
    }

    fn touches(&self, low: Block, high: Block) -> bool {
        let after = self.0.partition_point(|range| range.low <= high);
        let range = after.checked_sub(1).and_then(|at| self.0.get(at));
        range.is_some_and(|range| low <= range.high)
    }
}

fn range_fault(start: &str, end: &str) -> Option<RangeFault> {
    if start.len() != end.len() {
        Some(RangeFault::Lengths)
    } else if !start.ends_with("00") {
        Some(RangeFault::Start)
    } else if !end.ends_with("99") {
        Some(RangeFault::End)
    } else if start > end {
        Some(RangeFault::Order)
    } else {
        None
    }
}
