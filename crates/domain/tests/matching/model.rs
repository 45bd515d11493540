//! The index against a naive matcher that goes through every target of every brand.

use domain::brand::{Brand, BrandId, Network};
use domain::identity::{Iccid, Imsi};
use domain::matching::{Index, Mode, Outcome, Rule, Sim, brand_of, find};
use proptest::prelude::*;

use crate::catalogue::a_brand;

/// Tells whether a brand's targets for that family of networks count.
fn serves(brand: &Brand, mode: Mode) -> bool {
    match brand.network {
        Network::Gsm => mode == Mode::Gsm,
        Network::Cdma => mode == Mode::Cdma,
        Network::Both => true,
    }
}

fn is_between(start: &str, number: &str, end: &str) -> bool {
    start.len() == number.len() && start <= number && number <= end
}

/// Tells whether a brand has that value of the SIM among its targets.
fn claims(brand: &Brand, rule: Rule, sim: &Sim) -> bool {
    let targets = &brand.targets;
    match rule {
        Rule::HomeProviderName => {
            sim.home_provider_name.as_ref().is_some_and(|n| targets.home_provider_names.contains(n))
        }
        Rule::Iccid => sim.iccid.as_ref().is_some_and(|iccid| {
            let mut ranges = targets.iccid_ranges.iter();
            ranges.any(|(low, high)| is_between(low.reveal(), iccid.reveal(), high.reveal()))
        }),
        Rule::Imsi => sim.imsi.as_ref().is_some_and(|imsi| {
            let mut ranges = targets.imsi_ranges.iter();
            ranges.any(|(low, high)| is_between(low.reveal(), imsi.reveal(), high.reveal()))
        }),
        Rule::Sid => sim.sid.is_some_and(|sid| targets.sids.contains(&sid)),
        Rule::ProviderName => {
            sim.provider_name.as_ref().is_some_and(|n| targets.provider_names.contains(n))
        }
    }
}

fn find_naively(brands: &[Brand], sim: &Sim) -> Option<(BrandId, Rule)> {
    let rules: &[Rule] = match sim.mode {
        Mode::Gsm if sim.pin_locked && sim.imsi.is_none() => &[],
        Mode::Gsm => &[Rule::HomeProviderName, Rule::Iccid, Rule::Imsi],
        Mode::Cdma => &[Rule::Sid, Rule::ProviderName],
    };
    rules.iter().find_map(|&rule| {
        let brand = brands.iter().find(|b| serves(b, sim.mode) && claims(b, rule, sim))?;
        Some((brand.id.clone(), rule))
    })
}

/// Tells whether two brands both claim something.
fn overlap(a: &Brand, b: &Brand) -> bool {
    let (s, t) = (&a.targets, &b.targets);
    let meet = |(l1, h1): (&str, &str), (l2, h2): (&str, &str)| {
        l1.len() == l2.len() && l1 <= h2 && l2 <= h1
    };
    let both = |mode| serves(a, mode) && serves(b, mode);
    let iccids = s.iccid_ranges.iter().any(|(l1, h1)| {
        let one = (l1.reveal(), h1.reveal());
        t.iccid_ranges.iter().any(|(l2, h2)| meet(one, (l2.reveal(), h2.reveal())))
    });
    let imsis = s.imsi_ranges.iter().any(|(l1, h1)| {
        let one = (l1.reveal(), h1.reveal());
        t.imsi_ranges.iter().any(|(l2, h2)| meet(one, (l2.reveal(), h2.reveal())))
    });
    let hpns = s.home_provider_names.iter().any(|name| t.home_provider_names.contains(name));
    let names = s.provider_names.iter().any(|name| t.provider_names.contains(name));
    let sids = s.sids.iter().any(|sid| t.sids.contains(sid));
    (both(Mode::Gsm) && (hpns || iccids || imsis)) || (both(Mode::Cdma) && (sids || names))
}

fn has_overlap(brands: &[Brand]) -> bool {
    let later = |i: usize| brands.iter().skip(i).skip(1);
    brands.iter().enumerate().any(|(i, a)| later(i).any(|b| a.id != b.id && overlap(a, b)))
}

/// Blocks of a hundred, few enough that ranges and SIMs meet.
const BLOCKS: u32 = 60;
const NAMES: [&str; 6] = ["Aurora", "Bris", "bris", "Fjell", "Fjell Mobil", "Ukjent"];

fn a_range() -> impl Strategy<Value = (u32, u32)> {
    (0..BLOCKS, 0..5_u32).prop_map(|(low, more)| (low, (low + more).min(BLOCKS - 1)))
}

fn some<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(prop::sample::select(values), 0..2)
}

/// A number of an ICCID or IMSI: a beginning, the block, two digits.
fn number(beginning: &str, block: u32, last: u32) -> String {
    format!("{beginning}{block:05}{last:02}")
}

const IMSI: &str = "00101000";
const ICCID_19: &str = "899901000000";
const ICCID_20: &str = "8999010000000";

fn a_brand_of(id: String) -> impl Strategy<Value = Brand> {
    let networks = vec![Network::Gsm, Network::Cdma, Network::Both, Network::Both];
    let ranges = || prop::collection::vec(a_range(), 0..4);
    let names = || some(NAMES.to_vec());
    let parts = (prop::sample::select(networks), names(), names(), some((0..6_u16).collect()));
    (parts, ranges(), ranges(), ranges()).prop_map(move |(parts, imsis, of_19, of_20)| {
        let (network, hpns, names, sids) = parts;
        let mut brand = a_brand(&id).network(network).hpns(&hpns).names(&names).sids(&sids);
        for (low, high) in imsis {
            brand = brand.imsis(&number(IMSI, low, 0), &number(IMSI, high, 99));
        }
        for (beginning, ranges) in [(ICCID_19, of_19), (ICCID_20, of_20)] {
            for (low, high) in ranges {
                brand = brand.iccids(&number(beginning, low, 0), &number(beginning, high, 99));
            }
        }
        brand.build()
    })
}

fn brands() -> impl Strategy<Value = Vec<Brand>> {
    // An id may come twice: brands of one id add up.
    prop::collection::vec(0..3_u8, 1..4).prop_flat_map(|ids| {
        ids.into_iter().map(|id| a_brand_of(format!("brand-{id}"))).collect::<Vec<_>>()
    })
}

/// Brands of which those are left out that overlap an earlier one.
fn sound_brands() -> impl Strategy<Value = Vec<Brand>> {
    brands().prop_map(|brands| {
        let mut sound: Vec<Brand> = Vec::new();
        for brand in brands {
            if !sound.iter().any(|b| b.id != brand.id && overlap(b, &brand)) {
                sound.push(brand);
            }
        }
        sound
    })
}

fn sims() -> impl Strategy<Value = Vec<Sim>> {
    prop::collection::vec(a_sim(), 1..30)
}

/// A SIM made of the bits of one number, which is much faster than a strategy a field.
fn a_sim() -> impl Strategy<Value = Sim> {
    any::<u64>().prop_map(|mut bits| {
        let mut below = |count: u32| {
            let value = bits % u64::from(count);
            bits /= u64::from(count);
            u32::try_from(value).expect("less than the count")
        };
        let name = |at: u32| usize::try_from(at).ok().and_then(|at| NAMES.get(at));
        Sim {
            mode: if below(2) == 0 { Mode::Gsm } else { Mode::Cdma },
            pin_locked: below(2) == 0,
            // One in each of these is none.
            home_provider_name: name(below(7)).map(|&name| name.to_owned()),
            provider_name: name(below(7)).map(|&name| name.to_owned()),
            sid: u16::try_from(below(7)).ok().filter(|sid| *sid < 6),
            iccid: [Some(ICCID_19), Some(ICCID_20), None][below(3) as usize].map(|beginning| {
                let number = number(beginning, below(BLOCKS), below(100));
                Iccid::parse(&number).expect("an ICCID")
            }),
            imsi: (below(3) > 0)
                .then(|| Imsi::parse(&number(IMSI, below(BLOCKS), below(100))).expect("an IMSI")),
        }
    })
}

proptest! {
    // 1,000 catalogues, 110 SIMs each.
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn an_index_finds_what_a_list_finds(
        brands in sound_brands(), sims in prop::collection::vec(a_sim(), 110),
    ) {
        let index = Index::build(&brands);
        prop_assert!(index.is_ok(), "[MATCH-23] {:?}", index);
        let index = index.unwrap_or_default();
        for sim in sims {
            let found = find(&index, &sim).found;
            // The way without words gives the same answer.
            let brand = brand_of(&index, &sim).and_then(|brand| index.brand(brand));
            prop_assert_eq!(brand, found.as_ref().map(|(brand, _)| brand), "{:?}", sim);
            prop_assert_eq!(found, find_naively(&brands, &sim), "{:?}", sim);
        }
    }
}

proptest! {
    #[test]
    fn an_index_is_refused_exactly_when_two_brands_overlap(brands in brands()) {
        prop_assert_eq!(Index::build(&brands).is_err(), has_overlap(&brands));
    }

    #[test]
    fn the_order_of_the_catalogue_does_not_matter(brands in sound_brands(), sims in sims()) {
        let reversed: Vec<Brand> = brands.iter().rev().cloned().collect();
        let there = Index::build(&brands).unwrap_or_default();
        let back = Index::build(&reversed).unwrap_or_default();
        for sim in sims {
            prop_assert_eq!(find(&there, &sim), find(&back, &sim));
        }
    }

    #[test]
    fn the_only_matched_line_of_a_trace_is_the_result(brands in sound_brands(), sims in sims()) {
        let index = Index::build(&brands).unwrap_or_default();
        for sim in sims {
            let result = find(&index, &sim);
            let lines = result.trace.iter();
            let decided = lines.clone().filter(|line| line.outcome == Outcome::Matched);
            let decided: Vec<_> = decided.map(|l| (l.brand.clone(), l.rule)).collect();
            let found: Vec<_> = result.found.iter().map(|(b, r)| (Some(b.clone()), *r)).collect();
            prop_assert_eq!(decided, found);
            // A line names a brand when it matched, or would have.
            let names = |o| matches!(o, Outcome::Matched | Outcome::Shadowed);
            prop_assert!(lines.clone().all(|l| l.brand.is_some() == names(l.outcome)));
            // What is shadowed comes behind what decided.
            let first = lines.map(|l| l.outcome).find(|outcome| names(*outcome));
            prop_assert_ne!(first, Some(Outcome::Shadowed));
        }
    }

    /// A brand that overlaps nobody takes a SIM over by an earlier rule, and only then.
    #[test]
    fn another_brand_changes_no_match_but_to_itself(
        brands in sound_brands(), new in a_brand_of("new".to_owned()), sims in sims(),
    ) {
        let with_new = [brands.clone(), vec![new.clone()]].concat();
        let Ok(after) = Index::build(&with_new) else { return Ok(()) };
        let before = Index::build(&brands).unwrap_or_default();
        for sim in sims {
            let (was, is) = (find(&before, &sim).found, find(&after, &sim).found);
            let is_new = is.as_ref().is_some_and(|(brand, _)| *brand == new.id);
            prop_assert!(is == was || is_new, "{:?} became {:?}", was, is);
            // Each list by itself keeps what it had.
            let kept = |old: Option<&BrandId>, now: Option<&BrandId>| old.is_none() || old == now;
            if let Some(imsi) = &sim.imsi {
                prop_assert!(kept(before.by_imsi(imsi), after.by_imsi(imsi)));
            }
            if let Some(iccid) = &sim.iccid {
                prop_assert!(kept(before.by_iccid(iccid), after.by_iccid(iccid)));
            }
            if let Some(name) = &sim.home_provider_name {
                prop_assert!(kept(before.by_home_provider(name), after.by_home_provider(name)));
            }
        }
    }

    #[test]
    fn an_imsi_with_a_brand_has_prefixes_with_one(brands in sound_brands(), sims in sims()) {
        let index = Index::build(&brands).unwrap_or_default();
        for imsi in sims.iter().filter_map(|sim| sim.imsi.as_ref()) {
            if index.by_imsi(imsi).is_some() {
                let prefixes = (0..=15).filter_map(|n| imsi.reveal().get(..n));
                prop_assert!(prefixes.into_iter().all(|digits| index.has_imsi_prefix(digits)));
            }
        }
    }
}
