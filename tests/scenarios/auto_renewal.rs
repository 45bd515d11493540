//! Plans that renew themselves: chosen in a box of its own, told before each charge, charged once,
//! turned off in one click, given up when nothing pays.

use domain::order::State;
use domain::{SignedDuration, Timestamp};
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::visitor::{Seen, Visitor};
use server::clock::Clock as _;
use server::demo_sims::DEMO_SIMS;
use server::store::auto_renewal::{AutoRenewalStore as _, Off};
use server::store::sqlite::SqliteStore;
use server::store::{Order, SandboxStatus, Store};

use super::events::bench::{Bench, wish};
use super::purchase::{after_wait, pay_with, ticked};

const CARD: &str = "4242424242424242";
/// Pays once, and is declined when it is charged again.
const CARD_ONCE: &str = "4000000000000341";
const PLAN: &str = "month-unlimited";
const OFF: &str = "Turn off automatic renewal";

fn long() -> Wish {
    let session_lifetime = Some(SignedDuration::from_hours(24 * 120));
    Wish { session_lifetime, ..wish(Vec::new()) }
}

/// A customer with a plan.
struct Renewing {
    bench: Bench,
    customer: Visitor,
    account: Seen,
    ends_at: Timestamp,
}

impl Renewing {
    /// Buys a plan of a month that renews itself.
    async fn start(card: &str) -> Self {
        let bench = Bench::start(long()).await;
        let (customer, account) = buy(&bench, card, true).await;
        let first = orders(&bench.server).await.remove(0);
        let ends_at = first.order.grant.expect("granted").ends_at;
        Self { bench, customer, account, ends_at }
    }

    /// Lets time pass until so many minutes before the end of the plan.
    fn before_end(&self, minutes: i32) {
        let clock = self.bench.server.clock.as_ref().expect("a clock that is set");
        let at = self.ends_at - SignedDuration::from_mins(1) * minutes;
        self.bench.advance(at.duration_since(clock.now()));
    }

    /// Loads the account until it says this.
    async fn says(&self, part: &str) -> Seen {
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(25);
        loop {
            let seen = self.customer.open(&self.account.path).await.expect("the account");
            if seen.html.contains(part) {
                return seen;
            }
            assert!(std::time::Instant::now() < patience, "{part} is not in {}", seen.html);
            // A plan is left alone for a minute while it is paid.
            self.bench.advance(SignedDuration::from_secs(5));
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }

    /// Puts a notice away, so that the next of its kind is seen.
    async fn got_it(&self, part: &str) {
        let seen = self.says(part).await;
        let seen = self.customer.press(&seen, "Got it", &[]).await.expect("put away");
        assert!(!seen.html.contains(part), "{}", seen.html);
    }
}

async fn buy(bench: &Bench, card: &str, is_ticked: bool) -> (Visitor, Seen) {
    let customer = bench.server.visitor().expect("visitor");
    let plans = customer.open(&DEMO_SIMS[1].launch_path()).await.expect("launch");
    let review = customer.press(&plans, "Continue", &[("plan", PLAN)]).await.expect("review");
    let page = review.page.as_ref().expect("a page of ours");
    let asked = page.forms[0].fields.iter().find(|field| field.name == "auto_renew");
    assert_eq!(asked.expect("the box").value, "", "never ticked for anybody");
    assert!(!review.html.contains(" checked"), "{}", review.html);
    let mut boxes = ticked(&review);
    boxes.retain(|(name, _)| is_ticked || *name != "auto_renew");
    let payment = customer.press(&review, "Pay", &boxes).await.expect("payment");
    let back = pay_with(&customer, &payment, card).await;
    let account = after_wait(&customer, back).await;
    assert_eq!(account.heading(), "Your plan is active");
    (customer, account)
}

fn book(server: &ServerUnderTest) -> SqliteStore {
    SqliteStore::open(&server.data.path().join("broadgate.sqlite")).expect("the store")
}

/// The orders, oldest first.
async fn orders(server: &ServerUnderTest) -> Vec<Order> {
    let mut orders = book(server).latest_orders(100).await.expect("read");
    orders.reverse();
    orders
}

/// How many payments of these orders the provider has in its own book.
async fn charges(server: &ServerUnderTest, orders: &[Order]) -> usize {
    let book = book(server);
    let mut count = 0;
    for record in orders {
        for attempt in 1..=9 {
            let key = format!("{}/open/{attempt}", record.order.id);
            let session = book.sandbox_session_by_key(key).await.expect("read");
            count += usize::from(session.is_some_and(|s| s.status == SandboxStatus::Paid));
        }
    }
    count
}

const SOON: &str = "Your plan is about to renew itself";

/// Told twice, charged once without a page, and again for the month after it; a restart between
/// changes nothing, and one click ends it.
#[tokio::test]
async fn a_plan_renews_itself_as_its_customer_chose() {
    let mut plan = Renewing::start(CARD).await;
    assert!(plan.account.html.contains("you are reminded before"), "{}", plan.account.html);
    plan.before_end(71 * 60);
    plan.got_it(SOON).await;
    plan.before_end(23 * 60);
    plan.got_it(SOON).await;
    assert_eq!(orders(&plan.bench.server).await.len(), 1, "nothing is ordered yet");
    // Where it stands outlives a restart.
    plan.bench = plan.bench.restart(long()).await;
    plan.customer.origin = plan.bench.server.origin();
    let clock = plan.bench.server.clock.clone().expect("a clock that is set");
    clock.advance(plan.ends_at.duration_since(clock.now()) - SignedDuration::from_hours(11));
    let account = plan.says("Unlimited for a month, from").await;
    let orders = orders(&plan.bench.server).await;
    let [first, second] = &orders[..] else { panic!("two orders") };
    let grant = second.order.grant.expect("granted");
    assert_eq!(grant.starts_at, plan.ends_at, "it begins when the other ends");
    assert_eq!(second.order.terms.price, first.order.terms.price);
    assert_eq!(charges(&plan.bench.server, &orders).await, 2, "one for each month");
    let book = book(&plan.bench.server);
    let mut agreed = book.auto_renewal(first.order.id).await.expect("read").expect("recorded");
    while agreed.off.is_none() {
        clock.advance(SignedDuration::from_secs(5));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        agreed = book.auto_renewal(first.order.id).await.expect("read").expect("recorded");
    }
    assert_eq!(agreed.off.map(|(_, why)| why), Some(Off::Renewed));
    let goes_on = book.auto_renewal(second.order.id).await.expect("read").expect("goes on");
    assert_eq!((&goes_on.text, goes_on.agreed_at), (&agreed.text, agreed.agreed_at));
    assert_eq!(goes_on.off, None);
    let log = plan.bench.log(&first.order.id.to_string()).await;
    let soon = log.iter().filter(|event| event.event.name == "renewal_soon").count();
    assert_eq!(soon, 2, "events too");
    // From the account: what comes afterwards, and off.
    let path = format!("/orders/{}", second.order.code.as_str());
    assert!(account.html.contains(&path), "{}", account.html);
    let next = plan.customer.open(&path).await.expect("one click");
    let next = plan.customer.press(&next, OFF, &[]).await.expect("two clicks");
    assert!(!next.html.contains(OFF), "{}", next.html);
    let off = book.auto_renewal(second.order.id).await.expect("read").expect("recorded");
    assert_eq!(off.off.map(|(_, why)| why), Some(Off::Customer));
    clock.advance(SignedDuration::from_hours(24 * 45));
    plan.account = next;
    plan.says("Your plan has ended").await;
    assert_eq!(self::orders(&plan.bench.server).await.len(), 2, "and no third");
    plan.bench.server.stop().await;
}

/// Who did not choose it, or turned it off, is neither told nor charged, while others are.
#[tokio::test]
async fn nobody_is_charged_who_did_not_choose_it() {
    let plan = Renewing::start(CARD).await;
    plan.bench.advance(SignedDuration::from_secs(1));
    let never = buy(&plan.bench, CARD, false).await;
    assert!(!never.1.html.contains(OFF), "{}", never.1.html);
    let not_any_more = buy(&plan.bench, CARD, true).await;
    for _click in 0..2 {
        let off = not_any_more.0.press(&not_any_more.1, OFF, &[]).await.expect("one click");
        assert_eq!(off.path, not_any_more.1.path);
        assert!(!off.html.contains(OFF), "{}", off.html);
    }
    for hours in [71, 23] {
        plan.before_end(hours * 60);
        plan.got_it(SOON).await;
    }
    plan.before_end(11 * 60);
    plan.says("Unlimited for a month, from").await;
    for (customer, account) in [never, not_any_more] {
        let seen = customer.open(&account.path).await.expect("the account");
        assert!(!seen.html.contains(SOON), "{}", seen.html);
    }
    let orders = orders(&plan.bench.server).await;
    assert_eq!((orders.len(), charges(&plan.bench.server, &orders).await), (4, 4), "one renewal");
    plan.bench.server.stop().await;
}

/// A card that does not pay again: the customer is told, it is tried on, and given up at the end.
#[tokio::test]
async fn a_charge_that_fails_is_told_tried_again_and_given_up() {
    let plan = Renewing::start(CARD_ONCE).await;
    for hours in [71, 23] {
        plan.before_end(hours * 60);
        plan.got_it(SOON).await;
    }
    for (hours, attempts) in [(11, 1), (7, 2), (3, 3)] {
        plan.before_end(hours * 60);
        plan.got_it("Your renewal was not paid").await;
        let renewal = orders(&plan.bench.server).await.pop().expect("the renewal").order;
        assert_eq!(renewal.state, State::Declined);
        assert_eq!(renewal.attempt.map(|attempt| attempt.number), Some(attempts));
    }
    plan.before_end(-1);
    plan.says("Your plan does not renew itself any more").await;
    let orders = orders(&plan.bench.server).await;
    let [_, renewal] = &orders[..] else { panic!("two orders") };
    assert_eq!(renewal.order.state, State::Cancelled);
    assert_eq!(charges(&plan.bench.server, &orders).await, 1, "the first alone");
    let page = plan.says("Your plan has ended").await;
    assert!(!page.html.contains(OFF), "{}", page.html);
    plan.bench.server.stop().await;
}

/// What the card did not pay its customer pays by hand, on the provider's page.
#[tokio::test]
async fn a_failed_renewal_is_paid_by_hand() {
    let plan = Renewing::start(CARD_ONCE).await;
    for hours in [71, 23] {
        plan.before_end(hours * 60);
        plan.got_it(SOON).await;
    }
    plan.before_end(11 * 60);
    plan.says("Your renewal was not paid").await;
    let renewal = orders(&plan.bench.server).await.pop().expect("the renewal");
    let path = format!("/orders/{}", renewal.order.code.as_str());
    let declined = plan.customer.open(&path).await.expect("what comes afterwards");
    let payment = plan.customer.press(&declined, "Try another card", &[]).await.expect("payment");
    assert!(payment.heading().starts_with("Pay "), "a page, and no charge: {}", payment.html);
    let back = pay_with(&plan.customer, &payment, CARD).await;
    assert_eq!(after_wait(&plan.customer, back).await.heading(), "Your next plan is paid");
    let orders = orders(&plan.bench.server).await;
    assert_eq!((orders.len(), charges(&plan.bench.server, &orders).await), (2, 2));
    plan.bench.server.stop().await;
}
