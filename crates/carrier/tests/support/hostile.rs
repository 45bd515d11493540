//! Well-formed documents that use every freedom of XML that a canonical form takes away.
//!
//! Namespaces redeclared, shadowed, unused and taken back; attributes of one name in several
//! namespaces; all kinds of white space, references, CDATA, comments and instructions. Not here:
//! what the reader refuses.
#![expect(
    dead_code,
    unreachable_pub,
    reason = "every test binary compiles this file and uses a part of it"
)]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// No prefix is the empty one.
const PREFIXES: [&str; 4] = ["", "p", "q", "é"];
/// None with `&`: libxml2 2.9 writes it unescaped in a namespace declaration.
const URIS: [&str; 4] = ["urn:1", "urn:2", "http://a.example/?b=%20", "urn:10"];
const NAMES: [&str; 5] = ["a", "b", "B", "a-1", "ø"];
const TEXTS: [&str; 18] = [
    "x",
    " ",
    "\t\n",
    "\r\n",
    "\r",
    "&#xD;",
    "&#10;",
    "&#9;",
    "&lt;&amp;&gt;",
    "&quot;&apos;\"'>",
    "]]&gt;",
    "<![CDATA[<&]]x>\r\n]]>",
    "<![CDATA[]]>",
    "é€",
    "\u{1F600}&#x1F600;",
    "<?i?>",
    "<?i  <a>& \t\r\n ?>",
    "<?é x??>",
];
const VALUES: [&str; 14] = [
    "x",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "&#xD;",
    "&#10;",
    "&#9;",
    "&#x20;",
    "&lt;&amp;",
    "&quot;&apos;",
    "'>",
    "é€\u{1F600}",
];
const COMMENTS: [&str; 4] = ["<!---->", "<!-- <a> & - \r\n -->", "<!--x-->", "<!--?>-->"];
const OUTSIDE: [&str; 4] = ["\n", " \t", "<?i?>", "<?i  x ?>"];
const LAYOUT: [&str; 4] = [" ", "\n", "\t ", "\r\n"];

/// Markup as written; comments are told apart so that they can be left away.
#[derive(Clone, Debug)]
enum Piece {
    Element(Box<Element>),
    Verbatim(&'static str),
    Comment(&'static str),
}

#[derive(Clone, Debug)]
struct Element {
    prefix: &'static str,
    name: &'static str,
    declarations: Vec<(&'static str, &'static str)>,
    attributes: Vec<(&'static str, &'static str, Vec<&'static str>)>,
    /// For a prefix that nothing declares.
    uri: &'static str,
    layout: &'static str,
    children: Vec<Piece>,
}

/// A document, and the same without its comments.
#[derive(Clone, Debug)]
pub struct Hostile {
    pub text: String,
    pub without_comments: String,
}

fn element(children: impl Strategy<Value = Vec<Piece>>) -> impl Strategy<Value = Element> {
    let declared = (select(&PREFIXES[..]), select(&URIS[..]), any::<bool>())
        .prop_map(|(prefix, uri, back)| (prefix, if prefix.is_empty() && back { "" } else { uri }));
    let attribute_prefix = select(&["", "p", "q", "é", "xml"][..]);
    let attribute = (attribute_prefix, select(&NAMES[..]), vec(select(&VALUES[..]), 0..4));
    (
        (select(&PREFIXES[..]), select(&NAMES[..]), select(&URIS[..]), select(&LAYOUT[..])),
        vec(declared, 0..4),
        vec(attribute, 0..6),
        children,
    )
        .prop_map(|((prefix, name, uri, layout), declarations, attributes, children)| {
            Element { prefix, name, declarations, attributes, uri, layout, children }
        })
}

fn verbatim(texts: &'static [&'static str]) -> impl Strategy<Value = Piece> + Clone {
    prop_oneof![
        4 => select(texts).prop_map(Piece::Verbatim),
        1 => select(&COMMENTS[..]).prop_map(Piece::Comment),
    ]
}

pub fn hostile() -> impl Strategy<Value = Hostile> {
    let texts = verbatim(&TEXTS);
    let piece = texts.clone().prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            texts.clone(),
            element(vec(inner, 0..6)).prop_map(|e| Piece::Element(Box::new(e))),
        ]
    });
    let outside = || vec(verbatim(&OUTSIDE), 0..4);
    (any::<bool>(), outside(), element(vec(piece, 0..8)), outside()).prop_map(
        |(is_declared, before, root, after)| {
            let written = |comments: bool| {
                let mut out = String::new();
                if is_declared {
                    out.push_str("<?xml version='1.0' encoding='UTF-8'?>");
                }
                let root = [Piece::Element(Box::new(root.clone()))];
                for piece in before.iter().chain(&root).chain(&after) {
                    write(&mut out, piece, &[], comments);
                }
                out
            };
            Hostile { text: written(true), without_comments: written(false) }
        },
    )
}

pub fn document() -> impl Strategy<Value = String> {
    hostile().prop_map(|hostile| hostile.text)
}

fn write(out: &mut String, piece: &Piece, scope: &[(&'static str, &'static str)], comments: bool) {
    match piece {
        Piece::Element(element) => write_element(out, element, scope, comments),
        Piece::Verbatim(text) => out.push_str(text),
        Piece::Comment(text) if comments => out.push_str(text),
        Piece::Comment(_) => {}
    }
}

fn write_element(
    out: &mut String,
    element: &Element,
    outer: &[(&'static str, &'static str)],
    comments: bool,
) {
    let mut scope = outer.to_vec();
    let mut declared = BTreeSet::new();
    let mut tag = Vec::new();
    let used = element.attributes.iter().map(|a| a.0).chain([element.prefix]);
    let missing = |prefix: &&str| {
        let known = outer.iter().chain(&element.declarations).any(|(known, _)| known == prefix);
        !prefix.is_empty() && *prefix != "xml" && !known
    };
    let missing: Vec<_> = used.filter(missing).map(|prefix| (prefix, element.uri)).collect();
    for (prefix, uri) in element.declarations.iter().chain(&missing) {
        if declared.insert(prefix) {
            let colon = if prefix.is_empty() { "" } else { ":" };
            tag.push(format!("xmlns{colon}{prefix}='{uri}'"));
            scope.push((prefix, uri));
        }
    }
    let mut names = BTreeSet::new();
    for (prefix, name, value) in &element.attributes {
        let uri =
            scope.iter().rev().find(|(p, _)| p == prefix && !p.is_empty()).map(|(_, uri)| uri);
        if names.insert((*prefix == "xml", uri, name)) {
            let colon = if prefix.is_empty() { "" } else { ":" };
            // In front, so that declarations also stand after their use.
            tag.insert(0, format!("{prefix}{colon}{name} = \"{}\"", value.concat()));
        }
    }
    let colon = if element.prefix.is_empty() { "" } else { ":" };
    let name = format!("{}{colon}{}", element.prefix, element.name);
    out.push_str(&format!("<{name}"));
    for attribute in tag {
        out.push_str(element.layout);
        out.push_str(&attribute);
    }
    out.push_str(element.layout);
    if element.children.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    for child in &element.children {
        write(out, child, &scope, comments);
    }
    out.push_str(&format!("</{name}{}>", element.layout));
}
