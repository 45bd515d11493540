//! The tree that [`super::parse_tree`] returns; it borrows from the input what stands there as is.
//!
//! Not here: building trees by hand (documents are written by [`super::Writer`]) and paths
//! beyond a direct child: there is no XPath in this product (`docs/ARCHITECTURE.md`).
//! Serves [XML-02], [SIG-13] and [SIG-15].

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::Namespace;

/// Holds an attribute that is not a namespace declaration, its value normalised; prints its name
/// alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The prefix as written.
    pub prefix: Option<&'a str>,
    /// The name without prefix.
    pub local: &'a str,
    /// The namespace that the prefix stands for; none without prefix [XML-03].
    pub namespace: Option<Cow<'a, str>>,
    /// The value after normalisation of line ends and white space, references resolved.
    pub value: Cow<'a, str>,
}

/// Holds one `xmlns` or `xmlns:p` attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceDeclaration<'a> {
    /// The declared prefix; none for the default namespace.
    pub prefix: Option<&'a str>,
    /// The namespace; empty only where the default namespace is taken back.
    pub uri: Cow<'a, str>,
}

/// Names what an element may contain; prints the length of a text, not the text.
#[derive(Clone, PartialEq, Eq)]
pub enum Node<'a> {
    /// A child element.
    Element(Element<'a>),
    /// Text, references and CDATA resolved, line ends normalised; never empty, never adjacent
    /// to other text.
    Text(Cow<'a, str>),
    /// What stands between `<!--` and `-->`, line ends normalised.
    Comment(String),
    /// A processing instruction.
    Instruction {
        /// The name after `<?`; never `xml` in any case.
        target: String,
        /// The rest without the white space before it, line ends normalised; may be empty.
        data: String,
    },
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attribute({})", self.local)
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(element) => element.fmt(f),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Comment(text) => write!(f, "Comment({} bytes)", text.len()),
            Self::Instruction { target, .. } => write!(f, "Instruction({target})"),
        }
    }
}

/// Names what may stand outside the root element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misc {
    /// As [`Node::Comment`].
    Comment(String),
    /// As [`Node::Instruction`].
    Instruction {
        /// The name after `<?`; never `xml` in any case.
        target: String,
        /// The rest without the white space before it, line ends normalised; may be empty.
        data: String,
    },
}

impl From<Misc> for Node<'_> {
    fn from(misc: Misc) -> Self {
        match misc {
            Misc::Comment(text) => Self::Comment(text),
            Misc::Instruction { target, data } => Self::Instruction { target, data },
        }
    }
}

/// Holds a whole document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree<'a> {
    /// What stands before the root element, the XML declaration aside.
    pub before: Vec<Misc>,
    /// The root element.
    pub root: Element<'a>,
    /// What stands after the root element.
    pub after: Vec<Misc>,
    /// Offset of the first comment or processing instruction of the input.
    pub(super) unsignable: Option<usize>,
}

impl Tree<'_> {
    /// Returns the offset in bytes of the first comment or processing instruction that was read,
    /// wherever it stands: a document with one is verified but never signed [SIG-15].
    #[must_use]
    pub const fn first_unsignable(&self) -> Option<usize> {
        self.unsignable
    }
}

/// Holds one element and all below it; prints name and place alone, as texts may be secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Element<'a> {
    /// The prefix as written.
    pub prefix: Option<&'a str>,
    /// The name without prefix.
    pub local: &'a str,
    /// The namespace that the element is in.
    pub namespace: Option<Cow<'a, str>>,
    /// The attributes in the order written.
    pub attributes: Vec<Attribute<'a>>,
    /// The namespace declarations in the order written.
    pub declarations: Vec<NamespaceDeclaration<'a>>,
    /// The content in document order.
    pub children: Vec<Node<'a>>,
    /// The bytes of the input from `<` of the start tag to `>` of the end tag.
    pub span: Range<usize>,
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (local, span) = (self.local, &self.span);
        write!(f, "Element({local} at {span:?}, {} children)", self.children.len())
    }
}

impl Element<'_> {
    /// Says whether the element has this name in this namespace.
    #[must_use]
    pub fn is(&self, namespace: Namespace, local: &str) -> bool {
        self.local == local && self.namespace.as_deref() == Some(namespace.uri())
    }

    /// Iterates over the child elements in document order.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Comment(_) | Node::Instruction { .. } => None,
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
            .map(|a| &*a.value)
    }

    /// Says whether the element holds neither elements nor text, comments and processing
    /// instructions aside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.children.iter().all(|node| match node {
            Node::Element(_) | Node::Text(_) => false,
            Node::Comment(_) | Node::Instruction { .. } => true,
        })
    }

    /// Returns the text directly inside the element, pieces around other nodes joined.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        let mut texts = self.children.iter().filter_map(|node| match node {
            Node::Text(text) => Some(&**text),
            Node::Element(_) | Node::Comment(_) | Node::Instruction { .. } => None,
        });
        let first = texts.next().unwrap_or_default();
        match texts.next() {
            None => Cow::Borrowed(first),
            Some(second) => [first, second].into_iter().chain(texts).collect(),
        }
    }
}
