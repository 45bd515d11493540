//! `broadgate match` and `broadgate hwid`.
//!
//! Not here: whose SIM it is ([`domain::matching`]), and what a request may say
//! ([`crate::matching`]).

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use domain::hwid::{Identity, Kind};
use serde_json::{Map, Value};

use crate::catalog::Catalog;
use crate::matching;

/// Most warnings about the catalogue that are shown; `catalog lint` has all.
const WARNINGS_SHOWN: usize = 20;

/// What is known of a SIM, or a file of that.
#[derive(Args)]
pub(super) struct Match {
    /// The catalogue folder.
    #[arg(long)]
    catalog: PathBuf,
    /// The IMSI, if it can be read.
    #[arg(long)]
    imsi: Option<String>,
    /// The ICCID.
    #[arg(long)]
    iccid: Option<String>,
    /// The GSM home provider name.
    #[arg(long)]
    home_provider: Option<String>,
    /// The CDMA system id.
    #[arg(long)]
    sid: Option<String>,
    /// The CDMA provider name.
    #[arg(long)]
    provider_name: Option<String>,
    /// gsm or cdma; gsm if absent.
    #[arg(long)]
    mode: Option<String>,
    /// A PIN hides the IMSI, unless it is given.
    #[arg(long)]
    pin_locked: bool,
    /// A file of requests, one JSON object a line; - for standard input.
    #[arg(long, conflicts_with_all = [
        "imsi", "iccid", "home_provider", "sid", "provider_name", "mode", "pin_locked"
    ])]
    batch: Option<PathBuf>,
}

/// A value that leaves the device hashed.
#[derive(Args)]
pub(super) struct Hwid {
    /// What the value is.
    #[arg(long, value_parser = Kind::ALL.map(Kind::name))]
    kind: String,
    /// Prints what would be hashed.
    #[arg(long)]
    test: bool,
    /// The value in full.
    value: String,
}

pub(super) fn run(args: &Match) -> Result<ExitCode> {
    let catalog = Catalog::load_to_match(&args.catalog).map_err(|findings| {
        let lines: Vec<_> = findings.iter().map(super::line).collect();
        anyhow!("the catalogue has errors:\n  {}", lines.join("\n  "))
    })?;
    warn(&catalog);
    let mut out = io::stdout().lock();
    match &args.batch {
        None => {
            let answer = matching::answer(&catalog.index, &request(args));
            serde_json::to_writer_pretty(&mut out, &answer)?;
            writeln!(out)?;
            Ok(ExitCode::from(u8::from(answer.is_refused())))
        }
        Some(path) if path == Path::new("-") => batch(&catalog, &mut io::stdin().lock(), &mut out),
        Some(path) => {
            let shown = path.display();
            let file = File::open(path).with_context(|| format!("cannot read {shown}"))?;
            batch(&catalog, &mut BufReader::new(file), &mut out)
        }
    }
}

/// Shows what is odd about the targets; the rest is of no matter here.
fn warn(catalog: &Catalog) {
    let is_of_match = |key: &String| key.starts_with("match");
    let odd = catalog.warnings.iter().filter(|found| found.key.as_ref().is_some_and(is_of_match));
    for warning in odd.clone().take(WARNINGS_SHOWN) {
        eprintln!("warning: {}", super::line(warning));
    }
    let more = odd.count().saturating_sub(WARNINGS_SHOWN);
    if more > 0 {
        eprintln!("warning: {more} more; `broadgate catalog lint` lists them");
    }
}

/// The flags are a line of a batch, so that both mean the same.
fn request(args: &Match) -> Map<String, Value> {
    let texts = [
        ("imsi", &args.imsi),
        ("iccid", &args.iccid),
        ("home_provider", &args.home_provider),
        ("sid", &args.sid),
        ("provider_name", &args.provider_name),
        ("mode", &args.mode),
    ];
    let given = texts.into_iter().filter_map(|(key, text)| {
        text.as_ref().map(|text| (key.to_owned(), Value::String(text.clone())))
    });
    let pin_locked = ("pin_locked".to_owned(), Value::Bool(args.pin_locked));
    given.chain([pin_locked]).collect()
}

/// Answers each line before it reads the next, so that memory does not grow with the batch.
fn batch(catalog: &Catalog, input: &mut impl BufRead, out: &mut impl Write) -> Result<ExitCode> {
    let mut is_refused = false;
    let mut lines = matching::Lines::default();
    while let Some(answer) = lines.next(&catalog.index, input).context("cannot read the batch")? {
        is_refused |= answer.is_refused();
        serde_json::to_writer(&mut *out, &answer)?;
        writeln!(out)?;
        out.flush()?;
    }
    Ok(ExitCode::from(u8::from(is_refused)))
}

pub(super) fn hwid(args: &Hwid) -> Result<ExitCode> {
    let kind = Kind::parse(&args.kind).ok_or_else(|| anyhow!("unknown kind"))?;
    let identity = Identity::of_value(kind, &args.value);
    let identity = identity.with_context(|| format!("not a value of {}", kind.name()))?;
    let shown = if args.test { identity.canonical() } else { identity.hwid().to_string() };
    super::say(&shown)?;
    Ok(ExitCode::SUCCESS)
}
