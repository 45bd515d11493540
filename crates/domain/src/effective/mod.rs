//! Which of several sources of a setting counts, and what it hides [MATCH-01] to [MATCH-07].
//!
//! Precedence is per setting: the first source that defines it counts, in the order of
//! [`Source`], with the exceptions that versions of Windows make [MATCH-05]. Not here: choosing
//! the profile of the database ([`crate::cosa`]) or the package ([`crate::matching`]).

mod host;

use jiff::Timestamp;

use crate::brand::Connection;
use crate::cosa::{self, NameReach, Place, PurposeGroup, Roaming, Tethering};

pub use host::HostProfile;

/// Where a setting comes from, the strongest first [MATCH-02] to [MATCH-04].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The subscriber's provisioning document.
    Provisioning,
    /// The operator's service metadata package.
    ServiceMetadata,
    /// What a person typed, which beats the database's defaults and survives upgrades
    /// [MATCH-03]; connections only.
    Manual,
    /// An OEM's extension of the database.
    CosaOem,
    /// Microsoft's database.
    CosaBase,
    /// Windows itself.
    BuiltIn,
}

/// Why a defined setting does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A stronger source defines it.
    Outranked,
    /// This Windows does not read it there [MATCH-05].
    Host,
    /// A package that came later wrote over it, until the app applies it anew [MATCH-07].
    Overwritten,
    /// An `AppID` is set, so no address is opened [PORT-15].
    AppSet,
}

/// A setting that is defined and does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadowed<T> {
    /// Where it is defined.
    pub source: Source,
    /// What it says.
    pub value: T,
    /// Why it does not count.
    pub why: Why,
}

/// A setting as it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective<T> {
    /// What it says and where that is from; absent = no source defines it and Windows has none.
    pub value: Option<(Source, T)>,
    /// What else is defined, strongest source first.
    pub shadowed: Vec<Shadowed<T>>,
}

impl<T> Effective<T> {
    /// Returns what counts.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref().map(|(_, value)| value)
    }

    /// Returns where it is from.
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        self.value.as_ref().map(|(source, _)| *source)
    }
}

/// A certificate that may sign provisioning documents without a question [MATCH-107].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrustedCertificate {
    /// Its subject.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
}

/// What one source defines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// The operator's name.
    pub name: Option<String>,
    /// The operator's icon: the name of a file.
    pub icon: Option<String>,
    /// The operator's app; an empty one is none.
    pub app: Option<String>,
    /// The portal's address.
    pub portal_url: Option<String>,
    /// Where the operator's name is shown.
    pub name_reach: Option<NameReach>,
    /// The name in the list from which a person picks a connection.
    pub ui_name: Option<String>,
    /// Whether the operator allows sharing.
    pub tethering: Option<Tethering>,
    /// On which networks Windows connects.
    pub roaming: Option<Roaming>,
    /// How to reach the Internet.
    pub internet: Option<Connection>,
    /// How to reach the operator to buy.
    pub purchase: Option<Connection>,
    /// Who may sign.
    pub certificates: Vec<TrustedCertificate>,
}

impl Layer {
    /// Reads the profile that was chosen from the database.
    #[must_use]
    pub fn of_profile(profile: &cosa::Profile) -> Self {
        let settings = profile.settings.clone();
        let access = |purpose| profile.connection(purpose).map(|c| c.access.clone());
        Self {
            name: settings.branding_name,
            icon: settings.branding_icon,
            app: settings.app_id,
            portal_url: settings.account_experience_url,
            name_reach: settings.name_reach,
            ui_name: settings.ui_name,
            tethering: settings.hotspot,
            roaming: settings.roaming,
            internet: access(PurposeGroup::Internet),
            purchase: access(PurposeGroup::Purchase),
            certificates: Vec::new(),
        }
    }
}

/// All that is defined for a SIM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Of the subscriber.
    pub provisioning: Layer,
    /// Of the operator's package.
    pub service_metadata: Layer,
    /// A connection to the Internet that a person typed.
    pub manual: Option<Connection>,
    /// Of an OEM's profile.
    pub cosa_oem: Layer,
    /// Of Microsoft's profile.
    pub cosa_base: Layer,
    /// When provisioning last set name and icon; absent = not known.
    pub branding_applied_at: Option<Timestamp>,
    /// When the package was installed or updated; absent = not known.
    pub package_installed_at: Option<Timestamp>,
}

/// What counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The operator's name.
    pub name: Effective<String>,
    /// The operator's icon.
    pub icon: Effective<String>,
    /// The operator's app.
    pub app: Effective<String>,
    /// The portal's address; absent where an `AppID` hides it [PORT-15].
    pub portal_url: Effective<String>,
    /// Where the operator's name is shown; always defined.
    pub name_reach: Effective<NameReach>,
    /// The name in the list from which a person picks a connection.
    pub ui_name: Effective<String>,
    /// Whether sharing is allowed; always defined.
    pub tethering: Effective<Tethering>,
    /// On which networks Windows connects; always defined.
    pub roaming: Effective<Roaming>,
    /// How to reach the Internet.
    pub internet: Effective<Connection>,
    /// How to reach the operator to buy.
    pub purchase: Effective<Connection>,
    /// Who may sign: what all sources say, added up [MATCH-107].
    pub certificates: Vec<(Source, TrustedCertificate)>,
}

impl Settings {
    /// Returns the operator's name where it is shown; elsewhere the network's own is [MATCH-113].
    #[must_use]
    pub fn name_shown(&self, place: Place) -> Option<&str> {
        let reach = self.name_reach.get().copied().unwrap_or_default();
        self.name.get().filter(|_| reach.reaches(place)).map(String::as_str)
    }
}

/// Tells whether service metadata is asked for an app: not where the database names one
/// [MATCH-05].
#[must_use]
pub fn needs_app_lookup(sources: &Sources, host: HostProfile) -> bool {
    let named = [&sources.cosa_oem.app, &sources.cosa_base.app].into_iter().flatten();
    !host.reads_app_from_cosa() || named.into_iter().all(String::is_empty)
}

/// Settles every setting. Total and deterministic.
#[must_use]
pub fn resolve(sources: &Sources, host: HostProfile) -> Settings {
    let app = app(sources, host);
    Settings {
        name: branding(sources, host, |layer| layer.name.clone()),
        icon: branding(sources, host, |layer| layer.icon.clone()),
        portal_url: portal_url(sources, host, &app),
        app,
        name_reach: of_database(
            sources,
            is_read(host, "UseBrandingNameOnRoaming"),
            |layer| layer.name_reach,
            Some(NameReach::default()),
        ),
        ui_name: of_database(sources, is_read(host, "UIName"), |l| l.ui_name.clone(), None),
        tethering: tethering(sources, host),
        roaming: of_database(
            sources,
            is_read(host, "Roaming"),
            |layer| layer.roaming,
            Some(Roaming::default()),
        ),
        internet: connection(sources, |layer| layer.internet.clone(), sources.manual.clone()),
        purchase: connection(sources, |layer| layer.purchase.clone(), None),
        certificates: certificates(sources),
    }
}

/// A source, what it says, and why it cannot count.
type Claim<T> = (Source, Option<T>, Option<Why>);

fn settle<T>(claims: impl IntoIterator<Item = Claim<T>>) -> Effective<T> {
    let mut effective = Effective { value: None, shadowed: Vec::new() };
    for (source, value, why) in claims {
        let Some(value) = value else { continue };
        match why.or(effective.value.is_some().then_some(Why::Outranked)) {
            None => effective.value = Some((source, value)),
            Some(why) => effective.shadowed.push(Shadowed { source, value, why }),
        }
    }
    // An exception may have put a weaker source before a stronger one.
    effective.shadowed.sort_by_key(|shadowed| shadowed.source);
    effective
}

fn layers(sources: &Sources) -> [(Source, &Layer); 4] {
    [
        (Source::Provisioning, &sources.provisioning),
        (Source::ServiceMetadata, &sources.service_metadata),
        (Source::CosaOem, &sources.cosa_oem),
        (Source::CosaBase, &sources.cosa_base),
    ]
}

fn is_cosa(source: Source) -> bool {
    matches!(source, Source::CosaOem | Source::CosaBase)
}

fn branding(
    sources: &Sources,
    host: HostProfile,
    of: impl Fn(&Layer) -> Option<String>,
) -> Effective<String> {
    let is_later = |installed, applied: Option<Timestamp>| applied.is_some_and(|at| installed > at);
    let is_overwritten = of(&sources.service_metadata).is_some()
        && sources.package_installed_at.is_some_and(|at| is_later(at, sources.branding_applied_at));
    settle(layers(sources).map(|(source, layer)| {
        let why = if is_cosa(source) != host.brands_from_cosa() {
            Some(Why::Host)
        } else if source == Source::Provisioning && is_overwritten {
            Some(Why::Overwritten)
        } else {
            None
        };
        (source, of(layer), why)
    }))
}

fn app(sources: &Sources, host: HostProfile) -> Effective<String> {
    let of = |layer: &Layer| layer.app.clone().filter(|app| !app.is_empty());
    let (provisioning, package) = (&sources.provisioning, &sources.service_metadata);
    let not_read = (!host.reads_app_from_cosa()).then_some(Why::Host);
    settle([
        // A document names no app; one that did would not be believed.
        (Source::Provisioning, of(provisioning), Some(Why::Host)),
        (Source::CosaOem, of(&sources.cosa_oem), not_read),
        (Source::CosaBase, of(&sources.cosa_base), not_read),
        (Source::ServiceMetadata, of(package), None),
    ])
}

fn portal_url(sources: &Sources, host: HostProfile, app: &Effective<String>) -> Effective<String> {
    let has_app_id = host.reads_app_from_cosa() && app.source().is_some_and(is_cosa);
    let why = has_app_id.then_some(Why::AppSet);
    settle(layers(sources).map(|(source, layer)| (source, layer.portal_url.clone(), why)))
}

fn tethering(sources: &Sources, host: HostProfile) -> Effective<Tethering> {
    let claims = layers(sources).map(|(source, layer)| {
        let is_read = is_cosa(source) == host.reads_app_from_cosa();
        (source, layer.tethering, (!is_read).then_some(Why::Host))
    });
    let built_in = (Source::BuiltIn, Some(Tethering::default()), None);
    settle(claims.into_iter().chain([built_in]))
}

/// Tells whether a Windows reads a setting of the database [MATCH-100].
fn is_read(host: HostProfile, name: &str) -> bool {
    cosa::Setting::named(name).is_some_and(|setting| setting.is_read_by(host))
}

/// Settles what only the database says, and Windows where it says nothing.
fn of_database<T>(
    sources: &Sources,
    is_read: bool,
    of: impl Fn(&Layer) -> Option<T>,
    default: Option<T>,
) -> Effective<T> {
    let claims = layers(sources).map(|(source, layer)| {
        let counts = is_read && is_cosa(source);
        (source, of(layer), (!counts).then_some(Why::Host))
    });
    settle(claims.into_iter().chain([(Source::BuiltIn, default, None)]))
}

fn connection(
    sources: &Sources,
    of: impl Fn(&Layer) -> Option<Connection>,
    manual: Option<Connection>,
) -> Effective<Connection> {
    let [provisioning, package, oem, base] =
        layers(sources).map(|(source, layer)| (source, of(layer), None));
    settle([provisioning, package, (Source::Manual, manual, None), oem, base])
}

fn certificates(sources: &Sources) -> Vec<(Source, TrustedCertificate)> {
    let mut all: Vec<(Source, TrustedCertificate)> = Vec::new();
    for (source, layer) in layers(sources) {
        // A document cannot make its own signer trusted.
        let certificates = layer.certificates.iter().filter(|_| source != Source::Provisioning);
        for certificate in certificates {
            if all.iter().all(|(_, known)| known != certificate) {
                all.push((source, certificate.clone()));
            }
        }
    }
    all
}
