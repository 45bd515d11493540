//! Rules that can both match one message, as far as that can be shown.
//!
//! Whether two regular expressions share a text has no cheap answer, so this looks for one: the
//! rules have the same pattern, or a text is found that both engines take. Texts come from
//! the patterns: for each alternative and the shortest repetitions. So a pattern without
//! variables and one that takes everything, such as `[^]*`, are always judged rightly; others can
//! overlap unseen. What is reported is sound: the text is the proof. Implements the check of
//! [MSG-10] and [MSG-12]; a message that meets two rules gets a warning when it comes.

use super::book::{Book, Entry};
use super::matcher::Matcher;
use super::sample::sample;

/// How many texts are tried for a pattern.
const TURNS: usize = 12;

/// Two rules that can both match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The rule that counts, from 0.
    pub first: usize,
    /// The rule behind it that does not.
    pub second: usize,
    /// What shows it.
    pub proof: Proof,
}

/// What shows that two rules can both match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They have the same pattern.
    SamePattern,
    /// Both match this text.
    Text(String),
}

/// A rule with texts that it matches.
struct Known<'b> {
    number: usize,
    entry: &'b Entry,
    texts: Vec<String>,
}

/// Finds rules that can both match: each pair once, in document order.
#[must_use]
pub fn overlaps(book: &Book, matcher: &impl Matcher) -> Vec<Overlap> {
    let known: Vec<Known<'_>> =
        book.held().map(|(number, entry)| known(number, entry, matcher)).collect();
    let mut found = Vec::new();
    for (at, first) in known.iter().enumerate() {
        for second in known.iter().skip(at.saturating_add(1)) {
            if !first.entry.rule.shares_bearer_with(&second.entry.rule) {
                continue;
            }
            if let Some(proof) = proof(first, second, matcher) {
                found.push(Overlap { first: first.number, second: second.number, proof });
            }
        }
    }
    found
}

fn known<'b>(number: usize, entry: &'b Entry, matcher: &impl Matcher) -> Known<'b> {
    let mut texts: Vec<String> = Vec::new();
    for turn in 0..TURNS {
        let text = sample(&entry.rule.pattern, turn).filter(|text| !texts.contains(text));
        match text.map(|text| (matcher.matches(number, &text), text)) {
            Some((Ok(true), text)) => texts.push(text),
            Some((Ok(false), _)) | None => {}
            // An engine that was stopped once is not asked again.
            Some((Err(_), _)) => break,
        }
    }
    Known { number, entry, texts }
}

fn proof(first: &Known<'_>, second: &Known<'_>, matcher: &impl Matcher) -> Option<Proof> {
    if first.entry.rule.pattern == second.entry.rule.pattern {
        return Some(Proof::SamePattern);
    }
    let shared = |texts: &[String], other: usize| {
        let mut answers = texts.iter().map(|text| (text, matcher.matches(other, text)));
        let answer = answers.find(|(_, answer)| !matches!(answer, Ok(false)));
        answer.and_then(|(text, answer)| (answer == Ok(true)).then(|| text.clone()))
    };
    shared(&first.texts, second.number)
        .or_else(|| shared(&second.texts, first.number))
        .map(Proof::Text)
}
