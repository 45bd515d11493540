//! Several packages of one service: which one a host shows, and which may be the default.

use carrier::document::UtcTime;
use carrier::lint::Severity;
use carrier::service_metadata::{
    File, HardwareId, HardwareIds, IdentifierKind, LanguageTag, Locale, Package, PackageInfo,
    PlainGuid, check_defaults, select,
};

const GUID: &str = "0ac5d3f1-52a6-4b93-8f0e-6d1e21a7c100";

fn package() -> Package {
    let files = [
        ("PackageInfo.xml", include_str!("vectors/package_info.xml")),
        ("ServiceInformation/ServiceInfo.xml", include_str!("vectors/service_info.xml")),
        (
            "ServiceInformation/MobileBroadbandInfo.xml",
            include_str!("vectors/mobile_broadband_info.xml"),
        ),
        ("SoftwareInformation/SoftwareInfo.xml", include_str!("vectors/software_info.xml")),
    ];
    let files =
        files.map(|(path, text)| File { path: path.to_owned(), content: text.as_bytes().to_vec() });
    Package::read(&format!("{GUID}.devicemetadata-ms"), &files).expect("a package")
}

fn tag(text: &str) -> LanguageTag {
    LanguageTag::parse(text).expect("a language")
}

fn time(text: &str) -> UtcTime {
    UtcTime::parse(text).expect("a time")
}

#[test]
fn one_package_of_a_service_is_the_default() {
    let of = |language: &str, is_default: bool, modified: &str| {
        let mut package = package();
        let key = &mut package.package_info.key;
        key.locale = Locale { tag: tag(language), is_default };
        key.last_modified = time(modified);
        package
    };
    let (first, second) = ("2030-03-01T00:00:00Z", "2030-03-02T00:00:00Z");
    let packages = [
        of("en-US", true, first),
        of("nn", false, second),
        of("nn", false, first),
        of("nn-NO", false, first),
    ];
    let selected = |preferred: &str| {
        let found = select(&packages, &tag(preferred)).expect("a package");
        packages.iter().position(|package| package == found)
    };
    assert_eq!(selected("nn-NO"), Some(3)); // [MATCH-112]
    assert_eq!(selected("nn-SE"), Some(1), "[MATCH-83]: the newest wins");
    assert_eq!(selected("sv-SE"), Some(0));
    assert!(select(&packages[1..], &tag("sv-SE")).is_none());
    assert_eq!(check_defaults(&packages), []);
    let two = [of("en-US", true, first), of("nn", true, first), of("EN-us", true, second)];
    let found = check_defaults(&two);
    let found: Vec<_> = found.iter().map(|f| (f.severity, f.code, f.requirement)).collect();
    let expected = (Severity::Error, "two-defaults", "MATCH-112");
    assert_eq!(found, [expected, expected]);
    assert_eq!(check_defaults(&[two[0].clone(), two[2].clone()]), []);
    let mut other = two[1].clone();
    other.service_info.number = PlainGuid::parse(GUID).expect("a GUID");
    assert_eq!(check_defaults(&[two[0].clone(), other]), []);
}

#[test]
fn hardware_ids_of_ours_fit_into_a_package() {
    let mut package = package();
    let ids = HardwareId::of_range(IdentifierKind::GsmImsi, "001010000000000", "001010000999999");
    let ids = ids.expect("ten thousand blocks");
    assert_eq!(ids.len(), 10_000);
    package.package_info.key.hardware_ids = HardwareIds::new(ids).expect("not too many");
    let written = package.package_info.write().expect("legal values");
    assert_eq!(PackageInfo::read(written.as_bytes()), Ok(package.package_info));
}
