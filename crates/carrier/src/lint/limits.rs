//! Limits that the generator keeps to although the schema is wider.
//!
//! Some pages state narrower limits than the schemas; a document within both is safe everywhere.
//! Not here: what hosts refuse ([`super::rules`]).
//! Implements [XML-15], [XML-23], [XML-56], [XML-57] and [XML-149].

use super::{Findings, Severity};
use crate::document::{Context, Document, Global, Plan, PlanContent, Profile};

/// Most characters of a profile's name [XML-56].
const NAME_MAX: usize = 64;
/// Most characters of an APN or dial string [XML-56].
const ACCESS_STRING_MAX: usize = 99;
/// Most characters of a password [XML-56].
const PASSWORD_MAX: usize = 255;
/// Most kbit/s of a bandwidth [XML-149].
const BANDWIDTH_MAX_KBPS: u32 = 2_000_000;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    global(document.global(), findings);
    for (slot, part) in document.profiles() {
        profile(&format!("MBNProfiles/{}", slot.as_str()), part, findings);
    }
    for part in document.plans() {
        plan(part, findings);
    }
}

fn global(global: &Global, findings: &mut Findings) {
    if !global.subscriber_id.reveal().bytes().all(|b| b.is_ascii_alphanumeric()) {
        let message = "use letters and digits of ASCII only".to_owned();
        let rule = ("subscriber-id-characters", "XML-15");
        findings.add(Severity::Limit, rule, "Global/SubscriberId", message);
    }
    if !global.others.is_empty() {
        let message = "holds elements of other namespaces; remove them".to_owned();
        findings.add(Severity::Limit, ("foreign-elements", "XML-23"), "Global", message);
    }
}

fn profile(path: &str, profile: &Profile, findings: &mut Findings) {
    at_most(NAME_MAX, profile.name.as_str(), &format!("{path}/Name"), findings);
    if let Some(part) = &profile.context {
        context(&format!("{path}/Context"), part, findings);
    }
    if profile.context.as_ref().is_none_or(|context| context.access_string.is_none()) {
        let message = "lacks Context/AccessString; say how to connect".to_owned();
        findings.add(Severity::Limit, ("no-access-string", "XML-57"), path, message);
    }
}

/// Checks the parameters of a connection, wherever they stand [XML-174].
pub(super) fn context(path: &str, context: &Context, findings: &mut Findings) {
    if let Some(text) = &context.access_string {
        at_most(ACCESS_STRING_MAX, text.as_str(), &format!("{path}/AccessString"), findings);
    }
    if let Some(text) = context.user_logon.as_ref().and_then(|logon| logon.password.as_ref()) {
        let path = format!("{path}/UserLogonCred/Password");
        at_most(PASSWORD_MAX, text.reveal(), &path, findings);
    }
}

fn at_most(max: usize, text: &str, path: &str, findings: &mut Findings) {
    let found = text.chars().count();
    if found > max {
        let message = format!("{found} characters where {max} are safe; shorten it");
        findings.add(Severity::Limit, ("too-long", "XML-56"), path, message);
    }
}

fn plan(plan: &Plan, findings: &mut Findings) {
    let PlanContent::Description(description, _) = &plan.content else {
        return;
    };
    let bandwidths = [
        ("InboundBandwidthInKbps", description.inbound_bandwidth),
        ("OutboundBandwidthInKbps", description.outbound_bandwidth),
    ];
    for (name, bandwidth) in bandwidths {
        if bandwidth.is_some_and(|kbps| kbps.0 > BANDWIDTH_MAX_KBPS) {
            let message = format!("more than {BANDWIDTH_MAX_KBPS} kbit/s; leave it out instead");
            let path = format!("Plans/Plan/Description/{name}");
            findings.add(Severity::Limit, ("bandwidth-too-high", "XML-149"), &path, message);
        }
    }
}
