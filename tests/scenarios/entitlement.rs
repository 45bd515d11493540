//! The network asks whether a customer may share the connection.

use api::entitlement::TetheringAnswer;
use api::paths::ENTITLEMENT_TETHERING;
use domain::SignedDuration;
use e2e::server_under_test::{ServerUnderTest, Wish};
use serde_json::json;
use server::demo_sims::DEMO_SIMS;

use super::admin::operator;
use super::purchase::buy;
use super::refresh::token;

/// [TET-08]
#[tokio::test]
async fn the_plan_of_the_sim_decides() {
    let wish = Wish { is_clock_set: true, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    // Fjell's plan of a day allows sharing, Bris' does not.
    for sim in [&DEMO_SIMS[0], &DEMO_SIMS[2]] {
        let visitor = server.visitor().expect("visitor");
        buy(&visitor, &sim.launch_path()).await;
    }
    let (visitor, _) = operator(&server).await.expect("signed in");
    let token = token(&visitor, "network", "entitlement:read").await;
    let ask = async |question: serde_json::Value| {
        let sent = visitor.send(ENTITLEMENT_TETHERING, &question, Some(&token)).await;
        let sent = sent.expect("an answer");
        assert_eq!(sent.status, 200, "{}", sent.text);
        serde_json::from_str::<TetheringAnswer>(&sent.text).expect("an answer of ours")
    };
    let (fjell, bris, nobody) = (&DEMO_SIMS[0], &DEMO_SIMS[2], &DEMO_SIMS[1]);
    for (question, allowed, said) in [
        (json!({ "imsi": fjell.imsi }), true, ""),
        (json!({ "iccid": fjell.iccid, "locale": "en-GB" }), true, ""),
        (json!({ "imsi": bris.imsi }), false, "does not include sharing"),
        (json!({ "iccid": bris.iccid, "locale": "tlh" }), false, "does not include sharing"),
        (json!({ "imsi": nobody.imsi }), false, "no active plan"),
        (
            json!({ "subscription": "01890000-0000-7000-8000-000000000000" }),
            false,
            "no active plan",
        ),
    ] {
        let answer = ask(question.clone()).await;
        let reason = answer.reason.unwrap_or_default();
        assert_eq!((answer.allowed, reason.is_empty()), (allowed, allowed), "{question}");
        assert!(reason.contains(said) && reason.chars().count() <= 255, "{question}: {reason}");
    }
    for (question, status) in [
        (json!({}), 400),
        (json!({ "imsi": fjell.imsi, "iccid": fjell.iccid }), 400),
        (json!({ "imsi": "12" }), 400),
        (json!({ "subscription": "x" }), 400),
        (json!({ "msisdn": "1" }), 400),
    ] {
        let sent = visitor.send(ENTITLEMENT_TETHERING, &question, Some(&token)).await;
        let sent = sent.expect("an answer");
        assert_eq!(sent.status, status, "{question}");
        assert!(!sent.text.contains(fjell.imsi), "{}", sent.text);
    }
    let meter = super::refresh::token(&visitor, "meter", "usage:write").await;
    for (bearer, status) in [(Some(meter.as_str()), 403), (None, 401)] {
        let question = json!({ "imsi": fjell.imsi });
        let sent = visitor.send(ENTITLEMENT_TETHERING, &question, bearer).await;
        assert_eq!(sent.expect("an answer").status, status);
    }
    // The day is over.
    server.clock.as_ref().expect("a clock").advance(SignedDuration::from_hours(25));
    assert!(!ask(json!({ "imsi": fjell.imsi })).await.allowed);
    server.stop().await;
}
