//! Distinguished names from text: one pass, bounded, total.
//!
//! Reads what Windows prints (quotes, doubled quotes in them, `OID.n.n`) and what RFC 4514
//! prints (backslashes). Where the two disagree Windows wins: within quotes a backslash is
//! itself. Not here: what names mean.
//! Implements the reading of [SIG-25].

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

use super::{Attribute, DistinguishedName, Part, SHORT_NAMES, Value};

/// Longest text of a name in bytes; ours, far above every real one.
pub const NAME_BYTES_MAX: usize = 4096;

/// Says why a text is no distinguished name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Nothing there; an empty name would match every certificate without one.
    Empty,
    /// More than [`NAME_BYTES_MAX`] bytes.
    TooLong,
    /// A part without `=`.
    NoValue,
    /// A type that is neither a short name known here nor a dotted number.
    Type,
    /// A value whose quotes do not end, or with something after them.
    Quotes,
    /// A value that starts with `#` and is not hexadecimal, or escaped octets that are no UTF-8.
    Octets,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty name"),
            Self::TooLong => write!(f, "name of more than {NAME_BYTES_MAX} bytes"),
            Self::NoValue => f.write_str("part of a name without ="),
            Self::Type => f.write_str("unknown attribute type in a name"),
            Self::Quotes => f.write_str("quotes in a name are not balanced"),
            Self::Octets => f.write_str("octets in a name cannot be read"),
        }
    }
}

impl std::error::Error for NameError {}

/// What ended an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Attribute,
    Part,
    Text,
}

pub(super) fn name(text: &str) -> Result<DistinguishedName, NameError> {
    if text.len() > NAME_BYTES_MAX {
        return Err(NameError::TooLong);
    }
    if text.trim().is_empty() {
        return Err(NameError::Empty);
    }
    let mut rest = text.chars().peekable();
    let mut parts = Vec::new();
    let mut part = Part::new();
    loop {
        let kind = kind(&mut rest)?;
        let (value, end) = value(&mut rest)?;
        part.push(Attribute { kind, value });
        if end != End::Attribute {
            parts.push(std::mem::take(&mut part));
        }
        if end == End::Text {
            return Ok(DistinguishedName(parts));
        }
    }
}

/// Reads up to and with the `=`.
fn kind(rest: &mut Peekable<Chars<'_>>) -> Result<String, NameError> {
    let mut word = String::new();
    loop {
        match rest.next() {
            Some('=') => break,
            Some(',' | ';' | '+' | '"') | None => return Err(NameError::NoValue),
            Some(other) => word.push(other),
        }
    }
    let word = word.trim();
    let known = SHORT_NAMES.iter().find(|(_, short)| short.eq_ignore_ascii_case(word));
    if let Some((oid, _)) = known {
        return Ok((*oid).to_owned());
    }
    let prefix = word.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("OID."));
    let number = prefix.and_then(|prefix| word.get(prefix.len()..)).unwrap_or(word);
    // One spelling of each number, as types are compared by it.
    let is_arc = |arc: &str| {
        !arc.is_empty()
            && arc.bytes().all(|b| b.is_ascii_digit())
            && (arc == "0" || !arc.starts_with('0'))
    };
    if number.contains('.') && number.split('.').all(is_arc) {
        Ok(number.to_owned())
    } else {
        Err(NameError::Type)
    }
}

fn value(rest: &mut Peekable<Chars<'_>>) -> Result<(Value, End), NameError> {
    while rest.next_if(|c| c.is_whitespace()).is_some() {}
    match rest.peek() {
        Some('"') => {
            rest.next();
            let text = within_quotes(rest)?;
            while rest.next_if(|c| c.is_whitespace()).is_some() {}
            let end = end(rest.next()).ok_or(NameError::Quotes)?;
            Ok((Value::Text(text), end))
        }
        Some('#') => {
            rest.next();
            let (text, end) = plain(rest)?;
            Ok((Value::Der(octets(&text)?), end))
        }
        Some(_) | None => {
            let (text, end) = plain(rest)?;
            Ok((Value::Text(text), end))
        }
    }
}

fn end(next: Option<char>) -> Option<End> {
    match next {
        None => Some(End::Text),
        Some(',' | ';') => Some(End::Part),
        Some('+') => Some(End::Attribute),
        Some(_) => None,
    }
}

fn within_quotes(rest: &mut Peekable<Chars<'_>>) -> Result<String, NameError> {
    let mut text = String::new();
    loop {
        match rest.next() {
            None => return Err(NameError::Quotes),
            Some('"') => match rest.next_if_eq(&'"') {
                Some(quote) => text.push(quote),
                None => return Ok(text),
            },
            Some(other) => text.push(other),
        }
    }
}

/// Reads a value without quotes, and the separator after it.
fn plain(rest: &mut Peekable<Chars<'_>>) -> Result<(String, End), NameError> {
    let mut octets = Vec::new();
    let mut buffer = [0; 4];
    let end = loop {
        let next = rest.next();
        if let Some(end) = end(next) {
            break end;
        }
        let Some(character) = next else {
            break End::Text;
        };
        let written = match (character, rest.peek()) {
            ('"', _) => return Err(NameError::Quotes),
            ('\\', Some(',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' | '#' | ' ')) => {
                rest.next().unwrap_or('\\')
            }
            ('\\', Some(_)) => match escaped_octet(rest) {
                Some(octet) => {
                    octets.push(octet);
                    continue;
                }
                None => '\\',
            },
            (other, _) => other,
        };
        octets.extend_from_slice(written.encode_utf8(&mut buffer).as_bytes());
    };
    let text = String::from_utf8(octets).map_err(|_| NameError::Octets)?;
    Ok((text.trim().to_owned(), end))
}

/// Takes two hexadecimal digits, if that is what comes.
fn escaped_octet(rest: &mut Peekable<Chars<'_>>) -> Option<u8> {
    let mut ahead = rest.clone();
    let octet = octet(ahead.next()?, ahead.next()?)?;
    *rest = ahead;
    Some(octet)
}

fn octet(high: char, low: char) -> Option<u8> {
    let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digit(high)?.checked_mul(16)?.checked_add(digit(low)?)
}

fn octets(text: &str) -> Result<Vec<u8>, NameError> {
    let mut digits = text.chars();
    let mut octets = Vec::new();
    while let Some(high) = digits.next() {
        let low = digits.next().ok_or(NameError::Octets)?;
        octets.push(octet(high, low).ok_or(NameError::Octets)?);
    }
    if octets.is_empty() { Err(NameError::Octets) } else { Ok(octets) }
}
