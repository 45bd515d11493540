//! The CarrierProvisioning document: from a typed model to signed bytes, and back with suspicion.
//!
//! Pure: no files, network, clock, randomness or async; the time of a verification is a
//! parameter. One exception that no caller can observe: [`sign::RsaSigner`] lets ring draw the
//! random numbers that blind an RSA operation. Keys at rest live in the server.
//!
//! In suggested reading order:
//!
//! - [`xml`]: the one strict XML layer: canonical writer, bounded reader, canonicalisation;
//! - [`document`]: the typed model, in which an illegal document cannot be built;
//! - [`schema`]: the published grammar as tables, for documents that others wrote;
//! - [`lint`](mod@lint): the rules beyond the schema, and all findings of a document;
//! - [`write`](mod@write): model → canonical bytes;
//! - [`read`](mod@read): verified bytes → model;
//! - [`dsig`]: the restricted XML-DSig profile, shared by signer and verifier;
//! - [`chain`]: certificates: facts, chain, thumbprint;
//! - [`sign`](mod@sign): canonical bytes → signed document;
//! - [`hresult`]: the codes of Windows, with their symbols;
//! - [`verify`](mod@verify): signed bytes → signer, or a refusal with its HRESULT;
//! - [`results`]: the document that says what was applied, written and read;
//! - [`agent`]: what a document does to a host, and what becomes of each part;
//! - [`gnome`]: the public database of providers, read;
//! - [`service_metadata`]: what Windows fetches about an operator, written and read.

#![deny(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm
)]

pub mod agent;
pub mod chain;
pub mod document;
pub mod dsig;
pub mod gnome;
pub mod lint;
pub mod hresult;
pub mod read;
pub mod results;
pub mod schema;
pub mod service_metadata;
pub mod sign;
pub mod verify;
pub mod write;
pub mod xml;

pub use jiff::Timestamp;
