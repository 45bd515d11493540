//! What the strict reader refuses, each beside the nearest text that it accepts.

use carrier::xml::{Fault, XmlError, limits, parse};
use proptest::prelude::*;

#[track_caller]
fn check(input: &str, expected: Result<(), (usize, Fault)>) {
    let expected = expected.map_err(|(at, fault)| XmlError { at, fault });
    assert_eq!(parse(input.as_bytes()).map(|_| ()), expected, "{input:?}");
}

#[test]
fn well_formed_documents_are_read() {
    for input in [
        "<a/>",
        "<a></a>",
        "<a >x</a >\n",
        "<?xml version=\"1.0\"?><a/>",
        "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<a/>",
        "<a b='1' c=\"2\"/>",
        "<p:a xmlns:p='urn:p' p:b='' b=''/>",
        "<a xml:lang='no'/>",
        "<a>&lt;&#65;&#x41;&apos;</a>",
        "<a><![CDATA[<x>]]></a>",
        "<a b='>'>\"'></a>",
        "<a>]]&gt;</a>",
    ] {
        check(input, Ok(()));
    }
}

#[test]
fn what_a_document_must_not_contain_is_refused() {
    for (input, at, fault) in [
        ("\u{FEFF}<a/>", 0, Fault::Encoding),
        ("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", 0, Fault::Encoding),
        ("<!DOCTYPE a><a/>", 0, Fault::Doctype),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", 0, Fault::Doctype),
        ("<a><!-- x --></a>", 3, Fault::Comment),
        ("<a/><!-- x -->", 4, Fault::Comment),
        ("<a><?x y?></a>", 3, Fault::ProcessingInstruction),
        ("<a>\u{1}</a>", 3, Fault::Character('\u{1}')),
        ("<a b='\u{FFFF}'/>", 6, Fault::Character('\u{FFFF}')),
        (" <?xml version=\"1.0\"?><a/>", 1, Fault::Declaration),
        ("<?xml version=\"1.1\"?><a/>", 0, Fault::Declaration),
        ("<?xml encoding=\"utf-8\"?><a/>", 0, Fault::Declaration),
        ("<p:a/>", 0, Fault::UndefinedPrefix),
        ("<a p:b=''/>", 3, Fault::UndefinedPrefix),
        ("<a xmlns:p=''/>", 3, Fault::NamespaceDeclaration),
        ("<a xmlns:xml='urn:x'/>", 3, Fault::NamespaceDeclaration),
        ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", 3, Fault::NamespaceDeclaration),
        ("<a b='' b=''/>", 8, Fault::DuplicateAttribute),
        ("<a xmlns='u' xmlns='u'/>", 13, Fault::DuplicateAttribute),
        ("<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", 34, Fault::DuplicateAttribute),
        ("<a b='<'/>", 6, Fault::LessThanInAttribute),
        ("<a b='&x;'/>", 6, Fault::UnknownEntity),
        ("<a>&nbsp;</a>", 3, Fault::UnknownEntity),
        ("<a>&#0;</a>", 3, Fault::CharacterReference),
        ("<a>&#xFFFE;</a>", 3, Fault::CharacterReference),
        ("<a>&#+65;</a>", 3, Fault::CharacterReference),
        ("<a>&#;</a>", 3, Fault::CharacterReference),
        ("<a>]]></a>", 3, Fault::SectionEndInText),
        ("<a/><b/>", 4, Fault::OutsideRoot),
        ("<a/>x", 4, Fault::OutsideRoot),
        ("x<a/>", 0, Fault::OutsideRoot),
        ("<a/>&lt;", 4, Fault::OutsideRoot),
        ("<a><![CDATA[x]]></a><![CDATA[x]]>", 20, Fault::OutsideRoot),
        ("", 0, Fault::Incomplete),
        ("<a><b/>", 7, Fault::Incomplete),
        ("<1/>", 1, Fault::Name),
        ("< a/>", 1, Fault::Name),
        ("<a:b:c/>", 1, Fault::Name),
        ("<xmlns:a/>", 0, Fault::Name),
        ("<a b/>", 4, Fault::Syntax),
        ("<a b=1/>", 5, Fault::Syntax),
        ("<a b='1'c='2'/>", 8, Fault::Syntax),
        ("<a / >", 3, Fault::Name),
        ("<a></b>", 3, Fault::EndTag),
        ("</a>", 0, Fault::EndTag),
    ] {
        check(input, Err((at, fault)));
    }
    let latin1 = parse(b"<a>\xE6</a>");
    assert_eq!(latin1, Err(XmlError { at: 3, fault: Fault::Encoding }));
}

#[test]
fn limits_hold_at_their_edge() {
    let deep = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
    check(&deep(limits::DEPTH_MAX), Ok(()));
    check(&deep(limits::DEPTH_MAX + 1), Err((96, Fault::Depth)));

    let wide = |n: usize| {
        let attributes: String = (0..n).map(|i| format!(" a{i}=''")).collect();
        format!("<a{attributes}/>")
    };
    check(&wide(limits::ATTRIBUTES_MAX), Ok(()));
    check(&wide(limits::ATTRIBUTES_MAX + 1), Err((0, Fault::Attributes)));

    let many = |n: usize| format!("<r>{}</r>", "<a/>".repeat(n - 1));
    check(&many(limits::ELEMENTS_MAX), Ok(()));
    check(&many(limits::ELEMENTS_MAX + 1), Err((131_071, Fault::Elements)));

    let long = |n: usize| format!("<a>{}</a>", "x".repeat(n));
    check(&long(limits::TEXT_BYTES_MAX), Ok(()));
    check(&long(limits::TEXT_BYTES_MAX + 1), Err((3, Fault::Text)));

    let large = " ".repeat(limits::BYTES_MAX - 3) + "<a/>";
    check(&large, Err((limits::BYTES_MAX, Fault::TooLarge)));
}

#[test]
fn spans_are_byte_ranges_of_the_input() {
    let input = "<?xml version=\"1.0\"?>\n<a>\n  <b>ü</b><c/>\n</a>";
    let root = parse(input.as_bytes()).expect("well-formed");
    let spans: Vec<&str> =
        std::iter::once(&root).chain(root.elements()).map(|e| &input[e.span.clone()]).collect();
    assert_eq!(spans, [&input[22..], "<b>ü</b>", "<c/>"]);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn arbitrary_markup_never_panics(text in "[<>/a:x&;#'\"=! \\-\\[\\]?\r\n]{0,80}") {
        let _ = parse(text.as_bytes());
    }
}
