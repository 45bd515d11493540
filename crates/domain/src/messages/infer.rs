//! What follows for usage and limit from the forms in which a message may say them.
//!
//! Not here: reading them ([`super::readings`]). Implements [MSG-22] and [MSG-23].

use super::number::Decimal;
use crate::amount::Bytes;

/// What a message says of usage, each form on its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// What is used.
    pub usage: Option<Bytes>,
    /// What is used, in percent of the limit.
    pub percentage: Option<Decimal>,
    /// What is used beyond the limit.
    pub overage: Option<Bytes>,
    /// What is used beyond the limit, in percent of it: the excess, so 20 for 120 % [MSG-23].
    pub overage_percentage: Option<Decimal>,
    /// The limit that the message says.
    pub limit: Option<Bytes>,
    /// The limit of the plan, which counts if the message says none.
    pub stored_limit: Option<Bytes>,
}

/// Says that a value has more than 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// What is known then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inferred {
    /// What is used.
    pub usage: Result<Option<Bytes>, TooLarge>,
    /// The limit that the message says, or that follows from it; never the stored one.
    pub limit: Result<Option<Bytes>, TooLarge>,
}

/// Infers usage where it is not given, by the first of four rules whose inputs are there
/// [MSG-22].
#[must_use]
pub fn infer(given: &Given) -> Inferred {
    let said = Inferred { usage: Ok(given.usage), limit: Ok(given.limit) };
    if given.usage.is_some() {
        return said;
    }
    let limit = given.limit.or(given.stored_limit);
    let usage = match (given.percentage, given.overage, given.overage_percentage, limit) {
        // 1: UsagePercentage × DataLimit
        (Some(percentage), _, _, Some(limit)) => percentage.percent_of(limit.0),
        // 2: UsageOverage + DataLimit
        (_, Some(overage), _, Some(limit)) => overage.0.checked_add(limit.0),
        // 3: UsageOveragePercentage × DataLimit + DataLimit
        (_, None, Some(excess), Some(limit)) => {
            excess.percent_of(limit.0).and_then(|bytes| bytes.checked_add(limit.0))
        }
        // 4: UsageOverage + UsageOverage ÷ UsageOveragePercentage; the quotient is the limit.
        (_, Some(overage), Some(excess), None) if !excess.is_zero() => {
            return of_overage(overage.0, excess);
        }
        (_, _, _, _) => return said,
    };
    Inferred { usage: checked(usage), ..said }
}

fn of_overage(overage: u64, excess: Decimal) -> Inferred {
    let limit = excess.whole_of(overage);
    let usage = limit.and_then(|limit| limit.checked_add(overage));
    Inferred { usage: checked(usage), limit: checked(limit) }
}

fn checked(bytes: Option<u64>) -> Result<Option<Bytes>, TooLarge> {
    bytes.map(|bytes| Some(Bytes(bytes))).ok_or(TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is given, in the order of the fields of [`Given`], in megabytes and percent.
    type Row = [Option<u64>; 6];

    const ROWS: [(&str, Row, Option<u64>, Option<u64>); 14] = [
        ("given", [Some(1), Some(50), None, None, Some(10), None], Some(1), Some(10)),
        ("1", [None, Some(65), None, None, Some(40_000), None], Some(26_000), Some(40_000)),
        ("1, stored", [None, Some(65), None, None, None, Some(100)], Some(65), None),
        ("1 before 2", [None, Some(50), Some(5), None, Some(10), None], Some(5), Some(10)),
        ("1 lacks its limit", [None, Some(50), None, None, None, None], None, None),
        ("2, MV-15", [None, None, Some(250), None, None, Some(20_000)], Some(20_250), None),
        ("2 before 3", [None, None, Some(1), Some(20), Some(10), None], Some(11), Some(10)),
        ("said, not stored", [None, None, Some(1), None, Some(9), Some(99)], Some(10), Some(9)),
        ("3, MV-23", [None, None, None, Some(20), Some(5000), None], Some(6000), Some(5000)),
        ("4, MV-22", [None, None, Some(1000), Some(20), None, None], Some(6000), Some(5000)),
        ("1 skipped", [None, Some(9), Some(10), Some(10), None, None], Some(110), Some(100)),
        ("4 of nothing", [None, None, Some(10), Some(0), None, None], None, None),
        ("overage alone", [None, None, Some(10), None, None, None], None, None),
        ("nothing", [None; 6], None, None),
    ];

    #[test]
    fn usage_is_inferred_by_the_first_rule_whose_inputs_are_there() {
        let mb = |megabytes: Option<u64>| megabytes.map(|mb| Bytes(mb * 1_000_000));
        for (name, row, usage, limit) in ROWS {
            let [given, percentage, overage, excess, said, stored] = row;
            let given = Given {
                usage: mb(given),
                percentage: percentage.map(Decimal::of),
                overage: mb(overage),
                overage_percentage: excess.map(Decimal::of),
                limit: mb(said),
                stored_limit: mb(stored),
            };
            let expected = Inferred { usage: Ok(mb(usage)), limit: Ok(mb(limit)) };
            assert_eq!(infer(&given), expected, "[MSG-22] [MSG-23] {name}");
        }
        let huge = Some(Bytes(u64::MAX));
        let given = Given { overage: huge, limit: huge, ..Given::default() };
        assert_eq!(infer(&given).usage, Err(TooLarge));
    }
}
