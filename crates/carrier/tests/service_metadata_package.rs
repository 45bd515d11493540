//! A whole package: its files, what its check finds, revisions and languages.

use carrier::document::{Guid, UtcTime};
use carrier::lint::{Finding, Severity};
use carrier::service_metadata::{
    Application, Category, CompanionPackage, Extension, File, FileName, IconFile, LanguageTag,
    Metadata, MobileBroadbandInfo, NotificationHandler, NotificationHandlers, Package,
    PackageError, PackageStructure, Part, PartError, PlainGuid, Privileged, PrivilegedPackage,
    ServiceInfo, ServiceProvider, SoftwareInfo, check_update,
};

const GUID: &str = "0ac5d3f1-52a6-4b93-8f0e-6d1e21a7c100";
const NAME: &str = "0ac5d3f1-52a6-4b93-8f0e-6d1e21a7c100.devicemetadata-ms";
const CARRIER_ID: &str = "{6F1D2A54-0B7E-4C39-9A51-2F0C8BE41D77}";

fn files() -> Vec<File> {
    [
        ("PackageInfo.xml", include_str!("vectors/package_info.xml")),
        ("ServiceInformation\\ServiceInfo.xml", include_str!("vectors/service_info.xml")),
        ("ServiceInformation\\Fjell.ico", "icon"),
        ("ServiceInformation\\Kjøp-1.xml", "profile"),
        ("ServiceInformation\\Internet.xml", "profile"),
        (
            "ServiceInformation\\MobileBroadbandInfo.xml",
            include_str!("vectors/mobile_broadband_info.xml"),
        ),
        ("SoftwareInformation\\SoftwareInfo.xml", include_str!("vectors/software_info.xml")),
    ]
    .map(|(path, text)| File { path: path.to_owned(), content: text.as_bytes().to_vec() })
    .to_vec()
}

/// A package with nothing to mend.
fn package() -> Package {
    let mut package = Package::read(NAME, &files()).expect("a package");
    package.mobile_broadband_info = MobileBroadbandInfo::default();
    package
}

fn guid(text: &str) -> PlainGuid {
    PlainGuid::parse(text).expect("a GUID")
}

fn tag(text: &str) -> LanguageTag {
    LanguageTag::parse(text).expect("a language")
}

fn codes(findings: &[Finding]) -> Vec<(Severity, &'static str, &'static str)> {
    findings.iter().map(|f| (f.severity, f.code, f.requirement)).collect()
}

#[track_caller]
fn check(
    change: impl FnOnce(&mut Package),
    expected: &[(Severity, &'static str, &'static str)],
) -> Vec<Finding> {
    let mut package = package();
    change(&mut package);
    let findings = package.check(&Guid::parse(CARRIER_ID).expect("a GUID"));
    assert_eq!(codes(&findings), expected);
    findings
}

/// The app of a package, to change it.
fn app(package: &mut Package) -> (&mut CompanionPackage, &mut Vec<CompanionPackage>) {
    let SoftwareInfo::Companion { companions, .. } = &mut package.software_info else {
        unreachable!("the vector has an app")
    };
    let companions = companions.as_mut();
    (&mut companions.package, &mut companions.ignored)
}

fn privileged(package: &mut Package) -> &mut Option<Privileged> {
    let SoftwareInfo::Companion { privileged, .. } = &mut package.software_info else {
        unreachable!("the vector has an app")
    };
    privileged
}

fn handlers(assets: &[&str]) -> Option<NotificationHandlers> {
    let handler = |asset: &&str| NotificationHandler {
        event_id: "MobileOperatorNotificationHandler".to_owned(),
        event_asset: (*asset).to_owned(),
    };
    NotificationHandlers::new(assets.iter().map(handler).collect(), Vec::new())
}

#[test]
fn a_package_is_read_from_its_files_and_written_to_them() {
    let read = Package::read(NAME, &files()).expect("a package"); // [MATCH-108]
    assert_eq!(read.file_name(), NAME);
    let others: Vec<_> = read.files.keys().map(String::as_str).collect();
    let folder = "ServiceInformation";
    let expected = ["Fjell.ico", "Internet.xml", "Kjøp-1.xml"].map(|n| format!("{folder}/{n}"));
    assert_eq!(others, expected);
    let written = read.write().expect("legal values");
    let paths: Vec<_> = written.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "PackageInfo.xml",
            "ServiceInformation/Fjell.ico",
            "ServiceInformation/Internet.xml",
            "ServiceInformation/Kjøp-1.xml",
            "ServiceInformation/MobileBroadbandInfo.xml",
            "ServiceInformation/ServiceInfo.xml",
            "SoftwareInformation/SoftwareInfo.xml",
        ]
    );
    assert_eq!(Package::read(NAME, &written), Ok(read));
}

#[test]
fn a_package_has_a_name_and_four_parts() {
    for name in [
        "{0ac5d3f1-52a6-4b93-8f0e-6d1e21a7c100}.devicemetadata-ms", // [MATCH-108]
        "0ac5d3f1-52a6-4b93-8f0e-6d1e21a7c100.cab",
        "fjell.devicemetadata-ms",
        "x/0ac5d3f1-52a6-4b93-8f0e-6d1e21a7c100.devicemetadata-ms",
    ] {
        assert_eq!(Package::read(name, &files()), Err(PackageError::Name), "{name}");
    }
    for (name, part) in [
        ("PackageInfo.xml", Part::PackageInfo), // [MATCH-111]
        ("ServiceInformation\\ServiceInfo.xml", Part::ServiceInfo),
        ("ServiceInformation\\MobileBroadbandInfo.xml", Part::MobileBroadbandInfo),
        ("SoftwareInformation\\SoftwareInfo.xml", Part::SoftwareInfo),
    ] {
        let mut without = files();
        without.retain(|file| file.path != name);
        assert_eq!(without.len(), files().len() - 1);
        assert_eq!(Package::read(NAME, &without), Err(PackageError::Missing(part)));
        let mut broken = files();
        broken.iter_mut().filter(|f| f.path == name).for_each(|f| f.content.truncate(9));
        let error = Package::read(NAME, &broken).expect_err("refused");
        let expected = |p: &str| p == name.replace('\\', "/");
        assert!(
            matches!(&error, PackageError::Part(p, path, PartError::Xml(_)) if *p == part && expected(path)),
            "{error:?}"
        );
    }
    let with = |path: &str| {
        let mut files = files();
        files.push(File { path: path.to_owned(), content: b"<x/>".to_vec() });
        Package::read(NAME, &files)
    };
    let windows = with("windowsinformation/WindowsInfo.xml").expect("a package");
    assert_eq!(windows.windows_info.as_deref(), Some(b"<x/>".as_slice()));
    for path in ["../a", "/a", "a//b", "C:/a", "packageinfo.XML", ""] {
        assert_eq!(with(path), Err(PackageError::Path(path.to_owned())));
    }
    let many: Vec<_> =
        (0..1001).map(|n| File { path: n.to_string(), content: Vec::new() }).collect();
    assert_eq!(Package::read(NAME, &many), Err(PackageError::Files(1001)));
    assert_eq!(Package::read(NAME, &many[1..]), Err(PackageError::Missing(Part::PackageInfo)));
}

#[test]
fn the_number_is_the_carrier_id() {
    check(|_| {}, &[]); // [MATCH-109]: equal but for braces and case.
    let other = Severity::Error;
    check(
        |p| p.service_info.number = guid(GUID),
        &[(other, "number-is-not-carrier-id", "MATCH-109")],
    );
}

#[test]
fn what_service_info_needs_beyond_its_schema_is_found() {
    let error = |code| [(Severity::Error, code, "MATCH-109")];
    check(|p| p.service_info.icon = None, &error("no-icon")); // [MATCH-109]
    check(|p| p.files.clear(), &error("icon-absent"));
    check(|p| p.service_info.icon = IconFile::parse("fjell.ico").ok(), &[]);
    let category = |text: &str| Category::parse(text);
    check(|p| p.service_info.categories.primary = category("Other"), &error("category"));
    check(|p| p.service_info.categories.primary = category("Network.MobileBroadband.GSM"), &[]);
    let several = [(Severity::Warning, "several-categories", "MATCH-109")];
    check(|p| p.service_info.categories.further.push(category("Other")), &several);
    let error = |code| [(Severity::Error, code, "MATCH-108")]; // [MATCH-108]
    check(|p| p.service_info.extension = None, &error("no-extension"));
    let file = FileName::parse("a.xml").expect("a name");
    let extension = Extension { namespace: "urn:x".to_owned(), file };
    check(|p| p.service_info.extension = Some(extension), &error("extension-namespace"));
}

#[test]
fn the_parts_are_listed() {
    let without = |part: Part| {
        move |package: &mut Package| {
            let structure = &mut package.package_info.structure;
            let kept: Vec<Metadata> = structure
                .parts()
                .iter()
                .filter(|m| m.id.trim_end_matches('/') != part.id().trim_end_matches('/'))
                .cloned()
                .collect();
            assert_eq!(kept.len(), 3);
            *structure = PackageStructure::new(kept, Vec::new()).expect("two parts");
        }
    };
    for part in [Part::PackageInfo, Part::ServiceInfo, Part::SoftwareInfo] {
        check(without(part), &[(Severity::Error, "part-not-listed", "MATCH-111")]); // [MATCH-111]
    }
    let warning = [(Severity::Warning, "mobile-broadband-info-not-listed", "MATCH-111")];
    check(without(Part::MobileBroadbandInfo), &warning);
    let windows = [(Severity::Error, "part-not-listed", "MATCH-111")];
    check(|p| p.windows_info = Some(Vec::new()), &windows);
}

#[test]
fn the_app_is_privileged_and_the_only_one() {
    let not_privileged = [(Severity::Error, "companion-not-privileged", "MATCH-110")];
    check(|p| *privileged(p) = None, &not_privileged); // [MATCH-110]
    check(|p| *privileged(p) = Some(Privileged::Packages(Vec::new())), &not_privileged);
    check(|p| *privileged(p) = Some(Privileged::AnyApplication), &[]);
    let several = [(Severity::Warning, "several-companions", "MATCH-110")];
    check(
        |p| {
            let (first, ignored) = app(p);
            ignored.push(first.clone());
        },
        &several,
    );
    check(
        |p| {
            let package = app(p).0;
            let second: Application = package.application.clone();
            package.ignored.push(second);
        },
        &several,
    );
    let event = [(Severity::Warning, "event-id", "MATCH-110")];
    check(
        |p| {
            let handler = NotificationHandler {
                event_id: "NotificationHandler".to_owned(),
                event_asset: "Fjell.Handler".to_owned(),
            };
            app(p).0.application.handlers = NotificationHandlers::new(vec![handler], Vec::new());
        },
        &event,
    );
    let count = |count: usize| {
        move |package: &mut Package| {
            let identity = app(package).0.identity.clone();
            let listed =
                PrivilegedPackage { identity, access_custom_driver: None, others: Vec::new() };
            *privileged(package) = Some(Privileged::Packages(vec![listed; count]));
        }
    };
    let many = [(Severity::Warning, "many-privileged", "MATCH-111")];
    check(count(2), &[]); // [MATCH-111]
    check(count(3), &many);
    check(count(8), &many);
    check(count(9), &[(Severity::Error, "too-many-privileged", "MATCH-111")]);
}

#[test]
fn profiles_that_are_named_are_there() {
    let mbae = include_str!("vectors/mobile_broadband_info.xml");
    let mbae = MobileBroadbandInfo::read(mbae.as_bytes()).expect("a part");
    let deprecated = (Severity::Warning, "profile-deprecated", "MATCH-106"); // [MATCH-106]
    check(|p| p.mobile_broadband_info = mbae.clone(), &[deprecated, deprecated]);
    let absent = (Severity::Error, "profile-absent", "XML-177"); // [XML-177]
    check(
        |p| {
            p.mobile_broadband_info = mbae.clone();
            p.files.retain(|path, _| !path.ends_with("Internet.xml"));
        },
        &[deprecated, absent, deprecated],
    );
}

#[test]
fn an_update_has_a_new_guid_and_a_later_date() {
    let before = package();
    let later = |change: fn(&mut Package)| {
        let mut after = package();
        after.guid = guid("0ac5d3f1-52a6-4b93-8f0e-6d1e21a7c1ff");
        after.package_info.key.last_modified = time("2030-03-01T08:15:01Z");
        change(&mut after);
        check_update(&before, &after)
    };
    assert_eq!(later(|_| {}), []); // [MATCH-83], and below
    for (change, code, requirement) in [
        (
            (|p| p.guid = guid("0AC5D3F1-52A6-4B93-8F0E-6D1E21A7C100")) as fn(&mut Package),
            "same-package-guid",
            "MATCH-83",
        ),
        (
            |p| p.package_info.key.last_modified = time("2030-03-01T08:15:00Z"),
            "not-later",
            "MATCH-83",
        ),
        (|p| p.service_info.number = guid(GUID), "service-number-changed", "MATCH-109"),
    ] {
        assert_eq!(codes(&later(change)), [(Severity::Error, code, requirement)]);
    }
    let dropped = [(Severity::Warning, "event-asset-dropped", "EVT-19")];
    let found = later(|p| app(p).0.application.handlers = handlers(&["Fjell.Handler2"]));
    assert_eq!(codes(&found), dropped); // [EVT-19], [MATCH-110]
    assert!(found[0].message.contains("Fjell.Mobil.Handler"), "{}", found[0]);
    let both = later(|p| {
        app(p).0.application.handlers = handlers(&["Fjell.Handler2", "Fjell.Mobil.Handler"]);
    });
    assert_eq!(both, []);
    let without_app = later(|p| {
        p.software_info = SoftwareInfo::PrivilegedOnly(Privileged::AnyApplication);
    });
    assert_eq!(codes(&without_app), dropped);
}

fn time(text: &str) -> UtcTime {
    UtcTime::parse(text).expect("a time")
}

/// The service of the vector under another name.
fn named(name: &str) -> ServiceInfo {
    let mut service = package().service_info;
    service.provider = ServiceProvider::parse(name).expect("a name");
    service
}

#[test]
fn languages_are_folders_with_a_neutral_fallback() {
    let mut package = package();
    package.package_info.key.multiple_locale = None;
    package.localized = vec![(tag("nn-NO"), named("Fjell nn-NO")), (tag("nn"), named("Fjell nn"))];
    package.files.insert("ServiceInformation/nn-NO/Fjell.ico".to_owned(), Vec::new());
    package.files.insert("ServiceInformation/nn/Fjell.ico".to_owned(), Vec::new());
    for (preferred, name) in [
        ("NN-no", "Fjell nn-NO"), // [MATCH-112]
        ("nn-SE", "Fjell nn"),
        ("nn", "Fjell nn"),
        ("nb-NO", "Fjell Mobil"),
    ] {
        assert_eq!(package.service_for(&tag(preferred)).provider.as_str(), name, "{preferred}");
    }
    assert_eq!(package.check(&Guid::parse(CARRIER_ID).expect("a GUID")), []);
    let files = package.write().expect("legal values");
    assert_eq!(Package::read(NAME, &files), Ok(package.clone()));
    let error = |code, requirement| (Severity::Error, code, requirement);
    let single = error("single-locale", "MATCH-112");
    check(
        |p| {
            *p = package.clone();
            p.package_info.key.multiple_locale = Some(false);
        },
        &[single],
    );
    check(
        |p| {
            *p = package.clone();
            p.localized[0].1.number = guid(GUID);
            p.files.remove("ServiceInformation/nn/Fjell.ico");
        },
        &[error("localized-number", "MATCH-109"), error("icon-absent", "MATCH-109")],
    );
}
