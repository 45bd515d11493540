//! What the reader refuses, and the limits that it keeps to.
//!
//! Not here: how each is found ([`super::parse`]).
//! Serves [XML-05] and [SIG-15].

use std::fmt;

/// The limits of a document, ours [XML-05]: a signed document of a whole operator with 10,000
/// SSIDs [XML-119] fits with room to spare.
pub mod limits {
    /// Most bytes of a document.
    pub const BYTES_MAX: usize = 1024 * 1024;
    /// Most elements around one another.
    pub const DEPTH_MAX: usize = 32;
    /// Most attributes and namespace declarations of one element together.
    pub const ATTRIBUTES_MAX: usize = 64;
    /// Most elements of a document.
    pub const ELEMENTS_MAX: usize = 32_768;
    /// Most bytes of the text in one element, and of one attribute value.
    pub const TEXT_BYTES_MAX: usize = 64 * 1024;
    /// Most bytes of one qualified name.
    pub const NAME_BYTES_MAX: usize = 256;
    /// Most bytes of one namespace URI.
    pub const NAMESPACE_BYTES_MAX: usize = 256;
}

/// Says what is wrong with a text that should be XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More bytes than [`limits::BYTES_MAX`].
    TooLarge,
    /// A byte order mark, or not UTF-8, or another encoding declared [XML-05].
    Encoding,
    /// A character that XML 1.0 does not have.
    Character(char),
    /// A document type declaration [XML-05].
    Doctype,
    /// A processing instruction [SIG-15].
    ProcessingInstruction,
    /// A comment [SIG-15].
    Comment,
    /// An XML declaration elsewhere than at the start, or a wrong one.
    Declaration,
    /// Markup that no rule of XML allows.
    Syntax,
    /// Something that is not a (qualified) name where one is needed, or a name that is too long.
    Name,
    /// A prefix that nothing declares.
    UndefinedPrefix,
    /// A declaration that touches what is reserved, takes a prefix back, or is too long.
    NamespaceDeclaration,
    /// Two attributes of one name.
    DuplicateAttribute,
    /// `<` in an attribute value.
    LessThanInAttribute,
    /// An entity other than the five predefined ones.
    UnknownEntity,
    /// A reference to a character that XML 1.0 does not have.
    CharacterReference,
    /// `]]>` in text.
    SectionEndInText,
    /// An end tag without its start tag.
    EndTag,
    /// Text or a second root outside the root element.
    OutsideRoot,
    /// The input ends before its root element is closed.
    Incomplete,
    /// More depth than [`limits::DEPTH_MAX`].
    Depth,
    /// More attributes than [`limits::ATTRIBUTES_MAX`].
    Attributes,
    /// More elements than [`limits::ELEMENTS_MAX`].
    Elements,
    /// More text than [`limits::TEXT_BYTES_MAX`].
    Text,
}

/// Says where a text stops being acceptable XML, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XmlError {
    /// Offset in bytes from the start of the input.
    pub at: usize,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.fault {
            Fault::TooLarge => "document too large",
            Fault::Encoding => "not utf-8 without byte order mark",
            Fault::Character(c) => {
                return write!(f, "character u+{:04x} at byte {}", u32::from(c), self.at);
            }
            Fault::Doctype => "document type declaration",
            Fault::ProcessingInstruction => "processing instruction",
            Fault::Comment => "comment",
            Fault::Declaration => "wrong xml declaration",
            Fault::Syntax => "malformed markup",
            Fault::Name => "malformed name",
            Fault::UndefinedPrefix => "undefined prefix",
            Fault::NamespaceDeclaration => "illegal namespace declaration",
            Fault::DuplicateAttribute => "duplicate attribute",
            Fault::LessThanInAttribute => "less-than sign in an attribute value",
            Fault::UnknownEntity => "unknown entity",
            Fault::CharacterReference => "illegal character reference",
            Fault::SectionEndInText => "end of a cdata section in text",
            Fault::EndTag => "end tag without start tag",
            Fault::OutsideRoot => "content outside the root element",
            Fault::Incomplete => "incomplete document",
            Fault::Depth => "too many levels of elements",
            Fault::Attributes => "too many attributes",
            Fault::Elements => "too many elements",
            Fault::Text => "too much text",
        };
        write!(f, "{what} at byte {}", self.at)
    }
}

impl std::error::Error for XmlError {}
