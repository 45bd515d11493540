//! Payment providers: each against one suite, on its own book.
//!
//! Not here: what a payment does to an order, and troubles of one provider alone
//! ([`super::hosted`]).

use std::sync::Arc;

use axum::http::HeaderMap;
use domain::amount::{Currency, Money};
use domain::order::PaymentSession;
use domain::{SignedDuration, Timestamp};
use e2e::stripe::Stripe;
use server::clock::{Clock as _, SettableClock, SystemClock};
use server::entropy;
use server::payment::hosted::Hosted;
use server::payment::sandbox::Sandbox;
use server::payment::{OpenRequest, PaymentError, PaymentProvider, SessionStatus};
use server::store::Store;
use server::store::sqlite::SqliteStore;
use tempfile::TempDir;

/// The origin of the portal's own links.
pub(super) const PORTAL: &str = "https://portal.example";

/// What plays the world outside a provider.
enum Outside {
    Sandbox { sandbox: Arc<Sandbox>, store: Arc<dyn Store> },
    Stripe(Stripe),
}

struct Bench {
    provider: Arc<dyn PaymentProvider>,
    outside: Outside,
    _folder: TempDir,
}

/// Makes a request; `key` tells it from others.
pub(super) fn request(key: &str, now: Timestamp) -> OpenRequest {
    OpenRequest {
        key: key.to_owned(),
        order: entropy::order_code(),
        description: "Fjell: a day".to_owned(),
        amount: Money { minor: 490, currency: Currency::parse("EUR").expect("a code") },
        tax: Some("incl. 19 % tax of €0.78".to_owned()),
        return_url: format!("{PORTAL}/orders/0000000000/return"),
        decided_at: now,
        closes_at: now + SignedDuration::from_mins(15),
    }
}

impl Bench {
    fn sandbox() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(&folder.path().join("db.sqlite")).expect("a store");
        let store: Arc<dyn Store> = Arc::new(store);
        let clock = Arc::new(SettableClock::new(SystemClock.now()));
        let sandbox = Arc::new(Sandbox::new(Arc::clone(&store), clock));
        let outside = Outside::Sandbox { sandbox: Arc::clone(&sandbox), store };
        Self { provider: sandbox, outside, _folder: folder }
    }

    async fn hosted() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let stripe = Stripe::start().await.expect("Stripe");
        let config = stripe.config(folder.path()).expect("a configuration");
        let hosted = Hosted::new("card", &config, PORTAL).expect("a provider");
        Self { provider: Arc::new(hosted), outside: Outside::Stripe(stripe), _folder: folder }
    }

    /// Has the customer pay.
    async fn pay(&self, session: &PaymentSession) {
        match &self.outside {
            Outside::Sandbox { sandbox, .. } => {
                sandbox.charge(&session.id, true).await.expect("charged");
            }
            Outside::Stripe(stripe) => {
                stripe.pay(&session.url, "4242424242424242").await.expect("an answer");
            }
        }
    }

    /// What the provider's own book says came in for an order and stayed.
    async fn net(&self, session: &PaymentSession, order: &str) -> i64 {
        match &self.outside {
            Outside::Sandbox { store, .. } => {
                let found = store.sandbox_session(session.id.clone()).await.expect("read");
                let found = found.expect("a session");
                let is_in = found.reference.is_some() && !found.is_refunded;
                if is_in { found.amount.minor } else { 0 }
            }
            Outside::Stripe(stripe) => stripe.net(order),
        }
    }
}

/// The suite.
async fn conforms(bench: Bench) {
    let provider = &bench.provider;
    let now = SystemClock.now();
    let first = request("a/open/1", now);
    let order = first.order.as_str().to_owned();
    let session = provider.open(first.clone()).await.expect("opened");
    assert_eq!(session.provider, provider.name());
    assert_eq!(provider.open(first.clone()).await.as_ref(), Ok(&session), "one key, one session");
    let other = request("a/open/2", now);
    let other_order = other.order.as_str().to_owned();
    let other = provider.open(other).await.expect("opened");
    assert_ne!(other.id, session.id, "another key is another session");

    let status = |session: &PaymentSession| provider.retrieve(session.id.clone());
    let close = |session: &PaymentSession| provider.close(session.id.clone());
    assert_eq!(status(&session).await, Ok(SessionStatus::Open));
    assert_eq!(close(&other).await, Ok(SessionStatus::Closed));
    assert_eq!(close(&other).await, Ok(SessionStatus::Closed), "closed once");
    bench.pay(&other).await;
    assert_eq!(status(&other).await, Ok(SessionStatus::Closed), "nobody pays there any more");
    assert_eq!(bench.net(&other, &other_order).await, 0);

    bench.pay(&session).await;
    let Ok(SessionStatus::Paid { reference, amount }) = status(&session).await else {
        panic!("it is paid: {:?}", status(&session).await);
    };
    assert_eq!(amount, first.amount);
    let paid = SessionStatus::Paid { reference: reference.clone(), amount };
    assert_eq!(close(&session).await, Ok(paid.clone()), "what is paid stays paid");
    assert_eq!(status(&session).await, Ok(paid));
    assert_eq!(bench.net(&session, &order).await, 490);

    for key in ["a/refund/1", "a/refund/1", "a/refund/2"] {
        let refunded = provider.refund(key.to_owned(), reference.clone(), amount).await;
        assert_eq!(refunded, Ok(()), "{key}");
        assert_eq!(bench.net(&session, &order).await, 0, "{key}");
    }

    let unknown = || "nosuchsession".to_owned();
    assert_eq!(provider.retrieve(unknown()).await, Err(PaymentError::UnknownSession));
    assert_eq!(provider.close(unknown()).await, Err(PaymentError::UnknownSession));
    let refunded = provider.refund("b".to_owned(), unknown(), amount).await;
    assert!(refunded.is_err(), "there is nothing to give back");
    let event = provider.verify_event(&HeaderMap::new(), b"{}", now);
    assert_eq!(event, Err(PaymentError::BadSignature));
}

#[tokio::test]
async fn the_sandbox_is_a_payment_provider() {
    conforms(Bench::sandbox()).await;
}

#[tokio::test]
async fn the_hosted_page_is_a_payment_provider() {
    conforms(Bench::hosted().await).await;
}
