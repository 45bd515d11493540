//! Signs with a key on a token (PKCS#11), which never gives the key away [SIG-17].
//!
//! One session per signer, behind a lock; it is opened again when the token went away. A PIN
//! that was refused is not tried again, because tokens lock after a few wrong ones: a change of
//! the PIN's or the certificate's file makes a new signer ([`super::store`]). Not here: keys in
//! files, and which key is meant ([`super::source`]).

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use carrier::chain::CertificateDer;
use carrier::sign::{Algorithm, Signer, SignerError};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use rsa::pkcs1::UintRef;
use rsa::pkcs1::der::Encode as _;

use super::source::{PinSource, TokenKey};
use crate::config::Secret;

/// Public exponent of RSA keys whose token does not tell it; every CA asks for this one.
const EXPONENT: &[u8] = &[1, 0, 1];

/// Why a token does not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// The module cannot be loaded or started.
    Module,
    /// No token of this name is there.
    NoToken,
    /// The PIN cannot be read.
    NoPin,
    /// The token refuses the PIN.
    PinRefused,
    /// No RSA key of this name is on the token, or more than one.
    NoKey,
    /// The token's key must not or cannot sign so.
    Refused,
    /// The token does not answer as it should.
    Failed,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Module => "the PKCS#11 module cannot be loaded: check its path",
            Self::NoToken => "no such token is there: check its label or serial number",
            Self::NoPin => "the PIN cannot be read: check pin-source or the variable of pin_env",
            Self::PinRefused => {
                "the token refuses the PIN: correct it; it is not tried again before its file or \
                 the certificate's changes"
            }
            Self::NoKey => "not exactly one RSA key of this label or id is on the token",
            Self::Refused => "the token's key must not sign: it needs CKA_SIGN",
            Self::Failed => "the token does not answer",
        })
    }
}

impl std::error::Error for TokenError {}

impl TokenError {
    /// Tells the caller of a signature whether to try again.
    fn to_signer(self) -> SignerError {
        match self {
            Self::PinRefused | Self::Refused => SignerError::Refused,
            Self::Module | Self::NoToken | Self::NoPin | Self::NoKey | Self::Failed => {
                SignerError::Unavailable
            }
        }
    }
}

/// A key on a token with its certificates; has no Debug for the PIN's sake.
pub(super) struct TokenSigner {
    key: TokenKey,
    chain: Vec<CertificateDer>,
    held: Mutex<Held>,
}

/// The state of the one session.
enum Held {
    Closed,
    Open(Open),
    PinRefused,
}

struct Open {
    session: Session,
    key: ObjectHandle,
}

impl TokenSigner {
    /// Opens the token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub(super) fn open(key: TokenKey, chain: Vec<CertificateDer>) -> Result<Self, TokenError> {
        let held = Held::Open(Open::new(&key)?);
        Ok(Self { key, chain, held: Mutex::new(held) })
    }

    /// Returns the public key as a certificate has it, DER of PKCS#1's RSAPublicKey.
    ///
    /// # Errors
    /// [`TokenError`].
    pub(super) fn public_key(&self) -> Result<Vec<u8>, TokenError> {
        match &*self.lock() {
            Held::Open(open) => open.public_key(),
            Held::Closed => Err(TokenError::Failed),
            Held::PinRefused => Err(TokenError::PinRefused),
        }
    }

    /// Ends what the session may do, as if the token had been away.
    #[cfg(test)]
    pub(super) fn log_out(&self) -> Result<(), TokenError> {
        match &*self.lock() {
            Held::Open(open) => open.session.logout().map_err(|_| TokenError::Failed),
            Held::Closed | Held::PinRefused => Err(TokenError::Failed),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Signer for TokenSigner {
    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let mechanism = match algorithm {
            Algorithm::RsaSha256 => Mechanism::Sha256RsaPkcs,
            Algorithm::RsaSha1 => Mechanism::Sha1RsaPkcs,
        };
        let mut held = self.lock();
        if let Held::Open(open) = &*held {
            match open.session.sign(&mechanism, open.key, message) {
                Ok(value) => return Ok(value),
                Err(Error::Pkcs11(RvError::MechanismInvalid, _)) => {
                    return Err(SignerError::Unsupported(algorithm));
                }
                // The token may have gone away meanwhile: once more with a new session.
                Err(error) => tracing::warn!(%error, "the token's session ended, opening it again"),
            }
        }
        if matches!(*held, Held::PinRefused) {
            return Err(SignerError::Refused);
        }
        // Closed before another is opened: some tokens have room for one.
        *held = Held::Closed;
        let open = Open::new(&self.key).map_err(|error| {
            tracing::error!(%error, "the token cannot be opened: {error}");
            if error == TokenError::PinRefused {
                *held = Held::PinRefused;
            }
            error.to_signer()
        })?;
        let signed = open.session.sign(&mechanism, open.key, message);
        *held = Held::Open(open);
        signed.map_err(|error| match error {
            Error::Pkcs11(RvError::MechanismInvalid, _) => SignerError::Unsupported(algorithm),
            Error::Pkcs11(RvError::KeyFunctionNotPermitted, _) => SignerError::Refused,
            _ => SignerError::Unavailable,
        })
    }

    fn chain(&self) -> &[CertificateDer] {
        &self.chain
    }
}

impl Open {
    fn new(key: &TokenKey) -> Result<Self, TokenError> {
        let module = module(&key.module)?;
        let slots = module.get_slots_with_token().map_err(|_| TokenError::Failed)?;
        let is_meant = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found.trim_end())
        };
        let slot = slots.into_iter().find(|slot| {
            module.get_token_info(*slot).is_ok_and(|token| {
                is_meant(&key.token, token.label()) && is_meant(&key.serial, token.serial_number())
            })
        });
        let slot = slot.ok_or(TokenError::NoToken)?;
        let session = module.open_ro_session(slot).map_err(|_| TokenError::Failed)?;
        match session.login(UserType::User, Some(&pin(&key.pin)?)) {
            // Another signer's session logs in the whole process.
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(Error::Pkcs11(
                RvError::PinIncorrect
                | RvError::PinInvalid
                | RvError::PinLenRange
                | RvError::PinExpired
                | RvError::PinLocked,
                _,
            )) => return Err(TokenError::PinRefused),
            Err(_) => return Err(TokenError::Failed),
        }
        let mut template =
            vec![Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::KeyType(KeyType::RSA)];
        template.extend(key.object.as_ref().map(|label| Attribute::Label(label.clone().into())));
        template.extend(key.id.as_ref().map(|id| Attribute::Id(id.clone())));
        let found = session.find_objects(&template).map_err(|_| TokenError::Failed)?;
        let [key] = found.as_slice() else {
            return Err(TokenError::NoKey);
        };
        Ok(Self { key: *key, session })
    }

    fn public_key(&self) -> Result<Vec<u8>, TokenError> {
        let asked = [AttributeType::Modulus, AttributeType::PublicExponent];
        let told = self.session.get_attributes(self.key, &asked).map_err(|_| TokenError::Failed)?;
        let (mut modulus, mut exponent) = (None, EXPONENT.to_vec());
        for attribute in told {
            match attribute {
                Attribute::Modulus(octets) => modulus = Some(octets),
                Attribute::PublicExponent(octets) if !octets.is_empty() => exponent = octets,
                _ => {}
            }
        }
        let modulus = modulus.ok_or(TokenError::Failed)?;
        let number = |octets| UintRef::new(octets).map_err(|_| TokenError::Failed);
        let key = rsa::pkcs1::RsaPublicKey {
            modulus: number(&modulus)?,
            public_exponent: number(&exponent)?,
        };
        key.to_der().map_err(|_| TokenError::Failed)
    }
}

/// Loads a module once for the process: PKCS#11 may be started once only.
fn module(path: &Path) -> Result<Pkcs11, TokenError> {
    static MODULES: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = modules.get(path) {
        return Ok(module.clone());
    }
    let module = Pkcs11::new(path).map_err(|_| TokenError::Module)?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(_) => return Err(TokenError::Module),
    }
    modules.insert(path.to_owned(), module.clone());
    Ok(module)
}

fn pin(source: &PinSource) -> Result<AuthPin, TokenError> {
    let text = match source {
        PinSource::File(path) => {
            Secret::read_file(path).map_err(|_| TokenError::NoPin)?.reveal().to_owned()
        }
        PinSource::Environment(name) => std::env::var(name).map_err(|_| TokenError::NoPin)?,
    };
    Ok(AuthPin::from(text))
}
