//! Whose a SIM is while several plans claim it.
//!
//! A claim comes from the address that the SIM's device opened, and proves nothing: whoever knows
//! an IMSI may order a plan in its name. So a SIM stays with the session that claimed it first for
//! as long as its plans run one after the other; who comes later gets nothing by the SIM, only by
//! the id of the subscription. Pure. Not here: proof of identity.

use std::collections::BTreeMap;

use domain::Timestamp;

use crate::store::usage::Metered;

/// Chooses the plan of those that claim a SIM to which its records of a time belong: the latest
/// of the session that holds it. `sessions` says which session ordered each, by its handle; a plan
/// of an unknown session is one's own. None: two sessions claimed it at once, or no plan runs.
#[must_use]
pub fn choose<'a>(
    plans: &[&'a Metered],
    sessions: &BTreeMap<i64, String>,
    at: Timestamp,
) -> Option<&'a Metered> {
    let mut plans: Vec<&Metered> = plans.iter().copied().filter(|p| p.starts_at <= at).collect();
    plans.sort_by_key(|plan| (plan.starts_at, plan.handle));
    let is_of_one = |a: &Metered, b: &Metered| {
        let session = sessions.get(&a.handle);
        a.handle == b.handle || (session.is_some() && session == sessions.get(&b.handle))
    };
    let mut free_from = None;
    loop {
        let mut waiting = plans.iter().filter(|plan| runs_after(plan, free_from));
        let first = waiting.next()?;
        let mut rivals = waiting.filter(|plan| plan.starts_at == first.starts_at);
        let is_ambiguous = rivals.any(|plan| !is_of_one(first, plan));
        // Plans of one session hold it as one while each begins before the one before ends.
        let mut end = first.ends_at;
        for plan in plans.iter().filter(|plan| is_of_one(first, plan)) {
            end = match (end, plan.ends_at) {
                (Some(end), _) if plan.starts_at > end => Some(end),
                (Some(end), Some(later)) => Some(end.max(later)),
                (None, _) | (_, None) => None,
            };
        }
        if end.is_none_or(|end| at < end) {
            let mut own = plans.iter().rev().filter(|plan| is_of_one(first, plan));
            let plan = own.find(|plan| plan.covers(at)).copied();
            return plan.filter(|_| !is_ambiguous);
        }
        free_from = end;
    }
}

fn runs_after(plan: &Metered, at: Option<Timestamp>) -> bool {
    at.is_none_or(|at| plan.ends_at.is_none_or(|ends_at| at < ends_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::tests::{Bench, instant};

    /// A session, the first day of its plan, and the day of its end.
    type Claim = (&'static str, u8, u8);

    /// Whose the SIM is on a day of January, by plans of sessions that claim it.
    #[tokio::test]
    async fn a_sim_stays_with_the_session_that_claimed_it_first() {
        let bench = Bench::new();
        let id = bench.subscribe(1).await;
        let some = bench.metered(id).await;
        let day = |day: u8| instant(&format!("2030-01-{day:02}T00:00:00Z"));
        let cases: [(&[Claim], u8, Option<usize>); 11] = [
            (&[("a", 1, 20)], 5, Some(0)),
            (&[("a", 1, 20)], 21, None),
            (&[("a", 1, 20), ("b", 3, 25)], 5, Some(0)),
            // Once it is over, who waited has it.
            (&[("a", 1, 20), ("b", 3, 25)], 20, Some(1)),
            // A renewal has it at once, and keeps it from whoever came in between.
            (&[("a", 1, 20), ("a", 10, 30)], 12, Some(1)),
            (&[("a", 1, 20), ("b", 3, 30), ("a", 10, 28)], 22, Some(2)),
            (&[("a", 1, 20), ("b", 3, 30), ("a", 20, 28)], 22, Some(2)),
            // One after a gap does not.
            (&[("a", 1, 20), ("b", 3, 30), ("a", 21, 28)], 22, Some(1)),
            // No order can be told, unless both are of one session.
            (&[("a", 1, 20), ("b", 1, 20)], 5, None),
            (&[("a", 1, 20), ("a", 1, 20)], 5, Some(1)),
            // Plans of unknown sessions are of one each.
            (&[("", 1, 20), ("", 3, 25)], 5, Some(0)),
        ];
        for (claims, asked, expected) in cases {
            let (mut plans, mut sessions) = (Vec::new(), BTreeMap::new());
            for (handle, (session, begin, end)) in (0_i64..).zip(claims) {
                let mut plan = some.clone();
                plan.handle = handle;
                (plan.starts_at, plan.ends_at) = (day(*begin), Some(day(*end)));
                if !session.is_empty() {
                    sessions.insert(handle, (*session).to_owned());
                }
                plans.push(plan);
            }
            let latest_first: Vec<_> = plans.iter().rev().collect();
            let chosen = choose(&latest_first, &sessions, day(asked)).map(|plan| plan.handle);
            let expected = expected.and_then(|place| i64::try_from(place).ok());
            assert_eq!(chosen, expected, "{claims:?} on day {asked}");
        }
    }
}
