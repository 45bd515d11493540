//! What a connection is for, as the database names it [MATCH-101].
//!
//! Not here: the coarser purposes of a catalogue ([`crate::brand::Purpose`]).

use crate::brand::Purpose;

/// A purpose; those of which the GUID is published have one [MATCH-101].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PurposeGroup {
    /// Everyday access, which is the default.
    Internet,
    /// Multimedia messages.
    Mms,
    /// Voice over LTE and its like.
    Ims,
    /// Positioning.
    Supl,
    /// Loading eSIM profiles.
    EsimProvisioning,
    /// Reaching the operator to buy [MATCH-104].
    Purchase,
    /// Managing the device.
    Administrative,
    /// The operator's own applications.
    Application,
    /// Attaching to LTE.
    LteAttach,
}

impl PurposeGroup {
    /// All purposes.
    pub const ALL: [Self; 9] = [
        Self::Internet,
        Self::Mms,
        Self::Ims,
        Self::Supl,
        Self::EsimProvisioning,
        Self::Purchase,
        Self::Administrative,
        Self::Application,
        Self::LteAttach,
    ];

    /// Returns the name that a catalogue file uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Internet => "internet",
            Self::Mms => "mms",
            Self::Ims => "ims",
            Self::Supl => "supl",
            Self::EsimProvisioning => "esim-provisioning",
            Self::Purchase => "purchase",
            Self::Administrative => "administrative",
            Self::Application => "application",
            Self::LteAttach => "lte-attach",
        }
    }

    /// Returns the GUID without braces; absent where none is published [MATCH-101].
    #[must_use]
    pub fn guid(self) -> Option<&'static str> {
        match self {
            Self::Internet => Some("3E5545D2-1137-4DC8-A198-33F1C657515F"),
            Self::Mms => Some("53E2C5D3-D13C-4068-AA38-9C48FF2E55A8"),
            Self::Ims => Some("474D66ED-0E4B-476B-A455-19BB1239ED13"),
            Self::Supl => Some("6D42669F-52A9-408E-9493-1071DCC437BD"),
            Self::EsimProvisioning => Some("A36E171F-2377-4965-88FE-1F53EB4B47C0"),
            Self::Purchase | Self::Administrative | Self::Application | Self::LteAttach => None,
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == text)
    }

    /// Reads a GUID in any case, with or without braces.
    #[must_use]
    pub fn parse_guid(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
        let has = |purpose: &Self| purpose.guid().is_some_and(|g| g.eq_ignore_ascii_case(bare));
        Self::ALL.into_iter().find(has)
    }

    /// Returns the purpose of a catalogue; absent = an operator's own, which COSA has not.
    #[must_use]
    pub fn of(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::Internet => Some(Self::Internet),
            Purpose::Purchase => Some(Self::Purchase),
            Purpose::Mms => Some(Self::Mms),
            Purpose::Other => None,
        }
    }
}
