//! The strict, bounded reader.
//!
//! quick-xml splits the input into tokens; every token is checked again here, because it
//! accepts two roots, unbound prefixes, `<` in attribute values and characters that XML does not
//! have (field fact X11). Not here: which elements are allowed ([`crate::schema`]).
//! Implements [XML-05] (UTF-8 without byte order mark, no DOCTYPE) and the query behind [SIG-15].

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::XML_URI;
use super::character::{is_nc_name, is_space};
use super::error::{Fault, Flaw, XmlError, limits};
use super::policy::{Doctype, Policy, is_external_doctype};
use super::tag::{QName, RawAttribute, Scanner, normalise_line_ends, reference};
use super::tree::{Attribute, Element, Misc, NamespaceDeclaration, Node, Tree};

const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

/// Reads a whole document and returns its root element; see [`parse_tree`].
///
/// # Errors
/// The first thing that is not acceptable; see [`Fault`].
pub fn parse(bytes: &[u8]) -> Result<Element<'_>, XmlError> {
    parse_with(bytes, &Policy::STRICT)
}

/// Reads a whole document of others under their policy and returns its root element.
///
/// # Errors
/// As for [`parse_tree`], with the limits of the policy.
pub fn parse_with<'a>(bytes: &'a [u8], policy: &Policy) -> Result<Element<'a>, XmlError> {
    read_tree(bytes, *policy).map(|tree| tree.root)
}

/// Reads a whole document.
///
/// An XML declaration is accepted if it says version 1.0 and UTF-8; CDATA is text; comments and
/// processing instructions are kept, for canonicalisation needs them [SIG-04].
///
/// # Errors
/// The first thing that is not acceptable, with its offset and the elements open there; see
/// [`Fault`].
pub fn parse_tree(bytes: &[u8]) -> Result<Tree<'_>, XmlError> {
    read_tree(bytes, Policy::STRICT)
}

fn read_tree(bytes: &[u8], policy: Policy) -> Result<Tree<'_>, XmlError> {
    let mut builder = Builder { policy, ..Builder::default() };
    match policy.decode(bytes).and_then(|text| builder.read(text)) {
        Ok(end) => builder.finish(end),
        Err(flaw) => Err(builder.error(flaw)),
    }
}

/// Offsets never exceed the policy's limit of bytes, so the conversion cannot fail.
fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn tokenizer_flaw(error: &quick_xml::Error, at: usize) -> Flaw {
    use quick_xml::Error::IllFormed;
    use quick_xml::errors::IllFormedError::{MismatchedEndTag, UnclosedReference, UnmatchedEndTag};
    let fault = if matches!(error, IllFormed(UnclosedReference)) {
        Fault::UnknownEntity
    } else if matches!(error, IllFormed(MismatchedEndTag { .. } | UnmatchedEndTag(_))) {
        Fault::EndTag
    } else {
        Fault::Syntax
    };
    Flaw { at, fault }
}

fn check_declaration(content: &str, at: usize) -> Result<(), Flaw> {
    let wrong = Flaw { at, fault: Fault::Declaration };
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
            "encoding" => return Err(Flaw { at, fault: Fault::Encoding }),
            "standalone" if matches!(&*value, "yes" | "no") => {}
            _ => return Err(wrong),
        }
    }
    if has_version { Ok(()) } else { Err(wrong) }
}

#[derive(Default)]
struct Builder<'a> {
    policy: Policy,
    has_doctype: bool,
    before: Vec<Misc>,
    /// The elements whose end tags are awaited.
    stack: Vec<Element<'a>>,
    root: Option<Element<'a>>,
    after: Vec<Misc>,
    unsignable: Option<usize>,
    /// What [`Policy::nodes_max`] counts.
    nodes: usize,
    /// The attributes of the tag that is being read; kept for its memory.
    raw: Vec<RawAttribute<'a>>,
}

impl<'a> Builder<'a> {
    /// Takes the whole input and returns the offset of its end.
    fn read(&mut self, input: &'a str) -> Result<usize, Flaw> {
        let mut reader = Reader::from_str(input);
        // They are compared with the open elements, in `close`.
        reader.config_mut().check_end_names = false;
        loop {
            let at = offset(reader.buffer_position());
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(tokenizer_flaw(&error, offset(reader.error_position()))),
            };
            let end = offset(reader.buffer_position());
            match event {
                Event::Start(tag) => self.open(inside(input, at, &tag), at)?,
                Event::Empty(tag) => {
                    self.open(inside(input, at, &tag), at)?;
                    self.close(None, at, end)?;
                }
                Event::End(tag) => self.close(Some(tag.name().as_ref()), at, end)?,
                Event::Text(text) => self.text(text.into_inner(), at)?,
                Event::CData(text) => self.section(text.into_inner(), at)?,
                Event::GeneralRef(name) => {
                    let c = reference(&name, at)?;
                    self.append(Cow::Owned(c.to_string()), at)?;
                }
                Event::Decl(declaration) => check_declaration(&declaration, at)?,
                Event::Comment(text) => self.misc(comment(&text, at)?, at)?,
                Event::PI(content) => self.misc(instruction(&content, at)?, at)?,
                Event::DocType(_) => self.doctype(input.get(at..end).unwrap_or_default(), at)?,
                Event::Eof => return Ok(at),
            }
        }
    }

    fn count(&mut self, nodes: usize, at: usize) -> Result<(), Flaw> {
        self.nodes = self.nodes.saturating_add(nodes);
        match self.nodes > self.policy.nodes_max {
            true => Err(Flaw { at, fault: Fault::Nodes }),
            false => Ok(()),
        }
    }

    fn open(&mut self, content: &'a str, at: usize) -> Result<(), Flaw> {
        if self.root.is_some() {
            return Err(Flaw { at, fault: Fault::OutsideRoot });
        }
        if self.stack.len() >= limits::DEPTH_MAX {
            return Err(Flaw { at, fault: Fault::Depth });
        }
        let mut scanner = Scanner::new(content, at.saturating_add(1));
        let name = scanner.name()?;
        let mut raw = std::mem::take(&mut self.raw);
        let declarations = attributes(&mut scanner, &mut raw, at)?;
        self.count(declarations.len().saturating_add(raw.len()).saturating_add(1), at)?;
        if !declarations.is_empty() {
            let open = self.stack.iter().map(|outer| outer.declarations.len()).sum::<usize>();
            if open.saturating_add(declarations.len()) > limits::DECLARATIONS_OPEN_MAX {
                return Err(Flaw { at, fault: Fault::DeclarationsOpen });
            }
        }
        let mut element = Element {
            prefix: name.prefix,
            local: name.local,
            namespace: None,
            attributes: Vec::with_capacity(raw.len()),
            declarations,
            children: Vec::new(),
            span: at..at,
        };
        element.namespace = match name.prefix {
            Some("xmlns") => return Err(Flaw { at, fault: Fault::Name }),
            Some(prefix) => Some(self.resolve(&element, prefix, at)?),
            None => self.lookup(&element, None).filter(|uri| !uri.is_empty()),
        };
        for RawAttribute { name, value, at } in raw.drain(..) {
            let namespace = match name.prefix {
                Some(prefix) => Some(self.resolve(&element, prefix, at)?),
                None => None,
            };
            let local = name.local;
            if element.attributes.iter().any(|a| a.local == local && a.namespace == namespace) {
                return Err(Flaw { at, fault: Fault::DuplicateAttribute });
            }
            element.attributes.push(Attribute { prefix: name.prefix, local, namespace, value });
        }
        self.raw = raw;
        self.stack.push(element);
        Ok(())
    }

    fn lookup(&self, element: &Element<'a>, prefix: Option<&str>) -> Option<Cow<'a, str>> {
        // Nearly every element is in the namespace of the one around it, for the same reason.
        if let Some(outer) = self.stack.last().filter(|outer| outer.prefix == prefix)
            && element.declarations.is_empty()
        {
            return outer.namespace.clone();
        }
        std::iter::once(element)
            .chain(self.stack.iter().rev())
            .find_map(|e| e.declarations.iter().find(|d| d.prefix == prefix))
            .map(|declaration| declaration.uri.clone())
    }

    fn resolve(
        &self,
        element: &Element<'a>,
        prefix: &str,
        at: usize,
    ) -> Result<Cow<'a, str>, Flaw> {
        if prefix == "xml" {
            return Ok(Cow::Borrowed(XML_URI));
        }
        self.lookup(element, Some(prefix)).ok_or(Flaw { at, fault: Fault::UndefinedPrefix })
    }

    /// Closes the innermost element; `name` is none for an empty-element tag.
    fn close(&mut self, name: Option<&str>, at: usize, end: usize) -> Result<(), Flaw> {
        let repeats = |open: &mut Element<'a>| name.is_none_or(|name| is_name_of(open, name));
        let Some(mut element) = self.stack.pop_if(repeats) else {
            return Err(Flaw { at, fault: Fault::EndTag });
        };
        element.span.end = end;
        match self.stack.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, raw: Cow<'a, str>, at: usize) -> Result<(), Flaw> {
        if self.stack.is_empty() {
            return match raw.chars().all(is_space) {
                true => Ok(()),
                false => Err(Flaw { at, fault: Fault::OutsideRoot }),
            };
        }
        // Without a way out in between many bytes are looked at together; nearly no text has any.
        if !raw.bytes().fold(false, |found, b| found | matches!(b, b']' | b'\r')) {
            return self.append(raw, at);
        }
        if let Some(index) = raw.find("]]>") {
            let at = at.saturating_add(index);
            return Err(Flaw { at, fault: Fault::SectionEndInText });
        }
        self.section(raw, at)
    }

    fn section(&mut self, raw: Cow<'a, str>, at: usize) -> Result<(), Flaw> {
        if !raw.contains('\r') {
            return self.append(raw, at);
        }
        let mut text = String::with_capacity(raw.len());
        normalise_line_ends(&mut text, &raw);
        self.append(Cow::Owned(text), at)
    }

    fn append(&mut self, text: Cow<'a, str>, at: usize) -> Result<(), Flaw> {
        let Some(open) = self.stack.last_mut() else {
            return Err(Flaw { at, fault: Fault::OutsideRoot });
        };
        let children = &mut open.children;
        let length = match children.last_mut() {
            Some(Node::Text(whole)) => {
                whole.to_mut().push_str(&text);
                whole.len()
            }
            Some(Node::Element(_) | Node::Comment(_) | Node::Instruction { .. }) | None => {
                let length = text.len();
                if length > 0 {
                    // Most texts are all that their element holds.
                    children.reserve_exact(usize::from(children.is_empty()));
                    children.push(Node::Text(text));
                }
                length
            }
        };
        match length > limits::TEXT_BYTES_MAX {
            true => Err(Flaw { at, fault: Fault::Text }),
            false => Ok(()),
        }
    }

    fn misc(&mut self, misc: Misc, at: usize) -> Result<(), Flaw> {
        self.count(1, at)?;
        self.unsignable.get_or_insert(at);
        match self.stack.last_mut() {
            Some(open) => open.children.push(Node::from(misc)),
            None if self.root.is_some() => self.after.push(misc),
            None => self.before.push(misc),
        }
        Ok(())
    }

    fn doctype(&mut self, raw: &str, at: usize) -> Result<(), Flaw> {
        let is_first = !self.has_doctype && self.stack.is_empty() && self.root.is_none();
        self.has_doctype = true;
        match self.policy.doctype {
            Doctype::ExternalSkipped if is_first && is_external_doctype(raw) => Ok(()),
            Doctype::ExternalSkipped | Doctype::Refused => Err(Flaw { at, fault: Fault::Doctype }),
        }
    }

    fn finish(mut self, at: usize) -> Result<Tree<'a>, XmlError> {
        match self.root.take() {
            Some(root) => {
                let Self { before, after, unsignable, .. } = self;
                Ok(Tree { before, root, after, unsignable })
            }
            None => Err(self.error(Flaw { at, fault: Fault::Incomplete })),
        }
    }

    fn error(&self, Flaw { at, fault }: Flaw) -> XmlError {
        let names: Vec<&str> = self.stack.iter().map(|open| open.local).collect();
        XmlError { at, path: names.join("/"), fault }
    }
}

/// Returns the inside of the tag that starts at `at`, as part of the input.
fn inside<'a>(input: &'a str, at: usize, tag: &str) -> &'a str {
    let start = at.saturating_add(1);
    input.get(start..start.saturating_add(tag.len())).unwrap_or_default()
}

/// Says whether an end tag repeats the name of the start tag as written.
fn is_name_of(element: &Element<'_>, name: &str) -> bool {
    let local = match element.prefix {
        Some(prefix) => name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(':')),
        None => Some(name),
    };
    local == Some(element.local)
}

fn comment(raw: &str, at: usize) -> Result<Misc, Flaw> {
    if raw.contains("--") || raw.ends_with('-') {
        return Err(Flaw { at, fault: Fault::Comment });
    }
    Ok(Misc::Comment(bounded(raw, at)?))
}

fn instruction(raw: &str, at: usize) -> Result<Misc, Flaw> {
    let length = raw.find(is_space).unwrap_or(raw.len());
    let (target, data) = raw.split_at_checked(length).unwrap_or((raw, ""));
    if !is_nc_name(target) || target.len() > limits::NAME_BYTES_MAX {
        return Err(Flaw { at, fault: Fault::Name });
    }
    if target.eq_ignore_ascii_case("xml") {
        return Err(Flaw { at, fault: Fault::ProcessingInstruction });
    }
    let data = bounded(data.trim_start_matches(is_space), at)?;
    Ok(Misc::Instruction { target: target.to_owned(), data })
}

fn bounded(raw: &str, at: usize) -> Result<String, Flaw> {
    if raw.len() > limits::TEXT_BYTES_MAX {
        return Err(Flaw { at, fault: Fault::Text });
    }
    let mut text = String::with_capacity(raw.len());
    normalise_line_ends(&mut text, raw);
    Ok(text)
}

/// Splits the attributes of a tag into namespace declarations and the rest, which goes to `raw`.
fn attributes<'a>(
    scanner: &mut Scanner<'a>,
    raw: &mut Vec<RawAttribute<'a>>,
    tag: usize,
) -> Result<Vec<NamespaceDeclaration<'a>>, Flaw> {
    let mut declarations: Vec<NamespaceDeclaration<'_>> = Vec::new();
    while let Some(attribute) = scanner.attribute()? {
        if declarations.len().saturating_add(raw.len()) >= limits::ATTRIBUTES_MAX {
            return Err(Flaw { at: tag, fault: Fault::Attributes });
        }
        let at = attribute.at;
        let name = attribute.name;
        if attribute.value.len() > limits::TEXT_BYTES_MAX {
            return Err(Flaw { at, fault: Fault::Text });
        }
        let prefix = match (name.prefix, name.local) {
            (None, "xmlns") => None,
            (Some("xmlns"), prefix) => Some(prefix),
            (_, _) => {
                raw.push(attribute);
                continue;
            }
        };
        let declaration = NamespaceDeclaration { prefix, uri: attribute.value };
        if !is_legal(&declaration) {
            return Err(Flaw { at, fault: Fault::NamespaceDeclaration });
        }
        if declarations.iter().any(|d| d.prefix == declaration.prefix) {
            return Err(Flaw { at, fault: Fault::DuplicateAttribute });
        }
        declarations.push(declaration);
    }
    Ok(declarations)
}

/// Namespaces in XML 1.0, section 3: what is reserved stays so, a prefix is never taken back.
/// Canonical XML 1.0 fails on relative URIs, so none is read [SIG-13].
fn is_legal(declaration: &NamespaceDeclaration<'_>) -> bool {
    let uri = &*declaration.uri;
    if uri.len() > limits::NAMESPACE_BYTES_MAX || uri == XMLNS_URI {
        return false;
    }
    match declaration.prefix {
        Some("xmlns") => false,
        Some("xml") => uri == XML_URI,
        Some(_) => is_absolute(uri) && uri != XML_URI,
        None => uri.is_empty() || (is_absolute(uri) && uri != XML_URI),
    }
}

/// Says whether the URI starts with a scheme (RFC 3986, section 3.1).
fn is_absolute(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}
