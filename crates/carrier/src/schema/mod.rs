//! The published grammar, as tables, and the one walk that holds a document to them.
//!
//! For documents that others wrote: limits are the schema's, not the generator's; the documented
//! extras that the published schemas lack [XML-10] are in the tables. Not here: the meaning of
//! elements ([`crate::read`]), rules between elements ([`crate::lint`]), trust
//! ([`crate::verify`]).
//! Implements [XML-01], [XML-03], [XML-04], [XML-07]…[XML-11], [XML-191] and, in its tables,
//! [XML-12]…[XML-22], the grammar of §4–§9 and [SIG-01]…[SIG-10].

mod document;
mod hotspot;
mod extensions;
mod messages;
mod plans;
mod provisioning;
mod signature;
mod types;
mod wlan;
mod wwan;

use std::fmt;

pub(crate) use signature::{ENVELOPED, INCLUSIVE};
pub(crate) use types::{base64, boolean, integer};

use crate::xml::{Attribute, Element, Namespace};

/// Says what violates the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaFault {
    /// The root is not `CarrierProvisioning` of the right namespace.
    Root,
    /// A child that is unknown, out of order or one too many [XML-01].
    UnexpectedChild,
    /// A child that is required is absent; carries its name.
    MissingChild(&'static str),
    /// An attribute that the element does not have.
    UnexpectedAttribute,
    /// An attribute that is required is absent; carries its name.
    MissingAttribute(&'static str),
    /// The value of an attribute is outside its type; carries its name.
    AttributeValue(&'static str),
    /// Text where only elements may be, or nothing at all.
    UnexpectedText,
    /// The text of the element is outside its type.
    Value,
    /// More than one `X509Data` in one `KeyInfo` [SIG-09].
    SecondX509Data,
}

/// Says where a well-formed document violates the schema, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// Offset in bytes of the element that is at fault, or of the one that lacks something.
    pub at: usize,
    /// The elements from the root to the innermost one that the schema knows there.
    pub path: Vec<&'static str>,
    /// What is wrong with it.
    pub fault: SchemaFault,
    /// The requirement that states the rule, such as `XML-22`.
    pub requirement: &'static str,
}

impl SchemaError {
    /// Returns the path with slashes, such as `CarrierProvisioning/Global/DeviceId`.
    #[must_use]
    pub fn path_text(&self) -> String {
        self.path.join("/")
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at;
        let element = self.path_text();
        match self.fault {
            SchemaFault::Root => f.write_str("not a CarrierProvisioning document")?,
            SchemaFault::UnexpectedChild => {
                write!(f, "unexpected child in {element} at byte {at}")?;
            }
            SchemaFault::MissingChild(name) => write!(f, "{element} at byte {at} lacks {name}")?,
            SchemaFault::UnexpectedAttribute => {
                write!(f, "unexpected attribute of {element} at byte {at}")?;
            }
            SchemaFault::MissingAttribute(name) => {
                write!(f, "{element} at byte {at} lacks the attribute {name}")?;
            }
            SchemaFault::AttributeValue(name) => {
                write!(f, "illegal {name} of {element} at byte {at}")?;
            }
            SchemaFault::UnexpectedText => write!(f, "unexpected text in {element} at byte {at}")?,
            SchemaFault::Value => write!(f, "illegal value of {element} at byte {at}")?,
            SchemaFault::SecondX509Data => write!(f, "second X509Data at byte {at}")?,
        }
        write!(f, " [{}]", self.requirement)
    }
}

impl std::error::Error for SchemaError {}

/// Says whether a text is a value of a simple type.
type Check = fn(&str) -> bool;

/// One element of the schema.
struct Rule {
    /// The requirement that states the rule.
    id: &'static str,
    namespace: Namespace,
    name: &'static str,
    attributes: &'static [AttributeRule],
    content: Content,
}

struct AttributeRule {
    id: &'static str,
    name: &'static str,
    is_required: bool,
    value: Check,
}

enum Content {
    /// Nothing, not even white space.
    Empty,
    /// Text of a simple type.
    Text(Check),
    /// Elements in one of these sequences, white space between them.
    Elements(&'static [&'static [Particle]]),
    /// Each of these elements at most once, in any order (`xs:all`).
    All(&'static [&'static Rule]),
    /// Elements in this sequence, any text between them.
    Mixed(&'static [Particle]),
    /// Whatever is well-formed, unseen (`xs:anyType`).
    Anything,
}

/// Says which elements of other namespaces a place takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wildcard {
    /// None.
    No,
    /// Those that the schemas declare globally, held to their rule [XML-07].
    Strict,
    /// Any; those that the schemas declare globally are held to their rule [XML-07].
    Lax,
}

/// One place in a sequence: so many of any of these elements.
struct Particle {
    rules: &'static [&'static Rule],
    wildcard: Wildcard,
    min: usize,
    max: usize,
}

const fn place(rules: &'static [&'static Rule], min: usize, max: usize) -> Particle {
    Particle { rules, wildcard: Wildcard::No, min, max }
}

const fn one(rules: &'static [&'static Rule]) -> Particle {
    place(rules, 1, 1)
}

const fn maybe(rules: &'static [&'static Rule]) -> Particle {
    place(rules, 0, 1)
}

const fn many(rules: &'static [&'static Rule]) -> Particle {
    place(rules, 1, usize::MAX)
}

const fn any_number(rules: &'static [&'static Rule]) -> Particle {
    place(rules, 0, usize::MAX)
}

/// Any number of elements of other namespaces.
const fn foreign(wildcard: Wildcard) -> Particle {
    Particle { rules: &[], wildcard, min: 0, max: usize::MAX }
}

const fn required(id: &'static str, name: &'static str, value: Check) -> AttributeRule {
    AttributeRule { id, name, is_required: true, value }
}

const fn optional(id: &'static str, name: &'static str, value: Check) -> AttributeRule {
    AttributeRule { id, name, is_required: false, value }
}

/// An element that holds elements only.
const fn parent(
    id: &'static str,
    namespace: Namespace,
    name: &'static str,
    sequences: &'static [&'static [Particle]],
) -> Rule {
    Rule { id, namespace, name, attributes: &[], content: Content::Elements(sequences) }
}

/// An element that holds text of a simple type.
const fn text(id: &'static str, namespace: Namespace, name: &'static str, check: Check) -> Rule {
    Rule { id, namespace, name, attributes: &[], content: Content::Text(check) }
}

/// An element that holds attributes only.
const fn empty(
    id: &'static str,
    namespace: Namespace,
    name: &'static str,
    attributes: &'static [AttributeRule],
) -> Rule {
    Rule { id, namespace, name, attributes, content: Content::Empty }
}

/// The elements that the schemas declare globally, which wildcards look up [XML-07].
static GLOBALS: &[&[&Rule]] = &[
    document::GLOBALS,
    wwan::GLOBALS,
    messages::GLOBALS,
    wlan::GLOBALS,
    hotspot::GLOBALS,
    plans::GLOBALS,
    extensions::GLOBALS,
    signature::GLOBALS,
];

/// Holds a document to the schema.
///
/// # Errors
/// The first violation in document order.
pub fn validate(root: &Element<'_>) -> Result<(), SchemaError> {
    match violations_of(root, 1).pop() {
        Some(first) => Err(first),
        None => Ok(()),
    }
}

/// Holds a document to the schema as our agent does, which also takes a `Locale` such as `en-US`
/// [MSG-21].
///
/// # Errors
/// The first violation in document order.
pub fn validate_as_agent(root: &Element<'_>) -> Result<(), SchemaError> {
    match violations(root, 1, Judge::Agent).pop() {
        Some(first) => Err(first),
        None => Ok(()),
    }
}

/// Lists the violations of a document in document order, at most `max`.
///
/// Beside an unexpected or a missing child the rest of its parent is not judged, because every
/// further complaint there would follow from the first.
#[must_use]
pub fn violations_of(root: &Element<'_>, max: usize) -> Vec<SchemaError> {
    violations(root, max, Judge::Schema)
}

fn violations(root: &Element<'_>, max: usize, judge: Judge) -> Vec<SchemaError> {
    let rule = &document::CARRIER_PROVISIONING;
    let mut walk = Walk { path: Vec::new(), found: Vec::new(), max, judge };
    if root.is(rule.namespace, rule.name) {
        let _ = walk.element(root, rule);
        if walk.found.len() < max {
            walk.found.extend(signature::second_x509_data(root));
        }
    } else {
        walk.path.push(rule.name);
        let _ = walk.report(root, rule.id, SchemaFault::Root);
    }
    walk.found
}

/// Says by whose lights a document is judged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Judge {
    /// The schema alone.
    Schema,
    /// Our agent, which tolerates more.
    Agent,
}

/// The walk is over: it found as many violations as were asked for.
struct Enough;

/// One walk over a document.
struct Walk {
    path: Vec<&'static str>,
    found: Vec<SchemaError>,
    max: usize,
    judge: Judge,
}

impl Walk {
    fn report(
        &mut self,
        e: &Element<'_>,
        requirement: &'static str,
        fault: SchemaFault,
    ) -> Result<(), Enough> {
        let path = self.path.clone();
        self.found.push(SchemaError { at: e.span.start, path, fault, requirement });
        if self.found.len() < self.max { Ok(()) } else { Err(Enough) }
    }

    fn element(&mut self, e: &Element<'_>, rule: &'static Rule) -> Result<(), Enough> {
        self.path.push(rule.name);
        self.attributes(e, rule)?;
        self.content(e, rule)?;
        self.path.pop();
        Ok(())
    }

    fn attributes(&mut self, e: &Element<'_>, rule: &Rule) -> Result<(), Enough> {
        if matches!(rule.content, Content::Anything) {
            return Ok(());
        }
        for attribute in e.attributes.iter().filter(|a| !is_schema_hint(a)) {
            let known = rule.attributes.iter().find(|r| r.name == attribute.local);
            match known.filter(|_| attribute.namespace.is_none()) {
                None => self.report(e, rule.id, SchemaFault::UnexpectedAttribute)?,
                Some(known) if !(known.value)(&attribute.value) => {
                    self.report(e, known.id, SchemaFault::AttributeValue(known.name))?;
                }
                Some(_) => {}
            }
        }
        let absent = |r: &&AttributeRule| r.is_required && e.attribute(r.name).is_none();
        rule.attributes.iter().filter(absent).try_for_each(|absent| {
            self.report(e, absent.id, SchemaFault::MissingAttribute(absent.name))
        })
    }

    fn content(&mut self, e: &Element<'_>, rule: &'static Rule) -> Result<(), Enough> {
        let may_hold_text = match &rule.content {
            Content::Anything | Content::Mixed(_) | Content::Text(_) => true,
            Content::Empty => e.text().is_empty(),
            Content::Elements(_) | Content::All(_) => is_blank(&e.text()),
        };
        if !may_hold_text {
            self.report(e, rule.id, SchemaFault::UnexpectedText)?;
        }
        let first = e.elements().next();
        match &rule.content {
            Content::Anything => Ok(()),
            Content::Text(check)
                if first.is_none() && !check(&e.text()) && !self.tolerates(rule, e) =>
            {
                self.report(e, rule.id, SchemaFault::Value)
            }
            Content::Empty | Content::Text(_) => match first {
                Some(child) => self.report(child, rule.id, SchemaFault::UnexpectedChild),
                None => Ok(()),
            },
            Content::All(rules) => self.all(e, rule, rules),
            Content::Elements(sequences) => {
                let chosen = sequences.iter().find(|s| starts_like(s, rule, first));
                let chosen = chosen.or_else(|| sequences.first()).copied().unwrap_or_default();
                self.sequence(e, rule, chosen)
            }
            Content::Mixed(particles) => self.sequence(e, rule, particles),
        }
    }

    fn tolerates(&self, rule: &Rule, e: &Element<'_>) -> bool {
        let is_locale = std::ptr::eq(rule, &raw const messages::LOCALE);
        self.judge == Judge::Agent && is_locale && types::locale_of_agent(&e.text())
    }

    /// Matches children with places greedily, which suffices: no place starts like the next one.
    fn sequence(
        &mut self,
        e: &Element<'_>,
        rule: &'static Rule,
        particles: &'static [Particle],
    ) -> Result<(), Enough> {
        let mut rest = e.elements().peekable();
        for particle in particles {
            let mut found: usize = 0;
            while found < particle.max {
                let Some(of_child) = rest.peek().and_then(|child| particle.rule_of(child, rule))
                else {
                    break;
                };
                if let (Some(child), Some(of_child)) = (rest.next(), of_child) {
                    self.element(child, of_child)?;
                }
                found = found.saturating_add(1);
            }
            if found < particle.min {
                return match (rest.peek(), particle.rules.first()) {
                    (Some(child), _) => self.report(child, rule.id, SchemaFault::UnexpectedChild),
                    (None, Some(absent)) => {
                        self.report(e, absent.id, SchemaFault::MissingChild(absent.name))
                    }
                    (None, None) => self.report(e, rule.id, SchemaFault::MissingChild("element")),
                };
            }
        }
        match rest.next() {
            Some(child) => self.report(child, rule.id, SchemaFault::UnexpectedChild),
            None => Ok(()),
        }
    }

    fn all(
        &mut self,
        e: &Element<'_>,
        rule: &'static Rule,
        rules: &'static [&'static Rule],
    ) -> Result<(), Enough> {
        for (index, child) in e.elements().enumerate() {
            let is_second = e
                .elements()
                .take(index)
                .any(|c| c.local == child.local && c.namespace == child.namespace);
            match rules.iter().find(|r| child.is(r.namespace, r.name)) {
                Some(of_child) if !is_second => self.element(child, of_child)?,
                Some(_) | None => self.report(child, rule.id, SchemaFault::UnexpectedChild)?,
            }
        }
        Ok(())
    }
}

/// `xsi:schemaLocation` and its sibling, which every element may have and which say nothing about
/// the document (XML Schema Part 1, section 2.6.3). `xsi:type` and `xsi:nil` would, and stay
/// refused.
fn is_schema_hint(attribute: &Attribute<'_>) -> bool {
    const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
    attribute.namespace.as_deref() == Some(XSI)
        && matches!(attribute.local, "schemaLocation" | "noNamespaceSchemaLocation")
}

fn is_blank(text: &str) -> bool {
    text.trim_matches([' ', '\t', '\n', '\r']).is_empty()
}

fn starts_like(sequence: &[Particle], rule: &Rule, first: Option<&Element<'_>>) -> bool {
    let start = sequence.first().zip(first);
    start.is_some_and(|(particle, child)| particle.rule_of(child, rule).is_some())
}

impl Particle {
    /// Returns the rule of a child in this place; none inside for one that is tolerated unseen.
    fn rule_of(&self, child: &Element<'_>, parent: &Rule) -> Option<Option<&'static Rule>> {
        if let Some(rule) = self.rules.iter().find(|r| child.is(r.namespace, r.name)) {
            return Some(Some(rule));
        }
        if !is_other(child, parent.namespace) {
            return None;
        }
        let mut globals = GLOBALS.iter().flat_map(|rules| rules.iter());
        let global = globals.find(|r| child.is(r.namespace, r.name)).copied();
        match self.wildcard {
            Wildcard::No => None,
            Wildcard::Strict => global.map(Some),
            Wildcard::Lax => Some(global),
        }
    }
}

/// `##other`: in a namespace, and not in that of the parent.
fn is_other(child: &Element<'_>, parent: Namespace) -> bool {
    child.namespace.as_deref().is_some_and(|uri| uri != parent.uri())
}
