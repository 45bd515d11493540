//! How the store is: whether it can be written now, and what a look through its file found.
//!
//! Not here: looking ([`super::sqlite`]) and what follows ([`crate::data_folder`],
//! [`crate::http::health`]).

use std::collections::BTreeMap;

use serde::Serialize;

/// How thoroughly a database is looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Every page, but not whether indexes agree with tables.
    Quick,
    /// Everything.
    Whole,
}

/// What a look through a database found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The last migration that it ran.
    pub schema_version: u32,
    /// What is wrong with the file; not empty = nothing in it can be trusted, and no more was
    /// looked at.
    pub damage: Vec<String>,
    /// What its rows say against each other.
    pub contradictions: Vec<Contradiction>,
    /// How many rows there are of what; empty for the schema of an older program.
    pub rows: BTreeMap<&'static str, u64>,
}

/// Rows that disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The stable name of the rule that they break.
    pub name: &'static str,
    /// Codes of orders, or ids of orders and subscriptions; the first ten.
    pub about: Vec<String>,
}

/// Whether the store can be written.
pub trait StoreHealth {
    /// Returns why the last write failed, if nothing was written since; absent = it can be
    /// written, as far as it is known. A store that cannot be written finds out by itself when it
    /// can again.
    fn write_failure(&self) -> Option<String>;
}
