//! How long one match takes among 100,000 and 1,000,000 ranges, beside two yardsticks over the
//! same numbers: a sorted list searched by halving, and the crate `rangemap`.
//!
//! 65,536 prepared SIMs with ICCID and IMSI, half of them in a range; spread evenly, and in
//! clusters as issuers have them. `cargo bench -p domain`. Numbers that were seen are in
//! docs/benchmarks.md, and of other structures in `crates/domain/src/matching/table.rs`.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::amount::Currency;
use domain::brand::{Brand, BrandId, Colour, Look, Network, PortalSettings, Targets};
use domain::identity::{Iccid, Imsi};
use domain::matching::{Index, Sim, brand_of, find};
use rangemap::RangeInclusiveMap;

const SIMS: u64 = 65_536;
const BRANDS: u64 = 500;
/// Blocks behind the ICCID prefix 899901.
const SPACE: u64 = 1_000_000_000_000;

/// Mixes bits: the same number gives the same noise, always.
fn noise(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// How ranges lie.
#[derive(Clone, Copy)]
enum Lie {
    /// Over the whole space.
    Even,
    /// In 50 clusters that take a ten-thousandth of the space.
    Clustered,
}

/// Returns the first and the last block of the n-th of `count` ranges; behind it is a gap as long.
fn blocks(lie: Lie, n: u64, count: u64) -> (u64, u64) {
    let (start, pitch) = match lie {
        Lie::Even => (n * (SPACE / count), SPACE / count),
        Lie::Clustered => {
            let each = count / 50;
            let pitch = SPACE / 50 / 10_000 / each;
            (n / each * (SPACE / 50) + n % each * pitch, pitch)
        }
    };
    let low = start + noise(n) % (pitch / 4).max(1);
    (low, low + pitch / 2 - 1)
}

fn iccid(block: u64, last: u64) -> Iccid {
    Iccid::parse(&format!("899901{block:012}{last:02}")).expect("20 digits")
}

fn brands(lie: Lie, count: u64) -> Vec<Brand> {
    let mut brands: Vec<Brand> = (0..BRANDS)
        .map(|n| Brand {
            id: BrandId::parse(&format!("brand-{n}")).expect("an id"),
            name: String::new(),
            carrier_id: String::new(),
            network: Network::Gsm,
            currency: Currency::parse("EUR").expect("a currency"),
            targets: Targets::default(),
            connections: Vec::new(),
            look: Look { accent: Colour(0), accent_dark: Colour(0), support_phone: None },
            portal: PortalSettings::default(),
            plans: Vec::new(),
            reconnect_after_purchase: false,
        })
        .collect();
    for n in 0..count {
        let (low, high) = blocks(lie, n, count);
        let owner = usize::try_from(noise(n) % BRANDS).expect("small");
        let targets = &mut brands[owner].targets;
        targets.iccid_ranges.push((iccid(low, 0), iccid(high, 99)));
    }
    brands
}

fn sims(lie: Lie, count: u64) -> Vec<Sim> {
    let sim = |n| {
        let (low, high) = blocks(lie, noise(n) % count, count);
        let gap = if n % 2 == 0 { 0 } else { high - low + 1 };
        let block = low + noise(n + 1) % (high - low + 1) + gap;
        let imsi = Imsi::parse(&format!("00101{:010}", noise(n) % 10_000_000_000));
        Sim { iccid: Some(iccid(block, n % 100)), imsi: imsi.ok(), ..Sim::gsm() }
    };
    (0..SIMS).map(sim).collect()
}

fn number(sim: &Sim) -> u64 {
    let digits = sim.iccid.as_ref().expect("an ICCID").reveal();
    digits[..18].parse().expect("digits")
}

/// Ranges as the yardsticks keep them.
fn plain(lie: Lie, count: u64) -> Vec<(u64, u64, u32)> {
    let owned = |n| {
        let (low, high) = blocks(lie, n, count);
        let beginning = 899_901 * SPACE;
        let owner = u32::try_from(noise(n) % BRANDS).expect("small");
        (beginning + low, beginning + high, owner)
    };
    let mut ranges: Vec<_> = (0..count).map(owned).collect();
    ranges.sort_unstable();
    ranges
}

fn measure(c: &mut Criterion, name: &str, lie: Lie, count: u64) {
    let sims = sims(lie, count);
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(1));
    let mut next = sims.iter().cycle();
    let mut turn = || black_box(next.next().expect("a cycle has no end"));
    {
        let ranges = plain(lie, count);
        let lows: Vec<u64> = ranges.iter().map(|(low, _, _)| *low).collect();
        group.bench_function("yardstick: sorted list", |b| {
            b.iter(|| {
                let wanted = number(turn());
                let after = lows.partition_point(|low| *low <= wanted);
                let (_, high, brand) = ranges.get(after.checked_sub(1)?)?;
                (wanted <= *high).then_some(*brand)
            });
        });
        let map: RangeInclusiveMap<u64, u32> =
            ranges.iter().map(|(low, high, brand)| (*low..=*high, *brand)).collect();
        group.bench_function("yardstick: rangemap", |b| b.iter(|| map.get(&number(turn()))));
    }
    let index = Index::build(&brands(lie, count)).expect("no overlap");
    group.bench_function("range of an ICCID", |b| {
        b.iter(|| turn().iccid.as_ref().and_then(|iccid| index.by_iccid(iccid)));
    });
    group.bench_function("brand_of", |b| b.iter(|| brand_of(&index, turn())));
    group.bench_function("find, with its trace", |b| b.iter(|| find(&index, turn())));
    group.finish();
}

fn lookups(c: &mut Criterion) {
    measure(c, "100,000 even", Lie::Even, 100_000);
    measure(c, "1,000,000 even", Lie::Even, 1_000_000);
    measure(c, "1,000,000 clustered", Lie::Clustered, 1_000_000);
}

fn building(c: &mut Criterion) {
    let brands = brands(Lie::Even, 100_000);
    c.bench_function("build of 100,000", |b| b.iter(|| Index::build(&brands)));
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = lookups, building
}
criterion_main!(benches);
