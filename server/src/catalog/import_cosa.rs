//! Catalogue files made of a COSA/APN spreadsheet, saved as CSV.
//!
//! One file for each operator of a country. Nothing is written of a spreadsheet with errors, and
//! no range is rounded. Not here: the lines themselves ([`rows`]) and the files' text ([`file`]).
//! Implements the reading side of [MATCH-100]; feeds [MATCH-13], [MATCH-22]…[MATCH-24].

mod file;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use domain::matching::NumberRange;
use serde::Serialize;

use rows::{Claim, Row};

/// Most misaligned ends that are compared with all other ranges.
const MISALIGNED_MAX: usize = 1_000;
/// Digits of an IMSI.
const IMSI_DIGITS: usize = 15;

/// Something about a line of the spreadsheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowFinding {
    /// The line, from 1; the header is line 1.
    pub line: u64,
    /// The column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What it is and what to do.
    pub message: String,
}

/// What `catalog import cosa` prints.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CosaImportSummary {
    /// Lines that were read, without the header.
    pub lines: usize,
    /// Those that take something out of the database.
    pub deleted: usize,
    /// The files that are made; none with errors.
    pub files: Vec<String>,
    /// What must be mended first.
    pub errors: Vec<RowFinding>,
    /// What is left out or undecided.
    pub notes: Vec<RowFinding>,
}

/// A catalogue that is not written yet, and what it is.
#[derive(Default)]
pub struct CosaImport {
    /// Names of files and what is in them; passwords have files of their own.
    pub files: Vec<(String, String)>,
    /// What was read, and what stands against it.
    pub summary: CosaImportSummary,
}

/// Makes a catalogue of a spreadsheet.
#[must_use]
pub fn import(csv: &[u8]) -> CosaImport {
    let mut read = rows::read(csv);
    let misaligned = misaligned(&read.claims);
    read.summary.errors.extend(misaligned);
    read.summary.errors.sort_by_key(|finding| finding.line);
    let mut import = CosaImport { files: Vec::new(), summary: read.summary };
    if !import.summary.errors.is_empty() {
        return import;
    }
    let mut operators: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
    for row in read.rows {
        operators.entry((row.country.clone(), row.operator.clone())).or_default().push(row);
    }
    let operators: Vec<_> = operators.into_iter().collect();
    let own = own_ranges(&operators, &mut import.summary.notes);
    let mut ids = BTreeSet::new();
    for (((country, operator), rows), own) in operators.iter().zip(own) {
        let name = match country.as_str() {
            "" => operator.clone(),
            country => format!("{country}-{operator}"),
        };
        let id = super::gnome::unused_id(&mut ids, &name);
        let files = file::write(&id, operator, rows, &own, &mut import.summary);
        import.summary.files.extend(files.iter().map(|(name, _)| name.clone()));
        import.files.extend(files);
    }
    if !import.summary.errors.is_empty() {
        import.files.clear();
        import.summary.files.clear();
    }
    import
}

/// Says of each end that is in the midst of a block who would be in the block: a device sends
/// numbers without their last two digits [MATCH-12], [MATCH-13].
fn misaligned(claims: &[Claim]) -> Vec<RowFinding> {
    let mut findings = Vec::new();
    for claim in claims {
        let [from, to] = claim.columns;
        for (is_start, column, number) in [(true, from, &claim.start), (false, to, &claim.end)] {
            let tail = if is_start { "00" } else { "99" };
            let Some((block, digits)) = number.split_at_checked(number.len().saturating_sub(2))
            else {
                continue;
            };
            if digits == tail || findings.len() >= MISALIGNED_MAX {
                continue;
            }
            let (first, last) = (format!("{block}00"), format!("{block}99"));
            let is_there = |other: &&Claim| {
                other.operator != claim.operator
                    && other.start.len() == number.len()
                    && other.start <= last
                    && first <= other.end
            };
            let message = match claims.iter().find(is_there) {
                Some(other) => format!(
                    "the block {block}xx would hold two brands, {} and {} (line {}): ranges must \
                     begin with 00 and end with 99, so agree whose the block is",
                    claim.operator, other.operator, other.line
                ),
                None => format!(
                    "the block {block}xx would hold {} and numbers of nobody or somebody else; \
                     write {block}{tail} only if the whole block is the operator's",
                    claim.operator
                ),
            };
            findings.push(RowFinding {
                line: claim.line,
                column: Some(column.to_owned()),
                message,
            });
        }
    }
    findings
}

/// Returns what each operator claims alone; what two claim is a note and decides nothing
/// [MATCH-23].
fn own_ranges(
    operators: &[((String, String), Vec<Row>)],
    notes: &mut Vec<RowFinding>,
) -> Vec<Vec<NumberRange>> {
    let mut all: Vec<(NumberRange, usize, u64)> = Vec::new();
    for (at, (_, rows)) in operators.iter().enumerate() {
        all.extend(rows.iter().filter_map(|row| Some((claimed(row)?, at, row.line))));
    }
    all.sort_unstable();
    let mut contested = BTreeSet::new();
    let mut open: Vec<(NumberRange, usize, u64)> = Vec::new();
    for (range, at, line) in &all {
        open.retain(|(other, ..)| other.meets(range));
        for (other, other_at, other_line) in open.iter().filter(|(_, other, _)| other != at) {
            contested.insert((*range, *at));
            contested.insert((*other, *other_at));
            let name = |at: usize| operators.get(at).map(|((_, name), _)| name.as_str());
            notes.push(RowFinding {
                line: *line,
                column: None,
                message: format!(
                    "{} and {} (line {other_line}) claim the same numbers; neither has them in \
                     [match], decide and add them",
                    name(*at).unwrap_or_default(),
                    name(*other_at).unwrap_or_default()
                ),
            });
        }
        if !open.iter().any(|(other, other_at, _)| (other, other_at) == (range, at)) {
            open.push((*range, *at, *line));
        }
    }
    let mut own: Vec<Vec<NumberRange>> = vec![Vec::new(); operators.len()];
    for (range, at, line) in all {
        let Some(list) = own.get_mut(at).filter(|_| !contested.contains(&(range, at))) else {
            continue;
        };
        // In order of their starts, so that only one before can hold this one.
        let holds =
            |other: &NumberRange| other.contains(range.low()) && other.contains(range.high());
        if list.iter().any(holds) {
            continue;
        }
        if list.iter().any(|other| other.meets(&range)) {
            let message = "overlaps another range of the operator; make them one in [match]";
            notes.push(RowFinding { line, column: None, message: message.to_owned() });
        }
        list.push(range);
    }
    own
}

/// Returns the numbers of a line's target; a provider name within a network has none of its own.
fn claimed(row: &Row) -> Option<NumberRange> {
    let target = &row.target;
    if target.gid1.is_some() || target.spn.is_some() || target.pnn.is_some() {
        return None;
    }
    target.imsi.or(target.iccid).or_else(|| {
        let plmn = target.plmn.as_ref()?.as_str();
        let rest = IMSI_DIGITS.saturating_sub(plmn.len());
        let end = |digit: &str| {
            domain::identity::Imsi::parse(&format!("{plmn}{}", digit.repeat(rest))).ok()
        };
        NumberRange::of_imsis(&end("0")?, &end("9")?).ok()
    })
}
