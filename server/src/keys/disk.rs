//! Files of keys on disk: bounded reading, private folders, atomic writing.
//!
//! Private keys lie in files of mode 0600 in folders of mode 0700 [SIG-17]. A file is
//! written beside its place and renamed, so a reader sees the old one or the new one. Not
//! here: what the files mean, and locking (the data folder's lock is the caller's).

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::SystemTime;

use super::problem::KeyError;

/// Most that is read of a PEM file; a chain of ten certificates has under 30 kB.
const PEM_BYTES_MAX: u64 = 1 << 20;

/// Permission bits that let somebody other than the owner in.
const GROUP_AND_OTHERS: u32 = 0o077;

/// Who may read a written file.
#[derive(Clone, Copy)]
pub(super) enum Access {
    Owner,
    Everyone,
}

impl Access {
    fn mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Everyone => 0o644,
        }
    }
}

/// What tells one content of a file from the next without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
    inode: u64,
}

/// Returns the stamp of a file.
///
/// # Errors
/// [`KeyError::Read`].
pub(super) fn stamp(file: &Path) -> Result<Stamp, KeyError> {
    let metadata = fs::metadata(file).map_err(|error| read_error(file, &error))?;
    Ok(Stamp { modified: metadata.modified().ok(), bytes: metadata.len(), inode: metadata.ino() })
}

/// Returns the permission bits of a file when somebody other than its owner may use it.
///
/// # Errors
/// [`KeyError::Read`].
pub(super) fn open_to_others(file: &Path) -> Result<Option<u32>, KeyError> {
    let metadata = fs::metadata(file).map_err(|error| read_error(file, &error))?;
    let mode = metadata.permissions().mode() & 0o777;
    Ok((mode & GROUP_AND_OTHERS != 0).then_some(mode))
}

/// Reads a PEM file.
///
/// # Errors
/// [`KeyError::Read`], [`KeyError::TooBig`].
pub(super) fn read(file: &Path) -> Result<Vec<u8>, KeyError> {
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(PEM_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| read_error(file, &error))?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= PEM_BYTES_MAX => Ok(bytes),
        Ok(_) | Err(_) => Err(KeyError::TooBig { file: file.to_owned() }),
    }
}

fn read_error(file: &Path, error: &io::Error) -> KeyError {
    KeyError::Read { file: file.to_owned(), kind: error.kind() }
}

/// Makes a folder that only its owner may enter; an existing one is closed to others.
///
/// # Errors
/// Those of the file system.
pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    if fs::metadata(folder)?.permissions().mode() & GROUP_AND_OTHERS != 0 {
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Writes a file so that it is there wholly or not at all, and survives a crash.
///
/// # Errors
/// Those of the file system; the old content is then unchanged.
pub(super) fn write(file: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = file.with_file_name(name);
    // A rest of a crashed run could have another mode.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(access.mode())
        .open(&beside)
        .and_then(|mut opened| {
            opened.write_all(content)?;
            opened.sync_all()
        })
        .and_then(|()| fs::rename(&beside, file));
    if let Err(error) = written {
        // The first error is the one to report; the rest is overwritten by the next run.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
