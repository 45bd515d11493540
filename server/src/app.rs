//! The application: what every request and loop shares.
//!
//! Not here: making it ([`crate::serve`]).

use std::sync::{Arc, PoisonError, RwLock};

use domain::brand::{Brand, BrandId};
use domain::launch::{Subscriber, Technology};
use domain::matching::{self, Match, Sim};
use domain::subscriber::Standing;

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::documents::Documents;
use crate::engine::ledger::Ledger;
use crate::events::Events;
use crate::http::PortalSettings;
use crate::http::resume::Tries;
use crate::messages::take::Messages;
use crate::metadata::Metadata;
use crate::metadata::limits::RateLimit;
use crate::metrics::Metrics;
use crate::payment::Payments;
use crate::payment::sandbox::Sandbox;
use crate::refresh::Gate;
use crate::store::{Claims, Store};
use crate::subscriber::Subscribers;
use crate::texts::Languages;
use crate::usage::Usage;

/// A catalogue and what is made from it.
#[derive(Default)]
pub struct Serving {
    /// Brands and their index.
    pub catalog: Arc<Catalog>,
    /// Packages and affiliations of the same brands.
    pub metadata: Metadata,
}

/// What every request and loop shares.
pub struct App {
    /// Everything that outlives the process.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The order ledger.
    pub ledger: Arc<Ledger>,
    /// Where money comes from.
    pub payments: Arc<Payments>,
    /// The sandbox provider, where it is the one.
    pub sandbox: Option<Arc<Sandbox>>,
    /// The catalogue and what is made from it, swapped as one.
    pub serving: RwLock<Arc<Serving>>,
    /// How often affiliations were asked for.
    pub affiliations: RateLimit,
    /// Who fetches refreshed documents, and how often.
    pub refresh: Gate,
    /// What is known of SIMs beside what a launch says.
    pub subscribers: Subscribers,
    /// Signed documents.
    pub documents: Documents,
    /// What people read.
    pub languages: Languages,
    /// What subscriptions use.
    pub usage: Arc<Usage>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What is told of subscribers.
    pub events: Arc<Events>,
    /// Messages of operators.
    pub messages: Messages,
    /// Who tries to open orders, and how often.
    pub tries: Tries,
    /// Settings of the portal.
    pub portal: PortalSettings,
    /// The origin in links; that of the request if absent.
    pub public_url: Option<String>,
}

impl App {
    /// Returns the catalogue of this moment.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.serving().catalog)
    }

    /// Returns the catalogue of this moment with what is made from it.
    #[must_use]
    pub fn serving(&self) -> Arc<Serving> {
        Arc::clone(&self.serving.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another catalogue in the place of this one; whoever has this one keeps it.
    pub fn serve(&self, serving: Serving) {
        let serving = Arc::new(serving);
        self.ledger.books.know(Arc::clone(&serving.catalog));
        let mut place = self.serving.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *place, serving);
        // A large catalogue takes a while to free, which no reader should wait for.
        drop(place);
        drop(before);
    }

    /// Finds the brand of what a launch claims.
    #[must_use]
    pub fn find_brand(&self, claims: &Claims) -> Match {
        let sim = match claims.technology {
            Technology::Cdma => Sim::cdma(),
            Technology::Gsm | Technology::Unknown => Sim {
                iccid: claims.iccid.clone(),
                imsi: match &claims.subscriber {
                    Some(Subscriber::Imsi(imsi)) => Some(imsi.clone()),
                    Some(Subscriber::Min(_)) | None => None,
                },
                home_provider_name: self.subscribers.home_provider_name(claims),
                ..Sim::gsm()
            },
        };
        matching::find(&self.catalog().index, &sim)
    }

    /// Returns what is known of the SIM that a launch claims; what cannot be learned is cold
    /// [PORT-38].
    pub async fn standing(&self, claims: &Claims) -> Standing {
        let known = self.subscribers.look_up(claims).await;
        self.metrics.subscriber(known.result);
        known.standing
    }

    /// Returns the name of the payment provider of a brand.
    #[must_use]
    pub fn payment_of(&self, brand: &BrandId) -> String {
        let catalog = self.catalog();
        let named = catalog.payment.get(brand).map(String::as_str);
        self.payments.own_name(named).to_owned()
    }

    /// Returns a brand of the catalogue of this moment.
    #[must_use]
    pub fn brand(&self, id: &BrandId) -> Option<Brand> {
        self.catalog().brands.get(id).cloned()
    }
}
