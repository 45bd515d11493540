//! `config check`: everything that `serve` would load, and everything wrong with it.
//!
//! Opens what the configuration names and changes nothing. Not here: what is inside
//! certificates and keys; the caller brings that as a function.

use std::fs::File;
use std::path::Path;

use api::machine::{Finding, Findings};
use domain::brand::{Brand, Plan};

use super::{ActivationKind, CertificateFiles, Config, PaymentConfig, system};
use crate::catalog::{BrandOrigin, Catalog};
use crate::keys::{KeyPlace, KeySource};
use crate::payment::hosted::amounts::to_units;

/// Loads the catalogue and opens every file that the configuration names.
#[must_use]
pub fn check(config: &Config) -> Findings {
    check_with(config, &|_, _| Vec::new())
}

/// Does what [`check`] does, and judges certificates too.
///
/// `certificates` is asked once for each certificate whose files can be read, with its table
/// (`tls`, `signing.NAME` or `signing.NAME.next`), and returns what is wrong with it.
pub fn check_with(
    config: &Config,
    certificates: &dyn Fn(&str, Certificates<'_>) -> Vec<String>,
) -> Findings {
    let mut findings = Findings { errors: Vec::new(), warnings: Vec::new() };
    let tls = config.tls.iter().map(|files| ("tls".to_owned(), Certificates::Tls(files)));
    let signing = config.signing.iter().flat_map(|(name, source)| {
        let can_wait = source.next.is_some();
        let current = Certificates::Signing { place: &source.current, can_wait };
        let next = source.next.iter().map(move |place| {
            (format!("signing.{name}.next"), Certificates::Signing { place, can_wait })
        });
        std::iter::once((format!("signing.{name}"), current)).chain(next)
    });
    for (table, asked) in tls.chain(signing) {
        let faults = unreadable(config, &table, asked);
        if faults.is_empty() {
            let faults = certificates(&table, asked);
            let faults = faults.into_iter().map(|m| config.finding(&table, m));
            findings.errors.extend(faults);
        } else {
            findings.errors.extend(faults);
        }
    }
    findings.errors.extend(unreadable_feeds(config));
    findings.errors.extend(super::webhooks::check(config));
    findings.errors.extend(super::subscribers::check(config));
    findings.errors.extend(super::payment::check(config));
    let catalog = match &config.catalog {
        None => Ok(Catalog::demo()),
        Some(folder) if folder.is_dir() => Catalog::load(folder),
        Some(folder) => {
            let message = format!("{} is no folder that can be read", folder.display());
            Err(vec![config.finding("catalog", message)])
        }
    };
    match catalog {
        Err(errors) => findings.errors.extend(errors),
        Ok(catalog) => {
            findings.warnings.extend(catalog.warnings.iter().cloned());
            for (brand, origin) in &catalog.origins {
                let signing = catalog.signing.get(brand).map(String::as_str);
                let payment = catalog.payment.get(brand).map(String::as_str);
                let has_signing = signing.is_some_and(|name| config.signing.contains_key(name));
                let has_payment = payment.is_some_and(|name| config.payment.contains_key(name));
                let mut compare = |named: Named<'_>| named.compare(config, origin, &mut findings);
                let stand_in = "a test certificate";
                compare(Named { key: "signing", name: signing, exists: has_signing, stand_in });
                let stand_in = "the sandbox";
                compare(Named { key: "payment", name: payment, exists: has_payment, stand_in });
                if !config.demo && !catalog.legal.contains_key(brand) {
                    let message = "no [legal] table: customers are asked to agree to nothing";
                    findings.warnings.push(origin.finding("legal", message.to_owned()));
                }
                if let (Some(brand), Some(name)) = (catalog.brands.get(brand), payment) {
                    findings.errors.extend(unpayable(config, origin, brand, name));
                }
            }
        }
    }
    findings
}

/// What of `[usage]`, `[billing]` and `[activation]` cannot be read.
fn unreadable_feeds(config: &Config) -> Vec<Finding> {
    let mut faults = Vec::new();
    if let Some(folder) = config.usage.files.as_ref().filter(|folder| !folder.is_dir()) {
        let message = format!("{} is no folder; make it", folder.display());
        faults.push(config.finding("usage.files", message));
    }
    let billing = config.billing.as_ref();
    faults.extend(billing.and_then(|billing| system::check(config, "billing", billing)));
    if let ActivationKind::Http(asked) = &config.activation.kind {
        faults.extend(system::check(config, "activation", asked));
    }
    faults
}

/// Prices of a brand that its payment provider cannot take.
fn unpayable(config: &Config, origin: &BrandOrigin, brand: &Brand, name: &str) -> Vec<Finding> {
    let Some(PaymentConfig::Hosted(_)) = config.payment.get(name) else { return Vec::new() };
    let of_plan = |plan: &Plan| {
        let error = to_units(plan.to_pay().0).err()?;
        Some(origin.finding("payment", format!("the price of plan {} {error}", plan.id)))
    };
    brand.plans.iter().filter_map(of_plan).collect()
}

/// A certificate that the configuration names, with its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificates<'c> {
    /// The portal's.
    Tls(&'c CertificateFiles),
    /// One that signs documents.
    Signing {
        /// Where it and its key are.
        place: &'c KeyPlace,
        /// Whether another may sign while its time has not begun or is over.
        can_wait: bool,
    },
}

fn unreadable(config: &Config, table: &str, asked: Certificates<'_>) -> Vec<Finding> {
    let fault = |key: &str, path: &Path| {
        let key = format!("{table}.{key}");
        let message = match File::open(path).and_then(|file| file.metadata()) {
            Ok(metadata) if metadata.is_file() => return None,
            Ok(_) => format!("{} is no file", path.display()),
            Err(error) => format!("{} cannot be read: {error}", path.display()),
        };
        Some(config.finding(&key, message))
    };
    let certificate = |path: &Path| fault("certificate_file", path);
    let (certificate, key) = match asked {
        Certificates::Tls(files) => {
            (certificate(&files.certificate), fault("key_file", &files.key))
        }
        Certificates::Signing { place: KeyPlace { chain, key }, .. } => {
            let key = match key {
                KeySource::File(file) => fault("key_file", file),
                KeySource::Token(token) => fault("pkcs11", &token.module),
            };
            (certificate(chain), key)
        }
    };
    certificate.into_iter().chain(key).collect()
}

/// What a brand names of the configuration.
struct Named<'c> {
    key: &'static str,
    name: Option<&'c str>,
    exists: bool,
    stand_in: &'static str,
}

impl Named<'_> {
    fn compare(&self, config: &Config, origin: &BrandOrigin, findings: &mut Findings) {
        let Self { key, name, exists, stand_in } = *self;
        match name {
            Some(name) if !exists => {
                let message = format!("there is no [{key}.{name}] in the configuration; add it");
                findings.errors.push(origin.finding(key, message));
            }
            None if !config.demo => {
                let message = format!("names no [{key}.…] table: {stand_in} is used");
                findings.warnings.push(origin.finding(key, message));
            }
            Some(_) | None => {}
        }
    }
}
