//! When the personal data of an order may be erased: once nothing needs it any more.
//!
//! Not here: which columns and tables hold it (the store), and who may ask (the operator area).

use jiff::Timestamp;

use crate::order::{Order, State};

/// Why personal data are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The order is not over: money, an activation or a refund is under way.
    UnderWay,
    /// Its plan runs.
    PlanRuns,
}

/// Tells whether the personal data of an order may be erased.
///
/// # Errors
/// Why they are kept.
pub fn may_erase(order: &Order, now: Timestamp) -> Result<(), Kept> {
    if order.refunds.iter().any(|refund| !refund.is_done) {
        return Err(Kept::UnderWay);
    }
    match order.state {
        State::Created
        | State::PaymentOpen
        | State::Paid
        | State::Declined
        | State::Expired
        | State::Activating
        | State::ActivationFailed
        | State::RefundPending => Err(Kept::UnderWay),
        State::Active if runs(order, now) => Err(Kept::PlanRuns),
        State::Active | State::Cancelled | State::Refunded => Ok(()),
    }
}

/// A plan that resets runs on, cycle after cycle.
fn runs(order: &Order, now: Timestamp) -> bool {
    order.terms.resets || order.grant.is_some_and(|grant| grant.ends_at > now)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::amount::{Currency, Money, Period};
    use crate::brand::{BrandId, PlanId, PlanType};
    use crate::code::{Id, OrderCode};
    use crate::order::{Change, Grant, PaymentId, Refund, Terms, create};

    fn order(changes: &[Change]) -> Order {
        let price = Money { minor: 490, currency: Currency::parse("EUR").expect("a code") };
        let terms = Terms {
            brand: BrandId::parse("fjell").expect("an id"),
            plan: PlanId::parse("day").expect("an id"),
            price,
            plan_type: PlanType::Fixed,
            data_limit: None,
            duration: Period::parse("P1D").expect("a period"),
            resets: false,
            usage_notifications: true,
            tax: None,
            renews: None,
        };
        let code = OrderCode::from_random([1; 6]);
        let mut order = create(Id::from_parts(1, [1; 10]), code, terms, Timestamp::UNIX_EPOCH);
        changes.iter().for_each(|change| order.apply(change));
        order
    }

    #[test]
    fn only_what_is_over_is_erased() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(48);
        let until = |hours| {
            let ends_at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
            Change::Granted(Grant { starts_at: Timestamp::UNIX_EPOCH, ends_at })
        };
        for state in State::ALL {
            let is_over = matches!(state, State::Cancelled | State::Refunded | State::Active);
            let expected = if is_over { Ok(()) } else { Err(Kept::UnderWay) };
            let found = may_erase(&order(&[Change::StateEntered(state)]), now);
            assert_eq!(found, expected, "{}", state.name());
        }
        let active = Change::StateEntered(State::Active);
        for (hours, expected) in [(47, Ok(())), (48, Ok(())), (49, Err(Kept::PlanRuns))] {
            assert_eq!(may_erase(&order(&[until(hours), active.clone()]), now), expected);
        }
        let mut renewing = order(&[until(1), active.clone()]);
        renewing.terms.resets = true;
        assert_eq!(may_erase(&renewing, now), Err(Kept::PlanRuns));
        // A second payment that is still to go back keeps a plan that is over.
        let payment = PaymentId { provider: "card".into(), reference: "two".into() };
        let amount = order(&[]).terms.price;
        let refund =
            Change::RefundBegan(Refund { payment: payment.clone(), amount, is_done: false });
        let open = [until(1), active, refund];
        assert_eq!(may_erase(&order(&open), now), Err(Kept::UnderWay));
        let done = [&open[..], &[Change::RefundEnded(payment)]].concat();
        assert_eq!(may_erase(&order(&done), now), Ok(()));
    }
}
