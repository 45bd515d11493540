//! What the remarks of the schema pages refuse or warn of.
//!
//! Not here: limits of the generator alone ([`super::limits`]).
//! Implements [XML-178].

use super::{Findings, Severity};
use crate::document::Document;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    plans(document, findings);
}

fn plans(document: &Document, findings: &mut Findings) {
    let plans = document.plans();
    for (index, plan) in plans.iter().enumerate() {
        if plans.iter().take(index).any(|earlier| earlier.name == plan.name) {
            let message = format!("two plans are named \"{}\"; keep one", plan.name);
            findings.add(Severity::Error, ("duplicate-plan", "XML-178"), "Plans/Plan", message);
        }
    }
    for (slot, profile) in document.profiles() {
        if let Some(name) = &profile.associated_plan
            && !plans.iter().any(|plan| plan.name == *name)
        {
            let message = format!("names the plan \"{name}\", which the document lacks; add it");
            let path = format!("MBNProfiles/{}/AssociatedPlan", slot.as_str());
            findings.add(Severity::Error, ("dangling-plan", "XML-178"), &path, message);
        }
    }
    if document.profiles().next().is_none() {
        return;
    }
    for plan in plans {
        let is_named = |name| name == Some(&plan.name);
        if !document.profiles().any(|(_, p)| is_named(p.associated_plan.as_ref())) {
            let message = format!("no profile names the plan \"{}\"", plan.name);
            findings.add(Severity::Warning, ("unused-plan", "XML-178"), "Plans/Plan", message);
        }
    }
}
