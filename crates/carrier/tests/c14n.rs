//! The canonical forms of the recommendations' own examples, and what every form has in common.
//!
//! Examples with a document type declaration are rewritten without it: defaults are written out,
//! and attributes that only a declaration gives a type are left away.

#[path = "support/hostile.rs"]
mod hostile;

use carrier::xml::{Method, canonical, canonical_document, parse, parse_tree};
use proptest::prelude::*;

use Method::{Exclusive, ExclusiveWithComments, Inclusive, InclusiveWithComments};

#[track_caller]
fn check(id: &str, input: &str, method: Method, expected: &str) {
    let tree = parse_tree(input.as_bytes()).expect("well-formed");
    assert_eq!(canonical_document(&tree, method, None), expected, "{id} {method:?}");
}

/// [SIG-04]: these four URIs and no other.
#[test]
fn methods_have_the_uris_of_the_signature_grammar() {
    let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
    for (uri, expected) in [
        (inclusive.to_owned(), Some(Inclusive)),
        (format!("{inclusive}#WithComments"), Some(InclusiveWithComments)),
        (exclusive.to_owned(), Some(Exclusive)),
        (format!("{exclusive}WithComments"), Some(ExclusiveWithComments)),
        (format!("{inclusive}#withcomments"), None),
        ("http://www.w3.org/2006/12/xml-c14n11".to_owned(), None),
        (String::new(), None),
    ] {
        assert_eq!(Method::of_uri(&uri), expected, "{uri}");
        assert!(expected.is_none_or(|method| method.uri() == uri), "{uri}");
    }
}

/// Canonical XML 1.0, section 3.1.
#[test]
fn instructions_and_comments_outside_the_document_element() {
    let input = "<?xml version=\"1.0\"?>

<?xml-stylesheet   href=\"doc.xsl\"
   type=\"text/xsl\"   ?>

<doc>Hello, world!<!-- Comment 1 --></doc>

<?pi-without-data     ?>

<!-- Comment 2 -->

<!-- Comment 3 -->
";
    let without = "<?xml-stylesheet href=\"doc.xsl\"
   type=\"text/xsl\"   ?>
<doc>Hello, world!</doc>
<?pi-without-data?>";
    let with = "<?xml-stylesheet href=\"doc.xsl\"
   type=\"text/xsl\"   ?>
<doc>Hello, world!<!-- Comment 1 --></doc>
<?pi-without-data?>
<!-- Comment 2 -->
<!-- Comment 3 -->";
    check("3.1", input, Inclusive, without);
    check("3.1", input, InclusiveWithComments, with);
    check("3.1", input, Exclusive, without);
    check("3.1", input, ExclusiveWithComments, with);
    // Beyond the example: a comment before the document element.
    check("2.1", "<!--x--> <a/>", InclusiveWithComments, "<!--x-->\n<a></a>");
    check("2.1", "<!--x--> <a/>", Inclusive, "<a></a>");
}

/// Canonical XML 1.0, section 3.2.
#[test]
fn white_space_in_document_content() {
    let input = "<doc>
   <clean>   </clean>
   <dirty>   A   B   </dirty>
   <mixed>
      A
      <clean>   </clean>
      B
      <dirty>   A   B   </dirty>
      C
   </mixed>
</doc>";
    for method in Method::ALL {
        check("3.2", input, method, input);
        check("3.2 CRLF", &input.replace('\n', "\r\n"), method, input);
    }
}

/// Canonical XML 1.0, section 3.3, the default of `e9` written out.
#[test]
fn start_and_end_tags() {
    let input = "<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = \"elem3\"   id=\"elem3\"   />
   <e4   name=\"elem4\"   id=\"elem4\"   ></e4>
   <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\"
      xmlns:b=\"http://www.ietf.org\"
      xmlns:a=\"http://www.w3.org\"
      xmlns=\"http://example.org\"/>
   <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">
      <e7 xmlns=\"http://www.ietf.org\">
         <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">
            <e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\" attr=\"default\"/>
         </e8>
      </e7>
   </e6>
</doc>";
    let expected = "<doc>
   <e1></e1>
   <e2></e2>
   <e3 id=\"elem3\" name=\"elem3\"></e3>
   <e4 id=\"elem4\" name=\"elem4\"></e4>
   <e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" \
attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" a:attr=\"out\"></e5>
   <e6 xmlns:a=\"http://www.w3.org\">
      <e7 xmlns=\"http://www.ietf.org\">
         <e8 xmlns=\"\">
            <e9 xmlns:a=\"http://www.ietf.org\" attr=\"default\"></e9>
         </e8>
      </e7>
   </e6>
</doc>";
    check("3.3", input, Inclusive, expected);
    let utilised = expected
        .replace("<e6 xmlns:a=\"http://www.w3.org\">", "<e6>")
        .replace("<e9 xmlns:a=\"http://www.ietf.org\" ", "<e9 ");
    check("3.3", input, Exclusive, &utilised);
}

/// Canonical XML 1.0, section 3.4, without the attributes that a declaration makes tokens.
#[test]
fn character_modifications_and_references() {
    let input = "<doc>
   <text>First line&#x0d;&#10;Second line</text>
   <value>&#x32;</value>
   <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>
   <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>
   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>
</doc>";
    let expected = "<doc>
   <text>First line&#xD;
Second line</text>
   <value>2</value>
   <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>
   <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>
   <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>
</doc>";
    for method in Method::ALL {
        check("3.4", input, method, expected);
        check("3.6", "<doc>&#169;</doc>", method, "<doc>\u{A9}</doc>");
    }
}

/// Exclusive XML Canonicalization 1.0, section 2.2: one element in two surroundings.
#[test]
fn a_part_depends_on_its_surroundings_only_in_the_inclusive_form() {
    let part = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">
    <n3:stuff xmlns:n3=\"ftp://example.org\"/>
  </n1:elem2>";
    let exclusive = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">
    <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff>
  </n1:elem2>";
    for (outer, inclusive) in [
        (
            "<n0:pdu xmlns:n0='http://a.example' xml:lang='fr' xml:space='retain'>",
            "<n1:elem2 xmlns:n0=\"http://a.example\" xmlns:n1=\"http://example.net\" xml:lang=\"en\" xml:space=\"retain\">
    <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff>
  </n1:elem2>",
        ),
        (
            "<n0:pdu xmlns:n0='foo:bar' xmlns:n3='ftp://example.org'>",
            "<n1:elem2 xmlns:n0=\"foo:bar\" xmlns:n1=\"http://example.net\" xmlns:n3=\"ftp://example.org\" xml:lang=\"en\">
    <n3:stuff></n3:stuff>
  </n1:elem2>",
        ),
    ] {
        let whole = format!("{outer}{part}</n0:pdu>");
        let root = parse(whole.as_bytes()).expect("well-formed");
        let element = root.elements().next().expect("the part");
        assert_eq!(canonical(element, &[&root], Inclusive, None), inclusive);
        assert_eq!(canonical(element, &[&root], Exclusive, None), exclusive);
    }
}

/// Canonical XML 1.0, section 2.3: a namespace is written as an attribute is. libxml2 2.9 does not
/// escape it, so that its form cannot be read.
#[test]
fn namespaces_are_escaped() {
    for method in Method::ALL {
        check("2.3", "<a xmlns='u:?b&amp;c'/>", method, "<a xmlns=\"u:?b&amp;c\"></a>");
    }
}

#[test]
fn leaving_an_element_out_keeps_what_is_around_it() {
    // [SIG-13]
    let input = "<?x?><a xmlns=\"u:\"> <b><c/></b>\n<!--y--></a>";
    let tree = parse_tree(input.as_bytes()).expect("well-formed");
    let b = tree.root.elements().next().expect("b");
    let expected = "<?x?>\n<a xmlns=\"u:\"> \n</a>";
    assert_eq!(canonical_document(&tree, Inclusive, Some(b)), expected);
    let copy = b.clone();
    let whole = "<?x?>\n<a xmlns=\"u:\"> <b><c></c></b>\n</a>";
    assert_eq!(canonical_document(&tree, Inclusive, Some(&copy)), whole, "an equal element stays");
}

proptest! {
    #[test]
    fn a_canonical_form_is_its_own_canonical_form(input in hostile::document()) {
        let tree = parse_tree(input.as_bytes()).expect("well-formed");
        for method in Method::ALL {
            let once = canonical_document(&tree, method, None);
            let again = parse_tree(once.as_bytes()).expect("well-formed");
            prop_assert_eq!(&canonical_document(&again, method, None), &once);
        }
    }

    #[test]
    fn a_changed_octet_never_panics(
        input in hostile::document(),
        at in any::<prop::sample::Index>(),
        octet in any::<u8>(),
    ) {
        let mut bytes = input.into_bytes();
        let index = at.index(bytes.len());
        bytes[index] = octet;
        if let Ok(tree) = parse_tree(&bytes) {
            let once = canonical_document(&tree, InclusiveWithComments, None);
            let again = parse_tree(once.as_bytes()).expect("well-formed");
            prop_assert_eq!(canonical_document(&again, InclusiveWithComments, None), once);
        }
    }

    #[test]
    fn a_part_is_its_own_canonical_form_when_it_stands_alone(input in hostile::document()) {
        let root = parse(input.as_bytes()).expect("well-formed");
        for part in root.elements() {
            for method in Method::ALL {
                let once = canonical(part, &[&root], method, None);
                let alone = parse(once.as_bytes()).expect("well-formed");
                prop_assert_eq!(&canonical(&alone, &[], method, None), &once);
            }
        }
    }
}
