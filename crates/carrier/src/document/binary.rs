//! Octets that a document carries in base64.
//!
//! Not here: what the octets are ([`crate::lint`] looks at logos); the reader of base64
//! ([`crate::schema`]).
//! Implements the values of [XML-37] and [XML-89].

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::xml::limits;

/// Says that octets are too many for one text of a document, and how many they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BinaryError(pub usize);

impl fmt::Display for BinaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} octets where at most {} fit", self.0, Base64Binary::BYTES_MAX)
    }
}

impl std::error::Error for BinaryError {}

/// Holds octets, perhaps none, whose base64 is one text of a document.
#[derive(Clone, PartialEq, Eq)]
pub struct Base64Binary(Vec<u8>);

impl Base64Binary {
    /// Most octets; the schema has no limit, the reader takes no longer text.
    pub const BYTES_MAX: usize = limits::TEXT_BYTES_MAX / 4 * 3;

    /// Takes octets.
    ///
    /// # Errors
    /// More than [`Self::BYTES_MAX`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, BinaryError> {
        if bytes.len() > Self::BYTES_MAX { Err(BinaryError(bytes.len())) } else { Ok(Self(bytes)) }
    }

    /// Returns the octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn base64(&self) -> String {
        STANDARD.encode(&self.0)
    }
}

/// Shows the length alone: what goes to a modem may be secret.
impl fmt::Debug for Base64Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64Binary({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_fit_into_one_text() {
        let max = Base64Binary::BYTES_MAX;
        let most = Base64Binary::new(vec![0; max]).expect("octets that fit");
        assert_eq!(most.base64().len(), limits::TEXT_BYTES_MAX);
        assert_eq!(Base64Binary::new(vec![0; max + 1]), Err(BinaryError(max + 1)));
        assert_eq!(Base64Binary::new(Vec::new()).map(|b| b.base64()), Ok(String::new()));
    }

    #[test]
    fn octets_do_not_print() {
        let blob = Base64Binary::new(b"*228".to_vec()).expect("octets that fit");
        assert_eq!(format!("{blob:?}"), "Base64Binary(4 bytes)");
        assert_eq!(blob.base64(), "KjIyOA=="); // Example 14.7.
    }
}
