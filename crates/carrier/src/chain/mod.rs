//! Certificates: what they say, and whether a chain of them holds.
//!
//! The only judge of certificates: what is refused when a signer is loaded, in `cert check` and
//! in a verification follows from the same facts. Not here: files and PEM, and fetching
//! revocation lists (the server). EV means the policy 2.23.140.1.1 in the leaf (field fact X6).
//! Implements [SIG-24]…[SIG-26], and `cert check` with X2, X5, X6 and X7.

mod examine;
mod name;
mod path;
mod revocation;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::digest;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::{OID_EC_P256, OID_NIST_EC_P384, OID_NIST_EC_P521, OID_SIG_ED25519};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;

pub use examine::{
    DAYS_LEFT_WARNED, Examination, ExamineError, Problem, RSA_BITS_MAX, RSA_BITS_MIN, examine,
    life_days_max,
};
pub use name::{DistinguishedName, NAME_BYTES_MAX, NameError, TrustedName};
pub use path::{ChainError, DEPTH_MAX};
pub(crate) use path::{Ground, hold};
pub use revocation::{CrlDer, Revocation, RevocationPolicy};

/// The policy of EV TLS certificates (CA/Browser Forum; field fact X6).
pub const EV_POLICY: &str = "2.23.140.1.1";

/// Holds the octets of one certificate in DER; nothing is said of their content.
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateDer(Vec<u8>);

impl CertificateDer {
    /// Takes octets that should be a certificate.
    #[must_use]
    pub const fn new(der: Vec<u8>) -> Self {
        Self(der)
    }

    /// Returns the octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the SHA-1 thumbprint, by which Windows names certificates [XML-207].
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of(&self.0)
    }
}

impl fmt::Debug for CertificateDer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateDer({})", self.thumbprint())
    }
}

/// Holds the SHA-1 of a certificate's DER octets [XML-207]; a name, not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thumbprint(pub [u8; 20]);

impl Thumbprint {
    fn of(der: &[u8]) -> Self {
        let mut octets = [0; 20];
        let sha1 = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, der);
        octets.iter_mut().zip(sha1.as_ref()).for_each(|(to, from)| *to = *from);
        Self(octets)
    }

    /// Reads 40 hexadecimal digits; blanks and colons between them, as tools print, are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = text.chars().filter(|c| !matches!(c, ' ' | ':'));
        let mut octets = [0_u8; 20];
        for octet in &mut octets {
            let mut digit = || digits.next()?.to_digit(16);
            let both = digit()?.checked_mul(16)?.checked_add(digit()?)?;
            *octet = u8::try_from(both).ok()?;
        }
        digits.next().is_none().then_some(Self(octets))
    }

    /// Returns the base64 form of the results document [XML-207].
    #[must_use]
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0)
    }
}

/// Writes 40 lower-case hexadecimal digits.
impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// Names the kind of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFacts {
    /// RSA with a modulus of so many bits.
    Rsa {
        /// Bits of the modulus.
        bits: usize,
    },
    /// An elliptic curve; Windows is reported to refuse it (field fact X2).
    EllipticCurve(Curve),
    /// Something else.
    Other,
}

/// Names an elliptic curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// Edwards 25519, for Ed25519.
    Edwards25519,
    /// Another one.
    Other,
}

/// Writes the name that `cert check` prints.
impl fmt::Display for KeyFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa { bits } => return write!(f, "rsa-{bits}"),
            Self::EllipticCurve(Curve::P256) => "ec-p256",
            Self::EllipticCurve(Curve::P384) => "ec-p384",
            Self::EllipticCurve(Curve::P521) => "ec-p521",
            Self::EllipticCurve(Curve::Edwards25519) => "ed25519",
            Self::EllipticCurve(Curve::Other) => "ec",
            Self::Other => "other",
        })
    }
}

impl KeyFacts {
    /// Says whether a signature with it is believed: RSA of 2048 to 8192 bits [SIG-12]. Keys of
    /// ours are held to less ([`examine`]).
    #[must_use]
    pub const fn can_be_verified(self) -> bool {
        match self {
            Self::Rsa { bits } => bits >= 2048 && bits <= 8192,
            Self::EllipticCurve(_) | Self::Other => false,
        }
    }
}

/// Holds what one certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The subject's name, most specific part first, values with commas quoted (X8).
    pub subject: String,
    /// The issuer's name in the same form.
    pub issuer: String,
    /// Start of validity.
    pub not_before: Timestamp,
    /// End of validity; the moment itself is still inside.
    pub not_after: Timestamp,
    /// The public key's kind.
    pub key: KeyFacts,
    /// The public key as it stands in the certificate: DER of PKCS#1's RSAPublicKey for RSA.
    pub public_key: Vec<u8>,
    /// Those of the certificate's policies that mean EV: [`EV_POLICY`] or nothing.
    pub ev_policies: Vec<String>,
    /// Whether keyUsage is present and names digitalSignature.
    pub digital_signature: bool,
    /// Whether extendedKeyUsage is present and names serverAuth, the safe choice (X6).
    pub server_auth: bool,
    /// Whether basicConstraints make it a CA.
    pub is_ca: bool,
    /// Whether subject and issuer are the same name.
    pub is_self_issued: bool,
    /// SHA-1 of the certificate.
    pub thumbprint: Thumbprint,
}

/// Says that octets are no certificate that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateError {
    /// Not DER of an X.509 certificate.
    Malformed,
    /// Octets follow the certificate.
    Trailing,
    /// A time of validity outside what a [`Timestamp`] holds.
    Validity,
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not an x.509 certificate",
            Self::Trailing => "octets after the certificate",
            Self::Validity => "time of validity out of range",
        })
    }
}

impl std::error::Error for CertificateError {}

/// Reads what a certificate says of itself; nothing of it is verified.
///
/// # Errors
/// See [`CertificateError`].
pub fn inspect(der: &[u8]) -> Result<CertificateFacts, CertificateError> {
    facts(&decode(der)?)
}

pub(crate) fn decode(der: &[u8]) -> Result<X509Certificate<'_>, CertificateError> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        Ok(_) => Err(CertificateError::Trailing),
        Err(_) => Err(CertificateError::Malformed),
    }
}

pub(crate) fn facts(c: &X509Certificate<'_>) -> Result<CertificateFacts, CertificateError> {
    let mut facts = CertificateFacts {
        subject: DistinguishedName::of(c.subject()).to_string(),
        issuer: DistinguishedName::of(c.issuer()).to_string(),
        not_before: timestamp(c.validity().not_before)?,
        not_after: timestamp(c.validity().not_after)?,
        key: key_facts(c),
        public_key: c.public_key().subject_public_key.data.to_vec(),
        ev_policies: Vec::new(),
        digital_signature: false,
        server_auth: false,
        is_ca: c.is_ca(),
        is_self_issued: c.subject().as_raw() == c.issuer().as_raw(),
        thumbprint: Thumbprint::of(c.as_raw()),
    };
    for extension in c.extensions() {
        let extension = extension.parsed_extension();
        if let ParsedExtension::CertificatePolicies(policies) = extension {
            let ids = policies.iter().map(|policy| policy.policy_id.to_id_string());
            facts.ev_policies.extend(ids.filter(|id| id == EV_POLICY));
        } else if let ParsedExtension::KeyUsage(usage) = extension {
            facts.digital_signature = usage.digital_signature();
        } else if let ParsedExtension::ExtendedKeyUsage(usage) = extension {
            facts.server_auth = usage.server_auth;
        }
    }
    Ok(facts)
}

fn timestamp(time: ASN1Time) -> Result<Timestamp, CertificateError> {
    Timestamp::from_second(time.timestamp()).map_err(|_| CertificateError::Validity)
}

fn key_facts(certificate: &X509Certificate<'_>) -> KeyFacts {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => {
            let mut octets = key.modulus.iter().copied().skip_while(|octet| *octet == 0).peekable();
            let unused = octets.peek().map_or(0, |first| first.leading_zeros());
            let unused = usize::try_from(unused).unwrap_or(0);
            KeyFacts::Rsa { bits: octets.count().saturating_mul(8).saturating_sub(unused) }
        }
        Ok(PublicKey::EC(_)) => KeyFacts::EllipticCurve(curve(certificate)),
        Ok(_) | Err(_) => match certificate.public_key().algorithm.algorithm == OID_SIG_ED25519 {
            true => KeyFacts::EllipticCurve(Curve::Edwards25519),
            false => KeyFacts::Other,
        },
    }
}

fn curve(certificate: &X509Certificate<'_>) -> Curve {
    let parameters = certificate.public_key().algorithm.parameters.as_ref();
    let stated = parameters.and_then(|any| any.as_oid().ok());
    let known = [
        (OID_EC_P256, Curve::P256),
        (OID_NIST_EC_P384, Curve::P384),
        (OID_NIST_EC_P521, Curve::P521),
    ];
    let found = known.into_iter().find(|(oid, _)| stated.as_ref() == Some(oid));
    found.map_or(Curve::Other, |(_, curve)| curve)
}
