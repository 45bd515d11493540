//! The data folder: for its owner alone, for one process at a time, and what the last one left.
//!
//! Not here: what lies in the database ([`crate::store`]), and copies of it ([`crate::backup`]).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::store::health::{Depth, Inspection};
use crate::store::sqlite::inspect;

/// The database within the folder.
const DATABASE: &str = "broadgate.sqlite";
/// Held as long as a process uses the folder.
const LOCK: &str = "lock";
/// There while a process serves, and after one that was cut off.
const RUNNING: &str = "running";

/// Returns where the database of a data folder lies.
#[must_use]
pub fn database(data: &Path) -> PathBuf {
    data.join(DATABASE)
}

/// A data folder that is this process's own until it is dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    is_marked: bool,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder, for its owner alone, and refuses it while another process has it.
    ///
    /// # Errors
    /// It cannot be made, or is in use.
    pub fn claim(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("cannot make the data folder {}", path.display()))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
                .with_context(|| format!("cannot make {} private", path.display()))?;
        }
        let at = path.join(LOCK);
        let lock = File::options().create(true).truncate(false).write(true).open(&at);
        let lock = lock.with_context(|| format!("cannot open {}", at.display()))?;
        if lock.try_lock().is_err() {
            bail!(
                "another broadgate uses the data folder {}: stop it, or choose another with --data",
                path.display()
            );
        }
        Ok(Self { path: path.to_owned(), is_marked: false, _lock: lock })
    }

    /// Returns where its database lies.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        database(&self.path)
    }

    /// Looks the database through if the last process was cut off. Blocks.
    ///
    /// # Errors
    /// The database is damaged, and must not be served.
    pub fn check_after_cut(&self) -> Result<()> {
        if !self.path.join(RUNNING).exists() || !self.database().exists() {
            return Ok(());
        }
        let began = Instant::now();
        let inspection = inspect(&self.database(), Depth::Quick)
            .context("the last run was cut off, and its database cannot be checked")?;
        self.judge(&inspection)?;
        let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(elapsed_ms, "the last run was cut off: its database was checked, and holds");
        Ok(())
    }

    fn judge(&self, inspection: &Inspection) -> Result<()> {
        if !inspection.damage.is_empty() {
            bail!(
                "the last run was cut off, and the database {} is damaged, so that nothing is \
                 served from it:\n  {}\nrestore a backup with `broadgate restore --from FILE \
                 --data {} --replace`, which keeps the damaged one beside",
                self.database().display(),
                inspection.damage.join("\n  "),
                self.path.display()
            );
        }
        for found in &inspection.contradictions {
            let about = found.about.join(", ");
            tracing::error!(rule = found.name, about, "rows of the database contradict each other");
        }
        Ok(())
    }

    /// Marks the folder as served from until this is dropped.
    ///
    /// # Errors
    /// The mark cannot be written.
    pub fn mark(&mut self) -> Result<()> {
        let at = self.path.join(RUNNING);
        File::create(&at)
            .and_then(|file| file.sync_all())
            .and_then(|()| File::open(&self.path)?.sync_all())
            .with_context(|| format!("cannot write {}", at.display()))?;
        self.is_marked = true;
        Ok(())
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        if self.is_marked {
            // A mark that stays costs the next start a look through the database.
            let _ = std::fs::remove_file(self.path.join(RUNNING));
        }
    }
}
