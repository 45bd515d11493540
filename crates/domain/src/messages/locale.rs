//! How the languages of operator messages write numbers and months.
//!
//! Windows takes the name of a locale from the C runtime, such as `German_Germany.1252`; the page
//! of the element says `de-DE`; both are read here, whatever their case [MSG-21]. The tables hold
//! what is common to Unicode CLDR 44 (as of ICU 74, July 2026) and Windows, and where the two
//! differ, both: `Mrz` and `Mär`. Not here: reading itself ([`super::number`],
//! [`super::time_format`]). Implements the locales of [MSG-16] and [MSG-21].

use super::locale_table::{COUNTRIES, LANGUAGES, Language};
use super::number::Signs;

/// What holds for a rule without a locale [XML-70].
pub const DEFAULT_LOCALE: &str = "English_United States.1252";

/// A way to write numbers and dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    signs: Signs,
    months: Option<&'static str>,
}

impl Locale {
    /// Holds for a name that is not in the tables: of numbers, nothing but digits is read, and
    /// no month, because a wrong guess would be wrong by a thousand.
    pub const UNKNOWN: Self = Self { signs: Signs::Unknown, months: None };

    /// Reads `Language_Country.CodePage` of the C runtime, `ll-CC` or `ll_CC`; country and code
    /// page may be absent.
    ///
    /// None for a language that is not in the table, and for a country on which the signs
    /// of the language depend if that is not in it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        let name = name.split_once('.').map_or(name.as_str(), |(name, _)| name);
        if name == "c" || name == "posix" {
            let english = language("en")?;
            return Some(Self { signs: Signs::DotAlone, months: Some(english.months) });
        }
        let (first, country) = match name.split_once(['_', '-']) {
            // A script may stand between: `sr-Latn-RS`.
            Some((first, rest)) => {
                (first, Some(rest.rsplit_once('-').map_or(rest, |(_, last)| last)))
            }
            None => (name, None),
        };
        let language = language(first)?;
        let signs = match country {
            None => language.signs,
            Some(country) => language.signs_in(country_code(country))?,
        };
        Some(Self { signs, months: Some(language.months) })
    }

    /// Returns the signs of its numbers.
    #[must_use]
    pub const fn signs(self) -> Signs {
        self.signs
    }

    /// Says whether the names of its months are known.
    #[must_use]
    pub const fn has_months(self) -> bool {
        self.months.is_some()
    }

    /// Reads the abbreviated name of a month from the start of a text, whatever its case:
    /// its number, 1 to 12, and what follows.
    ///
    /// The longest name that fits counts, so `1月` does not hide `12月`.
    #[must_use]
    pub fn month(self, text: &str) -> Option<(i8, &str)> {
        let months = self.months?.split(',');
        let names = (1_i8..).zip(months).flat_map(|(number, names)| {
            names.split('/').filter_map(move |name| Some((number, strip_name(text, name)?)))
        });
        names.min_by_key(|(_, rest)| rest.len())
    }
}

impl Language {
    /// Returns the signs in a country; the country is `None` if it is not in the table.
    fn signs_in(&self, country: Option<&str>) -> Option<Signs> {
        let listed = self.elsewhere.iter().find(|(code, _)| Some(*code) == country);
        match listed {
            Some((_, signs)) => Some(*signs),
            None if self.depends_on_country => None,
            None => Some(self.signs),
        }
    }
}

fn language(name: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.names.contains(&name))
}

/// Returns the two letters of a country; they may be given as they are.
fn country_code(name: &str) -> Option<&str> {
    let listed = COUNTRIES.iter().find(|(_, names)| names.contains(&name));
    listed.map(|(code, _)| *code).or_else(|| (name.len() == 2).then_some(name))
}

/// Returns what follows `name`, which is in lower case.
fn strip_name<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for expected in name.chars() {
        let mut found = rest.next()?.to_lowercase();
        if found.next() != Some(expected) || found.next().is_some() {
            return None;
        }
    }
    Some(rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_are_named_in_the_manner_of_the_c_runtime_or_of_bcp_47() {
        for (name, signs) in [
            (DEFAULT_LOCALE, Some(Signs::Dot)),
            ("German_Germany.1252", Some(Signs::Comma)), // MV-21
            ("german", Some(Signs::Comma)),
            ("de-DE", Some(Signs::Comma)),
            ("de_DE", Some(Signs::Comma)),
            ("DE", Some(Signs::Comma)),
            ("German_Switzerland.1252", Some(Signs::DotApostrophe)),
            ("de-CH", Some(Signs::DotApostrophe)),
            ("en-us", Some(Signs::Dot)),
            ("English_South Africa.1252", Some(Signs::CommaBlank)),
            ("en-IN", Some(Signs::DotPairs)),
            ("Norwegian_Norway.1252", Some(Signs::CommaBlank)),
            ("Spanish_Spain", Some(Signs::Comma)),
            ("Spanish_Mexico", Some(Signs::Dot)),
            ("es-419", None),
            ("Spanish_Atlantis", None),
            ("sr-Latn-RS", Some(Signs::Comma)),
            ("C", Some(Signs::DotAlone)),
            ("Klingon", None),
            ("", None),
        ] {
            assert_eq!(Locale::parse(name).map(Locale::signs), signs, "[MSG-21] {name}");
        }
    }

    #[test]
    fn every_row_has_twelve_months_and_lower_case_names() {
        for language in LANGUAGES {
            let name = language.names.first().expect("a name");
            let count = language.months.split(',').count();
            assert_eq!(count, 12, "{name}");
            assert_eq!(language.months.to_lowercase(), language.months, "{name}");
            for alias in language.names {
                let first = LANGUAGES.iter().find(|other| other.names.contains(alias));
                assert_eq!(first.and_then(|l| l.names.first()), Some(name), "{alias} is taken");
            }
            let locale = Locale::parse(name).expect(name);
            for (number, names) in (1_i8..).zip(language.months.split(',')) {
                for month in names.split('/') {
                    assert!(!month.is_empty() && month == month.trim(), "{name} {number}");
                    let found = locale.month(month);
                    assert_eq!(found, Some((number, "")), "{name} {month}");
                }
            }
        }
    }

    #[test]
    fn months_are_read_by_their_longest_name_and_in_any_case() {
        for (locale, text, expected) in [
            ("en", "Jan", Some((1, ""))),
            ("en", "SEPT 30", Some((9, " 30"))),
            ("de-DE", "Mrz 2030", Some((3, " 2030"))),
            ("de-DE", "MÄR", Some((3, ""))),
            ("de-DE", "märz", Some((3, ""))),
            ("nb-NO", "des.", Some((12, "."))),
            ("ja-JP", "12月3", Some((12, "3"))),
            ("tr", "Ağu", Some((8, ""))),
            ("en", "Foo", None),
            ("en", "", None),
        ] {
            let found = Locale::parse(locale).expect(locale).month(text);
            assert_eq!(found, expected, "[MSG-21] {locale} {text}");
        }
        assert_eq!(Locale::UNKNOWN.month("Jan"), None);
    }
}
