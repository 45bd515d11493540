//! What people read, from Fluent message files, in the language that they ask for.
//!
//! Messages are formatted here, so that pages carry finished strings and the browser needs no
//! message files. Not here: which message a page uses ([`crate::pages`]).

use domain::Timestamp;
use domain::amount::{BYTES_PER_MEGABYTE, Bytes, Megabytes, Money};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The message files, the default first.
const FILES: [(&str, &str); 1] = [("en", include_str!("../texts/en.ftl"))];

/// The messages of one language.
pub struct Texts {
    lang: String,
    bundle: FluentBundle<FluentResource>,
}

/// The messages of every language.
pub struct Languages(Vec<Texts>);

impl Languages {
    /// Reads the embedded message files.
    ///
    /// # Errors
    /// A file that is no Fluent, with the parser's words.
    pub fn load() -> Result<Self, String> {
        FILES
            .iter()
            .map(|(lang, source)| Texts::parse(lang, source))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Chooses by an `Accept-Language` header (RFC 9110 §12.5.4); the default when none fits.
    ///
    /// # Panics
    /// Never: there is at least the default language.
    #[must_use]
    pub fn choose(&self, accept: Option<&str>) -> &Texts {
        let mut wanted: Vec<(&str, u32)> = accept
            .unwrap_or_default()
            .split(',')
            .take(16)
            .filter_map(|part| {
                let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
                let weight = rest.trim().strip_prefix("q=").map_or(Some(1000), quality)?;
                (weight > 0).then_some((tag.trim(), weight))
            })
            .collect();
        wanted.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        let fits = |texts: &&Texts, tag: &str| {
            let base = tag.split('-').next().unwrap_or_default();
            texts.lang.eq_ignore_ascii_case(tag) || texts.lang.eq_ignore_ascii_case(base)
        };
        wanted
            .iter()
            .find_map(|(tag, _)| self.0.iter().find(|texts| fits(texts, tag)))
            .unwrap_or(&self.0[0])
    }
}

/// Reads a quality value in thousandths.
fn quality(text: &str) -> Option<u32> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    Some(whole.parse::<u32>().ok()?.min(1) * 1000 + part.parse::<u32>().ok()?)
}

impl Texts {
    fn parse(lang: &str, source: &str) -> Result<Self, String> {
        let resource = FluentResource::try_new(source.to_owned())
            .map_err(|(_, errors)| format!("texts/{lang}.ftl: {errors:?}"))?;
        let id: LanguageIdentifier = lang.parse().map_err(|e| format!("{lang}: {e}"))?;
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks would end up in APNs and numbers that people copy.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| format!("{lang}: {errors:?}"))?;
        Ok(Self { lang: lang.to_owned(), bundle })
    }

    /// Returns the BCP 47 tag.
    #[must_use]
    pub fn lang(&self) -> &str {
        &self.lang
    }

    /// Returns the direction of the script.
    #[must_use]
    pub fn dir(&self) -> &'static str {
        if matches!(self.lang.as_str(), "ar" | "he" | "fa" | "ur") { "rtl" } else { "ltr" }
    }

    /// Returns a message without variables.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        self.format(key, &[])
    }

    /// Returns a message with its variables; a missing one shows its key, which a test forbids.
    #[must_use]
    pub fn format(&self, key: &str, variables: &[(&str, FluentValue<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, lang = self.lang, "message is missing");
            return key.to_owned();
        };
        let args: FluentArgs<'_> = variables.iter().map(|(k, v)| (*k, v.clone())).collect();
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, lang = self.lang, ?errors, "message is wrong");
        }
        text
    }

    /// Writes an amount of money as people of this language read it.
    #[must_use]
    pub fn money(&self, money: Money) -> String {
        let amount = money.decimal();
        match money.currency.code() {
            "EUR" => format!("€{amount}"),
            "USD" => format!("${amount}"),
            "GBP" => format!("£{amount}"),
            code => format!("{code}\u{a0}{amount}"),
        }
    }

    /// Writes a day and time in UTC as people of this language read it.
    #[must_use]
    pub fn instant(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(jiff::tz::TimeZone::UTC);
        zoned.strftime("%-d %B %Y, %H:%M UTC").to_string()
    }

    /// Writes a day in UTC as people of this language read it.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> String {
        at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d %B %Y").to_string()
    }

    /// Writes a day in UTC, without its year, as people of this language read it.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> String {
        at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d %b").to_string()
    }

    /// Writes a volume in decimal units, rounded down: what is left is never said to be more than
    /// there is, nor is what is used. Something is never nothing.
    #[must_use]
    pub fn bytes(&self, bytes: Bytes) -> String {
        const KB: u64 = 1_000;
        const MB: u64 = BYTES_PER_MEGABYTE;
        const GB: u64 = 1_000 * MB;
        let (key, hundredths) = match bytes.0 {
            0 => ("bytes-mb", 0),
            n if n < MB => ("bytes-kb", n.div_euclid(KB).max(1).saturating_mul(100)),
            n if n < 10 * MB => ("bytes-mb", n.div_euclid(MB / 10).saturating_mul(10)),
            n if n < GB => ("bytes-mb", n.div_euclid(MB).saturating_mul(100)),
            n if n < 1_000 * GB => ("bytes-gb", n.div_euclid(GB / 100)),
            n => ("bytes-tb", n.div_euclid(10 * GB)),
        };
        self.amount(key, hundredths)
    }

    /// Writes an allowance exactly: in gigabytes where two decimals are enough.
    #[must_use]
    pub fn megabytes(&self, volume: Megabytes) -> String {
        let mb = u64::from(volume.0);
        match mb % 10 == 0 && mb >= 1_000 {
            true => self.amount("bytes-gb", mb.div_euclid(10)),
            false => self.amount("bytes-mb", mb.saturating_mul(100)),
        }
    }

    fn amount(&self, key: &str, hundredths: u64) -> String {
        let (whole, part) = (hundredths.div_euclid(100), hundredths.rem_euclid(100));
        let decimals = format!("{part:02}");
        let decimals = decimals.trim_end_matches('0');
        let mark = if decimals.is_empty() { String::new() } else { self.get("decimal-mark") };
        self.format(key, &[("amount", format!("{whole}{mark}{decimals}").into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_is_chosen_by_weight_and_falls_back() {
        let languages = Languages::load().expect("message files");
        for accept in
            [None, Some("en-GB,en;q=0.8"), Some("xx;q=1, en;q=0.1"), Some("xx"), Some(";;,q=")]
        {
            assert_eq!(languages.choose(accept).lang(), "en", "{accept:?}");
        }
        assert_eq!(quality("0.8"), Some(800));
        assert_eq!(quality("1"), Some(1000));
        assert_eq!(quality("0"), Some(0));
    }

    #[test]
    fn plurals_follow_the_number() {
        let languages = Languages::load().expect("message files");
        let texts = languages.choose(None);
        let days = |n: i64| texts.format("plan-valid-days", &[("days", n.into())]);
        assert_eq!((days(1).as_str(), days(30).as_str()), ("Valid for 1 day", "Valid for 30 days"));
    }

    #[test]
    fn volumes_are_decimal_and_rounded_down() {
        let languages = Languages::load().expect("message files");
        let texts = languages.choose(None);
        for (bytes, expected) in [
            (0, "0 MB"),
            (1, "1 kB"),
            (999_999, "999 kB"),
            (1_000_000, "1 MB"),
            (1_999_999, "1.9 MB"),
            (137_000_000, "137 MB"),
            (499_999_999, "499 MB"),
            (7_340_000_000, "7.34 GB"),
            (20_000_000_000, "20 GB"),
            (1_500_000_000_000, "1.5 TB"),
            (u64::MAX, "18446744.07 TB"),
        ] {
            assert_eq!(texts.bytes(Bytes(bytes)).replace('\u{a0}', " "), expected, "{bytes}");
        }
        for (mb, expected) in
            [(1, "1 MB"), (500, "500 MB"), (1024, "1024 MB"), (1_500, "1.5 GB"), (20_000, "20 GB")]
        {
            let written = texts.megabytes(Megabytes(mb)).replace('\u{a0}', " ");
            assert_eq!(written, expected, "{mb}");
        }
    }
}
