//! Value types and engines of Broadgate: everything that is decided, nothing that is done.
//!
//! This crate has no IO, clock, randomness or async, and depends on nothing of ours. Time is a
//! parameter, an effect is a value. Engines share one shape: `step(state, event, now) -> Step`.
//!
//! In suggested reading order:
//!
//! - [`identity`]: IMSI, ICCID, IMEI and their relatives, which never print unmasked;
//! - [`launch`]: the query of the URL that Windows opens, read leniently;
//! - [`amount`]: money, megabytes, periods;
//! - [`brand`]: what an operator says of itself: identity, connection profiles, plans;
//! - [`matching`]: whose SIM is this;
//! - [`hwid`]: the same question asked with hashes;
//! - [`affiliation`]: the same question asked of an operator's own rules;
//! - [`cosa`]: the database that says how a SIM connects;
//! - [`effective`]: which of several sources of a setting counts;
//! - [`sim`]: SIMs that come, go and change, and when all this is asked;
//! - [`subscriber`]: what the operator knows of a SIM beside that;
//! - [`customer`]: what the operator must know of a customer;
//! - [`sms`]: short messages and USSD strings as bytes, and their parts;
//! - [`legal`]: who sells, and what a customer agrees to;
//! - [`receipt`]: receipts and credit notes, and their numbers;
//! - [`code`]: order ids and the codes that people read aloud;
//! - [`order`]: the ledger's state machine, from choice to active plan;
//! - [`activation`]: how long an activation may take and when to ask again;
//! - [`handover`]: what Windows answered to a document, and what follows from it;
//! - [`events`]: what operators and customers are told of a subscriber.
//! - [`entitlement`]: whether a customer may share the connection.
//! - [`events`]: what operators and customers are told of a subscriber;
//! - [`usage`]: how much of a plan is used, and what follows from it;
//! - [`messages`]: what SMS and USSD of the operator say.

#![deny(clippy::as_conversions, clippy::expect_used, clippy::float_arithmetic)]
#![deny(clippy::wildcard_enum_match_arm, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![cfg_attr(
    test,
    expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "a test that cannot go on says so by stopping"
    )
)]

pub mod activation;
pub mod affiliation;
pub mod amount;
pub mod brand;
pub mod code;
pub mod cosa;
pub mod customer;
pub mod effective;
pub mod events;
pub mod entitlement;
pub mod handover;
pub mod hwid;
pub mod identity;
pub mod launch;
pub mod legal;
pub mod matching;
pub mod messages;
pub mod order;
pub mod receipt;
pub mod sim;
pub mod sms;
pub mod subscriber;
pub mod usage;

pub use jiff::{SignedDuration, Timestamp};
