//! `[[plans]]`: what a brand sells.
//!
//! Not here: how a plan is shown, and what a purchase does.

use domain::amount::{Currency, Megabytes, Money, Period};
use domain::auto_renewal::PLAN_MIN;
use domain::brand::{Plan, PlanId, PlanType, RenewalKind};
use domain::{SignedDuration, Timestamp};

use crate::config::document::Section;
use crate::config::values;

use super::brand_file::NAME_CHARS_MAX;

/// Largest price: the numbers that our JSON carries exactly.
const PRICE_MINOR_MAX: i64 = 1 << 53;
/// Largest allowance: fields of the document are 32 bits wide [XML-149].
const DATA_LIMIT_MB_MAX: i64 = 4_294_967_295;

const TYPES: &[(&str, PlanType)] = &[
    ("Unrestricted", PlanType::Unrestricted),
    ("Fixed", PlanType::Fixed),
    ("Variable", PlanType::Variable),
];

/// Tells whether a period is as long as a duration, or longer.
fn is_at_least(period: Period, least: SignedDuration) -> bool {
    let end = period.after(Timestamp::UNIX_EPOCH);
    end.is_some_and(|end| end.duration_since(Timestamp::UNIX_EPOCH) >= least)
}

const RENEWALS: &[(&str, RenewalKind)] =
    &[("after", RenewalKind::After), ("at_once", RenewalKind::AtOnce)];

/// The plans of a brand.
pub(super) struct Plans {
    /// Those without errors, in their order.
    pub(super) plans: Vec<Plan>,
    /// Whether there is no row at all: a brand that only matches SIMs has none.
    pub(super) is_empty: bool,
}

/// Reads the plans.
pub(super) fn read(section: &mut Section<'_>, currency: Option<Currency>) -> Plans {
    let mut ids: Vec<PlanId> = Vec::new();
    let plans = section.tables("plans", |row| Some(plan(row, currency, &mut ids)));
    let is_empty = plans.as_ref().is_some_and(Vec::is_empty);
    Plans { plans: plans.unwrap_or_default().into_iter().flatten().collect(), is_empty }
}

fn plan(row: &mut Section<'_>, currency: Option<Currency>, ids: &mut Vec<PlanId>) -> Option<Plan> {
    let id_form = "1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'";
    let id = row.required("id", values::formed(PlanId::parse, id_form));
    if let Some(id) = &id {
        if ids.contains(id) {
            row.error("id", format!("another plan of the brand has the id {id} already"));
        }
        ids.push(id.clone());
    }
    let name = row.required("name", values::line(NAME_CHARS_MAX));
    let price_minor = row.required("price_minor", values::integer(1..=PRICE_MINOR_MAX));
    let plan_type = row.required("type", values::one_of(TYPES));
    let data_limit = row.optional("data_limit_mb", |value| {
        let megabytes = values::integer(1..=DATA_LIMIT_MB_MAX)(value)?;
        u32::try_from(megabytes).map(Megabytes).map_err(|error| error.to_string())
    });
    if plan_type == Some(PlanType::Fixed) && !row.has("data_limit_mb") {
        row.error("data_limit_mb", "missing; a Fixed plan has an allowance");
    }
    let duration = row.required("duration", values::parsed(Period::parse));
    let tethering = row.optional("tethering", values::boolean);
    let resets = row.optional("resets", values::boolean);
    let usage_notifications = row.optional("usage_notifications", values::boolean);
    let renewal = row.optional("renewal", values::one_of(RENEWALS)).unwrap_or_default();
    if renewal == RenewalKind::AtOnce && (data_limit.is_none() || resets == Some(true)) {
        let why = "at_once adds an allowance to the one that runs: the plan needs data_limit_mb, \
                   and no resets";
        row.error("renewal", why);
    }
    let auto_renew = row.optional("auto_renew", values::boolean).unwrap_or_default();
    let is_long = duration.is_some_and(|period| is_at_least(period, PLAN_MIN));
    if auto_renew && (resets == Some(true) || renewal == RenewalKind::AtOnce || !is_long) {
        let why = "a plan that renews itself lasts 7 days or more, and neither resets nor renews \
                   at_once";
        row.error("auto_renew", why);
    }
    let includes_tax = row.optional("price_includes_tax", values::boolean);
    let tax_rate = row.optional("tax_rate_bp", |value| {
        let basis_points = values::integer(0..=10_000)(value)?;
        u32::try_from(basis_points).map_err(|error| error.to_string())
    });
    Some(Plan {
        id: id?,
        name: name?,
        price: Money { minor: price_minor?, currency: currency? },
        price_includes_tax: includes_tax.unwrap_or(true),
        tax_rate_bp: tax_rate,
        plan_type: plan_type?,
        data_limit,
        duration: duration?,
        resets: resets.unwrap_or(false),
        tethering: tethering.unwrap_or(false),
        usage_notifications: usage_notifications.unwrap_or(true),
        renewal,
        auto_renew,
    })
}
