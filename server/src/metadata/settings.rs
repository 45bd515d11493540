//! The effective settings of a SIM: what the catalogue says, settled by source and Windows.
//!
//! Not here: precedence ([`domain::effective`]). Implements the question of [MATCH-04],
//! [MATCH-05], [MATCH-06].

use std::fmt;

use api::matching::{
    Certificate, Setting, SettingsAnswer, ShadowedSetting, SimQuestion, TraceStep,
};
use carrier::service_metadata::{self, IconFile};
use domain::brand::{self, BrandId, Purpose};
use domain::cosa::{self, Origin, Selection, SimFacts, Tethering};
use domain::effective::{
    Effective, HostProfile, Layer, Source, Sources, TrustedCertificate, Why, needs_app_lookup,
    resolve,
};
use domain::identity::{Iccid, Imsi};
use domain::matching::{self, Match, Mode, Sim};

use super::Metadata;
use crate::catalog::{Catalog, REACHES, ROAMINGS};

/// Longest name that is compared.
const NAME_CHARS_MAX: usize = 64;

/// A field of a question that cannot be read, and what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadQuestion {
    /// The field.
    pub field: &'static str,
    /// What it needs.
    pub needs: &'static str,
}

impl fmt::Display for BadQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.needs)
    }
}

/// A question that was read.
pub struct Question {
    /// The SIM.
    pub sim: Sim,
    /// The Windows.
    pub host: HostProfile,
    /// Whether a document of a purchase was applied.
    pub is_provisioned: bool,
}

impl Question {
    /// Reads a question; blanks around numbers do not count.
    ///
    /// # Errors
    /// Every field that cannot be read; never what it holds.
    pub fn read(asked: &SimQuestion) -> Result<Self, Vec<BadQuestion>> {
        let mut bad = Vec::new();
        let mut fault = |field, needs| bad.push(BadQuestion { field, needs });
        let digits = |text: &str| text.trim().replace(' ', "");
        let mode = match asked.mode.as_str() {
            "" | "gsm" => Mode::Gsm,
            "cdma" => Mode::Cdma,
            _ => {
                fault("mode", "needs gsm or cdma");
                Mode::Gsm
            }
        };
        let iccid = optional(&digits(&asked.iccid), |text| Iccid::parse(text).ok());
        let iccid = iccid.unwrap_or_else(|()| {
            fault("iccid", "needs 19 or 20 digits");
            None
        });
        let imsi = optional(&digits(&asked.imsi), |text| Imsi::parse(text).ok());
        let imsi = imsi.unwrap_or_else(|()| {
            fault("imsi", "needs 6 to 15 digits");
            None
        });
        let sid = optional(asked.sid.trim(), |text| text.parse().ok()).unwrap_or_else(|()| {
            fault("sid", "needs a number from 0 to 65535");
            None
        });
        let host = match asked.host.as_str() {
            "" => HostProfile::default(),
            text => HostProfile::parse(text).unwrap_or_else(|| {
                fault("host", "needs win8, win8_1, win10_pre1703, win10_1703, win10_1709, win10_1803 or win11");
                HostProfile::default()
            }),
        };
        for (field, text) in
            [("home_provider", &asked.home_provider), ("provider_name", &asked.provider_name)]
        {
            if text.chars().count() > NAME_CHARS_MAX {
                fault(field, "needs 64 characters at most");
            }
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        let name = |text: &String| (!text.is_empty()).then(|| text.clone());
        let sim = Sim {
            mode,
            home_provider_name: name(&asked.home_provider),
            iccid,
            imsi,
            sid,
            provider_name: name(&asked.provider_name),
            pin_locked: asked.pin_locked,
        };
        Ok(Self { sim, host, is_provisioned: asked.provisioned })
    }
}

fn optional<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ()> {
    match text {
        "" => Ok(None),
        text => parse(text).map(Some).ok_or(()),
    }
}

/// Answers a question from a catalogue and what is served of it.
#[must_use]
pub fn answer(catalog: &Catalog, metadata: &Metadata, question: &Question) -> SettingsAnswer {
    let Question { sim, host, .. } = question;
    let found = matching::find(&catalog.index, sim);
    let sources = sources(catalog, metadata, &found, question);
    let settled = resolve(&sources, *host);
    let text = Clone::clone;
    SettingsAnswer {
        host: host.name().to_owned(),
        brand: found.found.as_ref().map(|(brand, _)| brand.to_string()),
        matched_by: found.found.as_ref().map(|(_, rule)| rule.name().to_owned()),
        trace: trace(&found),
        warnings: found.warnings.iter().map(ToString::to_string).collect(),
        settings: vec![
            setting("name", &settled.name, text),
            setting("icon", &settled.icon, text),
            setting("app", &settled.app, text),
            setting("portal_url", &settled.portal_url, text),
            setting("name_reach", &settled.name_reach, |r| word(REACHES, r)),
            setting("ui_name", &settled.ui_name, text),
            setting("tethering", &settled.tethering, |t| tethering_name(*t).to_owned()),
            setting("roaming", &settled.roaming, |r| word(ROAMINGS, r)),
            setting("internet", &settled.internet, access),
            setting("purchase", &settled.purchase, access),
        ],
        needs_app_lookup: needs_app_lookup(&sources, *host),
        certificates: settled
            .certificates
            .into_iter()
            .map(|(source, TrustedCertificate { subject, issuer })| Certificate {
                source: source_name(source).to_owned(),
                subject,
                issuer,
            })
            .collect(),
    }
}

fn trace(found: &Match) -> Vec<TraceStep> {
    let step = |line: &matching::TraceLine| TraceStep {
        rule: line.rule.name().to_owned(),
        value: line.value.clone(),
        outcome: line.outcome.name().to_owned(),
        brand: line.brand.as_ref().map(BrandId::to_string),
    };
    found.trace.iter().map(step).collect()
}

/// Gathers what is defined for the SIM; of nobody's SIM Windows alone says something.
fn sources(catalog: &Catalog, metadata: &Metadata, found: &Match, question: &Question) -> Sources {
    let found = found.found.as_ref().and_then(|(id, _)| catalog.brands.get(id));
    let Some(brand) = found else { return Sources::default() };
    let mut sources = Sources {
        service_metadata: metadata.package(&brand.id).map(of_package).unwrap_or_default(),
        ..Sources::default()
    };
    if question.is_provisioned {
        let branding = catalog.parts.get(&brand.id).and_then(|parts| parts.branding.as_ref());
        let name = branding.and_then(|branding| branding.name.as_ref());
        sources.provisioning = Layer {
            name: name.map(|name| name.as_str().to_owned()),
            icon: branding.and_then(|b| b.logo.as_ref()).map(|_| "logo of the document".to_owned()),
            internet: brand.connection(Purpose::Internet).cloned(),
            ..Layer::default()
        };
    }
    let facts = SimFacts {
        imsi: question.sim.imsi.clone(),
        iccid: question.sim.iccid.clone(),
        brand: Some(brand.id.clone()),
        ..SimFacts::default()
    };
    let profiles = catalog.cosa.get(&brand.id).into_iter().flatten();
    if let Selection::One(chosen) = cosa::select(profiles, &facts) {
        let layer = Layer::of_profile(chosen.profile);
        match chosen.profile.origin {
            Origin::Oem => sources.cosa_oem = layer,
            Origin::Base => sources.cosa_base = layer,
        }
    }
    sources
}

/// What a package of ours says.
fn of_package(package: &service_metadata::Package) -> Layer {
    let service = &package.service_info;
    let info = &package.mobile_broadband_info;
    let allowed = info.network.as_ref().and_then(|network| network.allow_tethering);
    let trusted = info.provisioning.as_ref().and_then(|engine| engine.trusted.as_ref());
    let certificate = |certificate: &service_metadata::TrustedCertificate| TrustedCertificate {
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
    };
    Layer {
        name: Some(service.provider.as_str().to_owned()),
        icon: service.icon.as_ref().map(IconFile::as_str).map(str::to_owned),
        tethering: allowed.map(|allowed| match allowed {
            service_metadata::Tethering::Never => Tethering::Never,
            service_metadata::Tethering::Always => Tethering::Always,
            service_metadata::Tethering::EntitlementCheckRequired => {
                Tethering::EntitlementCheckRequired
            }
        }),
        certificates: trusted
            .map(|t| t.as_slice().iter().map(certificate).collect())
            .unwrap_or_default(),
        ..Layer::default()
    }
}

fn setting<T>(name: &str, effective: &Effective<T>, show: impl Fn(&T) -> String) -> Setting {
    let shadowed = effective.shadowed.iter().map(|shadowed| ShadowedSetting {
        source: source_name(shadowed.source).to_owned(),
        value: show(&shadowed.value),
        why: why_name(shadowed.why).to_owned(),
    });
    Setting {
        name: name.to_owned(),
        value: effective.get().map(&show),
        source: effective.source().map(|source| source_name(source).to_owned()),
        shadowed: shadowed.collect(),
    }
}

/// The access point, never the credentials.
fn access(connection: &brand::Connection) -> String {
    connection.access_string.clone()
}

/// Returns the name of a source, as JSON has it.
#[must_use]
pub fn source_name(source: Source) -> &'static str {
    match source {
        Source::Provisioning => "provisioning",
        Source::ServiceMetadata => "service_metadata",
        Source::Manual => "manual",
        Source::CosaOem => "cosa_oem",
        Source::CosaBase => "cosa_base",
        Source::BuiltIn => "built_in",
    }
}

fn why_name(why: Why) -> &'static str {
    match why {
        Why::Outranked => "outranked",
        Why::Host => "host",
        Why::Overwritten => "overwritten",
        Why::AppSet => "app_set",
    }
}

/// Returns the catalogue's word for a value, as JSON has it.
fn word<T: PartialEq>(words: &[(&str, T)], value: &T) -> String {
    let known = words.iter().find(|(_, known)| known == value);
    known.map(|(word, _)| word.replace('-', "_")).unwrap_or_default()
}

fn tethering_name(tethering: Tethering) -> &'static str {
    match tethering {
        Tethering::Always => "always",
        Tethering::Never => "never",
        Tethering::EntitlementCheckRequired => "entitlement_check_required",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(host: &str, provisioned: bool) -> SettingsAnswer {
        let catalog = Catalog::demo();
        let at = "2026-03-01T00:00:00Z".parse().expect("a time");
        let (metadata, _) = Metadata::make(&catalog, &[], at).expect("made");
        let asked = SimQuestion {
            iccid: "8999 0132 0000 0000 0002".to_owned(),
            imsi: "001012200000000".to_owned(),
            host: host.to_owned(),
            provisioned,
            ..SimQuestion::default()
        };
        let question = Question::read(&asked).unwrap_or_else(|bad| panic!("{bad:?}"));
        answer(&catalog, &metadata, &question)
    }

    fn named<'a>(answer: &'a SettingsAnswer, name: &str) -> &'a Setting {
        answer.settings.iter().find(|setting| setting.name == name).expect("a setting")
    }

    /// [MATCH-04], [MATCH-05], [MATCH-06]; CO-1, CO-2
    #[test]
    fn each_setting_has_its_own_source_and_the_host_decides_which_count() {
        let old = ask("win8_1", false);
        assert_eq!(named(&old, "name").source.as_deref(), Some("service_metadata"));
        assert_eq!(named(&old, "name").shadowed[0].why, "host");
        // CO-2: a package without profiles leaves the database's.
        assert_eq!(named(&old, "internet").source.as_deref(), Some("cosa_base"));
        let new = ask("", false);
        assert_eq!(new.host, "win10_1803");
        assert_eq!(named(&new, "name").source.as_deref(), Some("cosa_base"));
        assert_eq!(named(&new, "name").shadowed[0].source, "service_metadata");
        // [MATCH-100]: where the database says nothing, Windows does.
        for (name, value) in [("roaming", "all"), ("name_reach", "home"), ("tethering", "always")] {
            let setting = named(&new, name);
            assert_eq!(setting.value.as_deref(), Some(value), "{name}");
            assert_eq!(setting.source.as_deref(), Some("built_in"), "{name}");
        }
        // CO-1: the document outranks the database.
        let bought = ask("", true);
        let internet = named(&bought, "internet");
        assert_eq!(internet.source.as_deref(), Some("provisioning"));
        assert_eq!(internet.shadowed.len(), 1);
        assert_eq!(internet.shadowed[0].why, "outranked");
    }

    /// [MATCH-03], [MATCH-96], [MATCH-99]
    #[test]
    fn an_oems_profile_goes_before_the_base_and_a_narrower_one_before_both() {
        let mut catalog = Catalog::demo();
        let at = "2026-03-01T00:00:00Z".parse().expect("a time");
        let (metadata, _) = Metadata::make(&catalog, &[], at).expect("made");
        let aurora = BrandId::parse("aurora").expect("an id");
        let add = |catalog: &mut Catalog, origin, targets, apn: &str| {
            let profiles = catalog.cosa.get_mut(&aurora).expect("rows");
            let mut other = profiles[0].clone();
            (other.origin, other.targets) = (origin, targets);
            other.connections.iter_mut().for_each(|c| c.access.access_string = apn.to_owned());
            profiles.push(other);
        };
        let ask = |catalog: &Catalog| {
            let iccid = "89990132000000000002".to_owned();
            let imsi = "001012200000000".to_owned();
            let asked = SimQuestion { iccid, imsi, ..SimQuestion::default() };
            let question = Question::read(&asked).unwrap_or_else(|bad| panic!("{bad:?}"));
            let answer = answer(catalog, &metadata, &question);
            let internet = named(&answer, "internet");
            (internet.source.clone().expect("a source"), internet.value.clone().expect("an apn"))
        };
        assert_eq!(ask(&catalog).0, "cosa_base");
        add(&mut catalog, Origin::Oem, Vec::new(), "oem.example");
        assert_eq!(ask(&catalog), ("cosa_oem".to_owned(), "oem.example".to_owned()));
        let network = |plmn| cosa::Target { plmn: cosa::Plmn::parse(plmn), ..Default::default() };
        add(&mut catalog, Origin::Base, vec![network("00102")], "other.example");
        assert_eq!(ask(&catalog).0, "cosa_oem", "another network's");
        add(&mut catalog, Origin::Base, vec![network("00101")], "narrow.example");
        assert_eq!(ask(&catalog), ("cosa_base".to_owned(), "narrow.example".to_owned()));
    }

    /// [MATCH-100], [MATCH-04]
    #[test]
    fn what_the_database_says_of_a_sim_counts_with_its_source() {
        let mut catalog = Catalog::demo();
        let at = "2026-03-01T00:00:00Z".parse().expect("a time");
        let (metadata, _) = Metadata::make(&catalog, &[], at).expect("made");
        let aurora = BrandId::parse("aurora").expect("an id");
        let settings = &mut catalog.cosa.get_mut(&aurora).expect("rows")[0].settings;
        settings.roaming = Some(cosa::Roaming::HomeAndDomestic);
        settings.name_reach = Some(cosa::NameReach::International);
        settings.hotspot = Some(Tethering::Never);
        settings.ui_name = Some("Aurora, list".to_owned());
        settings.branding_icon = Some("aurora.ico".to_owned());
        for (host, source) in [("win11", "cosa_base"), ("win10_1703", "")] {
            let asked = SimQuestion {
                iccid: "89990132000000000002".to_owned(),
                host: host.to_owned(),
                ..SimQuestion::default()
            };
            let question = Question::read(&asked).unwrap_or_else(|bad| panic!("{bad:?}"));
            let answer = answer(&catalog, &metadata, &question);
            for (name, value) in [
                ("roaming", "home_and_domestic"),
                ("name_reach", "international"),
                ("tethering", "never"),
                ("ui_name", "Aurora, list"),
                ("icon", "aurora.ico"),
            ] {
                let setting = named(&answer, name);
                let counts = setting.source.as_deref() == Some("cosa_base");
                assert_eq!(counts, !source.is_empty(), "{host} {setting:?}");
                if counts {
                    assert_eq!(setting.value.as_deref(), Some(value), "{host} {name}");
                } else {
                    let found = setting.shadowed.iter().find(|s| s.source == "cosa_base");
                    let found = found.map(|s| (s.value.as_str(), s.why.as_str()));
                    assert_eq!(found, Some((value, "host")), "{host} {name}");
                }
            }
        }
    }

    #[test]
    fn the_trace_masks_numbers_and_says_what_was_shadowed() {
        let answer = ask("", false);
        assert_eq!(
            (answer.brand.as_deref(), answer.matched_by.as_deref()),
            (Some("aurora"), Some("iccid"))
        );
        let outcomes: Vec<_> = answer.trace.iter().map(|step| step.outcome.as_str()).collect();
        assert_eq!(outcomes, ["absent", "matched", "shadowed"]);
        let text = serde_json::to_string(&answer).expect("json");
        assert!(!text.contains("001012200000000") && !text.contains("89990132000000000002"));
    }

    #[test]
    fn a_bad_question_names_its_fields_and_not_what_they_hold() {
        let asked = SimQuestion {
            mode: "lte".to_owned(),
            iccid: "8999".to_owned(),
            sid: "70000".to_owned(),
            host: "win7".to_owned(),
            ..SimQuestion::default()
        };
        let bad = Question::read(&asked).err().expect("refused");
        let fields: Vec<_> = bad.iter().map(|bad| bad.field).collect();
        assert_eq!(fields, ["mode", "iccid", "sid", "host"]);
        assert!(bad.iter().all(|bad| !bad.to_string().contains("8999")));
    }
}
