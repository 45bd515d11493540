//! Distinguished names: as text, and compared as trusted entries want it.
//!
//! Printed as Windows and the results document show them: most specific part first, `, `
//! between parts (field fact X8). A name of a certificate and a name that somebody wrote down
//! become the same type, so that only one comparison exists. Not here: which names are trusted
//! ([`crate::verify`]).
//! Implements [SIG-24], [SIG-25].

mod parse;

use std::fmt;

use x509_parser::asn1_rs::{Any, Tag, ToDer};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::X509Certificate;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

pub use parse::{NAME_BYTES_MAX, NameError};

/// Short names of attribute types (RFC 4519, RFC 2985, CA/Browser Forum for the two of EV).
/// The first of a type is the one that is printed; the others are read as well.
const SHORT_NAMES: [(&str, &str); 30] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.3", "commonName"),
    ("2.5.4.4", "SN"),
    ("2.5.4.4", "surname"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("2.5.4.6", "C"),
    ("2.5.4.6", "countryName"),
    ("2.5.4.7", "L"),
    ("2.5.4.7", "localityName"),
    ("2.5.4.8", "S"),
    ("2.5.4.8", "ST"),
    ("2.5.4.8", "stateOrProvinceName"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.9", "streetAddress"),
    ("2.5.4.10", "O"),
    ("2.5.4.10", "organizationName"),
    ("2.5.4.11", "OU"),
    ("2.5.4.11", "organizationalUnitName"),
    ("2.5.4.12", "T"),
    ("2.5.4.12", "title"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "PostalCode"),
    ("2.5.4.42", "G"),
    ("2.5.4.42", "GN"),
    ("2.5.4.42", "givenName"),
    ("1.2.840.113549.1.9.1", "E"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.25", "domainComponent"),
];

/// Holds a distinguished name, most specific part first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinguishedName(Vec<Part>);

/// One part of a name (an RDN): mostly one attribute, their order means nothing.
type Part = Vec<Attribute>;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Attribute {
    /// The type, as a dotted number.
    kind: String,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Text(String),
    /// The DER octets of a value that is no text.
    Der(Vec<u8>),
}

impl DistinguishedName {
    /// Reads a name as people, Windows and service metadata write it.
    ///
    /// Parts are separated by `,` or `;`, attributes of one part by `+`. A value in quotes may
    /// hold anything, a quote in it doubled, as Windows prints it; outside of quotes a backslash
    /// takes away the meaning of what follows (RFC 4514). Types are short names or numbers
    /// (`OID.2.5.4.3`, `2.5.4.3`).
    ///
    /// # Errors
    /// See [`NameError`]. [SIG-25]
    pub fn parse(text: &str) -> Result<Self, NameError> {
        parse::name(text)
    }

    pub(super) fn of(name: &X509Name<'_>) -> Self {
        let part = |rdn: &x509_parser::x509::RelativeDistinguishedName<'_>| {
            rdn.iter().map(Attribute::of).collect()
        };
        let mut parts: Vec<Part> = name.iter_rdn().map(part).collect();
        parts.reverse();
        Self(parts)
    }

    /// Says whether both are the same name: types by number, values without regard to case and
    /// to the number of blanks, parts in the same order or in the fully reversed one [SIG-25].
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let mine: Vec<_> = self.0.iter().map(comparable).collect();
        let mut theirs: Vec<_> = other.0.iter().map(comparable).collect();
        if mine == theirs {
            return true;
        }
        theirs.reverse();
        mine == theirs
    }
}

/// Brings a part into the form in which equal parts are equal.
fn comparable(part: &Part) -> Vec<(&str, Value)> {
    let fold = |value: &Value| match value {
        Value::Text(text) => {
            let words: Vec<&str> = text.split_whitespace().collect();
            Value::Text(words.join(" ").to_lowercase())
        }
        Value::Der(octets) => Value::Der(octets.clone()),
    };
    let mut attributes: Vec<_> = part.iter().map(|a| (a.kind.as_str(), fold(&a.value))).collect();
    attributes.sort();
    attributes
}

impl Attribute {
    fn of(attribute: &AttributeTypeAndValue<'_>) -> Self {
        let any = attribute.attr_value();
        let value = match text_of(any) {
            Some(text) => Value::Text(text),
            None => Value::Der(any.to_der_vec().unwrap_or_default()),
        };
        Self { kind: attribute.attr_type().to_id_string(), value }
    }
}

/// Decodes a value of one of the string types; Teletex means Latin-1, as everybody reads it.
fn text_of(any: &Any<'_>) -> Option<String> {
    let octets = any.data;
    match any.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString => {
            std::str::from_utf8(octets).ok().map(str::to_owned)
        }
        Tag::T61String => Some(octets.iter().map(|octet| char::from(*octet)).collect()),
        Tag::BmpString => {
            let (pairs, rest) = octets.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16(&units).ok().filter(|_| rest.is_empty())
        }
        _ => None,
    }
}

/// Writes the name; a type without a short name is written as `OID.n.n`, a value that is no
/// text as `#` with its octets, and a value with a separator is quoted. A control character
/// becomes `?`, so that a name cannot forge a line of a log.
impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.iter().enumerate() {
            for (within, Attribute { kind, value }) in part.iter().enumerate() {
                f.write_str(match (at, within) {
                    (0, 0) => "",
                    (_, 0) => ", ",
                    (_, _) => " + ",
                })?;
                match SHORT_NAMES.iter().find(|(oid, _)| oid == kind) {
                    Some((_, short)) => write!(f, "{short}=")?,
                    None => write!(f, "OID.{kind}=")?,
                }
                match value {
                    Value::Text(text) => f.write_str(&quoted(text))?,
                    Value::Der(octets) => {
                        f.write_str("#")?;
                        octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn quoted(value: &str) -> String {
    let plain: String = value.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    let has_edge_blank = plain.starts_with(' ') || plain.ends_with(' ');
    if has_edge_blank || plain.contains([',', '+', '=', '"', '<', '>', ';', '#', '\\']) {
        format!("\"{}\"", plain.replace('"', "\"\""))
    } else {
        plain
    }
}

/// Names a certificate that is trusted without asking: both names must match [SIG-24].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedName {
    /// The name of whom the certificate is for.
    pub subject: DistinguishedName,
    /// The name of who issued it.
    pub issuer: DistinguishedName,
}

impl TrustedName {
    /// Reads the two names of an entry.
    ///
    /// # Errors
    /// One of them is no name; see [`NameError`].
    pub fn parse(subject: &str, issuer: &str) -> Result<Self, NameError> {
        let subject = DistinguishedName::parse(subject)?;
        Ok(Self { subject, issuer: DistinguishedName::parse(issuer)? })
    }

    /// Says whether a certificate has these names, its alternative ones included [SIG-24].
    pub(crate) fn is_of(&self, certificate: &X509Certificate<'_>) -> bool {
        let mut subjects = vec![DistinguishedName::of(certificate.subject())];
        let mut issuers = vec![DistinguishedName::of(certificate.issuer())];
        for extension in certificate.extensions() {
            let extension = extension.parsed_extension();
            if let ParsedExtension::SubjectAlternativeName(names) = extension {
                subjects.extend(directory_names(&names.general_names));
            } else if let ParsedExtension::IssuerAlternativeName(names) = extension {
                issuers.extend(directory_names(&names.general_names));
            }
        }
        subjects.iter().any(|name| self.subject.matches(name))
            && issuers.iter().any(|name| self.issuer.matches(name))
    }
}

fn directory_names(names: &[GeneralName<'_>]) -> Vec<DistinguishedName> {
    let mut found = Vec::new();
    for name in names {
        if let GeneralName::DirectoryName(name) = name {
            found.push(DistinguishedName::of(name));
        }
    }
    found
}

#[cfg(test)]
mod tests;
