//! Bytes → results, for documents that others wrote.
//!
//! Strict about structure: an unknown element is an error, sequences keep their order, the
//! children of the root come in any [XML-201]. Tolerant where the sources differ from their
//! schema: both namespaces or none, two spellings of attributes, codes in upper case or with
//! `0x` [XML-208]; recipient and signature may be absent, as they are in the sources' samples
//! and in [XML-206]. Not here: whether codes stand at the level where they belong, and the
//! `Messages` that a sample's comment shows, which neither version has.
//! Implements the reading side of [XML-200]…[XML-208].

use std::fmt;

use super::parts::{
    Container, Leaf, MbnProfiles, NetworkMetadata, PartsV1, PartsV2, PdpContexts, ProvisioningV1,
    ProvisioningV2,
};
use super::place::{Children, Place};
pub use super::place::{ResultsFault, StructureError};
use super::{Content, Failure, Recipient, Results, Signature, Signer, Version};
use crate::chain::Thumbprint;
use crate::document::{Guid, SubscriberId, collapse};
use crate::hresult::Hresult;
use crate::schema;
use crate::xml::{self, Element, XmlError};

const ROOT: &str = "CarrierProvisioningResult";

/// Says why bytes are no results document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultsError {
    /// Not acceptable XML.
    Xml(XmlError),
    /// Not a results document.
    Structure(StructureError),
}

impl fmt::Display for ResultsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Xml(_) => "not acceptable xml",
            Self::Structure(_) => "not a results document",
        })
    }
}

impl std::error::Error for ResultsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Xml(source) => Some(source),
            Self::Structure(source) => Some(source),
        }
    }
}

type Read<T> = Result<T, StructureError>;

/// Reads a results document.
///
/// A document without a namespace is of version 2 if it has something that version 1 has not.
///
/// # Errors
/// See [`ResultsError`].
pub fn read(bytes: &[u8]) -> Result<Results, ResultsError> {
    let root = xml::parse(bytes).map_err(ResultsError::Xml)?;
    results(&root).map_err(ResultsError::Structure)
}

fn results(root: &Element<'_>) -> Read<Results> {
    let place = |namespace| Place::root(root, ROOT, namespace);
    let of_namespace = |version: &Version| root.is(version.namespace(), ROOT);
    let (version, place) = match [Version::V1, Version::V2].into_iter().find(of_namespace) {
        Some(version) => (version, place(Some(version.namespace()))),
        None if root.namespace.is_some() || root.local != ROOT => {
            return Err(place(None).error(ResultsFault::Root));
        }
        None if has_v2(root) => (Version::V2, place(None)),
        None => (Version::V1, place(None)),
    };
    let mut children = place.children()?;
    let code = place.code()?;
    if let Some(failure) = code.and_then(Failure::new) {
        return match children.is_empty() {
            true => Ok(Results::CallFailed { version, failure }),
            false => Err(place.error(ResultsFault::CodeAndContent)),
        };
    }
    let recipient = recipient(&place, &mut children)?;
    let (signature_code, signer) = match children.take("Signature") {
        Some(place) => (Some(place.required_code()?), signer(&place)?),
        None => (None, None),
    };
    if let Some(failure) = signature_code.and_then(Failure::new) {
        return match children.is_empty() && code.is_none() {
            true => Ok(Results::SignatureFailed { version, recipient, failure, signer }),
            false => Err(place.error(ResultsFault::FailedSignatureAndContent)),
        };
    }
    let signature = match (signature_code, signer) {
        (None, _) => Signature::Absent,
        (Some(_), None) => Signature::Unnamed,
        (Some(_), Some(signer)) => Signature::By(signer),
    };
    let has_parts = !children.is_empty();
    let content = content(version, children)?;
    match code {
        None => Ok(Results::Tried { recipient, signature, content }),
        Some(_) if has_parts => Err(place.error(ResultsFault::CodeAndContent)),
        Some(_) => {
            Ok(Results::Tried { recipient, signature, content: Content::Succeeded(version) })
        }
    }
}

/// Looks for what tells version 2 from version 1 where no namespace does.
fn has_v2(root: &Element<'_>) -> bool {
    let parts = ["Plans", "CarrierNetworkMetadata", "AdditionalPDPContexts"];
    let has_name = |e: &Element<'_>| e.attribute("name").or(e.attribute("Name")).is_some();
    root.elements().any(|part| {
        parts.contains(&part.local)
            || (part.local == "MBNProfiles" && part.elements().any(has_name))
    })
}

/// Reads `Issuer` and `Subscriber`: both or neither.
fn recipient(place: &Place<'_>, children: &mut Children<'_>) -> Read<Option<Recipient>> {
    match (children.take("Issuer"), children.take("Subscriber")) {
        (None, None) => Ok(None),
        (Some(issuer), Some(subscriber)) => Ok(Some(Recipient {
            issuer: issuer.text(|text| Guid::parse(&collapse(text)))?,
            subscriber: subscriber.text(|text| SubscriberId::parse(&collapse(text)))?,
        })),
        (None, Some(_)) => Err(place.error(ResultsFault::MissingElement("Issuer"))),
        (Some(_), None) => Err(place.error(ResultsFault::MissingElement("Subscriber"))),
    }
}

/// Reads `Subject` and `Thumbprint`: both or neither.
fn signer(place: &Place<'_>) -> Read<Option<Signer>> {
    let mut children = place.children()?;
    let parts = (children.next("Subject"), children.next("Thumbprint"));
    children.end()?;
    match parts {
        (None, None) => Ok(None),
        (Some(subject), Some(thumbprint)) => Ok(Some(Signer {
            subject: subject.text(|text| Ok::<_, ()>(text.to_owned()))?,
            thumbprint: thumbprint.text(|text| {
                let octets = schema::base64(text).ok_or(())?;
                octets.try_into().map(Thumbprint).map_err(|_| ())
            })?,
        })),
        (None, Some(_)) => Err(place.error(ResultsFault::MissingElement("Subject"))),
        (Some(_), None) => Err(place.error(ResultsFault::MissingElement("Thumbprint"))),
    }
}

fn content(version: Version, mut children: Children<'_>) -> Read<Content> {
    let content = match version {
        Version::V1 => Content::V1(parts_v1(&mut children)?),
        Version::V2 => Content::V2(Box::new(parts_v2(&mut children)?)),
    };
    children.end()?;
    Ok(content)
}

fn parts_v1(children: &mut Children<'_>) -> Read<PartsV1> {
    Ok(PartsV1 {
        activation: maybe(children.take("Activation"), Place::leaf)?,
        mbn_profiles: container(children.take("MBNProfiles"), |children| {
            Ok(MbnProfiles {
                default_profile: children.leaf("DefaultProfile")?,
                purchase_profile: children.leaf("PurchaseProfile")?,
            })
        })?,
        wlan_profiles: container(children.take("WLANProfiles"), |c| c.named("WLANProfile"))?,
        provisioning: container(children.take("Provisioning"), |children| {
            Ok(ProvisioningV1 {
                refresh_parameters: branch(children.next("RefreshParameters"), |children| {
                    children.leaf("NotificationSignatureKey")
                })?,
                trusted_certificate: children.leaf("TrustedCertificate")?,
                policy: children.leaf("Policy")?,
            })
        })?,
    })
}

fn parts_v2(children: &mut Children<'_>) -> Read<PartsV2> {
    Ok(PartsV2 {
        activation: maybe(children.take("Activation"), Place::leaf)?,
        mbn_profiles: container(children.take("MBNProfiles"), |children| {
            Ok(MbnProfiles {
                default_profile: maybe(children.next("DefaultProfile"), Place::named)?,
                purchase_profile: maybe(children.next("PurchaseProfile"), Place::named)?,
            })
        })?,
        wlan_profiles: container(children.take("WLANProfiles"), |c| c.named("WLANProfile"))?,
        provisioning: container(children.take("Provisioning"), |children| {
            Ok(ProvisioningV2 {
                refresh_parameters: children.leaf("RefreshParameters")?,
                trusted_certificate: children.leaf("TrustedCertificate")?,
            })
        })?,
        plans: container(children.take("Plans"), |children| children.named("Plan"))?,
        network_metadata: branch(children.take("CarrierNetworkMetadata"), |children| {
            Ok(NetworkMetadata {
                network_settings: children.leaf("NetworkSettings")?,
                data_class_friendly_names: children.leaf("DataClassFriendlyNames")?,
                customer_support_phone_number: children.leaf("CustomerSupportPhoneNumber")?,
            })
        })?,
        pdp_contexts: branch(children.take("AdditionalPDPContexts"), |children| {
            let mut list = |list, item| {
                let Some(place) = children.next(list) else { return Ok(Vec::new()) };
                place.no_attributes()?;
                let mut children = place.children()?;
                let items = children.named(item)?;
                children.end()?;
                Ok(items)
            };
            Ok(PdpContexts {
                policies: list("MultiplePDPContextPolicies", "PDPContextPolicy")?,
                tethering_profiles: list("TetheringSettings", "TetheringProfile")?,
            })
        })?,
    })
}

fn maybe<'e, T>(
    place: Option<Place<'e>>,
    read: impl FnOnce(&Place<'e>) -> Read<T>,
) -> Read<Option<T>> {
    place.map(|place| read(&place)).transpose()
}

/// Reads a container: a code, or what is beneath.
fn container<'e, T>(
    place: Option<Place<'e>>,
    each: impl FnOnce(&mut Children<'e>) -> Read<T>,
) -> Read<Option<Container<T>>> {
    maybe(place, |place| {
        let mut children = place.children()?;
        match place.code()? {
            Some(code) if children.is_empty() => Ok(Container::All(code)),
            Some(_) => Err(place.error(ResultsFault::CodeAndContent)),
            None => {
                let items = each(&mut children)?;
                children.end()?;
                Ok(Container::Each(items))
            }
        }
    })
}

/// Reads a leaf that may have others beneath it.
fn branch<'e, T>(
    place: Option<Place<'e>>,
    beneath: impl FnOnce(&mut Children<'e>) -> Read<T>,
) -> Read<Option<Leaf<T>>> {
    maybe(place, |place| {
        let code: Hresult = place.required_code()?;
        let mut children = place.children()?;
        let beneath = beneath(&mut children)?;
        children.end()?;
        Ok(Leaf { code, beneath })
    })
}
