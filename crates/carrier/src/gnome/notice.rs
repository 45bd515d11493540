//! What of the database is unusual, each with its place.
//!
//! Not here: what refuses the whole file ([`super::ReadError`]).

use std::fmt;

/// Says what is unusual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// An element that the format does not have there; left out with all below it.
    UnknownElement(String),
    /// An attribute that the format does not have there; left out.
    UnknownAttribute(String),
    /// A word that the format does not have in this attribute; kept as `Other`, or as unsaid.
    UnknownWord(&'static str),
    /// A value that cannot be what it should be: the element is left out.
    Value,
    /// An element that may stand once stands again; left out.
    Repeated,
    /// Text where only elements may be; left out.
    Text,
    /// A value with blanks around or inside it; kept without the needless ones, but for a
    /// password.
    Blanks,
}

/// Says where something is unusual, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Offset in bytes of the element from the start of the input.
    pub at: usize,
    /// The elements from the root to it, the unknown one itself not among them.
    pub path: Vec<&'static str>,
    /// What is unusual there.
    pub oddity: Oddity,
}

impl Notice {
    /// Most notices that are kept; ours: a file with more is another format.
    pub const COUNT_MAX: usize = 1_000;
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.oddity {
            Oddity::UnknownElement(name) => write!(f, "unknown element {name}"),
            Oddity::UnknownAttribute(name) => write!(f, "unknown attribute {name}"),
            Oddity::UnknownWord(attribute) => write!(f, "unknown word in {attribute}"),
            Oddity::Value => f.write_str("unusable value"),
            Oddity::Repeated => f.write_str("repeated element"),
            Oddity::Text => f.write_str("text between elements"),
            Oddity::Blanks => f.write_str("blanks around the value"),
        }?;
        write!(f, " in /{} at byte {}", self.path.join("/"), self.at)
    }
}
