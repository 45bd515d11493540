//! The keys of `[payment.NAME]`: who takes money, and what is needed to talk to them.
//!
//! Not here: the providers ([`crate::payment`]), and which brand names which.

use std::path::{Path, PathBuf};

use api::machine::Finding;
use domain::SignedDuration;
use toml::de::DeValue;

use super::document::Section;
use super::reader::path;
use super::values::{self, Read};
use super::{Config, Secret, web_address};
use crate::outgoing::IpNetwork;

/// Shortest time that a provider is given for an answer.
const TIMEOUT_MIN: SignedDuration = SignedDuration::from_secs(1);
/// Longest such time, below the one after which the dispatcher gives a call up.
const TIMEOUT_MAX: SignedDuration = SignedDuration::from_secs(20);
/// Most secrets that sign events at once.
const SECRETS_MAX: usize = 4;
/// Most ways to pay.
const METHODS_MAX: usize = 32;

/// A payment provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentConfig {
    /// The built-in sandbox, which moves no money.
    Sandbox,
    /// A hosted page in the form of Stripe Checkout.
    Hosted(HostedConfig),
}

/// A provider with a hosted page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedConfig {
    /// The file of the secret key of its API.
    pub secret_key: PathBuf,
    /// The files of the secrets that sign its events.
    pub webhook_secrets: Vec<PathBuf>,
    /// The ways to pay that are offered; empty = those that the account allows.
    pub methods: Vec<String>,
    /// Where its API is.
    pub base_url: String,
    /// The origin of its page.
    pub page_origin: String,
    /// How long an answer may take.
    pub timeout: SignedDuration,
    /// Networks beside the public Internet where its API may be.
    pub networks: Vec<IpNetwork>,
}

/// Reads a `[payment.NAME]`.
pub(super) fn payment(section: &mut Section<'_>, folder: &Path) -> Option<PaymentConfig> {
    let kind = section.required("kind", |value| match values::text(value)? {
        kind @ ("sandbox" | "hosted") => Ok(kind.to_owned()),
        other => Err(format!("{other:?} is no payment provider; use \"sandbox\" or \"hosted\"")),
    })?;
    match kind.as_str() {
        "hosted" => hosted(section, folder).map(PaymentConfig::Hosted),
        _ => Some(PaymentConfig::Sandbox),
    }
}

fn hosted(section: &mut Section<'_>, folder: &Path) -> Option<HostedConfig> {
    let file = |value: &DeValue<'_>| path(value, folder);
    let secret_key = section.required("secret_key_file", file);
    let webhook_secrets = section.list("webhook_secret_files", file);
    if webhook_secrets.as_ref().is_some_and(|files| !(1..=SECRETS_MAX).contains(&files.len())) {
        let message = format!("needs 1 to {SECRETS_MAX} files, each with one secret of a webhook");
        section.error("webhook_secret_files", message);
    }
    let methods = match section.has("methods") {
        true => section.list("methods", method),
        false => section.list("methods", method).map(|_| vec!["card".to_owned()]),
    };
    if methods.as_ref().is_some_and(|methods| methods.len() > METHODS_MAX) {
        section.error("methods", format!("there may be {METHODS_MAX} of them"));
    }
    let base_url = section.optional("base_url", values::parsed(web_address::endpoint));
    let page_origin = section.optional("page_origin", values::parsed(web_address::service_origin));
    let timeout = section.optional("timeout", values::duration(TIMEOUT_MIN..=TIMEOUT_MAX));
    let network = values::formed(IpNetwork::parse, "a network such as \"10.1.0.0/16\"");
    let networks = section.list("networks", network);
    Some(HostedConfig {
        secret_key: secret_key?,
        webhook_secrets: webhook_secrets?,
        methods: methods?,
        base_url: base_url.unwrap_or_else(|| "https://api.stripe.com".to_owned()),
        page_origin: page_origin.unwrap_or_else(|| "https://checkout.stripe.com".to_owned()),
        timeout: timeout.unwrap_or(SignedDuration::from_secs(10)),
        networks: networks?,
    })
}

fn method(value: &DeValue<'_>) -> Read<String> {
    let text = values::text(value)?;
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !text.is_empty() && text.len() <= 40 && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("needs the provider's name of a way to pay, such as \"card\"".to_owned())
    }
}

/// Finds what is wrong with the files that providers need.
pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, provider) in &config.payment {
        let mut look = |key: &str, file: &Path| {
            if let Err(message) = Secret::read_file(file) {
                findings.push(config.finding(&format!("payment.{name}.{key}"), message));
            }
        };
        match provider {
            PaymentConfig::Sandbox => {}
            PaymentConfig::Hosted(hosted) => {
                look("secret_key_file", &hosted.secret_key);
                for (at, file) in hosted.webhook_secrets.iter().enumerate() {
                    look(&format!("webhook_secret_files[{at}]"), file);
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::{check_refused, checked, load};

    const HOSTED: &str = "public_url = 'https://portal.example'
        payment.card = { kind = 'hosted', secret_key_file = 'k', webhook_secret_files = ['w'] }";

    #[test]
    fn a_hosted_page_is_stripes_unless_said_otherwise() {
        let (config, _) = load(HOSTED).expect("valid");
        let expected = HostedConfig {
            secret_key: PathBuf::from("/etc/broadgate/k"),
            webhook_secrets: vec![PathBuf::from("/etc/broadgate/w")],
            methods: vec!["card".to_owned()],
            base_url: "https://api.stripe.com".to_owned(),
            page_origin: "https://checkout.stripe.com".to_owned(),
            timeout: SignedDuration::from_secs(10),
            networks: Vec::new(),
        };
        assert_eq!(config.payment.get("card"), Some(&PaymentConfig::Hosted(expected)));
        let other = "secret_key_file = 'k', methods = [], base_url = 'http://127.0.0.1:1/',
            page_origin = 'https://pay.example/', timeout = '2 s', networks = ['10.0.0.0/8'],";
        let other = other.replace('\n', "");
        let (config, _) = load(&HOSTED.replace("secret_key_file = 'k',", &other)).expect("valid");
        let expected = HostedConfig {
            secret_key: PathBuf::from("/etc/broadgate/k"),
            webhook_secrets: vec![PathBuf::from("/etc/broadgate/w")],
            methods: Vec::new(),
            base_url: "http://127.0.0.1:1".to_owned(),
            page_origin: "https://pay.example".to_owned(),
            timeout: SignedDuration::from_secs(2),
            networks: IpNetwork::parse("10.0.0.0/8").into_iter().collect(),
        };
        assert_eq!(config.payment.get("card"), Some(&PaymentConfig::Hosted(expected)));
    }

    #[test]
    fn what_a_hosted_page_lacks_is_said() {
        let (url, card) = HOSTED.split_once('\n').expect("two lines");
        check_refused(card.trim(), 1, "public_url", "missing; a payment provider sends");
        for (was, is, key, message) in [
            ("secret_key_file = 'k',", "", "secret_key_file", "missing"),
            ("['w']", "[]", "webhook_secret_files", "needs 1 to 4 files"),
            ("['w']", "['w'], methods = ['Card']", "methods[0]", "needs the provider's name"),
            ("['w']", "['w'], timeout = '21 s'", "timeout", "needs a duration from 1s to 20s"),
            ("['w']", "['w'], base_url = 'http://a.example'", "base_url", "must begin with https"),
            ("['w']", "['w'], page_origin = 'https://a.example/b'", "page_origin", "must be an"),
        ] {
            let text = format!("{url}\n{}", card.replace(was, is));
            check_refused(&text, 2, &format!("payment.card.{key}"), message);
        }
    }

    #[test]
    fn files_and_prices_that_cannot_be_used_are_found() {
        let text = format!("{HOSTED}\n        catalog = 'c'\n        demo = true");
        let dinars = include_str!("../../demo/catalog/aurora.toml");
        let dinars = dinars.replace("currency = \"EUR\"", "currency = \"KWD\"\npayment = \"card\"");
        let dinars = dinars.replace("price_minor = 490", "price_minor = 495");
        let found = checked(&text, &[("c/aurora.toml", &dinars), ("k", "sk_test_1")]);
        let said: Vec<String> =
            found.errors.iter().map(|f| format!("{:?}: {}", f.key, f.message)).collect();
        let has = |text: &str| said.iter().any(|said| said.contains(text));
        assert!(has("payment.card.webhook_secret_files[0]"), "{said:#?}");
        assert!(has("the price of plan day-1gb has a third decimal"), "{said:#?}");
        assert_eq!(said.len(), 2, "{said:#?}");
    }
}
