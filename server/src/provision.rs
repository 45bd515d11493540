//! `broadgate provision`: documents from the command line, by the same code that serves them.
//!
//! Each function takes what was read and returns what is printed. Not here: arguments and exit
//! codes ([`crate::cli`]), the grammar and the signature ([`carrier`]).
//! Implements the commands of [XML-178], [SIG-11] and [SIG-27] in the command contract, §4.

use anyhow::{Context as _, Result, anyhow, bail};
use api::machine::{
    ProvisionFinding, ProvisionFindings, ProvisionOrder, ProvisionSigner, ProvisionVerdict,
};
use carrier::agent::{
    self, Caller, Host, HostProfile, Modem, ModemId, Request, Stored, WlanService,
};
use carrier::chain::{CertificateDer, CertificateFacts, Revocation, Thumbprint, TrustedName};
use carrier::document::{DeviceId, Global, Guid, SubscriberId};
use carrier::lint::{self, Finding};
use carrier::results;
use carrier::sign::sign;
use carrier::verify::{Consent, Hresult, Known, Refusal, Source, Stage, Trust};
use carrier::verify::{claimed_signer, verify, verify_as_agent};
use carrier::write::{CanonicalDocument, canonical_form, write_with};
use domain::Timestamp;
use domain::brand::{BrandId, PlanId};
use domain::identity::Iccid;

use crate::catalog::{Catalog, DocumentParts};
use crate::documents::{Part, Sale, Wanted, compose, log_signature};
use crate::keys::SigningKey;

/// Builds the unsigned document of an order.
///
/// # Errors
/// What of the order the catalogue or the document does not have, in words.
pub fn build(catalog: &Catalog, order: &ProvisionOrder) -> Result<CanonicalDocument> {
    let id = BrandId::parse(&order.brand).filter(|id| catalog.brands.contains_key(id));
    let (id, brand) = id
        .and_then(|id| catalog.brands.get_key_value(&id))
        .ok_or_else(|| anyhow!("the catalogue has no brand {:?}", order.brand))?;
    let plan = PlanId::parse(&order.plan)
        .and_then(|plan| brand.plan(&plan))
        .ok_or_else(|| anyhow!("the brand {id} has no plan {:?}", order.plan))?;
    let started = "activated_at: needs a time such as 2030-03-01T00:00:00Z";
    let starts_at: Timestamp = order.activated_at.parse().context(started)?;
    let sale = Sale {
        subscriber_id: subscriber_id(order)?,
        device_id: device_id(order)?,
        plan: plan.id.clone(),
        plan_type: plan.plan_type,
        data_limit: plan.data_limit,
        duration: plan.duration,
        resets: plan.resets,
        usage_notifications: plan.usage_notifications,
        starts_at,
        usage: order.usage_mb.unwrap_or(0),
        as_of: starts_at,
        over_limit: None,
        congested: None,
    };
    let none = DocumentParts::default();
    let parts = catalog.parts.get(id).unwrap_or(&none);
    let document = compose(&sale, brand, parts, wanted(order)?).map_err(|error| anyhow!(error))?;
    Ok(write_with(&document, parts.extras())?)
}

/// The subscriber's number, or else the SIM's [XML-25].
fn subscriber_id(order: &ProvisionOrder) -> Result<SubscriberId> {
    let iccid = match given(order.iccid.as_ref()) {
        None => None,
        Some(text) => Some(Iccid::parse(text).map_err(|error| anyhow!("iccid: {error}"))?),
    };
    let text = match (order.subscriber_id.as_str(), &iccid) {
        ("", None) => bail!("subscriber_id: needs an IMSI or a SID, or an ICCID in its place"),
        ("", Some(iccid)) => iccid.reveal(),
        (text, _) => text,
    };
    SubscriberId::parse(text).map_err(|error| anyhow!("subscriber_id: {error}"))
}

/// Takes an empty text for an absent one, as all commands do.
fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

fn device_id(order: &ProvisionOrder) -> Result<Option<DeviceId>> {
    let form = "device_id: needs 15 or 16 digits, or a MAC address";
    given(order.device_id.as_ref()).map(|text| DeviceId::parse(text).context(form)).transpose()
}

fn wanted(order: &ProvisionOrder) -> Result<Wanted> {
    let Some(names) = &order.parts else {
        return Ok(Wanted::FULL);
    };
    let part = |name: &String| {
        let found = Part::ALL.into_iter().find(|(known, _)| known == name);
        let all: Vec<&str> = Part::ALL.iter().map(|(known, _)| *known).collect();
        found
            .map(|(_, part)| part)
            .ok_or_else(|| anyhow!("parts: no part {name:?}; there are {}", all.join(", ")))
    };
    Ok(Wanted::of(names.iter().map(part).collect::<Result<Vec<_>>>()?))
}

/// Signs a document as it is, its layout kept, and logs that `operator` had it signed [SIG-17].
///
/// # Errors
/// Why the document or the signer is refused.
pub fn sign_document(
    bytes: &[u8],
    key: &SigningKey,
    operator: &str,
    now: Timestamp,
) -> Result<String> {
    let canonical = canonical_form(bytes).context("the document cannot be signed")?;
    let document = carrier::read::read(bytes).context("the document cannot be signed")?;
    let signed = sign(&canonical, key.signer.as_ref(), key.algorithm, now)?;
    log_signature(&document, &signed, "", operator, now);
    Ok(signed.as_str().to_owned())
}

/// What `provision verify` trusts.
#[derive(Debug)]
pub struct Judgement {
    /// Trusted roots.
    pub roots: Vec<CertificateDer>,
    /// Signers that need no consent, by certificate.
    pub known: Vec<Thumbprint>,
    /// Signers that need no consent, by name [SIG-24].
    pub known_names: Vec<TrustedName>,
    /// What the user answers for others.
    pub consent: Consent,
    /// The moment of the verification.
    pub at: Timestamp,
}

impl Judgement {
    fn trust(&self) -> Trust<'_> {
        let known =
            Known { thumbprints: &self.known, names: &self.known_names, ..Known::default() };
        Trust {
            roots: &self.roots,
            at: self.at,
            source: Source::WebSite { known, consent: self.consent },
            revocation: Revocation::default(),
        }
    }
}

/// Judges a document as `msProvisionNetworks` would judge one of a web site.
#[must_use]
pub fn verify_document(bytes: &[u8], judgement: &Judgement) -> ProvisionVerdict {
    match verify(bytes, &judgement.trust()) {
        Ok(verified) => ProvisionVerdict {
            result: 0,
            result_name: result_name(0).to_owned(),
            stage: None,
            hresult: Hresult::SUCCESS.to_string(),
            signer: verified.signer().map(signer),
            message: None,
        },
        Err(refusal) => refused(bytes, &refusal),
    }
}

fn refused(bytes: &[u8], refusal: &Refusal) -> ProvisionVerdict {
    ProvisionVerdict {
        result: refusal.result(),
        result_name: result_name(refusal.result()).to_owned(),
        stage: Some(stage_name(refusal.stage()).to_owned()),
        hresult: refusal.hresult().to_string(),
        signer: claimed_signer(bytes).as_ref().map(signer),
        message: Some(reason(refusal)),
    }
}

/// The refusal with all that is behind it.
fn reason(refusal: &Refusal) -> String {
    let mut reason = refusal.to_string();
    let mut cause = std::error::Error::source(refusal);
    while let Some(error) = cause {
        reason.push_str(": ");
        reason.push_str(&error.to_string());
        cause = error.source();
    }
    reason
}

fn signer(facts: &CertificateFacts) -> ProvisionSigner {
    ProvisionSigner {
        subject: facts.subject.clone(),
        issuer: facts.issuer.clone(),
        thumbprint: facts.thumbprint.to_string(),
        not_after: facts.not_after.to_string(),
        ev: !facts.ev_policies.is_empty(),
    }
}

/// [PORT-46]
#[must_use]
pub const fn result_name(result: u8) -> &'static str {
    match result {
        0 => "success",
        2 => "schema_invalid",
        3 => "not_properly_signed",
        4 => "signature_invalid",
        5 => "cancelled",
        6 => "no_wifi_device",
        7 => "no_mobile_broadband_device",
        8 => "several_devices_absent",
        _ => "general_failure",
    }
}

const fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Schema => "schema",
        Stage::Signature => "signature",
        Stage::Digest => "digest",
        Stage::Chain => "chain",
        Stage::Usage => "usage",
        Stage::Trust => "trust",
    }
}

/// Lists what stands against a document.
#[must_use]
pub fn lint_document(bytes: &[u8]) -> ProvisionFindings {
    let report = lint::lint(bytes);
    let finding = |finding: Finding| ProvisionFinding {
        code: finding.code.to_owned(),
        path: finding.path,
        message: finding.message,
        requirement: finding.requirement.to_owned(),
    };
    ProvisionFindings {
        errors: report.errors.into_iter().map(finding).collect(),
        warnings: report.warnings.into_iter().map(finding).collect(),
    }
}

/// What came of a document that was applied; has no Debug, as the results name the subscriber.
pub struct Applied {
    /// The `CarrierProvisioningResult`.
    pub results: String,
    /// What `msProvisionNetworks` would return, 0 to 8.
    pub number: u8,
    /// What is not as it was probably meant.
    pub warnings: Vec<String>,
}

/// Applies a document as the provisioning agent would, on a simulated host: one modem with
/// the right device and SIM, Wi-Fi, nothing stored before, and every device does what it is told.
///
/// With `app`, the document comes from the operator's app of that service number, which may hand
/// over unsigned ones [SIG-20, T1]; else from a web site.
///
/// # Errors
/// The results cannot be written; no outcome can cause it.
pub fn apply_simulated(bytes: &[u8], judgement: &Judgement, app: Option<Guid>) -> Result<Applied> {
    let mut trust = judgement.trust();
    let caller = match app {
        None => Caller::WebSite,
        Some(service_number) => {
            trust.source = Source::OperatorApp;
            Caller::OperatorApp { service_number }
        }
    };
    let stored = Stored::default();
    let decision = match verify_as_agent(bytes, &trust) {
        Err(refusal) => {
            let document = carrier::read::read_as_agent(bytes).ok();
            agent::refuse(&refusal, document.as_ref(), &caller, (&stored, judgement.at))
        }
        Ok(verified) => {
            let signer = verified.signer().map(signer_of_results);
            let document = verified.document()?;
            let request = Request { document: &document, signer, caller };
            agent::plan(&request, &simulated_host(document.global()), &stored, judgement.at)
        }
    };
    // Without reports, every effect counts as done.
    let decision = agent::finish(decision, &[]);
    let written = results::write(&decision.results())?;
    let warnings = decision.warnings.iter().map(|warning| shown(&warning.to_string())).collect();
    Ok(Applied { results: written.as_str().to_owned(), number: decision.number(), warnings })
}

fn signer_of_results(facts: &CertificateFacts) -> results::Signer {
    results::Signer { subject: facts.subject.clone(), thumbprint: facts.thumbprint }
}

/// Makes a text that others wrote safe for a terminal.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// Windows 10 1803, the profile for deployment [MATCH-06], with the device of the document.
fn simulated_host(global: &Global) -> Host {
    let device_ids = global.device_id.iter().cloned().collect();
    let modem = Modem { id: ModemId(0), device_ids, subscriber_ids: Vec::new() };
    Host {
        profile: HostProfile(1803),
        wlan: WlanService::Running,
        modems: vec![modem],
        other_device_ids: Vec::new(),
    }
}
