//! The ledger over a restart, and the logs of a whole run.

use std::process::Stdio;

use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::Visitor;
use server::demo_sims::DEMO_SIMS;

use super::purchase::{after_wait, buy, pay_with, to_payment};

/// What was begun before a restart ends after it.
#[tokio::test]
async fn a_restart_loses_nothing() {
    let activation_delay = domain::SignedDuration::from_secs(2);
    let server = ServerUnderTest::start_with(Wish { activation_delay, ..Wish::default() });
    let server = server.await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let payment = to_payment(&visitor, &DEMO_SIMS[0].launch_path()).await;
    let seen = pay_with(&visitor, &payment, "4242424242424242").await;
    let data = server.stop().await;
    let server = ServerUnderTest::start_in(data, Wish::default()).await.expect("server");
    // Cookies do not know ports; the address does.
    let mut visitor = visitor;
    visitor.origin = server.origin();
    let again = visitor.open(&seen.path).await.expect("the order's page");
    let mut active = after_wait(&visitor, again).await;
    for _ in 0..120 {
        if active.heading() == "Your plan is active" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        active = visitor.open(&seen.path).await.expect("the order's page");
    }
    assert_eq!(active.heading(), "Your plan is active");
    server.stop().await;
}

/// A second process on the same data folder is refused.
#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused() {
    let server = ServerUnderTest::start().await.expect("server");
    let output = broadgate()
        .args(["serve", "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0"])
        .args(["--admin-listen", "127.0.0.1:0", "--data"])
        .arg(server.data.path())
        .output()
        .await
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("another broadgate uses the data folder"), "{said}");
    server.stop().await;
}

/// A second demo beside the first one takes free ports for what was left at its default.
#[tokio::test]
async fn two_demos_run_beside_each_other() {
    let wish = || Wish { has_default_ports: true, ..Wish::default() };
    let one = ServerUnderTest::start_with(wish()).await.expect("the first");
    let two = ServerUnderTest::start_with(wish()).await.expect("the second");
    assert_ne!(one.admin_origin(), two.admin_origin());
    for server in [&one, &two] {
        let visitor = server.visitor().expect("visitor");
        assert_eq!(visitor.open("/readyz").await.expect("answer").status, 200);
    }
    one.stop().await;
    two.stop().await;
}

fn broadgate() -> tokio::process::Command {
    tokio::process::Command::new(e2e::server_under_test::binary())
}

/// The binary as an operator runs it: prints its links, logs no identifier, stops when told.
#[tokio::test]
async fn the_binary_serves_logs_no_identifier_and_stops() {
    let data = tempfile::tempdir().expect("folder");
    let mut child = broadgate()
        .args(["serve", "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0"])
        .args(["--admin-listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the binary starts");
    let mut lines = {
        use tokio::io::AsyncBufReadExt as _;
        tokio::io::BufReader::new(child.stdout.take().expect("stdout")).lines()
    };
    let mut origin = None;
    let mut printed = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        printed.push_str(&line);
        printed.push('\n');
        if let Some(rest) = line.trim().strip_prefix("http://localhost:")
            && let Some((port, _)) = rest.split_once('/')
        {
            origin.get_or_insert(format!("http://localhost:{port}"));
        }
        if line.contains("/lab/msprovision") {
            break;
        }
    }
    assert!(printed.contains("SubId=") && printed.contains("Test roots"), "{printed}");
    let visitor = Visitor::new(&origin.expect("an address")).expect("visitor");
    for path in ["/healthz", "/readyz"] {
        assert_eq!(visitor.open(path).await.expect("answer").status, 200);
    }
    // The second one says who the customer is.
    let sims = [&DEMO_SIMS[0], &DEMO_SIMS[2]];
    let mut token = String::new();
    for sim in sims {
        let visitor = Visitor::new(&visitor.origin).expect("visitor");
        let active = buy(&visitor, &sim.launch_path()).await;
        assert_eq!(active.heading(), "Your plan is active");
        let facts = &active.page.as_ref().expect("a page of ours").facts;
        let link = facts.iter().find(|fact| fact.term == "Link to this order").expect("a link");
        let elsewhere = Visitor::new(&visitor.origin).expect("visitor");
        link.text.rsplit('/').next().expect("a token").clone_into(&mut token);
        let landing = elsewhere.open(&format!("/resume/{token}")).await.expect("looked at");
        let resumed = elsewhere.press(&landing, "Open my order", &[]).await.expect("opened");
        assert_eq!(resumed.path, active.path);
    }
    let pid = child.id().expect("a process").to_string();
    let killed = std::process::Command::new("kill").args(["-TERM", &pid]).status();
    assert!(killed.expect("kill runs").success());
    let output = child.wait_with_output().await.expect("the process ends");
    assert!(output.status.success(), "{output:?}");
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(log.contains("order changed"), "the log has the purchase: {log}");
    let of_sims = sims.iter().flat_map(|sim| [sim.imsi, sim.imei, sim.iccid]);
    for secret in of_sims.chain(["Nordmann", "1990-02-28", token.as_str()]) {
        assert!(!log.contains(secret), "an identifier or a link is in the log");
    }
}
