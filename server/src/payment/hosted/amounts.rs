//! Amounts as Stripe counts them: its minor units are not ISO 4217's for every currency.
//!
//! docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal currencies" and "Special
//! cases": the krona of Iceland and the shilling of Uganda have none but are counted in
//! hundredths, the ariary of Madagascar is counted whole, and of three decimals the last is 0.
//! Nothing is rounded here: an amount that does not fit is refused. Not here: prices and tax
//! ([`domain::amount`]).

use domain::amount::{Currency, Money};

/// How the provider's units of a currency differ from its minor units.
enum Units {
    /// They do not.
    Same,
    /// So many of them make a minor unit.
    Finer(i64),
    /// So many minor units make one of them.
    Coarser(i64),
    /// They do not, but only whole tens can be paid.
    Tens,
}

fn units(currency: Currency) -> Units {
    match (currency.code(), currency.exponent()) {
        ("ISK" | "UGX", 0) => Units::Finer(100),
        ("MGA", 2) => Units::Coarser(100),
        (_, 3) => Units::Tens,
        _ => Units::Same,
    }
}

/// Returns an amount in the provider's units.
///
/// # Errors
/// What cannot be paid there, and what to do.
pub fn to_units(money: Money) -> Result<i64, String> {
    let code = money.currency.code();
    let fits = |multiple: i64| money.minor.checked_rem(multiple) == Some(0);
    match units(money.currency) {
        Units::Same => Ok(money.minor),
        Units::Finer(each) => money.minor.checked_mul(each).ok_or_else(|| "is too high".to_owned()),
        Units::Coarser(each) if fits(each) => Ok(money.minor.div_euclid(each)),
        Units::Coarser(_) => Err(format!("has parts of a whole {code}: leave them out")),
        Units::Tens if fits(10) => Ok(money.minor),
        Units::Tens => Err(format!("has a third decimal: of {code} it must be 0")),
    }
}

/// Returns what an amount in the provider's units is; none for one that cannot be.
#[must_use]
pub fn from_units(units_of: i64, code: &str) -> Option<Money> {
    let currency = Currency::parse(&code.to_ascii_uppercase())?;
    let minor = match units(currency) {
        Units::Same | Units::Tens => Some(units_of),
        Units::Finer(each) if units_of.checked_rem(each) == Some(0) => units_of.checked_div(each),
        Units::Finer(_) => None,
        Units::Coarser(each) => units_of.checked_mul(each),
    };
    minor.map(|minor| Money { minor, currency })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_counted_as_the_provider_counts_them() {
        for (minor, code, expected) in [
            (490, "EUR", Some(490)),
            (490, "JPY", Some(490)),
            (5, "ISK", Some(500)),
            (5, "UGX", Some(500)),
            (1_000, "MGA", Some(10)),
            (1_050, "MGA", None),
            (5_120, "KWD", Some(5_120)),
            (5_124, "KWD", None),
            (0, "BHD", Some(0)),
            (i64::MAX, "ISK", None),
        ] {
            let money = Money { minor, currency: Currency::parse(code).expect("a code") };
            let units = to_units(money);
            assert_eq!(units.clone().ok(), expected, "{minor} {code}: {units:?}");
            if let Ok(units) = units {
                assert_eq!(from_units(units, &code.to_ascii_lowercase()), Some(money), "and back");
            }
        }
        assert_eq!(from_units(550, "isk"), None, "half a krona");
        assert_eq!(from_units(5, "euro"), None);
    }
}
