//! What stands against rules for operator messages beyond their document: what only the engines
//! of their patterns know, and rules that can both match.
//!
//! Not here: what the document itself shows ([`carrier::lint`]).
//! Implements the warnings of [MSG-10] and [MSG-12], and the errors of [MSG-12].

use std::cell::OnceCell;
use std::sync::Arc;

use domain::messages::{Book, Overlap, Proof, Rule, RuleError, overlaps};

use super::patterns::{Patterns, Pool};

/// Most characters of a text that proves an overlap that are shown.
const TEXT_SHOWN: usize = 80;

/// What stands against one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFinding {
    /// The rule, from 1.
    pub number: usize,
    /// A name for programs.
    pub code: &'static str,
    /// The requirement behind it.
    pub requirement: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

const REJECTED: &str = "rule-rejected";
const PATTERN: &str = "pattern";
const ODD: &str = "rule-odd";
const OVERLAP: &str = "overlapping-rules";

impl RuleFinding {
    /// Says whether the rule is rejected for it.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.code == REJECTED || self.code == PATTERN
    }

    /// Returns `error` or `warning`.
    #[must_use]
    pub fn weight(&self) -> &'static str {
        if self.is_error() { "error" } else { "warning" }
    }

    /// Says whether the document does not show it, so that [`carrier::lint`] is silent about it.
    #[must_use]
    pub fn is_beyond_document(&self) -> bool {
        self.code == PATTERN || self.code == OVERLAP
    }
}

/// Lists what stands against rules: each rule for itself, then pairs.
#[must_use]
pub fn of_rules(book: &Book, matcher: &Patterns) -> Vec<RuleFinding> {
    let mut findings = Vec::new();
    for (number, entry) in (1_usize..).zip(book.entries()) {
        match entry {
            Ok(entry) => findings.extend(entry.warnings().iter().map(|warning| RuleFinding {
                number,
                code: ODD,
                requirement: "MSG-21",
                message: warning.to_string(),
            })),
            Err(error) => findings.push(rejected(number, *error, matcher)),
        }
    }
    findings.extend(overlaps(book, matcher).iter().map(overlapping));
    findings
}

/// Lints the rules of brands or documents one after the other; an engine for patterns starts with
/// the first rule.
#[derive(Default)]
pub struct Linter(OnceCell<Option<Arc<Pool>>>);

impl Linter {
    /// Lists what stands against rules, with their patterns compiled for it; nothing if no engine
    /// can be had.
    #[must_use]
    pub fn lint(&self, rules: Vec<Rule>) -> Vec<RuleFinding> {
        if rules.is_empty() {
            return Vec::new();
        }
        let Some(pool) = self.0.get_or_init(|| super::pool().ok()) else {
            return Vec::new();
        };
        let patterns = rules.iter().map(|rule| rule.pattern.as_str());
        let matcher = Patterns::new(patterns, Arc::clone(pool));
        of_rules(&Book::new(rules, &matcher), &matcher)
    }
}

fn rejected(number: usize, error: RuleError, matcher: &Patterns) -> RuleFinding {
    let cause = number.checked_sub(1).and_then(|index| matcher.error(index));
    let (code, requirement, cause) = match (error, cause) {
        (RuleError::Pattern, Some(cause)) => (PATTERN, "MSG-12", format!(": {cause}")),
        (RuleError::Pattern, None) => (PATTERN, "MSG-12", String::new()),
        (_, _) => (REJECTED, "MSG-12", String::new()),
    };
    RuleFinding { number, code, requirement, message: format!("rejected: {error}{cause}") }
}

fn overlapping(overlap: &Overlap) -> RuleFinding {
    let first = overlap.first.saturating_add(1);
    let how = match &overlap.proof {
        Proof::SamePattern => "has the same pattern".to_owned(),
        Proof::Text(text) => {
            let shown: String = text.chars().take(TEXT_SHOWN).collect();
            format!("matches {shown:?} as well")
        }
    };
    RuleFinding {
        number: overlap.second.saturating_add(1),
        code: OVERLAP,
        requirement: "MSG-12",
        message: format!("rule {first} {how} and comes first; let only one of them match"),
    }
}
