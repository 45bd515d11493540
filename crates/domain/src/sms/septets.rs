//! Septets in octets (3GPP TS 23.038, 6.1.2.1; 3GPP2 C.S0015, 7-bit ASCII).
//!
//! GSM begins with the lowest bit of the first octet, CDMA with the highest. Not here: what the
//! septets mean.

/// Bits of a septet.
const SEPTET_BITS: u32 = 7;

/// Bits of an octet.
const OCTET_BITS: u32 = 8;

/// Returns how many bits are left unused behind a header of so many octets, so that the text
/// begins with a whole septet.
#[must_use]
pub fn fill_bits(header_octets: usize) -> u32 {
    // 8 octets are 64 bits and one more than 9 septets: each octet more needs one bit less.
    match header_octets.checked_rem(7) {
        Some(1) => 6,
        Some(2) => 5,
        Some(3) => 4,
        Some(4) => 3,
        Some(5) => 2,
        Some(6) => 1,
        _ => 0,
    }
}

/// Returns how many septets the octets of a header take from a text, fill bits included.
#[must_use]
pub fn header_septets(header_octets: usize) -> usize {
    header_octets.saturating_mul(8).div_ceil(7)
}

/// Packs septets behind so many fill bits, at most 6; the last octet ends with zeros.
#[must_use]
pub fn pack(septets: &[u8], fill_bits: u32) -> Vec<u8> {
    let mut octets = Vec::with_capacity(septets.len());
    let (mut held, mut bits) = (0_u32, fill_bits.min(6));
    for septet in septets {
        held |= u32::from(septet & 0x7F).wrapping_shl(bits);
        bits = bits.saturating_add(SEPTET_BITS);
        if bits >= OCTET_BITS {
            octets.push(low_octet(held));
            held >>= 8;
            bits = bits.saturating_sub(OCTET_BITS);
        }
    }
    if bits > 0 && !septets.is_empty() {
        octets.push(low_octet(held));
    }
    octets
}

/// Unpacks at most so many septets from behind so many fill bits, at most 6; fewer where the
/// octets end.
#[must_use]
pub fn unpack(octets: &[u8], fill_bits: u32, count: usize) -> Vec<u8> {
    let mut septets = Vec::with_capacity(count.min(octets.len().saturating_mul(8).div_ceil(7)));
    let mut skip = fill_bits.min(6);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for octet in octets {
        held |= u32::from(*octet).wrapping_shl(bits);
        bits = bits.saturating_add(OCTET_BITS);
        held = held.wrapping_shr(skip);
        bits = bits.saturating_sub(skip);
        skip = 0;
        while bits >= SEPTET_BITS && septets.len() < count {
            septets.push(low_octet(held) & 0x7F);
            held >>= 7;
            bits = bits.saturating_sub(SEPTET_BITS);
        }
    }
    septets
}

/// Packs septets as CDMA does.
#[must_use]
pub fn pack_cdma(septets: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(septets.len());
    let (mut held, mut bits) = (0_u32, 0_u32);
    for septet in septets {
        held = held.wrapping_shl(SEPTET_BITS) | u32::from(septet & 0x7F);
        bits = bits.saturating_add(SEPTET_BITS);
        if bits >= OCTET_BITS {
            bits = bits.saturating_sub(OCTET_BITS);
            octets.push(low_octet(held.wrapping_shr(bits)));
        }
    }
    if bits > 0 {
        octets.push(low_octet(held.wrapping_shl(OCTET_BITS.saturating_sub(bits))));
    }
    octets
}

/// Unpacks at most so many septets as CDMA packs them; fewer where the octets end.
#[must_use]
pub fn unpack_cdma(octets: &[u8], count: usize) -> Vec<u8> {
    let mut septets = Vec::with_capacity(count.min(octets.len().saturating_mul(8).div_ceil(7)));
    let (mut held, mut bits) = (0_u32, 0_u32);
    for octet in octets {
        held = held.wrapping_shl(OCTET_BITS) | u32::from(*octet);
        bits = bits.saturating_add(OCTET_BITS);
        while bits >= SEPTET_BITS && septets.len() < count {
            bits = bits.saturating_sub(SEPTET_BITS);
            septets.push(low_octet(held.wrapping_shr(bits)) & 0x7F);
        }
    }
    septets
}

fn low_octet(held: u32) -> u8 {
    held.to_le_bytes()[0]
}
