//! Skips that are allowed, by name, with their reason, in `tests/allowed-skips.txt`.
//!
//! A test that cannot run where it is says so here; a name that is not in the list fails.

/// The list: a name, a blank, the reason.
const ALLOWED: &str = include_str!("../allowed-skips.txt");

/// Skips a test that is allowed to be skipped.
///
/// # Panics
/// The name is not in the list: skipping it would be silent.
#[expect(clippy::panic, clippy::print_stdout, reason = "a skip that is not allowed is a failure")]
pub fn skip(name: &str, found: &str) {
    let reason = ALLOWED.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    match reason {
        Some(reason) => println!("skipped: {name}: {found} ({reason})"),
        None => panic!("{name} cannot run ({found}) and tests/allowed-skips.txt does not allow it"),
    }
}
