//! Model → canonical bytes.
//!
//! The bytes are inclusive Canonical XML 1.0, the same on every call, without an XML
//! declaration. Here: the skeleton and what all parts share; each part is a module of its own.
//! Not here: the signature ([`crate::sign`]) and any other layout.
//! Implements [XML-01], [XML-04], [XML-05], [XML-11], [XML-210] and, in its modules, the order of
//! children of every part.

mod messages;
mod one_x;
mod plans;
mod wlan;
mod extensions;
mod provisioning;
mod wwan;

use std::fmt;

use crate::document::{Document, Global};
use crate::schema::{self, SchemaError};
pub use crate::xml::WriteError;
use crate::xml::{self, Method, Namespace, Writer, XmlError};

const CC: Namespace = Namespace::CarrierControl;

type Written = Result<(), WriteError>;

/// Holds a document in canonical form, not signed yet; only [`write()`] and [`canonical_form`]
/// make one.
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalDocument {
    text: String,
    /// The prefixes that the root declares, as the canonical form writes them: inclusive
    /// canonicalisation repeats them on SignedInfo.
    root_prefixes: String,
}

impl CanonicalDocument {
    /// Returns the canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the canonical octets, in UTF-8.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    pub(crate) fn root_prefixes(&self) -> &str {
        &self.root_prefixes
    }
}

/// Shows the length alone: the text holds identifiers and passwords.
impl fmt::Debug for CanonicalDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CanonicalDocument({} bytes)", self.text.len())
    }
}

/// Says whether the documented extras are written that the published schemas lack: `RuleId`,
/// `AmToken`, `PmToken` and `FIPSMode` [XML-10].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extras {
    /// As the model has them; operator apps need `RuleId`.
    Written,
    /// Left out, for validators built from the published schemas alone [XML-11].
    Omitted,
}

impl Extras {
    /// Returns an extra where extras are written.
    fn keep<T>(self, extra: Option<T>) -> Option<T> {
        match self {
            Self::Written => extra,
            Self::Omitted => None,
        }
    }
}

/// Says why octets cannot be brought into canonical form for signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CanonicalError {
    /// Not acceptable XML.
    Xml(XmlError),
    /// Violates the schema.
    Schema(SchemaError),
    /// A comment or processing instruction, at this offset in bytes [SIG-15].
    Unsignable(usize),
    /// Signed already [SIG-01].
    Signed,
}

impl fmt::Display for CanonicalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Xml(_) => f.write_str("not acceptable xml"),
            Self::Schema(_) => f.write_str("violates the schema"),
            Self::Unsignable(at) => {
                write!(f, "comment or processing instruction at byte {at}; remove it")
            }
            Self::Signed => f.write_str("signed already"),
        }
    }
}

impl std::error::Error for CanonicalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Xml(source) => Some(source),
            Self::Schema(source) => Some(source),
            Self::Unsignable(_) | Self::Signed => None,
        }
    }
}

/// Brings an unsigned document that others wrote into canonical form, its layout kept [SIG-15].
///
/// # Errors
/// See [`CanonicalError`].
pub fn canonical_form(bytes: &[u8]) -> Result<CanonicalDocument, CanonicalError> {
    let tree = xml::parse_tree(bytes).map_err(CanonicalError::Xml)?;
    schema::validate(&tree.root).map_err(CanonicalError::Schema)?;
    if let Some(at) = tree.first_unsignable() {
        return Err(CanonicalError::Unsignable(at));
    }
    if tree.root.child(Namespace::Signature, "Signature").is_some() {
        return Err(CanonicalError::Signed);
    }
    let text = xml::canonical(&tree.root, &[], Method::Inclusive, None);
    let root_prefixes = xml::declared_prefixes(&tree.root);
    Ok(CanonicalDocument { text, root_prefixes })
}

/// Writes a document with its documented extras.
///
/// # Errors
/// As for [`write_with`].
pub fn write(document: &Document) -> Result<CanonicalDocument, WriteError> {
    write_with(document, Extras::Written)
}

/// Writes a document with or without its documented extras [XML-11].
///
/// # Errors
/// A text holds a character that XML cannot carry; the types of [`crate::document`] refuse all
/// such texts, so this is a second line.
pub fn write_with(document: &Document, extras: Extras) -> Result<CanonicalDocument, WriteError> {
    let mut w = Writer::new();
    w.element(CC, "CarrierProvisioning", &[], |w| {
        global(w, document.global())?;
        if let Some(part) = document.activation() {
            w.element(CC, "Activation", &[], |w| wwan::activation(w, part))?;
        }
        if let Some(part) = document.mbn_profiles() {
            w.element(CC, "MBNProfiles", &[], |w| wwan::mbn_profiles(w, part, extras))?;
        }
        if let Some(part) = document.wlan_profiles() {
            w.element(CC, "WLANProfiles", &[], |w| {
                part.0.iter().try_for_each(|part| wlan::profile(w, part, extras))
            })?;
        }
        if !document.plans().is_empty() {
            w.element(CC, "Plans", &[], |w| {
                document.plans().iter().try_for_each(|part| plans::plan(w, part))
            })?;
        }
        if let Some(part) = document.provisioning() {
            w.element(CC, "Provisioning", &[], |w| provisioning::provisioning(w, part))?;
        }
        if let Some(part) = document.extensions() {
            w.element(CC, "Extensions", &[], |w| extensions::extensions(w, part))?;
        }
        Ok(())
    })?;
    Ok(CanonicalDocument { text: w.finish(), root_prefixes: String::new() })
}

fn global(w: &mut Writer, global: &Global) -> Written {
    w.element(CC, "Global", &[], |w| {
        w.leaf(CC, "CarrierId", global.carrier_id.as_str())?;
        w.leaf(CC, "SubscriberId", global.subscriber_id.reveal())?;
        optional(w, CC, "DeviceId", global.device_id.as_ref().map(|id| id.reveal()))?;
        global.others.iter().try_for_each(|other| w.foreign(other))
    })
}

fn optional(
    w: &mut Writer,
    namespace: Namespace,
    name: &'static str,
    text: Option<&str>,
) -> Written {
    text.map_or(Ok(()), |text| w.leaf(namespace, name, text))
}

/// Collects the attributes that are present.
#[derive(Default)]
struct Attributes(Vec<(&'static str, String)>);

impl Attributes {
    fn maybe(mut self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        self.0.extend(value.map(|value| (name, value.to_string())));
        self
    }

    fn borrowed(&self) -> Vec<(&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}
