//! Mobile broadband profiles, the rules for messages and the branding.
//!
//! What is present replaces what is stored, what is absent leaves it [XML-43]. Not here: reading
//! messages with the rules, and connecting.
//! Implements steps 8, 10 and 11 of [XML-185]; [XML-26], [XML-43], [XML-87], [XML-92], [XML-182].

use super::XML_INVALID;
use super::decision::{Part, Warning};
use super::draft::Draft;
use super::effect::{Action, EffectKey};
use super::plans;
use super::stored::Edit;
use crate::document::{Profile, ProfileSlot};
use crate::hresult::Hresult;
use crate::lint::{self, Severity};

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
    let findings = lint::check(draft.document);
    let (mut followed, mut code) = (Vec::new(), Hresult::SUCCESS);
    for (number, message) in (1..).zip(messages) {
        let path = format!("MBNProfiles/Messages/Message[{number}]");
        let refused = findings
            .iter()
            .find(|finding| finding.severity == Severity::Error && finding.path.starts_with(&path));
        match refused {
            Some(finding) => {
                draft.warn(Warning::MessageRejected(number, finding.requirement));
                code = XML_INVALID;
            }
            None => followed.push(message.clone()),
        }
    }
    draft.change(Edit::Messages(followed));
    draft.note(Part::Messages, code);
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
