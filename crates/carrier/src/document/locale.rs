//! The language in which numbers and dates of operator messages are written.
//!
//! Two forms: the schema's, which the generator keeps to, and `en-us` of the element's page, which
//! our agent takes as well. Not here: what a name means for numbers and dates.
//! Implements [XML-70] and the names of [MSG-21].

use super::text::{TEXT_MAX, TextError, bounded, collapse, is_digit, is_word};
use crate::xml::is_xml_char;

/// Names the language of a message in the manner of the C runtime [XML-70].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Locale(String);

impl Locale {
    /// What holds for a message without one [XML-70].
    pub const DEFAULT: &str = "English_United States.1252";

    /// Reads a language, perhaps `_` and a country, perhaps `.` and the number of a code page.
    ///
    /// # Errors
    /// [`TextError::Form`] for everything else, `en-us` included, which the schema lacks;
    /// [`TextError::Length`] for what no reader takes.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = collapse(text);
        bounded(&text, 1, TEXT_MAX, is_xml_char)?;
        let (names, code_page) = match text.split_once('.') {
            Some((names, code_page)) => (names, Some(code_page)),
            None => (&*text, None),
        };
        let (language, country) = match names.split_once('_') {
            Some((language, country)) => (language, Some(country)),
            None => (names, None),
        };
        let all = |text: &str, is: fn(char) -> bool| !text.is_empty() && text.chars().all(is);
        let is_form = all(language, is_word)
            && country.is_none_or(|country| all(country, |c| c == ' ' || is_word(c)))
            && code_page.is_none_or(|number| all(number, is_digit));
        if is_form { Ok(Self(text.into_owned())) } else { Err(TextError::Form) }
    }

    /// Reads what [`Locale::parse`] reads, or a language and more after `-`, such as `en-US` or
    /// `sr-Latn-RS` [MSG-21].
    ///
    /// # Errors
    /// As [`Locale::parse`].
    pub fn parse_as_agent(text: &str) -> Result<Self, TextError> {
        let parsed = Self::parse(text);
        if parsed != Err(TextError::Form) {
            return parsed;
        }
        let text = collapse(text);
        let mut tags = text.split('-');
        let is_language = tags.next().is_some_and(|tag| {
            matches!(tag.len(), 2 | 3) && tag.bytes().all(|b| b.is_ascii_alphabetic())
        });
        let is_tag = |tag: &str| {
            (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if is_language && tags.all(is_tag) { Ok(Self(text.into_owned())) } else { parsed }
    }
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_have_the_form_of_the_c_runtime() {
        for (text, expected) in [
            ("English_United States.1252", None), // [XML-70]
            ("norwegian", None),
            (" C ", None),
            ("Norsk_Norge", None),
            ("english.437", None),
            ("en-US", Some(TextError::Form)), // NV-17, first half
            ("en_", Some(TextError::Form)),
            ("_Norge", Some(TextError::Form)),
            ("a b_c", Some(TextError::Form)),
            ("a_b.", Some(TextError::Form)),
            ("a_b.1.2", Some(TextError::Form)),
            ("a_b_c", Some(TextError::Form)),
            ("", Some(TextError::Length { found: 0, min: 1, max: TEXT_MAX })),
        ] {
            assert_eq!(Locale::parse(text).err(), expected, "{text}");
        }
        assert!(Locale::parse(Locale::DEFAULT).is_ok());
    }

    #[test]
    fn an_agent_takes_the_form_of_the_elements_page_too() {
        for (text, expected) in [
            (Locale::DEFAULT, None),
            ("norwegian", None),
            ("en-US", None), // NV-17, second half; [MSG-21]
            (" en-us ", None),
            ("sr-Latn-RS", None),
            ("es-419", None),
            ("e-US", Some(TextError::Form)),
            ("en-", Some(TextError::Form)),
            ("en--US", Some(TextError::Form)),
            ("-US", Some(TextError::Form)),
            ("english-US", Some(TextError::Form)),
            ("en-U_S", Some(TextError::Form)),
            ("en-US.1252", Some(TextError::Form)),
        ] {
            assert_eq!(Locale::parse_as_agent(text).err(), expected, "{text}");
        }
        assert_eq!(Locale::parse_as_agent(" en-us ").expect("a locale").as_str(), "en-us");
    }
}
