//! A shop whose brand is paid on a hosted page, with the provider's own book beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::SignedDuration;
use e2e::server_under_test::{ServerUnderTest, Wish};
use e2e::stripe::{Session, Stripe};
use e2e::visitor::{Seen, Visitor};
use server::clock::SettableClock;
use server::config::PaymentConfig;
use server::demo_sims::{DEMO_SIMS, DemoSim};
use tempfile::TempDir;

use crate::admin::operator;
use crate::mending::until;
use crate::purchase::to_payment;

/// The origin in links.
pub(super) const PORTAL: &str = "https://portal.example";
/// A card that pays.
pub(super) const CARD: &str = "4242424242424242";
/// The heading of an active order.
pub(super) const ACTIVE: &str = "Your plan is active";

/// A shop.
pub(super) struct Shop {
    pub(super) server: ServerUnderTest,
    pub(super) stripe: Stripe,
    pub(super) clock: Arc<SettableClock>,
    _folder: TempDir,
}

/// An order whose customer stands before the provider's page.
pub(super) struct Purchase {
    pub(super) visitor: Visitor,
    pub(super) code: String,
    pub(super) path: String,
    pub(super) session: Session,
}

/// The SIM of every purchase here.
pub(super) fn sim() -> &'static DemoSim {
    &DEMO_SIMS[0]
}

/// Copies the demo's brands; the one of [`sim`] names the provider.
pub(super) fn catalogue(folder: &Path, provider: &str) -> PathBuf {
    let catalogue = folder.join("catalogue");
    std::fs::create_dir(&catalogue).expect("a folder");
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/demo/catalog");
    for entry in std::fs::read_dir(demo).expect("the demo").map(|entry| entry.expect("a file")) {
        let name = entry.file_name();
        let mut text = std::fs::read_to_string(entry.path()).expect("a brand");
        if name == format!("{}.toml", sim().brand).as_str() {
            let named = format!("payment = \"{provider}\"\nnetwork = ");
            text = text.replacen("network = ", &named, 1);
        }
        std::fs::write(catalogue.join(name), text).expect("written");
    }
    catalogue
}

impl Shop {
    /// Opens the shop.
    pub(super) async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let stripe = Stripe::start().await.expect("Stripe");
        let hosted = PaymentConfig::Hosted(stripe.config(folder.path()).expect("secrets"));
        let wish = Wish {
            payment: [("card".to_owned(), hosted)].into(),
            catalog: Some(catalogue(folder.path(), "card")),
            public_url: Some(PORTAL.to_owned()),
            session_lifetime: Some(SignedDuration::from_hours(72)),
            is_clock_set: true,
            ..Wish::default()
        };
        let server = ServerUnderTest::start_with(wish).await.expect("server");
        let clock = server.clock.clone().expect("a clock to set");
        stripe.set_clock(clock.clone());
        let url = format!("{}/api/payments/card/events", server.admin_origin());
        stripe.deliver_to(&url, server.running.tls_roots.as_deref()).expect("roots");
        Self { server, stripe, clock, _folder: folder }
    }

    /// Goes as far as the provider's page.
    pub(super) async fn begin(&self) -> Purchase {
        let visitor = self.server.visitor().expect("visitor");
        let page = to_payment(&visitor, &sim().launch_path()).await;
        assert!(page.heading().starts_with("Pay "), "{}", page.html);
        let order = visitor.open(&sim().launch_path()).await.expect("the same visit");
        self.purchase(visitor, order.path).expect("a session")
    }

    /// Takes up an order that is there.
    pub(super) fn purchase(&self, visitor: Visitor, path: String) -> Option<Purchase> {
        let code = path.trim_start_matches("/orders/").to_owned();
        let session = self.stripe.sessions(&code).pop()?;
        Some(Purchase { visitor, code, path, session })
    }

    /// Loads an order's page until it has this heading, while time passes.
    pub(super) async fn until(&self, purchase: &Purchase, heading: &str) -> Seen {
        let step = || self.clock.advance(SignedDuration::from_secs(1));
        until(&purchase.visitor, &purchase.path, heading, step).await
    }

    /// Lets time pass until the provider's book says that this much stayed.
    pub(super) async fn until_net(&self, purchase: &Purchase, net: i64) {
        for _ in 0..400 {
            if self.stripe.net(&purchase.code) == net {
                return;
            }
            self.clock.advance(SignedDuration::from_secs(1));
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        assert_eq!(self.stripe.net(&purchase.code), net, "of {}", purchase.code);
    }

    /// Reads a counter of provider events.
    pub(super) async fn counted(&self, result: &str) -> bool {
        let visitor = Visitor::trusting(
            &self.server.admin_origin(),
            self.server.running.tls_roots.as_deref(),
        );
        let metrics = visitor.expect("visitor").open("/metrics").await.expect("metrics").html;
        let name = format!("payment_events_total{{provider=\"card\",result=\"{result}\"}}");
        metrics.contains(&name)
    }

    /// Reads what happened to an order, as an operator does.
    pub(super) async fn history(&self, purchase: &Purchase) -> String {
        let (visitor, _) = operator(&self.server).await.expect("signed in");
        visitor.open(&format!("/orders/{}", purchase.code)).await.expect("the order").html
    }

    /// Closes the shop: of the order's money, `net` stayed, and it came in once at most.
    pub(super) async fn close(self, purchase: &Purchase, net: i64) {
        assert_eq!(self.stripe.net(&purchase.code), net, "what stayed");
        let payments = self.stripe.payments(&purchase.code);
        let kept = payments.iter().filter(|payment| payment.refunded == 0).count();
        assert_eq!(kept, usize::from(net > 0), "{payments:?}");
        let is_whole = |refunded, units| refunded == 0 || refunded == units;
        assert!(payments.iter().all(|payment| is_whole(payment.refunded, payment.units)));
        self.server.stop().await;
    }
}

impl Purchase {
    /// Comes back from the provider's page.
    pub(super) async fn come_back(&self) -> Seen {
        self.visitor.open(&format!("{}/return", self.path)).await.expect("the order's page")
    }
}
