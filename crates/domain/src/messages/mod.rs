//! Rules for operator messages: which SMS and USSD speak to the host, and what they say.
//!
//! Not here: regular expressions ([`Matcher`] is how they are asked), how SMS are put together
//! from their parts, and what is done with the outcome. Implements [MSG-01]…[MSG-26].

mod matcher;

pub use matcher::{Groups, Matcher, Overrun, PATTERN_CHARS_MAX, TEXT_CHARS_MAX};
