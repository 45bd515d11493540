//! The values in a service metadata package: hardware ids, names, and their edges.

use carrier::service_metadata::{
    ApplicationId, BLOCKS_MAX, FileName, HARDWARE_IDS_MAX, HardwareId, HardwareIdError,
    HardwareIds, IconFile, IdentifierKind, LanguageTag, PackageName, PlainGuid, ProfileFile,
    Publisher, ServiceDescription, ServiceName, ServiceProvider,
};

/// The id of SID 4102, by openssl and basenc.
const SID_4102: &str = "DOID:MBAE:0:BhUE7PnVN6CZvSd1NMIkLhfdS_JdUXawWG92emxWROk";

#[test]
fn hardware_ids_have_a_form() {
    let long = |count: usize| format!("DOID:{}", "x".repeat(count - 5));
    for (text, expected) in [
        ("DOID:MBAE:0:L9@E}}DT2.*F65MQA57Y+L", None), // [MATCH-14], and below
        ("DOID:x", None),
        ("DOID:!#$%&()*+-./:;<=>?@[\\]^_`{|}~", None),
        (&*long(207), None),
        (&*long(208), Some(HardwareIdError::Length(208))),
        ("", Some(HardwareIdError::Length(0))),
        ("DOID:", Some(HardwareIdError::Prefix)),
        ("MBAE:0:x", Some(HardwareIdError::Prefix)),
        ("DOID:a b", Some(HardwareIdError::Character(6))),
        ("DOID:a\"", Some(HardwareIdError::Character(6))),
        ("DOID:a'", Some(HardwareIdError::Character(6))),
        ("DOID:a,", Some(HardwareIdError::Character(6))),
        ("DOID:ü", Some(HardwareIdError::Character(5))),
    ] {
        assert_eq!(HardwareId::parse(text).err(), expected, "{text}");
    }
    let ids = |count| HardwareIds::new(vec![HardwareId::parse("DOID:x").expect("an id"); count]);
    assert!(ids(0).is_none() && ids(1).is_some());
    assert!(ids(HARDWARE_IDS_MAX).is_some() && ids(HARDWARE_IDS_MAX + 1).is_none());
}

#[test]
fn a_block_of_a_hundred_has_one_hardware_id() {
    use IdentifierKind::{CdmaProviderName, CdmaSid, GsmHomeProviderName, GsmIccid, GsmImsi};
    let id = |kind, value| HardwareId::hashed(kind, value).expect("an identifier");
    assert_eq!(id(GsmImsi, "001011234567800"), id(GsmImsi, "001011234567899")); // [MATCH-16]
    assert_ne!(id(GsmImsi, "001011234567800"), id(GsmImsi, "001011234567900"));
    let [short, long] = ["8999010000000000000", "89990100000000000000"];
    assert_ne!(id(GsmIccid, short), id(GsmIccid, long));
    assert_ne!(id(CdmaSid, "04102"), id(CdmaSid, "4102"), "leading zeros are significant");
    // [MATCH-12], [MATCH-15]: only the block, by kind.
    for (kind, value, text) in [
        (GsmImsi, "001011234567842", "gsm-imsi:0010112345678"),
        (GsmIccid, long, "gsm-iccid:899901000000000000"),
        (GsmHomeProviderName, "Aurora", "gsm-hpn:Aurora"),
        (CdmaSid, "4102", "cdma-sid:4102"),
        (CdmaProviderName, "BrisCDMA", "cdma-name:BrisCDMA"),
    ] {
        assert_eq!(HardwareId::clear_text(kind, value).as_deref(), Ok(text));
    }
    // By: printf cdma-sid:4102 | openssl sha256 -binary | basenc --base64url
    assert_eq!(id(CdmaSid, "4102").as_str(), SID_4102);
    for (kind, value) in [
        (GsmImsi, "00101123456780"),
        (GsmImsi, "00101123456780a"),
        (GsmIccid, "899901000000000000"),
        (CdmaSid, ""),
        (GsmHomeProviderName, ""),
    ] {
        let found = HardwareId::hashed(kind, value);
        assert_eq!(found, Err(HardwareIdError::Identifier), "{value}");
    }
}

#[test]
fn ranges_are_whole_blocks() {
    use HardwareIdError::{Blocks, End, Identifier, Range, Start};
    let of = |start: &str, end: &str| HardwareId::of_range(IdentifierKind::GsmImsi, start, end);
    let ids = of("001011234567800", "001011234567999").expect("two blocks");
    let hashed = |value| HardwareId::hashed(IdentifierKind::GsmImsi, value).expect("an IMSI");
    assert_eq!(ids, [hashed("001011234567842"), hashed("001011234567942")]);
    for (start, end, error) in [
        ("001011234567801", "001011234567899", Start), // [MATCH-13], [MATCH-72]
        ("001011234567800", "001011234567898", End),   // [MATCH-13], [MATCH-73]
        ("001011234567900", "001011234567899", Range),
        ("00101123456780", "001011234567899", Identifier),
        ("001010000000000", "001010100000099", Blocks(BLOCKS_MAX + 1)), // [MATCH-17]
    ] {
        assert_eq!(of(start, end), Err(error), "{start} {end}");
    }
    let sids = HardwareId::of_range(IdentifierKind::CdmaSid, "4100", "4199");
    assert_eq!(sids, Err(Identifier));
}

#[test]
fn names_of_the_parts_have_forms() {
    let ok = |fits: bool, expected: bool, text: &str| assert_eq!(fits, expected, "{text}");
    for (text, fits) in [
        ("a.xml", true),
        ("a  b", true),
        ("..", false),
        (".", false),
        ("a/b", false),
        ("a\\b", false),
        ("C:", false),
        (" a", false),
        ("", false),
        ("a\nb", false),
    ] {
        ok(FileName::parse(text).is_ok(), fits, text);
    }
    for (text, fits) in [("a.ico", true), ("a.ICO", false), (".ico", false), ("x/a.ico", false)] {
        ok(IconFile::parse(text).is_ok(), fits, text); // [MATCH-109]
    }
    for (text, fits) in [("abc", true), ("ab", false), ("a_b", false), ("a b", false)] {
        ok(PackageName::parse(text).is_ok(), fits, text); // [MATCH-110]
    }
    ok(PackageName::parse(&"a".repeat(50)).is_ok(), true, "50");
    ok(PackageName::parse(&"a".repeat(51)).is_ok(), false, "51");
    for (text, fits) in
        [("App", true), ("A1.b", true), ("A.", false), ("1A", false), ("A-b", false)]
    {
        ok(ApplicationId::parse(text).is_ok(), fits, text);
    }
    for (text, fits) in [
        ("CN=05558413-FFF6-4AA5-8176-AD43036533FA", true),
        ("CN=Fjell Mobil, O=\"Fjell, AS\", C=NO", true),
        ("OID.1.2.3=x", true),
        ("OID.1=x", false),
        ("OID.1.02=x", false),
        ("XX=Fjell", false),
        ("CN=", false),
        ("CN=a,O=b", false),
        ("CN=a, ", false),
        ("CN=\"a", false),
        ("CN=\"", false),
        ("CN=a ", false),
        ("Fjell", false),
    ] {
        ok(Publisher::parse(text).is_ok(), fits, text);
    }
    for (text, fits) in [
        ("EN", true),
        ("nn-NO", true),
        ("zh-Hant-TW", true),
        ("e", false),
        ("en-", false),
        ("1n", false),
    ] {
        ok(LanguageTag::parse(text).is_ok(), fits, text); // [MATCH-112]
    }
    ok(ProfileFile::parse("a.-_ 1ü").is_ok(), true, "a profile");
    ok(ServiceName::parse("").is_ok(), true, "unused");
    ok(ServiceDescription::parse("").is_ok(), false, "a description");
    ok(ServiceProvider::parse("\u{1}").is_ok(), false, "a control character");
    ok(PlainGuid::parse("6f1d2a54-0b7e-4c39-9a51-2f0c8be41d7").is_ok(), false, "short");
}
