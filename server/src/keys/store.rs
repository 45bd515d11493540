//! The signers in use, by name, replaced while running when their files change [SIG X7].
//!
//! A name is what `signing = "…"` of a brand names. A new pair that is wrong leaves the old
//! one in use; a certificate outside its validity signs nothing [SIG X7]. Not here: the timer
//! that looks for changes, and the log of signatures [SIG-17].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use carrier::sign::RsaSigner;
use jiff::Timestamp;

use super::files::{KeyFiles, read_pair};
use super::problem::KeyError;
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

/// The signers by name; has no Debug for the keys' sake.
pub struct KeyStore {
    // Apart, so that nobody who signs waits for files.
    signers: RwLock<Arc<BTreeMap<String, Held>>>,
    watched: Mutex<BTreeMap<String, Watched>>,
}

#[derive(Clone)]
struct Held {
    signer: Arc<RsaSigner>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl KeyStore {
    /// Loads every signer.
    ///
    /// # Errors
    /// One for every signer that cannot be loaded.
    pub fn open(files: BTreeMap<String, KeyFiles>, now: Timestamp) -> Result<Self, Vec<OpenError>> {
        let watched = files.into_iter().map(|(name, files)| (name, Watched::new(files))).collect();
        let store = Self { signers: RwLock::default(), watched: Mutex::new(watched) };
        let errors: Vec<OpenError> = store
            .reload_if_changed(now)
            .into_iter()
            .filter_map(|reload| {
                Some(OpenError { name: reload.name, error: reload.outcome.err()? })
            })
            .collect();
        if errors.is_empty() { Ok(store) } else { Err(errors) }
    }

    /// Returns the signer of this name.
    ///
    /// # Errors
    /// [`NoSigner`].
    pub fn signer(&self, name: &str, now: Timestamp) -> Result<Arc<RsaSigner>, NoSigner> {
        let signers = self.signers();
        let held = signers.get(name).ok_or(NoSigner::Unknown)?;
        if now < held.not_before {
            return Err(NoSigner::NotYetValid { not_before: held.not_before });
        }
        if now > held.not_after {
            return Err(NoSigner::Expired { not_after: held.not_after });
        }
        Ok(Arc::clone(&held.signer))
    }

    /// Returns the end of validity of every certificate, for the metric and the alarm [SIG X7].
    #[must_use]
    pub fn expiries(&self) -> Vec<(String, Timestamp)> {
        self.signers().iter().map(|(name, held)| (name.clone(), held.not_after)).collect()
    }

    /// Reads again the files that changed; tells what is new, each error once.
    ///
    /// Blocks on files and, for each change, a millisecond or two of checking.
    pub fn reload_if_changed(&self, now: Timestamp) -> Vec<Reload> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reloads = Vec::new();
        for (name, watched) in watched.iter_mut() {
            let Some(loaded) = watched.load_if_changed(|files| load(files, now)) else {
                continue;
            };
            let outcome = loaded.map(|held| {
                let not_after = held.not_after;
                self.replace(name, held);
                not_after
            });
            reloads.push(Reload { name: name.clone(), outcome });
        }
        reloads
    }

    fn signers(&self) -> Arc<BTreeMap<String, Held>> {
        Arc::clone(&self.signers.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, name: &str, held: Held) {
        let mut signers = self.signers.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut signers).insert(name.to_owned(), held);
    }
}

fn load(files: &KeyFiles, now: Timestamp) -> Result<Held, KeyError> {
    let pair = read_pair(files, now)?;
    let (not_before, not_after) = (pair.leaf.not_before, pair.leaf.not_after);
    let signer = Arc::new(pair.signer(files)?);
    Ok(Held { signer, not_before, not_after })
}
