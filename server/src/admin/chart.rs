//! The ranges around a number, as a picture and as rows that say the same.
//!
//! Drawn on the server, without scripts. Not here: which range decides.

use std::collections::BTreeMap;

use domain::brand::{Brand, BrandId};
use domain::matching::{Block, NumberRange, Rule};

use crate::http::reply::escape;

/// Most ranges on each side of the number.
const SIDE_MAX: usize = 5;
/// Where bars begin, in units of the picture.
const LEFT: u64 = 150;
/// How far they reach.
const WIDTH: u64 = 560;
/// The height of a row of them.
const LANE: u64 = 28;

/// A range and whose it is.
pub struct Bar {
    /// The brand.
    pub brand: BrandId,
    /// The range.
    pub range: NumberRange,
}

/// Finds the ranges around a block, in order of their numbers.
#[must_use]
pub fn around(brands: &BTreeMap<BrandId, Brand>, rule: Rule, block: Block) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for (id, brand) in brands {
        let ranges: Vec<NumberRange> = match rule {
            Rule::Iccid => {
                let ranges = brand.targets.iccid_ranges.iter();
                ranges.filter_map(|(from, to)| NumberRange::of_iccids(from, to).ok()).collect()
            }
            Rule::Imsi => {
                let ranges = brand.targets.imsi_ranges.iter();
                ranges.filter_map(|(from, to)| NumberRange::of_imsis(from, to).ok()).collect()
            }
            Rule::HomeProviderName | Rule::Sid | Rule::ProviderName => Vec::new(),
        };
        let alike = ranges.into_iter().filter(|range| range.low().digits() == block.digits());
        bars.extend(alike.map(|range| Bar { brand: id.clone(), range }));
    }
    bars.sort_by_key(|bar| bar.range);
    let at = bars.partition_point(|bar| bar.range.high() < block);
    bars.truncate(at.saturating_add(SIDE_MAX).saturating_add(1));
    bars.drain(..at.saturating_sub(SIDE_MAX));
    bars
}

/// Draws ranges and the place of a block among them; nothing where there is no range.
#[must_use]
pub fn svg(title: &str, bars: &[Bar], block: Block) -> String {
    let numbers = bars.iter().flat_map(|bar| [bar.range.low().number(), bar.range.high().number()]);
    let numbers = numbers.chain([block.number()]);
    let (Some(low), Some(high), false) = (numbers.clone().min(), numbers.max(), bars.is_empty())
    else {
        return String::new();
    };
    let span = u128::from(high.saturating_sub(low).max(1));
    let place = |number: u64| {
        let far = u128::from(number.saturating_sub(low)).saturating_mul(u128::from(WIDTH));
        LEFT.saturating_add(u64::try_from(far.div_euclid(span)).unwrap_or(WIDTH))
    };
    let mut lanes: Vec<&BrandId> = bars.iter().map(|bar| &bar.brand).collect();
    lanes.sort();
    lanes.dedup();
    let count = u64::try_from(lanes.len()).unwrap_or(0);
    let height = count.saturating_mul(LANE).saturating_add(8);
    let mut picture = format!(
        "<svg class=\"ranges\" viewBox=\"0 0 720 {height}\" role=\"img\"><title>{}</title>",
        escape(title)
    );
    for (brand, lane) in lanes.iter().zip(0_u64..) {
        let top = lane.saturating_mul(LANE).saturating_add(4);
        let (base, axis) = (top.saturating_add(16), top.saturating_add(11));
        let name = escape(brand.as_str());
        picture.push_str(&format!(
            "<text x=\"0\" y=\"{base}\">{name}</text>\
             <path class=\"lane\" d=\"M{LEFT} {axis}h{WIDTH}\"/>"
        ));
        for bar in bars.iter().filter(|bar| bar.brand == **brand) {
            let from = place(bar.range.low().number());
            let width = place(bar.range.high().number()).saturating_sub(from).max(3);
            let class = if bar.range.contains(block) { "bar hit" } else { "bar" };
            picture.push_str(&format!(
                "<rect class=\"{class}\" x=\"{from}\" y=\"{top}\" width=\"{width}\" \
                 height=\"22\" rx=\"3\"/>"
            ));
        }
    }
    let at = place(block.number());
    picture.push_str(&format!("<path class=\"mark\" d=\"M{at} 0v{height}\"/></svg>"));
    picture
}

#[cfg(test)]
mod tests {
    use domain::identity::{Iccid, Imsi};

    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn the_range_that_holds_the_number_is_marked_and_all_lie_in_the_picture() {
        let catalog = Catalog::demo();
        let iccid = Iccid::parse("89990132000000000002").expect("an ICCID");
        let block = Block::of_iccid(&iccid);
        let bars = around(&catalog.brands, Rule::Iccid, block);
        let held: Vec<_> = bars.iter().filter(|bar| bar.range.contains(block)).collect();
        assert_eq!(held.len(), 1);
        assert_eq!(held[0].brand.as_str(), "aurora");
        let picture = svg("ICCID & ranges", &bars, block);
        assert!(picture.contains("<title>ICCID &amp; ranges</title>"), "{picture}");
        assert_eq!(picture.matches("bar hit").count(), 1, "{picture}");
        assert!(!picture.contains("89990132000000000002"), "{picture}");
    }

    #[test]
    fn without_ranges_there_is_no_picture() {
        let imsi = Imsi::parse("001012200000000").expect("an IMSI");
        let block = Block::of_imsi(&imsi);
        assert!(around(&BTreeMap::new(), Rule::Imsi, block).is_empty());
        assert_eq!(svg("IMSI", &[], block), "");
    }
}
