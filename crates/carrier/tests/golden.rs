//! The worked examples of the specification, written from the model and read back [XML-210].

mod support;

use carrier::document::{Document, Security};
use carrier::read::read;
use carrier::write::{Extras, write, write_with};
use carrier::xml::{Element, Method, Node, canonical, parse};
use support::wwan::E6;

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

#[track_caller]
fn check(printed: &str, document: &Document) {
    let mut root = parse(printed.as_bytes()).expect("well-formed");
    without_layout(&mut root);
    let expected = canonical(&root, &[], Method::Inclusive, None);
    let written = write(document).expect("legal values");
    assert_eq!(written.as_str(), expected);
    assert_eq!(write(document).expect("legal values"), written, "the same bytes on each call");
    assert_eq!(read(written.as_bytes()).as_ref(), Ok(document), "what is written");
    assert_eq!(read(printed.as_bytes()).as_ref(), Ok(document), "what is printed");
}

#[test]
fn example_14_1_minimal_document() {
    check(support::E1, &support::e1());
}

#[test]
fn example_14_2_after_a_purchase() {
    check(support::E2, &support::e2());
}

#[test]
fn example_14_3_usage_only_update() {
    check(support::E3, &support::e3());
}

/// The printed example has DataLimit before UsageTimestamp; the writer keeps the order of the
/// schema [XML-88], as the schema's `xs:all` leaves it free [XML-73].
#[test]
fn example_14_6_operator_message() {
    let timestamp = "<UsageTimestamp Group=\"5\" Format=\"%d.%m.%Y %H:%M\"/>";
    let limit = "<DataLimit Group=\"3\" UnitGroup=\"4\" DefaultUnit=\"M\"/>";
    let ordered = support::replace_once(E6, timestamp, "");
    let ordered = support::replace_once(&ordered, limit, &format!("{timestamp}{limit}"));
    check(&ordered, &support::wwan::e6());
    assert_eq!(read(E6.as_bytes()), Ok(support::wwan::e6()), "what is printed");
}

#[test]
fn example_14_7_cdma_activation() {
    // [XML-37]
    check(support::wwan::E7, &support::wwan::e7());
}

// [XML-08], [XML-152], [XML-154], [XML-160], [XML-210]
#[test]
fn example_14_5_trust_refresh_and_extensions() {
    check(support::e5::E5, &support::e5::e5());
}

#[test]
fn example_14_4_two_wifi_profiles() {
    check(support::E4, &support::wlan::e4()); // [XML-121], [XML-130], [XML-131], [HOT-48]
}

#[test]
fn example_14_8_no_wifi_profiles_left() {
    check(support::E8, &support::wlan::e8()); // [XML-93]
}

#[test]
fn the_second_version_is_declared_where_it_is_used() {
    let written = |is_fips: Option<bool>, extras: Extras| {
        let mut security = Security::wpa2_psk("correct horse").expect("a passphrase");
        security.auth_encryption.fips_mode = is_fips;
        let document = support::wlan::with(vec![support::wlan::profile("Fjell", security)]);
        let written = write_with(&document.expect("a document"), extras);
        written.expect("legal values").as_str().to_owned()
    };
    let with_mode = written(Some(true), Extras::Written); // [XML-108], [XML-120]
    let declared = "<WLANProfile xmlns=\"http://www.microsoft.com/networking/CarrierControl/WLAN/v1\" \
                    xmlns:w2=\"http://www.microsoft.com/networking/CarrierControl/WLAN/v2\">";
    assert!(with_mode.contains(declared), "{with_mode}");
    assert!(with_mode.contains("<w2:FIPSMode>true</w2:FIPSMode></authEncryption>"), "{with_mode}");
    let without = written(None, Extras::Written);
    assert!(!without.contains("w2"), "{without}");
    assert_eq!(written(Some(true), Extras::Omitted), without); // [XML-11]
}

#[test]
fn a_canonical_document_does_not_print_its_content() {
    let document = write(&support::e2()).expect("legal values");
    let length = document.as_bytes().len();
    assert_eq!(format!("{document:?}"), format!("CanonicalDocument({length} bytes)"));
}
