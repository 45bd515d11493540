//! 802.1X: what has the shape of the model becomes its value, all else is kept as it is.

mod support;

use carrier::document::{
    EapAkaPrime, EapMethod, EapSim, EapTtls, OneX, Phase1Identity, Phase2, Realm, RealmName,
    Security, ServerNames, ServerValidation, SimIdentity, SimProviderName,
};
use carrier::read::read;
use carrier::write::write;
use carrier::xml::{Foreign, parse};
use support::{E4, replace_once};

const EAP: &str = "http://www.microsoft.com/provisioning";
const SIM: &str = "<EapSim xmlns=\"http://www.microsoft.com/provisioning/EapSimConnectionPropertiesV1\">\n                    <Realm Enabled=\"true\"/>\n                  </EapSim>";

/// Example 14.4 with this number and configuration of the method.
fn with_method(number: u32, config: &str) -> String {
    let text = replace_once(E4, ">18</Type>", &format!(">{number}</Type>"));
    replace_once(&text, SIM, config)
}

/// Reads the security of the second profile, which is the same after writing.
#[track_caller]
fn security(text: &str) -> Security {
    let document = read(text.as_bytes()).expect("a document");
    let written = write(&document).expect("legal values");
    assert_eq!(read(written.as_bytes()).as_ref(), Ok(&document), "{text}");
    let profile = document.wlan_profiles().expect("profiles").0.get(1).expect("a second");
    profile.msm.clone().expect("an MSM").security.expect("security")
}

#[track_caller]
fn check(id: &str, text: &str, expected: EapMethod) {
    let found = security(text);
    assert_eq!((found.one_x, found.others), (Some(OneX(expected)), Vec::new()), "{id}: {text}");
}

/// The element stays what it is, to the last attribute and text.
#[track_caller]
fn check_foreign(id: &str, text: &str) {
    let found = security(text);
    assert_eq!(found.one_x, None, "{id}: {text}");
    let start = text.find("<OneX").expect("a start tag");
    let end = text.find("</OneX>").expect("an end tag") + "</OneX>".len();
    let element = parse(&text.as_bytes()[start..end]).expect("well-formed");
    assert_eq!(found.others, [Foreign::from_element(&element)], "{id}: {text}");
}

fn realm(is_enabled: bool, name: &str) -> Realm {
    Realm { is_enabled, name: RealmName::parse(name).expect("a realm") }
}

#[test]
fn methods_of_sims_are_read() {
    let derived = SimIdentity::derived();
    let sim = EapSim { use_strong_cipher_keys: None, identity: derived.clone() };
    check("[XML-130]", E4, EapMethod::Sim(sim));
    let config = format!(
        "<EapSim xmlns=\"{EAP}/EapSimConnectionPropertiesV1\">\
         <UseStrongCipherKeys>1</UseStrongCipherKeys>\
         <DontRevealPermanentID>false</DontRevealPermanentID>\
         <ProviderName>Fjell</ProviderName><Realm Enabled=\"false\">fjell.example</Realm></EapSim>"
    );
    let identity = SimIdentity {
        dont_reveal_permanent_id: Some(false),
        provider_name: SimProviderName::parse("Fjell").ok(),
        realm: realm(false, "fjell.example"),
    };
    let sim = EapSim { use_strong_cipher_keys: Some(true), identity: identity.clone() };
    check("[HOT-49]", &with_method(18, &config), EapMethod::Sim(sim));
    let config = format!(
        "<EapAka xmlns=\"{EAP}/EapAkaConnectionPropertiesV1\"><Realm Enabled=\"true\"/></EapAka>"
    );
    check("[XML-131]", &with_method(23, &config), EapMethod::Aka(derived));
    let config = format!(
        "<EapAkaPrime xmlns=\"{EAP}/EapAkaPrimeConnectionPropertiesV1\">\
         <IgnoreNetworkNameMismatch>true</IgnoreNetworkNameMismatch>\
         <EnableFastReauth>false</EnableFastReauth>\
         <DontRevealPermanentID>false</DontRevealPermanentID>\
         <ProviderName>Fjell</ProviderName><Realm Enabled=\"false\">fjell.example</Realm>\
         </EapAkaPrime>"
    );
    let prime = EapAkaPrime {
        ignore_network_name_mismatch: Some(true),
        enable_fast_reauth: Some(false),
        identity,
    };
    check("XML-131", &with_method(50, &config), EapMethod::AkaPrime(prime));
}

#[test]
fn ttls_with_a_password_inside_is_read() {
    let ttls = |inside: &str| {
        let config =
            format!("<EapTtls xmlns=\"{EAP}/EapTtlsConnectionPropertiesV1\">{inside}</EapTtls>");
        with_method(21, &config)
    };
    check("nothing", &ttls(""), EapMethod::Ttls(EapTtls::default()));
    for (inside, phase2) in [
        ("<PAPAuthentication/>", Phase2::Pap),
        ("<CHAPAuthentication></CHAPAuthentication>", Phase2::Chap),
        ("<MSCHAPAuthentication/>", Phase2::MsChap),
        ("<MSCHAPv2Authentication/>", Phase2::MsChapV2 { use_winlogon_credentials: None }),
        (
            "<MSCHAPv2Authentication><UseWinlogonCredentials>true</UseWinlogonCredentials>\
             </MSCHAPv2Authentication>",
            Phase2::MsChapV2 { use_winlogon_credentials: Some(true) },
        ),
    ] {
        let text = ttls(&format!("<Phase2Authentication>{inside}</Phase2Authentication>"));
        let expected = EapTtls { phase2: Some(phase2), ..EapTtls::default() };
        check(inside, &text, EapMethod::Ttls(expected));
    }
    let hash = "000102030405060708090A0b0c0d0e0f10111213";
    let validation = |hash: &str| {
        ttls(&format!(
            "<ServerValidation><ServerNames>aaa.fjell.example</ServerNames>\
             <TrustedRootCAHash>{hash}</TrustedRootCAHash><DisablePrompt>true</DisablePrompt>\
             </ServerValidation><Phase1Identity><IdentityPrivacy>false</IdentityPrivacy>\
             </Phase1Identity>"
        ))
    };
    let expected = EapTtls {
        server_validation: Some(ServerValidation {
            server_names: ServerNames::parse("aaa.fjell.example").ok(),
            trusted_root_ca_hashes: vec![std::array::from_fn(|n| u8::try_from(n).expect("< 20"))],
            disable_prompt: Some(true),
        }),
        phase2: None,
        phase1_identity: Some(Phase1Identity {
            identity_privacy: Some(false),
            anonymous_identity: None,
        }),
    };
    check("validation", &validation(hash), EapMethod::Ttls(expected));
    for hash in ["", "00", "19 72 95 8A 0D 85 B2 63 A0 78 B4 19 18 DA 0D 72 A7 1E D0 DE"] {
        check_foreign(hash, &validation(hash));
    }
    check_foreign("EAP inside", &ttls("<Phase2Authentication><Eap/></Phase2Authentication>"));
    check_foreign("no method", &ttls("<Phase2Authentication/>"));
    check_foreign("order", &ttls("<Phase1Identity/><Phase2Authentication/>"));
    let two =
        "<Phase2Authentication><PAPAuthentication/><CHAPAuthentication/></Phase2Authentication>";
    check_foreign("two methods", &ttls(two));
}

#[test]
fn other_shapes_are_kept_as_they_are() {
    for (id, from, to) in [
        ("type of another method", ">18</Type>", ">23</Type>"),
        ("unknown type", ">18</Type>", ">25</Type>"),
        ("no number", ">18</Type>", ">sim</Type>"),
        ("attribute of a number", ">18</Type>", " a=\"1\">18</Type>"),
        ("author", ">311</AuthorId>", ">0</AuthorId>"), // [XML-130]
        ("vendor", ">0</VendorId>", ">1</VendorId>"),
        ("no realm", "<Realm Enabled=\"true\"/>", ""), // [HOT-49]
        ("realm without attribute", "<Realm Enabled=\"true\"/>", "<Realm/>"),
        ("realm of a wrong value", "<Realm Enabled=\"true\"/>", "<Realm Enabled=\"yes\"/>"),
        ("more attributes", "<Realm Enabled=\"true\"/>", "<Realm Enabled=\"true\" a=\"\"/>"),
        ("order", "<Realm", "<ProviderName/><DontRevealPermanentID/><Realm"),
        ("after the realm", "</EapSim>", "<x xmlns=\"urn:x\"/></EapSim>"),
        ("text", "</EapSim>", "x</EapSim>"),
        ("setting of 802.1X", "<EAPConfig>", "<cacheUserData>true</cacheUserData><EAPConfig>"),
        ("attribute", "<EAPConfig>", "<EAPConfig a=\"\">"),
        ("corrupted name", "EAPConfig>", "EAcomputeronfig>"), // [XML-131]
    ] {
        assert!(E4.contains(from), "{id}");
        check_foreign(id, &E4.replace(from, to));
    }
}

#[test]
fn the_first_of_the_known_shape_is_taken_and_nothing_lost() {
    let other = "<OneX xmlns=\"http://www.microsoft.com/networking/OneX/v1\"/>";
    let with_other = E4.replace("<OneX", &format!("{other}<OneX"));
    let found = security(&with_other);
    assert!(found.one_x.is_some());
    assert_eq!(found.others.len(), 1); // [XML-07]
    let start = E4.find("<OneX").expect("a start tag");
    let end = E4.find("</OneX>").expect("an end tag") + "</OneX>".len();
    let element = &E4[start..end];
    let found = security(&E4.replace(element, &element.repeat(2)));
    assert_eq!((found.one_x.is_some(), found.others.len()), (true, 1));
}

#[test]
fn identities_do_not_print() {
    let config = format!(
        "<EapTtls xmlns=\"{EAP}/EapTtlsConnectionPropertiesV1\"><Phase1Identity>\
         <AnonymousIdentity>anonymous-4711@fjell.example</AnonymousIdentity></Phase1Identity>\
         </EapTtls>"
    );
    let typed = format!("{:?}", security(&with_method(21, &config)));
    assert!(typed.contains("AnonymousIdentity(anonym…le)"), "{typed}");
    let foreign = format!("{:?}", security(&with_method(25, &config)));
    assert!(!foreign.contains("4711"), "{foreign}");
    let hotspot = format!("{:?}", support::wlan::e4()); // [XML-125]
    for secret in ["4711", "wifi-Demo-1"] {
        assert!(!hotspot.replace("4711@f…le", "").contains(secret), "{secret}: {hotspot}");
    }
}
