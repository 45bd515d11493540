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

/// Has the package `standardwebhooks` verify the signature of a webhook.
///
/// # Errors
/// The package is not there, or says no.
pub fn standardwebhooks(
    secret: &str,
    headers: &std::collections::BTreeMap<String, String>,
    body: &str,
) -> Result<()> {
    const SCRIPT: &str = "import json, sys\n\
        from standardwebhooks.webhooks import Webhook\n\
        asked = json.load(sys.stdin)\n\
        Webhook(asked['secret']).verify(asked['body'], asked['headers'])\n";
    let folder = tempfile::tempdir()?;
    let asked = serde_json::json!({ "secret": secret, "headers": headers, "body": body });
    let file = folder.path().join("asked.json");
    std::fs::write(&file, asked.to_string())?;
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/python");
    let output = Command::new("python3")
        .args(["-c", SCRIPT])
        .env("PYTHONPATH", packages)
        .stdin(std::fs::File::open(&file)?)
        .output()
        .context("python3 does not start")?;
    if !output.status.success() {
        bail!("standardwebhooks refuses it: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// What poppler 22 says of every tagged file that has the entry `Suspects` as ISO 32000-1 table
/// 321 wants it, a boolean.
const SUSPECTS: &str = "Syntax Error: Suspects object is wrong type (boolean)";

/// What other programs read in a PDF.
pub struct Printed {
    /// Its text, page by page as it stands.
    pub text: String,
    /// Its structure with the text of each part, in the order in which it is read aloud.
    pub structure: String,
}

/// Has qpdf check a PDF, and poppler read it.
///
/// # Errors
/// One of them is not there, or finds something wrong.
pub fn pdf(bytes: &[u8]) -> Result<Printed> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("printed.pdf");
    std::fs::write(&file, bytes)?;
    let ask = |program: &str, arguments: &[&str], to: &[&str]| -> Result<String> {
        let output = Command::new(program).args(arguments).arg(&file).args(to).output();
        let output = output.with_context(|| {
            format!("{program} does not start: install the packages qpdf and poppler-utils")
        })?;
        let warned = String::from_utf8_lossy(&output.stderr).replace(SUSPECTS, "");
        if !output.status.success() || !warned.trim().is_empty() {
            bail!("{program} refuses it: {warned}");
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    ask("qpdf", &["--check"], &[])?;
    let facts = ask("pdfinfo", &[], &[])?;
    if !facts.lines().any(|line| line.starts_with("Tagged:") && line.ends_with("yes")) {
        bail!("it says nothing of the meaning of its parts: {facts}");
    }
    Ok(Printed {
        text: ask("pdftotext", &["-enc", "UTF-8", "-layout"], &["-"])?,
        structure: ask("pdfinfo", &["-enc", "UTF-8", "-struct-text"], &[])?,
    })
}
