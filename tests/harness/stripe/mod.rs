//! A fake of Stripe: its API, its page and its events, as far as a single payment by Checkout
//! goes, with a book of its own.
//!
//! It behaves as docs.stripe.com says (idempotent requests, errors, checkout/sessions, refunds,
//! webhooks) and knows nothing of the product. Tests break it on purpose ([`Trouble`],
//! [`Delivery`]), act as its customer, and read its book: what it says of money is the truth.
//!
//! - [`book`]: sessions, payments, refunds;
//! - [`api`]: requests with a secret key;
//! - [`page`]: where a customer pays;
//! - [`events`]: signed, and delivered as a test says.

mod api;
mod book;
mod events;
mod page;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::routing::get;
use domain::SignedDuration;
use reqwest::{Client, redirect};
use server::clock::{Clock, SystemClock};
use server::config::HostedConfig;
use server::outgoing::IpNetwork;

use book::Book;
pub use book::{Intent, Session};
pub use events::{Delivery, Event};

/// The secret key of the account.
const SECRET_KEY: &str = "sk_test_0123456789";
/// The secrets of its webhook: before and after a change-over.
const WEBHOOK_SECRETS: [&str; 2] = ["whsec_old", "whsec_new"];

/// A request of the API, by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Opens a session.
    Create,
    /// Reads one.
    Retrieve,
    /// Expires one.
    Expire,
    /// Gives a payment back.
    Refund,
    /// Lists what was given back.
    Refunds,
}

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does nothing and is never answered.
    LostBefore,
    /// It does what it says and is never answered.
    LostAfter,
    /// It does nothing; 500, which is kept for its key.
    Fails,
    /// It does what it says; 500, which is kept for its key.
    FailsAfter,
    /// It does nothing; 429 with so many seconds in `Retry-After`.
    Busy(u32),
    /// It does nothing; 409, as if another with its key were under way.
    Locked,
}

/// What all parts of the fake share.
struct Shared {
    book: Mutex<Book>,
    clock: Mutex<Arc<dyn Clock>>,
    troubles: Mutex<VecDeque<(Call, Trouble)>>,
    calls: Mutex<Vec<Call>>,
    outbox: Mutex<events::Outbox>,
    origin: String,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A Stripe that listens.
pub struct Stripe {
    shared: Arc<Shared>,
    customer: Client,
}

impl Stripe {
    /// Listens; nobody is told of events until [`Self::deliver_to`].
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> Result<Self> {
        crate::visitor::install_tls();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address: SocketAddr = listener.local_addr()?;
        let shared = Arc::new(Shared {
            book: Mutex::default(),
            clock: Mutex::new(Arc::new(SystemClock)),
            troubles: Mutex::default(),
            calls: Mutex::default(),
            outbox: Mutex::default(),
            origin: format!("http://{address}"),
        });
        let routes = Router::new()
            .route("/c/pay/{id}", get(page::show).post(page::pay))
            .fallback(api::answer)
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let customer = Client::builder().redirect(redirect::Policy::none()).build()?;
        Ok(Self { shared, customer })
    }

    /// Returns the configuration of a provider that talks to it, with its secrets in a folder.
    ///
    /// # Errors
    /// The secrets cannot be written.
    pub fn config(&self, folder: &Path) -> Result<HostedConfig> {
        let write = |name: &str, secret: &str| {
            let file = folder.join(name);
            std::fs::write(&file, secret).map(|()| file)
        };
        let [old, new] = WEBHOOK_SECRETS;
        Ok(HostedConfig {
            secret_key: write("stripe-key", SECRET_KEY)?,
            webhook_secrets: vec![write("webhook-old", old)?, write("webhook-new", new)?],
            methods: vec!["card".to_owned()],
            base_url: self.shared.origin.clone(),
            page_origin: self.shared.origin.clone(),
            timeout: SignedDuration::from_secs(1),
            networks: IpNetwork::parse("127.0.0.0/8").into_iter().collect(),
        })
    }

    /// Goes by this clock from here on.
    pub fn set_clock(&self, clock: Arc<dyn Clock>) {
        *lock(&self.shared.clock) = clock;
    }

    /// Lets the next request of this kind go wrong; several go wrong one after the other.
    pub fn break_next(&self, call: Call, trouble: Trouble) {
        lock(&self.shared.troubles).push_back((call, trouble));
    }

    /// Returns how many requests of a kind came.
    #[must_use]
    pub fn count(&self, call: Call) -> usize {
        lock(&self.shared.calls).iter().filter(|came| **came == call).count()
    }

    /// Pays, or tries to, on the page of a session, as a customer with this card would; returns
    /// where the page leads, if it does.
    ///
    /// # Errors
    /// No answer.
    pub async fn pay(&self, url: &str, card: &str) -> Result<Option<String>> {
        let body = format!("card={card}");
        let request = self.customer.post(url).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = request.send().await?;
        let location = response.headers().get("location").and_then(|value| value.to_str().ok());
        Ok(location.map(str::to_owned))
    }

    /// Opens a page of it, as a customer does.
    ///
    /// # Errors
    /// No answer.
    pub async fn page(&self, url: &str) -> Result<String> {
        Ok(self.customer.get(url).send().await?.text().await?)
    }

    /// Ends a payment that takes days.
    ///
    /// # Errors
    /// There is none in the session.
    pub fn settle(&self, session: &str, is_paid: bool) -> Result<()> {
        let settled = lock(&self.shared.book).settle(session, is_paid);
        let (kind, object) = settled.context("no payment is under way there")?;
        self.shared.tell(kind, &object);
        Ok(())
    }

    /// Takes money in a session that has expired, as Stripe promises not to.
    ///
    /// # Errors
    /// There is no such session.
    pub fn pay_late(&self, session: &str) -> Result<()> {
        let paid = {
            let mut book = lock(&self.shared.book);
            book.sessions.get_mut(session).context("no session")?.status = "open";
            book.pay(session, false)
        };
        self.shared.tell("checkout.session.completed", &paid.context("not paid")?);
        Ok(())
    }

    /// Writes another amount over what a session asks for, before it is paid.
    pub fn misprice(&self, session: &str, units: i64) {
        if let Some(session) = lock(&self.shared.book).sessions.get_mut(session) {
            session.units = units;
        }
    }

    /// Returns the sessions of an order, oldest first.
    #[must_use]
    pub fn sessions(&self, order: &str) -> Vec<Session> {
        lock(&self.shared.book).sessions_of(order)
    }

    /// Returns the payments of an order that came about, oldest first.
    #[must_use]
    pub fn payments(&self, order: &str) -> Vec<Intent> {
        lock(&self.shared.book).payments_of(order)
    }

    /// Returns how much more of an order's money came in than went back.
    #[must_use]
    pub fn net(&self, order: &str) -> i64 {
        self.payments(order).iter().map(|payment| payment.units - payment.refunded).sum()
    }
}

impl Shared {
    fn now(&self) -> i64 {
        lock(&self.clock).now().as_second()
    }

    /// Expires what is due, and tells so.
    fn let_time_pass(&self) {
        let expired = lock(&self.book).expire_due(self.now());
        for object in expired {
            self.tell("checkout.session.expired", &object);
        }
    }
}
