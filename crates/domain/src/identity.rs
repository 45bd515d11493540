//! Identifiers of subscriber, SIM and device, as types that cannot be printed unmasked.
//!
//! Not here: where they come from ([`crate::launch`]) or what they prove (nothing: [PORT-24]).
//! Implements the value formats of [PORT-19], [PORT-20] and the tolerances of [PORT-21].

use std::fmt;

/// Says why a text is not the identifier that it was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityError {
    /// Nothing but blanks.
    Empty,
    /// A character at this byte offset (of the trimmed text) has no place in the identifier.
    Character {
        /// Byte offset of the first such character.
        at: usize,
    },
    /// The number of characters is outside the range of this identifier.
    Length {
        /// Characters found.
        found: usize,
        /// Fewest allowed.
        min: usize,
        /// Most allowed.
        max: usize,
    },
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty"),
            Self::Character { at } => write!(f, "unexpected character at offset {at}"),
            Self::Length { found, min, max } if min == max => {
                write!(f, "{found} characters where {min} are needed")
            }
            Self::Length { found, min, max } => {
                write!(f, "{found} characters where {min} to {max} are needed")
            }
        }
    }
}

impl std::error::Error for IdentityError {}

/// Returns the first six characters, `…` and the last two; shorter values show less.
///
/// The one masking rule of the product: logs, traces and `Debug` all use it. `carrier`, which
/// depends on nothing of ours, has the same rule for its own types
/// (`crates/carrier/src/document/text.rs`).
#[must_use]
pub fn masked(value: &str) -> String {
    let count = value.chars().count();
    let (head, tail) = match count {
        0..=3 => (0, 0),
        4..=8 => (1, 1),
        _ => (6, 2),
    };
    // One allocation: every line of every trace goes through here.
    let mut text = String::with_capacity(16);
    text.extend(value.chars().take(head));
    text.push('…');
    text.extend(value.chars().skip(count.saturating_sub(tail)));
    text
}

fn digits(text: &str, min: usize, max: usize) -> Result<&str, IdentityError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(IdentityError::Empty);
    }
    if let Some(at) = text.bytes().position(|b| !b.is_ascii_digit()) {
        return Err(IdentityError::Character { at });
    }
    if text.len() < min || text.len() > max {
        return Err(IdentityError::Length { found: text.len(), min, max });
    }
    Ok(text)
}

/// Up to `MAX` ASCII digits in place: a catalogue has millions, which as texts of the heap would
/// take five times the room.
///
/// Unused places are zero and the length comes last, so that these compare as texts do.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Digits<const MAX: usize> {
    ascii: [u8; MAX],
    len: u8,
}

impl<const MAX: usize> Digits<MAX> {
    fn parse(text: &str, min: usize) -> Result<Self, IdentityError> {
        let text = digits(text, min, MAX)?;
        let mut ascii = [0; MAX];
        for (place, digit) in ascii.iter_mut().zip(text.bytes()) {
            *place = digit;
        }
        let too_long = |_| IdentityError::Length { found: text.len(), min, max: MAX };
        Ok(Self { ascii, len: u8::try_from(text.len()).map_err(too_long)? })
    }

    #[inline]
    fn bytes(&self) -> &[u8] {
        self.ascii.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn text(&self) -> &str {
        // Only ASCII gets in.
        str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

macro_rules! digit_identifier {
    ($(#[$doc:meta])* $name:ident, $min:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(Digits<$max>);

        impl $name {
            #[doc = concat!("Reads ", stringify!($min), " to ", stringify!($max), " ASCII digits, blanks around them trimmed.")]
            ///
            /// # Errors
            /// The text is empty, has another character, or is too short or too long.
            pub fn parse(text: &str) -> Result<Self, IdentityError> {
                Digits::parse(text, $min).map(Self)
            }

            /// Returns the digits, unmasked: for comparing, storing and the document only.
            #[must_use]
            pub fn reveal(&self) -> &str {
                self.0.text()
            }

            /// Returns the digits masked for people and logs.
            #[must_use]
            pub fn masked(&self) -> String {
                masked(self.0.text())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.masked())
            }
        }
    };
}

digit_identifier!(
    /// An IMSI: 6 to 15 digits [PORT-20].
    Imsi, 6, 15
);
digit_identifier!(
    /// A CDMA MIN or IRM: exactly 10 digits [PORT-19].
    Min, 10, 10
);
digit_identifier!(
    /// An IMEI: 14 or 15 digits [PORT-20].
    Imei, 14, 15
);
digit_identifier!(
    /// An ICCID: 19 or 20 digits, without the filler [PORT-20].
    Iccid, 19, 20
);

impl Imsi {
    /// Returns the ASCII digits, unmasked.
    #[inline]
    pub(crate) fn digits(&self) -> &[u8] {
        self.0.bytes()
    }
}

impl Iccid {
    /// Returns the ASCII digits, unmasked.
    #[inline]
    pub(crate) fn digits(&self) -> &[u8] {
        self.0.bytes()
    }

    /// Reads an ICCID and drops one trailing filler `F` or `f` [PORT-21].
    ///
    /// The flag says whether there was a filler.
    ///
    /// # Errors
    /// As [`Iccid::parse`], of what is left.
    pub fn parse_with_filler(text: &str) -> Result<(Self, bool), IdentityError> {
        let text = text.trim();
        match text.strip_suffix(['F', 'f']) {
            Some(rest) => Self::parse(rest).map(|iccid| (iccid, true)),
            None => Self::parse(text).map(|iccid| (iccid, false)),
        }
    }
}

/// A CDMA device number in the form in which it was given.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CdmaDevice {
    kind: CdmaDeviceKind,
    value: String,
}

/// Which number a [`CdmaDevice`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CdmaDeviceKind {
    /// 11 decimal digits, or the tolerated 8 hexadecimal ones.
    Esn,
    /// 17 decimal digits, or the tolerated 18 decimal or 14 hexadecimal ones.
    Meid,
}

impl CdmaDevice {
    /// Reads an ESN or a MEID by its length [PORT-20], [PORT-21].
    ///
    /// The flag says whether the form is one of the tolerated ones. Hexadecimal forms are kept
    /// in upper case.
    ///
    /// # Errors
    /// Another length, or a character that is no digit of that form.
    pub fn parse(text: &str) -> Result<(Self, bool), IdentityError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(IdentityError::Empty);
        }
        let (kind, is_hex, is_tolerated) = match text.len() {
            8 => (CdmaDeviceKind::Esn, true, true),
            11 => (CdmaDeviceKind::Esn, false, false),
            14 => (CdmaDeviceKind::Meid, true, true),
            17 => (CdmaDeviceKind::Meid, false, false),
            18 => (CdmaDeviceKind::Meid, false, true),
            found => {
                return Err(IdentityError::Length { found, min: 8, max: 18 });
            }
        };
        let wrong = |b: u8| {
            if is_hex { !b.is_ascii_hexdigit() } else { !b.is_ascii_digit() }
        };
        if let Some(at) = text.bytes().position(wrong) {
            return Err(IdentityError::Character { at });
        }
        Ok((Self { kind, value: text.to_ascii_uppercase() }, is_tolerated))
    }

    /// Returns which number this is.
    #[must_use]
    pub fn kind(&self) -> CdmaDeviceKind {
        self.kind
    }

    /// Returns the digits, unmasked.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for CdmaDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({})", self.kind, masked(&self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masking_shows_six_and_two() {
        for (value, expected) in [
            ("89990112345678901234", "899901…34"),
            ("001012345678901", "001012…01"),
            ("12345678", "1…8"),
            ("123", "…"),
            ("", "…"),
        ] {
            assert_eq!(masked(value), expected);
        }
    }

    #[test]
    fn debug_never_shows_the_digits() {
        let imsi = Imsi::parse("001012345678901").expect("valid");
        assert_eq!(format!("{imsi:?}"), "Imsi(001012…01)");
        let (meid, _) = CdmaDevice::parse("26843546101234567").expect("valid");
        assert_eq!(format!("{meid:?}"), "Meid(268435…67)");
    }

    #[test]
    fn lengths_and_characters_are_exact() {
        assert_eq!(Imsi::parse(" 001012 ").map(|i| i.reveal().to_owned()), Ok("001012".into()));
        assert_eq!(
            Imsi::parse("0010123456789012"),
            Err(IdentityError::Length { found: 16, min: 6, max: 15 })
        );
        assert_eq!(Imsi::parse("00101x345"), Err(IdentityError::Character { at: 5 }));
        assert_eq!(Imsi::parse("  "), Err(IdentityError::Empty));
        assert_eq!(Imsi::parse("٠٠١٠١٢"), Err(IdentityError::Character { at: 0 }));
    }

    /// One is in place of the other in every list that is sorted.
    #[test]
    fn digits_compare_as_texts_do() {
        let texts = ["001012", "0010120", "001013", "123456789012345", "00101200", "2"];
        let texts =
            texts.iter().filter_map(|text| Imsi::parse(text).ok().map(|imsi| (*text, imsi)));
        let all: Vec<(&str, Imsi)> = texts.collect();
        assert_eq!(all.len(), 5, "[PORT-20] one digit is no IMSI");
        for (text, imsi) in &all {
            assert_eq!(imsi.reveal(), *text, "[PORT-20]");
            for (other_text, other) in &all {
                assert_eq!(imsi.cmp(other), text.cmp(other_text), "{text} {other_text}");
            }
        }
    }

    #[test]
    fn the_longest_and_the_shortest_keep_every_digit() {
        for text in ["8999012345678901234", "89990123456789012345"] {
            assert_eq!(Iccid::parse(text).map(|i| i.reveal().to_owned()), Ok(text.to_owned()));
        }
        for text in ["899901234567890123", "899901234567890123456"] {
            let found = text.len();
            let refused = Err(IdentityError::Length { found, min: 19, max: 20 });
            assert_eq!(Iccid::parse(text), refused, "[PORT-20]");
        }
        // A range of a catalogue is two of them.
        assert_eq!((size_of::<Imsi>(), size_of::<Iccid>()), (16, 21));
    }

    #[test]
    fn cdma_devices_are_told_apart_by_length() {
        for (text, kind, tolerated) in [
            ("09504123456", CdmaDeviceKind::Esn, false),
            ("5F04A1B2", CdmaDeviceKind::Esn, true),
            ("26843546101234567", CdmaDeviceKind::Meid, false),
            ("268435461012345678", CdmaDeviceKind::Meid, true),
            ("a0000001234567", CdmaDeviceKind::Meid, true),
        ] {
            let (device, was_tolerated) = CdmaDevice::parse(text).expect(text);
            assert_eq!((device.kind(), was_tolerated), (kind, tolerated), "{text}");
        }
        assert!(CdmaDevice::parse("0950412345x").is_err());
        assert!(CdmaDevice::parse("095041234").is_err());
    }
}
