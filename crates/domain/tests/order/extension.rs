//! Plans that are extended: nothing that is left is lost, nothing is given twice.

use domain::SignedDuration;
use domain::amount::{Megabytes, Period};
use domain::code::Id;
use domain::order::{Effect, Order, Renewal, State, extended};
use proptest::prelude::*;

use super::history::{an_order, event, told};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// An order of so many megabytes and days that is to extend one which ends after so many hours.
fn extending(first: &Order, mb: u32, days: u32, left_h: i64) -> Order {
    let mut order = an_order();
    order.terms.data_limit = Some(Megabytes(mb));
    order.terms.duration = Period::parse(&format!("P{days}D")).expect("a period");
    let ends_at = order.created_at + HOUR * i32::try_from(left_h).expect("small");
    order.terms.renews = Some(Renewal { order: first.id, ends_at, extends: Some(first.id) });
    order
}

/// What is active in time extends at once; what is too late, or may not, follows.
#[test]
fn an_extension_counts_while_the_plan_runs() {
    let mut first = an_order();
    first.id = Id::from_parts(1, [1; 10]);
    for (left_h, may_extend, is_extended) in
        [(48, true, true), (48, false, false), (0, true, false), (-48, true, false)]
    {
        let mut order = extending(&first, 500, 1, left_h);
        let renewal = order.terms.renews.as_mut().expect("renews");
        renewal.extends = renewal.extends.filter(|_| may_extend);
        let ends_at = renewal.ends_at;
        let mut told = told(order);
        for name in ["redeem", "done"] {
            told.tell(&event(name), SignedDuration::ZERO);
        }
        let grant = told.order.grant.expect("granted");
        let extended = is_extended.then_some(first.id);
        assert_eq!(told.order.extends(), extended, "{left_h} h left");
        let from = told.now().max(ends_at);
        assert_eq!(grant.starts_at, if is_extended { told.now() } else { from });
        assert_eq!(
            Some(grant.ends_at),
            told.order.terms.duration.after(from),
            "after what is left"
        );
        let done = Effect::Extend { subscription: first.id, is_undone: false };
        assert_eq!(told.effects.values().any(|effect| *effect == done), is_extended);
        told.tell(&event("back"), SignedDuration::ZERO);
        assert_eq!((told.order.state, told.order.extends()), (State::RefundPending, None));
        let undone = Effect::Extend { subscription: first.id, is_undone: true };
        assert_eq!(told.effects.values().any(|effect| *effect == undone), is_extended);
    }
}

proptest! {
    /// The allowance is the sum of all, and the time too, whatever is bought when; taking one back
    /// leaves exactly the others; and doing it again changes nothing.
    #[test]
    fn nothing_is_lost_and_nothing_given_twice(
        mbs in prop::collection::vec((1_u32..100_000, 1_u32..60), 0..6),
        taken_back in 0_usize..6,
    ) {
        let mut told = told(an_order());
        for name in ["redeem", "done"] {
            told.tell(&event(name), SignedDuration::ZERO);
        }
        let mut first = told.order;
        first.terms.data_limit = Some(Megabytes(1000));
        let grant = first.grant.expect("granted");
        let mut with: Vec<Order> =
            mbs.iter().map(|(mb, days)| extending(&first, *mb, *days, 1)).collect();
        let sums = |with: &[Order]| {
            let mb: u64 = with.iter().filter_map(|o| o.terms.data_limit).map(|m| u64::from(m.0)).sum();
            let days: i64 = with.iter().filter_map(|o| o.terms.duration.as_days()).sum();
            (1000 + mb, grant.ends_at + HOUR * i32::try_from(24 * days).expect("small"))
        };
        let whole = extended(&first, &with).expect("granted");
        let limit = |limit: Option<Megabytes>| limit.map(|mb| u64::from(mb.0));
        prop_assert_eq!((limit(whole.limit).expect("a limit"), whole.ends_at), sums(&with));
        prop_assert_eq!(extended(&first, &with), Some(whole));
        if taken_back < with.len() {
            with.remove(taken_back);
            let rest = extended(&first, &with).expect("granted");
            prop_assert_eq!((limit(rest.limit).expect("a limit"), rest.ends_at), sums(&with));
        }
        first.grant = None;
        prop_assert_eq!(extended(&first, &with), None);
    }
}
