//! What the remarks of the schema pages refuse or warn of.
//!
//! Not here: limits of the generator alone ([`super::limits`]).
//! Implements [XML-25] and [XML-178]…[XML-181].

use super::{Findings, Severity, wlan};
use crate::document::{Document, PlanName};

pub(super) fn check(document: &Document, findings: &mut Findings) {
    subscriber_id(document, findings);
    plans(document, findings);
}

/// A number that is neither an IMSI or SID (1 to 15 digits) nor an ICCID (19 or 20) matches no
/// SIM; names of providers and identifiers of other organisations have no form to check.
fn subscriber_id(document: &Document, findings: &mut Findings) {
    let id = document.global().subscriber_id.reveal();
    if id.bytes().all(|b| b.is_ascii_digit()) && matches!(id.len(), 16..=18) {
        let message = "neither an IMSI nor an ICCID nor a SID; give all digits of one of them";
        let rule = ("subscriber-id-form", "XML-25");
        findings.add(Severity::Warning, rule, "Global/SubscriberId", message.to_owned());
    }
}

fn plans(document: &Document, findings: &mut Findings) {
    let plans = document.plans();
    for (index, plan) in plans.iter().enumerate() {
        if plans.iter().take(index).any(|earlier| earlier.name == plan.name) {
            let message = format!("two plans are named \"{}\"; keep one", plan.name);
            findings.add(Severity::Error, ("duplicate-plan", "XML-178"), "Plans/Plan", message);
        }
    }
    let associations = associations(document);
    for (path, name) in &associations {
        if let Some(name) = name
            && !plans.iter().any(|plan| plan.name == **name)
        {
            let message = format!("names the plan \"{name}\", which the document lacks; add it");
            let path = format!("{path}/AssociatedPlan");
            findings.add(Severity::Error, ("dangling-plan", "XML-178"), &path, message);
        }
    }
    if associations.is_empty() {
        return;
    }
    for plan in plans {
        if !associations.iter().any(|(_, name)| *name == Some(&plan.name)) {
            let message = format!("no profile names the plan \"{}\"", plan.name);
            findings.add(Severity::Warning, ("unused-plan", "XML-178"), "Plans/Plan", message);
        }
    }
}

/// Lists all profiles with the plans that they name [XML-47, XML-98].
fn associations(document: &Document) -> Vec<(String, Option<&PlanName>)> {
    let mbn = document.profiles().map(|(slot, profile)| {
        (format!("MBNProfiles/{}", slot.as_str()), profile.associated_plan.as_ref())
    });
    let wlan =
        wlan::profiles(document).map(|(path, profile)| (path, profile.associated_plan.as_ref()));
    mbn.chain(wlan).collect()
}
