//! How a plan is used, in finished words: what `Page::account` is rendered from.
//!
//! What is drawn is said in words beside it. Rendered by the server alone, since it changes as a
//! whole. Not here: what counts as used (the usage engine), or any text.

use api::browser::{Account, Fact, Form};

use crate::view;

/// How a plan is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Its heading (level 2).
    pub heading: String,
    /// How much is used, in words.
    pub used: String,
    /// How much is left, in words; empty where nothing limits it.
    pub left: String,
    /// The bar of a plan with a limit.
    pub bar: Option<Bar>,
    /// Who says so, and when.
    pub source: String,
    /// What to look out for, the most urgent first.
    pub warnings: Vec<String>,
    /// Where it was used, and until when the plan goes on.
    pub facts: Vec<Fact>,
    /// The last days.
    pub history: Option<History>,
}

/// A thing that the customer is told, with the form that puts it away [EVT-20].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub title: String,
    /// What it means.
    pub text: String,
    /// Puts it away.
    pub form: Form,
}

/// The bar of a plan with a limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// Percent of the limit, rounded down, 0 to 100.
    pub percent: u8,
    /// How close the limit is.
    pub level: Level,
}

/// How close a limit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Not close.
    #[default]
    Far,
    /// Most of it is used [USE-10].
    Close,
    /// It is reached.
    Over,
}

/// The use of the last days, drawn and as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Its heading (level 3).
    pub heading: String,
    /// A finished SVG element with its key, everything in it escaped.
    pub picture: String,
    /// What the table is opened by.
    pub summary: String,
    /// Heads of the table's columns.
    pub heads: Vec<String>,
    /// Rows of the table; the first cell of each names it.
    pub rows: Vec<Vec<String>>,
}

/// Renders it, without a place where changes are told.
#[must_use]
pub fn render(notices: &[Notice], plan: &Use) -> Account {
    let (notices, plan) = view::account::html(notices, plan);
    Account { notices, plan, ..Account::default() }
}
