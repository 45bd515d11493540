//! The bench of judges: how each is asked, many documents at a time.
//!
//! Not here: what they are asked ([`super`]).

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why a judge says no, in its words.
pub(crate) type Verdict = Result<(), String>;

/// A verifier of signatures that others wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judge {
    /// xmlsec1, over libxml2.
    XmlSec,
    /// signxml, over lxml.
    SignXml,
    /// xml-crypto, over xmldom.
    XmlCrypto,
    /// javax.xml.crypto of the JDK.
    Jdk,
}

impl Judge {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::XmlSec, Self::SignXml, Self::XmlCrypto, Self::Jdk];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::XmlSec => "xmlsec1",
            Self::SignXml => "signxml",
            Self::XmlCrypto => "xml-crypto",
            Self::Jdk => "jdk",
        }
    }

    fn is_present(self) -> bool {
        let here = |command: &mut Command| command.output().is_ok_and(|o| o.status.success());
        match self {
            Self::XmlSec => here(Command::new("xmlsec1").arg("--version")),
            Self::SignXml => here(python().args(["-c", "import signxml"])),
            Self::XmlCrypto => here(node().args(["-e", "require('xml-crypto')"])),
            Self::Jdk => here(Command::new("javac").arg("--version")),
        }
    }

    /// Asks about documents; the answers are in the order of the files.
    pub(crate) fn verdicts(self, files: &[PathBuf]) -> Vec<Verdict> {
        let script = |name: &str| manifest().join("tests/judges").join(name);
        match self {
            Self::XmlSec => files.iter().map(|file| xmlsec1(file)).collect(),
            Self::SignXml => by_list(python().arg(script("signxml_judge.py")), files),
            Self::XmlCrypto => by_list(node().arg(script("xml_crypto_judge.js")), files),
            Self::Jdk => by_list(Command::new("java").arg(script("JdkJudge.java")), files),
        }
    }
}

fn manifest() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where `cargo xtask` puts what it installs.
fn tools() -> PathBuf {
    std::env::var_os("BROADGATE_TOOLS")
        .map_or_else(|| manifest().join("../../.tools"), PathBuf::from)
}

fn python() -> Command {
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", tools().join("python"));
    command
}

fn node() -> Command {
    let mut command = Command::new("node");
    command.env("NODE_PATH", tools().join("node/node_modules"));
    command
}

fn root() -> PathBuf {
    manifest().join("tests/keys/root.pem")
}

fn moment() -> String {
    super::support::now().as_second().to_string()
}

fn xmlsec1(file: &Path) -> Verdict {
    let output = Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "x509"])
        .args(["--verification-gmt-time", "2030-03-01 08:15:00", "--trusted-pem"])
        .args([&root(), file])
        .output()
        .expect("xmlsec1 runs");
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).replace('\n', " ")),
    }
}

/// Asks a script that takes a list and answers a line each.
fn by_list(command: &mut Command, files: &[PathBuf]) -> Vec<Verdict> {
    let list = folder("lists").join(format!("{}.txt", std::process::id()));
    let lines: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
    std::fs::write(&list, lines).expect("a temporary file");
    let output =
        command.arg(root()).arg(moment()).arg(&list).output().expect("the judge's program runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let verdicts: Vec<Verdict> = said
        .lines()
        .map(|line| match line {
            "ok" => Ok(()),
            no => Err(no.to_owned()),
        })
        .collect();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(verdicts.len(), files.len(), "an answer a document: {complaint}");
    verdicts
}

/// The judges that are here; absent ones are skipped aloud.
pub(crate) fn present_judges() -> Vec<Judge> {
    let mut present = Judge::ALL.to_vec();
    present.retain(|judge| judge.is_present() || absent(judge.name()));
    present
}

/// Says that something is absent; fails where `cargo xtask test` promised to install it.
fn absent(tool: &str) -> bool {
    let promised = std::env::var_os("BROADGATE_TOOLS").is_some();
    assert!(!promised, "{tool} is absent although the set-up installs it");
    skipped(&format!("{tool} is absent"));
    false
}

/// Written past the harness, which would keep it from view.
fn skipped(reason: &str) {
    writeln!(std::io::stdout(), "skipped: {reason}").expect("an open output");
}

/// An empty folder of this name.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("judges").join(name);
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

/// The published schemas, where they and libxml2 are.
pub(crate) fn schema() -> Option<PathBuf> {
    let schema = manifest().join("../../../shared/reference/xsd/all.xsd");
    if !schema.exists() {
        skipped("the published schemas are not at ../shared/reference/xsd");
        return None;
    }
    let xmllint = Command::new("xmllint").arg("--version").output();
    (xmllint.is_ok() || absent("xmllint")).then_some(schema)
}

/// Asks libxml2; returns its complaints.
pub(crate) fn validate(schema: &Path, files: &[PathBuf]) -> Vec<String> {
    let mut complaints = Vec::new();
    for files in files.chunks(1000) {
        let output = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(schema)
            .args(files)
            .output()
            .expect("xmllint runs");
        let said = String::from_utf8_lossy(&output.stderr);
        complaints.extend(said.lines().filter(|l| !l.ends_with(" validates")).map(str::to_owned));
        assert!(output.status.success() || !complaints.is_empty(), "xmllint says why");
    }
    complaints
}
