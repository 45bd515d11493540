//! The subscriber port: what the operator knows of a SIM, beside what a launch claims [PORT-07],
//! [PORT-38].
//!
//! What cannot be learned counts as cold and is never an error. What is learned decides which
//! pages a customer is asked to fill and which plans are offered; none of it is shown, as whoever
//! knows a number could ask. Not here: whose SIM it is ([`domain::matching`]).
//!
//! - [`http`]: the operator's system; [`csv`]: a file of prepared SIMs; [`demo`]: fixed ones.

pub mod csv;
pub mod demo;
pub mod http;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::subscriber::Standing;

use crate::store::Claims;

/// What a look-up comes to; nothing where the SIM is not known.
pub type Reply<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Standing>, LookUpError>> + Send + 'a>>;

/// Nobody says what is known of a SIM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookUpError(
    /// What went wrong, without personal data.
    pub String,
);

impl fmt::Display for LookUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LookUpError {}

/// Where knowledge of SIMs comes from.
pub trait SubscriberPort: Send + Sync {
    /// Returns what is known of the SIM that a launch claims.
    fn look_up<'a>(&'a self, claims: &'a Claims) -> Reply<'a>;
}

/// What the application knows SIMs by.
pub struct Subscribers {
    /// Who is asked; absent = nothing is known of any SIM.
    pub port: Option<Arc<dyn SubscriberPort>>,
    /// Whether the demo's SIMs tell their home provider, which no launch carries.
    pub is_demo: bool,
}

/// What a look-up came to, for those who count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What counts.
    pub standing: Standing,
    /// `cold`, `warm`, `hot`, `unknown` or `failed`.
    pub result: &'static str,
}

impl Subscribers {
    /// Returns the home provider name of the SIM, where it is known.
    #[must_use]
    pub fn home_provider_name(&self, claims: &Claims) -> Option<String> {
        if !self.is_demo {
            return None;
        }
        demo::find(claims)?.home_provider_name.map(str::to_owned)
    }

    /// Looks a SIM up; what cannot be learned is logged.
    pub async fn look_up(&self, claims: &Claims) -> Known {
        let Some(port) = &self.port else {
            return Known { standing: Standing::unknown(), result: "unknown" };
        };
        match port.look_up(claims).await {
            Ok(Some(standing)) => Known { result: standing.state.name(), standing },
            Ok(None) => Known { standing: Standing::unknown(), result: "unknown" },
            Err(error) => {
                tracing::warn!(%error, "the SIM's state is not known: it counts as cold");
                Known { standing: Standing::unknown(), result: "failed" }
            }
        }
    }
}
