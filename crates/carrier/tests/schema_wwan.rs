//! The negative vectors NV of the WWAN namespace, each beside what is still valid, and the sample
//! documents of the sources.

mod support;

use std::io::Write;
use std::path::Path;

use carrier::document::{Base64Binary, Bearers, Locale};
use carrier::lint;
use carrier::read::{read, read_as_agent};
use carrier::schema::{SchemaFault, validate};
use carrier::write::{Extras, write, write_with};
use carrier::xml::parse;
use support::wwan::{E6, E7, e6};
use support::{E1, E2, END, replace_once};

use SchemaFault::{
    AttributeValue, MissingAttribute, MissingChild, UnexpectedAttribute, UnexpectedChild,
    UnexpectedText, Value,
};

/// The element at fault, what is wrong with it, and the requirement that says so.
type Refusal = (&'static str, SchemaFault, &'static str);

#[track_caller]
fn check(id: &str, document: &str, expected: Result<(), Refusal>) {
    let root = parse(document.as_bytes()).expect("well-formed");
    let found = validate(&root);
    let found = found.map_err(|e| (*e.path.last().expect("a path"), e.fault, e.requirement));
    assert_eq!(found, expected, "{id}: {document}");
    assert_eq!(read(document.as_bytes()).is_ok(), expected.is_ok(), "{id}: {document}");
}

/// Example 14.6 with one replacement.
fn e6_with(from: &str, to: &str) -> String {
    replace_once(E6, from, to)
}

/// Example 14.7 with one replacement.
fn e7_with(from: &str, to: &str) -> String {
    replace_once(E7, from, to)
}

/// Example 14.6 with these fields.
fn fields(inside: &str) -> String {
    let (before, rest) = E6.split_once("<Fields>").expect("fields");
    let (_, after) = rest.split_once("</Fields>").expect("fields");
    format!("{before}<Fields>{inside}</Fields>{after}")
}

/// Example 14.2 with more children at the end of its profile.
fn profile(inside: &str) -> String {
    replace_once(E2, "</DefaultProfile>", &format!("{inside}</DefaultProfile>"))
}

/// Example 14.1 with branding.
fn branding(inside: &str) -> String {
    let branding = format!(
        "<MBNProfiles><Branding \
         xmlns=\"http://www.microsoft.com/networking/CarrierControl/WWAN/v1\">{inside}</Branding>\
         </MBNProfiles>{END}"
    );
    replace_once(E1, END, &branding)
}

const SMS: &str = "<SMSBearer Sender=\"4799000001\" ClassZeroOnly=\"false\"/>";
const USSD: &str = "<USSDBearer/>";
const LOCALE: &str = "<Locale>English_United States.1252</Locale>";
const E7_END: &str = "</ServiceActivation>";
const WWAN: &str = "xmlns=\"http://www.microsoft.com/networking/CarrierControl/WWAN/v1\"";
const BLOB: &str = "<CarrierSpecificData>KjIyOA==</CarrierSpecificData>";
const USAGE: &str = "<Usage xmlns=\"http://www.microsoft.com/networking/CarrierControl/Plans/v1\" \
                     CurrentUsage=\"1\" UsageTimestamp=\"2030-03-01T00:00:00Z\"/>";
const MESSAGES: &str = "<Messages \
     xmlns=\"http://www.microsoft.com/networking/CarrierControl/WWAN/v1\"><Message><USSDBearer/>\
     <Pattern/></Message></Messages>";

#[test]
fn nv_7_and_nv_20a_service_activation() {
    // [XML-29], [XML-37]
    check("14.7", E7, Ok(()));
    let missing = ("ServiceActivation", MissingChild("CarrierSpecificData"), "XML-37");
    check("NV-20a", &e7_with(BLOB, ""), Err(missing));
    let clear = e7_with("KjIyOA==", "*228");
    check("NV-20a", &clear, Err(("CarrierSpecificData", Value, "XML-37")));
    check("XML-37", &e7_with("KjIyOA==", ""), Ok(()));
    check("XML-37", &e7_with("KjIyOA==", " KjIy\n OA= = "), Ok(()));
    check("XML-37", &e7_with("KjIyOA==", "KjIyOA"), Err(("CarrierSpecificData", Value, "XML-37")));
    let twice = e7_with(BLOB, &BLOB.repeat(2));
    check("XML-37", &twice, Err(("ServiceActivation", UnexpectedChild, "XML-37")));
    let second = format!("{E7_END}<ReconnectToNetwork {WWAN}/>");
    check("NV-7", &e7_with(E7_END, &second), Err(("Activation", UnexpectedChild, "XML-29")));
    let is_abstract = E7.replace("ServiceActivation", "ActivationMethod");
    check("XML-29", &is_abstract, Err(("Activation", UnexpectedChild, "XML-29")));
    for (id, delay, expected) in [
        ("NV-8", "PT1H", Err(("ServiceActivation", AttributeValue("Delay"), "XML-31"))),
        ("NV-9", "PT59M59S", Ok(())),
    ] {
        check(id, &e7_with("PT5S", delay), expected);
    }
}

#[test]
fn nv_20b_and_nv_20c_the_order_of_a_message() {
    // [XML-63], [XML-68]
    check("14.6", E6, Ok(()));
    let message = |fault| Err(("Message", fault, "XML-63"));
    let swapped = E6.replace(SMS, "#").replace(USSD, SMS).replace('#', USSD);
    check("NV-20b", &swapped, message(UnexpectedChild));
    let (before, rest) = E6.split_once("<Pattern>").expect("a pattern");
    let locale_first = format!("{before}{LOCALE}<Pattern>{}", rest.replace(LOCALE, ""));
    check("NV-20b", &locale_first, message(UnexpectedChild));
    check("NV-20c", &e6_with(SMS, &SMS.repeat(2)), Ok(()));
    check("XML-63", &e6_with(SMS, ""), Ok(()));
    check("XML-63", &e6_with(USSD, ""), Ok(()));
    check("XML-63", &e6_with(USSD, &USSD.repeat(2)), message(UnexpectedChild));
    let neither = replace_once(&e6_with(SMS, ""), USSD, "");
    check("XML-63", &neither, message(UnexpectedChild));
    check("XML-68", &e6_with(USSD, "<USSDBearer a=\"b\">c<d/></USSDBearer>"), Ok(()));
    let (before, rest) = E6.split_once("<Message ").expect("a message");
    let (_, after) = rest.split_once("</Message>").expect("a message");
    let none = ("Messages", MissingChild("Message"), "XML-63");
    check("XML-63", &format!("{before}{after}"), Err(none));
}

#[test]
fn nv_20c_fields_in_any_order() {
    // [XML-73], [XML-74], [XML-75], [XML-76], [XML-77], [XML-78], [XML-79], [XML-80], [XML-81],
    // [XML-82], [XML-83], [XML-84], [XML-85], [XML-86].
    let limit = "<DataLimit Group=\"3\"/>";
    let used = "<UsagePercentage Group=\"1\"/>";
    check("NV-20c", &fields(&format!("{limit}{used}")), Ok(()));
    check("NV-20c", &fields(&format!("{used}{limit}")), Ok(()));
    let twice = fields(&limit.repeat(2));
    check("XML-73", &twice, Err(("Fields", UnexpectedChild, "XML-73")));
    let no_group = |name, id| Err((name, MissingAttribute("Group"), id));
    for (id, field, expected) in [
        ("XML-73", "", Ok(())),
        ("XML-73", "<DataUsed Group=\"1\"/>", Err(("Fields", UnexpectedChild, "XML-73"))),
        ("XML-74", "<Usage/>", no_group("Usage", "XML-74")),
        ("XML-74", "<Usage Group=\"4294967296\"/>", Ok(())),
        ("XML-74", "<Usage Group=\"0\"/>", Err(("Usage", AttributeValue("Group"), "XML-74"))),
        ("XML-74", "<Usage Group=\"1\" DefaultUnit=\" Gi \"/>", Ok(())),
        (
            "XML-74",
            "<Usage Group=\"1\" DefaultUnit=\"k\"/>",
            Err(("Usage", AttributeValue("DefaultUnit"), "XML-74")),
        ),
        ("XML-75", "<UsagePercentage/>", no_group("UsagePercentage", "XML-75")),
        ("XML-76", "<UsageTimestamp Format=\"\"/>", no_group("UsageTimestamp", "XML-76")),
        (
            "XML-76",
            "<UsageTimestamp Group=\"1\"/>",
            Err(("UsageTimestamp", MissingAttribute("Format"), "XML-76")),
        ),
        (
            "XML-10",
            "<UsageTimestamp Group=\"1\" Format=\"%d\" AmToken=\"a\" PmToken=\"p\"/>",
            Ok(()),
        ),
        ("XML-77", "<UsageOverage Group=\"1\" UnitGroup=\"2\"/>", Ok(())),
        ("XML-78", "<UsageOveragePercentage/>", no_group("UsageOveragePercentage", "XML-75")),
        ("XML-79", "<DataLimit/>", no_group("DataLimit", "XML-74")),
        (
            "XML-80",
            "<OverDataLimit TrueToken=\"a b\" FalseToken=\"\" Default=\"1\" Group=\"1\"/>",
            Ok(()),
        ),
        (
            "XML-81",
            "<Congested Default=\"yes\"/>",
            Err(("Congested", AttributeValue("Default"), "XML-80")),
        ),
        ("XML-82", "<InboundBandwidth Group=\"1\"/>", Ok(())),
        ("XML-83", "<OutboundBandwidth/>", no_group("OutboundBandwidth", "XML-74")),
        ("XML-84", "<PlanType/>", Ok(())),
        (
            "XML-84",
            "<PlanType Default=\"fixed\"/>",
            Err(("PlanType", AttributeValue("Default"), "XML-84")),
        ),
        ("XML-84", "<PlanType Default=\"Fixed\" Group=\"1\" VariableTokens=\"a b\"/>", Ok(())),
        ("XML-85", "<RefreshProvisioning/>", Ok(())),
        (
            "XML-86",
            "<ActivationComplete> </ActivationComplete>",
            Err(("ActivationComplete", UnexpectedText, "XML-86")),
        ),
    ] {
        check(id, &fields(field), expected);
    }
}

#[test]
fn nv_17_locales_and_the_attributes_of_a_message() {
    // [XML-64], [XML-65], [XML-66], [XML-67], [XML-69], [XML-70], [XML-71], [XML-72].
    let locale = Err(("Locale", Value, "XML-70"));
    let iso = e6_with("English_United States.1252", "en-US");
    check("NV-17", &iso, locale);
    // Our agent takes it [MSG-21], and nothing else that the schema refuses.
    let taken = read_as_agent(iso.as_bytes()).expect("NV-17");
    let messages = &taken.mbn_profiles().expect("profiles").messages;
    let name = messages.first().and_then(|message| message.locale.as_ref());
    assert_eq!(name.map(Locale::as_str), Some("en-US"), "NV-17");
    assert_eq!(read_as_agent(E6.as_bytes()), Ok(e6()), "NV-17");
    for refused in ["en_", "en-", "e-US"] {
        let text = e6_with("English_United States.1252", refused);
        let found = read_as_agent(text.as_bytes());
        assert_eq!(found, read(text.as_bytes()), "{refused}");
        assert!(found.is_err(), "{refused}");
    }
    check("XML-70", &e6_with("English_United States.1252", "norwegian"), Ok(()));
    check("XML-70", &e6_with(LOCALE, "<Locale> </Locale>"), locale);
    // An empty element takes the default of the schema.
    let empty = read(e6_with(LOCALE, "<Locale/>").as_bytes());
    assert_eq!(empty, Ok(e6()), "XML-70");
    assert_eq!(Locale::DEFAULT, "English_United States.1252");
    check("XML-64", &e6_with(" Silent=\"true\"", ""), Ok(()));
    let silent = Err(("Message", AttributeValue("Silent"), "XML-64"));
    check("XML-64", &e6_with("\"true\"", "\"yes\""), silent);
    check("XML-65", &e6_with(" Silent", " RuleId=\" a  b \" Silent"), Ok(()));
    let unknown = e6_with(" Silent", " Rule=\"a\" Silent");
    check("XML-65", &unknown, Err(("Message", UnexpectedAttribute, "XML-63")));
    check("XML-66", &e6_with("\"4799000001\"", "\"\""), Ok(()));
    let class = Err(("SMSBearer", AttributeValue("ClassZeroOnly"), "XML-67"));
    check("XML-67", &e6_with("\"false\"", "\"0\""), Ok(()));
    check("XML-67", &e6_with("\"false\"", "\"no\""), class);
    check("XML-69", &e6_with("USED ", "[^]*("), Ok(()));
    check("XML-71", &e6_with("K=\"kB\"", "K=\"\""), Ok(()));
    check("XML-72", &e6_with("Mi=\"MiB\"", "Ki=\"a\" Mi=\"b c\" Gi=\"d\" Ti=\"e\""), Ok(()));
    let peta = e6_with("K=\"kB\"", "P=\"PB\"");
    check("XML-71", &peta, Err(("Units", UnexpectedAttribute, "XML-71")));
}

#[test]
fn profiles_name_providers_and_hold_what_is_unknown() {
    // [XML-17], [XML-18], [XML-19], [XML-48], [XML-50], [XML-51].
    let partners =
        |inside: &str| profile(&format!("<DataRoamingPartners>{inside}</DataRoamingPartners>"));
    let provider = |id: &str, name: &str| {
        format!(
            "<Provider xmlns:b=\"http://www.microsoft.com/networking/CarrierControl/Base/v1\">\
             <b:ProviderID>{id}</b:ProviderID><b:ProviderName>{name}</b:ProviderName></Provider>"
        )
    };
    check("XML-50", &partners(&provider("24201", "Fjell").repeat(2)), Ok(()));
    let none = ("DataRoamingPartners", MissingChild("Provider"), "XML-19");
    check("XML-50", &partners(""), Err(none));
    check("XML-18", &partners(&provider("2420171", "Fjell")), Err(("ProviderID", Value, "XML-18")));
    check("XML-17", &partners(&provider("1", " ")), Err(("ProviderName", Value, "XML-17")));
    let long = partners(&provider("1", "123456789012345678901"));
    check("XML-17", &long, Err(("ProviderName", Value, "XML-17")));
    // [XML-08]: in the namespace of the profile they are unknown.
    let own = partners(&provider("1", "Fjell").replace("b:", ""));
    check("XML-19", &own, Err(("Provider", UnexpectedChild, "XML-19")));

    let home = |name: &str| {
        let name = format!("<HomeProviderName>{name}</HomeProviderName><Context>");
        replace_once(E2, "<Context>", &name)
    };
    check("XML-48", &home("12345678901234567890"), Ok(()));
    let too_long = Err(("HomeProviderName", Value, "XML-48"));
    check("XML-48", &home("123456789012345678901"), too_long);
    let late = profile("<HomeProviderName>a</HomeProviderName>");
    check("XML-48", &late, Err(("DefaultProfile", UnexpectedChild, "XML-42")));

    let extensions = |inside: &str| profile(&format!("<Extensions>{inside}</Extensions>"));
    check("XML-51", &extensions(""), Ok(()));
    check("XML-51", &extensions("<v:a xmlns:v=\"urn:v\">b</v:a>"), Ok(()));
    // [XML-07]: what a schema declares is held to it.
    check("XML-51", &extensions(USAGE), Ok(()));
    let wrong = extensions(&USAGE.replace("\"1\"", "\"x\""));
    check("XML-07", &wrong, Err(("Usage", AttributeValue("CurrentUsage"), "XML-147")));
    check("XML-51", &extensions("<a/>"), Err(("Extensions", UnexpectedChild, "XML-51")));
}

#[test]
fn branding_is_a_logo_and_a_name() {
    // [XML-41], [XML-89], [XML-90], [XML-91].
    check("XML-89", &branding(""), Ok(()));
    check("XML-89", &branding("<Logo>iVBORw==</Logo><Name>Fjell</Name>"), Ok(()));
    check("XML-89", &branding("<Logo>*</Logo>"), Err(("Logo", Value, "XML-89")));
    check("XML-90", &branding("<Name/>"), Ok(()));
    check("XML-90", &branding("<Name>12345678901234567890</Name>"), Ok(()));
    // Blanks count.
    let long = branding("<Name>1234567890123456789  </Name>");
    check("XML-90", &long, Err(("Name", Value, "XML-90")));
    let swapped = branding("<Name/><Logo/>");
    check("XML-41", &swapped, Err(("Branding", UnexpectedChild, "XML-91")));
    check("XML-91", &branding(USAGE), Ok(()));
    let unknown = branding("<v:a xmlns:v=\"urn:v\"/>");
    check("XML-91", &unknown, Err(("Branding", UnexpectedChild, "XML-91")));
    let before = branding("").replace("<MBNProfiles>", &format!("<MBNProfiles>{MESSAGES}"));
    check("XML-41", &before, Ok(()));
    let after = branding("").replace("</MBNProfiles>", &format!("{MESSAGES}</MBNProfiles>"));
    check("XML-41", &after, Err(("MBNProfiles", UnexpectedChild, "XML-41")));
}

#[test]
fn extras_are_left_out_for_strict_validators() {
    // [XML-10], [XML-11]
    let extras = e6_with(" Silent", " RuleId=\"used\" Silent");
    let extras = replace_once(&extras, " Format=", " AmToken=\"am\" PmToken=\"pm\" Format=");
    let document = read(extras.as_bytes()).expect("a document");
    let written = write(&document).expect("legal values");
    assert!(written.as_str().contains("<Message RuleId=\"used\" Silent=\"true\">"));
    assert!(written.as_str().contains("<UsageTimestamp AmToken=\"am\" Format="));
    assert!(written.as_str().contains(" PmToken=\"pm\"></UsageTimestamp>"));
    assert_eq!(write_with(&document, Extras::Written).as_ref(), Ok(&written));
    assert_eq!(write_with(&document, Extras::Omitted), write(&e6()));
}

#[test]
fn providers_are_written_in_the_namespace_of_their_type() {
    // [XML-08], [XML-19], [XML-50]
    let document = profile(
        "<DataRoamingPartners><Provider><ProviderID \
         xmlns=\"http://www.microsoft.com/networking/CarrierControl/Base/v1\">24201</ProviderID>\
         <x:ProviderName xmlns:x=\"http://www.microsoft.com/networking/CarrierControl/Base/v1\">\
         Fjell</x:ProviderName></Provider></DataRoamingPartners>",
    );
    let document = read(document.as_bytes()).expect("a document");
    let written = write(&document).expect("legal values");
    let expected = "<DataRoamingPartners><Provider \
         xmlns:b=\"http://www.microsoft.com/networking/CarrierControl/Base/v1\">\
         <b:ProviderID>24201</b:ProviderID><b:ProviderName>Fjell</b:ProviderName>\
         </Provider></DataRoamingPartners>";
    assert!(written.as_str().contains(expected), "{}", written.as_str());
}

/// Returns a sample of the sources; says so and returns nothing where there is none.
fn sample(name: &str) -> Option<String> {
    let path = "../../../shared/reference/samples";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path).join(name);
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        let reason = "skipped: the samples are not at ../shared/reference/samples";
        writeln!(std::io::stdout(), "{reason}").expect("an open output");
    }
    text
}

#[test]
fn the_first_sample_is_without_findings() {
    if let Some(text) = sample("s3-1.xml") {
        let document = read(text.as_bytes()).expect("a document");
        assert_eq!(lint::check(&document), []);
    }
}

#[test]
fn the_second_sample_names_a_plan_that_it_lacks() {
    let Some(text) = sample("s3-2.xml") else {
        return;
    };
    assert_eq!(validate(&parse(text.as_bytes()).expect("well-formed")), Ok(()));
    // NV-21, [XML-182].
    let document = read(replace_once(&text, "<Provisioning />", "").as_bytes());
    let document = document.expect("a document");
    let findings = lint::check(&document);
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["dangling-plan"]);
    let messages = &document.mbn_profiles().expect("profiles").messages;
    let shapes: Vec<(Option<&str>, bool)> = messages
        .iter()
        .map(|m| (m.rule_id.as_ref().map(|id| id.as_str()), m.bearers == Bearers::Ussd))
        .collect();
    assert_eq!(shapes, [(Some("Sample1"), false), (Some("Sample2"), true)]);
}

#[test]
fn octets_are_decoded_whatever_their_layout() {
    // [XML-37], [XML-89]
    let document = branding("<Logo> iVBO\n Rw== </Logo>");
    let document = read(document.as_bytes()).expect("a document");
    let profiles = document.mbn_profiles().expect("profiles");
    let logo = profiles.branding.as_ref().and_then(|branding| branding.logo.as_ref());
    assert_eq!(logo.map(Base64Binary::as_bytes), Some(b"\x89PNG".as_slice()));
}
