//! Where the reader of results is, and what may be there.
//!
//! A place knows its element, its name and the places around it, so that every error has its
//! path. Not here: which elements exist ([`super::read()`]).
//! Implements the tolerance of [XML-208] for spellings of attributes and codes.

use std::fmt;

use super::parts::Named;
use crate::document::collapse;
use crate::hresult::Hresult;
use crate::xml::{Element, Namespace, Node};

/// Says what is wrong with a well-formed text that should be a results document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultsFault {
    /// The root is not `CarrierProvisioningResult` of one of the two namespaces or of none.
    Root,
    /// A child that is unknown, out of order, one too many, or in another namespace.
    UnexpectedElement,
    /// A child that is required is absent; carries its name.
    MissingElement(&'static str),
    /// An attribute that the element does not have, or the second spelling of one.
    UnexpectedAttribute,
    /// An attribute that is required is absent; carries its name as v2 spells it.
    MissingAttribute(&'static str),
    /// A code that is not eight hexadecimal digits [XML-200].
    Code,
    /// Text where only elements may be, or nothing at all.
    UnexpectedText,
    /// The text of the element is not the value that it should be.
    Value,
    /// A code for everything beneath, and something beneath all the same [XML-204].
    CodeAndContent,
    /// The signature failed, and more is reported all the same [XML-206].
    FailedSignatureAndContent,
}

/// Says where a well-formed text is not a results document, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructureError {
    /// Offset in bytes of the element that is at fault, or of the one that lacks something.
    pub at: usize,
    /// The known elements from the root to it.
    pub path: Vec<&'static str>,
    /// What is wrong there.
    pub fault: ResultsFault,
}

impl fmt::Display for StructureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.fault {
            ResultsFault::Root => "not a results document",
            ResultsFault::UnexpectedElement => "unexpected element",
            ResultsFault::MissingElement(name) => return self.lacks(f, name),
            ResultsFault::UnexpectedAttribute => "unexpected attribute",
            ResultsFault::MissingAttribute(name) => {
                f.write_str("attribute ")?;
                return self.lacks(f, name);
            }
            ResultsFault::Code => "not eight hexadecimal digits",
            ResultsFault::UnexpectedText => "unexpected text",
            ResultsFault::Value => "illegal value",
            ResultsFault::CodeAndContent => "code with content beneath it",
            ResultsFault::FailedSignatureAndContent => "failed signature with other content",
        };
        write!(f, "{what} in /{} at byte {}", self.path.join("/"), self.at)
    }
}

impl StructureError {
    fn lacks(&self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        write!(f, "{name} is absent in /{} at byte {}", self.path.join("/"), self.at)
    }
}

impl std::error::Error for StructureError {}

/// An element that the reader looks at.
#[derive(Clone)]
pub(super) struct Place<'e> {
    element: &'e Element<'e>,
    /// The names of the elements from the root to this one.
    path: Vec<&'static str>,
    /// The namespace of the whole document.
    namespace: Option<Namespace>,
}

impl<'e> Place<'e> {
    pub(super) fn root(
        element: &'e Element<'e>,
        name: &'static str,
        namespace: Option<Namespace>,
    ) -> Self {
        Self { element, path: vec![name], namespace }
    }

    pub(super) fn error(&self, fault: ResultsFault) -> StructureError {
        StructureError { at: self.element.span.start, path: self.path.clone(), fault }
    }

    fn is(&self, element: &Element<'_>, name: &str) -> bool {
        element.local == name && element.namespace.as_deref() == self.namespace.map(Namespace::uri)
    }

    /// Returns code and name, in whatever spelling; refuses every other attribute.
    fn attributes(&self) -> Result<(Option<Hresult>, Option<&'e str>), StructureError> {
        let (mut code, mut name) = (None, None);
        for attribute in &self.element.attributes {
            let slot = match attribute.local {
                "errorCode" | "ErrorCode" if attribute.namespace.is_none() => &mut code,
                "name" | "Name" if attribute.namespace.is_none() => &mut name,
                _ => return Err(self.error(ResultsFault::UnexpectedAttribute)),
            };
            if slot.replace(&*attribute.value).is_some() {
                return Err(self.error(ResultsFault::UnexpectedAttribute));
            }
        }
        let parse = |text: &str| Hresult::parse(&collapse(text));
        let code = code.map(parse).transpose().map_err(|_| self.error(ResultsFault::Code))?;
        Ok((code, name))
    }

    /// Reads the code of a container.
    pub(super) fn code(&self) -> Result<Option<Hresult>, StructureError> {
        match self.attributes()? {
            (code, None) => Ok(code),
            (_, Some(_)) => Err(self.error(ResultsFault::UnexpectedAttribute)),
        }
    }

    /// Reads the code of a leaf that may have others beneath it.
    pub(super) fn required_code(&self) -> Result<Hresult, StructureError> {
        self.code()?.ok_or_else(|| self.error(ResultsFault::MissingAttribute("errorCode")))
    }

    pub(super) fn no_attributes(&self) -> Result<(), StructureError> {
        match self.element.attributes.is_empty() {
            true => Ok(()),
            false => Err(self.error(ResultsFault::UnexpectedAttribute)),
        }
    }

    /// Reads a leaf without a name.
    pub(super) fn leaf(&self) -> Result<Hresult, StructureError> {
        self.children()?.end()?;
        self.required_code()
    }

    /// Reads a leaf with a name.
    pub(super) fn named(&self) -> Result<Named, StructureError> {
        self.children()?.end()?;
        let (code, name) = self.attributes()?;
        let code = code.ok_or_else(|| self.error(ResultsFault::MissingAttribute("errorCode")))?;
        let name = name.ok_or_else(|| self.error(ResultsFault::MissingAttribute("name")))?;
        Ok(Named { name: name.to_owned(), code })
    }

    /// Reads a text, as it is.
    pub(super) fn text<T, E>(
        &self,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, StructureError> {
        self.no_attributes()?;
        if let Some(child) = self.element.elements().next() {
            return Err(self.unexpected(child));
        }
        parse(&self.element.text()).map_err(|_| self.error(ResultsFault::Value))
    }

    /// Returns the child elements; there may be nothing but white space between them.
    pub(super) fn children(&self) -> Result<Children<'e>, StructureError> {
        let is_text = |node: &Node| match node {
            Node::Text(text) => !collapse(text).is_empty(),
            Node::Element(_) | Node::Comment(_) | Node::Instruction { .. } => false,
        };
        if self.element.children.iter().any(is_text) {
            return Err(self.error(ResultsFault::UnexpectedText));
        }
        Ok(Children { parent: self.clone(), rest: self.element.elements().collect() })
    }

    fn unexpected(&self, child: &Element<'_>) -> StructureError {
        StructureError {
            at: child.span.start,
            path: self.path.clone(),
            fault: ResultsFault::UnexpectedElement,
        }
    }
}

/// The child elements that nobody has taken yet, in document order.
pub(super) struct Children<'e> {
    parent: Place<'e>,
    rest: std::collections::VecDeque<&'e Element<'e>>,
}

impl<'e> Children<'e> {
    /// Takes the next child if it has this name: for sequences.
    pub(super) fn next(&mut self, name: &'static str) -> Option<Place<'e>> {
        let element = *self.rest.front().filter(|e| self.parent.is(e, name))?;
        self.rest.pop_front();
        Some(self.place(element, name))
    }

    /// Takes the first child of this name, wherever it is.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Place<'e>> {
        let index = self.rest.iter().position(|e| self.parent.is(e, name))?;
        let element = self.rest.remove(index)?;
        Some(self.place(element, name))
    }

    /// Takes all children that come next and have this name.
    pub(super) fn named(&mut self, name: &'static str) -> Result<Vec<Named>, StructureError> {
        std::iter::from_fn(|| self.next(name)).map(|place| place.named()).collect()
    }

    /// Takes a leaf that may come next.
    pub(super) fn leaf(&mut self, name: &'static str) -> Result<Option<Hresult>, StructureError> {
        self.next(name).map(|place| place.leaf()).transpose()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Ends the reading: whatever nobody took has no place here.
    pub(super) fn end(self) -> Result<(), StructureError> {
        match self.rest.front() {
            Some(child) => Err(self.parent.unexpected(child)),
            None => Ok(()),
        }
    }

    fn place(&self, element: &'e Element<'e>, name: &'static str) -> Place<'e> {
        let path = self.parent.path.iter().copied().chain([name]).collect();
        Place { element, path, namespace: self.parent.namespace }
    }
}
