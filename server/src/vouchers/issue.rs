//! A new batch of vouchers: its codes, which only its file ever holds, and that file.
//!
//! Not here: the words on a card ([`crate::pages::voucher`]), and the command's arguments.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use domain::brand::{Brand, Plan};
use domain::voucher::{Terms, VoucherCode};
use domain::{SignedDuration, Timestamp};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::key::Key;
use crate::entropy;
use crate::pages::voucher::cards;
use crate::store::Command;
use crate::store::vouchers::{Batch, VouchersCommand};
use crate::texts::Texts;

/// Most vouchers of a PDF: a thousand sheets. More are for a print shop, which takes the CSV.
pub const PDF_MAX: u32 = 10_000;

/// A batch with its codes. It has no `Debug`: codes are money.
pub struct Issue {
    /// The batch.
    pub batch: Batch,
    /// The codes, in the order of their numbers.
    codes: Vec<VoucherCode>,
}

impl Issue {
    /// Draws the codes of a batch.
    #[must_use]
    pub fn new(terms: Terms, count: u32, now: Timestamp) -> Self {
        let (mut drawn, mut codes) = (BTreeSet::new(), Vec::new());
        while codes.len() < usize::try_from(count).unwrap_or(0) {
            let code = VoucherCode::from_random(entropy::bytes());
            if drawn.insert(code.clone()) {
                codes.push(code);
            }
        }
        let id = entropy::id(now);
        Self { batch: Batch { id, terms, count, created_at: now, withdrawn_at: None }, codes }
    }

    /// Returns what is stored of it: the hashes of its codes.
    #[must_use]
    pub fn command(&self, key: &Key) -> Command {
        let hashes = self.codes.iter().map(|code| key.hash(code)).collect();
        Command::Vouchers(VouchersCommand::Create { batch: self.batch.clone(), hashes })
    }

    /// Writes it as CSV (RFC 4180) with a head.
    ///
    /// # Errors
    /// Not for any batch.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let head = ["code", "batch", "number", "brand", "plan", "valid_from", "valid_until"];
        writer.write_record(head)?;
        let terms = &self.batch.terms;
        let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date().to_string();
        let from = terms.starts_at.map(day).unwrap_or_default();
        let until = last_day(terms).map(|date| date.to_string()).unwrap_or_default();
        let batch = self.batch.id.to_string();
        for (number, code) in (1_u32..).zip(&self.codes) {
            let (code, number) = (code.in_groups(), number.to_string());
            let (brand, plan) = (terms.brand.as_str(), terms.plan.as_str());
            writer.write_record([&code, &batch, &number, brand, plan, &from, &until])?;
        }
        writer.into_inner().context("the CSV was not written")
    }

    /// Writes it as sheets of cards.
    ///
    /// # Errors
    /// The PDF cannot be made.
    pub fn pdf(&self, texts: &Texts, brand: &Brand, plan: &Plan) -> Result<Vec<u8>> {
        Ok(cards(texts, (brand, plan), &self.batch, &self.codes).write()?)
    }
}

/// Returns the last day on which vouchers can be used, in UTC.
#[must_use]
pub fn last_day(terms: &Terms) -> Option<Date> {
    let last = terms.ends_at?.checked_sub(SignedDuration::from_millis(1)).ok()?;
    Some(last.to_zoned(TimeZone::UTC).date())
}

/// The file of a batch, which is whole under another name before the batch is in the database.
///
/// A crash before the commit leaves codes that nobody takes; a crash after it leaves codes that
/// are good, under that other name. Nothing that is there is overwritten.
pub struct BatchFile {
    path: PathBuf,
    beside: PathBuf,
}

impl BatchFile {
    /// Writes the bytes under the other name, for their owner alone.
    ///
    /// # Errors
    /// Either name is taken, or the file cannot be written.
    pub fn write(path: &Path, bytes: &[u8]) -> Result<Self> {
        if path.symlink_metadata().is_ok() {
            bail!("{} is there already: choose another --out", path.display());
        }
        let Some(name) = path.file_name() else {
            bail!("{} names no file: choose another --out", path.display());
        };
        let mut name = name.to_owned();
        name.push(".unfinished");
        let beside = path.with_file_name(name);
        let cannot = || format!("cannot write {}", beside.display());
        let mut file = OpenOptions::new();
        let mut file =
            file.write(true).create_new(true).mode(0o600).open(&beside).with_context(|| {
                format!(
                    "{}: if it is of a command that was stopped, see its batch with `voucher list`",
                    cannot()
                )
            })?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        let made = Self { path: path.to_owned(), beside };
        match written.and_then(|()| made.sync_folder()) {
            Ok(()) => Ok(made),
            Err(error) => {
                let cannot = format!("cannot write {}", made.beside.display());
                made.discard();
                Err(error).context(cannot)
            }
        }
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// The name was taken meanwhile; the codes are good, and where they are stands there.
    pub fn finish(self) -> Result<()> {
        let linked = std::fs::hard_link(&self.beside, &self.path);
        linked
            .and_then(|()| std::fs::remove_file(&self.beside))
            .and_then(|()| self.sync_folder())
            .with_context(|| {
                format!(
                    "the batch is made, but its file cannot be named {}: it is {}",
                    self.path.display(),
                    self.beside.display()
                )
            })
    }

    /// Removes the file of a batch that is not made.
    pub fn discard(self) {
        // What stays is of no use to anybody: its codes are unknown.
        let _ = std::fs::remove_file(&self.beside);
    }

    fn sync_folder(&self) -> std::io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}
