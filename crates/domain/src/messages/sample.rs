//! Texts that a pattern probably matches, for comparing patterns with each other.
//!
//! A guess: it knows the common part of the dialect and skips the rest, so whoever uses a text
//! asks the engine whether it does match. Not here: that question ([`super::overlap`]).

/// Most characters of a text; a longer one is given up.
const CHARS_MAX: usize = 400;

/// Deepest nesting of groups.
const DEPTH_MAX: usize = 32;

/// Stand for whatever a negated class or `.` may match.
const ANY: [char; 7] = ['a', '0', ' ', 'A', '.', '-', '\n'];

/// Writes a text for a pattern. `turn` chooses among alternatives and lengths: other turns, other
/// texts.
///
/// None for a pattern that is deeper, longer or odder than is looked into.
pub(super) fn sample(pattern: &str, turn: usize) -> Option<String> {
    let mut writer = Writer { rest: pattern, turn };
    let text = writer.alternatives(0)?;
    writer.rest.is_empty().then_some(text)
}

/// How often an atom is written.
#[derive(Clone, Copy)]
struct Times {
    min: usize,
    max: Option<usize>,
}

struct Writer<'p> {
    rest: &'p str,
    turn: usize,
}

impl Writer<'_> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next()?;
        self.rest = chars.as_str();
        Some(next)
    }

    fn skip(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Returns the `turn`-th of several, round and round.
    fn choose<T: Clone>(&self, of: &[T]) -> Option<T> {
        of.get(self.turn.checked_rem(of.len())?).cloned()
    }

    fn alternatives(&mut self, depth: usize) -> Option<String> {
        if depth > DEPTH_MAX {
            return None;
        }
        let mut all = vec![String::new()];
        while !self.rest.is_empty() && !self.rest.starts_with(')') {
            if self.skip("|") {
                all.push(String::new());
                continue;
            }
            let atom = self.atom(depth)?;
            let count = self.count()?;
            let text = all.last_mut()?;
            text.push_str(&atom.repeat(count));
            if text.chars().count() > CHARS_MAX {
                return None;
            }
        }
        self.choose(&all)
    }

    fn atom(&mut self, depth: usize) -> Option<String> {
        let of = |c: Option<char>| c.map(String::from);
        match self.next()? {
            '(' => self.group(depth),
            '[' => of(self.class()),
            '.' => of(self.choose(&['a', '0', ' '])),
            '^' | '$' => Some(String::new()),
            '\\' => match self.next()? {
                'b' | 'B' => Some(String::new()),
                // A back-reference; the texts of groups are not kept.
                '1'..='9' => Some(String::new()),
                escaped => {
                    let ranges = self.escape(escaped)?;
                    of(self.choose(&ranges).map(|(start, _)| start))
                }
            },
            literal => Some(literal.to_string()),
        }
    }

    fn group(&mut self, depth: usize) -> Option<String> {
        let is_assertion = ["?=", "?!", "?<=", "?<!"].into_iter().any(|start| self.skip(start));
        if !is_assertion && !self.skip("?:") && self.skip("?<") {
            while self.next()? != '>' {}
        }
        let text = self.alternatives(depth.checked_add(1)?)?;
        let is_closed = self.skip(")");
        let text = if is_assertion { String::new() } else { text };
        is_closed.then_some(text)
    }

    /// Reads the rest of a class and returns a character of it.
    fn class(&mut self) -> Option<char> {
        let is_negated = self.skip("^");
        let mut ranges = Vec::new();
        while !self.skip("]") {
            let start = self.member()?;
            let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]");
            match (start.as_slice(), is_range) {
                ([(first, _)], true) => {
                    self.next()?;
                    let end = self.member()?;
                    ranges.extend(end.first().map(|(last, _)| (*first, *last)));
                }
                (members, _) => ranges.extend_from_slice(members),
            }
        }
        if !is_negated {
            return self.choose(&ranges).map(|(start, _)| start);
        }
        let is_free = |c: &char| !ranges.iter().any(|(start, end)| (*start..=*end).contains(c));
        let free: Vec<char> = ANY.into_iter().filter(is_free).collect();
        self.choose(&free)
    }

    fn member(&mut self) -> Option<Vec<(char, char)>> {
        match self.next()? {
            '\\' => {
                let escaped = self.next()?;
                self.escape(escaped)
            }
            literal => Some(vec![(literal, literal)]),
        }
    }

    /// Returns what stands for an escaped character, as ranges.
    fn escape(&mut self, escaped: char) -> Option<Vec<(char, char)>> {
        let one = |c: char| Some(vec![(c, c)]);
        match escaped {
            'd' => Some(vec![('0', '9'), ('5', '5')]),
            'w' => Some(vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]),
            's' => Some(vec![(' ', ' '), ('\t', '\n')]),
            'D' => Some(vec![('a', '~'), (' ', '/')]),
            'W' => Some(vec![(' ', '/'), (':', '@')]),
            'S' => Some(vec![('a', '~'), ('0', '9'), ('!', '/')]),
            'n' => one('\n'),
            'r' => one('\r'),
            't' => one('\t'),
            'x' => one(self.code(2)?),
            'u' => one(self.code(4)?),
            'c' | 'k' | 'p' | 'P' => None,
            literal => one(literal),
        }
    }

    fn code(&mut self, digits: usize) -> Option<char> {
        let (code, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        char::from_u32(u32::from_str_radix(code, 16).ok()?)
    }

    /// Reads a quantifier, if there is one, and returns how often to write what is before it.
    fn count(&mut self) -> Option<usize> {
        let times = match self.rest.chars().next() {
            Some('*') => Times { min: 0, max: None },
            Some('+') => Times { min: 1, max: None },
            Some('?') => Times { min: 0, max: Some(1) },
            Some('{') => match self.braces() {
                Some(times) => times,
                None => return Some(1),
            },
            Some(_) | None => return Some(1),
        };
        // The sign, or the brace that `braces` left.
        self.next()?;
        self.skip("?");
        let wanted = match self.turn.checked_rem(3)? {
            0 => times.min.max(1),
            1 => times.min,
            _ => times.min.saturating_add(1),
        };
        let count = wanted.min(times.max.unwrap_or(usize::MAX));
        (count <= CHARS_MAX).then_some(count)
    }

    /// Reads `{n}`, `{n,}` or `{n,m}` up to its last brace; leaves anything else as it is.
    fn braces(&mut self) -> Option<Times> {
        let (inner, _) = self.rest.strip_prefix('{')?.split_once('}')?;
        let (min, max) = match inner.split_once(',') {
            None => (inner, Some(inner)),
            Some((min, "")) => (min, None),
            Some((min, max)) => (min, Some(max)),
        };
        let min = min.parse().ok()?;
        let max = max.map(str::parse).transpose().ok()?;
        let (_, last) = self.rest.split_at_checked(inner.len().checked_add(1)?)?;
        self.rest = last;
        Some(Times { min, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_texts_of_common_patterns() {
        for (pattern, turn, expected) in [
            ("", 0, Some("")),
            ("USED", 1, Some("USED")),
            ("[^]*", 0, Some("a")),
            ("[^]*", 1, Some("")),
            (r"USED ([0-9]+(?:\.[0-9]+)?) (kB|MB)", 0, Some("USED 0.0 kB")),
            (r"USED ([0-9]+(?:\.[0-9]+)?) (kB|MB)", 1, Some("USED 0 MB")),
            (r"(?<used>\d{2,3})%", 2, Some("000%")),
            ("a{2}b{,3}", 0, Some("aab{,3}")),
            (r"[^a0]\x41\u0042", 0, Some(" AB")),
            (r"a(?=b)c", 0, Some("ac")),
            ("(", 0, None),
            (")", 0, None),
            ("[", 0, None),
            ("[]", 0, None),
            (r"\", 0, None),
            ("a{500}", 0, None),
        ] {
            let found = sample(pattern, turn);
            assert_eq!(found.as_deref(), expected, "{pattern} {turn}");
        }
        assert_eq!(sample(&"(".repeat(2000), 0), None);
    }
}
