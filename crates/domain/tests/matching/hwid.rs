//! Hardware ids: [MATCH-12] to [MATCH-17].

use domain::brand::{Brand, Network};
use domain::hwid::{
    BLOCKS_MAX, Hwid, HwidConflict, HwidIndex, Identity, Kind, ValueError, blocks, find,
};
use domain::matching::{Index, Rule};

use crate::catalogue::{a_brand, f3, f5, f6, f8};

fn of(kind: Kind, value: &str) -> Identity {
    Identity::of_value(kind, value).expect("a value of its kind")
}

#[test]
fn the_canonical_text_names_the_kind_and_hides_two_digits() {
    for (kind, value, expected) in [
        (Kind::GsmImsi, "001011234567800", Ok("gsm-imsi:0010112345678")),
        (Kind::GsmIccid, "89990112345678901234", Ok("gsm-iccid:899901123456789012")),
        (Kind::GsmIccid, "8999011234567890123", Ok("gsm-iccid:89990112345678901")),
        (Kind::GsmHpn, "Fjell Mobil ", Ok("gsm-hpn:Fjell Mobil")),
        (Kind::CdmaSid, "4101", Ok("cdma-sid:4101")),
        (Kind::CdmaName, "BrisCDMA ", Ok("cdma-name:BrisCDMA ")),
        (Kind::GsmIccid, "899901123456789012", Err(ValueError::Digits { min: 19, max: 20 })),
        (Kind::GsmImsi, "0010112345678x0", Err(ValueError::Digits { min: 6, max: 15 })),
        (Kind::GsmHpn, " \0", Err(ValueError::EmptyName)),
        (Kind::CdmaName, "", Err(ValueError::EmptyName)),
        (Kind::CdmaSid, "65536", Err(ValueError::Sid)),
    ] {
        let text = Identity::of_value(kind, value).map(|identity| identity.canonical());
        assert_eq!(text, expected.map(str::to_owned), "[MATCH-12] [MATCH-15] {value}");
        assert_eq!(Kind::parse(kind.name()), Some(kind), "[MATCH-15]");
    }
    assert_eq!(Kind::parse("gsm-sid"), None, "[MATCH-15]");
}

/// The hashes were computed with Python's hashlib and base64.
#[test]
fn a_hardware_id_is_the_base64url_of_the_sha_256_of_that_text() {
    for (kind, value, expected) in [
        (Kind::GsmImsi, "001011234567800", "MBAE:0:O7vcN0QF5AUD-GQFlac9waeOR8A58l14m0mVXydWG3M"),
        (Kind::GsmHpn, "Aurora", "MBAE:0:S41Vr_9ywXhv7a67L8HJ9DZ3uEULbRRP-8a3VW0lW4c"),
        (Kind::CdmaSid, "4101", "MBAE:0:jWiACMJuQbqWmV7MX0-MIoO7DH7Coj5c8O2_yQRS6d0"),
    ] {
        let hwid = of(kind, value).hwid();
        assert_eq!(hwid.to_string(), expected, "[MATCH-15]");
        assert_eq!(Hwid::parse(expected), Some(hwid), "[MATCH-14]");
        assert_eq!(Hwid::parse(&format!("DOID:{expected}")), Some(hwid), "[MATCH-14]");
        let allowed =
            |c: char| c.is_ascii_alphanumeric() || "!#$%&()*+-./:;<=>?@[\\]^_`{|}~".contains(c);
        assert!(expected.chars().all(allowed) && expected.len() <= 207, "[MATCH-14]");
        let digits = expected.trim_start_matches("MBAE:0:");
        for bad in [digits, &expected[..49], &format!("{expected}A"), &expected.replace(':', ";")] {
            assert_eq!(Hwid::parse(bad), None, "[MATCH-14] {bad}");
        }
    }
    // The two lowest bits of the last character stand for nothing.
    let hwid = of(Kind::CdmaSid, "4101").hwid().to_string();
    let others: Vec<bool> = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        .chars()
        .map(|last| Hwid::parse(&format!("{}{last}", &hwid[..49])).is_some())
        .collect();
    assert_eq!(others.iter().filter(|read| **read).count(), 16, "[MATCH-14]");
}

#[test]
fn numbers_of_one_block_share_a_hardware_id_and_no_others_do() {
    let same = |kind, a: &str, b: &str| of(kind, a).hwid() == of(kind, b).hwid();
    let imsi = Kind::GsmImsi;
    assert!(same(imsi, "001011234567800", "001011234567899"), "[MATCH-16]");
    assert!(!same(imsi, "001011234567800", "001011234567900"), "[MATCH-16]");
    assert!(!same(imsi, "001011234567800", "01011234567800"), "[MATCH-16] leading zeros count");
    assert!(!same(Kind::GsmIccid, "8999011000000000000", "89990110000000000000"), "[MATCH-16]");
    assert!(!same(Kind::GsmIccid, "8999011000000000000", "08999011000000000000"), "[MATCH-16]");
    // The same digits as another kind are another value.
    let (imsi, sid) = (of(Kind::GsmHpn, "4101"), of(Kind::CdmaSid, "4101"));
    assert_ne!(imsi.hwid(), sid.hwid(), "[MATCH-15]");
}

/// The text of a hash-only brand's fate.
fn by_hash(brands: &[Brand], values: &[(Kind, &str)]) -> String {
    let index = HwidIndex::build(brands).expect("no conflicts");
    let hwids: Vec<Hwid> = values.iter().map(|(kind, value)| of(*kind, value).hwid()).collect();
    let found = index.find(&hwids);
    found.map_or_else(|| "none".to_owned(), |(brand, rule)| format!("{brand} by {}", rule.name()))
}

#[test]
fn brands_are_found_by_hash_as_by_number() {
    let a = a_brand("a").hpns(&["Aurora "]).imsis("001010000000000", "001010000000299");
    let b = a_brand("b").iccids("89990110000000000000", "89990110000000000099").sids(&[4101]);
    let c = a_brand("c").names(&["BrisCDMA"]).network(Network::Cdma);
    let brands = [a.build(), b.build(), c.build()];
    let (imsi, iccid) = ((Kind::GsmImsi, "001010000000299"), "89990110000000000042");
    for (values, expected) in [
        (&[imsi][..], "a by imsi"),
        (&[(Kind::GsmImsi, "001010000000300")], "none"),
        (&[imsi, (Kind::GsmIccid, iccid)], "b by iccid"),
        (&[imsi, (Kind::GsmIccid, iccid), (Kind::GsmHpn, "Aurora")], "a by home_provider_name"),
        (&[(Kind::CdmaName, "BrisCDMA")], "c by provider_name"),
        (&[(Kind::CdmaName, "BrisCDMA"), (Kind::CdmaSid, "4101")], "b by sid"),
        (&[(Kind::CdmaName, "bRiSCDMA")], "none"),
        (&[], "none"),
    ] {
        assert_eq!(by_hash(&brands, values), expected, "[MATCH-17] {values:?}");
        let identities: Vec<Identity> = values.iter().map(|(kind, v)| of(*kind, v)).collect();
        let index = Index::build(&brands).expect("no conflicts");
        let found = find(&index, &identities).map(|(b, rule, _)| format!("{b} by {}", rule.name()));
        assert_eq!(found.unwrap_or_else(|| "none".to_owned()), expected, "[MATCH-17] {values:?}");
    }
}

#[test]
fn a_client_sends_blocks_and_the_order_it_sends_does_not_matter() {
    let index = Index::build(&[f6(), f3(), f8()].concat()).expect("no conflicts");
    let sent = |kind, text: &str| Identity::of_sent(kind, text).expect("as sent");
    let hpn = sent(Kind::GsmHpn, "Aurora");
    let iccid = sent(Kind::GsmIccid, "899901320000000000");
    let imsi = sent(Kind::GsmImsi, "0010122000000");
    let rule = |identities: &[Identity]| find(&index, identities).map(|(_, rule, _)| rule);
    assert_eq!(
        rule(&[imsi.clone(), iccid.clone(), hpn]),
        Some(Rule::HomeProviderName),
        "[MATCH-18]"
    );
    assert_eq!(rule(&[imsi.clone(), iccid]), Some(Rule::Iccid), "[MATCH-19]");
    assert_eq!(rule(&[imsi]), Some(Rule::Imsi), "[MATCH-18]");
    // A number in full says more than is asked for.
    for (kind, text) in [
        (Kind::GsmIccid, "89990132000000000002"),
        (Kind::GsmIccid, "8999013200000000"),
        (Kind::GsmImsi, "001012200000000"),
        (Kind::GsmImsi, "+010122000000"),
    ] {
        assert!(Identity::of_sent(kind, text).is_err(), "[MATCH-12] {text}");
    }
}

#[test]
fn a_brand_matched_by_hash_has_a_million_blocks_at_most() {
    let most = a_brand("a").imsis("001010000000000", "001010099999999");
    let most = most.build();
    assert_eq!(blocks(&most), BLOCKS_MAX, "[MATCH-17]");
    // Building a million hashes is left to the benchmark; one more is refused before any is made.
    let more = a_brand("a").imsis("001010000000000", "001010099999999");
    let more = [more.imsis("001019000000000", "001019000000099").build()];
    let conflicts = HwidIndex::build(&more).err().unwrap_or_default();
    let brand = more[0].id.clone();
    assert_eq!(conflicts, [HwidConflict::Blocks { brand, found: BLOCKS_MAX + 1 }], "[MATCH-17]");
    assert_eq!(
        conflicts[0].to_string(),
        "a: 1000001 blocks to hash, 1000000 are allowed",
        "[MATCH-17]"
    );
    let twice = [f5(), vec![a_brand("x").hpns(&["Bris"]).build()]].concat();
    let conflicts = HwidIndex::build(&twice).err().unwrap_or_default();
    let texts: Vec<String> = conflicts.iter().map(HwidConflict::to_string).collect();
    assert_eq!(texts, ["mvno-b and x both claim the home_provider_name Bris"], "[MATCH-20]");
}

#[test]
fn hashes_and_blocks_print_masked() {
    let imsi = of(Kind::GsmImsi, "001011234567800");
    assert_eq!(format!("{imsi:?}"), "GsmImsi(Block(001011…78/15))");
    assert_eq!(format!("{:?}", imsi.hwid()).len(), "Hwid(abcd…)".len());
}
