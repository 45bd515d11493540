//! `[legal]` and `[receipts]`: who sells, what a customer agrees to before an order is placed, and
//! how receipts are numbered.
//!
//! Not here: how the texts are shown
//! ([`crate::pages::legal`]). Implements the terms and the privacy policy of [PORT-67].

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use domain::legal::{Consent, Right, Seller, Withdrawal};
use domain::receipt::{Kind, Series};
use toml::de::DeValue;

use crate::config::document::Section;
use crate::config::reader::path;
use crate::config::values::{self, Read};
use crate::config::web_address;

/// Longest name of a seller.
const NAME_CHARS_MAX: usize = 128;
/// Longest address, in one line.
const ADDRESS_CHARS_MAX: usize = 256;
/// Longest tax number, registers and prefixes included.
const TAX_ID_CHARS_MAX: usize = 64;
/// Longest name of a version.
const VERSION_CHARS_MAX: usize = 32;
/// Longest text that is served: the garden's customers load it at 400 kbit/s.
const TEXT_BYTES_MAX: usize = 256 * 1024;
/// Days of a right to withdraw that says none (Directive 2011/83/EU, article 9).
const WITHDRAWAL_DAYS: u16 = 14;
const WITHDRAWAL_DAYS_MAX: i64 = 365;

const RIGHTS: &[(&str, Right)] = &[("kept", Right::Kept), ("lost", Right::Lost)];

/// What a brand says of itself as a seller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Legal {
    /// Who sells.
    pub seller: Seller,
    /// The terms of the contract.
    pub terms: Notice,
    /// What becomes of personal data.
    pub privacy: Notice,
    /// What becomes of the right to withdraw; absent = nothing is said of it.
    pub withdrawal: Option<Withdrawal>,
}

/// A text that customers are asked to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which version of it.
    pub version: String,
    /// Where it is.
    pub place: Place,
}

/// Where a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Here: the portal serves it, inside the walled garden too.
    Here(String),
    /// At an `https` address, which must be reachable before a purchase.
    There(String),
}

impl Legal {
    /// Returns what a customer agrees to who agrees to everything.
    #[must_use]
    pub fn consent(&self) -> Consent {
        Consent {
            terms_version: self.terms.version.clone(),
            privacy_version: self.privacy.version.clone(),
            withdrawal: self.withdrawal,
        }
    }
}

/// How a brand numbers what it issues; absent = by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbering {
    /// Its receipts.
    pub receipts: Option<Series>,
    /// Its credit notes.
    pub credits: Option<Series>,
}

impl Numbering {
    /// Returns the series of a kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Option<&Series> {
        match kind {
            Kind::Receipt => self.receipts.as_ref(),
            Kind::Credit => self.credits.as_ref(),
        }
    }

    /// Lists all series, each with its key.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &Series)> {
        let receipts = self.receipts.iter().map(|series| ("receipts.series", series));
        receipts.chain(self.credits.iter().map(|series| ("receipts.credit_series", series)))
    }
}

/// Reads `[receipts]`.
pub(super) fn numbering(section: &mut Section<'_>) -> Numbering {
    let read = section.table("receipts", |table| Numbering {
        receipts: table.optional("series", values::parsed(Series::parse)),
        credits: table.optional("credit_series", values::parsed(Series::parse)),
    });
    read.unwrap_or_default()
}

/// Reads the table; files count from `folder`.
pub(super) fn read(section: &mut Section<'_>, folder: &Path) -> Option<Legal> {
    section.table("legal", |table| legal(table, folder)).flatten()
}

fn legal(section: &mut Section<'_>, folder: &Path) -> Option<Legal> {
    let name = section.required("seller", values::line(NAME_CHARS_MAX));
    let address = section.required("address", values::line(ADDRESS_CHARS_MAX));
    let tax_id = section.optional("tax_id", values::line(TAX_ID_CHARS_MAX));
    let keys = ["terms_version", "terms", "terms_file", "terms_url"];
    let terms = notice(section, keys, folder);
    let keys = ["privacy_version", "privacy", "privacy_file", "privacy_url"];
    let privacy = notice(section, keys, folder);
    let right = section.optional("withdrawal", values::one_of(RIGHTS));
    let days = section.optional("withdrawal_days", |value| {
        let days = values::integer(1..=WITHDRAWAL_DAYS_MAX)(value)?;
        u16::try_from(days).map_err(|error| error.to_string())
    });
    if days.is_some() && right.is_none() {
        section.error("withdrawal_days", "needs `withdrawal`, which says what becomes of it");
    }
    let withdrawal = right.map(|right| Withdrawal { right, days: days.unwrap_or(WITHDRAWAL_DAYS) });
    let seller = Seller { name: name?, address: Some(address?), tax_id };
    Some(Legal { seller, terms: terms?, privacy: privacy?, withdrawal })
}

/// Reads one text: its version, and exactly one of the places where it may be.
fn notice(section: &mut Section<'_>, keys: [&'static str; 4], folder: &Path) -> Option<Notice> {
    let [version, here, file, url] = keys;
    let version = section.required(version, values::line(VERSION_CHARS_MAX));
    let given = [here, file, url].into_iter().filter(|key| section.has(key)).count();
    let inline = section.optional(here, |value| whole(values::text(value)?.to_owned()));
    let from_file = section.optional(file, |value| text_file(value, folder));
    let address = section.optional(url, values::parsed(web_address::page));
    match given {
        1 => {}
        0 => section.error(here, format!("missing; give `{here}`, `{file}` or `{url}`")),
        _ => section.error(here, format!("give one of `{here}`, `{file}` and `{url}`")),
    }
    let place = inline.or(from_file).map(Place::Here).or(address.map(Place::There));
    Some(Notice { version: version?, place: place.filter(|_| given == 1)? })
}

fn text_file(value: &DeValue<'_>, folder: &Path) -> Read<String> {
    let path = path(value, folder)?;
    let unreadable = |error| format!("{} cannot be read: {error}", path.display());
    let mut bytes = Vec::new();
    let limit = u64::try_from(TEXT_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    File::open(&path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    let text = String::from_utf8(bytes);
    whole(text.map_err(|_| format!("{} is no text in UTF-8", path.display()))?)
}

/// Refuses a text that nobody can read.
fn whole(text: String) -> Read<String> {
    if text.trim().is_empty() {
        return Err("empty; write the text".to_owned());
    }
    if text.len() > TEXT_BYTES_MAX {
        return Err(format!("longer than {TEXT_BYTES_MAX} bytes; shorten it"));
    }
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(is_odd) {
        return Err("has control characters; remove them".to_owned());
    }
    Ok(text)
}
