//! Trust and refresh, read from a tree that the schema accepted.
//!
//! Not here: the grammar ([`crate::schema`]).
//! Implements the reading side of [XML-152]…[XML-159].

use super::{CC, ReadError, beyond, map, number, text};
use crate::document::{
    CertificateName, DelayInDays, Provisioning, RefreshParameters, RefreshPassword, RefreshUrl,
    RefreshUserName, TrustedCertificate, TrustedCertificates,
};
use crate::xml::{Element, Namespace};

const BASE: Namespace = Namespace::Base;

pub(super) fn provisioning(e: &Element<'_>) -> Result<Provisioning, ReadError> {
    Ok(Provisioning {
        trusted_certificates: map(e.child(CC, "TrustedCertificates"), trusted_certificates)?,
        refresh: map(e.child(CC, "RefreshParameters"), refresh)?,
    })
}

fn trusted_certificates(e: &Element<'_>) -> Result<TrustedCertificates, ReadError> {
    let name = |e: &Element<'_>, name| {
        text(e, BASE, name, CertificateName::parse)?.ok_or_else(|| beyond(e, name))
    };
    let certificate = |e: &Element<'_>| {
        Ok(TrustedCertificate {
            subject_name: name(e, "SubjectName")?,
            issuer_name: name(e, "IssuerName")?,
        })
    };
    let certificates = e.elements().map(certificate).collect::<Result<_, _>>()?;
    TrustedCertificates::new(certificates).map_err(|_| beyond(e, "TrustedCertificates"))
}

fn refresh(e: &Element<'_>) -> Result<RefreshParameters, ReadError> {
    Ok(RefreshParameters {
        delay: text(e, CC, "DelayInDays", number(DelayInDays::new))?,
        url: text(e, CC, "RefreshURL", RefreshUrl::parse)?
            .ok_or_else(|| beyond(e, "RefreshURL"))?,
        user_name: text(e, CC, "UserName", RefreshUserName::parse)?,
        password: text(e, CC, "Password", RefreshPassword::parse)?,
    })
}
