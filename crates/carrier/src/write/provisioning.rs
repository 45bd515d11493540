//! Trust and refresh, in the order of CarrierControlSchema.xsd.
//!
//! Not here: what the values mean ([`crate::document`]).
//! Implements the order of children of [XML-152]…[XML-159].

use super::{CC, Written, optional};
use crate::document::{Provisioning, RefreshParameters, TrustedCertificate};
use crate::xml::{Namespace, Writer};

const BASE: Namespace = Namespace::Base;

pub(super) fn provisioning(w: &mut Writer, provisioning: &Provisioning) -> Written {
    if let Some(list) = &provisioning.trusted_certificates {
        w.element(CC, "TrustedCertificates", &[], |w| {
            list.as_slice().iter().try_for_each(|part| trusted_certificate(w, part))
        })?;
    }
    match &provisioning.refresh {
        Some(part) => w.element(CC, "RefreshParameters", &[], |w| refresh(w, part)),
        None => Ok(()),
    }
}

/// Writes the names with a prefix: they are in the namespace of their type, not of their parent
/// [XML-08].
fn trusted_certificate(w: &mut Writer, certificate: &TrustedCertificate) -> Written {
    w.element_declaring(CC, "TrustedCertificate", &[], &[("b", BASE)], |w| {
        w.leaf(BASE, "SubjectName", certificate.subject_name.as_str())?;
        w.leaf(BASE, "IssuerName", certificate.issuer_name.as_str())
    })
}

fn refresh(w: &mut Writer, refresh: &RefreshParameters) -> Written {
    let delay = refresh.delay.map(|delay| delay.days().to_string());
    optional(w, CC, "DelayInDays", delay.as_deref())?;
    w.leaf(CC, "RefreshURL", refresh.url.reveal())?;
    optional(w, CC, "UserName", refresh.user_name.as_ref().map(|t| t.reveal()))?;
    optional(w, CC, "Password", refresh.password.as_ref().map(|t| t.reveal()))
}
