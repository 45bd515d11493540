//! Operator messages on the server's side.
//!
//! - [`patterns`]: the regular expressions of operators' rules.
//!
//! Not here: what a rule is and what follows from a match (`domain`).

pub mod patterns;
