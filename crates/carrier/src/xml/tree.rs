//! The tree that [`super::parse`] returns: elements and text, nothing else.
//!
//! Not here: building trees by hand (documents are written by [`super::Writer`]) and paths
//! beyond a direct child: there is no XPath in this product (`docs/ARCHITECTURE.md`).
//! Serves [XML-02] and [SIG-13].

use std::ops::Range;

use super::Namespace;

/// Holds an attribute that is not a namespace declaration, its value normalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The prefix as written.
    pub prefix: Option<String>,
    /// The name without prefix.
    pub local: String,
    /// The namespace that the prefix stands for; none without prefix [XML-03].
    pub namespace: Option<String>,
    /// The value after normalisation of line ends and white space, references resolved.
    pub value: String,
}

/// Holds one `xmlns` or `xmlns:p` attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceDeclaration {
    /// The declared prefix; none for the default namespace.
    pub prefix: Option<String>,
    /// The namespace; empty only where the default namespace is taken back.
    pub uri: String,
}

/// Names what an element may contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A child element.
    Element(Element),
    /// Text, references and CDATA resolved, line ends normalised; never empty, never adjacent
    /// to other text.
    Text(String),
}

/// Holds one element and all below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The prefix as written.
    pub prefix: Option<String>,
    /// The name without prefix.
    pub local: String,
    /// The namespace that the element is in.
    pub namespace: Option<String>,
    /// The attributes in the order written.
    pub attributes: Vec<Attribute>,
    /// The namespace declarations in the order written.
    pub declarations: Vec<NamespaceDeclaration>,
    /// The content in document order.
    pub children: Vec<Node>,
    /// The bytes of the input from `<` of the start tag to `>` of the end tag.
    pub span: Range<usize>,
}

impl Element {
    /// Says whether the element has this name in this namespace.
    #[must_use]
    pub fn is(&self, namespace: Namespace, local: &str) -> bool {
        self.local == local && self.namespace.as_deref() == Some(namespace.uri())
    }

    /// Iterates over the child elements in document order.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Returns the first child element of this name.
    #[must_use]
    pub fn child(&self, namespace: Namespace, local: &str) -> Option<&Self> {
        self.elements().find(|e| e.is(namespace, local))
    }

    /// Returns the value of the attribute of this name without a namespace.
    #[must_use]
    pub fn attribute(&self, local: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|a| a.namespace.is_none() && a.local == local)
            .map(|a| a.value.as_str())
    }

    /// Returns the text directly inside the element, pieces between child elements joined.
    #[must_use]
    pub fn text(&self) -> String {
        self.children
            .iter()
            .filter_map(|node| match node {
                Node::Text(text) => Some(text.as_str()),
                Node::Element(_) => None,
            })
            .collect()
    }
}
