//! Tells when files that belong together have to be read again, and what is new to report.
//!
//! For hot reload without restart [SIG X7]. A pair that is wrong is tried again at every look,
//! because it may become valid without a change (its time begins) or be half replaced; the
//! same error is told once. A refused PIN is the exception: tokens lock after a few. Not here: what is loaded, and the timer.

use std::path::PathBuf;

use super::disk::{self, Stamp};
use super::problem::KeyError;

/// Files that belong together and what was last known of them.
pub(super) struct Watched {
    files: Vec<PathBuf>,
    loaded: Option<Vec<Stamp>>,
    told: Option<KeyError>,
    /// What was there when an attempt failed that must not be repeated.
    given_up: Option<Vec<Stamp>>,
}

impl Watched {
    /// Watches files that have not been read.
    pub(super) fn new(files: Vec<PathBuf>) -> Self {
        Self { files, loaded: None, told: None, given_up: None }
    }

    /// Loads the files if they differ from those loaded last; `None` when there is no news.
    pub(super) fn load_if_changed<T>(
        &mut self,
        load: impl FnOnce() -> Result<T, KeyError>,
    ) -> Option<Result<T, KeyError>> {
        // Taken before reading: a change in between gives another stamp next time.
        let loaded = match self.stamps() {
            Ok(stamps) if self.loaded.as_ref() == Some(&stamps) => {
                // A wrong pair was put back to the one in use.
                self.told = None;
                return None;
            }
            Ok(stamps) if self.given_up.as_ref() == Some(&stamps) => return None,
            Ok(stamps) => match load() {
                Ok(value) => Ok((stamps, value)),
                Err(error) => {
                    self.given_up = error.is_final().then_some(stamps);
                    Err(error)
                }
            },
            Err(error) => Err(error),
        };
        match loaded {
            Ok((stamps, value)) => {
                self.loaded = Some(stamps);
                self.told = None;
                Some(Ok(value))
            }
            Err(error) if self.told.as_ref() == Some(&error) => None,
            Err(error) => {
                self.told = Some(error.clone());
                Some(Err(error))
            }
        }
    }

    fn stamps(&self) -> Result<Vec<Stamp>, KeyError> {
        self.files.iter().map(|file| disk::stamp(file)).collect()
    }
}
