//! 802.1X.

use carrier::document::{
    AnonymousIdentity, EapAkaPrime, EapMethod, EapSim, EapTtls, OneX, Phase1Identity, Phase2,
    Realm, RealmName, ServerNames, ServerValidation, SimIdentity, SimProviderName,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::text;

/// Any method that the model has.
pub fn one_x() -> impl Strategy<Value = OneX> {
    let sim = (of(any::<bool>()), identity()).prop_map(|(use_strong_cipher_keys, identity)| {
        OneX(EapMethod::Sim(EapSim { use_strong_cipher_keys, identity }))
    });
    let aka = identity().prop_map(|identity| OneX(EapMethod::Aka(identity)));
    let prime = (of(any::<bool>()), of(any::<bool>()), identity()).prop_map(
        |(ignore_network_name_mismatch, enable_fast_reauth, identity)| {
            OneX(EapMethod::AkaPrime(EapAkaPrime {
                ignore_network_name_mismatch,
                enable_fast_reauth,
                identity,
            }))
        },
    );
    prop_oneof![sim.boxed(), aka.boxed(), prime.boxed(), ttls().boxed()].boxed()
}

fn identity() -> impl Strategy<Value = SimIdentity> {
    let provider = of(text(SimProviderName::parse));
    let realm = prop_oneof![Just(RealmName::parse("").expect("empty")), text(RealmName::parse)];
    (of(any::<bool>()), provider, any::<bool>(), realm).prop_map(
        |(dont_reveal_permanent_id, provider_name, is_enabled, name)| SimIdentity {
            dont_reveal_permanent_id,
            provider_name,
            realm: Realm { is_enabled, name },
        },
    )
}

pub fn ttls() -> impl Strategy<Value = OneX> {
    let validation =
        (of(text(ServerNames::parse)), vec(any::<[u8; 20]>(), 0..3), of(any::<bool>()));
    let validation = validation.prop_map(|(server_names, trusted_root_ca_hashes, prompt)| {
        ServerValidation { server_names, trusted_root_ca_hashes, disable_prompt: prompt }
    });
    let phase2 = prop_oneof![
        Just(Phase2::Pap),
        Just(Phase2::Chap),
        Just(Phase2::MsChap),
        of(any::<bool>())
            .prop_map(|use_winlogon_credentials| Phase2::MsChapV2 { use_winlogon_credentials }),
    ];
    let phase1 = (of(any::<bool>()), of(text(AnonymousIdentity::parse))).prop_map(
        |(identity_privacy, anonymous_identity)| Phase1Identity {
            identity_privacy,
            anonymous_identity,
        },
    );
    (of(validation.boxed()), of(phase2), of(phase1.boxed())).prop_map(
        |(server_validation, phase2, phase1_identity)| {
            OneX(EapMethod::Ttls(EapTtls { server_validation, phase2, phase1_identity }))
        },
    )
}
