//! How much of a document is needed: the whole of it, or what changed.
//!
//! A part that a document leaves out stays on the host as it is, so that a document of the two
//! numbers and the usage is a whole update of the usage. Not here: the parts themselves
//! ([`super::compose`]).

use super::wanted::{Part, Wanted};

/// How much of a document is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Everything but the order to connect again, which is for the moment of the purchase.
    Full,
    /// What was used of the plan.
    Usage,
    /// The plan, and what was used of it.
    Plans,
    /// How the operator looks.
    Branding,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Full, Self::Usage, Self::Plans, Self::Branding];

    /// Returns the name by which it is asked for.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Usage => "usage",
            Self::Plans => "plans",
            Self::Branding => "branding",
        }
    }

    /// Finds the need of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|need| need.name() == name)
    }

    /// Returns the parts that it takes.
    pub(super) fn wanted(self) -> Wanted {
        match self {
            Self::Full => {
                let all = Part::ALL.into_iter().map(|(_, part)| part);
                Wanted::of(all.filter(|part| *part != Part::Activation))
            }
            Self::Usage => Wanted::USAGE,
            Self::Plans => Wanted::of([Part::Plans]),
            Self::Branding => Wanted::of([Part::Branding]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_named_and_take_their_parts() {
        for need in Need::ALL {
            assert_eq!(Need::parse(need.name()), Some(need));
            let parts = Part::ALL.into_iter().filter(|(_, part)| need.wanted().has(*part));
            let expected = match need {
                Need::Full => Part::ALL.len() - 1,
                Need::Usage => 0,
                Need::Plans | Need::Branding => 1,
            };
            assert_eq!(parts.count(), expected, "{need:?}");
        }
        assert!(!Need::Full.wanted().has(Part::Activation));
        assert_eq!(Need::parse("everything"), None);
    }
}
