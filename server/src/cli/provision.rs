//! Arguments, files and exit codes of `broadgate provision`.
//!
//! Not here: what the commands decide ([`crate::provision`]).
#![expect(clippy::print_stdout, reason = "a command's output")]

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use api::machine::ProvisionOrder;
use carrier::chain::{Thumbprint, TrustedName};
use carrier::document::Guid;
use carrier::dsig::Algorithm;
use carrier::verify::Consent;
use clap::{Args, Subcommand};
use domain::Timestamp;
use serde::Serialize;

use crate::catalog::Catalog;
use crate::clock::{Clock as _, SystemClock};
use crate::keys::{KeyPlace, KeySource, TokenKey, load_signer, read_chain};
use crate::provision::{self, Judgement};

/// Largest file that is read: twice the largest document.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

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
    #[arg(long)]
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
    #[arg(long)]
    known: Vec<String>,
    /// A signer that needs no consent: its certificate's SUBJECT|ISSUER.
    #[arg(long)]
    known_name: Vec<String>,
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
    #[arg(long)]
    operator_app: Option<String>,
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
    let signer = load_signer(&place, algorithm, now)?;
    let signed = provision::sign_document(&read(&args.input)?, signer.as_ref(), algorithm, now)?;
    write(args.out.as_deref(), &signed)
}

fn verify(args: &Verify) -> Result<ExitCode> {
    let known = args.known.iter().map(|text| {
        Thumbprint::parse(text)
            .ok_or_else(|| anyhow!("--known {text}: needs 40 hexadecimal digits"))
    });
    let names = args.known_name.iter().map(|text| {
        let (subject, issuer) = text
            .split_once('|')
            .ok_or_else(|| anyhow!("--known-name {text}: needs SUBJECT|ISSUER"))?;
        TrustedName::parse(subject, issuer).with_context(|| format!("--known-name {text}"))
    });
    let judgement = Judgement {
        roots: read_chain(&args.roots)?,
        known: known.collect::<Result<_>>()?,
        known_names: names.collect::<Result<_>>()?,
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
    let app = match &args.operator_app {
        None => None,
        Some(text) => {
            let form = "--operator-app: needs a GUID in braces";
            Some(Guid::parse(text).context(form)?)
        }
    };
    let judgement = Judgement {
        roots: read_chain(&args.roots)?,
        known: Vec::new(),
        known_names: Vec::new(),
        consent: Consent::Given,
        at: args.at.unwrap_or_else(|| SystemClock.now()),
    };
    let applied = provision::apply_simulated(&read(&args.input)?, &judgement, app)?;
    println!("{}", applied.results);
    for warning in &applied.warnings {
        eprintln!("warning: {warning}");
    }
    Ok(ExitCode::from(u8::from(applied.number != 0)))
}

fn print(value: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Reads a file of at most [`FILE_BYTES_MAX`], or standard input.
fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = FILE_BYTES_MAX.saturating_add(1);
    let shown = path.display();
    if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).context("standard input")?;
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("cannot read {shown}"))?;
        file.take(limit).read_to_end(&mut bytes).with_context(|| format!("cannot read {shown}"))?;
    }
    if u64::try_from(bytes.len())? > FILE_BYTES_MAX {
        bail!("{shown} is larger than {FILE_BYTES_MAX} bytes");
    }
    Ok(bytes)
}

/// Writes a document to a file or to standard output, without anything behind it.
fn write(path: Option<&Path>, text: &str) -> Result<ExitCode> {
    match path {
        Some(path) => std::fs::write(path, text)
            .with_context(|| format!("cannot write {}", path.display()))?,
        None => std::io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}
