//! What a rule asks of the engine that runs its regular expression.
//!
//! Not here: the engine. The server has two behind this door, one in its process and one in a
//! child process that can be stopped; the tests of this crate have a third.
//! Serves [MSG-10], [MSG-11], [MSG-12].

use std::fmt;
use std::ops::Range;

/// Most characters of a pattern; a rule with a longer one is rejected [MSG-11].
pub const PATTERN_CHARS_MAX: usize = 2048;

/// Most characters of a text; a longer one matches no rule and is not handed to an engine
/// [MSG-11].
pub const TEXT_CHARS_MAX: usize = 1600;

/// Holds where the capturing groups of one match stand, as ranges of bytes of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups(Vec<Option<Range<usize>>>);

impl Groups {
    /// Takes the groups in the order of their numbers, group 1 first, `None` for one that took
    /// no part in the match.
    #[must_use]
    pub const fn new(groups: Vec<Option<Range<usize>>>) -> Self {
        Self(groups)
    }

    /// Returns the text of a group, counted from 1.
    ///
    /// None for a group that took no part or is not there, for 0, which is the whole text, and
    /// for a range that is not one of `text`.
    #[must_use]
    pub fn text<'t>(&self, number: u32, text: &'t str) -> Option<&'t str> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        text.get(self.0.get(at)?.clone()?)
    }

    /// Returns how many groups there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// Says that an engine was stopped, or could not be asked, before it knew [MSG-11].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overrun {
    /// The time for one match is over: 50 ms.
    Time,
    /// The rule used up its time too often and is set aside.
    Quarantined,
    /// No engine is there to ask.
    Unavailable,
}

impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "the pattern was stopped after 50 ms",
            Self::Quarantined => "the pattern is set aside, as it used up its time too often",
            Self::Unavailable => "the engine that runs the pattern could not be asked",
        })
    }
}

impl std::error::Error for Overrun {}

/// Runs the regular expressions of a list of rules [MSG-10].
///
/// The dialect is ECMAScript without flags: case-sensitive, `.` is no line break. A pattern
/// matches the **whole** text or not at all [MSG-11].
pub trait Matcher {
    /// Matches a text of at most [`TEXT_CHARS_MAX`] characters with the pattern of a rule,
    /// counted from 0 in the order in which the patterns were handed to the matcher.
    ///
    /// `None` if it does not match, also for a number without a pattern.
    ///
    /// # Errors
    /// [`Overrun`], which says nothing about the text.
    fn captures(&self, rule: usize, text: &str) -> Result<Option<Groups>, Overrun>;

    /// Says whether the pattern matches at all; cheaper where the engine can be.
    ///
    /// # Errors
    /// As [`Matcher::captures`].
    fn matches(&self, rule: usize, text: &str) -> Result<bool, Overrun> {
        self.captures(rule, text).map(|groups| groups.is_some())
    }

    /// Returns how many capturing groups the pattern of a rule has; `None` where its text is not
    /// a regular expression of the dialect, which rejects the rule [MSG-12].
    fn group_count(&self, rule: usize) -> Option<usize>;
}
