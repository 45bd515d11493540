//! The one strict XML layer of the product, over quick-xml.
//!
//! Three parts: [`Writer`] writes elements whose bytes *are* inclusive Canonical XML 1.0;
//! [`parse`] and [`parse_tree`] read bytes into a small tree and refuse whatever is not well-formed
//! or holds a document type declaration; [`canonical`] and [`canonical_document`] give the canonical
//! forms of a tree. Not here: which
//! elements exist ([`crate::schema`]) and what they mean ([`crate::document`]); general XML: no DTD,
//! no entities, no encodings but UTF-8.
//! Implements [XML-02], [XML-05], [SIG-04], [SIG-13], [SIG-15], [SIG-16] and closes the gaps of
//! field fact X11 of `spec/03-signature.md`.

mod c14n;
mod character;
mod error;
mod read;
mod tag;
mod tree;
mod write;

pub use c14n::{Method, canonical, canonical_document};
pub(crate) use character::is_nc_name;
pub use character::is_xml_char;
pub use error::{Fault, XmlError, limits};
pub use read::{parse, parse_tree};
pub use tree::{Attribute, Element, Misc, NamespaceDeclaration, Node, Tree};
pub use write::{WriteError, Writer};

/// What the prefix `xml` stands for, always (Namespaces in XML 1.0, section 3).
const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";

/// Names the namespaces that this crate writes; a closed list, so none can be injected [XML-02].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// The document skeleton (`cc`).
    CarrierControl,
    /// Mobile broadband profiles and activation (`wwan`).
    Wwan,
    /// Plans and usage (`plans`).
    Plans,
    /// XML-DSig (`ds`) [SIG-01].
    Signature,
}

impl Namespace {
    /// Returns the URI; always `http://`, never `https://` [XML-02].
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::CarrierControl => "http://www.microsoft.com/networking/CarrierControl/v1",
            Self::Wwan => "http://www.microsoft.com/networking/CarrierControl/WWAN/v1",
            Self::Plans => "http://www.microsoft.com/networking/CarrierControl/Plans/v1",
            Self::Signature => "http://www.w3.org/2000/09/xmldsig#",
        }
    }
}
