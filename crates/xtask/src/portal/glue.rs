//! Scripts for old engines: wasm-bindgen's glue with our boot script as one classic script of
//! ES2015, and hand-written scripts shrunk within ES5.
//!
//! Not here: the boot script and the text codec themselves (`static/`).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::child;
use crate::workspace::Workspace;

/// How the glue asks whether its view of the memory is stale.
const BY_LENGTH: &str = ".byteLength === 0)";

/// Chromium 64 keeps the length of a view whose buffer is gone after the memory has grown (seen
/// with npm's chrome-aws-lambda 64), so that only the buffer tells.
const BY_BUFFER: &str = ".buffer !== wasm.memory.buffer)";

/// Bundles boot script, text codec and glue; returns the script.
pub(super) fn bundle(workspace: &Workspace, glue: &Path, work: &Path) -> Result<PathBuf> {
    let text = std::fs::read_to_string(glue)
        .with_context(|| format!("cannot read Trunk's glue {}", glue.display()))?;
    // Beside the original, where its relative imports of snippets lead somewhere.
    let patched = glue.with_file_name("glue.mjs");
    std::fs::write(&patched, compare_views_by_buffer(&text)?)?;
    let script = work.join("portal.js");
    let mut esbuild = child::command(workspace, "esbuild");
    esbuild.args(["static/boot.js", "--bundle", "--format=iife", "--target=es2015", "--minify"]);
    esbuild.args(["--log-level=warning", "--legal-comments=none"]);
    // The address of the WebAssembly is always given, so that this is never read.
    esbuild.arg("--define:import.meta.url=\"\"");
    esbuild.arg(format!("--alias:portal-glue={}", patched.display()));
    esbuild.arg(format!("--outfile={}", script.display()));
    child::run(&mut esbuild)?;
    Ok(script)
}

/// Shrinks a hand-written script; esbuild refuses what is not ES5.
pub(super) fn minify_es5(workspace: &Workspace, from: &Path, to: &Path) -> Result<PathBuf> {
    let mut esbuild = child::command(workspace, "esbuild");
    esbuild.arg(from).args(["--minify", "--target=es5", "--charset=ascii"]);
    esbuild.args(["--log-level=warning", "--legal-comments=none"]);
    esbuild.arg(format!("--outfile={}", to.display()));
    child::run(&mut esbuild)?;
    Ok(to.to_path_buf())
}

/// Rewrites how cached views of the memory are judged stale.
fn compare_views_by_buffer(glue: &str) -> Result<String> {
    let mut patched = String::with_capacity(glue.len());
    for line in glue.lines() {
        let is_view = line.trim_start().starts_with("if (cached") && line.contains("Memory");
        if is_view && line.contains(BY_LENGTH) {
            patched.push_str(&line.replace(BY_LENGTH, BY_BUFFER));
        } else {
            patched.push_str(line);
        }
        patched.push('\n');
    }
    if let Some(line) = patched.lines().find(|line| line.contains(".byteLength ===")) {
        bail!(
            "the glue of wasm-bindgen judges a view in a way unknown to \
             crates/xtask/src/portal/glue.rs: {}",
            line.trim()
        );
    }
    Ok(patched)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn stale_views_are_told_by_their_buffer() {
        let glue = "    if (cachedUint8ArrayMemory0 === null || \
                    cachedUint8ArrayMemory0.byteLength === 0) {\n\
                    const ret = getObject(arg0).byteLength;\n";
        let expected = "    if (cachedUint8ArrayMemory0 === null || \
                        cachedUint8ArrayMemory0.buffer !== wasm.memory.buffer) {\n\
                        const ret = getObject(arg0).byteLength;\n";
        assert_eq!(compare_views_by_buffer(glue).unwrap(), expected);
    }

    #[test]
    fn unknown_judgement_of_views_is_refused() {
        assert!(compare_views_by_buffer("if (view.byteLength === 0) {").is_err());
    }

    /// The cases are in `tests/text-codec.mjs`.
    #[test]
    fn text_codec_equals_that_of_node() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = Command::new("node")
            .arg(root.join("tests/text-codec.mjs"))
            .arg(root.join("../../static/text-codec.js"))
            .output()
            .expect("node is there after `cargo xtask setup run`");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    }
}
