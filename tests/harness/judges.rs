//! Outside judges: programs that others wrote and that say whether our documents are right.
//!
//! Not here: which documents they judge.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// Has xmlsec1 verify the signature of a document against a root.
///
/// # Errors
/// xmlsec1 is not there, or says no.
pub fn xmlsec1(document: &str, roots_pem: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("document.xml");
    std::fs::write(&file, document)?;
    let output = Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "x509", "--trusted-pem"])
        .arg(roots_pem)
        .arg(&file)
        .output()
        .context("xmlsec1 does not start: install the package xmlsec1")?;
    if !output.status.success() {
        bail!("xmlsec1 refuses it: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Has xmllint validate a document against a schema.
///
/// # Errors
/// xmllint is not there, or says no.
pub fn xmllint(document: &str, schema: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("document.xml");
    std::fs::write(&file, document)?;
    let output = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .arg(&file)
        .output()
        .context("xmllint does not start: install the package libxml2-utils")?;
    if !output.status.success() {
        bail!("xmllint refuses it: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
