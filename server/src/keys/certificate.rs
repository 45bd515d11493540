//! What one certificate says about itself, and the findings that follow from it.
//!
//! Reads X.509; verifies no signature (that is [`super::check`]) [SIG-23, X2, X6, X7].
//! The agent's side of the same rules is `carrier`'s chain check: what is refused there
//! must be refused here.

use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::{
    OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_NIST_EC_P521,
    OID_PKCS1_RSAENCRYPTION, OID_SIG_ED25519, Oid, OidRegistry,
};
use x509_parser::parse_x509_certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{SubjectPublicKeyInfo, X509Name};

use super::problem::Problem;

/// Policy "Extended Validation" of the CA/Browser Forum [SIG X6].
pub const EV_POLICY: &str = "2.23.140.1.1";

/// Lengths of RSA keys that are signed with: [SIG-12], and ring's limit above.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// Seconds of a day.
const DAY_S: i64 = 86_400;

/// The kind of a public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA.
    Rsa {
        /// Length of the modulus.
        bits: usize,
    },
    /// Anything else, by the name that `cert check` prints.
    Other(String),
}

impl std::fmt::Display for KeyKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "rsa-{bits}"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Subject, most specific part first, values quoted where needed [SIG X8].
    pub subject: String,
    /// Issuer, written likewise.
    pub issuer: String,
    /// First instant of validity.
    pub not_before: Timestamp,
    /// Last instant of validity.
    pub not_after: Timestamp,
    /// All certificate policies, as dotted numbers.
    pub policies: Vec<String>,
    /// The public key's kind.
    pub key: KeyKind,
    /// The public key as in the certificate's BIT STRING.
    pub public_key: Vec<u8>,
    /// Whether keyUsage is there with digitalSignature.
    pub is_for_signatures: bool,
    /// Whether extendedKeyUsage is there with serverAuth.
    pub is_for_servers: bool,
    /// Whether basicConstraints says CA.
    pub is_ca: bool,
    /// Whether subject and issuer are the same name.
    pub is_self_issued: bool,
    subject_der: Vec<u8>,
    issuer_der: Vec<u8>,
}

impl Facts {
    /// Reads a certificate; `None` when it is not valid X.509.
    #[must_use]
    pub fn read(der: &CertificateDer<'_>) -> Option<Self> {
        let (rest, certificate) = parse_x509_certificate(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let not_before = certificate.validity().not_before.timestamp();
        let not_after = certificate.validity().not_after.timestamp();
        let subject = certificate.subject();
        let issuer = certificate.issuer();
        Some(Self {
            subject: name_text(subject),
            issuer: name_text(issuer),
            not_before: Timestamp::from_second(not_before).ok()?,
            not_after: Timestamp::from_second(not_after).ok()?,
            policies: policies(&certificate),
            key: key_kind(certificate.public_key()),
            public_key: certificate.public_key().subject_public_key.data.to_vec(),
            is_for_signatures: certificate
                .key_usage()
                .ok()?
                .is_some_and(|usage| usage.value.digital_signature()),
            is_for_servers: certificate
                .extended_key_usage()
                .ok()?
                .is_some_and(|usage| usage.value.server_auth),
            is_ca: certificate.basic_constraints().ok()?.is_some_and(|basic| basic.value.ca),
            is_self_issued: subject.as_raw() == issuer.as_raw(),
            subject_der: subject.as_raw().to_vec(),
            issuer_der: issuer.as_raw().to_vec(),
        })
    }

    /// Tells whether the EV policy is among the policies [SIG-23].
    #[must_use]
    pub fn is_ev(&self) -> bool {
        self.policies.iter().any(|policy| policy == EV_POLICY)
    }

    /// Tells whether `issuer` bears the name that this certificate gives as its issuer's.
    #[must_use]
    pub fn names_issuer(&self, issuer: &Self) -> bool {
        self.issuer_der == issuer.subject_der
    }

    /// Returns the whole days of validity left at `at`; negative once it has ended.
    #[must_use]
    pub fn days_left(&self, at: Timestamp) -> i64 {
        self.not_after.as_second().saturating_sub(at.as_second()).div_euclid(DAY_S)
    }

    /// Lists what is wrong with this as a certificate that is valid at `at`.
    #[must_use]
    pub fn time_problems(&self, at: Timestamp) -> Vec<Problem> {
        let mut problems = Vec::new();
        if at < self.not_before {
            problems.push(Problem::NotYetValid { not_before: self.not_before });
        }
        if at > self.not_after {
            problems.push(Problem::Expired { not_after: self.not_after });
        }
        problems
    }

    /// Lists what is wrong with this as a certificate that signs documents at `at`.
    #[must_use]
    pub fn signing_problems(&self, at: Timestamp) -> Vec<Problem> {
        let mut problems = self.time_problems(at);
        match &self.key {
            KeyKind::Rsa { bits } if RSA_BITS.contains(bits) => {}
            KeyKind::Rsa { bits } => problems.push(Problem::RsaLength { bits: *bits }),
            KeyKind::Other(key) => problems.push(Problem::NotRsa { key: key.clone() }),
        }
        if self.is_ca {
            problems.push(Problem::LeafIsCa);
        }
        if !self.is_ev() {
            problems.push(Problem::NoEvPolicy);
        }
        if !self.is_for_signatures {
            problems.push(Problem::NoDigitalSignature);
        }
        if !self.is_for_servers {
            problems.push(Problem::NoServerAuth);
        }
        // Both ends belong to the period (RFC 5280, section 4.1.2.5).
        let life_s = self.not_after.as_second().saturating_sub(self.not_before.as_second()) + 1;
        let days = life_s.div_euclid(DAY_S) + i64::from(life_s.rem_euclid(DAY_S) != 0);
        let days_max = life_days_max(self.not_before);
        if days > days_max {
            problems.push(Problem::LivesTooLong { days, days_max });
        }
        problems
    }
}

/// Returns how many days a TLS certificate issued at `issued` may live.
///
/// CA/Browser Forum ballot SC-081v3 [SIG X7]; 398 days before its first step.
#[must_use]
pub fn life_days_max(issued: Timestamp) -> i64 {
    // Unix seconds of 2026-03-15, 2027-03-15 and 2029-03-15, each 00:00 UTC.
    match issued.as_second() {
        ..1_773_532_800 => 398,
        1_773_532_800..1_805_068_800 => 200,
        1_805_068_800..1_868_227_200 => 100,
        1_868_227_200.. => 47,
    }
}

fn policies(certificate: &X509Certificate<'_>) -> Vec<String> {
    certificate
        .iter_extensions()
        .filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::CertificatePolicies(policies) => Some(policies),
            _ => None,
        })
        .flat_map(|policies| policies.iter().map(|policy| policy.policy_id.to_id_string()))
        .collect()
}

fn key_kind(key: &SubjectPublicKeyInfo<'_>) -> KeyKind {
    let algorithm = &key.algorithm.algorithm;
    if *algorithm == OID_PKCS1_RSAENCRYPTION {
        return match key.parsed() {
            Ok(PublicKey::RSA(rsa)) => KeyKind::Rsa { bits: bit_length(rsa.modulus) },
            Ok(_) | Err(_) => KeyKind::Other("rsa-damaged".to_owned()),
        };
    }
    if *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY {
        let curve = key.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
        return KeyKind::Other(curve_name(curve.as_ref()));
    }
    if *algorithm == OID_SIG_ED25519 {
        return KeyKind::Other("ed25519".to_owned());
    }
    KeyKind::Other(algorithm.to_id_string())
}

fn curve_name(curve: Option<&Oid<'_>>) -> String {
    match curve {
        Some(curve) if *curve == OID_EC_P256 => "ec-p256".to_owned(),
        Some(curve) if *curve == OID_NIST_EC_P384 => "ec-p384".to_owned(),
        Some(curve) if *curve == OID_NIST_EC_P521 => "ec-p521".to_owned(),
        Some(curve) => format!("ec-{}", curve.to_id_string()),
        None => "ec".to_owned(),
    }
}

/// Returns the length of a big-endian number in bits.
fn bit_length(number: &[u8]) -> usize {
    let significant = number.iter().skip_while(|byte| **byte == 0).count();
    let Some(first) = number.iter().find(|byte| **byte != 0) else {
        return 0;
    };
    let leading = usize::try_from(first.leading_zeros()).unwrap_or(0);
    significant.saturating_mul(8).saturating_sub(leading)
}

/// Writes a name as the trust entries spell it: most specific first, commas quoted [SIG X8].
fn name_text(name: &X509Name<'_>) -> String {
    let registry = OidRegistry::default().with_x509().with_pkcs9();
    let mut parts: Vec<String> = name
        .iter_rdn()
        .map(|rdn| {
            let attributes: Vec<String> = rdn
                .iter()
                .map(|attribute| {
                    let kind = type_text(attribute.attr_type(), &registry);
                    let value =
                        attribute.as_str().map_or_else(|_| hex_text(attribute.as_slice()), quoted);
                    format!("{kind}={value}")
                })
                .collect();
            attributes.join(" + ")
        })
        .collect();
    parts.reverse();
    parts.join(", ")
}

fn type_text(kind: &Oid<'_>, registry: &OidRegistry<'_>) -> String {
    x509_parser::objects::oid2abbrev(kind, registry)
        .map_or_else(|_| kind.to_id_string(), str::to_owned)
}

fn quoted(value: &str) -> String {
    let needs_quotes = value.contains([',', '+', '=', '"', '\\', '<', '>', ';', '#', '\n'])
        || value.starts_with(' ')
        || value.ends_with(' ');
    if needs_quotes { format!("\"{}\"", value.replace('"', "\"\"")) } else { value.to_owned() }
}

fn hex_text(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold("#".to_owned(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
