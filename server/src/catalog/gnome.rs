//! A catalogue made of the public database of providers.
//!
//! One file for each provider that has access points. What more than one provider claims decides
//! nothing and is listed instead of written. Not here: the database ([`carrier::gnome`]), and
//! what a brand sells, which the operator adds. Feeds [MATCH-01] by [MATCH-22].

use std::collections::{BTreeMap, BTreeSet};

use api::machine::{ImportClaim, ImportConflict, ImportSummary};
use carrier::gnome::{Apn, Authentication, Country, Provider, ServiceProviders, Usage};
use domain::brand::ID_CHARS_MAX;

/// Longest name of a brand or row, as the catalogue reads it.
const NAME_CHARS_MAX: usize = 64;
/// Digits of an IMSI.
const IMSI_DIGITS: usize = 15;

/// A catalogue that is not written yet, and what it is.
pub struct Import {
    /// Names of files and what is in them.
    pub files: Vec<(String, String)>,
    /// What was read, written and left undecided.
    pub summary: ImportSummary,
}

/// Whose a number is: the places of providers.
#[derive(Default)]
struct Claims {
    networks: BTreeMap<String, BTreeSet<usize>>,
    sids: BTreeMap<u16, BTreeSet<usize>>,
}

/// Makes a catalogue of the database.
#[must_use]
pub fn import<'d>(database: &'d ServiceProviders) -> Import {
    let of_country =
        |country: &'d Country| country.providers.iter().map(move |provider| (country, provider));
    let all: Vec<(&Country, &Provider)> = database.countries.iter().flat_map(of_country).collect();
    let claims = Claims::of(&all);
    let mut files = Vec::new();
    let mut ids = BTreeSet::new();
    let (mut brands, mut ranges) = (0_usize, 0_usize);
    for (at, (country, provider)) in all.iter().enumerate() {
        let has_apns = provider.gsm.as_ref().is_some_and(|gsm| !gsm.apns.is_empty());
        if !has_apns {
            continue;
        }
        brands = brands.saturating_add(1);
        let id = unused_id(&mut ids, &format!("{}-{}", country.code, provider.name()));
        let targets = claims.own(at, provider);
        ranges = ranges.saturating_add(targets.networks.len());
        files.extend(write(&id, country, provider, &targets));
    }
    let report = database.report();
    let summary = ImportSummary {
        countries: report.countries,
        providers: report.providers,
        apns: report.apns,
        networks: report.networks,
        sids: report.sids,
        brands,
        without_apns: all.len().saturating_sub(brands),
        imsi_ranges: ranges,
        conflicts: claims.conflicts(&all),
        notices: database.notices.iter().map(ToString::to_string).collect(),
    };
    Import { files, summary }
}

/// What a provider claims alone.
struct Own {
    networks: Vec<String>,
    sids: Vec<u16>,
}

impl Claims {
    fn of(all: &[(&Country, &Provider)]) -> Self {
        let mut claims = Self::default();
        for (at, (_, provider)) in all.iter().enumerate() {
            for plmn in networks(provider) {
                claims.networks.entry(plmn).or_default().insert(at);
            }
            for sid in sids(provider) {
                claims.sids.entry(sid).or_default().insert(at);
            }
        }
        claims
    }

    /// Returns who claims a network, or one that begins or goes on like it: 310 10 and 310 101
    /// share IMSIs.
    fn of_network(&self, plmn: &str) -> BTreeSet<usize> {
        let is_near = |other: &&String| other.starts_with(plmn) || plmn.starts_with(other.as_str());
        let near = self.networks.keys().filter(is_near);
        near.filter_map(|other| self.networks.get(other)).flatten().copied().collect()
    }

    fn own(&self, at: usize, provider: &Provider) -> Own {
        let is_alone = |claims: &BTreeSet<usize>| claims.iter().all(|other| *other == at);
        let networks: BTreeSet<String> =
            networks(provider).filter(|plmn| is_alone(&self.of_network(plmn))).collect();
        let sids: BTreeSet<u16> =
            sids(provider).filter(|sid| self.sids.get(sid).is_some_and(is_alone)).collect();
        Own { networks: networks.into_iter().collect(), sids: sids.into_iter().collect() }
    }

    fn conflicts(&self, all: &[(&Country, &Provider)]) -> Vec<ImportConflict> {
        let claim = |at: usize| {
            let (country, provider) = all.get(at)?;
            Some(ImportClaim {
                country: country.code.clone(),
                provider: provider.name().to_owned(),
                primary: provider.is_primary,
            })
        };
        let conflict = |kind: &str, value: String, claims: &BTreeSet<usize>| ImportConflict {
            kind: kind.to_owned(),
            value,
            claims: claims.iter().filter_map(|at| claim(*at)).collect(),
        };
        let networks = self.networks.keys().map(|plmn| (plmn, self.of_network(plmn)));
        let networks = networks.filter(|(_, claims)| claims.len() > 1);
        let networks = networks.map(|(plmn, claims)| conflict("plmn", plmn.clone(), &claims));
        let sids = self.sids.iter().filter(|(_, claims)| claims.len() > 1);
        let sids = sids.map(|(sid, claims)| conflict("sid", sid.to_string(), claims));
        networks.chain(sids).collect()
    }
}

fn networks(provider: &Provider) -> impl Iterator<Item = String> {
    let ids = provider.gsm.iter().flat_map(|gsm| &gsm.network_ids);
    ids.map(|id| format!("{}{}", id.mcc(), id.mnc()))
}

/// System id 0 is nobody's.
fn sids(provider: &Provider) -> impl Iterator<Item = u16> {
    let sids = provider.cdma.iter().flat_map(|cdma| &cdma.sids);
    sids.map(|sid| sid.number()).filter(|sid| *sid > 0)
}

/// Makes an id of a name, and another where it is taken.
pub(super) fn unused_id(taken: &mut BTreeSet<String>, name: &str) -> String {
    let mut id = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.ends_with('-') {
            id.push('-');
        }
    }
    // Room for what tells ids apart.
    let base: String = id.trim_end_matches('-').chars().take(ID_CHARS_MAX - 8).collect();
    let mut unused = base.clone();
    let mut count = 1_usize;
    while !taken.insert(unused.clone()) {
        count = count.saturating_add(1);
        unused = format!("{base}-{count}");
    }
    unused
}

/// Writes a brand's file, and those of its passwords before it.
fn write(id: &str, country: &Country, provider: &Provider, own: &Own) -> Vec<(String, String)> {
    let name = shown(provider.name());
    let network = if provider.cdma.is_some() { "both" } else { "gsm" };
    let mut lines = vec![
        "# From the public database of providers. To sell, add carrier_id, currency and [[plans]]."
            .to_owned(),
        format!("# Country {}", country.code),
        format!("id = {}", quoted(id)),
        format!("name = {}", quoted(name.as_deref().unwrap_or(id))),
        format!("network = {}", quoted(network)),
        String::new(),
        "[match]".to_owned(),
    ];
    let ranges: Vec<String> = own.networks.iter().map(|plmn| whole_network(plmn)).collect();
    lines.push(format!("imsi_ranges = [{}]", ranges.join(", ")));
    if !own.sids.is_empty() {
        lines.push(format!("sids = {:?}", own.sids));
    }
    let mut files = Vec::new();
    for (at, apn) in provider.gsm.iter().flat_map(|gsm| &gsm.apns).enumerate() {
        let password = apn.password.as_ref().filter(|_| apn.user_name.is_some()).map(|password| {
            let file = format!("{id}-{}.password", at.saturating_add(1));
            files.push((file.clone(), password.reveal().to_owned()));
            file
        });
        lines.extend(row(apn, password.as_deref()));
    }
    lines.push(String::new());
    files.push((format!("{id}.toml"), lines.join("\n")));
    files
}

/// All IMSIs of a network [MATCH-22].
fn whole_network(plmn: &str) -> String {
    let rest = IMSI_DIGITS.saturating_sub(plmn.len());
    format!("[\"{plmn}{}\", \"{plmn}{}\"]", "0".repeat(rest), "9".repeat(rest))
}

fn row(apn: &Apn, password: Option<&str>) -> Vec<String> {
    let purpose = match &apn.usage {
        None
        | Some(
            Usage::Internet
            | Usage::MmsInternetHipri
            | Usage::MmsInternetHipriFota
            | Usage::Other(_),
        ) => "internet",
        Some(Usage::Mms) => "mms",
        // No purpose that Windows has.
        Some(Usage::Wap) => "wap",
        Some(Usage::InitialAttach) => "lte-attach",
    };
    let mut lines = vec![
        String::new(),
        "[[cosa]]".to_owned(),
        format!("purpose = {}", quoted(purpose)),
        format!("access_string = {}", quoted(apn.value.as_str())),
    ];
    if let Some(user_name) = &apn.user_name {
        lines.push(format!("user_name = {}", quoted(user_name.reveal())));
    }
    lines.extend(password.map(|file| format!("password_file = {}", quoted(file))));
    lines.extend(match apn.authentication.as_slice() {
        [Authentication::Pap] => Some("auth_protocol = \"pap\"".to_owned()),
        [Authentication::Chap] => Some("auth_protocol = \"chap\"".to_owned()),
        _ => None,
    });
    let name = apn.names.first().and_then(|name| shown(&name.text));
    lines.extend(name.map(|name| format!("friendly_name = {}", quoted(&name))));
    lines
}

/// Returns a name as the catalogue takes it; nothing if nothing of it is left.
fn shown(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let cut: String = words.join(" ").chars().take(NAME_CHARS_MAX).collect();
    let cut = cut.trim_end();
    (!cut.is_empty()).then(|| cut.to_owned())
}

/// Writes a TOML string; those of JSON are such strings.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}
