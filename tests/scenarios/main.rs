//! Scenarios through HTTP without scripts: a real server, a real store, what a customer sees.
//!
//! Not here: WebAssembly and scripts (the browser tests).

mod account;
mod activation;
mod admin;
mod backup;
mod bad_input;
mod events;
mod consent;
mod entitlement;
mod full_disk;
mod launch;
mod ledger;
mod matching;
mod mending;
mod messages;
mod parallel;
mod purchase;
mod receipts;
mod refresh;
mod resume;
mod subscribers;
mod usage;
