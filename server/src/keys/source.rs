//! Where a signing key is: in a file, or on a token that never gives it away.
//!
//! A token is named by a URI of RFC 7512; its PIN is in a file or a variable of the environment,
//! never in the configuration or on a command line. Not here: reading keys ([`super::files`])
//! and talking to tokens ([`super::token`]).
//! Implements the places of [SIG-17].

use std::fmt;
use std::path::{Path, PathBuf};

use carrier::sign::Algorithm;

/// A signing key with its certificates, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPlace {
    /// PEM certificates: the leaf, then each issuer.
    pub chain: PathBuf,
    /// The private key.
    pub key: KeySource,
}

/// Where a private key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// In a PEM file, without passphrase.
    File(PathBuf),
    /// On a token, by PKCS#11.
    Token(TokenKey),
}

/// What signs under one name: one or two keys, of which the newest that is valid signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningSource {
    /// The key in use.
    pub current: KeyPlace,
    /// The one that is to follow, laid ready while the first is valid [SIG X7].
    pub next: Option<KeyPlace>,
    /// How it signs [SIG-12].
    pub algorithm: Algorithm,
}

/// A key on a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenKey {
    /// Label of the token.
    pub token: Option<String>,
    /// Serial number of the token.
    pub serial: Option<String>,
    /// Label of the key.
    pub object: Option<String>,
    /// Id of the key.
    pub id: Option<Vec<u8>>,
    /// The library that talks to the token.
    pub module: PathBuf,
    /// Where the PIN is.
    pub pin: PinSource,
}

/// Where a PIN is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinSource {
    /// In a file of its own.
    File(PathBuf),
    /// In a variable of the environment.
    Environment(String),
}

/// Why a text names no key on a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKeyError {
    /// It does not start with `pkcs11:`.
    Scheme,
    /// A part is not `name=value`, or a value is not escaped as it has to be.
    Syntax,
    /// A part that is not understood here, or twice; what it asks for would be passed over.
    Attribute(String),
    /// The PIN itself is in the URI.
    PinValue,
    /// Neither label nor serial number of the token.
    NoToken,
    /// Neither label nor id of the key.
    NoKey,
    /// No module, or two.
    Module,
    /// No place of the PIN, or two.
    Pin,
}

impl fmt::Display for TokenKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "needs a URI such as \"pkcs11:token=prod;object=signing\"",
            Self::Syntax => "is no PKCS#11 URI: write name=value, and odd characters as %20",
            Self::Attribute(name) => {
                return write!(
                    f,
                    "has {name:?}, which is not understood or there twice; use token, serial, \
                     object, id, module-path and pin-source once each"
                );
            }
            Self::PinValue => "holds the PIN: put it in a file and name that with pin-source",
            Self::NoToken => "needs token= or serial=, so that no other token is used",
            Self::NoKey => "needs object= or id=, so that no other key is used",
            Self::Module => {
                "needs the module once: module-path= in the URI, or the key `pkcs11_module`"
            }
            Self::Pin => {
                "needs the PIN's place once: pin-source=file:/… in the URI, or the key `pin_env`"
            }
        })
    }
}

impl std::error::Error for TokenKeyError {}

impl TokenKey {
    /// Reads a URI of RFC 7512, with what stands beside it in the configuration.
    ///
    /// # Errors
    /// See [`TokenKeyError`].
    pub fn parse(
        uri: &str,
        module: Option<&Path>,
        pin_env: Option<&str>,
    ) -> Result<Self, TokenKeyError> {
        let rest = uri.strip_prefix("pkcs11:").ok_or(TokenKeyError::Scheme)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut found = Parts::default();
        for part in path.split(';').chain(query.split('&')).filter(|part| !part.is_empty()) {
            found.take(part)?;
        }
        if found.token.is_none() && found.serial.is_none() {
            return Err(TokenKeyError::NoToken);
        }
        if found.object.is_none() && found.id.is_none() {
            return Err(TokenKeyError::NoKey);
        }
        let module = match (found.module, module) {
            (Some(text), None) => PathBuf::from(text),
            (None, Some(path)) => path.to_owned(),
            (Some(_), Some(_)) | (None, None) => return Err(TokenKeyError::Module),
        };
        let pin = match (found.pin, pin_env) {
            (Some(text), None) => {
                PinSource::File(PathBuf::from(text.strip_prefix("file:").unwrap_or(&text)))
            }
            (None, Some(name)) => PinSource::Environment(name.to_owned()),
            (Some(_), Some(_)) | (None, None) => return Err(TokenKeyError::Pin),
        };
        let Parts { token, serial, object, id, .. } = found;
        Ok(Self { token, serial, object, id, module, pin })
    }
}

#[derive(Default)]
struct Parts {
    token: Option<String>,
    serial: Option<String>,
    object: Option<String>,
    id: Option<Vec<u8>>,
    module: Option<String>,
    pin: Option<String>,
}

impl Parts {
    fn take(&mut self, part: &str) -> Result<(), TokenKeyError> {
        let (name, value) = part.split_once('=').ok_or(TokenKeyError::Syntax)?;
        let octets = unescaped(value).ok_or(TokenKeyError::Syntax)?;
        let text = String::from_utf8(octets.clone()).map_err(|_| TokenKeyError::Syntax);
        let place = match name {
            "id" if self.id.is_none() => {
                self.id = Some(octets);
                return Ok(());
            }
            // A signature needs the private one; saying so changes nothing.
            "type" if value == "private" => return Ok(()),
            "token" => &mut self.token,
            "serial" => &mut self.serial,
            "object" => &mut self.object,
            "module-path" => &mut self.module,
            "pin-source" => &mut self.pin,
            "pin-value" => return Err(TokenKeyError::PinValue),
            _ => return Err(TokenKeyError::Attribute(name.to_owned())),
        };
        match place.replace(text?) {
            None => Ok(()),
            Some(_) => Err(TokenKeyError::Attribute(name.to_owned())),
        }
    }
}

fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut octets = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(octet) = octets.next() {
        if octet != b'%' {
            plain.push(octet);
            continue;
        }
        let mut digit = || char::from(octets.next()?).to_digit(16);
        let value = digit()?.checked_mul(16)?.checked_add(digit()?)?;
        plain.push(u8::try_from(value).ok()?);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = "pkcs11:token=My%20token;object=signing;id=%01%a2;type=private\
                        ?module-path=/usr/lib/p11.so&pin-source=file:/run/pin";

    /// [SIG-17]
    #[test]
    fn a_uri_names_token_key_module_and_pin() {
        let expected = TokenKey {
            token: Some("My token".to_owned()),
            serial: None,
            object: Some("signing".to_owned()),
            id: Some(vec![1, 0xa2]),
            module: "/usr/lib/p11.so".into(),
            pin: PinSource::File("/run/pin".into()),
        };
        assert_eq!(TokenKey::parse(FULL, None, None), Ok(expected.clone()));
        let beside = "pkcs11:token=My token;object=signing;id=%01%A2";
        let module = Path::new("/usr/lib/p11.so");
        let found = TokenKey::parse(beside, Some(module), Some("PIN"));
        let pin = PinSource::Environment("PIN".to_owned());
        assert_eq!(found, Ok(TokenKey { pin, ..expected }));
    }

    #[test]
    fn what_would_be_passed_over_is_refused() {
        let module = Some(Path::new("/m.so"));
        let attribute = |name: &str| TokenKeyError::Attribute(name.to_owned());
        for (uri, expected) in [
            ("token=a", TokenKeyError::Scheme),
            ("pkcs11:token", TokenKeyError::Syntax),
            ("pkcs11:token=%2", TokenKeyError::Syntax),
            ("pkcs11:token=%ff;object=a", TokenKeyError::Syntax),
            ("pkcs11:token=a;slot-id=1;object=b", attribute("slot-id")),
            ("pkcs11:token=a;token=a;object=b", attribute("token")),
            ("pkcs11:token=a;id=%01;id=%01", attribute("id")),
            ("pkcs11:token=a;object=b;type=cert", attribute("type")),
            ("pkcs11:token=a;object=b?pin-value=1234", TokenKeyError::PinValue),
            ("pkcs11:object=b", TokenKeyError::NoToken),
            ("pkcs11:serial=1", TokenKeyError::NoKey),
            ("pkcs11:serial=1;id=%01?module-path=/n.so", TokenKeyError::Module),
            ("pkcs11:serial=1;id=%01?pin-source=/p", TokenKeyError::Pin),
        ] {
            assert_eq!(TokenKey::parse(uri, module, Some("PIN")), Err(expected), "{uri}");
        }
        assert!(TokenKey::parse("pkcs11:serial=1;id=%01", module, Some("PIN")).is_ok());
        assert_eq!(
            TokenKey::parse("pkcs11:serial=1;id=%01", module, None),
            Err(TokenKeyError::Pin)
        );
        let no_module = TokenKey::parse("pkcs11:serial=1;id=%01", None, Some("PIN"));
        assert_eq!(no_module, Err(TokenKeyError::Module));
    }
}
