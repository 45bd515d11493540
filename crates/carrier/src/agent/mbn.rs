//! Mobile broadband profiles, the rules for messages and the branding.
//!
//! What is present replaces what is stored, what is absent leaves it [XML-43]. Not here: reading
//! messages with the rules, and connecting.
//! Implements steps 8, 10 and 11 of [XML-185]; [XML-26], [XML-43], [XML-87], [XML-92], [XML-182].

use std::collections::BTreeMap;

use super::XML_INVALID;
use super::decision::{Part, Warning};
use super::draft::Draft;
use super::effect::{Action, EffectKey};
use super::plans;
use super::stored::Edit;
use crate::document::{Profile, ProfileSlot};
use crate::hresult::Hresult;
use crate::lint::{self, Finding, Severity};

pub(super) fn profiles(draft: &mut Draft<'_>) {
    if draft.document.mbn_profiles().is_some() {
        draft.note(Part::MbnProfiles, Hresult::SUCCESS);
    }
    for (slot, part) in draft.document.profiles() {
        let code = profile(draft, slot, part).err().unwrap_or(Hresult::SUCCESS);
        draft.note(Part::Profile(slot, part.name.clone()), code);
    }
}

/// Replaces a stored profile, or leaves it as it is.
fn profile(draft: &mut Draft<'_>, slot: ProfileSlot, profile: &Profile) -> Result<(), Hresult> {
    let modems = draft.modems()?;
    plans::resolve(draft, profile.associated_plan.as_ref())?;
    let earlier = draft.subscription.profile(slot).map(|earlier| earlier.name.clone());
    let replaces = earlier.filter(|name| *name != profile.name);
    let key = EffectKey::Profile { owner: draft.owner.clone(), slot };
    let profile = Box::new(profile.clone());
    draft.change(Edit::ProfileStored(slot, profile.clone()));
    draft.perform(key, Action::StoreProfile { modems, profile, replaces });
    Ok(())
}

/// Replaces the stored rules by those of the document that a host can follow.
pub(super) fn messages(draft: &mut Draft<'_>) {
    let messages = draft.document.mbn_profiles().map(|p| p.messages.as_slice()).unwrap_or_default();
    if messages.is_empty() {
        return;
    }
    if let Err(code) = draft.modems() {
        draft.note(Part::Messages, code);
        return;
    }
    let refused = refused_messages(&lint::check(draft.document));
    let (mut followed, mut code) = (Vec::new(), Hresult::SUCCESS);
    for (number, message) in (1..).zip(messages) {
        match refused.get(&number) {
            Some(requirement) => {
                draft.warn(Warning::MessageRejected(number, requirement));
                code = XML_INVALID;
            }
            None => followed.push(message.clone()),
        }
    }
    draft.change(Edit::Messages(followed));
    draft.note(Part::Messages, code);
}

/// Returns the messages, by their number from 1, that an error stands against, with the
/// requirement behind the first one. Looks at each finding once.
fn refused_messages(findings: &[Finding]) -> BTreeMap<usize, &'static str> {
    let mut refused = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        let number = finding.path.strip_prefix("MBNProfiles/Messages/Message[");
        let number = number.and_then(|rest| rest.split_once(']')?.0.parse().ok());
        if let Some(number) = number {
            refused.entry(number).or_insert(finding.requirement);
        }
    }
    refused
}

/// Replaces the stored branding, unless the host takes it from elsewhere.
pub(super) fn branding(draft: &mut Draft<'_>) {
    let Some(branding) = draft.document.mbn_profiles().and_then(|p| p.branding.as_ref()) else {
        return;
    };
    let code = draft.modems().err().unwrap_or(Hresult::SUCCESS);
    if draft.host.profile.ignores_branding() {
        draft.warn(Warning::BrandingIgnored);
    } else if code.is_success() {
        draft.change(Edit::Branding(Box::new(branding.clone())));
    }
    draft.note(Part::Branding, code);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Searches all findings for each message: what [`refused_messages`] must agree with.
    fn searched(findings: &[Finding], count: usize) -> BTreeMap<usize, &'static str> {
        let first = |number: usize| {
            let path = format!("MBNProfiles/Messages/Message[{number}]");
            let mut its = findings.iter().filter(|finding| finding.path.starts_with(&path));
            let error = its.find(|finding| finding.severity == Severity::Error)?;
            Some((number, error.requirement))
        };
        (1..=count).filter_map(first).collect()
    }

    fn finding() -> impl Strategy<Value = Finding> {
        let severity =
            prop::sample::select(vec![Severity::Error, Severity::Limit, Severity::Warning]);
        let place = prop_oneof![
            (1_usize..130).prop_map(|number| format!("MBNProfiles/Messages/Message[{number}]")),
            (1_usize..130)
                .prop_map(|number| format!("MBNProfiles/Messages/Message[{number}]/Fields/Usage")),
            Just("MBNProfiles/Messages".to_owned()),
            Just("MBNProfiles/Messages/Message[".to_owned()),
            Just("MBNProfiles/DefaultProfile/Name".to_owned()),
        ];
        let requirement = prop::sample::select(vec!["XML-66", "XML-87", "MSG-17"]);
        (severity, place, requirement).prop_map(|(severity, path, requirement)| Finding {
            severity,
            code: "a-code",
            requirement,
            path,
            message: String::new(),
        })
    }

    proptest! {
        /// [XML-87]
        #[test]
        fn one_pass_refuses_what_a_search_for_each_message_refuses(
            findings in prop::collection::vec(finding(), 0..200),
        ) {
            prop_assert_eq!(refused_messages(&findings), searched(&findings, 130));
        }
    }
}
