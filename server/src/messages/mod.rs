//! Operator messages on the server's side.
//!
//! - [`patterns`]: the regular expressions of operators' rules;
//! - [`rules`]: rules of documents and of the catalogue, in the words of the engine;
//! - [`lint`]: what stands against them;
//! - [`batch`]: lines of `messages classify`;
//! - [`incoming`]: reports of devices and networks, read strictly; [`take`]: what follows;
//! - [`compiled`]: the rules of the catalogue, ready to match.
//!
//! Not here: what a rule is and what follows from a match (`domain`).

pub mod batch;
pub mod compiled;
pub mod incoming;
pub mod lint;
pub mod patterns;
pub mod rules;
pub mod take;

use std::io;
use std::sync::Arc;

use patterns::{CHILDREN, Counters, Pool, Program};

/// Makes what runs the patterns of a command, whose counters nobody reads.
///
/// # Errors
/// The system does not say which program this is.
pub fn pool() -> io::Result<Arc<Pool>> {
    Ok(Arc::new(Pool::new(Program::own()?, CHILDREN, Counters::default())))
}
