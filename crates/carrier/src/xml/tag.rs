//! The inside of a start tag: `name a="1" b='2'`, read strictly.
//!
//! quick-xml finds where a tag ends; what is inside it is judged here, because its own attribute
//! iterator accepts more than XML does (field fact X11). Also resolves references. Not here:
//! namespaces ([`super::read`]).
//! Serves [XML-05] and [SIG-16] (normalisation of line ends and attribute values).

use std::borrow::Cow;

use super::character::{is_nc_name, is_plain, is_space, is_xml_char, starts_with_letter};
use super::error::{Fault, Flaw, limits};

/// A qualified name as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QName<'a> {
    pub(super) prefix: Option<&'a str>,
    pub(super) local: &'a str,
}

/// One attribute as written, its value normalised.
pub(super) struct RawAttribute<'a> {
    pub(super) name: QName<'a>,
    pub(super) value: Cow<'a, str>,
    /// Offset in the input.
    pub(super) at: usize,
}

/// Walks over the text of one tag and knows where in the input it is.
pub(super) struct Scanner<'a> {
    rest: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// `at` is the offset of `text` in the input.
    pub(super) const fn new(text: &'a str, at: usize) -> Self {
        Self { rest: text, at }
    }

    /// Reads a qualified name.
    pub(super) fn name(&mut self) -> Result<QName<'a>, Flaw> {
        let at = self.at;
        let is_end =
            |b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'=' | b'/' | b'"' | b'\'' | b'<');
        // Nearly every name is letters and digits alone, which one look at each byte tells.
        let plain = self.rest.bytes().position(|b| !is_plain(b)).unwrap_or(self.rest.len());
        let is_whole = self.rest.as_bytes().get(plain).is_none_or(|b| is_end(*b));
        if is_whole && plain <= limits::NAME_BYTES_MAX && starts_with_letter(self.rest) {
            return Ok(QName { prefix: None, local: self.take(plain) });
        }
        let end = self.rest.bytes().position(is_end);
        let text = self.take(end.unwrap_or(self.rest.len()));
        qname(text)
            .filter(|_| text.len() <= limits::NAME_BYTES_MAX)
            .ok_or(Flaw { at, fault: Fault::Name })
    }

    /// Reads the next attribute, or nothing when the tag is at its end.
    pub(super) fn attribute(&mut self) -> Result<Option<RawAttribute<'a>>, Flaw> {
        let blanks = self.blanks();
        if self.rest.is_empty() {
            return Ok(None);
        }
        if blanks == 0 {
            return Err(self.error(Fault::Syntax));
        }
        let at = self.at;
        let name = self.name()?;
        self.blanks();
        self.expect('=')?;
        self.blanks();
        let Some(quote @ ('"' | '\'')) = self.rest.chars().next() else {
            return Err(self.error(Fault::Syntax));
        };
        self.expect(quote)?;
        let start = self.at;
        let Some(length) = self.rest.find(quote) else {
            return Err(self.error(Fault::Syntax));
        };
        let raw = self.take(length);
        self.expect(quote)?;
        let value = attribute_value(raw, start)?;
        Ok(Some(RawAttribute { name, value, at }))
    }

    fn blanks(&mut self) -> usize {
        let is_blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
        let length = self.rest.bytes().take_while(is_blank).count();
        self.take(length).len()
    }

    fn expect(&mut self, c: char) -> Result<(), Flaw> {
        if !self.rest.starts_with(c) {
            return Err(self.error(Fault::Syntax));
        }
        self.take(c.len_utf8());
        Ok(())
    }

    /// Takes `length` bytes, which must end at a character's border.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.at = self.at.saturating_add(taken.len());
        taken
    }

    const fn error(&self, fault: Fault) -> Flaw {
        Flaw { at: self.at, fault }
    }
}

/// Splits `p:local`; nothing when either part is no name.
pub(super) fn qname(text: &str) -> Option<QName<'_>> {
    let name = match text.split_once(':') {
        Some((prefix, local)) => QName { prefix: Some(prefix), local },
        None => QName { prefix: None, local: text },
    };
    (name.prefix.is_none_or(is_nc_name) && is_nc_name(name.local)).then_some(name)
}

/// Resolves what stands between `&` and `;`: the five predefined entities and characters.
pub(super) fn reference(text: &str, at: usize) -> Result<char, Flaw> {
    let number = match text {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        other => other.strip_prefix('#').ok_or(Flaw { at, fault: Fault::UnknownEntity })?,
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // `from_str_radix` alone would accept a sign.
    let code = if digits.chars().all(|c| c.is_digit(radix)) {
        u32::from_str_radix(digits, radix).ok()
    } else {
        None
    };
    code.and_then(char::from_u32)
        .filter(|c| is_xml_char(*c))
        .ok_or(Flaw { at, fault: Fault::CharacterReference })
}

/// Turns CRLF and CR into LF, as every XML parser does before anything else [SIG-16].
pub(super) fn normalise_line_ends(out: &mut String, text: &str) {
    if !text.contains('\r') {
        out.push_str(text);
        return;
    }
    let mut after_cr = false;
    for c in text.chars() {
        match c {
            '\r' => out.push('\n'),
            '\n' if after_cr => {}
            other => out.push(other),
        }
        after_cr = c == '\r';
    }
}

/// Normalises an attribute value of type CDATA (XML 1.0, 3.3.3).
fn attribute_value(raw: &str, start: usize) -> Result<Cow<'_, str>, Flaw> {
    // Without a way out in between, so that many bytes are looked at together.
    let is_special = |b| matches!(b, b'&' | b'<' | b'\t' | b'\n' | b'\r');
    if !raw.bytes().fold(false, |found, b| found | is_special(b)) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut lines = String::with_capacity(raw.len());
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut at = start;
    while let Some(index) = rest.find(['&', '<']) {
        let (before, from) = rest.split_at_checked(index).unwrap_or((rest, ""));
        lines.push_str(before);
        at = at.saturating_add(index);
        if from.starts_with('<') {
            return Err(Flaw { at, fault: Fault::LessThanInAttribute });
        }
        let (name, after) = from
            .strip_prefix('&')
            .and_then(|text| text.split_once(';'))
            .ok_or(Flaw { at, fault: Fault::UnknownEntity })?;
        spaces_for_white_space(&mut value, &lines);
        lines.clear();
        value.push(reference(name, at)?);
        at = at.saturating_add(from.len().saturating_sub(after.len()));
        rest = after;
    }
    lines.push_str(rest);
    spaces_for_white_space(&mut value, &lines);
    Ok(Cow::Owned(value))
}

fn spaces_for_white_space(out: &mut String, raw: &str) {
    let mut normal = String::with_capacity(raw.len());
    normalise_line_ends(&mut normal, raw);
    out.extend(normal.chars().map(|c| if is_space(c) { ' ' } else { c }));
}
