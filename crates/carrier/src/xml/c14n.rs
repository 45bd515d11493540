//! Canonical XML 1.0 of a parsed tree, inclusive and exclusive, with and without comments.
//!
//! Not here: C14N 1.1, which the signature grammar does not allow [SIG-04]; InclusiveNamespaces,
//! likewise; subsets of a document other than one element with all below it, or all but one
//! element. The digest always uses the inclusive form without comments [SIG-13], SignedInfo what
//! its CanonicalizationMethod says.
//! Implements [SIG-04], [SIG-13] and the canonicalising part of [SIG-16].

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::tree::{Attribute, Element, Misc, Node, Tree};

/// Names a canonicalisation [SIG-04].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Inclusive Canonical XML 1.0 without comments.
    Inclusive,
    /// Inclusive Canonical XML 1.0 with comments.
    InclusiveWithComments,
    /// Exclusive Canonical XML 1.0 without comments.
    Exclusive,
    /// Exclusive Canonical XML 1.0 with comments.
    ExclusiveWithComments,
}

impl Method {
    /// All of them, in the order of [SIG-04].
    pub const ALL: [Self; 4] = [
        Self::Inclusive,
        Self::InclusiveWithComments,
        Self::Exclusive,
        Self::ExclusiveWithComments,
    ];

    /// Returns the URI of the CanonicalizationMethod.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Inclusive => "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
            Self::InclusiveWithComments => {
                "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
            }
            Self::Exclusive => "http://www.w3.org/2001/10/xml-exc-c14n#",
            Self::ExclusiveWithComments => "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        }
    }

    /// Finds the method of a CanonicalizationMethod; none for C14N 1.1 and all others.
    #[must_use]
    pub fn of_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.uri() == uri)
    }

    const fn is_exclusive(self) -> bool {
        match self {
            Self::Inclusive | Self::InclusiveWithComments => false,
            Self::Exclusive | Self::ExclusiveWithComments => true,
        }
    }

    const fn keeps_comments(self) -> bool {
        match self {
            Self::Inclusive | Self::Exclusive => false,
            Self::InclusiveWithComments | Self::ExclusiveWithComments => true,
        }
    }
}

/// Maps a prefix (empty for the default namespace) to its URI (empty for none).
type Bindings<'a> = BTreeMap<&'a str, &'a str>;

/// Returns the canonical octets of a whole document, comments and processing instructions outside
/// its root included, without the element `leave_out`.
///
/// `leave_out` is as for [`canonical`].
#[must_use]
pub fn canonical_document(
    tree: &Tree<'_>,
    method: Method,
    leave_out: Option<&Element<'_>>,
) -> String {
    let out = String::with_capacity(tree.root.span.len());
    let mut canon = Canon { out, method, leave_out };
    let is_shown = |misc: &&Misc| match misc {
        Misc::Comment(_) => method.keeps_comments(),
        Misc::Instruction { .. } => true,
    };
    for misc in tree.before.iter().filter(is_shown) {
        canon.misc(misc);
        canon.out.push('\n');
    }
    canon.apex(&tree.root, &[]);
    for misc in tree.after.iter().filter(is_shown) {
        canon.out.push('\n');
        canon.misc(misc);
    }
    canon.out
}

/// Returns the canonical octets of `element`, without the child `leave_out` of it.
///
/// `ancestors` are the elements around it, root first; their namespaces (and `xml:` attributes)
/// are part of the inclusive form of a part of a document. `leave_out` is compared by identity:
/// it removes an enveloped signature [SIG-07], the white space around it stays.
#[must_use]
pub fn canonical(
    element: &Element<'_>,
    ancestors: &[&Element<'_>],
    method: Method,
    leave_out: Option<&Element<'_>>,
) -> String {
    let out = String::with_capacity(element.span.len());
    let mut canon = Canon { out, method, leave_out };
    canon.apex(element, ancestors);
    canon.out
}

/// Writes the prefixes that an element declares as its canonical start tag has them: by prefix,
/// each after a blank; the default namespace is not among them.
pub(crate) fn declared_prefixes(element: &Element<'_>) -> String {
    let mut bindings = Bindings::new();
    declare(&mut bindings, element);
    let mut out = String::new();
    for (prefix, uri) in bindings.into_iter().filter(|(prefix, _)| !prefix.is_empty()) {
        out.push_str(" xmlns:");
        out.push_str(prefix);
        out.push_str("=\"");
        escape_attribute(&mut out, uri);
        out.push('"');
    }
    out
}

fn declare<'a>(bindings: &mut Bindings<'a>, element: &'a Element<'a>) {
    for declaration in &element.declarations {
        let prefix = declaration.prefix.unwrap_or("");
        if prefix != "xml" {
            bindings.insert(prefix, &declaration.uri);
        }
    }
}

/// Collects the `xml:` attributes that the apex of an inclusive form takes over (section 2.4).
fn inherited_xml_attributes<'a>(
    apex: &Element<'_>,
    ancestors: &[&'a Element<'a>],
) -> Vec<&'a Attribute<'a>> {
    let mut found: Vec<&Attribute<'_>> = Vec::new();
    for outer in ancestors.iter().rev() {
        for attribute in outer.attributes.iter().filter(|a| is_xml(a)) {
            let same = |a: &Attribute<'_>| is_xml(a) && a.local == attribute.local;
            if !apex.attributes.iter().any(same) && !found.iter().any(|a| same(a)) {
                found.push(attribute);
            }
        }
    }
    found
}

fn is_xml(attribute: &Attribute<'_>) -> bool {
    attribute.prefix == Some("xml")
}

/// What the elements around one contribute to its canonical form.
struct Around<'a, 'r> {
    in_scope: &'r Bindings<'a>,
    rendered: &'r Bindings<'a>,
    /// `xml:` attributes to take over; only at the apex of an inclusive form.
    inherited: &'r [&'a Attribute<'a>],
    is_apex: bool,
}

struct Canon<'e> {
    out: String,
    method: Method,
    leave_out: Option<&'e Element<'e>>,
}

impl Canon<'_> {
    fn apex(&mut self, element: &Element<'_>, ancestors: &[&Element<'_>]) {
        let mut in_scope = Bindings::new();
        for outer in ancestors {
            declare(&mut in_scope, outer);
        }
        let inherited = if self.method.is_exclusive() {
            Vec::new()
        } else {
            inherited_xml_attributes(element, ancestors)
        };
        let around = Around {
            in_scope: &in_scope,
            rendered: &Bindings::new(),
            inherited: &inherited,
            is_apex: true,
        };
        self.element(element, &around);
    }

    fn element<'a>(&mut self, element: &'a Element<'a>, around: &Around<'a, '_>) {
        let mut in_scope = Cow::Borrowed(around.in_scope);
        if !element.declarations.is_empty() {
            declare(in_scope.to_mut(), element);
        }
        let attributes = ordered(&element.attributes, around.inherited);
        let wanted = self.wanted(element, &attributes, &in_scope, around.is_apex);
        let mut rendered = Cow::Borrowed(around.rendered);
        self.out.push('<');
        self.name(element.prefix, element.local);
        for (prefix, uri) in wanted.into_iter().flatten() {
            if rendered.get(prefix).copied().unwrap_or("") != uri {
                self.declaration(prefix, uri);
                rendered.to_mut().insert(prefix, uri);
            }
        }
        for attribute in attributes {
            self.out.push(' ');
            self.name(attribute.prefix, attribute.local);
            self.out.push_str("=\"");
            escape_attribute(&mut self.out, &attribute.value);
            self.out.push('"');
        }
        self.out.push('>');
        let inside =
            Around { in_scope: &in_scope, rendered: &rendered, inherited: &[], is_apex: false };
        for child in &element.children {
            match child {
                Node::Text(text) => escape_text(&mut self.out, text),
                Node::Element(inner) if self.leave_out.is_some_and(|o| std::ptr::eq(o, inner)) => {}
                Node::Element(inner) => self.element(inner, &inside),
                Node::Comment(text) if self.method.keeps_comments() => self.comment(text),
                Node::Comment(_) => {}
                Node::Instruction { target, data } => self.instruction(target, data),
            }
        }
        self.out.push_str("</");
        self.name(element.prefix, element.local);
        self.out.push('>');
    }

    /// Returns the bindings that the element must show unless an outer one already does.
    fn wanted<'a>(
        &self,
        element: &'a Element<'a>,
        attributes: &[&'a Attribute<'a>],
        in_scope: &Bindings<'a>,
        is_apex: bool,
    ) -> Option<Bindings<'a>> {
        if self.method.is_exclusive() {
            return Some(visibly_utilised(element, attributes, in_scope));
        }
        if is_apex {
            return Some(in_scope.clone());
        }
        if element.declarations.is_empty() {
            return None;
        }
        let mut own = Bindings::new();
        declare(&mut own, element);
        Some(own)
    }

    fn name(&mut self, prefix: Option<&str>, local: &str) {
        if let Some(prefix) = prefix {
            self.out.push_str(prefix);
            self.out.push(':');
        }
        self.out.push_str(local);
    }

    fn declaration(&mut self, prefix: &str, uri: &str) {
        self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
        self.out.push_str(prefix);
        self.out.push_str("=\"");
        escape_attribute(&mut self.out, uri);
        self.out.push('"');
    }

    /// Writes what stands outside the root.
    fn misc(&mut self, misc: &Misc) {
        match misc {
            Misc::Comment(text) => self.comment(text),
            Misc::Instruction { target, data } => self.instruction(target, data),
        }
    }

    fn comment(&mut self, text: &str) {
        self.out.push_str("<!--");
        self.out.push_str(text);
        self.out.push_str("-->");
    }

    fn instruction(&mut self, target: &str, data: &str) {
        self.out.push_str("<?");
        self.out.push_str(target);
        if !data.is_empty() {
            self.out.push(' ');
            self.out.push_str(data);
        }
        self.out.push_str("?>");
    }
}

/// Returns the attributes in canonical order.
fn ordered<'a>(
    own: &'a [Attribute<'a>],
    inherited: &[&'a Attribute<'a>],
) -> Vec<&'a Attribute<'a>> {
    if own.is_empty() && inherited.is_empty() {
        return Vec::new();
    }
    let mut attributes: Vec<&Attribute<'_>> = own.iter().chain(inherited.iter().copied()).collect();
    attributes
        .sort_by(|a, b| (a.namespace.as_deref(), a.local).cmp(&(b.namespace.as_deref(), b.local)));
    attributes
}

/// Picks the namespaces whose prefix the element or one of its attributes shows (exc-c14n 1.1).
fn visibly_utilised<'a>(
    element: &'a Element<'a>,
    attributes: &[&'a Attribute<'a>],
    in_scope: &Bindings<'a>,
) -> Bindings<'a> {
    let own = element.prefix.unwrap_or("");
    let of_attributes = attributes.iter().filter_map(|a| a.prefix);
    std::iter::once(own)
        .chain(of_attributes)
        .filter(|prefix| *prefix != "xml")
        .map(|prefix| (prefix, in_scope.get(prefix).copied().unwrap_or("")))
        .collect()
}

/// Appends text as C14N writes it.
pub(super) fn escape_text(out: &mut String, text: &str) {
    escape(out, text, |octet| match octet {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// Appends an attribute value as C14N writes it; `>` stays.
pub(super) fn escape_attribute(out: &mut String, value: &str) {
    escape(out, value, |octet| match octet {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// Appends text with some ASCII characters replaced; what stands between them is copied at once.
fn escape(out: &mut String, text: &str, replacement: impl Fn(u8) -> Option<&'static str>) {
    // Nearly no text needs it; without a way out in between many bytes are looked at together.
    if !text.bytes().fold(false, |found, octet| found | replacement(octet).is_some()) {
        out.push_str(text);
        return;
    }
    let mut rest = text;
    while let Some((at, written)) =
        rest.bytes().enumerate().find_map(|(at, octet)| Some((at, replacement(octet)?)))
    {
        let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        out.push_str(written);
        rest = from.get(1..).unwrap_or("");
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[track_caller]
    fn check(input: &str, inclusive: &str, exclusive: &str) {
        let root = parse(input.as_bytes()).expect("well-formed");
        assert_eq!(canonical(&root, &[], Method::Inclusive, None), inclusive, "inclusive");
        assert_eq!(canonical(&root, &[], Method::Exclusive, None), exclusive, "exclusive");
    }

    #[test]
    fn empty_elements_are_expanded_and_attributes_ordered() {
        let expected = r#"<a b="1" c="2"></a>"#;
        check(r#"<?xml version="1.0"?><a  c='2' b="1" />"#, expected, expected);
    }

    #[test]
    fn attributes_of_a_namespace_follow_those_without_in_the_order_of_its_uri() {
        check(
            r#"<a xmlns:y="urn:1" xmlns:x="urn:2" x:a="1" y:b="2" z="3"/>"#,
            r#"<a xmlns:x="urn:2" xmlns:y="urn:1" z="3" y:b="2" x:a="1"></a>"#,
            r#"<a xmlns:x="urn:2" xmlns:y="urn:1" z="3" y:b="2" x:a="1"></a>"#,
        );
    }

    #[test]
    fn unused_prefixes_stay_only_in_the_inclusive_form() {
        check(
            r#"<a xmlns="urn:d" xmlns:p="urn:p"><b><p:c xmlns:p="urn:p"/></b></a>"#,
            r#"<a xmlns="urn:d" xmlns:p="urn:p"><b><p:c></p:c></b></a>"#,
            r#"<a xmlns="urn:d"><b><p:c xmlns:p="urn:p"></p:c></b></a>"#,
        );
    }

    #[test]
    fn a_default_namespace_taken_back_is_written_once() {
        let expected = r#"<a xmlns="urn:d"><b xmlns=""><c></c></b></a>"#;
        check(r#"<a xmlns="urn:d"><b xmlns=""><c xmlns=""/></b></a>"#, expected, expected);
        check(r#"<a xmlns=""/>"#, "<a></a>", "<a></a>");
    }

    #[test]
    fn text_and_values_are_escaped_as_c14n_does() {
        let expected = "<a b=\"&lt;&amp;>&quot;'&#x9;&#xA;&#xD;\">&lt;&amp;&gt;\"'\t\n&#xD;</a>";
        check(
            "<a b='&lt;&amp;&gt;&quot;&apos;&#9;&#xA;&#13;'>&lt;&amp;&gt;\"'\t\r\n&#xD;</a>",
            expected,
            expected,
        );
        check(
            "<a b='1\r\n2\t3'>4\r5<![CDATA[<&]]></a>",
            "<a b=\"1 2 3\">4\n5&lt;&amp;</a>",
            "<a b=\"1 2 3\">4\n5&lt;&amp;</a>",
        );
    }

    #[test]
    fn a_part_of_a_document_takes_its_namespaces_along() {
        let input = r#"<a xmlns="urn:d" xmlns:p="urn:p" xml:lang="no"><p:b xml:space="preserve"><p:c/></p:b></a>"#;
        let root = parse(input.as_bytes()).expect("well-formed");
        let b = root.elements().next().expect("b");
        assert_eq!(
            canonical(b, &[&root], Method::Inclusive, None),
            r#"<p:b xmlns="urn:d" xmlns:p="urn:p" xml:lang="no" xml:space="preserve"><p:c></p:c></p:b>"#
        );
        assert_eq!(
            canonical(b, &[&root], Method::Exclusive, None),
            r#"<p:b xmlns:p="urn:p" xml:space="preserve"><p:c></p:c></p:b>"#
        );
        assert_eq!(
            canonical(&root, &[], Method::Exclusive, Some(b)),
            r#"<a xmlns="urn:d" xml:lang="no"></a>"#
        );
    }
}
