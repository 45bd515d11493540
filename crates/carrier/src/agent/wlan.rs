//! Wi-Fi profiles: the one section that deletes.
//!
//! The section lists all profiles of the subscription; what it does not name goes, and nothing of
//! anybody else does [XML-94]. Not here: joining networks.
//! Implements step 9 of [XML-185]; [XML-93]…[XML-95], [XML-118], [XML-119], [XML-205].

use super::decision::{Part, Warning};
use super::draft::Draft;
use super::effect::{Action, EffectKey};
use super::host::WlanService;
use super::plans;
use super::stored::{Edit, StoredWlanProfile};
use super::{NOT_FOUND, SERVICE_NOT_ACTIVE, XML_INVALID};
use crate::document::{ProfileName, Ssid, WlanProfile};
use crate::hresult::Hresult;

/// Most profiles of one subscription [XML-95].
const PROFILES_MAX: usize = 10;
/// Most SSIDs of one profile, of both versions together [XML-119].
const SSIDS_MAX: usize = 10_000;
/// Most prefixes of one profile [XML-119].
const PREFIXES_MAX: usize = 32;

pub(super) fn profiles(draft: &mut Draft<'_>) {
    let Some(section) = draft.document.wlan_profiles() else {
        return;
    };
    let code = match draft.host.wlan {
        WlanService::Running => Hresult::SUCCESS,
        WlanService::Stopped => SERVICE_NOT_ACTIVE,
        // Without an adapter there is nothing that an empty section could fail to delete.
        WlanService::NoAdapter if section.0.is_empty() => Hresult::SUCCESS,
        WlanService::NoAdapter => NOT_FOUND,
    };
    draft.note(Part::WlanProfiles, code);
    if !code.is_success() {
        return;
    }
    for (position, part) in section.0.iter().enumerate() {
        let mut later = section.0.iter().skip(position.saturating_add(1));
        if later.any(|other| other.name == part.name) {
            draft.warn(Warning::WlanProfileRepeated(part.name.clone()));
            continue;
        }
        let code = profile(draft, position, part).err().unwrap_or(Hresult::SUCCESS);
        draft.note(Part::WlanProfile(part.name.clone()), code);
    }
    let is_named = |name: &&ProfileName| section.0.iter().any(|profile| profile.name == **name);
    let stored = draft.subscription.wlan_profiles.keys();
    let unnamed: Vec<ProfileName> = stored.filter(|name| !is_named(name)).cloned().collect();
    for name in unnamed {
        draft.change(Edit::WlanProfileDeleted(name.clone()));
        if draft.host.wlan == WlanService::Running {
            draft.perform(key(draft, &name), Action::DeleteWlanProfile);
        }
    }
}

/// Stores or replaces a profile, or leaves the stored one of its name as it is.
fn profile(draft: &mut Draft<'_>, position: usize, profile: &WlanProfile) -> Result<(), Hresult> {
    let config = &profile.ssid_config;
    if position >= PROFILES_MAX
        || config.all_ssids().count() > SSIDS_MAX
        || config.prefixes.len() > PREFIXES_MAX
    {
        return Err(XML_INVALID);
    }
    plans::resolve(draft, profile.associated_plan.as_ref())?;
    let stored = StoredWlanProfile { position, profile: profile.clone() };
    draft.change(Edit::WlanProfileStored(Box::new(stored)));
    let action = Action::StoreWlanProfile(Box::new(profile.clone()));
    draft.perform(key(draft, &profile.name), action);
    Ok(())
}

fn key(draft: &Draft<'_>, name: &ProfileName) -> EffectKey {
    EffectKey::WlanProfile { owner: draft.owner.clone(), name: name.clone() }
}

/// Lists the SSIDs of a profile in document order, each once, however it is spelled
/// [XML-118].
#[must_use]
pub fn ssids_of(profile: &WlanProfile) -> Vec<&[u8]> {
    let mut seen = std::collections::BTreeSet::new();
    profile.ssid_config.all_ssids().map(Ssid::octets).filter(|ssid| seen.insert(*ssid)).collect()
}
