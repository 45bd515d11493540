//! The command: codes in one file and nowhere else, and cards that other programs read.
//!
//! Not here: redeeming ([`super::redeem`]).

use std::path::Path;

use e2e::judges;
use e2e::server_under_test::ServerUnderTest;

use super::super::purchase::after_wait;
use super::{ACTIVE, first_plan_of, redeem, refused, review, said, said_list, voucher};

/// Codes are in the file and nowhere else; nothing is overwritten; mistakes are named.
#[tokio::test]
async fn the_command_keeps_codes_to_one_file() {
    let server = ServerUnderTest::start().await.expect("server");
    let (data, plan) = (server.data.path().to_owned(), first_plan_of(&server).await);
    let folder = tempfile::tempdir().expect("a folder");
    let out = |name: &str| folder.path().join(name).to_str().expect("a path").to_owned();
    let csv = out("codes.csv");
    let create = |more: &[&'static str], out: &str| -> Vec<String> {
        let fixed = ["create", "--brand", "fjell", "--plan", &plan, "--out", out];
        fixed.iter().chain(more).map(|argument| (*argument).to_owned()).collect()
    };
    let run = async |arguments: Vec<String>| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        voucher(&data, &arguments).await
    };
    let output = run(create(&["--count", "25", "--valid-until", "2999-12-31"], &csv)).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = std::fs::read_to_string(&csv).expect("the file");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(&csv).expect("the file").permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 26);
    let head = ["code", "batch", "number", "brand", "plan", "valid_from", "valid_until"];
    assert_eq!(lines[0], head);
    assert_eq!(lines[25][2..], ["25", "fjell", &plan, "", "2999-12-31"]);
    let said = String::from_utf8(output.stdout).expect("text");
    for file in ["broadgate.sqlite", "broadgate.sqlite-wal"] {
        let bytes = std::fs::read(data.join(file)).expect("the database");
        let text = String::from_utf8_lossy(&bytes);
        for line in &lines[1..] {
            let plain = line[0].replace('-', "");
            assert!(!text.contains(&plain) && !text.contains(line[0]), "a code is in {file}");
            assert!(!said.contains(line[0]), "a code is printed");
        }
    }
    assert!(!folder.path().join("codes.csv.unfinished").exists());

    let refuse = async |arguments: Vec<String>, code: i32, why: &str| {
        let output = run(arguments).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{why}: {said}");
        assert!(said.contains(why), "{why}: {said}");
    };
    refuse(create(&["--count", "1"], &csv), 1, "is there already: choose another --out").await;
    assert_eq!(std::fs::read_to_string(&csv).expect("the file"), table, "as it was");
    refuse(create(&["--count", "0"], &out("a")), 2, "1..=100000").await;
    refuse(create(&["--count", "100001"], &out("a")), 2, "1..=100000").await;
    let past = create(&["--count", "1", "--valid-until", "2001-01-01"], &out("a"));
    refuse(past, 1, "--valid-until 2001-01-01 is over").await;
    let sheets = create(&["--count", "10001", "--format", "pdf"], &out("a"));
    refuse(sheets, 1, "a PDF takes at most 10000").await;
    let mut unknown = create(&["--count", "1"], &out("a"));
    unknown[2] = "nobody".to_owned();
    refuse(unknown, 1, "the catalogue has aurora, bris, fjell").await;
    let mut unknown = create(&["--count", "1"], &out("a"));
    unknown[4] = "nothing".to_owned();
    refuse(unknown, 1, "brand fjell sells ").await;
    let refused_batch = refused(&data, &["withdraw", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"]).await;
    assert!(refused_batch.1.contains("there is no batch"), "{refused_batch:?}");
    assert!(!Path::new(&out("a")).exists() && !Path::new(&out("a.unfinished")).exists());
    let batches = said_list(&data).await;
    assert_eq!(batches.len(), 1, "what was refused made nothing");
    server.stop().await;
}

/// The cards are read by other programs, in the order in which they are cut.
#[tokio::test]
async fn printed_cards_are_readable_and_pay() {
    let server = ServerUnderTest::start().await.expect("server");
    let plan = first_plan_of(&server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("cards.pdf");
    let out = out.to_str().expect("a path");
    let fixed = ["create", "--brand", "fjell", "--plan", &plan, "--count", "23", "--out", out];
    let more = ["--format", "pdf", "--valid-until", "2999-12-31"];
    let batch = said(server.data.path(), &[&fixed[..], &more[..]].concat()).await;
    let printed = judges::pdf(&std::fs::read(out).expect("the file")).expect("a good PDF");
    let is_code = |word: &&str| domain::voucher::VoucherCode::parse(word).is_some();
    let codes: Vec<&str> = printed.text.split_whitespace().filter(is_code).collect();
    assert_eq!(codes.len(), 23, "{}", printed.text);
    assert_eq!(printed.text.matches('\u{c}').count(), 3, "three sheets");
    for expected in ["Fjell Mobil", "Valid until 31 December 2999", "Voucher code", "23 of 23"] {
        assert!(printed.text.contains(expected), "{expected}: {}", printed.text);
    }
    assert!(printed.text.contains(batch["id"].as_str().expect("an id")), "support finds it");
    assert_eq!(printed.structure.matches("Sect").count(), 23, "{}", printed.structure);
    let visitor = server.visitor().expect("visitor");
    let paid = redeem(&visitor, &review(&visitor).await, codes[22]).await;
    assert_eq!(after_wait(&visitor, paid).await.heading(), ACTIVE);
    server.stop().await;
}
