//! Backups: taken while the server runs, looked through, put back, and what a cut leaves.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use e2e::process::Process;
use e2e::server_under_test::{ServerUnderTest, Wish, binary};
use serde_json::Value;
use server::demo_sims::DEMO_SIMS;

use super::purchase::{after_wait, buy, pay_with, to_payment};

/// What a command said.
struct Said {
    code: Option<i32>,
    json: Value,
    errors: String,
}

async fn broadgate(arguments: &[&str], paths: &[(&str, &Path)]) -> Said {
    let mut command = tokio::process::Command::new(binary());
    command.args(arguments);
    for (option, path) in paths {
        command.arg(option).arg(path);
    }
    let output = command.output().await.expect("the binary runs");
    Said {
        code: output.status.code(),
        json: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A customer who pays while the backup is taken has the plan in both; the restored server knows
/// the one who paid before.
#[tokio::test]
async fn a_backup_of_a_server_that_runs_is_whole_and_restores() {
    let server = ServerUnderTest::start().await.expect("server");
    let early = server.visitor().expect("visitor");
    let active = buy(&early, &DEMO_SIMS[0].launch_path()).await;
    let late = server.visitor().expect("visitor");
    let payment = to_payment(&late, &DEMO_SIMS[1].launch_path()).await;

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("one.sqlite");
    let paths = [("--data", server.data.path()), ("--to", file.as_path())];
    let (said, paid) =
        tokio::join!(broadgate(&["backup"], &paths), pay_with(&late, &payment, "4242424242424242"));
    let paid = after_wait(&late, paid).await;
    assert_eq!(paid.heading(), "Your plan is active", "nobody waits for a backup");
    assert_eq!(said.code, Some(0), "{}", said.errors);
    let bytes = std::fs::read(&file).expect("the backup");
    let hash = sha256sum(&file).await;
    assert_eq!(said.json["sha256"], hash.as_str());
    assert_eq!(said.json["bytes"], bytes.len());
    assert_eq!(said.json["rows"]["orders"], 2);
    assert_eq!(said.json["contradictions"], serde_json::json!([]));
    let mode = std::fs::metadata(&file).expect("metadata").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "it holds passwords of devices");
    let files = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(files, 1, "nothing is left beside it");

    // Never overwritten, and a name that cannot be is said.
    let again = broadgate(&["backup"], &paths).await;
    assert_eq!(again.code, Some(1));
    assert!(again.errors.contains("is there already"), "{}", again.errors);
    assert_eq!(std::fs::read(&file).expect("the backup"), bytes);

    // A folder in use, and one with a database, stay as they are.
    let from = ("--from", file.as_path());
    let into = [from, ("--data", server.data.path())];
    let in_use = broadgate(&["restore", "--replace"], &into).await;
    assert!(in_use.errors.contains("another broadgate uses"), "{}", in_use.errors);
    let data = server.stop().await;
    let into = [from, ("--data", data.path())];
    let present = broadgate(&["restore"], &into).await;
    assert_eq!(present.code, Some(1));
    assert!(present.errors.contains("--replace"), "{}", present.errors);

    let replaced = broadgate(&["restore", "--replace"], &into).await;
    assert_eq!(replaced.code, Some(0), "{}", replaced.errors);
    assert_eq!(replaced.json["sha256"], hash.as_str());
    assert!(data.path().join("replaced.sqlite").exists(), "the old one is kept");
    let server = ServerUnderTest::start_in(data, Wish::default()).await.expect("it serves");
    let mut early = early;
    early.origin = server.origin();
    let page = early.open(&active.path).await.expect("the order's page");
    assert_eq!(page.heading(), "Your plan is active");
    server.stop().await;
}

async fn sha256sum(file: &Path) -> String {
    let output = tokio::process::Command::new("sha256sum").arg(file).output().await;
    let text = String::from_utf8(output.expect("sha256sum runs").stdout).expect("text");
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// Makes a file one that SQLite cannot trust: a page of a table says nothing any more.
fn damage(file: &Path) {
    let mut bytes = std::fs::read(file).expect("a database");
    let page = bytes.chunks_mut(4096).skip(1).find(|page| page[0] == 10 || page[0] == 13);
    page.expect("a leaf of a tree")[..512].fill(0x5A);
    std::fs::write(file, bytes).expect("written");
}

/// What is no backup, or is damaged, is refused before anything is touched.
#[tokio::test]
async fn a_backup_that_is_damaged_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, data) = (folder.path().join("from"), folder.path().join("data"));
    server::store::sqlite::SqliteStore::open(&from).expect("a database");
    let check = ["restore", "--check"];
    let whole = broadgate(&check, &[("--from", &from)]).await;
    assert_eq!(whole.code, Some(0), "{}", whole.errors);
    assert_eq!(whole.json["sha256"], sha256sum(&from).await.as_str());
    damage(&from);
    for arguments in [&check[..], &["restore"]] {
        let said = broadgate(arguments, &[("--from", &from), ("--data", &data)]).await;
        assert_eq!(said.code, Some(1));
        assert!(said.errors.contains("is damaged"), "{}", said.errors);
    }
    for (content, reason) in [("just text, and no database at all", "damaged"), ("", "no database")]
    {
        std::fs::write(&from, content).expect("written");
        let said = broadgate(&["restore"], &[("--from", &from), ("--data", &data)]).await;
        assert_eq!(said.code, Some(1));
        assert!(said.errors.contains(reason), "{}", said.errors);
    }
    let gone = folder.path().join("gone");
    let said = broadgate(&check, &[("--from", &gone)]).await;
    assert!(said.errors.contains("there is no file"), "{}", said.errors);
    assert!(!data.exists(), "nothing was made");
}

/// After a cut the database is looked through: one that holds is served, and what was paid is
/// there; a damaged one is not, and the way out is said.
#[tokio::test]
async fn after_a_cut_the_database_is_checked() {
    let data = tempfile::tempdir().expect("a folder");
    let process = Process::start(data.path(), &[]).await.expect("it serves");
    let mut visitor = process.visitor().expect("visitor");
    let active = buy(&visitor, &DEMO_SIMS[0].launch_path()).await;
    process.kill().await.expect("killed");

    let log = || std::fs::read_to_string(data.path().join("log")).expect("a log");
    assert!(!log().contains("was cut off"));
    let process = Process::start(data.path(), &[]).await.expect("it serves again");
    assert!(log().contains("its database was checked, and holds"), "{}", log());
    visitor.origin.clone_from(&process.origin);
    let page = visitor.open(&active.path).await.expect("the order's page");
    assert_eq!(page.heading(), "Your plan is active");
    process.stop().await.expect("it stops");

    // As a cut leaves it that the disk did not survive.
    std::fs::write(data.path().join("running"), "").expect("written");
    damage(&data.path().join("broadgate.sqlite"));
    let refused = Process::start(data.path(), &[]).await.err().expect("refused").to_string();
    assert!(refused.contains("is damaged, so that nothing is served"), "{refused}");
    assert!(refused.contains("broadgate restore --from FILE"), "{refused}");
}
