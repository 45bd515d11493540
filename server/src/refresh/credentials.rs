//! The credentials by which a device fetches the document of one subscription.
//!
//! Each subscription has a user name and a password of its own, made when its first document is
//! composed. The clear text is in the subscription's documents and nowhere else; what is kept
//! beside them is a keyed hash. A fast hash is right here: the password is 256 random bits, which
//! nobody can guess however fast a guess is, so that a slow one would only let strangers make the
//! server work. The key binds a hash to its subscription, so that it proves nothing for another.
//! Not here: who is asked for them ([`crate::http::refresh`]).
//! Implements the server's side of [RFR-02] and [XML-157].

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use domain::code::OrderId;
use ring::hmac::{HMAC_SHA256, Key, sign, verify};

use crate::entropy;

/// Characters of a user name: 96 random bits.
const USER_NAME_CHARS: usize = 16;
/// Longest `Authorization` that is looked at, in bytes; ours have 86.
const HEADER_BYTES_MAX: usize = 512;
/// What a hash is for, so that no key of another purpose is the same.
const PURPOSE: &[u8] = b"broadgate refresh credentials 1";
/// Stands in for the hash of a subscription that is not there, and is nobody's.
const NOBODYS: [u8; 32] = [0; 32];

/// A user name and a password. Has no Debug.
pub struct Credentials {
    /// 16 characters of URL-safe base64.
    pub user_name: String,
    /// 43 characters of URL-safe base64: 256 random bits.
    pub password: String,
}

impl Credentials {
    /// Makes new ones.
    #[must_use]
    pub fn make() -> Self {
        let user_name = entropy::secret().chars().take(USER_NAME_CHARS).collect();
        Self { user_name, password: entropy::secret() }
    }

    /// Returns what is kept of them for a subscription.
    #[must_use]
    pub fn hash(&self, order: OrderId) -> String {
        let pair = format!("{}:{}", self.user_name, self.password);
        STANDARD_NO_PAD.encode(sign(&key(order), pair.as_bytes()))
    }
}

fn key(order: OrderId) -> Key {
    let mut value = PURPOSE.to_vec();
    value.extend_from_slice(order.to_string().as_bytes());
    Key::new(HMAC_SHA256, &value)
}

/// Reads the user name and password of a request, joined by a colon (RFC 7617 §2).
#[must_use]
pub fn basic(headers: &HeaderMap) -> Option<Vec<u8>> {
    let given = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = given.split_once(' ')?;
    let is_basic = scheme.eq_ignore_ascii_case("basic") && given.len() <= HEADER_BYTES_MAX;
    is_basic.then(|| STANDARD.decode(encoded.trim()).ok()).flatten()
}

/// Tells whether user name and password are those of a subscription; takes the same time for
/// wrong ones, absent ones, and a subscription that is not there.
#[must_use]
pub fn is_right(order: OrderId, given: Option<&[u8]>, kept: Option<&str>) -> bool {
    let kept = kept.and_then(|hash| STANDARD_NO_PAD.decode(hash).ok());
    let kept = kept.as_deref().unwrap_or(&NOBODYS);
    verify(&key(order), given.unwrap_or_default(), kept).is_ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use domain::code::Id;

    use super::*;

    fn order(number: u8) -> OrderId {
        Id::from_parts(0, [number; 10])
    }

    /// [RFR-02], [XML-157]
    #[test]
    fn only_the_credentials_of_the_subscription_are_right() {
        let (own, other) = (Credentials::make(), Credentials::make());
        let kept = own.hash(order(1));
        assert!(!kept.contains(&own.password) && !kept.contains(&own.user_name));
        assert_eq!((own.user_name.len(), own.password.len()), (16, 43));
        let pair = |name: &str, word: &str| format!("{name}:{word}").into_bytes();
        let right = pair(&own.user_name, &own.password);
        for (given, of, kept, expected) in [
            (Some(right.clone()), 1, Some(kept.as_str()), true),
            (Some(right.clone()), 2, Some(&kept), false),
            (Some(pair(&other.user_name, &own.password)), 1, Some(&kept), false),
            (Some(pair(&own.user_name, &other.password)), 1, Some(&kept), false),
            (Some(Vec::new()), 1, Some(&kept), false),
            (None, 1, Some(&kept), false),
            (Some(right.clone()), 1, None, false),
            (Some(right), 1, Some("no base64!"), false),
            (None, 1, None, false),
        ] {
            assert_eq!(is_right(order(of), given.as_deref(), kept), expected, "{of} {kept:?}");
        }
    }

    #[test]
    fn basic_credentials_are_read_strictly() {
        for (header, expected) in [
            ("Basic dTpw", Some("u:p")),
            ("basic dTpw", Some("u:p")),
            ("Basic", None),
            ("Basic dTp", None),
            ("Bearer dTpw", None),
            (&format!("Basic {}", "A".repeat(600)), None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_str(header).expect("a header"));
            assert_eq!(basic(&headers).as_deref(), expected.map(str::as_bytes), "{header}");
        }
        assert_eq!(basic(&HeaderMap::new()), None);
    }
}
