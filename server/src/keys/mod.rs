//! Keys and certificates at rest: the ones that sign documents and the ones that serve TLS.
//!
//! Two worlds that share no key: the *signing* chain (RSA, EV) whose documents Windows
//! judges, and the *TLS* certificate of the listeners. Each comes from PEM files that are
//! read again when they change [SIG X7], or is made at run time for the demo [SIG-19]:
//!
//! ```text
//!   demo_chain ─┐                      ┌─ files ── store ──► carrier signs documents
//!               ├─► PEM files (0600) ──┤
//!   tls (demo) ─┘                      ├─ tls ─────────────► the HTTPS listeners
//!                                      └─ check ───────────► `broadgate cert check`
//! ```
//!
//! A signing key may be on a token instead of in a file (`token`). Not here: the judgement of
//! certificates and the trust decision of an agent (`carrier`), revocation, and which brand
//! signs with which key (the configuration).
//!
//! Everything that reads files or makes keys blocks: async callers use `spawn_blocking`.

pub mod problem;
pub mod source;
mod file_key;
mod token;
pub mod files;
pub mod store;
mod issue;
pub mod demo_chain;
pub mod tls;
pub mod check;
mod disk;
mod watch;

#[cfg(test)]
mod tests;

pub use check::{CertReport, cert_check, judge};
pub use demo_chain::{DemoChain, DemoState};
pub use files::{KeyFiles, load_signer, read_chain};
pub use issue::DemoError;
pub use problem::{KeyError, Problem};
pub use source::{KeyPlace, KeySource, PinSource, SigningSource, TokenKey, TokenKeyError};
pub use store::{KeyStore, NoSigner, OpenError, Reload, SigningKey};
pub use tls::{TlsCertificate, TlsReloader, reload_on_change, server_config};
pub use token::TokenError;
