//! Arguments, files and exit codes of `broadgate voucher`.
//!
//! They work beside a server on the same data folder. Not here: what a batch is
//! ([`crate::vouchers`]).

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand, ValueEnum};
use domain::Timestamp;
use domain::brand::{Brand, BrandId, PlanId};
use domain::code::Id;
use domain::voucher::{BATCH_MAX, Terms};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{load, open_store, print};
use crate::admin::people::audit;
use crate::catalog::Catalog;
use crate::clock::{Clock as _, SystemClock};
use crate::pdf::unprintable;
use crate::reload;
use crate::store::vouchers::{Used, VouchersCommand, VouchersStore as _};
use crate::store::{Command, Store as _, StoreError};
use crate::texts::Languages;
use crate::vouchers::issue::{BatchFile, Issue, PDF_MAX, last_day};
use crate::vouchers::key::Key;

/// Who did it, in the audit.
const ACTOR: &str = "command-line";
/// Most batches that are listed.
const LISTED_MAX: u32 = 10_000;

#[derive(Subcommand)]
pub(super) enum VoucherCommand {
    /// Makes a batch of vouchers and writes their codes into a file, the only place they are in.
    Create(Create),
    /// Lists the batches, newest first.
    List(Place),
    /// Withdraws a batch: its vouchers pay nothing any more, orders that they paid stay paid.
    Withdraw {
        /// The batch's id.
        #[arg(value_parser = batch_id)]
        batch: Id,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args)]
pub(super) struct Place {
    /// The configuration file (TOML).
    #[arg(long)]
    config: Option<PathBuf>,
    /// The data folder.
    #[arg(long)]
    data: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Create {
    #[command(flatten)]
    place: Place,
    /// The catalogue folder; that of the configuration if absent.
    #[arg(long)]
    catalog: Option<PathBuf>,
    /// The brand's id.
    #[arg(long, value_parser = brand_id)]
    brand: BrandId,
    /// The id of the plan that each voucher pays.
    #[arg(long, value_parser = plan_id)]
    plan: PlanId,
    /// How many vouchers.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(BATCH_MAX)))]
    count: u32,
    /// The first day on which they can be used (YYYY-MM-DD, UTC); at once if absent.
    #[arg(long)]
    valid_from: Option<Date>,
    /// The last day on which they can be used (YYYY-MM-DD, UTC); for ever if absent.
    #[arg(long)]
    valid_until: Option<Date>,
    /// A table, or sheets of cards to print.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Where to write the codes; nothing that is there is overwritten.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Comma-separated values with a head.
    Csv,
    /// A4 sheets of ten cards.
    Pdf,
}

pub(super) fn run(command: VoucherCommand) -> Result<ExitCode> {
    match command {
        VoucherCommand::Create(args) => create(&args),
        VoucherCommand::List(place) => list(&place),
        VoucherCommand::Withdraw { batch, place } => withdraw(batch, &place),
    }
}

fn create(args: &Create) -> Result<ExitCode> {
    let now = SystemClock.now();
    let terms = terms(args, now)?;
    let (catalog, data) = catalog_and_data(args)?;
    let brand = catalog.brands.get(&args.brand);
    let brand = brand.with_context(|| {
        let known: Vec<_> = catalog.brands.keys().map(ToString::to_string).collect();
        format!("--brand {}: the catalogue has {}", args.brand, known.join(", "))
    })?;
    let plan = brand.plan(&args.plan).with_context(|| {
        let known: Vec<_> = brand.plans.iter().map(|plan| plan.id.to_string()).collect();
        format!("--plan {}: brand {} sells {}", args.plan, brand.id, known.join(", "))
    })?;
    if !catalog.vouchers.contains(&brand.id) {
        bail!("brand {} takes no vouchers: set `vouchers = true` in its file", brand.id);
    }
    let store = open_store(&data)?;
    let issue = Issue::new(terms, args.count, now);
    let bytes = match args.format {
        Format::Csv => issue.csv()?,
        Format::Pdf if args.count > PDF_MAX => {
            bail!("a PDF takes at most {PDF_MAX} vouchers: use --format csv, or more batches")
        }
        Format::Pdf => {
            warn_of_letters(brand)?;
            let languages = Languages::load().map_err(|error| anyhow!(error))?;
            issue.pdf(languages.choose(None), brand, plan)?
        }
    };
    let command = issue.command(&Key::load_or_make(&data)?);
    let file = BatchFile::write(&args.out, &bytes)?;
    let batch = &issue.batch;
    let entry = audit(now, ACTOR, "voucher.create", &batch.id.to_string());
    let commands = vec![command, Command::Audit(entry)];
    if let Err(error) = in_runtime(store.commit(commands))? {
        file.discard();
        return Err(error.into());
    }
    file.finish()?;
    print(&described(&Used { batch: batch.clone(), redeemed: 0 }))?;
    Ok(ExitCode::SUCCESS)
}

fn terms(args: &Create, now: Timestamp) -> Result<Terms> {
    let midnight = |date: Date| {
        let zoned = date.to_zoned(TimeZone::UTC);
        zoned.map(|zoned| zoned.timestamp()).with_context(|| format!("{date} is out of range"))
    };
    let ends_at = match args.valid_until {
        Some(last) => Some(midnight(last.tomorrow()?)?),
        None => None,
    };
    let starts_at = args.valid_from.map(midnight).transpose()?;
    if let Some(last) = args.valid_until.filter(|_| ends_at.is_some_and(|end| end <= now)) {
        bail!("--valid-until {last} is over");
    }
    if ends_at.is_some_and(|end| starts_at.is_some_and(|start| start >= end)) {
        bail!("--valid-from is after --valid-until");
    }
    Ok(Terms { brand: args.brand.clone(), plan: args.plan.clone(), starts_at, ends_at })
}

fn catalog_and_data(args: &Create) -> Result<(Catalog, PathBuf)> {
    let config = load(args.place.config.as_deref())?;
    let catalog = match &args.catalog {
        Some(folder) => Catalog::load(folder).map_err(|findings| {
            let lines: Vec<_> = findings.iter().map(super::line).collect();
            anyhow!("the catalogue has errors:\n  {}", lines.join("\n  "))
        })?,
        None => reload::read(&config)?,
    };
    Ok((catalog, args.place.data.clone().unwrap_or(config.data)))
}

/// Says which of a brand's names would not be printed as they are.
fn warn_of_letters(brand: &Brand) -> Result<()> {
    for name in [&brand.name].into_iter().chain(brand.plans.iter().map(|plan| &plan.name)) {
        if let Some(letter) = unprintable(name)? {
            eprintln!("warning: {name}: {letter} is not in the font of the cards");
        }
    }
    Ok(())
}

fn list(place: &Place) -> Result<ExitCode> {
    let store = open_store(&data(place)?)?;
    let batches = in_runtime(store.voucher_batches(LISTED_MAX))??;
    let batches: Vec<_> = batches.iter().map(described).collect();
    print(&serde_json::json!({ "batches": batches }))?;
    Ok(ExitCode::SUCCESS)
}

fn withdraw(batch: Id, place: &Place) -> Result<ExitCode> {
    let store = open_store(&data(place)?)?;
    let at = SystemClock.now();
    let entry = audit(at, ACTOR, "voucher.withdraw", &batch.to_string());
    let withdraw = Command::Vouchers(VouchersCommand::Withdraw { batch, at });
    match in_runtime(store.commit(vec![withdraw, Command::Audit(entry)]))? {
        Ok(()) => {}
        Err(StoreError::Missing) => bail!("there is no batch {batch}: see `voucher list`"),
        Err(StoreError::Duplicate) => bail!("batch {batch} was withdrawn before"),
        Err(error) => return Err(error.into()),
    }
    let batches = in_runtime(store.voucher_batches(LISTED_MAX))??;
    let found = batches.iter().find(|used| used.batch.id == batch);
    print(&found.map(described))?;
    Ok(ExitCode::SUCCESS)
}

fn data(place: &Place) -> Result<PathBuf> {
    let of_config = || load(place.config.as_deref()).map(|config| config.data);
    place.data.clone().map_or_else(of_config, Ok)
}

fn in_runtime<T>(work: impl Future<Output = T>) -> Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().build()?.block_on(work))
}

/// Describes a batch as JSON, without anything of its codes.
fn described(used: &Used) -> serde_json::Value {
    let Used { batch, redeemed } = used;
    let terms = &batch.terms;
    let first = terms.starts_at.map(|at| at.to_zoned(TimeZone::UTC).date());
    serde_json::json!({
        "id": batch.id.to_string(),
        "brand": terms.brand.as_str(),
        "plan": terms.plan.as_str(),
        "count": batch.count,
        "redeemed": redeemed,
        "valid_from": first.map(|date| date.to_string()),
        "valid_until": last_day(terms).map(|date| date.to_string()),
        "created_at": batch.created_at.to_string(),
        "withdrawn_at": batch.withdrawn_at.map(|at| at.to_string()),
    })
}

fn batch_id(text: &str) -> Result<Id, String> {
    Id::parse(text).ok_or_else(|| "needs the id of a batch, as `voucher list` prints it".to_owned())
}

fn brand_id(text: &str) -> Result<BrandId, String> {
    BrandId::parse(text).ok_or_else(|| "needs 1 to 64 characters of a-z, 0-9 and -".to_owned())
}

fn plan_id(text: &str) -> Result<PlanId, String> {
    let form = "needs 1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'";
    PlanId::parse(text).ok_or_else(|| form.to_owned())
}
