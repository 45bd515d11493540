//! Which parts of a document are wanted.
//!
//! Not here: what the parts say ([`super::compose`]).

/// A part of a document, as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Profiles,
    Plans,
    Wlan,
    Messages,
    Branding,
    Trust,
    Refresh,
    Activation,
    Extensions,
}

impl Part {
    /// All parts with their names (command contract §4).
    pub(crate) const ALL: [(&'static str, Self); 9] = [
        ("profiles", Self::Profiles),
        ("plans", Self::Plans),
        ("wlan", Self::Wlan),
        ("messages", Self::Messages),
        ("branding", Self::Branding),
        ("trust", Self::Trust),
        ("refresh", Self::Refresh),
        ("activation", Self::Activation),
        ("extensions", Self::Extensions),
    ];

    const fn bit(self) -> u16 {
        match self {
            Self::Profiles => 1,
            Self::Plans => 1 << 1,
            Self::Wlan => 1 << 2,
            Self::Messages => 1 << 3,
            Self::Branding => 1 << 4,
            Self::Trust => 1 << 5,
            Self::Refresh => 1 << 6,
            Self::Activation => 1 << 7,
            Self::Extensions => 1 << 8,
        }
    }
}

/// The bit of a plan's usage without its description, which no name asks for.
const USAGE_ALONE: u16 = 1 << 9;

/// A set of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted(u16);

impl Wanted {
    /// Every part that the brand has.
    pub(crate) const FULL: Self = Self(!USAGE_ALONE);
    /// What was used of the plan, and nothing of the plan [XML-133].
    pub(crate) const USAGE: Self = Self(USAGE_ALONE);

    /// These parts.
    pub(crate) fn of(parts: impl IntoIterator<Item = Part>) -> Self {
        Self(parts.into_iter().fold(0, |set, part| set | part.bit()))
    }

    /// Says whether a part is wanted.
    pub(crate) const fn has(self, part: Part) -> bool {
        self.0 & part.bit() != 0
    }

    /// Says whether the usage is wanted by itself.
    pub(crate) const fn has_usage_alone(self) -> bool {
        self.0 & USAGE_ALONE != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in() {
        let set = Wanted::of([Part::Plans, Part::Extensions]);
        for (name, part) in Part::ALL {
            assert_eq!(set.has(part), matches!(name, "plans" | "extensions"), "{name}");
            assert!(Wanted::FULL.has(part), "{name}");
            assert!(!Wanted::of([]).has(part), "{name}");
        }
    }
}
