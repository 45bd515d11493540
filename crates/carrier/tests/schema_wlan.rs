//! The grammar of Wi-Fi profiles and hotspots: what the schema refuses, each beside its nearest
//! valid neighbour, and what of others is kept.

mod support;

use carrier::document::{Document, WlanProfile};
use carrier::read::{ReadError, read};
use carrier::schema::{SchemaFault, validate};
use carrier::write::write;
use carrier::xml::parse;
use support::{E4, E8, END, replace_once};

use SchemaFault::{
    AttributeValue, MissingChild, UnexpectedAttribute, UnexpectedChild, UnexpectedText, Value,
};

/// The element at fault, what is wrong, and the requirement that the error names.
type Violation = (&'static str, SchemaFault, &'static str);

#[track_caller]
fn check(id: &str, document: &str, expected: Result<(), Violation>) {
    let root = parse(document.as_bytes()).expect("well-formed");
    let found = validate(&root);
    assert_eq!(read(document.as_bytes()).err(), found.clone().err().map(ReadError::Schema), "{id}");
    let found = found.map_err(|e| (*e.path.last().expect("a path"), e.fault, e.requirement));
    assert_eq!(found, expected, "{id}: {document}");
}

/// Example 14.4 with one replacement.
fn e4(from: &str, to: &str) -> String {
    replace_once(E4, from, to)
}

/// Example 14.4 with these children after `authEncryption` of the second profile.
fn secured(children: &str) -> String {
    let one_x = "<OneX xmlns=\"http://www.microsoft.com/networking/OneX/v1\">";
    e4(one_x, &format!("{children}{one_x}"))
}

fn ssids(count: usize) -> String {
    e4(SECURE, &SECURE.repeat(count))
}

const SECURE: &str = "<SSID><name>FjellSecure</name></SSID>";
const V2_PREFIX: &str = "<w2:SSIDPrefix><w2:name>FjellFerge-</w2:name></w2:SSIDPrefix>";
const SHARED_KEY: &str = "<sharedKey><keyType>passPhrase</keyType><protected>false</protected>\
                          <keyMaterial>correct horse</keyMaterial></sharedKey>";

#[test]
fn examples_and_empty_lists_are_valid() {
    check("14.4", E4, Ok(()));
    check("14.8", E8, Ok(())); // NV-13, [XML-93]
    let text = replace_once(E8, "<WLANProfiles/>", "<WLANProfiles>x</WLANProfiles>");
    check("NV-13", &text, Err(("WLANProfiles", UnexpectedText, "XML-93")));
    let deleted = read(E8.as_bytes()).expect("a document");
    assert_eq!(deleted.wlan_profiles().map(|profiles| profiles.0.len()), Some(0));
    assert_eq!(support::e1().wlan_profiles(), None, "absent is not empty [XML-93]");
}

#[test]
fn profiles_have_name_plan_networks_and_msm_in_this_order() {
    let priority = |value: &str| e4("Priority=\"6\"", &format!("Priority=\"{value}\""));
    let wrong = ("WLANProfile", AttributeValue("Priority"), "XML-96");
    check("[XML-96]", &priority("9"), Ok(()));
    check("[XML-96]", &priority("10"), Err(wrong)); // NV-20
    check("[XML-96]", &priority("-1"), Err(wrong));
    check("[XML-97]", &e4(">Fjell Spots<", &format!(">{}<", "x".repeat(255))), Ok(()));
    let wrong = ("name", Value, "XML-97");
    check("[XML-97]", &e4(">Fjell Spots<", &format!(">{}<", "x".repeat(256))), Err(wrong));
    check("[XML-97]", &e4(">Fjell Spots<", "> <"), Err(wrong));
    check(
        "[XML-97]",
        &e4("<name>Fjell Spots</name>", ""),
        Err(("WLANProfile", UnexpectedChild, "XML-93")),
    );
    let plan = "<AssociatedPlan>FjellWifi</AssociatedPlan>";
    check("[XML-98]", &E4.replacen(plan, "", 1), Ok(()));
    let late =
        E4.replacen(plan, "", 1).replacen("</SSIDConfig>", &format!("</SSIDConfig>{plan}"), 1);
    check("[XML-98]", &late, Err(("WLANProfile", UnexpectedChild, "XML-93")));
    check(
        "[XML-103]",
        &E4.replacen("<MSM>", "<MSM/><MSM>", 1),
        Err(("WLANProfile", UnexpectedChild, "XML-93")),
    );
    check(
        "[XML-103]",
        &E4.replacen("<MSM>", "<MSM a=\"\">", 1),
        Err(("MSM", UnexpectedAttribute, "XML-103")),
    );
}

#[test]
fn networks_are_1_to_25_then_those_of_the_second_version() {
    check("[XML-99]", &ssids(25), Ok(()));
    check("[XML-99]", &ssids(26), Err(("SSIDConfig", UnexpectedChild, "XML-99")));
    check("[XML-100]", &ssids(0), Err(("SSIDConfig", MissingChild("SSID"), "XML-100"))); // [XML-119]
    let late = format!("{V2_PREFIX}<SSID><name>a</name></SSID>");
    check("[XML-99]", &e4(V2_PREFIX, &late), Err(("SSIDConfig", UnexpectedChild, "XML-99")));
    let second = |inside: &str| e4("<w2:name>Fjell-Tog</w2:name>", inside);
    check("[XML-101]", &second("<w2:hex> 00 </w2:hex>"), Ok(()));
    check("[XML-101]", &second(""), Err(("SSID", MissingChild("hex"), "XML-101")));
    check("[XML-101]", &second("<w2:hex></w2:hex>"), Err(("hex", Value, "XML-101")));
    check(
        "[XML-101]",
        &second("<name>Fjell-Tog</name>"),
        Err(("SSID", UnexpectedChild, "XML-101")),
    );
}

#[test]
fn nv_20b_ssids_and_prefixes_have_one_spelling_within_its_length() {
    let first = |inside: &str| e4("<name>Fjell-Kafe</name>", inside);
    check(
        "NV-20b",
        &first("<hex>00</hex><name>a</name>"),
        Err(("SSID", UnexpectedChild, "XML-100")),
    );
    check("[XML-100]", &first("<hex>00</hex>"), Ok(()));
    check("[XML-100]", &first("<name> a </name>"), Ok(()));
    for (hex, expected) in [
        ("aF".repeat(32), Ok(())),
        ("aF".repeat(33), Err(("hex", Value, "XML-100"))),
        (String::new(), Err(("hex", Value, "XML-100"))),
        ("0".to_owned(), Err(("hex", Value, "XML-100"))),
        ("0 00".to_owned(), Err(("hex", Value, "XML-100"))),
    ] {
        check("[XML-100]", &first(&format!("<hex>{hex}</hex>")), expected);
    }
    for (name, expected) in [
        ("ø".repeat(32), Ok(())), // [XML-118]
        ("ø".repeat(33), Err(("name", Value, "XML-100"))),
        (String::new(), Err(("name", Value, "XML-100"))),
    ] {
        check("[XML-100]", &first(&format!("<name>{name}</name>")), expected);
    }
    let prefix = |inside: &str| e4("<w2:name>FjellFerge-</w2:name>", inside);
    check("[XML-102]", &prefix("<w2:name>Fjel</w2:name>"), Ok(()));
    check("NV-20b", &prefix("<w2:name>Fje</w2:name>"), Err(("name", Value, "XML-102")));
    check("[XML-102]", &prefix("<w2:hex>00010203</w2:hex>"), Ok(()));
    check("[XML-102]", &prefix("<w2:hex>000102</w2:hex>"), Err(("hex", Value, "XML-102")));
}

#[test]
fn security_has_the_values_of_the_schema() {
    for (id, from, to, expected) in [
        ("[XML-105]", ">WPA2<", ">WPA2PSK<", Ok(())),
        ("[XML-105]", ">WPA2<", ">wpa2<", Err(("authentication", Value, "XML-105"))),
        ("[XML-105]", ">WPA2<", ">WPA3<", Err(("authentication", Value, "XML-105"))), // [HOT-53]
        ("[XML-105]", ">WPA2<", "> WPA2<", Err(("authentication", Value, "XML-105"))),
        ("[XML-106]", ">AES<", ">TKIP<", Ok(())),
        ("[XML-106]", ">AES<", ">CCMP<", Err(("encryption", Value, "XML-106"))),
        ("[XML-107]", "<useOneX>true<", "<useOneX>1<", Ok(())),
        ("[XML-107]", "<useOneX>true<", "<useOneX>yes<", Err(("useOneX", Value, "XML-107"))),
        (
            "[XML-104]",
            "<encryption>AES</encryption>",
            "",
            Err(("authEncryption", UnexpectedChild, "XML-104")),
        ),
    ] {
        check(id, &e4(from, to), expected);
    }
    let fips = |value: &str| {
        let mode = format!(
            "<useOneX>true</useOneX><FIPSMode \
             xmlns=\"http://www.microsoft.com/networking/CarrierControl/WLAN/v2\">\
             {value}</FIPSMode>"
        );
        e4("<useOneX>true</useOneX>", &mode)
    };
    check("[XML-108]", &fips("true"), Ok(())); // [XML-10]
    check("[XML-108]", &fips("on"), Err(("FIPSMode", Value, "XML-108")));
}

#[test]
fn security_has_its_children_in_order_and_in_range() {
    check("[XML-104]", &secured(&format!("{SHARED_KEY}<keyIndex>0</keyIndex>")), Ok(()));
    check(
        "[XML-104]",
        &secured(&format!("<keyIndex>0</keyIndex>{SHARED_KEY}")),
        Err(("security", UnexpectedChild, "XML-104")),
    );
    let key = |from: &str, to: &str| secured(&replace_once(SHARED_KEY, from, to));
    check("[XML-109]", &key("passPhrase", "networkKey"), Ok(()));
    check("[XML-109]", &key("passPhrase", "passphrase"), Err(("keyType", Value, "XML-109")));
    check("[XML-110]", &key("false", "0"), Ok(()));
    check("[XML-110]", &key("false", "no"), Err(("protected", Value, "XML-110")));
    check("[XML-111]", &key("correct horse", ""), Ok(()));
    check(
        "[XML-111]",
        &key("<keyMaterial>correct horse</keyMaterial>", ""),
        Err(("sharedKey", MissingChild("keyMaterial"), "XML-111")),
    );
    for (id, name, valid, invalid) in [
        ("XML-112", "keyIndex", ["0", "3"], ["-1", "4"]), // [XML-112]
        ("XML-113", "PMKCacheMode", ["disabled", "enabled"], ["Enabled", "true"]), // [XML-113]
        ("XML-114", "PMKCacheTTL", ["5", "1440"], ["4", "1441"]), // [XML-114]
        ("XML-115", "PMKCacheSize", ["1", "255"], ["0", "256"]), // [XML-115]
        ("XML-116", "preAuthMode", ["disabled", "enabled"], ["", "on"]), // [XML-116]
        ("XML-117", "preAuthThrottle", ["1", "16"], ["0", "17"]), // [XML-117]
    ] {
        let with = |value: &str| secured(&format!("<{name}>{value}</{name}>"));
        valid.iter().for_each(|value| check(id, &with(value), Ok(())));
        invalid.iter().for_each(|value| check(id, &with(value), Err((name, Value, id))));
    }
}

#[test]
fn nv_15_and_nv_16_hotspots() {
    let start = E4.find("<TrustedDomains>").expect("a list");
    let end = E4.find("<UserAgent>").expect("an agent");
    let (domains, agent) = (&E4[start..end], "<UserAgent>FjellConnect/1.0</UserAgent>");
    let without_domains = e4(domains, "");
    let wrong = ("HotspotProfile", UnexpectedChild, "XML-124");
    check("NV-15", &without_domains, Err(wrong)); // [XML-124]
    let nothing_else = replace_once(&without_domains, agent, "");
    check("NV-15", &nothing_else, Err(wrong));
    let start = E4.find("<BasicAuth>").expect("credentials");
    let basic = &E4[start..E4.find("<TrustedDomains>").expect("a list")];
    let ext = "<ExtAuth><ExtensionId>Fjell_8wekyb3d8bbwe</ExtensionId></ExtAuth>";
    check("[XML-126]", &replace_once(&without_domains, basic, ext), Ok(()));
    check("[XML-126]", &e4(basic, ext), Ok(()));
    check("[XML-124]", &e4(basic, &format!("{basic}{ext}")), Err(wrong));
    check(
        "[XML-126]",
        &e4(basic, "<ExtAuth/>"),
        Err(("ExtAuth", MissingChild("ExtensionId"), "XML-126")),
    );
    let direct = basic.replace("<BasicAuth>", "").replace("</BasicAuth>", "");
    check("NV-16", &e4(basic, &direct), Err(wrong)); // [XML-125]
    check(
        "[XML-125]",
        &e4("<Password>wifi-Demo-1</Password>", ""),
        Err(("BasicAuth", MissingChild("Password"), "XML-125")),
    );
    check("[XML-125]", &e4(">wifi-Demo-1<", "><"), Ok(()));
    check(
        "[XML-127]",
        &e4(domains, "<TrustedDomains/>"),
        Err(("TrustedDomains", MissingChild("TrustedDomain"), "XML-127")),
    );
    let twice = format!("{agent}{agent}");
    check("[XML-128]", &e4(agent, &twice), Err(wrong));
}

#[test]
fn secondary_networks_are_1_to_250() {
    let ssid = "<SSID><namePrefix>Bris-</namePrefix></SSID>";
    let count = |count: usize| e4(ssid, &ssid.repeat(count));
    check("[XML-129]", &count(250), Ok(()));
    check("[XML-129]", &count(251), Err(("SSIDConfig", UnexpectedChild, "XML-129")));
    check("[XML-129]", &count(0), Err(("SSIDConfig", MissingChild("SSID"), "XML-129")));
    let inside = |inside: &str| e4("<namePrefix>Bris-</namePrefix>", inside);
    for (spelling, expected) in [
        ("<hex>00</hex>", Ok(())),
        ("<hex></hex>", Err(("hex", Value, "XML-129"))),
        ("<hexPrefix>00010203</hexPrefix>", Ok(())),
        ("<hexPrefix>000102</hexPrefix>", Err(("hexPrefix", Value, "XML-129"))),
        ("<name>a</name>", Ok(())),
        ("<name></name>", Err(("name", Value, "XML-129"))),
        ("<namePrefix>Bri</namePrefix>", Err(("namePrefix", Value, "XML-129"))),
        ("<name>a</name><hex>00</hex>", Err(("SSID", UnexpectedChild, "XML-129"))),
    ] {
        check("[XML-129]", &inside(spelling), expected);
    }
}

/// Reads, writes and reads again; returns the first profile.
#[track_caller]
fn round_trip(text: &str) -> WlanProfile {
    let document: Document = read(text.as_bytes()).expect("a document");
    let written = write(&document).expect("legal values");
    assert_eq!(read(written.as_bytes()).as_ref(), Ok(&document), "{text}");
    document.wlan_profiles().expect("profiles").0.first().expect("one").clone()
}

#[test]
fn open_places_keep_what_others_put_there() {
    let v1 = "http://www.microsoft.com/networking/WLAN/profile/v1";
    let ordinary = format!("</security><hiddenNetwork xmlns=\"{v1}\">true</hiddenNetwork>");
    let with_msm = E4.replacen("</security>", &ordinary, 1);
    let msm = round_trip(&with_msm).msm.expect("an MSM"); // [XML-123]
    let names: Vec<&str> = msm.others.iter().map(|other| other.local()).collect();
    assert_eq!(names, ["hiddenNetwork"]);
    check(
        "[XML-123]",
        &with_msm.replace(&format!(" xmlns=\"{v1}\""), ""),
        Err(("MSM", UnexpectedChild, "XML-103")),
    );

    // The namespace of a comment of the schema is another one [XML-120].
    let v2 = "http://www.microsoft.com/networking/WLAN/profile/v2";
    let alias = format!("<SSIDPrefix xmlns=\"{v2}\"><name>a</name></SSIDPrefix>");
    let config = round_trip(&e4(V2_PREFIX, &alias)).ssid_config;
    assert_eq!((config.prefixes.len(), config.others.len()), (0, 1));

    // Known elements are held to their rule in any open place [XML-07].
    let here = E4.replacen("</security>", &format!("</security>{V2_PREFIX}"), 1);
    assert_eq!(round_trip(&here).msm.expect("an MSM").others.len(), 1);
    let short = V2_PREFIX.replace("FjellFerge-", "Fje");
    let here = E4.replacen("</security>", &format!("</security>{short}"), 1);
    check("[XML-07]", &here, Err(("name", Value, "XML-102")));
}

#[test]
fn ten_profiles_of_a_thousand_networks_are_read() {
    let ssids: String = (0..1000)
        .map(|n| format!("<w2:SSID><w2:name>Fjell network no. {n:05}</w2:name></w2:SSID>"))
        .collect();
    let profile = |n: usize| {
        format!(
            "<WLANProfile xmlns=\"http://www.microsoft.com/networking/CarrierControl/WLAN/v1\" \
             xmlns:w2=\"http://www.microsoft.com/networking/CarrierControl/WLAN/v2\">\
             <name>Fjell {n}</name><SSIDConfig><SSID><name>Fjell</name></SSID>{ssids}\
             </SSIDConfig></WLANProfile>"
        )
    };
    let profiles: String = (0..10).map(profile).collect(); // [XML-95], [XML-119]
    let text =
        replace_once(support::E1, END, &format!("<WLANProfiles>{profiles}</WLANProfiles>{END}"));
    let document = read(text.as_bytes()).expect("within the limits of the reader");
    let counts = document.wlan_profiles().expect("profiles").0.iter();
    let counts: Vec<usize> = counts.map(|p| p.ssid_config.all_ssids().count()).collect();
    assert_eq!(counts, [1001; 10]);
    assert_eq!(carrier::lint::check(&document), []);
}
