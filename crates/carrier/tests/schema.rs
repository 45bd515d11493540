//! The negative vectors NV of 02-provisioning-xml.md §15, each beside what is still valid.

mod support;

use carrier::schema::{SchemaFault, validate};
use carrier::verify::{Consent, Refusal, Trust, verify};
use carrier::xml::parse;
use support::{E1, E2, END, replace_once};

use SchemaFault::{
    AttributeValue, MissingAttribute, MissingChild, Root, UnexpectedAttribute, UnexpectedChild,
    UnexpectedText, Value,
};

/// Judges by the schema alone, and by the verifier: 82170002, or for a valid document 8217000e
/// because it is not signed.
#[track_caller]
fn check(id: &str, document: &str, expected: Result<(), (&'static str, SchemaFault)>) {
    let root = parse(document.as_bytes()).expect("well-formed");
    let found = validate(&root);
    assert_eq!(
        found.clone().map_err(|e| (*e.path.last().expect("a path"), e.fault)),
        expected,
        "{id}: {document}"
    );
    let trust = Trust::of_web_site(&[], support::now(), Consent::Given);
    let refusal = verify(document.as_bytes(), &trust).expect_err("refused");
    match found {
        Ok(()) => assert_eq!(refusal, Refusal::Unsigned, "{id}"),
        Err(error) => {
            assert_eq!(refusal, Refusal::Invalid(error), "{id}");
            assert_eq!(refusal.hresult().to_string(), "82170002", "{id}");
            assert_eq!(refusal.result(), 2, "{id}");
        }
    }
}

/// Example 14.1 with one replacement.
fn e1(from: &str, to: &str) -> String {
    replace_once(E1, from, to)
}

/// Example 14.2 with one replacement.
fn e2(from: &str, to: &str) -> String {
    replace_once(E2, from, to)
}

/// Example 14.1 with more children at the end.
fn e1_with(parts: &str) -> String {
    e1(END, &format!("{parts}{END}"))
}

const GUID: &str = "<CarrierId>{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}</CarrierId>";
const SUBSCRIBER: &str = "<SubscriberId>001019876543210</SubscriberId>";

#[test]
fn examples_are_valid() {
    check("14.1", E1, Ok(()));
    check("14.2", E2, Ok(()));
    check("14.3", support::E3, Ok(()));
    check("XML-05", &format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{E1}\n"), Ok(()));
    check("blanks", &e1("{6f1d2a54", " \n{6f1d2a54"), Ok(()));
    let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    let hint = |attribute: &str| e1("<Global>", &format!("<Global {xsi} {attribute}>"));
    check("XML Schema", &hint("xsi:schemaLocation=\"urn:a a.xsd\""), Ok(()));
    let wrong = Err(("Global", UnexpectedAttribute));
    check("XML Schema", &hint("xsi:type=\"a\""), wrong);
}

#[test]
fn nv_1_to_nv_6_global() {
    let swapped = E1.replace(GUID, "#").replace(SUBSCRIBER, GUID).replace('#', SUBSCRIBER);
    check("NV-1", &swapped, Err(("Global", UnexpectedChild)));
    check(
        "NV-2",
        &e1("{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}", "6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77"),
        Err(("CarrierId", Value)),
    );
    for id in ["a_b", "a b", "a-b", "", "123456789012345678901"] {
        let document = e1("001019876543210", id);
        check("NV-3", &document, Err(("SubscriberId", Value)));
    }
    check("NV-4", &e1("001019876543210", "12345678901234567890"), Ok(()));
    let device = |id: &str| e1(SUBSCRIBER, &format!("{SUBSCRIBER}<DeviceId>{id}</DeviceId>"));
    check("NV-5", &device("12345678901"), Err(("DeviceId", Value)));
    check("XML-22", &device("00:1a:2B:3c:4d:5e"), Ok(()));
    check("NV-6", &e1("http://", "https://"), Err(("CarrierProvisioning", Root)));
    check(
        "NV-14",
        &e1(SUBSCRIBER, &format!("{SUBSCRIBER}<x xmlns=\"urn:x\"/>")),
        Err(("Global", UnexpectedChild)),
    );
    check(
        "XML-24",
        "<CarrierProvisioning xmlns=\"http://www.microsoft.com/networking/CarrierControl/v1\"/>",
        Err(("CarrierProvisioning", MissingChild("Global"))),
    );
    check("XML-04", &e1("<Global>", "<Global Id=\"a\">"), Err(("Global", UnexpectedAttribute)));
    check("XML-04", &e1_with("x"), Err(("CarrierProvisioning", UnexpectedText)));
}

#[test]
fn nv_7_to_nv_9_activation() {
    let directive = "<ReconnectToNetwork xmlns=\"http://www.microsoft.com/networking/CarrierControl/WWAN/v1\"/>";
    let activation = |inside: &str| e1_with(&format!("<Activation>{inside}</Activation>"));
    check("NV-7", &activation(""), Err(("Activation", MissingChild("ReregisterToNetwork"))));
    check("NV-7", &activation(&directive.repeat(2)), Err(("Activation", UnexpectedChild)));
    check("XML-29", &activation(directive), Ok(()));
    check("XML-29", &activation(&directive.replace("Reconnect", "Reregister")), Ok(()));
    check(
        "XML-29",
        &activation(&directive.replace("/>", "> </ReconnectToNetwork>")),
        Err(("ReconnectToNetwork", UnexpectedText)),
    );
    for (id, attribute, expected) in [
        ("NV-8", "Delay=\"PT1H\"", Some("Delay")),
        ("NV-8", "RetryInterval=\"PT59S\"", Some("RetryInterval")),
        ("NV-8", "RetryCount=\"11\"", Some("RetryCount")),
        ("NV-9", "Delay=\"PT59M59S\"", None),
        ("NV-9", "RetryCount=\"10\"", None),
        ("NV-9", "RetryInterval=\"PT1H\"", None),
        ("XML-31", "Delay=\"PT59M59.9S\"", None),
        ("XML-31", "Delay=\"-PT0S\"", None),
        ("XML-31", "Delay=\"-PT1S\"", Some("Delay")),
        ("XML-31", "Delay=\"P1M\"", Some("Delay")),
        ("XML-31", "Delay=\"20\"", Some("Delay")),
        ("XML-32", "RetryCount=\"+010\"", None),
        ("XML-32", "RetryCount=\"-1\"", Some("RetryCount")),
        ("XML-33", "RetryInterval=\"PT60.0S\"", None),
        ("XML-33", "RetryInterval=\"PT1H0.1S\"", Some("RetryInterval")),
    ] {
        let document = activation(&directive.replace("/>", &format!(" {attribute}/>")));
        let expected = expected.map(|name| ("ReconnectToNetwork", AttributeValue(name)));
        check(id, &document, expected.map_or(Ok(()), Err));
    }
}

#[test]
fn nv_13_empty_parts() {
    check("NV-13", &e1_with("<Plans/>"), Err(("Plans", MissingChild("Plan"))));
    for part in ["<WLANProfiles/>", "<MBNProfiles/>", "<Extensions/>", "<Provisioning/>"] {
        check("NV-13", &e1_with(part), Ok(()));
    }
    let all = "<MBNProfiles/><WLANProfiles/><Provisioning/><Extensions/>";
    check("XML-04", &e1_with(all), Ok(()));
    let disordered = "<WLANProfiles/><MBNProfiles/>";
    check("XML-01", &e1_with(disordered), Err(("CarrierProvisioning", UnexpectedChild)));
    check(
        "NV-14",
        &e1_with("<Extensions><x xmlns=\"urn:x\"/></Extensions>"),
        Err(("Extensions", UnexpectedChild)),
    );
}

#[test]
fn nv_18_and_nv_20_plans() {
    let limit = "<DataLimitInMegabytes>20000</DataLimitInMegabytes>";
    let cycle =
        "<BillingCycle StartDate=\"2030-03-01T00:00:00Z\" Duration=\"P1M\" Resets=\"true\"/>";
    let swapped = E2.replace(limit, "#").replace(cycle, limit).replace('#', cycle);
    check("NV-18", &swapped, Err(("Description", UnexpectedChild)));
    let plan = |inside: &str| {
        e1_with(&format!(
            "<Plans><Plan xmlns=\"http://www.microsoft.com/networking/CarrierControl/Plans/v1\" \
             Name=\"a\">{inside}</Plan></Plans>"
        ))
    };
    check("NV-20", &plan(""), Err(("Plan", MissingChild("Description"))));
    check("NV-20", &plan("<Description/>"), Err(("Description", MissingAttribute("PlanType"))));
    check("XML-134", &plan("<Description PlanType=\"Unrestricted\"/>"), Ok(()));
    check(
        "XML-134",
        &plan("<Description PlanType=\"fixed\"/>"),
        Err(("Description", AttributeValue("PlanType"))),
    );
    check("XML-132", &E2.replace(" Name=\"Fjell20\"", ""), Err(("Plan", MissingAttribute("Name"))));
    let usage = "<Usage CurrentUsage=\"0\" UsageTimestamp=\"2030-03-01T00:00:00\"/>";
    check("XML-132", &plan(usage), Ok(()));
    check(
        "XML-132",
        &plan(&format!("{usage}<Description PlanType=\"Fixed\"/>")),
        Err(("Plan", UnexpectedChild)),
    );
    check(
        "XML-148",
        &plan("<Usage CurrentUsage=\"0\"/>"),
        Err(("Usage", MissingAttribute("UsageTimestamp"))),
    );
    for (id, from, to, element, fault) in [
        (
            "NV-20",
            "Duration=\"P1M\"",
            "Duration=\"PT0S\"",
            "BillingCycle",
            AttributeValue("Duration"),
        ),
        ("NV-20", ">20000<", ">0<", "DataLimitInMegabytes", Value),
        (
            "NV-20",
            "Priority=\"5\"",
            "Priority=\"10\"",
            "DefaultProfile",
            AttributeValue("Priority"),
        ),
        ("XML-141", ">100<", ">0<", "MaxTransferSizeInMegabytes", Value),
        ("XML-144", ">false<", ">no<", "UserSMSEnabled", Value),
        ("XML-54", ">DISABLE<", ">disable<", "Compression", Value),
        ("XML-55", ">CHAP<", ">MSCHAPv2<", "AuthProtocol", Value),
        ("XML-45", ">Fjell Internet<", "> <", "Name", Value),
        ("XML-52", ">data.fjell.example<", "><", "AccessString", Value),
        (
            "XML-03",
            "Priority=\"5\"",
            "xmlns:p=\"urn:p\" p:Priority=\"5\"",
            "DefaultProfile",
            UnexpectedAttribute,
        ),
    ] {
        check(id, &e2(from, to), Err((element, fault)));
    }
}
