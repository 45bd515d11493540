//! Character classes of XML 1.0 (fifth edition) and Namespaces in XML 1.0.
//!
//! Not here: escaping ([`super::Writer`]) and references ([`super::parse`]).
//! Implements the character rules behind [XML-05].

/// Says whether XML 1.0 can carry the character at all (production 2, `Char`).
#[must_use]
pub const fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Finds the first character that XML 1.0 cannot carry, with its offset in bytes.
pub(super) fn first_illegal(text: &str) -> Option<(usize, char)> {
    // Bytes alone clear nearly every text, many at a time: what XML lacks is below a blank, or is
    // U+FFFE or U+FFFF, which start with EF in UTF-8.
    let is_suspect = |b: u8| b == 0xEF || (b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r'));
    if !text.bytes().fold(false, |found, b| found | is_suspect(b)) {
        return None;
    }
    text.char_indices().find(|(_, c)| !is_xml_char(*c))
}

/// Says whether the character is white space of XML (production 3, `S`).
pub(super) const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Says whether the byte is one that ordinary names are made of.
pub(super) const fn is_plain(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Says whether an ordinary name starts here.
pub(super) fn starts_with_letter(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
}

/// Says whether the text is a name without a colon (`NCName`).
pub(crate) fn is_nc_name(text: &str) -> bool {
    if starts_with_letter(text) && text.bytes().all(is_plain) {
        return true;
    }
    let mut rest = text.chars();
    rest.next().is_some_and(is_name_start) && rest.all(is_name_char)
}

/// Production 4, `NameStartChar`, without the colon.
const fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// Production 4a, `NameChar`, without the colon.
const fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c,
            '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_cannot_carry_are_known() {
        for (c, expected) in [
            ('\0', false),
            ('\t', true),
            ('\n', true),
            ('\u{B}', false),
            ('\r', true),
            ('\u{1F}', false),
            (' ', true),
            ('\u{7F}', true),
            ('\u{FFFD}', true),
            ('\u{FFFE}', false),
            ('\u{FFFF}', false),
            ('\u{10FFFF}', true),
        ] {
            assert_eq!(is_xml_char(c), expected, "{c:?}");
        }
    }

    #[test]
    fn the_first_illegal_character_is_found_among_like_bytes() {
        for (text, expected) in [
            ("", None),
            ("a\tb\nc\rd\u{7F}", None),
            ("\u{F900}\u{FFEF}\u{FFFD}\u{10FFFF}", None),
            ("\u{F900}\u{FFFD}\u{FFFE}\u{1}", Some((6, '\u{FFFE}'))),
            ("\u{FFFF}", Some((0, '\u{FFFF}'))),
            ("é\u{1F}", Some((2, '\u{1F}'))),
            ("\0", Some((0, '\0'))),
        ] {
            assert_eq!(first_illegal(text), expected, "{text:?}");
        }
    }

    #[test]
    fn names_start_with_a_letter_or_underscore() {
        for (name, expected) in [
            ("a", true),
            ("_x-1.y", true),
            ("ä", true),
            ("", false),
            ("1a", false),
            ("-a", false),
            ("a:b", false),
            ("a b", false),
            ("a\"", false),
        ] {
            assert_eq!(is_nc_name(name), expected, "{name:?}");
        }
    }
}
