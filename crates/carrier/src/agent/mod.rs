//! What a document does to a host: the decisions of a provisioning agent, as values.
//!
//! [`plan`] decides and never acts: what the host stores from now on ([`Change`]), what its
//! devices have to do ([`Effect`]) and what became of each part ([`Decision::results`]). The
//! device side performs the effects, [`finish`] takes its reports, and whoever keeps [`Stored`]
//! applies the changes that are left. A crash in between means to plan again: every effect sets a
//! place to a value, so that doing it twice is doing it once. Not here: verifying
//! ([`crate::verify`]), the devices, the storage, and encrypting what is stored [XML-157].
//! Implements [XML-26], [XML-27], [XML-178]…[XML-188], [XML-199] and, in its modules, what §4–§9
//! say about applying each part.

pub mod activation;
mod decision;
mod draft;
mod effect;
mod extensions;
pub mod fetch;
mod host;
mod mbn;
pub mod networks;
mod plans;
pub mod refresh;
mod report;
mod schedule;
mod stored;
mod wlan;

use jiff::Timestamp;

use crate::document::{Document, Guid};
use crate::hresult::Hresult;
use crate::results::{Failure, Signer, Version};
use crate::verify::{Refusal, Stage};

pub use decision::{Decision, Part, Tried, Verdict, Warning, finish};
pub use effect::{Action, Effect, EffectKey};
pub use extensions::{Admission, admission};
pub use host::{Host, HostProfile, Modem, ModemId, WlanService};
pub use stored::{Change, Edit, Owner, Stored, StoredPlan, StoredWlanProfile, Subscription};
pub use wlan::ssids_of;

use draft::Draft;

/// The code for profiles of another operator [XML-27, XML-189].
const ACCESS_DENIED: Hresult = Hresult(0x8007_0005);
/// The code for what is not there: a plan, a device, the SIM of the document [XML-26, XML-182].
const NOT_FOUND: Hresult = Hresult(0x8007_0490);
/// The code while the WLAN service is stopped [XML-205].
const SERVICE_NOT_ACTIVE: Hresult = Hresult(0x8007_0426);
/// The code for what the schema allows and a host refuses [XML-87].
const XML_INVALID: Hresult = Hresult(0x8217_0002);

/// Says who hands a document over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The app of the operator whose service metadata has this number [XML-20, XML-27].
    OperatorApp {
        /// The number, in braces.
        service_number: Guid,
    },
    /// A web site, or any other app; the document is signed [SIG-29].
    WebSite,
    /// The RefreshURL of an earlier document; signed by a known signer [SIG-30].
    Refresh {
        /// For whom the earlier document was.
        owner: Owner,
    },
}

/// Holds a document that passed the schema and [`crate::verify`].
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The document.
    pub document: &'a Document,
    /// Who signed it, if it is signed.
    pub signer: Option<Signer>,
    /// Who hands it over.
    pub caller: Caller,
}

/// Decides what a document does, in the order of [XML-185]; total and deterministic.
///
/// The call fails as a whole for the profiles of another operator and for a document that had to
/// be signed; from there on everything is tried [XML-186], each profile and plan all or nothing
/// [XML-187].
#[must_use]
pub fn plan(request: &Request<'_>, host: &Host, stored: &Stored, now: Timestamp) -> Decision {
    let owner = Owner::of(request.document.global());
    if let Some(verdict) = refusal_of(request, &owner) {
        return Decision::refused(verdict, rearmed(&request.caller, stored, now));
    }
    let mut draft = Draft::new(request, host, stored, now);
    refresh::plan(&mut draft);
    plans::describe(&mut draft);
    mbn::profiles(&mut draft);
    wlan::profiles(&mut draft);
    mbn::messages(&mut draft);
    mbn::branding(&mut draft);
    extensions::plan(&mut draft);
    plans::use_up(&mut draft);
    networks::plan(&mut draft);
    activation::plan(&mut draft);
    draft.into_decision(request)
}

/// Reports a document that [`crate::verify`] refused; nothing of it is applied [XML-185].
///
/// A refreshed document is refused silently: no dialog is due, what is stored stays, and the next
/// attempt comes after `DelayInDays` [SIG-31]. `document` is what was refused, if it can be read.
#[must_use]
pub fn refuse(
    refusal: &Refusal,
    document: Option<&Document>,
    caller: &Caller,
    (stored, now): (&Stored, Timestamp),
) -> Decision {
    Decision::refused(verdict_of(refusal, document), rearmed(caller, stored, now))
}

/// Says how a refusal is reported: a signature that fails leaves its own element, everything
/// before it a code on the root [XML-188, XML-206].
fn verdict_of(refusal: &Refusal, document: Option<&Document>) -> Verdict {
    let (failure, number) = (Failure::from(refusal), refusal.result());
    let version = document.map_or(Version::V1, decision::version_of);
    match refusal.stage() {
        Stage::Schema => Verdict::CallFailed { failure, number, version },
        Stage::Signature | Stage::Digest | Stage::Chain | Stage::Usage | Stage::Trust => {
            let recipient = document.map(decision::recipient_of);
            Verdict::SignatureFailed { failure, number, recipient, version }
        }
    }
}

/// Says why the whole call fails, if it does: step 4 of [XML-185].
fn refusal_of(request: &Request<'_>, owner: &Owner) -> Option<Verdict> {
    let is_denied = match &request.caller {
        Caller::OperatorApp { service_number } => {
            !service_number.is_same(&request.document.global().carrier_id)
        }
        Caller::WebSite | Caller::Refresh { .. } if request.signer.is_none() => {
            return Some(verdict_of(&Refusal::Unsigned, Some(request.document)));
        }
        Caller::WebSite => false,
        // A refreshed document is for the same customer of the same operator [RFR-08].
        Caller::Refresh { owner: earlier } => earlier != owner,
    };
    let failure = Failure::new(ACCESS_DENIED).filter(|_| is_denied)?;
    let version = decision::version_of(request.document);
    Some(Verdict::CallFailed { failure, number: 1, version })
}

/// Sets the next attempt after a refreshed document was refused; nothing for other callers.
fn rearmed(caller: &Caller, stored: &Stored, now: Timestamp) -> Vec<Change> {
    match caller {
        Caller::OperatorApp { .. } | Caller::WebSite => Vec::new(),
        Caller::Refresh { owner } => refresh::rearm(stored, owner, now).into_iter().collect(),
    }
}
