//! Trust in future documents, and the changes of the schedule by which the next one is fetched.
//!
//! Not here: when that is ([`super::schedule`]) and how ([`super::fetch`]); judging signers
//! ([`crate::verify`], which takes the names that are stored here).
//! Implements step 6 of [XML-185]; [XML-152]…[XML-159], [SIG-21], [SIG-30], [SIG-31], [RFR-01].

use jiff::Timestamp;

use super::decision::Part;
use super::draft::Draft;
pub use super::schedule::{Cause, Next, Schedule, Situation, Spread};
use super::stored::{Change, Edit, Owner, Stored, Subscription};
use crate::chain::TrustedName;
use crate::hresult::Hresult;

pub(super) fn plan(draft: &mut Draft<'_>) {
    let provisioning = draft.document.provisioning();
    if provisioning.is_some() {
        draft.note(Part::Provisioning, Hresult::SUCCESS);
    }
    if let Some(list) = provisioning.and_then(|part| part.trusted_certificates.as_ref()) {
        draft.change(Edit::TrustedCertificates(list.as_slice().to_vec()));
        draft.note(Part::TrustedCertificates, Hresult::SUCCESS);
    }
    if let Some(parameters) = provisioning.and_then(|part| part.refresh.as_ref()) {
        let schedule = Schedule::of(parameters.clone(), draft.now);
        draft.change(Edit::Refresh(Box::new(schedule)));
        draft.note(Part::RefreshParameters, Hresult::SUCCESS);
    } else if draft.is_refresh
        && let Some(stored) = draft.subscription.refresh.clone()
    {
        // The document leaves the parameters; the attempt that fetched it is over.
        let schedule = Schedule::of(stored.parameters, draft.now);
        draft.change(Edit::Refresh(Box::new(schedule)));
    }
}

/// Returns the change that sets the next attempt a whole delay away: after an answer without a
/// document, and after one that was rejected [SIG-31]. None without a stored schedule.
#[must_use]
pub fn rearm(stored: &Stored, owner: &Owner, now: Timestamp) -> Option<Change> {
    let schedule = stored.subscription(owner)?.refresh.clone()?;
    let edit = Edit::Refresh(Box::new(Schedule::of(schedule.parameters, now)));
    Some(Change { owner: owner.clone(), edit })
}

/// Returns the change that a message with `RefreshProvisioning` asks for: an attempt in the next
/// maintenance window [RFR-05]. None without a stored schedule, and none where an attempt is
/// coming already: several messages are one attempt.
#[must_use]
pub fn trigger(stored: &Stored, owner: &Owner, now: Timestamp) -> Option<Change> {
    let schedule = stored.subscription(owner)?.refresh.clone()?;
    let edit = Edit::Refresh(Box::new(schedule.asked(now)?));
    Some(Change { owner: owner.clone(), edit })
}

/// Returns the change after an attempt that brought no answer: the next one comes in an hour,
/// after three of those in a day [RFR-04]. None without a stored schedule.
#[must_use]
pub fn failed(stored: &Stored, owner: &Owner, now: Timestamp) -> Option<Change> {
    let schedule = stored.subscription(owner)?.refresh.clone()?;
    let edit = Edit::Refresh(Box::new(schedule.failed(now)));
    Some(Change { owner: owner.clone(), edit })
}

/// Returns by when the next attempt of any subscription is due at the latest, and whose; absent
/// without any.
#[must_use]
pub fn next_deadline(stored: &Stored) -> Option<(Timestamp, &Owner)> {
    let due = |(owner, subscription): (_, &Subscription)| {
        subscription.refresh.as_ref()?.deadline().map(|due| (due, owner))
    };
    stored.subscriptions().filter_map(due).min()
}

/// Returns whose signatures need no question: those that any earlier document names [SIG-21].
/// An entry that is no name matches nobody and is left out.
#[must_use]
pub fn known(stored: &Stored) -> Vec<TrustedName> {
    stored.subscriptions().flat_map(|(_, subscription)| names(subscription)).collect()
}

/// Returns the only signers that a refreshed document may have: those that an earlier document
/// for the same customer names [SIG-30].
#[must_use]
pub fn trusted(stored: &Stored, owner: &Owner) -> Vec<TrustedName> {
    stored.subscription(owner).into_iter().flat_map(names).collect()
}

fn names(subscription: &Subscription) -> impl Iterator<Item = TrustedName> {
    subscription.trusted_certificates.iter().filter_map(|certificate| {
        let (subject, issuer) = (&certificate.subject_name, &certificate.issuer_name);
        TrustedName::parse(subject.as_str(), issuer.as_str()).ok()
    })
}
