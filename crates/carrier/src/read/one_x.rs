//! 802.1X, read only from the shapes that the model has.
//!
//! No published schema of the document covers them, so anything else is no error but foreign
//! content: every function here answers with nothing then. Not here: the order of writing
//! ([`crate::write`]).
//! Implements the reading side of [XML-130], [XML-131] and [HOT-49].

use std::borrow::Cow;

use std::iter::Peekable;
use std::vec::IntoIter;

use crate::document::{
    AnonymousIdentity, EapAkaPrime, EapMethod, EapSim, EapTtls, OneX, Phase1Identity, Phase2,
    Realm, RealmName, ServerNames, ServerValidation, SimIdentity, SimProviderName, collapse,
    octets_of_hex,
};
use crate::schema;
use crate::xml::{Element, Namespace};

const ONE_X: Namespace = Namespace::OneX;
const HOST: Namespace = Namespace::EapHost;
const COMMON: Namespace = Namespace::EapCommon;
const TTLS: Namespace = Namespace::EapTtls;

pub(super) fn one_x(e: &Element<'_>) -> Option<OneX> {
    let eap_config = only_child(e, ONE_X, "EAPConfig")?;
    let mut host = Inside::of(only_child(eap_config, HOST, "EapHostConfig")?)?;
    let numbers = method_numbers(host.child(HOST, "EapMethod")?)?;
    let config = host.child(HOST, "Config")?;
    host.end()?;
    let method = method(Inside::of(config)?)?;
    (numbers == [method.number(), 0, 0, EapMethod::AUTHOR_ID]).then_some(OneX(method))
}

/// Returns type, vendor, vendor's type and author.
fn method_numbers(e: &Element<'_>) -> Option<[u32; 4]> {
    let mut inside = Inside::of(e)?;
    let mut number = |name| {
        let text = text(inside.child(COMMON, name)?)?;
        schema::integer(&text).and_then(|number| u32::try_from(number).ok())
    };
    let numbers =
        [number("Type")?, number("VendorId")?, number("VendorType")?, number("AuthorId")?];
    inside.end()?;
    Some(numbers)
}

fn method(mut config: Inside<'_>) -> Option<EapMethod> {
    let method = if let Some(e) = config.child(Namespace::EapSim, "EapSim") {
        let mut inside = Inside::of(e)?;
        let use_strong_cipher_keys = inside.boolean(Namespace::EapSim, "UseStrongCipherKeys")?;
        let identity = identity(inside, Namespace::EapSim)?;
        EapMethod::Sim(EapSim { use_strong_cipher_keys, identity })
    } else if let Some(e) = config.child(Namespace::EapAka, "EapAka") {
        EapMethod::Aka(identity(Inside::of(e)?, Namespace::EapAka)?)
    } else if let Some(e) = config.child(Namespace::EapAkaPrime, "EapAkaPrime") {
        let namespace = Namespace::EapAkaPrime;
        let mut inside = Inside::of(e)?;
        EapMethod::AkaPrime(EapAkaPrime {
            ignore_network_name_mismatch: inside.boolean(namespace, "IgnoreNetworkNameMismatch")?,
            enable_fast_reauth: inside.boolean(namespace, "EnableFastReauth")?,
            identity: identity(inside, namespace)?,
        })
    } else {
        EapMethod::Ttls(ttls(config.child(TTLS, "EapTtls")?)?)
    };
    config.end()?;
    Some(method)
}

fn identity(mut inside: Inside<'_>, namespace: Namespace) -> Option<SimIdentity> {
    let dont_reveal_permanent_id = inside.boolean(namespace, "DontRevealPermanentID")?;
    let provider_name = inside.text(namespace, "ProviderName", SimProviderName::parse)?;
    let realm = inside.child(namespace, "Realm")?;
    inside.end()?;
    let is_alone = realm.attributes.len() == 1 && realm.elements().next().is_none();
    let is_enabled = realm.attribute("Enabled").filter(|_| is_alone)?;
    let realm = Realm {
        is_enabled: schema::boolean(is_enabled)?,
        name: RealmName::parse(&realm.text()).ok()?,
    };
    Some(SimIdentity { dont_reveal_permanent_id, provider_name, realm })
}

fn ttls(e: &Element<'_>) -> Option<EapTtls> {
    let mut inside = Inside::of(e)?;
    let ttls = EapTtls {
        server_validation: maybe(inside.child(TTLS, "ServerValidation"), server_validation)?,
        phase2: maybe(inside.child(TTLS, "Phase2Authentication"), phase2)?,
        phase1_identity: maybe(inside.child(TTLS, "Phase1Identity"), phase1_identity)?,
    };
    inside.end()?;
    Some(ttls)
}

fn server_validation(e: &Element<'_>) -> Option<ServerValidation> {
    let mut inside = Inside::of(e)?;
    let server_names = inside.text(TTLS, "ServerNames", ServerNames::parse)?;
    let mut trusted_root_ca_hashes = Vec::new();
    while let Some(hash) = inside.child(TTLS, "TrustedRootCAHash") {
        let octets = octets_of_hex(&collapse(&text(hash)?))?;
        trusted_root_ca_hashes.push(octets.try_into().ok()?);
    }
    let disable_prompt = inside.boolean(TTLS, "DisablePrompt")?;
    inside.end()?;
    Some(ServerValidation { server_names, trusted_root_ca_hashes, disable_prompt })
}

fn phase2(e: &Element<'_>) -> Option<Phase2> {
    let mut inside = Inside::of(e)?;
    let empty = [
        ("PAPAuthentication", Phase2::Pap),
        ("CHAPAuthentication", Phase2::Chap),
        ("MSCHAPAuthentication", Phase2::MsChap),
    ];
    let mut empty = empty.into_iter();
    let found = empty.find_map(|(name, method)| Some((inside.child(TTLS, name)?, method)));
    let phase2 = match found {
        Some((e, method)) => text(e)?.is_empty().then_some(method)?,
        None => {
            let mut v2 = Inside::of(inside.child(TTLS, "MSCHAPv2Authentication")?)?;
            let use_winlogon_credentials = v2.boolean(TTLS, "UseWinlogonCredentials")?;
            v2.end()?;
            Phase2::MsChapV2 { use_winlogon_credentials }
        }
    };
    inside.end()?;
    Some(phase2)
}

fn phase1_identity(e: &Element<'_>) -> Option<Phase1Identity> {
    let mut inside = Inside::of(e)?;
    let identity = Phase1Identity {
        identity_privacy: inside.boolean(TTLS, "IdentityPrivacy")?,
        anonymous_identity: inside.text(TTLS, "AnonymousIdentity", AnonymousIdentity::parse)?,
    };
    inside.end()?;
    Some(identity)
}

/// The outer nothing says that there is an element of another shape.
fn maybe<T>(
    e: Option<&Element<'_>>,
    read: impl FnOnce(&Element<'_>) -> Option<T>,
) -> Option<Option<T>> {
    match e {
        Some(e) => read(e).map(Some),
        None => Some(None),
    }
}

/// Returns the text of an element that holds nothing else.
fn text<'e>(e: &'e Element<'_>) -> Option<Cow<'e, str>> {
    (e.attributes.is_empty() && e.elements().next().is_none()).then(|| e.text())
}

fn only_child<'e>(e: &'e Element<'e>, namespace: Namespace, name: &str) -> Option<&'e Element<'e>> {
    let mut inside = Inside::of(e)?;
    let child = inside.child(namespace, name)?;
    inside.end()?;
    Some(child)
}

/// The children of an element, taken in their order.
struct Inside<'e> {
    rest: Peekable<IntoIter<&'e Element<'e>>>,
}

impl<'e> Inside<'e> {
    /// Starts inside an element that holds elements only.
    fn of(e: &'e Element<'e>) -> Option<Self> {
        let is_plain = e.attributes.is_empty() && collapse(&e.text()).is_empty();
        let children: Vec<&Element<'_>> = e.elements().collect();
        is_plain.then(|| Self { rest: children.into_iter().peekable() })
    }

    /// Takes the next child if it has this name.
    fn child(&mut self, namespace: Namespace, name: &str) -> Option<&'e Element<'e>> {
        self.rest.next_if(|e| e.is(namespace, name))
    }

    /// Takes the text of the next child if it has this name; see [`maybe`].
    fn text<T, E>(
        &mut self,
        namespace: Namespace,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        maybe(self.child(namespace, name), |e| parse(&text(e)?).ok())
    }

    /// Takes the boolean of the next child if it has this name; see [`maybe`].
    fn boolean(&mut self, namespace: Namespace, name: &str) -> Option<Option<bool>> {
        self.text(namespace, name, |text| schema::boolean(text).ok_or(()))
    }

    /// Says that nothing is left.
    fn end(mut self) -> Option<()> {
        self.rest.next().is_none().then_some(())
    }
}
