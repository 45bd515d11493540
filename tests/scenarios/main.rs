//! Scenarios through HTTP without scripts: a real server, a real store, what a customer sees.
//!
//! Not here: WebAssembly and scripts (the browser tests).

mod account;
mod admin;
mod auto_renewal;
mod bad_input;
mod events;
mod entitlement;
mod launch;
mod ledger;
mod matching;
mod mending;
mod messages;
mod parallel;
mod purchase;
mod refresh;
mod renewal;
mod resume;
mod usage;
