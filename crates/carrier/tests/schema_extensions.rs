//! Extensions and foreign content: vectors NV-14 and NV-19 and the rows around them, each refusal
//! beside what is still valid.

mod support;

use carrier::document::DataClass;
use carrier::read::read;
use carrier::schema::SchemaFault;
use support::violations::{Violation, check};
use support::{E1, END, e5::E5, replace_once};

use SchemaFault::{AttributeValue, MissingAttribute, MissingChild, UnexpectedChild, Value};

/// Example 14.5 with one replacement.
fn e5(from: &str, to: &str) -> String {
    replace_once(E5, from, to)
}

/// Example 14.1 with this inside `Extensions`.
fn extensions(inside: &str) -> String {
    replace_once(E1, END, &format!("<Extensions>{inside}</Extensions>{END}"))
}

/// Example 14.1 with this inside `Extensions_v2`.
fn v2(inside: &str) -> String {
    extensions(&format!("{V2}{inside}</Extensions_v2>"))
}

/// Example 14.1 with this at the end of `Global`.
fn global(inside: &str) -> String {
    replace_once(E1, "</Global>", &format!("{inside}</Global>"))
}

const V2: &str = "<Extensions_v2 xmlns=\"http://www.microsoft.com/networking/CarrierControl/v2\">";
const PLAN: &str = "<Plan xmlns=\"http://www.microsoft.com/networking/CarrierControl/Plans/v1\" \
    Name=\"a\"><Description PlanType=\"Fixed\"/></Plan>";

#[test]
fn nv_14_open_places_take_what_a_schema_declares() {
    let unknown = "<x xmlns=\"urn:x\"/>";
    check("NV-14, [XML-23]", &global(unknown), Err(("XML-24", "Global", UnexpectedChild)));
    let unexpected = Err(("XML-160", "Extensions", UnexpectedChild));
    check("NV-14, [XML-07]", &extensions(unknown), unexpected);
    check("[XML-07]", &extensions("<x xmlns=\"\"/>"), unexpected);
    check("[XML-07]", &extensions("<CarrierId/>"), unexpected);
    let cycle =
        "<BillingCycle xmlns=\"http://www.microsoft.com/networking/CarrierControl/Plans/v1\"/>";
    // Declared, but not globally.
    check("[XML-07]", &extensions(cycle), unexpected);
    let empty = format!("{V2}</Extensions_v2>");
    check("[XML-23]", &global(&format!("{PLAN}{empty}{PLAN}")), Ok(()));
    check("[XML-07]", &extensions(&format!("{PLAN}{empty}{empty}")), Ok(()));
    // What is declared is held to its declaration.
    let without_name = PLAN.replace(" Name=\"a\"", "");
    let lacking = Err(("XML-132", "Plan", MissingAttribute("Name")));
    check("[XML-23]", &global(&without_name), lacking);
    check("[XML-07]", &extensions(&without_name), lacking);
    let data =
        "<X509Data xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Certificate/></X509Data>";
    check("[XML-07]", &extensions(data), Ok(()));
}

#[test]
fn what_fills_an_open_place_is_kept() {
    let document = global(&format!("<!-- a -->{PLAN}"));
    let read_global = read(document.as_bytes()).expect("a document");
    let [other] = read_global.global().others.as_slice() else {
        panic!("one element: [XML-23]");
    };
    assert_eq!((other.local(), read_global.plans()), ("Plan", &[][..]));
    let document = extensions(&format!("{PLAN}{V2}</Extensions_v2>{V2}</Extensions_v2>"));
    let read_extensions = read(document.as_bytes()).expect("a document");
    let part = read_extensions.extensions().expect("extensions");
    assert!(part.v2.is_some(), "[XML-160]");
    let names: Vec<&str> = part.others.iter().map(|other| other.local()).collect();
    assert_eq!(names, ["Plan", "Extensions_v2"]);
}

#[test]
fn every_part_of_the_extensions_is_optional() {
    check("14.5", E5, Ok(()));
    check("NV-13", &extensions(""), Ok(()));
    check("[XML-160]", &v2(""), Ok(()));
    check("[XML-161]", &v2("<CarrierNetworkMetadata/>"), Ok(()));
    check(
        "[XML-161]",
        &v2("<CarrierNetworkMetadata><NetworkSettings/></CarrierNetworkMetadata>"),
        Ok(()),
    );
    check("[XML-167]", &v2("<AdditionalPDPContexts/>"), Ok(()));
    for part in ["<MultiplePDPContextPolicies/>", "<TetheringSettings/>"] {
        let part = format!("<AdditionalPDPContexts>{part}</AdditionalPDPContexts>");
        check("[XML-168], [XML-171]", &v2(&part), Ok(()));
    }
    for (id, element, parts) in [
        ("XML-160", "Extensions_v2", "<AdditionalPDPContexts/><CarrierNetworkMetadata/>"),
        (
            "XML-161",
            "CarrierNetworkMetadata",
            "<CarrierNetworkMetadata><DataClassFriendlyNames/><NetworkSettings/></CarrierNetworkMetadata>",
        ),
        (
            "XML-167",
            "AdditionalPDPContexts",
            "<AdditionalPDPContexts><TetheringSettings/><MultiplePDPContextPolicies/></AdditionalPDPContexts>",
        ),
    ] {
        check("[XML-01]", &v2(parts), Err((id, element, UnexpectedChild)));
    }
}

#[test]
fn nv_19_numbers() {
    for (id, from, rule, element, right, wrong) in [
        (
            "NV-19, [XML-162]",
            ">1430<",
            "XML-162",
            "IPv4LinkMTU",
            ["1280", "1500"],
            ["1279", "1501"],
        ),
        (
            "NV-19, [XML-163]",
            ">1280<",
            "XML-163",
            "IPv6LinkMTU",
            ["1280", "+01500"],
            ["1279", "1501"],
        ),
        ("[XML-164]", ">2<", "XML-164", "DNSRetryIntervalInSeconds", ["1", "4"], ["0", "5"]),
        ("NV-19, [XML-164]", ">3<", "XML-164", "DNSRetryCount", ["1", "4"], ["0", "5"]),
        ("NV-19, [XML-173]", ">5<", "XML-173", "MaxNumberOfDevices", ["3", "10"], ["2", "11"]),
    ] {
        for number in right {
            check(id, &e5(from, &format!(">{number}<")), Ok(()));
        }
        for number in wrong.into_iter().chain(["", "x"]) {
            check(id, &e5(from, &format!(">{number}<")), Err((rule, element, Value)));
        }
    }
    check(
        "[XML-164]",
        &e5("<DNSRetryCount>3</DNSRetryCount>", ""),
        Err(("XML-164", "DNSRetrySettings", MissingChild("DNSRetryCount"))),
    );
    check(
        "[XML-164]",
        &e5("<DNSRetryIntervalInSeconds>2</DNSRetryIntervalInSeconds>", ""),
        Err(("XML-164", "DNSRetrySettings", UnexpectedChild)),
    );
}

#[test]
fn data_classes_have_names_in_order() {
    let names = |classes: &[DataClass]| {
        let names: String = classes
            .iter()
            .map(|class| format!("<{0}>{1}</{0}>", class.as_str(), "x".repeat(15)))
            .collect();
        v2(&format!(
            "<CarrierNetworkMetadata><DataClassFriendlyNames>{names}</DataClassFriendlyNames>\
             </CarrierNetworkMetadata>"
        ))
    };
    check("[XML-165]", &names(&DataClass::ALL), Ok(()));
    let unexpected = Err(("XML-165", "DataClassFriendlyNames", UnexpectedChild));
    for pair in DataClass::ALL.windows(2) {
        check("[XML-165]", &names(pair), Ok(()));
        let [first, second] = pair else { panic!("two") };
        check("[XML-165]", &names(&[*second, *first]), unexpected);
    }
    check("[XML-165]", &e5("<LTE>Fjell 4G</LTE>", "<NR>Fjell 5G</NR>"), unexpected);
    let wrong: Result<(), Violation> = Err(("XML-165", "LTE", Value));
    check("[XML-165]", &e5(">Fjell 4G<", &format!(">{}<", "x".repeat(16))), wrong);
    check("[XML-165]", &e5(">Fjell 4G<", "> \n<"), wrong);
    check("[XML-166]", &e5(">+4700000000<", "><"), Ok(()));
    check("[XML-166]", &e5(">+4700000000<", &format!("> {} <", "0".repeat(25))), Ok(()));
    check(
        "[XML-166]",
        &e5(">+4700000000<", &format!(">{}<", "0".repeat(26))),
        Err(("XML-166", "CustomerSupportPhoneNumber", Value)),
    );
}

#[test]
fn policies_name_a_context_and_apps() {
    let support = "MultiplePDPContextSupport=\"true\"";
    let wrong = AttributeValue("MultiplePDPContextSupport");
    for (text, expected) in [
        ("0", Ok(())),
        ("1", Ok(())),
        ("no", Err(("XML-168", "MultiplePDPContextPolicies", wrong))),
    ] {
        let attribute = format!("MultiplePDPContextSupport=\"{text}\"");
        check("[XML-168]", &e5(support, &attribute), expected);
    }
    check("[XML-168]", &e5(support, ""), Ok(()));
    let app = "<AppID>FjellMobil.TV_8ab0cdefghjkm</AppID>";
    check("[XML-170], [XML-175]", &e5(app, ""), Ok(()));
    check("[XML-170]", &e5(app, "<AppID/><AppID> a </AppID>"), Ok(()));
    let lacking = |id, name| Err((id, "PDPContextPolicy", MissingChild(name)));
    let policy = |inside: &str| {
        v2(&format!(
            "<AdditionalPDPContexts><MultiplePDPContextPolicies><PDPContextPolicy>{inside}\
             </PDPContextPolicy></MultiplePDPContextPolicies></AdditionalPDPContexts>"
        ))
    };
    check("[XML-169]", &policy("<Name>a</Name><Context/><AppIDList/>"), Ok(()));
    check("[XML-169]", &policy("<Name>a</Name><Context/>"), lacking("XML-170", "AppIDList"));
    check("[XML-169]", &policy("<Name>a</Name>"), lacking("XML-174", "Context"));
    check("[XML-169]", &policy(""), lacking("XML-169", "Name"));
    let empty = Err(("XML-169", "Name", Value));
    check("[XML-169]", &policy("<Name/><Context/><AppIDList/>"), empty);
    check(
        "[XML-172]",
        &e5(">Fjell Deling<", &format!(">{}<", "x".repeat(256))),
        Err(("XML-172", "Name", Value)),
    );
    check(
        "[XML-172]",
        &e5("<Name>Fjell Deling</Name>", ""),
        Err(("XML-172", "TetheringProfile", UnexpectedChild)),
    );
}

#[test]
fn contexts_are_those_of_profiles_in_another_namespace() {
    let access = "<AccessString>share.fjell.example</AccessString>";
    let context = |inside: &str| e5(access, inside);
    let logon = "<UserLogonCred><UserName>a</UserName><Password> </Password></UserLogonCred>";
    let rest = "<Compression>ENABLE</Compression><AuthProtocol>MsCHAPv2</AuthProtocol>";
    check("[XML-174]", &context(""), Ok(()));
    check("[XML-174]", &context(&format!("{access}{logon}{rest}")), Ok(()));
    let value = |element| Err(("XML-174", element, Value));
    for (inside, expected) in [
        (format!("<AccessString>{}</AccessString>", "x".repeat(101)), value("AccessString")),
        ("<AccessString/>".to_owned(), value("AccessString")),
        (rest.replace("ENABLE", "enable"), value("Compression")),
        (rest.replace("MsCHAPv2", "CHAPv2"), value("AuthProtocol")),
        (
            "<UserLogonCred/>".to_owned(),
            Err(("XML-174", "UserLogonCred", MissingChild("UserName"))),
        ),
        (format!("{logon}{access}"), Err(("XML-174", "Context", UnexpectedChild))),
        (
            access.replace(
                "<AccessString>",
                "<AccessString \
                 xmlns=\"http://www.microsoft.com/networking/CarrierControl/WWAN/v1\">",
            ),
            Err(("XML-174", "Context", UnexpectedChild)),
        ),
    ] {
        check("[XML-174]", &context(&inside), expected);
    }
}
