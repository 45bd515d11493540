//! MobileBroadbandInfo: profiles, tethering, and whose signatures on documents Windows trusts.
//!
//! Not here: the profiles themselves, which are files of their own, and the trust in certificates
//! ([`crate::verify`]).
//! Implements [XML-177].

use super::package_info::foreign;
use super::place::{self, PartError, Place, Read, boolean, verbatim};
use super::text::ProfileFile;
use crate::xml::{Foreign, Namespace, Policy, WriteError, Writer};

const N: Namespace = Namespace::MobileBroadbandInfo;

/// Holds the part MobileBroadbandInfo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MobileBroadbandInfo {
    /// Profiles and permissions.
    pub network: Option<NetworkConfiguration>,
    /// Whose documents are trusted.
    pub provisioning: Option<ProvisioningEngine>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Holds profiles and permissions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkConfiguration {
    /// The profiles; deprecated since Windows 8 [MATCH-106].
    pub profiles: Option<Profiles>,
    /// Says whether a user without rights may unlock the SIM.
    pub allow_standard_user_pin_unlock: Option<bool>,
    /// Says who may share the connection.
    pub allow_tethering: Option<Tethering>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Names the files with the profiles, beside this part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profiles {
    /// To buy with.
    pub purchase: Option<ProfileFile>,
    /// To use.
    pub internet: Option<ProfileFile>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Says who may share the connection [XML-177].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tethering {
    /// Nobody.
    Never,
    /// Everybody.
    Always,
    /// Whom the operator's app lets.
    EntitlementCheckRequired,
}

impl Tethering {
    const ALL: [Self; 3] = [Self::Never, Self::Always, Self::EntitlementCheckRequired];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "Never",
            Self::Always => "Always",
            Self::EntitlementCheckRequired => "EntitlementCheckRequired",
        }
    }

    fn parse(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|t| t.as_str() == text).ok_or(())
    }
}

/// Holds whose documents are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProvisioningEngine {
    /// The certificates.
    pub trusted: Option<TrustedCertificates>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

/// Holds up to 256 certificates by name [XML-177].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedCertificates {
    certificates: Vec<TrustedCertificate>,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

impl TrustedCertificates {
    /// Most certificates [XML-177].
    pub const COUNT_MAX: usize = 256;

    /// Takes the certificates; nothing if there are too many.
    #[must_use]
    pub fn new(certificates: Vec<TrustedCertificate>, others: Vec<Foreign>) -> Option<Self> {
        let fits = certificates.len() <= Self::COUNT_MAX;
        fits.then_some(Self { certificates, others })
    }

    /// Returns the certificates.
    #[must_use]
    pub fn as_slice(&self) -> &[TrustedCertificate] {
        &self.certificates
    }
}

/// Names a certificate whose signature on a document is trusted [MATCH-107].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedCertificate {
    /// Its subject.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
    /// Elements of others.
    pub others: Vec<Foreign>,
}

impl MobileBroadbandInfo {
    /// Reads the part.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn read(bytes: &[u8]) -> Result<Self, PartError> {
        place::part(bytes, &Policy::STRICT, (N, "MobileBroadbandInfo"), |place| {
            let mut children = place.sequence()?;
            Ok(Self {
                network: children.maybe("NetworkConfiguration", network)?,
                provisioning: children.maybe("ProvisioningEngine", provisioning)?,
                others: children.others()?,
            })
        })
    }

    /// Writes the part, in canonical form.
    ///
    /// # Errors
    /// A text holds a character that XML cannot carry.
    pub fn write(&self) -> Result<String, WriteError> {
        let mut w = Writer::new();
        w.element(N, "MobileBroadbandInfo", &[], |w| {
            if let Some(network) = &self.network {
                w.element(N, "NetworkConfiguration", &[], |w| network.write(w))?;
            }
            if let Some(ProvisioningEngine { trusted, others }) = &self.provisioning {
                w.element(N, "ProvisioningEngine", &[], |w| {
                    if let Some(trusted) = trusted {
                        w.element(N, "TrustedCertificates", &[], |w| trusted.write(w))?;
                    }
                    foreign(w, others)
                })?;
            }
            foreign(w, &self.others)
        })?;
        Ok(w.finish())
    }
}

impl NetworkConfiguration {
    fn write(&self, w: &mut Writer) -> Result<(), WriteError> {
        if let Some(Profiles { purchase, internet, others }) = &self.profiles {
            w.element(N, "MobileBroadbandProfiles", &[], |w| {
                for (name, file) in [("Purchase", purchase), ("Internet", internet)] {
                    file.as_ref().map_or(Ok(()), |file| w.leaf(N, name, file.as_str()))?;
                }
                foreign(w, others)
            })?;
        }
        if let Some(allowed) = self.allow_standard_user_pin_unlock {
            w.leaf(N, "AllowStandardUserPinUnlock", &allowed.to_string())?;
        }
        if let Some(tethering) = self.allow_tethering {
            w.leaf(N, "AllowTethering", tethering.as_str())?;
        }
        foreign(w, &self.others)
    }
}

impl TrustedCertificates {
    fn write(&self, w: &mut Writer) -> Result<(), WriteError> {
        for TrustedCertificate { subject, issuer, others } in &self.certificates {
            w.element(N, "TrustedCertificate", &[], |w| {
                w.leaf(N, "SubjectName", subject)?;
                w.leaf(N, "IssuerName", issuer)?;
                foreign(w, others)
            })?;
        }
        foreign(w, &self.others)
    }
}

fn network(place: &Place<'_>) -> Read<NetworkConfiguration> {
    let mut children = place.sequence()?;
    Ok(NetworkConfiguration {
        profiles: children.maybe("MobileBroadbandProfiles", |place| {
            let mut children = place.sequence()?;
            let file = |place: &Place<'_>| place.plain(ProfileFile::parse);
            Ok(Profiles {
                purchase: children.maybe("Purchase", file)?,
                internet: children.maybe("Internet", file)?,
                others: children.others()?,
            })
        })?,
        allow_standard_user_pin_unlock: children
            .maybe("AllowStandardUserPinUnlock", |place| place.plain(boolean))?,
        allow_tethering: children.maybe("AllowTethering", |place| place.plain(Tethering::parse))?,
        others: children.others()?,
    })
}

fn provisioning(place: &Place<'_>) -> Read<ProvisioningEngine> {
    let mut children = place.sequence()?;
    Ok(ProvisioningEngine {
        trusted: children.maybe("TrustedCertificates", |place| {
            let mut children = place.sequence()?;
            let max = TrustedCertificates::COUNT_MAX;
            let certificates = children.each("TrustedCertificate", max, certificate)?;
            Ok(TrustedCertificates { certificates, others: children.others()? })
        })?,
        others: children.others()?,
    })
}

fn certificate(place: &Place<'_>) -> Read<TrustedCertificate> {
    let mut children = place.sequence()?;
    Ok(TrustedCertificate {
        subject: children.required("SubjectName")?.plain(verbatim)?,
        issuer: children.required("IssuerName")?.plain(verbatim)?,
        others: children.others()?,
    })
}
