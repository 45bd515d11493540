//! Embeds the portal's files (`cargo xtask portal`) into the server.
//!
//! Not here: building them. Without them the server compiles all the same, and its pages are
//! plain forms.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Overrides the folder of the portal's files.
const FOLDER: &str = "BROADGATE_PORTAL_ASSETS";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={FOLDER}");
    let folder = match env::var_os(FOLDER) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../target/portal/assets"),
    };
    // Cargo takes a folder that is not there for changed, and would compile the server each time.
    // Where none can be made, that is the price.
    let _ = fs::create_dir_all(&folder);
    println!("cargo:rerun-if-changed={}", folder.display());
    let logical = manifest(&folder)?;
    let out = PathBuf::from(variable("OUT_DIR")?).join("assets.rs");
    fs::write(out, source(&folder, &logical)?)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|error| io::Error::other(format!("{name}: {error}; build with cargo")))
}

/// Reads the pairs of logical name and file; none when nothing was built.
fn manifest(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let path = folder.join("manifest.txt");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let pair = |line: &str| {
        let (name, file) = line.split_once('\t')?;
        Some((name.to_owned(), file.to_owned()))
    };
    fs::read_to_string(&path)?.lines().map(pair).collect::<Option<_>>().ok_or_else(|| {
        io::Error::other(format!(
            "{}: a line is not `name<TAB>file`; type: cargo xtask portal",
            path.display()
        ))
    })
}

/// Writes the two tables that `http::assets` includes.
fn source(folder: &Path, logical: &[(String, String)]) -> io::Result<String> {
    let mut text = String::from("pub(crate) static ASSETS: &[Asset] = &[\n");
    for (_, file) in logical {
        let plain = folder.join(file).canonicalize().map_err(|error| {
            io::Error::other(format!("{file} of manifest.txt: {error}; type: cargo xtask portal"))
        })?;
        let _ = writeln!(
            text,
            "    Asset {{ name: {file:?}, media_type: {:?}, plain: include_bytes!({plain:?}), \
             brotli: {}, gzip: {} }},",
            media_type(file)?,
            twin(&plain, "br"),
            twin(&plain, "gz"),
        );
    }
    text.push_str("];\npub(crate) static LOGICAL: &[(&str, &str)] = &[\n");
    for (name, file) in logical {
        let _ = writeln!(text, "    ({name:?}, {file:?}),");
    }
    text.push_str("];\n");
    Ok(text)
}

fn twin(plain: &Path, ending: &str) -> String {
    let mut path = plain.to_path_buf().into_os_string();
    path.push(".");
    path.push(ending);
    if Path::new(&path).exists() {
        format!("Some(include_bytes!({path:?}))")
    } else {
        "None".to_owned()
    }
}

fn media_type(file: &str) -> io::Result<&'static str> {
    Ok(match file.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        _ => return Err(io::Error::other(format!("{file}: server/build.rs knows no media type"))),
    })
}
