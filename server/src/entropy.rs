//! Randomness of the operating system, in the forms that the server needs.
//!
//! The only place that draws random bytes for ids, tokens and codes. Not here: RSA keys
//! ([`crate::keys`]).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Timestamp;
use domain::code::{Id, OrderCode};
use ring::rand::{SecureRandom, SystemRandom};

/// Draws `N` random bytes.
///
/// Aborts the request's task when the operating system has no randomness to give, as nothing
/// secret could be made then.
#[must_use]
#[expect(clippy::panic, reason = "without randomness no session, key or code is safe")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0_u8; N];
    if SystemRandom::new().fill(&mut out).is_err() {
        panic!("the operating system has no randomness to give");
    }
    out
}

/// Makes an unguessable text of 256 bits in URL-safe base64.
#[must_use]
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// Makes a time-ordered id.
#[must_use]
pub fn id(now: Timestamp) -> Id {
    Id::from_parts(now.as_millisecond(), bytes())
}

/// Makes an order code.
#[must_use]
pub fn order_code() -> OrderCode {
    OrderCode::from_random(bytes())
}

/// Returns the SHA-256 of a secret in lower-case hexadecimal: what is stored in its place.
#[must_use]
pub fn fingerprint(secret: &str) -> String {
    hex(ring::digest::digest(&ring::digest::SHA256, secret.as_bytes()).as_ref())
}

/// Writes bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
