//! The key of vouchers, and what is stored of a code.
//!
//! Of a code the database has HMAC-SHA256 (RFC 2104) under a key that lies beside it in a file.
//! Why the hash is keyed is in `docs/adr/0004-vouchers.md`. Not here: SQL.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use domain::voucher::VoucherCode;
use ring::hmac;

use crate::entropy;
use crate::store::vouchers::CodeHash;

/// The file in the data folder: 64 hexadecimal digits and a line end.
const FILE: &str = "voucher.key";
/// Hexadecimal digits of a key of 256 bits.
const DIGITS: usize = 64;

/// The key of vouchers.
pub struct Key(hmac::Key);

impl Key {
    /// Loads the key of a data folder, or makes it if there is none. Blocks.
    ///
    /// Two processes that make it at once load the same one.
    ///
    /// # Errors
    /// The file cannot be read or made, is open to others than its owner, or holds no key.
    pub fn load_or_make(data: &Path) -> Result<Self> {
        let path = data.join(FILE);
        let cannot = || format!("cannot use the key of vouchers, {}", path.display());
        if !path.exists() {
            make(data, &path).with_context(cannot)?;
        }
        let file = File::open(&path).with_context(cannot)?;
        let mode = file.metadata().with_context(cannot)?.permissions().mode();
        if mode & 0o077 != 0 {
            bail!("{} is open to others: close it with chmod 600", path.display());
        }
        let mut text = String::new();
        let most = u64::try_from(DIGITS)?.saturating_add(2);
        file.take(most).read_to_string(&mut text).with_context(cannot)?;
        let digits = text.trim_end();
        if digits.len() != DIGITS || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            bail!("{} holds no key: put the file of your backup there", path.display());
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, digits.as_bytes())))
    }

    /// Returns what is stored of a code.
    #[must_use]
    pub fn hash(&self, code: &VoucherCode) -> CodeHash {
        let tag = hmac::sign(&self.0, code.as_str().as_bytes());
        let mut hash = [0; 32];
        hash.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        CodeHash(hash)
    }
}

/// Makes the file whole under a name of its own; the first one to name it as it is read counts.
fn make(data: &Path, path: &Path) -> io::Result<()> {
    let beside = data.join(format!("{FILE}.{}", entropy::hex(&entropy::bytes::<8>())));
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).and_then(
        |mut file| {
            writeln!(file, "{}", entropy::hex(&entropy::bytes::<32>()))?;
            file.sync_all()
        },
    );
    let linked = made.and_then(|()| match std::fs::hard_link(&beside, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => Ok(()),
    });
    let removed = std::fs::remove_file(&beside);
    linked.and(removed)?;
    File::open(data)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_data_folder_has_one_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let code = VoucherCode::from_random([7; 10]);
        let hash = |data: &Path| Key::load_or_make(data).expect("a key").hash(&code);
        let together: Vec<CodeHash> = std::thread::scope(|scope| {
            let makers: Vec<_> = (0..16).map(|_| scope.spawn(|| hash(folder.path()))).collect();
            makers.into_iter().map(|maker| maker.join().expect("a hash")).collect()
        });
        assert!(together.iter().all(|other| *other == together[0]), "whoever made it");
        let files: Vec<_> = std::fs::read_dir(folder.path()).expect("files").collect();
        assert_eq!(files.len(), 1, "nothing is left over");
        let elsewhere = tempfile::tempdir().expect("a folder");
        assert_ne!(hash(elsewhere.path()), together[0], "another folder has another key");
        assert_ne!(
            Key::load_or_make(folder.path())
                .expect("a key")
                .hash(&VoucherCode::from_random([8; 10])),
            together[0]
        );
    }

    #[test]
    fn a_key_that_is_none_or_open_to_others_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(FILE);
        let refused = |text: &str, mode: u32| {
            std::fs::write(&path, text).expect("written");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
            Key::load_or_make(folder.path()).err().map(|error| error.to_string())
        };
        let key = "0123456789abcdef".repeat(4);
        assert_eq!(refused(&key, 0o600), None);
        assert!(refused(&key, 0o640).is_some_and(|why| why.contains("chmod 600")));
        for text in ["", "0123", &key.replace('0', "x"), &format!("{key}{key}")] {
            assert!(refused(text, 0o600).is_some_and(|why| why.contains("no key")), "{text}");
        }
    }
}
