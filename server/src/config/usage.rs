//! The keys of `[usage]` and `[billing]`: where records of use and the operator's figures are.
//!
//! Not here: the files themselves, and whether the billing system answers.

use std::path::{Path, PathBuf};

use domain::SignedDuration;

use super::document::Section;
use super::reader::path;
use super::system::{Form, SystemConfig, system};

/// Shortest time that a billing system is given for an answer.
const TIMEOUT_MIN: SignedDuration = SignedDuration::from_secs(1);
/// Longest such time: a customer's page must not wait for longer than a minute.
const TIMEOUT_MAX: SignedDuration = SignedDuration::from_secs(60);

/// Where records of use come from besides the machine interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageConfig {
    /// The folder with `incoming`, `done` and `refused`; absent = no files are taken.
    pub files: Option<PathBuf>,
}

/// Reads `[usage]`.
pub(super) fn usage(section: &mut Section<'_>, folder: &Path) -> UsageConfig {
    UsageConfig { files: section.optional("files", |value| path(value, folder)) }
}

/// Reads `[billing]`, the billing system that is asked with `GET URL/SUBSCRIPTION` [USE-12].
pub(super) fn billing(section: &mut Section<'_>, folder: &Path) -> Option<SystemConfig> {
    let timeout = SignedDuration::from_secs(5);
    system(section, folder, Form { url: "url", timeouts: TIMEOUT_MIN..=TIMEOUT_MAX, timeout })
}
