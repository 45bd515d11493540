//! How many bytes a first visit may cost ([PORT-80]), and the verdict on a build.
//!
//! Not here: the first HTML answer, which the server's tests measure.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::assets::Assets;

/// Bytes of the whole first view, brotli: within the 115 kB of [PORT-80], with 5 kB in hand.
const FIRST_VIEW_BYTES_MAX: usize = 110_000;

/// Bytes of these left to the first HTML answer with its style, brotli: it has 3.6 kB
/// (2026-11), and `tests/conformance/budget.rs` measures the sum.
const FIRST_HTML_BYTES: usize = 6_000;

/// Bytes of the WebAssembly alone, brotli; its part of [PORT-80].
const WASM_BYTES_MAX: usize = 90_000;

/// Bytes of everything the first view loads beside the HTML, brotli.
const SCRIPTS_BYTES_MAX: usize = FIRST_VIEW_BYTES_MAX - FIRST_HTML_BYTES;

/// What the first view loads beside the HTML.
const FIRST_VIEW: [&str; 3] = ["portal.wasm", "portal.js", "bridge.js"];

/// Renders the sizes of all files, and of the first view against its budget.
pub(super) fn table(assets: &Assets) -> String {
    let mut table = format!("    {:<24}{:>10}{:>10}{:>10}\n", "bytes", "raw", "gzip", "brotli");
    for (name, asset) in assets.iter() {
        let [raw, gzip, brotli] = [asset.plain.len(), asset.gzip_size(), asset.brotli_size()]
            .map(|size| size.to_string());
        // Writing to a string cannot fail.
        let _ = writeln!(table, "    {name:<24}{raw:>10}{gzip:>10}{brotli:>10}");
    }
    let scripts = first_view(assets);
    let _ = write!(table, "    first view beside HTML: {scripts} of {SCRIPTS_BYTES_MAX}, brotli");
    table
}

/// Refuses a build that is over the budget.
///
/// # Errors
/// Names the numbers that disagree.
pub(super) fn judge(assets: &Assets) -> Result<()> {
    let wasm = assets.brotli_size("portal.wasm");
    if wasm > WASM_BYTES_MAX {
        bail!("portal.wasm has {wasm} bytes (brotli), more than {WASM_BYTES_MAX} [PORT-80]");
    }
    let scripts = first_view(assets);
    if scripts > SCRIPTS_BYTES_MAX {
        bail!(
            "{} have {scripts} bytes together (brotli), more than {SCRIPTS_BYTES_MAX} [PORT-80]",
            FIRST_VIEW.join(", ")
        );
    }
    Ok(())
}

fn first_view(assets: &Assets) -> usize {
    FIRST_VIEW.iter().map(|name| assets.brotli_size(name)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that do not compress, so that sizes are as given and a little more.
    fn noise(size: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        (0..size).map(|_| next()).collect()
    }

    fn verdict(sizes: &[(&str, usize)]) -> Result<()> {
        let mut assets = Assets::default();
        for (name, size) in sizes {
            assets.add(name, noise(*size))?;
        }
        judge(&assets)
    }

    #[test]
    fn budget_holds_for_wasm_and_for_the_first_view() {
        // 1 kB on either side of the limit, more than brotli's own additions.
        let wasm = ("portal.wasm", WASM_BYTES_MAX - 1_000);
        let rest = SCRIPTS_BYTES_MAX - wasm.1;
        assert!(verdict(&[wasm, ("portal.js", rest - 1_000)]).is_ok());
        assert!(verdict(&[wasm, ("portal.js", rest + 1_000)]).is_err());
        assert!(verdict(&[wasm, ("portal.js", rest - 1_000), ("bridge.js", 2_000)]).is_err());
        assert!(verdict(&[("portal.wasm", WASM_BYTES_MAX + 1_000)]).is_err());
        // Pictures are not part of the first view's scripts.
        assert!(verdict(&[wasm, ("picture.png", 50_000)]).is_ok());
    }
}
