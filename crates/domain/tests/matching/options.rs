//! The options of 04-matching §4.3: which identities each of them decides by.

use std::collections::BTreeSet;

use domain::matching::{Index, Rule, find};

use crate::catalogue::{f1, f2, f3, f4, f5, f6};
use crate::gsm;

/// SIMs of all kinds: each name, each ICCID bucket of the fixtures, IMSIs all over the network.
fn each_rule_that_decides(index: &Index) -> BTreeSet<&'static str> {
    let mut rules = BTreeSet::new();
    for name in ["", "Fjell Mobil", "Aurora", "Bris", "Ukjent"] {
        for bucket in 0..100 {
            for tenth in 0..20 {
                let iccid = format!("899901{bucket:02}000000000042");
                let imsi = format!("00101{:010}", tenth * 500_000_000_u64 + 17);
                let found = find(index, &gsm(name, &iccid, &imsi)).found;
                rules.extend(found.map(|(_, rule)| rule.name()));
            }
        }
    }
    rules
}

#[test]
fn each_option_decides_by_its_own_identities() {
    let (name, iccid, imsi) = (Rule::HomeProviderName, Rule::Iccid, Rule::Imsi);
    for (id, brands, expected) in [
        ("[MATCH-48] option 1", f1(), vec![imsi]),
        ("[MATCH-49] option 2", f2(), vec![iccid]),
        ("[MATCH-50] option 3", f3(), vec![iccid, imsi]),
        ("[MATCH-51] option 4", f4(), vec![iccid, imsi]),
        ("[MATCH-52] option 5", f5(), vec![name]),
        ("[MATCH-53] option 6", f6(), vec![name, imsi]),
    ] {
        let index = Index::build(&brands).expect("a fixture has no conflicts");
        let expected: BTreeSet<&str> = expected.into_iter().map(Rule::name).collect();
        assert_eq!(each_rule_that_decides(&index), expected, "{id}");
    }
}
