//! Files as they are served: named by content, with compressed twins and a manifest.
//!
//! Not here: what they are made of ([`super`]) and how big they may be ([`super::budget`]).

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Everything the server embeds, by logical name (`portal.js`).
#[derive(Default)]
pub(super) struct Assets(BTreeMap<String, Asset>);

/// One file and its compressed twins.
pub(super) struct Asset {
    /// The name with the hash (`portal-0123abcd.js`).
    file: String,
    /// The content.
    pub(super) plain: Vec<u8>,
    /// The twins, where smaller.
    brotli: Option<Vec<u8>>,
    gzip: Option<Vec<u8>>,
}

impl Asset {
    /// Returns the bytes that a client taking brotli receives.
    pub(super) fn brotli_size(&self) -> usize {
        self.brotli.as_ref().unwrap_or(&self.plain).len()
    }

    /// Returns the bytes that a client taking gzip receives.
    pub(super) fn gzip_size(&self) -> usize {
        self.gzip.as_ref().unwrap_or(&self.plain).len()
    }
}

impl Assets {
    /// Adds a file under its logical name.
    pub(super) fn add(&mut self, name: &str, plain: Vec<u8>) -> Result<()> {
        let is_smaller = |twin: &Vec<u8>| twin.len() < plain.len();
        let asset = Asset {
            file: hashed_name(name, &plain),
            brotli: Some(brotli(&plain)?).filter(is_smaller),
            gzip: Some(gzip(&plain)?).filter(is_smaller),
            plain,
        };
        self.0.insert(name.to_owned(), asset);
        Ok(())
    }

    /// Lists the files by logical name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Asset)> {
        self.0.iter()
    }

    /// Returns the compressed size of a file, 0 when there is none of the name.
    pub(super) fn brotli_size(&self, name: &str) -> usize {
        self.0.get(name).map_or(0, Asset::brotli_size)
    }

    /// Writes all files and the manifests into a folder that then holds nothing else.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)
                .with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        let put = |name: &str, content: &[u8]| {
            let path = folder.join(name);
            std::fs::write(&path, content)
                .with_context(|| format!("cannot write {}", path.display()))
        };
        for asset in self.0.values() {
            put(&asset.file, &asset.plain)?;
            if let Some(twin) = &asset.brotli {
                put(&format!("{}.br", asset.file), twin)?;
            }
            if let Some(twin) = &asset.gzip {
                put(&format!("{}.gz", asset.file), twin)?;
            }
        }
        put("manifest.json", self.manifest_json()?.as_bytes())?;
        put("manifest.txt", self.manifest_text().as_bytes())
    }

    /// For people and tests: the file of each logical name, and all sizes.
    fn manifest_json(&self) -> Result<String> {
        let mut manifest: BTreeMap<&str, serde_json::Value> = BTreeMap::new();
        let mut sizes: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for (name, asset) in &self.0 {
            manifest.insert(name, asset.file.as_str().into());
            let of_file = [
                ("brotli", asset.brotli_size()),
                ("gzip", asset.gzip_size()),
                ("raw", asset.plain.len()),
            ];
            sizes.insert(name, BTreeMap::from(of_file));
        }
        manifest.insert("sizes", serde_json::to_value(sizes)?);
        Ok(serde_json::to_string_pretty(&manifest)? + "\n")
    }

    /// For `server/build.rs`, which has no JSON: logical name, tab, file.
    fn manifest_text(&self) -> String {
        self.0.iter().map(|(name, asset)| format!("{name}\t{}\n", asset.file)).collect()
    }
}

/// Finds the file of a logical name in a `manifest.txt`.
pub(super) fn file_named<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    manifest
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find_map(|(logical, file)| (logical == name).then_some(file))
}

/// Puts the first 8 hexadecimal digits of the content's SHA-256 before the ending.
fn hashed_name(name: &str, content: &[u8]) -> String {
    let digest = hex(&Sha256::digest(content)[..4]);
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}-{digest}.{ending}"),
        None => format!("{name}-{digest}"),
    }
}

/// Renders bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    /// The greatest quality, and a window of 4 MB that every client must take (RFC 7932).
    const QUALITY: u32 = 11;
    const WINDOW_BITS: u32 = 22;
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, QUALITY, WINDOW_BITS);
    writer.write_all(plain).context("brotli failed")?;
    Ok(writer.into_inner())
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(plain).context("gzip failed")?;
    writer.finish().context("gzip failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_holds_the_start_of_the_hash() {
        // SHA-256 of nothing (FIPS 180-4 example).
        assert_eq!(hashed_name("portal.js", b""), "portal-e3b0c442.js");
        assert_eq!(hashed_name("a.b.css", b""), "a.b-e3b0c442.css");
        assert_eq!(hashed_name("plain", b""), "plain-e3b0c442");
    }

    #[test]
    fn folder_holds_files_twins_and_manifests_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("assets");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("old.js"), "old").unwrap();
        let mut assets = Assets::default();
        assets.add("long.css", b"a{}".repeat(100)).unwrap();
        assets.add("dot.ico", vec![7]).unwrap();
        assets.write(&folder).unwrap();

        let text = std::fs::read_to_string(folder.join("manifest.txt")).unwrap();
        let long = file_named(&text, "long.css").unwrap();
        let dot = file_named(&text, "dot.ico").unwrap();
        assert_eq!(file_named(&text, "old.js"), None);
        let mut expected = [
            dot.to_owned(),
            long.to_owned(),
            format!("{long}.br"),
            format!("{long}.gz"),
            "manifest.json".to_owned(),
            "manifest.txt".to_owned(),
        ];
        expected.sort();
        let mut names: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, expected);

        let json = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["long.css"], long);
        assert_eq!(json["sizes"]["long.css"]["raw"], 300);
    }

    #[test]
    fn twins_unpack_to_the_content() {
        let plain = "Daten für €4,90 ".repeat(50).into_bytes();
        let mut unpacked = Vec::new();
        let mut packed = &brotli(&plain).unwrap()[..];
        brotli::BrotliDecompress(&mut packed, &mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
        let packed = gzip(&plain).unwrap();
        let mut unpacked = Vec::new();
        let mut reader = flate2::read::GzDecoder::new(&packed[..]);
        std::io::Read::read_to_end(&mut reader, &mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
    }
}
