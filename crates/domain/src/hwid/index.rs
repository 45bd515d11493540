//! The hardware ids of whole brands, for those that are matched by hash only [MATCH-17].
//!
//! Not here: what a hardware id is ([`super`]).

use std::collections::BTreeMap;
use std::fmt;

use crate::brand::{Brand, BrandId};
use crate::matching::{Conflict, Index, Mode, Rule};

use super::{BLOCKS_MAX, Hwid, Identity, Kind, blocks, ranges};

/// Says why brands cannot be matched by hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HwidConflict {
    /// A brand has more blocks than [`BLOCKS_MAX`].
    Blocks {
        /// The brand.
        brand: BrandId,
        /// How many it has.
        found: u64,
    },
    /// The brands are in each other's way, or one has a bad range.
    Targets(Conflict),
}

impl fmt::Display for HwidConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocks { brand, found } => {
                write!(f, "{brand}: {found} blocks to hash, {BLOCKS_MAX} are allowed")
            }
            Self::Targets(conflict) => conflict.fmt(f),
        }
    }
}

/// The hardware ids of the brands that are matched by hash only.
#[derive(Clone, Debug, Default)]
pub struct HwidIndex {
    brands: Vec<BrandId>,
    /// Sorted: the hash, its kind, the brand's place.
    entries: Vec<(Hwid, Kind, u32)>,
}

impl HwidIndex {
    /// Hashes every value of these brands; 35 bytes and half a microsecond a block.
    ///
    /// # Errors
    /// All conflicts at once: too many blocks, bad ranges, what two of the brands both claim.
    pub fn build<'b>(
        brands: impl IntoIterator<Item = &'b Brand> + Clone,
    ) -> Result<Self, Vec<HwidConflict>> {
        let conflicts = Index::build(brands.clone()).err().unwrap_or_default();
        let mut conflicts: Vec<_> = conflicts.into_iter().map(HwidConflict::Targets).collect();
        let mut totals: BTreeMap<&BrandId, u64> = BTreeMap::new();
        for brand in brands.clone() {
            let total = totals.entry(&brand.id).or_default();
            *total = total.saturating_add(blocks(brand));
        }
        for (brand, found) in totals.into_iter().filter(|(_, found)| *found > BLOCKS_MAX) {
            conflicts.push(HwidConflict::Blocks { brand: brand.clone(), found });
        }
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
        let mut index = Self::default();
        for brand in brands {
            index.add(brand);
        }
        index.entries.sort_unstable();
        index.entries.dedup();
        Ok(index)
    }

    fn add(&mut self, brand: &Brand) {
        let place = u32::try_from(self.brands.len()).unwrap_or(u32::MAX);
        self.brands.push(brand.id.clone());
        let mut add = |identity: &Identity| {
            self.entries.push((identity.hwid(), identity.kind(), place));
        };
        let targets = &brand.targets;
        if Mode::Gsm.serves(brand.network) {
            for name in &targets.home_provider_names {
                Identity::of_value(Kind::GsmHpn, name).iter().for_each(&mut add);
            }
            for (kind, range) in ranges(brand) {
                for block in range.each_block() {
                    match kind {
                        Kind::GsmIccid => add(&Identity::GsmIccid(block)),
                        Kind::GsmImsi | Kind::GsmHpn | Kind::CdmaSid | Kind::CdmaName => {
                            add(&Identity::GsmImsi(block));
                        }
                    }
                }
            }
        }
        if Mode::Cdma.serves(brand.network) {
            targets.sids.iter().for_each(|sid| add(&Identity::CdmaSid(*sid)));
            for name in &targets.provider_names {
                Identity::of_value(Kind::CdmaName, name).iter().for_each(&mut add);
            }
        }
    }

    /// Finds the brand of the hardware ids that a client sent, by the rules' order.
    #[must_use]
    pub fn find(&self, hwids: &[Hwid]) -> Option<(&BrandId, Rule)> {
        let hits = hwids.iter().filter_map(|hwid| {
            let at = self.entries.partition_point(|(known, ..)| known < hwid);
            let (_, kind, place) = self.entries.get(at).filter(|(known, ..)| known == hwid)?;
            Some((*kind, self.brands.get(usize::try_from(*place).ok()?)?))
        });
        hits.min_by_key(|(kind, _)| *kind).map(|(kind, brand)| (brand, kind.rule()))
    }
}
