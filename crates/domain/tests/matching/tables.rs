//! Tables of many ranges, evenly spread or not: every edge of every range is where it should be.

use domain::brand::Brand;
use domain::identity::Iccid;
use domain::matching::Index;
use proptest::prelude::*;

use crate::catalogue::a_brand;

/// Blocks before a range, and blocks of it: of every order of magnitude.
type Piece = (u64, u64);

/// Clusters of ranges, each of an order of magnitude of its own: the tighter ones need
/// directories of their own.
fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let cluster = (0..40_u32, prop::collection::vec(any::<(u32, u32)>(), 1..700));
    let pieces = |(magnitude, seeds): (u32, Vec<(u32, u32)>)| {
        let scaled = move |seed: u32| u64::from(seed) % (1 << magnitude.min(31));
        seeds
            .into_iter()
            .map(move |(gap, more)| (scaled(gap) << magnitude.saturating_sub(31), scaled(more)))
    };
    let clusters = prop::collection::vec(cluster, 1..5);
    clusters.prop_map(move |clusters| clusters.into_iter().flat_map(pieces).collect())
}

fn iccid(block: u64, last: u32) -> Option<Iccid> {
    Iccid::parse(&format!("89{block:016}{last:02}")).ok()
}

/// Lays pieces one behind the other, brand after brand in turn.
fn lay(pieces: &[Piece]) -> Vec<(u64, u64, usize)> {
    let mut next = 0;
    let mut laid = Vec::new();
    for (at, (gap, more)) in pieces.iter().enumerate() {
        let (low, high) = (next + gap, next + gap + more);
        laid.push((low, high, at % 3));
        next = high + 1;
    }
    laid
}

fn brands(laid: &[(u64, u64, usize)]) -> Vec<Brand> {
    let mut brands: Vec<Brand> = (0..3).map(|n| a_brand(&format!("b{n}")).build()).collect();
    // The order of the lists does not matter either.
    for (low, high, owner) in laid.iter().rev() {
        let range = (iccid(*low, 0).expect("20 digits"), iccid(*high, 99).expect("20 digits"));
        brands[*owner].targets.iccid_ranges.push(range);
    }
    brands
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_range_begins_and_ends_where_it_should(pieces in pieces()) {
        let laid = lay(&pieces);
        let index = Index::build(&brands(&laid)).expect("pieces do not meet");
        let owner = |block| {
            let holds = |(low, high, _): &&(u64, u64, usize)| (*low..=*high).contains(&block);
            // Ranges are sorted, so that what is near is enough.
            let after = laid.partition_point(|(low, ..)| *low <= block);
            let near = laid.get(after.saturating_sub(2)..after).unwrap_or_default();
            near.iter().rev().find(holds).map(|(.., owner)| format!("b{owner}"))
        };
        for (low, high, _) in &laid {
            let mid = low + (high - low) / 2;
            for block in [low.saturating_sub(1), *low, mid, *high, high + 1] {
                let found = index.by_iccid(&iccid(block, 42).expect("20 digits"));
                let found = found.map(ToString::to_string);
                prop_assert_eq!(found, owner(block), "[MATCH-23] block {}", block);
            }
        }
        // In front of everything and behind it.
        let last = iccid(9_999_999_999_999_999, 99).expect("20 digits");
        prop_assert_eq!(index.by_iccid(&last), None);
    }
}
