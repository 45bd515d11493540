//! What usage knows of late without asking the store: subscriptions, and the last sums of
//! sessions.
//!
//! What is decided on is taken out, and comes back when it is committed: whatever goes wrong
//! between, or is cut off, the store is asked the next time. The store refuses what was decided
//! on an old version, so that the worst that an old copy costs is a second decision. There must
//! be one cache for one store. Not here: what is decided ([`super::judge`]).

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use domain::code::OrderId;

use super::judge;
use super::record::{Entry, Who};
use crate::store::usage::{Metered, SessionValue, Taken, UsageKnown, UsageQuestion};
use crate::store::{Store, StoreError};

/// Most subscriptions; one takes one to two kilobytes.
const SUBSCRIPTIONS_MAX: usize = 65_536;
/// Most sessions; one takes a few hundred bytes at most.
const SESSIONS_MAX: usize = 131_072;

/// A bounded map: when its younger half is full, the older half is forgotten.
struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    fn new(most: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), half: most.div_euclid(2) }
    }

    fn put(&mut self, key: K, value: V) {
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    fn take<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        // An older value of the same key must not come back.
        let old = self.old.remove(key);
        self.young.remove(key).or(old)
    }

    fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

/// What is known of late.
pub struct Cache {
    metered: Recent<i64, Arc<Metered>>,
    handles: Recent<OrderId, i64>,
    sessions: Recent<String, SessionValue>,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            metered: Recent::new(SUBSCRIPTIONS_MAX),
            handles: Recent::new(SUBSCRIPTIONS_MAX),
            sessions: Recent::new(SESSIONS_MAX),
        }
    }
}

impl Cache {
    /// Returns what has to be known to judge a batch, taken out of here or asked of the store.
    ///
    /// # Errors
    /// As the store says.
    pub async fn known(
        &mut self,
        store: &dyn Store,
        source: &str,
        entries: &[Entry],
    ) -> Result<UsageKnown, StoreError> {
        let mut asked = judge::question(source, entries);
        let mut known = UsageKnown::default();
        self.take_subscriptions(&mut asked, &mut known);
        self.take_sims(store, &mut asked, &mut known).await?;
        self.take_sessions(&mut asked, &mut known);
        let found = store.usage_known(asked).await?;
        known.seen = found.seen;
        known.sessions.extend(found.sessions);
        known.who.extend(found.who);
        // What the store says is never older.
        known.metered.extend(found.metered);
        Ok(known)
    }

    fn take_subscriptions(&mut self, asked: &mut UsageQuestion, known: &mut UsageKnown) {
        for who in std::mem::take(&mut asked.who) {
            let handle = match &who {
                Who::Subscription(id) => self.handles.take(id),
                Who::Imsi(_) | Who::Iccid(_) => None,
            };
            let found = handle.and_then(|handle| self.metered.take(&handle));
            match found {
                Some(metered) => {
                    known.who.insert(who, vec![metered.handle]);
                    known.metered.insert(metered.handle, metered);
                }
                None => drop(asked.who.insert(who)),
            }
        }
    }

    /// Who has a SIM may change: that is asked always.
    async fn take_sims(
        &mut self,
        store: &dyn Store,
        asked: &mut UsageQuestion,
        known: &mut UsageKnown,
    ) -> Result<(), StoreError> {
        let is_sim = |who: &Who| !matches!(who, Who::Subscription(_));
        let sims: Vec<Who> = asked.who.iter().filter(|who| is_sim(who)).cloned().collect();
        if sims.is_empty() {
            return Ok(());
        }
        asked.who.retain(|who| !is_sim(who));
        let claims = store.usage_claims(sims).await?;
        known.ordered_by = claims.ordered_by;
        for (who, handles) in claims.who {
            for handle in &handles {
                match self.metered.take(handle) {
                    Some(metered) => drop(known.metered.insert(*handle, metered)),
                    None if known.metered.contains_key(handle) => {}
                    None => drop(asked.handles.insert(*handle)),
                }
            }
            known.who.insert(who, handles);
        }
        Ok(())
    }

    fn take_sessions(&mut self, asked: &mut UsageQuestion, known: &mut UsageKnown) {
        let mut key = String::new();
        for session in std::mem::take(&mut asked.sessions) {
            write_key(&mut key, &asked.source, &session);
            match self.sessions.take(key.as_str()) {
                Some(value) => drop(known.sessions.insert(session, value)),
                None => drop(asked.sessions.insert(session)),
            }
        }
    }

    /// Remembers what is committed.
    pub fn keep(&mut self, kept: Kept) {
        for metered in kept.states {
            self.handles.put(metered.subscription, metered.handle);
            self.metered.put(metered.handle, metered);
        }
        for (key, value) in kept.sessions {
            self.sessions.put(key, value);
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.metered.clear();
        self.handles.clear();
        self.sessions.clear();
    }
}

/// What to remember once it is committed.
pub struct Kept {
    states: Vec<Arc<Metered>>,
    sessions: Vec<(String, SessionValue)>,
}

impl Kept {
    /// Notes what is to be committed.
    #[must_use]
    pub fn of(taken: &Taken) -> Self {
        let source = taken.source.as_deref().unwrap_or_default();
        let sessions = taken.sessions.iter().map(|(session, value)| {
            let mut key = String::new();
            write_key(&mut key, source, session);
            (key, *value)
        });
        let states = taken.states.iter().map(|write| Arc::clone(&write.metered)).collect();
        Self { states, sessions: sessions.collect() }
    }
}

/// The length keeps apart what both together could be read as otherwise.
fn write_key(key: &mut String, source: &str, session: &str) {
    use std::fmt::Write as _;
    key.clear();
    // Writing to a String cannot fail.
    let _ = write!(key, "{} {source} {session}", source.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_old_is_forgotten_and_nothing_older_comes_back() {
        let mut recent = Recent::new(4);
        for key in 1..=6 {
            recent.put(key, key * 10);
        }
        let found: Vec<Option<i32>> = (1..=6).map(|key| recent.take(&key)).collect();
        assert_eq!(found, [None, None, Some(30), Some(40), Some(50), Some(60)]);
        for (key, value) in [(1, 1), (2, 2), (3, 3), (1, 4)] {
            recent.put(key, value);
        }
        assert_eq!((recent.take(&1), recent.take(&1)), (Some(4), None), "the newest, once");
        recent.clear();
        assert_eq!(recent.take(&2), None);
    }

    #[test]
    fn no_two_sessions_have_one_key() {
        let mut keys = std::collections::BTreeSet::new();
        for (source, session) in [("a", "b c"), ("a b", "c"), ("a", "b"), ("", "a b"), ("b", "b")] {
            let mut key = "rest of another".to_owned();
            write_key(&mut key, source, session);
            assert!(keys.insert(key), "{source} {session}");
        }
    }
}
