//! What shows between files, and what is odd without being wrong.

use super::*;

#[test]
fn claims_of_two_brands_name_both_files() {
    let base = other("b");
    let line = base.lines().position(|l| l.starts_with("home")).expect("line") + 1;
    for (claim, key, message) in [
        (
            "home_provider_names = ['x', 'A']",
            "match.home_provider_names[1]",
            "a and b both claim the home_provider_name A; a.toml has it too, keep it in one",
        ),
        (
            "provider_names = ['ACDMA']",
            "match.provider_names[0]",
            "a and b both claim the provider_name ACDMA; a.toml",
        ),
        ("sids = [1, 4101]", "match.sids[1]", "a and b both claim the sid 4101; a.toml"),
        (
            "imsi_ranges = [['001010000000000', '001010000000199']]",
            "match.imsi_ranges[0]",
            "a and b both claim the imsi range from 001010…00; a.toml",
        ),
        (
            "iccid_ranges = [['89990113000000000000', '89990113999999999999'], \
             ['89990112000000000000', '89990112999999999999']]",
            "match.iccid_ranges[1]",
            "a and b both claim the iccid range from 899901…00; a.toml",
        ),
    ] {
        let text = base.replace("home_provider_names = [\"b\"]", claim);
        let findings = read(&[("a.toml", BASE), ("b.toml", &text)]).expect_err(claim);
        let finding = one(&findings, claim);
        assert_eq!(finding.file, "b.toml");
        assert_eq!((finding.line, finding.key.as_deref()), (Some(line), Some(key)), "{finding:?}");
        assert!(finding.message.starts_with(message), "{finding:?}");
    }
}

#[test]
fn ids_and_guids_are_unique() {
    let twin = other("a").replace("00000b}", "00000A}");
    let findings = read(&[("a.toml", BASE), ("twin.toml", &twin)]).expect_err("twins");
    let found: Vec<_> =
        findings.iter().map(|f| (f.file.as_str(), f.line, f.message.as_str())).collect();
    let expected = [
        ("twin.toml", Some(1), "a.toml has the id a too; every brand needs its own"),
        ("twin.toml", Some(3), "a.toml has this GUID too; every brand needs its own"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn all_errors_of_all_files_are_reported_at_once() {
    let folder = tempfile::tempdir().expect("folder");
    let write = |name: &str, text: &[u8]| {
        std::fs::write(folder.path().join(name), text).expect("written");
    };
    write("a.toml", BASE.replace("P1D", "1D").replace("\"EUR\"", "1").as_bytes());
    write("b.toml", b"id = ");
    write("c.toml", b"\xff");
    write("d.toml", other("a").replace("[look]", "sids = [4101, 9]\n[look]\nx = 1").as_bytes());
    write("notes.txt", b"no catalogue");
    let findings = Catalog::load(folder.path()).expect_err("errors");
    let name = |f: &Finding| f.file.rsplit('/').next().map(str::to_owned);
    let found: Vec<_> = findings.iter().map(|f| (name(f).expect("name"), f.line)).collect();
    let expected = [
        ("c.toml", 1),
        ("a.toml", 5),
        ("a.toml", 27),
        ("b.toml", 1),
        ("d.toml", 10),
        ("d.toml", 1),
    ];
    let expected = expected.map(|(name, line)| (name.to_owned(), Some(line)));
    assert_eq!(found, expected, "{findings:#?}");
}

#[test]
fn folders_without_brands_are_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let message = |path: &Path| {
        let findings = Catalog::load(path).expect_err("no brands");
        one(&findings, "folder").message.clone()
    };
    assert_eq!(message(folder.path()), "has no *.toml file; write one for each brand");
    assert!(message(&folder.path().join("none")).starts_with("cannot be read: "));
}

#[test]
fn odd_but_usable_things_are_warnings() {
    for (from, to, line, key, message) in [
        ("[portal]", "[portal]\napp_id = 'Pfn!App'", 20, "portal.app_id", "hides the portal"),
        (
            "account_experience_url = \"https://portal.a.example/\"",
            "",
            19,
            "portal.account_experience_url",
            "without `account_experience_url`",
        ),
        (
            "[portal]\naccount_experience_url = \"https://portal.a.example/\"",
            "",
            1,
            "portal",
            "without `account_experience_url`",
        ),
        (
            "purpose = \"internet\"",
            "purpose = \"internet\"\naccess_string = 'x'\n[[cosa]]\npurpose = \"tv\"",
            20,
            "cosa[1].purpose",
            "\"tv\" is no purpose that Windows has",
        ),
        ("network = \"both\"", "network = \"gsm\"\n", 12, "match.provider_names", "is not used"),
    ] {
        let text = BASE.replacen(from, to, 1).replace("sids = [4101]", "");
        let catalog = read(&[("a.toml", &text)]).expect(message);
        let finding = one(&catalog.warnings, message);
        assert_eq!((finding.line, finding.key.as_deref()), (Some(line), Some(key)));
        assert!(finding.message.starts_with(message), "{finding:?}");
    }
    let b = other("b").replace("[\"b\"]", "[\"b\", \"a\"]");
    let catalog = read(&[("a.toml", BASE), ("b.toml", &b)]).expect("usable");
    let finding = one(&catalog.warnings, "case");
    assert_eq!(finding.key.as_deref(), Some("match.home_provider_names[1]"));
    assert_eq!(finding.message, "differs from \"A\" of a by case only");
}
