//! A text becomes the user data of one message or of several parts [MSG-28].
//!
//! A single message takes 160 septets or 70 units of UTF-16, a part 153 or 67: a header of six
//! octets is before it. Windows documents 142 septets a part; 153 is what 3GPP's octets hold.
//! More than ten parts are refused, where Windows drops the rest: half a message is worse than
//! none. All parts use one alphabet; no letter is cut in two.

use std::fmt;

use super::alphabet::{self, Written};
use super::coding::{Alphabet, Coding};
use super::header::{Concatenation, Reference};
use super::septets;

/// Most parts of a message [MSG-28].
pub const PARTS_MAX: u8 = 10;

/// Septets of a single message.
const SINGLE_SEPTETS: usize = 160;

/// Septets of a part behind the header.
const PART_SEPTETS: usize = 153;

/// Units of UTF-16 of a single message.
const SINGLE_UNITS: usize = 70;

/// Units of UTF-16 of a part behind the header.
const PART_UNITS: usize = 67;

/// Holds the user data of a message to be sent, with what the PDU says of them.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingPart {
    /// The data coding scheme; no class.
    pub scheme: u8,
    /// Whether the octets start with a header.
    pub has_header: bool,
    /// The length for the PDU: septets for GSM 7-bit, else octets.
    pub length: u8,
    /// At most 140.
    pub octets: Vec<u8>,
}

/// Leaves the text out: messages are private.
impl fmt::Debug for OutgoingPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingPart")
            .field("scheme", &self.scheme)
            .field("has_header", &self.has_header)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// Says that a text is too long to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// The parts that it would take.
    pub parts: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text takes {} parts where {PARTS_MAX} are the most; shorten it", self.parts)
    }
}

impl std::error::Error for TooLong {}

/// Says what a text takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The alphabet of the whole message.
    pub alphabet: Alphabet,
    /// Messages, at least 1; more than [`PARTS_MAX`] cannot be sent.
    pub parts: usize,
    /// Septets or units that are left in the last of them.
    pub left: usize,
}

/// The letters of a text as they are written.
enum Letters {
    Gsm7(Vec<Written>),
    Ucs2(Vec<char>),
}

impl Letters {
    /// Takes Unicode for the whole text if one letter needs it.
    fn of(text: &str) -> Self {
        let plain: Option<Vec<Written>> = text.chars().map(alphabet::written).collect();
        plain.map_or_else(|| Self::Ucs2(text.chars().collect()), Self::Gsm7)
    }

    fn bodies(&self) -> Bodies {
        match self {
            Self::Gsm7(letters) => Bodies::Gsm7(fitted(
                letters,
                |letter| letter.septets(),
                [SINGLE_SEPTETS, PART_SEPTETS],
            )),
            Self::Ucs2(letters) => Bodies::Ucs2(fitted(
                letters,
                |letter| letter.len_utf16(),
                [SINGLE_UNITS, PART_UNITS],
            )),
        }
    }
}

enum Bodies {
    Gsm7(Vec<Vec<Written>>),
    Ucs2(Vec<Vec<char>>),
}

/// Puts letters into one message if they fit, else into parts.
fn fitted<L: Copy>(
    letters: &[L],
    size: impl Fn(&L) -> usize,
    [single, part]: [usize; 2],
) -> Vec<Vec<L>> {
    let total = letters.iter().fold(0_usize, |sum, letter| sum.saturating_add(size(letter)));
    if total <= single {
        return vec![letters.to_vec()];
    }
    let mut parts = Vec::new();
    let (mut body, mut used) = (Vec::new(), 0_usize);
    for letter in letters {
        if used.saturating_add(size(letter)) > part {
            parts.push(std::mem::take(&mut body));
            used = 0;
        }
        used = used.saturating_add(size(letter));
        body.push(*letter);
    }
    parts.push(body);
    parts
}

/// Says what a text takes, without making it [MSG-28].
#[must_use]
pub fn measure(text: &str) -> Measure {
    let room = |parts: usize, [single, part]: [usize; 2]| if parts == 1 { single } else { part };
    match Letters::of(text).bodies() {
        Bodies::Gsm7(parts) => {
            let used = parts.last().map_or(0, |last| last.iter().map(|l| l.septets()).sum());
            let room = room(parts.len(), [SINGLE_SEPTETS, PART_SEPTETS]);
            let left = room.saturating_sub(used);
            Measure { alphabet: Alphabet::Gsm7, parts: parts.len(), left }
        }
        Bodies::Ucs2(parts) => {
            let used = parts.last().map_or(0, |last| last.iter().map(|l| l.len_utf16()).sum());
            let left = room(parts.len(), [SINGLE_UNITS, PART_UNITS]).saturating_sub(used);
            Measure { alphabet: Alphabet::Ucs2, parts: parts.len(), left }
        }
    }
}

/// Makes the user data of a text; `reference` tells this message from the sender's others.
///
/// # Errors
/// A text of more than ten parts.
pub fn segment(text: &str, reference: u8) -> Result<Vec<OutgoingPart>, TooLong> {
    let bodies = Letters::of(text).bodies();
    let count = match &bodies {
        Bodies::Gsm7(parts) => parts.len(),
        Bodies::Ucs2(parts) => parts.len(),
    };
    let total = u8::try_from(count).ok().filter(|total| *total <= PARTS_MAX);
    let total = total.ok_or(TooLong { parts: count })?;
    let header = |number: u8| {
        let place = Concatenation { reference: Reference::Narrow(reference), total, number };
        if total == 1 { Vec::new() } else { place.to_header() }
    };
    let headers = (1..=total).map(header);
    Ok(match bodies {
        Bodies::Gsm7(parts) => headers.zip(parts).map(|(h, body)| gsm7(h, &body)).collect(),
        Bodies::Ucs2(parts) => headers.zip(parts).map(|(h, body)| ucs2(h, &body)).collect(),
    })
}

fn gsm7(header: Vec<u8>, letters: &[Written]) -> OutgoingPart {
    let mut text = Vec::with_capacity(SINGLE_SEPTETS);
    for letter in letters {
        letter.append_to(&mut text);
    }
    let length = septets::header_septets(header.len()).saturating_add(text.len());
    let mut octets = header;
    let has_header = !octets.is_empty();
    octets.extend(septets::pack(&text, septets::fill_bits(octets.len())));
    outgoing(Alphabet::Gsm7, has_header, length, octets)
}

fn ucs2(header: Vec<u8>, letters: &[char]) -> OutgoingPart {
    let mut octets = header;
    let has_header = !octets.is_empty();
    for letter in letters {
        let mut units = [0; 2];
        octets.extend(letter.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
    }
    outgoing(Alphabet::Ucs2, has_header, octets.len(), octets)
}

fn outgoing(alphabet: Alphabet, has_header: bool, length: usize, octets: Vec<u8>) -> OutgoingPart {
    let scheme = Coding::scheme(alphabet, None);
    // At most 160: what is put in was measured.
    let length = u8::try_from(length).unwrap_or(u8::MAX);
    OutgoingPart { scheme, has_header, length, octets }
}
