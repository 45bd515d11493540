//! The engine of most patterns: the crate `regex`, whose time grows with pattern times text and
//! not faster.
//!
//! A pattern is translated only where both languages agree on every group of every text:
//!
//! - no look-around and no back-reference;
//! - nothing quantified that can match the empty text: ECMAScript ends such a loop and forgets
//!   the empty round;
//! - nothing repeated in which a group may take no part: ECMAScript forgets groups at the start of
//!   each round, `regex` keeps the last text;
//! - no `{0}`, which leaves groups that never take part.
//!
//! Everything else goes to [`super::backtracking`]. Implements [MSG-11].

use std::borrow::Cow;
use std::ops::Range;

use super::halves::{self, Offsets};
use super::syntax::{Assertion, Node, Repeat};
use super::units::UnitSet;

/// Most bytes of a compiled pattern; a rule of real life has a tenth.
const COMPILED_BYTES_MAX: usize = 1 << 20;

/// Most steps of a match, states of the pattern times bytes of the text, so that it is over well
/// within the 50 ms of MSG-11. More is work for the engine that can be stopped.
const STEPS_MAX: usize = 1_000_000;

/// Holds a pattern that is translated and compiled.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    compiled: ::regex::Regex,
    /// About as many as the states that one byte of text can meet.
    states: usize,
}

impl Linear {
    /// Translates and compiles; `None` where the languages differ or the result is too large.
    pub(super) fn compile(node: &Node) -> Option<Self> {
        let states = states(node)?;
        let mut text = String::from(r"\A(?:");
        write(node, &mut text)?;
        text.push_str(r")\z");
        let mut builder = ::regex::RegexBuilder::new(&text);
        builder.size_limit(COMPILED_BYTES_MAX).nest_limit(1_000);
        Some(Self { compiled: builder.build().ok()?, states })
    }

    /// Says whether a text of so many bytes is surely matched in time.
    pub(super) fn is_in_time(&self, bytes: usize) -> bool {
        self.states.saturating_mul(bytes) <= STEPS_MAX
    }

    /// Says whether the whole text matches.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.compiled.is_match(&halves::text(text))
    }

    /// Returns where the groups stand, in bytes of the text, if the whole text matches.
    pub(super) fn captures(&self, text: &str) -> Option<Vec<Option<Range<usize>>>> {
        let written = halves::text(text);
        let found = self.compiled.captures(&written)?;
        let groups = found.iter().skip(1).map(|group| group.map(|group| group.range()));
        Some(match &written {
            Cow::Borrowed(_) => groups.collect(),
            Cow::Owned(_) => {
                let offsets = Offsets::of(text);
                groups.map(|group| group.map(|group| offsets.place(&group))).collect()
            }
        })
    }
}

/// Estimates the states of a compiled pattern; `None` for more than can be.
fn states(node: &Node) -> Option<usize> {
    let sum =
        |parts: &[Node]| parts.iter().try_fold(1_usize, |sum, part| sum.checked_add(states(part)?));
    Some(match node {
        Node::Unit(_) | Node::Assert(_) => 1,
        // Most of the ranges of a large set are behind one first byte, which is met once.
        Node::Set(set) => set.ranges().count().min(8) + 1,
        Node::Sequence(parts) | Node::Either(parts) => sum(parts)?,
        Node::Capture(_, body) => states(body)?.checked_add(2)?,
        Node::Repeat(repeat) => {
            let rounds = usize::try_from(repeat.max.unwrap_or(repeat.min).max(1)).ok()?;
            states(&repeat.body)?.checked_add(1)?.checked_mul(rounds)?
        }
        Node::Look(_) | Node::Back(_) => return None,
    })
}

/// Translates; `None` where the languages differ.
fn write(node: &Node, out: &mut String) -> Option<()> {
    match node {
        Node::Unit(unit) => write_char(halves::letter(*unit), out),
        Node::Set(set) => write_set(set, out),
        Node::Assert(assertion) => out.push_str(match assertion {
            Assertion::Start => r"\A",
            Assertion::End => r"\z",
            Assertion::Boundary => r"(?-u:\b)",
            Assertion::NoBoundary => r"(?-u:\B)",
        }),
        Node::Sequence(parts) => {
            for part in parts {
                write_part(part, out)?;
            }
        }
        Node::Either(branches) => {
            for (index, branch) in branches.iter().enumerate() {
                if index > 0 {
                    out.push('|');
                }
                write(branch, out)?;
            }
        }
        Node::Capture(_, body) => {
            out.push('(');
            write(body, out)?;
            out.push(')');
        }
        Node::Repeat(repeat) => write_repeat(repeat, out)?,
        Node::Look(_) | Node::Back(_) => return None,
    }
    Some(())
}

/// Writes a part of a sequence, which may be a choice.
fn write_part(node: &Node, out: &mut String) -> Option<()> {
    if !matches!(node, Node::Either(_)) {
        return write(node, out);
    }
    out.push_str("(?:");
    write(node, out)?;
    out.push(')');
    Some(())
}

fn write_repeat(repeat: &Repeat, out: &mut String) -> Option<()> {
    let Repeat { body, min, max, is_lazy } = repeat;
    let may_repeat = *max != Some(1);
    if *max == Some(0) || body.is_nullable() || may_repeat && body.may_skip_capture() {
        return None;
    }
    out.push_str("(?:");
    write(body, out)?;
    out.push(')');
    match (min, max) {
        (0, None) => out.push('*'),
        (1, None) => out.push('+'),
        (0, Some(1)) => out.push('?'),
        (min, None) => out.push_str(&format!("{{{min},}}")),
        (min, Some(max)) => out.push_str(&format!("{{{min},{max}}}")),
    }
    if *is_lazy {
        out.push('?');
    }
    Some(())
}

fn write_char(letter: char, out: &mut String) {
    if letter.is_ascii_alphanumeric() {
        out.push(letter);
    } else {
        out.push_str(&format!("\\x{{{:X}}}", u32::from(letter)));
    }
}

fn write_set(set: &UnitSet, out: &mut String) {
    let mut class = String::new();
    for (first, last) in halves::ranges(set) {
        write_char(first, &mut class);
        class.push('-');
        write_char(last, &mut class);
    }
    match class.is_empty() {
        true => out.push_str(r"[^\x{0}-\x{10FFFF}]"),
        false => {
            out.push('[');
            out.push_str(&class);
            out.push(']');
        }
    }
}
