//! Character classes: what stands between brackets.

use super::super::units::UnitSet;
use super::super::{PatternError, Problem};
use super::Parser;
use super::escape::Place;

/// Is one end of a range, or what looks like one.
enum Atom {
    Unit(u16),
    Set(UnitSet),
}

impl Parser<'_> {
    /// Reads what follows an opening bracket, the closing one included.
    pub(super) fn class(&mut self) -> Result<UnitSet, PatternError> {
        let is_negated = self.eat(b'^');
        let mut set = UnitSet::default();
        while !self.eat(b']') {
            let start = self.at;
            let first = self.class_atom()?;
            if !self.peeks(b'-') {
                add(&mut set, &first);
                continue;
            }
            self.at += 1;
            if self.peeks(b']') {
                add(&mut set, &first);
                add(&mut set, &Atom::Unit(u16::from(b'-')));
                continue;
            }
            match (first, self.class_atom()?) {
                (Atom::Unit(first), Atom::Unit(last)) if first <= last => set.add(first, last),
                (Atom::Unit(_), Atom::Unit(_)) => {
                    return Err(PatternError { at: start, problem: Problem::RangeOutOfOrder });
                }
                // Annex B: `\d-x` is no range but three parts.
                (first, last) => {
                    for part in [first, last, Atom::Unit(u16::from(b'-'))] {
                        add(&mut set, &part);
                    }
                }
            }
        }
        Ok(if is_negated { set.complement() } else { set })
    }

    fn class_atom(&mut self) -> Result<Atom, PatternError> {
        let Some(unit) = self.next() else {
            return Err(self.problem(Problem::UnterminatedClass));
        };
        if unit != u16::from(b'\\') {
            return Ok(Atom::Unit(unit));
        }
        let letter = self.peek().ok_or_else(|| self.problem(Problem::TrailingBackslash))?;
        if let Some(set) = UnitSet::escape(letter) {
            self.at += 1;
            return Ok(Atom::Set(set));
        }
        if self.eat(b'b') {
            return Ok(Atom::Unit(0x08));
        }
        self.character_escape(Place::Class).map(Atom::Unit)
    }
}

fn add(set: &mut UnitSet, atom: &Atom) {
    match atom {
        Atom::Unit(unit) => set.add(*unit, *unit),
        Atom::Set(other) => set.add_all(other),
    }
}
