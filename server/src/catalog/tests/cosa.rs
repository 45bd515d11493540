//! Settings of a SIM in `[[cosa]]`, and the spreadsheet there and back [MATCH-96], [MATCH-100].

use std::fmt::Write as _;

use domain::cosa::{Connection, NameReach, Roaming, SimSettings, Tethering};
use proptest::prelude::*;

use super::*;
use crate::catalog::{export_cosa, import_cosa};

const HEAD: &str = "id = \"aurora\"\nname = \"Aurora\"\nnetwork = \"gsm\"\n[portal]\n\
                    account_experience_url = \"https://portal.a.example/\"\n";

fn load(text: &str) -> Result<Catalog, Vec<Finding>> {
    let document = Document::of_test("aurora.toml", text);
    let file = LoadedFile::read(&document, Path::new("/nowhere"));
    Catalog::assemble(vec![file], Vec::new(), Use::Match)
}

fn profiles(catalog: &Catalog) -> &[Profile] {
    let id = BrandId::parse("aurora").expect("an id");
    catalog.cosa.get(&id).map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn rows_of_a_profile_say_its_settings_together() {
    let text = format!(
        "{HEAD}[[cosa]]\npurpose = \"internet\"\naccess_string = \"a\"\nhotspot = \"Never\"\n\
         roaming = \"home-and-domestic\"\n[[cosa]]\npurpose = \"mms\"\naccess_string = \"b\"\n\
         hotspot = \"Never\"\nui_name = \"List\"\nui_order = 3\nbranding_icon = \"a.ico\"\n\
         branding_name_reach = \"international\"\nauto_slot_switch = true\n\
         [[cosa]]\npurpose = \"internet\"\naccess_string = \"c\"\nbranding_name = \"Other\"\n\
         targets = [{{ plmn = \"00102\" }}]\n"
    );
    let catalog = load(&text).unwrap_or_else(|findings| panic!("{findings:#?}"));
    let [own, other] = profiles(&catalog) else { panic!("{:#?}", profiles(&catalog)) };
    let common = SimSettings {
        account_experience_url: Some("https://portal.a.example/".to_owned()),
        ..SimSettings::default()
    };
    let expected = SimSettings {
        branding_name: Some("Aurora".to_owned()),
        branding_icon: Some("a.ico".to_owned()),
        name_reach: Some(NameReach::International),
        hotspot: Some(Tethering::Never),
        ui_name: Some("List".to_owned()),
        ui_order: Some(3),
        roaming: Some(Roaming::HomeAndDomestic),
        auto_slot_switch: Some(true),
        ..common.clone()
    };
    assert_eq!(own.settings, expected, "[MATCH-96] [MATCH-100]");
    let expected = SimSettings { branding_name: Some("Other".to_owned()), ..common };
    assert_eq!(other.settings, expected, "[MATCH-96]");
    let icon = catalog.warnings.iter().find(|found| found.message.contains("a.ico"));
    assert!(icon.is_some(), "an icon that is not there: {:?}", catalog.warnings);
}

#[test]
fn two_values_of_one_profile_and_unknown_words_are_errors() {
    let rows = |first: &str, second: &str| {
        format!(
            "{HEAD}[[cosa]]\npurpose = \"internet\"\naccess_string = \"a\"\n{first}\n\
             [[cosa]]\npurpose = \"mms\"\naccess_string = \"b\"\n{second}\n"
        )
    };
    for (first, second, key, line, message) in [
        ("roaming = \"all\"", "roaming = \"home\"", "cosa[1].roaming", 10, "differs from"),
        ("ui_order = 1", "ui_order = 2", "cosa[1].ui_order", 10, "differs from"),
        ("roaming = \"abroad\"", "", "cosa[0].roaming", 9, "needs one of home, all"),
        ("hotspot = \"never\"", "", "cosa[0].hotspot", 9, "needs one of Never"),
        ("branding_icon = \"a.png\"", "", "cosa[0].branding_icon", 9, "needs a file that ends"),
        ("ui_order = 65536", "", "cosa[0].ui_order", 9, "needs a whole number"),
        ("data_marketplace = 1", "", "cosa[0].data_marketplace", 9, "needs true or false"),
    ] {
        let findings = load(&rows(first, second)).expect_err(first);
        let finding = one(&findings, first);
        assert_eq!(finding.key.as_deref(), Some(key), "{finding:?}");
        let line = if key.starts_with("cosa[1]") { line + 3 } else { line };
        assert_eq!(finding.line, Some(line), "{finding:?}");
        assert!(finding.message.starts_with(message), "{finding:?}");
    }
}

/// What the spreadsheet says of each target; names of connections are the catalogue's own.
fn by_target(catalog: &Catalog) -> BTreeMap<String, (SimSettings, Vec<Connection>)> {
    let mut found = BTreeMap::new();
    for profile in profiles(catalog) {
        for target in &profile.targets {
            let mut settings = profile.settings.clone();
            // Required beside a name, and 0 by default.
            settings.ui_order = settings.ui_order.or(settings.ui_name.as_ref().map(|_| 0));
            let nameless = profile.connections.iter().cloned();
            let connections = nameless.map(|c| Connection { name: String::new(), ..c }).collect();
            found.insert(format!("{target:?}"), (settings, connections));
        }
    }
    found
}

/// Lines that may stand in a row, each of one key.
fn some_of(lines: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::subsequence(lines, 0..=lines.len()).prop_map(|lines| {
        let mut keys: Vec<&str> = Vec::new();
        let mut text = String::new();
        for line in lines {
            let key = line.split(' ').next().unwrap_or_default();
            if !keys.contains(&key) {
                keys.push(key);
                writeln!(text, "{line}").expect("a string");
            }
        }
        text
    })
}

const SETTINGS_LINES: &[&str] = &[
    "branding_name = \"Aurora \\\"Nova\\\", Ltd\"",
    "branding_icon = \"aurora.ico\"",
    "branding_name_reach = \"domestic\"",
    "branding_name_reach = \"home\"",
    "hotspot = \"EntitlementCheckRequired\"",
    "hotspot = \"Always\"",
    "ui_name = \"Åurora, list\"",
    "ui_order = 7",
    "roaming = \"home\"",
    "roaming = \"any-roaming\"",
    "roaming = \"international-roaming\"",
    "data_marketplace = true",
    "data_marketplace_roaming_ui = false",
    "data_marketplace_roaming_ui = true",
    "auto_slot_switch = false",
];
const CONNECTION_LINES: &[&str] = &[
    "auth_protocol = \"chap\"",
    "compression = true",
    "compression = false",
    "ip_type = \"IPv4v6\"",
    "ip_type = \"IPv6\"",
    "friendly_name = \"At home; and \\\"away\\\"\"",
    "user_name = \"u,1\"",
    "always_on = false",
];
const PURPOSES: &[&str] = &[
    "internet",
    "purchase",
    "mms",
    "ims",
    "supl",
    "esim-provisioning",
    "administrative",
    "application",
    "lte-attach",
];

fn a_target(at: usize, form: u32) -> String {
    match form {
        0 => format!("{{ plmn = \"0010{at}\" }}"),
        1 => format!("{{ plmn = \"0010{at}\", spn = \"A, {at}\", gid1 = \"A1\" }}"),
        2 => format!(
            "{{ plmn = \"0010{at}\", imsi = [\"0010{at}0000000000\", \"0010{at}0000000199\"] }}"
        ),
        _ => format!("{{ iccid = [\"899901{at}0000000000000\", \"899901{at}0000000000099\"] }}"),
    }
}

fn a_file() -> impl Strategy<Value = String> {
    let connection = (prop::sample::select(PURPOSES), some_of(CONNECTION_LINES));
    let profile = (
        prop::collection::vec(0..4_u32, 1..3),
        some_of(SETTINGS_LINES),
        prop::collection::vec(connection, 1..4),
    );
    prop::collection::vec(profile, 1..4).prop_map(|profiles| {
        let (mut text, mut at) = (HEAD.to_owned(), 0);
        for (forms, settings, connections) in profiles {
            let targets = forms.iter().map(|form| {
                at += 1;
                a_target(at, *form)
            });
            let targets = targets.collect::<Vec<_>>().join(", ");
            for (order, (purpose, more)) in connections.iter().enumerate() {
                // One of a profile's rows is enough to say its settings.
                let settings = if order == 0 { settings.as_str() } else { "" };
                write!(
                    text,
                    "[[cosa]]\npurpose = \"{purpose}\"\naccess_string = \"apn{order}\"\n\
                     auto_connect_order = {}\n{more}{settings}targets = [{targets}]\n",
                    order + 1
                )
                .expect("a string");
            }
        }
        text
    })
}

proptest! {
    /// A catalogue that was exported and imported says the same of each target.
    #[test]
    fn what_a_spreadsheet_can_carry_comes_back(text in a_file()) {
        let catalog = load(&text).unwrap_or_else(|findings| panic!("{text} {findings:#?}"));
        let id = BrandId::parse("aurora").expect("an id");
        let csv = export_cosa::cosa(&catalog, &id, "", None).expect("a brand").csv;
        let import = import_cosa::import(&csv);
        prop_assert_eq!(&import.summary.errors, &[]);
        prop_assert_eq!(&import.summary.notes, &[]);
        let (_, written) = import.files.iter().find(|(name, _)| name == "aurora.toml")
            .expect("a file of the operator");
        let again = load(written).unwrap_or_else(|findings| panic!("{written} {findings:#?}"));
        prop_assert_eq!(by_target(&again), by_target(&catalog), "{}", written);
        let second = export_cosa::cosa(&again, &id, "", None).expect("a brand").csv;
        let lines = |csv: &[u8]| {
            let mut lines: Vec<String> =
                String::from_utf8_lossy(csv).lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        prop_assert_eq!(lines(&second), lines(&csv));
    }
}
