//! Readers of single TOML values: each says in its error what to write instead.
//!
//! Not here: where a value stands ([`super::document`]) and what it is for.

use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;

use domain::SignedDuration;
use toml::de::DeValue;

/// What a reader returns; the error is the message for people.
pub(crate) type Read<T> = Result<T, String>;

/// Says that a value is of the wrong type.
pub(crate) fn mismatch(wanted: &str, found: &DeValue<'_>) -> String {
    format!("needs {wanted}, found {}", with_article(found.type_str()))
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// Reads a string.
pub(crate) fn text<'v>(value: &'v DeValue<'_>) -> Read<&'v str> {
    value.as_str().ok_or_else(|| mismatch("text in quotes", value))
}

/// Reads a string with something in it and nothing that cannot be shown.
pub(crate) fn line(chars_max: usize) -> impl Fn(&DeValue<'_>) -> Read<String> {
    move |value| {
        let text = text(value)?;
        let count = text.chars().count();
        if text.trim().is_empty() {
            Err("empty; write something or remove the key".to_owned())
        } else if text.chars().any(char::is_control) {
            Err("has control characters; remove them".to_owned())
        } else if text.trim() != text || text.contains("  ") {
            // Windows collapses blanks (xs:token, base:NameType), so they would not survive.
            Err("has blanks around it or several in a row; remove them".to_owned())
        } else if count > chars_max {
            Err(format!("has {count} characters; shorten it to {chars_max} at most"))
        } else {
            Ok(text.to_owned())
        }
    }
}

/// Reads a string by a function that says why it refuses one.
pub(crate) fn parsed<T, E: Display>(
    parse: impl Fn(&str) -> Result<T, E>,
) -> impl Fn(&DeValue<'_>) -> Read<T> {
    move |value| parse(text(value)?).map_err(|error| error.to_string())
}

/// Reads a string by a function that does not say why, with what to write instead.
pub(crate) fn formed<T>(
    parse: impl Fn(&str) -> Option<T>,
    wanted: &'static str,
) -> impl Fn(&DeValue<'_>) -> Read<T> {
    move |value| parse(text(value)?).ok_or_else(|| format!("needs {wanted}"))
}

/// Reads one of a few words.
pub(crate) fn one_of<T: Copy>(
    words: &'static [(&'static str, T)],
) -> impl Fn(&DeValue<'_>) -> Read<T> {
    move |value| {
        let text = text(value)?;
        let found = words.iter().find(|(word, _)| *word == text);
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            format!("needs one of {}", all.join(", "))
        })
    }
}

/// Reads an integer of a range.
pub(crate) fn integer(range: RangeInclusive<i64>) -> impl Fn(&DeValue<'_>) -> Read<i64> {
    move |value| {
        let integer = value.as_integer().ok_or_else(|| mismatch("a whole number", value))?;
        // A number beyond 64 bits is outside every range too.
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        number.filter(|number| range.contains(number)).ok_or_else(|| {
            format!("needs a whole number from {} to {}", range.start(), range.end())
        })
    }
}

/// Reads `true` or `false`.
pub(crate) fn boolean(value: &DeValue<'_>) -> Read<bool> {
    value.as_bool().ok_or_else(|| mismatch("true or false", value))
}

/// Reads a duration such as `PT15M` or `15 min`, of a range.
pub(crate) fn duration(
    range: RangeInclusive<SignedDuration>,
) -> impl Fn(&DeValue<'_>) -> Read<SignedDuration> {
    move |value| {
        let text = value
            .as_str()
            .ok_or_else(|| mismatch("a duration in quotes such as \"15 min\"", value))?;
        let duration: SignedDuration = text
            .parse()
            .map_err(|_| "needs a duration such as \"15 min\" or \"PT15M\"".to_owned())?;
        if range.contains(&duration) {
            Ok(duration)
        } else {
            Err(format!("needs a duration from {:#} to {:#}", range.start(), range.end()))
        }
    }
}

/// Reads an address and port to listen on.
pub(crate) fn address(value: &DeValue<'_>) -> Read<SocketAddr> {
    text(value)?
        .parse()
        .map_err(|_| "needs an IP address with a port, such as \"127.0.0.1:8443\"".to_owned())
}

/// Tells whether a text may name a table of the configuration: the characters of a brand's id.
pub(crate) fn is_service_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.len() <= 64 && text.bytes().all(fits)
}

/// Reads the name of a table of the configuration.
pub(crate) fn service_name(value: &DeValue<'_>) -> Read<String> {
    let text = text(value)?;
    is_service_name(text)
        .then(|| text.to_owned())
        .ok_or_else(|| "needs a name of 1 to 64 characters of a-z, 0-9 and -".to_owned())
}
