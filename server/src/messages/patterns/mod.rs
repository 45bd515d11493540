//! The regular expressions of operators' rules, with the meaning that ECMAScript gives them.
//!
//! In suggested reading order:
//!
//! - `syntax`, `units`: what a pattern means, over UTF-16 code units;
//! - `halves`: code units for engines that match characters;
//! - `parse`: reading it, as ECMAScript without flags and with Annex B;
//! - `linear`: the crate `regex`, in this process, for patterns that mean the same there;
//! - `backtracking`, `worker`, `pool`: the crate `regress` for the others, in a child process
//!   that is killed after 50 ms.
//!
//! A text that is too long for its pattern in `linear` goes to the child too. A pattern that was
//! stopped [`OVERRUNS_MAX`] times in a row is set aside until the rules are read anew.
//! Implements [MSG-10], [MSG-11] and the first half of [MSG-12]. Not here: what a rule is, and the
//! order of rules (`domain::messages`).

mod backtracking;
mod halves;
mod linear;
mod parse;
mod pool;
mod syntax;
mod units;
mod worker;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::messages::{Groups, Matcher, Overrun, PATTERN_CHARS_MAX, TEXT_CHARS_MAX};
use prometheus_client::metrics::counter::Counter;

pub(crate) use pool::SUBCOMMAND;
pub use pool::{CHILDREN, MATCH_TIME_MAX, Pool, Program};
pub(crate) use worker::serve;

use halves::Offsets;
use linear::Linear;
use pool::NoAnswer;
use worker::Answer;

/// Matches in a row that may be stopped before a pattern is set aside.
pub const OVERRUNS_MAX: u32 = 3;

/// Says what is wrong with a pattern, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// Offset in UTF-16 code units.
    pub at: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// Names what can be wrong with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// More than 2,048 characters [MSG-11].
    TooLong,
    /// More than 200 groups inside each other.
    TooDeep,
    /// A quantifier with nothing before it.
    NothingToRepeat,
    /// The numbers of a quantifier are in the wrong order.
    NumbersOutOfOrder,
    /// The ends of a range in brackets are in the wrong order.
    RangeOutOfOrder,
    /// Brackets that are not closed.
    UnterminatedClass,
    /// A parenthesis that is not closed.
    UnmatchedOpen,
    /// A parenthesis that was not opened.
    UnmatchedClose,
    /// `(?` with what means nothing behind it.
    UnknownGroup,
    /// A group's name that is none.
    WrongName,
    /// A group's name that another group has.
    NameTaken,
    /// A reference to a name that no group has.
    UnknownName,
    /// A backslash at the end.
    TrailingBackslash,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.problem {
            Problem::TooLong => return write!(f, "more than {PATTERN_CHARS_MAX} characters"),
            Problem::TooDeep => "too many groups inside each other",
            Problem::NothingToRepeat => "a quantifier with nothing to repeat",
            Problem::NumbersOutOfOrder => "the numbers of a quantifier are in the wrong order",
            Problem::RangeOutOfOrder => "the ends of a range are in the wrong order",
            Problem::UnterminatedClass => "a [ without its ]",
            Problem::UnmatchedOpen => "a ( without its )",
            Problem::UnmatchedClose => "a ) without its (",
            Problem::UnknownGroup => "(? with something unknown behind it",
            Problem::WrongName => "the name of a group is not one",
            Problem::NameTaken => "two groups have the same name",
            Problem::UnknownName => "no group has this name",
            Problem::TrailingBackslash => "a backslash with nothing behind it",
        };
        write!(f, "{problem}, at offset {}", self.at)
    }
}

impl std::error::Error for PatternError {}

/// Counts what operators watch.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    /// Matches that were stopped.
    pub overruns: Counter,
    /// Patterns that were set aside.
    pub quarantines: Counter,
}

/// Holds one pattern, ready to match whole texts.
#[derive(Debug)]
pub struct Pattern {
    groups: usize,
    linear: Option<Linear>,
    plain: String,
    /// Matches in a row that were stopped.
    overruns: AtomicU32,
}

impl Pattern {
    /// Reads and compiles a pattern.
    ///
    /// # Errors
    /// What is no pattern of ECMAScript, or beyond the limits [MSG-11, MSG-12].
    pub fn compile(pattern: &str) -> Result<Self, PatternError> {
        if pattern.chars().nth(PATTERN_CHARS_MAX).is_some() {
            return Err(PatternError { at: PATTERN_CHARS_MAX, problem: Problem::TooLong });
        }
        let (node, groups) = parse::parse(pattern)?;
        let linear = Linear::compile(&node);
        let plain = backtracking::plain(&node);
        Ok(Self { groups, linear, plain, overruns: AtomicU32::new(0) })
    }

    /// Returns how many groups it has.
    #[must_use]
    pub const fn group_count(&self) -> usize {
        self.groups
    }

    /// Says whether the time of a match is bounded by the pattern itself, so that texts of
    /// ordinary length never need a child process.
    #[must_use]
    pub const fn is_linear(&self) -> bool {
        self.linear.is_some()
    }

    /// Returns the engine of this process, if it is sure to be in time for this text.
    fn linear_for(&self, text: &str) -> Option<&Linear> {
        self.linear.as_ref().filter(|linear| linear.is_in_time(text.len()))
    }

    /// Matches in the child process, whatever the pattern is.
    fn captures_in(&self, pool: &Pool, text: &str) -> Result<Option<Groups>, Overrun> {
        if self.overruns.load(Ordering::Relaxed) >= OVERRUNS_MAX {
            return Err(Overrun::Quarantined);
        }
        let answer = pool.ask(&self.plain, &halves::text(text));
        match answer {
            Ok(_) => self.overruns.store(0, Ordering::Relaxed),
            Err(NoAnswer::Time) => {
                pool.counters().overruns.inc();
                if self.overruns.fetch_add(1, Ordering::Relaxed) + 1 == OVERRUNS_MAX {
                    pool.counters().quarantines.inc();
                }
            }
            Err(NoAnswer::Unavailable) => {}
        }
        match answer {
            Ok(Answer::NoMatch) => Ok(None),
            Ok(Answer::Match(spans)) => Ok(Some(placed(&spans, text))),
            Ok(Answer::Refused) | Err(NoAnswer::Unavailable) => Err(Overrun::Unavailable),
            Err(NoAnswer::Time) => Err(Overrun::Time),
        }
    }
}

/// Finds the groups in the text as it was before [`halves::text`].
fn placed(spans: &[backtracking::Span], text: &str) -> Groups {
    let offsets = Offsets::of(text);
    let byte = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    let place = |(start, end): (u32, u32)| -> Range<usize> { byte(start)..byte(end) };
    Groups::new(spans.iter().map(|span| span.map(|s| offsets.place(&place(s)))).collect())
}

/// Holds the patterns of a list of rules, in the order of the rules.
#[derive(Debug)]
pub struct Patterns {
    patterns: Vec<Result<Pattern, PatternError>>,
    pool: Arc<Pool>,
}

impl Patterns {
    /// Compiles the patterns of a list of rules; what is no pattern keeps its number and matches
    /// nothing [MSG-12].
    pub fn new<'p>(patterns: impl IntoIterator<Item = &'p str>, pool: Arc<Pool>) -> Self {
        Self { patterns: patterns.into_iter().map(Pattern::compile).collect(), pool }
    }

    /// Compiles as [`Patterns::new`], but leaves every text to the child process, so that a judge
    /// can compare the engines.
    pub fn stoppable<'p>(patterns: impl IntoIterator<Item = &'p str>, pool: Arc<Pool>) -> Self {
        let mut patterns = Self::new(patterns, pool);
        for pattern in patterns.patterns.iter_mut().flatten() {
            pattern.linear = None;
        }
        patterns
    }

    /// Says whether a rule's texts of ordinary length are matched in this process, in a time that
    /// the pattern itself bounds.
    #[must_use]
    pub fn is_linear(&self, rule: usize) -> bool {
        self.patterns.get(rule).is_some_and(|p| p.as_ref().is_ok_and(Pattern::is_linear))
    }

    /// Returns what is wrong with the pattern of a rule.
    #[must_use]
    pub fn error(&self, rule: usize) -> Option<&PatternError> {
        self.patterns.get(rule)?.as_ref().err()
    }

    fn pattern(&self, rule: usize, text: &str) -> Option<&Pattern> {
        // No character takes more than four bytes.
        let is_short = || text.chars().nth(TEXT_CHARS_MAX).is_none();
        let pattern = self.patterns.get(rule)?.as_ref().ok()?;
        (text.len() <= TEXT_CHARS_MAX || is_short()).then_some(pattern)
    }
}

/// Blocks the thread for the time of a match where the pattern needs a child process.
impl Matcher for Patterns {
    fn captures(&self, rule: usize, text: &str) -> Result<Option<Groups>, Overrun> {
        let Some(pattern) = self.pattern(rule, text) else {
            return Ok(None);
        };
        match pattern.linear_for(text) {
            Some(linear) => Ok(linear.captures(text).map(Groups::new)),
            None => pattern.captures_in(&self.pool, text),
        }
    }

    fn matches(&self, rule: usize, text: &str) -> Result<bool, Overrun> {
        let Some(pattern) = self.pattern(rule, text) else {
            return Ok(false);
        };
        match pattern.linear_for(text) {
            Some(linear) => Ok(linear.is_match(text)),
            None => Ok(pattern.captures_in(&self.pool, text)?.is_some()),
        }
    }

    fn group_count(&self, rule: usize) -> Option<usize> {
        Some(self.patterns.get(rule)?.as_ref().ok()?.group_count())
    }
}
