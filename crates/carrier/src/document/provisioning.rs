//! Whose documents are trusted from now on, and where the next one is fetched.
//!
//! Not here: comparing the names with certificates ([`crate::verify`]), fetching and storing
//! (an agent's).
//! Implements [XML-16] and [XML-152]…[XML-159].

use std::fmt;

use super::text::{
    TEXT_MAX, TextError, as_is, collapse, masked, masked_text, open_text, text_type,
};
use crate::xml::is_xml_char;
use crate::xml::limits::TEXT_BYTES_MAX;

/// Says why something is no part of the provisioning section, and carries the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvisioningError {
    /// A list of trusted certificates without any [XML-152].
    NoCertificates,
    /// Days before a refresh: 1 to 730 [XML-155].
    Delay(u32),
}

impl fmt::Display for ProvisioningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificates => f.write_str("list of trusted certificates without any"),
            Self::Delay(days) => write!(f, "delay of {days} days is not within 1 to 730"),
        }
    }
}

impl std::error::Error for ProvisioningError {}

text_type! {
    /// Holds the name of a certificate's subject or issuer, as text; blanks kept [XML-16].
    CertificateName, 0 to TEXT_MAX, as_is, is_xml_char
}
text_type! {
    /// Holds the user name for fetching a document; blanks collapsed [XML-157]. Prints masked.
    RefreshUserName, 0 to TEXT_MAX, collapse, is_xml_char
}
text_type! {
    /// Holds the password for fetching a document; blanks collapsed [XML-157]. Never prints.
    RefreshPassword, 0 to TEXT_MAX, collapse, is_xml_char
}

/// Holds where an updated document is fetched [XML-156]. Prints its scheme and host alone, since
/// the rest may name the customer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefreshUrl(String);

impl RefreshUrl {
    const SCHEME: &'static str = "https://";

    /// Reads an `https` URI with anything after its scheme; blanks collapsed.
    ///
    /// # Errors
    /// [`TextError::Form`] for another scheme, for nothing after it, and for what is no URI even
    /// after escaping; [`TextError::Length`] for more than 64 KiB.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = collapse(text);
        if text.len() > TEXT_BYTES_MAX {
            let (found, min, max) = (text.chars().count(), 1, TEXT_BYTES_MAX);
            return Err(TextError::Length { found, min, max });
        }
        if let Some(at) = text.chars().position(|c| !is_xml_char(c)) {
            return Err(TextError::Character { at });
        }
        match text.strip_prefix(Self::SCHEME) {
            Some(rest) if !rest.is_empty() && is_uri_rest(rest) => Ok(Self(text.into_owned())),
            Some(_) | None => Err(TextError::Form),
        }
    }

    /// Returns user information, host and port: what stands between the scheme and the path.
    #[must_use]
    pub fn authority(&self) -> &str {
        authority(self.0.strip_prefix(Self::SCHEME).unwrap_or_default())
    }
}

fn authority(rest: &str) -> &str {
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Judges what follows the scheme as `xs:anyURI` does: characters that a URI lacks count as
/// escaped, but what separates its parts is where it belongs (RFC 3986, appendix A).
fn is_uri_rest(rest: &str) -> bool {
    let is_escaped = |after: &str| {
        let digits: Vec<u8> = after.bytes().take(2).collect();
        digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit)
    };
    let authority = authority(rest);
    let after = rest.strip_prefix(authority).unwrap_or_default();
    rest.split('%').skip(1).all(is_escaped)
        && after.matches('#').count() <= 1
        && !after.contains(['[', ']'])
        && is_authority(authority)
}

/// Judges `user@host:port` and `user@[address]:port`, of which all may be empty but the address.
fn is_authority(authority: &str) -> bool {
    let (user, host) = authority.split_once('@').unwrap_or(("", authority));
    let (is_host, port) = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        Some((address, port)) => {
            let is_of_address = |b: u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
            (!address.is_empty() && address.bytes().all(is_of_address), port)
        }
        None => {
            let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
            (!name.contains(['[', ']', '@']), port)
        }
    };
    let is_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()));
    is_host && is_port && !user.contains(['[', ']'])
}

open_text!(CertificateName);
masked_text!(
    RefreshUserName: masked,
    RefreshPassword: |_| "…".to_owned(),
    RefreshUrl: |url| {
        let authority = authority(url.strip_prefix(RefreshUrl::SCHEME).unwrap_or_default());
        format!("https://{}/…", authority.rsplit('@').next().unwrap_or_default())
    }
);

/// Names certificates by the two names in them [XML-16, XML-153].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedCertificate {
    /// Compared with the subject, or a directory name among its alternative names.
    pub subject_name: CertificateName,
    /// Compared with the issuer, or a directory name among its alternative names.
    pub issuer_name: CertificateName,
}

/// Holds whose signatures are trusted on future documents: never nobody's [XML-152].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedCertificates(Vec<TrustedCertificate>);

impl TrustedCertificates {
    /// Makes a list.
    ///
    /// # Errors
    /// [`ProvisioningError::NoCertificates`] for an empty one.
    pub fn new(certificates: Vec<TrustedCertificate>) -> Result<Self, ProvisioningError> {
        if certificates.is_empty() {
            return Err(ProvisioningError::NoCertificates);
        }
        Ok(Self(certificates))
    }

    /// Returns the certificates in document order.
    #[must_use]
    pub fn as_slice(&self) -> &[TrustedCertificate] {
        &self.0
    }
}

/// Holds the days before which no refresh is tried: 1 to 730 [XML-155, XML-158].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DelayInDays(u32);

impl DelayInDays {
    /// Makes a delay.
    ///
    /// # Errors
    /// 0, and more than 730: the page's "less than 732" is not the schema's [XML-158].
    pub const fn new(days: u32) -> Result<Self, ProvisioningError> {
        if 1 <= days && days <= 730 { Ok(Self(days)) } else { Err(ProvisioningError::Delay(days)) }
    }

    /// Returns the number of days.
    #[must_use]
    pub const fn days(self) -> u32 {
        self.0
    }
}

/// Holds how the document is kept up to date [XML-154].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshParameters {
    /// When the next one is due; only a message triggers a refresh if absent [XML-158].
    pub delay: Option<DelayInDays>,
    /// Where it is.
    pub url: RefreshUrl,
    /// Presented by HTTP authentication [XML-157].
    pub user_name: Option<RefreshUserName>,
    /// Presented by HTTP authentication; encrypted where it is stored [XML-157].
    pub password: Option<RefreshPassword>,
}

/// Holds trust and refresh; both absent is legal and has no effect [XML-159].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provisioning {
    /// Whose signatures are trusted on future documents.
    pub trusted_certificates: Option<TrustedCertificates>,
    /// How the document is kept up to date.
    pub refresh: Option<RefreshParameters>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_hold_at_their_edges() {
        // [XML-155], [XML-158], NV-10.
        for (days, expected) in [
            (0, Err(ProvisioningError::Delay(0))),
            (1, Ok(1)),
            (730, Ok(730)),
            (731, Err(ProvisioningError::Delay(731))),
            (732, Err(ProvisioningError::Delay(732))),
        ] {
            assert_eq!(DelayInDays::new(days).map(DelayInDays::days), expected);
        }
    }

    #[test]
    fn a_list_of_trusted_certificates_is_never_empty() {
        let name = |text| CertificateName::parse(text).expect("a name");
        let one = TrustedCertificate { subject_name: name("CN=a"), issuer_name: name(" CN=b ") };
        assert_eq!(one.issuer_name.as_str(), " CN=b "); // [XML-16]
        let list = TrustedCertificates::new(vec![one.clone()]).expect("a list");
        assert_eq!(list.as_slice(), [one]); // [XML-152], [XML-153]
        assert_eq!(TrustedCertificates::new(Vec::new()), Err(ProvisioningError::NoCertificates));
    }

    #[test]
    fn refresh_urls_are_https_uris() {
        // [XML-156]
        for (text, expected) in [
            (" https://a\n", Ok("https://a")),
            ("https:///", Ok("https:///")),
            ("https://a:/", Ok("https://a:/")),
            ("https://ü.example/a b?{c}", Ok("https://ü.example/a b?{c}")),
            ("https://u@[2001:db8::1]:8443/%2f#x", Ok("https://u@[2001:db8::1]:8443/%2f#x")),
            ("http://a", Err(TextError::Form)), // NV-11
            ("HTTPS://a", Err(TextError::Form)),
            ("https://", Err(TextError::Form)),
            ("", Err(TextError::Form)),
            ("https://a/%2", Err(TextError::Form)),
            ("https://a/%2ü", Err(TextError::Form)),
            ("https://a/#b#c", Err(TextError::Form)),
            ("https://a/[b]", Err(TextError::Form)),
            ("https://[a", Err(TextError::Form)),
            ("https://[]/", Err(TextError::Form)),
            ("https://[g]/", Err(TextError::Form)),
            ("https://[::1]1/", Err(TextError::Form)),
            ("https://[a]@b/", Err(TextError::Form)),
            ("https://a@b@c/", Err(TextError::Form)),
            ("https://a:b/", Err(TextError::Form)),
            ("https://a:1:2/", Err(TextError::Form)),
            ("https://a/\u{7}", Err(TextError::Character { at: 10 })),
        ] {
            let found = RefreshUrl::parse(text);
            assert_eq!(found.as_ref().map(RefreshUrl::reveal), expected.as_ref().copied());
        }
        let long = format!("https://{}", "a".repeat(TEXT_BYTES_MAX));
        let found = TEXT_BYTES_MAX + 8;
        let too_long = TextError::Length { found, min: 1, max: TEXT_BYTES_MAX };
        assert_eq!(RefreshUrl::parse(&long), Err(too_long));
    }

    #[test]
    fn credentials_and_the_customers_part_of_a_url_do_not_print() {
        let refresh = RefreshParameters {
            delay: None,
            url: RefreshUrl::parse("https://u:p@fjell.example/refresh/4711").expect("a URL"),
            user_name: RefreshUserName::parse("refresh-4711").ok(),
            password: RefreshPassword::parse("  r3fresh-Demo ").ok(),
        };
        assert_eq!(
            format!("{refresh:?}"),
            "RefreshParameters { delay: None, url: RefreshUrl(https://fjell.example/…), \
             user_name: Some(RefreshUserName(refres…11)), password: Some(RefreshPassword(…)) }"
        );
        // [XML-157]: tokens, so blanks around them do not count.
        assert_eq!(refresh.password.as_ref().map(|p| p.reveal()), Some("r3fresh-Demo"));
    }
}
