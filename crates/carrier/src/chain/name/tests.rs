//! Names as text: rows of what is read, and that every printed name matches its original.

use proptest::prelude::*;

use super::*;

fn name(text: &str) -> DistinguishedName {
    DistinguishedName::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

#[test]
fn values_that_could_mislead_are_quoted() {
    for (value, expected) in [
        ("Fjell Mobil AS", "Fjell Mobil AS"),
        ("Fjell, Mobil", "\"Fjell, Mobil\""),
        ("a\"b", "\"a\"\"b\""),
        (" a", "\" a\""),
        ("a\\b", "\"a\\b\""),
        ("a\nb", "a?b"),
    ] {
        assert_eq!(quoted(value), expected);
    }
}

/// [SIG-25]
#[test]
fn names_that_are_the_same_match() {
    let fjell = "CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO";
    for (one, other) in [
        (fjell, "cn=fjell provisioning,o=FJELL  mobil as ,c=no"),
        (fjell, "C=NO, O=Fjell Mobil AS, CN=Fjell Provisioning"),
        (fjell, "2.5.4.3=Fjell Provisioning; OID.2.5.4.10=Fjell Mobil AS; oid.2.5.4.6=NO"),
        (fjell, "commonName = Fjell Provisioning , organizationName=\"Fjell Mobil AS\" , C=NO"),
        ("O=\"Aurora \"\"Net\"\", Oy\"", "O=Aurora \\\"Net\\\"\\, Oy"),
        ("S=Oslo", "ST=Oslo"),
        ("E=a@b.example", "emailAddress=A@B.example"),
        ("CN=a + SERIALNUMBER=1, C=NO", "serialnumber=1+CN=a,C=NO"),
        ("O=Lučić", "O=Lu\\C4\\8Di\\C4\\87"),
        ("O=ÅRE", "O=åre"),
        ("CN=A\\B", "CN=\"A\\B\""),
        ("CN=#0c0161", "CN=#0C0161"),
        ("CN=", "CN=\"\""),
        ("DC=b, DC=a", "DC=a, DC=b"),
    ] {
        assert!(name(one).matches(&name(other)), "{one} = {other}");
        assert!(name(other).matches(&name(one)), "{other} = {one}");
    }
}

/// [SIG-25]
#[test]
fn names_that_differ_do_not_match() {
    let fjell = "CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO";
    for (one, other) in [
        (fjell, "CN=Fjell Provisioning, O=Fjell Mobil AS"),
        (fjell, "O=Fjell Mobil AS, CN=Fjell Provisioning, C=NO"),
        (fjell, "CN=Fjell Provisioning, O=FjellMobil AS, C=NO"),
        (fjell, "CN=Fjell Provisioning, OU=Fjell Mobil AS, C=NO"),
        (fjell, "CN=\"Fjell Provisioning, O=Fjell Mobil AS, C=NO\""),
        ("CN=a + O=b", "CN=a, O=b"),
        ("CN=a + CN=b, CN=c", "CN=a, CN=b + CN=c"),
        ("SN=1", "SERIALNUMBER=1"),
        ("CN=#61", "CN=\"#61\""),
        ("DC=b, DC=a, DC=c", "DC=a, DC=b, DC=c"),
    ] {
        assert!(!name(one).matches(&name(other)), "{one} ≠ {other}");
    }
}

#[test]
fn texts_that_are_no_names_are_refused() {
    for (text, expected) in [
        ("", NameError::Empty),
        (" \t", NameError::Empty),
        ("Fjell", NameError::NoValue),
        ("CN=a, ", NameError::NoValue),
        ("CN=a,,O=b", NameError::NoValue),
        ("=a", NameError::Type),
        ("XX=a", NameError::Type),
        ("2.=a", NameError::Type),
        ("2.05.4=a", NameError::Type),
        ("OID.=a", NameError::Type),
        ("CN=\"a", NameError::Quotes),
        ("CN=\"a\" b", NameError::Quotes),
        ("CN=a\"b\"", NameError::Quotes),
        ("CN=#", NameError::Octets),
        ("CN=#6", NameError::Octets),
        ("CN=#6x", NameError::Octets),
        ("CN=\\ff", NameError::Octets),
    ] {
        assert_eq!(DistinguishedName::parse(text), Err(expected), "{text:?}");
    }
    let longest = format!("CN={}", "a".repeat(NAME_BYTES_MAX - 3));
    assert!(DistinguishedName::parse(&longest).is_ok());
    assert_eq!(DistinguishedName::parse(&format!("{longest}a")), Err(NameError::TooLong));
}

fn attribute() -> impl Strategy<Value = Attribute> {
    let known = proptest::sample::select(&SHORT_NAMES[..]).prop_map(|(oid, _)| oid.to_owned());
    let kind = prop_oneof![known, "[0-2](\\.(0|[1-9][0-9]{0,5})){1,6}"];
    let value = prop_oneof![
        "[a-zA-Z,;+=\"\\\\#<> .øÅß€]{0,24}".prop_map(Value::Text),
        proptest::collection::vec(any::<u8>(), 1..8).prop_map(Value::Der),
    ];
    (kind, value).prop_map(|(kind, value)| Attribute { kind, value })
}

proptest! {
    /// [SIG-24], [SIG-25]
    #[test]
    fn printed_names_match_their_originals(
        parts in proptest::collection::vec(proptest::collection::vec(attribute(), 1..3), 1..6)
    ) {
        let original = DistinguishedName(parts);
        let printed = original.to_string();
        let read = DistinguishedName::parse(&printed);
        prop_assert!(read.as_ref().is_ok_and(|read| read.matches(&original)), "{printed}: {read:?}");
        let mut reversed = original.clone();
        reversed.0.reverse();
        prop_assert!(reversed.matches(&original));
    }

    #[test]
    fn no_text_makes_the_reader_panic(
        text in prop_oneof![".{0,80}", "((CN|2\\.5|OID\\.1)=[\"\\\\#,+;a0= é]{0,9}[,+;]?){0,5}"]
    ) {
        if let Ok(name) = DistinguishedName::parse(&text) {
            prop_assert!(name.matches(&name));
            let printed = name.to_string();
            prop_assert!(DistinguishedName::parse(&printed).is_ok(), "{printed}");
        }
    }
}
