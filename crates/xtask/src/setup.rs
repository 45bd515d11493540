//! Going through the table of needs: checks each, and prepares what is missing.
//!
//! Not here: the table ([`crate::tools`]). Nothing is written outside `.tools` except by the
//! system's package manager and rustup.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::child;
use crate::tools::{CrateTool, DebianPackage, Need, Proof, Purpose, STEPS, Step};
use crate::workspace::Workspace;

/// Oldest Node that esbuild 0.28 runs on (its package.json, `engines`).
const NODE_MAJOR_MIN: u32 = 18;

/// Makes sure that everything needed for `purpose` is there.
///
/// # Errors
/// At the first thing that cannot be prepared; the message has the commands to type.
pub(crate) fn prepare(workspace: &Workspace, purpose: Purpose) -> Result<()> {
    for step in STEPS {
        if purpose == Purpose::Test || step.purpose == Purpose::Run {
            prepare_one(workspace, step)?;
        }
    }
    let build = workspace.path(".tools/build");
    if build.exists() {
        std::fs::remove_dir_all(&build)
            .with_context(|| format!("cannot remove {}", build.display()))?;
    }
    Ok(())
}

fn prepare_one(workspace: &Workspace, step: &Step) -> Result<()> {
    if let Need::Crate(tool) = &step.need {
        agrees_with_lock(workspace, tool)?;
    }
    if is_done(workspace, &step.need) {
        return Ok(());
    }
    println!("==> set-up: {}: {}; about {} min the first time", step.name, step.why, step.minutes);
    let commands = commands(workspace, &step.need)?;
    let lines: Vec<_> =
        commands.iter().map(|it| format!("  {}", child::line_to_type(it))).collect();
    let by_hand =
        format!("cannot set up {}; to do it by hand, type:\n{}", step.name, lines.join("\n"));
    let start = Instant::now();
    for mut command in commands {
        println!("    {}", child::line_to_type(&command));
        child::run(&mut command).with_context(|| by_hand.clone())?;
    }
    if !is_done(workspace, &step.need) {
        bail!("the commands succeeded, yet it is not there: {by_hand}");
    }
    println!("    done in {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Refuses a tool of another version than the library it works with: their format is private.
fn agrees_with_lock(workspace: &Workspace, tool: &CrateTool) -> Result<()> {
    let Some(package) = tool.same_as else { return Ok(()) };
    let locked = workspace.locked_version(package)?;
    if locked != tool.version {
        bail!(
            "Cargo.lock has {package} {locked} but the set-up installs {} {}; change \
             crates/xtask/src/tools.rs and Trunk.toml, or type: cargo update -p {package} \
             --precise {}",
            tool.package,
            tool.version,
            tool.version
        );
    }
    Ok(())
}

fn is_done(workspace: &Workspace, need: &Need) -> bool {
    match need {
        Need::RustTarget(target) => sysroot(workspace)
            .is_some_and(|root| root.join("lib/rustlib").join(target).join("lib").is_dir()),
        Need::RustComponents(components) => components.iter().all(|(_, program)| {
            sysroot(workspace).is_some_and(|root| root.join("bin").join(program).is_file())
                || child::find(program).is_some_and(|path| !is_rustup_proxy(&path))
        }),
        Need::Crate(tool) => {
            let program = workspace.tools().join("bin").join(tool.program);
            child::answer(child::command(workspace, program).arg("--version"))
                .is_some_and(|said| said.split_whitespace().nth(1) == Some(tool.version))
        }
        Need::Npm(packages) => packages
            .iter()
            .all(|(name, version)| npm_version(workspace, name).as_deref() == Some(*version)),
        Need::Pip(packages) => packages.iter().all(|(name, version)| {
            let record = format!("python/{name}-{version}.dist-info");
            workspace.tools().join(record).is_dir()
        }),
        Need::Debian(packages) => packages.iter().all(|it| is_present(workspace, it)),
    }
}

fn sysroot(workspace: &Workspace) -> Option<PathBuf> {
    child::answer(child::command(workspace, "rustc").args(["--print", "sysroot"])).map(Into::into)
}

/// Tells whether a program is rustup's stand-in, which exists whether or not the component does.
fn is_rustup_proxy(path: &Path) -> bool {
    path.with_file_name("rustup").exists()
}

fn npm_version(workspace: &Workspace, package: &str) -> Option<String> {
    let manifest = workspace.tools().join("node/node_modules").join(package).join("package.json");
    let manifest: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(manifest).ok()?).ok()?;
    Some(manifest.get("version")?.as_str()?.to_owned())
}

fn is_present(workspace: &Workspace, package: &DebianPackage) -> bool {
    match package.proof {
        // A Node that is too old is as good as none.
        Proof::Program(["node"]) => {
            child::answer(child::command(workspace, "node").arg("--version"))
                .and_then(|said| node_major(&said))
                .is_some_and(|major| major >= NODE_MAJOR_MIN)
        }
        Proof::Program(any) => any.iter().any(|name| child::find(name).is_some()),
        Proof::Folder(any) => any.iter().any(|folder| Path::new(folder).is_dir()),
    }
}

fn node_major(said: &str) -> Option<u32> {
    said.strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn commands(workspace: &Workspace, need: &Need) -> Result<Vec<Command>> {
    let rustup = |words: &[&str]| {
        let mut command = child::command(workspace, "rustup");
        command.args(words);
        command
    };
    match need {
        Need::RustTarget(target) => Ok(vec![rustup(&["target", "add", target])]),
        Need::RustComponents(components) => {
            let mut command = rustup(&["component", "add"]);
            command.args(components.iter().map(|(component, _)| component));
            Ok(vec![command])
        }
        Need::Crate(tool) => Ok(vec![cargo_install(workspace, tool)]),
        Need::Npm(packages) => {
            let mut command = child::command(workspace, "npm");
            command.args(["install", "--prefix", ".tools/node", "--no-audit", "--no-fund"]);
            // Neither package needs its scripts, and code of others need not run here.
            command.args(["--save-exact", "--ignore-scripts"]);
            command.args(packages.iter().map(|(name, version)| format!("{name}@{version}")));
            Ok(vec![command])
        }
        Need::Pip(packages) => {
            let mut command = child::command(workspace, "python3");
            command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
            // Old versions beside new ones would both be found.
            command.args(["--upgrade", "--target", ".tools/python"]);
            command.args(packages.iter().map(|(name, version)| format!("{name}=={version}")));
            Ok(vec![command])
        }
        Need::Debian(packages) => {
            let missing: Vec<_> = packages.iter().filter(|it| !is_present(workspace, it)).collect();
            apt(workspace, &missing)
        }
    }
}

fn cargo_install(workspace: &Workspace, tool: &CrateTool) -> Command {
    let mut command = child::command(workspace, "cargo");
    // One folder for all tools, so that what they share is compiled once.
    command.env("CARGO_TARGET_DIR", workspace.path(".tools/build"));
    // The tools work for seconds: compiling them for speed takes longer than it saves.
    command.envs([
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
        ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ]);
    command.args(["install", tool.package, "--version"]).arg(format!("={}", tool.version));
    command.args(["--root", ".tools", "--force"]).args(tool.arguments);
    command
}

fn apt(workspace: &Workspace, missing: &[&DebianPackage]) -> Result<Vec<Command>> {
    if child::find("apt-get").is_none() {
        let names: Vec<_> = missing
            .iter()
            .map(|package| match package.proof {
                Proof::Program(["node"]) => format!("node (version {NODE_MAJOR_MIN} or later)"),
                Proof::Program(any) => any.join(" or "),
                Proof::Folder(_) => format!("the fonts of {}", package.name),
            })
            .collect();
        bail!(
            "this machine has no apt-get; install these with its own package manager: {}",
            names.join(", ")
        );
    }
    let is_root = child::answer(child::command(workspace, "id").arg("-u")).as_deref() == Some("0");
    let apt_get = || {
        let mut command = child::command(workspace, if is_root { "env" } else { "sudo" });
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
        command
    };
    let mut update = apt_get();
    update.arg("update");
    let mut install = apt_get();
    install.args(["install", "-y", "--no-install-recommends"]);
    install.args(missing.iter().map(|package| package.name));
    Ok(vec![update, install])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_says_its_major_version() {
        assert_eq!(node_major("v20.20.2"), Some(20));
        assert_eq!(node_major("20.20.2"), None);
        assert_eq!(node_major(""), None);
    }
}
