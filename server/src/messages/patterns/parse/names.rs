//! Groups and their names, which a reference may use before they are opened.

use super::super::{PatternError, Problem};
use super::Parser;

/// Counts the groups of a pattern.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    pub(super) count: usize,
    /// Names with the numbers of their groups.
    names: Vec<(String, usize)>,
}

impl Groups {
    /// Goes over a pattern once; what is wrong in it is for the parser to say.
    pub(super) fn scan(units: &[u16]) -> Self {
        let mut groups = Self::default();
        let nameless = Self::default();
        let mut parser = Parser { units, at: 0, groups: &nameless, opened: 0 };
        let mut is_class = false;
        while let Some(unit) = parser.next() {
            match u8::try_from(unit) {
                Ok(b'\\') => parser.at += 1,
                Ok(b'[') => is_class = true,
                Ok(b']') => is_class = false,
                Ok(b'(') if is_class => {}
                Ok(b'(') if parser.eat_all("?<=") || parser.eat_all("?<!") => {}
                Ok(b'(') if parser.eat_all("?<") => {
                    groups.count += 1;
                    // A wrong name still makes the pattern one that has names.
                    let name = parser.name().unwrap_or_default();
                    groups.names.push((name, groups.count));
                }
                Ok(b'(') if !parser.peeks(b'?') => groups.count += 1,
                _ => {}
            }
        }
        groups
    }

    pub(super) fn has_names(&self) -> bool {
        !self.names.is_empty()
    }

    /// Returns the number of the group of this name.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.names.iter().find(|(known, _)| known == name).map(|(_, number)| *number)
    }

    /// Says whether another group has the name of this one.
    fn is_taken(&self, name: &str, number: usize) -> bool {
        self.number(name).is_some_and(|first| first < number)
    }
}

impl Parser<'_> {
    /// Reads a name and the `>` behind it; its letters may be written `\u0061` or `\u{61}`.
    pub(super) fn name(&mut self) -> Result<String, PatternError> {
        let start = self.at;
        let wrong = PatternError { at: start, problem: Problem::WrongName };
        let mut units = Vec::new();
        while !self.eat(b'>') {
            match self.next().ok_or(wrong.clone())? {
                0x5C => self.name_escape(&mut units).ok_or(wrong.clone())?,
                unit => units.push(unit),
            }
        }
        let name = String::from_utf16(&units).map_err(|_| wrong.clone())?;
        let is_start = |letter: char| letter.is_alphabetic() || matches!(letter, '$' | '_');
        let is_part = |letter: char| {
            is_start(letter)
                || letter.is_alphanumeric()
                || matches!(letter, '\u{200C}' | '\u{200D}')
        };
        let is_name = name.starts_with(is_start) && name.chars().all(is_part);
        if is_name { Ok(name) } else { Err(wrong) }
    }

    /// Refuses a name that an earlier group has.
    pub(super) fn own_name(&mut self) -> Result<(), PatternError> {
        let start = self.at;
        let name = self.name()?;
        if self.groups.is_taken(&name, self.opened + 1) {
            return Err(PatternError { at: start, problem: Problem::NameTaken });
        }
        Ok(())
    }

    fn name_escape(&mut self, units: &mut Vec<u16>) -> Option<()> {
        if !self.eat(b'u') {
            return None;
        }
        if let Some(unit) = self.hexadecimal(4) {
            units.push(unit);
            return Some(());
        }
        if !self.eat(b'{') {
            return None;
        }
        let mut value: Option<u32> = None;
        while let Some(digit) = self.digit(16) {
            value = Some(value.unwrap_or(0).saturating_mul(16).saturating_add(digit));
        }
        let letter = char::from_u32(value?)?;
        units.extend_from_slice(letter.encode_utf16(&mut [0; 2]));
        self.eat(b'}').then_some(())
    }
}
