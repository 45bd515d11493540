//! What a pattern means: a tree over UTF-16 code units, without any spelling.
//!
//! Not here: reading it ([`super::parse`]), running it ([`super::linear`],
//! [`super::backtracking`]).

use super::units::UnitSet;

/// Is a pattern, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// One code unit.
    Unit(u16),
    /// Any code unit of a set.
    Set(UnitSet),
    /// A place without width.
    Assert(Assertion),
    /// One after the other; empty: matches the empty text.
    Sequence(Vec<Self>),
    /// The first that leads to a match.
    Either(Vec<Self>),
    /// A group whose text is kept, counted from 1.
    Capture(usize, Box<Self>),
    /// A quantified part.
    Repeat(Box<Repeat>),
    /// A part that must, or must not, match before or after this place.
    Look(Box<Look>),
    /// The text of a group again; the empty text while the group has none.
    Back(usize),
}

/// Is a place without width that needs no look-around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    /// `^` without the flag m.
    Start,
    /// `$` without the flag m.
    End,
    /// `\b`, of ASCII words.
    Boundary,
    /// `\B`.
    NoBoundary,
}

/// Is a quantified part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repeat {
    pub(super) body: Node,
    pub(super) min: u32,
    /// Not less than `min`; absent: without bound.
    pub(super) max: Option<u32>,
    /// Whether as few as possible are taken.
    pub(super) is_lazy: bool,
}

/// Is a look-around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) body: Node,
    pub(super) direction: Direction,
    pub(super) is_negative: bool,
}

/// Says where a look-around looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Ahead,
    Behind,
}

impl Node {
    /// Says whether the node can match without taking a code unit.
    pub(super) fn is_nullable(&self) -> bool {
        match self {
            Self::Unit(_) | Self::Set(_) => false,
            Self::Assert(_) | Self::Look(_) | Self::Back(_) => true,
            Self::Sequence(parts) => parts.iter().all(Self::is_nullable),
            Self::Either(branches) => branches.iter().any(Self::is_nullable),
            Self::Capture(_, body) => body.is_nullable(),
            Self::Repeat(repeat) => repeat.min == 0 || repeat.body.is_nullable(),
        }
    }

    /// Says whether there is a group in it.
    pub(super) fn has_capture(&self) -> bool {
        match self {
            Self::Unit(_) | Self::Set(_) | Self::Assert(_) | Self::Back(_) => false,
            Self::Sequence(parts) | Self::Either(parts) => parts.iter().any(Self::has_capture),
            Self::Capture(..) => true,
            Self::Repeat(repeat) => repeat.body.has_capture(),
            Self::Look(look) => look.body.has_capture(),
        }
    }

    /// Says whether the node can match while a group in it takes no part.
    pub(super) fn may_skip_capture(&self) -> bool {
        match self {
            Self::Unit(_) | Self::Set(_) | Self::Assert(_) | Self::Back(_) => false,
            Self::Sequence(parts) => parts.iter().any(Self::may_skip_capture),
            Self::Either(branches) => branches.iter().any(Self::has_capture),
            Self::Capture(_, body) => body.may_skip_capture(),
            Self::Repeat(repeat) if repeat.min == 0 => repeat.body.has_capture(),
            Self::Repeat(repeat) => repeat.body.may_skip_capture(),
            Self::Look(look) => look.body.has_capture(),
        }
    }
}
