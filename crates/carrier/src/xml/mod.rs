//! The one strict XML layer of the product, over quick-xml.
//!
//! Four parts: [`Writer`] writes elements whose bytes *are* inclusive Canonical XML 1.0;
//! [`parse`] and [`parse_tree`] read bytes into a small tree and refuse whatever is not well-formed
//! or holds a document type declaration, which [`parse_with`] skips where a [`Policy`] says so;
//! [`canonical`] and [`canonical_document`] give the canonical forms of a tree; [`Foreign`] keeps
//! an element of others to be written again. Not here: which elements exist ([`crate::schema`]) and
//! what they mean ([`crate::document`]); general XML: no DTD, no entities, no encodings but UTF-8.
//! Implements [XML-02], [XML-05], [SIG-04], [SIG-13], [SIG-15], [SIG-16] and closes the gaps of
//! field fact X11 of `spec/03-signature.md`.

mod c14n;
mod character;
mod error;
mod foreign;
mod namespace;
mod policy;
mod read;
mod tag;
mod tree;
mod write;

pub(crate) use c14n::declared_prefixes;
pub use c14n::{Method, canonical, canonical_document};
pub(crate) use character::is_nc_name;
pub use character::is_xml_char;
pub use error::{Fault, XmlError, limits};
pub use foreign::Foreign;
pub use namespace::Namespace;
pub use policy::{Doctype, Policy};
pub use read::{parse, parse_tree, parse_with};
pub use tree::{Attribute, Element, Misc, NamespaceDeclaration, Node, Tree};
pub use write::{WriteError, Writer};

/// What the prefix `xml` stands for, always (Namespaces in XML 1.0, section 3).
const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
