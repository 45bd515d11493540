//! Plans and their usage, and what names them.
//!
//! Not here: counting and resetting usage, and what it costs (the usage engine).
//! Implements steps 7 and 13 of [XML-185]; [XML-59], [XML-178]…[XML-184], and the guard of
//! [USE-14] as far as a document alone decides it: a reset in between is the usage engine's.

use jiff::{SignedDuration, Timestamp};

use super::NOT_FOUND;
use super::decision::{Part, Warning};
use super::draft::Draft;
use super::stored::Edit;
use crate::document::{Document, PlanContent, PlanName, PlanUsage, UtcTime};
use crate::hresult::Hresult;

/// How far a usage may be ahead of the host's clock [USE-14].
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Stores the descriptions, before the profiles that name them.
pub(super) fn describe(draft: &mut Draft<'_>) {
    for plan in draft.document.plans() {
        if let PlanContent::Description(description, _) = &plan.content {
            draft.change(Edit::PlanDescribed(plan.name.clone(), *description));
        }
    }
}

/// Stores the usage, after everything that it may be about; and notes all plans.
pub(super) fn use_up(draft: &mut Draft<'_>) {
    for plan in draft.document.plans() {
        let code = match &plan.content {
            PlanContent::Description(_, None) => Hresult::SUCCESS,
            PlanContent::Description(_, Some(usage)) | PlanContent::Usage(usage) => {
                store_usage(draft, &plan.name, *usage).err().unwrap_or(Hresult::SUCCESS)
            }
        };
        draft.note(Part::Plan(plan.name.clone()), code);
        warn_unless_used(draft, &plan.name, &plan.content);
    }
}

/// Usage alone is for plans that this agent stored [XML-183, XML-184].
fn store_usage(
    draft: &mut Draft<'_>,
    name: &PlanName,
    mut usage: PlanUsage,
) -> Result<(), Hresult> {
    let stored = draft.subscription.plans.get(name).ok_or(NOT_FOUND)?;
    let earlier = stored.usage;
    if let Some(latest) = latest(draft.now)
        && usage.at > latest
    {
        usage.at = UtcTime::new(draft.now).unwrap_or(latest);
        draft.warn(Warning::UsageInFuture(name.clone()));
    }
    if earlier.is_some_and(|earlier| usage.at < earlier.at) {
        draft.warn(Warning::UsageOutdated(name.clone()));
    } else {
        draft.change(Edit::PlanUsed(name.clone(), usage));
    }
    Ok(())
}

fn latest(now: Timestamp) -> Option<UtcTime> {
    UtcTime::new(now.checked_add(AHEAD_MAX).unwrap_or(Timestamp::MAX)).ok()
}

fn warn_unless_used(draft: &mut Draft<'_>, name: &PlanName, content: &PlanContent) {
    if has_profiles(draft.document) {
        if !names_of_profiles(draft.document).any(|named| named == name) {
            draft.warn(Warning::PlanNotNamed(name.clone()));
        }
        return;
    }
    let is_described = matches!(content, PlanContent::Description(..));
    if is_described && !draft.subscription.uses_plan(name) {
        draft.warn(Warning::PlanWithoutProfile(name.clone()));
    }
}

/// Says whether a profile's plan is there: in the document, or stored, which warns [XML-182].
pub(super) fn resolve(draft: &mut Draft<'_>, plan: Option<&PlanName>) -> Result<(), Hresult> {
    let Some(name) = plan else { return Ok(()) };
    // What the document describes is stored by now; its usage alone makes no plan.
    if !draft.subscription.plans.contains_key(name) {
        return Err(NOT_FOUND);
    }
    if !draft.document.plans().iter().any(|plan| plan.name == *name) {
        draft.warn(Warning::PlanOnlyStored(name.clone()));
    }
    Ok(())
}

fn has_profiles(document: &Document) -> bool {
    document.profiles().next().is_some()
        || document.wlan_profiles().is_some_and(|wlan| !wlan.0.is_empty())
}

fn names_of_profiles(document: &Document) -> impl Iterator<Item = &PlanName> {
    let wlan = document.wlan_profiles().map(|wlan| wlan.0.as_slice()).unwrap_or_default();
    let mbn = document.profiles().filter_map(|(_, profile)| profile.associated_plan.as_ref());
    mbn.chain(wlan.iter().filter_map(|profile| profile.associated_plan.as_ref()))
}
