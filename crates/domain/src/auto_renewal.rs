//! A plan that renews itself because its customer chose so: when the customer is reminded, when
//! the charge is tried, and when it is given up.
//!
//! Nobody is charged who was not reminded [`WARNED`] before. Times are counted back from the end
//! of the plan; what was missed is not made up for, only the latest of it is done. Not here: the
//! order that renews it ([`crate::order`]) and the customer's consent, which the server records.

use jiff::{SignedDuration, Timestamp};

/// How long before the end the customer is reminded.
pub const REMINDERS: [SignedDuration; 2] =
    [SignedDuration::from_hours(72), SignedDuration::from_hours(24)];
/// How long before the end a charge is tried.
pub const CHARGES: [SignedDuration; 4] = [
    SignedDuration::from_hours(12),
    SignedDuration::from_hours(8),
    SignedDuration::from_hours(4),
    SignedDuration::from_hours(1),
];
/// The least time between the last reminder and a charge.
pub const WARNED: SignedDuration = SignedDuration::from_hours(4);
/// The least length of a plan that may renew itself: there is time for reminders.
pub const PLAN_MIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What was done of the renewal of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The last reminder, from 1; 0 = none.
    pub reminder: u32,
    /// When that was.
    pub reminded_at: Option<Timestamp>,
    /// The last charge that was tried, from 1; 0 = none.
    pub charge: u32,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Remind the customer.
    Remind {
        /// Which of [`REMINDERS`] it is, from 1.
        number: u32,
    },
    /// Charge what the customer agreed to.
    Charge {
        /// Which of [`CHARGES`] it is, from 1.
        number: u32,
    },
    /// The plan is over: there is nothing to renew.
    GiveUp,
}

/// Says what is to be done now for a plan that ends then; absent = nothing.
#[must_use]
pub fn due(ends_at: Timestamp, done: &Done, now: Timestamp) -> Option<Due> {
    if now >= ends_at {
        return Some(Due::GiveUp);
    }
    let reminder = passed(&REMINDERS, ends_at, now);
    if reminder > done.reminder {
        return Some(Due::Remind { number: reminder });
    }
    let number = passed(&CHARGES, ends_at, now);
    let is_warned = done.reminded_at.is_some_and(|at| later(at, WARNED) <= now);
    (number > done.charge && is_warned).then_some(Due::Charge { number })
}

/// Returns when to look again: when something is due, at the latest at the end of the plan.
#[must_use]
pub fn next_deadline(ends_at: Timestamp, done: &Done) -> Timestamp {
    let before = |times: &[SignedDuration], done: u32| {
        let at = usize::try_from(done).unwrap_or(usize::MAX);
        times.get(at).map(|before| earlier(ends_at, *before))
    };
    let reminder = before(&REMINDERS, done.reminder);
    let warned = done.reminded_at.map(|at| later(at, WARNED));
    let charge = before(&CHARGES, done.charge).zip(warned).map(|(at, warned)| at.max(warned));
    [reminder, charge].into_iter().flatten().fold(ends_at, Timestamp::min)
}

/// How many of these times before the end have passed.
fn passed(times: &[SignedDuration], ends_at: Timestamp, now: Timestamp) -> u32 {
    let count = times.iter().filter(|before| earlier(ends_at, **before) <= now).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn end() -> Timestamp {
        Timestamp::from_second(1_900_000_000).expect("an instant")
    }

    /// Minutes before the end.
    fn before(minutes: i32) -> Timestamp {
        end() - SignedDuration::from_mins(1) * minutes
    }

    #[test]
    fn what_is_due_by_the_time_that_is_left() {
        use Due::{Charge, GiveUp, Remind};
        let hour = 60;
        let told =
            |reminder, at: i32, charge| Done { reminder, reminded_at: Some(before(at)), charge };
        let nothing = Done::default();
        for (left, done, expected) in [
            (72 * hour + 1, nothing, None),
            (72 * hour, nothing, Some(Remind { number: 1 })),
            (72 * hour, told(1, 72 * hour, 0), None),
            (24 * hour, told(1, 72 * hour, 0), Some(Remind { number: 2 })),
            // Of two that were missed, one is told.
            (20 * hour, nothing, Some(Remind { number: 2 })),
            (12 * hour, told(2, 24 * hour, 0), Some(Charge { number: 1 })),
            (12 * hour, told(2, 24 * hour, 1), None),
            (8 * hour, told(2, 24 * hour, 1), Some(Charge { number: 2 })),
            (hour, told(2, 24 * hour, 1), Some(Charge { number: 4 })),
            // Who was reminded late is charged late, or not at all.
            (12 * hour, told(2, 13 * hour, 0), None),
            (9 * hour, told(2, 13 * hour, 0), Some(Charge { number: 1 })),
            (2 * hour, nothing, Some(Remind { number: 2 })),
            (1, told(2, 2 * hour, 0), None),
            (1, told(2, 24 * hour, 4), None),
            (0, told(2, 24 * hour, 4), Some(GiveUp)),
            (-1, nothing, Some(GiveUp)),
        ] {
            assert_eq!(due(end(), &done, before(left)), expected, "{left} min, {done:?}");
        }
    }

    proptest! {
        /// Whenever somebody looks: no charge without a reminder four hours before, none twice, at
        /// most one for each time, and whoever looks at each deadline misses nothing.
        #[test]
        fn nobody_is_charged_unwarned_or_twice(gaps in prop::collection::vec(1_i32..2_000, 1..60)) {
            let mut now = before(100 * 60);
            let mut done = Done::default();
            let mut charges = Vec::new();
            for gap in gaps {
                // Either the time of a look, or the deadline, whichever comes first.
                let look = now + SignedDuration::from_mins(1) * gap;
                now = look.min(next_deadline(end(), &done).max(now));
                prop_assert!(now <= end());
                match due(end(), &done, now) {
                    None => {
                        prop_assert!(next_deadline(end(), &done) > now, "looks again in time");
                        now = look.min(next_deadline(end(), &done));
                    }
                    Some(Due::Remind { number }) => {
                        prop_assert!(number > done.reminder);
                        done = Done { reminder: number, reminded_at: Some(now), ..done };
                    }
                    Some(Due::Charge { number }) => {
                        let warned = done.reminded_at.expect("a reminder");
                        prop_assert!(now.duration_since(warned) >= HOUR * 4);
                        prop_assert!(number > done.charge);
                        charges.push(number);
                        done.charge = number;
                    }
                    Some(Due::GiveUp) => {
                        prop_assert_eq!(now, end());
                        break;
                    }
                }
            }
            prop_assert!(charges.len() <= CHARGES.len());
        }
    }
}
