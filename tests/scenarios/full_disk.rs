//! A disk that is full or read-only: everything that writes says so and does nothing by half,
//! everything else goes on, and so does the server by itself once there is room.

use std::time::Duration;

use e2e::faulty_disk::{Calls, ENOSPC, EROFS, Fault, FaultyDisk};
use e2e::process::Process;
use e2e::visitor::{Seen, Sent, Visitor, ticked};
use serde_json::{Value, json};
use server::demo_sims::DEMO_SIMS;

use super::events::bench::make_token;
use super::purchase::{after_wait, buy, first_plan, pay_with, to_payment};

/// Customers at several places of their way, and a machine, when the disk fails.
struct Bench {
    _data: tempfile::TempDir,
    disk: FaultyDisk,
    process: Process,
    machine: Visitor,
    token: String,
}

impl Bench {
    async fn start() -> Self {
        let disk = FaultyDisk::make().expect("a disk");
        let data = tempfile::tempdir().expect("a folder");
        let process = Process::start(data.path(), &disk.variables()).await.expect("it serves");
        let machine = process.operator().expect("a client");
        let page = machine.open("/").await.expect("page");
        let secret = process.bootstrap.clone().expect("no account yet");
        let person = [("name", "ada"), ("password", "correct horse battery")];
        let fields = [&[("secret", secret.as_str())], &person[..]].concat();
        let login = machine.press(&page, "Make", &fields).await.expect("an account");
        machine.press(&login, "Sign in", &person).await.expect("signed in");
        let token = make_token(&machine, "oss", "orders:read usage:write events:write").await;
        Self { _data: data, disk, process, machine, token }
    }

    async fn orders(&self) -> String {
        let text = self.machine.open("/metrics").await.expect("metrics").html;
        let orders = text.lines().filter(|line| line.starts_with("broadgate_orders{"));
        orders.collect::<Vec<_>>().join("\n")
    }

    async fn readiness(&self) -> (u16, String) {
        let seen = self.process.visitor().expect("visitor").open("/readyz").await.expect("answer");
        (seen.status.as_u16(), seen.html)
    }

    async fn send(&self, path: &str, body: &Value) -> Sent {
        self.machine.send(path, body, Some(&self.token)).await.expect("an answer")
    }
}

fn is_refused(seen: &Seen, what: &str) {
    assert_eq!(seen.status.as_u16(), 503, "{what}: {}", seen.html);
    assert_eq!(seen.retry_after.as_deref(), Some("30"), "{what}");
    assert_eq!(seen.heading(), "We cannot save anything right now", "{what}");
    assert!(seen.alert().contains("was not done"), "{what}: {}", seen.alert());
}

#[tokio::test]
async fn a_disk_that_cannot_be_written_is_said_and_nothing_is_half_done() {
    let bench = Bench::start().await;
    for error in [ENOSPC, EROFS] {
        while_it_fails(&bench, error).await;
    }
    bench.process.stop().await.expect("it stops");
}

async fn while_it_fails(bench: &Bench, error: i32) {
    let visitor = || bench.process.visitor().expect("visitor");
    let (new, chooser, reviewer, payer, owner) =
        (visitor(), visitor(), visitor(), visitor(), visitor());
    let launch = DEMO_SIMS[0].launch_path();
    let plans = chooser.open(&launch).await.expect("plans");
    let typed = [("plan", first_plan(&plans))];
    let typed = [(typed[0].0, typed[0].1.as_str())];
    let to_review = reviewer.open(&launch).await.expect("plans");
    let review = reviewer.press(&to_review, "Continue", &typed).await.expect("review");
    let payment = to_payment(&payer, &launch).await;
    let active = buy(&owner, &launch).await;
    let ways = active.page.as_ref().and_then(|page| page.ways.clone()).expect("other ways");
    let file = ways.file.expect("a file").href;
    let order = active.path.rsplit('/').next().expect("a code").to_owned();
    let before = bench.orders().await;

    let fault = Fault { calls: Calls::Both, error, skip: 0, count: i32::MAX, pause_ms: 0 };
    bench.disk.switch.fail(fault).expect("switched");
    is_refused(&new.open(&launch).await.expect("answer"), "a launch");
    is_refused(
        &reviewer.press(&review, "Pay", &ticked(&review)).await.expect("answer"),
        "an order",
    );
    is_refused(&pay_with(&payer, &payment, "4242424242424242").await, "a payment");
    is_refused(&owner.open(&file).await.expect("answer"), "a delivery");
    let report = json!({ "source": "hlr", "events": [
        { "id": format!("{error}"), "subscription": order, "kind": "connected" }] });
    let records = json!({ "source": "ggsn", "records": [{ "sequence": error,
        "at": "2030-01-01T00:00:00Z", "subscription": order, "sent_bytes": 1,
        "received_bytes": 1 }] });
    let message = json!({ "id": format!("{error}"), "subscription": order, "bearer": "sms",
        "sender": "+4799000001", "text": "?", "received_at": "2030-01-01T00:00:00Z" });
    for (path, body) in
        [("/api/events", &report), ("/api/usage", &records), ("/api/messages", &message)]
    {
        let sent = bench.send(path, body).await;
        assert_eq!(sent.status, 503, "{path}: {}", sent.text);
        assert!(sent.retry_after.is_some(), "{path}");
    }
    // What only reads goes on.
    assert_eq!(owner.open(&active.path).await.expect("page").heading(), "Your plan is active");
    assert_eq!(chooser.press(&plans, "Continue", &typed).await.expect("review").status, 200);
    assert_eq!(visitor().open("/healthz").await.expect("answer").status, 200);
    let (status, why) = bench.readiness().await;
    assert_eq!((status, why.as_str()), (503, "the database cannot be written\n"));
    let metrics = bench.machine.open("/metrics").await.expect("metrics").html;
    assert!(metrics.contains("broadgate_store_writable 0\n"), "{metrics}");
    assert_eq!(bench.orders().await, before, "nothing by half");

    bench.disk.switch.mend().expect("mended");
    for _ in 0..200 {
        if bench.readiness().await.0 == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(bench.readiness().await.0, 200, "by itself, without a write of anybody");
    assert_eq!(bench.orders().await, before);

    // Whoever was stopped goes on from the page that they have.
    let paid = after_wait(&payer, pay_with(&payer, &payment, "4242424242424242").await).await;
    assert_eq!(paid.heading(), "Your plan is active");
    let payment = reviewer.press(&review, "Pay", &ticked(&review)).await.expect("payment");
    let paid = after_wait(&reviewer, pay_with(&reviewer, &payment, "4242424242424242").await).await;
    assert_eq!(paid.heading(), "Your plan is active");
    assert_eq!(new.open(&launch).await.expect("plans").path, "/plans");
    assert_eq!(owner.open(&file).await.expect("the file").status, 200);
    for (path, body) in
        [("/api/events", &report), ("/api/usage", &records), ("/api/messages", &message)]
    {
        let sent = bench.send(path, body).await;
        assert_eq!(sent.status, 200, "{path}: {}", sent.text);
    }
}
