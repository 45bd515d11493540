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
pub enum Permission {
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

/// Says what is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Sharing may begin.
    Allow,
    /// It may not.
    Deny(Denial),
    /// Nothing is answered, and the asking times out: never a silent yes.
    NoAnswer,
}

/// Decides by the plans that are in force: one that allows sharing is enough.
#[must_use]
pub fn tethering(plans: Result<&[Permission], Unreachable>) -> Decision {
    let Ok(plans) = plans else { return Decision::NoAnswer };
    let has = |wanted: Permission| plans.contains(&wanted);
    if has(Permission::Allowed) {
        Decision::Allow
    } else if has(Permission::Forbidden) {
        Decision::Deny(Denial::Plan)
    } else if has(Permission::Unknown) {
        Decision::Deny(Denial::PlanUnknown)
    } else {
        Decision::Deny(Denial::NoPlan)
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
        use Permission::{Allowed, Forbidden, Unknown};
        for (plans, expected) in [
            (Ok(&[Allowed][..]), Decision::Allow),
            (Ok(&[Forbidden][..]), Decision::Deny(Denial::Plan)),
            (Ok(&[Unknown][..]), Decision::Deny(Denial::PlanUnknown)),
            (Ok(&[][..]), Decision::Deny(Denial::NoPlan)),
            (Ok(&[Forbidden, Unknown, Allowed][..]), Decision::Allow),
            (Ok(&[Unknown, Forbidden][..]), Decision::Deny(Denial::Plan)),
            (Err(Unreachable), Decision::NoAnswer),
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
