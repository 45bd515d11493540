//! A disk that fails when it is told to, for processes that a test starts.
//!
//! A library in C, made by the compiler that builds SQLite too, is preloaded into the process and
//! fails or delays its writes to a database; a small file is the switch. Not here: what a process
//! has to make of that.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

/// The library's source.
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/harness/faulty_disk.c");
/// The variable that names the switch.
const SWITCH: &str = "FAULTY_DISK";
/// Numbers of the switch, of four bytes each.
const NUMBERS: u64 = 6;
/// The place of the number that says how many calls there were.
const SEEN: u64 = 5;

/// `EIO`: the medium failed.
pub const EIO: i32 = 5;
/// `ENOSPC`: the disk is full.
pub const ENOSPC: i32 = 28;
/// `EROFS`: the disk is read-only.
pub const EROFS: i32 = 30;

/// Which calls a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// Writing, and changing the length of a file.
    Writes,
    /// Waiting until what was written is durable.
    Syncs,
    /// Both.
    Both,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Of which calls.
    pub calls: Calls,
    /// With which `errno`; 0 = with none.
    pub error: i32,
    /// How many of them succeed before.
    pub skip: i32,
    /// How many of them fail then.
    pub count: i32,
    /// How many milliseconds each takes longer.
    pub pause_ms: i32,
}

/// A library and its switch.
pub struct FaultyDisk {
    folder: TempDir,
    /// What decides over the processes that have this disk.
    pub switch: Switch,
}

impl FaultyDisk {
    /// Compiles the library; nothing fails yet.
    ///
    /// # Errors
    /// There is no C compiler, which building SQLite needs too.
    pub fn make() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let made = Command::new(&compiler)
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .arg(folder.path().join("disk.so"))
            .args([SOURCE, "-ldl"])
            .output()
            .with_context(|| format!("{compiler} does not run"))?;
        if !made.status.success() {
            bail!("{compiler}: {}", String::from_utf8_lossy(&made.stderr));
        }
        let path = folder.path().join("switch");
        let file = File::options().create_new(true).read(true).write(true).open(path)?;
        file.set_len(NUMBERS * 4)?;
        Ok(Self { folder, switch: Switch(file) })
    }

    /// Returns the variables by which a process gets this disk.
    #[must_use]
    pub fn variables(&self) -> [(&'static str, PathBuf); 2] {
        let at = |name: &str| self.folder.path().join(name);
        [("LD_PRELOAD", at("disk.so")), (SWITCH, at("switch"))]
    }
}

/// What decides whether a disk fails.
pub struct Switch(File);

impl Switch {
    /// Returns the switch of this process's own disk; none if it was not started on a faulty one.
    ///
    /// # Errors
    /// The switch cannot be opened.
    pub fn own() -> Result<Option<Self>> {
        let Some(path) = std::env::var_os(SWITCH) else { return Ok(None) };
        let file = File::options().read(true).write(true).open(path);
        Ok(Some(Self(file.context("the switch cannot be opened")?)))
    }

    /// Lets something go wrong from now on.
    ///
    /// # Errors
    /// The switch cannot be written.
    pub fn fail(&self, fault: Fault) -> Result<()> {
        self.mend()?;
        let put = |place: u64, value: i32| self.0.write_all_at(&value.to_le_bytes(), place * 4);
        put(1, fault.error)?;
        put(2, fault.skip)?;
        put(3, fault.count)?;
        put(4, fault.pause_ms)?;
        put(SEEN, 0)?;
        // Last, as it is what lets the fault begin.
        put(
            0,
            match fault.calls {
                Calls::Writes => 1,
                Calls::Syncs => 2,
                Calls::Both => 3,
            },
        )?;
        Ok(())
    }

    /// Lets everything go well again; returns how many calls the fault was about.
    ///
    /// # Errors
    /// The switch cannot be read or written.
    pub fn mend(&self) -> Result<i32> {
        self.0.write_all_at(&0_i32.to_le_bytes(), 0)?;
        let mut seen = [0; 4];
        self.0.read_exact_at(&mut seen, SEEN * 4)?;
        Ok(i32::from_le_bytes(seen))
    }
}
