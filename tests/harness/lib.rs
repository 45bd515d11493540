//! The harness of the end-to-end tests: a real server, real clients, real outside judges.
//!
//! Not here: assertions about the product, which are the tests' own. Uses only what the product
//! shows to the outside.
//!
//! - [`server_under_test`]: the server in this process, on ports of its own;
//! - [`process`]: the binary as a process;
//! - [`visitor`]: a customer's HTTP client without scripts;
//! - [`browser`]: Chromium through WebDriver;
//! - [`receiver`]: a receiver of webhooks; [`bss`]: an operator's business support system;
//! - [`stripe`], [`operator_account`]: payment providers with books of their own, broken by
//!   [`trouble`]; [`faulty_disk`]: a disk that fails;
//! - [`judges`]: xmlsec1, xmllint, poppler and their like; [`skips`]: what may be skipped.

pub mod server_under_test;
pub mod process;
pub mod visitor;
pub mod browser;
pub mod receiver;
pub mod bss;
pub mod stripe;
pub mod faulty_disk;
pub mod operator_account;
pub mod trouble;
pub mod judges;
pub mod skips;

/// Makes a folder in memory where there is one, for tests that make thousands of commits durable:
/// what a process leaves that is killed is the same there.
///
/// # Errors
/// No folder can be made.
pub fn fast_folder() -> std::io::Result<tempfile::TempDir> {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
}
