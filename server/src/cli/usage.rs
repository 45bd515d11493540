//! `broadgate usage replay`.
//!
//! Not here: what a plan and a trace may say, and what follows ([`crate::usage_replay`]).

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};

use crate::lines::Lines;
use crate::usage_replay::{Plan, Replay};

/// Longest plan that is read: one has a few hundred bytes.
const PLAN_BYTES_MAX: u64 = 64 * 1024;
/// Most warnings that are shown of a trace.
const WARNINGS_SHOWN: usize = 20;

#[derive(Subcommand)]
pub(super) enum UsageCommand {
    /// Prints the events that a trace of traffic, billing and time leads to.
    Replay(ReplayArgs),
}

/// A plan, and what happened under it.
#[derive(Args)]
pub(super) struct ReplayArgs {
    /// The plan (JSON).
    #[arg(long)]
    plan: PathBuf,
    /// What happened, one JSON object a line in time order; - for standard input.
    trace: PathBuf,
}

pub(super) fn run(command: &UsageCommand) -> Result<ExitCode> {
    match command {
        UsageCommand::Replay(args) => replay(args),
    }
}

fn replay(args: &ReplayArgs) -> Result<ExitCode> {
    let shown = args.plan.display();
    let file = File::open(&args.plan).with_context(|| format!("cannot read {shown}"))?;
    let mut text = Vec::new();
    let limit = PLAN_BYTES_MAX.saturating_add(1);
    file.take(limit).read_to_end(&mut text).with_context(|| format!("cannot read {shown}"))?;
    if u64::try_from(text.len()).is_ok_and(|length| length > PLAN_BYTES_MAX) {
        bail!("{shown}: longer than {PLAN_BYTES_MAX} bytes: this is no plan");
    }
    let plan = Plan::read(&text).with_context(|| format!("{shown}: the plan is refused"))?;
    let mut out = BufWriter::new(io::stdout().lock());
    if args.trace == Path::new("-") {
        return print(plan, "standard input", &mut io::stdin().lock(), &mut out);
    }
    let shown = args.trace.display().to_string();
    let file = File::open(&args.trace).with_context(|| format!("cannot read {shown}"))?;
    print(plan, &shown, &mut BufReader::new(file), &mut out)
}

/// Prints the events of each line before the next line is read.
fn print(
    plan: Plan,
    shown: &str,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let mut replay = Replay::new(plan);
    let mut lines = Lines::default();
    let mut warned = 0_usize;
    while let Some(line) = lines.next(input).with_context(|| format!("cannot read {shown}"))? {
        let number = line.number;
        let told = replay.line(line.bytes).with_context(|| format!("{shown}, line {number}"))?;
        for event in &told.events {
            serde_json::to_writer(&mut *out, event)?;
            writeln!(out)?;
        }
        if !told.events.is_empty() {
            out.flush()?;
        }
        for warning in &told.warnings {
            warned = warned.saturating_add(1);
            if warned <= WARNINGS_SHOWN {
                eprintln!("warning: {shown}, line {number}: {warning}");
            }
        }
    }
    if warned > WARNINGS_SHOWN {
        let more = warned.saturating_sub(WARNINGS_SHOWN);
        eprintln!("warning: {more} more like these");
    }
    Ok(ExitCode::SUCCESS)
}
