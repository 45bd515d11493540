//! Texts and identifiers of a document, as types that check themselves.
//!
//! The limits are the schema's, so that every valid document can be held; lengths count
//! characters, as the schema does. Identifiers of people and devices print masked, passwords not
//! at all. Not here: numbers, times and durations (sibling modules); the narrower limits of the
//! generator [XML-56], which are [`crate::lint`]'s.
//! Implements [XML-12], [XML-14]…[XML-19], [XML-22], [XML-45]…[XML-48], [XML-50], [XML-52],
//! [XML-53], [XML-65], [XML-66], [XML-69], [XML-71], [XML-72], [XML-76] and [XML-90].

use std::borrow::Cow;
use std::fmt;

use crate::xml::{is_xml_char, limits};

/// Says why a text is not the value that it was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// The number of characters is outside the range.
    Length {
        /// Characters found, after normalisation.
        found: usize,
        /// Fewest allowed.
        min: usize,
        /// Most allowed.
        max: usize,
    },
    /// A character that has no place in the value.
    Character {
        /// How many characters stand before it.
        at: usize,
    },
    /// The text does not have the form of the identifier.
    Form,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { found, min, max } => {
                write!(f, "{found} characters where {min} to {max} are needed")
            }
            Self::Character { at } => write!(f, "unexpected character at position {at}"),
            Self::Form => f.write_str("not in the form of this identifier"),
        }
    }
}

impl std::error::Error for TextError {}

/// Trims blanks and collapses those inside, as the schema does for tokens and `NameType`.
pub(crate) fn collapse(text: &str) -> Cow<'_, str> {
    if is_collapsed(text) {
        return Cow::Borrowed(text);
    }
    let words: Vec<&str> = text.split([' ', '\t', '\n', '\r']).filter(|w| !w.is_empty()).collect();
    Cow::Owned(words.join(" "))
}

/// Leaves a text as it is.
pub(super) const fn as_is(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// Says whether no blank is first, last, beside another, or other than a space.
fn is_collapsed(text: &str) -> bool {
    let last = text.bytes().try_fold(b' ', |before, b| match (before, b) {
        (_, b'\t' | b'\n' | b'\r') | (b' ', b' ') => None,
        (_, b) => Some(b),
    });
    text.is_empty() || last.is_some_and(|last| last != b' ')
}

/// Returns the first six characters, `…` and the last two; shorter values show less.
///
/// The same rule as `domain::identity::masked`; this crate does not depend on `domain`.
pub(super) fn masked(value: &str) -> String {
    let count = value.chars().count();
    let (head, tail) = match count {
        0..=3 => (0, 0),
        4..=8 => (1, 1),
        _ => (6, 2),
    };
    let start: String = value.chars().take(head).collect();
    let end: String = value.chars().skip(count.saturating_sub(tail)).collect();
    format!("{start}…{end}")
}

pub(super) fn bounded(
    text: &str,
    min: usize,
    max: usize,
    allowed: fn(char) -> bool,
) -> Result<(), TextError> {
    let found = text.chars().count();
    if !(min..=max).contains(&found) || text.len() > limits::TEXT_BYTES_MAX {
        return Err(TextError::Length { found, min, max });
    }
    match text.chars().position(|c| !allowed(c)) {
        Some(at) => Err(TextError::Character { at }),
        None => Ok(()),
    }
}

/// `\w` of the schema: letters and digits, the symbols of ASCII, not `_` [XML-15].
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "$+<=>^`|~".contains(c)
}

pub(super) const fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Most characters of a text without a limit in the schema, if each is one octet: the reader
/// takes no more octets.
pub(super) const TEXT_MAX: usize = limits::TEXT_BYTES_MAX;

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $min:literal to $max:expr, $normalise:expr, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            #[doc = concat!("Reads ", stringify!($min), " to ", stringify!($max), " characters.")]
            ///
            /// # Errors
            /// Too short after normalisation, too long, or a character that has no place here.
            pub fn parse(text: &str) -> Result<Self, $crate::document::TextError> {
                let normalise: fn(&str) -> std::borrow::Cow<'_, str> = $normalise;
                let text = normalise(text);
                $crate::document::text::bounded(&text, $min, $max, $allowed)?;
                Ok(Self(text.into_owned()))
            }
        }
    };
}

macro_rules! open_text {
    ($($name:ident),*) => {$(
        impl $name {
            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

macro_rules! masked_text {
    ($($name:ident: $mask:expr),*) => {$(
        impl $name {
            /// Returns the value unmasked: for the document, comparing and storing only.
            #[must_use]
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mask: fn(&str) -> String = $mask;
                write!(f, concat!(stringify!($name), "({})"), mask(&self.0))
            }
        }
    )*};
}

pub(super) use {masked_text, open_text, text_type};

text_type! {
    /// Names a profile; blanks collapsed [XML-12, XML-45].
    ProfileName, 1 to 255, collapse, is_xml_char
}
text_type! {
    /// Describes a profile in few words; blanks collapsed [XML-12, XML-46].
    Description, 1 to 255, collapse, is_xml_char
}
text_type! {
    /// Names a plan; compared exactly, so blanks are kept [XML-47, XML-132]. May be empty.
    PlanName, 0 to TEXT_MAX, as_is, is_xml_char
}
text_type! {
    /// Names the home provider of a SIM or device; blanks collapsed [XML-17, XML-48].
    HomeProviderName, 1 to 20, collapse, is_xml_char
}
text_type! {
    /// Holds an APN or dial string; blanks collapsed [XML-52].
    AccessString, 1 to 100, collapse, is_xml_char
}
text_type! {
    /// Holds the user name of a connection; blanks collapsed [XML-53]. Prints masked.
    UserName, 1 to 255, collapse, is_xml_char
}
text_type! {
    /// Holds the password of a connection; kept as it is [XML-53]. Never prints.
    Password, 0 to TEXT_MAX, as_is, is_xml_char
}
text_type! {
    /// Identifies the customer [XML-15, XML-21]; blanks around it dropped. Prints masked.
    SubscriberId, 1 to 20, collapse, is_word
}
text_type! {
    /// Identifies a network, as MCC and MNC do [XML-18, XML-50].
    ProviderId, 1 to 6, collapse, is_digit
}
text_type! {
    /// Names a network; blanks collapsed [XML-17, XML-50].
    ProviderName, 1 to 20, collapse, is_xml_char
}
text_type! {
    /// Holds a regular expression as text [XML-69]. May be empty.
    Pattern, 0 to TEXT_MAX, as_is, is_xml_char
}
text_type! {
    /// Says how a time is written, with identifiers such as `%d` [XML-76, MSG-20]. May be empty.
    TimestampFormat, 0 to TEXT_MAX, as_is, is_xml_char
}
text_type! {
    /// Holds a token; blanks collapsed [XML-65, XML-66]. May be empty.
    Token, 0 to TEXT_MAX, collapse, is_xml_char
}
text_type! {
    /// Holds words between blanks, perhaps none [XML-71].
    TokenList, 0 to TEXT_MAX, collapse, is_xml_char
}
text_type! {
    /// Shows the operator's name to the user; blanks are kept [XML-90]. May be empty.
    BrandingName, 0 to 20, as_is, is_xml_char
}

impl TokenList {
    /// Iterates over the words.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|token| !token.is_empty())
    }
}

/// Identifies an organisation: a GUID in braces, its case kept [XML-14].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guid(String);

impl Guid {
    /// Reads `{8-4-4-4-12}` hexadecimal digits; the braces are required.
    ///
    /// # Errors
    /// [`TextError::Form`] for everything else.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let inner = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
        let groups: Vec<&str> = inner.map(|t| t.split('-').collect()).unwrap_or_default();
        let is_hex = |g: &&str| g.bytes().all(|b| b.is_ascii_hexdigit());
        let lengths: Vec<usize> = groups.iter().map(|g| g.len()).collect();
        if lengths == [8, 4, 4, 4, 12] && groups.iter().all(is_hex) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TextError::Form)
        }
    }

    /// Says whether both are one GUID, whatever the case of their letters [XML-14].
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

/// Identifies a device: 15 or 16 digits, or a MAC address [XML-22]. Prints masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceId(String);

impl DeviceId {
    /// Reads 15 or 16 ASCII digits, or six groups of two hexadecimal digits with colons.
    ///
    /// # Errors
    /// [`TextError::Form`] for everything else; an ESN or MEID has no form here.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let is_number = matches!(text.len(), 15 | 16) && text.bytes().all(|b| b.is_ascii_digit());
        let is_octet = |g: &str| g.len() == 2 && g.bytes().all(|b| b.is_ascii_hexdigit());
        let is_mac = text.split(':').count() == 6 && text.split(':').all(is_octet);
        if is_number || is_mac { Ok(Self(text.to_owned())) } else { Err(TextError::Form) }
    }
}

open_text!(ProfileName, Description, PlanName, HomeProviderName, AccessString, Guid);
open_text!(ProviderId, ProviderName, Pattern, TimestampFormat, Token, TokenList);
open_text!(BrandingName);
masked_text!(
    SubscriberId: masked,
    DeviceId: masked,
    UserName: masked,
    Password: |_| "…".to_owned()
);

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<T>(found: Result<T, TextError>, expected: Option<TextError>) {
        assert_eq!(found.err(), expected);
    }

    #[test]
    fn carrier_ids_are_guids_in_braces() {
        for (text, expected) in [
            ("{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}", None),
            ("{6F1D2A54-0B7E-4C39-9A51-2F0C8BE41D77}", None),
            ("6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77", Some(TextError::Form)), // NV-2
            ("{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d7}", Some(TextError::Form)),
            ("{6f1d2a540-b7e-4c39-9a51-2f0c8be41d77}", Some(TextError::Form)),
            ("{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d7g}", Some(TextError::Form)),
            ("", Some(TextError::Form)),
        ] {
            check(Guid::parse(text), expected);
        }
        let [lower, upper] =
            ["{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d7a}", "{6F1D2A54-0B7E-4C39-9A51-2F0C8BE41D7A}"]
                .map(|t| Guid::parse(t).expect("a GUID"));
        assert_ne!(lower, upper);
        assert!(lower.is_same(&upper));
    }

    #[test]
    fn subscriber_ids_are_letters_and_digits() {
        for (text, expected) in [
            ("12345678901234567890", None), // NV-4
            ("a", None),
            (" a+ü\n", None),                              // [XML-15]
            ("a_b", Some(TextError::Character { at: 1 })), // NV-3, and below
            ("a b", Some(TextError::Character { at: 1 })),
            ("a-b", Some(TextError::Character { at: 1 })),
            ("", Some(TextError::Length { found: 0, min: 1, max: 20 })),
            ("123456789012345678901", Some(TextError::Length { found: 21, min: 1, max: 20 })),
        ] {
            check(SubscriberId::parse(text), expected);
        }
    }

    #[test]
    fn device_ids_are_imeis_or_mac_addresses() {
        for (text, expected) in [
            ("004999010640000", None),
            ("0049990106400001", None),
            ("00:1A:2b:3c:4D:5e", None),
            ("12345678901", Some(TextError::Form)), // NV-5
            ("00:1A:2b:3c:4D", Some(TextError::Form)),
            ("00-1A-2b-3c-4D-5e", Some(TextError::Form)),
            ("00499901064000a", Some(TextError::Form)),
        ] {
            check(DeviceId::parse(text), expected);
        }
    }

    #[test]
    fn texts_keep_to_the_limits_of_the_schema() {
        let too_long = |max| Some(TextError::Length { found: max + 1, min: 1, max });
        let long = "ü".repeat(256);
        let of = |count: usize| long.chars().take(count).collect::<String>();
        check(ProfileName::parse(&of(255)), None); // [XML-12], [XML-45]
        check(ProfileName::parse(&of(256)), too_long(255));
        check(Description::parse(&of(255)), None); // [XML-46]
        check(HomeProviderName::parse(&of(20)), None); // [XML-17], [XML-48]
        check(HomeProviderName::parse(&of(21)), too_long(20));
        check(AccessString::parse(&of(100)), None); // [XML-52]
        check(AccessString::parse(&of(101)), too_long(100));
        check(UserName::parse(&of(255)), None); // [XML-53]
        check(UserName::parse(&of(256)), too_long(255));
        check(Password::parse(" \t\n"), None);
        check(Password::parse("a\u{7}"), Some(TextError::Character { at: 1 }));
        check(PlanName::parse(""), None); // [XML-47]
        check(Description::parse("a\u{7}"), Some(TextError::Character { at: 1 }));
        let blanks = ProfileName::parse(" Fjell \t\n Internet ").expect("a name");
        assert_eq!(blanks.as_str(), "Fjell Internet");
        check(ProviderName::parse(&of(20)), None); // [XML-17], [XML-19]
        check(ProviderName::parse(&of(21)), too_long(20));
        check(ProviderId::parse(" 242017 "), None); // [XML-18]
        check(ProviderId::parse("2420171"), Some(TextError::Length { found: 7, min: 1, max: 6 }));
        check(ProviderId::parse("24201a"), Some(TextError::Character { at: 5 }));
        check(BrandingName::parse(" Fjell "), None); // [XML-90]
        let length = TextError::Length { found: 21, min: 0, max: 20 };
        check(BrandingName::parse(&of(21)), Some(length));
        check(ProfileName::parse(" \n"), Some(TextError::Length { found: 0, min: 1, max: 255 }));
    }

    #[test]
    fn token_lists_are_words_between_blanks() {
        // [XML-71]
        let list = TokenList::parse(" kB\t KB\n").expect("a list");
        assert_eq!(list.tokens().collect::<Vec<_>>(), ["kB", "KB"]);
        assert_eq!(list.as_str(), "kB KB");
        assert_eq!(TokenList::parse(" ").expect("a list").tokens().next(), None);
    }
}
