//! `[match]`: the lists that say whose SIMs are a brand's own [MATCH-08].
//!
//! Not here: what makes a range valid or a claim unique, which the index decides
//! ([`domain::matching`], reported by [`super::conflicts`]).

use std::fmt::Display;
use std::path::Path;

use domain::brand::{Network, Targets};
use domain::identity::{Iccid, Imsi};
use domain::matching::Mode;
use toml::de::DeValue;

use crate::config::document::Section;
use crate::config::values::{self, Read};

use super::ranges;

/// Largest system id: 15 bits (3GPP2 C.S0005, section 2.6.5.2).
const SID_MAX: i64 = 32_767;
/// Longest provider name: what fits a SIM and every device report.
const PROVIDER_NAME_CHARS_MAX: usize = 64;

/// Reads the lists; absent when an element is an error.
pub(super) fn read(
    section: &mut Section<'_>,
    network: Option<Network>,
    folder: &Path,
) -> Option<Targets> {
    match section.table("match", |lists| read_lists(lists, network, folder)) {
        Some(targets) => targets,
        None => {
            section.warn("match", "no SIM is this brand's own; list names or ranges in [match]");
            Some(Targets::default())
        }
    }
}

fn read_lists(
    section: &mut Section<'_>,
    network: Option<Network>,
    folder: &Path,
) -> Option<Targets> {
    let home_provider_names = section.list("home_provider_names", home_provider_name);
    let mut iccid_ranges = section.list("iccid_ranges", range(Iccid::parse));
    let mut imsi_ranges = section.list("imsi_ranges", range(Imsi::parse));
    let file = |value: &DeValue<'_>| ranges::read(&folder.join(values::text(value)?));
    if let Some(more) = section.optional("ranges_file", file) {
        iccid_ranges = iccid_ranges.map(|listed| joined(listed, more.iccids));
        imsi_ranges = imsi_ranges.map(|listed| joined(listed, more.imsis));
    }
    let sids = section.list("sids", |value| {
        let sid = values::integer(1..=SID_MAX)(value)?;
        u16::try_from(sid).map_err(|error| error.to_string())
    });
    let provider_names = section.list("provider_names", provider_name);
    let lists = [
        (Mode::Gsm, "home_provider_names", home_provider_names.as_ref().map(Vec::len)),
        (Mode::Gsm, "iccid_ranges", iccid_ranges.as_ref().map(Vec::len)),
        (Mode::Gsm, "imsi_ranges", imsi_ranges.as_ref().map(Vec::len)),
        (Mode::Cdma, "sids", sids.as_ref().map(Vec::len)),
        (Mode::Cdma, "provider_names", provider_names.as_ref().map(Vec::len)),
    ];
    for (mode, key, count) in lists {
        if count != Some(0) && network.is_some_and(|network| !mode.serves(network)) {
            section.warn(key, "is not used: `network` is of the other kind");
        }
    }
    let targets = Targets {
        home_provider_names: home_provider_names?,
        iccid_ranges: iccid_ranges?,
        imsi_ranges: imsi_ranges?,
        sids: sids?,
        provider_names: provider_names?,
    };
    if targets == Targets::default() {
        section.warn("", "no SIM is this brand's own; list names or ranges");
    }
    Some(targets)
}

/// Puts what is listed in front of what a file has, which may be a million: those are not copied.
fn joined<T>(listed: Vec<T>, mut more: Vec<T>) -> Vec<T> {
    more.splice(0..0, listed);
    more
}

/// Reads a name that is compared exactly.
fn provider_name(value: &DeValue<'_>) -> Read<String> {
    let text = values::text(value)?;
    let count = text.chars().count();
    if text.trim().is_empty() {
        Err("empty; an empty name matches nothing".to_owned())
    } else if text.chars().any(char::is_control) {
        Err("has control characters; remove them".to_owned())
    } else if count > PROVIDER_NAME_CHARS_MAX {
        Err(format!("has {count} characters; shorten it to {PROVIDER_NAME_CHARS_MAX} at most"))
    } else {
        Ok(text.to_owned())
    }
}

/// Reads a name from which Windows trims trailing blanks before it compares [MATCH-21].
fn home_provider_name(value: &DeValue<'_>) -> Read<String> {
    let name = provider_name(value)?;
    if name.ends_with(' ') {
        Err("can never match: blanks at the end of a SIM's name are trimmed; remove them"
            .to_owned())
    } else {
        Ok(name)
    }
}

fn range<T, E: Display>(
    parse: impl Fn(&str) -> Result<T, E>,
) -> impl Fn(&DeValue<'_>) -> Read<(T, T)> {
    move |value| {
        let wanted = "needs two numbers in quotes, such as [\"…00\", \"…99\"]";
        let ends = value.as_array().ok_or(wanted)?;
        let mut ends = ends.iter().map(|end| end.get_ref().as_str());
        let (Some(Some(start)), Some(Some(end)), None) = (ends.next(), ends.next(), ends.next())
        else {
            return Err(wanted.to_owned());
        };
        let start =
            parse(start).map_err(|error| format!("its start is no such number: {error}"))?;
        let end = parse(end).map_err(|error| format!("its end is no such number: {error}"))?;
        Ok((start, end))
    }
}

/// Reads a range of IMSIs.
pub(super) fn imsi_range(value: &DeValue<'_>) -> Read<(Imsi, Imsi)> {
    range(Imsi::parse)(value)
}

/// Reads a range of ICCIDs.
pub(super) fn iccid_range(value: &DeValue<'_>) -> Read<(Iccid, Iccid)> {
    range(Iccid::parse)(value)
}
