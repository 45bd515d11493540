//! What a reader lets through, where a format of others needs more than our documents.
//!
//! Everything else is as strict for all: encoding, names, namespaces, depth, attributes and texts.
//! Not here: a document type declaration that is *read*; one is skipped or refused.
//! Serves [XML-05].

use super::character::{first_illegal, is_nc_name, is_space};
use super::error::{Fault, Flaw, limits};

/// Says what becomes of a document type declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doctype {
    /// It is refused [XML-05].
    Refused,
    /// One that names an external DTD by `SYSTEM`, and holds nothing itself, is skipped: nothing
    /// is fetched, no default of an attribute applies, no entity exists.
    ExternalSkipped,
}

/// Says what a reader lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What becomes of a document type declaration.
    pub doctype: Doctype,
    /// Most bytes of a document.
    pub bytes_max: usize,
    /// Most elements, attributes, namespace declarations, comments and processing instructions
    /// of a document together.
    pub nodes_max: usize,
}

impl Policy {
    /// The policy of provisioning documents and results, and of [`super::parse`] [XML-05].
    pub const STRICT: Self = Self {
        doctype: Doctype::Refused,
        bytes_max: limits::BYTES_MAX,
        nodes_max: limits::NODES_MAX,
    };

    /// Returns the input as text, if it is one that XML can carry.
    pub(super) fn decode(self, bytes: &[u8]) -> Result<&str, Flaw> {
        if bytes.len() > self.bytes_max {
            return Err(Flaw { at: self.bytes_max, fault: Fault::TooLarge });
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Flaw { at: error.valid_up_to(), fault: Fault::Encoding })?;
        if text.starts_with('\u{FEFF}') {
            return Err(Flaw { at: 0, fault: Fault::Encoding });
        }
        match first_illegal(text) {
            Some((at, c)) => Err(Flaw { at, fault: Fault::Character(c) }),
            None => Ok(text),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::STRICT
    }
}

/// Says whether this is `<!DOCTYPE name SYSTEM "…">`, without a public identifier or an internal
/// subset (XML 1.0, section 2.8).
pub(super) fn is_external_doctype(raw: &str) -> bool {
    fn inner(raw: &str) -> Option<()> {
        let rest = blanks(raw.strip_prefix("<!DOCTYPE")?)?;
        let (name, rest) = rest.split_at_checked(rest.find(is_space)?)?;
        let rest = blanks(blanks(rest)?.strip_prefix("SYSTEM")?)?;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (_, rest) = rest.strip_prefix(quote)?.split_once(quote)?;
        (is_nc_name(name) && rest.trim_start_matches(is_space) == ">").then_some(())
    }
    inner(raw).is_some()
}

/// Skips white space, of which there must be some.
fn blanks(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(is_space);
    (rest.len() < text.len()).then_some(rest)
}
