//! `serviceproviders.xml` → model.
//!
//! Elements come in any order. Not here: what the file as a whole amounts to
//! ([`super::Report`]).

use std::fmt;

use super::model::{
    Apn, Authentication, Cdma, Country, Gsm, Name, NetworkId, PlanType, Provider, ServiceProviders,
    Sid, Usage,
};
use super::notice::{Notice, Oddity};
use crate::document::AccessString;
use crate::xml::{self, Doctype, Element, Policy, XmlError};

const MIB: usize = 1024 * 1024;
const ROOT: &str = "serviceproviders";
/// The only version of the format that is in use, since 2009.
const FORMAT: &str = "2.0";

/// What this file is read under: it names its DTD, and has room to grow twentyfold from the
/// 354 KiB of 2023-04-16.
pub const POLICY: Policy =
    Policy { doctype: Doctype::ExternalSkipped, bytes_max: 8 * MIB, nodes_max: 262_144 };

/// Says what the file lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The root is not `serviceproviders`.
    Root,
    /// The `format` is not 2.0.
    Format,
    /// An attribute that the DTD requires is absent; carries its name.
    MissingAttribute(&'static str),
    /// An element that the DTD requires is absent; carries its name.
    MissingElement(&'static str),
}

/// Says where the file lacks something, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceError {
    /// Offset in bytes of the element that lacks something.
    pub at: usize,
    /// The elements from the root to it.
    pub path: Vec<&'static str>,
    /// What it lacks.
    pub fault: Fault,
}

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            Fault::Root => f.write_str("not a database of providers"),
            Fault::Format => f.write_str("not format 2.0"),
            Fault::MissingAttribute(name) => write!(f, "attribute {name} is absent"),
            Fault::MissingElement(name) => write!(f, "{name} is absent"),
        }?;
        write!(f, " in /{} at byte {}", self.path.join("/"), self.at)
    }
}

impl std::error::Error for PlaceError {}

/// Says why bytes are no database of providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// Not acceptable XML.
    Xml(XmlError),
    /// Not what the DTD requires.
    Place(PlaceError),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Xml(_) => "not acceptable xml",
            Self::Place(_) => "not a database of providers",
        })
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Xml(source) => Some(source),
            Self::Place(source) => Some(source),
        }
    }
}

pub(super) type Read<T> = Result<T, PlaceError>;

/// Reads the database.
///
/// # Errors
/// Not XML under [`POLICY`], or something is absent that the DTD requires; everything else is a
/// [`Notice`].
pub fn read(bytes: &[u8]) -> Result<ServiceProviders, ReadError> {
    let root = xml::parse_with(bytes, &POLICY).map_err(ReadError::Xml)?;
    let place = Place { element: &root, path: vec![ROOT] };
    Reader::default().database(&place).map_err(ReadError::Place)
}

/// An element that the reader looks at.
pub(super) struct Place<'e> {
    pub(super) element: &'e Element<'e>,
    /// The names of the elements from the root to this one.
    pub(super) path: Vec<&'static str>,
}

impl<'e> Place<'e> {
    fn name(&self) -> &'static str {
        self.path.last().copied().unwrap_or_default()
    }

    fn error(&self, fault: Fault) -> PlaceError {
        PlaceError { at: self.element.span.start, path: self.path.clone(), fault }
    }

    pub(super) fn required(&self, name: &'static str) -> Read<&'e str> {
        self.element.attribute(name).ok_or_else(|| self.error(Fault::MissingAttribute(name)))
    }

    fn needs_name(&self, names: &[Name]) -> Read<()> {
        match names.is_empty() {
            true => Err(self.error(Fault::MissingElement("name"))),
            false => Ok(()),
        }
    }
}

/// Collects what is unusual on its way.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) notices: Vec<Notice>,
    pub(super) notices_left_out: usize,
    pub(super) not_kept: usize,
}

impl Reader {
    fn database(mut self, place: &Place<'_>) -> Read<ServiceProviders> {
        if place.element.local != ROOT || place.element.namespace.is_some() {
            return Err(place.error(Fault::Root));
        }
        self.attributes(place, &["format"]);
        if place.required("format")? != FORMAT {
            return Err(place.error(Fault::Format));
        }
        let mut countries = Vec::new();
        for child in self.children(place, &["country"], &[]) {
            countries.push(self.country(&child)?);
        }
        let Self { notices, notices_left_out, not_kept } = self;
        Ok(ServiceProviders { countries, notices, notices_left_out, not_kept })
    }

    fn country(&mut self, place: &Place<'_>) -> Read<Country> {
        self.attributes(place, &["code"]);
        let code = place.required("code")?.to_owned();
        if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_lowercase()) {
            self.notice(place, Oddity::UnknownWord("code"));
        }
        let mut country = Country { code, names: Vec::new(), providers: Vec::new() };
        for child in self.children(place, &["name", "provider"], &[]) {
            match child.name() {
                "name" => country.names.extend(self.named(&child)),
                _ => country.providers.push(self.provider(&child)?),
            }
        }
        place.needs_name(&country.names)?;
        Ok(country)
    }

    fn provider(&mut self, place: &Place<'_>) -> Read<Provider> {
        self.attributes(place, &["primary"]);
        let is_primary = match place.element.attribute("primary") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => {
                self.notice(place, Oddity::UnknownWord("primary"));
                None
            }
            None => None,
        };
        let mut provider = Provider { names: Vec::new(), is_primary, gsm: None, cdma: None };
        for child in self.children(place, &["name", "gsm", "cdma"], &[]) {
            match child.name() {
                "name" => provider.names.extend(self.named(&child)),
                "gsm" => {
                    let gsm = self.gsm(&child)?;
                    self.once(&mut provider.gsm, gsm, &child);
                }
                _ => {
                    let cdma = self.cdma(&child)?;
                    self.once(&mut provider.cdma, cdma, &child);
                }
            }
        }
        place.needs_name(&provider.names)?;
        Ok(provider)
    }

    fn gsm(&mut self, place: &Place<'_>) -> Read<Gsm> {
        self.attributes(place, &[]);
        let not_kept =
            ["msisdn-query", "voicemail", "visual-voicemail", "balance-check", "balance-top-up"];
        let mut gsm = Gsm { network_ids: Vec::new(), apns: Vec::new() };
        for child in self.children(place, &["network-id", "apn"], &not_kept) {
            match child.name() {
                "network-id" => {
                    self.attributes(&child, &["mcc", "mnc"]);
                    let (mcc, mnc) = (child.required("mcc")?, child.required("mnc")?);
                    let id = NetworkId::parse(mcc, mnc);
                    gsm.network_ids.extend(self.usable(id, &child));
                }
                _ => gsm.apns.extend(self.apn(&child)?),
            }
        }
        Ok(gsm)
    }

    fn apn(&mut self, place: &Place<'_>) -> Read<Option<Apn>> {
        const KNOWN: [&str; 10] = [
            "plan",
            "usage",
            "name",
            "gateway",
            "username",
            "password",
            "authentication",
            "dns",
            "mmsc",
            "mmsproxy",
        ];
        self.attributes(place, &["value"]);
        let value = self.trimmed(place.required("value")?, place);
        let value = AccessString::parse(&value).ok();
        let Some(value) = self.usable(value, place) else { return Ok(None) };
        let mut apn = Apn {
            value,
            plans: Vec::new(),
            usage: None,
            names: Vec::new(),
            gateway: None,
            user_name: None,
            password: None,
            authentication: Vec::new(),
            dns: Vec::new(),
            mmsc: None,
            mms_proxy: None,
        };
        for child in self.children(place, &KNOWN, &[]) {
            match child.name() {
                "plan" => {
                    let plan = self.word(&child, "type", PlanType::parse, PlanType::is_known)?;
                    apn.plans.push(plan);
                }
                "usage" => {
                    let usage = self.word(&child, "type", Usage::parse, Usage::is_known)?;
                    self.once(&mut apn.usage, usage, &child);
                }
                "authentication" => {
                    let parse = Authentication::parse;
                    let method = self.word(&child, "method", parse, Authentication::is_known)?;
                    apn.authentication.push(method);
                }
                "name" => apn.names.extend(self.named(&child)),
                "gateway" => self.text_once(&mut apn.gateway, &child),
                "username" => self.user_name(&mut apn.user_name, &child),
                "password" => self.password(&mut apn.password, &child),
                "dns" => apn.dns.extend(self.address(&child)),
                "mmsc" => self.text_once(&mut apn.mmsc, &child),
                _ => self.text_once(&mut apn.mms_proxy, &child),
            }
        }
        Ok(Some(apn))
    }

    fn cdma(&mut self, place: &Place<'_>) -> Read<Cdma> {
        self.attributes(place, &[]);
        let mut cdma = Cdma {
            names: Vec::new(),
            user_name: None,
            password: None,
            dns: Vec::new(),
            sids: Vec::new(),
        };
        for child in self.children(place, &["name", "username", "password", "dns", "sid"], &[]) {
            match child.name() {
                "name" => cdma.names.extend(self.named(&child)),
                "username" => self.user_name(&mut cdma.user_name, &child),
                "password" => self.password(&mut cdma.password, &child),
                "dns" => cdma.dns.extend(self.address(&child)),
                _ => {
                    self.attributes(&child, &["value"]);
                    let sid = Sid::parse(child.required("value")?);
                    cdma.sids.extend(self.usable(sid, &child));
                }
            }
        }
        Ok(cdma)
    }
}
