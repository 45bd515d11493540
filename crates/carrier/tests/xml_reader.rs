//! What the strict reader refuses, each beside the nearest text that it accepts [XML-05].

use carrier::schema::validate;
use carrier::verify::{Refusal, Stage};
use carrier::xml::{Fault, Misc, Namespace, Node, XmlError, limits, parse, parse_tree};
use proptest::prelude::*;

#[track_caller]
fn check(input: &str, expected: Result<(), (usize, Fault)>) {
    let found = parse(input.as_bytes()).map(|_| ()).map_err(|error| (error.at, error.fault));
    assert_eq!(found, expected, "{input:?}");
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
        "<!---->\n<?x?><a><!-- <b> & - x--><!--->--><?x ? > ?></a><!--x--><?x \ny?>\n",
        "<?xml version=\"1.0\"?><!-- x --><?xml-stylesheet href='x'?><a/>",
        "<a xmlns='x-y+1.z:'/>",
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
        ("<!-- x --><!DOCTYPE a><a/>", 10, Fault::Doctype),
        ("<a/><!DOCTYPE a>", 4, Fault::Doctype),
        ("<a><!-- x -- y --></a>", 3, Fault::Comment),
        ("<a/><!-- x --->", 4, Fault::Comment),
        ("<a><!--></a>", 3, Fault::Syntax),
        ("<a><!-- x </a>", 3, Fault::Syntax),
        ("<a><? x?></a>", 3, Fault::Name),
        ("<a><??></a>", 3, Fault::Name),
        ("<a><?1?></a>", 3, Fault::Name),
        ("<a><?x:y?></a>", 3, Fault::Name),
        ("<a><?XmL x?></a>", 3, Fault::ProcessingInstruction),
        ("<a><?x></a>", 3, Fault::Syntax),
        ("<a><?xml version=\"1.0\"?></a>", 3, Fault::Declaration),
        ("<!-- x --><?xml version=\"1.0\"?><a/>", 10, Fault::Declaration),
        ("<a>\u{1}</a>", 3, Fault::Character('\u{1}')),
        ("<a b='\u{FFFF}'/>", 6, Fault::Character('\u{FFFF}')),
        (" <?xml version=\"1.0\"?><a/>", 1, Fault::Declaration),
        ("<?xml version=\"1.1\"?><a/>", 0, Fault::Declaration),
        ("<?xml encoding=\"utf-8\"?><a/>", 0, Fault::Declaration),
        ("<p:a/>", 0, Fault::UndefinedPrefix),
        ("<a p:b=''/>", 3, Fault::UndefinedPrefix),
        ("<a xmlns:p=''/>", 3, Fault::NamespaceDeclaration),
        ("<a xmlns='x'/>", 3, Fault::NamespaceDeclaration),
        ("<a xmlns='1:x'/>", 3, Fault::NamespaceDeclaration),
        ("<a xmlns:p='./x:y'/>", 3, Fault::NamespaceDeclaration),
        ("<a xmlns:xml='urn:x'/>", 3, Fault::NamespaceDeclaration),
        ("<a xmlns='http://www.w3.org/2000/xmlns/'/>", 3, Fault::NamespaceDeclaration),
        ("<a b='' b=''/>", 8, Fault::DuplicateAttribute),
        ("<a xmlns='u:' xmlns='u:'/>", 14, Fault::DuplicateAttribute),
        ("<a xmlns:p='u:' xmlns:q='u:' p:b='' q:b=''/>", 36, Fault::DuplicateAttribute),
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
    assert_eq!(latin1, Err(XmlError { at: 3, path: String::new(), fault: Fault::Encoding }));
}

#[test]
fn errors_name_the_open_elements_and_the_rule() {
    for (input, at, path, fault, requirement, words) in [
        (
            "<!DOCTYPE a><a/>",
            0,
            "",
            Fault::Doctype,
            "XML-05",
            "document type declaration at byte 0",
        ),
        (
            "<a>\0</a>",
            3,
            "",
            Fault::Character('\0'),
            "XML 1.0 §2.2",
            "illegal character u+0000 at byte 3",
        ),
        (
            "<a><p:b xmlns:p='u:'><c/><q:d/></p:b></a>",
            25,
            "a/b",
            Fault::UndefinedPrefix,
            "Namespaces in XML 1.0 §5",
            "undefined prefix at byte 25 in a/b",
        ),
        (
            "<a><b></a>",
            6,
            "a/b",
            Fault::EndTag,
            "XML 1.0 §3",
            "end tag without start tag at byte 6 in a/b",
        ),
        (
            "<a><b/>",
            7,
            "a",
            Fault::Incomplete,
            "XML 1.0 §2.1",
            "incomplete document at byte 7 in a",
        ),
        (
            "<a/><b/>",
            4,
            "",
            Fault::OutsideRoot,
            "XML 1.0 §2.1",
            "content outside the root element at byte 4",
        ),
    ] {
        let error = parse(input.as_bytes()).expect_err("refused");
        assert_eq!(error, XmlError { at, path: path.to_owned(), fault }, "{input:?}");
        assert_eq!(error.requirement(), requirement, "{input:?}");
        assert_eq!(error.to_string(), words, "{input:?}");
    }
}

/// [XML-05] gives a document type declaration the code PROVCORE_E_XML_MALFORMED [XML-190].
#[test]
fn a_document_type_declaration_is_malformed_xml_to_the_verifier() {
    let error = parse(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").expect_err("refused");
    let refusal = Refusal::Malformed(error);
    assert_eq!(
        (refusal.stage(), refusal.hresult().to_string()),
        (Stage::Schema, "82170001".into())
    );
}

#[test]
fn comments_and_instructions_are_nodes_of_their_own() {
    let input = "<!--1\r\n--><?p  a \r?>\n<r>a<!--2-->b<![CDATA[c]]><?q?>d</r><?s \n\tx?>";
    let tree = parse_tree(input.as_bytes()).expect("well-formed");
    let instruction =
        |target: &str, data: &str| Misc::Instruction { target: target.into(), data: data.into() };
    assert_eq!(tree.before, [Misc::Comment("1\n".into()), instruction("p", "a \n")]);
    assert_eq!(tree.after, [instruction("s", "x")]);
    assert_eq!(
        tree.root.children,
        [
            Node::Text("a".into()),
            Node::Comment("2".into()),
            Node::Text("bc".into()),
            Node::Instruction { target: "q".into(), data: String::new() },
            Node::Text("d".into()),
        ]
    );
    assert_eq!(tree.root.text(), "abcd");
    assert_eq!(parse(input.as_bytes()), Ok(tree.root));
}

#[test]
fn what_must_not_be_signed_is_found_wherever_it_stands() {
    // [SIG-15]
    for (input, at) in [
        ("<?xml version='1.0'?>\n<a>-- ?<b/><![CDATA[<!-- x --><?x?>]]></a>\n", None),
        ("<a><b> <!-- x --></b></a><?x?>", Some(7)),
        ("<a><?x?></a>", Some(3)),
        ("\n<!-- x --><a/>", Some(1)),
        ("<a/>\n<?x?>", Some(5)),
    ] {
        let tree = parse_tree(input.as_bytes()).expect("well-formed");
        assert_eq!(tree.first_unsignable(), at, "{input:?}");
    }
}

#[test]
fn comments_and_instructions_are_nothing_to_the_schema() {
    let valid = "<?x?><CarrierProvisioning xmlns='http://www.microsoft.com/networking/CarrierControl/v1'>
        <!-- the operator --><Global><CarrierId>{6f1d2a54-0b7e-<!-- x -->4c39-9a51-2f0c8be41d77}</CarrierId>
        <SubscriberId>00101<?x?>9876543210</SubscriberId></Global><Activation><ReconnectToNetwork
        xmlns='http://www.microsoft.com/networking/CarrierControl/WWAN/v1'><!-- empty --></ReconnectToNetwork>
        </Activation></CarrierProvisioning>";
    let root = parse(valid.as_bytes()).expect("well-formed");
    assert_eq!(validate(&root), Ok(()));
    let global = root.child(Namespace::CarrierControl, "Global").expect("Global");
    let subscriber = global.child(Namespace::CarrierControl, "SubscriberId").expect("an id");
    assert_eq!(subscriber.text(), "001019876543210");
    let text = valid.replace("<!-- empty -->", "<!-- empty --> ");
    assert!(validate(&parse(text.as_bytes()).expect("well-formed")).is_err(), "a blank is content");
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

    let many = |n: usize| format!("<r b=''>{}<!----></r>", "<a/>".repeat(n - 3));
    check(&many(limits::NODES_MAX), Ok(()));
    let at = many(limits::NODES_MAX).len() - "</r>".len() - "<!---->".len();
    check(&many(limits::NODES_MAX + 1), Err((at + "<a/>".len(), Fault::Nodes)));

    let long = |n: usize| format!("<a>{}</a>", "x".repeat(n));
    check(&long(limits::TEXT_BYTES_MAX), Ok(()));
    check(&long(limits::TEXT_BYTES_MAX + 1), Err((3, Fault::Text)));

    let layout = format!("<a>{0}<b/>{0}<!-- x -->{0}</a>", " ".repeat(limits::TEXT_BYTES_MAX));
    check(&layout, Ok(()));

    let comment = |n: usize| format!("<!--{}--><a/>", "x".repeat(n));
    check(&comment(limits::TEXT_BYTES_MAX), Ok(()));
    check(&comment(limits::TEXT_BYTES_MAX + 1), Err((0, Fault::Text)));

    let large = " ".repeat(limits::BYTES_MAX - 3) + "<a/>";
    check(&large, Err((limits::BYTES_MAX, Fault::TooLarge)));
}

/// [XML-119]: as many SSIDs as a profile may have, in the longest spellings.
#[test]
fn ten_thousand_ssids_fit() {
    for name in [
        format!("<w2:name>{}</w2:name>", "&amp;".repeat(32)),
        format!("\n            <w2:hex>{}</w2:hex>", "4A".repeat(32)),
    ] {
        let ssid = format!("\n        <w2:SSID>{name}</w2:SSID>");
        let logo = format!("<Logo>{}</Logo>", "QUJD".repeat(limits::TEXT_BYTES_MAX / 4));
        let document = format!("<r xmlns='u:' xmlns:w2='u:2'>{}{logo}</r>", ssid.repeat(10_000));
        let root = parse(document.as_bytes()).expect("within the limits");
        assert_eq!(root.elements().count(), 10_001);
        assert!(
            limits::BYTES_MAX - document.len() > 100 * 1024,
            "room to spare: {}",
            document.len()
        );
    }
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

/// Each open declaration is a step in canonicalising every element below it.
#[test]
fn declarations_around_one_another_are_bounded() {
    let declaring = |from: usize, to: usize| -> String {
        (from..to).map(|n| format!(" xmlns:p{n}=\"urn:{n}\"")).collect()
    };
    let nested = |last: usize| {
        let starts: String =
            (0..5).map(|n| format!("<a{}>", declaring(n * 50, n * 50 + 50))).collect();
        format!("{starts}<b{}/>{}", declaring(250, last), "</a>".repeat(5))
    };
    let most = limits::DECLARATIONS_OPEN_MAX;
    check(&nested(most), Ok(()));
    let at = nested(most + 1).find("<b").expect("b");
    check(&nested(most + 1), Err((at, Fault::DeclarationsOpen)));
    // Those of a sibling are not around it.
    let siblings: String =
        (0..20).map(|n| format!("<a{}/>", declaring(n * 50, n * 50 + 50))).collect();
    check(&format!("<r>{siblings}</r>"), Ok(()));
}

/// What a parser hands on may be a password or an IMSI.
#[test]
fn trees_do_not_print_their_content() {
    let root = parse(b"<a b=\"001019876543210\">s3cret<c/></a>").expect("well-formed");
    let printed = format!("{root:?} {:?} {:?}", root.attributes, root.children);
    assert!(printed.contains("Attribute(b)") && printed.contains("Text(6 bytes)"), "{printed}");
    assert!(!printed.contains("s3cret") && !printed.contains("9876543"), "{printed}");
}
