//! Structured logs on standard error, as text or JSON lines.
//!
//! What may be logged is a rule of the whole product: never an identifier of a subscriber or a
//! device, masked or not worth it (`docs/logging.md`). Not here: metrics.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// Starts logging; a second call changes nothing.
pub fn start(config: &LogConfig) {
    // Only our own crates speak below warnings.
    let filter = EnvFilter::new(format!("warn,server={}", config.level.name()));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.format {
        LogFormat::Json => builder.json().with_current_span(false).try_init(),
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).try_init(),
    };
    // Tests start many servers in one process.
    drop(started);
}
