//! The strict, bounded reader.
//!
//! quick-xml splits the input into tokens; every token is checked again here, because it
//! accepts two roots, unbound prefixes, `<` in attribute values and characters that XML does not
//! have (field fact X11). Not here: which elements are allowed ([`crate::schema`]).
//! Implements [XML-05] (UTF-8 without byte order mark, no DOCTYPE) and the refusals of [SIG-15].

use quick_xml::Reader;
use quick_xml::events::Event;

use super::character::{is_space, is_xml_char};
use super::error::{Fault, XmlError, limits};
use super::tag::{QName, RawAttribute, Scanner, normalise_line_ends, qname, reference};
use super::tree::{Attribute, Element, NamespaceDeclaration, Node};

const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

/// Reads a whole document and returns its root element.
///
/// An XML declaration is accepted if it says version 1.0 and UTF-8; CDATA is text.
///
/// # Errors
/// The first thing that is not acceptable, with its offset; see [`Fault`].
pub fn parse(bytes: &[u8]) -> Result<Element, XmlError> {
    let text = decode(bytes)?;
    let mut reader = Reader::from_str(text);
    let mut builder = Builder::default();
    loop {
        let at = offset(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(tokenizer_error(&error, offset(reader.error_position()))),
        };
        let end = offset(reader.buffer_position());
        match event {
            Event::Start(tag) => builder.open(&tag, at)?,
            Event::Empty(tag) => {
                builder.open(&tag, at)?;
                builder.close(None, at, end)?;
            }
            Event::End(tag) => builder.close(Some(tag.name().as_ref()), at, end)?,
            Event::Text(text) => builder.text(&text, at)?,
            Event::CData(text) => builder.section(&text, at)?,
            Event::GeneralRef(name) => {
                let c = reference(&name, at)?;
                builder.character(c, at)?;
            }
            Event::Decl(declaration) => check_declaration(&declaration, at)?,
            Event::Comment(_) => return Err(XmlError { at, fault: Fault::Comment }),
            Event::PI(_) => return Err(XmlError { at, fault: Fault::ProcessingInstruction }),
            Event::DocType(_) => return Err(XmlError { at, fault: Fault::Doctype }),
            Event::Eof => return builder.finish(at),
        }
    }
}

/// Offsets never exceed [`limits::BYTES_MAX`], so the conversion cannot fail.
fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn tokenizer_error(error: &quick_xml::Error, at: usize) -> XmlError {
    use quick_xml::Error::IllFormed;
    use quick_xml::errors::IllFormedError::{MismatchedEndTag, UnclosedReference, UnmatchedEndTag};
    let fault = if matches!(error, IllFormed(UnclosedReference)) {
        Fault::UnknownEntity
    } else if matches!(error, IllFormed(MismatchedEndTag { .. } | UnmatchedEndTag(_))) {
        Fault::EndTag
    } else {
        Fault::Syntax
    };
    XmlError { at, fault }
}

fn decode(bytes: &[u8]) -> Result<&str, XmlError> {
    if bytes.len() > limits::BYTES_MAX {
        return Err(XmlError { at: limits::BYTES_MAX, fault: Fault::TooLarge });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| XmlError { at: error.valid_up_to(), fault: Fault::Encoding })?;
    if text.starts_with('\u{FEFF}') {
        return Err(XmlError { at: 0, fault: Fault::Encoding });
    }
    match text.char_indices().find(|(_, c)| !is_xml_char(*c)) {
        Some((at, c)) => Err(XmlError { at, fault: Fault::Character(c) }),
        None => Ok(text),
    }
}

fn check_declaration(content: &str, at: usize) -> Result<(), XmlError> {
    let wrong = XmlError { at, fault: Fault::Declaration };
    if at != 0 {
        return Err(wrong);
    }
    let mut scanner = Scanner::new(content, at);
    if scanner.name()? != (QName { prefix: None, local: "xml" }) {
        return Err(wrong);
    }
    let mut expected = ["version", "encoding", "standalone"].into_iter();
    let mut has_version = false;
    while let Some(RawAttribute { name, value, .. }) = scanner.attribute()? {
        if name.prefix.is_some() || !expected.any(|e| e == name.local) {
            return Err(wrong);
        }
        match name.local {
            "version" if value == "1.0" => has_version = true,
            "encoding" if value.eq_ignore_ascii_case("utf-8") => {}
            "encoding" => return Err(XmlError { at, fault: Fault::Encoding }),
            "standalone" if matches!(value.as_str(), "yes" | "no") => {}
            _ => return Err(wrong),
        }
    }
    if has_version { Ok(()) } else { Err(wrong) }
}

/// An element whose end tag is awaited.
struct Open {
    element: Element,
    /// The name as written, which the end tag must repeat.
    name: String,
    /// Bytes of text so far.
    text_bytes: usize,
}

#[derive(Default)]
struct Builder {
    stack: Vec<Open>,
    root: Option<Element>,
    elements: usize,
}

impl Builder {
    fn open(&mut self, content: &str, at: usize) -> Result<(), XmlError> {
        if self.root.is_some() {
            return Err(XmlError { at, fault: Fault::OutsideRoot });
        }
        if self.stack.len() >= limits::DEPTH_MAX {
            return Err(XmlError { at, fault: Fault::Depth });
        }
        self.elements = self.elements.saturating_add(1);
        if self.elements > limits::ELEMENTS_MAX {
            return Err(XmlError { at, fault: Fault::Elements });
        }
        let mut scanner = Scanner::new(content, at.saturating_add(1));
        let name = scanner.name()?;
        let (declarations, raw) = attributes(&mut scanner, at)?;
        let mut element = Element {
            prefix: name.prefix.map(str::to_owned),
            local: name.local.to_owned(),
            namespace: None,
            attributes: Vec::with_capacity(raw.len()),
            declarations,
            children: Vec::new(),
            span: at..at,
        };
        element.namespace = match name.prefix {
            Some("xmlns") => return Err(XmlError { at, fault: Fault::Name }),
            Some(prefix) => Some(self.resolve(&element, prefix, at)?),
            None => self.lookup(&element, None).filter(|uri| !uri.is_empty()),
        };
        for RawAttribute { name, value, at } in raw {
            let namespace = match name.prefix {
                Some(prefix) => Some(self.resolve(&element, prefix, at)?),
                None => None,
            };
            let local = name.local.to_owned();
            if element.attributes.iter().any(|a| a.local == local && a.namespace == namespace) {
                return Err(XmlError { at, fault: Fault::DuplicateAttribute });
            }
            let prefix = name.prefix.map(str::to_owned);
            element.attributes.push(Attribute { prefix, local, namespace, value });
        }
        let length = content.find(is_space).unwrap_or(content.len());
        let name = content.get(..length).unwrap_or_default().to_owned();
        self.stack.push(Open { element, name, text_bytes: 0 });
        Ok(())
    }

    fn lookup(&self, element: &Element, prefix: Option<&str>) -> Option<String> {
        let outer = self.stack.iter().rev().map(|open| &open.element);
        std::iter::once(element)
            .chain(outer)
            .find_map(|e| e.declarations.iter().find(|d| d.prefix.as_deref() == prefix))
            .map(|declaration| declaration.uri.clone())
    }

    fn resolve(&self, element: &Element, prefix: &str, at: usize) -> Result<String, XmlError> {
        if prefix == "xml" {
            return Ok(XML_URI.to_owned());
        }
        self.lookup(element, Some(prefix)).ok_or(XmlError { at, fault: Fault::UndefinedPrefix })
    }

    /// Closes the innermost element; `name` is none for an empty-element tag.
    fn close(&mut self, name: Option<&str>, at: usize, end: usize) -> Result<(), XmlError> {
        let Some(open) = self.stack.pop() else {
            return Err(XmlError { at, fault: Fault::EndTag });
        };
        if name.is_some_and(|name| name != open.name || qname(name).is_none()) {
            return Err(XmlError { at, fault: Fault::EndTag });
        }
        let mut element = open.element;
        element.span.end = end;
        match self.stack.last_mut() {
            Some(parent) => parent.element.children.push(Node::Element(element)),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, raw: &str, at: usize) -> Result<(), XmlError> {
        if self.stack.is_empty() {
            return match raw.chars().all(is_space) {
                true => Ok(()),
                false => Err(XmlError { at, fault: Fault::OutsideRoot }),
            };
        }
        if let Some(index) = raw.find("]]>") {
            let at = at.saturating_add(index);
            return Err(XmlError { at, fault: Fault::SectionEndInText });
        }
        self.section(raw, at)
    }

    fn section(&mut self, raw: &str, at: usize) -> Result<(), XmlError> {
        let mut text = String::with_capacity(raw.len());
        normalise_line_ends(&mut text, raw);
        self.append(&text, at)
    }

    fn character(&mut self, c: char, at: usize) -> Result<(), XmlError> {
        self.append(c.encode_utf8(&mut [0; 4]), at)
    }

    fn append(&mut self, text: &str, at: usize) -> Result<(), XmlError> {
        let Some(open) = self.stack.last_mut() else {
            return Err(XmlError { at, fault: Fault::OutsideRoot });
        };
        open.text_bytes = open.text_bytes.saturating_add(text.len());
        if open.text_bytes > limits::TEXT_BYTES_MAX {
            return Err(XmlError { at, fault: Fault::Text });
        }
        let children = &mut open.element.children;
        match children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            Some(Node::Element(_)) | None if text.is_empty() => {}
            Some(Node::Element(_)) | None => children.push(Node::Text(text.to_owned())),
        }
        Ok(())
    }

    fn finish(self, at: usize) -> Result<Element, XmlError> {
        match self.root {
            Some(root) if self.stack.is_empty() => Ok(root),
            Some(_) | None => Err(XmlError { at, fault: Fault::Incomplete }),
        }
    }
}

/// Splits the attributes of a tag into namespace declarations and the rest.
fn attributes<'a>(
    scanner: &mut Scanner<'a>,
    tag: usize,
) -> Result<(Vec<NamespaceDeclaration>, Vec<RawAttribute<'a>>), XmlError> {
    let mut declarations: Vec<NamespaceDeclaration> = Vec::new();
    let mut raw = Vec::new();
    while let Some(attribute) = scanner.attribute()? {
        if declarations.len().saturating_add(raw.len()) >= limits::ATTRIBUTES_MAX {
            return Err(XmlError { at: tag, fault: Fault::Attributes });
        }
        let at = attribute.at;
        let name = attribute.name;
        if attribute.value.len() > limits::TEXT_BYTES_MAX {
            return Err(XmlError { at, fault: Fault::Text });
        }
        let prefix = match (name.prefix, name.local) {
            (None, "xmlns") => None,
            (Some("xmlns"), prefix) => Some(prefix.to_owned()),
            (_, _) => {
                raw.push(attribute);
                continue;
            }
        };
        let declaration = NamespaceDeclaration { prefix, uri: attribute.value };
        if !is_legal(&declaration) {
            return Err(XmlError { at, fault: Fault::NamespaceDeclaration });
        }
        if declarations.iter().any(|d| d.prefix == declaration.prefix) {
            return Err(XmlError { at, fault: Fault::DuplicateAttribute });
        }
        declarations.push(declaration);
    }
    Ok((declarations, raw))
}

/// Namespaces in XML 1.0, section 3: what is reserved stays so, a prefix is never taken back.
fn is_legal(declaration: &NamespaceDeclaration) -> bool {
    let uri = declaration.uri.as_str();
    if uri.len() > limits::NAMESPACE_BYTES_MAX || uri == XMLNS_URI {
        return false;
    }
    match declaration.prefix.as_deref() {
        Some("xmlns") => false,
        Some("xml") => uri == XML_URI,
        Some(_) => !uri.is_empty() && uri != XML_URI,
        None => uri != XML_URI,
    }
}
