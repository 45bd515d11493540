//! Keeping documents up to date: who may fetch the current one, how often, and which it is.
//!
//! A subscription is known by the id of the order that granted it. Whose SIM it is proves
//! nothing here: identifiers are what a launch claimed, so a device gets the document of the
//! subscription whose credentials it has and of no other, even of the same SIM. Not here: HTTP
//! ([`crate::http::refresh`]) and making documents ([`crate::documents`]).
//! Implements [RFR-06].

pub mod credentials;
pub mod usage;

use std::sync::Arc;

use domain::Timestamp;
use domain::brand::Brand;
use domain::code::OrderId;
use domain::order::State;

use crate::app::App;
use crate::catalog::Catalog;
use crate::documents::{Need, Recipient};
use crate::metadata::limits::RateLimit;
use crate::store::refresh::Whose;
use crate::store::{Order, StoreError};

/// Requests of one address a minute: devices of one operator may share a few.
pub const REQUESTS_OF_ADDRESS: u32 = 600;
/// Requests of all addresses a minute.
const REQUESTS_OF_ALL: u32 = 60_000;
/// Documents of one subscription a minute: a device needs one in days, an app some in an hour.
pub const DOCUMENTS_OF_SUBSCRIPTION: u32 = 6;
/// Documents of all subscriptions a minute.
const DOCUMENTS_OF_ALL: u32 = 30_000;

/// Counts who fetches.
pub struct Gate {
    /// By address, whoever asks.
    pub addresses: RateLimit,
    /// By subscription, of those that proved it.
    pub subscriptions: RateLimit<OrderId>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            addresses: RateLimit::new(REQUESTS_OF_ADDRESS, REQUESTS_OF_ALL),
            subscriptions: RateLimit::new(DOCUMENTS_OF_SUBSCRIPTION, DOCUMENTS_OF_ALL),
        }
    }
}

/// What there is for somebody who may have the document of a subscription.
pub enum Latest {
    /// A document can be made for it.
    Of(Box<Found>),
    /// Nothing newer: the plan is over, or its brand is gone.
    Nothing,
    /// There is no such subscription.
    Missing,
}

/// A subscription in force, and what its document is made from.
pub struct Found {
    order: Order,
    brand: Brand,
    catalog: Arc<Catalog>,
    now: Timestamp,
}

impl Found {
    /// Returns for whom a document is to be made.
    #[must_use]
    pub fn recipient<'a>(&'a self, app: &'a App) -> Recipient<'a> {
        Recipient {
            store: app.store.as_ref(),
            catalog: &self.catalog,
            brand: &self.brand,
            order: &self.order,
            now: self.now,
        }
    }

    /// Says whether the brand's documents tell where they are refreshed.
    #[must_use]
    pub fn is_refreshed(&self) -> bool {
        self.catalog.parts.get(&self.brand.id).is_some_and(|parts| parts.refresh.is_some())
    }
}

/// Looks for a subscription.
///
/// # Errors
/// As the store says.
pub async fn find(app: &App, id: OrderId) -> Result<Latest, StoreError> {
    let order = app.store.order(id).await?.filter(|order| order.order.state == State::Active);
    let Some(order) = order else { return Ok(Latest::Missing) };
    let (catalog, now) = (app.catalog(), app.clock.now());
    let is_over = app.store.plans_in_force(Whose::Subscription(id), now).await?.is_empty();
    let brand = catalog.brands.get(&order.order.terms.brand).filter(|_| !is_over).cloned();
    Ok(match brand {
        Some(brand) => Latest::Of(Box::new(Found { order, brand, catalog, now })),
        None => Latest::Nothing,
    })
}

/// Reads which parts are wanted of a query; the whole document where it says nothing.
///
/// # Errors
/// A name that is none, in words that name the others.
pub fn need(query: Option<&str>) -> Result<Need, String> {
    let query = query.unwrap_or_default().as_bytes();
    let asked = form_urlencoded::parse(query).find(|(name, _)| name == "parts");
    let Some((_, name)) = asked else { return Ok(Need::Full) };
    Need::parse(&name).ok_or_else(|| {
        let names: Vec<&str> = Need::ALL.iter().map(|need| need.name()).collect();
        format!("parts: one of {}", names.join(", "))
    })
}
