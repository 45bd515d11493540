//! What follows a backslash.

use super::super::syntax::Node;
use super::super::units::UnitSet;
use super::super::{PatternError, Problem};
use super::Parser;

/// Says where an escape stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    Class,
}

impl Parser<'_> {
    /// Reads an escape outside of classes that is no assertion.
    pub(super) fn escape(&mut self) -> Result<Node, PatternError> {
        let letter = self.peek().ok_or_else(|| self.problem(Problem::TrailingBackslash))?;
        if let Some(set) = UnitSet::escape(letter) {
            self.at += 1;
            return Ok(Node::Set(set));
        }
        if let Some(number) = self.back_reference() {
            return Ok(Node::Back(number));
        }
        if self.groups.has_names() && self.eat(b'k') {
            let start = self.at;
            let unknown = PatternError { at: start, problem: Problem::UnknownName };
            if !self.eat(b'<') {
                return Err(unknown);
            }
            let name = self.name()?;
            return self.groups.number(&name).map(Node::Back).ok_or(unknown);
        }
        self.character_escape(Place::Outside).map(Node::Unit)
    }

    /// Reads the number of a group that the pattern has; takes nothing otherwise.
    fn back_reference(&mut self) -> Option<usize> {
        if self.peeks(b'0') {
            return None;
        }
        let start = self.at;
        let number = self.number().and_then(|number| usize::try_from(number).ok());
        let number = number.filter(|number| *number <= self.groups.count);
        if number.is_none() {
            self.at = start;
        }
        number
    }

    /// Reads an escape that stands for one code unit.
    pub(super) fn character_escape(&mut self, place: Place) -> Result<u16, PatternError> {
        let start = self.at;
        let letter = self.next().ok_or_else(|| self.problem(Problem::TrailingBackslash))?;
        Ok(match u8::try_from(letter) {
            Ok(b't') => 0x09,
            Ok(b'n') => 0x0A,
            Ok(b'v') => 0x0B,
            Ok(b'f') => 0x0C,
            Ok(b'r') => 0x0D,
            Ok(b'c') => self.control(place),
            Ok(b'0'..=b'7') => {
                self.at = start;
                self.octal()
            }
            Ok(b'x') => self.hexadecimal(2).unwrap_or(letter),
            Ok(b'u') => self.hexadecimal(4).unwrap_or(letter),
            Ok(b'k') if self.groups.has_names() => {
                return Err(PatternError { at: start, problem: Problem::UnknownName });
            }
            _ => letter,
        })
    }

    /// Reads what follows `\c`; without a letter the backslash stands for itself, and the `c` is
    /// read again.
    fn control(&mut self, place: Place) -> u16 {
        let letter = self.peek().and_then(|unit| u8::try_from(unit).ok());
        let is_control = |letter: &u8| match place {
            Place::Outside => letter.is_ascii_alphabetic(),
            Place::Class => letter.is_ascii_alphanumeric() || *letter == b'_',
        };
        match letter.filter(is_control) {
            Some(letter) => {
                self.at += 1;
                u16::from(letter & 0x1F)
            }
            None => {
                self.at -= 1;
                u16::from(b'\\')
            }
        }
    }

    /// Reads up to three octal digits, at most 377.
    fn octal(&mut self) -> u16 {
        let mut value = 0;
        for _ in 0..3 {
            if value >= 0o40 {
                break;
            }
            let Some(digit) = self.digit(8) else { break };
            value = value * 8 + digit;
        }
        u16::try_from(value).unwrap_or_default()
    }

    /// Reads exactly so many hexadecimal digits; takes nothing otherwise.
    pub(super) fn hexadecimal(&mut self, count: usize) -> Option<u16> {
        let start = self.at;
        let mut value = 0;
        for _ in 0..count {
            let Some(digit) = self.digit(16) else {
                self.at = start;
                return None;
            };
            value = value * 16 + digit;
        }
        u16::try_from(value).ok()
    }
}
