//! `[[sharing_denied]]`: what a customer reads whose plan does not allow sharing.
//!
//! Not here: when that is ([`domain::entitlement`]), and what is told without a brand's own words
//! (the message files).

use domain::entitlement::REASON_CHARS_MAX;
use unic_langid::LanguageIdentifier;

use crate::config::document::Section;
use crate::config::values;

/// Longest language tag, in characters: RFC 5646 §4.4.1 asks for 35.
const LOCALE_CHARS_MAX: usize = 35;

/// A brand's words by language; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denials(Vec<(LanguageIdentifier, String)>);

impl Denials {
    /// Returns the words in this language, else in its relatives, else the first that there are.
    #[must_use]
    pub fn text(&self, locale: Option<&str>) -> &str {
        let wanted: Option<LanguageIdentifier> = locale.and_then(|tag| tag.parse().ok());
        let whole = |(tag, _): &&(LanguageIdentifier, String)| Some(tag) == wanted.as_ref();
        let language = |(tag, _): &&(LanguageIdentifier, String)| {
            wanted.as_ref().is_some_and(|wanted| wanted.language == tag.language)
        };
        let mut all = self.0.iter();
        let found = all.clone().find(whole).or_else(|| all.clone().find(language));
        found.or_else(|| all.next()).map_or("", |(_, text)| text)
    }
}

/// Reads the rows; none of them means no words of the brand's own.
pub(in crate::catalog) fn read(section: &mut Section<'_>) -> Option<Denials> {
    let rows = section.tables("sharing_denied", |row| {
        let locale = row.required("locale", |value| {
            let tag = values::line(LOCALE_CHARS_MAX)(value)?;
            tag.parse::<LanguageIdentifier>()
                .map_err(|_| "needs a language tag, such as nb-NO".to_owned())
        });
        let text = row.required("text", values::line(REASON_CHARS_MAX));
        Some((locale?, text?))
    });
    rows.filter(|rows| !rows.is_empty()).map(Denials)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_language() {
        // [TET-08]
        let row = |tag: &str| (tag.parse().expect("a tag"), tag.to_owned());
        let denials = Denials(vec![row("nb-NO"), row("en"), row("de-AT"), row("de")]);
        for (locale, expected) in [
            (None, "nb-NO"),
            (Some("en-GB"), "en"),
            (Some("de"), "de"),
            (Some("DE-at"), "de-AT"),
            (Some("de-CH"), "de-AT"),
            (Some("fr"), "nb-NO"),
            (Some("no tag"), "nb-NO"),
        ] {
            assert_eq!(denials.text(locale), expected, "{locale:?}");
        }
    }
}
