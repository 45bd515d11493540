//! Remarks on trust and refresh.
//!
//! Not here: whether the names are names at all ([`crate::chain`]).
//! Implements [XML-16], [XML-156] and [XML-157] as far as the schema does not.

use super::{Findings, Severity};
use crate::chain::DistinguishedName;
use crate::document::{CertificateName, Document, RefreshParameters, RefreshUrl};

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let Some(provisioning) = document.provisioning() else {
        return;
    };
    let list = provisioning.trusted_certificates.as_ref();
    for certificate in list.map(|list| list.as_slice()).unwrap_or_default() {
        certificate_name("SubjectName", &certificate.subject_name, findings);
        certificate_name("IssuerName", &certificate.issuer_name, findings);
    }
    if let Some(part) = &provisioning.refresh {
        refresh(part, findings);
    }
}

fn certificate_name(of: &str, name: &CertificateName, findings: &mut Findings) {
    if name.as_str().trim().is_empty() {
        let message = "matches no certificate; give the whole name".to_owned();
        let path = format!("Provisioning/TrustedCertificates/TrustedCertificate/{of}");
        findings.add(Severity::Error, ("empty-certificate-name", "XML-16"), &path, message);
    } else if DistinguishedName::parse(name.as_str()).is_err() {
        let message = "no distinguished name, so it matches no certificate; write it as CN=a, C=NO";
        let path = format!("Provisioning/TrustedCertificates/TrustedCertificate/{of}");
        let rule = ("certificate-name-form", "SIG-25");
        findings.add(Severity::Limit, rule, &path, message.to_owned());
    }
}

fn refresh(refresh: &RefreshParameters, findings: &mut Findings) {
    const PATH: &str = "Provisioning/RefreshParameters";
    let path = format!("{PATH}/RefreshURL");
    if !is_ascii_uri(refresh.url.reveal()) {
        let message = "characters that a URI lacks; escape them with %".to_owned();
        findings.add(Severity::Limit, ("refresh-url-characters", "XML-156"), &path, message);
    }
    if !has_host(&refresh.url) {
        let message = "names no host that an update can be fetched from; correct it".to_owned();
        findings.add(Severity::Limit, ("refresh-url-host", "XML-156"), &path, message);
    }
    if refresh.password.is_some() && refresh.user_name.is_none() {
        let message = "a password without UserName is not presented; add the name".to_owned();
        let path = format!("{PATH}/Password");
        findings.add(Severity::Warning, ("password-alone", "XML-157"), &path, message);
    }
}

/// Says whether all characters are those of RFC 3986.
fn is_ascii_uri(url: &str) -> bool {
    url.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b))
}

/// Says whether the URL names a host by name or address, and a port that exists if any.
fn has_host(url: &RefreshUrl) -> bool {
    let authority = url.authority();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        Some((address, port)) if address.parse::<std::net::Ipv6Addr>().is_ok() => ("v6", port),
        Some(_) => return false,
        None => host.find(':').and_then(|at| host.split_at_checked(at)).unwrap_or((host, "")),
    };
    let is_label = |label: &str| {
        let is_inner = |c: char| c.is_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(is_inner) && !label.starts_with('-')
    };
    let number = port.strip_prefix(':').and_then(|digits| digits.parse::<u16>().ok());
    let is_port = port.is_empty() || number.is_some_and(|number| number > 0);
    is_port && host.strip_suffix('.').unwrap_or(host).split('.').all(is_label)
}
