//! The parts of a service metadata package: what is read, what is refused beside it.

use carrier::service_metadata::{
    Category, FileName, HardwareId, MobileBroadbandInfo, PackageInfo, PartError, PartFault,
    Privileged, Registration, ServiceInfo, SoftwareInfo, Tethering, TrustedCertificates,
};

const PACKAGE_INFO: &str = include_str!("vectors/package_info.xml");
const SERVICE_INFO: &str = include_str!("vectors/service_info.xml");
const SOFTWARE_INFO: &str = include_str!("vectors/software_info.xml");
const MBAE: &str = include_str!("vectors/mobile_broadband_info.xml");

/// A text with one replacement.
#[track_caller]
fn with(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replacen(from, to, 1)
}

/// The last element of the path, and the fault; none if the part is read.
type Expected = Option<(&'static str, PartFault)>;

#[track_caller]
fn fault<T: std::fmt::Debug>(found: Result<T, PartError>) -> Expected {
    match found {
        Ok(_) => None,
        Err(PartError::Structure(error)) => {
            Some((error.path.last().copied().unwrap_or_default(), error.fault))
        }
        Err(PartError::Xml(_)) => Some(("not xml", PartFault::Root)),
    }
}

#[track_caller]
fn check<T: std::fmt::Debug>(
    read: fn(&[u8]) -> Result<T, PartError>,
    text: &str,
    rows: &[(&str, &str, &str, Expected)],
) {
    for (id, from, to, expected) in rows {
        let found = fault(read(with(text, from, to).as_bytes()));
        assert_eq!(found, *expected, "[{id}] {from} -> {to}");
    }
}

#[test]
fn package_info_is_read() {
    let info = PackageInfo::read(PACKAGE_INFO.as_bytes()).expect("a part"); // [MATCH-109]
    let ids: Vec<_> = info.key.hardware_ids.as_slice().iter().map(HardwareId::id).collect();
    assert_eq!(ids, ["MBAE:0:L9@E}}DT2.*F65MQA57Y+L", "MBAE:0:x"]); // [MATCH-14]
    assert_eq!((info.key.locale.tag.as_str(), info.key.locale.is_default), ("EN-US", true));
    assert_eq!(info.key.last_modified.to_string(), "2030-03-01T08:15:00Z");
    assert_eq!(info.key.multiple_locale, Some(false));
    let id = "http://schemas.microsoft.com/windows/DeviceMetadata/PackageInfo/2007/11/";
    let place = info.structure.place_of(id).map(FileName::as_str);
    assert_eq!(place, Some("PackageInfo.xml"), "the sample's id has no slash at its end");
    let relationships = info.relationships.expect("relationships");
    assert!(relationships.experience_id.is_some() && relationships.language_neutral_id.is_some());
    let unsaid = with(PACKAGE_INFO, "<v2:MultipleLocale>false</v2:MultipleLocale>", "");
    let unsaid = PackageInfo::read(unsaid.as_bytes()).expect("a part");
    assert!(unsaid.key.has_multiple_locales(), "[MATCH-109]: true if it does not say");
    assert!(!info.key.has_multiple_locales());
}

#[test]
fn package_info_keeps_to_its_schema() {
    use PartFault::{
        AttributeValue, MissingAttribute, MissingElement, Root, UnexpectedElement, Value,
    };
    let model =
        "<ModelIDList><ModelID>6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77</ModelID></ModelIDList>";
    check(
        PackageInfo::read,
        PACKAGE_INFO,
        &[
            ("MATCH-109", "2007/11/\"", "2007/12/\"", Some(("PackageInfo", Root))),
            ("MATCH-109", "2030-03-01T08:15:00Z", "2030-03-01T08:15:00", None),
            ("MATCH-109", "2030-03-01T08:15:00Z", "2030-03-01", Some(("LastModifiedDate", Value))),
            ("MATCH-109", " default=\"true\"", " default=\"0\"", None),
            (
                "MATCH-109",
                " default=\"true\"",
                " default=\"yes\"",
                Some(("Locale", AttributeValue("default"))),
            ),
            ("MATCH-109", " default=\"true\"", "", Some(("Locale", MissingAttribute("default")))),
            ("MATCH-112", ">EN-US<", ">EN<", None),
            ("MATCH-112", ">EN-US<", ">EN_US<", Some(("Locale", Value))),
            ("MATCH-14", "DOID:MBAE:0:x", "MBAE:0:x", Some(("HardwareID", Value))),
            (
                "MATCH-109",
                "<Locale",
                &format!("{model}<Locale"),
                Some(("MetadataKey", UnexpectedElement)),
            ),
            (
                "MATCH-109",
                "<PackageStructure>",
                "<PackageStructure><x xmlns=\"urn:x\"/>",
                Some(("PackageStructure", MissingElement("Metadata"))),
            ),
            ("MATCH-109", "</PackageStructure>", "<x xmlns=\"urn:x\"/></PackageStructure>", None),
            (
                "MATCH-109",
                "</PackageStructure>",
                "<x xmlns=\"\"/></PackageStructure>",
                Some(("PackageStructure", UnexpectedElement)),
            ),
            (
                "MATCH-109",
                ">SoftwareInformation<",
                ">../SoftwareInformation<",
                Some(("Metadata", Value)),
            ),
            ("MATCH-109", "<v2:MultipleLocale>", "<v2:MultipleLocale> ", None),
        ],
    );
    let start = PACKAGE_INFO.find("<Metadata ").expect("parts");
    let end = PACKAGE_INFO.find("</PackageStructure>").expect("an end");
    let part = "<Metadata MetadataID=\"urn:x\">x</Metadata>";
    for (count, expected) in
        [(2, None), (1, Some(("PackageStructure", MissingElement("Metadata"))))]
    {
        let parts = part.repeat(count);
        let text = format!("{}{parts}{}", &PACKAGE_INFO[..start], &PACKAGE_INFO[end..]);
        assert_eq!(fault(PackageInfo::read(text.as_bytes())), expected, "{count}");
    }
}

#[test]
fn service_info_is_read_and_shown_at_home_alone() {
    let info = ServiceInfo::read(SERVICE_INFO.as_bytes()).expect("a part"); // [MATCH-109]
    assert_eq!(info.categories.primary, Category::MobileBroadband);
    assert_eq!(info.number.as_str(), "6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77");
    assert_eq!(info.extension.as_ref().map(|e| e.file.as_str()), Some("MobileBroadbandInfo.xml"));
    let home = info.branding(Registration::Home).expect("branding"); // [MATCH-113]
    assert_eq!((home.name, home.icon), ("Fjell Mobil", Some("Fjell.ico")));
    assert_eq!(info.branding(Registration::Roaming), None);
    for (text, category) in [
        (" Network.MobileBroadband.CDMA\n", Category::Cdma),
        ("Network.MobileBroadband.GSM", Category::Gsm),
        ("network.mobilebroadband", Category::Other("network.mobilebroadband".to_owned())),
    ] {
        assert_eq!(Category::parse(text), category);
    }
}

#[test]
fn service_info_keeps_to_its_schema() {
    use PartFault::{MissingAttribute, MissingElement, UnexpectedElement, Value};
    let provider = |count: usize| format!("<ServiceProvider>{}<", "ü".repeat(count));
    let text = |name: &str, count: usize| format!("<{name}>{}</{name}>", "x".repeat(count));
    let number = "6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77";
    let one = "<ServiceDescription1>Fjell</ServiceDescription1>";
    let namespace = " namespace=\"http://schemas.microsoft.com/windows/2010/12/DeviceMetadata/MobileBroadbandInfo\"";
    let missing = Some(("ServiceSpecificExtension", MissingAttribute("namespace")));
    check(
        ServiceInfo::read,
        SERVICE_INFO,
        &[
            ("MATCH-109", number, &format!(" {number}\n"), None),
            ("MATCH-109", number, &format!("{{{number}}}"), Some(("ServiceNumber", Value))),
            ("MATCH-109", "<ServiceProvider>Fjell Mobil<", &provider(20), None),
            (
                "MATCH-109",
                "<ServiceProvider>Fjell Mobil<",
                &provider(21),
                Some(("ServiceProvider", Value)),
            ),
            (
                "MATCH-109",
                "<ServiceProvider>Fjell Mobil<",
                &provider(0),
                Some(("ServiceProvider", Value)),
            ),
            ("MATCH-109", "<ServiceName/>", &text("ServiceName", 200), None),
            (
                "MATCH-109",
                "<ServiceName/>",
                &text("ServiceName", 201),
                Some(("ServiceName", Value)),
            ),
            ("MATCH-109", "<ServiceName/>", "", None),
            ("MATCH-109", one, &text("ServiceDescription1", 1024), None),
            (
                "MATCH-109",
                one,
                &text("ServiceDescription1", 1025),
                Some(("ServiceDescription1", Value)),
            ),
            (
                "MATCH-109",
                one,
                &text("ServiceDescription2", 0),
                Some(("ServiceDescription2", Value)),
            ),
            ("MATCH-109", "Fjell.ico", "Fjell.png", Some(("ServiceIconFile", Value))),
            ("MATCH-109", "Fjell.ico", ".ico", Some(("ServiceIconFile", Value))),
            ("MATCH-109", "<ServiceIconFile>Fjell.ico</ServiceIconFile>", "", None),
            (
                "MATCH-109",
                "<ServiceCategory>Network.MobileBroadband</ServiceCategory>",
                "",
                Some(("ServiceCategoryList", MissingElement("ServiceCategory"))),
            ),
            ("MATCH-109", namespace, "", missing),
            (
                "MATCH-109",
                "</ServiceInfo>",
                "<ServiceName/></ServiceInfo>",
                Some(("ServiceInfo", UnexpectedElement)),
            ),
        ],
    );
}

#[test]
fn software_info_has_one_of_two_forms() {
    use PartFault::{AttributeValue, MissingAttribute, MissingElement, UnexpectedElement};
    let info = SoftwareInfo::read(SOFTWARE_INFO.as_bytes()).expect("a part"); // [MATCH-110]
    let package = &info.companions().expect("an app").package;
    assert_eq!(package.identity.name.as_str(), "Fjell.MobilApp");
    let handlers = info.handlers();
    assert_eq!(handlers[0].event_id, "MobileOperatorNotificationHandler");
    assert_eq!(handlers[0].event_asset, "Fjell.Mobil.Handler");
    let privileged = info.privileged().map_or(&[][..], Privileged::packages);
    assert_eq!(privileged[0].access_custom_driver, Some(false));
    let application = "<Application Id=\"App\"/>";
    check(
        SoftwareInfo::read,
        SOFTWARE_INFO,
        &[
            ("MATCH-110", "</Applications>", &format!("{application}</Applications>"), None),
            ("MATCH-110", " Id=\"App\"", "", Some(("Application", MissingAttribute("Id")))),
            (
                "MATCH-110",
                " EventAsset=\"Fjell.Mobil.Handler\"",
                "",
                Some(("DeviceNotificationHandler", MissingAttribute("EventAsset"))),
            ),
            (
                "MATCH-110",
                " AccessCustomDriver=\"false\"",
                " AccessCustomDriver=\"no\"",
                Some(("Identity", AttributeValue("AccessCustomDriver"))),
            ),
            ("MATCH-110", "</SoftwareInfo>", "<x xmlns=\"urn:x\"/></SoftwareInfo>", None),
            (
                "MATCH-110",
                "</PrivilegedApplications>",
                "<AnyApplication/></PrivilegedApplications>",
                Some(("PrivilegedApplications", UnexpectedElement)),
            ),
        ],
    );
    let empty = "<SoftwareInfo xmlns=\"http://schemas.microsoft.com/windows/2010/08/DeviceMetadata/SoftwareInfo\"></SoftwareInfo>";
    let missing = Some(("SoftwareInfo", MissingElement("DeviceCompanionApplications")));
    assert_eq!(fault(SoftwareInfo::read(empty.as_bytes())), missing);
    let inside = |text: &str| with(empty, "></", &format!(">{text}</"));
    let any = "<PrivilegedApplications><AnyApplication/></PrivilegedApplications>";
    let found = SoftwareInfo::read(inside(any).as_bytes()).expect("a part");
    assert_eq!(found, SoftwareInfo::PrivilegedOnly(Privileged::AnyApplication));
    let more = inside(&format!("{any}<x xmlns=\"urn:x\"/>"));
    let unexpected = Some(("SoftwareInfo", UnexpectedElement));
    assert_eq!(fault(SoftwareInfo::read(more.as_bytes())), unexpected);
}

#[test]
fn mobile_broadband_info_is_read() {
    let info = MobileBroadbandInfo::read(MBAE.as_bytes()).expect("a part"); // [XML-177]
    let network = info.network.expect("a configuration");
    let profiles = network.profiles.expect("profiles");
    assert_eq!(profiles.purchase.map(|f| f.to_string()).as_deref(), Some("Kjøp-1.xml"));
    assert_eq!(network.allow_standard_user_pin_unlock, Some(true));
    assert_eq!(network.allow_tethering, Some(Tethering::EntitlementCheckRequired));
    let trusted = info.provisioning.and_then(|p| p.trusted).expect("certificates");
    assert_eq!(trusted.as_slice()[0].subject, "CN=Fjell Mobil");
}

#[test]
fn mobile_broadband_info_keeps_to_its_schema() {
    use PartFault::{MissingElement, UnexpectedElement, Value};
    let issuer = "<IssuerName>CN=Fjell Root</IssuerName>";
    let pin = "<AllowStandardUserPinUnlock>true</AllowStandardUserPinUnlock>";
    check(
        MobileBroadbandInfo::read,
        MBAE,
        &[
            ("XML-177", "Kjøp-1.xml", "a b_c.1", None),
            ("XML-177", "Kjøp-1.xml", "a/b", Some(("Purchase", Value))),
            ("XML-177", "Kjøp-1.xml", &"a".repeat(260), None),
            ("XML-177", "Kjøp-1.xml", &"a".repeat(261), Some(("Purchase", Value))),
            ("XML-177", "Kjøp-1.xml", "", Some(("Purchase", Value))),
            ("XML-177", ">EntitlementCheckRequired<", ">Never<", None),
            ("XML-177", ">EntitlementCheckRequired<", ">Always<", None),
            ("XML-177", ">EntitlementCheckRequired<", ">always<", Some(("AllowTethering", Value))),
            ("XML-177", pin, "", None),
            ("XML-177", ">true<", ">1<", None),
            ("XML-177", ">true<", ">yes<", Some(("AllowStandardUserPinUnlock", Value))),
            ("XML-177", issuer, "", Some(("TrustedCertificate", MissingElement("IssuerName")))),
            (
                "XML-177",
                issuer,
                &format!("{issuer}{issuer}"),
                Some(("TrustedCertificate", UnexpectedElement)),
            ),
        ],
    );
    let certificate = "<TrustedCertificate><SubjectName/><IssuerName/></TrustedCertificate>";
    let certificates = |more: usize| {
        let end = "</TrustedCertificates>";
        let text = with(MBAE, end, &format!("{}{end}", certificate.repeat(more)));
        fault(MobileBroadbandInfo::read(text.as_bytes()))
    };
    assert_eq!(certificates(TrustedCertificates::COUNT_MAX - 1), None);
    let unexpected = Some(("TrustedCertificates", UnexpectedElement));
    assert_eq!(certificates(TrustedCertificates::COUNT_MAX), unexpected);
    let empty = "<MobileBroadbandInfo xmlns=\"http://schemas.microsoft.com/windows/2010/12/DeviceMetadata/MobileBroadbandInfo\"/>";
    assert_eq!(MobileBroadbandInfo::read(empty.as_bytes()), Ok(MobileBroadbandInfo::default()));
}
