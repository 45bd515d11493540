//! Bytes → model, for every document that the schema accepts.
//!
//! The document is held to the schema first, so what follows only takes values out. Here: the
//! skeleton and what all parts share; each part is a module of its own. Comments, processing
//! instructions and fractions of a second are dropped; numbers above 2³² − 1 are read as that
//! [XML-149]. Not here: trust – [`crate::verify::Verified`] reads what it verified – and whether
//! the generator would make such a document ([`crate::lint`]).
//! Implements the reading side of [XML-04], [XML-20]…[XML-24] and, in its modules, of every part.

mod messages;
mod one_x;
mod plans;
mod wlan;
mod extensions;
mod provisioning;
mod wwan;

use std::fmt;

use crate::document::{
    Base64Binary, DeviceId, Document, DurationLexical, Global, Guid, Parts, SubscriberId,
    XmlDuration, collapse,
};
use crate::schema::{self, SchemaError};
use crate::xml::{self, Element, Foreign, Namespace, XmlError};

const CC: Namespace = Namespace::CarrierControl;

/// Says why bytes are no document of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// Not acceptable XML.
    Xml(XmlError),
    /// Not a document of the schema.
    Schema(SchemaError),
    /// A value that the schema allows but the model does not hold: a gap between the two, of
    /// which none is known, reported rather than dropped.
    Beyond {
        /// Offset in bytes of the element.
        at: usize,
        /// Its name or that of its attribute.
        name: &'static str,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Xml(_) => f.write_str("not acceptable xml"),
            Self::Schema(_) => f.write_str("violates the schema"),
            Self::Beyond { at, name } => write!(f, "{name} at byte {at} is beyond the model"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Xml(source) => Some(source),
            Self::Schema(source) => Some(source),
            Self::Beyond { .. } => None,
        }
    }
}

/// Reads a document; a signature is left aside, unjudged.
///
/// # Errors
/// See [`ReadError`].
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let root = xml::parse(bytes).map_err(ReadError::Xml)?;
    schema::validate(&root).map_err(ReadError::Schema)?;
    from_valid(&root)
}

/// Reads a document as our agent does, which also takes a `Locale` such as `en-US` [MSG-21].
///
/// # Errors
/// See [`ReadError`].
pub fn read_as_agent(bytes: &[u8]) -> Result<Document, ReadError> {
    let root = xml::parse(bytes).map_err(ReadError::Xml)?;
    schema::validate_as_agent(&root).map_err(ReadError::Schema)?;
    from_valid(&root)
}

/// Reads a tree that the schema, or our agent, has accepted.
pub(crate) fn from_valid(root: &Element<'_>) -> Result<Document, ReadError> {
    let parts = Parts {
        activation: map(root.child(CC, "Activation"), wwan::activation)?,
        mbn_profiles: map(root.child(CC, "MBNProfiles"), wwan::mbn_profiles)?,
        wlan_profiles: map(root.child(CC, "WLANProfiles"), wlan::profiles)?,
        plans: match root.child(CC, "Plans") {
            Some(plans) => plans.elements().map(plans::plan).collect::<Result<_, _>>()?,
            None => Vec::new(),
        },
        provisioning: map(root.child(CC, "Provisioning"), provisioning::provisioning)?,
        extensions: map(root.child(CC, "Extensions"), extensions::extensions)?,
    };
    Ok(Document::of_valid(global(needed(root, CC, "Global")?)?, parts))
}

fn beyond(e: &Element<'_>, name: &'static str) -> ReadError {
    ReadError::Beyond { at: e.span.start, name }
}

fn map<T>(
    e: Option<&Element<'_>>,
    read: impl FnOnce(&Element<'_>) -> Result<T, ReadError>,
) -> Result<Option<T>, ReadError> {
    e.map(read).transpose()
}

/// Returns a child that the schema requires; its absence is an error, not a panic.
fn needed<'e>(
    e: &'e Element<'e>,
    namespace: Namespace,
    name: &'static str,
) -> Result<&'e Element<'e>, ReadError> {
    e.child(namespace, name).ok_or_else(|| beyond(e, name))
}

/// Reads the text of a child, if there is one.
fn text<T, E>(
    e: &Element<'_>,
    namespace: Namespace,
    name: &'static str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, ReadError> {
    map(e.child(namespace, name), |child| parse(&child.text()).map_err(|_| beyond(child, name)))
}

/// Reads an attribute, if there is one.
fn attribute<T, E>(
    e: &Element<'_>,
    name: &'static str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, ReadError> {
    e.attribute(name).map(parse).transpose().map_err(|_| beyond(e, name))
}

/// Ignores blanks around a value, as the schema does for all types but strings.
fn token<T, E>(parse: impl FnOnce(&str) -> Result<T, E>) -> impl FnOnce(&str) -> Result<T, E> {
    move |text| parse(&collapse(text))
}

/// Reads an integer; what exceeds 2³² − 1 is taken as that [XML-149].
fn number<T, E>(new: impl FnOnce(u32) -> Result<T, E>) -> impl FnOnce(&str) -> Result<T, ()> {
    move |text| {
        let number = schema::integer(text).ok_or(())?;
        new(u32::try_from(number).unwrap_or(u32::MAX)).map_err(|_| ())
    }
}

/// Reads a duration without months, its fraction of a second dropped.
fn seconds<T, E>(new: impl FnOnce(u64) -> Result<T, E>) -> impl FnOnce(&str) -> Result<T, ()> {
    move |text| match DurationLexical::parse(&collapse(text)).map(|d| d.whole) {
        Ok(XmlDuration { months: 0, seconds }) => new(seconds).map_err(|_| ()),
        Ok(_) | Err(_) => Err(()),
    }
}

fn boolean(text: &str) -> Result<bool, ()> {
    schema::boolean(text).ok_or(())
}

fn binary(text: &str) -> Result<Base64Binary, ()> {
    Base64Binary::new(schema::base64(text).ok_or(())?).map_err(|_| ())
}

fn one_of<T: Copy>(
    all: &[T],
    spelling: impl Fn(T) -> &'static str,
) -> impl FnOnce(&str) -> Result<T, ()> {
    move |text| all.iter().copied().find(|value| spelling(*value) == collapse(text)).ok_or(())
}

/// Says whether an element fills a wildcard of the skeleton.
fn is_foreign(e: &Element<'_>) -> bool {
    e.namespace.as_deref() != Some(CC.uri())
}

fn global(e: &Element<'_>) -> Result<Global, ReadError> {
    Ok(Global {
        carrier_id: text(e, CC, "CarrierId", token(Guid::parse))?
            .ok_or_else(|| beyond(e, "CarrierId"))?,
        subscriber_id: text(e, CC, "SubscriberId", token(SubscriberId::parse))?
            .ok_or_else(|| beyond(e, "SubscriberId"))?,
        device_id: text(e, CC, "DeviceId", token(DeviceId::parse))?,
        others: e.elements().filter(|e| is_foreign(e)).map(Foreign::from_element).collect(),
    })
}
