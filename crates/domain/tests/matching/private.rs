//! Rules that an operator publishes nowhere: which decides, and which do not go together
//! [MATCH-56].

use std::collections::BTreeMap;

use domain::affiliation::private::{RuleFault, RuleFindings, brand_of, compare};
use domain::affiliation::{PrivateRule, Rules, decide};
use domain::brand::BrandId;
use domain::cosa::{Plmn, Target};
use domain::identity::{Iccid, Imsi};
use domain::matching::{Index, NumberRange, Sim};
use proptest::prelude::*;

use crate::catalogue::f3;
use crate::gsm;

fn id(text: &str) -> BrandId {
    BrandId::parse(text).expect("a brand id")
}

/// Reads a rule such as `plmn 00101, gid1 A1`; `imsi 3-4` is the range of the blocks
/// 00101000000003xx to …04xx, `iccid 3-4` that of 899901300000000003xx to …04xx.
fn rule(brand: &str, text: &str) -> PrivateRule {
    let mut target = Target::default();
    for part in text.split(", ").filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once(' ').expect("a key and a value");
        match key {
            "plmn" => target.plmn = Plmn::parse(value),
            "spn" => target.spn = Some(value.to_owned()),
            "gid1" => target.gid1 = Some(value.to_owned()),
            _ => {
                let (from, to) = value.split_once('-').expect("two ends");
                if key == "imsi" {
                    let end = |at, tail| Imsi::parse(&format!("00101000000{at:0>2}{tail}"));
                    let ends = (end(from, "00").expect("imsi"), end(to, "99").expect("imsi"));
                    target.imsi = NumberRange::of_imsis(&ends.0, &ends.1).ok();
                } else {
                    let end = |at, tail| Iccid::parse(&format!("8999013000000000{at:0>2}{tail}"));
                    let ends = (end(from, "00").expect("iccid"), end(to, "99").expect("iccid"));
                    target.iccid = NumberRange::of_iccids(&ends.0, &ends.1).ok();
                }
            }
        }
    }
    PrivateRule { brand: id(brand), target }
}

fn decided(rules: &[PrivateRule], sim: &Sim, gid1: &str) -> Option<String> {
    brand_of(rules, sim, Some(gid1)).map(BrandId::to_string)
}

/// [MATCH-18], [MATCH-19], [MATCH-21], [MATCH-56]
#[test]
fn the_strongest_rule_that_matches_decides() {
    let rules = [
        rule("network", "plmn 00101"),
        rule("subscribers", "imsi 10-19"),
        rule("group", "plmn 00101, gid1 a1"),
        rule("cards", "iccid 10-19"),
        rule("cards-of-group", "iccid 10-19, gid1 A1"),
        rule("name", "spn Aurora"),
        rule("name-here", "spn Aurora, plmn 00101"),
    ];
    let (card, other_card) = ("89990130000000001000", "89990130000000002000");
    let (inside, outside) = ("001010000001000", "001010000002000");
    for (name, iccid, imsi, gid1, expected) in [
        ("", other_card, outside, "", Some("network")),
        ("", other_card, "002010000001000", "", None),
        ("", other_card, inside, "", Some("subscribers")),
        ("", other_card, inside, "A1", Some("group")),
        ("", other_card, "002010000001000", "A1", None),
        ("", card, inside, "", Some("cards")),
        ("", card, inside, "a1", Some("cards-of-group")),
        ("Aurora", card, "002010000001000", "a1", Some("name")),
        ("Aurora \0", card, inside, "a1", Some("name-here")),
        ("aurora", other_card, outside, "", Some("network")),
        ("", card, "", "", Some("cards")),
        ("", "", "", "A1", None),
    ] {
        let sim = gsm(name, iccid, imsi);
        let found = decided(&rules, &sim, gid1);
        assert_eq!(found.as_deref(), expected, "{name:?} {iccid} {imsi} {gid1:?}");
        // The order of the rows is of no matter.
        let reversed: Vec<PrivateRule> = rules.iter().rev().cloned().collect();
        assert_eq!(decided(&reversed, &sim, gid1).as_deref(), expected, "{name:?} {iccid}");
    }
    let hidden = Sim { pin_locked: true, ..gsm("", card, "") };
    assert_eq!(decided(&rules, &hidden, ""), None, "[MATCH-09]");
}

/// [MATCH-56]
#[test]
fn what_is_private_decides_before_what_is_published_and_both_before_the_network() {
    let file = |brand: &str| (id(brand), format!("{brand}.xml"));
    let rules = Rules {
        private: vec![rule("mvno-c", "plmn 00101, gid1 C1"), rule("no-file", "gid1 C2")],
        index: Index::build(&f3()).expect("no conflicts"),
        files: ["mvno-b", "mvno-c"].map(file).into_iter().collect::<BTreeMap<_, _>>(),
        generic: file("network"),
    };
    let of_b = gsm("", "89990132000000000002", "001012200000000");
    for (sim, gid1, expected) in [
        (&of_b, None, "mvno-b"),
        (&of_b, Some("c1"), "mvno-c"),
        (&of_b, Some(""), "mvno-b"),
        (&of_b, Some("C2"), "network"),
        (&gsm("", "", "002010000000000"), Some("C1"), "network"),
    ] {
        let found = decide(&rules, sim, gid1);
        assert_eq!(found.brand, id(expected), "{gid1:?} {sim:?}");
        assert_eq!(found.provisioning_file, format!("{expected}.xml"));
    }
}

/// [MATCH-23], [MATCH-24], [MATCH-56]
#[test]
fn rules_that_cannot_stand_together_are_named() {
    for (rules, conflicts, idle) in [
        (["a: imsi 1-3", "b: imsi 3-4"], &[(1, 0)][..], &[][..]),
        (["b: imsi 3-4", "a: imsi 1-3"], &[(1, 0)], &[]),
        (["a: imsi 1-3", "b: imsi 4-4"], &[], &[]),
        (["a: imsi 1-3", "a: imsi 3-4"], &[], &[]),
        (["a: imsi 1-3", "a: imsi 2-3"], &[], &[(1, 0)]),
        (["a: imsi 2-3", "a: imsi 1-3"], &[], &[(0, 1)]),
        (["a: imsi 1-3", "a: imsi 1-3"], &[], &[(1, 0)]),
        (["a: plmn 00101", "b: plmn 001010"], &[(1, 0)], &[]),
        (["a: plmn 00101", "b: plmn 00102"], &[], &[]),
        (["a: plmn 00101", "b: imsi 1-3"], &[], &[]),
        (["a: plmn 00101, imsi 1-3", "b: imsi 2-3"], &[], &[(1, 0)]),
        (["a: plmn 00101, imsi 1-3", "b: imsi 2-4"], &[], &[]),
        (["a: plmn 00101, gid1 A1", "b: plmn 00101, gid1 a1"], &[(1, 0)], &[]),
        (["a: plmn 00101, gid1 A1", "b: plmn 00101, gid1 A2"], &[], &[]),
        (["a: spn A", "b: spn A"], &[(1, 0)], &[]),
        (["a: spn A", "b: spn a"], &[], &[]),
        (["a: spn A", "b: spn A, plmn 00101"], &[], &[]),
        (["a: iccid 1-3, imsi 1-3", "b: iccid 3-4, imsi 4-4"], &[], &[]),
        (["a: iccid 1-3, imsi 1-3", "b: iccid 3-4, imsi 3-4"], &[(1, 0)], &[]),
        (["a: iccid 1-3", "b: imsi 1-3"], &[], &[]),
    ] {
        let read = |text: &str| {
            let (brand, identifiers) = text.split_once(": ").expect("a brand");
            rule(brand, identifiers)
        };
        let found = compare(&rules.map(read));
        let expected = RuleFindings { conflicts: conflicts.to_vec(), idle: idle.to_vec() };
        assert_eq!(found, expected, "{rules:?}");
    }
    assert_eq!(rule("a", "").check(), Err(RuleFault::Empty));
    assert_eq!(rule("a", "plmn 00102, imsi 1-3").check(), Err(RuleFault::Network));
    assert_eq!(rule("a", "plmn 00101, imsi 1-3").check(), Ok(()));
}

#[test]
fn debug_names_no_number_of_a_private_rule() {
    let printed = format!("{:?}", rule("a", "spn Secret, iccid 1-3, gid1 BEEF, plmn 00101"));
    assert_eq!(printed, "PrivateRule(a spn iccid gid1 plmn)");
}

fn a_rule() -> impl Strategy<Value = PrivateRule> {
    let range = |key: &'static str| {
        (0..6_u32, 0..3_u32).prop_map(move |(from, more)| format!("{key} {from}-{}", from + more))
    };
    let parts = (
        prop::option::of(prop::sample::select(vec!["plmn 00101", "plmn 001010", "plmn 00102"])),
        prop::option::of(range("imsi")),
        prop::option::of(range("iccid")),
        prop::option::of(prop::sample::select(vec!["spn A", "spn B"])),
        prop::option::of(prop::sample::select(vec!["gid1 A1", "gid1 a1", "gid1 A2"])),
    );
    (prop::sample::select(vec!["a", "b"]), parts)
        .prop_map(|(brand, (plmn, imsi, iccid, spn, gid1))| {
            let given = [plmn.map(str::to_owned), imsi, iccid, spn.map(str::to_owned)];
            let given = given.into_iter().chain([gid1.map(str::to_owned)]).flatten();
            rule(brand, &given.collect::<Vec<_>>().join(", "))
        })
        .prop_filter("decides something", |rule| rule.check().is_ok())
}

fn sims() -> Vec<(Sim, &'static str)> {
    let mut sims = Vec::new();
    for imsi in 0..8 {
        for iccid in 0..8 {
            for (name, gid1) in [("", ""), ("A", ""), ("B", "A1"), ("", "A1"), ("A", "A2")] {
                let imsi = format!("00101000000{imsi:02}42");
                sims.push((gsm(name, &format!("8999013000000000{iccid:02}42"), &imsi), gid1));
            }
        }
    }
    sims
}

proptest! {
    /// Where no two brands conflict, the order of the rows decides nothing, and a rule that is
    /// said never to decide may go without a change.
    #[test]
    fn rules_without_conflicts_have_no_order_and_need_no_idle_ones(
        rules in prop::collection::vec(a_rule(), 0..6),
    ) {
        let found = compare(&rules);
        let sims = sims();
        let reversed: Vec<PrivateRule> = rules.iter().rev().cloned().collect();
        let differs = sims.iter().any(|(sim, gid1)| {
            decided(&rules, sim, gid1) != decided(&reversed, sim, gid1)
        });
        if differs {
            prop_assert!(!found.conflicts.is_empty(), "{rules:?}");
        }
        if found.conflicts.is_empty() {
            let is_idle = |at: usize| found.idle.iter().any(|(idle, _)| *idle == at);
            let needed = rules.iter().enumerate().filter(|(at, _)| !is_idle(*at));
            let needed: Vec<PrivateRule> = needed.map(|(_, rule)| rule.clone()).collect();
            for (sim, gid1) in &sims {
                prop_assert_eq!(decided(&rules, sim, gid1), decided(&needed, sim, gid1));
            }
        }
    }
}
