//! A service metadata package: what Windows fetches about an operator, and shows and trusts.
//!
//! Five parts in XML, four of them typed and written and read here; WindowsInfo is passed on as
//! it is. A [`Package`] is the parts with the paths of their files; its `check` lists what an
//! operator should mend, `check_update` what keeps Windows from taking a revision. Not here: the
//! cabinet file around the files, its catalogue signature, and which package a SIM gets.
//! Implements [XML-177], [MATCH-12]…[MATCH-16], [MATCH-83], [MATCH-108]…[MATCH-113].

mod check;
mod hardware_id;
mod locale;
mod mobile_broadband_info;
mod package;
mod package_info;
mod place;
mod service_info;
mod software_info;
mod text;
mod update;

pub use hardware_id::{BLOCKS_MAX, HardwareId, HardwareIdError, IdentifierKind};
pub use locale::{check_defaults, select};
pub use mobile_broadband_info::{
    MobileBroadbandInfo, NetworkConfiguration, Profiles, ProvisioningEngine, Tethering,
    TrustedCertificate, TrustedCertificates,
};
pub use package::{File, Package, PackageError, Part};
pub use package_info::{
    BuilderInformation, HARDWARE_IDS_MAX, HardwareIds, Locale, Metadata, MetadataKey, PackageInfo,
    PackageStructure, Relationships,
};
pub use place::{PartError, PartFault, StructureError};
pub use service_info::{Branding, Categories, Category, Extension, Registration, ServiceInfo};
pub use software_info::{
    Application, CompanionPackage, Companions, EVENT_ID, Identity, NotificationHandler,
    NotificationHandlers, Privileged, PrivilegedPackage, SoftwareInfo,
};
pub use text::{
    ApplicationId, BuilderText, FileName, IconFile, LanguageTag, PackageName, PlainGuid,
    ProfileFile, Publisher, ServiceDescription, ServiceName, ServiceProvider,
};
pub use update::check_update;
