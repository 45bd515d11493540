//! The published grammar, as tables, and the one function that holds a document to them.
//!
//! For documents that others wrote: limits are the schema's, not the generator's. Not here: the
//! meaning of elements ([`crate::read`]) and the rules of trust ([`crate::verify`]). The tables
//! hold the elements that [`crate::document`] models; `WLANProfiles`, `Provisioning` and
//! `Extensions` are known by name and position but must be empty, and everything else is refused
//! as a violation, until the full grammar comes.
//! Implements [XML-01], [XML-03], [XML-04], [XML-191] and, in its tables, [XML-12]…[XML-22],
//! [XML-29]…[XML-33], [XML-41]…[XML-55], [XML-132]…[XML-148] and [SIG-01]…[SIG-10].

mod document;
mod signature;
mod types;

use std::fmt;

pub(crate) use signature::{ENVELOPED, INCLUSIVE};
pub(crate) use types::{base64, boolean, integer};

use crate::xml::{Element, Namespace, Node};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// Offset in bytes of the element that is at fault, or of the one that lacks something.
    pub at: usize,
    /// The name of the innermost element that the schema knows there.
    pub element: &'static str,
    /// What is wrong with it.
    pub fault: SchemaFault,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, element, fault } = self;
        match fault {
            SchemaFault::Root => f.write_str("not a CarrierProvisioning document"),
            SchemaFault::UnexpectedChild => write!(f, "unexpected child in {element} at byte {at}"),
            SchemaFault::MissingChild(name) => write!(f, "{element} at byte {at} lacks {name}"),
            SchemaFault::UnexpectedAttribute => {
                write!(f, "unexpected attribute of {element} at byte {at}")
            }
            SchemaFault::MissingAttribute(name) => {
                write!(f, "{element} at byte {at} lacks the attribute {name}")
            }
            SchemaFault::AttributeValue(name) => {
                write!(f, "illegal {name} of {element} at byte {at}")
            }
            SchemaFault::UnexpectedText => write!(f, "unexpected text in {element} at byte {at}"),
            SchemaFault::Value => write!(f, "illegal value of {element} at byte {at}"),
            SchemaFault::SecondX509Data => write!(f, "second X509Data at byte {at}"),
        }
    }
}

impl std::error::Error for SchemaError {}

/// Says whether a text is a value of a simple type.
type Check = fn(&str) -> bool;

/// One element of the schema.
struct Rule {
    namespace: Namespace,
    name: &'static str,
    attributes: &'static [AttributeRule],
    content: Content,
}

struct AttributeRule {
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
    /// Elements in this sequence, any text between them.
    Mixed(&'static [Particle]),
}

/// One place in a sequence: so many of any of these elements.
struct Particle {
    rules: &'static [&'static Rule],
    /// Whether elements of other namespaces are tolerated unseen (`processContents="lax"`).
    is_open: bool,
    min: usize,
    max: usize,
}

const fn one(rules: &'static [&'static Rule]) -> Particle {
    Particle { rules, is_open: false, min: 1, max: 1 }
}

const fn maybe(rules: &'static [&'static Rule]) -> Particle {
    Particle { rules, is_open: false, min: 0, max: 1 }
}

const fn many(rules: &'static [&'static Rule]) -> Particle {
    Particle { rules, is_open: false, min: 1, max: usize::MAX }
}

const fn required(name: &'static str, value: Check) -> AttributeRule {
    AttributeRule { name, is_required: true, value }
}

const fn optional(name: &'static str, value: Check) -> AttributeRule {
    AttributeRule { name, is_required: false, value }
}

/// Holds a document to the schema.
///
/// # Errors
/// The first violation in document order.
pub fn validate(root: &Element) -> Result<(), SchemaError> {
    let rule = &document::CARRIER_PROVISIONING;
    if !root.is(rule.namespace, rule.name) {
        return Err(error(root, rule, SchemaFault::Root));
    }
    element(root, rule)?;
    signature::check_key_info(root)
}

const fn error(element: &Element, rule: &Rule, fault: SchemaFault) -> SchemaError {
    SchemaError { at: element.span.start, element: rule.name, fault }
}

fn element(e: &Element, rule: &'static Rule) -> Result<(), SchemaError> {
    attributes(e, rule)?;
    match &rule.content {
        Content::Empty if e.is_empty() => Ok(()),
        Content::Empty => Err(error(e, rule, SchemaFault::UnexpectedText)),
        Content::Text(_) if e.elements().next().is_some() => {
            Err(error(e, rule, SchemaFault::UnexpectedChild))
        }
        Content::Text(check) if check(&e.text()) => Ok(()),
        Content::Text(_) => Err(error(e, rule, SchemaFault::Value)),
        Content::Elements(_) if has_text(e) => Err(error(e, rule, SchemaFault::UnexpectedText)),
        Content::Elements(sequences) => {
            let children: Vec<&Element> = e.elements().collect();
            let starts = |s: &&&[Particle]| {
                let first = s.iter().zip(&children).next();
                first.is_some_and(|(particle, child)| particle.rule_of(child).is_some())
            };
            let chosen = sequences.iter().find(starts).or_else(|| sequences.first());
            sequence(e, rule, &children, chosen.copied().unwrap_or_default())
        }
        Content::Mixed(particles) => {
            sequence(e, rule, &e.elements().collect::<Vec<_>>(), particles)
        }
    }
}

fn has_text(e: &Element) -> bool {
    e.children.iter().any(|node| match node {
        Node::Text(text) => !text.trim_matches([' ', '\t', '\n', '\r']).is_empty(),
        Node::Element(_) | Node::Comment(_) | Node::Instruction { .. } => false,
    })
}

fn attributes(e: &Element, rule: &Rule) -> Result<(), SchemaError> {
    for attribute in &e.attributes {
        let known = rule.attributes.iter().find(|r| r.name == attribute.local);
        let Some(known) = known.filter(|_| attribute.namespace.is_none()) else {
            return Err(error(e, rule, SchemaFault::UnexpectedAttribute));
        };
        if !(known.value)(&attribute.value) {
            return Err(error(e, rule, SchemaFault::AttributeValue(known.name)));
        }
    }
    let absent = |r: &&AttributeRule| r.is_required && e.attribute(r.name).is_none();
    match rule.attributes.iter().find(absent) {
        Some(absent) => Err(error(e, rule, SchemaFault::MissingAttribute(absent.name))),
        None => Ok(()),
    }
}

impl Particle {
    /// Returns the rule of a child in this place; none inside for one that is tolerated unseen.
    fn rule_of(&self, child: &Element) -> Option<Option<&'static Rule>> {
        let rule = self.rules.iter().find(|r| child.is(r.namespace, r.name));
        match rule {
            Some(rule) => Some(Some(rule)),
            None if self.is_open && is_foreign(child) => Some(None),
            None => None,
        }
    }
}

/// `##other` of the signature schema, the only one with lax wildcards in these tables.
fn is_foreign(child: &Element) -> bool {
    child.namespace.as_deref().is_some_and(|uri| uri != Namespace::Signature.uri())
}

/// Matches children with places greedily, which suffices: no place starts like the next one.
fn sequence(
    e: &Element,
    rule: &'static Rule,
    children: &[&Element],
    particles: &'static [Particle],
) -> Result<(), SchemaError> {
    let mut rest = children.iter().peekable();
    for particle in particles {
        let mut found: usize = 0;
        while found < particle.max {
            let Some(of_child) = rest.peek().and_then(|child| particle.rule_of(child)) else {
                break;
            };
            if let (Some(child), Some(of_child)) = (rest.next(), of_child) {
                element(child, of_child)?;
            }
            found = found.saturating_add(1);
        }
        if found < particle.min {
            let fault = match (rest.peek(), particle.rules.first()) {
                (Some(child), _) => return Err(unexpected(child, rule)),
                (None, Some(absent)) => SchemaFault::MissingChild(absent.name),
                (None, None) => SchemaFault::MissingChild("element"),
            };
            return Err(error(e, rule, fault));
        }
    }
    match rest.next() {
        Some(child) => Err(unexpected(child, rule)),
        None => Ok(()),
    }
}

const fn unexpected(child: &Element, parent: &Rule) -> SchemaError {
    error(child, parent, SchemaFault::UnexpectedChild)
}
