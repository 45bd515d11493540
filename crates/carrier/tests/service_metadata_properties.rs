//! What is written is read back the same, and libxml2 accepts MobileBroadbandInfo.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use carrier::document::UtcTime;
use carrier::service_metadata::{
    Application, ApplicationId, BuilderInformation, BuilderText, Categories, Category,
    CompanionPackage, Companions, Extension, FileName, HardwareId, HardwareIds, IconFile, Identity,
    LanguageTag, Locale, Metadata, MetadataKey, MobileBroadbandInfo, NetworkConfiguration,
    NotificationHandler, NotificationHandlers, PackageInfo, PackageName, PackageStructure,
    PlainGuid, Privileged, PrivilegedPackage, ProfileFile, Profiles, ProvisioningEngine, Publisher,
    Relationships, ServiceDescription, ServiceInfo, ServiceName, ServiceProvider, SoftwareInfo,
    Tethering, TrustedCertificate, TrustedCertificates,
};
use carrier::xml::{Foreign, Method, canonical, parse};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Values of a type from texts that it accepts.
fn parsed<T: std::fmt::Debug, E: std::fmt::Debug>(
    pattern: &'static str,
    parse: fn(&str) -> Result<T, E>,
) -> impl Strategy<Value = T> {
    pattern.prop_filter_map("legal", move |text| parse(&text).ok())
}

/// Any text, with what must be escaped.
fn text() -> impl Strategy<Value = String> {
    "[a-z<>&\"' \\tüж\\n]{0,12}"
}

fn others() -> impl Strategy<Value = Vec<Foreign>> {
    let element = text().prop_map(|text| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let written = format!("<o:x xmlns:o='urn:o' o:a='1'>{text}<y/></o:x>");
        let element = parse(written.as_bytes());
        Foreign::from_element(&element.expect("well-formed"))
    });
    vec(element, 0..2)
}

fn guid() -> impl Strategy<Value = PlainGuid> {
    parsed("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", PlainGuid::parse)
}

fn metadata_key() -> impl Strategy<Value = MetadataKey> {
    let ids =
        vec(parsed("DOID:[!#$%&()*+./:;<=>?@a-zA-Z0-9^_`{|}~-]{1,202}", HardwareId::parse), 1..4);
    let ids = ids.prop_filter_map("not none", HardwareIds::new);
    let locale = (parsed("[a-z]{2,3}(-[A-Z]{2})?", LanguageTag::parse), any::<bool>());
    let locale = locale.prop_map(|(tag, is_default)| Locale { tag, is_default });
    let time = (1..28, 0..24).prop_map(|(day, hour)| format!("2030-03-{day:02}T{hour:02}:15:00Z"));
    let time = time.prop_filter_map("a time", |text| UtcTime::parse(&text).ok());
    (ids, locale, time, of(any::<bool>()), others()).prop_map(
        |(hardware_ids, locale, last_modified, multiple_locale, others)| MetadataKey {
            hardware_ids,
            locale,
            last_modified,
            multiple_locale,
            others,
        },
    )
}

fn package_info() -> impl Strategy<Value = PackageInfo> {
    let part = (text(), parsed("[A-Za-z.]{1,9}", FileName::parse));
    let part = part.prop_map(|(id, place)| Metadata { id, place });
    let structure = (vec(part, 2..5), others())
        .prop_filter_map("two", |(parts, others)| PackageStructure::new(parts, others));
    let relationships = (of(guid()), of(guid()), others()).prop_map(
        |(experience_id, language_neutral_id, others)| Relationships {
            experience_id,
            language_neutral_id,
            others,
        },
    );
    let word = || parsed("[a-z<& ]{1,9}", BuilderText::parse);
    let builder = (word(), word(), others()).prop_map(|(application, version, others)| {
        BuilderInformation { application, version, others }
    });
    (metadata_key(), structure, of(relationships), of(builder), others()).prop_map(
        |(key, structure, relationships, builder, others)| PackageInfo {
            key,
            structure,
            relationships,
            builder,
            others,
        },
    )
}

fn service_info() -> impl Strategy<Value = ServiceInfo> {
    let category = prop_oneof![
        Just(Category::MobileBroadband),
        Just(Category::Cdma),
        Just(Category::Gsm),
        "[a-z.&]{0,9}".prop_map(|text| Category::parse(&text)),
    ];
    let categories = (category.clone(), vec(category, 0..2), others())
        .prop_map(|(primary, further, others)| Categories { primary, further, others });
    let description = || of(parsed("[a-z<&ü \\n]{1,30}", ServiceDescription::parse));
    let extension = (text(), parsed("[A-Za-zü .]{1,20}", FileName::parse))
        .prop_map(|(namespace, file)| Extension { namespace, file });
    let names = (
        of(parsed("[a-z<& ]{0,30}", ServiceName::parse)),
        parsed("[A-Za-z&ü ]{1,20}", ServiceProvider::parse),
    );
    let icon = of(parsed("[a-z&ü ]{1,9}\\.ico", IconFile::parse));
    (categories, names, (description(), description()), guid(), icon, of(extension), others())
        .prop_map(
            |(categories, (name, provider), (first, second), number, icon, extension, others)| {
                ServiceInfo {
                    categories,
                    name,
                    description_1: first,
                    description_2: second,
                    number,
                    provider,
                    icon,
                    extension,
                    others,
                }
            },
        )
}

fn identity() -> impl Strategy<Value = Identity> {
    let name = parsed("[A-Za-z0-9.-]{3,50}", PackageName::parse);
    let publisher = parsed("CN=[A-Za-z&']{1,9}(, O=\"[a-z<,]{1,5}\")?", Publisher::parse);
    (name, publisher).prop_map(|(name, publisher)| Identity { name, publisher })
}

fn application() -> impl Strategy<Value = Application> {
    let handler = (text(), text())
        .prop_map(|(event_id, event_asset)| NotificationHandler { event_id, event_asset });
    let handlers = (vec(handler, 1..3), others())
        .prop_filter_map("one", |(handlers, others)| NotificationHandlers::new(handlers, others));
    let id = parsed("[A-Z][a-z]{0,9}(\\.[A-Z])?", ApplicationId::parse);
    (id, of(handlers), others()).prop_map(|(id, handlers, others)| Application {
        id,
        handlers,
        others,
    })
}

fn privileged() -> impl Strategy<Value = Privileged> {
    let package = (identity(), of(any::<bool>()), others()).prop_map(
        |(identity, access_custom_driver, others)| PrivilegedPackage {
            identity,
            access_custom_driver,
            others,
        },
    );
    prop_oneof![
        Just(Privileged::AnyApplication),
        vec(package, 0..3).prop_map(Privileged::Packages),
        others().prop_filter_map("one", |others| {
            let first = others.first()?.clone();
            Some(Privileged::Others(first, others))
        }),
    ]
}

fn software_info() -> impl Strategy<Value = SoftwareInfo> {
    let package = (identity(), application(), vec(application(), 0..2), others(), others())
        .prop_map(|(identity, application, ignored, application_others, others)| {
            CompanionPackage { identity, application, ignored, application_others, others }
        });
    let package = package.boxed();
    let companions = (package.clone(), vec(package, 0..2), others())
        .prop_map(|(package, ignored, others)| Box::new(Companions { package, ignored, others }));
    prop_oneof![
        privileged().prop_map(SoftwareInfo::PrivilegedOnly),
        (companions, of(privileged()), others()).prop_map(|(companions, privileged, others)| {
            SoftwareInfo::Companion { companions, privileged, others }
        }),
    ]
}

fn mobile_broadband_info() -> impl Strategy<Value = MobileBroadbandInfo> {
    let file = || of(parsed("[A-Za-z0-9üж._ -]{1,30}", ProfileFile::parse));
    let profiles = (file(), file(), others()).prop_map(|(purchase, internet, others)| Profiles {
        purchase,
        internet,
        others,
    });
    let tethering = prop_oneof![
        Just(Tethering::Never),
        Just(Tethering::Always),
        Just(Tethering::EntitlementCheckRequired),
    ];
    let network = (of(profiles), of(any::<bool>()), of(tethering), others()).prop_map(
        |(profiles, pin, allow_tethering, others)| NetworkConfiguration {
            profiles,
            allow_standard_user_pin_unlock: pin,
            allow_tethering,
            others,
        },
    );
    let certificate = (text(), text(), others())
        .prop_map(|(subject, issuer, others)| TrustedCertificate { subject, issuer, others });
    let trusted = (vec(certificate, 0..3), others())
        .prop_filter_map("few", |(list, others)| TrustedCertificates::new(list, others));
    let provisioning = (of(trusted), others())
        .prop_map(|(trusted, others)| ProvisioningEngine { trusted, others });
    (of(network), of(provisioning), others()).prop_map(|(network, provisioning, others)| {
        MobileBroadbandInfo { network, provisioning, others }
    })
}

/// The writer's promise: the bytes are their own canonical form.
fn is_canonical(text: &str) -> bool {
    let root = parse(text.as_bytes()).expect("well-formed");
    canonical(&root, &[], Method::Inclusive, None) == text
}

proptest! {
    #![proptest_config(Config { cases: 128, ..Config::default() })]

    #[test]
    fn package_info_is_read_back(info in package_info()) { // [MATCH-109]
        let text = info.write().expect("legal values");
        prop_assert!(is_canonical(&text));
        prop_assert_eq!(PackageInfo::read(text.as_bytes()), Ok(info));
    }

    #[test]
    fn service_info_is_read_back(info in service_info()) { // [MATCH-109]
        let text = info.write().expect("legal values");
        prop_assert!(is_canonical(&text));
        prop_assert_eq!(ServiceInfo::read(text.as_bytes()), Ok(info));
    }

    #[test]
    fn software_info_is_read_back(info in software_info()) { // [MATCH-110]
        let text = info.write().expect("legal values");
        prop_assert!(is_canonical(&text));
        prop_assert_eq!(SoftwareInfo::read(text.as_bytes()), Ok(info));
    }

    #[test]
    fn mobile_broadband_info_is_read_back(info in mobile_broadband_info()) { // [XML-177]
        let text = info.write().expect("legal values");
        prop_assert!(is_canonical(&text));
        prop_assert_eq!(MobileBroadbandInfo::read(text.as_bytes()), Ok(info));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(PackageInfo::read(&bytes).is_err());
        prop_assert!(ServiceInfo::read(&bytes).is_err());
        prop_assert!(SoftwareInfo::read(&bytes).is_err());
        prop_assert!(MobileBroadbandInfo::read(&bytes).is_err());
    }
}

/// Written past the harness, which would keep it from view.
fn skipped(reason: &str) {
    writeln!(std::io::stdout(), "skipped: {reason}").expect("an open output");
}

/// The published schemas, where they and libxml2 are.
fn schema() -> Option<PathBuf> {
    let schema =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/xsd/all.xsd");
    if !schema.exists() {
        skipped("the published schemas are not at ../shared/reference/xsd");
        return None;
    }
    if Command::new("xmllint").arg("--version").output().is_err() {
        let promised = std::env::var_os("BROADGATE_TOOLS").is_some();
        assert!(!promised, "xmllint is absent although the set-up installs it");
        skipped("xmllint is absent");
        return None;
    }
    Some(schema)
}

#[test]
fn libxml2_accepts_what_is_written() {
    let Some(schema) = schema() else { return };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("service_metadata");
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = mobile_broadband_info();
    let mut command = Command::new("xmllint");
    command.args(["--nonet", "--noout", "--schema"]).arg(schema);
    let mut newer = 0;
    for index in 0..300 {
        let info = strategy.new_tree(&mut runner).expect("a part").current();
        // The published file lacks the two permissions that the page of the schema has.
        let has_permission = info.network.as_ref().is_some_and(|network| {
            network.allow_standard_user_pin_unlock.is_some() || network.allow_tethering.is_some()
        });
        let path =
            folder.join(format!("{index}{}.xml", if has_permission { "-newer" } else { "" }));
        newer += usize::from(has_permission);
        std::fs::write(&path, info.write().expect("legal values")).expect("a temporary file");
        command.arg(path);
    }
    let output = command.output().expect("xmllint runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let refused = said.lines().filter(|line| line.ends_with(" fails to validate"));
    let (of_newer, of_others): (Vec<_>, Vec<_>) = refused.partition(|l| l.contains("-newer.xml"));
    assert_eq!(of_others, Vec::<&str>::new(), "{said}");
    assert_eq!(of_newer.len(), newer, "the published file has the permissions after all");
    let accepted = said.lines().filter(|line| line.ends_with(" validates")).count();
    assert_eq!(accepted + newer, 300, "{said}");
    assert!(accepted >= 50, "few parts without permissions: {accepted}");
}
