//! Vouchers: what a batch is good for, and whether one of them pays an order now.
//!
//! A voucher buys one plan of a brand, whatever the plan costs on that day, so that no rest is
//! left over and nothing is paid beside it. Not here: what follows of an order that is paid
//! ([`crate::order`]), and how a voucher is used once only (the store's transaction).

mod code;

use jiff::{SignedDuration, Timestamp};

use crate::brand::{BrandId, PlanId};
use crate::code::OrderId;

pub use code::VoucherCode;

/// The name of vouchers where payment providers have theirs.
pub const PROVIDER: &str = "voucher";
/// Most vouchers of a batch.
pub const BATCH_MAX: u32 = 100_000;
/// How long a voucher that was given back can be used at least, even if its batch ended meanwhile:
/// the customer could not have used it while it was taken.
pub const GIVEN_BACK_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What the vouchers of a batch are good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The brand that sells the plan.
    pub brand: BrandId,
    /// The plan.
    pub plan: PlanId,
    /// The instant from which on they can be used; absent = at once.
    pub starts_at: Option<Timestamp>,
    /// The instant from which on they cannot be used any more; absent = for ever.
    pub ends_at: Option<Timestamp>,
}

/// What is known of a voucher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    /// What it is good for.
    pub terms: Terms,
    /// Whether its batch was withdrawn.
    pub is_withdrawn: bool,
    /// The order that it pays; absent = none, or none any more.
    pub order: Option<OrderId>,
    /// When it was last given back.
    pub given_back_at: Option<Timestamp>,
}

/// Why a voucher does not pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is none of this code, or it is another brand's.
    Unknown,
    /// It pays an order already.
    Used(OrderId),
    /// Its batch was withdrawn.
    Withdrawn,
    /// It can be used from this instant on.
    NotYet(Timestamp),
    /// It could be used until this instant.
    Ended(Timestamp),
    /// It is good for this plan.
    OtherPlan(PlanId),
}

impl Refused {
    /// Returns its name, as logs have it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Used(_) => "used",
            Self::Withdrawn => "withdrawn",
            Self::NotYet(_) => "not_yet",
            Self::Ended(_) => "ended",
            Self::OtherPlan(_) => "other_plan",
        }
    }
}

/// Decides whether a voucher pays a plan of a brand now.
///
/// # Errors
/// The first reason of [`Refused`], in the order in which it lists them.
pub fn judge(
    voucher: Option<&Voucher>,
    brand: &BrandId,
    plan: &PlanId,
    now: Timestamp,
) -> Result<(), Refused> {
    let ours = voucher.filter(|voucher| voucher.terms.brand == *brand);
    let Some(Voucher { terms, is_withdrawn, order, .. }) = ours else {
        return Err(Refused::Unknown);
    };
    if let Some(order) = order {
        return Err(Refused::Used(*order));
    }
    if *is_withdrawn {
        return Err(Refused::Withdrawn);
    }
    if let Some(starts_at) = terms.starts_at.filter(|starts_at| now < *starts_at) {
        return Err(Refused::NotYet(starts_at));
    }
    if let Some(ends_at) = ours.and_then(ends_at).filter(|ends_at| now >= *ends_at) {
        return Err(Refused::Ended(ends_at));
    }
    if terms.plan != *plan {
        return Err(Refused::OtherPlan(terms.plan.clone()));
    }
    Ok(())
}

/// Returns when a voucher cannot be used any more: its batch's end, or later if it was given back.
#[must_use]
pub fn ends_at(voucher: &Voucher) -> Option<Timestamp> {
    let given_back = voucher.given_back_at;
    let extended = given_back.map(|at| at.checked_add(GIVEN_BACK_FOR).unwrap_or(Timestamp::MAX));
    voucher.terms.ends_at.map(|ends_at| extended.map_or(ends_at, |extended| extended.max(ends_at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Id;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn plan(id: &str) -> PlanId {
        PlanId::parse(id).expect("a plan")
    }

    fn voucher() -> Voucher {
        Voucher {
            terms: Terms {
                brand: BrandId::parse("aurora").expect("a brand"),
                plan: plan("day"),
                starts_at: Some(at("2030-01-01T00:00:00Z")),
                ends_at: Some(at("2031-01-01T00:00:00Z")),
            },
            is_withdrawn: false,
            order: None,
            given_back_at: None,
        }
    }

    fn check(voucher: Option<&Voucher>, asked: &str, now: &str, expected: &Result<(), Refused>) {
        let (brand, asked) = asked.split_once('/').expect("brand/plan");
        let brand = BrandId::parse(brand).expect("a brand");
        assert_eq!(&judge(voucher, &brand, &plan(asked), at(now)), expected, "{voucher:?} {now}");
    }

    #[test]
    fn a_voucher_pays_its_plan_in_its_time() {
        let (fresh, order) = (voucher(), Id::from_parts(1, [0; 10]));
        let used = Voucher { order: Some(order), ..voucher() };
        let withdrawn = Voucher { is_withdrawn: true, ..voucher() };
        let (start, end) = ("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
        check(Some(&fresh), "aurora/day", start, &Ok(()));
        check(Some(&fresh), "aurora/day", "2030-12-31T23:59:59.999Z", &Ok(()));
        check(Some(&fresh), "aurora/day", end, &Err(Refused::Ended(at(end))));
        let early = "2029-12-31T23:59:59.999Z";
        check(Some(&fresh), "aurora/day", early, &Err(Refused::NotYet(at(start))));
        check(Some(&fresh), "aurora/week", start, &Err(Refused::OtherPlan(plan("day"))));
        // Whoever tries it elsewhere learns nothing of it.
        check(Some(&fresh), "fjell/day", start, &Err(Refused::Unknown));
        check(Some(&used), "fjell/day", start, &Err(Refused::Unknown));
        check(None, "aurora/day", start, &Err(Refused::Unknown));
        check(Some(&used), "aurora/week", end, &Err(Refused::Used(order)));
        check(Some(&withdrawn), "aurora/week", end, &Err(Refused::Withdrawn));
        let endless = Terms { starts_at: None, ends_at: None, ..voucher().terms };
        let endless = Voucher { terms: endless, ..voucher() };
        check(Some(&endless), "aurora/day", "9999-01-01T00:00:00Z", &Ok(()));
    }

    #[test]
    fn a_voucher_that_was_given_back_can_be_used_for_a_while() {
        let given_back = |when: &str| Voucher { given_back_at: Some(at(when)), ..voucher() };
        let late = given_back("2031-03-01T00:00:00Z");
        check(Some(&late), "aurora/day", "2031-03-30T23:59:59Z", &Ok(()));
        let end = at("2031-03-31T00:00:00Z");
        check(Some(&late), "aurora/day", "2031-03-31T00:00:00Z", &Err(Refused::Ended(end)));
        let early = given_back("2030-02-01T00:00:00Z");
        check(Some(&early), "aurora/day", "2030-12-31T00:00:00Z", &Ok(()));
        let taken = Voucher { order: Some(Id::from_parts(1, [0; 10])), ..late };
        let used = Refused::Used(Id::from_parts(1, [0; 10]));
        check(Some(&taken), "aurora/day", "2031-03-02T00:00:00Z", &Err(used));
        let refused = Refused::OtherPlan(plan("day"));
        assert_eq!(refused.name(), "other_plan");
    }
}
