//! The reader of the public database of providers, on a small one of our own.

use std::fmt::Debug;

use carrier::document::{Password, UserName};
use carrier::gnome::{
    self, Apn, Authentication, Claim, Fault, Name, NetworkId, Notice, Oddity, POLICY, PlaceError,
    PlanType, ReadError, ServiceProviders, Sid, Usage,
};
use carrier::xml::{Fault as XmlFault, Policy, parse_with};

const SMALL: &str = include_str!("vectors/serviceproviders.xml");

const NETWORK_ID: &str = "serviceproviders/country/provider/gsm/network-id";
const APN: &str = "serviceproviders/country/provider/gsm/apn";
const APN_USAGE: &str = "serviceproviders/country/provider/gsm/apn/usage";
const APN_NAME: &str = "serviceproviders/country/provider/gsm/apn/name";
const APN_PASSWORD: &str = "serviceproviders/country/provider/gsm/apn/password";
const APN_AUTHENTICATION: &str = "serviceproviders/country/provider/gsm/apn/authentication";
const APN_DNS: &str = "serviceproviders/country/provider/gsm/apn/dns";
const SID: &str = "serviceproviders/country/provider/cdma/sid";

#[track_caller]
fn read(text: &str) -> ServiceProviders {
    gnome::read(text.as_bytes()).expect("a database")
}

/// The small database with one replacement.
fn with(from: &str, to: &str) -> String {
    assert_eq!(SMALL.matches(from).count(), 1, "{from}");
    SMALL.replacen(from, to, 1)
}

fn steps(path: &'static str) -> Vec<&'static str> {
    path.split('/').collect()
}

/// `at` is the start of the element, nowhere before in the text.
#[track_caller]
fn check_refused(text: &str, at: &str, path: &'static str, fault: Fault) {
    let at = text.find(at).expect("the element");
    let error = PlaceError { at, path: steps(path), fault };
    assert_eq!(gnome::read(text.as_bytes()), Err(ReadError::Place(error)));
}

/// As [`check_refused`], of a database that is read all the same.
#[track_caller]
fn check_notice(text: &str, at: &str, path: &'static str, oddity: &Oddity) -> ServiceProviders {
    let database = read(text);
    let at = text.find(at).expect("the element");
    let notice = Notice { at, path: steps(path), oddity: oddity.clone() };
    assert_eq!(database.notices, [notice]);
    database
}

fn name(text: &str) -> Name {
    Name { language: None, text: text.to_owned() }
}

fn first_apn(database: &ServiceProviders) -> &Apn {
    let gsm = database.countries[0].providers[0].gsm.as_ref().expect("a gsm part");
    &gsm.apns[0]
}

fn shown(value: &impl Debug) -> String {
    format!("{value:?}")
}

#[test]
fn every_part_of_a_database_is_read() {
    let database = read(SMALL);
    assert_eq!(database.notices, []);
    assert_eq!(database.not_kept, 2);
    let codes: Vec<_> = database.countries.iter().map(|c| c.code.as_str()).collect();
    assert_eq!(codes, ["no", "se"]);
    assert_eq!(database.countries[0].names, [name("Norway")]);
    let [fjell, aurora] = database.countries[0].providers.as_slice() else { panic!("two") };
    assert_eq!((fjell.name(), fjell.is_primary), ("Fjell Mobil", Some(true)));
    let nynorsk = Name { language: Some("nn".to_owned()), text: "Fjell Mobil AS".to_owned() };
    assert_eq!(fjell.names, [name("Fjell Mobil"), nynorsk]);
    assert_eq!((aurora.name(), aurora.is_primary), ("Aurora", None));
    let gsm = fjell.gsm.as_ref().expect("a gsm part");
    let ids: Vec<_> = gsm.network_ids.iter().map(|id| (id.mcc(), id.mnc())).collect();
    assert_eq!(ids, [("001", "01"), ("001", "001")]); // [MATCH-11]
    let [internet, mms] = gsm.apns.as_slice() else { panic!("two") };
    assert_eq!(internet.value.as_str(), "data.fjell.example");
    assert_eq!(internet.plans, [PlanType::Postpaid, PlanType::Prepaid]);
    assert_eq!(internet.usage, Some(Usage::Internet));
    assert_eq!(internet.names, [name("Fjell Internet")]);
    assert_eq!(internet.gateway.as_deref(), Some("192.0.2.1:80"));
    assert_eq!(internet.user_name.as_ref().map(UserName::reveal), Some("fjell"));
    assert_eq!(internet.password.as_ref().map(Password::reveal), Some("s3cret-Demo"));
    assert_eq!(internet.authentication, [Authentication::Chap]);
    let dns: Vec<_> = internet.dns.iter().map(ToString::to_string).collect();
    assert_eq!(dns, ["192.0.2.53", "192.0.2.54"]);
    assert_eq!(mms.usage, Some(Usage::Mms));
    assert_eq!((&mms.user_name, &mms.password), (&None, &None));
    assert_eq!(mms.mmsc.as_deref(), Some("http://mms.fjell.example/"));
    assert_eq!(mms.mms_proxy.as_deref(), Some("192.0.2.2:8080"));
    let cdma = aurora.cdma.as_ref().expect("a cdma part");
    assert_eq!(cdma.names, [name("Aurora CDMA")]);
    assert_eq!(cdma.user_name.as_ref().map(UserName::reveal), Some("aurora"));
    assert_eq!(cdma.password.as_ref().map(Password::reveal), Some("n0rdlys"));
    assert_eq!(cdma.dns[0].to_string(), "192.0.2.55");
    let sids: Vec<_> = cdma.sids.iter().copied().map(Sid::number).collect();
    assert_eq!(sids, [4102, 32767]);
}

#[test]
fn passwords_do_not_print() {
    let printed = shown(&read(SMALL));
    assert!(printed.contains("Fjell Internet"));
    for secret in ["s3cret-Demo", "n0rdlys"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

#[test]
fn what_the_dtd_requires_is_missed() {
    let root = "serviceproviders";
    check_refused("<countries/>", "<countries", root, Fault::Root);
    let foreign = "<serviceproviders xmlns='urn:x' format='2.0'/>";
    check_refused(foreign, "<serviceproviders", root, Fault::Root);
    check_refused(&with("\"2.0\"", "\"1.0\""), "<serviceproviders", root, Fault::Format);
    for (from, to, at, path, fault) in [
        (" format=\"2.0\"", "", "<serviceproviders", root, Fault::MissingAttribute("format")),
        (
            " code=\"se\"",
            "",
            "<country>",
            "serviceproviders/country",
            Fault::MissingAttribute("code"),
        ),
        (
            "<name>Sweden</name>",
            "",
            "<country code=\"se\">",
            "serviceproviders/country",
            Fault::MissingElement("name"),
        ),
        (
            "<name>Bris</name>",
            "",
            "<provider primary=\"false\">",
            "serviceproviders/country/provider",
            Fault::MissingElement("name"),
        ),
        (
            " mnc=\"001\"",
            "",
            "<network-id mcc=\"001\"/>",
            NETWORK_ID,
            Fault::MissingAttribute("mnc"),
        ),
        (" value=\"aurora\"", "", "<apn/>", APN, Fault::MissingAttribute("value")),
        (" type=\"mms\"", "", "<usage/>", APN_USAGE, Fault::MissingAttribute("type")),
        (" value=\"32767\"", "", "<sid/>", SID, Fault::MissingAttribute("value")),
    ] {
        check_refused(&with(from, to), at, path, fault);
    }
}

#[test]
fn what_the_format_does_not_know_is_reported_with_its_place() {
    let unknown = |name: &str| Oddity::UnknownElement(name.to_owned());
    for (from, to, at, path, oddity) in [
        (
            "<apn value=\"aurora\"/>",
            "<apn value=\"aurora\"><roaming/></apn>",
            "<roaming/>",
            APN,
            unknown("roaming"),
        ),
        (
            "<gateway>",
            "<x:name xmlns:x='urn:x'>x</x:name><gateway>",
            "<x:name",
            APN,
            unknown("name"),
        ),
        ("<name>Fjell Internet</name>", "<name>Fjell <b/></name>", "<b/>", APN_NAME, unknown("b")),
        (
            " code=\"no\"",
            " code=\"no\" tax=\"1\"",
            "<country",
            "serviceproviders/country",
            Oddity::UnknownAttribute("tax".to_owned()),
        ),
        ("<gateway>", "x<gateway>", "<apn value=\"data", APN, Oddity::Text),
        (
            "<gateway>",
            "<usage type=\"wap\"/><gateway>",
            "<usage type=\"wap\"",
            APN_USAGE,
            Oddity::Repeated,
        ),
        (
            "\"mms.fjell.example\"",
            "\" mms.fjell.example\"",
            "<apn value=\" mms",
            APN,
            Oddity::Blanks,
        ),
        ("s3cret-Demo", " s3cret", "<password> ", APN_PASSWORD, Oddity::Blanks),
        (
            "\"true\"",
            "\"yes\"",
            "<provider primary=\"yes\"",
            "serviceproviders/country/provider",
            Oddity::UnknownWord("primary"),
        ),
        (
            "\"se\"",
            "\"SE\"",
            "<country code=\"SE\"",
            "serviceproviders/country",
            Oddity::UnknownWord("code"),
        ),
    ] {
        check_notice(&with(from, to), at, path, &oddity);
    }
}

#[test]
fn words_that_the_format_does_not_have_are_kept_and_reported() {
    let ims = check_notice(
        &with("<usage type=\"internet\"/>", "<usage type=\"ims\"/>"),
        "<usage type=\"ims\"",
        APN_USAGE,
        &Oddity::UnknownWord("type"),
    );
    assert_eq!(first_apn(&ims).usage, Some(Usage::Other("ims".to_owned())));
    let chap2 = check_notice(
        &with("\"chap\"", "\"mschapv2\""),
        "<authentication",
        APN_AUTHENTICATION,
        &Oddity::UnknownWord("method"),
    );
    let other = Authentication::Other("mschapv2".to_owned());
    assert_eq!(first_apn(&chap2).authentication, [other]);
}

#[test]
fn unusable_values_are_left_out_and_reported() {
    let odd = |from: &str, to: &str, at: &str, path: &'static str| {
        check_notice(&with(from, to), at, path, &Oddity::Value)
    };
    let id = odd("mnc=\"001\"", "mnc=\"1\"", "<network-id mcc=\"001\" mnc=\"1\"", NETWORK_ID);
    assert_eq!(id.report().networks, 1);
    let apn = odd("\"aurora\"", "\"\"", "<apn value=\"\"", APN);
    assert_eq!(apn.report().apns, 2);
    let dns = odd("192.0.2.53", "192.0.2.256", "<dns>", APN_DNS);
    assert_eq!(first_apn(&dns).dns.len(), 1);
    let sid = odd("\"32767\"", "\"32768\"", "<sid value=\"32768\"", SID);
    assert_eq!(sid.report().sids, 1);
}

#[test]
fn networks_are_named_by_digits_alone() {
    for (mcc, mnc, is_network) in [
        ("242", "01", true),
        ("242", "001", true),
        ("24", "01", false),
        ("242", "1", false),
        ("242", "0001", false),
        ("24a", "01", false),
        ("242", "٠١", false),
    ] {
        assert_eq!(NetworkId::parse(mcc, mnc).is_some(), is_network, "{mcc} {mnc}");
    }
    for (text, number) in [
        ("0", Some(0)),
        ("32767", Some(32767)),
        ("32768", None),
        ("00001", Some(1)),
        ("000001", None),
        ("+1", None),
        ("", None),
    ] {
        assert_eq!(Sid::parse(text).map(Sid::number), number, "{text}");
    }
}

#[test]
fn claims_of_several_providers_are_listed_once_each() {
    let database = read(SMALL);
    let report = database.report();
    assert_eq!((report.countries, report.providers, report.apns), (2, 3, 3));
    assert_eq!((report.networks, report.sids), (2, 2));
    let claims = |claims: &[Claim<'_>]| -> Vec<String> {
        claims.iter().map(|c| format!("{} {} {:?}", c.country, c.provider, c.is_primary)).collect()
    };
    let [network] = report.shared_networks.as_slice() else { panic!("one") };
    assert_eq!((network.id.mcc(), network.id.mnc()), ("001", "01"));
    assert_eq!(claims(&network.claims), ["no Fjell Mobil Some(true)", "no Aurora None"]);
    let [sid] = report.shared_sids.as_slice() else { panic!("one") };
    assert_eq!(sid.id.number(), 4102);
    assert_eq!(claims(&sid.claims), ["no Aurora None", "se Bris Some(false)"]);
}

#[test]
fn only_an_external_dtd_without_a_subset_is_skipped() {
    // What [XML-05] refuses in a document; `tests/xml_reader.rs` has its rows.
    let doctype = "<!DOCTYPE serviceproviders SYSTEM \"serviceproviders.2.dtd\">";
    for accepted in ["", "<!DOCTYPE  a\nSYSTEM 'x>y' >"] {
        assert_eq!(read(&with(doctype, accepted)).countries, read(SMALL).countries, "{accepted}");
    }
    for refused in [
        "<!DOCTYPE serviceproviders>",
        "<!DOCTYPE serviceproviders SYSTEM>",
        "<!DOCTYPE serviceproviders SYSTEM \"a\" []>",
        "<!DOCTYPE serviceproviders SYSTEM \"a\" [<!ENTITY b 'c'>]>",
        "<!DOCTYPE serviceproviders [<!ENTITY b SYSTEM 'c'>]>",
        "<!DOCTYPE serviceproviders PUBLIC \"a\" \"b\">",
        "<!doctype serviceproviders SYSTEM \"a\">",
        "<!DOCTYPE serviceproviders system \"a\">",
        "<!DOCTYPE serviceproviders SYSTEM\"a\">",
        "<!DOCTYPE a SYSTEM \"a\"><!DOCTYPE a SYSTEM \"a\">",
    ] {
        let fault = match gnome::read(with(doctype, refused).as_bytes()) {
            Err(ReadError::Xml(error)) => error.fault,
            other => panic!("{refused}: {other:?}"),
        };
        assert_eq!(fault, XmlFault::Doctype, "{refused}");
    }
    let later = with("</serviceproviders>", "<!DOCTYPE a SYSTEM \"a\"></serviceproviders>");
    for text in [later, format!("{SMALL}{doctype}")] {
        let error = parse_with(text.as_bytes(), &POLICY).expect_err("refused");
        assert_eq!(error.fault, XmlFault::Doctype);
    }
}

#[test]
fn the_policy_bounds_the_file() {
    assert_eq!((POLICY.bytes_max, POLICY.nodes_max), (8 * 1024 * 1024, 262_144));
    let root = "<serviceproviders format=\"2.0\">";
    let text = format!("{root}<country code=\"no\"><name/></country></serviceproviders>");
    // The root and its attribute are two nodes, the country is three.
    let (bytes_max, nodes_max) = (text.len(), 5);
    for (policy, expected) in [
        (Policy { bytes_max, nodes_max, ..POLICY }, None),
        (Policy { bytes_max: bytes_max - 1, nodes_max, ..POLICY }, Some(XmlFault::TooLarge)),
        (Policy { bytes_max, nodes_max: nodes_max - 1, ..POLICY }, Some(XmlFault::Nodes)),
    ] {
        let found = parse_with(text.as_bytes(), &policy).map_err(|e| e.fault).err();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_flood_of_notices_is_counted_not_kept() {
    let odd = "<x/>".repeat(Notice::COUNT_MAX + 3);
    let database = read(&format!("<serviceproviders format='2.0'>{odd}</serviceproviders>"));
    assert_eq!((database.notices.len(), database.notices_left_out), (Notice::COUNT_MAX, 3));
}
