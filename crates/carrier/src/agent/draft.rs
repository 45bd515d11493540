//! A decision in the making: what the parts have decided so far.
//!
//! Each part adds to it in its turn and sees what the parts before it changed. Not here: what
//! they decide.
//! Implements step 5 of [XML-185].

use jiff::Timestamp;

use super::decision::{self, Decision, Missing, Part, Tried, Verdict, Warning};
use super::effect::{Action, Effect, EffectKey};
use super::host::{Host, ModemId, WlanService};
use super::stored::{Change, Edit, Owner, Stored, Subscription};
use super::{Caller, NOT_FOUND, Request};
use crate::document::{Document, MbnProfiles};
use crate::hresult::Hresult;

pub(super) struct Draft<'a> {
    pub(super) document: &'a Document,
    pub(super) host: &'a Host,
    pub(super) owner: Owner,
    pub(super) now: Timestamp,
    /// Whether the document was fetched from its RefreshURL.
    pub(super) is_refresh: bool,
    /// What was stored before.
    pub(super) before: &'a Stored,
    /// What is stored for the owner, with the changes so far.
    pub(super) subscription: Subscription,
    changes: Vec<Change>,
    effects: Vec<Effect>,
    warnings: Vec<Warning>,
    outcomes: Vec<(Part, Hresult)>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        request: &Request<'a>,
        host: &'a Host,
        before: &'a Stored,
        now: Timestamp,
    ) -> Self {
        let owner = Owner::of(request.document.global());
        let subscription = before.subscription(&owner).cloned().unwrap_or_default();
        let document = request.document;
        let is_refresh = match request.caller {
            Caller::OperatorApp { .. } | Caller::WebSite => false,
            Caller::Refresh { .. } => true,
        };
        Self {
            document,
            host,
            owner,
            now,
            is_refresh,
            before,
            subscription,
            changes: Vec::new(),
            effects: Vec::new(),
            warnings: Vec::new(),
            outcomes: Vec::new(),
        }
    }

    /// Notes the code of a part.
    pub(super) fn note(&mut self, part: Part, code: Hresult) {
        self.outcomes.push((part, code));
    }

    pub(super) fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    /// Changes what is stored.
    pub(super) fn change(&mut self, edit: Edit) {
        self.subscription.apply(&edit);
        self.changes.push(Change { owner: self.owner.clone(), edit });
    }

    /// Iterates over the changes so far.
    pub(super) fn edits(&self) -> impl Iterator<Item = &Edit> {
        self.changes.iter().map(|change| &change.edit)
    }

    pub(super) fn perform(&mut self, key: EffectKey, action: Action) {
        self.effects.push(Effect { key, action });
    }

    /// Returns the modems that the document is for, or why there is none [XML-26].
    pub(super) fn modems(&self) -> Result<Vec<ModemId>, Hresult> {
        let modems = self.host.modems_for(self.document.global());
        if modems.is_empty() { Err(NOT_FOUND) } else { Ok(modems) }
    }

    pub(super) fn into_decision(self, request: &Request<'_>) -> Decision {
        let tried = Tried {
            recipient: decision::recipient_of(request.document),
            signer: request.signer.clone(),
            version: decision::version_of(request.document),
            missing: missing(self.document, self.host),
            outcomes: self.outcomes,
        };
        Decision {
            changes: self.changes,
            effects: self.effects,
            warnings: self.warnings,
            verdict: Verdict::Tried(Box::new(tried)),
        }
    }
}

/// Says which devices are missing for what the document has [XML-199].
fn missing(document: &Document, host: &Host) -> Missing {
    let extensions = document.extensions().is_some_and(|extensions| {
        extensions
            .v2
            .as_ref()
            .is_some_and(|v2| v2.network.is_some() || v2.additional_contexts.is_some())
    });
    let mbn = document.mbn_profiles().is_some_and(|mbn| *mbn != MbnProfiles::default());
    let wants_modem = extensions || mbn || document.activation().is_some();
    let wants_wlan = document.wlan_profiles().is_some_and(|wlan| !wlan.0.is_empty());
    Missing {
        modem: wants_modem && host.modems.is_empty(),
        wlan: wants_wlan && host.wlan == WlanService::NoAdapter,
    }
}
