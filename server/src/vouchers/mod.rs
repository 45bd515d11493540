//! Vouchers: the key by which their codes are kept, how often one may be tried, and batches.
//!
//! Not here: whether a voucher pays ([`domain::voucher`]), and the order that it pays.
//!
//! - [`key`]: from a code to what is stored of it;
//! - [`issue`]: a new batch, and its file.

pub mod issue;
pub mod key;

use std::net::IpAddr;

use domain::Timestamp;

use crate::metadata::limits::RateLimit;
use key::Key;

/// Codes that one session may try in a minute: a person who mistypes needs few.
pub const OF_SESSION: u32 = 6;
/// Codes that one address may try in a minute: some households stand behind one.
pub const OF_ADDRESS: u32 = 30;
/// Codes that all together may try in a minute.
///
/// A code has 75 random bits. Whoever fills this limit for a year makes 2^31.6 tries; with a
/// million vouchers (2^20) waiting, one of them is hit with a chance of 2^(31.6 + 20 - 75), one
/// in eleven millions.
pub const OF_ALL: u32 = 6_000;

/// What the portal needs to take vouchers.
pub struct Vouchers {
    /// Hashes codes.
    pub key: Key,
    sessions: RateLimit<String>,
    addresses: RateLimit,
}

impl Vouchers {
    /// Makes it with a key.
    #[must_use]
    pub fn new(key: Key) -> Self {
        let sessions = RateLimit::new(OF_SESSION, u32::MAX);
        Self { key, sessions, addresses: RateLimit::new(OF_ADDRESS, OF_ALL) }
    }

    /// Counts a try of a code.
    ///
    /// # Errors
    /// It is one too many; the seconds, 1 to 60, until the next may be made.
    pub fn count_try(
        &self,
        session: &str,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), u32> {
        self.sessions.take_of(Some(session.to_owned()), now)?;
        self.addresses.take(address, now)
    }
}
