//! What the writer writes: prefixes, foreign elements, and always its own canonical form.

#[path = "support/hostile.rs"]
mod hostile;

use carrier::xml::{
    Element, Foreign, Method, Namespace, Node, WriteError, Writer, canonical, parse,
};
use proptest::prelude::*;

use Namespace::{
    Base, CarrierControl, CarrierControlV2, EapAka, EapCommon, EapHost, EapSim, EapTtls, Hotspot,
    OneX, Plans, ResultsV1, ResultsV2, Signature, Wlan, WlanV2, Wwan,
};

/// Removes white space between elements; text of elements without children stays.
fn without_layout(element: &mut Element<'_>) {
    if element.elements().next().is_some() {
        element.children.retain(|node| matches!(node, Node::Element(_)));
    }
    for node in &mut element.children {
        if let Node::Element(child) = node {
            without_layout(child);
        }
    }
}

/// The canonical form of a printed example without the white space between its elements.
fn canonical_form(printed: &str) -> String {
    let mut root = parse(printed.as_bytes()).expect("well-formed");
    without_layout(&mut root);
    canonical(&root, &[], Method::Inclusive, None)
}

fn written(content: impl FnOnce(&mut Writer) -> Result<(), WriteError>) -> String {
    let mut writer = Writer::new();
    content(&mut writer).expect("legal values");
    let text = writer.finish();
    let root = parse(text.as_bytes()).expect("well-formed");
    assert_eq!(canonical(&root, &[], Method::Inclusive, None), text, "its own canonical form");
    text
}

/// The table of [XML-02] and what the 802.1X payload adds.
#[test]
fn namespaces_are_those_of_the_table() {
    let microsoft = "http://www.microsoft.com";
    for (namespace, uri) in [
        (CarrierControl, "/networking/CarrierControl/v1"),
        (CarrierControlV2, "/networking/CarrierControl/v2"),
        (Base, "/networking/CarrierControl/Base/v1"),
        (Wwan, "/networking/CarrierControl/WWAN/v1"),
        (Wlan, "/networking/CarrierControl/WLAN/v1"),
        (WlanV2, "/networking/CarrierControl/WLAN/v2"),
        (Hotspot, "/networking/WLAN/HotspotProfile/v1"),
        (Plans, "/networking/CarrierControl/Plans/v1"),
        (ResultsV1, "/networking/CarrierControlResults/v1"),
        (ResultsV2, "/networking/CarrierControlResults/v2"),
        (OneX, "/networking/OneX/v1"),
        (EapHost, "/provisioning/EapHostConfig"),
        (EapCommon, "/provisioning/EapCommon"),
        (EapSim, "/provisioning/EapSimConnectionPropertiesV1"),
        (EapAka, "/provisioning/EapAkaConnectionPropertiesV1"),
        (EapTtls, "/provisioning/EapTtlsConnectionPropertiesV1"),
    ] {
        assert_eq!(namespace.uri().strip_prefix(microsoft), Some(uri), "{namespace:?}");
    }
    assert_eq!(Signature.uri(), "http://www.w3.org/2000/09/xmldsig#");
}

/// [XML-210], the Wi-Fi profile of example 14.4.
#[test]
fn example_14_4_prefixes_the_second_version() {
    let printed = r#"<WLANProfiles xmlns="http://www.microsoft.com/networking/CarrierControl/v1">
    <WLANProfile xmlns="http://www.microsoft.com/networking/CarrierControl/WLAN/v1"
                 xmlns:w2="http://www.microsoft.com/networking/CarrierControl/WLAN/v2" Priority="6">
      <name>Fjell Spots</name>
      <SSIDConfig>
        <SSID><name>Fjell-Kafe</name></SSID>
        <w2:SSID><w2:name>Fjell-Tog</w2:name></w2:SSID>
        <w2:SSIDPrefix><w2:name>FjellFerge-</w2:name></w2:SSIDPrefix>
      </SSIDConfig>
      <HotspotProfile xmlns="http://www.microsoft.com/networking/WLAN/HotspotProfile/v1">
        <UserAgent>FjellConnect/1.0</UserAgent>
      </HotspotProfile>
    </WLANProfile>
    <WLANProfile xmlns="http://www.microsoft.com/networking/CarrierControl/WLAN/v1">
      <name>Fjell Secure</name>
    </WLANProfile>
  </WLANProfiles>"#;
    let ssids = |w: &mut Writer| {
        w.element(Wlan, "SSID", &[], |w| w.leaf(Wlan, "name", "Fjell-Kafe"))?;
        w.element(WlanV2, "SSID", &[], |w| w.leaf(WlanV2, "name", "Fjell-Tog"))?;
        w.element(WlanV2, "SSIDPrefix", &[], |w| w.leaf(WlanV2, "name", "FjellFerge-"))
    };
    let text = written(|w| {
        w.element(CarrierControl, "WLANProfiles", &[], |w| {
            let priority = [("Priority", "6")];
            w.element_declaring(Wlan, "WLANProfile", &priority, &[("w2", WlanV2)], |w| {
                w.leaf(Wlan, "name", "Fjell Spots")?;
                w.element(Wlan, "SSIDConfig", &[], ssids)?;
                w.element(Hotspot, "HotspotProfile", &[], |w| {
                    w.leaf(Hotspot, "UserAgent", "FjellConnect/1.0")
                })
            })?;
            w.element(Wlan, "WLANProfile", &[], |w| w.leaf(Wlan, "name", "Fjell Secure"))
        })
    });
    assert_eq!(text, canonical_form(printed));
}

/// [XML-210], [XML-08], the certificate of example 14.5.
#[test]
fn example_14_5_prefixes_the_base_namespace() {
    let printed = r#"<TrustedCertificates xmlns="http://www.microsoft.com/networking/CarrierControl/v1">
      <TrustedCertificate xmlns:b="http://www.microsoft.com/networking/CarrierControl/Base/v1">
        <b:SubjectName>CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO</b:SubjectName>
        <b:IssuerName>CN=Example EV CA 3, O=Example Trust, C=NO</b:IssuerName>
      </TrustedCertificate>
    </TrustedCertificates>"#;
    let text = written(|w| {
        w.element(CarrierControl, "TrustedCertificates", &[], |w| {
            let declared = [("b", Base)];
            w.element_declaring(CarrierControl, "TrustedCertificate", &[], &declared, |w| {
                w.leaf(Base, "SubjectName", "CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO")?;
                w.leaf(Base, "IssuerName", "CN=Example EV CA 3, O=Example Trust, C=NO")
            })
        })
    });
    assert_eq!(text, canonical_form(printed));
}

#[test]
fn prefixes_end_with_the_element_that_declares_them() {
    let text = written(|w| {
        w.element(Wlan, "a", &[], |w| {
            w.element_declaring(Wlan, "b", &[], &[("w2", WlanV2)], |w| w.leaf(WlanV2, "c", ""))?;
            w.leaf(WlanV2, "d", "")
        })
    });
    let (v1, v2) = (Wlan.uri(), WlanV2.uri());
    let expected = format!(
        "<a xmlns=\"{v1}\"><b xmlns:w2=\"{v2}\"><w2:c></w2:c></b><d xmlns=\"{v2}\"></d></a>"
    );
    assert_eq!(text, expected);
}

#[test]
fn superfluous_shadowed_and_unordered_prefixes_stay_canonical() {
    let text = written(|w| {
        w.element_declaring(Wlan, "a", &[("z", "")], &[("y", Base), ("x", WlanV2)], |w| {
            w.element_declaring(WlanV2, "b", &[], &[("x", WlanV2)], |w| w.leaf(Wlan, "c", ""))?;
            w.element_declaring(Wlan, "d", &[], &[("x", Base)], |w| {
                w.leaf(Base, "e", "")?;
                w.leaf(WlanV2, "f", "")
            })
        })
    });
    let (v1, v2, base) = (Wlan.uri(), WlanV2.uri(), Base.uri());
    let expected = format!(
        "<a xmlns=\"{v1}\" xmlns:x=\"{v2}\" xmlns:y=\"{base}\" z=\"\"><x:b><c></c></x:b>\
         <d xmlns:x=\"{base}\"><x:e></x:e><f xmlns=\"{v2}\"></f></d></a>"
    );
    assert_eq!(text, expected);
}

#[test]
fn an_element_may_have_a_prefix_of_its_own() {
    let text = written(|w| {
        w.element_declaring(Base, "a", &[], &[("b", Base)], |w| {
            w.leaf(Base, "c", "")?;
            w.leaf(Wlan, "d", "")
        })
    });
    let (base, v1) = (Base.uri(), Wlan.uri());
    let expected = format!("<b:a xmlns:b=\"{base}\"><b:c></b:c><d xmlns=\"{v1}\"></d></b:a>");
    assert_eq!(text, expected);
}

fn foreign(input: &str) -> Foreign {
    Foreign::from_element(&parse(input.as_bytes()).expect("well-formed"))
}

/// Elements in the open places of [XML-07].
#[test]
fn foreign_elements_are_written_without_prefixes() {
    let cc = CarrierControl.uri();
    for (input, expected) in [
        ("<p:a xmlns:p='u:1'><p:b/></p:a>", "<a xmlns=\"u:1\"><b></b></a>"),
        ("<a>x<!--y-->z<?i?></a>", "<a xmlns=\"\">xz</a>"),
        ("<p:a xmlns:p='u:1'><b/></p:a>", "<a xmlns=\"u:1\"><b xmlns=\"\"></b></a>"),
        (
            "<p:a xmlns:p='u:1' p:c='1' c='2' xml:lang='no'><b p:c='3'/></p:a>",
            "<a xmlns=\"u:1\" xmlns:n0=\"u:1\" c=\"2\" xml:lang=\"no\" n0:c=\"1\">\
             <b xmlns=\"\" n0:c=\"3\"></b></a>",
        ),
        ("<xml:a><b/></xml:a>", "<xml:a><b xmlns=\"\"></b></xml:a>"),
    ] {
        let text = written(|w| {
            w.element(CarrierControl, "Extensions", &[], |w| w.foreign(&foreign(input)))
        });
        let expected = format!("<Extensions xmlns=\"{cc}\">{expected}</Extensions>");
        assert_eq!(text, expected, "{input}");
    }
    let own = format!("<a xmlns='{cc}'/>");
    let text = written(|w| w.element(CarrierControl, "b", &[], |w| w.foreign(&foreign(&own))));
    assert_eq!(text, format!("<b xmlns=\"{cc}\"><a></a></b>"), "what is declared already");
}

#[test]
fn many_namespaces_of_attributes_stay_in_order() {
    let many: String = (0..12).map(|i| format!(" xmlns:p{i}='u:{i}' p{i}:a='{i}'")).collect();
    let text = written(|w| w.foreign(&foreign(&format!("<a{many}/>"))));
    assert_eq!(foreign(&text), foreign(&format!("<a{many}/>")));
    assert!(text.starts_with("<a xmlns:n0=\"u:0\" xmlns:n1=\"u:1\" xmlns:n10="), "{text}");
}

#[test]
fn foreign_elements_do_not_print_their_content() {
    let shown = format!("{:?}", foreign("<a xmlns='u:1' b='secret'>secret</a>"));
    assert_eq!(shown, "Foreign { namespace: Some(\"u:1\"), local: \"a\", .. }");
}

proptest! {
    #[test]
    fn foreign_elements_survive_writing_and_reading(input in hostile::document()) {
        let original = foreign(&input);
        let text = written(|w| w.foreign(&original));
        prop_assert_eq!(&foreign(&text), &original);
        let inside = written(|w| {
            w.element_declaring(Wlan, "a", &[], &[("p", WlanV2)], |w| {
                w.foreign(&original)?;
                w.leaf(WlanV2, "b", "")
            })
        });
        let root = parse(inside.as_bytes()).expect("well-formed");
        let read = root.elements().next().map(Foreign::from_element);
        prop_assert_eq!(read.as_ref(), Some(&original));
    }

    #[test]
    fn legal_text_survives_writing_and_reading(text in "[ -~\t\n\ré€\u{1F600}]{0,40}") {
        let written = written(|w| {
            w.element(Wlan, "a", &[("b", &text)], |w| w.leaf(Wlan, "c", &text))
        });
        let root = parse(written.as_bytes()).expect("well-formed");
        prop_assert_eq!(root.attribute("b"), Some(text.as_str()));
        prop_assert_eq!(root.text(), "");
        let read = root.child(Wlan, "c").map(|c| c.text().into_owned());
        prop_assert_eq!(read, Some(text));
    }
}
