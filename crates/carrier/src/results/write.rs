//! Results → canonical bytes.
//!
//! The bytes are inclusive Canonical XML 1.0, without an XML declaration; `errorCode` and
//! `Name` (v1) or `name` (v2) are spelled as the schema does. Not here: coalescing, which
//! happens before.
//! Implements the writing side of [XML-200]…[XML-203], [XML-207] and [XML-208].

use std::fmt;

use super::parts::{Container, Leaf, Named, PartsV1, PartsV2, PdpContexts};
use super::{Content, Recipient, Results, Signature, Signer, Version};
use crate::hresult::Hresult;
use crate::xml::{WriteError, Writer};

type Written = Result<(), WriteError>;

/// Holds a results document in canonical form; only [`write()`] makes one.
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalResults(String);

impl CanonicalResults {
    /// Returns the canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the canonical octets, in UTF-8.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Shows the length alone: the text holds the subscriber.
impl fmt::Debug for CanonicalResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CanonicalResults({} bytes)", self.0.len())
    }
}

/// Writes a results document.
///
/// # Errors
/// A name or the signer's subject holds a character that XML cannot carry.
pub fn write(results: &Results) -> Result<CanonicalResults, WriteError> {
    let v = results.version();
    let code = match results {
        Results::CallFailed { failure, .. } => Some(failure.code()),
        Results::Tried { content: Content::Succeeded(_), .. } => Some(Hresult::SUCCESS),
        Results::SignatureFailed { .. } | Results::Tried { .. } => None,
    };
    let mut w = Writer::new();
    v.coded(&mut w, "CarrierProvisioningResult", code, |w| match results {
        Results::CallFailed { .. } => Ok(()),
        Results::SignatureFailed { recipient, failure, signer, .. } => {
            maybe(recipient.as_ref(), |part| v.recipient(w, part))?;
            v.signature(w, failure.code(), signer.as_ref())
        }
        Results::Tried { recipient, signature, content } => {
            maybe(recipient.as_ref(), |part| v.recipient(w, part))?;
            match content {
                Content::Succeeded(_) => {}
                Content::V1(parts) => parts_v1(w, parts)?,
                Content::V2(parts) => parts_v2(w, parts)?,
            }
            match signature {
                Signature::Absent => Ok(()),
                Signature::Unnamed => v.signature(w, Hresult::SUCCESS, None),
                Signature::By(signer) => v.signature(w, Hresult::SUCCESS, Some(signer)),
            }
        }
    })?;
    Ok(CanonicalResults(w.finish()))
}

fn maybe<T>(part: Option<T>, write: impl FnOnce(T) -> Written) -> Written {
    part.map_or(Ok(()), write)
}

fn parts_v1(w: &mut Writer, parts: &PartsV1) -> Written {
    let v = Version::V1;
    let PartsV1 { activation, mbn_profiles, wlan_profiles, provisioning } = parts;
    v.leaf(w, "Activation", *activation)?;
    v.container(w, "MBNProfiles", mbn_profiles.as_ref(), |w, profiles| {
        v.leaf(w, "DefaultProfile", profiles.default_profile)?;
        v.leaf(w, "PurchaseProfile", profiles.purchase_profile)
    })?;
    v.container(w, "WLANProfiles", wlan_profiles.as_ref(), |w, profiles| {
        v.each(w, "WLANProfile", profiles)
    })?;
    v.container(w, "Provisioning", provisioning.as_ref(), |w, provisioning| {
        v.branch(w, "RefreshParameters", provisioning.refresh_parameters.as_ref(), |w, key| {
            v.leaf(w, "NotificationSignatureKey", *key)
        })?;
        v.leaf(w, "TrustedCertificate", provisioning.trusted_certificate)?;
        v.leaf(w, "Policy", provisioning.policy)
    })
}

fn parts_v2(w: &mut Writer, parts: &PartsV2) -> Written {
    let v = Version::V2;
    v.leaf(w, "Activation", parts.activation)?;
    v.container(w, "MBNProfiles", parts.mbn_profiles.as_ref(), |w, profiles| {
        v.each(w, "DefaultProfile", profiles.default_profile.as_slice())?;
        v.each(w, "PurchaseProfile", profiles.purchase_profile.as_slice())
    })?;
    v.container(w, "WLANProfiles", parts.wlan_profiles.as_ref(), |w, profiles| {
        v.each(w, "WLANProfile", profiles)
    })?;
    v.container(w, "Provisioning", parts.provisioning.as_ref(), |w, provisioning| {
        v.leaf(w, "RefreshParameters", provisioning.refresh_parameters)?;
        v.leaf(w, "TrustedCertificate", provisioning.trusted_certificate)
    })?;
    v.container(w, "Plans", parts.plans.as_ref(), |w, plans| v.each(w, "Plan", plans))?;
    v.branch(w, "CarrierNetworkMetadata", parts.network_metadata.as_ref(), |w, metadata| {
        v.leaf(w, "NetworkSettings", metadata.network_settings)?;
        v.leaf(w, "DataClassFriendlyNames", metadata.data_class_friendly_names)?;
        v.leaf(w, "CustomerSupportPhoneNumber", metadata.customer_support_phone_number)
    })?;
    v.branch(w, "AdditionalPDPContexts", parts.pdp_contexts.as_ref(), |w, contexts| {
        let PdpContexts { policies, tethering_profiles } = contexts;
        if !policies.is_empty() {
            let name = "MultiplePDPContextPolicies";
            v.coded(w, name, None, |w| v.each(w, "PDPContextPolicy", policies))?;
        }
        if !tethering_profiles.is_empty() {
            let name = "TetheringSettings";
            v.coded(w, name, None, |w| v.each(w, "TetheringProfile", tethering_profiles))?;
        }
        Ok(())
    })
}

/// What differs between the versions: the namespace, and how `name` is spelled.
impl Version {
    const fn name_attribute(self) -> &'static str {
        match self {
            Self::V1 => "Name",
            Self::V2 => "name",
        }
    }

    /// Writes an element with or without a code.
    fn coded(
        self,
        w: &mut Writer,
        name: &'static str,
        code: Option<Hresult>,
        content: impl FnOnce(&mut Writer) -> Written,
    ) -> Written {
        let code = code.map(|code| code.to_string());
        let attributes: Vec<_> = code.iter().map(|code| ("errorCode", code.as_str())).collect();
        w.element(self.namespace(), name, &attributes, content)
    }

    fn leaf(self, w: &mut Writer, name: &'static str, code: Option<Hresult>) -> Written {
        maybe(code, |code| self.coded(w, name, Some(code), |_| Ok(())))
    }

    fn each(self, w: &mut Writer, name: &'static str, items: &[Named]) -> Written {
        items.iter().try_for_each(|item| {
            let code = item.code.to_string();
            let attributes = [("errorCode", code.as_str()), (self.name_attribute(), &item.name)];
            w.element(self.namespace(), name, &attributes, |_| Ok(()))
        })
    }

    fn container<T>(
        self,
        w: &mut Writer,
        name: &'static str,
        container: Option<&Container<T>>,
        each: impl FnOnce(&mut Writer, &T) -> Written,
    ) -> Written {
        maybe(container, |container| match container {
            Container::All(code) => self.coded(w, name, Some(*code), |_| Ok(())),
            Container::Each(items) => self.coded(w, name, None, |w| each(w, items)),
        })
    }

    fn branch<T>(
        self,
        w: &mut Writer,
        name: &'static str,
        leaf: Option<&Leaf<T>>,
        beneath: impl FnOnce(&mut Writer, &T) -> Written,
    ) -> Written {
        maybe(leaf, |leaf| self.coded(w, name, Some(leaf.code), |w| beneath(w, &leaf.beneath)))
    }

    fn recipient(self, w: &mut Writer, recipient: &Recipient) -> Written {
        w.leaf(self.namespace(), "Issuer", recipient.issuer.as_str())?;
        w.leaf(self.namespace(), "Subscriber", recipient.subscriber.reveal())
    }

    fn signature(self, w: &mut Writer, code: Hresult, signer: Option<&Signer>) -> Written {
        self.coded(w, "Signature", Some(code), |w| {
            maybe(signer, |signer| {
                w.leaf(self.namespace(), "Subject", &signer.subject)?;
                w.leaf(self.namespace(), "Thumbprint", &signer.thumbprint.base64())
            })
        })
    }
}
