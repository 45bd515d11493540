//! The signers in use, by name, replaced while running when their files change [SIG X7].
//!
//! A name is what `signing = "…"` of a brand names; it has one key, or two that overlap while a
//! certificate is renewed, of which the newest that is valid signs. A new pair that is wrong
//! leaves the old one in use; a certificate outside its validity signs nothing [SIG X7]. Not
//! here: the timer that looks for changes, and the log of signatures [SIG-17].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use carrier::chain::CertificateFacts;
use carrier::sign::{Algorithm, Signer};
use jiff::Timestamp;

use super::files::read_pair;
use super::problem::{KeyError, Problem};
use super::source::{KeyPlace, KeySource, PinSource, SigningSource, TokenKey};
use super::watch::Watched;

/// Why there is no signer to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSigner {
    /// No signer has this name.
    Unknown,
    /// The certificate's validity has not begun.
    NotYetValid {
        /// When it begins.
        not_before: Timestamp,
    },
    /// The certificate's validity is over.
    Expired {
        /// When it ended.
        not_after: Timestamp,
    },
}

impl fmt::Display for NoSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("no signer of this name"),
            Self::NotYetValid { not_before } => {
                write!(f, "the signing certificate is not valid before {not_before}")
            }
            Self::Expired { not_after } => {
                write!(f, "the signing certificate expired at {not_after}")
            }
        }
    }
}

impl std::error::Error for NoSigner {}

/// Why a signer is not there at the start.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenError {
    /// The signer's name.
    pub name: String,
    /// What is wrong with its files.
    pub error: KeyError,
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The cause's text is what says what to do; nothing below it adds to that.
        write!(f, "signer {}: {}", self.name, self.error)
    }
}

impl std::error::Error for OpenError {}

/// What became of a pair that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Reload {
    /// The signer's name.
    pub name: String,
    /// The end of validity of the new certificate, or why the old one stays in use.
    pub outcome: Result<Timestamp, KeyError>,
}

/// What signs for a brand: a key with certificates, and how; has no Debug for the key's sake.
#[derive(Clone)]
pub struct SigningKey {
    /// The key with its certificates.
    pub signer: Arc<dyn Signer>,
    /// How it signs.
    pub algorithm: Algorithm,
}

/// The signers by name; has no Debug for the keys' sake.
pub struct KeyStore {
    // Apart, so that nobody who signs waits for files.
    signers: RwLock<Arc<BTreeMap<(String, Role), Held>>>,
    watched: Mutex<BTreeMap<(String, Role), Place>>,
}

/// Which of the two keys of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Current,
    Next,
}

struct Place {
    place: KeyPlace,
    algorithm: Algorithm,
    /// Whether another key may sign while this one's time has not begun or is over.
    has_other: bool,
    watched: Watched,
}

#[derive(Clone)]
struct Held {
    key: SigningKey,
    leaf: CertificateFacts,
}

impl KeyStore {
    /// Loads every signer.
    ///
    /// # Errors
    /// One for every key that cannot be loaded, and for every name with two keys of which none
    /// is valid now.
    pub fn open(
        sources: BTreeMap<String, SigningSource>,
        now: Timestamp,
    ) -> Result<Self, Vec<OpenError>> {
        let mut watched = BTreeMap::new();
        let names: Vec<String> = sources.keys().cloned().collect();
        for (name, SigningSource { current, next, algorithm }) in sources {
            let has_other = next.is_some();
            let places = [(Role::Current, Some(current)), (Role::Next, next)];
            for (role, place) in places {
                let place = place.map(|place| Place::new(place, algorithm, has_other));
                watched.extend(place.map(|place| ((name.clone(), role), place)));
            }
        }
        let store = Self { signers: RwLock::default(), watched: Mutex::new(watched) };
        let mut errors: Vec<OpenError> = store
            .reload_if_changed(now)
            .into_iter()
            .filter_map(|reload| {
                Some(OpenError { name: reload.name, error: reload.outcome.err()? })
            })
            .collect();
        if errors.is_empty() {
            errors.extend(names.iter().filter_map(|name| store.none_valid(name, now)));
        }
        if errors.is_empty() { Ok(store) } else { Err(errors) }
    }

    /// Returns what signs under this name: of the keys that are valid, the newest [SIG X7].
    ///
    /// # Errors
    /// [`NoSigner`].
    pub fn signer(&self, name: &str, now: Timestamp) -> Result<SigningKey, NoSigner> {
        let signers = self.signers();
        let of_name: Vec<&Held> = held_by(&signers, name).collect();
        let newest = of_name
            .iter()
            .filter(|held| held.leaf.time_problem(now).is_none())
            .max_by_key(|held| held.leaf.not_before);
        if let Some(held) = newest {
            return Ok(held.key.clone());
        }
        // What is still to come says more than what is over.
        let ahead = of_name.iter().map(|held| held.leaf.not_before).filter(|from| now < *from);
        let ended = of_name.iter().map(|held| held.leaf.not_after).max();
        match (ahead.min(), ended) {
            (Some(not_before), _) => Err(NoSigner::NotYetValid { not_before }),
            (None, Some(not_after)) => Err(NoSigner::Expired { not_after }),
            (None, None) => Err(NoSigner::Unknown),
        }
    }

    /// Returns for every name when its last certificate ends, for the metric and the alarm
    /// [SIG X7].
    #[must_use]
    pub fn expiries(&self) -> Vec<(String, Timestamp)> {
        let mut ends: BTreeMap<String, Timestamp> = BTreeMap::new();
        for ((name, _), held) in self.signers().iter() {
            let end = ends.entry(name.clone()).or_insert(held.leaf.not_after);
            *end = held.leaf.not_after.max(*end);
        }
        ends.into_iter().collect()
    }

    /// Reads again the files that changed; tells what is new, each error once.
    ///
    /// Blocks on files and, for each change, a millisecond or two of checking; longer on a
    /// token.
    pub fn reload_if_changed(&self, now: Timestamp) -> Vec<Reload> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reloads = Vec::new();
        for (key, place) in watched.iter_mut() {
            let is_held = self.signers().contains_key(key);
            let Some(loaded) = place.load_if_changed(is_held, now) else {
                continue;
            };
            let outcome = loaded.map(|held| {
                let not_after = held.leaf.not_after;
                self.replace(key, held);
                not_after
            });
            reloads.push(Reload { name: key.0.clone(), outcome });
        }
        reloads
    }

    /// Says why a name with two keys cannot sign at the start.
    fn none_valid(&self, name: &str, now: Timestamp) -> Option<OpenError> {
        self.signer(name, now).err()?;
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let file = watched.get(&(name.to_owned(), Role::Current))?.place.chain.clone();
        let signers = self.signers();
        let of_time = held_by(&signers, name).filter_map(|held| held.leaf.time_problem(now));
        let problems = of_time.map(Problem::from).collect();
        Some(OpenError { name: name.to_owned(), error: KeyError::Refused { file, problems } })
    }

    fn signers(&self) -> Arc<BTreeMap<(String, Role), Held>> {
        Arc::clone(&self.signers.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, key: &(String, Role), held: Held) {
        let mut signers = self.signers.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut signers).insert(key.clone(), held);
    }
}

fn held_by<'s>(
    signers: &'s BTreeMap<(String, Role), Held>,
    name: &'s str,
) -> impl Iterator<Item = &'s Held> {
    signers.iter().filter(move |((of, _), _)| of == name).map(|(_, held)| held)
}

impl Place {
    fn new(place: KeyPlace, algorithm: Algorithm, has_other: bool) -> Self {
        let mut files = vec![place.chain.clone()];
        match &place.key {
            KeySource::File(file) => files.push(file.clone()),
            KeySource::Token(TokenKey { pin: PinSource::File(file), .. }) => {
                files.push(file.clone());
            }
            KeySource::Token(TokenKey { pin: PinSource::Environment(_), .. }) => {}
        }
        Self { place, algorithm, has_other, watched: Watched::new(files) }
    }

    fn load_if_changed(&mut self, is_held: bool, now: Timestamp) -> Option<Result<Held, KeyError>> {
        let Self { place, algorithm, has_other, watched } = self;
        // One laid ready, or left behind, is no error; one that would replace another is.
        let is_patient = *has_other && !is_held;
        watched.load_if_changed(|| {
            let pair = read_pair(place, now)?;
            let is_fine =
                |problem: &Problem| !problem.is_refusal() || (is_patient && problem.is_of_time());
            if !pair.problems.iter().all(is_fine) {
                pair.refuse(place)?;
            }
            let leaf = pair.leaf.clone();
            let signer = pair.signer(place, *algorithm)?;
            Ok(Held { key: SigningKey { signer, algorithm: *algorithm }, leaf })
        })
    }
}
