//! How the next document is fetched: requests and answers as values.
//!
//! The driver sends what [`Fetch::request`] says, tells [`Fetch::answered`] what came, and does
//! so again until that ends. Not here: sockets, TLS, when to fetch ([`super::refresh`]), and what
//! the document is worth ([`crate::verify`], [`super::plan`]).
//! Implements [RFR-02] and [RFR-04]: nothing but HTTPS, 1 MiB at most, credentials to the host of
//! the RefreshURL only and not before it asks.

use std::fmt;

use crate::document::{RefreshParameters, RefreshPassword, RefreshUrl, RefreshUserName};

/// The media type to ask for [RFR-04].
pub const ACCEPT: &str = "application/xml";
/// Longest document, in bytes: 1 MiB [RFR-04].
pub const BODY_BYTES_MAX: u64 = 1024 * 1024;
/// Most redirects that are followed.
const REDIRECTS_MAX: u8 = 5;

/// Holds an attempt to fetch a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    parameters: RefreshParameters,
    url: RefreshUrl,
    redirects: u8,
    is_authenticated: bool,
}

/// Holds a GET to send with [`ACCEPT`]. Prints no password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// Where to.
    pub url: &'a RefreshUrl,
    /// What to authenticate with, by the Basic scheme.
    pub credentials: Option<(&'a RefreshUserName, Option<&'a RefreshPassword>)>,
}

/// Holds what counts of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// `Location`.
    pub location: Option<&'a str>,
    /// `WWW-Authenticate`.
    pub challenge: Option<&'a str>,
    /// The length of the body, in bytes; whoever reads it stops after [`BODY_BYTES_MAX`] and one.
    pub body_bytes: u64,
}

/// Says what an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Another request is to be sent.
    Again(Box<Fetch>),
    /// The body is a document, yet to be verified.
    Document,
    /// There is nothing newer: 304 and 204.
    Unchanged,
    /// The attempt failed.
    Failed(Fault),
}

/// Says why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A status that brings no document.
    Status(u16),
    /// A body of more than [`BODY_BYTES_MAX`] bytes.
    TooLong,
    /// A redirect to something else than HTTPS, to nowhere, or one too many.
    Redirect,
    /// Credentials are wanted that the document lacks, or that another host asks for, or they
    /// were refused.
    Credentials,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status}"),
            Self::TooLong => write!(f, "more than {BODY_BYTES_MAX} bytes"),
            Self::Redirect => f.write_str("a redirect that is not followed"),
            Self::Credentials => f.write_str("no credentials for it, or they were refused"),
        }
    }
}

impl std::error::Error for Fault {}

impl Fetch {
    /// Begins an attempt.
    #[must_use]
    pub fn new(parameters: RefreshParameters) -> Self {
        let url = parameters.url.clone();
        Self { parameters, url, redirects: 0, is_authenticated: false }
    }

    /// Returns what to send.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        let user_name = self.parameters.user_name.as_ref().filter(|_| self.is_authenticated);
        let password = self.parameters.password.as_ref();
        Request { url: &self.url, credentials: user_name.map(|name| (name, password)) }
    }

    /// Decides what an answer means.
    #[must_use]
    pub fn answered(&self, answer: &Answer<'_>) -> Heard {
        match answer.status {
            200 if answer.body_bytes > BODY_BYTES_MAX => Heard::Failed(Fault::TooLong),
            200 => Heard::Document,
            204 | 304 => Heard::Unchanged,
            301 | 302 | 303 | 307 | 308 => self.redirected(answer.location),
            401 => self.challenged(answer.challenge),
            status => Heard::Failed(Fault::Status(status)),
        }
    }

    fn redirected(&self, location: Option<&str>) -> Heard {
        let target = location.and_then(|location| self.resolve(location));
        match target {
            Some(url) if self.redirects < REDIRECTS_MAX => Heard::Again(Box::new(Self {
                url,
                redirects: self.redirects.saturating_add(1),
                is_authenticated: false,
                ..self.clone()
            })),
            Some(_) | None => Heard::Failed(Fault::Redirect),
        }
    }

    /// Reads a whole address of HTTPS, or one from the root of this host.
    fn resolve(&self, location: &str) -> Option<RefreshUrl> {
        let whole = match location.strip_prefix('/') {
            Some(rest) if !rest.starts_with('/') => {
                format!("https://{}{location}", self.url.authority())
            }
            Some(_) => format!("https:{location}"),
            None => location.to_owned(),
        };
        RefreshUrl::parse(&whole).ok()
    }

    fn challenged(&self, challenge: Option<&str>) -> Heard {
        let scheme = challenge.and_then(|text| text.split_ascii_whitespace().next());
        let is_basic = scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic"));
        let is_own = host(&self.url).eq_ignore_ascii_case(host(&self.parameters.url));
        let has_name = self.parameters.user_name.is_some();
        if is_basic && is_own && has_name && !self.is_authenticated {
            return Heard::Again(Box::new(Self { is_authenticated: true, ..self.clone() }));
        }
        Heard::Failed(Fault::Credentials)
    }
}

/// Returns host and port, the usual port left out.
fn host(url: &RefreshUrl) -> &str {
    let authority = url.authority();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    host.strip_suffix(":443").unwrap_or(host)
}
