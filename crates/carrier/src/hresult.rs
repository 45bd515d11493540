//! The codes of Windows, as the results document writes them.
//!
//! Not here: which refusal gives which code ([`crate::verify`]), and codes that the specification
//! does not name: they are carried like the others, without symbol and meaning.
//! Implements [XML-189]…[XML-199], the value of [XML-200] and its tolerant reading [XML-208].

use std::fmt;

/// Holds a code of Windows; prints eight lower-case hexadecimal digits [XML-200].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hresult(pub u32);

/// Says that a text is not eight hexadecimal digits, with or without `0x` before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HresultError;

impl fmt::Display for HresultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not eight hexadecimal digits")
    }
}

impl std::error::Error for HresultError {}

/// Code, symbol and meaning of what [XML-189]…[XML-198] and the sources beside them name.
const KNOWN: [(u32, &str, &str); 13] = [
    (0x0000_0000, "S_OK", "success"),
    (0x8007_0005, "E_ACCESSDENIED", "profiles of another operator"),
    (0x8007_0426, "ERROR_SERVICE_NOT_ACTIVE", "wlan service not running"),
    (0x8007_0490, "ERROR_NOT_FOUND", "not found"),
    (0x8217_0001, "PROVCORE_E_XML_MALFORMED", "not well-formed"),
    (0x8217_0002, "PROVCORE_E_XML_INVALID", "violates the schema"),
    (0x8217_0003, "PROVCORE_E_XML_SIGNATURE_INVALID", "signature invalid"),
    (0x8217_0004, "PROVCORE_E_XML_SIGNATURE_UNTRUSTED", "signer does not chain to a trusted root"),
    (0x8217_0005, "PROVCORE_E_XML_DIGEST_INVALID", "file changed after signing"),
    (0x8217_0006, "PROVCORE_E_XML_SIGNER_UNTRUSTED", "user did not approve this certificate"),
    (0x8217_0007, "PROVCORE_E_NO_LEAF_CERT", "no leaf certificate in the signature"),
    (
        0x8217_000d,
        "PROVCORE_E_SIGNING_CERTIFICATE_INVALID_FOR_SIGNING",
        "certificate lacks ev or digital-signature usage",
    ),
    (
        0x8217_000e,
        "PROVCORE_E_XML_MISSING_SIGNATURE",
        "unsigned and the caller is not an operator app",
    ),
];

impl Hresult {
    /// The code of success, the only one [XML-200].
    pub const SUCCESS: Self = Self(0);

    /// The operator's app tried to provision another operator's profiles [XML-189]; not a matter
    /// of signatures, so no [`crate::verify::Refusal`] has it.
    pub const ACCESS_DENIED: Self = Self(0x8007_0005);

    /// Returns the number of `msProvisionNetworks` for a call that fails with this code: 2 to 5,
    /// or 1 for every other code [XML-199].
    #[must_use]
    pub const fn result(self) -> u8 {
        match self.0 {
            0x8217_0001 | 0x8217_0002 => 2,
            0x8217_000e | 0x8217_000d | 0x8217_0007 => 3,
            0x8217_0003..=0x8217_0005 => 4,
            0x8217_0006 => 5,
            _ => 1,
        }
    }

    /// Reads eight hexadecimal digits; upper case and `0x` before them are tolerated [XML-208].
    ///
    /// # Errors
    /// Anything else, blanks included.
    pub fn parse(text: &str) -> Result<Self, HresultError> {
        let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(HresultError);
        }
        u32::from_str_radix(digits, 16).map(Self).map_err(|_| HresultError)
    }

    /// Says whether it is [`Hresult::SUCCESS`].
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 == 0
    }

    /// Returns Windows' name of the code, if the specification knows it.
    #[must_use]
    pub fn symbol(self) -> Option<&'static str> {
        KNOWN.iter().find(|(code, ..)| *code == self.0).map(|(_, symbol, _)| *symbol)
    }

    /// Returns what the code means, if the specification knows it.
    #[must_use]
    pub fn meaning(self) -> Option<&'static str> {
        KNOWN.iter().find(|(code, ..)| *code == self.0).map(|(.., meaning)| *meaning)
    }
}

impl fmt::Display for Hresult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_codes_have_their_symbols() {
        for (text, symbol) in [
            ("80070005", "E_ACCESSDENIED"),                     // [XML-189]
            ("82170001", "PROVCORE_E_XML_MALFORMED"),           // [XML-190]
            ("82170002", "PROVCORE_E_XML_INVALID"),             // [XML-191]
            ("82170003", "PROVCORE_E_XML_SIGNATURE_INVALID"),   // [XML-192]
            ("82170004", "PROVCORE_E_XML_SIGNATURE_UNTRUSTED"), // [XML-193]
            ("82170005", "PROVCORE_E_XML_DIGEST_INVALID"),      // [XML-194]
            ("82170006", "PROVCORE_E_XML_SIGNER_UNTRUSTED"),    // [XML-195]
            ("82170007", "PROVCORE_E_NO_LEAF_CERT"),            // [XML-196]
            ("8217000d", "PROVCORE_E_SIGNING_CERTIFICATE_INVALID_FOR_SIGNING"), // [XML-197]
            ("8217000e", "PROVCORE_E_XML_MISSING_SIGNATURE"),   // [XML-198]
            ("80070426", "ERROR_SERVICE_NOT_ACTIVE"),
            ("80070490", "ERROR_NOT_FOUND"),
            ("00000000", "S_OK"),
        ] {
            let code = Hresult::parse(text).expect("a code");
            assert_eq!(code.symbol(), Some(symbol), "{text}");
            assert!(code.meaning().is_some(), "{text}");
            assert_eq!(code.to_string(), text);
            assert_eq!(code.is_success(), text == "00000000");
        }
        let unknown = Hresult(0x8217_0008);
        assert_eq!((unknown.symbol(), unknown.meaning()), (None, None));
    }

    #[test]
    fn codes_are_eight_hexadecimal_digits() {
        for (text, expected) in [
            ("8217000d", Ok(0x8217_000d)), // [XML-200]
            ("8217000D", Ok(0x8217_000d)), // [XML-208], and below
            ("0x8217000d", Ok(0x8217_000d)),
            ("0X8217000D", Ok(0x8217_000d)),
            ("8217000", Err(HresultError)),
            ("08217000d", Err(HresultError)),
            ("0x8217000", Err(HresultError)),
            ("0x0x8217000d", Err(HresultError)),
            ("+217000d", Err(HresultError)),
            ("8217000g", Err(HresultError)),
            (" 8217000d", Err(HresultError)),
            ("", Err(HresultError)),
        ] {
            assert_eq!(Hresult::parse(text), expected.map(Hresult), "{text:?}");
        }
    }
}
