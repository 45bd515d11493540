//! The GSM 7-bit default alphabet and its extension (3GPP TS 23.038, 6.2.1).
//!
//! Not here: how septets are packed ([`super::septets`]).

/// Announces a letter of the extension.
pub const ESCAPE: u8 = 0x1B;

/// The letters by their numbers; the escape, which is none, shows as a blank.
const DEFAULT: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ' ', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// The letters behind an escape.
const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\u{0C}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// Is how a letter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// By a septet of the default alphabet.
    Plain(u8),
    /// By the escape and a septet of the extension.
    Extended(u8),
}

impl Written {
    /// Returns how many septets that are.
    #[must_use]
    pub const fn septets(self) -> usize {
        match self {
            Self::Plain(_) => 1,
            Self::Extended(_) => 2,
        }
    }

    /// Appends the septets.
    pub fn append_to(self, septets: &mut Vec<u8>) {
        match self {
            Self::Plain(septet) => septets.push(septet),
            Self::Extended(septet) => septets.extend([ESCAPE, septet]),
        }
    }
}

/// Returns how a letter is written; `None` where the alphabet lacks it, so that the whole message
/// must be Unicode [MSG-28].
#[must_use]
pub fn written(letter: char) -> Option<Written> {
    let extended = EXTENSION.iter().find(|(_, known)| *known == letter);
    if let Some((septet, _)) = extended {
        return Some(Written::Extended(*septet));
    }
    // The blank stands twice, once for the escape.
    let numbered =
        (0_u8..).zip(DEFAULT).find(|(number, known)| *known == letter && *number != ESCAPE);
    numbered.map(|(number, _)| Written::Plain(number))
}

/// Writes a text; `None` where the alphabet lacks one of its letters.
#[must_use]
pub fn encode(text: &str) -> Option<Vec<u8>> {
    let mut septets = Vec::with_capacity(text.len());
    for letter in text.chars() {
        written(letter)?.append_to(&mut septets);
    }
    Some(septets)
}

/// Reads septets; their eighth bit does not count.
///
/// A septet that the extension lacks is read in the default alphabet, as if without its escape;
/// an escape of the escape, or at the end, is a blank (23.038, notes of 6.2.1.1).
#[must_use]
pub fn decode(septets: &[u8]) -> String {
    let mut text = String::with_capacity(septets.len());
    let mut is_extended = false;
    for septet in septets.iter().map(|septet| septet & 0x7F) {
        let plain = DEFAULT.get(usize::from(septet)).copied().unwrap_or(' ');
        match (is_extended, septet) {
            (false, ESCAPE) => {
                is_extended = true;
                continue;
            }
            (false, _) => text.push(plain),
            (true, _) => {
                let extended = EXTENSION.iter().find(|(number, _)| *number == septet);
                text.push(extended.map_or(plain, |(_, letter)| *letter));
            }
        }
        is_extended = false;
    }
    if is_extended {
        text.push(' ');
    }
    text
}
