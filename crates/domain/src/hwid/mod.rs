//! Hardware ids: what a client may send instead of a number [MATCH-12] to [MATCH-17].
//!
//! The algorithm of Microsoft's service is not published; this one is our own and does not
//! interoperate with it [MATCH-15]. Not here: matching by number ([`crate::matching`]), which is
//! how the server works; hashes serve the privacy test and the brands that want nothing else.

mod index;

use std::fmt;

use sha2::{Digest, Sha256};

use crate::brand::{Brand, BrandId};
use crate::identity::{Iccid, Imsi};
use crate::matching::{Block, Index, NumberRange, Rule, Target};

pub use index::{HwidConflict, HwidIndex};

/// The most blocks that a brand matched by hash may have, all its ranges together [MATCH-17].
pub const BLOCKS_MAX: u64 = 1_000_000;

/// What every hardware id begins with [MATCH-14].
const PREFIX: &str = "MBAE:0:";

/// What kind of value a hardware id is of [MATCH-15].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// GSM home provider name.
    GsmHpn,
    /// ICCID.
    GsmIccid,
    /// IMSI.
    GsmImsi,
    /// CDMA system id.
    CdmaSid,
    /// CDMA provider name.
    CdmaName,
}

impl Kind {
    /// All kinds, in the order in which they decide within their mode.
    pub const ALL: [Self; 5] =
        [Self::GsmHpn, Self::GsmIccid, Self::GsmImsi, Self::CdmaSid, Self::CdmaName];

    /// Reads the name of a kind.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }

    /// Returns the name, as commands and JSON have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GsmHpn => "gsm-hpn",
            Self::GsmIccid => "gsm-iccid",
            Self::GsmImsi => "gsm-imsi",
            Self::CdmaSid => "cdma-sid",
            Self::CdmaName => "cdma-name",
        }
    }

    /// Returns the rule that compares values of this kind.
    #[must_use]
    pub fn rule(self) -> Rule {
        match self {
            Self::GsmHpn => Rule::HomeProviderName,
            Self::GsmIccid => Rule::Iccid,
            Self::GsmImsi => Rule::Imsi,
            Self::CdmaSid => Rule::Sid,
            Self::CdmaName => Rule::ProviderName,
        }
    }
}

/// A value by which a brand may be found, as far as it leaves the device: numbers without their
/// last two digits [MATCH-12].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A home provider name without padding, never empty.
    GsmHpn(String),
    /// The block of an ICCID.
    GsmIccid(Block),
    /// The block of an IMSI.
    GsmImsi(Block),
    /// A system id.
    CdmaSid(u16),
    /// A provider name, never empty.
    CdmaName(String),
}

/// Says why a text is no value of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueError {
    /// It is not made of so many digits.
    Digits {
        /// Fewest digits.
        min: usize,
        /// Most digits.
        max: usize,
    },
    /// A name with nothing in it.
    EmptyName,
    /// A system id is a number from 0 to 65535.
    Sid,
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digits { min, max } if min == max => write!(f, "needs {min} digits"),
            Self::Digits { min, max } => write!(f, "needs {min} to {max} digits"),
            Self::EmptyName => f.write_str("an empty name"),
            Self::Sid => f.write_str("needs a number from 0 to 65535"),
        }
    }
}

impl std::error::Error for ValueError {}

impl Identity {
    /// Reads a value in full; a number loses its last two digits here.
    ///
    /// # Errors
    /// The text is no value of that kind.
    pub fn of_value(kind: Kind, text: &str) -> Result<Self, ValueError> {
        match kind {
            Kind::GsmIccid => {
                let iccid = Iccid::parse(text);
                let iccid = iccid.map_err(|_| ValueError::Digits { min: 19, max: 20 })?;
                Ok(Self::GsmIccid(Block::of_iccid(&iccid)))
            }
            Kind::GsmImsi => {
                let imsi = Imsi::parse(text);
                let imsi = imsi.map_err(|_| ValueError::Digits { min: 6, max: 15 })?;
                Ok(Self::GsmImsi(Block::of_imsi(&imsi)))
            }
            Kind::GsmHpn | Kind::CdmaSid | Kind::CdmaName => Self::of_other(kind, text),
        }
    }

    /// Reads a value as a client sends it: of a number only the block.
    ///
    /// # Errors
    /// The text is no value of that kind; a number in full is none.
    pub fn of_sent(kind: Kind, text: &str) -> Result<Self, ValueError> {
        let block = |min, max| {
            let block = Block::parse(text).filter(|_| (min..=max).contains(&text.len()));
            block.ok_or(ValueError::Digits { min, max })
        };
        match kind {
            Kind::GsmIccid => block(17, 18).map(Self::GsmIccid),
            Kind::GsmImsi => block(13, 13).map(Self::GsmImsi),
            Kind::GsmHpn | Kind::CdmaSid | Kind::CdmaName => Self::of_other(kind, text),
        }
    }

    fn of_other(kind: Kind, text: &str) -> Result<Self, ValueError> {
        match kind {
            Kind::CdmaSid => text.parse().map(Self::CdmaSid).map_err(|_| ValueError::Sid),
            Kind::CdmaName if text.is_empty() => Err(ValueError::EmptyName),
            Kind::CdmaName => Ok(Self::CdmaName(text.to_owned())),
            Kind::GsmHpn | Kind::GsmIccid | Kind::GsmImsi => {
                // As the index compares it [MATCH-21].
                let name = text.trim_end_matches([' ', '\0']);
                if name.is_empty() {
                    return Err(ValueError::EmptyName);
                }
                Ok(Self::GsmHpn(name.to_owned()))
            }
        }
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::GsmHpn(_) => Kind::GsmHpn,
            Self::GsmIccid(_) => Kind::GsmIccid,
            Self::GsmImsi(_) => Kind::GsmImsi,
            Self::CdmaSid(_) => Kind::CdmaSid,
            Self::CdmaName(_) => Kind::CdmaName,
        }
    }

    /// Returns the canonical text, which is what is hashed and what `--test` shows [MATCH-15].
    #[must_use]
    pub fn canonical(&self) -> String {
        let kind = self.kind().name();
        match self {
            Self::GsmHpn(name) | Self::CdmaName(name) => format!("{kind}:{name}"),
            Self::GsmIccid(block) | Self::GsmImsi(block) => format!("{kind}:{}", block.text()),
            Self::CdmaSid(sid) => format!("{kind}:{sid}"),
        }
    }

    /// Returns the hardware id.
    #[must_use]
    pub fn hwid(&self) -> Hwid {
        Hwid(Sha256::digest(self.canonical()).into())
    }
}

/// A hardware id: the hash of a value's canonical text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hwid([u8; 32]);

impl Hwid {
    /// Reads a hardware id as [`fmt::Display`] writes it, with or without the `DOID:` that
    /// packages put before it [MATCH-14].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("DOID:").unwrap_or(text);
        decode(text.strip_prefix(PREFIX)?).map(Self)
    }
}

impl fmt::Display for Hwid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", encode(&self.0))
    }
}

impl fmt::Debug for Hwid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A hash over blocks can be guessed back.
        write!(f, "Hwid({}…)", encode(&self.0).get(..4).unwrap_or_default())
    }
}

/// The characters of base64url [RFC 4648 §5].
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Writes base64url without padding.
fn encode(bytes: &[u8; 32]) -> String {
    let mut text = String::with_capacity(43);
    for chunk in bytes.chunks(3) {
        let byte = |at| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for shift in [18_u32, 12, 6, 0].into_iter().take(chunk.len().saturating_add(1)) {
            let six = usize::try_from(bits >> shift & 0x3f).unwrap_or(0);
            text.extend(ALPHABET.get(six).map(|c| char::from(*c)));
        }
    }
    text
}

/// Reads base64url of 32 bytes: 43 characters, the unused bits of the last one zero.
fn decode(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let mut places = bytes.iter_mut();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for c in text.bytes() {
        let six = ALPHABET.iter().position(|known| *known == c)?;
        bits = (bits << 6 | u32::try_from(six).ok()?) & 0xffff;
        count = count.checked_add(6)?;
        if let Some(rest) = count.checked_sub(8) {
            count = rest;
            *places.next()? = u8::try_from(bits >> rest & 0xff).ok()?;
        }
    }
    let is_whole = places.next().is_none() && text.len() == 43 && bits & 0b11 == 0;
    is_whole.then_some(bytes)
}

/// Finds the brand of what a client sent, by the rules' order and not by the order sent: the
/// first rule that matches decides.
///
/// Kinds of both modes may stand together; those of GSM go first.
#[must_use]
pub fn find(index: &Index, identities: &[Identity]) -> Option<(BrandId, Rule, Target)> {
    let hit = |identity: &Identity| match identity {
        Identity::GsmHpn(name) => {
            Some((index.by_home_provider(name)?.clone(), Target::Name(name.clone())))
        }
        Identity::GsmIccid(block) => index.by_block(Rule::Iccid, *block),
        Identity::GsmImsi(block) => index.by_block(Rule::Imsi, *block),
        Identity::CdmaSid(sid) => Some((index.by_sid(*sid)?.clone(), Target::Sid(*sid))),
        Identity::CdmaName(name) => {
            Some((index.by_provider_name(name)?.clone(), Target::Name(name.clone())))
        }
    };
    Kind::ALL.into_iter().find_map(|kind| {
        let mut of_kind = identities.iter().filter(|identity| identity.kind() == kind);
        let (brand, target) = of_kind.find_map(hit)?;
        Some((brand, kind.rule(), target))
    })
}

/// Returns the number of blocks of a brand's ranges, those that meet counted once for each
/// [MATCH-17]. Ranges that are none count nothing.
#[must_use]
pub fn blocks(brand: &Brand) -> u64 {
    ranges(brand).map(|(_, range)| range.blocks()).fold(0, u64::saturating_add)
}

fn ranges(brand: &Brand) -> impl Iterator<Item = (Kind, NumberRange)> {
    let iccids = brand.targets.iccid_ranges.iter();
    let iccids = iccids.filter_map(|(start, end)| NumberRange::of_iccids(start, end).ok());
    let imsis = brand.targets.imsi_ranges.iter();
    let imsis = imsis.filter_map(|(start, end)| NumberRange::of_imsis(start, end).ok());
    let iccids = iccids.map(|range| (Kind::GsmIccid, range));
    iccids.chain(imsis.map(|range| (Kind::GsmImsi, range)))
}
