//! Everything `cargo xtask test` runs, in order, each step named and timed.
//!
//! Not here: set-up ([`crate::setup`]), and the tests themselves. No step is ever skipped without
//! a word; the first that fails ends the run.

use std::time::Instant;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{child, portal};

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything.
    Full,
    /// All but the checks marked [`When::FullOnly`].
    Quick,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    FullOnly,
}

struct Check {
    name: &'static str,
    when: When,
    run: fn(&Workspace) -> Result<()>,
}

const CHECKS: &[Check] = &[
    Check {
        name: "format",
        when: When::Always,
        run: |workspace| cargo(workspace, &["fmt", "--all", "--check"]),
    },
    Check {
        name: "clippy",
        when: When::FullOnly,
        run: |workspace| {
            cargo(workspace, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
        },
    },
    Check {
        name: "clippy of what only the browser compiles",
        when: When::FullOnly,
        run: |workspace| {
            let target = ["--target", "wasm32-unknown-unknown", "--features", "csr"];
            let words = ["clippy", "-p", "portal"].into_iter().chain(target);
            cargo(workspace, &words.chain(["--", "-D", "warnings"]).collect::<Vec<_>>())
        },
    },
    Check { name: "licences and sources of dependencies", when: When::FullOnly, run: licences },
    Check {
        name: "portal within its byte budget",
        when: When::Always,
        run: |workspace| portal::build(workspace).map(drop),
    },
    Check { name: "portal is MVP WebAssembly", when: When::Always, run: is_mvp },
    Check { name: "tests", when: When::Always, run: tests },
];

/// Runs the checks.
///
/// # Errors
/// When one fails.
pub(crate) fn run(workspace: &Workspace, extent: Extent) -> Result<()> {
    let start = Instant::now();
    let mut report = String::new();
    for check in CHECKS {
        if extent == Extent::Quick && check.when == When::FullOnly {
            println!("==> {}: left out by --quick", check.name);
            continue;
        }
        println!("==> {}", check.name);
        let start = Instant::now();
        (check.run)(workspace).with_context(|| format!("{}: the check failed", check.name))?;
        let took = format!("{:6.1} s  {}", start.elapsed().as_secs_f64(), check.name);
        println!("    {took}");
        report.push_str(&took);
        report.push('\n');
    }
    println!("==> all passed in {:.1} s\n{report}", start.elapsed().as_secs_f64());
    Ok(())
}

fn cargo(workspace: &Workspace, words: &[&str]) -> Result<()> {
    child::run(child::command(workspace, "cargo").args(words))
}

/// Asks cargo-deny. Its advisory database is in no registry, so that advisories are not asked.
fn licences(workspace: &Workspace) -> Result<()> {
    let mut deny = child::command(workspace, "cargo");
    deny.args(["deny", "--workspace", "--config", ".deny.toml"]);
    deny.args(["check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    child::run(&mut deny)
}

/// Proves that no instruction is left that the engines of 2017 lack.
fn is_mvp(workspace: &Workspace) -> Result<()> {
    let wasm = portal::build(workspace)?.wasm;
    let mut validate = child::command(workspace, "wasm-tools");
    child::run(validate.args(["validate", "--features=mvp"]).arg(wasm))
}

fn tests(workspace: &Workspace) -> Result<()> {
    let mut test = child::command(workspace, "cargo");
    test.env("BROADGATE_TOOLS", workspace.tools());
    child::run(test.args(["test", "--workspace"]))
}
