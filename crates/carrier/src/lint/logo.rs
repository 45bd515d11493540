//! What can be said against the logo of the operator.
//!
//! Only the first octets of the image are looked at. Not here: decoding images; that Windows 10
//! 1709 and later ignore the logo [XML-92].
//! Implements [XML-89].

use super::{Findings, Severity};
use crate::document::Document;

/// Points of each side [XML-89].
const SIDE: u32 = 32;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let branding = document.mbn_profiles().and_then(|profiles| profiles.branding.as_ref());
    let Some(logo) = branding.and_then(|branding| branding.logo.as_ref()) else {
        return;
    };
    let text = match size(logo.as_bytes()) {
        Some((SIDE, SIDE)) => return,
        Some((width, height)) => format!("{width} × {height} points; make it {SIDE} × {SIDE}"),
        None => "neither BMP nor PNG; use one of them".to_owned(),
    };
    findings.add(Severity::Warning, ("logo", "XML-89"), "MBNProfiles/Branding/Logo", text);
}

/// Reads width and height of a PNG or BMP.
fn size(image: &[u8]) -> Option<(u32, u32)> {
    png(image).or_else(|| bmp(image))
}

/// PNG: signature, then the chunk IHDR with both sides (PNG, sections 5.2 and 11.2.2).
fn png(image: &[u8]) -> Option<(u32, u32)> {
    let rest = image.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")?;
    let (width, rest) = rest.split_first_chunk()?;
    let (height, _) = rest.split_first_chunk()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

/// BMP: a file header of 14 octets, then BITMAPCOREHEADER with sides of two octets, or a longer
/// header with sides of four; a negative height counts rows from the top.
fn bmp(image: &[u8]) -> Option<(u32, u32)> {
    const CORE_HEADER_BYTES: u32 = 12;
    let header = image.strip_prefix(b"BM")?.get(12..)?;
    let (length, rest) = header.split_first_chunk()?;
    if u32::from_le_bytes(*length) == CORE_HEADER_BYTES {
        let (width, rest) = rest.split_first_chunk()?;
        let (height, _) = rest.split_first_chunk()?;
        return Some((u16::from_le_bytes(*width).into(), u16::from_le_bytes(*height).into()));
    }
    let (width, rest) = rest.split_first_chunk()?;
    let (height, _) = rest.split_first_chunk()?;
    Some((u32::from_le_bytes(*width), i32::from_le_bytes(*height).unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_read_from_the_header() {
        let png = |width: u32, height: u32| {
            let mut image = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
            image.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
            image
        };
        let bmp = |length: u32, sides: &[u8]| {
            [b"BM\0\0\0\0\0\0\0\0\0\0\0\0".as_slice(), &length.to_le_bytes(), sides].concat()
        };
        let sides = |width: i32, height: i32| [width.to_le_bytes(), height.to_le_bytes()].concat();
        for (image, expected) in [
            (png(32, 32), Some((32, 32))), // [XML-89]
            (png(64, 32), Some((64, 32))),
            (png(32, 32).into_iter().take(20).collect(), None),
            (bmp(40, &sides(32, 32)), Some((32, 32))),
            (bmp(124, &sides(32, -32)), Some((32, 32))),
            (bmp(40, &sides(32, 33)), Some((32, 33))),
            (bmp(12, &[32, 0, 31, 0]), Some((32, 31))),
            (bmp(12, &[32, 0, 31]), None),
            (b"GIF89a".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(size(&image), expected, "{image:?}");
        }
    }
}
