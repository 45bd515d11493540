//! Events from report to receiver: the log, webhooks, streams.

mod bench;
mod sharing;
mod streams;
mod webhooks;
