//! Where things are in the source tree, and which versions its lock file holds.
//!
//! Not here: starting programs ([`crate::child`]).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The source tree that this command works on.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the tree from the variable that Cargo sets for `cargo xtask`.
    ///
    /// # Errors
    /// When started without Cargo.
    pub(crate) fn find() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .context("CARGO_MANIFEST_DIR is not set; type: cargo xtask help")?;
        let root = Path::new(&manifest)
            .ancestors()
            .nth(2)
            .context("the folder of xtask is not two levels below the workspace")?;
        Ok(Self { root: root.to_path_buf() })
    }

    /// Returns the folder of the workspace's Cargo.toml.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns a path below the root.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// Returns the folder that holds every tool the set-up installs.
    pub(crate) fn tools(&self) -> PathBuf {
        self.path(".tools")
    }

    /// Returns the folders that are searched before the system's for programs.
    pub(crate) fn tool_folders(&self) -> [PathBuf; 2] {
        [self.path(".tools/bin"), self.path(".tools/node/node_modules/.bin")]
    }

    /// Returns the folder that Cargo builds into.
    pub(crate) fn cargo_target(&self) -> PathBuf {
        let chosen = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        self.root.join(chosen)
    }

    /// Returns the folder in which the command was typed, against which paths in the arguments of
    /// the server are meant.
    pub(crate) fn started_in(&self) -> Option<PathBuf> {
        std::env::current_dir().ok()
    }

    /// Returns the version of a package in Cargo.lock.
    ///
    /// # Errors
    /// When the file cannot be read or does not name the package.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String> {
        let path = self.path("Cargo.lock");
        let lock = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let version = locked_version(&lock, package)
            .with_context(|| format!("Cargo.lock names no {package}; type: cargo fetch"))?;
        Ok(version.to_owned())
    }
}

/// Returns the first version of `package`: Cargo sorts several by version.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_read_from_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-futures\"\n\
                    version = \"0.4.80\"\n\n[[package]]\nname = \"wasm-bindgen\"\n\
                    version = \"0.2.130\"\nsource = \"registry\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "wasm-bindgen-futures"), Some("0.4.80"));
        assert_eq!(locked_version(lock, "bindgen"), None);
    }
}
