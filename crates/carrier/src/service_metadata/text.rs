//! Values of the parts that check themselves.
//!
//! The limits are those of the published schemas; where Windows reads a name of a file, one
//! cannot be a path. Letters are those of Unicode's `Alphabetic`, a little more than `\p{L}`.
//! Not here: hardware ids ([`super::HardwareId`]).
//! Implements the limits of [XML-177], [MATCH-109] and [MATCH-110].

use std::fmt;

use crate::document::{Guid, TextError};
use crate::xml::is_xml_char;

fn bounded(text: &str, min: usize, max: usize, allowed: fn(char) -> bool) -> Result<(), TextError> {
    let found = text.chars().count();
    if !(min..=max).contains(&found) {
        return Err(TextError::Length { found, min, max });
    }
    match text.chars().position(|c| !allowed(c)) {
        Some(at) => Err(TextError::Character { at }),
        None => Ok(()),
    }
}

macro_rules! value {
    ($(#[$doc:meta])* $name:ident, |$text:ident| $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads the value as it is.
            ///
            /// # Errors
            /// See [`TextError`].
            pub fn parse($text: &str) -> Result<Self, TextError> {
                let checked: Result<(), TextError> = $check;
                checked.map(|()| Self($text.to_owned()))
            }

            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

value! {
    /// Identifies a package or a service: a GUID without braces, its case kept
    /// [MATCH-108, MATCH-109].
    PlainGuid, |text| Guid::parse(&format!("{{{text}}}")).map(drop)
}

impl PlainGuid {
    /// Says whether both are one GUID, whatever the case of their letters.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// Says whether this is the GUID in the braces of a `CarrierId` [MATCH-109].
    #[must_use]
    pub fn is_carrier_id(&self, carrier_id: &Guid) -> bool {
        carrier_id.as_str().trim_matches(['{', '}']).eq_ignore_ascii_case(&self.0)
    }
}

value! {
    /// Names a language, perhaps with a region: `EN` or `EN-US` [MATCH-112].
    LanguageTag, |text| {
        let (language, rest) = text.split_once('-').unwrap_or((text, "x"));
        let is_language =
            (2..=8).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
        let is_subtag = |subtag: &str| {
            (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let fits = text.len() <= 64 && is_language && rest.split('-').all(is_subtag);
        if fits { Ok(()) } else { Err(TextError::Form) }
    }
}

impl LanguageTag {
    /// Says whether both are one tag, whatever the case of their letters.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// Says whether this is a language alone, and that of the other: `EN` covers `EN-US`.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.0.split('-').next().is_some_and(|language| language.eq_ignore_ascii_case(&self.0))
    }
}

value! {
    /// Holds `ServiceName`, which nothing shows: at most 200 characters [MATCH-109].
    ServiceName, |text| bounded(text, 0, 200, is_xml_char)
}
value! {
    /// Describes the service: 1 to 1024 characters [MATCH-109].
    ServiceDescription, |text| bounded(text, 1, 1024, is_xml_char)
}
value! {
    /// Names the operator on its home network: 1 to 20 characters [MATCH-109, MATCH-113].
    ServiceProvider, |text| bounded(text, 1, 20, is_xml_char)
}
value! {
    /// Names the program, or its version, that made the package: 1 to 256 characters.
    BuilderText, |text| bounded(text, 1, 256, is_xml_char)
}
value! {
    /// Names a file or folder beside the file that names it: 1 to 260 characters, no path, no
    /// blank at either end.
    FileName, |text| bounded(text, 1, 260, is_of_file_name).and(is_kept_by_windows(text))
}
value! {
    /// Names an icon beside the part: as a file name, with `.ico` at the end [MATCH-109].
    IconFile, |text| bounded(text, 5, 260, is_of_file_name)
        .and(if text.ends_with(".ico") { Ok(()) } else { Err(TextError::Form) })
}
value! {
    /// Names a file with a profile: letters, digits, `.`, `-`, `_` and blanks, 1 to 260
    /// [XML-177].
    ProfileFile, |text| bounded(text, 1, 260, |c| c.is_alphanumeric() || ".-_ ".contains(c))
}
value! {
    /// Names a package of apps, as its manifest does: 3 to 50 characters [MATCH-110].
    PackageName, |text| bounded(text, 3, 50, |c| c.is_ascii_alphanumeric() || "-.".contains(c))
}
value! {
    /// Identifies an app in its package: words of letters and digits with dots between them, at
    /// most 64 characters [MATCH-110].
    ApplicationId, |text| {
        let is_word = |w: &str| {
            w.starts_with(|c: char| c.is_ascii_alphabetic())
                && w.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let is_id = text.split('.').all(is_word);
        bounded(text, 1, 64, |c| c.is_ascii_alphanumeric() || c == '.')
            .and(if is_id { Ok(()) } else { Err(TextError::Form) })
    }
}
value! {
    /// Names who published a package of apps, as its certificate does: `CN=Fjell, C=NO`, at most
    /// 8192 characters [MATCH-110].
    Publisher, |text| bounded(text, 1, 8192, is_xml_char)
        .and(if is_distinguished_name(text) { Ok(()) } else { Err(TextError::Form) })
}

fn is_of_file_name(c: char) -> bool {
    is_xml_char(c) && !c.is_control() && !"/\\:*?\"<>|".contains(c)
}

/// `.` and `..` are names of folders, and Windows drops blanks at the ends.
fn is_kept_by_windows(text: &str) -> Result<(), TextError> {
    let is_folder = text.chars().all(|c| c == '.');
    match is_folder || text != text.trim_matches(' ') {
        true => Err(TextError::Form),
        false => Ok(()),
    }
}

/// Reads attributes with `, ` between them; a value in quotation marks holds anything but those.
fn is_distinguished_name(text: &str) -> bool {
    let mut rest = text;
    loop {
        let Some((kind, value)) = rest.split_once('=') else { return false };
        if !is_attribute_type(kind) {
            return false;
        }
        let length = match value.strip_prefix('"') {
            Some(quoted) => quoted.find(['"', '\n']).map(|end| end.saturating_add(2)),
            None => value.find([',', '+', '=', '"', '<', '>', '#', ';']).or(Some(value.len())),
        };
        let Some((value, after)) = length.and_then(|length| value.split_at_checked(length)) else {
            return false;
        };
        let is_quoted = value.len() < 2 || !value.starts_with('"') || value.ends_with('"');
        if value.is_empty() || !is_quoted {
            return false;
        }
        match after.strip_prefix(", ") {
            Some(next) => rest = next,
            None => return after.is_empty() && !text.ends_with(char::is_whitespace),
        }
    }
}

fn is_attribute_type(kind: &str) -> bool {
    const KINDS: [&str; 14] =
        ["CN", "L", "O", "OU", "E", "C", "S", "STREET", "T", "G", "I", "SN", "DC", "SERIALNUMBER"];
    let is_number = |n: &str| {
        n == "0" || (!n.starts_with('0') && !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_oid = |oid: &str| oid.contains('.') && oid.split('.').all(is_number);
    KINDS.contains(&kind) || kind.strip_prefix("OID.").is_some_and(is_oid)
}
