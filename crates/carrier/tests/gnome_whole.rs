//! The reader of the public database of providers, on the whole one as Debian packages it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use carrier::gnome::{self, Notice, Oddity};

/// Where the Debian package puts the database.
const WHOLE: &str = "/usr/share/mobile-broadband-provider-info/serviceproviders.xml";

/// Cuts out the comments, without an XML reader.
fn uncommented(text: &str) -> String {
    let (first, rest) = text.split_once("<!--").expect("a comment");
    let kept = rest.split("<!--").filter_map(|piece| Some(piece.split_once("-->")?.1));
    std::iter::once(first).chain(kept).collect()
}

/// Finds the values of an attribute by provider, without an XML reader.
fn claims(text: &str, tag: &str, attributes: &[&str]) -> BTreeMap<Vec<String>, BTreeSet<usize>> {
    let mut claims: BTreeMap<Vec<String>, BTreeSet<usize>> = BTreeMap::new();
    for (index, provider) in text.split("<provider").enumerate() {
        for piece in provider.split(tag).skip(1) {
            let value = |name: &&str| -> String {
                let after = piece.split_once(&format!("{name}=\"")).expect("an attribute").1;
                after.split('"').next().unwrap_or_default().to_owned()
            };
            claims.entry(attributes.iter().map(value).collect()).or_default().insert(index);
        }
    }
    claims
}

#[test]
fn the_whole_database_is_read_and_counted() {
    if !Path::new(WHOLE).exists() {
        let promised = std::env::var_os("BROADGATE_TOOLS").is_some();
        assert!(!promised, "{WHOLE} is absent although the set-up installs it");
        // Written past the harness, which would keep it from view.
        writeln!(std::io::stdout(), "skipped: {WHOLE} is absent").expect("an open output");
        return;
    }
    let text = std::fs::read_to_string(WHOLE).expect("UTF-8");
    let database = gnome::read(text.as_bytes()).expect("a database");
    let report = database.report();
    let text = uncommented(&text);
    let tags = |tag: &str| text.matches(tag).count();
    assert_eq!(report.countries, tags("<country "));
    assert_eq!(report.providers, tags("<provider>") + tags("<provider "));
    assert_eq!(report.apns, tags("<apn "));
    let providers = || database.countries.iter().flat_map(|country| &country.providers);
    let sids: usize = providers().filter_map(|p| p.cdma.as_ref()).map(|c| c.sids.len()).sum();
    assert_eq!(sids, tags("<sid "));
    let networks = providers().filter_map(|p| p.gsm.as_ref());
    let networks: usize = networks.map(|gsm| gsm.network_ids.len()).sum();
    assert_eq!(networks, tags("<network-id "));
    let by_network = claims(&text, "<network-id ", &["mcc", "mnc"]);
    assert_eq!(report.networks, by_network.len());
    let shared = by_network.iter().filter(|(_, providers)| providers.len() > 1);
    let shared: Vec<_> = shared.map(|(id, providers)| (id.join("-"), providers.len())).collect();
    let found = report.shared_networks.iter();
    let found: Vec<_> =
        found.map(|s| (format!("{}-{}", s.id.mcc(), s.id.mnc()), s.claims.len())).collect();
    assert_eq!(found, shared);
    assert!(found.len() >= 50, "networks are claimed twice: {}", found.len());
    let by_sid = claims(&text, "<sid ", &["value"]);
    assert_eq!(report.sids, by_sid.len());
    let shared = by_sid.values().filter(|providers| providers.len() > 1).count();
    assert_eq!(report.shared_sids.len(), shared);
    let lost = |n: &&Notice| matches!(n.oddity, Oddity::Value | Oddity::UnknownElement(_));
    assert_eq!(database.notices.iter().find(lost), None);
    assert_eq!(database.notices_left_out, 0);
}
