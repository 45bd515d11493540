//! Arguments and exit codes of `broadgate catalog`.
//!
//! Not here: what the commands find ([`crate::catalog`]).
#![expect(clippy::print_stdout, reason = "a command's output")]

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use carrier::chain::inspect;
use clap::Subcommand;
use serde::Serialize;

use crate::catalog::gnome;
use crate::catalog::lint::{self, Signers};
use crate::keys::read_chain;

#[derive(Subcommand)]
pub(super) enum CatalogCommand {
    /// Lists what stands against a catalogue.
    Lint {
        /// The catalogue folder.
        folder: PathBuf,
        /// The configuration (TOML) whose signing certificates are compared.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Makes a catalogue of somebody else's data.
    Import {
        #[command(subcommand)]
        source: Source,
    },
}

#[derive(Subcommand)]
pub(super) enum Source {
    /// The public database of providers, serviceproviders.xml.
    Gnome {
        /// The database.
        file: PathBuf,
        /// The folder to write to; its files are kept.
        #[arg(long)]
        out: PathBuf,
    },
}

pub(super) fn run(command: &CatalogCommand) -> Result<ExitCode> {
    match command {
        CatalogCommand::Lint { folder, config } => {
            let signers = config.as_deref().map(signers).transpose()?;
            let findings = lint::lint(folder, signers.as_ref());
            print(&findings)?;
            Ok(ExitCode::from(u8::from(!findings.errors.is_empty())))
        }
        CatalogCommand::Import { source: Source::Gnome { file, out } } => import_gnome(file, out),
    }
}

fn import_gnome(file: &Path, out: &Path) -> Result<ExitCode> {
    let database = carrier::gnome::read(&read(file)?)
        .with_context(|| format!("{} is not as it should be", file.display()))?;
    let import = gnome::import(&database);
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    for (name, text) in &import.files {
        write_new(&out.join(name), text.as_bytes())?;
    }
    print(&import.summary)?;
    Ok(ExitCode::SUCCESS)
}

/// Reads as much as the reader of the database takes.
fn read(path: &Path) -> Result<Vec<u8>> {
    let most = carrier::gnome::POLICY.bytes_max;
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("cannot read {shown}"))?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(most)?.saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).with_context(|| format!("cannot read {shown}"))?;
    if bytes.len() > most {
        bail!("{shown} is larger than {most} bytes");
    }
    Ok(bytes)
}

/// Writes a file that is not there yet; it may hold a password.
fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads the leaf of each signing certificate of a configuration.
fn signers(config: &Path) -> Result<Signers> {
    let config = super::load(Some(config))?;
    let mut signers = Signers::new();
    for (name, source) in &config.signing {
        let chain = read_chain(&source.current.chain)?;
        let leaf = chain.first().with_context(|| format!("[signing.{name}] has no certificate"))?;
        signers.insert(name.clone(), inspect(leaf.as_bytes())?);
    }
    Ok(signers)
}

fn print(value: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}
