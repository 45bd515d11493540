//! The writer whose output is inclusive Canonical XML 1.0 by construction.
//!
//! Elements are unprefixed and their default namespace is declared where it changes; attributes
//! are ordered by name; empty elements have two tags; nothing is indented. Names are constants
//! of the caller, values are checked and escaped, so that nothing can be injected (X11). Not
//! here: declarations, comments and processing instructions, which are never written [XML-05].
//! Implements [XML-05], [XML-210] and the precondition of [SIG-14].

use std::fmt;

use super::Namespace;
use super::c14n::{escape_attribute, escape_text};
use super::character::is_xml_char;

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

/// Writes one tree of elements.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    /// The open elements with their namespaces, root first.
    open: Vec<(&'static str, Namespace)>,
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
        let outer = self.open.last().map(|(_, namespace)| *namespace);
        self.open.push((name, namespace));
        self.out.push('<');
        self.out.push_str(name);
        if outer != Some(namespace) {
            self.attribute("xmlns", namespace.uri())?;
        }
        let mut ordered = attributes.to_vec();
        ordered.sort_unstable();
        for (attribute, value) in ordered {
            self.attribute(attribute, value)?;
        }
        self.out.push('>');
        content(self)?;
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        self.open.pop();
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

    fn attribute(&mut self, name: &'static str, value: &str) -> Result<(), WriteError> {
        self.check(value, Some(name))?;
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape_attribute(&mut self.out, value);
        self.out.push('"');
        Ok(())
    }

    fn check(&self, value: &str, attribute: Option<&'static str>) -> Result<(), WriteError> {
        match value.chars().find(|c| !is_xml_char(*c)) {
            None => Ok(()),
            Some(character) => Err(WriteError {
                path: self.open.iter().map(|(name, _)| *name).collect(),
                attribute,
                character,
            }),
        }
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
