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

    const MB: u64 = 1_000_000;

    #[test]
    fn usage_is_inferred_by_the_first_rule_whose_inputs_are_there() {
        let mb = |megabytes: u64| Some(Bytes(megabytes * MB));
        let percent = |percent: u64| Some(Decimal::of(percent));
        let nothing = Given::default();
        for (name, given, usage, limit) in [
            (
                "given",
                Given { usage: mb(1), percentage: percent(50), limit: mb(10), ..nothing },
                mb(1),
                mb(10),
            ),
            (
                "1",
                Given { percentage: percent(65), limit: mb(40_000), ..nothing },
                mb(26_000),
                mb(40_000),
            ),
            (
                "1, stored",
                Given { percentage: percent(65), stored_limit: mb(100), ..nothing },
                mb(65),
                None,
            ),
            (
                "1 before 2",
                Given { percentage: percent(50), overage: mb(5), limit: mb(10), ..nothing },
                mb(5),
                mb(10),
            ),
            ("1 lacks its limit", Given { percentage: percent(50), ..nothing }, None, None),
            (
                "2",
                Given { overage: mb(250), stored_limit: mb(20_000), ..nothing },
                mb(20_250),
                None,
            ), // MV-15
            (
                "2 before 3",
                Given { overage: mb(1), overage_percentage: percent(20), limit: mb(10), ..nothing },
                mb(11),
                mb(10),
            ),
            (
                "the message's limit counts",
                Given { overage: mb(1), limit: mb(10), stored_limit: mb(99), ..nothing },
                mb(11),
                mb(10),
            ),
            (
                "3",
                Given { overage_percentage: percent(20), limit: mb(5000), ..nothing },
                mb(6000),
                mb(5000),
            ), // MV-23
            (
                "4",
                Given { overage: mb(1000), overage_percentage: percent(20), ..nothing },
                mb(6000),
                mb(5000),
            ), // MV-22
            (
                "1 skipped, 4",
                Given {
                    percentage: percent(9),
                    overage: mb(10),
                    overage_percentage: percent(10),
                    ..nothing
                },
                mb(110),
                mb(100),
            ),
            (
                "4 of nothing",
                Given { overage: mb(10), overage_percentage: percent(0), ..nothing },
                None,
                None,
            ),
            ("overage alone", Given { overage: mb(10), ..nothing }, None, None),
            ("nothing", nothing, None, None),
        ] {
            let expected = Inferred { usage: Ok(usage), limit: Ok(limit) };
            assert_eq!(infer(&given), expected, "[MSG-22] [MSG-23] {name}");
        }
        let huge = Some(Bytes(u64::MAX));
        let given = Given { overage: huge, limit: huge, ..nothing };
        assert_eq!(infer(&given).usage, Err(TooLarge));
    }
}
