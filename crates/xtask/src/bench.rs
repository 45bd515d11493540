//! What is measured and never enforced: time, and counts of instructions.
//!
//! Not here: the measuring (`crates/carrier/benches`) and what it means (docs/benchmarks.md). No
//! part of `cargo xtask test`: the results depend on machine and compiler.

use anyhow::{Context, Result};

use crate::child;
use crate::workspace::Workspace;

/// What happens to the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counts {
    /// They are printed beside the recorded ones.
    Compare,
    /// They replace the recorded ones.
    Record,
}

/// Runs the benchmarks whose name contains `name`, or all.
///
/// # Errors
/// When they do not compile or run.
pub(crate) fn time(workspace: &Workspace, name: Option<&str>) -> Result<()> {
    let mut command = child::command(workspace, "cargo");
    command.args(["bench", "-p", "carrier", "--bench", "documents", "--"]).args(name);
    child::run(&mut command)
}

/// Counts the instructions of every operation under valgrind.
///
/// # Errors
/// When valgrind is absent, or the benchmarks do not compile or run.
pub(crate) fn count(workspace: &Workspace, counts: Counts) -> Result<()> {
    child::find("valgrind").context("valgrind counts; install the package valgrind")?;
    let mut command = child::command(workspace, "cargo");
    command.args(["bench", "-p", "carrier", "--bench", "instructions", "--"]);
    child::run(match counts {
        Counts::Compare => &mut command,
        Counts::Record => command.arg("--record"),
    })
}
