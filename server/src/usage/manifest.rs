//! What a file of records says of itself: a TOML file beside it, `NAME.manifest.toml`.
//!
//! A file counts only when it is as long and has the bytes that its manifest says, so that a copy
//! that broke off halfway counts for nothing. Not here: moving files ([`super::files`]).

use serde::Deserialize;

/// Longest manifest, in bytes.
pub const BYTES_MAX: usize = 16 * 1024;

/// What a file says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The file's name, in the same folder.
    pub file: String,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Its records, the header not counted.
    pub rows: u64,
    /// The feed.
    pub source: String,
    /// The number of its first record; each one after it has the next.
    pub first_sequence: u64,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// What is wrong with it and what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if !is_file_name(&read.file) {
            return Err("file: needs the name of a file in the same folder".to_owned());
        }
        let is_hash = read.sha256.len() == 64
            && read.sha256.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
        if !is_hash {
            return Err("sha256: needs 64 lower-case hexadecimal digits".to_owned());
        }
        if !crate::config::is_service_name(&read.source) {
            return Err("source: needs 1 to 64 characters of a-z, 0-9 and -".to_owned());
        }
        let last = i64::try_from(read.first_sequence.saturating_add(read.rows));
        last.map_err(|_| "first_sequence: no room for so many rows behind it".to_owned())?;
        Ok(read)
    }
}

/// Tells whether a name stays in its folder.
fn is_file_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    !name.is_empty() && name.len() <= 200 && !name.starts_with('.') && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(file: &str, sha256: &str, source: &str, more: &str) -> String {
        format!(
            "file = '{file}'\nsha256 = '{sha256}'\nrows = 2\nsource = '{source}'\n\
             first_sequence = 17\n{more}"
        )
    }

    #[test]
    fn manifests_are_strict() {
        let hash = "0a".repeat(32);
        let good = text("day-1.csv", &hash, "cdr", "");
        let read = Manifest::parse(&good).expect("a manifest");
        assert_eq!((read.rows, read.first_sequence, read.source.as_str()), (2, 17, "cdr"));
        for (bad, message) in [
            (text("../day.csv", &hash, "cdr", ""), "file: "),
            (text(".hidden", &hash, "cdr", ""), "file: "),
            (text("a/b.csv", &hash, "cdr", ""), "file: "),
            (text("day.csv", "0a", "cdr", ""), "sha256: "),
            (text("day.csv", &hash.to_uppercase(), "cdr", ""), "sha256: "),
            (text("day.csv", &hash, "C D R", ""), "source: "),
            (good.replace("= 17", "= 9223372036854775807"), "first_sequence: "),
        ] {
            let error = Manifest::parse(&bad).expect_err(message);
            assert!(error.starts_with(message), "{error}");
        }
        for bad in [text("day.csv", &hash, "cdr", "more = 1\n"), good.replace("rows = 2\n", "")] {
            assert!(Manifest::parse(&bad).is_err(), "{bad}");
        }
    }
}
