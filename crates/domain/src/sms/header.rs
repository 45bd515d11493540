//! The user data header: information elements before the text (3GPP TS 23.040, 9.2.3.24).
//!
//! Of the elements only concatenation is understood, with a reference of 8 or 16 bits; others
//! are passed over.

/// Element of concatenation with a reference of 8 bits (23.040, 9.2.3.24.1).
const CONCATENATED_8: u8 = 0x00;

/// Element of concatenation with a reference of 16 bits (23.040, 9.2.3.24.8).
const CONCATENATED_16: u8 = 0x08;

/// Tells the long messages of a sender apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// Of 8 bits.
    Narrow(u8),
    /// Of 16 bits, which is never the same as one of 8 bits.
    Wide(u16),
}

/// Says which part of which message this is [MSG-13].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Concatenation {
    /// Of which message.
    pub reference: Reference,
    /// How many parts the message has, at least 1.
    pub total: u8,
    /// The number of this part, from 1 to `total`.
    pub number: u8,
}

impl Concatenation {
    /// Makes the place of a part; `None` for a number that is not from 1 to the total, which
    /// 23.040 wants ignored.
    #[must_use]
    pub const fn new(reference: Reference, total: u8, number: u8) -> Option<Self> {
        if number == 0 || number > total {
            return None;
        }
        Some(Self { reference, total, number })
    }

    /// Writes a header that holds only this, its length included.
    #[must_use]
    pub fn to_header(self) -> Vec<u8> {
        match self.reference {
            Reference::Narrow(reference) => {
                vec![5, CONCATENATED_8, 3, reference, self.total, self.number]
            }
            Reference::Wide(reference) => {
                let [high, low] = reference.to_be_bytes();
                vec![6, CONCATENATED_16, 4, high, low, self.total, self.number]
            }
        }
    }

    fn of_element(element: u8, content: &[u8]) -> Option<Self> {
        match (element, content) {
            (CONCATENATED_8, &[reference, total, number]) => {
                Self::new(Reference::Narrow(reference), total, number)
            }
            (CONCATENATED_16, &[high, low, total, number]) => {
                Self::new(Reference::Wide(u16::from_be_bytes([high, low])), total, number)
            }
            _ => None,
        }
    }
}

/// Is a header that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The octets that it takes, with the one that says its length.
    pub octets: usize,
    /// The place of the part; of several the last counts (23.040, 9.2.3.24).
    pub concatenation: Option<Concatenation>,
}

/// Reads the header at the start of user data; `None` where it is longer than the data.
///
/// An element that is longer than the header ends it.
#[must_use]
pub fn read(user_data: &[u8]) -> Option<Header> {
    let (length, rest) = user_data.split_first()?;
    let mut elements = rest.get(..usize::from(*length))?;
    let mut concatenation = None;
    while let [element, length, rest @ ..] = elements {
        let Some((content, next)) = rest.split_at_checked(usize::from(*length)) else { break };
        concatenation = Concatenation::of_element(*element, content).or(concatenation);
        elements = next;
    }
    Some(Header { octets: usize::from(*length).saturating_add(1), concatenation })
}
