//! Texts of Wi-Fi profiles, hotspots and EAP methods, as types that check themselves.
//!
//! The schema gives none of them a length. Keys and passwords never print, identities print
//! masked. Not here: SSIDs ([`super::ssid`]).
//! Implements [XML-111], [XML-125]…[XML-128] and the texts of [XML-130] and [HOT-49].

use super::text::{
    TEXT_MAX, TextError, as_is, bounded, collapse, masked, masked_text, open_text, text_type,
};
use crate::xml::is_xml_char;

text_type! {
    /// Holds the key of a network, kept as it is [XML-111]; how long it is depends on what it is
    /// for ([`crate::lint`]). Never prints.
    KeyMaterial, 0 to TEXT_MAX, as_is, is_xml_char
}
text_type! {
    /// Holds the user name for a hotspot; blanks collapsed [XML-125]. Prints masked.
    HotspotUserName, 0 to TEXT_MAX, collapse, is_xml_char
}
text_type! {
    /// Holds the password for a hotspot; blanks collapsed [XML-125]. Never prints.
    HotspotPassword, 0 to TEXT_MAX, collapse, is_xml_char
}
text_type! {
    /// Holds the package family name of the app that supplies credentials [XML-126].
    ExtensionId, 0 to TEXT_MAX, collapse, is_xml_char
}
text_type! {
    /// Holds a host that is trusted with credentials, or with a leading dot every host below
    /// [XML-127].
    TrustedDomain, 0 to TEXT_MAX, collapse, is_xml_char
}
text_type! {
    /// Holds the HTTP user agent of a hotspot log-on [XML-128].
    UserAgent, 0 to TEXT_MAX, collapse, is_xml_char
}
text_type! {
    /// Names the provider whose SIMs may authenticate, kept as it is [HOT-49].
    SimProviderName, 0 to TEXT_MAX, as_is, is_xml_char
}
text_type! {
    /// Holds the realm of an identity; empty stands for the one derived from the SIM [HOT-49].
    RealmName, 0 to TEXT_MAX, as_is, is_xml_char
}
text_type! {
    /// Lists the names of the servers that a client accepts, in the form of the EAP method.
    ServerNames, 0 to TEXT_MAX, as_is, is_xml_char
}
text_type! {
    /// Holds the identity that a client shows outside the tunnel. Prints masked.
    AnonymousIdentity, 0 to TEXT_MAX, as_is, is_xml_char
}

open_text!(ExtensionId, TrustedDomain, UserAgent, SimProviderName, RealmName, ServerNames);
masked_text!(
    KeyMaterial: |_| "…".to_owned(),
    HotspotUserName: masked,
    HotspotPassword: |_| "…".to_owned(),
    AnonymousIdentity: masked
);

impl RealmName {
    pub(super) const fn empty() -> Self {
        Self(String::new())
    }
}

impl KeyMaterial {
    /// Reads a passphrase: 8 to 63 characters of ASCII, codes 32 to 126 [XML-111].
    ///
    /// # Errors
    /// Too short, too long, or another character.
    pub fn passphrase(text: &str) -> Result<Self, TextError> {
        bounded(text, 8, 63, |c| matches!(c, ' '..='~'))?;
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_passwords_and_identities_do_not_print() {
        let key = KeyMaterial::parse("correct horse").expect("a key");
        assert_eq!(format!("{key:?}"), "KeyMaterial(…)"); // [XML-111]
        let password = HotspotPassword::parse("wifi-Demo-1").expect("a password");
        assert_eq!(format!("{password:?}"), "HotspotPassword(…)"); // [XML-125]
        let user = HotspotUserName::parse("4711@fjell.example").expect("a name");
        assert_eq!(format!("{user:?}"), "HotspotUserName(4711@f…le)");
        let outer = AnonymousIdentity::parse("anonymous@fjell.example").expect("an identity");
        assert_eq!(format!("{outer:?}"), "AnonymousIdentity(anonym…le)");
    }

    #[test]
    fn tokens_lose_blanks_and_strings_keep_them() {
        let agent = UserAgent::parse(" Fjell \n Connect ").expect("a token"); // [XML-128]
        assert_eq!(agent.as_str(), "Fjell Connect");
        let key = KeyMaterial::parse(" a  b ").expect("a string");
        assert_eq!(key.reveal(), " a  b ");
        assert_eq!(UserAgent::parse("a\u{7}"), Err(TextError::Character { at: 1 }));
        assert_eq!(ExtensionId::parse(" ").expect("a token").as_str(), ""); // [XML-126]
    }

    #[test]
    fn passphrases_are_8_to_63_characters_of_ascii() {
        for (text, expected) in [
            (" ~345678".to_owned(), None), // [XML-111]
            ("x".repeat(63), None),
            ("1234567".to_owned(), Some(TextError::Length { found: 7, min: 8, max: 63 })),
            ("x".repeat(64), Some(TextError::Length { found: 64, min: 8, max: 63 })),
            ("1234567ø".to_owned(), Some(TextError::Character { at: 7 })),
            ("1234567\u{7f}".to_owned(), Some(TextError::Character { at: 7 })),
        ] {
            assert_eq!(KeyMaterial::passphrase(&text).err(), expected, "{text}");
        }
    }
}
