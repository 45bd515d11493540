//! The engine of patterns that need one that goes back: the crate `regress`.
//!
//! Its time may double with every character of a text, so that it runs in a child process only
//! ([`super::worker`]). It is given the pattern in a plain spelling that leaves nothing to Annex B.
//! Implements [MSG-11].

use super::halves;
use super::syntax::{Assertion, Direction, Node, Repeat};
use super::units::UnitSet;

/// Where a group stands, in bytes of the text.
pub(super) type Span = Option<(u32, u32)>;

/// Says why a pattern in the plain spelling was not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused;

/// Matches a whole text, written as in [`halves`], with a pattern in the plain spelling.
///
/// # Errors
/// What is no pattern for the engine.
pub(super) fn run(plain: &str, text: &str) -> Result<Option<Vec<Span>>, Refused> {
    let compiled = regress::Regex::new(plain).map_err(|_| Refused)?;
    let Some(found) = compiled.find(text) else {
        return Ok(None);
    };
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let groups = found.groups().skip(1);
    Ok(Some(groups.map(|group| group.map(|at| (number(at.start), number(at.end)))).collect()))
}

/// Spells a pattern plainly, for the whole text.
pub(super) fn plain(node: &Node) -> String {
    let mut out = String::from("^(?:");
    write(node, &mut out);
    out.push_str(")$");
    out
}

fn write(node: &Node, out: &mut String) {
    match node {
        Node::Unit(unit) => write_char(halves::letter(*unit), out),
        Node::Set(set) => write_set(set, out),
        Node::Assert(assertion) => out.push_str(match assertion {
            Assertion::Start => "^",
            Assertion::End => "$",
            Assertion::Boundary => r"\b",
            Assertion::NoBoundary => r"\B",
        }),
        Node::Sequence(parts) => {
            for part in parts {
                match part {
                    Node::Either(_) => write_group("(?:", part, out),
                    _ => write(part, out),
                }
            }
        }
        Node::Either(branches) => {
            for (index, branch) in branches.iter().enumerate() {
                if index > 0 {
                    out.push('|');
                }
                write(branch, out);
            }
        }
        Node::Capture(_, body) => write_group("(", body, out),
        Node::Repeat(repeat) => write_repeat(repeat, out),
        Node::Look(look) => {
            let mark = match (look.direction, look.is_negative) {
                (Direction::Ahead, false) => "(?=",
                (Direction::Ahead, true) => "(?!",
                (Direction::Behind, false) => "(?<=",
                (Direction::Behind, true) => "(?<!",
            };
            write_group(mark, &look.body, out);
        }
        // In parentheses, so that no digit behind it becomes part of the number.
        Node::Back(number) => out.push_str(&format!("(?:\\{number})")),
    }
}

fn write_group(open: &str, body: &Node, out: &mut String) {
    out.push_str(open);
    write(body, out);
    out.push(')');
}

fn write_repeat(repeat: &Repeat, out: &mut String) {
    match &repeat.body {
        body @ (Node::Unit(_) | Node::Set(_) | Node::Capture(..)) => write(body, out),
        body => write_group("(?:", body, out),
    }
    match (repeat.min, repeat.max) {
        (0, None) => out.push('*'),
        (1, None) => out.push('+'),
        (0, Some(1)) => out.push('?'),
        (min, None) => out.push_str(&format!("{{{min},}}")),
        (min, Some(max)) => out.push_str(&format!("{{{min},{max}}}")),
    }
    if repeat.is_lazy {
        out.push('?');
    }
}

/// Letters of plane 16 have no escape in this dialect; nothing of it is a mark.
fn write_char(letter: char, out: &mut String) {
    match u16::try_from(u32::from(letter)) {
        Ok(_) if letter.is_ascii_alphanumeric() => out.push(letter),
        Ok(unit) => out.push_str(&format!("\\u{unit:04X}")),
        Err(_) => out.push(letter),
    }
}

fn write_set(set: &UnitSet, out: &mut String) {
    out.push('[');
    for (first, last) in halves::ranges(set) {
        write_char(first, out);
        out.push('-');
        write_char(last, out);
    }
    out.push(']');
}
