//! What a SIM's state makes of the way to a plan, and what the operator must know of its customer.
//!
//! Not here: the sources by themselves (the conformance of the port) and each value of a field
//! (beside the rules).

use std::time::{Duration, Instant};

use e2e::bss::{Bss, Sim};
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::{Seen, Visitor};
use serde_json::json;
use server::config::{ActivationConfig, ActivationKind, SubscribersConfig};
use server::demo_sims::{DEMO_SIMS, DemoSim};

use super::admin::operator;
use super::purchase::{after_wait, buy, first_plan, pay_with};

/// The demo's SIMs, by their state.
const WARM: &DemoSim = &DEMO_SIMS[0];
const COLD: &DemoSim = &DEMO_SIMS[2];
const HOT: &DemoSim = &DEMO_SIMS[3];

const NAME: (&str, &str) = ("customer.name", "Kari Nordmann");
const BORN: (&str, &str) = ("customer.birth_date", "1990-02-28");

async fn arrive(server: &ServerUnderTest, sim: &DemoSim) -> (Visitor, Seen) {
    let visitor = server.visitor().expect("visitor");
    let plans = visitor.open(&sim.launch_path()).await.expect("launch");
    assert_eq!(plans.path, "/plans", "{}", plans.html);
    (visitor, plans)
}

async fn choose(visitor: &Visitor, plans: &Seen) -> Seen {
    let plan = first_plan(plans);
    visitor.press(plans, "Continue", &[("plan", &plan)]).await.expect("the next page")
}

/// What a page says besides its session's token and its SIM's number.
fn said(seen: &Seen, sim: &DemoSim) -> String {
    let page = seen.page.as_ref().expect("a page of ours");
    let masked = format!("{}…{}", &sim.iccid[..6], &sim.iccid[sim.iccid.len() - 2..]);
    let mut text = serde_json::to_string(page).expect("JSON").replace(&masked, "SIM");
    for (name, value) in page.forms.iter().flat_map(|form| &form.hidden) {
        if name == "token" || name == "key" {
            text = text.replace(value.as_str(), "TOKEN");
        }
    }
    text
}

/// [PORT-06], [PORT-07], [PORT-38]: each row of the table. Without proof a hot SIM shows word for
/// word what a warm one shows; with it, the account.
#[tokio::test]
async fn each_state_has_its_way() {
    let server = ServerUnderTest::start().await.expect("server");
    let (cold, plans) = arrive(&server, COLD).await;
    let details = choose(&cold, &plans).await;
    assert_eq!((details.path.as_str(), details.heading().as_str()), ("/details", "Your details"));
    let review = cold.press(&details, "Continue", &[NAME, BORN]).await.expect("review");
    assert_eq!(review.path, "/review");

    let (warm, plans) = arrive(&server, WARM).await;
    let review = choose(&warm, &plans).await;
    assert_eq!(review.path, "/review", "straight on");
    let (hot, hot_plans) = arrive(&server, HOT).await;
    let hot_review = choose(&hot, &hot_plans).await;
    assert_eq!(said(&hot_plans, HOT), said(&plans, WARM));
    assert_eq!(said(&hot_review, HOT), said(&review, WARM));
    assert!(plans.html.contains("Does a plan run on this SIM already?"), "{}", plans.html);

    let owner = server.visitor().expect("visitor");
    let active = buy(&owner, &HOT.launch_path()).await;
    let again = owner.open(&HOT.launch_path()).await.expect("launch");
    assert_eq!(again.path, active.path, "its own session is proof");
    assert!(again.page.and_then(|page| page.account).is_some(), "the account");

    let unknown = server.visitor().expect("visitor");
    let seen = unknown.open("/").await.expect("launch");
    assert_eq!((seen.path.as_str(), seen.status.as_u16()), ("/identify", 200));
    server.stop().await;
}

/// [PORT-36], [PORT-59]: what is wrong is told beside its field and nothing typed is lost; no order
/// is placed without it, whatever is sent; the page is one like the others.
#[tokio::test]
async fn what_the_operator_must_know_is_asked_for_until_it_will_do() {
    let server = ServerUnderTest::start().await.expect("server");
    let (visitor, plans) = arrive(&server, COLD).await;
    let details = choose(&visitor, &plans).await;
    let wrong =
        [("customer.name", "R2 D2"), ("customer.birth_date", ""), ("customer.email", "a@b.no")];
    let again = visitor.press(&details, "Continue", &wrong).await.expect("the same page");
    assert_eq!(again.heading(), "Your details");
    assert!(again.alert().contains("Look at what is marked below"), "{}", again.alert());
    let fields = &again.page.as_ref().expect("a page of ours").forms[0].fields;
    let shown: Vec<_> = fields.iter().map(|f| (f.value.as_str(), f.error.is_empty())).collect();
    assert_eq!(shown, [("R2 D2", false), ("", false), ("a@b.no", true)]);

    // The review does not open, and its form, if somebody has it, places nothing.
    let plan = first_plan(&plans);
    let review = visitor.open(&format!("/review?plan={plan}")).await.expect("page");
    assert_eq!(review.path, "/details");
    let hidden = &details.page.as_ref().expect("a page of ours").forms[0].hidden;
    let token = hidden.iter().find(|(name, _)| name == "token").expect("a token").1.clone();
    let forged = [("token", token.as_str()), ("plan", &plan), ("key", "k")];
    let placed = visitor.post("/review", &forged).await.expect("answer");
    assert_eq!(placed.path, "/details", "{}", placed.html);
    let launch = visitor.open(&COLD.launch_path()).await.expect("launch");
    assert_eq!(launch.path, "/plans", "there is no order");

    let right = visitor.press(&again, "Continue", &[NAME, BORN]).await.expect("review");
    assert_eq!(right.path, "/review");
    let back = visitor.open(&format!("/details?plan={plan}")).await.expect("page");
    assert!(back.html.contains("Kari Nordmann"), "it is there to be changed");
    let payment = visitor.press(&right, "Pay", &[]).await.expect("payment");
    let paid = pay_with(&visitor, &payment, "4242424242424242").await;
    let active = after_wait(&visitor, paid).await;
    assert_eq!(active.heading(), "Your plan is active");

    // Support sees that something was said, and not what.
    let code = active.path.trim_start_matches("/orders/");
    let (support, _) = operator(&server).await.expect("signed in");
    let order = support.open(&format!("/orders/{code}")).await.expect("page").html;
    assert!(
        order.contains("K…") && !order.contains("Nordmann") && !order.contains("1990"),
        "{order}"
    );
    // Another browser sees nothing of it.
    let (other, _) = arrive(&server, COLD).await;
    let empty = other.open(&format!("/details?plan={plan}")).await.expect("page").html;
    assert!(!empty.contains("Kari"), "{empty}");
    server.stop().await;
}

struct Asked {
    server: ServerUnderTest,
    bss: Bss,
}

/// A server that asks an operator's system for everything.
async fn asked() -> Asked {
    let bss = Bss::start().await.expect("a system");
    bss.activates_at_once();
    let kind = ActivationKind::Http(bss.config());
    let wish = Wish {
        activation: Some(ActivationConfig { kind, ..ActivationConfig::default() }),
        subscribers: Some(SubscribersConfig::Http(bss.config())),
        ..Wish::default()
    };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    Asked { server, bss }
}

/// [PORT-36]: the system that activates gets what the customer said, and nothing where nothing is
/// asked.
#[tokio::test]
async fn the_system_is_told_what_the_customer_said() {
    let Asked { server, bss } = asked().await;
    bss.know(WARM.iccid, Sim { state: "warm", plans: None });
    for (sim, customer) in [
        (COLD, json!({ "name": "Kari Nordmann", "birth_date": "1990-02-28" })),
        (WARM, serde_json::Value::Null),
    ] {
        let visitor = server.visitor().expect("visitor");
        let active = buy(&visitor, &sim.launch_path()).await;
        assert_eq!(active.heading(), "Your plan is active");
        let entry = bss.entry(active.path.trim_start_matches("/orders/")).expect("an entry");
        assert_eq!(entry.request["customer"], customer, "{}", sim.brand);
    }
    server.stop().await;
}

/// [PORT-07]: a system that does not answer makes a SIM cold, never an error and never a long wait.
#[tokio::test]
async fn a_silent_system_makes_a_sim_cold() {
    let Asked { server, bss } = asked().await;
    bss.know(COLD.iccid, Sim { state: "warm", plans: None });
    bss.mute(true);
    let asked_at = Instant::now();
    let (visitor, plans) = arrive(&server, COLD).await;
    assert!(asked_at.elapsed() < Duration::from_secs(5), "{:?}", asked_at.elapsed());
    assert_eq!((plans.status.as_u16(), plans.alert().as_str()), (200, ""));
    assert_eq!(choose(&visitor, &plans).await.path, "/details");
    bss.mute(false);
    assert_eq!(choose(&visitor, &plans).await.path, "/review", "it is warm, says the system");
    let (machine, _) = operator(&server).await.expect("signed in");
    let metrics = machine.open("/metrics").await.expect("metrics").html;
    assert!(metrics.contains("broadgate_subscriber_lookups_total{result=\"failed\"}"), "{metrics}");
    assert!(metrics.contains("broadgate_subscriber_lookups_total{result=\"warm\"}"), "{metrics}");
    server.stop().await;
}

/// [PORT-37]: only plans that the SIM may have are shown, and no other is sold.
#[tokio::test]
async fn only_plans_for_the_sim_are_offered_and_sold() {
    let Asked { server, bss } = asked().await;
    bss.know(WARM.iccid, Sim { state: "warm", plans: None });
    let (all, plans) = arrive(&server, WARM).await;
    let ids = |seen: &Seen| -> Vec<String> {
        let forms = &seen.page.as_ref().expect("a page of ours").forms;
        let plans = forms.iter().filter_map(|form| form.plans.as_ref());
        plans.flat_map(|choice| &choice.plans).map(|plan| plan.id.clone()).collect()
    };
    let sold = ids(&plans);
    assert!(sold.len() > 1, "{sold:?}");
    let review = choose(&all, &plans).await;

    let last: &'static str = sold.last().expect("a plan").clone().leak();
    bss.know(HOT.iccid, Sim { state: "hot", plans: Some(vec![last, "gone-long-ago"]) });
    let (some, plans) = arrive(&server, HOT).await;
    assert_eq!(ids(&plans), [last], "what it may have, of what is sold");
    let gone = some.press(&plans, "Continue", &[("plan", &sold[0])]).await.expect("answer");
    assert!(gone.alert().contains("no longer sold"), "{}", gone.alert());
    let seen = some.open(&format!("/review?plan={}", sold[0])).await.expect("answer");
    assert_eq!(seen.path, "/plans");
    let hidden = &plans.page.as_ref().expect("a page of ours").forms[0].hidden;
    let token = hidden.iter().find(|(name, _)| name == "token").expect("a token").1.clone();
    let forged = [("token", token.as_str()), ("plan", &sold[0]), ("key", "k")];
    let refused = some.post("/review", &forged).await.expect("answer");
    assert!(refused.alert().contains("no longer sold"), "{}", refused.alert());

    let none = DemoSim { iccid: "89990112345678909991", ..*WARM };
    bss.know(none.iccid, Sim { state: "warm", plans: Some(Vec::new()) });
    let visitor = server.visitor().expect("visitor");
    let seen = visitor.open(&none.launch_path()).await.expect("launch");
    assert_eq!((ids(&seen), seen.status.as_u16()), (Vec::new(), 200));
    assert!(seen.html.contains("There is no plan for this SIM"), "{}", seen.html);
    // A review that was open before is still good for the SIM that it is for.
    assert_eq!(review.path, "/review");
    all.press(&review, "Pay", &[]).await.expect("payment");
    server.stop().await;
}

/// A file of prepared SIMs, and what a change of it does to a visit.
#[tokio::test]
async fn a_file_of_prepared_sims_decides() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sims.csv");
    let write = |state: &str| {
        let next = folder.path().join("next");
        std::fs::write(&next, format!("iccid,state\n{},{state}\n", COLD.iccid)).expect("written");
        std::fs::rename(&next, &path).expect("renamed");
    };
    write("warm");
    let wish = Wish {
        subscribers: Some(SubscribersConfig::Csv(path.clone())),
        catalog_look_every: Some(domain::SignedDuration::from_millis(50)),
        ..Wish::default()
    };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let (visitor, plans) = arrive(&server, COLD).await;
    assert_eq!(choose(&visitor, &plans).await.path, "/review");
    write("cold  ");
    let mut path = String::new();
    for _ in 0..200 {
        path = choose(&visitor, &plans).await.path;
        if path == "/details" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(path, "/details");
    server.stop().await;
}
