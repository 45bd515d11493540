//! What the reader of results accepts, and the nearest that it refuses.

use carrier::hresult::Hresult;
use carrier::results::{
    Container, Content, Failure, MbnProfiles, Named, PartsV1, PartsV2, Results, ResultsError,
    ResultsFault, Signature, Version, read,
};
use carrier::xml::{Fault, XmlError};

const V1: &str = "http://www.microsoft.com/networking/CarrierControlResults/v1";
const V2: &str = "http://www.microsoft.com/networking/CarrierControlResults/v2";
const ISSUER: &str = "<Issuer>{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}</Issuer>";
const SUBSCRIBER: &str = "<Subscriber>001019876543210</Subscriber>";
const SIGNATURE: &str = "<Signature errorCode=\"00000000\"/>";

/// A root of this namespace around the content.
fn root(uri: &str, content: &str) -> String {
    format!("<CarrierProvisioningResult xmlns=\"{uri}\">{content}</CarrierProvisioningResult>")
}

/// A whole document of version 1 with this part.
fn v1(part: &str) -> String {
    root(V1, &format!("{ISSUER}{SUBSCRIBER}{part}{SIGNATURE}"))
}

fn v2(part: &str) -> String {
    root(V2, &format!("{ISSUER}{SUBSCRIBER}{part}{SIGNATURE}"))
}

fn bare(content: Content) -> Results {
    Results::Tried { recipient: None, signature: Signature::Absent, content }
}

fn wlan(profiles: Container<Vec<Named>>) -> Content {
    Content::V1(PartsV1 { wlan_profiles: Some(profiles), ..PartsV1::default() })
}

#[test]
fn samples_of_the_sources_are_read() {
    // [XML-208]: no namespace, the other spellings, no recipient and no signature.
    let all = "<CarrierProvisioningResult><WLANProfiles ErrorCode=\"80070426\"/>\
               </CarrierProvisioningResult>";
    let code = Container::All(Hresult(0x8007_0426));
    assert_eq!(read(all.as_bytes()), Ok(bare(wlan(code))));
    let each = "<CarrierProvisioningResult>\n  <WLANProfiles>\n    \
                <WLANProfile Name=\"MyProfile\" ErrorCode=\"80070005\"/>\n  </WLANProfiles>\n\
                </CarrierProvisioningResult>";
    let profile = Named { name: "MyProfile".to_owned(), code: Hresult(0x8007_0005) };
    assert_eq!(read(each.as_bytes()), Ok(bare(wlan(Container::Each(vec![profile])))));
}

#[test]
fn codes_and_names_have_several_spellings() {
    // [XML-208]
    let strict =
        v1("<WLANProfiles><WLANProfile Name=\"A\" errorCode=\"8217000d\"/></WLANProfiles>");
    let expected = read(strict.as_bytes()).expect("a results document");
    for attributes in [
        "name=\"A\" errorCode=\"8217000d\"",
        "Name=\"A\" ErrorCode=\"8217000d\"",
        "Name=\"A\" errorCode=\"8217000D\"",
        "Name=\"A\" errorCode=\"0x8217000d\"",
        "Name=\"A\" ErrorCode=\" 0X8217000D\t\"",
    ] {
        let text = v1(&format!("<WLANProfiles><WLANProfile {attributes}/></WLANProfiles>"));
        assert_eq!(read(text.as_bytes()).as_ref(), Ok(&expected), "{attributes}");
    }
}

#[test]
fn without_a_namespace_the_content_tells_the_version() {
    // [XML-202], [XML-208]
    let version = |content: &str| {
        let text = format!("<CarrierProvisioningResult>{content}</CarrierProvisioningResult>");
        read(text.as_bytes()).map(|results| results.version())
    };
    for (content, expected) in [
        ("", Version::V1),
        ("<MBNProfiles><DefaultProfile errorCode=\"00000000\"/></MBNProfiles>", Version::V1),
        (
            "<MBNProfiles><DefaultProfile name=\"A\" errorCode=\"00000000\"/></MBNProfiles>",
            Version::V2,
        ),
        ("<Plans errorCode=\"00000000\"/>", Version::V2),
        ("<CarrierNetworkMetadata errorCode=\"00000000\"/>", Version::V2),
        ("<AdditionalPDPContexts errorCode=\"00000000\"/>", Version::V2),
    ] {
        assert_eq!(version(content), Ok(expected), "{content}");
    }
}

#[test]
fn the_children_of_the_root_come_in_any_order() {
    // [XML-201]
    let text = root(V1, &format!("{SIGNATURE}<MBNProfiles/>{SUBSCRIBER}\n{ISSUER}"));
    let profiles = MbnProfiles { default_profile: None, purchase_profile: None };
    let profiles = Some(Container::Each(profiles));
    let expected = Content::V1(PartsV1 { mbn_profiles: profiles, ..PartsV1::default() });
    let Ok(Results::Tried { recipient: Some(_), signature: Signature::Unnamed, content }) =
        read(text.as_bytes())
    else {
        panic!("not read: {text}");
    };
    assert_eq!(content, expected);
}

#[test]
fn a_signature_alone_is_read() {
    // [XML-206]: as Windows is documented to give it, without Issuer and Subscriber.
    let text = root(V2, "<Signature errorCode=\"82170003\"/>");
    let failure = Failure::new(Hresult(0x8217_0003)).expect("a failure");
    let expected =
        Results::SignatureFailed { version: Version::V2, recipient: None, failure, signer: None };
    assert_eq!(read(text.as_bytes()), Ok(expected));
}

#[test]
fn root_success_beside_an_absent_group_is_success() {
    // [XML-200], [XML-201]: the whole group may be absent.
    let text = format!("<CarrierProvisioningResult xmlns=\"{V2}\" errorCode=\"00000000\"/>");
    let results = read(text.as_bytes());
    assert_eq!(results, Ok(bare(Content::Succeeded(Version::V2))));
    assert!(results.expect("read").all_elements_provisioned());
    let nothing = bare(Content::V2(Box::<PartsV2>::default()));
    assert_eq!(read(root(V2, "").as_bytes()), Ok(nothing));
}

/// Says what is refused, with the path and the text at the offset.
#[track_caller]
fn check(text: &str, path: &str, at: &str, fault: ResultsFault) {
    let error = match read(text.as_bytes()) {
        Err(ResultsError::Structure(error)) => Some(error),
        Ok(_) | Err(ResultsError::Xml(_)) => None,
    };
    let error = error.expect(text);
    assert_eq!(error.fault, fault, "{text}");
    assert_eq!(error.path.join("/"), format!("CarrierProvisioningResult{path}"), "{text}");
    assert!(text[error.at..].starts_with(at), "{text} at {}", error.at);
}

#[test]
fn other_roots_are_refused() {
    use ResultsFault::Root;
    let uri = "http://www.microsoft.com/networking/CarrierControlResults/v3";
    check(&root(uri, ""), "", "<Carrier", Root);
    // A name that a sample's comment shows.
    check("<CarrierProvisioningResults/>", "", "<Carrier", Root);
    check(&root(V1, "").replace("Result", "Outcome"), "", "<Carrier", Root);
}

#[test]
fn unknown_elements_are_refused() {
    use ResultsFault::{UnexpectedElement, UnexpectedText};
    check(&v1("<Extra/>"), "", "<Extra", UnexpectedElement);
    check(&v1("<Plans errorCode=\"00000000\"/>"), "", "<Plans", UnexpectedElement); // [XML-201]
    let policy = "<Provisioning><Policy errorCode=\"00000000\"/></Provisioning>";
    check(&v2(policy), "/Provisioning", "<Policy", UnexpectedElement); // [XML-202]
    let key = "<Provisioning><RefreshParameters errorCode=\"00000000\">\
               <NotificationSignatureKey errorCode=\"00000000\"/></RefreshParameters></Provisioning>";
    let path = "/Provisioning/RefreshParameters";
    check(&v2(key), path, "<NotificationSignatureKey", UnexpectedElement); // [XML-202]
    assert!(read(v1(key).as_bytes()).is_ok(), "[XML-201]");
    check(&v1(SUBSCRIBER), "", SUBSCRIBER, UnexpectedElement);
    check(&v1("<Activation xmlns=\"\"/>"), "", "<Activation", UnexpectedElement);
    let reverse = "<MBNProfiles><PurchaseProfile errorCode=\"00000000\"/>\
                   <DefaultProfile errorCode=\"00000000\"/></MBNProfiles>";
    check(&v1(reverse), "/MBNProfiles", "<DefaultProfile", UnexpectedElement);
    let messages = v1("<MBNProfiles><Messages/></MBNProfiles>");
    check(&messages, "/MBNProfiles", "<Messages", UnexpectedElement);
    let text = v1("<Activation errorCode=\"00000000\">x</Activation>");
    check(&text, "/Activation", "<Activation", UnexpectedText);
}

#[test]
fn wrong_attributes_are_refused() {
    use ResultsFault::{Code, MissingAttribute, UnexpectedAttribute};
    check(&v1("<Activation/>"), "/Activation", "<Acti", MissingAttribute("errorCode")); // [XML-200]
    for code in ["", "0", "8217000g", "0x8217", "8217 000d"] {
        let text = v1(&format!("<Activation errorCode=\"{code}\"/>"));
        check(&text, "/Activation", "<Acti", Code); // [XML-200]
    }
    let twice = v1("<Activation errorCode=\"00000000\" ErrorCode=\"00000000\"/>");
    check(&twice, "/Activation", "<Acti", UnexpectedAttribute);
    let named = v1("<Activation errorCode=\"00000000\" name=\"A\"/>");
    check(&named, "/Activation", "<Acti", UnexpectedAttribute);
    let prefixed = v1("<Activation xmlns:p=\"urn:p\" p:errorCode=\"00000000\"/>");
    check(&prefixed, "/Activation", "<Acti", UnexpectedAttribute);
    let plan = v2("<Plans><Plan errorCode=\"00000000\"/></Plans>");
    check(&plan, "/Plans/Plan", "<Plan ", MissingAttribute("name")); // [XML-202]
    let policies = v2("<AdditionalPDPContexts errorCode=\"00000000\">\
         <TetheringSettings errorCode=\"00000000\"/></AdditionalPDPContexts>");
    let path = "/AdditionalPDPContexts/TetheringSettings";
    check(&policies, path, "<Tethering", UnexpectedAttribute); // [XML-202]
}

#[test]
fn halves_and_wrong_values_are_refused() {
    use ResultsFault::{MissingElement, Value};
    check(&root(V1, &format!("{ISSUER}{SIGNATURE}")), "", "<Carrier", MissingElement("Subscriber"));
    check(&root(V1, &format!("{SUBSCRIBER}{SIGNATURE}")), "", "<Carrier", MissingElement("Issuer"));
    let good = v1("");
    assert!(read(good.as_bytes()).is_ok());
    check(&good.replace("{6f", "6f"), "/Issuer", "<Issuer", Value); // [XML-203]
    check(&good.replace("001019876543210", "a-b"), "/Subscriber", "<Subscriber", Value);
    let signed = |content: &str| {
        let signature = format!("<Signature errorCode=\"00000000\">{content}</Signature>");
        root(V1, &format!("{ISSUER}{SUBSCRIBER}{signature}"))
    };
    // [XML-201]: both or none; [XML-207]: 20 octets.
    let (subject, thumbprint) =
        ("<Subject>CN=A</Subject>", "<Thumbprint>3q2+78r+ur4BAgME\nBQYHCAkKCww=</Thumbprint>");
    assert!(read(signed(&format!("{subject}{thumbprint}")).as_bytes()).is_ok());
    check(&signed(subject), "/Signature", "<Signature", MissingElement("Thumbprint"));
    check(&signed(thumbprint), "/Signature", "<Signature", MissingElement("Subject"));
    for wrong in ["3q2+", "3q2+78r+ur4BAgMEBQYHCAkKCwwN", "?"] {
        let text = signed(&format!("{subject}<Thumbprint>{wrong}</Thumbprint>"));
        check(&text, "/Signature/Thumbprint", "<Thumbprint", Value);
    }
}

#[test]
fn contradictions_are_refused() {
    use ResultsFault::{CodeAndContent, FailedSignatureAndContent};
    // [XML-204]: lower levels are omitted.
    let text = v1("<WLANProfiles errorCode=\"80070426\">\
                   <WLANProfile Name=\"A\" errorCode=\"80070426\"/></WLANProfiles>");
    check(&text, "/WLANProfiles", "<WLANProfiles", CodeAndContent);
    for code in ["82170001", "00000000"] {
        let text = v1("<Activation errorCode=\"00000000\"/>");
        let text = text.replacen('>', &format!(" errorCode=\"{code}\">"), 1);
        check(&text, "", "<Carrier", CodeAndContent);
    }
    // [XML-206]: a failed signature stands alone.
    let failed = |part| v1(part).replace(SIGNATURE, "<Signature errorCode=\"82170005\"/>");
    assert!(read(failed("").as_bytes()).is_ok());
    let activation = failed("<Activation errorCode=\"00000000\"/>");
    check(&activation, "", "<Carrier", FailedSignatureAndContent);
}

#[test]
fn what_is_not_xml_is_refused_as_such() {
    let fault = ResultsError::Xml(XmlError { at: 0, path: String::new(), fault: Fault::Doctype });
    assert_eq!(read(b"<!DOCTYPE a><a/>"), Err(fault));
}

#[test]
fn errors_say_where() {
    let error = read(v2("<Plans><Plan errorCode=\"00000000\"/></Plans>").as_bytes());
    let Err(ResultsError::Structure(error)) = error else { panic!("not refused") };
    let path = "/CarrierProvisioningResult/Plans/Plan";
    assert_eq!(
        error.to_string(),
        format!("attribute name is absent in {path} at byte {}", error.at)
    );
}
