//! Trust and refresh.

use carrier::chain::DistinguishedName;
use carrier::document::{
    CertificateName, DelayInDays, Provisioning, RefreshParameters, RefreshPassword, RefreshUrl,
    RefreshUserName, TrustedCertificate, TrustedCertificates,
};
use proptest::option::of;
use proptest::prelude::*;

pub fn provisioning() -> impl Strategy<Value = Provisioning> {
    let certificates = prop::collection::vec(certificate(), 1..3)
        .prop_map(|list| TrustedCertificates::new(list).expect("not empty"));
    (of(certificates), of(refresh()))
        .prop_map(|(trusted_certificates, refresh)| Provisioning { trusted_certificates, refresh })
}

fn certificate() -> impl Strategy<Value = TrustedCertificate> {
    // A name of any characters, quoted as Windows quotes it.
    let name = || {
        super::TEXT.prop_filter_map("no name", |value| {
            let name = format!("CN=\"{}\", C=NO", value.replace('"', "\"\""));
            DistinguishedName::parse(&name).ok()?;
            CertificateName::parse(&name).ok()
        })
    };
    (name(), name())
        .prop_map(|(subject_name, issuer_name)| TrustedCertificate { subject_name, issuer_name })
}

fn refresh() -> impl Strategy<Value = RefreshParameters> {
    let authority = "([a-z]{1,5}@)?[a-z0-9]{1,9}(\\.[a-z0-9]{1,9}){0,2}(:[1-9][0-9]{0,3})?";
    let rest = "(/([a-zA-Z0-9/?&=+;~_-]|%[0-9a-fA-F]{2}){0,30}(#[a-z]{0,3})?)?";
    let url = (authority, rest).prop_map(|(authority, rest)| {
        RefreshUrl::parse(&format!("https://{authority}{rest}")).expect("a URL")
    });
    let credentials = (of(super::TEXT), of(super::TEXT));
    (of(1_u32..=730), url, credentials).prop_map(|(days, url, (user_name, password))| {
        RefreshParameters {
            delay: days.map(|n| DelayInDays::new(n).expect("a delay")),
            url,
            user_name: user_name.map(|t| RefreshUserName::parse(&t).expect("a token")),
            password: password.map(|t| RefreshPassword::parse(&t).expect("a token")),
        }
    })
}
