//! An order brought back in another browser and on another connection: by its link, or by its code
//! and its SIM [PORT-82]; and who does not see it [PORT-24].

use domain::SignedDuration;
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::{Seen, Visitor, urlencoded};
use server::demo_sims::DEMO_SIMS;

use super::purchase::{after_wait, buy, pay_with, to_payment};

const ACTIVE: &str = "Your plan is active";
const FOREIGN: &str = "This order is not open in this browser";
const REFUSED: &str = "This code and this SIM do not belong to an order";

/// What a page says under a term; empty when it does not say it.
fn fact(seen: &Seen, term: &str) -> String {
    let facts = seen.page.as_ref().map(|page| page.facts.clone()).unwrap_or_default();
    facts.into_iter().find(|fact| fact.term == term).map(|fact| fact.text).unwrap_or_default()
}

/// The link of an order's page, without the origin.
fn link(server: &ServerUnderTest, order: &Seen) -> String {
    let link = fact(order, "Link to this order");
    let path = link.strip_prefix(&server.origin()).unwrap_or_default().to_owned();
    assert!(path.starts_with("/resume/"), "{link:?} in {}", order.html);
    path
}

/// The last 8 digits of the SIM of [`sim`].
fn end() -> &'static str {
    let iccid = sim().iccid;
    &iccid[iccid.len() - 8..]
}

fn sim() -> server::demo_sims::DemoSim {
    *DEMO_SIMS.iter().find(|sim| !sim.iccid.is_empty()).expect("a SIM with an ICCID")
}

async fn open_link(visitor: &Visitor, link: &str) -> Seen {
    let landing = visitor.open(link).await.expect("the landing page");
    assert_eq!(landing.heading(), "Open your order in this browser?");
    visitor.press(&landing, "Open my order", &[]).await.expect("pressed")
}

async fn by_code(visitor: &Visitor, code: &str, sim: &str) -> Seen {
    let page = visitor.open("/resume").await.expect("the page");
    let typed = [("code", code), ("iccid", sim)];
    visitor.press(&page, "Open my order", &typed).await.expect("an answer")
}

/// The link brings the same state to another browser; looking at it opens nothing.
#[tokio::test]
async fn a_link_brings_the_order_to_another_browser() {
    let server = ServerUnderTest::start().await.expect("server");
    let one = server.visitor().expect("visitor");
    let payment = to_payment(&one, &sim().launch_path()).await;
    let order = one.open(&sim().launch_path()).await.expect("the order");
    let link = link(&server, &order);
    let two = server.visitor().expect("another browser");
    // A preview, or a prefetch: nothing of the order is in it, and nothing is opened.
    let landing = two.open(&link).await.expect("looked at");
    assert!(!landing.html.contains(&fact(&order, "Order code")), "{}", landing.html);
    assert_eq!(two.open(&order.path).await.expect("refused").heading(), FOREIGN);
    let same = open_link(&two, &link).await;
    assert_eq!((same.path.as_str(), same.heading()), (order.path.as_str(), order.heading()));
    assert_eq!(fact(&same, "Link to this order"), fact(&order, "Link to this order"));
    // Paid there, it is active here.
    let there = two.press(&same, "Go to payment", &[]).await.expect("payment");
    assert_eq!(there.path, payment.path, "one payment page");
    let back = pay_with(&two, &there, "4242424242424242").await;
    assert_eq!(after_wait(&two, back).await.heading(), ACTIVE);
    assert_eq!(one.open(&order.path).await.expect("the order").heading(), ACTIVE);
    let file = two.open(&format!("{}/provisioning.xml", order.path)).await.expect("the file");
    assert!(file.html.contains("CarrierProvisioning"), "{}", file.html);
    // Windows opens the portal there: the visit goes on with the order.
    let launched = two.open(&sim().launch_path()).await.expect("launched");
    assert_eq!((launched.path.as_str(), launched.heading()), (order.path.as_str(), ACTIVE.into()));
    // Clicked twice, or in a window that stood open, and the link once more: the same order.
    let again = two.press(&landing, "Open my order", &[]).await.expect("an answer");
    assert_eq!((again.path.as_str(), again.heading()), (order.path.as_str(), ACTIVE.into()));
    assert_eq!(open_link(&two, &link).await.path, order.path);
    server.stop().await;
}

/// A link survives lost cookies, a restart and the wait; orders that a browser had stay with it.
#[tokio::test]
async fn a_link_survives_what_a_browser_does_not() {
    let activation_delay = SignedDuration::from_secs(600);
    let wish = || Wish { activation_delay, is_clock_set: true, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish()).await.expect("server");
    let one = server.visitor().expect("visitor");
    let payment = to_payment(&one, &sim().launch_path()).await;
    let waiting = pay_with(&one, &payment, "4242424242424242").await;
    let link = link(&server, &waiting);
    let mut two = server.visitor().expect("another browser");
    let other = DEMO_SIMS.iter().find(|other| other.iccid != sim().iccid).expect("another SIM");
    to_payment(&two, &other.launch_path()).await;
    let own = two.open(&other.launch_path()).await.expect("its own order");
    let own_link = fact(&own, "Link to this order");
    let data = server.stop().await;
    let server = ServerUnderTest::start_in(data, wish()).await.expect("server");
    two.origin = server.origin();
    let resumed = open_link(&two, &link).await;
    assert_eq!(resumed.path, waiting.path);
    assert!(resumed.page.as_ref().is_some_and(|page| page.wait.is_some()), "{}", resumed.html);
    let kept = two.open(&own.path).await.expect("its own order");
    assert_eq!(kept.heading(), "Continue to payment");
    let token = own_link.rsplit('/').next().expect("a token");
    assert!(fact(&kept, "Link to this order").ends_with(token), "{}", kept.html);
    server.clock.as_ref().expect("a clock").advance(SignedDuration::from_secs(601));
    assert_eq!(after_wait(&two, resumed).await.heading(), ACTIVE);
    server.stop().await;
}

/// Nobody waits in the session that a browser had before: who opens an order gets a new one.
#[tokio::test]
async fn opening_an_order_begins_a_new_session() {
    let server = ServerUnderTest::start().await.expect("server");
    let one = server.visitor().expect("visitor");
    let order = buy(&one, &sim().launch_path()).await;
    let link = link(&server, &order);
    let landing = one.raw(&link).await.expect("looked at");
    for (name, value) in [("referrer-policy", "same-origin"), ("cache-control", "no-store")] {
        assert_eq!(landing.headers()[name], value, "{name}");
    }
    let cookie = |response: &reqwest::Response| {
        let set = response.headers()["set-cookie"].to_str().expect("text").to_owned();
        set.split(';').next().unwrap_or_default().to_owned()
    };
    let planted = cookie(&landing);
    let html = landing.text().await.expect("a page");
    let hidden = |name: &str| {
        let input = html.split(&format!("name=\"{name}\"")).nth(1).expect("a hidden field");
        let value = input.split("value=\"").nth(1).expect("its value");
        value.split('"').next().unwrap_or_default().to_owned()
    };
    let fields = [("token", hidden("token")), ("link", hidden("link"))];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().expect("a client");
    let url = |path: &str| format!("{}{path}", server.origin());
    let post = client.post(url("/resume")).header("cookie", &planted).body(urlencoded(&fields));
    let opened = post.send().await.expect("opened");
    assert_eq!(opened.status().as_u16(), 303);
    assert_eq!(opened.headers()["location"], order.path.as_str());
    let fresh = cookie(&opened);
    assert_ne!(planted, fresh);
    for (cookie, expected) in [(&planted, 404), (&fresh, 200)] {
        let seen = client.get(url(&order.path)).header("cookie", cookie).send().await;
        assert_eq!(seen.expect("an answer").status().as_u16(), expected);
    }
    // Without a visit of one's own, a form of another site opens nothing.
    let forged = client.post(url("/resume")).body(urlencoded(&fields)).send().await;
    assert_eq!(forged.expect("an answer").status().as_u16(), 403);
    server.stop().await;
}

/// A new link withdraws the old one and shuts out whom it let in; a link ends after a year; and no
/// link is in the database.
#[tokio::test]
async fn a_link_is_withdrawn_and_ends() {
    let wish = Wish { is_clock_set: true, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let one = server.visitor().expect("visitor");
    let order = buy(&one, &sim().launch_path()).await;
    let first = link(&server, &order);
    let two = server.visitor().expect("another browser");
    assert_eq!(open_link(&two, &first).await.heading(), ACTIVE);
    let page = one.open(&format!("{}/link", order.path)).await.expect("how to come back");
    assert_eq!(fact(&page, "Link to this order"), fact(&order, "Link to this order"));
    let renewed = one.press(&page, "Make a new link", &[]).await.expect("renewed");
    let second = link(&server, &renewed);
    assert_ne!(first, second);
    assert_eq!(two.open(&order.path).await.expect("shut out").heading(), FOREIGN);
    let refused = open_link(&two, &first).await;
    assert!(refused.alert().contains("This link opens nothing"), "{}", refused.alert());
    assert_eq!(one.open(&order.path).await.expect("the order").heading(), ACTIVE);
    assert_eq!(open_link(&two, &second).await.heading(), ACTIVE);
    for tried in ["/resume/0123456789abcdef0123456789abcdef", "/resume/x", "/resume/%00"] {
        let refused = open_link(&server.visitor().expect("visitor"), tried).await;
        assert!(refused.alert().contains("This link opens nothing"), "{tried}");
    }
    for file in ["broadgate.sqlite", "broadgate.sqlite-wal"] {
        let bytes = std::fs::read(server.data.path().join(file)).expect("the database");
        for link in [&first, &second] {
            let token = link.trim_start_matches("/resume/").as_bytes();
            assert!(!bytes.windows(token.len()).any(|part| part == token), "a link is in {file}");
        }
    }
    let clock = server.clock.as_ref().expect("a clock");
    clock.advance(SignedDuration::from_hours(24 * 367));
    let ended = open_link(&server.visitor().expect("visitor"), &second).await;
    assert!(ended.alert().contains("This link opens nothing"), "{}", ended.alert());
    server.stop().await;
}

/// The code opens its order together with the SIM's number, as people write both; what does not
/// fit is answered alike, and what is no code or number is said where it was typed.
#[tokio::test]
async fn an_order_code_opens_with_its_sim() {
    let server = ServerUnderTest::start().await.expect("server");
    let one = server.visitor().expect("visitor");
    let order = buy(&one, &sim().launch_path()).await;
    let code = fact(&order, "Order code");
    let two = server.visitor().expect("another browser");
    let another = domain::code::OrderCode::from_random([7; 6]).to_string();
    for (code, sim, expected) in [
        (code.as_str(), "00000000", REFUSED),
        (another.as_str(), end(), REFUSED),
        (code.as_str(), &end()[1..], "at least the last 8 digits"),
        (code.as_str(), "ABCDEFGH", "at least the last 8 digits"),
        ("7K2-QXM-4T9-0", end(), "This is not an order code"),
        ("", end(), "This is not an order code"),
    ] {
        let refused = by_code(&two, code, sim).await;
        assert!(refused.alert().contains(expected), "{code} {sim}: {}", refused.alert());
        let form = &refused.page.as_ref().expect("a page of ours").forms[0];
        let typed: Vec<_> = form.fields.iter().map(|field| field.value.as_str()).collect();
        assert_eq!(typed, [code, sim], "what was typed is kept");
    }
    assert_eq!(two.open(&order.path).await.expect("refused").heading(), FOREIGN);
    let opened = by_code(&two, &code.to_lowercase().replace('-', " "), sim().iccid).await;
    assert_eq!((opened.path.as_str(), opened.heading()), (order.path.as_str(), ACTIVE.into()));
    // Who came by the code does not know the link, and may make one.
    assert_eq!(fact(&opened, "Link to this order"), "");
    let page = two.open(&format!("{}/link", order.path)).await.expect("how to come back");
    let made = two.press(&page, "Make a new link", &[]).await.expect("made");
    assert_eq!(
        open_link(&server.visitor().expect("visitor"), &link(&server, &made)).await.path,
        order.path
    );
    server.stop().await;
}

/// Guessing is hopeless: ten tries a day for an order, after which nothing opens it by its code,
/// and twenty a minute for a client.
#[tokio::test]
async fn codes_are_not_for_guessing() {
    let wish = Wish { is_clock_set: true, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let clock = server.clock.clone().expect("a clock to set");
    let one = server.visitor().expect("visitor");
    let order = buy(&one, &sim().launch_path()).await;
    let (code, link) = (fact(&order, "Order code"), link(&server, &order));
    let two = server.visitor().expect("another browser");
    for number in 0..10 {
        let refused = by_code(&two, &code, &format!("{number:08}")).await;
        assert!(refused.alert().contains(REFUSED), "{}", refused.alert());
    }
    let refused = by_code(&two, &code, end()).await;
    assert!(refused.alert().contains(REFUSED), "the right one too: {}", refused.alert());
    assert_eq!(open_link(&two, &link).await.heading(), ACTIVE, "the link opens still");
    let three = server.visitor().expect("a third browser");
    let mut last = by_code(&three, &code, end()).await;
    for _ in 0..30 {
        if last.status.as_u16() == 429 {
            break;
        }
        last = by_code(&three, &code, end()).await;
    }
    assert_eq!(last.status.as_u16(), 429);
    assert!(last.alert().contains("too many tries from your connection"), "{}", last.alert());
    assert!(last.html.contains(end()), "what was typed is kept");
    clock.advance(SignedDuration::from_hours(24));
    let four = server.visitor().expect("a fourth browser");
    assert_eq!(by_code(&four, &code, end()).await.heading(), ACTIVE, "the next day");
    server.stop().await;
}

/// [PORT-24]: the same SIM in another browser shows nothing of the order, only how to open one,
/// which everybody is offered.
#[tokio::test]
async fn a_sim_alone_shows_nothing_but_the_offer() {
    let server = ServerUnderTest::start().await.expect("server");
    let owner = server.visitor().expect("visitor");
    let order = buy(&owner, &sim().launch_path()).await;
    let stranger = server.visitor().expect("another browser");
    let plans = stranger.open(&sim().launch_path()).await.expect("launched");
    assert_eq!(plans.path, "/plans");
    let code = fact(&order, "Order code");
    assert!(!plans.html.contains(&code) && !plans.html.contains(&code.replace('-', "")));
    let nobody = server.visitor().expect("a browser that was never here");
    for seen in [
        plans,
        stranger.open(&order.path).await.expect("refused"),
        nobody.open(&order.path).await.expect("refused"),
        nobody.open("/identify").await.expect("who are you"),
    ] {
        let links = &seen.page.as_ref().expect("a page of ours").links;
        assert!(links.iter().any(|link| link.href == "/resume"), "{}", seen.html);
    }
    server.stop().await;
}
