//! `[branding]`, `[[trusted_certificates]]` and `[refresh]`.
//!
//! Not here: the certificate that signs ([`crate::keys`]).
//! Implements the catalogue's side of [XML-89]…[XML-92] and [XML-152]…[XML-158].

use std::path::Path;

use carrier::document::{
    Base64Binary, Branding, BrandingName, CertificateName, DelayInDays, RefreshParameters,
    RefreshPassword, RefreshUrl, RefreshUserName, TrustedCertificate,
};

use super::{number, small};
use crate::catalog::connections::password;
use crate::config::document::Section;
use crate::config::values;

pub(super) fn branding(section: &mut Section<'_>, folder: &Path) -> Option<Branding> {
    section.table("branding", |table| {
        let name = table.optional("name", values::parsed(BrandingName::parse));
        let logo = table.optional("logo_file", |value| {
            let path = folder.join(values::text(value)?);
            let size = std::fs::metadata(&path).map(|m| m.len());
            let most = u64::try_from(Base64Binary::BYTES_MAX).unwrap_or(u64::MAX);
            if size.is_ok_and(|size| size > most) {
                return Err(format!("{} is larger than {most} bytes", path.display()));
            }
            let bytes = std::fs::read(&path)
                .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
            Base64Binary::new(bytes).map_err(|error| error.to_string())
        });
        Branding { logo, name, others: Vec::new() }
    })
}

pub(super) fn certificates(section: &mut Section<'_>) -> Vec<TrustedCertificate> {
    let name =
        |row: &mut Section<'_>, key| row.required(key, values::parsed(CertificateName::parse));
    let read = section.tables("trusted_certificates", |row| {
        let subject_name = name(row, "subject");
        let issuer_name = name(row, "issuer");
        Some(TrustedCertificate { subject_name: subject_name?, issuer_name: issuer_name? })
    });
    read.unwrap_or_default()
}

/// Where the host fetches its next document [XML-154].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// From this server, at an address and with credentials of the subscription's own.
    Here(Option<DelayInDays>),
    /// From another system of the operator's, as the brand's file says.
    Elsewhere(RefreshParameters),
}

pub(super) fn refresh(section: &mut Section<'_>, folder: &Path) -> Option<Refresh> {
    let read = section.table("refresh", |table| {
        let delay = table.optional("delay_days", number(|n| DelayInDays::new(small(n))));
        if !table.has("url") {
            for key in ["user_name", "password_file"].into_iter().filter(|key| table.has(key)) {
                table.error(key, "needs `url` beside it: here each subscription has its own");
            }
            // Named so that they are no unknown keys.
            table.optional("user_name", |_| Ok(()));
            table.optional("password_file", |_| Ok(()));
            return Some(Refresh::Here(delay));
        }
        let url = table.required("url", values::parsed(RefreshUrl::parse));
        let user_name = table.optional("user_name", values::parsed(RefreshUserName::parse));
        let secret = table.optional("password_file", |value| {
            RefreshPassword::parse(&password(value, folder)?).map_err(|error| error.to_string())
        });
        if table.has("password_file") && !table.has("user_name") {
            table.error("password_file", "needs `user_name` beside it");
        }
        let parameters = RefreshParameters { delay, url: url?, user_name, password: secret };
        Some(Refresh::Elsewhere(parameters))
    });
    read.flatten()
}
