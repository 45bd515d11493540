//! Option 7: the operator's own rules decide, [MATCH-54] to [MATCH-56].

use std::collections::BTreeMap;

use domain::affiliation::{Affiliation, AppSurface, Rules, decide, is_for_whole_network};
use domain::brand::{Brand, BrandId};
use domain::matching::{Index, Sim};

use crate::catalogue::{a_brand, f3, f5, f7};
use crate::gsm;

fn id(text: &str) -> BrandId {
    BrandId::parse(text).expect("a brand id")
}

fn rules(brands: &[Brand], with_files: &[&str]) -> Rules {
    let file = |brand: &&str| (id(brand), format!("{brand}.xml"));
    Rules {
        private: Vec::new(),
        index: Index::build(brands).expect("no conflicts"),
        files: with_files.iter().map(file).collect::<BTreeMap<_, _>>(),
        generic: (id("network"), "network.xml".to_owned()),
    }
}

#[test]
fn the_operators_rules_decide_with_the_same_engine() {
    let rules = rules(&f3(), &["mvno-a", "mvno-b"]);
    let hidden = Sim { pin_locked: true, ..gsm("", "89990132000000000002", "") };
    for (sim, expected) in [
        (gsm("", "89990132000000000002", "001012200000000"), "mvno-b"),
        (gsm("", "89990195000000000003", "001019300000000"), "mvno-a"),
        // A brand without a file, a SIM of nobody, a SIM that hides: all are the network's.
        (gsm("", "", "001012200000000"), "network"),
        (gsm("", "", "002012200000000"), "network"),
        (hidden, "network"),
    ] {
        let provisioning_file = format!("{expected}.xml");
        let expected = Affiliation { brand: id(expected), provisioning_file };
        assert_eq!(decide(&rules, &sim, None), expected, "[MATCH-56] {sim:?}");
    }
}

#[test]
fn the_package_of_the_network_describes_no_mvno() {
    for (brand, expected) in [
        (f7().remove(0), true),
        (a_brand("a").imsis("001010000000000", "001010099999999").build(), false),
        (f3().remove(0), false),
        (f5().remove(0), false),
        (a_brand("a").build(), false),
        (a_brand("a").imsis("001010000000000", "001019999999999").hpns(&["x"]).build(), false),
    ] {
        assert_eq!(is_for_whole_network(&brand), expected, "[MATCH-54] {brand:?}");
    }
}

#[test]
fn an_app_changes_what_is_inside_it_and_its_tile() {
    for (surface, expected) in [
        (AppSurface::Content, true),
        (AppSurface::LiveTile, true),
        (AppSurface::Name, false),
        (AppSurface::SettingsEntry, false),
        (AppSurface::Description, false),
    ] {
        assert_eq!(surface.can_change(), expected, "[MATCH-55] {surface:?}");
    }
}
