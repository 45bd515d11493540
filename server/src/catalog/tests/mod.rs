//! What brands' files may say, what they may not, and what is said about it.

mod accepted;
mod affiliation;
mod between;
mod cosa;
mod legal;
mod customer_fields;
mod refused;

use super::*;

/// A file with every table, one key a line; line numbers of the tests count in it.
const BASE: &str = r##"id = "a"
name = "A"
carrier_id = "{00000000-0000-4000-8000-00000000000a}"
network = "both"
currency = "EUR"
[match]
home_provider_names = ["A"]
iccid_ranges = [["89990100000000000000", "89990112999999999999"]]
imsi_ranges = [["001010000000000", "001010000000099"]]
sids = [4101]
provider_names = ["ACDMA"]
[look]
accent = "#1c54a8"
accent_dark = "#8ab8ff"
support_phone = "+47 800"
[[cosa]]
purpose = "internet"
access_string = "internet.a.example"
[portal]
account_experience_url = "https://portal.a.example/"
[[plans]]
id = "day"
name = "A day"
price_minor = 490
type = "Fixed"
data_limit_mb = 1000
duration = "P1D"
"##;

fn read(files: &[(&str, &str)]) -> Result<Catalog, Vec<Finding>> {
    let read = |(name, text): &(&str, &str)| {
        LoadedFile::read(&Document::of_test(name, text), Path::new("/nowhere"))
    };
    Catalog::assemble(files.iter().map(read).collect(), Vec::new(), Use::Sell)
}

/// The base as another brand's file, which claims nothing that the base claims.
fn other(id: &str) -> String {
    let (head, tail) = BASE.split_once("[match]").expect("match");
    let (_, tail) = tail.split_once("[look]").expect("look");
    let head = head.replace("\"a\"", &format!("{id:?}")).replace("00000a}", "00000b}");
    format!("{head}[match]\nhome_provider_names = [\"{id}\"]\n[look]{tail}")
}

fn one<'f>(findings: &'f [Finding], context: &str) -> &'f Finding {
    let [finding] = findings else { panic!("{context}: {findings:#?}") };
    finding
}

/// Changes one line of the base and expects one error, on line `at`.
fn check_refused(line: usize, to: &str, at: usize, key: &str, message: &str) {
    let mut lines: Vec<&str> = BASE.lines().collect();
    lines[line - 1] = to;
    let findings = read(&[("a.toml", &lines.join("\n"))]).expect_err(to);
    let finding = one(&findings, to);
    assert_eq!((finding.line, finding.key.as_deref()), (Some(at), Some(key)), "{finding:?}");
    assert!(finding.message.starts_with(message), "{finding:?}");
    assert_eq!(finding.file, "a.toml");
}
