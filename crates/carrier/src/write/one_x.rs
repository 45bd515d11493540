//! 802.1X, in the order of the connection properties of each EAP method.
//!
//! Not here: what the values mean ([`crate::document`]).
//! Implements the order of children of [XML-130], [XML-131] and [HOT-49].

use super::wlan::flag;
use super::{Written, optional};
use crate::document::{
    EapMethod, EapTtls, OneX, Phase1Identity, Phase2, ServerValidation, SimIdentity, hex,
};
use crate::xml::{Namespace, Writer};

const ONE_X: Namespace = Namespace::OneX;
const HOST: Namespace = Namespace::EapHost;
const COMMON: Namespace = Namespace::EapCommon;
const TTLS: Namespace = Namespace::EapTtls;

pub(super) fn one_x(w: &mut Writer, OneX(method): &OneX) -> Written {
    w.element(ONE_X, "OneX", &[], |w| {
        w.element(ONE_X, "EAPConfig", &[], |w| {
            w.element(HOST, "EapHostConfig", &[], |w| {
                w.element(HOST, "EapMethod", &[], |w| {
                    w.leaf(COMMON, "Type", &method.number().to_string())?;
                    w.leaf(COMMON, "VendorId", "0")?;
                    w.leaf(COMMON, "VendorType", "0")?;
                    w.leaf(COMMON, "AuthorId", &EapMethod::AUTHOR_ID.to_string())
                })?;
                w.element(HOST, "Config", &[], |w| config(w, method))
            })
        })
    })
}

fn config(w: &mut Writer, method: &EapMethod) -> Written {
    match method {
        EapMethod::Sim(sim) => {
            let namespace = Namespace::EapSim;
            w.element(namespace, "EapSim", &[], |w| {
                flag(w, namespace, "UseStrongCipherKeys", sim.use_strong_cipher_keys)?;
                identity(w, namespace, &sim.identity)
            })
        }
        EapMethod::Aka(of) => {
            let namespace = Namespace::EapAka;
            w.element(namespace, "EapAka", &[], |w| identity(w, namespace, of))
        }
        EapMethod::AkaPrime(prime) => {
            let namespace = Namespace::EapAkaPrime;
            w.element(namespace, "EapAkaPrime", &[], |w| {
                let ignores = prime.ignore_network_name_mismatch;
                flag(w, namespace, "IgnoreNetworkNameMismatch", ignores)?;
                flag(w, namespace, "EnableFastReauth", prime.enable_fast_reauth)?;
                identity(w, namespace, &prime.identity)
            })
        }
        EapMethod::Ttls(of) => w.element(TTLS, "EapTtls", &[], |w| ttls(w, of)),
    }
}

fn identity(w: &mut Writer, namespace: Namespace, identity: &SimIdentity) -> Written {
    flag(w, namespace, "DontRevealPermanentID", identity.dont_reveal_permanent_id)?;
    let provider = identity.provider_name.as_ref().map(|name| name.as_str());
    optional(w, namespace, "ProviderName", provider)?;
    let is_enabled = identity.realm.is_enabled.to_string();
    w.element(namespace, "Realm", &[("Enabled", &is_enabled)], |w| {
        w.text(identity.realm.name.as_str())
    })
}

fn ttls(w: &mut Writer, ttls: &EapTtls) -> Written {
    if let Some(part) = &ttls.server_validation {
        w.element(TTLS, "ServerValidation", &[], |w| server_validation(w, part))?;
    }
    if let Some(part) = ttls.phase2 {
        w.element(TTLS, "Phase2Authentication", &[], |w| phase2(w, part))?;
    }
    if let Some(Phase1Identity { identity_privacy, anonymous_identity }) = &ttls.phase1_identity {
        w.element(TTLS, "Phase1Identity", &[], |w| {
            flag(w, TTLS, "IdentityPrivacy", *identity_privacy)?;
            let shown = anonymous_identity.as_ref().map(|identity| identity.reveal());
            optional(w, TTLS, "AnonymousIdentity", shown)
        })?;
    }
    Ok(())
}

fn server_validation(w: &mut Writer, validation: &ServerValidation) -> Written {
    let names = validation.server_names.as_ref().map(|names| names.as_str());
    optional(w, TTLS, "ServerNames", names)?;
    for hash in &validation.trusted_root_ca_hashes {
        w.leaf(TTLS, "TrustedRootCAHash", &hex(hash))?;
    }
    flag(w, TTLS, "DisablePrompt", validation.disable_prompt)
}

fn phase2(w: &mut Writer, phase2: Phase2) -> Written {
    match phase2 {
        Phase2::Pap => w.leaf(TTLS, "PAPAuthentication", ""),
        Phase2::Chap => w.leaf(TTLS, "CHAPAuthentication", ""),
        Phase2::MsChap => w.leaf(TTLS, "MSCHAPAuthentication", ""),
        Phase2::MsChapV2 { use_winlogon_credentials } => {
            w.element(TTLS, "MSCHAPv2Authentication", &[], |w| {
                flag(w, TTLS, "UseWinlogonCredentials", use_winlogon_credentials)
            })
        }
    }
}
