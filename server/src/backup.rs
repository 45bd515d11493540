//! Backups of the database: taken while it is in use, looked through, and put back.
//!
//! A backup is one file that SQLite opens. It holds what the database holds, passwords of devices
//! included, so that it is for its owner alone. Not here: keys, catalogue and configuration, which
//! are files of the operator's own.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use ring::digest::{Context, SHA256};
use serde::Serialize;

use crate::data_folder::{self, DataFolder};
use crate::entropy::hex;
use crate::store::health::{Depth, Inspection};
use crate::store::sqlite::{copy, inspect};

/// Bytes that are read at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// How files that belong to a database are named after it.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];
/// The name under which a database is kept that a backup took the place of.
const REPLACED: &str = "replaced.sqlite";

/// What is told of a backup.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Where it is.
    pub file: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// What a look through it found.
    #[serde(flatten)]
    pub inspection: Inspection,
}

/// Takes a backup of the database of a data folder, which may be in use.
///
/// # Errors
/// There is no database, the file is there already, cannot be written, or what was written is
/// damaged; no file is left then.
pub fn take(data: &Path, to: &Path) -> Result<Report> {
    let database = data_folder::database(data);
    if !database.exists() {
        bail!("there is no database in {}", data.display());
    }
    let place = Place::reserve(to)?;
    copy(&database, &place.part).context("cannot copy the database")?;
    let inspection = whole(&place.part)?;
    let report = report(&place.part, inspection)?;
    place.fill()?;
    Ok(Report { file: to.to_owned(), ..report })
}

/// Looks a backup through.
///
/// # Errors
/// It cannot be read, or is damaged.
pub fn check(from: &Path) -> Result<Report> {
    if !from.is_file() {
        bail!("there is no file {}", from.display());
    }
    let inspection = whole(from)?;
    report(from, inspection)
}

/// What happens to a database that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// It stays, and nothing is restored.
    Refuse,
    /// It is kept beside under another name.
    Replace,
}

/// Puts a backup into a data folder that nobody uses.
///
/// # Errors
/// The backup is damaged, the folder is in use or has a database that is to stay, or cannot be
/// written; the folder is as it was then.
pub fn restore(from: &Path, data: &Path, present: Present) -> Result<Report> {
    let report = check(from)?;
    let folder = DataFolder::claim(data)?;
    let database = folder.database();
    let is_there = BESIDE.iter().any(|end| beside(&database, end).exists());
    if is_there && present == Present::Refuse {
        bail!(
            "there is a database in {} already: choose another folder, or --replace, which keeps \
             it as {REPLACED}",
            data.display()
        );
    }
    let kept = data.join(REPLACED);
    if is_there && BESIDE.iter().any(|end| beside(&kept, end).exists()) {
        bail!("{} is there from a restore before: move it away first", kept.display());
    }
    let part = beside(&database, ".part");
    // A rest of a restore that was cut off.
    let _ = fs::remove_file(&part);
    copy_file(from, &part).with_context(|| format!("cannot write {}", part.display()))?;
    if sha256(&part)?.1 != report.sha256 {
        let _ = fs::remove_file(&part);
        bail!("{} changed while it was read: restore it again", from.display());
    }
    if is_there {
        for end in BESIDE {
            rename_if_there(&beside(&database, end), &beside(&kept, end))
                .with_context(|| format!("cannot keep the old database as {}", kept.display()))?;
        }
    }
    fs::rename(&part, &database)
        .and_then(|()| File::open(data)?.sync_all())
        .with_context(|| format!("cannot write {}", database.display()))?;
    Ok(Report { file: database, ..report })
}

/// Looks through every page and row; damage is an error.
fn whole(file: &Path) -> Result<Inspection> {
    let inspection = inspect(file, Depth::Whole)
        .with_context(|| format!("{} cannot be read as a database", file.display()))?;
    if !inspection.damage.is_empty() {
        bail!("{} is damaged:\n  {}", file.display(), inspection.damage.join("\n  "));
    }
    if inspection.schema_version == 0 {
        bail!("{} is no database of broadgate", file.display());
    }
    Ok(inspection)
}

fn report(file: &Path, inspection: Inspection) -> Result<Report> {
    let (bytes, sha256) = sha256(file)?;
    Ok(Report { file: file.to_owned(), bytes, sha256, inspection })
}

fn sha256(file: &Path) -> Result<(u64, String)> {
    let unreadable = || format!("cannot read {}", file.display());
    let mut opened = File::open(file).with_context(unreadable)?;
    let (mut context, mut bytes) = (Context::new(&SHA256), 0_u64);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = opened.read(&mut chunk).with_context(unreadable)?;
        if read == 0 {
            return Ok((bytes, hex(context.finish().as_ref())));
        }
        context.update(chunk.get(..read).unwrap_or_default());
        bytes = bytes.saturating_add(u64::try_from(read).unwrap_or(0));
    }
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(end);
    file.with_file_name(name)
}

fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn create_private(file: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).mode(0o600).open(file)
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let (mut from, mut to) = (File::open(from)?, create_private(to)?);
    io::copy(&mut from, &mut to)?;
    to.sync_all()
}

/// A file to be: its name is taken, so that nothing is ever overwritten, and its content grows
/// beside it, so that it is there wholly or is empty.
struct Place {
    to: PathBuf,
    part: PathBuf,
    is_filled: bool,
}

impl Place {
    fn reserve(to: &Path) -> Result<Self> {
        match create_private(to) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                bail!("{} is there already: choose another name", to.display());
            }
            Err(error) => {
                return Err(error).with_context(|| format!("cannot write {}", to.display()));
            }
        }
        let place = Self { to: to.to_owned(), part: beside(to, ".part"), is_filled: false };
        // A rest of a backup that was cut off.
        let _ = fs::remove_file(&place.part);
        create_private(&place.part)
            .with_context(|| format!("cannot write {}", place.part.display()))?;
        Ok(place)
    }

    /// Gives the content its name, durably.
    fn fill(mut self) -> Result<()> {
        let folder = match self.to.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        File::open(&self.part)
            .and_then(|part| part.sync_all())
            .and_then(|()| fs::rename(&self.part, &self.to))
            .and_then(|()| File::open(folder)?.sync_all())
            .with_context(|| format!("cannot write {}", self.to.display()))?;
        self.is_filled = true;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.is_filled {
            for file in [&self.part, &beside(&self.part, "-journal"), &self.to] {
                let _ = fs::remove_file(file);
            }
        }
    }
}
