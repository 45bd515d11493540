//! Which package of a service, and which of its languages, a host shows.
//!
//! Not here: which service a SIM belongs to.
//! Implements [MATCH-112], and of [MATCH-83] that the newest wins.

use super::package::Package;
use super::service_info::ServiceInfo;
use super::text::LanguageTag;
use crate::lint::{Finding, Severity};

/// How well a package fits a language, best last; revisions of one rank are told apart by date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The package is the default of its service.
    Default,
    /// The package is for the language, whatever the region.
    Language,
    /// The package is for the language and the region.
    Region,
}

/// Picks the package of a service for a host that prefers a language, the newest of those that fit
/// best; else the default one. Nothing if no package fits and none is the default.
#[must_use]
pub fn select<'a>(packages: &'a [Package], preferred: &LanguageTag) -> Option<&'a Package> {
    let fit = |package: &Package| {
        let locale = &package.package_info.key.locale;
        let others = package.localized.iter().map(|(tag, _)| tag);
        let mut tags = std::iter::once(&locale.tag).chain(others);
        if tags.clone().any(|tag| tag.is_same(preferred)) {
            Some(Fit::Region)
        } else if tags.any(|tag| tag.covers(preferred)) {
            Some(Fit::Language)
        } else {
            locale.is_default.then_some(Fit::Default)
        }
    };
    let ranked = packages.iter().filter_map(|package| {
        fit(package).map(|fit| ((fit, package.package_info.key.last_modified), package))
    });
    ranked.max_by_key(|(rank, _)| *rank).map(|(_, package)| package)
}

impl Package {
    /// Returns what is shown in a language: the folder of the language and region, else of the
    /// language, else what is in no folder [MATCH-112].
    #[must_use]
    pub fn service_for(&self, preferred: &LanguageTag) -> &ServiceInfo {
        let of = |fits: fn(&LanguageTag, &LanguageTag) -> bool| {
            self.localized.iter().find(|(tag, _)| fits(tag, preferred)).map(|(_, service)| service)
        };
        of(LanguageTag::is_same).or_else(|| of(LanguageTag::covers)).unwrap_or(&self.service_info)
    }
}

/// Lists the packages that are the default beside an earlier one of their service: of these
/// Windows takes any [MATCH-112]. Revisions of one language are one package.
#[must_use]
pub fn check_defaults(packages: &[Package]) -> Vec<Finding> {
    let is_default = |p: &&Package| p.package_info.key.locale.is_default;
    let rivals = |a: &Package, b: &Package| {
        let (of_a, of_b) = (&a.package_info.key.locale, &b.package_info.key.locale);
        a.service_info.number.is_same(&b.service_info.number) && !of_a.tag.is_same(&of_b.tag)
    };
    let mut findings = Vec::new();
    for (index, package) in packages.iter().enumerate().filter(|(_, p)| is_default(p)) {
        let mut earlier = packages.iter().take(index).filter(is_default);
        if let Some(first) = earlier.find(|other| rivals(package, other)) {
            findings.push(Finding {
                severity: Severity::Error,
                code: "two-defaults",
                requirement: "MATCH-112",
                path: "PackageInfo/MetadataKey/Locale".to_owned(),
                message: format!(
                    "packages {} and {} of one service are both the default; let one be",
                    first.guid, package.guid
                ),
            });
        }
    }
    findings
}
