//! A file of prepared SIMs as a source of knowledge: `iccid,imsi,state,plans`.
//!
//! The file is read when the server starts and again when it changes; a wrong one replaces
//! nothing. A SIM takes 16 bytes for each of its numbers, so that millions fit. Not here: what it
//! is used for ([`super::Subscribers`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use api::machine::Finding;
use domain::brand::PlanId;
use domain::identity::{Iccid, Imsi};
use domain::launch::Subscriber;
use domain::subscriber::{SimState, Standing};

use super::{Reply, SubscriberPort};
use crate::config::document::shorten;
use crate::store::Claims;

/// Longest file, in bytes: two million SIMs with both numbers and plans.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Most SIMs of a file.
const SIMS_MAX: usize = 2_000_000;
/// Most different lists of plans of a file.
const LISTS_MAX: usize = 1 << LIST_BITS;
/// Most findings that are gathered; one more says that there are more.
const FINDINGS_MAX: usize = 1_001;
/// The columns.
const COLUMNS: [&str; 4] = ["iccid", "imsi", "state", "plans"];

/// Bits of an entry for the list of plans, for the state above it, and for the line above that.
const LIST_BITS: u32 = 14;
const STATE_BITS: u32 = 2;
const LINE_BITS: u32 = 32;
const KEY_SHIFT: u32 = LIST_BITS + STATE_BITS + LINE_BITS;

/// The SIMs of a file.
#[derive(Debug, Default)]
pub struct Prepared {
    /// Sorted: a number with a leading 1, which keeps its zeros and its length, then the line, the
    /// state and the list of plans.
    by_iccid: Vec<u128>,
    by_imsi: Vec<u128>,
    /// The lists of plans; the first is that of all.
    lists: Vec<Option<BTreeSet<PlanId>>>,
}

impl Prepared {
    /// Reads a file. Blocks.
    ///
    /// # Errors
    /// Everything that is wrong with it, by line; no number of a SIM is among it.
    pub fn load(path: &Path) -> Result<Self, Vec<Finding>> {
        let name = path.display().to_string();
        let unreadable =
            |message: String| vec![Finding { file: name.clone(), line: None, key: None, message }];
        let file = File::open(path);
        let file = file.map_err(|error| unreadable(format!("cannot be read: {error}")))?;
        let length = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
        if length > FILE_BYTES_MAX {
            return Err(unreadable("larger than 256 MiB; split it by brand".to_owned()));
        }
        Self::read(file.take(FILE_BYTES_MAX), &name)
    }

    /// Reads the text of a file that findings call `name`.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn read(text: impl Read, name: &str) -> Result<Self, Vec<Finding>> {
        let mut reading = Reading::new(name);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(text);
        match reader.headers() {
            Ok(header) => reading.header(header),
            Err(error) => reading.fault(1, None, &format!("cannot be read: {}", kind(&error))),
        }
        let mut row = csv::StringRecord::new();
        while reading.goes_on() {
            match reader.read_record(&mut row) {
                Ok(false) => break,
                Ok(true) => {
                    let line = row.position().map_or(0, csv::Position::line);
                    reading.row(line, &row);
                }
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    reading.fault(line, None, &format!("cannot be read: {}", kind(&error)));
                    if matches!(error.kind(), csv::ErrorKind::Io(_)) {
                        break;
                    }
                }
            }
        }
        reading.finish()
    }

    /// Returns how many SIMs there are, by the number that more of them have.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_iccid.len().max(self.by_imsi.len())
    }

    /// Returns what the file says of a SIM: by its ICCID, else by its IMSI.
    #[must_use]
    pub fn find(&self, claims: &Claims) -> Option<Standing> {
        let iccid = claims.iccid.as_ref().map(Iccid::reveal);
        let imsi = match &claims.subscriber {
            Some(Subscriber::Imsi(imsi)) => Some(imsi.reveal()),
            Some(Subscriber::Min(_)) | None => None,
        };
        let found = iccid.and_then(|digits| entry(&self.by_iccid, digits));
        let found = found.or_else(|| imsi.and_then(|digits| entry(&self.by_imsi, digits)))?;
        let list = usize::try_from(found & mask(LIST_BITS)).ok()?;
        let state = match (found >> LIST_BITS) & mask(STATE_BITS) {
            0 => SimState::Cold,
            1 => SimState::Warm,
            _ => SimState::Hot,
        };
        Some(Standing { state, plans: self.lists.get(list)?.clone() })
    }
}

fn mask(bits: u32) -> u128 {
    (1_u128 << bits).wrapping_sub(1)
}

/// Packs a number of 20 digits at most.
fn key(digits: &str) -> Option<u128> {
    format!("1{digits}").parse().ok()
}

fn entry(sorted: &[u128], digits: &str) -> Option<u128> {
    let key = key(digits)?;
    let at = sorted.partition_point(|entry| entry >> KEY_SHIFT < key);
    sorted.get(at).copied().filter(|entry| entry >> KEY_SHIFT == key)
}

/// Says what is wrong with a record without quoting it.
fn kind(error: &csv::Error) -> &'static str {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "not UTF-8",
        csv::ErrorKind::Io(_) => "the file ends or breaks off",
        _ => "no CSV",
    }
}

/// What is gathered while a file is read.
struct Reading<'n> {
    name: &'n str,
    /// Where each of the columns is.
    columns: [Option<usize>; 4],
    known: BTreeMap<Option<BTreeSet<PlanId>>, u128>,
    prepared: Prepared,
    faults: Vec<Finding>,
}

impl<'n> Reading<'n> {
    fn new(name: &'n str) -> Self {
        let prepared = Prepared { lists: vec![None], ..Prepared::default() };
        let known = BTreeMap::from([(None, 0)]);
        Self { name, columns: [None; 4], known, prepared, faults: Vec::new() }
    }

    fn fault(&mut self, line: u64, key: Option<&str>, message: &str) {
        self.faults.push(Finding {
            file: self.name.to_owned(),
            line: usize::try_from(line).ok(),
            key: key.map(str::to_owned),
            message: message.to_owned(),
        });
    }

    fn goes_on(&self) -> bool {
        let has_columns = self.columns[2].is_some();
        has_columns && self.faults.len() < FINDINGS_MAX && self.prepared.count() <= SIMS_MAX
    }

    fn header(&mut self, header: &csv::StringRecord) {
        for (at, name) in header.iter().enumerate() {
            match COLUMNS.iter().position(|column| *column == name) {
                Some(column) if self.columns[column].is_none() => {
                    self.columns[column] = Some(at);
                }
                Some(_) => self.fault(1, Some(name), "this column is there twice"),
                None => {
                    let message = format!("no such column; there are {}", COLUMNS.join(", "));
                    self.fault(1, None, &message);
                }
            }
        }
        if self.columns[2].is_none() || (self.columns[0].is_none() && self.columns[1].is_none()) {
            let message = "the first line names the columns: state, and iccid or imsi or both";
            self.columns = [None; 4];
            self.fault(1, None, message);
        }
    }

    fn row(&mut self, line: u64, row: &csv::StringRecord) {
        let value = |column: usize| {
            let text = self.columns[column].and_then(|at| row.get(at)).unwrap_or_default();
            Some(text).filter(|text| !text.is_empty())
        };
        let (iccid, imsi, state, plans) = (value(0), value(1), value(2), value(3));
        let before = self.faults.len();
        let iccid = iccid.map(|text| Iccid::parse_with_filler(text).map(|(iccid, _)| iccid));
        if let Some(Err(error)) = &iccid {
            self.fault(line, Some("iccid"), &format!("no ICCID: {error}"));
        }
        let imsi = imsi.map(Imsi::parse);
        if let Some(Err(error)) = &imsi {
            self.fault(line, Some("imsi"), &format!("no IMSI: {error}"));
        }
        if iccid.is_none() && imsi.is_none() {
            self.fault(line, None, "needs an ICCID or an IMSI");
        }
        let state = state.and_then(SimState::parse);
        if state.is_none() {
            self.fault(line, Some("state"), "needs one of cold, warm, hot");
        }
        let list = self.list(line, plans);
        let (Some(state), Some(list)) = (state, list) else { return };
        if self.faults.len() > before {
            return;
        }
        let state = match state {
            SimState::Cold => 0,
            SimState::Warm => 1,
            SimState::Hot => 2_u128,
        };
        let rest = u128::from(line) << (LIST_BITS + STATE_BITS) | state << LIST_BITS | list;
        let pack = |digits: &str| key(digits).map(|key| key << KEY_SHIFT | rest);
        let packed = iccid.and_then(Result::ok).and_then(|iccid| pack(iccid.reveal()));
        self.prepared.by_iccid.extend(packed);
        let packed = imsi.and_then(Result::ok).and_then(|imsi| pack(imsi.reveal()));
        self.prepared.by_imsi.extend(packed);
    }

    /// Returns the place of a list of plans; nothing if it is wrong.
    fn list(&mut self, line: u64, plans: Option<&str>) -> Option<u128> {
        let mut list = None;
        if let Some(text) = plans {
            let ids: Option<BTreeSet<PlanId>> = text
                .split([' ', '|', ';'])
                .filter(|id| !id.is_empty())
                .map(PlanId::parse)
                .collect();
            if ids.is_none() {
                let message = "needs ids of plans with blanks between; leave it empty for all";
                self.fault(line, Some("plans"), message);
                return None;
            }
            list = ids;
        }
        if let Some(place) = self.known.get(&list) {
            return Some(*place);
        }
        if self.known.len() >= LISTS_MAX {
            let message = format!("there may be {LISTS_MAX} different lists of plans");
            self.fault(line, Some("plans"), &message);
            return None;
        }
        let place = u128::try_from(self.prepared.lists.len()).ok()?;
        self.prepared.lists.push(list.clone());
        self.known.insert(list, place);
        Some(place)
    }

    fn finish(mut self) -> Result<Prepared, Vec<Finding>> {
        if self.prepared.count() > SIMS_MAX {
            self.fault(0, None, "more than 2,000,000 SIMs");
        }
        self.prepared.by_iccid.sort_unstable();
        self.prepared.by_imsi.sort_unstable();
        for (column, line, other) in
            [twins(&self.prepared.by_iccid, "iccid"), twins(&self.prepared.by_imsi, "imsi")]
                .concat()
        {
            let message = format!("this SIM is on line {other} too, and not the same there");
            self.fault(line, Some(column), &message);
        }
        if self.faults.is_empty() {
            self.prepared.by_iccid.shrink_to_fit();
            self.prepared.by_imsi.shrink_to_fit();
            return Ok(self.prepared);
        }
        self.faults.sort_by_key(|fault| fault.line);
        shorten(&mut self.faults);
        Err(self.faults)
    }
}

/// Finds lines that say something else of a SIM than an earlier line does.
fn twins(sorted: &[u128], column: &'static str) -> Vec<(&'static str, u64, u64)> {
    let said = |entry: u128| entry & mask(LIST_BITS + STATE_BITS);
    let line = |entry: u128| {
        u64::try_from((entry >> (LIST_BITS + STATE_BITS)) & mask(LINE_BITS)).unwrap_or(0)
    };
    let pairs = sorted.windows(2).filter_map(|pair| {
        let [one, other] = *pair else { return None };
        let is_same = one >> KEY_SHIFT == other >> KEY_SHIFT;
        (is_same && said(one) != said(other)).then(|| (column, line(other), line(one)))
    });
    pairs.take(FINDINGS_MAX).collect()
}

/// A file of prepared SIMs that is read again when it changes.
pub struct CsvSubscribers {
    path: PathBuf,
    /// The file as it was before it was read.
    seen: Stamp,
    prepared: RwLock<Arc<Prepared>>,
}

/// Time and length of a file.
type Stamp = Option<(Option<SystemTime>, u64)>;

fn look(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok(), metadata.len()))
}

impl CsvSubscribers {
    /// Reads the file. Blocks.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(path: &Path) -> Result<Self, Vec<Finding>> {
        let seen = look(path);
        let prepared = Prepared::load(path)?;
        tracing::info!(sims = prepared.count(), "prepared SIMs loaded");
        Ok(Self { path: path.to_owned(), seen, prepared: RwLock::new(Arc::new(prepared)) })
    }

    /// Reads it again whenever it changed, for ever; `told` hears whether it was taken.
    pub async fn run(self: Arc<Self>, look_every: Duration, told: impl Fn(bool)) {
        let mut seen = self.seen;
        loop {
            tokio::time::sleep(look_every).await;
            let path = self.path.clone();
            let found = tokio::task::spawn_blocking(move || look(&path)).await.unwrap_or(seen);
            if seen != found {
                seen = found;
                told(self.reload().await);
            }
        }
    }

    async fn reload(&self) -> bool {
        let path = self.path.clone();
        let loaded = tokio::task::spawn_blocking(move || Prepared::load(&path)).await;
        match loaded {
            Ok(Ok(prepared)) => {
                tracing::info!(sims = prepared.count(), "prepared SIMs loaded");
                let mut place = self.prepared.write().unwrap_or_else(PoisonError::into_inner);
                *place = Arc::new(prepared);
                true
            }
            Ok(Err(findings)) => {
                for Finding { line, key, message, .. } in findings {
                    tracing::error!(line, key, message, "prepared SIMs");
                }
                tracing::error!("prepared SIMs not loaded, the old ones stay in use");
                false
            }
            Err(error) => {
                tracing::error!(%error, "prepared SIMs were not read");
                false
            }
        }
    }
}

impl SubscriberPort for CsvSubscribers {
    fn look_up<'a>(&'a self, claims: &'a Claims) -> Reply<'a> {
        let prepared = Arc::clone(&self.prepared.read().unwrap_or_else(PoisonError::into_inner));
        let found = prepared.find(claims);
        Box::pin(async move { Ok(found) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::launch;

    fn read(text: &str) -> Result<Prepared, Vec<String>> {
        Prepared::read(text.as_bytes(), "sims.csv").map_err(|findings| {
            let brief = |f: Finding| {
                let (line, key) = (f.line.unwrap_or(0), f.key.unwrap_or_default());
                format!("{line} {key}: {}", f.message)
            };
            findings.into_iter().map(brief).collect()
        })
    }

    fn claims(query: &str) -> Claims {
        Claims::from(launch::parse(query, |_| true).launch)
    }

    fn said(prepared: &Prepared, query: &str) -> Option<(&'static str, String)> {
        let standing = prepared.find(&claims(query))?;
        let plans = standing.plans.map(|plans| {
            let ids: Vec<_> = plans.iter().map(ToString::to_string).collect();
            ids.join(" ")
        });
        Some((standing.state.name(), plans.unwrap_or_else(|| "all".to_owned())))
    }

    /// A launch is looked up by its ICCID, then by its IMSI; a filler and zeros in front count as
    /// they do everywhere [PORT-37], [PORT-38].
    #[test]
    fn sims_are_found_by_either_number() {
        let prepared = read(
            "state,iccid,imsi,plans\n\
             # batch 7\n\
             warm,89990112345678901234,001012345678901,week-5gb day-1gb\n\
             hot,8999011234567890123F,,\n\
             cold,,001010000000001,day-1gb|week-5gb\n\
             cold, 00000000000000000001 ,,day-1gb\n",
        )
        .expect("right");
        assert_eq!(prepared.count(), 3);
        let some = |state, plans: &str| Some((state, plans.to_owned()));
        for (query, expected) in [
            ("IccId=89990112345678901234", some("warm", "day-1gb week-5gb")),
            ("IccId=8999011234567890123", some("hot", "all")),
            ("SubId=001010000000001", some("cold", "day-1gb week-5gb")),
            ("SubId=001010000000001&IccId=89990112345678901234", some("warm", "day-1gb week-5gb")),
            ("SubId=001012345678901&IccId=89990199999999999999", some("warm", "day-1gb week-5gb")),
            ("IccId=00000000000000000001", some("cold", "day-1gb")),
            ("IccId=0000000000000000001", None),
            ("SubId=001019999999999", None),
            ("", None),
        ] {
            assert_eq!(said(&prepared, query), expected, "{query}");
        }
        // Two rows have the same plans in another order: one list beside that of all, and one more.
        assert_eq!(prepared.lists.len(), 3);
    }

    #[test]
    fn everything_wrong_is_told_by_line_and_without_a_number() {
        let errors = read(
            "iccid,imsi,state,plans\n\
             8999,001012345678901,warm,\n\
             ,,warm,\n\
             89990112345678901234,,lukewarm,\n\
             89990112345678901242,,warm,day/1gb\n\
             89990112345678901259,,warm,day\n\
             89990112345678901259,,warm,day\n\
             89990112345678901259,,hot,day\n\
             89990112345678901267,00101x,warm\n",
        )
        .expect_err("wrong");
        let expected = [
            "2 iccid: no ICCID: 4 characters where 19 to 20 are needed",
            "3 : needs an ICCID or an IMSI",
            "4 state: needs one of cold, warm, hot",
            "5 plans: needs ids of plans with blanks between; leave it empty for all",
            "8 iccid: this SIM is on line 7 too, and not the same there",
            "9 imsi: no IMSI: unexpected character at offset 5",
        ];
        assert_eq!(errors, expected);
        for (text, expected) in [
            ("", "1 : the first line names the columns"),
            ("iccid,state,colour\n", "1 : no such column; there are iccid, imsi, state, plans"),
            ("iccid,iccid,state\n", "1 iccid: this column is there twice"),
            ("iccid,plans\n", "1 : the first line names the columns"),
            ("state\n", "1 : the first line names the columns"),
        ] {
            let errors = read(text).expect_err(text);
            assert!(errors[0].starts_with(expected), "{text}: {errors:?}");
        }
        assert_eq!(read("iccid,state\n").map(|prepared| prepared.count()), Ok(0));
    }

    /// A wrong file of a million lines says a thousand things and one more.
    #[test]
    fn a_file_of_another_kind_does_not_flood() {
        let text = format!("iccid,state\n{}", "x,y\n".repeat(5_000));
        let errors = read(&text).expect_err("wrong");
        assert_eq!(errors.len(), 1_001);
        assert!(errors[1_000].contains("more of the kind"), "{}", errors[1_000]);
    }

    #[tokio::test]
    async fn a_changed_file_counts_and_a_wrong_one_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sims.csv");
        let write = |state: &str| {
            let text = format!("iccid,state\n89990112345678901234,{state}\n");
            let next = folder.path().join("next");
            std::fs::write(&next, text).expect("written");
            std::fs::rename(&next, &path).expect("renamed");
        };
        write("warm");
        let sims = Arc::new(CsvSubscribers::load(&path).expect("right"));
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let watched = Arc::clone(&sims).run(Duration::from_millis(5), move |is_taken| {
            told.send(is_taken).expect("somebody hears");
        });
        let watching = tokio::spawn(watched);
        let claims = claims("IccId=89990112345678901234");
        let state = async || {
            let found = sims.look_up(&claims).await.expect("it always answers");
            found.map(|standing| standing.state)
        };
        assert_eq!(state().await, Some(SimState::Warm));
        write("hot  ");
        assert_eq!(heard.recv().await, Some(true));
        assert_eq!(state().await, Some(SimState::Hot));
        write("nothing");
        assert_eq!(heard.recv().await, Some(false));
        assert_eq!(state().await, Some(SimState::Hot), "the old ones stay");
        watching.abort();
    }
}
