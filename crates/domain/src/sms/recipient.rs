//! To whom a message may be sent [MSG-30].

use std::fmt;

use crate::identity::masked;

/// Is the number of a recipient.
#[derive(Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A number of E.164, without its `+`: 7 to 15 digits that do not start with 0.
    International(String),
    /// A short code of 4 to 6 digits.
    ShortCode(String),
}

/// Says why a text is nobody's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipientError {
    /// Something other than digits behind one optional `+`.
    Character,
    /// Too few or too many digits, or a `+` before a short code.
    Length,
    /// A national number: E.164 starts with the country.
    National,
}

impl fmt::Display for RecipientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Character => "a number has only digits behind one +",
            Self::Length => "a number has 7 to 15 digits, a short code 4 to 6 without a +",
            Self::National => "a number starts with the country, not with 0",
        })
    }
}

impl std::error::Error for RecipientError {}

impl Recipient {
    /// Reads a number with or without its `+`.
    ///
    /// # Errors
    /// [`RecipientError`]
    pub fn parse(text: &str) -> Result<Self, RecipientError> {
        let (digits, has_plus) = text.strip_prefix('+').map_or((text, false), |rest| (rest, true));
        if !digits.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(RecipientError::Character);
        }
        match digits.len() {
            4..=6 if !has_plus => Ok(Self::ShortCode(digits.to_owned())),
            7..=15 if digits.starts_with('0') => Err(RecipientError::National),
            7..=15 => Ok(Self::International(digits.to_owned())),
            _ => Err(RecipientError::Length),
        }
    }

    /// Returns the number as it is dialled.
    #[must_use]
    pub fn reveal(&self) -> String {
        match self {
            Self::International(digits) => format!("+{digits}"),
            Self::ShortCode(digits) => digits.clone(),
        }
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::International(digits) => write!(f, "International({})", masked(digits)),
            Self::ShortCode(digits) => write!(f, "ShortCode({})", masked(digits)),
        }
    }
}
