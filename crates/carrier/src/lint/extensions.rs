//! Remarks on the extensions of Windows 8.1.
//!
//! Not here: what a host does with the policies.
//! Implements [XML-56], [XML-160], [XML-174] and [XML-175] for the extensions, and what follows
//! from [PDP-05], [PDP-06], [PDP-07] and [PDP-12].

use std::collections::BTreeSet;

use super::{Findings, Severity, limits};
use crate::document::{
    AccessString, AdditionalPdpContexts, Document, MultiplePdpContextPolicies, PdpContextPolicy,
};

const CONTEXTS: &str = "Extensions/Extensions_v2/AdditionalPDPContexts";

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let Some(extensions) = document.extensions() else {
        return;
    };
    if !extensions.others.is_empty() {
        let message = "holds elements beside one Extensions_v2; remove them".to_owned();
        findings.add(Severity::Limit, ("foreign-elements", "XML-160"), "Extensions", message);
    }
    let contexts = extensions.v2.as_ref().and_then(|v2| v2.additional_contexts.as_ref());
    if let Some(AdditionalPdpContexts { policies: of_apps, tethering }) = contexts {
        if let Some(part) = of_apps {
            policies(document, part, findings);
        }
        if let Some(profile) = tethering.as_ref().and_then(|part| part.profile.as_ref()) {
            let path = format!("{CONTEXTS}/TetheringSettings/TetheringProfile/Context");
            limits::context(&path, &profile.context, findings);
        }
    }
}

fn policies(document: &Document, part: &MultiplePdpContextPolicies, findings: &mut Findings) {
    let path = format!("{CONTEXTS}/MultiplePDPContextPolicies");
    let policies = &part.policies;
    if part.support == Some(false) && !policies.is_empty() {
        let message = "policies without effect, since MultiplePDPContextSupport is false";
        let rule = ("policies-without-support", "PDP-05");
        findings.add(Severity::Warning, rule, &path, message.to_owned());
    }
    let mut names = BTreeSet::new();
    for part in policies {
        if !names.insert(&part.name) {
            let message = format!("replaces an earlier policy \"{}\"; keep one", part.name);
            let rule = ("duplicate-policy", "PDP-07");
            findings.add(Severity::Warning, rule, &format!("{path}/PDPContextPolicy"), message);
        }
        policy(document, &format!("{path}/PDPContextPolicy"), part, findings);
    }
}

fn policy(document: &Document, path: &str, policy: &PdpContextPolicy, findings: &mut Findings) {
    let name = &policy.name;
    if policy.app_ids.is_empty() {
        let message = format!("no app may use the context of \"{name}\"; list those that may");
        findings.add(
            Severity::Warning,
            ("no-apps", "XML-175"),
            &format!("{path}/AppIDList"),
            message,
        );
    }
    let context = format!("{path}/Context");
    match &policy.context.access_string {
        None => {
            let message = format!("the policy \"{name}\" matches no context; add AccessString");
            findings.add(Severity::Warning, ("policy-without-apn", "PDP-06"), &context, message);
        }
        Some(access) if is_internet(document, access) => {
            let message =
                format!("the policy \"{name}\" is for the Internet, which is open already");
            let path = format!("{context}/AccessString");
            findings.add(Severity::Warning, ("internet-apn", "PDP-12"), &path, message);
        }
        Some(_) => {}
    }
    limits::context(&context, &policy.context, findings);
}

/// Says whether the default profile has this access string, in any case of ASCII [PDP-06].
fn is_internet(document: &Document, access_string: &AccessString) -> bool {
    let profile = document.mbn_profiles().and_then(|profiles| profiles.default_profile.as_ref());
    let context = profile.and_then(|profile| profile.context.as_ref());
    let of_internet = context.and_then(|context| context.access_string.as_ref());
    of_internet.is_some_and(|text| text.as_str().eq_ignore_ascii_case(access_string.as_str()))
}
