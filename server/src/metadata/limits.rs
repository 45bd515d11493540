//! How often somebody may ask: counts in windows of a minute or a day, of each client and of all.
//!
//! A client is an address, or another key that the asker proved. The table is bounded; a flood of
//! addresses meets the limit of all. Not here: who a client is.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use domain::Timestamp;

/// Seconds of a minute.
const MINUTE_S: i64 = 60;
/// Seconds of a day.
const DAY_S: i64 = 86_400;
/// Most clients that are counted apart.
const CLIENTS_MAX: usize = 10_000;

/// Counts what clients ask.
pub struct RateLimit<K = IpAddr> {
    window_s: i64,
    per_client: u32,
    of_all: u32,
    counts: Mutex<Counts<K>>,
}

struct Counts<K> {
    window: i64,
    all: u32,
    clients: BTreeMap<K, u32>,
}

impl RateLimit {
    /// Counts a question of an address.
    ///
    /// # Errors
    /// It is one too many; the seconds, at least 1, until the next window begins.
    pub fn take(&self, client: Option<IpAddr>, now: Timestamp) -> Result<(), u32> {
        self.take_of(client.map(network), now)
    }
}

impl<K: Ord> RateLimit<K> {
    /// Allows so many questions a minute.
    #[must_use]
    pub fn new(per_client: u32, of_all: u32) -> Self {
        Self::of_window(MINUTE_S, per_client, of_all)
    }

    /// Allows so many questions a day, counted from midnight (UTC).
    #[must_use]
    pub fn daily(per_client: u32, of_all: u32) -> Self {
        Self::of_window(DAY_S, per_client, of_all)
    }

    fn of_window(window_s: i64, per_client: u32, of_all: u32) -> Self {
        let counts = Counts { window: 0, all: 0, clients: BTreeMap::new() };
        Self { window_s, per_client, of_all, counts: Mutex::new(counts) }
    }

    /// Counts a question of a client that is known by something else.
    ///
    /// # Errors
    /// As [`RateLimit::take`].
    pub fn take_of(&self, client: Option<K>, now: Timestamp) -> Result<(), u32> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let window = now.as_second().div_euclid(self.window_s);
        if counts.window != window {
            *counts = Counts { window, all: 0, clients: BTreeMap::new() };
        }
        let left = self.window_s.saturating_sub(now.as_second().rem_euclid(self.window_s));
        let wait = Err(u32::try_from(left).unwrap_or(u32::MAX));
        if let Some(client) = client {
            let is_new = !counts.clients.contains_key(&client);
            if is_new && counts.clients.len() >= CLIENTS_MAX {
                return wait;
            }
            let count = counts.clients.entry(client).or_default();
            // One who asks too often costs the others nothing.
            if *count >= self.per_client {
                return wait;
            }
            *count = count.saturating_add(1);
        }
        if counts.all >= self.of_all {
            return wait;
        }
        counts.all = counts.all.saturating_add(1);
        Ok(())
    }
}

/// Takes the addresses of one subscriber as one: with IPv6, a network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn client(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn each_client_and_all_together_have_a_limit_a_minute() {
        let limit = RateLimit::new(2, 3);
        let now = at("2026-03-01T00:00:10Z");
        assert_eq!(limit.take(client("2001:db8::1"), now), Ok(()));
        assert_eq!(limit.take(client("2001:db8::2"), now), Ok(()), "the same network");
        assert_eq!(limit.take(client("2001:db8::3"), now), Err(50));
        assert_eq!(limit.take(client("192.0.2.1"), now), Ok(()));
        assert_eq!(limit.take(client("192.0.2.2"), now), Err(50), "all together");
        assert_eq!(limit.take(client("2001:db8::3"), at("2026-03-01T00:01:00Z")), Ok(()));
    }

    #[test]
    fn a_day_is_a_window_too() {
        let limit: RateLimit<&str> = RateLimit::daily(2, u32::MAX);
        for (code, time, expected) in [
            ("a", "2026-03-01T00:00:00Z", Ok(())),
            ("a", "2026-03-01T12:00:00Z", Ok(())),
            ("a", "2026-03-01T23:59:59Z", Err(1)),
            ("b", "2026-03-01T23:59:59Z", Ok(())),
            ("a", "2026-03-02T00:00:00Z", Ok(())),
        ] {
            assert_eq!(limit.take_of(Some(code), at(time)), expected, "{code} {time}");
        }
    }

    #[test]
    fn the_table_of_clients_is_bounded() {
        let limit = RateLimit::new(1, u32::MAX);
        let now = at("2026-03-01T00:00:00Z");
        for number in 0..u32::try_from(CLIENTS_MAX).expect("small") {
            let address = IpAddr::from(number.to_be_bytes());
            assert_eq!(limit.take(Some(address), now), Ok(()));
        }
        assert_eq!(limit.take(client("203.0.113.1"), now), Err(60));
        assert_eq!(limit.counts.lock().expect("a lock").clients.len(), CLIENTS_MAX);
    }
}
