//! From a plan to the next: two clicks from the balance, one after the other or on top of what is
//! left, from any browser that may see the plan [PORT-85].

use domain::SignedDuration;
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::{Seen, Visitor};
use serde_json::json;
use server::demo_sims::{DEMO_SIMS, DemoSim};
use server::store::sqlite::SqliteStore;
use server::store::{Order, Store};

use super::events::bench::{Bench, make_token, wish};
use super::purchase::{after_wait, buy, pay_with, ticked};

const CARD: &str = "4242424242424242";
const NEXT: &str = "Your next plan is paid";

/// A SIM whose first plan has 1 GB for a day.
fn sim() -> DemoSim {
    DEMO_SIMS[1]
}

fn long() -> Wish {
    let session_lifetime = Some(SignedDuration::from_hours(24 * 30));
    Wish { is_clock_set: true, session_lifetime, ..Wish::default() }
}

fn fact(seen: &Seen, term: &str) -> String {
    let facts = seen.page.as_ref().map(|page| page.facts.clone()).unwrap_or_default();
    facts.into_iter().find(|fact| fact.term == term).map(|fact| fact.text).unwrap_or_default()
}

/// The two clicks, and the card: returns the page of the renewal.
async fn renew(visitor: &Visitor, account: &Seen) -> Seen {
    let review = visitor.press(account, "Renew or top up", &[]).await.expect("the first click");
    let payment = visitor.press(&review, "Pay", &ticked(&review)).await.expect("the second click");
    let back = pay_with(visitor, &payment, CARD).await;
    after_wait(visitor, back).await
}

async fn orders(server: &ServerUnderTest) -> Vec<Order> {
    let book = SqliteStore::open(&server.data.path().join("broadgate.sqlite")).expect("the store");
    let mut orders = book.latest_orders(100).await.expect("read");
    orders.reverse();
    orders
}

/// The balance at first sight, then two clicks to the payment; what is bought begins when the
/// present plan ends, and until then the portal shows the present one.
#[tokio::test]
async fn a_renewal_takes_two_clicks_and_follows_the_plan() {
    let server = ServerUnderTest::start_with(long()).await.expect("server");
    let clock = server.clock.clone().expect("a clock to set");
    let visitor = server.visitor().expect("visitor");
    buy(&visitor, &sim().launch_path()).await;
    let account = visitor.open(&sim().launch_path()).await.expect("launched");
    assert!(account.html.contains("Your data"), "the balance at first sight: {}", account.html);
    // Orders of one millisecond have no order among themselves.
    clock.advance(SignedDuration::from_secs(1));
    let review = visitor.press(&account, "Renew or top up", &[]).await.expect("one click");
    let plan = fact(&account, "Plan");
    assert_eq!((review.heading(), fact(&review, "Plan")), ("Review your order".to_owned(), plan));
    assert!(fact(&review, "Begins").contains("when the present plan ends"), "{}", review.html);
    let payment = visitor.press(&review, "Pay", &ticked(&review)).await.expect("two clicks");
    assert!(payment.heading().starts_with("Pay "), "{}", payment.html);
    let back = pay_with(&visitor, &payment, CARD).await;
    let next = after_wait(&visitor, back).await;
    assert_eq!(next.heading(), NEXT);
    assert!(!next.html.contains("Set up this PC"), "nothing to set up: {}", next.html);
    let [first, second] = &orders(&server).await[..] else { panic!("two orders") };
    let (first, second) = (&first.order, &second.order);
    let ends_at = first.grant.expect("granted").ends_at;
    let grant = second.grant.expect("granted");
    let day = SignedDuration::from_hours(24);
    assert_eq!((grant.starts_at, grant.ends_at), (ends_at, ends_at + day), "a day each");
    let account = visitor.open(&sim().launch_path()).await.expect("launched");
    assert!(account.path.ends_with(first.code.as_str()), "the plan that runs: {}", account.path);
    assert!(fact(&account, "Afterwards").contains("1 GB for a day, from"), "{}", account.html);
    // Once more: it follows the last one.
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(renew(&visitor, &account).await.heading(), NEXT);
    let third = orders(&server).await[2].order.grant.expect("granted");
    assert_eq!(third.starts_at, ends_at + day);
    clock.advance(SignedDuration::from_hours(25));
    let account = visitor.open(&format!("/orders/{}", second.code.as_str())).await.expect("page");
    assert_eq!(account.heading(), "Your plan is active");
    assert!(account.html.contains("Your data"), "{}", account.html);
    server.stop().await;
}

/// Another plan may follow; what is not sold, or not this customer's, does not.
#[tokio::test]
async fn a_renewal_may_be_of_another_plan() {
    let server = ServerUnderTest::start_with(long()).await.expect("server");
    let visitor = server.visitor().expect("visitor");
    let account = buy(&visitor, &sim().launch_path()).await;
    let code = account.path.trim_start_matches("/orders/").to_owned();
    let review = visitor.press(&account, "Renew or top up", &[]).await.expect("review");
    let links = &review.page.as_ref().expect("a page of ours").links;
    let change = links.iter().find(|link| link.label == "Choose another plan").expect("a link");
    let plans = visitor.open(&change.href).await.expect("plans");
    let choice = plans.page.as_ref().expect("a page of ours").forms[0].plans.clone();
    let choice = choice.expect("plans").plans;
    assert!(choice[0].is_chosen, "the present one");
    let none = visitor.press(&plans, "Continue", &[("plan", "gone")]).await.expect("plans");
    let other = [("plan", choice[1].id.as_str())];
    let review = visitor.press(&none, "Continue", &other).await.expect("review");
    assert_eq!(fact(&review, "Plan"), choice[1].name);
    let payment = visitor.press(&review, "Pay", &ticked(&review)).await.expect("payment");
    let back = pay_with(&visitor, &payment, CARD).await;
    assert_eq!(after_wait(&visitor, back).await.heading(), NEXT);
    let stranger = server.visitor().expect("another browser");
    stranger.open(&sim().launch_path()).await.expect("launched");
    let review = format!("/review?plan={}&renews={code}", choice[0].id);
    let refused = stranger.open(&review).await.expect("refused");
    assert_eq!(refused.heading(), "This order is not open in this browser", "[PORT-24]");
    let bad = visitor.open(&format!("/review?plan={}&renews=x", choice[0].id)).await;
    assert_eq!(bad.expect("an answer").status.as_u16(), 404);
    server.stop().await;
}

/// Two browsers renew one plan at the same moment: one renewal, one payment window; what was
/// cancelled makes room for another.
#[tokio::test]
async fn a_plan_is_renewed_once() {
    let server = ServerUnderTest::start_with(long()).await.expect("server");
    let one = server.visitor().expect("visitor");
    let account = buy(&one, &sim().launch_path()).await;
    let two = server.visitor().expect("another browser");
    let link = fact(&account, "Link to this order").replace(&server.origin(), "");
    let landing = two.open(&link).await.expect("the link");
    let there = two.press(&landing, "Open my order", &[]).await.expect("opened");
    let reviews = [
        one.press(&account, "Renew or top up", &[]).await.expect("review"),
        two.press(&there, "Renew or top up", &[]).await.expect("review"),
    ];
    let boxes = reviews.each_ref().map(ticked);
    let (first, second) = tokio::join!(
        one.press(&reviews[0], "Pay", &boxes[0]),
        two.press(&reviews[1], "Pay", &boxes[1])
    );
    let seen = [first.expect("an answer"), second.expect("an answer")];
    let orders = orders(&server).await;
    assert_eq!(orders.len(), 2, "one plan, one renewal");
    let renewal = orders.iter().find(|record| record.order.terms.renews.is_some());
    assert!(seen.iter().any(|seen| seen.heading().starts_with("Pay ")), "{}", seen[0].html);
    // Both browsers see it, and either may give it up.
    let path = format!("/orders/{}", renewal.expect("a renewal").order.code.as_str());
    for visitor in [&one, &two] {
        assert_eq!(visitor.open(&path).await.expect("page").heading(), "Continue to payment");
        let account = visitor.open(&account.path).await.expect("the account");
        assert!(fact(&account, "Afterwards").contains("not ready yet"), "{}", account.html);
        assert!(!account.html.contains("Renew or top up"), "{}", account.html);
    }
    let page = two.open(&path).await.expect("page");
    two.press(&page, "Cancel", &[]).await.expect("cancelled");
    let account = one.open(&account.path).await.expect("the account");
    let next = renew(&one, &account).await;
    assert_eq!(next.heading(), NEXT);
    // The link of either opens both, and a new one shuts both to whom the old one let in.
    let three = server.visitor().expect("a third browser");
    let link = fact(&next, "Link to this order").replace(&server.origin(), "");
    let landing = three.open(&link).await.expect("the link");
    three.press(&landing, "Open my order", &[]).await.expect("opened");
    for path in [&next.path, &account.path] {
        for visitor in [&two, &three] {
            assert_eq!(visitor.open(path).await.expect("page").status.as_u16(), 200, "{path}");
        }
    }
    let page = one.open(&format!("{}/link", account.path)).await.expect("how to come back");
    one.press(&page, "Make a new link", &[]).await.expect("made");
    for path in [&next.path, &account.path] {
        assert_eq!(one.open(path).await.expect("page").status.as_u16(), 200, "{path}");
        for visitor in [&two, &three] {
            assert_eq!(visitor.open(path).await.expect("shut").status.as_u16(), 404, "{path}");
        }
    }
    server.stop().await;
}

/// A renewal that another browser paid belongs to the plan's customer: use by the SIM counts for
/// it, not for whoever ordered in the SIM's name meanwhile.
#[tokio::test]
async fn a_renewal_keeps_the_sim_with_its_customer() {
    let session_lifetime = Some(SignedDuration::from_hours(72));
    let bench = Bench::start(Wish { session_lifetime, ..wish(Vec::new()) }).await;
    let token = make_token(&bench.operator, "bss", "usage:write").await;
    let (one, code) = bench.subscriber(1).await;
    let account = one.open(&format!("/orders/{code}")).await.expect("the account");
    bench.advance(SignedDuration::from_hours(1));
    let (rival, _) = bench.subscriber(1).await;
    let two = bench.server.visitor().expect("another browser");
    let link = fact(&account, "Link to this order").replace(&bench.server.origin(), "");
    let landing = two.open(&link).await.expect("the link");
    let there = two.press(&landing, "Open my order", &[]).await.expect("opened");
    let next = renew(&two, &there).await;
    assert_eq!(next.heading(), NEXT);
    // The first plan is over, the rival's still runs.
    bench.advance(SignedDuration::from_mins(23 * 60 + 30));
    let clock = bench.server.clock.as_ref().expect("a clock that is set");
    let at = server::clock::Clock::now(clock.as_ref()).to_string();
    let record = json!({ "sequence": 1, "at": at, "imsi": sim().imsi, "sent_bytes": 0,
        "received_bytes": 123_000_000, "roaming": false, "shared": false });
    let batch = json!({ "source": "meter", "records": [record] });
    let sent = bench.operator.send("/api/usage", &batch, Some(&token)).await.expect("an answer");
    assert!(sent.text.contains("\"accepted\":1"), "{}", sent.text);
    for visitor in [&one, &two] {
        let page = visitor.open(&next.path).await.expect("the renewal");
        assert!(page.html.replace('\u{a0}', " ").contains("123 MB"), "{}", page.html);
    }
    let page = rival.open("/").await.expect("the rival's");
    assert!(!page.html.replace('\u{a0}', " ").contains("123 MB"), "{}", page.html);
    bench.server.stop().await;
}

/// A customer whose plan can be extended, and what its use is reported by.
struct Extending {
    bench: Bench,
    customer: Visitor,
    /// The page of the plan's order.
    account: String,
    token: String,
    sequence: u64,
}

impl Extending {
    async fn start(activation_delay: SignedDuration) -> Self {
        let session_lifetime = Some(SignedDuration::from_hours(24 * 30));
        let wish = Wish { session_lifetime, activation_delay, ..wish(Vec::new()) };
        let bench = Bench::start(wish).await;
        let token = make_token(&bench.operator, "bss", "usage:write").await;
        let customer = bench.server.visitor().expect("visitor");
        let payment = super::purchase::to_payment(&customer, &DEMO_SIMS[0].launch_path()).await;
        let back = pay_with(&customer, &payment, CARD).await;
        let mut extending =
            Self { bench, customer, account: back.path.clone(), token, sequence: 0 };
        extending.until(&back.path, "Your plan is active", activation_delay).await;
        extending
    }

    /// Loads a page until it says this; lets the network work for so long before.
    async fn until(&mut self, path: &str, part: &str, work: SignedDuration) -> Seen {
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
        let mut has_worked = work.is_zero();
        loop {
            let mut seen = self.customer.open(path).await.expect("the page");
            seen.html = seen.html.replace("<!>", "").replace('\u{a0}', " ");
            if seen.html.contains(part) {
                return seen;
            }
            assert!(std::time::Instant::now() < patience, "{part} is not in {}", seen.html);
            let wait = seen.page.as_ref().and_then(|page| page.wait.as_ref());
            if !has_worked && wait.is_some_and(|wait| wait.estimate_s.is_some()) {
                self.bench.advance(work);
                has_worked = true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    async fn says(&mut self, part: &str) -> Seen {
        let path = self.account.clone();
        self.until(&path, part, SignedDuration::ZERO).await
    }

    async fn used(&mut self, mb: u64) {
        self.sequence += 1;
        let clock = self.bench.server.clock.as_ref().expect("a clock that is set");
        let at = server::clock::Clock::now(clock.as_ref()).to_string();
        let record = json!({ "sequence": self.sequence, "at": at, "imsi": DEMO_SIMS[0].imsi,
            "sent_bytes": 0, "received_bytes": mb * 1_000_000 });
        let batch = json!({ "source": "meter", "records": [record] });
        let sent = self.bench.operator.send("/api/usage", &batch, Some(&self.token)).await;
        let sent = sent.expect("an answer");
        assert!(sent.text.contains("\"accepted\":1"), "{}", sent.text);
    }

    /// Tops the plan up; returns where the order is, paid.
    async fn top_up(&mut self) -> String {
        self.bench.advance(SignedDuration::from_secs(1));
        let account = self.customer.open(&self.account).await.expect("the account");
        let review = self.customer.press(&account, "Renew or top up", &[]).await.expect("one");
        assert!(fact(&review, "Begins").starts_with("At once"), "{}", review.html);
        let payment = self.customer.press(&review, "Pay", &ticked(&review)).await.expect("two");
        pay_with(&self.customer, &payment, CARD).await.path
    }
}

/// A plan that runs out early is topped up at once: what is left is kept, what is used stays used,
/// and it runs for both times; paid back, it is as it was.
#[tokio::test]
async fn a_top_up_comes_on_top_of_what_is_left() {
    let mut plan = Extending::start(SignedDuration::ZERO).await;
    plan.used(900).await;
    let before = plan.says("<strong>900 MB of 1 GB used</strong>").await;
    let ends = |seen: &Seen| {
        let rest = seen.html.split("<dt>Ends</dt><dd>").nth(1).unwrap_or_default();
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    let first = plan.top_up().await;
    plan.until(&first, "Your plan was topped up", SignedDuration::ZERO).await;
    let after = plan.says("<strong>900 MB of 2 GB used</strong>").await;
    assert_ne!(ends(&after), ends(&before), "{}", after.html);
    plan.used(200).await;
    plan.says("<strong>1.1 GB of 2 GB used</strong>").await;
    let second = plan.top_up().await;
    plan.until(&second, "Your plan was topped up", SignedDuration::ZERO).await;
    let whole = plan.says("<strong>1.1 GB of 3 GB used</strong>").await;
    // The portal shows the plan that runs, and its document says what it came to be.
    let launched = plan.customer.open(&DEMO_SIMS[0].launch_path()).await.expect("launched");
    assert_eq!(launched.path, plan.account);
    let file = format!("{}/provisioning.xml", plan.account);
    let file = plan.customer.open(&file).await.expect("the document").html;
    assert!(file.contains("<DataLimitInMegabytes>3000<"), "{file}");
    assert!(file.contains("Duration=\"P3D\""), "{file}");
    let none = plan.customer.open(&format!("{first}/provisioning.xml")).await.expect("an answer");
    assert_eq!(none.status.as_u16(), 404);
    // Support pays one back.
    let order = plan.bench.operator.open(&first).await.expect("the order");
    plan.bench.operator.press(&order, "Give the money back", &[]).await.expect("paid back");
    let less = plan.says("<strong>1.1 GB of 2 GB used</strong>").await;
    assert_ne!(ends(&less), ends(&whole), "{}", less.html);
    plan.bench.advance(SignedDuration::from_hours(47));
    plan.used(50).await;
    plan.says("<strong>1.15 GB of 2 GB used</strong>").await;
    plan.bench.advance(SignedDuration::from_hours(2));
    plan.says("Your plan has ended").await;
    plan.bench.server.stop().await;
}

/// A top-up that is active only after the plan has ended is a plan of its own.
#[tokio::test]
async fn a_top_up_that_comes_too_late_begins_by_itself() {
    let delay = SignedDuration::from_mins(9);
    let mut plan = Extending::start(delay).await;
    plan.used(900).await;
    plan.bench.advance(SignedDuration::from_mins(23 * 60 + 55));
    let late = plan.top_up().await;
    plan.until(&late, "Your plan is active", delay).await;
    plan.says("Your plan has ended").await;
    plan.used(10).await;
    let page = plan.until(&late, "<strong>10 MB of 1 GB used</strong>", delay).await;
    assert_eq!(page.heading(), "Your plan is active");
    plan.bench.server.stop().await;
}
