//! Signatures of Standard Webhooks 1.0: HMAC-SHA256 over id, time and body.
//!
//! Not here: sending ([`super::webhooks`]).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use crate::config::Secret;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// Lengths of a secret in bytes (Standard Webhooks 1.0, "Signature scheme").
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The secret that one receiver shares with us.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// Reads `whsec_` and 24 to 64 bytes in base64.
    ///
    /// # Errors
    /// What is wrong with it, without its content.
    pub fn parse(secret: &Secret) -> Result<Self, String> {
        let wanted = "needs a secret such as `whsec_` and 24 to 64 random bytes in base64";
        let encoded = secret.reveal().strip_prefix(PREFIX).ok_or(wanted)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| wanted)?;
        if !BYTES.contains(&bytes.len()) {
            return Err(format!("{wanted}; this one has {}", bytes.len()));
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// Signs a message: `v1,` and the signature in base64.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(format!("{id}.{timestamp_s}.").as_bytes());
        context.update(body);
        format!("v1,{}", STANDARD.encode(context.sign()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Result<Key, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        std::fs::write(&path, text).expect("written");
        Key::parse(&Secret::read_file(&path).expect("read"))
    }

    /// The example of the specification's own libraries.
    #[test]
    fn the_known_message_has_the_known_signature() {
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key");
        let signature =
            key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b"{\"test\": 2432232314}");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(format!("{key:?}"), "Key(…)");
    }

    #[test]
    fn short_foreign_and_broken_secrets_are_refused() {
        for text in ["whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"] {
            let error = key(text).expect_err(text);
            assert!(error.starts_with("needs a secret such as"), "{error}");
            assert!(!error.contains("MfKQ"), "{error}");
        }
    }
}
