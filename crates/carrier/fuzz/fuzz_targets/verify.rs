//! Asks libFuzzer for bytes that break the property `verify`.
#![no_main]

#[expect(dead_code, reason = "a target uses one property")]
#[path = "../../tests/corpora/properties.rs"]
mod properties;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| properties::verify(bytes));
