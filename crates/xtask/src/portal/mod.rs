//! The build of what a browser loads: Trunk's output lowered to the MVP instruction set, bundled
//! for engines of 2017, named by content and compressed, into `target/portal/assets`.
//!
//! Not here: the pages (`src/`), and embedding the result (`server/build.rs`).
//!
//! In reading order: [`stamp`] (is there anything to do), [`glue`] (wasm-bindgen's script),
//! [`assets`] (names, twins, manifest), [`budget`] ([PORT-80]).

mod assets;
mod budget;
mod glue;
mod stamp;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::child;
use crate::workspace::Workspace;
use assets::Assets;

/// What a build left behind.
pub(crate) struct Built {
    /// The WebAssembly as it is served.
    pub(crate) wasm: PathBuf,
}

/// What std was compiled to beyond the first WebAssembly, turned into what every engine has. The
/// second `-Oz` shrinks what the lowering wrote.
const LOWERING: [&str; 8] = [
    "-Oz",
    "--llvm-memory-copy-fill-lowering",
    "--signext-lowering",
    "--llvm-nontrapping-fptoint-lowering",
    "-Oz",
    "--strip-producers",
    "--strip-debug",
    "--strip-target-features",
];

/// Scripts of `static/` that are part of portal.js rather than files of their own.
const BUNDLED: [&str; 2] = ["boot.js", "text-codec.js"];

/// Endings of the files of `static/` that are served as they are.
const SERVED_AS_IS: [&str; 4] = ["css", "svg", "png", "ico"];

/// Builds the portal, or does nothing when it was built from the same inputs.
///
/// # Errors
/// When a tool fails, or the result is over its byte budget.
pub(crate) fn build(workspace: &Workspace) -> Result<Built> {
    let folder = workspace.path("target/portal");
    let out = folder.join("assets");
    let stamp_file = folder.join("stamp");
    let _alone = alone(&folder)?;
    let stamp = stamp::of_inputs(workspace.root())?;
    if std::fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp)
        && let Some(built) = last_build(&out)
    {
        println!("==> the portal is unchanged");
        return Ok(built);
    }
    println!("==> the portal; about 3 min the first time");
    let start = Instant::now();
    // A build that stops half-way must not pass for the last one.
    remove_if_there(&stamp_file)?;
    let trunk = compile(workspace)?;
    let work = folder.join("work");
    std::fs::create_dir_all(&work)?;
    let wasm = lower(workspace, &trunk.wasm, &work)?;
    let script = glue::bundle(workspace, &trunk.glue, &work)?;

    let mut assets = Assets::default();
    assets.add("portal.wasm", read(&wasm)?)?;
    assets.add("portal.js", read(&script)?)?;
    add_static(workspace, &work, &mut assets)?;
    // Judged before it is written: what is over budget is not there to be served.
    println!("{}", budget::table(&assets));
    budget::judge(&assets)?;
    assets.write(&out)?;
    std::fs::write(&stamp_file, stamp)?;
    println!("    the portal took {:.1} s", start.elapsed().as_secs_f64());
    last_build(&out).context("the portal was built, yet its manifest names no portal.wasm")
}

/// Waits until no other build of the portal runs: Trunk's would empty each other's folder.
fn alone(folder: &Path) -> Result<File> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join("lock");
    let failed = || format!("cannot lock {}", path.display());
    let lock = File::create(&path).with_context(failed)?;
    if lock.try_lock().is_err() {
        println!("    another build of the portal runs; waiting for it");
        lock.lock().with_context(failed)?;
    }
    Ok(lock)
}

struct TrunkOutput {
    wasm: PathBuf,
    glue: PathBuf,
}

fn compile(workspace: &Workspace) -> Result<TrunkOutput> {
    // Trunk runs Cargo offline, so that the crates must be there already.
    child::run(child::command(workspace, "cargo").args(["fetch", "--locked"]))?;
    let mut trunk = child::command(workspace, "trunk");
    trunk.env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Trunk refuses the value 1 that many programs set.
    trunk.env_remove("NO_COLOR");
    child::run(trunk.args(["build", "--release"]))?;
    let dist = workspace.path("target/portal/trunk");
    let wasm = only_file(&dist, "_bg.wasm")?;
    let name = wasm.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let glue = wasm.with_file_name(name.replace("_bg.wasm", ".js"));
    Ok(TrunkOutput { wasm, glue })
}

fn only_file(folder: &Path, ending: &str) -> Result<PathBuf> {
    let mut found = files(folder)?;
    found.retain(|path| path.to_string_lossy().ends_with(ending));
    match found.as_slice() {
        [one] => Ok(one.clone()),
        several => bail!("{} has {} files *{ending}, not one", folder.display(), several.len()),
    }
}

fn lower(workspace: &Workspace, wasm: &Path, work: &Path) -> Result<PathBuf> {
    let lowered = work.join("portal.wasm");
    let mut wasm_opt = child::command(workspace, "wasm-opt");
    wasm_opt.args(LOWERING).arg(wasm).arg("-o").arg(&lowered);
    child::run(&mut wasm_opt)?;
    Ok(lowered)
}

fn add_static(workspace: &Workspace, work: &Path, assets: &mut Assets) -> Result<()> {
    for path in files(&workspace.path("static"))? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
        if SERVED_AS_IS.contains(&extension) {
            assets.add(name, read(&path)?)?;
        } else if extension == "js" && !BUNDLED.contains(&name) {
            let small = glue::minify_es5(workspace, &path, &work.join(name))?;
            assets.add(name, read(&small)?)?;
        }
    }
    Ok(())
}

fn last_build(out: &Path) -> Option<Built> {
    let manifest = std::fs::read_to_string(out.join("manifest.txt")).ok()?;
    let file = assets::file_named(&manifest, "portal.wasm")?;
    Some(Built { wasm: out.join(file) })
}

/// Lists the files of a folder, sorted; a folder that is not there has none.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        let failed = || format!("cannot list {}", folder.display());
        for entry in std::fs::read_dir(folder).with_context(failed)? {
            let path = entry.with_context(failed)?.path();
            if path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn remove_if_there(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
