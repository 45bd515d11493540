//! `ranges_file`: ranges of `[match]` in a compact form, for brands with very many.
//!
//! Lines of `imsi,START,END` or `iccid,START,END`; nothing else. Not here: what makes a range
//! valid, which the index decides.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use domain::identity::{Iccid, Imsi};

use crate::config::values::Read;

/// Most lines of a file.
const RANGES_MAX: usize = 1_000_000;
/// Longest line, its end included: two ICCIDs with their kind.
const LINE_BYTES_MAX: u64 = 64;

/// The ranges of a file, in its order.
#[derive(Default)]
pub(super) struct Ranges {
    /// Those of ICCIDs.
    pub(super) iccids: Vec<(Iccid, Iccid)>,
    /// Those of IMSIs.
    pub(super) imsis: Vec<(Imsi, Imsi)>,
}

/// Reads a file, up to its first error.
pub(super) fn read(path: &Path) -> Read<Ranges> {
    let shown = path.display();
    let unreadable = |error| format!("{shown} cannot be read: {error}");
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut ranges = Ranges::default();
    let mut line = String::new();
    for number in 1_usize.. {
        line.clear();
        let count = file.by_ref().take(LINE_BYTES_MAX).read_line(&mut line).map_err(unreadable)?;
        if count == 0 {
            break;
        }
        if number > RANGES_MAX {
            return Err(format!("{shown} has more than {RANGES_MAX} lines; split the brand"));
        }
        add(&mut ranges, line.trim_end_matches(['\n', '\r']))
            .map_err(|message| format!("{shown}, line {number}: {message}"))?;
    }
    Ok(ranges)
}

fn add(ranges: &mut Ranges, line: &str) -> Read<()> {
    let wanted = "needs imsi,START,END or iccid,START,END";
    let mut fields = line.split(',');
    let (Some(kind), Some(start), Some(end), None) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(wanted.to_owned());
    };
    match kind {
        "imsi" => ranges.imsis.push(both(Imsi::parse, start, end)?),
        "iccid" => ranges.iccids.push(both(Iccid::parse, start, end)?),
        _ => return Err(wanted.to_owned()),
    }
    Ok(())
}

fn both<T, E: Display>(parse: fn(&str) -> Result<T, E>, start: &str, end: &str) -> Read<(T, T)> {
    let start = parse(start).map_err(|error| format!("its start is no such number: {error}"))?;
    let end = parse(end).map_err(|error| format!("its end is no such number: {error}"))?;
    Ok((start, end))
}
