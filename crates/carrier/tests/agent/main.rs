//! The agent: what documents do to a host, part by part, and what is reported of it.

#[path = "../support/mod.rs"]
mod support;

mod activation;
mod authority;
mod extensions;
mod failures;
mod fetch;
mod fixture;
mod laws;
mod mbn;
mod networks;
mod plans;
mod refresh;
mod sample;
mod schedule;
mod vectors;
mod wlan;
