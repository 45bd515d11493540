//! The books of orders in every store: consent with its order, receipts numbered without gaps,
//! whatever comes in between.
//!
//! Not here: what pages say of them (the scenarios).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use domain::SignedDuration;
use domain::amount::{Megabytes, Money, Tax};
use domain::code::OrderId;
use domain::legal::{Consent, Right, Seller, Withdrawal};
use domain::order::{Event, PaymentId, PaymentSession, State};
use domain::receipt::{Kind, Paid, Receipt, Series};
use server::clock::{Clock, SettableClock};
use server::engine::ledger::{Ledger, NewOrder};
use server::entropy;
use server::store::books::{Accepted, BooksCommand, NewReceipt, Visit};
use server::store::calls::{CALLS_MAX, Call, CallsCommand};
use server::store::sqlite::SqliteStore;
use server::store::{Command, Order, Store, StoreError};

use super::store::{an_order, now};

fn consent() -> Consent {
    Consent {
        terms_version: "7".to_owned(),
        privacy_version: "2".to_owned(),
        withdrawal: Some(Withdrawal { right: Right::Kept, days: 14 }),
    }
}

fn issue(record: &Order, kind: Kind, refers_to: Option<&str>) -> (Command, Receipt) {
    let (order, terms) = (&record.order, &record.order.terms);
    let receipt = Receipt {
        kind,
        order: order.id,
        code: order.code.clone(),
        brand: terms.brand.clone(),
        brand_name: "Fjell".to_owned(),
        seller: Seller {
            name: "Fjell AS".to_owned(),
            address: Some("Oslo".to_owned()),
            tax_id: Some("NO 1".to_owned()),
        },
        plan: terms.plan.clone(),
        plan_name: "A day".to_owned(),
        total: terms.price,
        tax: Some(Tax::within(terms.price, 2500)),
        paid: Paid { provider: "card".to_owned(), reference: "pay_12…90".to_owned(), at: now() },
        issued_at: now(),
        consent: Some(consent()),
        refers_to: refers_to.map(str::to_owned),
    };
    let numbers = Series::parse("FJ-{year}-{number:3}").expect("a series").at(now());
    let new = NewReceipt { numbers, receipt: receipt.clone() };
    (Command::Books(BooksCommand::Issue(Box::new(new))), receipt)
}

/// The suite.
async fn conforms(store: &dyn Store) {
    let record = an_order("s", "k");
    let id = record.order.id;
    let accepted = Accepted { at: now(), consent: consent() };
    let accept = || Command::Books(BooksCommand::Accept { order: id, accepted: accepted.clone() });
    let insert = || Command::InsertOrder(Box::new(record.clone()));
    assert_eq!(store.accepted(id).await, Ok(None));
    assert_eq!(store.commit(vec![insert(), accept()]).await, Ok(()));
    assert_eq!(store.accepted(id).await, Ok(Some(accepted.clone())), "reads back whole");
    assert_eq!(store.commit(vec![accept()]).await, Err(StoreError::Duplicate), "said once");

    let (receipt, says) = issue(&record, Kind::Receipt, None);
    // What fails with others takes no number.
    let failing = vec![receipt.clone(), insert()];
    assert_eq!(store.commit(failing).await, Err(StoreError::Duplicate));
    assert_eq!(store.receipts(id).await, Ok(vec![]));
    for _ in 0..2 {
        assert_eq!(store.commit(vec![receipt.clone()]).await, Ok(()), "once, however often");
    }
    let (credit, takes_back) = issue(&record, Kind::Credit, Some("FJ-2030-001"));
    assert_eq!(store.commit(vec![credit]).await, Ok(()));
    let issued = store.receipts(id).await.expect("read");
    let numbers: Vec<&str> = issued.iter().map(|issued| issued.number.as_str()).collect();
    assert_eq!(numbers, ["FJ-2030-001", "FJ-2030-002"], "no number is lost");
    let read: Vec<_> = issued.iter().map(|issued| issued.receipt.clone()).collect();
    assert_eq!(read, [says, takes_back], "read back whole");
    let found = store.receipt_by_number("FJ-2030-002".to_owned()).await.expect("read");
    assert_eq!(found.as_ref(), issued.last());
    assert_eq!(store.receipt_by_number("FJ-2030-003".to_owned()).await, Ok(None));
    assert_eq!(store.receipts_due(10).await, Ok(vec![]), "a new database lacks none");
}

/// Calls of an order are kept in their order, those that say the same as one, the latest alone.
async fn keeps_calls(store: &dyn Store) {
    let id = an_order("calls", "k").order.id;
    let call = |second: i64, what: &str, outcome: &str| Call {
        at: now() + SignedDuration::from_secs(second),
        whom: "network".to_owned(),
        what: what.to_owned(),
        outcome: outcome.to_owned(),
        elapsed_ms: u64::try_from(second).expect("a number"),
    };
    let note = async |call: Call| {
        let noted = Command::Calls(CallsCommand::Note { order: id, call });
        store.commit(vec![noted]).await.expect("noted");
    };
    for second in 1..4 {
        note(call(second, "status", "no answer in time")).await;
    }
    note(call(4, "status", "active")).await;
    note(call(5, "status", "no answer in time")).await;
    let calls = store.calls(id).await.expect("read");
    let brief: Vec<_> = calls.iter().map(|calls| (calls.count, calls.last.clone())).collect();
    let expected = [
        (3, call(3, "status", "no answer in time")),
        (1, call(4, "status", "active")),
        (1, call(5, "status", "no answer in time")),
    ];
    assert_eq!(brief, expected);
    assert_eq!(calls[0].first_at, now() + SignedDuration::from_secs(1));
    for second in 6..6 + i64::from(CALLS_MAX) {
        note(call(second, &format!("open/{second}"), "done")).await;
    }
    let calls = store.calls(id).await.expect("read");
    assert_eq!(calls.len(), usize::try_from(CALLS_MAX).expect("a number"));
    assert_eq!(calls[0].last.what, "open/6", "the oldest are forgotten");
    let other = an_order("others", "k").order.id;
    assert_eq!(store.calls(other).await, Ok(vec![]));
}

/// What a visit was is kept, and an offer with it.
async fn keeps_visits(store: &dyn Store) {
    let id = an_order("visit", "k").order.id;
    assert_eq!(store.visit(id).await, Ok(Visit::default()));
    let later = now() + SignedDuration::from_hours(1);
    let offer = Command::Books(BooksCommand::Offer { order: id, at: later });
    let visit = Command::Books(BooksCommand::Visit { order: id, began_at: now() });
    store.commit(vec![visit.clone(), offer, visit]).await.expect("written");
    let expected = Visit { began_at: Some(now()), offered_at: Some(later) };
    assert_eq!(store.visit(id).await, Ok(expected));
}

#[tokio::test]
async fn sqlite_conforms() {
    let folder = tempfile::tempdir().expect("folder");
    let store = SqliteStore::open(&folder.path().join("a.sqlite")).expect("opens");
    conforms(&store).await;
    keeps_calls(&store).await;
    keeps_visits(&store).await;
}

/// A shop that many use at once.
struct Bench {
    ledger: Arc<Ledger>,
    store: Arc<dyn Store>,
}

impl Bench {
    fn open(path: &Path) -> Self {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path).expect("opens"));
        let clock: Arc<dyn Clock> = Arc::new(SettableClock::new(now()));
        Self { ledger: Arc::new(Ledger::new(Arc::clone(&store), clock)), store }
    }

    /// Places an order and does with it what its number says; events come twice, at once.
    async fn customer(&self, number: usize) -> OrderId {
        let mut terms = an_order("s", "k").order.terms;
        terms.price.minor = 100 + i64::try_from(number).expect("small");
        terms.data_limit = Some(Megabytes(1));
        let price = terms.price;
        let new = NewOrder {
            id: entropy::id(now()),
            session: format!("s{number}"),
            browser_key: "k".to_owned(),
            terms,
            claims: an_order("s", "k").claims,
            with: Vec::new(),
        };
        let id = self.ledger.place(new).await.expect("placed").order.id;
        let (provider, window) = ("card".to_owned(), SignedDuration::from_mins(15));
        self.happen(id, Event::PayRequested { provider: provider.clone(), window }).await;
        let session = PaymentSession { provider, id: format!("s{id}"), url: "/pay".to_owned() };
        self.happen(id, Event::PaymentOpened { attempt: 1, session: session.clone() }).await;
        if number % 5 == 1 {
            self.happen(id, Event::CancelRequested).await;
        }
        if number.is_multiple_of(5) {
            return id;
        }
        let paid = |reference: &str, amount| Event::PaymentConfirmed {
            session: session.id.clone(),
            payment: payment(reference),
            amount,
        };
        let wrong = Money { minor: 1, ..price };
        tokio::join!(
            self.happen(id, paid("one", price)),
            self.happen(id, paid("one", price)),
            self.happen(id, paid("two", wrong)),
        );
        if number % 5 == 2 {
            self.happen(id, Event::RefundRequested).await;
        }
        let done = |reference: &str| Event::RefundDone { payment: payment(reference) };
        tokio::join!(self.happen(id, done("one")), self.happen(id, done("one")));
        self.happen(id, done("two")).await;
        id
    }

    async fn happen(&self, id: OrderId, event: Event) {
        self.ledger.apply(id, &event, "test", &[]).await.expect("recorded");
    }

    async fn customers(self: &Arc<Self>, numbers: std::ops::Range<usize>) -> Vec<OrderId> {
        let mut all = tokio::task::JoinSet::new();
        for number in numbers {
            let bench = Arc::clone(self);
            all.spawn(async move { bench.customer(number).await });
        }
        all.join_all().await
    }

    /// Numbers follow each other from 1, and the sums are the money that was kept.
    async fn is_in_order(&self, orders: &[OrderId]) {
        let mut numbers: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
        let (mut booked, mut kept) = (0_i64, 0_i64);
        for id in orders {
            for issued in self.store.receipts(*id).await.expect("read") {
                let minor = issued.receipt.total.minor;
                booked += if issued.receipt.kind == Kind::Receipt { minor } else { -minor };
                numbers.entry(issued.receipt.kind).or_default().push(issued.number);
            }
            let order = self.store.order(*id).await.expect("read").expect("there").order;
            let is_kept = order.payment.is_some() && order.state != State::Refunded;
            kept += if is_kept { order.terms.price.minor } else { 0 };
        }
        assert_eq!(booked, kept, "receipts less credit notes are the money that was kept");
        for (kind, mut found) in numbers {
            found.sort();
            let letter = if kind == Kind::Receipt { 'R' } else { 'C' };
            let expected: Vec<String> =
                (1..=found.len()).map(|n| format!("{letter}-FJELL-2030-{n:06}")).collect();
            assert_eq!(found, expected);
        }
    }
}

fn payment(reference: &str) -> PaymentId {
    PaymentId { provider: "card".to_owned(), reference: reference.to_owned() }
}

/// The property of the books, with many customers at once, events that come twice, payments after
/// the end and of other amounts, and a power cut in the middle.
#[tokio::test(flavor = "multi_thread")]
async fn numbers_have_no_gaps_and_sums_are_the_money_kept() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.sqlite");
    let bench = Arc::new(Bench::open(&path));
    let mut orders = bench.customers(0..60).await;
    bench.is_in_order(&orders).await;
    // What is on disk at this moment is all that a power cut leaves.
    let cut = folder.path().join("cut.sqlite");
    for end in ["", "-wal"] {
        let name = |of: &Path| std::path::PathBuf::from(format!("{}{end}", of.display()));
        std::fs::copy(name(&path), name(&cut)).expect("copied");
    }
    drop(bench);
    let bench = Arc::new(Bench::open(&cut));
    bench.is_in_order(&orders).await;
    orders.extend(bench.customers(60..120).await);
    bench.is_in_order(&orders).await;
    let paid = orders.len() - orders.len() / 5;
    let last = format!("R-FJELL-2030-{paid:06}");
    assert!(bench.store.receipt_by_number(last).await.expect("read").is_some());
}
