//! The lines of a COSA spreadsheet, each read strictly.
//!
//! Not here: what lines do to each other ([`super`]). Implements the formats of [MATCH-100],
//! [MATCH-101] and the forms of [MATCH-97].

use std::collections::{BTreeMap, BTreeSet};

use domain::cosa::{Plmn, PurposeGroup, SETTINGS, Target};
use domain::identity::{Iccid, Imsi};
use domain::matching::{NumberRange, RangeFault};

use super::{CosaImportSummary, RowFinding};
use crate::catalog::export_cosa::{ISSUER, SUBJECT};
use crate::catalog::sim_settings;
use crate::config::web_address;

/// Most lines of a spreadsheet.
const LINES_MAX: usize = 100_000;
/// Longest values, as the catalogue reads them.
const LONGEST: [(&str, usize); 12] = [
    ("Operator", 64),
    ("AccessString", 99),
    ("FriendlyName", 64),
    ("UserName", 255),
    ("Password", 255),
    ("SPN", 64),
    ("PNN", 64),
    ("GID1", 64),
    ("AppID", 255),
    ("BrandingName", 64),
    ("BrandingIcon", 255),
    ("UIName", 64),
];

/// A line that puts something into the database.
pub(super) struct Row {
    /// Its number in the file.
    pub(super) line: u64,
    /// Whose it is.
    pub(super) operator: String,
    /// Where.
    pub(super) country: String,
    /// For which SIMs.
    pub(super) target: Target,
    /// For what; never empty.
    pub(super) purposes: BTreeSet<PurposeGroup>,
    /// All values that are not empty, by column.
    pub(super) values: BTreeMap<&'static str, String>,
}

/// A range as it stands there, legal or not.
pub(super) struct Claim {
    pub(super) line: u64,
    pub(super) operator: String,
    pub(super) columns: [&'static str; 2],
    pub(super) start: String,
    pub(super) end: String,
}

/// What was read.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) rows: Vec<Row>,
    pub(super) claims: Vec<Claim>,
    pub(super) summary: CosaImportSummary,
    told: BTreeSet<&'static str>,
}

/// Reads a file, every error of it.
pub(super) fn read(csv: &[u8]) -> Reading {
    let mut reading = Reading::default();
    let csv = csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
    let header = match reader.headers() {
        Ok(header) => header.iter().map(column).collect::<Vec<_>>(),
        Err(error) => return reading.fault(1, None, format!("no header: {error}")),
    };
    for name in ["UpdateType", "Operator", "AccessString"] {
        if !header.contains(&Ok(name)) {
            reading.error(1, Some(name), "missing; the first line names the columns");
        }
    }
    for unknown in header.iter().filter_map(|found| found.as_ref().err()) {
        reading.note(1, None, format!("the column {unknown:?} is not known and not kept"));
    }
    if !reading.summary.errors.is_empty() {
        return reading;
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                return reading.fault(line, None, "is no text in UTF-8; save it as CSV UTF-8");
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if reading.summary.lines >= LINES_MAX {
            return reading.fault(line, None, format!("more than {LINES_MAX} lines; split it"));
        }
        let mut values = BTreeMap::new();
        for (name, value) in header.iter().zip(&record) {
            let Ok(name) = name else { continue };
            // Blanks of a password may be meant.
            let value = if *name == "Password" { value } else { value.trim() };
            if !value.is_empty() {
                values.insert(*name, value.to_owned());
            }
        }
        if !values.is_empty() {
            reading.summary.lines = reading.summary.lines.saturating_add(1);
            reading.add(line, values);
        }
    }
    reading
}

/// Finds a column in any case and with any blanks.
fn column(text: &str) -> Result<&'static str, String> {
    let bare = |text: &str| {
        let kept = text.chars().filter(char::is_ascii_alphanumeric);
        kept.collect::<String>().to_ascii_lowercase()
    };
    let names = SETTINGS.iter().map(|setting| setting.name).chain([ISSUER, SUBJECT]);
    names.into_iter().find(|name| bare(name) == bare(text)).ok_or_else(|| text.to_owned())
}

impl Reading {
    fn error(&mut self, line: u64, column: Option<&str>, message: impl Into<String>) {
        let column = column.map(str::to_owned);
        self.summary.errors.push(RowFinding { line, column, message: message.into() });
    }

    fn note(&mut self, line: u64, column: Option<&str>, message: impl Into<String>) {
        let column = column.map(str::to_owned);
        self.summary.notes.push(RowFinding { line, column, message: message.into() });
    }

    fn fault(mut self, line: u64, column: Option<&str>, message: impl Into<String>) -> Self {
        self.error(line, column, message);
        self
    }

    fn add(&mut self, line: u64, values: BTreeMap<&'static str, String>) {
        let get = |name: &str| values.get(name).map(String::as_str).unwrap_or_default();
        match get("UpdateType").to_ascii_lowercase().as_str() {
            "add" | "change" | "keep" => {}
            "delete" => {
                self.summary.deleted = self.summary.deleted.saturating_add(1);
                self.note(line, Some("UpdateType"), "takes the row out; not imported");
                return;
            }
            _ => self.error(line, Some("UpdateType"), "needs Add, Change, Keep or Delete"),
        }
        for name in ["Operator", "AccessString"] {
            if get(name).is_empty() {
                self.error(line, Some(name), "empty; it is required");
            }
        }
        self.check_values(line, &values);
        let target = self.target(line, &values);
        let purposes = self.purposes(line, get("PurposeGroups"));
        let (operator, country) = (get("Operator").to_owned(), get("Country/Region").to_owned());
        if let (Some(target), Some(purposes)) = (target, purposes) {
            self.rows.push(Row { line, operator, country, target, purposes, values });
        }
    }

    fn check_values(&mut self, line: u64, values: &BTreeMap<&'static str, String>) {
        for (name, most) in LONGEST {
            let Some(value) = values.get(name) else { continue };
            if value.chars().count() > most {
                self.error(line, Some(name), format!("shorten it to {most} characters at most"));
            } else if value.chars().any(char::is_control) {
                self.error(line, Some(name), "has control characters; remove them");
            } else if name != "Password" && value.contains("  ") {
                self.error(line, Some(name), "has several blanks in a row; leave one");
            }
        }
        let one_of: [(&str, &[&str]); 10] = [
            ("AuthProtocol", &["none", "pap", "chap", "mschapv2"]),
            ("Compression", &["enable", "disable"]),
            ("IPType", &["ipv4", "ipv6", "ipv4v6"]),
            ("AlwaysOn", &["true", "false"]),
            ("Hotspot", &["never", "always", "entitlementcheckrequired"]),
            ("UseBrandingNameOnRoaming", &["0", "1", "2"]),
            ("Roaming", &["0", "1", "2", "3", "4", "5"]),
            ("SupportDataMarketplace", &["true", "false"]),
            ("DataMarketplaceRoamingUIEnabled", &["0", "1"]),
            ("EnableAutoSlotSwitch", &["true", "false"]),
        ];
        for (name, allowed) in one_of {
            let value = values.get(name).map(|value| value.to_ascii_lowercase());
            if value.is_some_and(|value| !allowed.contains(&value.as_str())) {
                self.error(line, Some(name), format!("needs one of {}", allowed.join(", ")));
            }
        }
        let order = values.get("AutoConnectOrder").map(|order| order.parse::<u16>());
        if order.is_some_and(|order| !order.is_ok_and(|order| order > 0)) {
            self.error(line, Some("AutoConnectOrder"), "needs a number from 1");
        }
        if values.get("UIOrder").is_some_and(|order| order.parse::<u16>().is_err()) {
            self.error(line, Some("UIOrder"), "needs a number from 0 to 65535");
        }
        if values.get("BrandingIcon").is_some_and(|name| !sim_settings::is_icon(name)) {
            self.error(line, Some("BrandingIcon"), "needs a file that ends in .ico");
        }
        // [PORT-17]
        let key = "AccountExperienceURL";
        let url = values.get(key).map(|url| web_address::account_experience_url(url));
        if let Some(Err(message)) = url {
            self.error(line, Some(key), message);
        }
        // A list of files of profiles, which a catalogue has no key for.
        if values.contains_key("WifiProfiles") && self.told.insert("WifiProfiles") {
            let message = "a catalogue has no such key; not kept, here or below";
            self.note(line, Some("WifiProfiles"), message);
        }
    }

    fn purposes(&mut self, line: u64, text: &str) -> Option<BTreeSet<PurposeGroup>> {
        let mut purposes = BTreeSet::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let name = word.to_ascii_lowercase().replace(' ', "-");
            match PurposeGroup::parse_guid(word).or_else(|| PurposeGroup::parse(&name)) {
                Some(purpose) => drop(purposes.insert(purpose)),
                None => {
                    let message = format!("{word:?} is no purpose that Windows has");
                    self.error(line, Some("PurposeGroups"), message);
                    return None;
                }
            }
        }
        if purposes.is_empty() {
            purposes.insert(PurposeGroup::Internet);
        }
        Some(purposes)
    }

    fn target(&mut self, line: u64, values: &BTreeMap<&'static str, String>) -> Option<Target> {
        let errors = self.summary.errors.len();
        let get = |name: &str| values.get(name).map(String::as_str).unwrap_or_default();
        let (mcc, mnc) = (get("MCC"), get("MNC"));
        let is_network = mcc.len() == 3 && matches!(mnc.len(), 2 | 3);
        let plmn = Plmn::parse(&format!("{mcc}{mnc}")).filter(|_| is_network);
        if plmn.is_none() && !(mcc.is_empty() && mnc.is_empty()) {
            let message = "needs an MCC of 3 and an MNC of 2 or 3 digits; spreadsheets drop zeros";
            self.error(line, Some(if mcc.len() == 3 { "MNC" } else { "MCC" }), message);
        }
        let columns = ["IMSI Range Start", "IMSI Range End"];
        let imsi = self.range(line, values, columns, |start, end| {
            let ends = (Imsi::parse(start).ok()?, Imsi::parse(end).ok()?);
            Some(NumberRange::of_imsis(&ends.0, &ends.1))
        });
        let columns = ["ICCID Range Start", "ICCID Range End"];
        let iccid = self.range(line, values, columns, |start, end| {
            let ends = (Iccid::parse(start).ok()?, Iccid::parse(end).ok()?);
            Some(NumberRange::of_iccids(&ends.0, &ends.1))
        });
        let name = |name: &str| values.get(name).cloned();
        let (spn, pnn, gid1) = (name("SPN"), name("PNN"), name("GID1"));
        let target = Target { plmn, imsi: imsi?, iccid: iccid?, spn, pnn, gid1 };
        if self.summary.errors.len() > errors {
            return None;
        }
        if let Err(fault) = target.form() {
            self.error(line, None, format!("the target has {fault}"));
            return None;
        }
        Some(target)
    }

    /// Reads a range; absent when it is an error. One that is not of whole blocks is told with
    /// all others.
    fn range(
        &mut self,
        line: u64,
        values: &BTreeMap<&'static str, String>,
        columns: [&'static str; 2],
        read: impl Fn(&str, &str) -> Option<Result<NumberRange, RangeFault>>,
    ) -> Option<Option<NumberRange>> {
        let [from, to] = columns;
        let (start, end) = match (values.get(from), values.get(to)) {
            (None, None) => return Some(None),
            (Some(start), Some(end)) => (start, end),
            (None, Some(_)) => {
                self.error(line, Some(from), "empty; a range has both ends");
                return None;
            }
            (Some(_), None) => {
                self.error(line, Some(to), "empty; a range has both ends");
                return None;
            }
        };
        let read = read(start, end);
        if let Some(Ok(_) | Err(RangeFault::Start | RangeFault::End)) = read {
            let operator = values.get("Operator").cloned().unwrap_or_default();
            let (start, end) = (start.clone(), end.clone());
            self.claims.push(Claim { line, operator, columns, start, end });
        }
        match read {
            Some(Ok(range)) => Some(Some(range)),
            Some(Err(RangeFault::Start | RangeFault::End)) => None,
            Some(Err(fault)) => {
                self.error(line, Some(from), fault.to_string());
                None
            }
            None => {
                let message = "needs digits alone, as text; spreadsheets round long numbers";
                self.error(line, Some(from), message);
                None
            }
        }
    }
}
