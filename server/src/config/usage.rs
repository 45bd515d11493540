//! The keys of `[usage]` and `[billing]`: where records of use and the operator's figures are.
//!
//! Not here: the files themselves, and whether the billing system answers.

use std::path::{Path, PathBuf};

use domain::SignedDuration;

use super::document::Section;
use super::reader::path;
use super::{values, web_address};
use crate::outgoing::IpNetwork;

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

/// The operator's billing system, which is asked over HTTP [USE-12].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingConfig {
    /// The address before `/SUBSCRIPTION`.
    pub url: String,
    /// The file of the bearer token; absent = none is sent.
    pub token: Option<PathBuf>,
    /// How long an answer may take.
    pub timeout: SignedDuration,
    /// Networks beside the public Internet where it may be.
    pub networks: Vec<IpNetwork>,
}

/// Reads `[usage]`.
pub(super) fn usage(section: &mut Section<'_>, folder: &Path) -> UsageConfig {
    UsageConfig { files: section.optional("files", |value| path(value, folder)) }
}

/// Reads `[billing]`.
pub(super) fn billing(section: &mut Section<'_>, folder: &Path) -> Option<BillingConfig> {
    let url = section.required("url", values::parsed(web_address::endpoint));
    let token = section.optional("token_file", |value| path(value, folder));
    let timeout = section.optional("timeout", values::duration(TIMEOUT_MIN..=TIMEOUT_MAX));
    let network = values::formed(IpNetwork::parse, "a network such as \"10.1.0.0/16\"");
    let networks = section.list("networks", network);
    Some(BillingConfig {
        url: url?,
        token,
        timeout: timeout.unwrap_or(SignedDuration::from_secs(5)),
        networks: networks.unwrap_or_default(),
    })
}
