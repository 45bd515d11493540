//! Code units as characters, for engines that match characters.
//!
//! ECMAScript without the flag u matches UTF-16 code units, of which a character beyond U+FFFF
//! has two. Each such half is written as a character of plane 16, in the pattern as in the text;
//! the characters of that plane are written as halves themselves, so that nothing is mistaken.

use std::borrow::Cow;
use std::ops::Range;

use super::units::UnitSet;

/// What makes a character of a half: U+D800 → U+100000, U+DFFF → U+1007FF.
const PLANE: u32 = 0x0010_0000 - 0xD800;

const FIRST_HALF: u16 = 0xD800;
const LAST_HALF: u16 = 0xDFFF;

/// Writes every half of a character beyond U+FFFF as a character of its own.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    // Four bytes of UTF-8 start with this or more.
    if text.bytes().all(|byte| byte < 0xF0) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.encode_utf16().map(letter).collect())
}

/// Returns the character that stands for a code unit.
pub(super) fn letter(unit: u16) -> char {
    let code = u32::from(unit);
    let is_half = (FIRST_HALF..=LAST_HALF).contains(&unit);
    // Both are characters: what is no half is one, and plane 16 has no holes below its end.
    char::from_u32(if is_half { code + PLANE } else { code }).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Iterates over the ranges of characters that stand for a set.
pub(super) fn ranges(set: &UnitSet) -> impl Iterator<Item = (char, char)> {
    let parts = |(first, last): (u16, u16)| {
        [
            (first, last.min(FIRST_HALF - 1)),
            (first.max(FIRST_HALF), last.min(LAST_HALF)),
            (first.max(LAST_HALF + 1), last),
        ]
    };
    let parts = set.ranges().flat_map(parts).filter(|(first, last)| first <= last);
    parts.map(|(first, last)| (letter(first), letter(last)))
}

/// Finds places of a text that are counted in the text as it was written here.
///
/// The middle of a character beyond U+FFFF is the middle of its four bytes, which is no place for
/// a `str` to be cut.
pub(super) struct Offsets {
    /// For each code unit, and for the end: its byte as written here, its byte in the text.
    places: Vec<(usize, usize)>,
}

impl Offsets {
    pub(super) fn of(text: &str) -> Self {
        let mut places = Vec::with_capacity(text.len() + 1);
        let mut written = 0;
        for (at, character) in text.char_indices() {
            let mut units = [0; 2];
            for (index, unit) in character.encode_utf16(&mut units).iter().enumerate() {
                places.push((written, at + 2 * index));
                written += letter(*unit).len_utf8();
            }
        }
        places.push((written, text.len()));
        Self { places }
    }

    /// Returns the place in the text.
    pub(super) fn place(&self, written: &Range<usize>) -> Range<usize> {
        self.byte(written.start)..self.byte(written.end)
    }

    fn byte(&self, written: usize) -> usize {
        let index = self.places.partition_point(|(before, _)| *before < written);
        self.places.get(index).map_or(usize::MAX, |(_, byte)| *byte)
    }
}
