//! Scenarios through HTTP without scripts: a real server, a real store, what a customer sees.
//!
//! Not here: WebAssembly and scripts (the browser tests).

mod account;
mod admin;
mod at_once;
mod backup;
mod bad_input;
mod events;
mod entitlement;
mod full_disk;
mod launch;
mod ledger;
mod matching;
mod mending;
mod messages;
mod purchase;
mod refresh;
mod usage;
