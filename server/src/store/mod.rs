//! The store, as a port: batches of commands that happen together or not at all, and reads.
//!
//! The unit is a [`Command`], never SQL, so that another database can take SQLite's place.
//! Not here: decisions ([`domain`]) and when to write what ([`crate::engine`]).

pub mod account;
pub mod books;
pub mod customer;
pub mod details;
pub mod events;
pub mod health;
pub mod messages;
mod records;
pub mod refresh;
pub mod sqlite;
pub mod usage;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use domain::Timestamp;
use domain::code::{OrderCode, OrderId};

pub use records::{
    Account, ApiToken, AuditEntry, Claims, Delivery, JournalEntry, Login, Order, OutboxEntry,
    PackageRevision, SandboxSession, SandboxStatus, Session, SignedDocument, Subscription,
};

/// What a read or a commit comes to.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// One write. A batch of them is one transaction.
#[derive(Clone, Debug)]
pub enum Command {
    /// Inserts a session or replaces what it holds.
    SaveSession(Session),
    /// Inserts an order; fails with [`StoreError::Duplicate`] when its session has one with the
    /// same browser key.
    InsertOrder(Box<Order>),
    /// Replaces an order of version `order.version - 1`; fails with [`StoreError::Conflict`]
    /// when somebody else was faster.
    UpdateOrder(Box<Order>),
    /// Appends to the journal of an order.
    AppendJournal(JournalEntry),
    /// Adds an effect; one that is there already stays as it is.
    AddEffect(OutboxEntry),
    /// Marks an effect as done.
    FinishEffect {
        /// Its key.
        key: String,
        /// When.
        at: Timestamp,
    },
    /// Puts an effect off after a failure.
    PutOffEffect {
        /// Its key.
        key: String,
        /// When to try again.
        due_at: Timestamp,
        /// What went wrong, without personal data.
        error: String,
    },
    /// Remembers a provider's event; fails with [`StoreError::Duplicate`] when it was taken
    /// before.
    RememberPaymentEvent {
        /// The provider.
        provider: String,
        /// The provider's id of the event.
        id: String,
        /// When.
        at: Timestamp,
    },
    /// Inserts a subscription; one that is there already stays as it is.
    InsertSubscription(Subscription),
    /// Ends a subscription, unless it ended before.
    EndSubscription {
        /// The order that granted it.
        order: OrderId,
        /// When.
        at: Timestamp,
    },
    /// Inserts a signed document; one that is there already stays as it is.
    InsertDocument(SignedDocument),
    /// Inserts a hand-over.
    InsertDelivery(Delivery),
    /// Records what Windows returned; the first answer to a hand-over stays.
    RecordResult {
        /// The hand-over.
        delivery: String,
        /// The order that it must belong to.
        order: OrderId,
        /// The number.
        result: u32,
        /// When.
        at: Timestamp,
    },
    /// Inserts a session of the sandbox provider; one with its key that is there already stays.
    InsertSandboxSession(SandboxSession),
    /// Moves a session of the sandbox provider on, unless it is over already.
    MoveSandboxSession {
        /// Its id.
        id: String,
        /// Where it stands then.
        status: SandboxStatus,
        /// The payment's reference, once paid.
        reference: Option<String>,
    },
    /// Marks a payment of the sandbox provider as given back.
    RefundSandboxPayment {
        /// The payment's reference.
        reference: String,
    },
    /// Remembers which order a provider's session belongs to, whatever comes after it.
    RememberPaymentSession {
        /// The provider.
        provider: String,
        /// The provider's id of the session.
        session: String,
        /// The order.
        order: OrderId,
    },
    /// Inserts an account; fails with [`StoreError::Duplicate`] when the name is taken.
    InsertAccount(Account),
    /// Inserts a log-in.
    InsertLogin(Login),
    /// Ends a log-in.
    DeleteLogin {
        /// Hash of its cookie.
        id_hash: String,
    },
    /// Inserts a machine's token; fails with [`StoreError::Duplicate`] when the name is taken.
    InsertToken(ApiToken),
    /// Inserts the revision of a brand's package or replaces the one before.
    SavePackageRevision(PackageRevision),
    /// Writes about events.
    Events(events::EventsCommand),
    /// A write for refreshed documents.
    Refresh(refresh::RefreshCommand),
    /// Writes down who did what.
    Audit(AuditEntry),
    /// Writes into the books of orders.
    Books(books::BooksCommand),
    /// Writes what account pages say.
    Account(account::AccountCommand),
    /// Writes what belongs to a customer's browser.
    Customer(customer::CustomerCommand),
    /// Writes what customers said of themselves.
    Details(details::DetailsCommand),
    /// Writes about messages of operators.
    Messages(messages::MessagesCommand),
    /// Writes usage.
    Usage(usage::UsageCommand),
    /// Forgets sessions and log-ins that ended before this.
    Sweep {
        /// The instant.
        before: Timestamp,
    },
}

/// Why the store did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// Somebody else changed the same order first: load it again and decide anew.
    Conflict,
    /// What must be unique is there already.
    Duplicate,
    /// What the command is about is not there.
    Missing,
    /// The database cannot be written or read now (disk full, read-only, closed).
    Unavailable(String),
    /// What was read is not what was written.
    Corrupt(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("changed by somebody else meanwhile"),
            Self::Duplicate => f.write_str("there already"),
            Self::Missing => f.write_str("not there"),
            Self::Unavailable(what) => write!(f, "the database is not available: {what}"),
            Self::Corrupt(what) => write!(f, "the database holds something unreadable: {what}"),
        }
    }
}

impl std::error::Error for StoreError {}

/// Keeps everything that must outlive the process.
pub trait Store:
    account::AccountStore
    + books::BooksStore
    + customer::CustomerStore
    + details::DetailsStore
    + events::EventsStore
    + health::StoreHealth
    + messages::MessagesStore
    + refresh::RefreshStore
    + usage::UsageStore
    + Send
    + Sync
{
    /// Does all commands or none, durably.
    fn commit(&self, batch: Vec<Command>) -> Reply<'_, ()>;
    /// Returns the session of a cookie's hash, whether it has ended or not.
    fn session(&self, id_hash: String) -> Reply<'_, Option<Session>>;
    /// Returns an order.
    fn order(&self, id: OrderId) -> Reply<'_, Option<Order>>;
    /// Returns the order of a code.
    fn order_by_code(&self, code: OrderCode) -> Reply<'_, Option<Order>>;
    /// Returns the order that a session made with this browser key.
    fn order_by_key(&self, session: String, browser_key: String) -> Reply<'_, Option<Order>>;
    /// Returns the order of a session at a payment provider.
    fn order_by_payment_session(
        &self,
        provider: String,
        session: String,
    ) -> Reply<'_, Option<Order>>;
    /// Returns orders whose session at a provider is open, at most `limit`, from the order
    /// after `after` on.
    fn open_payments(&self, after: Option<OrderId>, limit: u32) -> Reply<'_, Vec<Order>>;
    /// Returns the orders of SIMs whose ICCID ends in these digits, at least four, newest first.
    fn orders_by_iccid_end(&self, digits: String, limit: u32) -> Reply<'_, Vec<Order>>;
    /// Returns the latest orders that a session placed or was admitted to, newest first, at most
    /// 20.
    fn orders_of_session(&self, session: String) -> Reply<'_, Vec<Order>>;
    /// Returns the journal of an order, oldest first.
    fn journal(&self, order: OrderId) -> Reply<'_, Vec<JournalEntry>>;
    /// Returns effects that are due, oldest first, at most `limit`.
    fn due_effects(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<OutboxEntry>>;
    /// Returns orders whose deadline has come, at most `limit`.
    fn due_orders(&self, now: Timestamp, limit: u32) -> Reply<'_, Vec<OrderId>>;
    /// Returns orders whose activation the network has not settled, asked for after `since`:
    /// those that are activating, and those that took too long; at most `limit`.
    fn unsettled_activations(&self, since: Timestamp, limit: u32) -> Reply<'_, Vec<Order>>;
    /// Returns the subscription that an order granted.
    fn subscription(&self, order: OrderId) -> Reply<'_, Option<Subscription>>;
    /// Returns a signed document.
    fn document(&self, order: OrderId, variant: String) -> Reply<'_, Option<SignedDocument>>;
    /// Returns the hand-overs of an order, oldest first.
    fn deliveries(&self, order: OrderId) -> Reply<'_, Vec<Delivery>>;
    /// Returns a session of the sandbox provider by its id.
    fn sandbox_session(&self, id: String) -> Reply<'_, Option<SandboxSession>>;
    /// Returns a session of the sandbox provider by the key that it was opened with.
    fn sandbox_session_by_key(&self, key: String) -> Reply<'_, Option<SandboxSession>>;
    /// Returns the session of the sandbox provider that a payment belongs to.
    fn sandbox_session_by_reference(&self, reference: String) -> Reply<'_, Option<SandboxSession>>;
    /// Returns an account.
    fn account(&self, name: String) -> Reply<'_, Option<Account>>;
    /// Returns how many accounts there are.
    fn account_count(&self) -> Reply<'_, u64>;
    /// Returns the log-in of a cookie's hash, whether it has ended or not.
    fn login(&self, id_hash: String) -> Reply<'_, Option<Login>>;
    /// Returns the machine token of a hash.
    fn token(&self, hash: String) -> Reply<'_, Option<ApiToken>>;
    /// Returns all machine tokens by name.
    fn tokens(&self) -> Reply<'_, Vec<ApiToken>>;
    /// Returns the revision of each brand's package, by brand.
    fn package_revisions(&self) -> Reply<'_, Vec<PackageRevision>>;
    /// Returns the latest audit entries, newest first.
    fn audit(&self, limit: u32) -> Reply<'_, Vec<AuditEntry>>;
    /// Returns the latest orders, newest first.
    fn latest_orders(&self, limit: u32) -> Reply<'_, Vec<Order>>;
    /// Returns how many orders are in each state.
    fn order_counts(&self) -> Reply<'_, Vec<(String, u64)>>;
}
