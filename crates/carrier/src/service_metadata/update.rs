//! Whether Windows takes a package as an update of another.
//!
//! Not here: what is wrong with the new package by itself ([`Package::check`]).
//! Implements [MATCH-83], of [MATCH-109] that the number never changes, and [EVT-19].

use super::package::Package;
use super::software_info::NotificationHandler;
use crate::lint::{Finding, Severity};

/// Lists what keeps a changed package from being taken as an update of the one before, and what
/// an update breaks.
#[must_use]
pub fn check_update(before: &Package, after: &Package) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |severity, (code, requirement), path: &str, message: String| {
        findings.push(Finding { severity, code, requirement, path: path.to_owned(), message });
    };
    if after.guid.is_same(&before.guid) {
        let message =
            format!("the file is still named {}; every change needs a new guid", after.guid);
        add(Severity::Error, ("same-package-guid", "MATCH-83"), "", message);
    }
    let modified = |package: &Package| package.package_info.key.last_modified;
    if modified(after) <= modified(before) {
        let message = format!(
            "{} is not later than {} of the package before",
            modified(after),
            modified(before)
        );
        let path = "PackageInfo/MetadataKey/LastModifiedDate";
        add(Severity::Error, ("not-later", "MATCH-83"), path, message);
    }
    let (old, new) = (&before.service_info.number, &after.service_info.number);
    if !new.is_same(old) {
        let message = format!("the number was {old} and must never change");
        let path = "ServiceInfo/ServiceNumber";
        add(Severity::Error, ("service-number-changed", "MATCH-109"), path, message);
    }
    for NotificationHandler { event_id, event_asset } in before.software_info.handlers() {
        let is_same =
            |h: &NotificationHandler| h.event_id == *event_id && h.event_asset == *event_asset;
        if !after.software_info.handlers().iter().any(is_same) {
            let message = format!(
                "{event_asset} is no longer listed; apps in use that have it lose the event"
            );
            let path = "SoftwareInfo/DeviceCompanionApplications/Package/Applications/Application\
                        /DeviceNotificationHandlers";
            add(Severity::Warning, ("event-asset-dropped", "EVT-19"), path, message);
        }
    }
    findings
}
