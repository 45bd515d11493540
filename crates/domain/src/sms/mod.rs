//! Short messages and USSD strings as bytes: alphabets, packing, headers, parts.
//!
//! In suggested reading order:
//!
//! - [`alphabet`]: the GSM 7-bit default alphabet with its extension;
//! - [`septets`]: seven bits in octets of eight, and CDMA's way of it;
//! - [`coding`]: what the byte of the data coding scheme says of alphabet and class;
//! - [`header`]: the user data header, which numbers the parts of a long message;
//! - [`body`]: the content of a message, whatever its alphabet;
//! - [`segment`]: a text becomes parts;
//! - [`assemble`]: parts become a message;
//! - [`ussd`], [`cdma`]: what is different there;
//! - [`recipient`]: to whom a message may be sent.
//!
//! Everything from outside is taken: what cannot be read is a value that says so. Not here: the
//! PDU around the user data, the modem, and what a message means to an operator's rule
//! ([`crate::messages`]). National language tables are not read: their letters come out as those
//! of the default alphabet. Implements [MSG-13], [MSG-28] and [MSG-30], and the encodings of
//! [EVT-04].

pub mod alphabet;
pub mod assemble;
pub mod body;
pub mod cdma;
pub mod coding;
pub mod header;
pub mod recipient;
pub mod segment;
pub mod septets;
pub mod ussd;

pub use assemble::{Assembly, Received};
pub use body::{Body, UserData};
pub use coding::{Alphabet, Class, Coding};
pub use header::{Concatenation, Reference};
pub use recipient::Recipient;
pub use segment::{Measure, OutgoingPart, measure, segment};
