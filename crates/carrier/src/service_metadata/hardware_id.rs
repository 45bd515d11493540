//! Hardware ids: what a package is matched by, without naming a SIM.
//!
//! Ids of Windows are opaque: their hash is not published. Ids of our own scheme are not
//! interoperable with them; they serve hosts of our own and the test that no full number leaves
//! a device. Not here: matching itself, which compares numbers.
//! Implements [MATCH-12]…[MATCH-16] and the limit of [MATCH-17].

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

/// What stands before every id in PackageInfo [MATCH-14].
const PREFIX: &str = "DOID:";
/// What an id starts with [MATCH-14].
const SCHEME: &str = "MBAE:0:";
/// Most characters of an id in PackageInfo, prefix included [MATCH-14].
const LENGTH_MAX: usize = 207;
/// Digits that a block hides [MATCH-12].
const HIDDEN_DIGITS: usize = 2;
/// Most blocks of one range that are turned into ids [MATCH-17].
pub const BLOCKS_MAX: u64 = 1_000_000;

/// Says why something is no hardware id, or gives none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HardwareIdError {
    /// Not 1 to 207 characters; carries how many.
    Length(usize),
    /// A character that no id has; carries how many stand before it.
    Character(usize),
    /// `DOID:` is not in front, or nothing is behind it.
    Prefix,
    /// The value is none of its kind: 15 digits, 19 or 20 digits, a number, or a name.
    Identifier,
    /// Start and end are not of one length, or not in this order.
    Range,
    /// The start does not end in 00 [MATCH-13].
    Start,
    /// The end does not end in 99 [MATCH-13].
    End,
    /// More blocks than [`BLOCKS_MAX`]; carries how many.
    Blocks(u64),
}

impl fmt::Display for HardwareIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(found) => {
                write!(f, "{found} characters where 1 to {LENGTH_MAX} are needed")
            }
            Self::Character(at) => write!(f, "unexpected character at position {at}"),
            Self::Prefix => f.write_str("nothing behind DOID:"),
            Self::Identifier => f.write_str("not an identifier of this kind"),
            Self::Range => f.write_str("start and end do not make a range"),
            Self::Start => f.write_str("start does not end in 00"),
            Self::End => f.write_str("end does not end in 99"),
            Self::Blocks(found) => write!(f, "{found} blocks where {BLOCKS_MAX} are allowed"),
        }
    }
}

impl std::error::Error for HardwareIdError {}

/// Names what is hashed [MATCH-15].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierKind {
    /// The number of a SIM card.
    GsmIccid,
    /// The subscriber on a SIM card.
    GsmImsi,
    /// The home provider's name on a SIM card.
    GsmHomeProviderName,
    /// A system id.
    CdmaSid,
    /// A provider's name as a CDMA device reports it.
    CdmaProviderName,
}

impl IdentifierKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::GsmIccid => "gsm-iccid",
            Self::GsmImsi => "gsm-imsi",
            Self::GsmHomeProviderName => "gsm-hpn",
            Self::CdmaSid => "cdma-sid",
            Self::CdmaProviderName => "cdma-name",
        }
    }

    fn is_value(self, value: &str) -> bool {
        let are_digits = value.bytes().all(|b| b.is_ascii_digit());
        match self {
            Self::GsmIccid => are_digits && matches!(value.len(), 19 | 20),
            Self::GsmImsi => are_digits && value.len() == 15,
            Self::CdmaSid => are_digits && (1..=5).contains(&value.len()),
            Self::GsmHomeProviderName | Self::CdmaProviderName => !value.is_empty(),
        }
    }
}

/// Holds a hardware id as PackageInfo writes it, `DOID:` in front [MATCH-14].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HardwareId(String);

impl HardwareId {
    /// Reads an id with `DOID:` in front: 1 to 207 characters of the set of [MATCH-14] in all.
    ///
    /// # Errors
    /// See [`HardwareIdError`].
    pub fn parse(text: &str) -> Result<Self, HardwareIdError> {
        let length = text.chars().count();
        if !(1..=LENGTH_MAX).contains(&length) {
            return Err(HardwareIdError::Length(length));
        }
        // The set is the visible characters of ASCII without `"`, `'` and `,`.
        let is_allowed = |c: char| c.is_ascii_graphic() && !"\"',".contains(c);
        if let Some(at) = text.chars().position(|c| !is_allowed(c)) {
            return Err(HardwareIdError::Character(at));
        }
        match text.strip_prefix(PREFIX) {
            Some("") | None => Err(HardwareIdError::Prefix),
            Some(_) => Ok(Self(text.to_owned())),
        }
    }

    /// Hashes an identifier by our own scheme, an ICCID or IMSI without its last two digits
    /// [MATCH-12, MATCH-15].
    ///
    /// # Errors
    /// [`HardwareIdError::Identifier`].
    pub fn hashed(kind: IdentifierKind, value: &str) -> Result<Self, HardwareIdError> {
        let text = Self::clear_text(kind, value)?;
        Ok(Self::of(&text))
    }

    /// Returns what [`Self::hashed`] hashes, for tests of an operator: `gsm-imsi:0010112345678`.
    /// It names a block of a hundred SIMs [MATCH-15].
    ///
    /// # Errors
    /// [`HardwareIdError::Identifier`].
    pub fn clear_text(kind: IdentifierKind, value: &str) -> Result<String, HardwareIdError> {
        if !kind.is_value(value) {
            return Err(HardwareIdError::Identifier);
        }
        let kept = match kind {
            IdentifierKind::GsmIccid | IdentifierKind::GsmImsi => {
                let length = value.len().saturating_sub(HIDDEN_DIGITS);
                value.get(..length).unwrap_or_default()
            }
            IdentifierKind::GsmHomeProviderName
            | IdentifierKind::CdmaSid
            | IdentifierKind::CdmaProviderName => value,
        };
        Ok(format!("{}:{kept}", kind.as_str()))
    }

    /// Hashes the blocks of a range of ICCIDs or IMSIs by our own scheme, in ascending order.
    ///
    /// # Errors
    /// The ends are no such numbers, or no range of whole blocks [MATCH-13], or too many
    /// [MATCH-17].
    pub fn of_range(
        kind: IdentifierKind,
        start: &str,
        end: &str,
    ) -> Result<Vec<Self>, HardwareIdError> {
        let is_ranged = matches!(kind, IdentifierKind::GsmIccid | IdentifierKind::GsmImsi);
        if !is_ranged || !kind.is_value(start) || !kind.is_value(end) {
            return Err(HardwareIdError::Identifier);
        }
        let first = start.strip_suffix("00").ok_or(HardwareIdError::Start)?;
        let last = end.strip_suffix("99").ok_or(HardwareIdError::End)?;
        let number = |digits: &str| digits.parse::<u64>().map_err(|_| HardwareIdError::Identifier);
        let (from, to) = (number(first)?, number(last)?);
        if start.len() != end.len() || from > to {
            return Err(HardwareIdError::Range);
        }
        let blocks = to.saturating_sub(from).saturating_add(1);
        if blocks > BLOCKS_MAX {
            return Err(HardwareIdError::Blocks(blocks));
        }
        let (kind, width) = (kind.as_str(), first.len());
        Ok((from..=to).map(|block| Self::of(&format!("{kind}:{block:0width$}"))).collect())
    }

    fn of(text: &str) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
        Self(format!("{PREFIX}{SCHEME}{hash}"))
    }

    /// Returns the id with `DOID:` in front.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the id as a device has it, without `DOID:`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.strip_prefix(PREFIX).unwrap_or(&self.0)
    }
}
