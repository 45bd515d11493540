//! Messages of operators as devices and networks report them, read strictly.
//!
//! Not here: what follows from a message ([`super::take`]). Serves [MSG-02], [MSG-05], [MSG-13],
//! [EVT-05].

use api::messages::IncomingMessage;
use domain::Timestamp;
use domain::events::{Alphabet, Bearer, MESSAGE_BYTES_MAX};
use domain::messages::{AddressKind, Class};
use domain::sms::{self, Coding, Received, UserData, alphabet, septets, ussd};
use jiff::tz::TimeZone;

use super::batch::SENDER_BYTES_MAX;

/// Longest id of a report, in bytes.
const ID_BYTES_MAX: usize = 128;
/// Most octets of the user data of one SMS.
const SMS_OCTETS_MAX: usize = 140;
/// Most octets of a USSD string.
const USSD_OCTETS_MAX: usize = 160;
/// Most parts of a message [MSG-28].
const PARTS_MAX: u8 = 10;
/// UCS-2 among the schemes of USSD.
const USSD_UCS2: u8 = 0x48;

/// Says what is wrong with a report: the key, and what to write instead.
pub type Refusal = String;

/// A report that could be read.
pub struct Incoming {
    /// What it came by.
    pub bearer: Bearer,
    /// The sender as it was said; empty if it was not.
    pub sender: String,
    /// What the network says of the sender; absent = it follows from its form.
    pub sender_kind: Option<AddressKind>,
    /// When it came; never later than our clock.
    pub at: Timestamp,
    /// The zone of its times.
    pub zone: TimeZone,
    /// What it holds.
    pub content: Content,
}

/// A whole message, or what one may have to be made of.
pub enum Content {
    /// A whole message.
    Whole(Whole),
    /// An SMS or a part of one, and its data coding scheme.
    Sms(Received, u8),
}

/// A message, whole.
#[derive(Clone)]
pub struct Whole {
    /// The text; absent = it is none.
    pub text: Option<String>,
    /// The class.
    pub class: Option<Class>,
    /// The data coding scheme.
    pub encoding: u8,
    /// What that means.
    pub alphabet: Alphabet,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Whole {
    /// Takes a message that was put together.
    ///
    /// # Errors
    /// It has more bytes than ten parts have.
    pub fn of(message: &sms::assemble::Message, coding: u8) -> Result<Self, Refusal> {
        let whole = Self {
            text: message.text(),
            class: message.class.and_then(|class| Class::new(class.number())),
            encoding: coding,
            alphabet: meaning(Coding::of_sms(coding)),
            bytes: message.octets(),
        };
        whole.limited("data")
    }

    fn limited(self, key: &str) -> Result<Self, Refusal> {
        match self.bytes.len() <= MESSAGE_BYTES_MAX {
            true => Ok(self),
            false => Err(format!("{key}: has more than the ten parts of a message hold")),
        }
    }
}

const fn meaning(coding: Coding) -> Alphabet {
    match coding.alphabet {
        sms::Alphabet::Ucs2 => Alphabet::Unicode,
        sms::Alphabet::Gsm7 | sms::Alphabet::Octets => Alphabet::Other,
    }
}

/// Reads a report.
///
/// # Errors
/// What is wrong with it.
pub fn read(incoming: &IncomingMessage, now: Timestamp) -> Result<Incoming, Refusal> {
    let id = &incoming.id;
    let is_id = (1..=ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    if !is_id {
        return Err(format!("id: needs 1 to {ID_BYTES_MAX} plain characters"));
    }
    let bearer = match (incoming.bearer.as_str(), incoming.technology.as_deref()) {
        ("sms", None | Some("gsm")) => Bearer::GsmSms,
        ("sms", Some("cdma")) => Bearer::CdmaSms,
        ("ussd", None | Some("gsm")) => Bearer::Ussd,
        ("sms", Some(_)) => return Err("technology: needs gsm or cdma".to_owned()),
        ("ussd", Some(_)) => return Err("technology: needs gsm, as USSD is".to_owned()),
        _ => return Err("bearer: needs sms or ussd".to_owned()),
    };
    let sender = incoming.sender.clone().unwrap_or_default();
    if sender.len() > SENDER_BYTES_MAX {
        return Err(format!("sender: has more than {SENDER_BYTES_MAX} bytes"));
    }
    let at = match &incoming.received_at {
        None => now,
        Some(text) => {
            let at = text.parse::<Timestamp>();
            at.map_err(|_| "received_at: needs a time of RFC 3339")?.min(now)
        }
    };
    let zone = match &incoming.timezone {
        None => TimeZone::UTC,
        Some(name) => TimeZone::get(name)
            .map_err(|_| "timezone: needs the name of a zone such as Europe/Oslo")?,
    };
    let sender_kind = sender_kind(incoming.sender_type.as_deref())?;
    let content = content(incoming, bearer, &sender)?;
    Ok(Incoming { bearer, sender, sender_kind, at, zone, content })
}

fn sender_kind(word: Option<&str>) -> Result<Option<AddressKind>, Refusal> {
    Ok(match word {
        None => None,
        Some("international") => Some(AddressKind::International),
        Some("national") => Some(AddressKind::National),
        Some("alphanumeric") => Some(AddressKind::Alphanumeric),
        Some("unknown") => Some(AddressKind::Unknown),
        Some(_) => {
            let needs = "sender_type: needs international, national, alphanumeric or unknown";
            return Err(needs.to_owned());
        }
    })
}

fn content(incoming: &IncomingMessage, bearer: Bearer, sender: &str) -> Result<Content, Refusal> {
    match (&incoming.text, &incoming.data) {
        (Some(text), None) => {
            let strays = [
                ("coding", incoming.coding.is_some()),
                ("length", incoming.length.is_some()),
                ("udh", incoming.udh.is_some()),
            ];
            if let Some((key, _)) = strays.iter().find(|(_, is_there)| *is_there) {
                return Err(format!("{key}: belongs to data, not to text"));
            }
            let class = match incoming.class.map(Class::new) {
                Some(None) => return Err("class: needs 0 to 3".to_owned()),
                class => class.flatten(),
            };
            whole(text, bearer, class).limited("text").map(Content::Whole)
        }
        (None, Some(data)) => {
            if incoming.class.is_some() {
                return Err("class: stands in the coding of data".to_owned());
            }
            let needs = "coding: needs the data coding scheme of data, 0 to 255";
            let coding = incoming.coding.ok_or(needs)?;
            let data = unhex(data).ok_or("data: needs hexadecimal digits, two for an octet")?;
            match bearer {
                Bearer::GsmSms => part(incoming, sender, &data, coding),
                Bearer::Ussd => string(incoming, data, coding).map(Content::Whole),
                Bearer::CdmaSms => Err("data: report a message of CDMA with text".to_owned()),
            }
        }
        _ => Err("text: needs either text or data".to_owned()),
    }
}

/// Writes a text as it would have travelled, which is what events carry [EVT-05].
fn whole(text: &str, bearer: Bearer, class: Option<Class>) -> Whole {
    let packed = match bearer {
        Bearer::GsmSms => alphabet::encode(text).map(|septets| (0, septets::pack(&septets, 0))),
        Bearer::Ussd => ussd::pack(text).map(|octets| (0x0F, octets)),
        Bearer::CdmaSms if text.is_ascii() => Some((2, septets::pack_cdma(text.as_bytes()))),
        Bearer::CdmaSms => None,
    };
    let units = || text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let class_bits = class.map_or(0, |class| 0x10 | class.number());
    let (encoding, alphabet, bytes) = match (packed, bearer) {
        (Some((scheme, bytes)), Bearer::GsmSms) => (scheme | class_bits, Alphabet::Other, bytes),
        (Some((scheme, bytes)), _) => (scheme, Alphabet::Other, bytes),
        (None, Bearer::GsmSms) => (0x08 | class_bits, Alphabet::Unicode, units()),
        (None, Bearer::Ussd) => (USSD_UCS2, Alphabet::Unicode, units()),
        (None, Bearer::CdmaSms) => (4, Alphabet::Unicode, units()),
    };
    let text = Some(text.to_owned());
    Whole { text, class, encoding, alphabet, bytes }
}

fn part(
    incoming: &IncomingMessage,
    sender: &str,
    data: &[u8],
    coding: u8,
) -> Result<Content, Refusal> {
    if data.len() > SMS_OCTETS_MAX {
        return Err(format!("data: an SMS has at most {SMS_OCTETS_MAX} octets of user data"));
    }
    let meant = Coding::of_sms(coding);
    let all = match meant.alphabet {
        sms::Alphabet::Gsm7 => data.len().saturating_mul(8).div_euclid(7),
        sms::Alphabet::Octets | sms::Alphabet::Ucs2 => data.len(),
    };
    let length = incoming.length.unwrap_or_else(|| u8::try_from(all).unwrap_or(u8::MAX));
    let has_header = incoming.udh.unwrap_or(false);
    let read = UserData { coding: meant, has_header, length, octets: data }.read();
    let (body, concatenation) = read.map_err(|error| format!("data: {error}"))?;
    if concatenation.is_some_and(|place| place.total > PARTS_MAX) {
        return Err(format!("data: a message has at most {PARTS_MAX} parts"));
    }
    let (sender, class) = (sender.to_owned(), meant.class);
    Ok(Content::Sms(Received { sender, class, concatenation, body }, coding))
}

fn string(incoming: &IncomingMessage, data: Vec<u8>, coding: u8) -> Result<Whole, Refusal> {
    if incoming.length.is_some() || incoming.udh.is_some() {
        return Err("length, udh: belong to an SMS".to_owned());
    }
    if data.len() > USSD_OCTETS_MAX {
        return Err(format!("data: a USSD string has at most {USSD_OCTETS_MAX} octets"));
    }
    let (text, alphabet) = (ussd::text(coding, &data), meaning(Coding::of_ussd(coding)));
    Ok(Whole { text, class: None, encoding: coding, alphabet, bytes: data })
}

/// Reads hexadecimal; `None` for an odd number of digits and for what is none.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?)).collect()
}
