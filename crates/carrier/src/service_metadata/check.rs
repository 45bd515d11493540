//! What an operator should mend in a package before anybody fetches it.
//!
//! Not here: what no part can be without ([`super::PackageError`]), and what a revision must
//! change ([`super::check_update`]).
//! Implements [MATCH-109]…[MATCH-112] and, of [XML-177], that the files it names are there.

use super::mobile_broadband_info::Profiles;
use super::package::{Package, Part};
use super::service_info::{Category, ServiceInfo};
use super::software_info::{EVENT_ID, Privileged, PrivilegedPackage};
use super::text::LanguageTag;
use crate::document::Guid;
use crate::lint::{Finding, Findings, Severity};

/// Most privileged packages [MATCH-111].
const PRIVILEGED_MAX: usize = 8;
/// Most privileged packages by the narrower of two pages [MATCH-111].
const PRIVILEGED_USUAL_MAX: usize = 2;

impl Package {
    /// Lists what stands against the package, for the operator with this `CarrierId`.
    #[must_use]
    pub fn check(&self, carrier_id: &Guid) -> Vec<Finding> {
        let mut findings = Findings::default();
        self.check_structure(&mut findings);
        self.check_service(carrier_id, &mut findings);
        self.check_languages(&mut findings);
        self.check_apps(&mut findings);
        self.check_profiles(&mut findings);
        findings.0
    }

    fn check_structure(&self, findings: &mut Findings) {
        let path = "PackageInfo/PackageStructure";
        let is_listed = |part: Part| self.package_info.structure.place_of(part.id()).is_some();
        for part in [Part::PackageInfo, Part::ServiceInfo, Part::SoftwareInfo] {
            if !is_listed(part) {
                let message = format!("list {} as {}", part.file_name(), part.id());
                findings.add(Severity::Error, ("part-not-listed", "MATCH-111"), path, message);
            }
        }
        if self.windows_info.is_some() && !is_listed(Part::WindowsInfo) {
            let message = format!("list WindowsInfo.xml as {}", Part::WindowsInfo.id());
            findings.add(Severity::Error, ("part-not-listed", "MATCH-111"), path, message);
        }
        // One page of the source counts it among the four, the example of another leaves it out.
        if !is_listed(Part::MobileBroadbandInfo) {
            let message = format!("list MobileBroadbandInfo as {}", Part::MobileBroadbandInfo.id());
            let code = ("mobile-broadband-info-not-listed", "MATCH-111");
            findings.add(Severity::Warning, code, path, message);
        }
    }

    fn check_service(&self, carrier_id: &Guid, findings: &mut Findings) {
        let service = &self.service_info;
        if !service.number.is_carrier_id(carrier_id) {
            let message = format!("the number is {}, the CarrierId {carrier_id}", service.number);
            let code = ("number-is-not-carrier-id", "MATCH-109");
            findings.add(Severity::Error, code, "ServiceInfo/ServiceNumber", message);
        }
        let path = "ServiceInfo/ServiceCategoryList";
        match &service.categories.primary {
            Category::MobileBroadband | Category::Cdma | Category::Gsm => {}
            Category::Other(text) => {
                let message = format!("{text} is not Network.MobileBroadband");
                findings.add(Severity::Error, ("category", "MATCH-109"), path, message);
            }
        }
        if !service.categories.further.is_empty() {
            let message = "only the first category counts; leave the others out".to_owned();
            findings.add(Severity::Warning, ("several-categories", "MATCH-109"), path, message);
        }
        let path = "ServiceInfo/ServiceSpecificExtension";
        match &service.extension {
            None => {
                let message = "name the file with MobileBroadbandInfo".to_owned();
                findings.add(Severity::Error, ("no-extension", "MATCH-108"), path, message);
            }
            Some(extension) if extension.namespace != Part::MobileBroadbandInfo.id() => {
                let message = format!("the namespace is {}", Part::MobileBroadbandInfo.id());
                findings.add(Severity::Error, ("extension-namespace", "MATCH-108"), path, message);
            }
            Some(_) => {}
        }
        self.check_icon(None, service, findings);
    }

    fn check_icon(
        &self,
        language: Option<&LanguageTag>,
        service: &ServiceInfo,
        findings: &mut Findings,
    ) {
        let path = "ServiceInfo/ServiceIconFile";
        match &service.icon {
            None => {
                let message = "name an icon; packages without one are rejected".to_owned();
                findings.add(Severity::Error, ("no-icon", "MATCH-109"), path, message);
            }
            Some(icon) if !self.has_file(language, icon.as_str()) => {
                let message = format!("put {icon} beside ServiceInfo.xml");
                findings.add(Severity::Error, ("icon-absent", "MATCH-109"), path, message);
            }
            Some(_) => {}
        }
    }

    fn check_languages(&self, findings: &mut Findings) {
        let key = &self.package_info.key;
        if !self.localized.is_empty() && !key.has_multiple_locales() {
            let message = "there are folders of languages; set MultipleLocale to true".to_owned();
            let path = "PackageInfo/MetadataKey/MultipleLocale";
            findings.add(Severity::Error, ("single-locale", "MATCH-112"), path, message);
        }
        for (tag, service) in &self.localized {
            if !service.number.is_same(&self.service_info.number) {
                let message = format!("the number in the folder {tag} is another");
                let code = ("localized-number", "MATCH-109");
                findings.add(Severity::Error, code, "ServiceInfo/ServiceNumber", message);
            }
            self.check_icon(Some(tag), service, findings);
        }
    }

    fn check_apps(&self, findings: &mut Findings) {
        let path = "SoftwareInfo/PrivilegedApplications";
        let packages = self.software_info.privileged().map_or(&[][..], Privileged::packages);
        let count = packages.len();
        if count > PRIVILEGED_MAX {
            let message = format!("{count} packages where {PRIVILEGED_MAX} are allowed");
            findings.add(Severity::Error, ("too-many-privileged", "MATCH-111"), path, message);
        } else if count > PRIVILEGED_USUAL_MAX {
            let message = format!("{count} packages; one page of the source allows two");
            findings.add(Severity::Warning, ("many-privileged", "MATCH-111"), path, message);
        }
        let Some(companions) = self.software_info.companions() else { return };
        let companion = &companions.package;
        let is_companion = |p: &PrivilegedPackage| p.identity == companion.identity;
        let is_privileged = match self.software_info.privileged() {
            Some(Privileged::AnyApplication) => true,
            Some(Privileged::Packages(packages)) => packages.iter().any(is_companion),
            Some(Privileged::Others(..)) | None => false,
        };
        if !is_privileged {
            let message = format!("list {} here too", companion.identity.name);
            findings.add(Severity::Error, ("companion-not-privileged", "MATCH-110"), path, message);
        }
        let path = "SoftwareInfo/DeviceCompanionApplications";
        if !companions.ignored.is_empty() || !companion.ignored.is_empty() {
            let message = "only the first package and its first app count".to_owned();
            findings.add(Severity::Warning, ("several-companions", "MATCH-110"), path, message);
        }
        for handler in self.software_info.handlers().iter().filter(|h| h.event_id != EVENT_ID) {
            let message = format!("{} is not {EVENT_ID}; it never runs", handler.event_asset);
            findings.add(Severity::Warning, ("event-id", "MATCH-110"), path, message);
        }
    }

    fn check_profiles(&self, findings: &mut Findings) {
        let network = self.mobile_broadband_info.network.as_ref();
        let Some(profiles) = network.and_then(|network| network.profiles.as_ref()) else { return };
        let Profiles { purchase, internet, others: _ } = profiles;
        for (file, path) in [
            (purchase, "MobileBroadbandInfo/NetworkConfiguration/MobileBroadbandProfiles/Purchase"),
            (internet, "MobileBroadbandInfo/NetworkConfiguration/MobileBroadbandProfiles/Internet"),
        ] {
            let Some(file) = file else { continue };
            if !self.has_file(None, file.as_str()) {
                let message = format!("put {file} beside MobileBroadbandInfo");
                findings.add(Severity::Error, ("profile-absent", "XML-177"), path, message);
            }
            let message = "deprecated since Windows 8; leave it to the APN database".to_owned();
            findings.add(Severity::Warning, ("profile-deprecated", "MATCH-106"), path, message);
        }
    }
}
