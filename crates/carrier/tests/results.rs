//! The results document: the worked examples, coalescing, and what version 2 adds.

use carrier::chain::Thumbprint;
use carrier::document::{Guid, SubscriberId};
use carrier::hresult::Hresult;
use carrier::results::{
    Container, Content, Failure, Leaf, MbnProfiles, Named, NetworkMetadata, PartsV1, PartsV2,
    PdpContexts, ProvisioningV1, ProvisioningV2, Recipient, Results, Signature, Signer, Version,
    coalesce, combine, read, write,
};
use carrier::xml::{Method, canonical, parse};

const OK: Hresult = Hresult::SUCCESS;
const NO_WLAN: Hresult = Hresult(0x8007_0426);
const NOT_FOUND: Hresult = Hresult(0x8007_0490);
const DENIED: Hresult = Hresult(0x8007_0005);

fn recipient() -> Recipient {
    Recipient {
        issuer: Guid::parse("{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}").expect("a GUID"),
        subscriber: SubscriberId::parse("001019876543210").expect("an id"),
    }
}

fn signer() -> Signer {
    let thumbprint = [0xDE, 0xAD, 0xBE, 0xEF, 0xCA, 0xFE, 0xBA, 0xBE, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    let thumbprint = [&thumbprint[..], &[10, 11, 12]].concat();
    Signer {
        subject: "CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO".to_owned(),
        thumbprint: Thumbprint(thumbprint.try_into().expect("20 octets")),
    }
}

fn named(name: &str, code: Hresult) -> Named {
    Named { name: name.to_owned(), code }
}

/// Holds what is written to a text in which every element stands on lines of its own.
#[track_caller]
fn check(printed: &str, results: &Results) {
    let joined: String = printed.lines().map(str::trim).collect();
    let root = parse(joined.as_bytes()).expect("well-formed");
    let written = write(results).expect("legal values");
    assert_eq!(written.as_str(), canonical(&root, &[], Method::Inclusive, None));
    assert_eq!(write(results).expect("legal values"), written, "the same bytes on each call");
    assert_eq!(read(written.as_bytes()).as_ref(), Ok(results), "what is written");
    assert_eq!(read(printed.as_bytes()).as_ref(), Ok(results), "what is printed");
}

/// [SIG-33]
#[test]
fn example_14_9_success_with_signer() {
    // [XML-201], [XML-203], [XML-207], [XML-209]
    let parts = PartsV1 {
        activation: Some(OK),
        wlan_profiles: Some(Container::Each(vec![named("Fjell Spots", OK)])),
        ..PartsV1::default()
    };
    let results = Results::tried(recipient(), Some(signer()), Content::V1(parts));
    assert!(results.all_elements_provisioned());
    check(include_str!("vectors/results-success.xml"), &results);
}

#[test]
fn example_14_9_partial_failure() {
    // [XML-204]: one profile differs, so both are listed; the Wi-Fi profiles agree.
    let parts = PartsV1 {
        mbn_profiles: Some(Container::Each(MbnProfiles {
            default_profile: Some(OK),
            purchase_profile: Some(NOT_FOUND),
        })),
        wlan_profiles: Some(Container::Each(vec![
            named("Fjell Spots", NO_WLAN),
            named("Fjell Secure", NO_WLAN),
        ])),
        ..PartsV1::default()
    };
    let results = Results::tried(recipient(), None, Content::V1(parts));
    assert!(!results.all_elements_provisioned()); // [XML-206]
    check(include_str!("vectors/results-partial.xml"), &results);
}

#[test]
fn example_14_9_tampered_file() {
    // [XML-206], [XML-207]: nothing but the signature, and for whom it was.
    let results = Results::SignatureFailed {
        version: Version::V1,
        recipient: Some(recipient()),
        failure: Failure::new(Hresult(0x8217_0005)).expect("a failure"),
        signer: None,
    };
    assert!(!results.all_elements_provisioned());
    check(include_str!("vectors/results-tampered.xml"), &results);
}

#[test]
fn a_failed_call_is_a_code_on_the_root_alone() {
    // [XML-200], [XML-206]
    let failure = Failure::new(Hresult(0x8217_000d)).expect("a failure");
    let results = Results::CallFailed { version: Version::V1, failure };
    assert!(!results.all_elements_provisioned());
    let uri = "http://www.microsoft.com/networking/CarrierControlResults/v1";
    check(
        &format!("<CarrierProvisioningResult xmlns=\"{uri}\" errorCode=\"8217000d\"/>"),
        &results,
    );
    assert_eq!(Failure::new(OK), None, "success is no failure");
}

#[test]
fn version_1_names_wlan_profiles_and_nothing_else() {
    // [XML-201]
    let results = Results::Tried {
        recipient: Some(recipient()),
        signature: Signature::Unnamed,
        content: Content::V1(PartsV1 {
            activation: Some(OK),
            mbn_profiles: Some(Container::All(OK)),
            wlan_profiles: Some(Container::Each(vec![named("A & B", OK), named("C", DENIED)])),
            provisioning: Some(Container::Each(ProvisioningV1 {
                refresh_parameters: Some(Leaf { code: DENIED, beneath: Some(OK) }),
                trusted_certificate: Some(OK),
                policy: Some(DENIED),
            })),
        }),
    };
    check(
        r#"<CarrierProvisioningResult xmlns="http://www.microsoft.com/networking/CarrierControlResults/v1">
          <Issuer>{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}</Issuer>
          <Subscriber>001019876543210</Subscriber>
          <Activation errorCode="00000000"/>
          <MBNProfiles errorCode="00000000"/>
          <WLANProfiles>
            <WLANProfile Name="A &amp; B" errorCode="00000000"/>
            <WLANProfile Name="C" errorCode="80070005"/>
          </WLANProfiles>
          <Provisioning>
            <RefreshParameters errorCode="80070005">
              <NotificationSignatureKey errorCode="00000000"/>
            </RefreshParameters>
            <TrustedCertificate errorCode="00000000"/>
            <Policy errorCode="80070005"/>
          </Provisioning>
          <Signature errorCode="00000000"/>
        </CarrierProvisioningResult>"#,
        &results,
    );
}

fn full_v2() -> PartsV2 {
    PartsV2 {
        activation: Some(OK),
        mbn_profiles: Some(Container::Each(MbnProfiles {
            default_profile: Some(named("Fjell Internet", OK)),
            purchase_profile: Some(named("Fjell Kauf", DENIED)),
        })),
        wlan_profiles: Some(Container::Each(vec![named("A", OK), named("B", NO_WLAN)])),
        provisioning: Some(Container::Each(ProvisioningV2 {
            refresh_parameters: Some(OK),
            trusted_certificate: Some(DENIED),
        })),
        plans: Some(Container::Each(vec![named("Fjell20", OK)])),
        network_metadata: Some(Leaf {
            code: OK,
            beneath: NetworkMetadata {
                network_settings: Some(NOT_FOUND),
                data_class_friendly_names: Some(OK),
                customer_support_phone_number: Some(DENIED),
            },
        }),
        pdp_contexts: Some(Leaf {
            code: OK,
            beneath: PdpContexts {
                policies: vec![named("Fjell TV", OK)],
                tethering_profiles: vec![named("Fjell Deling", DENIED)],
            },
        }),
    }
}

#[test]
fn version_2_names_its_leaves_and_has_more_parts() {
    // [XML-202], [XML-208], [XML-209]: the plans, all applied, are coalesced.
    let results = Results::tried(recipient(), None, Content::V2(Box::new(full_v2())));
    check(
        r#"<CarrierProvisioningResult xmlns="http://www.microsoft.com/networking/CarrierControlResults/v2">
          <Issuer>{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}</Issuer>
          <Subscriber>001019876543210</Subscriber>
          <Activation errorCode="00000000"/>
          <MBNProfiles>
            <DefaultProfile errorCode="00000000" name="Fjell Internet"/>
            <PurchaseProfile errorCode="80070005" name="Fjell Kauf"/>
          </MBNProfiles>
          <WLANProfiles>
            <WLANProfile errorCode="00000000" name="A"/>
            <WLANProfile errorCode="80070426" name="B"/>
          </WLANProfiles>
          <Provisioning>
            <RefreshParameters errorCode="00000000"/>
            <TrustedCertificate errorCode="80070005"/>
          </Provisioning>
          <Plans errorCode="00000000"/>
          <CarrierNetworkMetadata errorCode="80070490">
            <NetworkSettings errorCode="80070490"/>
            <DataClassFriendlyNames errorCode="00000000"/>
            <CustomerSupportPhoneNumber errorCode="80070005"/>
          </CarrierNetworkMetadata>
          <AdditionalPDPContexts errorCode="80070005">
            <MultiplePDPContextPolicies>
              <PDPContextPolicy errorCode="00000000" name="Fjell TV"/>
            </MultiplePDPContextPolicies>
            <TetheringSettings>
              <TetheringProfile errorCode="80070005" name="Fjell Deling"/>
            </TetheringSettings>
          </AdditionalPDPContexts>
          <Signature errorCode="00000000"/>
        </CarrierProvisioningResult>"#,
        &results,
    );
}

#[test]
fn the_version_follows_the_input() {
    // [XML-208]
    assert_eq!(Version::for_input(true), Version::V2);
    assert_eq!(Version::for_input(false), Version::V1);
}

/// Coalesces profiles beside an activation that failed, which keeps codes from the root.
fn coalesced(profiles: Container<Vec<Named>>) -> Option<Container<Vec<Named>>> {
    let parts =
        PartsV1 { activation: Some(DENIED), wlan_profiles: Some(profiles), ..PartsV1::default() };
    match coalesce(Content::V1(parts)) {
        Content::V1(parts) => parts.wlan_profiles,
        Content::V2(_) | Content::Succeeded(_) => None,
    }
}

#[test]
fn codes_move_up_where_all_items_agree() {
    use Container::{All, Each};
    for (items, expected) in [
        // [XML-204]
        (vec![NO_WLAN, NO_WLAN], All(NO_WLAN)),
        (vec![NO_WLAN], All(NO_WLAN)),
        (vec![NO_WLAN, OK], Each(vec![named("0", NO_WLAN), named("1", OK)])),
        (vec![NO_WLAN, DENIED], Each(vec![named("0", NO_WLAN), named("1", DENIED)])),
        // [XML-209]
        (vec![OK, OK], All(OK)),
        // 14.8: nothing listed, everything removed.
        (vec![], All(OK)),
    ] {
        let items: Vec<Named> =
            items.iter().zip(0..).map(|(code, n)| named(&format!("{n}"), *code)).collect();
        assert_eq!(coalesced(Each(items)), Some(expected));
    }
    assert_eq!(coalesced(All(NO_WLAN)), Some(All(NO_WLAN)));
}

#[test]
fn success_reaches_the_root_and_errors_do_not() {
    // [XML-204]: beside an error stands the signature, which succeeded.
    let parts = |code| PartsV1 { activation: Some(code), ..PartsV1::default() };
    assert_eq!(coalesce(Content::V1(parts(OK))), Content::Succeeded(Version::V1));
    assert_eq!(coalesce(Content::V1(parts(DENIED))), Content::V1(parts(DENIED)));
    let nothing = Content::V2(Box::default());
    assert_eq!(coalesce(nothing), Content::Succeeded(Version::V2));
}

#[test]
fn a_leaf_takes_the_first_failure_beneath_it() {
    let beneath = |network_settings, data_class_friendly_names| NetworkMetadata {
        network_settings,
        data_class_friendly_names,
        customer_support_phone_number: None,
    };
    let none = beneath(None, None);
    // [XML-204], for the leaves of [XML-202] that have others beneath them.
    for (code, below, expected_code, expected_below) in [
        (OK, beneath(Some(DENIED), Some(DENIED)), DENIED, none.clone()),
        (OK, beneath(Some(DENIED), None), DENIED, none.clone()),
        (OK, beneath(Some(OK), Some(DENIED)), DENIED, beneath(Some(OK), Some(DENIED))),
        (
            OK,
            beneath(Some(DENIED), Some(NOT_FOUND)),
            DENIED,
            beneath(Some(DENIED), Some(NOT_FOUND)),
        ),
        (DENIED, beneath(Some(OK), None), DENIED, beneath(Some(OK), None)),
        (DENIED, none.clone(), DENIED, none),
    ] {
        let leaf = Leaf { code, beneath: below };
        let parts = PartsV2 { network_metadata: Some(leaf), ..PartsV2::default() };
        let expected = Leaf { code: expected_code, beneath: expected_below };
        let expected = PartsV2 { network_metadata: Some(expected), ..PartsV2::default() };
        let content = coalesce(Content::V2(Box::new(parts)));
        assert_eq!(content, Content::V2(Box::new(expected)));
    }
}

#[test]
fn success_on_any_adapter_is_success() {
    // [XML-205]
    for (outcomes, expected) in [
        (vec![DENIED, OK, NO_WLAN], Some(OK)),
        (vec![OK], Some(OK)),
        (vec![DENIED, NO_WLAN], Some(DENIED)),
        (vec![NO_WLAN, DENIED], Some(NO_WLAN)),
        (vec![], None),
    ] {
        assert_eq!(combine(outcomes), expected);
    }
}

#[test]
fn subscribers_do_not_print() {
    let results = Results::tried(recipient(), Some(signer()), Content::V1(PartsV1::default()));
    let written = write(&results).expect("legal values");
    assert!(written.as_str().contains("001019876543210"));
    for text in [format!("{results:?}"), format!("{written:?}")] {
        assert!(!text.contains("001019876543210"), "{text}");
    }
}

#[test]
fn names_that_xml_cannot_carry_are_refused_with_their_path() {
    let profiles = Container::Each(vec![named("a\u{1}", OK), named("b", DENIED)]);
    let parts = PartsV1 { wlan_profiles: Some(profiles), ..PartsV1::default() };
    let error = write(&Results::tried(recipient(), None, Content::V1(parts))).expect_err("refused");
    let path = "CarrierProvisioningResult/WLANProfiles/WLANProfile/@Name";
    assert_eq!(error.to_string(), format!("character u+0001 in {path}"));
}
