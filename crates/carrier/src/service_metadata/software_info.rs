//! SoftwareInfo: the operator's app, who else may use the interfaces of mobile broadband, and
//! what runs when the network has a message.
//!
//! Not here: the limits beyond the schema ([`super::Package::check`]).
//! Implements [MATCH-110].

use super::package_info::foreign;
use super::place::{self, PartError, Place, Read, boolean, verbatim};
use super::text::{ApplicationId, PackageName, Publisher};
use crate::xml::{Foreign, Namespace, Policy, WriteError, Writer};

const N: Namespace = Namespace::SoftwareInfo;
/// The only event that a handler of an operator's app has [MATCH-110].
pub const EVENT_ID: &str = "MobileOperatorNotificationHandler";

/// Holds the part SoftwareInfo, in one of its two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SoftwareInfo {
    /// With an app of the operator.
    Companion {
        /// The app.
        companions: Box<Companions>,
        /// Who may use the interfaces.
        privileged: Option<Privileged>,
        /// Elements of others.
        others: Vec<Foreign>,
    },
    /// Without an app.
    PrivilegedOnly(Privileged),
}

/// Holds `DeviceCompanionApplications`: the package that is honoured, and those that are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companions {
    /// The package that Windows installs [MATCH-110].
    pub package: CompanionPackage,
    /// Packages that Windows ignores.
    pub ignored: Vec<CompanionPackage>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Identifies a package of apps, as its manifest does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its name.
    pub name: PackageName,
    /// Its publisher.
    pub publisher: Publisher,
}

/// Holds a package with the operator's app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanionPackage {
    /// Which package.
    pub identity: Identity,
    /// The app.
    pub application: Application,
    /// Apps that Windows ignores; the schema has none, the source's remarks have [MATCH-110].
    pub ignored: Vec<Application>,
    /// Elements of others after the apps.
    pub application_others: Vec<Foreign>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Holds an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Which app of its package.
    pub id: ApplicationId,
    /// What runs on an event.
    pub handlers: Option<NotificationHandlers>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Holds one handler or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationHandlers {
    handlers: Vec<NotificationHandler>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

impl NotificationHandlers {
    /// Takes the handlers; nothing if there are none.
    #[must_use]
    pub fn new(handlers: Vec<NotificationHandler>, others: Vec<Foreign>) -> Option<Self> {
        (!handlers.is_empty()).then_some(Self { handlers, others })
    }

    /// Returns the handlers.
    #[must_use]
    pub fn as_slice(&self) -> &[NotificationHandler] {
        &self.handlers
    }
}

/// Says what runs on an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationHandler {
    /// The event: [`EVENT_ID`].
    pub event_id: String,
    /// The script of the app or its runtime class.
    pub event_asset: String,
}

/// Says who may use the interfaces of mobile broadband.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Privileged {
    /// Every app.
    AnyApplication,
    /// These packages; the app's must be among them [MATCH-110]. May be empty.
    Packages(Vec<PrivilegedPackage>),
    /// Nobody that is known: elements of others, at least one.
    Others(Foreign, Vec<Foreign>),
}

impl Privileged {
    /// Returns the packages that are listed.
    #[must_use]
    pub fn packages(&self) -> &[PrivilegedPackage] {
        match self {
            Self::Packages(packages) => packages,
            Self::AnyApplication | Self::Others(..) => &[],
        }
    }
}

/// Holds a package that may use the interfaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivilegedPackage {
    /// Which package.
    pub identity: Identity,
    /// Says whether it may use the driver's own interface.
    pub access_custom_driver: Option<bool>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

impl SoftwareInfo {
    /// Returns the operator's app.
    #[must_use]
    pub fn companions(&self) -> Option<&Companions> {
        match self {
            Self::Companion { companions, .. } => Some(companions),
            Self::PrivilegedOnly(_) => None,
        }
    }

    /// Returns who may use the interfaces.
    #[must_use]
    pub const fn privileged(&self) -> Option<&Privileged> {
        match self {
            Self::Companion { privileged, .. } => privileged.as_ref(),
            Self::PrivilegedOnly(privileged) => Some(privileged),
        }
    }

    /// Returns the handlers of the app that Windows honours.
    #[must_use]
    pub fn handlers(&self) -> &[NotificationHandler] {
        let handlers = self.companions().and_then(|c| c.package.application.handlers.as_ref());
        handlers.map_or(&[], NotificationHandlers::as_slice)
    }

    /// Reads the part.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn read(bytes: &[u8]) -> Result<Self, PartError> {
        place::part(bytes, &Policy::STRICT, (N, "SoftwareInfo"), software_info)
    }

    /// Writes the part, in canonical form.
    ///
    /// # Errors
    /// A text holds a character that XML cannot carry.
    pub fn write(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.element(N, "SoftwareInfo", &[], |w| match self {
            Self::PrivilegedOnly(privileged) => privileged.write(w),
            Self::Companion { companions, privileged, others } => {
                w.element(N, "DeviceCompanionApplications", &[], |w| {
                    let Companions { package, ignored, others } = companions.as_ref();
                    let mut all = std::iter::once(package).chain(ignored);
                    all.try_for_each(|package| package.write(w))?;
                    foreign(w, others)
                })?;
                if let Some(privileged) = privileged {
                    privileged.write(w)?;
                }
                foreign(w, others)
            }
        })?;
        Ok(w.finish())
    }
}

impl CompanionPackage {
    fn write(&self, w: &mut Writer) -> Result<(), WriteError> {
        w.element(N, "Package", &[], |w| {
            let Identity { name, publisher } = &self.identity;
            let identity = [("Name", name.as_str()), ("Publisher", publisher.as_str())];
            w.element(N, "Identity", &identity, |_| Ok(()))?;
            w.element(N, "Applications", &[], |w| {
                let mut all = std::iter::once(&self.application).chain(&self.ignored);
                all.try_for_each(|application| application.write(w))?;
                foreign(w, &self.application_others)
            })?;
            foreign(w, &self.others)
        })
    }
}

impl Application {
    fn write(&self, w: &mut Writer) -> Result<(), WriteError> {
        w.element(N, "Application", &[("Id", self.id.as_str())], |w| {
            if let Some(NotificationHandlers { handlers, others }) = &self.handlers {
                w.element(N, "DeviceNotificationHandlers", &[], |w| {
                    for NotificationHandler { event_id, event_asset } in handlers {
                        let attributes =
                            [("EventID", event_id.as_str()), ("EventAsset", event_asset.as_str())];
                        w.element(N, "DeviceNotificationHandler", &attributes, |_| Ok(()))?;
                    }
                    foreign(w, others)
                })?;
            }
            foreign(w, &self.others)
        })
    }
}

impl Privileged {
    fn write(&self, w: &mut Writer) -> Result<(), WriteError> {
        w.element(N, "PrivilegedApplications", &[], |w| match self {
            Self::AnyApplication => w.element(N, "AnyApplication", &[], |_| Ok(())),
            Self::Others(first, further) => {
                w.foreign(first)?;
                foreign(w, further)
            }
            Self::Packages(packages) => packages.iter().try_for_each(|package| {
                w.element(N, "Package", &[], |w| {
                    let Identity { name, publisher } = &package.identity;
                    let access = package.access_custom_driver.map(|access| access.to_string());
                    let mut identity =
                        vec![("Name", name.as_str()), ("Publisher", publisher.as_str())];
                    identity.extend(access.as_deref().map(|access| ("AccessCustomDriver", access)));
                    w.element(N, "Identity", &identity, |_| Ok(()))?;
                    foreign(w, &package.others)
                })
            }),
        })
    }
}

fn software_info(place: &Place<'_>) -> Read<SoftwareInfo> {
    let mut children = place.sequence()?;
    if let Some(place) = children.next("PrivilegedApplications") {
        let only = privileged(&place)?;
        children.end()?;
        return Ok(SoftwareInfo::PrivilegedOnly(only));
    }
    let place = children.required("DeviceCompanionApplications")?;
    let mut packages = place.sequence()?;
    Ok(SoftwareInfo::Companion {
        companions: Box::new(Companions {
            package: companion(&packages.required("Package")?)?,
            ignored: packages.each("Package", usize::MAX, companion)?,
            others: packages.others()?,
        }),
        privileged: children.maybe("PrivilegedApplications", privileged)?,
        others: children.others()?,
    })
}

fn identity(place: &Place<'_>) -> Read<Identity> {
    place.nothing()?;
    Ok(Identity {
        name: place.required("Name", PackageName::parse)?,
        publisher: place.required("Publisher", Publisher::parse)?,
    })
}

fn companion(place: &Place<'_>) -> Read<CompanionPackage> {
    let mut children = place.sequence()?;
    let named = children.required("Identity")?;
    named.only(&["Name", "Publisher"])?;
    let identity = identity(&named)?;
    let mut applications = children.required("Applications")?.sequence()?;
    Ok(CompanionPackage {
        identity,
        application: application(&applications.required("Application")?)?,
        ignored: applications.each("Application", usize::MAX, application)?,
        application_others: applications.others()?,
        others: children.others()?,
    })
}

fn application(place: &Place<'_>) -> Read<Application> {
    place.only(&["Id"])?;
    let mut children = place.children()?;
    Ok(Application {
        id: place.required("Id", ApplicationId::parse)?,
        handlers: children.maybe("DeviceNotificationHandlers", |place| {
            let mut children = place.sequence()?;
            let handlers = children.one_or_more("DeviceNotificationHandler", |place| {
                place.only(&["EventID", "EventAsset"])?;
                place.nothing()?;
                Ok(NotificationHandler {
                    event_id: place.required("EventID", verbatim)?,
                    event_asset: place.required("EventAsset", verbatim)?,
                })
            })?;
            Ok(NotificationHandlers { handlers, others: children.others()? })
        })?,
        others: children.others()?,
    })
}

fn privileged(place: &Place<'_>) -> Read<Privileged> {
    let mut children = place.sequence()?;
    if let Some(any) = children.next("AnyApplication") {
        any.only(&[])?;
        any.nothing()?;
        children.end()?;
        return Ok(Privileged::AnyApplication);
    }
    let packages = children.each("Package", usize::MAX, |place| {
        let mut children = place.sequence()?;
        let named = children.required("Identity")?;
        named.only(&["Name", "Publisher", "AccessCustomDriver"])?;
        Ok(PrivilegedPackage {
            identity: identity(&named)?,
            access_custom_driver: named.attribute("AccessCustomDriver", boolean)?,
            others: children.others()?,
        })
    })?;
    if !packages.is_empty() {
        children.end()?;
        return Ok(Privileged::Packages(packages));
    }
    let mut others = children.others()?.into_iter();
    Ok(match others.next() {
        Some(first) => Privileged::Others(first, others.collect()),
        None => Privileged::Packages(packages),
    })
}
