//! Whether a customer may share the connection with other devices.
//!
//! The network asks each time that sharing is switched on, and the plan decides; where the plan
//! cannot be asked for, there is no answer rather than a yes. Not here: the wording of a refusal,
//! and how long the device waits for an answer.
//! Implements [TET-08].

/// The longest reason of a refusal, in characters [TET-08].
pub const REASON_CHARS_MAX: usize = 255;

/// Says what a plan that is in force says of sharing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// The customer may share.
    Allowed,
    /// The customer may not.
    Forbidden,
    /// Nobody knows, because the plan is not in the catalogue any more.
    Unknown,
}

/// Says that what knows the customer's plans does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable;

/// Says why sharing is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// No plan is in force.
    NoPlan,
    /// The plan forbids it.
    Plan,
    /// The plan is not in the catalogue any more.
    PlanUnknown,
}

/// Says what is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Sharing may begin.
    Allow,
    /// It may not.
    Deny(Denial),
    /// Nothing is answered, and the asking times out: never a silent yes.
    NoAnswer,
}

/// Decides by the plans that are in force: one that allows sharing is enough.
#[must_use]
pub fn tethering(plans: Result<&[Sharing], Unreachable>) -> Answer {
    let Ok(plans) = plans else { return Answer::NoAnswer };
    let has = |wanted: Sharing| plans.contains(&wanted);
    if has(Sharing::Allowed) {
        Answer::Allow
    } else if has(Sharing::Forbidden) {
        Answer::Deny(Denial::Plan)
    } else if has(Sharing::Unknown) {
        Answer::Deny(Denial::PlanUnknown)
    } else {
        Answer::Deny(Denial::NoPlan)
    }
}

/// Cuts a reason to the length that a device shows [TET-08].
#[must_use]
pub fn reason(text: &str) -> String {
    text.chars().take(REASON_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_decides_and_silence_is_no_yes() {
        // [TET-08]
        use Sharing::{Allowed, Forbidden, Unknown};
        for (plans, expected) in [
            (Ok(&[Allowed][..]), Answer::Allow),
            (Ok(&[Forbidden][..]), Answer::Deny(Denial::Plan)),
            (Ok(&[Unknown][..]), Answer::Deny(Denial::PlanUnknown)),
            (Ok(&[][..]), Answer::Deny(Denial::NoPlan)),
            (Ok(&[Forbidden, Unknown, Allowed][..]), Answer::Allow),
            (Ok(&[Unknown, Forbidden][..]), Answer::Deny(Denial::Plan)),
            (Err(Unreachable), Answer::NoAnswer),
        ] {
            assert_eq!(tethering(plans), expected, "{plans:?}");
        }
    }

    #[test]
    fn reasons_fit_on_the_device() {
        // [TET-08]
        for (text, expected) in
            [("short".to_owned(), 5), ("ü".repeat(255), 255), ("ü".repeat(256), 255)]
        {
            assert_eq!(reason(&text).chars().count(), expected);
        }
    }
}
