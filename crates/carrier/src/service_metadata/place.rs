//! Where the reader of a part is, and what may be there.
//!
//! Sequences keep their order; elements of other namespaces are kept where the schemas are open
//! for them, and refused elsewhere. Not here: which elements a part has.
//! Serves [XML-177], [MATCH-109] and [MATCH-110].

use std::collections::VecDeque;
use std::fmt;

use super::text::FileName;
use crate::document::{TextError, collapse};
use crate::xml::{self, Element, Foreign, Namespace, Node, Policy, XmlError};

/// Says what is wrong with a well-formed text that should be a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartFault {
    /// The root is not the part's, or in another namespace.
    Root,
    /// A child that is unknown, out of order or one too many.
    UnexpectedElement,
    /// A child that is required is absent; carries its name.
    MissingElement(&'static str),
    /// An attribute that the element does not have.
    UnexpectedAttribute,
    /// An attribute that is required is absent; carries its name.
    MissingAttribute(&'static str),
    /// The value of an attribute is not what it should be; carries its name.
    AttributeValue(&'static str),
    /// Text where only elements may be.
    UnexpectedText,
    /// The text of the element is not the value that it should be.
    Value,
}

/// Says where a well-formed text is not a part, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructureError {
    /// Offset in bytes of the element that is at fault, or of the one that lacks something.
    pub at: usize,
    /// The known elements from the root to it.
    pub path: Vec<&'static str>,
    /// What is wrong there.
    pub fault: PartFault,
}

impl fmt::Display for StructureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            PartFault::Root => f.write_str("not the root of this part"),
            PartFault::UnexpectedElement => f.write_str("unexpected element"),
            PartFault::MissingElement(name) => write!(f, "{name} is absent"),
            PartFault::UnexpectedAttribute => f.write_str("unexpected attribute"),
            PartFault::MissingAttribute(name) => write!(f, "attribute {name} is absent"),
            PartFault::AttributeValue(name) => write!(f, "illegal value of attribute {name}"),
            PartFault::UnexpectedText => f.write_str("unexpected text"),
            PartFault::Value => f.write_str("illegal value"),
        }?;
        write!(f, " in /{} at byte {}", self.path.join("/"), self.at)
    }
}

impl std::error::Error for StructureError {}

/// Says why bytes are not the part that they were taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartError {
    /// Not acceptable XML.
    Xml(XmlError),
    /// Not this part.
    Structure(StructureError),
}

impl fmt::Display for PartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Xml(_) => "not acceptable xml",
            Self::Structure(_) => "not a part of a service metadata package",
        })
    }
}

impl std::error::Error for PartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Xml(source) => Some(source),
            Self::Structure(source) => Some(source),
        }
    }
}

pub(super) type Read<T> = Result<T, StructureError>;

/// Reads a part whose root has this name.
pub(super) fn part<T>(
    bytes: &[u8],
    policy: &Policy,
    (namespace, name): (Namespace, &'static str),
    read: impl FnOnce(&Place<'_>) -> Read<T>,
) -> Result<T, PartError> {
    let root = xml::parse_with(bytes, policy).map_err(PartError::Xml)?;
    let place = Place { element: &root, path: vec![name], namespace };
    match root.is(namespace, name) {
        true => read(&place),
        false => Err(place.error(PartFault::Root)),
    }
    .map_err(PartError::Structure)
}

/// An element that the reader looks at.
#[derive(Clone)]
pub(super) struct Place<'e> {
    element: &'e Element<'e>,
    path: Vec<&'static str>,
    /// The namespace of the part.
    namespace: Namespace,
}

impl<'e> Place<'e> {
    pub(super) fn error(&self, fault: PartFault) -> StructureError {
        StructureError { at: self.element.span.start, path: self.path.clone(), fault }
    }

    /// Refuses every attribute but these.
    pub(super) fn only(&self, known: &[&str]) -> Read<()> {
        let is_known = |a: &xml::Attribute| a.namespace.is_none() && known.contains(&a.local);
        match self.element.attributes.iter().all(is_known) {
            true => Ok(()),
            false => Err(self.error(PartFault::UnexpectedAttribute)),
        }
    }

    /// Reads an attribute that may be absent.
    pub(super) fn attribute<T, E>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Read<Option<T>> {
        let value = self.element.attribute(name).map(parse).transpose();
        value.map_err(|_| self.error(PartFault::AttributeValue(name)))
    }

    /// Reads an attribute that must be there.
    pub(super) fn required<T, E>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Read<T> {
        let value = self.attribute(name, parse)?;
        value.ok_or_else(|| self.error(PartFault::MissingAttribute(name)))
    }

    /// Reads the text of an element without children; attributes are the caller's.
    pub(super) fn text<T, E>(&self, parse: impl FnOnce(&str) -> Result<T, E>) -> Read<T> {
        if let Some(child) = self.element.elements().next() {
            return Err(self.unexpected(child));
        }
        parse(&self.element.text()).map_err(|_| self.error(PartFault::Value))
    }

    /// Reads the text of an element without children and attributes.
    pub(super) fn plain<T, E>(&self, parse: impl FnOnce(&str) -> Result<T, E>) -> Read<T> {
        self.only(&[])?;
        self.text(parse)
    }

    /// Returns the child elements; there may be nothing but white space between them.
    pub(super) fn children(&self) -> Read<Children<'e>> {
        let is_text = |node: &Node| match node {
            Node::Text(text) => !collapse(text).is_empty(),
            Node::Element(_) | Node::Comment(_) | Node::Instruction { .. } => false,
        };
        if self.element.children.iter().any(is_text) {
            return Err(self.error(PartFault::UnexpectedText));
        }
        Ok(Children { parent: self.clone(), rest: self.element.elements().collect() })
    }

    /// Returns the child elements of an element without attributes.
    pub(super) fn sequence(&self) -> Read<Children<'e>> {
        self.only(&[])?;
        self.children()
    }

    /// Reads an element that holds nothing.
    pub(super) fn nothing(&self) -> Read<()> {
        self.children()?.end()
    }

    fn unexpected(&self, child: &Element<'_>) -> StructureError {
        StructureError {
            at: child.span.start,
            path: self.path.clone(),
            fault: PartFault::UnexpectedElement,
        }
    }
}

/// The child elements that nobody has taken yet, in document order.
pub(super) struct Children<'e> {
    parent: Place<'e>,
    rest: VecDeque<&'e Element<'e>>,
}

impl<'e> Children<'e> {
    /// Takes the next child if it has this name in the part's namespace.
    pub(super) fn next(&mut self, name: &'static str) -> Option<Place<'e>> {
        self.next_in(self.parent.namespace, name)
    }

    /// Takes the next child if it has this name in this namespace.
    pub(super) fn next_in(
        &mut self,
        namespace: Namespace,
        name: &'static str,
    ) -> Option<Place<'e>> {
        let element = *self.rest.front().filter(|e| e.is(namespace, name))?;
        self.rest.pop_front();
        let path = self.parent.path.iter().copied().chain([name]).collect();
        Some(Place { element, path, namespace: self.parent.namespace })
    }

    /// Takes the next child, which must have this name.
    pub(super) fn required(&mut self, name: &'static str) -> Read<Place<'e>> {
        self.next(name).ok_or_else(|| match self.rest.front() {
            // Elements of others come last, so what is needed is not behind one.
            Some(child) if child.is(self.parent.namespace, child.local) => {
                self.parent.unexpected(child)
            }
            Some(_) | None => self.parent.error(PartFault::MissingElement(name)),
        })
    }

    /// Reads the next child if it has this name.
    pub(super) fn maybe<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Place<'e>) -> Read<T>,
    ) -> Read<Option<T>> {
        self.next(name).map(|place| read(&place)).transpose()
    }

    /// Reads all children that come next and have this name, `max` at most.
    pub(super) fn each<T>(
        &mut self,
        name: &'static str,
        max: usize,
        read: impl Fn(&Place<'e>) -> Read<T>,
    ) -> Read<Vec<T>> {
        let mut items = Vec::new();
        while items.len() < max {
            let Some(place) = self.next(name) else { break };
            items.push(read(&place)?);
        }
        Ok(items)
    }

    /// As [`Self::each`], without a limit of its own, and one at least.
    pub(super) fn one_or_more<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Place<'e>) -> Read<T>,
    ) -> Read<Vec<T>> {
        let mut items = vec![read(&self.required(name)?)?];
        items.extend(self.each(name, usize::MAX, read)?);
        Ok(items)
    }

    /// Ends the reading where elements of other namespaces may follow.
    pub(super) fn others(self) -> Read<Vec<Foreign>> {
        let own = self.parent.namespace.uri();
        let is_other = |e: &Element<'_>| e.namespace.as_deref().is_some_and(|uri| uri != own);
        match self.rest.iter().find(|e| !is_other(e)) {
            Some(child) => Err(self.parent.unexpected(child)),
            None => Ok(self.rest.iter().map(|e| Foreign::from_element(e)).collect()),
        }
    }

    /// Ends the reading: whatever nobody took has no place here.
    pub(super) fn end(self) -> Read<()> {
        match self.rest.front() {
            Some(child) => Err(self.parent.unexpected(child)),
            None => Ok(()),
        }
    }
}

/// Reads `xs:boolean`.
pub(super) fn boolean(text: &str) -> Result<bool, ()> {
    match &*collapse(text) {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(()),
    }
}

/// Takes a text as it is.
pub(super) fn verbatim(text: &str) -> Result<String, ()> {
    Ok(text.to_owned())
}

/// Reads the name of a file or folder, white space around it dropped.
pub(super) fn file_name(text: &str) -> Result<FileName, TextError> {
    FileName::parse(text.trim_matches([' ', '\t', '\n', '\r']))
}
