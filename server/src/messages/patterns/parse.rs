//! Reads a pattern as ECMAScript does without flags, Annex B included.
//!
//! What browsers take is taken: lone braces and `]`, octal escapes, `\c` without a letter, escapes
//! that stand for themselves. A pattern is a row of UTF-16 code units, so that a character beyond
//! U+FFFF is two of them. Modifiers such as `(?i:…)` and one name for two groups are newer than
//! the engines that rules are written for, and refused.
//! Implements the dialect of [MSG-10], [MSG-11]. Not here: what is done with it.

mod class;
mod escape;
mod names;

use super::PatternError;
use super::Problem;
use super::syntax::{Assertion, Direction, Look, Node, Repeat};
use super::units::UnitSet;
use names::Groups;

/// Deepest nesting of groups; real patterns have two or three.
const DEPTH_MAX: usize = 200;

/// Returns what a pattern means and how many groups it has.
///
/// # Errors
/// What is no pattern, or is nested too deeply.
pub(super) fn parse(pattern: &str) -> Result<(Node, usize), PatternError> {
    let units: Vec<u16> = pattern.encode_utf16().collect();
    let groups = Groups::scan(&units);
    let mut parser = Parser { units: &units, at: 0, groups: &groups, opened: 0 };
    let node = parser.disjunction(0)?;
    match parser.peek() {
        Some(_) => Err(parser.problem(Problem::UnmatchedClose)),
        None => Ok((node, groups.count)),
    }
}

struct Parser<'a> {
    units: &'a [u16],
    at: usize,
    groups: &'a Groups,
    /// Groups opened so far.
    opened: usize,
}

/// Says whether a quantifier may follow a term.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantifiable {
    Yes,
    No,
}

impl Parser<'_> {
    fn problem(&self, problem: Problem) -> PatternError {
        PatternError { at: self.at, problem }
    }

    fn peek(&self) -> Option<u16> {
        self.units.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u16> {
        let unit = self.peek()?;
        self.at += 1;
        Some(unit)
    }

    fn peeks(&self, unit: u8) -> bool {
        self.peek() == Some(u16::from(unit))
    }

    fn eat(&mut self, unit: u8) -> bool {
        let is_there = self.peeks(unit);
        self.at += usize::from(is_there);
        is_there
    }

    fn eat_all(&mut self, text: &str) -> bool {
        let end = self.at + text.len();
        let found = self.units.get(self.at..end);
        let is_there = found.is_some_and(|found| found.iter().copied().eq(text.encode_utf16()));
        if is_there {
            self.at = end;
        }
        is_there
    }

    fn disjunction(&mut self, depth: usize) -> Result<Node, PatternError> {
        if depth > DEPTH_MAX {
            return Err(self.problem(Problem::TooDeep));
        }
        let first = self.alternative(depth)?;
        if !self.peeks(b'|') {
            return Ok(first);
        }
        let mut branches = vec![first];
        while self.eat(b'|') {
            branches.push(self.alternative(depth)?);
        }
        Ok(Node::Either(branches))
    }

    fn alternative(&mut self, depth: usize) -> Result<Node, PatternError> {
        let mut terms = Vec::new();
        while self.peek().is_some() && !self.peeks(b'|') && !self.peeks(b')') {
            terms.push(self.term(depth)?);
        }
        Ok(match <[Node; 1]>::try_from(terms) {
            Ok([term]) => term,
            Err(terms) => Node::Sequence(terms),
        })
    }

    fn term(&mut self, depth: usize) -> Result<Node, PatternError> {
        let start = self.at;
        let (body, quantifiable) = self.atom(depth)?;
        if quantifiable == Quantifiable::No {
            return Ok(body);
        }
        let Some((min, max)) = self.quantifier() else {
            return Ok(body);
        };
        if max.is_some_and(|max| max < min) {
            return Err(PatternError { at: start, problem: Problem::NumbersOutOfOrder });
        }
        let is_lazy = self.eat(b'?');
        Ok(Node::Repeat(Box::new(Repeat { body, min, max, is_lazy })))
    }

    fn atom(&mut self, depth: usize) -> Result<(Node, Quantifiable), PatternError> {
        use Quantifiable::{No, Yes};
        let start = self.at;
        let Some(unit) = self.next() else {
            return Ok((Node::Sequence(Vec::new()), No));
        };
        let nothing_to_repeat = PatternError { at: start, problem: Problem::NothingToRepeat };
        Ok(match u8::try_from(unit) {
            Ok(b'^') => (Node::Assert(Assertion::Start), No),
            Ok(b'$') => (Node::Assert(Assertion::End), No),
            Ok(b'(') => self.group(depth)?,
            Ok(b'.') => (Node::Set(UnitSet::dot()), Yes),
            Ok(b'[') => (Node::Set(self.class()?), Yes),
            Ok(b'\\') if self.eat(b'b') => (Node::Assert(Assertion::Boundary), No),
            Ok(b'\\') if self.eat(b'B') => (Node::Assert(Assertion::NoBoundary), No),
            Ok(b'\\') => (self.escape()?, Yes),
            Ok(b'*' | b'+' | b'?') => return Err(nothing_to_repeat),
            Ok(b'{') => {
                self.at = start;
                if self.quantifier().is_some() {
                    return Err(nothing_to_repeat);
                }
                self.at = start + 1;
                (Node::Unit(unit), Yes)
            }
            _ => (Node::Unit(unit), Yes),
        })
    }

    /// Reads what follows an opening parenthesis, the closing one included.
    fn group(&mut self, depth: usize) -> Result<(Node, Quantifiable), PatternError> {
        let start = self.at - 1;
        let look = [
            ("?=", Direction::Ahead, false),
            ("?!", Direction::Ahead, true),
            ("?<=", Direction::Behind, false),
            ("?<!", Direction::Behind, true),
        ];
        let look = look.into_iter().find(|(mark, _, _)| self.eat_all(mark));
        let mut number = None;
        if look.is_none() && !self.eat_all("?:") {
            if self.eat_all("?<") {
                self.own_name()?;
            } else if self.peeks(b'?') {
                return Err(self.problem(Problem::UnknownGroup));
            }
            self.opened += 1;
            number = Some(self.opened);
        }
        let body = self.disjunction(depth + 1)?;
        if !self.eat(b')') {
            return Err(PatternError { at: start, problem: Problem::UnmatchedOpen });
        }
        Ok(match (look, number) {
            (Some((_, direction, is_negative)), _) => {
                let node = Node::Look(Box::new(Look { body, direction, is_negative }));
                let may_repeat = direction == Direction::Ahead;
                (node, if may_repeat { Quantifiable::Yes } else { Quantifiable::No })
            }
            (None, Some(number)) => (Node::Capture(number, Box::new(body)), Quantifiable::Yes),
            (None, None) => (body, Quantifiable::Yes),
        })
    }

    /// Reads a quantifier without its `?`; takes nothing where there is none.
    fn quantifier(&mut self) -> Option<(u32, Option<u32>)> {
        let simple = [(b'*', (0, None)), (b'+', (1, None)), (b'?', (0, Some(1)))];
        for (mark, bounds) in simple {
            if self.eat(mark) {
                return Some(bounds);
            }
        }
        let start = self.at;
        let bounds = self.braces();
        if bounds.is_none() {
            self.at = start;
        }
        bounds
    }

    fn braces(&mut self) -> Option<(u32, Option<u32>)> {
        if !self.eat(b'{') {
            return None;
        }
        let min = self.number()?;
        let max = match self.eat(b',') {
            false => Some(min),
            true if self.peeks(b'}') => None,
            true => Some(self.number()?),
        };
        // More than any text is without bound, as in V8.
        self.eat(b'}').then_some((min, max.filter(|max| *max < u32::MAX)))
    }

    /// Reads digits; more than fits is the largest number.
    fn number(&mut self) -> Option<u32> {
        let mut number: Option<u32> = None;
        while let Some(digit) = self.digit(10) {
            let before = number.unwrap_or(0);
            number = Some(before.saturating_mul(10).saturating_add(digit));
        }
        number
    }

    /// Takes a digit of this base, if there is one.
    fn digit(&mut self, base: u32) -> Option<u32> {
        let digit = char::from_u32(u32::from(self.peek()?))?.to_digit(base)?;
        self.at += 1;
        Some(digit)
    }
}
