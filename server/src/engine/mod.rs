//! The one path by which an order changes: load, decide, commit, then do.
//!
//! ```text
//! load State → step() → BEGIN; apply Changes; insert Effects into the outbox; COMMIT
//!            → dispatch outbox (at least once) → mark done
//! ```
//!
//! - [`ledger`]: load, decide, commit;
//! - [`dispatch`]: the outbox: effects done at the ports, their answers fed back as events;
//! - [`janitor`]: questions to payment providers whose events may be lost;
//! - [`timers`]: deadlines, questions to the network, sweeping.
//!
//! Not here: decisions ([`domain::order`]).

pub mod books;
pub mod dispatch;
pub mod janitor;
pub mod ledger;
pub mod timers;
