//! Pages as values: what the customer is told in each situation, in finished words.
//!
//! Pure functions of state and texts; the same value is rendered to HTML or sent as JSON. Not
//! here: HTTP ([`crate::http`]) and how it looks (the portal).
//!
//! - [`catalogue`]: identify, choose; [`details`]: of the customer; [`review`]: before paying, with
//!   [`legal`] to agree to;
//! - [`order`]: an order in each of its states, and the hand-over to Windows;
//! - [`receipt`]: what was paid, and what went back;
//! - [`usage`]: how a plan is used, with its picture [`chart`];
//! - [`resume`]: the way back to an order;
//! - [`problem`]: what cannot be shown, and what to do instead;
//! - [`sandbox`]: the sandbox payment provider.

pub mod catalogue;
pub mod chart;
pub mod details;
pub mod legal;
pub mod order;
pub mod problem;
pub mod receipt;
pub mod resume;
pub mod review;
pub mod sandbox;
pub mod usage;

use api::browser::{Alert, AlertKind, Frame, Link, Page, StepMark, StepState, field};
use api::paths;
use domain::amount::{Megabytes, Money, Period, Tax};
use domain::brand::{Brand, Plan};

use crate::texts::Texts;

/// What every page is made from.
#[derive(Clone, Copy)]
pub struct Paper<'a> {
    /// The messages of the customer's language.
    pub texts: &'a Texts,
    /// The brand, where one is known.
    pub brand: Option<&'a Brand>,
    /// The token of the session, which every form carries.
    pub token: &'a str,
}

/// A step of the purchase, as the list above every page names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Choosing a plan.
    Plan,
    /// Reviewing.
    Review,
    /// Paying.
    Pay,
    /// Waiting for the network.
    Activate,
    /// Active.
    Done,
}

impl Step {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Plan, "step-plan"),
        (Self::Review, "step-review"),
        (Self::Pay, "step-pay"),
        (Self::Activate, "step-activate"),
        (Self::Done, "step-done"),
    ];
}

impl Paper<'_> {
    /// Begins a page with its frame; `step` is absent beside the way of a purchase.
    fn page(&self, path: &str, title: &str, step: Option<Step>) -> Page {
        let brand = self.brand_name();
        Page {
            path: path.to_owned(),
            lang: self.texts.lang().to_owned(),
            dir: self.texts.dir().to_owned(),
            title: format!("{} – {brand}", self.texts.get(title)),
            frame: self.frame(step),
            ..Page::default()
        }
    }

    fn brand_name(&self) -> String {
        self.brand.map_or_else(|| self.texts.get("product"), |brand| brand.name.clone())
    }

    fn frame(&self, step: Option<Step>) -> Frame {
        let mark = |(of, label): &(Step, &str), here: Step| StepMark {
            label: self.texts.get(label),
            state: match of.cmp(&here) {
                std::cmp::Ordering::Less => StepState::Done,
                std::cmp::Ordering::Equal => StepState::Current,
                std::cmp::Ordering::Greater => StepState::Ahead,
            },
        };
        let steps = step.map(|here| Step::ALL.iter().map(|of| mark(of, here)).collect());
        let phone = self.brand.and_then(|brand| brand.look.support_phone.as_deref());
        let support = match phone {
            Some(phone) => self.texts.format("support-phone", &[("phone", phone.into())]),
            None => self.texts.get("support-none"),
        };
        Frame {
            brand: self.brand_name(),
            skip: self.texts.get("skip-to-content"),
            steps: steps.unwrap_or_default(),
            steps_label: self.texts.get("steps-label"),
            support,
            offline: self.alert(AlertKind::Error, "offline-title", "offline-text"),
        }
    }

    fn alert(&self, kind: AlertKind, title: &str, text: &str) -> Alert {
        Alert { kind, title: self.texts.get(title), text: self.texts.get(text) }
    }

    fn token(&self) -> (String, String) {
        (field::TOKEN.to_owned(), self.token.to_owned())
    }

    /// The way to an order that was placed elsewhere.
    fn resume(&self) -> Link {
        Link { href: paths::RESUME.to_owned(), label: self.texts.get("resume-offer") }
    }

    fn allowance(&self, limit: Option<Megabytes>) -> String {
        match limit {
            None => self.texts.get("plan-unlimited"),
            // 10^9 bytes are a gigabyte where 10^6 are a megabyte; halves and the like show as
            // megabytes rather than rounded.
            Some(Megabytes(mb)) if mb % 1000 == 0 => {
                self.texts.format("plan-data-gb", &[("gb", (mb / 1000).into())])
            }
            Some(Megabytes(mb)) => self.texts.format("plan-data-mb", &[("mb", mb.into())]),
        }
    }

    fn validity(&self, period: Period) -> String {
        let amount = |key: &str, name: &str, n: i64| self.texts.format(key, &[(name, n.into())]);
        if let Some(days) = period.as_days() {
            amount("plan-valid-days", "days", days)
        } else if let Some(months) = period.as_months() {
            amount("plan-valid-months", "months", months)
        } else if let Some(hours) = period.as_hours() {
            amount("plan-valid-hours", "hours", hours)
        } else {
            let period = period.to_string();
            self.texts.format("plan-valid-other", &[("period", period.into())])
        }
    }

    /// Writes what is paid and, where that is known, what of it is tax.
    fn price(&self, price: Money, tax: Option<&Tax>) -> String {
        let amount = self.texts.money(price);
        tax.map_or_else(|| amount.clone(), |tax| format!("{amount} {}", self.tax(tax)))
    }

    /// Writes what of a price is tax.
    #[must_use]
    pub fn tax(&self, tax: &Tax) -> String {
        // Basis points as a number of two decimals at most.
        let rate = f64::from(tax.rate_bp) / 100.0;
        let variables = [("rate", rate.into()), ("tax", self.texts.money(tax.amount).into())];
        self.texts.format("price-with-tax-of", &variables)
    }

    fn renewal(&self, plan: &Plan) -> String {
        self.texts.get(if plan.resets { "plan-resets" } else { "plan-no-renewal" })
    }
}
