//! Signatures of providers' events: `t=<unix seconds>,v1=<hex>` over `<t>.<body>`, HMAC-SHA256.
//!
//! The scheme is Stripe's (`Stripe-Signature`, docs.stripe.com/webhooks, "Verify manually"); a
//! header may carry several `v1` while its sender changes over to another secret. Not here: what
//! an event says, and whether it was taken before.

use domain::{SignedDuration, Timestamp};
use ring::hmac;

use super::PaymentError;
use crate::entropy;

/// How far the time of a signature may lie from ours, either way: what Stripe's own libraries
/// allow.
pub const TOLERANCE: SignedDuration = SignedDuration::from_secs(300);
/// Most signatures of a header that are looked at: a change-over has two.
const SIGNATURES_MAX: usize = 8;

/// Makes the header's value.
#[must_use]
pub fn sign(key: &hmac::Key, at: Timestamp, body: &[u8]) -> String {
    let seconds = at.as_second();
    let tag = hmac::sign(key, &signed_text(&seconds.to_string(), body));
    format!("t={seconds},v1={}", entropy::hex(tag.as_ref()))
}

/// Checks that one of the keys made one of the header's signatures, not long ago.
///
/// # Errors
/// [`PaymentError::BadSignature`].
pub fn verify(
    keys: &[hmac::Key],
    header: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), PaymentError> {
    let mut pairs = header.split(',').filter_map(|pair| pair.trim().split_once('='));
    let (_, t) = pairs.clone().find(|(name, _)| *name == "t").ok_or(PaymentError::BadSignature)?;
    let seconds: i64 = t.parse().map_err(|_| PaymentError::BadSignature)?;
    let sent = Timestamp::from_second(seconds).map_err(|_| PaymentError::BadSignature)?;
    let text = signed_text(t, body);
    let signatures = pairs.by_ref().filter(|(name, _)| *name == "v1").take(SIGNATURES_MAX);
    let is_one_of_ours =
        |tag: Vec<u8>| keys.iter().any(|key| hmac::verify(key, &text, &tag).is_ok());
    let is_signed = signatures.filter_map(|(_, hex)| unhex(hex)).any(is_one_of_ours);
    if is_signed && now.duration_since(sent).abs() <= TOLERANCE {
        Ok(())
    } else {
        Err(PaymentError::BadSignature)
    }
}

fn signed_text(t: &str, body: &[u8]) -> Vec<u8> {
    [t.as_bytes(), b".", body].concat()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let is_hex = text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let pairs =
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
    if is_hex { pairs.collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    /// Made with OpenSSL: `printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_x`.
    const KNOWN: &str = "366e40c480fe3a9e6a03609dca079cea86d77ae82d5a56b5348208247317a8d1";

    #[test]
    fn the_known_text_has_the_known_signature() {
        let body = b"{\"id\":\"evt_1\"}";
        let header = sign(&key("whsec_x"), at(1_700_000_000), body);
        assert_eq!(header, format!("t=1700000000,v1={KNOWN}"));
    }

    #[test]
    fn what_is_not_signed_lately_by_a_known_secret_is_refused() {
        let keys = [key("old"), key("new")];
        let (body, then) = (&b"body"[..], 1_700_000_000);
        let by = |secret: &str| sign(&key(secret), at(then), body);
        let two = format!("{},{}", by("other"), by("new").split(',').nth(1).expect("a v1"));
        let future = sign(&key("new"), at(then + 301), body);
        for (header, body, now, is_good) in [
            (by("old"), body, then, true),
            (by("new"), body, then + 300, true),
            (by("new"), body, then - 300, true),
            (two, body, then, true),
            (format!("{},v0=6f", by("new")), body, then, true),
            (by("new"), body, then + 301, false),
            (future, body, then, false),
            (by("other"), body, then, false),
            (by("new"), &b"bodx"[..], then, false),
            (by("new").replace("t=1700000000", "t=1700000001"), body, then, false),
            (by("new").replace("v1=", "v0="), body, then, false),
            (by("new").replace("v1=", "v1=0"), body, then, false),
            (format!("t={then}"), body, then, false),
            ("v1=00".to_owned(), body, then, false),
            (format!("t={then},v1="), body, then, false),
            ("t=x,v1=00".to_owned(), body, then, false),
            (String::new(), body, then, false),
        ] {
            let verified = verify(&keys, &header, body, at(now));
            assert_eq!(verified.is_ok(), is_good, "{header} at {now}");
        }
    }
}
