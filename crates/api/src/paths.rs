//! The routes of the portal, in one place for server, pages and tests.
//!
//! Not here: who may use them.

/// Where Windows arrives [PORT-18].
pub const LAUNCH: &str = "/";
/// The manual identification page [PORT-07].
pub const IDENTIFY: &str = "/identify";
/// The plan catalogue.
pub const PLANS: &str = "/plans";
/// What the operator must know of the customer.
pub const DETAILS: &str = "/details";
/// The review before paying.
pub const REVIEW: &str = "/review";
/// Where an order is opened by its code and its SIM (GET), or also by its link (POST).
pub const RESUME: &str = "/resume";
/// Files of the portal, by their hashed name.
pub const ASSETS: &str = "/assets";

/// Service metadata by identity (POST).
pub const METADATA: &str = "/api/metadata";
/// Whose customer a SIM's owner is (POST).
pub const AFFILIATION: &str = "/api/affiliation";
/// Effective settings of a SIM, in the operator area (POST).
pub const SETTINGS: &str = "/api/settings";

/// Whether a customer may share the connection, in the operator area (POST).
pub const ENTITLEMENT_TETHERING: &str = "/api/entitlement/tethering";

/// A text of a brand that customers are asked to read: `terms` or `privacy`.
#[must_use]
pub fn legal(brand: &str, text: &str) -> String {
    format!("/legal/{brand}/{text}")
}

/// The link that opens an order in another browser.
#[must_use]
pub fn resume_link(token: &str) -> String {
    format!("{RESUME}/{token}")
}

/// Where a device fetches the current document of a subscription.
#[must_use]
pub fn refresh(subscription: &str) -> String {
    format!("/refresh/{subscription}")
}

/// The current document of a subscription for the operator's own app, in the operator area.
#[must_use]
pub fn subscription_document(subscription: &str) -> String {
    format!("/api/subscriptions/{subscription}/document")
}

/// Routes of one order; `code` is the order code without hyphens.
pub mod order {
    /// The page of an order, whatever its state.
    #[must_use]
    pub fn page(code: &str) -> String {
        format!("/orders/{code}")
    }

    /// The way to the payment (GET); another payment attempt (POST).
    #[must_use]
    pub fn pay(code: &str) -> String {
        format!("/orders/{code}/pay")
    }

    /// Giving up (POST).
    #[must_use]
    pub fn cancel(code: &str) -> String {
        format!("/orders/{code}/cancel")
    }

    /// Another try of a failed activation (POST).
    #[must_use]
    pub fn retry(code: &str) -> String {
        format!("/orders/{code}/retry")
    }

    /// The money back for a failed activation (POST).
    #[must_use]
    pub fn refund(code: &str) -> String {
        format!("/orders/{code}/refund")
    }

    /// What was paid for an order.
    #[must_use]
    pub fn receipt(code: &str) -> String {
        format!("/orders/{code}/receipt")
    }

    /// What was given back of it.
    #[must_use]
    pub fn credit_note(code: &str) -> String {
        format!("/orders/{code}/credit-note")
    }

    /// How to come back to it (GET); a new link in place of the old one (POST).
    #[must_use]
    pub fn link(code: &str) -> String {
        format!("/orders/{code}/link")
    }

    /// Where the payment provider sends the customer back.
    #[must_use]
    pub fn back(code: &str) -> String {
        format!("/orders/{code}/return")
    }

    /// The signed document as JSON for the bridge ([`crate::browser::Document`]).
    #[must_use]
    pub fn document(code: &str) -> String {
        format!("/orders/{code}/document")
    }

    /// The signed document as a file.
    #[must_use]
    pub fn file(code: &str) -> String {
        format!("/orders/{code}/provisioning.xml")
    }

    /// The number that Windows returned (POST).
    #[must_use]
    pub fn result(code: &str) -> String {
        format!("/orders/{code}/result")
    }

    /// Having been told, so that it is not said again (POST).
    #[must_use]
    pub fn told(code: &str) -> String {
        format!("/orders/{code}/told")
    }

    /// What happens to the plan, as server-sent events: those after a sequence number.
    #[must_use]
    pub fn events(code: &str, after: u64) -> String {
        format!("/orders/{code}/events?after={after}")
    }
}
