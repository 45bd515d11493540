//! Events from report to receiver: the log, webhooks, streams.

pub(crate) mod bench;
mod sharing;
mod streams;
mod webhooks;
