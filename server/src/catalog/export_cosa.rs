//! A brand's submission to the COSA/APN database: one line for each target and connection.
//!
//! Not here: what a catalogue's rows are ([`super::connections`]), and the spreadsheet's own
//! rules that need Microsoft's data. Implements the columns of [MATCH-100], the forms of
//! [MATCH-97] and what makes Windows open the portal [PORT-13]…[PORT-17].

use std::fmt;

use carrier::chain::CertificateFacts;
use domain::brand::{AuthProtocol, Brand, BrandId};
use domain::cosa::{
    Connection, IpType, NameReach, Plmn, Profile, PurposeGroup, Roaming, SETTINGS, Target,
    Tethering,
};
use domain::matching::NumberRange;

use super::Catalog;
use super::lint::is_same;
use super::sim_settings::HOTSPOTS;

/// The column of the issuer of the certificate that signs [PORT-16].
pub const ISSUER: &str = "CertificateIssuer";
/// The column of its subject [PORT-16].
pub const SUBJECT: &str = "CertificateSubject";

/// What stands against a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CosaFinding {
    /// Whether it keeps the submission from its use.
    pub is_error: bool,
    /// The requirement behind it.
    pub requirement: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for CosaFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = if self.is_error { "error" } else { "warning" };
        write!(f, "{severity}: {} [{}]", self.message, self.requirement)
    }
}

/// A submission that is not written yet; it holds the passwords of access points.
pub struct CosaExport {
    /// Header and lines, as CSV.
    pub csv: Vec<u8>,
    /// What stands against it.
    pub findings: Vec<CosaFinding>,
}

#[derive(Default)]
struct Findings(Vec<CosaFinding>);

impl Findings {
    fn add(&mut self, is_error: bool, requirement: &'static str, message: impl Into<String>) {
        let finding = CosaFinding { is_error, requirement, message: message.into() };
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }
}

/// Makes a brand's submission for a country.
///
/// # Errors
/// There is no such brand.
pub fn cosa(
    catalog: &Catalog,
    id: &BrandId,
    country: &str,
    leaf: Option<&CertificateFacts>,
) -> Result<CosaExport, String> {
    let brand = catalog.brands.get(id).ok_or("the catalogue has no such brand")?;
    let profiles = catalog.cosa.get(id).map(Vec::as_slice).unwrap_or_default();
    let mut findings = Findings::default();
    if country.is_empty() {
        findings.add(false, "MATCH-100", "Country/Region is empty; give --country");
    }
    lint_portal(brand, profiles, &mut findings);
    let certificate = certificate(catalog, id, leaf, &mut findings);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = SETTINGS.iter().map(|setting| setting.name).chain([ISSUER, SUBJECT]);
    let fault = |error: csv::Error| error.to_string();
    writer.write_record(names).map_err(fault)?;
    for profile in profiles {
        for target in targets(brand, profile, profiles, &mut findings) {
            for connection in &profile.connections {
                if connection.purposes.is_empty() {
                    let apn = &connection.access.access_string;
                    let message = format!("{apn} has a purpose that Windows has not; left out");
                    findings.add(false, "MATCH-101", message);
                    continue;
                }
                let line = Line { brand, country, profile, target: &target, connection };
                let settings = SETTINGS.iter().map(|setting| line.value(setting.name));
                let (issuer, subject) = certificate.clone().unwrap_or_default();
                writer.write_record(settings.chain([issuer, subject])).map_err(fault)?;
            }
        }
    }
    let csv = writer.into_inner().map_err(|error| error.to_string())?;
    Ok(CosaExport { csv, findings: findings.0 })
}

/// [PORT-17] is read strictly, so that a URL that stands is one.
fn lint_portal(brand: &Brand, profiles: &[Profile], findings: &mut Findings) {
    let portal = &brand.portal;
    if profiles.iter().all(|profile| profile.connections.is_empty()) {
        findings.add(true, "PORT-13", "no access point; add [[cosa]] rows");
    }
    if portal.account_experience_url.is_none() {
        let message = "no AccountExperienceURL; without it Windows cannot open the portal";
        findings.add(false, "PORT-14", message);
    }
    if portal.app_id.is_some() {
        let message = "AppID hides the portal: Windows opens the app and never the URL";
        findings.add(false, "PORT-15", message);
    }
}

/// Returns issuer and subject of the certificate to register [PORT-16].
fn certificate(
    catalog: &Catalog,
    id: &BrandId,
    leaf: Option<&CertificateFacts>,
    findings: &mut Findings,
) -> Option<(String, String)> {
    let trusted = catalog.parts.get(id).map(|parts| parts.trusted_certificates.as_slice());
    let trusted = trusted.unwrap_or_default();
    let Some(leaf) = leaf else {
        let first = trusted.first();
        if first.is_none() {
            let message = "no certificate data; give --cert with the chain that signs";
            findings.add(false, "PORT-16", message);
        }
        return first.map(|certificate| {
            let text = |name: &carrier::document::CertificateName| name.as_str().to_owned();
            (text(&certificate.issuer_name), text(&certificate.subject_name))
        });
    };
    let is_leaf = |certificate: &carrier::document::TrustedCertificate| {
        is_same(certificate.subject_name.as_str(), &leaf.subject)
            && is_same(certificate.issuer_name.as_str(), &leaf.issuer)
    };
    if !trusted.is_empty() && !trusted.iter().any(is_leaf) {
        let message = format!(
            "[[trusted_certificates]] lacks the one that signs: subject {:?}, issuer {:?}",
            leaf.subject, leaf.issuer
        );
        findings.add(true, "PORT-16", message);
    }
    Some((leaf.issuer.clone(), leaf.subject.clone()))
}

/// Returns the targets of a profile; of one for every SIM of the brand, those of `[match]`.
fn targets(
    brand: &Brand,
    profile: &Profile,
    profiles: &[Profile],
    findings: &mut Findings,
) -> Vec<Target> {
    let mut targets = profile.targets.clone();
    if targets.is_empty() {
        let own = &brand.targets;
        let iccids = own.iccid_ranges.iter();
        let iccids = iccids.filter_map(|(start, end)| NumberRange::of_iccids(start, end).ok());
        targets.extend(iccids.map(|iccid| Target { iccid: Some(iccid), ..Target::default() }));
        let known: Vec<&Plmn> =
            profiles.iter().flat_map(|p| &p.targets).filter_map(|t| t.plmn.as_ref()).collect();
        let imsis = own.imsi_ranges.iter();
        for range in imsis.filter_map(|(start, end)| NumberRange::of_imsis(start, end).ok()) {
            targets.push(of_imsis(range, &known, findings));
        }
        let names = [own.home_provider_names.len(), own.provider_names.len(), own.sids.len()];
        if names.iter().any(|count| *count > 0) {
            let message = "names and SIDs of [match] are no targets; write [[cosa.targets]] with \
                           plmn and spn for them";
            findings.add(false, "MATCH-97", message);
        }
        if targets.is_empty() {
            let message = "no target: [match] has no range and [[cosa]] no targets";
            findings.add(true, "MATCH-97", message);
        }
    }
    let mut is_legal = |target: &Target| match target.form() {
        Ok(_) => true,
        Err(fault) => {
            findings.add(true, "MATCH-97", format!("a target has {fault}; left out"));
            false
        }
    };
    targets.retain(|target| is_legal(target));
    targets
}

/// An IMSI says its MCC; how long its MNC is, only the whole network or the file says.
fn of_imsis(range: NumberRange, known: &[&Plmn], findings: &mut Findings) -> Target {
    let (start, end) = (range.start(), range.end());
    for digits in [5, 6] {
        if let (Some((network, zeros)), Some((other, nines))) =
            (start.split_at_checked(digits), end.split_at_checked(digits))
            && network == other
            && zeros.bytes().all(|b| b == b'0')
            && nines.bytes().all(|b| b == b'9')
        {
            return Target { plmn: Plmn::parse(network), ..Target::default() };
        }
    }
    let has = |plmn: &&&Plmn| start.starts_with(plmn.as_str()) && end.starts_with(plmn.as_str());
    let plmn = known.iter().find(has).map(|plmn| (**plmn).clone());
    let plmn = plmn.or_else(|| {
        // MNCs have three digits in North America, and two nearly everywhere else.
        let digits = if start.starts_with('3') { 6 } else { 5 };
        let (network, _) = start.split_at_checked(digits)?;
        let message = format!(
            "taken for the network {network}; if its MNC has another length, write \
             [[cosa.targets]] with plmn and imsi"
        );
        findings.add(false, "MATCH-100", message);
        Plmn::parse(network)
    });
    Target { plmn, imsi: Some(range), ..Target::default() }
}

/// A line of the submission.
struct Line<'b> {
    brand: &'b Brand,
    country: &'b str,
    profile: &'b Profile,
    target: &'b Target,
    connection: &'b Connection,
}

impl Line<'_> {
    /// Returns the value of a column; empty = the default [MATCH-100].
    fn value(&self, column: &str) -> String {
        let Self { brand, country, profile, target, .. } = self;
        let settings = &profile.settings;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let range = |range: &Option<NumberRange>, end: fn(&NumberRange) -> String| {
            range.as_ref().map(end).unwrap_or_default()
        };
        let network = target.plmn.as_ref().and_then(|plmn| plmn.as_str().split_at_checked(3));
        let (mcc, mnc) = network.unwrap_or_default();
        match column {
            "UpdateType" => "Add".to_owned(),
            "Country/Region" => (*country).to_owned(),
            "Operator" => brand.name.clone(),
            "MCC" => mcc.to_owned(),
            "MNC" => mnc.to_owned(),
            "IMSI Range Start" => range(&target.imsi, NumberRange::start),
            "IMSI Range End" => range(&target.imsi, NumberRange::end),
            "ICCID Range Start" => range(&target.iccid, NumberRange::start),
            "ICCID Range End" => range(&target.iccid, NumberRange::end),
            "SPN" => text(&target.spn),
            "PNN" => text(&target.pnn),
            "GID1" => text(&target.gid1),
            "AccountExperienceURL" => text(&settings.account_experience_url),
            "AppID" => text(&settings.app_id),
            "BrandingName" => text(&settings.branding_name),
            "BrandingIcon" => text(&settings.branding_icon),
            "UseBrandingNameOnRoaming" => settings.name_reach.map(reach).unwrap_or_default(),
            "UIName" => text(&settings.ui_name),
            "UIOrder" => {
                // Required beside a name [MATCH-100].
                let default = settings.ui_name.as_ref().map(|_| 0);
                settings.ui_order.or(default).map(|order| order.to_string()).unwrap_or_default()
            }
            "Hotspot" => settings.hotspot.map(hotspot).unwrap_or_default(),
            "Roaming" => settings.roaming.map(roaming).unwrap_or_default(),
            "SupportDataMarketplace" => flag(settings.data_marketplace, "true", "false"),
            "DataMarketplaceRoamingUIEnabled" => {
                flag(settings.data_marketplace_roaming_ui, "1", "0")
            }
            "EnableAutoSlotSwitch" => flag(settings.auto_slot_switch, "true", "false"),
            "ESIM_PROV" => {
                let is_loaded = profile.connection(PurposeGroup::EsimProvisioning).is_some();
                is_loaded.to_string()
            }
            _ => self.of_connection(column),
        }
    }

    fn of_connection(&self, column: &str) -> String {
        let connection = self.connection;
        let access = &connection.access;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        match column {
            "FriendlyName" => text(&connection.friendly_name),
            "AccessString" => access.access_string.clone(),
            "UserName" => text(&access.user_name),
            "Password" => text(&access.password),
            "AuthProtocol" => access.auth_protocol.map(protocol).unwrap_or_default(),
            "Compression" => {
                let word = |is_on| if is_on { "ENABLE" } else { "DISABLE" };
                access.compression.map(word).unwrap_or_default().to_owned()
            }
            "AutoConnectOrder" => {
                connection.auto_connect_order.map(|order| order.to_string()).unwrap_or_default()
            }
            "AlwaysOn" => connection.always_on.to_string(),
            "PurposeGroups" => {
                let name = |purpose: &PurposeGroup| purpose.guid().unwrap_or(purpose.name());
                let names: Vec<&str> = connection.purposes.iter().map(name).collect();
                names.join(",")
            }
            "IPType" => match connection.ip_type {
                IpType::V4 => "IPv4",
                IpType::V6 => "IPv6",
                IpType::V4V6 => "IPv4v6",
            }
            .to_owned(),
            // What a catalogue does not say has its default.
            _ => String::new(),
        }
    }
}

fn protocol(protocol: AuthProtocol) -> String {
    match protocol {
        AuthProtocol::None => "NONE",
        AuthProtocol::Pap => "PAP",
        AuthProtocol::Chap => "CHAP",
        AuthProtocol::MsChapV2 => "MsCHAPV2",
    }
    .to_owned()
}

fn reach(reach: NameReach) -> String {
    let at = NameReach::ALL.iter().position(|known| *known == reach);
    at.map(|at| at.to_string()).unwrap_or_default()
}

fn roaming(roaming: Roaming) -> String {
    let at = Roaming::ALL.iter().position(|known| *known == roaming);
    at.map(|at| at.to_string()).unwrap_or_default()
}

fn flag(is_on: Option<bool>, yes: &str, no: &str) -> String {
    is_on.map(|is_on| if is_on { yes } else { no }).unwrap_or_default().to_owned()
}

fn hotspot(tethering: Tethering) -> String {
    let name = HOTSPOTS.iter().find(|(_, known)| *known == tethering);
    name.map(|(name, _)| (*name).to_owned()).unwrap_or_default()
}
