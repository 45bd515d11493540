//! Programs started by us: in the workspace's root, with `.tools` first on the PATH and without
//! what would change a build from outside.
//!
//! Not here: which programs ([`crate::tools`], [`crate::portal`], [`crate::checks`]).

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// Flags exported in the shell would replace those of `.cargo/config.toml`, without which the
/// portal is no MVP WebAssembly.
const FLAGS: [&str; 4] = [
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
];

/// What `cargo run` says of xtask itself. Build scripts watch some of these, so that leaving them
/// in place would rebuild half the tree whenever `cargo` and `cargo xtask` alternate.
const OF_XTASK: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_NAME"];

/// Prepares a program, to be looked up in `.tools` first.
pub(crate) fn command(workspace: &Workspace, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace.root());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_unwanted) {
            command.env_remove(name);
        }
    }
    let system = std::env::var_os("PATH").unwrap_or_default();
    let folders = workspace.tool_folders().into_iter().chain(std::env::split_paths(&system));
    // Fails only for a folder with a colon in its name; then the system's PATH must do.
    command.env("PATH", std::env::join_paths(folders).unwrap_or(system));
    command
}

fn is_unwanted(variable: &str) -> bool {
    FLAGS.contains(&variable) || OF_XTASK.iter().any(|start| variable.starts_with(start))
}

/// Runs a program to its end, its output going straight to the terminal.
///
/// # Errors
/// When it cannot be started or does not succeed; the message has the line to type.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line_to_type(command);
    let status = command.status().with_context(|| format!("cannot start: {line}"))?;
    if !status.success() {
        bail!("failed with {status}; to see it alone, type:\n  {line}");
    }
    Ok(())
}

/// Runs a program and returns what it printed, or `None` when it is not there or fails.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Finds a program on the system's PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Renders a command as one would type it in the workspace's root.
pub(crate) fn line_to_type(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted = words.map(|word| {
        let word = word.to_string_lossy();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:@,+".contains(c);
        if !word.is_empty() && word.chars().all(is_plain) {
            word.into_owned()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    });
    let line = quoted.collect::<Vec<_>>().join(" ");
    let program = command.get_program();
    let is_ours =
        ["trunk", "wasm-opt", "esbuild", "wasm-tools"].iter().any(|tool| program == *tool)
            || command.get_args().next().is_some_and(|first| first == "deny");
    if is_ours {
        format!("PATH=.tools/bin:.tools/node/node_modules/.bin:$PATH {line}")
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_to_type_survives_a_shell() {
        let mut command = Command::new("npm");
        command.args(["install", "binaryen@132.0.0", "it's two words", ""]);
        assert_eq!(line_to_type(&command), r"npm install binaryen@132.0.0 'it'\''s two words' ''");
        let mut deny = Command::new("cargo");
        deny.args(["deny", "check"]);
        assert_eq!(
            line_to_type(&deny),
            "PATH=.tools/bin:.tools/node/node_modules/.bin:$PATH cargo deny check"
        );
    }

    #[test]
    fn variables_that_change_a_build_are_unwanted() {
        for (variable, expected) in [
            ("RUSTFLAGS", true),
            ("CARGO_PKG_NAME", true),
            ("CARGO_MANIFEST_DIR", true),
            ("CARGO_TARGET_DIR", false),
            ("CARGO_HOME", false),
            ("HOME", false),
        ] {
            assert_eq!(is_unwanted(variable), expected, "{variable}");
        }
    }
}
