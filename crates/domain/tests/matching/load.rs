//! What a catalogue is refused for: [MATCH-20] to [MATCH-24] and [MATCH-72] to [MATCH-75].

use domain::brand::{Brand, BrandId, Network};
use domain::matching::{Conflict, Index, RangeFault, Rule};

use crate::catalogue::{BrandBuilder, a_brand};

/// Compares what a catalogue is refused for, one text per conflict.
#[track_caller]
fn check_load(id: &str, brands: impl IntoIterator<Item = BrandBuilder>, expected: &[&str]) {
    let brands: Vec<Brand> = brands.into_iter().map(BrandBuilder::build).collect();
    let conflicts = Index::build(&brands).err().unwrap_or_default();
    let found: Vec<String> = conflicts.iter().map(Conflict::to_string).collect();
    assert_eq!(found, expected, "{id}");
}

#[test]
fn ranges_that_are_none_are_refused() {
    let imsis = |start, end| [a_brand("a").imsis(start, end)];
    let iccids = |start, end| [a_brand("a").iccids(start, end)];
    check_load(
        "[MATCH-72]",
        imsis("001010000000001", "001010000000099"),
        &["a: the imsi range from 001010…01 must start with a number that ends in 00"],
    );
    check_load(
        "[MATCH-73]",
        imsis("001010000000000", "001010000000098"),
        &["a: the imsi range from 001010…00 must end with a number that ends in 99"],
    );
    check_load("[MATCH-24]", imsis("001010000000000", "001010000000099"), &[]);
    check_load(
        "[MATCH-24]",
        imsis("001010000000200", "001010000000199"),
        &["a: the imsi range from 001010…00 starts behind its end"],
    );
    check_load(
        "[MATCH-24]",
        imsis("00101000000000", "00101000000099"),
        &["a: the imsi range from 001010…00 needs IMSIs of 15 digits"],
    );
    check_load(
        "[MATCH-24]",
        iccids("8999010000000000000", "89990100000000000099"),
        &["a: the iccid range from 899901…00 has ends of different lengths"],
    );
    check_load(
        "[MATCH-24]",
        iccids("8899010000000000000", "8899010000000000099"),
        &["a: the iccid range from 889901…00 needs ICCIDs that begin with 89"],
    );
    check_load(
        "[MATCH-24]",
        iccids("8999010000000000000", "9099010000000000099"),
        &["a: the iccid range from 899901…00 needs ICCIDs that begin with 89"],
    );
    let brand = BrandId::parse("a").expect("a brand id");
    let start = "001010…01".to_owned();
    let fault = RangeFault::Start;
    let brands = imsis("001010000000001", "001010000000099").map(BrandBuilder::build);
    let conflicts = vec![Conflict::Range { brand, rule: Rule::Imsi, start, fault }];
    assert_eq!(Index::build(&brands).err(), Some(conflicts), "[MATCH-72]");
}

#[test]
fn what_two_brands_claim_is_refused_and_names_both() {
    let (first, second) = (|| a_brand("first"), || a_brand("second"));
    check_load(
        "[MATCH-74]",
        [first().hpns(&["Bris"]), second().hpns(&["Bris"])],
        &["first and second both claim the home_provider_name Bris"],
    );
    check_load(
        "[MATCH-20]",
        [first().hpns(&["Bris"]), second().hpns(&["Bris "])],
        &["first and second both claim the home_provider_name Bris"],
    );
    // The warning of [MATCH-75] is the catalogue lint's.
    check_load("[MATCH-75]", [first().hpns(&["Bris"]), second().hpns(&["bris"])], &[]);
    check_load(
        "[MATCH-23]",
        [first().names(&["Bris"]), second().names(&["Bris"])],
        &["first and second both claim the provider_name Bris"],
    );
    check_load("[MATCH-23]", [first().hpns(&["Bris"]), second().names(&["Bris"])], &[]);
    check_load(
        "[MATCH-23]",
        [first().sids(&[1, 2]), second().sids(&[2, 3])],
        &["first and second both claim the sid 2"],
    );
    check_load(
        "[MATCH-21]",
        [first().hpns(&["", " ", "\0"]).names(&[" "])],
        &[
            "first: an empty home_provider_name",
            "first: an empty home_provider_name",
            "first: an empty home_provider_name",
            "first: an empty provider_name",
        ],
    );
    let (low, high) = ("001010000000000", "001010000000299");
    check_load(
        "[MATCH-23]",
        [first().imsis(low, high), second().imsis("001010000000200", "001010000000399")],
        &["first and second both claim the imsi range from 001010…00"],
    );
    check_load(
        "[MATCH-23]",
        [first().imsis(low, high), second().imsis("001010000000300", "001010000000399")],
        &[],
    );
    // A GSM brand's CDMA targets are not looked at.
    check_load("[MATCH-92]", [first().sids(&[1]), second().sids(&[1]).network(Network::Gsm)], &[]);
}

#[test]
fn all_conflicts_are_reported_at_once() {
    let range = |id, start, end| {
        a_brand(id).imsis(&format!("0010100000{start}00"), &format!("0010100000{end}99"))
    };
    let bad = a_brand("d").imsis("001010000000001", "001010000000099").hpns(&[""]);
    check_load(
        "[MATCH-23]",
        [range("a", "000", "005"), range("b", "003", "009"), bad],
        &[
            "d: an empty home_provider_name",
            "d: the imsi range from 001010…01 must start with a number that ends in 00",
            "a and b both claim the imsi range from 001010…00",
        ],
    );
    let chain = [range("a", "000", "005"), range("b", "003", "009"), range("c", "008", "012")];
    check_load(
        "[MATCH-23]",
        chain,
        &[
            "a and b both claim the imsi range from 001010…00",
            "b and c both claim the imsi range from 001010…00",
        ],
    );
}
