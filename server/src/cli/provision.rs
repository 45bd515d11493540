//! Arguments, files and exit codes of `broadgate provision`.
//!
//! Not here: what the commands decide ([`crate::provision`]).

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use api::machine::ProvisionOrder;
use carrier::chain::{Thumbprint, TrustedName};
use carrier::document::Guid;
use carrier::dsig::Algorithm;
use carrier::verify::Consent;
use carrier::xml::limits;
use clap::{Args, Subcommand};
use domain::Timestamp;

use super::{print, say};
use crate::catalog::Catalog;
use crate::clock::{Clock as _, SystemClock};
use crate::config::{LogConfig, LogFormat, LogLevel};
use crate::keys::{
    KeyPlace, KeySource, SigningKey, TokenKey, TokenKeyError, load_signer, read_chain,
};
use crate::log;
use crate::provision::{self, Judgement};

#[derive(Subcommand)]
pub(super) enum ProvisionCommand {
    /// Builds the unsigned document of an order.
    Build(Build),
    /// Signs a document.
    Sign(Sign),
    /// Says what msProvisionNetworks would return for a document of a web site.
    Verify(Verify),
    /// Applies a document as the provisioning agent would and prints the results document.
    Apply(Apply),
    /// Lists what stands against a document.
    Lint {
        /// The document; - for standard input.
        #[arg(long = "in")]
        input: PathBuf,
    },
}

#[derive(Args)]
pub(super) struct Build {
    /// The catalogue folder.
    #[arg(long)]
    catalog: PathBuf,
    /// The order (JSON); - for standard input.
    #[arg(long)]
    order: PathBuf,
    /// Where to write the document; standard output if absent.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Sign {
    /// The unsigned document; - for standard input.
    #[arg(long = "in")]
    input: PathBuf,
    /// The chain, leaf first (PEM).
    #[arg(long)]
    cert: PathBuf,
    /// The key (PEM).
    #[arg(long, required_unless_present = "pkcs11", conflicts_with = "pkcs11")]
    key: Option<PathBuf>,
    /// The key on a token: a URI of RFC 7512 that names the PIN's file as pin-source.
    #[arg(long, value_parser = pkcs11_uri)]
    pkcs11: Option<String>,
    /// The token's module, where the URI does not name it.
    #[arg(long, requires = "pkcs11")]
    pkcs11_module: Option<PathBuf>,
    /// The environment variable that holds the PIN, where the URI names no file.
    #[arg(long, requires = "pkcs11")]
    pin_env: Option<String>,
    /// rsa-sha256, or rsa-sha1 for the oldest hosts.
    #[arg(long, default_value = "rsa-sha256", value_parser = ["rsa-sha256", "rsa-sha1"])]
    algorithm: String,
    /// Where to write the signed document; standard output if absent.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Verify {
    /// The signed document; - for standard input.
    #[arg(long = "in")]
    input: PathBuf,
    /// Trusted roots (PEM).
    #[arg(long)]
    roots: PathBuf,
    /// A signer that needs no consent: SHA-1 of its certificate in hexadecimal digits.
    #[arg(long, value_parser = thumbprint)]
    known: Vec<Thumbprint>,
    /// A signer that needs no consent: its certificate's SUBJECT|ISSUER.
    #[arg(long, value_parser = trusted_name)]
    known_name: Vec<TrustedName>,
    /// The user refuses a signer that is not known.
    #[arg(long)]
    no_consent: bool,
    /// The instant to verify at (RFC 3339); now if absent.
    #[arg(long)]
    at: Option<Timestamp>,
}

#[derive(Args)]
pub(super) struct Apply {
    /// The document; - for standard input.
    #[arg(long = "in")]
    input: PathBuf,
    /// Trusted roots (PEM).
    #[arg(long)]
    roots: PathBuf,
    /// Who performs it: simulated has one modem and Wi-Fi, and everything succeeds.
    #[arg(long, default_value = "simulated", value_parser = ["simulated", "network-manager"])]
    agent: String,
    /// The document comes from the operator's app of this service number, in braces; it may be
    /// unsigned then.
    #[arg(long, value_parser = service_number)]
    operator_app: Option<Guid>,
    /// The instant to apply it at (RFC 3339); now if absent.
    #[arg(long)]
    at: Option<Timestamp>,
}

pub(super) fn run(command: ProvisionCommand) -> Result<ExitCode> {
    match command {
        ProvisionCommand::Build(args) => build(&args),
        ProvisionCommand::Sign(args) => sign(&args),
        ProvisionCommand::Verify(args) => verify(&args),
        ProvisionCommand::Apply(args) => apply(&args),
        ProvisionCommand::Lint { input } => {
            let findings = provision::lint_document(&read(&input)?);
            print(&findings)?;
            Ok(ExitCode::from(u8::from(!findings.errors.is_empty())))
        }
    }
}

fn build(args: &Build) -> Result<ExitCode> {
    let catalog = Catalog::load(&args.catalog).map_err(|findings| {
        let lines: Vec<_> = findings.iter().map(super::line).collect();
        anyhow!("the catalogue has errors:\n  {}", lines.join("\n  "))
    })?;
    let order: ProvisionOrder =
        serde_json::from_slice(&read(&args.order)?).context("the order is not as it should be")?;
    let document = provision::build(&catalog, &order)?;
    write(args.out.as_deref(), document.as_str())
}

fn sign(args: &Sign) -> Result<ExitCode> {
    let key = match (&args.key, &args.pkcs11) {
        (Some(file), None) => KeySource::File(file.clone()),
        (None, Some(uri)) => {
            let module = args.pkcs11_module.as_deref();
            let token = TokenKey::parse(uri, module, args.pin_env.as_deref());
            KeySource::Token(token.map_err(|error| anyhow!("--pkcs11 {error}"))?)
        }
        (Some(_), Some(_)) | (None, None) => bail!("give either --key or --pkcs11"),
    };
    let algorithm = match args.algorithm.as_str() {
        "rsa-sha1" => Algorithm::RsaSha1,
        _ => Algorithm::RsaSha256,
    };
    let now = SystemClock.now();
    let place = KeyPlace { chain: args.cert.clone(), key };
    log::start(&LogConfig { format: LogFormat::Text, level: LogLevel::Info });
    let key = SigningKey { signer: load_signer(&place, algorithm, now)?, algorithm };
    let operator = ["SUDO_USER", "LOGNAME", "USER"].into_iter().find_map(|v| std::env::var(v).ok());
    let operator = operator.unwrap_or_else(|| "unknown".to_owned());
    let signed = provision::sign_document(&read(&args.input)?, &key, &operator, now)?;
    write(args.out.as_deref(), &signed)
}

fn verify(args: &Verify) -> Result<ExitCode> {
    let judgement = Judgement {
        roots: read_chain(&args.roots)?,
        known: args.known.clone(),
        known_names: args.known_name.clone(),
        consent: if args.no_consent { Consent::Refused } else { Consent::Given },
        at: args.at.unwrap_or_else(|| SystemClock.now()),
    };
    let verdict = provision::verify_document(&read(&args.input)?, &judgement);
    print(&verdict)?;
    Ok(ExitCode::from(u8::from(verdict.result != 0)))
}

fn apply(args: &Apply) -> Result<ExitCode> {
    if args.agent == "network-manager" {
        bail!("the agent network-manager is not part of this build; use --agent simulated");
    }
    let judgement = Judgement {
        roots: read_chain(&args.roots)?,
        known: Vec::new(),
        known_names: Vec::new(),
        consent: Consent::Given,
        at: args.at.unwrap_or_else(|| SystemClock.now()),
    };
    let applied =
        provision::apply_simulated(&read(&args.input)?, &judgement, args.operator_app.clone())?;
    say(&applied.results)?;
    for warning in &applied.warnings {
        eprintln!("warning: {warning}");
    }
    Ok(ExitCode::from(u8::from(applied.number != 0)))
}

fn pkcs11_uri(text: &str) -> Result<String, String> {
    // Module and PIN may stand elsewhere; whatever else is wrong is wrong usage.
    match TokenKey::parse(text, None, None) {
        Ok(_) | Err(TokenKeyError::Module | TokenKeyError::Pin) => Ok(text.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn thumbprint(text: &str) -> Result<Thumbprint, String> {
    Thumbprint::parse(text).ok_or_else(|| "needs 40 hexadecimal digits".to_owned())
}

/// Either name may hold a `|` of its own, so each one is tried.
fn trusted_name(text: &str) -> Result<TrustedName, String> {
    let splits = text.match_indices('|').filter_map(|(at, _)| text.split_at_checked(at));
    let mut names = splits
        .filter_map(|(subject, rest)| TrustedName::parse(subject, rest.strip_prefix('|')?).ok());
    names.next().ok_or_else(|| "needs SUBJECT|ISSUER, each a name such as CN=a, C=NO".to_owned())
}

fn service_number(text: &str) -> Result<Guid, String> {
    Guid::parse(text).map_err(|_| "needs a GUID in braces".to_owned())
}

/// Reads a file, or standard input, as far as a document may go.
fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One octet more than the reader takes, so that it is the reader who refuses.
    let limit = u64::try_from(limits::BYTES_MAX)?.saturating_add(1);
    let cannot = || format!("cannot read {}", path.display());
    if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).context("standard input")?;
    } else {
        let file = std::fs::File::open(path).with_context(cannot)?;
        file.take(limit).read_to_end(&mut bytes).with_context(cannot)?;
    }
    Ok(bytes)
}

/// Writes a document to a file that is its owner's alone, as it may hold passwords, or to
/// standard output, without anything behind it.
fn write(path: Option<&Path>, text: &str) -> Result<ExitCode> {
    match path {
        Some(path) => {
            let cannot = || format!("cannot write {}", path.display());
            let mut file = OpenOptions::new();
            file.write(true).create(true).truncate(true).mode(0o600);
            let mut file = file.open(path).with_context(cannot)?;
            file.write_all(text.as_bytes()).with_context(cannot)?;
        }
        None => std::io::stdout()
            .lock()
            .write_all(text.as_bytes())
            .context("cannot write the output")?,
    }
    Ok(ExitCode::SUCCESS)
}
