//! What account pages are made from, loaded at once.
//!
//! Not here: what they say ([`crate::pages::usage`]).

use domain::code::OrderId;
use domain::usage::{Regime, Sharing};
use domain::{Timestamp, amount::Bytes};

use crate::pages::usage::{Counted, UsageView, first_hour};
use crate::store::account::Tidings;
use crate::store::usage::Metered;
use crate::store::{Store, StoreError};

/// Seconds of an hour.
const HOUR_S: i64 = 3_600;

/// What is known of a subscription.
#[derive(Default)]
pub struct Account {
    /// What is metered; absent = nothing is.
    pub metered: Option<Metered>,
    /// What was counted of late, by the hour.
    pub counted: Vec<Counted>,
    /// What the customer is to be told.
    pub tidings: Tidings,
}

impl Account {
    /// Loads what is known of a subscription.
    ///
    /// # Errors
    /// As the store says.
    pub async fn load(store: &dyn Store, id: OrderId, now: Timestamp) -> Result<Self, StoreError> {
        let metered = store.metered(id).await?;
        let mut counted = Vec::new();
        if let Some(metered) = &metered {
            let from = first_hour(&metered.state, metered.starts_at, now);
            let from = from.as_second().div_euclid(HOUR_S);
            // Counted bytes are never later than the present.
            let to = now.as_second().div_euclid(HOUR_S).saturating_add(1);
            let hours = store.usage_hours(metered.handle, from, to).await?;
            counted.extend(hours.into_iter().map(|bucket| Counted {
                at: Timestamp::from_second(bucket.slot.saturating_mul(HOUR_S)).unwrap_or(now),
                regime: if bucket.kind.is_roaming { Regime::Roaming } else { Regime::Home },
                sharing: if bucket.kind.is_shared { Sharing::Shared } else { Sharing::Own },
                bytes: Bytes(bucket.carried.total()),
            }));
        }
        Ok(Self { metered, counted, tidings: store.tidings(id).await? })
    }

    /// Looks at it; absent = nothing is metered.
    #[must_use]
    pub fn view(&self, now: Timestamp) -> Option<UsageView<'_>> {
        let metered = self.metered.as_ref()?;
        Some(UsageView {
            terms: &metered.terms,
            state: &metered.state,
            registered: metered.registered,
            starts_at: metered.starts_at,
            counted: &self.counted,
            now,
        })
    }
}
