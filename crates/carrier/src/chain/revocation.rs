//! Whether the issuer has revoked a certificate, by lists that the caller brings.
//!
//! A list counts when the issuer of the certificate signed it, it is for all of the issuer's
//! certificates (no critical extension: no delta, no part, no list of somebody else's), and its
//! time has begun. One that is past its time still revokes what it lists, but no longer says
//! that the others are good. Not here: fetching lists, and OCSP, which needs the network that a
//! customer in the walled garden does not have.
//! Implements the revocation part of [SIG-26].

use std::fmt;

use jiff::Timestamp;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::revocation_list::CertificateRevocationList;

use super::path::{ChainError, Signed, signed_by};

/// A list that could be read.
pub(crate) type Crl<'c> = CertificateRevocationList<'c>;

/// Holds the octets of one certificate revocation list in DER; nothing is said of their content.
#[derive(Clone, PartialEq, Eq)]
pub struct CrlDer(Vec<u8>);

impl CrlDer {
    /// Takes octets that should be a list.
    #[must_use]
    pub const fn new(der: Vec<u8>) -> Self {
        Self(der)
    }

    /// Returns the octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for CrlDer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CrlDer({} bytes)", self.0.len())
    }
}

/// Says what holds for a certificate of which no list says anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationPolicy {
    /// It is good: the way of the walled garden, where lists cannot be fetched.
    #[default]
    Soft,
    /// It is refused.
    Hard,
}

/// Holds what is known of revoked certificates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Revocation<'a> {
    /// The lists, of any issuers; one that cannot be read says nothing.
    pub crls: &'a [CrlDer],
    /// What holds where the lists say nothing.
    pub policy: RevocationPolicy,
}

impl<'a> Revocation<'a> {
    /// Reads the lists; what is no list is as good as absent, which `Hard` refuses.
    pub(crate) fn read(&self) -> Vec<Crl<'a>> {
        let read = |der: &'a CrlDer| match Crl::from_der(der.as_bytes()) {
            Ok(([], crl)) => Some(crl),
            Ok(_) | Err(_) => None,
        };
        self.crls.iter().filter_map(read).collect()
    }
}

/// Checks that `issuer`, who signed `subject`, has not revoked it.
pub(super) fn check(
    issuer: &X509Certificate<'_>,
    subject: &X509Certificate<'_>,
    crls: &[Crl<'_>],
    policy: RevocationPolicy,
    at: Timestamp,
) -> Result<(), ChainError> {
    let mut is_covered = false;
    for crl in crls.iter().filter(|crl| is_of(issuer, crl) && has_begun(crl, at)) {
        let serial = &subject.tbs_certificate.serial;
        if crl.iter_revoked_certificates().any(|revoked| revoked.serial() == serial) {
            return Err(ChainError::Revoked);
        }
        is_covered |= is_current(crl, at);
    }
    match policy {
        RevocationPolicy::Hard if !is_covered => Err(ChainError::RevocationUnknown),
        RevocationPolicy::Hard | RevocationPolicy::Soft => Ok(()),
    }
}

/// Says whether the issuer made this list, and for all of its certificates.
fn is_of(issuer: &X509Certificate<'_>, crl: &Crl<'_>) -> bool {
    let may_sign = match issuer.key_usage() {
        Ok(Some(usage)) => usage.value.crl_sign(),
        Ok(None) => true,
        Err(_) => false,
    };
    let list = &crl.tbs_cert_list;
    let signed = Signed {
        octets: list.as_ref(),
        stated: [&crl.signature_algorithm, &list.signature],
        value: &crl.signature_value.data,
    };
    crl.issuer().as_raw() == issuer.subject().as_raw()
        && may_sign
        && !crl.extensions().iter().any(|extension| extension.critical)
        && signed_by(issuer, &signed)
}

fn has_begun(crl: &Crl<'_>, at: Timestamp) -> bool {
    crl.last_update().timestamp() <= at.as_second()
}

fn is_current(crl: &Crl<'_>, at: Timestamp) -> bool {
    crl.next_update().is_some_and(|end| at.as_second() <= end.timestamp())
}
