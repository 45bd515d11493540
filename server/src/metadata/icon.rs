//! The icon of a package whose operator gives none: a square of the brand's colour.
//!
//! Packages without an icon are rejected [MATCH-109]. Not here: reading icons.

use domain::brand::Colour;

/// Points of an edge.
const EDGE: u8 = 32;
/// Bytes before the points: the folder, its entry, and the bitmap's header.
const HEADERS: [u32; 3] = [6, 16, 40];

/// Draws an icon of 32 × 32 points of 32 bits, in the ICO format.
#[must_use]
pub fn square(colour: Colour) -> Vec<u8> {
    let edge = u32::from(EDGE);
    let (points, mask) = (edge * edge * 4, edge * 4);
    let [folder, entry, header] = HEADERS;
    let mut icon = Vec::new();
    let mut put = |bytes: &[u8]| icon.extend_from_slice(bytes);
    // An icon, one image; its size, no palette, one plane of 32 bits.
    put(&[0, 0, 1, 0, 1, 0]);
    put(&[EDGE, EDGE, 0, 0, 1, 0, 32, 0]);
    put(&(header + points + mask).to_le_bytes());
    put(&(folder + entry).to_le_bytes());
    // The bitmap counts the rows of its mask as well.
    for number in [header, edge, edge * 2, 1 | 32 << 16, 0, points + mask, 0, 0, 0, 0] {
        put(&number.to_le_bytes());
    }
    let [blue, green, red, _] = colour.0.to_le_bytes();
    for _ in 0..edge * edge {
        put(&[blue, green, red, 0xff]);
    }
    for _ in 0..mask {
        put(&[0]);
    }
    icon
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_that_the_icon_names_are_its_own() {
        let icon = square(Colour(0x0012_3456));
        let number = |at: usize| u32::from_le_bytes(icon[at..at + 4].try_into().expect("four"));
        assert_eq!((number(14), number(18)), (u32::try_from(icon.len()).expect("small") - 22, 22));
        assert_eq!((number(22), number(26), number(30)), (40, 32, 64));
        assert_eq!(icon[62..66], [0x56, 0x34, 0x12, 0xff], "blue, green, red, opaque");
    }
}
