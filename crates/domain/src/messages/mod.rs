//! Rules for operator messages: which SMS and USSD speak to the host, and what they say.
//!
//! In suggested reading order: `rule` (a rule as it is provisioned), `message` (a message as it
//! came, and which rules are about it), `book` (rules checked), `classify` (the decision),
//! `readings` with `number`, `locale`, `time_format` and `infer` (what the groups say), `effect`
//! (what follows), `overlap` (rules that can both match).
//!
//! Not here: regular expressions ([`Matcher`] is how they are asked), how SMS are put together
//! from their parts, and doing what follows. Implements [MSG-01] to [MSG-26] as far as they
//! decide; a host that leaves messages to its operator's app loses nothing by it, as Windows
//! itself may do [MSG-32].

mod book;
mod classify;
mod effect;
mod infer;
mod locale;
mod locale_table;
mod matcher;
mod message;
mod number;
mod overlap;
mod readings;
mod rule;
mod sample;
mod time_format;
mod warning;

pub use book::{Book, Entry, RULES_MAX, RuleError, RuleWarning};
pub use classify::{Classified, Matched, classify};
pub use effect::{AccountPlan, Effect, effects};
pub use infer::{Given, Inferred, TooLarge, infer};
pub use locale::{DEFAULT_LOCALE, Locale};
pub use matcher::{Groups, Matcher, Overrun, PATTERN_CHARS_MAX, TEXT_CHARS_MAX};
pub use message::{AddressKind, Class, Message, Sender};
pub use number::{Decimal, Signs};
pub use overlap::{Overlap, Proof, overlaps};
pub use readings::{BitsPerSecond, Context, Readings};
pub use rule::{
    BooleanField, FieldName, Fields, NumberField, PlanTypeField, Rule, SmsBearer, TimeField, Unit,
};
pub use time_format::{FORMAT_CHARS_MAX, Format, FormatError, TimeError};
pub use warning::Warning;
