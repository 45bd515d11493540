//! Replays what the fuzz targets found interesting, so that it is held to on every run.
//!
//! A corpus is a folder of files, each one input; `crates/carrier/fuzz` adds to it. Not here:
//! what must hold of an input ([`properties`]).

mod properties;

use std::path::{Path, PathBuf};

use carrier::read::read;
use carrier::xml::parse;

/// Fewer inputs than this are no corpus: the tests would pass without testing.
const INPUTS_MIN: usize = 50;
/// Most bytes of a corpus, so that a clone stays small.
const CORPUS_BYTES_MAX: usize = 300 * 1024;

/// The inputs of a corpus in the order of their names.
fn inputs(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora").join(name);
    let entries = std::fs::read_dir(&folder).expect("the folder of the corpus");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.into_iter().map(|file| (file.clone(), std::fs::read(file).expect("a file"))).collect()
}

/// Holds every input to its property; at least one must be accepted, or the property says little.
#[track_caller]
fn replay(name: &str, property: fn(&[u8]), is_accepted: fn(&[u8]) -> bool) {
    let inputs = inputs(name);
    assert!(inputs.len() >= INPUTS_MIN, "{name}: {} inputs", inputs.len());
    let size: usize = inputs.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(size <= CORPUS_BYTES_MAX, "{name}: {size} bytes");
    let broken: Vec<&PathBuf> = inputs
        .iter()
        .filter(|(_, bytes)| std::panic::catch_unwind(|| property(bytes)).is_err())
        .map(|(file, _)| file)
        .collect();
    assert!(broken.is_empty(), "{name}: broken by {broken:?}");
    let accepted = inputs.iter().filter(|(_, bytes)| is_accepted(bytes)).count();
    assert!((1..inputs.len()).contains(&accepted), "{name}: {accepted} of {}", inputs.len());
}

#[test]
fn what_is_read_is_written_and_read_again() {
    replay("read", properties::read, |bytes| read(bytes).is_ok());
}

#[test]
fn canonical_forms_are_their_own() {
    replay("canonicalise", properties::canonicalise, |bytes| parse(bytes).is_ok());
}

/// Both verdicts are in the corpus, for the nearest neighbours of what verifies.
#[test]
fn nothing_verifies_that_the_key_did_not_sign() {
    replay("verify", properties::verify, properties::verifies);
}
