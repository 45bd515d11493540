//! `broadgate backup` and `broadgate restore`.
//!
//! Not here: what a backup is ([`crate::backup`]).

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::{load, print};
use crate::backup::{self, Present, Report};

#[derive(Args)]
pub(super) struct Backup {
    /// The configuration file (TOML), for its data folder.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The data folder.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The file to write, which must not be there.
    #[arg(long)]
    to: PathBuf,
}

#[derive(Args)]
pub(super) struct Restore {
    /// The backup.
    #[arg(long)]
    from: PathBuf,
    /// The configuration file (TOML), for its data folder.
    #[arg(long)]
    config: Option<PathBuf>,
    /// The data folder.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Looks the backup through and restores nothing.
    #[arg(long)]
    check: bool,
    /// Takes the place of a database that is there, which is kept as replaced.sqlite.
    #[arg(long)]
    replace: bool,
}

/// Takes a backup.
pub(super) fn backup(args: Backup) -> Result<ExitCode> {
    let data = folder(args.data, args.config.as_deref())?;
    told(&backup::take(&data, &args.to)?)
}

/// Looks a backup through, or puts it back.
pub(super) fn restore(args: Restore) -> Result<ExitCode> {
    if args.check {
        return told(&backup::check(&args.from)?);
    }
    let data = folder(args.data, args.config.as_deref())?;
    let present = if args.replace { Present::Replace } else { Present::Refuse };
    told(&backup::restore(&args.from, &data, present)?)
}

fn folder(data: Option<PathBuf>, config: Option<&Path>) -> Result<PathBuf> {
    data.map_or_else(|| load(config).map(|config| config.data), Ok)
}

fn told(report: &Report) -> Result<ExitCode> {
    for found in &report.inspection.contradictions {
        eprintln!("warning: {}: {}", found.name, found.about.join(", "));
    }
    print(report)?;
    Ok(ExitCode::SUCCESS)
}
