//! A hundred clicks at once are one.

use api::browser::Answer;
use e2e::server_under_test::ServerUnderTest;
use server::demo_sims::DEMO_SIMS;
use tokio::task::JoinSet;

use super::purchase::{after_wait, first_plan};

/// [PORT-82]: a hundred submits of one form, at once, are one order, one session at the provider
/// and one charge, and all of them get the same answer byte for byte.
#[tokio::test]
async fn a_hundred_submits_at_once_are_one_order_and_one_charge() {
    let server = ServerUnderTest::start().await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&DEMO_SIMS[0].launch_path()).await.expect("plans");
    let plan = first_plan(&plans);
    let review = visitor.press(&plans, "Continue", &[("plan", &plan)]).await.expect("review");
    let form = review.page.as_ref().and_then(|page| page.forms.first()).expect("a form");
    let mut body = form_urlencoded::Serializer::new(String::new());
    let body = body.extend_pairs(&form.hidden).finish();
    let mut clicks = JoinSet::new();
    for _ in 0..100 {
        let request = visitor
            .request("POST", &form.action)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.clone());
        clicks.spawn(async move {
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), 200);
            answer.text().await.expect("a body")
        });
    }
    let answers = clicks.join_all().await;
    assert_eq!(answers.len(), 100);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let answer: Answer = serde_json::from_str(&answers[0]).expect("an answer of ours");
    let Answer::Leave { location } = answer else { panic!("not to the provider: {answer:?}") };

    let page = visitor.open(&location).await.expect("the provider's page");
    let typed = [("card", "4242424242424242"), ("expiry", "12/39"), ("cvc", "123")];
    let (one, two) =
        tokio::join!(visitor.press(&page, "Pay", &typed), visitor.press(&page, "Pay", &typed));
    let back = [one.expect("answer"), two.expect("answer")];
    let back = back.into_iter().find(|seen| seen.path.starts_with("/orders/")).expect("back");
    let active = after_wait(&visitor, back).await;
    assert_eq!(active.heading(), "Your plan is active");
    let admin = e2e::visitor::Visitor::trusting(
        &server.admin_origin(),
        server.running.tls_roots.as_deref(),
    );
    let metrics = admin.expect("a client").open("/metrics").await.expect("metrics").html;
    let orders: Vec<_> =
        metrics.lines().filter(|line| line.starts_with("broadgate_orders{")).collect();
    assert_eq!(orders, ["broadgate_orders{state=\"active\"} 1"], "one order");
    server.stop().await;
}
