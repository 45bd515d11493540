//! ServiceInfo: who the operator is, as Windows shows it.
//!
//! Not here: whether the number is the operator's `CarrierId` ([`super::Package::check`]).
//! Implements [MATCH-109] and [MATCH-113].

use super::package_info::foreign;
use super::place::{self, PartError, Place, Read, file_name, verbatim};
use super::text::{
    FileName, IconFile, PlainGuid, ServiceDescription, ServiceName, ServiceProvider,
};
use crate::document::collapse;
use crate::xml::{Foreign, Namespace, Policy, WriteError, Writer};

const N: Namespace = Namespace::ServiceInfo;

/// Holds the part ServiceInfo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceInfo {
    /// What the service is.
    pub categories: Categories,
    /// Unused by Windows.
    pub name: Option<ServiceName>,
    /// Describes the service.
    pub description_1: Option<ServiceDescription>,
    /// Describes the service further.
    pub description_2: Option<ServiceDescription>,
    /// The operator's `CarrierId` without its braces; never changes.
    pub number: PlainGuid,
    /// The operator's name.
    pub provider: ServiceProvider,
    /// The operator's logo; packages without one are rejected although the schema allows it.
    pub icon: Option<IconFile>,
    /// Where MobileBroadbandInfo is.
    pub extension: Option<Extension>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Holds one category or more, the primary one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Categories {
    /// What counts.
    pub primary: Category,
    /// What Windows does not look at.
    pub further: Vec<Category>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Names what a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Category {
    /// Mobile broadband of any kind.
    MobileBroadband,
    /// Mobile broadband over CDMA.
    Cdma,
    /// Mobile broadband over GSM.
    Gsm,
    /// Something else, which is legal and no service of an operator; see [`Category::parse`].
    Other(String),
}

impl Category {
    fn as_str(&self) -> &str {
        match self {
            Self::MobileBroadband => "Network.MobileBroadband",
            Self::Cdma => "Network.MobileBroadband.CDMA",
            Self::Gsm => "Network.MobileBroadband.GSM",
            Self::Other(text) => text,
        }
    }

    /// Reads a category, blanks around it dropped.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = collapse(text);
        let known = [Self::MobileBroadband, Self::Cdma, Self::Gsm];
        known
            .into_iter()
            .find(|c| c.as_str() == text)
            .unwrap_or_else(|| Self::Other(text.into_owned()))
    }
}

/// Names the file with MobileBroadbandInfo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its namespace.
    pub namespace: String,
    /// The file, beside ServiceInfo.
    pub file: FileName,
}

/// Says in whose network a device is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// In its own.
    Home,
    /// In that of another operator.
    Roaming,
}

/// Holds what Windows shows in place of the network's own name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branding<'a> {
    /// The operator's name.
    pub name: &'a str,
    /// The file with its logo.
    pub icon: Option<&'a str>,
}

impl ServiceInfo {
    /// Returns the operator's name and logo, which are shown on its home network alone; while
    /// roaming the network's own name is shown [MATCH-113].
    #[must_use]
    pub fn branding(&self, registration: Registration) -> Option<Branding<'_>> {
        match registration {
            Registration::Home => Some(Branding {
                name: self.provider.as_str(),
                icon: self.icon.as_ref().map(IconFile::as_str),
            }),
            Registration::Roaming => None,
        }
    }

    /// Reads the part.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn read(bytes: &[u8]) -> Result<Self, PartError> {
        place::part(bytes, &Policy::STRICT, (N, "ServiceInfo"), service_info)
    }

    /// Writes the part, in canonical form.
    ///
    /// # Errors
    /// A text holds a character that XML cannot carry.
    pub fn write(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.element(N, "ServiceInfo", &[], |w| {
            w.element(N, "ServiceCategoryList", &[], |w| {
                let Categories { primary, further, others } = &self.categories;
                for category in std::iter::once(primary).chain(further) {
                    w.leaf(N, "ServiceCategory", category.as_str())?;
                }
                foreign(w, others)
            })?;
            leaf(w, "ServiceName", self.name.as_ref().map(ServiceName::as_str))?;
            let description =
                |d: &'_ Option<ServiceDescription>| d.as_ref().map(ToString::to_string);
            leaf(w, "ServiceDescription1", description(&self.description_1).as_deref())?;
            leaf(w, "ServiceDescription2", description(&self.description_2).as_deref())?;
            w.leaf(N, "ServiceNumber", self.number.as_str())?;
            w.leaf(N, "ServiceProvider", self.provider.as_str())?;
            leaf(w, "ServiceIconFile", self.icon.as_ref().map(IconFile::as_str))?;
            if let Some(Extension { namespace, file }) = &self.extension {
                let attributes = [("namespace", namespace.as_str())];
                w.element(N, "ServiceSpecificExtension", &attributes, |w| w.text(file.as_str()))?;
            }
            foreign(w, &self.others)
        })?;
        Ok(w.finish())
    }
}

fn leaf(w: &mut Writer, name: &'static str, text: Option<&str>) -> Result<(), WriteError> {
    text.map_or(Ok(()), |text| w.leaf(N, name, text))
}

fn service_info(place: &Place<'_>) -> Read<ServiceInfo> {
    let mut children = place.sequence()?;
    let description = |place: &Place<'_>| place.plain(ServiceDescription::parse);
    Ok(ServiceInfo {
        categories: categories(&children.required("ServiceCategoryList")?)?,
        name: children.maybe("ServiceName", |place| place.plain(ServiceName::parse))?,
        description_1: children.maybe("ServiceDescription1", description)?,
        description_2: children.maybe("ServiceDescription2", description)?,
        number: children
            .required("ServiceNumber")?
            .plain(|text| PlainGuid::parse(&collapse(text)))?,
        provider: children.required("ServiceProvider")?.plain(ServiceProvider::parse)?,
        icon: children.maybe("ServiceIconFile", |place| place.plain(IconFile::parse))?,
        extension: children.maybe("ServiceSpecificExtension", |place| {
            place.only(&["namespace"])?;
            Ok(Extension {
                namespace: place.required("namespace", verbatim)?,
                file: place.text(file_name)?,
            })
        })?,
        others: children.others()?,
    })
}

fn categories(place: &Place<'_>) -> Read<Categories> {
    let mut children = place.sequence()?;
    let category = |place: &Place<'_>| place.plain(|text| Ok::<_, ()>(Category::parse(text)));
    Ok(Categories {
        primary: category(&children.required("ServiceCategory")?)?,
        further: children.each("ServiceCategory", usize::MAX, category)?,
        others: children.others()?,
    })
}
