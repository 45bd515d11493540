//! The query of the URL that Windows opens: `?SubId=…&DevId=…&IccId=…`.
//!
//! Reads everything it can and drops the rest with a warning: a launch is never an error
//! [PORT-18…25]. Not here: HTTP, sessions, and whether the identifiers are true (they are
//! claims: [PORT-24]).

use crate::identity::{CdmaDevice, Iccid, IdentityError, Imei, Imsi, Min};

/// Longest query that is looked at, in bytes; a property that ends behind it is ignored with a
/// warning.
///
/// The three documented properties need under 100 bytes.
pub const QUERY_BYTES_MAX: usize = 4096;

/// Who the subscriber claims to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscriber {
    /// GSM: an IMSI.
    Imsi(Imsi),
    /// CDMA: a MIN or IRM.
    Min(Min),
}

/// Which device asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    /// GSM.
    Imei(Imei),
    /// CDMA: ESN or MEID.
    Cdma(CdmaDevice),
}

/// The family of the network, as far as the parameters tell [PORT-22].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Technology {
    /// 3GPP.
    Gsm,
    /// 3GPP2.
    Cdma,
    /// Neither `SubId` nor `DevId` tells.
    Unknown,
}

/// What a launch URL says; every part is a hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// `SubId`.
    pub subscriber: Option<Subscriber>,
    /// `DevId`.
    pub device: Option<Device>,
    /// `IccId`.
    pub iccid: Option<Iccid>,
    /// What the values imply.
    pub technology: Technology,
}

impl Launch {
    /// Tells whether no identifier came along [PORT-07, "unknown"].
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.subscriber.is_none() && self.device.is_none() && self.iccid.is_none()
    }
}

/// The three properties [PORT-19].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// `SubId`
    SubId,
    /// `DevId`
    DevId,
    /// `IccId`
    IccId,
}

impl Property {
    const ALL: [Self; 3] = [Self::SubId, Self::DevId, Self::IccId];

    /// Returns the documented spelling.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SubId => "SubId",
            Self::DevId => "DevId",
            Self::IccId => "IccId",
        }
    }
}

/// Something of a query that was mended or dropped; never carries the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The property came more than once; the first counts [PORT-23].
    Repeated(Property),
    /// The property came without a value, which Windows never sends [PORT-18].
    Empty(Property),
    /// The value has no known form and was dropped [PORT-20].
    Dropped(Property, IdentityError),
    /// The value has a tolerated form and was normalised [PORT-21].
    Normalised(Property),
    /// The query was longer than [`QUERY_BYTES_MAX`].
    Truncated,
}

/// A launch, and what was mended on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What could be read.
    pub launch: Launch,
    /// First what concerns the query, then repetitions, then empty properties, then values:
    /// `DevId` first, as it tells how to read the `SubId`.
    pub warnings: Vec<Warning>,
}

/// Reads the part of a URL behind `?`, without the `?`.
///
/// `is_imsi_prefix` tells whether a number of ten digits begins an IMSI range of some operator,
/// which decides between IMSI and MIN when there is no `DevId` [PORT-22].
pub fn parse(query: &str, is_imsi_prefix: impl Fn(&str) -> bool) -> Parsed {
    let mut warnings = Vec::new();
    let [sub_id, dev_id, icc_id] = pick(query, &mut warnings);
    let device = dev_id.and_then(|text| read_device(&text, &mut warnings));
    let technology = match (&device, &sub_id) {
        (Some(Device::Imei(_)), _) => Technology::Gsm,
        (Some(Device::Cdma(_)), _) => Technology::Cdma,
        (None, Some(text)) => match text.trim().len() {
            10 if !is_imsi_prefix(text.trim()) => Technology::Cdma,
            10 | 15 => Technology::Gsm,
            _ => Technology::Unknown,
        },
        (None, None) => Technology::Unknown,
    };
    let subscriber = sub_id.and_then(|text| read_subscriber(&text, technology, &mut warnings));
    let technology = match (&device, &subscriber) {
        (None, None) => Technology::Unknown,
        _ => technology,
    };
    let iccid = icc_id.and_then(|text| read_iccid(&text, &mut warnings));
    Parsed { launch: Launch { subscriber, device, iccid, technology }, warnings }
}

/// Collects the first value of each property, decoded.
fn pick(query: &str, warnings: &mut Vec<Warning>) -> [Option<String>; 3] {
    let query = if query.len() > QUERY_BYTES_MAX {
        warnings.push(Warning::Truncated);
        whole_pairs(query)
    } else {
        query
    };
    let mut repeated = Vec::new();
    let found = Property::ALL.map(|property| {
        let mut values = query.split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            decode(name).trim().eq_ignore_ascii_case(property.name()).then(|| decode(value))
        });
        let first = values.next();
        if values.next().is_some() {
            repeated.push(Warning::Repeated(property));
        }
        (property, first)
    });
    warnings.append(&mut repeated);
    found.map(|(property, value)| match value {
        Some(text) if text.trim().is_empty() => {
            warnings.push(Warning::Empty(property));
            None
        }
        other => other,
    })
}

/// Returns the properties that end within [`QUERY_BYTES_MAX`].
///
/// Half a property is none: an ICCID that lost a digit may be somebody else's.
fn whole_pairs(query: &str) -> &str {
    let mut looked_at = query.bytes().take(QUERY_BYTES_MAX.saturating_add(1));
    let end = looked_at.rposition(|b| b == b'&');
    end.and_then(|end| query.get(..end)).unwrap_or_default()
}

/// Decodes `%xx` and `+`; what is no UTF-8 afterwards becomes U+FFFD and fails as a value.
fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, part.get(2..)) {
            (Some(byte), Some(rest)) => {
                out.push(byte);
                out.extend_from_slice(rest.as_bytes());
            }
            _ => {
                out.push(b'%');
                out.extend_from_slice(part.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn read_device(text: &str, warnings: &mut Vec<Warning>) -> Option<Device> {
    let cdma = CdmaDevice::parse(text);
    // Fourteen decimal digits are an IMEI first; a MEID of 14 hexadecimal ones has letters.
    match (Imei::parse(text), cdma) {
        (Ok(imei), _) => Some(Device::Imei(imei)),
        (Err(_), Ok((device, is_tolerated))) => {
            if is_tolerated {
                warnings.push(Warning::Normalised(Property::DevId));
            }
            Some(Device::Cdma(device))
        }
        (Err(error), Err(_)) => {
            warnings.push(Warning::Dropped(Property::DevId, error));
            None
        }
    }
}

fn read_subscriber(
    text: &str,
    technology: Technology,
    warnings: &mut Vec<Warning>,
) -> Option<Subscriber> {
    let read = match technology {
        Technology::Cdma => Min::parse(text).map(Subscriber::Min),
        Technology::Gsm | Technology::Unknown => Imsi::parse(text).map(Subscriber::Imsi),
    };
    read.map_err(|error| warnings.push(Warning::Dropped(Property::SubId, error))).ok()
}

fn read_iccid(text: &str, warnings: &mut Vec<Warning>) -> Option<Iccid> {
    match Iccid::parse_with_filler(text) {
        Ok((iccid, had_filler)) => {
            if had_filler {
                warnings.push(Warning::Normalised(Property::IccId));
            }
            Some(iccid)
        }
        Err(error) => {
            warnings.push(Warning::Dropped(Property::IccId, error));
            None
        }
    }
}
