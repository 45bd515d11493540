//! The writer whose output is inclusive Canonical XML 1.0 by construction.
//!
//! Elements have the prefix that the caller declared for their namespace, or none: then their
//! default namespace is declared where it changes. Attributes are ordered by name; empty elements
//! have two tags; nothing is indented. Names are constants of the caller, values are checked and
//! escaped, so that nothing can be injected (X11). Not here: declarations, comments and processing
//! instructions, which are never written [XML-05].
//! Implements [XML-05], [XML-210] and the precondition of [SIG-14].

use std::fmt;

use super::c14n::{escape_attribute, escape_text};
use super::character::first_illegal;
use super::{Foreign, Namespace};

/// Says which value holds a character that XML cannot carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// Names of the elements from the root, and `@name` for an attribute.
    pub path: Vec<&'static str>,
    /// The attribute, when the value is one.
    pub attribute: Option<&'static str>,
    /// The character.
    pub character: char,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "character u+{:04x} in {}", u32::from(self.character), self.path.join("/"))?;
        match self.attribute {
            Some(name) => write!(f, "/@{name}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for WriteError {}

/// Writes one tree of elements; has no Debug, as what it wrote may be secret.
#[derive(Default)]
pub struct Writer {
    out: String,
    /// The open elements, root first.
    open: Vec<Open>,
    /// The prefixes in scope, innermost last.
    prefixes: Vec<(&'static str, Namespace)>,
}

struct Open {
    name: &'static str,
    /// The default namespace inside; none while all elements are prefixed.
    default: Option<Namespace>,
}

impl Writer {
    /// Starts without anything written.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes an element around what `content` writes.
    ///
    /// Attributes have no namespace [XML-03] and may come in any order; two of one name are the
    /// caller's mistake.
    ///
    /// # Errors
    /// A value holds a character that XML cannot carry, or `content` fails.
    pub fn element(
        &mut self,
        namespace: Namespace,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        content: impl FnOnce(&mut Self) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        self.element_declaring(namespace, name, attributes, &[], content)
    }

    /// Writes an element that declares prefixes, which it and all inside it have whose namespace is
    /// not the default one around them.
    ///
    /// Prefixes are names other than `xml`, `xmlns` and `n` with a number, which [`Self::foreign`]
    /// uses; two of one name are the caller's mistake.
    ///
    /// # Errors
    /// As for [`Self::element`].
    pub fn element_declaring(
        &mut self,
        namespace: Namespace,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        declared: &[(&'static str, Namespace)],
        content: impl FnOnce(&mut Self) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        let outer = self.default_namespace();
        let in_scope = self.prefixes.len();
        let mut declared = declared.to_vec();
        // One that says what is in scope anyway is superfluous.
        declared.retain(|(prefix, namespace)| self.bound(prefix) != Some(*namespace));
        declared.sort_unstable_by_key(|(prefix, _)| *prefix);
        self.prefixes.extend_from_slice(&declared);
        let prefix = if outer == Some(namespace) { None } else { self.prefix_of(namespace) };
        let default = if prefix.is_some() { outer } else { Some(namespace) };
        self.open.push(Open { name, default });
        self.out.push('<');
        self.name(prefix, name);
        if default != outer {
            self.attribute(None, "xmlns", namespace.uri())?;
        }
        for (prefix, namespace) in declared {
            self.attribute(Some("xmlns"), prefix, namespace.uri())?;
        }
        let mut ordered = attributes.to_vec();
        ordered.sort_unstable();
        for (attribute, value) in ordered {
            self.attribute(None, attribute, value)?;
        }
        self.out.push('>');
        content(self)?;
        self.out.push_str("</");
        self.name(prefix, name);
        self.out.push('>');
        self.open.pop();
        self.prefixes.truncate(in_scope);
        Ok(())
    }

    /// Writes an element of others, unprefixed, with `n0`, `n1` and so on for the namespaces of
    /// attributes.
    ///
    /// # Errors
    /// A value holds a character that XML cannot carry; the path is that of the open element.
    pub fn foreign(&mut self, foreign: &Foreign) -> Result<(), WriteError> {
        if let Some(character) = foreign.illegal_character() {
            return Err(self.illegal(None, character));
        }
        let default = self.default_namespace().map_or("", Namespace::uri);
        foreign.write(&mut self.out, default);
        Ok(())
    }

    /// Writes text into the open element.
    ///
    /// # Errors
    /// The text holds a character that XML cannot carry.
    pub fn text(&mut self, text: &str) -> Result<(), WriteError> {
        self.check(text, None)?;
        escape_text(&mut self.out, text);
        Ok(())
    }

    /// Writes an element that holds nothing but text.
    ///
    /// # Errors
    /// The text holds a character that XML cannot carry.
    pub fn leaf(
        &mut self,
        namespace: Namespace,
        name: &'static str,
        text: &str,
    ) -> Result<(), WriteError> {
        self.element(namespace, name, &[], |w| w.text(text))
    }

    /// Returns what was written.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    fn default_namespace(&self) -> Option<Namespace> {
        self.open.last().and_then(|open| open.default)
    }

    /// Returns what a prefix stands for.
    fn bound(&self, prefix: &str) -> Option<Namespace> {
        self.prefixes.iter().rev().find(|(p, _)| *p == prefix).map(|(_, namespace)| *namespace)
    }

    /// Returns the prefix of a namespace that was declared last and still stands for it.
    fn prefix_of(&self, namespace: Namespace) -> Option<&'static str> {
        let mut prefixes = self.prefixes.iter().rev().map(|(prefix, _)| *prefix);
        prefixes.find(|prefix| self.bound(prefix) == Some(namespace))
    }

    fn name(&mut self, prefix: Option<&str>, name: &str) {
        if let Some(prefix) = prefix {
            self.out.push_str(prefix);
            self.out.push(':');
        }
        self.out.push_str(name);
    }

    fn attribute(
        &mut self,
        prefix: Option<&str>,
        name: &'static str,
        value: &str,
    ) -> Result<(), WriteError> {
        self.check(value, Some(name))?;
        self.out.push(' ');
        self.name(prefix, name);
        self.out.push_str("=\"");
        escape_attribute(&mut self.out, value);
        self.out.push('"');
        Ok(())
    }

    fn check(&self, value: &str, attribute: Option<&'static str>) -> Result<(), WriteError> {
        match first_illegal(value) {
            None => Ok(()),
            Some((_, character)) => Err(self.illegal(attribute, character)),
        }
    }

    fn illegal(&self, attribute: Option<&'static str>, character: char) -> WriteError {
        let path = self.open.iter().map(|open| open.name).collect();
        WriteError { path, attribute, character }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Method, canonical, parse};
    use super::*;

    const CC: Namespace = Namespace::CarrierControl;

    #[test]
    fn what_is_written_is_its_own_canonical_form() {
        let mut w = Writer::new();
        w.element(CC, "A", &[("b", "<&\">\t\n\r"), ("a", "ü")], |w| {
            w.leaf(CC, "B", "a\tb\nc\rd]]>&")?;
            w.element(Namespace::Plans, "C", &[("Name", "")], |w| w.leaf(CC, "D", ""))?;
            w.leaf(CC, "E", "x")
        })
        .expect("legal values");
        let written = w.finish();
        let root = parse(written.as_bytes()).expect("well-formed");
        assert_eq!(canonical(&root, &[], Method::Inclusive, None), written);
        assert_eq!(root.attribute("b"), Some("<&\">\t\n\r"));
        assert_eq!(root.child(CC, "B").expect("B").text(), "a\tb\nc\rd]]>&");
    }

    #[test]
    fn control_characters_are_refused_with_their_path() {
        let in_text = Writer::new().element(CC, "A", &[], |w| w.leaf(CC, "B", "x\u{1}"));
        let path = vec!["A", "B"];
        assert_eq!(in_text, Err(WriteError { path, attribute: None, character: '\u{1}' }));
        let in_value = Writer::new().element(CC, "A", &[("b", "\u{FFFE}")], |_| Ok(()));
        let error = in_value.expect_err("refused");
        assert_eq!(error.to_string(), "character u+fffe in A/@b");
    }
}
