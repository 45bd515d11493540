//! Scenarios through HTTP without scripts: a real server, a real store, what a customer sees.
//!
//! Not here: WebAssembly and scripts (the browser tests).

mod account;
mod activation;
mod admin;
mod auto_renewal;
mod backup;
mod bad_input;
mod erasure;
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
mod paying;
mod purchase;
mod receipts;
mod refresh;
mod renewal;
mod resume;
mod subscribers;
mod support;
mod usage;
mod vouchers;
