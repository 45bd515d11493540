//! The keys of `[subscribers]`: who knows what is prepared for a SIM.
//!
//! Not here: asking ([`crate::subscriber`]).

use std::path::{Path, PathBuf};

use api::machine::Finding;
use domain::SignedDuration;

use super::document::Section;
use super::reader::path;
use super::system::{self, Form, SystemConfig};
use super::{Config, values};
use crate::subscriber::csv::Prepared;

/// Shortest time that the system is given for an answer.
const TIMEOUT_MIN: SignedDuration = SignedDuration::from_millis(100);
/// Longest such time: a customer's page waits for it.
const TIMEOUT_MAX: SignedDuration = SignedDuration::from_secs(5);

/// Who knows what is prepared for a SIM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubscribersConfig {
    /// A file of prepared SIMs.
    Csv(PathBuf),
    /// The operator's system, over HTTP.
    Http(SystemConfig),
}

/// Reads `[subscribers]`.
pub(super) fn subscribers(section: &mut Section<'_>, folder: &Path) -> Option<SubscribersConfig> {
    let kinds = values::one_of(&[("csv", false), ("http", true)]);
    if section.required("kind", kinds)? {
        let (url, timeouts) = ("base_url", TIMEOUT_MIN..=TIMEOUT_MAX);
        let form = Form { url, timeouts, timeout: SignedDuration::from_secs(2) };
        system::system(section, folder, form).map(SubscribersConfig::Http)
    } else {
        section.required("file", |value| path(value, folder)).map(SubscribersConfig::Csv)
    }
}

/// Finds what is wrong with what `[subscribers]` names.
pub(super) fn check(config: &Config) -> Vec<Finding> {
    match &config.subscribers {
        None => Vec::new(),
        Some(SubscribersConfig::Csv(file)) => Prepared::load(file).err().unwrap_or_default(),
        Some(SubscribersConfig::Http(asked)) => {
            system::check(config, "subscribers", asked).into_iter().collect()
        }
    }
}
