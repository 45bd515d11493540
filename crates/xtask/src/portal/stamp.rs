//! One hash over everything the portal is made of, to tell whether there is anything to do.
//!
//! Not here: Cargo's own judgement, which takes seconds and does not know the later stages.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Files and folders that shape the result; `crates/xtask` because it holds the pipeline and the
/// tools' versions, `crates/domain` because `api` may come to lean on it.
const INPUTS: [&str; 10] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "crates/api",
    "crates/domain",
    "crates/xtask",
    "index.html",
    "src",
    "static",
];

/// Returns the hash of the inputs' names and contents.
///
/// # Errors
/// When one cannot be read.
pub(super) fn of_inputs(root: &Path) -> Result<String> {
    let mut files = Vec::new();
    for input in INPUTS {
        collect(&root.join(input), &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for path in files {
        let content =
            std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
        // Lengths first, so that no two trees run together to the same bytes.
        hash.update(format!("{} {}\n{name}", name.len(), content.len()));
        hash.update(&content);
    }
    Ok(super::assets::hex(&hash.finalize()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        let failed = || format!("cannot list {}", path.display());
        for entry in std::fs::read_dir(path).with_context(failed)? {
            collect(&entry.with_context(failed)?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamp_follows_contents_and_names_only() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("src")).unwrap();
        let file = root.path().join("src/main.rs");
        std::fs::write(&file, "fn main() {}").unwrap();
        let first = of_inputs(root.path()).unwrap();
        std::fs::write(root.path().join("README.md"), "no input").unwrap();
        std::fs::write(&file, "fn main() {}").unwrap();
        assert_eq!(of_inputs(root.path()).unwrap(), first);
        std::fs::write(&file, "fn main() { }").unwrap();
        let second = of_inputs(root.path()).unwrap();
        assert_ne!(second, first);
        std::fs::rename(&file, root.path().join("src/app.rs")).unwrap();
        assert_ne!(of_inputs(root.path()).unwrap(), second);
    }
}
