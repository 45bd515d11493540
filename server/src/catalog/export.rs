//! A brand's service metadata package, to be put into a cabinet.
//!
//! Not here: how the package is made ([`crate::metadata::package`]) and the brand's rows of the
//! COSA/APN database. Implements the writing side of [MATCH-108]…[MATCH-112].

use carrier::document::Guid;
use carrier::lint::{Finding, Severity};
use carrier::service_metadata::File;
use domain::Timestamp;
use domain::brand::BrandId;
use serde::Serialize;

use super::Catalog;
use crate::metadata::package;

/// A finding about a package, as the commands print it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackageFinding {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// A name for programs.
    pub code: &'static str,
    /// The requirement behind it.
    pub requirement: &'static str,
    /// The elements from the root.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl From<Finding> for PackageFinding {
    fn from(finding: Finding) -> Self {
        let Finding { severity, code, requirement, path, message } = finding;
        let severity = match severity {
            Severity::Error => "error",
            Severity::Limit | Severity::Warning => "warning",
        };
        Self { severity, code, requirement, path, message }
    }
}

/// What `catalog export service-metadata` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackageSummary {
    /// The package's GUID, without braces.
    pub guid: String,
    /// The files that are written, from the folder named; none with errors.
    pub files: Vec<String>,
    /// What stands against the package.
    pub findings: Vec<PackageFinding>,
}

impl PackageSummary {
    /// Tells whether anything keeps the package from being used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == "error")
    }
}

/// A package that is not written yet.
pub struct PackageExport {
    /// The name of its folder: that of the cabinet [MATCH-108].
    pub folder: String,
    /// Its files, by their paths in the folder.
    pub files: Vec<File>,
    /// What is printed of it.
    pub summary: PackageSummary,
}

/// Makes a brand's package as it is served, and lists what stands against it.
///
/// # Errors
/// What of the brand a package cannot say.
pub fn service_metadata(
    catalog: &Catalog,
    id: &BrandId,
    guid: &str,
    at: Timestamp,
) -> Result<PackageExport, String> {
    let brand = catalog.brands.get(id).ok_or("the catalogue has no such brand")?;
    let parts = catalog.parts.get(id).cloned().unwrap_or_default();
    let own = catalog.service_metadata.get(id);
    let carrier_id = Guid::parse(&brand.carrier_id)
        .map_err(|_| format!("{id}: carrier_id is missing; it is the package's ServiceNumber"))?;
    let package = package::compose(brand, &parts, own, guid, at)?
        .ok_or_else(|| format!("{id}: neither [match] nor hwids says whose SIMs are its own"))?;
    let files = package.write().map_err(|error| error.to_string())?;
    let folder = package.file_name();
    let findings = package.check(&carrier_id).into_iter().map(PackageFinding::from).collect();
    let mut summary =
        PackageSummary { guid: package.guid.to_string(), files: Vec::new(), findings };
    if !summary.has_errors() {
        summary.files = files.iter().map(|file| format!("{folder}/{}", file.path)).collect();
    }
    Ok(PackageExport { folder, files, summary })
}
