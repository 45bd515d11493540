//! The keys by which a system of the operator is asked over HTTP: where, with which token, for
//! how long.
//!
//! Not here: what it is asked ([`crate::outgoing::system`]) and whether it answers.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use api::machine::Finding;
use domain::SignedDuration;

use super::document::Section;
use super::reader::path;
use super::{Config, Secret};
use super::{values, web_address};
use crate::outgoing::IpNetwork;

/// A system of the operator that is asked over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemConfig {
    /// The address that paths are appended to.
    pub url: String,
    /// The file of the bearer token; absent = none is sent.
    pub token: Option<PathBuf>,
    /// How long an answer may take.
    pub timeout: SignedDuration,
    /// Networks beside the public Internet where it may be.
    pub networks: Vec<IpNetwork>,
}

/// How a table names and bounds a system.
pub(super) struct Form {
    /// The key of the address.
    pub(super) url: &'static str,
    /// How long an answer may be allowed to take.
    pub(super) timeouts: RangeInclusive<SignedDuration>,
    /// How long it may take if the table does not say.
    pub(super) timeout: SignedDuration,
}

/// Reads the keys of a system; absent when its address is.
pub(super) fn system(section: &mut Section<'_>, folder: &Path, form: Form) -> Option<SystemConfig> {
    let url = section.required(form.url, values::parsed(web_address::endpoint));
    let token = section.optional("token_file", |value| path(value, folder));
    let timeout = section.optional("timeout", values::duration(form.timeouts));
    let network = values::formed(IpNetwork::parse, "a network such as \"10.1.0.0/16\"");
    let networks = section.list("networks", network);
    Some(SystemConfig {
        url: url?,
        token,
        timeout: timeout.unwrap_or(form.timeout),
        networks: networks.unwrap_or_default(),
    })
}

/// Finds out whether the token of a system can be read.
pub(super) fn check(config: &Config, table: &str, system: &SystemConfig) -> Option<Finding> {
    let message = Secret::read_file(system.token.as_ref()?).err()?;
    Some(config.finding(&format!("{table}.token_file"), message))
}
