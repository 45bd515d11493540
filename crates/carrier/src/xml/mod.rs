//! The one strict XML layer of the product, over quick-xml.
//!
//! Three parts: [`Writer`] writes elements whose bytes *are* inclusive Canonical XML 1.0;
//! [`parse`] reads bytes into a small tree and refuses whatever a CarrierProvisioning document
//! must not contain; [`canonical`] gives the canonical form of a tree. Not here: which elements
//! exist ([`crate::schema`]) and what they mean ([`crate::document`]); general XML: no DTD, no
//! comments, no processing instructions, no encodings but UTF-8.
//! Implements [XML-02], [XML-05], [SIG-13], [SIG-15], [SIG-16] and closes the gaps of field
//! fact X11 of `spec/03-signature.md`.

mod c14n;
mod character;
mod error;
mod read;
mod tag;
mod tree;
mod write;

pub use c14n::{Method, canonical};
pub(crate) use character::is_nc_name;
pub use character::is_xml_char;
pub use error::{Fault, XmlError, limits};
pub use read::parse;
pub use tree::{Attribute, Element, NamespaceDeclaration, Node};
pub use write::{WriteError, Writer};

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
    /// Results of Windows 8 (`res1`) [XML-200].
    ResultsV1,
    /// Results since Windows 8.1 (`res2`) [XML-202].
    ResultsV2,
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
            Self::ResultsV1 => "http://www.microsoft.com/networking/CarrierControlResults/v1",
            Self::ResultsV2 => "http://www.microsoft.com/networking/CarrierControlResults/v2",
        }
    }
}
