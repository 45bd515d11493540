//! Conformance of ports and of what is built: each implementation against one suite.
//!
//! Not here: scenarios through HTTP.

mod account;
mod activation;
mod books;
mod budget;
mod customer;
mod details;
mod events;
mod hosted;
mod orders;
mod payments;
mod refresh;
mod store;
mod subscribers;
mod usage;
