//! The rules beyond the schema, and all that can be said against a document at once.
//!
//! Three sorts of findings: what the schema refuses ([`crate::schema`]), what its remarks refuse
//! or warn of (`rules` and one module a part), and what only the generator keeps to (`limits`),
//! for hosts that read the remarks more narrowly. [`lint`] lists them for a document that others
//! wrote; [`crate::document::Document::new`] refuses a document of ours with any but a warning.
//! Not here: signatures ([`crate::verify`]).
//! Implements [XML-178]…[XML-181] and, in its modules, the remarks of §2–§9.

mod extensions;
mod limits;
mod logo;
mod messages;
mod provisioning;
mod report;
mod rules;
mod wlan;
mod wlan_security;

use std::fmt;

use crate::document::Document;
pub use report::{Report, lint};

/// Says how much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A host refuses the document or a part of it.
    Error,
    /// Legal, but outside the limits that the generator keeps to.
    Limit,
    /// Legal, and probably not meant.
    Warning,
}

/// Says what stands against a document, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// A name for programs, in kebab case; stable.
    pub code: &'static str,
    /// The requirement behind it, such as `XML-178`.
    pub requirement: &'static str,
    /// The elements from the root, such as `MBNProfiles/DefaultProfile/Name`; never a value.
    pub path: String,
    /// What is wrong and what to do, for people; holds no identifier and no password.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.path, self.message, self.requirement)
    }
}

/// Holds why a document of ours was not put together: never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(Vec<Finding>);

impl Refused {
    pub(crate) fn of(document: &Document) -> Option<Self> {
        let mut findings = check(document);
        findings.retain(|finding| finding.severity != Severity::Warning);
        (!findings.is_empty()).then_some(Self(findings))
    }

    /// Returns what stands against the document, in document order.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut findings = self.0.iter();
        if let Some(first) = findings.next() {
            write!(f, "{first}")?;
        }
        findings.try_for_each(|finding| write!(f, "; {finding}"))
    }
}

impl std::error::Error for Refused {}

/// Lists what stands against a document that the schema accepts.
#[must_use]
pub fn check(document: &Document) -> Vec<Finding> {
    let mut findings = Findings::default();
    rules::check(document, &mut findings);
    limits::check(document, &mut findings);
    messages::check(document, &mut findings);
    logo::check(document, &mut findings);
    wlan::check(document, &mut findings);
    provisioning::check(document, &mut findings);
    extensions::check(document, &mut findings);
    findings.0
}

/// Collects findings.
#[derive(Default)]
pub(crate) struct Findings(pub(crate) Vec<Finding>);

impl Findings {
    pub(crate) fn add(
        &mut self,
        severity: Severity,
        (code, requirement): (&'static str, &'static str),
        path: &str,
        message: String,
    ) {
        self.0.push(Finding { severity, code, requirement, path: path.to_owned(), message });
    }
}
