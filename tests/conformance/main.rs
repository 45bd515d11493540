//! Conformance of ports and of what is built: each implementation against one suite.
//!
//! Not here: scenarios through HTTP.

mod account;
mod budget;
mod events;
mod orders;
mod printed;
mod refresh;
mod store;
mod usage;
mod vouchers;
