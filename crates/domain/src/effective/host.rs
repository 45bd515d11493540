//! Which Windows asks: it decides what is read, and who is believed [MATCH-05], [MATCH-06].

/// A family of Windows versions, oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostProfile {
    /// Windows 8.
    Win8,
    /// Windows 8.1, which the sources describe.
    Win8_1,
    /// Windows 10 before version 1703: the APN database, not COSA.
    Win10Pre1703,
    /// Windows 10, version 1703.
    Win10V1703,
    /// Windows 10, version 1709.
    Win10V1709,
    /// Windows 10 from version 1803 on, the default of a deployment.
    #[default]
    Win10V1803,
    /// Windows 11.
    Win11,
}

impl HostProfile {
    /// All of them, oldest first.
    pub const ALL: [Self; 7] = [
        Self::Win8,
        Self::Win8_1,
        Self::Win10Pre1703,
        Self::Win10V1703,
        Self::Win10V1709,
        Self::Win10V1803,
        Self::Win11,
    ];

    /// Returns the name of MATCH-06.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Win8 => "win8",
            Self::Win8_1 => "win8_1",
            Self::Win10Pre1703 => "win10_pre1703",
            Self::Win10V1703 => "win10_1703",
            Self::Win10V1709 => "win10_1709",
            Self::Win10V1803 => "win10_1803",
            Self::Win11 => "win11",
        }
    }

    /// Reads such a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.name() == text)
    }

    /// Tells whether name and icon come from COSA alone.
    #[must_use]
    pub fn brands_from_cosa(self) -> bool {
        self >= Self::Win10V1709
    }

    /// Tells whether the app and the permission to share are COSA's.
    #[must_use]
    pub fn reads_app_from_cosa(self) -> bool {
        self >= Self::Win10V1803
    }
}
