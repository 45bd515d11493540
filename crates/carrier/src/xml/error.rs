//! What the reader refuses, and the limits that it keeps to.
//!
//! Not here: how each is found ([`super::parse`]).
//! Serves [XML-05] and [SIG-15].

use std::fmt;

/// The limits of a document, ours [XML-05]: a signed document of a whole operator with 10,000
/// SSIDs [XML-119] fits with room to spare, and a name repeated by short markup cannot fill memory.
pub mod limits {
    /// Most namespace declarations of the open elements together: canonicalising an element costs
    /// as many steps. Documents of ours have 2.
    pub const DECLARATIONS_OPEN_MAX: usize = 256;
    /// Most bytes of a document: 10,000 SSIDs of 32 characters, each escaped to five bytes or
    /// written as two digits on an indented line, and 200 KiB of everything else.
    pub const BYTES_MAX: usize = 2304 * 1024;
    /// Most elements around one another.
    pub const DEPTH_MAX: usize = 32;
    /// Most attributes and namespace declarations of one element together.
    pub const ATTRIBUTES_MAX: usize = 64;
    /// Most elements, attributes, namespace declarations, comments and processing instructions of
    /// a document together; 10,000 SSIDs are 20,000 elements.
    pub const NODES_MAX: usize = 65_536;
    /// Most bytes of one text, of one attribute value, and of one comment or processing
    /// instruction: a certificate or a logo in base64. The texts between the children of an
    /// element are one each, so that the layout of 10,000 lines is no long text.
    pub const TEXT_BYTES_MAX: usize = 64 * 1024;
    /// Most bytes of one qualified name.
    pub const NAME_BYTES_MAX: usize = 256;
    /// Most bytes of one namespace URI.
    pub const NAMESPACE_BYTES_MAX: usize = 256;
}

/// Says what is wrong with a text that should be XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More bytes than [`limits::BYTES_MAX`], or than the [`super::Policy`] has.
    TooLarge,
    /// A byte order mark, or not UTF-8, or another encoding declared [XML-05].
    Encoding,
    /// A character that XML 1.0 does not have.
    Character(char),
    /// A document type declaration that the [`super::Policy`] does not skip [XML-05].
    Doctype,
    /// A processing instruction whose target is reserved: `xml` in any case.
    ProcessingInstruction,
    /// A comment with `--` in it, or one that ends in `-`.
    Comment,
    /// An XML declaration elsewhere than at the start, or a wrong one.
    Declaration,
    /// Markup that no rule of XML allows.
    Syntax,
    /// Something that is not a (qualified) name where one is needed, or a name that is too long.
    Name,
    /// A prefix that nothing declares.
    UndefinedPrefix,
    /// A declaration that touches what is reserved, takes a prefix back, is too long, or names no
    /// absolute URI: Canonical XML 1.0 fails on a relative one.
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
    /// More namespace declarations around an element than [`limits::DECLARATIONS_OPEN_MAX`].
    DeclarationsOpen,
    /// More elements, attributes and the like than [`limits::NODES_MAX`], or than the
    /// [`super::Policy`] has.
    Nodes,
    /// More text than [`limits::TEXT_BYTES_MAX`].
    Text,
}

impl Fault {
    /// Returns the rule that is broken: a requirement, or a section of the recommendation.
    #[must_use]
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::TooLarge
            | Self::Encoding
            | Self::Doctype
            | Self::Depth
            | Self::Attributes
            | Self::DeclarationsOpen
            | Self::Nodes
            | Self::Text => "XML-05",
            Self::OutsideRoot | Self::Incomplete => "XML 1.0 §2.1",
            Self::Character(_) => "XML 1.0 §2.2",
            Self::Name => "XML 1.0 §2.3",
            Self::SectionEndInText => "XML 1.0 §2.4",
            Self::Comment => "XML 1.0 §2.5",
            Self::ProcessingInstruction => "XML 1.0 §2.6",
            Self::Declaration => "XML 1.0 §2.8",
            Self::EndTag => "XML 1.0 §3",
            Self::Syntax | Self::LessThanInAttribute => "XML 1.0 §3.1",
            Self::UnknownEntity | Self::CharacterReference => "XML 1.0 §4.1",
            Self::NamespaceDeclaration => "Namespaces in XML 1.0 §3",
            Self::UndefinedPrefix => "Namespaces in XML 1.0 §5",
            Self::DuplicateAttribute => "Namespaces in XML 1.0 §6.3",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::TooLarge => "document too large",
            Self::Encoding => "not utf-8 without byte order mark",
            Self::Character(_) => "illegal character",
            Self::Doctype => "document type declaration",
            Self::ProcessingInstruction => "reserved processing instruction",
            Self::Comment => "malformed comment",
            Self::Declaration => "wrong xml declaration",
            Self::Syntax => "malformed markup",
            Self::Name => "malformed name",
            Self::UndefinedPrefix => "undefined prefix",
            Self::NamespaceDeclaration => "illegal namespace declaration",
            Self::DuplicateAttribute => "duplicate attribute",
            Self::LessThanInAttribute => "less-than sign in an attribute value",
            Self::UnknownEntity => "unknown entity",
            Self::CharacterReference => "illegal character reference",
            Self::SectionEndInText => "end of a cdata section in text",
            Self::EndTag => "end tag without start tag",
            Self::OutsideRoot => "content outside the root element",
            Self::Incomplete => "incomplete document",
            Self::Depth => "too many levels of elements",
            Self::Attributes => "too many attributes",
            Self::DeclarationsOpen => "too many namespace declarations around one another",
            Self::Nodes => "too many elements and attributes",
            Self::Text => "too much text",
        }
    }
}

/// A fault with its offset, before its path is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) at: usize,
    pub(super) fault: Fault,
}

/// Says where a text stops being acceptable XML, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlError {
    /// Offset in bytes from the start of the input.
    pub at: usize,
    /// Names without prefixes of the elements that are open there, as `Root/Child`; at most
    /// [`limits::DEPTH_MAX`] of them. Empty outside the root element.
    pub path: String,
    /// What is wrong there.
    pub fault: Fault,
}

impl XmlError {
    /// Returns the rule that is broken: a requirement, or a section of the recommendation.
    #[must_use]
    pub const fn requirement(&self) -> &'static str {
        self.fault.requirement()
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.fault.words())?;
        if let Fault::Character(c) = self.fault {
            write!(f, " u+{:04x}", u32::from(c))?;
        }
        write!(f, " at byte {}", self.at)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, " in {}", self.path) }
    }
}

impl std::error::Error for XmlError {}
