//! A launch URL that an integrator pastes: what it says, and what is odd about it.
//!
//! Read by the reader of the portal itself, so that both agree. What a value was is shown masked,
//! and nothing of it is stored or logged. Not here: whose the SIM is ([`super::matching`]).
//! Implements the integrator's side of [PORT-18]…[PORT-25].

use std::collections::BTreeMap;

use api::matching::SimQuestion;
use domain::brand::Brand;
use domain::launch::{self, Device, Launch, Parsed, Property, QUERY_BYTES_MAX, Subscriber};
use domain::launch::{Technology, Warning};

use crate::app::App;
use crate::store::Claims;
use crate::texts::Texts;

/// Longest URL that is read, in bytes: the query's limit and an address.
pub const URL_BYTES_MAX: usize = QUERY_BYTES_MAX + 1024;

/// A URL that was read.
pub struct Pasted {
    /// What its query says, and what was mended.
    pub parsed: Parsed,
    /// What it asks of the catalogue.
    pub asked: SimQuestion,
    /// What is odd about the address itself.
    oddities: Vec<Oddity>,
    /// Where it leads: what stands before the query.
    address: String,
}

/// Something odd about a URL, beside its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Oddity {
    /// Longer than [`URL_BYTES_MAX`].
    TooLong,
    /// No address before the query.
    NoAddress,
    /// An address that is not `https`.
    NotHttps,
    /// No query.
    NoQuery,
    /// A fragment, which no browser sends.
    Fragment,
    /// So many properties that Windows does not send.
    Unknown(usize),
    /// CDMA: the URL has nothing that a rule compares.
    NothingToCompare,
}

impl Pasted {
    /// Reads a URL, or a query alone; total, as a launch is never an error [PORT-07].
    #[must_use]
    pub fn read(app: &App, text: &str, host: &str) -> Self {
        let text = text.trim().trim_matches(['"', '\'', '<', '>']);
        let mut oddities = Vec::new();
        let text = match text.get(..URL_BYTES_MAX) {
            Some(head) if text.len() > URL_BYTES_MAX => {
                oddities.push(Oddity::TooLong);
                head
            }
            Some(_) | None => text,
        };
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        let (address, query) = match text.split_once('?') {
            Some((address, query)) => (address, query),
            None if text.contains('=') && !text.contains("://") => ("", text),
            None => (text, ""),
        };
        if address.is_empty() {
            oddities.push(Oddity::NoAddress);
        } else if !address.get(..8).is_some_and(|head| head.eq_ignore_ascii_case("https://")) {
            oddities.push(Oddity::NotHttps);
        }
        if query.is_empty() {
            oddities.push(Oddity::NoQuery);
        }
        if !fragment.is_empty() {
            oddities.push(Oddity::Fragment);
        }
        let unknown = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| !is_known(name));
        let unknown = unknown.count();
        if unknown > 0 {
            oddities.push(Oddity::Unknown(unknown));
        }
        let catalog = app.catalog();
        let parsed = launch::parse(query, |digits| catalog.index.has_imsi_prefix(digits));
        let asked = asked(app, &parsed.launch, host);
        if parsed.launch.technology == Technology::Cdma {
            oddities.push(Oddity::NothingToCompare);
        }
        Self { parsed, asked, oddities, address: address.to_owned() }
    }

    /// Says what the URL has for a property, masked.
    #[must_use]
    pub fn value(&self, property: Property) -> Option<String> {
        let Launch { subscriber, device, iccid, .. } = &self.parsed.launch;
        match property {
            Property::SubId => subscriber.as_ref().map(|subscriber| match subscriber {
                Subscriber::Imsi(imsi) => format!("IMSI {}", imsi.masked()),
                Subscriber::Min(min) => format!("MIN {}", min.masked()),
            }),
            Property::DevId => device.as_ref().map(|device| match device {
                Device::Imei(imei) => format!("IMEI {}", imei.masked()),
                Device::Cdma(device) => {
                    let masked = domain::identity::masked(device.reveal());
                    format!("{:?} {masked}", device.kind()).to_uppercase()
                }
            }),
            Property::IccId => iccid.as_ref().map(|iccid| format!("ICCID {}", iccid.masked())),
        }
    }

    /// Says in words what is odd about a property.
    #[must_use]
    pub fn remarks(&self, texts: &Texts, property: Property) -> Vec<String> {
        let remark = |warning: &Warning| match *warning {
            Warning::Repeated(of) if of == property => Some(texts.get("admin-launch-repeated")),
            Warning::Empty(of) if of == property => Some(texts.get("admin-launch-empty")),
            Warning::Normalised(of) if of == property => Some(texts.get("admin-launch-normalised")),
            Warning::Dropped(of, error) if of == property => {
                let error = error.to_string();
                Some(texts.format("admin-launch-dropped", &[("error", error.into())]))
            }
            Warning::Repeated(_)
            | Warning::Empty(_)
            | Warning::Normalised(_)
            | Warning::Dropped(..)
            | Warning::Truncated => None,
        };
        self.parsed.warnings.iter().filter_map(remark).collect()
    }

    /// Says in words what is odd about the rest, for the brand that was found.
    #[must_use]
    pub fn oddities(&self, texts: &Texts, brand: Option<&Brand>) -> Vec<String> {
        let mut all: Vec<String> =
            self.oddities.iter().map(|oddity| word(texts, *oddity)).collect();
        if self.parsed.warnings.contains(&Warning::Truncated) {
            all.push(texts.get("admin-launch-truncated"));
        }
        let Some(brand) = brand.filter(|_| !self.address.is_empty()) else { return all };
        match &brand.portal.account_experience_url {
            // Case does not count in the scheme and the host, and no path is one of its root.
            Some(own) if is_same_address(own, &self.address) => {}
            Some(own) => {
                let variables = [("brand", brand.id.as_str().into()), ("url", own.as_str().into())];
                all.push(texts.format("admin-launch-elsewhere", &variables));
            }
            None => {
                let variables = [("brand", brand.id.as_str().into())];
                all.push(texts.format("admin-launch-no-url", &variables));
            }
        }
        all
    }
}

fn word(texts: &Texts, oddity: Oddity) -> String {
    match oddity {
        Oddity::TooLong => texts.get("admin-launch-too-long"),
        Oddity::NoAddress => texts.get("admin-launch-no-address"),
        Oddity::NotHttps => texts.get("admin-launch-not-https"),
        Oddity::NoQuery => texts.get("admin-launch-no-query"),
        Oddity::Fragment => texts.get("admin-launch-fragment"),
        Oddity::Unknown(count) => {
            let count = u32::try_from(count).unwrap_or(u32::MAX).to_string();
            texts.format("admin-launch-unknown", &[("count", count.into())])
        }
        Oddity::NothingToCompare => texts.get("admin-launch-cdma"),
    }
}

/// Tells whether Windows sends a property of that name [PORT-19].
fn is_known(name: &str) -> bool {
    let known = [Property::SubId, Property::DevId, Property::IccId];
    known.iter().any(|property| name.trim().eq_ignore_ascii_case(property.name()))
}

fn is_same_address(own: &str, other: &str) -> bool {
    let split = |url: &str| {
        let path = url.find("://").and_then(|at| {
            let behind = at.saturating_add(3);
            Some(behind.saturating_add(url.get(behind..)?.find('/')?))
        });
        let (origin, path) = url.split_at_checked(path.unwrap_or(url.len())).unwrap_or((url, ""));
        let origin = origin.to_ascii_lowercase();
        let origin = origin.strip_suffix(":443").unwrap_or(&origin).to_owned();
        (origin, if path.is_empty() { "/".to_owned() } else { path.to_owned() })
    };
    split(own) == split(other)
}

/// Asks what the portal asks of the same launch.
fn asked(app: &App, launch: &Launch, host: &str) -> SimQuestion {
    let mut asked = SimQuestion { host: host.to_owned(), ..SimQuestion::default() };
    if launch.technology == Technology::Cdma {
        asked.mode = "cdma".to_owned();
        return asked;
    }
    if let Some(Subscriber::Imsi(imsi)) = &launch.subscriber {
        asked.imsi = imsi.reveal().to_owned();
    }
    if let Some(iccid) = &launch.iccid {
        asked.iccid = iccid.reveal().to_owned();
    }
    let claims = Claims::from(launch.clone());
    asked.home_provider = app.subscribers.home_provider_name(&claims).unwrap_or_default();
    asked
}

/// Returns what was pasted into a form.
#[must_use]
pub fn pasted(fields: &BTreeMap<String, String>) -> &str {
    fields.get("url").map(String::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_in_any_case_and_with_its_usual_port() {
        for (own, other, expected) in [
            ("https://portal.example/", "https://portal.example", true),
            ("https://portal.example/", "HTTPS://Portal.Example:443/", true),
            ("https://portal.example/a", "https://portal.example/A", false),
            ("https://portal.example/", "https://portal.example:8443/", false),
            ("https://portal.example/", "http://portal.example/", false),
            ("https://portal.example/", "https://portal.example.evil/", false),
        ] {
            assert_eq!(is_same_address(own, other), expected, "{own} {other}");
        }
    }
}
