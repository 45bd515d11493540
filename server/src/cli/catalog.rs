//! Arguments and exit codes of `broadgate catalog`.
//!
//! Not here: what the commands find ([`crate::catalog`]).
#![expect(clippy::print_stdout, reason = "a command's output")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use carrier::chain::inspect;
use clap::Subcommand;
use serde::Serialize;

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
}

pub(super) fn run(command: &CatalogCommand) -> Result<ExitCode> {
    match command {
        CatalogCommand::Lint { folder, config } => {
            let signers = config.as_deref().map(signers).transpose()?;
            let findings = lint::lint(folder, signers.as_ref());
            print(&findings)?;
            Ok(ExitCode::from(u8::from(!findings.errors.is_empty())))
        }
    }
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
