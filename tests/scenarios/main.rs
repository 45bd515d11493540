//! Scenarios through HTTP without scripts: a real server, a real store, what a customer sees.
//!
//! Not here: WebAssembly and scripts (the browser tests).

mod account;
mod admin;
mod bad_input;
mod erasure;
mod events;
mod consent;
mod entitlement;
mod launch;
mod ledger;
mod matching;
mod mending;
mod messages;
mod purchase;
mod receipts;
mod refresh;
mod support;
mod usage;
