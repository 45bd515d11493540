//! The keys of `[signing.NAME]`: certificates, and a key in a file or on a token.
//!
//! Not here: whether they are any good ([`crate::keys`]), and TLS, whose key is always a file.
//! Implements the places of [SIG-17] and the choice of [SIG-12].

use std::path::Path;

use carrier::sign::Algorithm;
use toml::de::DeValue;

use super::document::Section;
use super::reader::path;
use super::values::{self, Read};
use crate::keys::{KeyPlace, KeySource, PinSource, SigningSource, TokenKey};

const ALGORITHMS: &[(&str, Algorithm)] =
    &[("rsa-sha256", Algorithm::RsaSha256), ("rsa-sha1", Algorithm::RsaSha1)];

/// Reads a table `[signing.NAME]`.
pub(super) fn source(section: &mut Section<'_>, folder: &Path) -> Option<SigningSource> {
    let algorithm = section.optional("algorithm", values::one_of(ALGORITHMS));
    let next = section.table("next", |next| place(next, folder));
    Some(SigningSource {
        current: place(section, folder)?,
        next: next.flatten(),
        algorithm: algorithm.unwrap_or(Algorithm::RsaSha256),
    })
}

fn place(section: &mut Section<'_>, folder: &Path) -> Option<KeyPlace> {
    let path = |value: &DeValue<'_>| path(value, folder);
    let chain = section.required("certificate_file", path);
    let file = section.optional("key_file", path);
    let uri = section.optional("pkcs11", |value| values::text(value).map(str::to_owned));
    let module = section.optional("pkcs11_module", path);
    let pin_env = section.optional("pin_env", variable);
    let key = match (section.has("key_file"), section.has("pkcs11")) {
        (true, true) => {
            section.error("pkcs11", "stands beside `key_file`; keep the one where the key is");
            None
        }
        (false, false) => {
            let message = "missing; name the key's file, or with `pkcs11` the key on a token";
            section.error("key_file", message);
            None
        }
        (true, false) => {
            for key in ["pkcs11_module", "pin_env"].into_iter().filter(|key| section.has(key)) {
                section.error(key, "goes with `pkcs11` only; remove it");
            }
            file.map(KeySource::File)
        }
        (false, true) => match TokenKey::parse(&uri?, module.as_deref(), pin_env.as_deref()) {
            Ok(key) => Some(KeySource::Token(within(key, folder))),
            Err(error) => {
                section.error("pkcs11", error.to_string());
                None
            }
        },
    };
    Some(KeyPlace { chain: chain?, key: key? })
}

/// Takes relative paths of a URI from the configuration's folder, as all others.
fn within(key: TokenKey, folder: &Path) -> TokenKey {
    let pin = match key.pin {
        PinSource::File(file) => PinSource::File(folder.join(file)),
        PinSource::Environment(name) => PinSource::Environment(name),
    };
    TokenKey { module: folder.join(&key.module), pin, ..key }
}

/// Reads the name of a variable of the environment.
fn variable(value: &DeValue<'_>) -> Read<String> {
    let text = values::text(value)?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if !text.is_empty() && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("needs the name of a variable, such as \"SIGNING_PIN\"".to_owned())
    }
}
