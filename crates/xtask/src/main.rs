//! The commands of a developer: `cargo xtask run | test | portal | setup | bench | instructions |
//! help`.
//!
//! Not here: anything that the server or the portal needs at run time, and anything of ours as a
//! dependency: this crate builds the others.
//!
//! In reading order:
//! - [`workspace`]: where things are, and what the lock file says;
//! - [`child`]: programs started with a clean environment;
//! - [`setup`] and [`tools`]: what a machine needs, and how it gets it;
//! - [`portal`]: the build of what a browser loads;
//! - [`checks`]: everything `cargo xtask test` runs;
//! - [`bench`]: what is measured and never enforced.
#![expect(clippy::print_stdout, reason = "a command line speaks on standard output")]

mod bench;
mod checks;
mod child;
mod portal;
mod setup;
mod tools;
mod workspace;

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::checks::Extent;
use crate::tools::Purpose;
use crate::workspace::Workspace;

const HELP: &str = "\
cargo xtask run [-- ARGS...]    set up, build the portal and the server, start `broadgate serve ARGS...`
cargo xtask test [--quick]      set up, then run every check; --quick leaves out clippy and cargo deny
cargo xtask portal              build the portal into target/portal/assets
cargo xtask setup [run|test]    only set up: what `run` needs, or what `test` needs (default)
cargo xtask bench [NAME]        time the operations on a document; the rates beside their targets
cargo xtask instructions [--record]
                                count their instructions (valgrind), beside the recorded counts
cargo xtask help                this text

Tools go to .tools, never into the home folder. Steps that are done take milliseconds.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["run", "--", rest @ ..] | ["run", rest @ ..] => run(rest),
        ["test"] => test(Extent::Full),
        ["test", "--quick"] => test(Extent::Quick),
        ["portal"] => portal_only(),
        ["setup"] | ["setup", "test"] => setup_only(Purpose::Test),
        ["setup", "run"] => setup_only(Purpose::Run),
        ["bench"] => bench_only(None),
        ["bench", name] => bench_only(Some(name)),
        ["instructions"] => instructions(bench::Counts::Compare),
        ["instructions", "--record"] => instructions(bench::Counts::Record),
        ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => {
            eprintln!("error: no such command; these exist:\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn setup_only(purpose: Purpose) -> Result<()> {
    setup::prepare(&Workspace::find()?, purpose)
}

fn portal_only() -> Result<()> {
    let workspace = Workspace::find()?;
    setup::prepare(&workspace, Purpose::Run)?;
    portal::build(&workspace).map(drop)
}

fn bench_only(name: Option<&str>) -> Result<()> {
    bench::time(&Workspace::find()?, name)
}

fn instructions(counts: bench::Counts) -> Result<()> {
    bench::count(&Workspace::find()?, counts)
}

fn test(extent: Extent) -> Result<()> {
    let workspace = Workspace::find()?;
    setup::prepare(&workspace, Purpose::Test)?;
    checks::run(&workspace, extent)
}

/// Builds everything, then becomes the server.
fn run(arguments: &[&str]) -> Result<()> {
    let workspace = Workspace::find()?;
    setup::prepare(&workspace, Purpose::Run)?;
    portal::build(&workspace)?;
    println!("==> the server");
    let mut build = child::command(&workspace, "cargo");
    child::run(build.args(["build", "-p", "server", "--profile", "dist"]))?;
    let server = workspace.cargo_target().join("dist/broadgate");
    let mut serve = child::command(&workspace, &server);
    serve.arg("serve").args(arguments);
    if let Some(folder) = workspace.started_in() {
        serve.current_dir(folder);
    }
    // Returns only when the program cannot be started.
    let error = serve.exec();
    Err(error).with_context(|| format!("cannot start {}", server.display()))
}
