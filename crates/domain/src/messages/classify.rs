//! Which rule a message meets, and what it says then.
//!
//! Total: every text of anybody has an answer. Not here: running patterns ([`Matcher`]), what is
//! done with the answer ([`super::effect`]). Implements [MSG-01], [MSG-02], [MSG-08], [MSG-09],
//! [MSG-11], [MSG-12], [MSG-14], [MSG-15].

use super::book::{Book, Entry};
use super::matcher::{Groups, Matcher, TEXT_CHARS_MAX};
use super::message::Message;
use super::readings::{self, Context, Readings};
use super::warning::Warning;
use crate::events::{Bearer, MessageType};

/// What a message is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classified {
    /// What the rule says of it; absent if no rule matches, and then it is public [MSG-01].
    pub matched: Option<Matched>,
    /// What did not go as it was probably meant.
    pub warnings: Vec<Warning>,
}

/// A message of the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The number of the rule, from 0.
    pub rule: usize,
    /// Its id [MSG-14].
    pub rule_id: Option<String>,
    /// Whether the operator's app alone sees the message [MSG-08].
    pub is_silent: bool,
    /// The type of the event.
    pub message_type: MessageType,
    /// What the message says; empty if the rule has no fields [MSG-15].
    pub readings: Readings,
}

impl Classified {
    /// Says whether a public event is raised: for a message that no rule matches, and after the
    /// private event for one that is not silent [MSG-01, MSG-09].
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.matched.as_ref().is_none_or(|matched| !matched.is_silent)
    }
}

/// Compares a message with the rules.
///
/// The first rule in document order that matches counts; others that match too are named in a
/// warning [MSG-12]. A rule whose pattern was stopped counts as not matching.
#[must_use]
pub fn classify(
    book: &Book,
    matcher: &impl Matcher,
    message: &Message<'_>,
    context: &Context<'_>,
) -> Classified {
    let mut classified = Classified::default();
    let warnings = &mut classified.warnings;
    if is_too_long(message.text) {
        warnings.push(Warning::TextTooLong);
        return classified;
    }
    let mut first: Option<(usize, &Entry, Groups)> = None;
    for (number, entry) in book.held().filter(|(_, entry)| entry.rule.admits(message)) {
        let found = match &first {
            None => matcher.captures(number, message.text).map(|groups| {
                if let Some(groups) = groups {
                    first = Some((number, entry, groups));
                }
            }),
            Some((rule, ..)) => matcher.matches(number, message.text).map(|is_match| {
                if is_match {
                    let (rule, other) = (rule.saturating_add(1), number.saturating_add(1));
                    warnings.push(Warning::Overlap { rule, other });
                }
            }),
        };
        if let Err(overrun) = found {
            warnings.push(Warning::Unanswered { rule: number.saturating_add(1), overrun });
        }
    }
    classified.matched = first.map(|(number, entry, groups)| {
        let rule = &entry.rule;
        let readings = match &rule.fields {
            Some(fields) => {
                readings::read((entry, fields), &groups, message.text, context, warnings)
            }
            None => Readings::default(),
        };
        Matched {
            rule: number,
            rule_id: rule.id.clone(),
            is_silent: rule.is_silent,
            message_type: message_type(message.bearer),
            readings,
        }
    });
    classified
}

const fn message_type(bearer: Bearer) -> MessageType {
    match bearer {
        Bearer::GsmSms => MessageType::GsmSms,
        Bearer::CdmaSms => MessageType::CdmaSms,
        Bearer::Ussd => MessageType::Ussd,
    }
}

/// Counts characters only where bytes do not tell.
fn is_too_long(text: &str) -> bool {
    text.len() > TEXT_CHARS_MAX && text.chars().count() > TEXT_CHARS_MAX
}
