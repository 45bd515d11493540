//! Feeds that are files: `incoming`, `done` and `refused` in one folder.
//!
//! A file counts once its manifest lies beside it and agrees with it. Its rows are numbered, so
//! that a crash in between, or the same file again, changes nothing. What became of it is written
//! beside it where it is moved. Not here: the manifest ([`super::manifest`]) and the records
//! ([`super::record`]).

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use api::usage::{FileReport, UsageProblem, UsageRecord};
use ring::digest::{SHA256, digest};

use super::manifest::{self, Manifest};
use super::record::{Entry, Reason, Refusal};
use super::{Outcome, Usage};
use crate::entropy::hex;
use crate::store::StoreError;

/// Longest file, in bytes.
const BYTES_MAX: usize = 64 * 1024 * 1024;
/// Records of one transaction.
const BATCH: usize = 1_000;
/// Most problems that a report lists; all are in quarantine.
const PROBLEMS_MAX: usize = 1_000;
/// Most manifests of one look.
const LOOK_MAX: usize = 1_000;
/// How often the folder is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How a manifest's name ends.
const MANIFEST_END: &str = ".manifest.toml";
/// The columns that there may be.
const COLUMNS: [&str; 11] = [
    "at",
    "kind",
    "subscription",
    "imsi",
    "iccid",
    "session",
    "sent_bytes",
    "received_bytes",
    "roaming",
    "shared",
    "profile",
];

/// The folder, and what lay in it when it was looked at last.
pub struct Files {
    usage: Arc<Usage>,
    folder: PathBuf,
    /// Files that did not agree with their manifest, as they were then: they may be on their way.
    waiting: BTreeMap<PathBuf, Option<(u64, std::time::SystemTime)>>,
    /// The manifest at which the last look ended, where there were more than fit.
    behind: Option<String>,
}

/// What is in a folder for one manifest.
enum Found {
    /// The records, and what the manifest says.
    Whole(Manifest, Vec<Entry>),
    /// Something is wrong that time will not mend.
    Refused(Option<Manifest>, String),
    /// It may be on its way.
    Wait(Manifest, String),
    /// The file is done already, and the server was stopped before it moved the manifest.
    Done,
}

impl Files {
    /// Begins with a folder, in which the three others are made if need be.
    ///
    /// # Errors
    /// They cannot be made.
    pub fn new(usage: Arc<Usage>, folder: &Path) -> io::Result<Self> {
        for name in ["incoming", "done", "refused"] {
            std::fs::create_dir_all(folder.join(name))?;
        }
        Ok(Self { usage, folder: folder.to_owned(), waiting: BTreeMap::new(), behind: None })
    }

    /// Looks for files, for ever.
    pub async fn run(mut self) {
        loop {
            if let Err(error) = self.look().await {
                tracing::error!(%error, "files of usage were not taken; they stay where they are");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Takes what lies there and is whole; returns how many files were done or refused.
    ///
    /// # Errors
    /// The folder or the store does not answer: what was not taken is taken at the next look.
    pub async fn look(&mut self) -> anyhow::Result<usize> {
        let folder = self.folder.clone();
        let behind = self.behind.take();
        let (names, behind) = blocking(move || manifests(&folder, behind.as_deref())).await??;
        self.behind = behind;
        let mut count = 0_usize;
        for name in names {
            let (folder, manifest) = (self.folder.clone(), name.clone());
            match blocking(move || read(&folder, &manifest)).await? {
                Found::Whole(manifest, entries) => {
                    let outcome = self.ingest(&manifest, &entries).await?;
                    self.settle(&name, Some(&manifest), Ok(&outcome)).await?;
                }
                Found::Refused(manifest, why) => {
                    self.settle(&name, manifest.as_ref(), Err(why)).await?;
                }
                Found::Wait(manifest, why) if self.has_settled(&manifest).await? => {
                    self.settle(&name, Some(&manifest), Err(why)).await?;
                }
                Found::Wait(..) => continue,
                Found::Done => {
                    let (folder, manifest) = (self.folder.clone(), name.clone());
                    blocking(move || move_file(&folder, "done", &manifest)).await??;
                }
            }
            count = count.saturating_add(1);
        }
        Ok(count)
    }

    /// Tells whether a file that is not whole is the same as at the last look.
    async fn has_settled(&mut self, manifest: &Manifest) -> anyhow::Result<bool> {
        let path = self.folder.join("incoming").join(&manifest.file);
        let seen = path.clone();
        let now = blocking(move || {
            let metadata = std::fs::metadata(&seen).ok()?;
            Some((metadata.len(), metadata.modified().ok()?))
        });
        let now = now.await?;
        // A file that is not there at all may come whenever it likes.
        let before = self.waiting.insert(path.clone(), now);
        let has_settled = now.is_some() && before == Some(now);
        if has_settled {
            self.waiting.remove(&path);
        }
        Ok(has_settled)
    }

    async fn ingest(&self, manifest: &Manifest, entries: &[Entry]) -> Result<Outcome, StoreError> {
        let mut all = Outcome::default();
        for (number, batch) in entries.chunks(BATCH).enumerate() {
            let outcome = self.usage.ingest(&manifest.source, batch).await?;
            all.accepted = all.accepted.saturating_add(outcome.accepted);
            all.duplicate = all.duplicate.saturating_add(outcome.duplicate);
            let offset = number.saturating_mul(BATCH);
            let problems = outcome.problems.into_iter();
            all.problems.extend(problems.map(|(at, n, why)| (at.saturating_add(offset), n, why)));
        }
        Ok(all)
    }

    /// Writes the report and moves file and manifest; of what is done the manifest goes last, so
    /// that a crash in between leaves something to do for the next look, which does it again.
    async fn settle(
        &self,
        name: &str,
        manifest: Option<&Manifest>,
        outcome: Result<&Outcome, String>,
    ) -> anyhow::Result<()> {
        let to = if outcome.is_ok() { "done" } else { "refused" };
        match &outcome {
            Ok(outcome) => tracing::info!(
                manifest = name,
                accepted = outcome.accepted,
                duplicate = outcome.duplicate,
                quarantined = outcome.problems.len(),
                "file of usage taken"
            ),
            Err(why) => tracing::warn!(manifest = name, why, "file of usage refused"),
        }
        self.usage.metrics.file(outcome.is_ok());
        let report = serde_json::to_string_pretty(&report(name, manifest, outcome))?;
        let stem = name.strip_suffix(MANIFEST_END).unwrap_or(name);
        let path = self.folder.join(to).join(format!("{stem}.report.json"));
        let (folder, name) = (self.folder.clone(), name.to_owned());
        let file = manifest.map(|manifest| manifest.file.clone());
        blocking(move || {
            std::fs::write(path, report)?;
            let file = file.unwrap_or_default();
            let mut names = [file.as_str(), name.as_str()];
            if to == "refused" {
                names.reverse();
            }
            let mut names = names.into_iter().filter(|name| !name.is_empty());
            names.try_for_each(|name| move_file(&folder, to, name))
        })
        .await??;
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, tokio::task::JoinError> {
    tokio::task::spawn_blocking(work).await
}

/// Names the manifests that came, in the order of their names, and says where to go on when there
/// are more than fit: behind those, and then from the beginning, so that manifests whose files do
/// not come are in nobody's way.
fn manifests(folder: &Path, behind: Option<&str>) -> io::Result<(Vec<String>, Option<String>)> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder.join("incoming"))? {
        let name = entry?.file_name();
        names.extend(name.to_str().filter(|name| name.ends_with(MANIFEST_END)).map(str::to_owned));
    }
    names.sort();
    if let Some(behind) = behind {
        let first = names.partition_point(|name| name.as_str() <= behind);
        names.rotate_left(first);
    }
    let has_more = names.len() > LOOK_MAX;
    names.truncate(LOOK_MAX);
    let last = names.last().filter(|_| has_more).cloned();
    Ok((names, last))
}

fn move_file(folder: &Path, to: &str, name: &str) -> io::Result<()> {
    let from = folder.join("incoming").join(name);
    match std::fs::rename(from, folder.join(to).join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Reads a file of at most so many bytes; a link is no file.
fn bytes(path: &Path, max: usize) -> Result<Vec<u8>, String> {
    let fault = |error: io::Error| format!("cannot be read: {error}");
    if !std::fs::symlink_metadata(path).map_err(fault)?.is_file() {
        return Err("is no file".to_owned());
    }
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(fault)?;
    file.take(limit).read_to_end(&mut bytes).map_err(fault)?;
    match bytes.len() <= max {
        true => Ok(bytes),
        false => Err(format!("is larger than {max} bytes; cut it into several")),
    }
}

fn read(folder: &Path, name: &str) -> Found {
    let incoming = folder.join("incoming");
    let text = bytes(&incoming.join(name), manifest::BYTES_MAX);
    let text = text.and_then(|bytes| String::from_utf8(bytes).map_err(|_| "is no UTF-8".into()));
    let manifest = text.and_then(|text| Manifest::parse(&text));
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(why) => return Found::Refused(None, format!("manifest: {why}")),
    };
    let path = incoming.join(&manifest.file);
    let is_the_one = |bytes: &[u8]| hex(digest(&SHA256, bytes).as_ref()) == manifest.sha256;
    if !path.exists() {
        let done = bytes(&folder.join("done").join(&manifest.file), BYTES_MAX);
        return match done.is_ok_and(|done| is_the_one(&done)) {
            true => Found::Done,
            false => Found::Wait(manifest, "file: it is not there".to_owned()),
        };
    }
    let bytes = match bytes(&path, BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(why) => return Found::Refused(Some(manifest), format!("file: {why}")),
    };
    if !is_the_one(&bytes) {
        return Found::Wait(manifest, "sha256: the file has other bytes".to_owned());
    }
    match rows(&bytes, &manifest) {
        Ok(entries) => Found::Whole(manifest, entries),
        Err(why) => Found::Refused(Some(manifest), why),
    }
}

/// Reads the rows, each a record whether it can be read or not.
fn rows(bytes: &[u8], manifest: &Manifest) -> Result<Vec<Entry>, String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader.headers().map_err(|error| format!("header: {error}"))?.clone();
    if let Some(unknown) = header.iter().find(|name| !COLUMNS.contains(name)) {
        let unknown: String = unknown.chars().take(32).collect();
        return Err(format!("header: no column is called {unknown:?}; they are {COLUMNS:?}"));
    }
    let twice = |name: &&str| header.iter().filter(|other| other == name).count() > 1;
    if let Some(name) = header.iter().find(twice) {
        return Err(format!("header: the column {name} is there twice"));
    }
    let mut entries = Vec::new();
    let mut sequence = manifest.first_sequence;
    for row in reader.records() {
        entries.push(match row {
            Ok(row) if row.len() == header.len() => entry(&header, &row, sequence),
            Ok(_) => malformed(sequence, "row: has another number of fields than the header"),
            Err(_) => malformed(sequence, "row: no UTF-8"),
        });
        sequence = sequence.saturating_add(1);
    }
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    match count == manifest.rows {
        true => Ok(entries),
        false => Err(format!("rows: the file has {count}, the manifest says {}", manifest.rows)),
    }
}

fn malformed(sequence: u64, message: &str) -> Entry {
    let refusal = Refusal { reason: Reason::Malformed, message: message.to_owned() };
    Entry { sequence, record: Err((refusal, String::new())) }
}

fn entry(header: &csv::StringRecord, row: &csv::StringRecord, sequence: u64) -> Entry {
    let mut sent = UsageRecord { sequence, ..UsageRecord::default() };
    for (name, value) in header.iter().zip(row) {
        if value.is_empty() {
            continue;
        }
        let text = || Some(value.to_owned());
        let is_read = match name {
            "at" => set(value.to_owned(), &mut sent.at),
            "kind" => set(text(), &mut sent.kind),
            "subscription" => set(text(), &mut sent.subscription),
            "imsi" => set(text(), &mut sent.imsi),
            "iccid" => set(text(), &mut sent.iccid),
            "session" => set(text(), &mut sent.session),
            "profile" => set(text(), &mut sent.profile),
            "sent_bytes" => set_parsed(value, &mut sent.sent_bytes),
            "received_bytes" => set_parsed(value, &mut sent.received_bytes),
            "roaming" => set_parsed(value, &mut sent.roaming),
            _ => set_parsed(value, &mut sent.shared),
        };
        if !is_read {
            let wanted = if name.ends_with("bytes") { "a whole number" } else { "true or false" };
            return malformed(sequence, &format!("{name}: needs {wanted}"));
        }
    }
    Entry::of_api(&sent)
}

fn set<T>(value: T, field: &mut T) -> bool {
    *field = value;
    true
}

fn set_parsed<T: std::str::FromStr>(value: &str, field: &mut Option<T>) -> bool {
    *field = value.parse().ok();
    field.is_some()
}

fn report(
    name: &str,
    manifest: Option<&Manifest>,
    outcome: Result<&Outcome, String>,
) -> FileReport {
    let count = |outcome: &Outcome| u64::try_from(outcome.problems.len()).unwrap_or(u64::MAX);
    let (accepted, duplicate, quarantined, problems, error) = match outcome {
        Ok(all) => {
            let problems = all.problems.iter().take(PROBLEMS_MAX).map(problem).collect();
            (all.accepted, all.duplicate, count(all), problems, None)
        }
        Err(why) => (0, 0, 0, Vec::new(), Some(why)),
    };
    FileReport {
        manifest: name.to_owned(),
        file: manifest.map(|manifest| manifest.file.clone()),
        source: manifest.map(|manifest| manifest.source.clone()),
        first_sequence: manifest.map(|manifest| manifest.first_sequence),
        error,
        accepted,
        duplicate,
        quarantined,
        problems,
    }
}

/// Describes a record in quarantine.
#[must_use]
pub fn problem((index, sequence, refusal): &(usize, u64, Refusal)) -> UsageProblem {
    UsageProblem {
        index: *index,
        sequence: *sequence,
        reason: refusal.reason.name().to_owned(),
        message: refusal.message.clone(),
    }
}
