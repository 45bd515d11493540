//! Elements of others, kept to be written again: the payload of open places of the schema.
//!
//! Prefixes, comments and processing instructions are not kept. Not here: which places are open,
//! and what a payload means to whom (it is never interpreted).
//! Serves [XML-07] and [SIG-14].

use std::fmt;

use super::XML_URI;
use super::c14n::{escape_attribute, escape_text};
use super::character::is_xml_char;
use super::tree::{Element, Node};

/// Holds an element of any namespace with all below it; only the reader's trees give one, so that
/// its names are names.
#[derive(Clone, PartialEq, Eq)]
pub struct Foreign {
    namespace: Option<String>,
    local: String,
    /// Ordered by namespace and name, as they are written.
    attributes: Vec<ForeignAttribute>,
    children: Vec<ForeignNode>,
}

#[derive(Clone, PartialEq, Eq)]
struct ForeignAttribute {
    namespace: Option<String>,
    local: String,
    value: String,
}

#[derive(Clone, PartialEq, Eq)]
enum ForeignNode {
    Element(Foreign),
    Text(String),
}

impl Foreign {
    /// Takes an element that [`super::parse`] returned, or one inside it.
    #[must_use]
    pub fn from_element(element: &Element<'_>) -> Self {
        let mut attributes: Vec<ForeignAttribute> = element
            .attributes
            .iter()
            .map(|a| ForeignAttribute {
                namespace: a.namespace.as_deref().map(str::to_owned),
                local: a.local.to_owned(),
                value: a.value.clone().into_owned(),
            })
            .collect();
        attributes.sort_by(|a, b| (&a.namespace, &a.local).cmp(&(&b.namespace, &b.local)));
        let mut children: Vec<ForeignNode> = Vec::new();
        for node in &element.children {
            match node {
                Node::Element(inner) => {
                    children.push(ForeignNode::Element(Self::from_element(inner)));
                }
                // Texts around a comment become one.
                Node::Text(text) => match children.last_mut() {
                    Some(ForeignNode::Text(before)) => before.push_str(text),
                    Some(ForeignNode::Element(_)) | None => {
                        children.push(ForeignNode::Text(text.clone().into_owned()));
                    }
                },
                Node::Comment(_) | Node::Instruction { .. } => {}
            }
        }
        let namespace = element.namespace.as_deref().map(str::to_owned);
        Self { namespace, local: element.local.to_owned(), attributes, children }
    }

    /// Returns the namespace of the element.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Returns the name of the element without prefix.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Finds a character that XML cannot carry; the reader lets none through.
    pub(super) fn illegal_character(&self) -> Option<char> {
        let illegal = |text: &str| text.chars().find(|c| !is_xml_char(*c));
        let in_attributes = self.attributes.iter().find_map(|a| illegal(&a.value));
        in_attributes.or_else(|| {
            self.children.iter().find_map(|child| match child {
                ForeignNode::Element(inner) => inner.illegal_character(),
                ForeignNode::Text(text) => illegal(text),
            })
        })
    }

    /// Writes the element in canonical form inside one whose default namespace is `default`, empty
    /// for none.
    pub(super) fn write(&self, out: &mut String, default: &str) {
        self.write_in(out, &Scope { default, prefixed: Vec::new() });
    }

    fn write_in<'a>(&'a self, out: &mut String, outer: &Scope<'a>) {
        let mut scope = outer.clone();
        // The namespace of `xml:` cannot be a default namespace.
        let prefix = match self.namespace.as_deref() {
            Some(XML_URI) => "xml:",
            Some(_) | None => "",
        };
        if prefix.is_empty() {
            scope.default = self.namespace.as_deref().unwrap_or_default();
        }
        scope.declare(self.attributes.iter().filter_map(|a| a.namespace.as_deref()));
        out.push('<');
        out.push_str(prefix);
        out.push_str(&self.local);
        if scope.default != outer.default {
            attribute(out, "xmlns", scope.default);
        }
        let declared = scope.prefixed.iter().enumerate().skip(outer.prefixed.len());
        let mut declared: Vec<(String, &str)> =
            declared.map(|(number, uri)| (format!("xmlns:n{number}"), *uri)).collect();
        // By the text of the prefix: n10 stands before n2.
        declared.sort_unstable();
        for (name, uri) in declared {
            attribute(out, &name, uri);
        }
        for ForeignAttribute { namespace, local, value } in &self.attributes {
            attribute(out, &scope.attribute_name(namespace.as_deref(), local), value);
        }
        out.push('>');
        for child in &self.children {
            match child {
                ForeignNode::Element(inner) => inner.write_in(out, &scope),
                ForeignNode::Text(text) => escape_text(out, text),
            }
        }
        out.push_str("</");
        out.push_str(prefix);
        out.push_str(&self.local);
        out.push('>');
    }
}

/// Shows the name alone: values may be credentials.
impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Foreign");
        shown.field("namespace", &self.namespace).field("local", &self.local);
        shown.finish_non_exhaustive()
    }
}

/// The namespaces that are declared around a place.
#[derive(Clone)]
struct Scope<'a> {
    /// Empty for none.
    default: &'a str,
    /// The namespace at index i has the prefix `n`i.
    prefixed: Vec<&'a str>,
}

impl<'a> Scope<'a> {
    fn declare(&mut self, namespaces: impl Iterator<Item = &'a str>) {
        for uri in namespaces {
            if uri != XML_URI && !self.prefixed.contains(&uri) {
                self.prefixed.push(uri);
            }
        }
    }

    fn attribute_name(&self, namespace: Option<&str>, local: &str) -> String {
        match namespace.map(|uri| self.prefixed.iter().position(|declared| *declared == uri)) {
            None => local.to_owned(),
            Some(Some(number)) => format!("n{number}:{local}"),
            Some(None) => format!("xml:{local}"),
        }
    }
}

fn attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape_attribute(out, value);
    out.push('"');
}
