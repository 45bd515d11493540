//! A text that must not be shown, and the file that it is kept in.
//!
//! Secrets never stand in a configuration file: a key `…_file` names a file of their own. Not
//! here: keys of certificates, which their users read.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Longest secret that is read, in bytes.
const SECRET_BYTES_MAX: usize = 4096;

/// A text whose `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Reads the file of a secret; the line end behind it is not part of it.
    ///
    /// # Errors
    /// Why it cannot be used, without its content.
    pub fn read_file(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let mut bytes = Vec::new();
        let limit = u64::try_from(SECRET_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        File::open(path)
            .and_then(|file| file.take(limit).read_to_end(&mut bytes))
            .map_err(|error| format!("{shown} cannot be read: {error}"))?;
        if bytes.len() > SECRET_BYTES_MAX {
            return Err(format!("{shown} is larger than {SECRET_BYTES_MAX} bytes"));
        }
        let text = String::from_utf8(bytes).map_err(|_| format!("{shown} is not UTF-8"))?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.is_empty() {
            Err(format!("{shown} is empty; put the secret in it"))
        } else if text.chars().any(char::is_control) {
            Err(format!("{shown} has control characters; keep one line in it"))
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// Returns the secret, for its one use.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("password");
        std::fs::write(&path, "hunter2\r\n").expect("written");
        let secret = Secret::read_file(&path).expect("read");
        assert_eq!(secret.reveal(), "hunter2");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn unusable_files_are_refused_without_their_content() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("password");
        for (content, expected) in [
            (&b""[..], "is empty"),
            (b"\n", "is empty"),
            (b"a\nb\n", "control characters"),
            (b"\xff", "not UTF-8"),
            (&[b'x'; 4097], "larger than 4096"),
        ] {
            std::fs::write(&path, content).expect("written");
            let error = Secret::read_file(&path).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
        let error = Secret::read_file(&folder.path().join("none")).expect_err("absent");
        assert!(error.contains("cannot be read"), "{error}");
    }
}
