//! Pages for what cannot be shown: each says what happened, that nothing was lost, what next.
//!
//! Not here: mistakes in a form, which are shown on the form's own page.

use api::browser::{Link, Page};
use api::paths;

use super::Paper;

/// What cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No such page or order.
    Missing,
    /// An order of another session.
    ForeignOrder,
    /// The session has ended, or there was none.
    NoSession,
    /// The form carries another session's token, or none.
    BadToken,
    /// The request is unreadable.
    BadInput,
    /// The form was sent before with something else in it.
    KeyReused,
    /// The store or a provider does not answer.
    Unavailable,
}

impl Problem {
    /// Returns the HTTP status that goes with it.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Missing | Self::ForeignOrder => 404,
            Self::NoSession | Self::BadToken => 403,
            Self::BadInput => 400,
            Self::KeyReused => 422,
            Self::Unavailable => 503,
        }
    }

    /// Returns the stable name for machines.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::ForeignOrder => "foreign_order",
            Self::NoSession => "no_session",
            Self::BadToken => "bad_token",
            Self::BadInput => "bad_input",
            Self::KeyReused => "key_reused",
            Self::Unavailable => "unavailable",
        }
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Missing => ("missing-heading", "missing-lead"),
            Self::ForeignOrder => ("foreign-heading", "foreign-lead"),
            Self::NoSession => ("session-heading", "session-lead"),
            Self::BadToken => ("token-heading", "token-lead"),
            Self::BadInput => ("input-heading", "input-lead"),
            Self::KeyReused => ("reused-heading", "reused-lead"),
            Self::Unavailable => ("busy-heading", "busy-lead"),
        }
    }
}

/// Makes the page of a problem met at `path`.
#[must_use]
pub fn problem(paper: &Paper<'_>, path: &str, problem: Problem) -> Page {
    let (heading, lead) = problem.texts();
    let mut page = paper.page(path, "problem-title", None);
    page.heading = paper.texts.get(heading);
    let lead = paper.texts.get(lead);
    page.alert = Some(api::browser::Alert {
        kind: api::browser::AlertKind::Error,
        title: paper.texts.get("problem-title"),
        text: lead,
    });
    page.links.push(Link { href: paths::LAUNCH.to_owned(), label: paper.texts.get("start-again") });
    if matches!(problem, Problem::ForeignOrder | Problem::NoSession) {
        page.links.push(paper.resume());
    }
    page
}
