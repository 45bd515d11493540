//! Vouchers from the command to the plan: made beside a server that runs, redeemed once, given
//! back, and refused with a reason.
//!
//! Not here: what the store promises (conformance) and whether a code is one (the domain).

mod issue;
mod killed;
mod redeem;

use std::path::Path;
use std::process::Output;

use api::browser::field;
use e2e::server_under_test::{ServerUnderTest, binary};
use e2e::visitor::{Seen, Visitor};
use server::demo_sims::DEMO_SIMS;

use super::purchase::first_plan;

pub(super) const ACTIVE: &str = "Your plan is active";
pub(super) const REVIEW: &str = "Review your order";
pub(super) const UNKNOWN: &str = "This code cannot be used.";

/// Runs `broadgate voucher` on a data folder.
pub(super) async fn voucher(data: &Path, arguments: &[&str]) -> Output {
    let mut command = tokio::process::Command::new(binary());
    command.arg("voucher").args(arguments).arg("--data").arg(data);
    command.output().await.expect("the binary runs")
}

pub(super) async fn said(data: &Path, arguments: &[&str]) -> serde_json::Value {
    let output = voucher(data, arguments).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

pub(super) async fn refused(data: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = voucher(data, arguments).await;
    assert!(output.stdout.is_empty(), "nothing but the reason");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A batch that was made: its id and codes.
pub(super) struct Made {
    pub(super) batch: String,
    pub(super) codes: Vec<String>,
}

/// Makes vouchers of Fjell's first plan.
pub(super) async fn make(server: &ServerUnderTest, plan: &str, count: u32, more: &[&str]) -> Made {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("codes.csv");
    let (count, out) = (count.to_string(), file.to_str().expect("a path").to_owned());
    let mut arguments = vec!["create", "--brand", "fjell", "--plan", plan, "--count", &count];
    arguments.extend_from_slice(&["--out", &out]);
    arguments.extend_from_slice(more);
    let batch = said(server.data.path(), &arguments).await;
    let table = std::fs::read_to_string(&file).expect("the file");
    let codes = table.lines().skip(1).filter_map(|line| line.split(',').next());
    let batch = batch["id"].as_str().expect("an id").to_owned();
    Made { batch, codes: codes.map(str::to_owned).collect() }
}

/// Goes from the launch URL to the review of Fjell's first plan.
pub(super) async fn review(visitor: &Visitor) -> Seen {
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch");
    let plan = first_plan(&plans);
    let review = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
    assert_eq!(review.heading(), REVIEW);
    review
}

pub(super) async fn first_plan_of(server: &ServerUnderTest) -> String {
    let visitor = server.visitor().expect("visitor");
    first_plan(&visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("launch"))
}

pub(super) async fn redeem(visitor: &Visitor, seen: &Seen, code: &str) -> Seen {
    visitor.press(seen, "Pay", &[(field::VOUCHER, code)]).await.expect("an answer")
}

/// Returns what stands at the field of the code: what it holds, and what is wrong with it.
pub(super) fn at_field(seen: &Seen) -> (String, String) {
    let page = seen.page.as_ref().expect("a page of ours");
    let fields = page.forms.iter().flat_map(|form| &form.fields);
    let found = fields.into_iter().find(|found| found.name == field::VOUCHER);
    found.map(|found| (found.value.clone(), found.error.clone())).unwrap_or_default()
}

/// Lists the batches of a data folder.
pub(super) async fn said_list(data: &Path) -> Vec<serde_json::Value> {
    let listed = said(data, &["list"]).await;
    listed["batches"].as_array().cloned().unwrap_or_default()
}
