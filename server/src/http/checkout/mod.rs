//! From a review to an order, and to its payment.
//!
//! An order is placed once per key of its review form ([`key`]), and only one order of a session
//! may have money under way. What a form asks for besides a plan is read into a [`Checkout`], part by
//! part; what is wrong with a part is shown with it, and nothing is placed. Not here: what the
//! pages say ([`crate::pages::review`]).

mod auto_renew;
pub mod consent;
pub mod details;
mod key;
mod voucher;

use std::time::Duration;

use api::browser::field;
use api::paths;
use axum::extract::Path;
use axum::response::Response;
use domain::brand::{Brand, Plan, RenewalKind};
use domain::code::OrderId;
use domain::order::{Event, Renewal, State, Terms};
use domain::subscriber::Standing;

use self::details::Details;
use self::voucher::Redemption;
use super::catalogue::{form_plan, query, query_plan, with_brand};
use super::customer::{Customer, Fields, FormBody};
use super::link;
use super::orders::{by_voucher, own};
use super::renewal::{self, Continued};
use super::reply::Outcome;
use crate::catalog::Legal;
use crate::engine::ledger::NewOrder;
use crate::entropy;
use crate::pages::catalogue::{Offer, plans};
use crate::pages::order::opening;
use crate::pages::problem::Problem;
use crate::pages::review::{Review, review};
use crate::store::auto_renewal::AutoRenewalCommand;
use crate::store::books::BooksCommand;
use crate::store::customer::CustomerCommand;
use crate::store::{Claims, Command, Order, Session, StoreError};
pub use voucher::{ByVoucher, pay_by_voucher};

/// How long a click on "Pay" waits for the provider before it shows the order instead.
const OPEN_WAIT: Duration = Duration::from_secs(8);
/// Longest key that a form may carry, in characters; ours have 43.
const KEY_CHARS_MAX: usize = 64;

/// What a review form asks for, on its way to an order.
pub struct Checkout<'c> {
    /// Whose form it is.
    pub session: &'c Session,
    /// Whose plan.
    pub brand: &'c Brand,
    /// Which plan.
    pub plan: &'c Plan,
    /// What the brand asks customers to agree to.
    pub legal: Option<Legal>,
    /// What the form holds.
    pub fields: Fields,
    /// The key of the form: one key, one order.
    pub key: String,
    /// The id of the order to be.
    pub order: OrderId,
    /// What it will be for.
    pub terms: Terms,
    /// For whom.
    pub claims: Claims,
    /// Hash of the cookie of the session that it will be of: that of the plan which it renews, or
    /// this one.
    pub owner: String,
    /// What is written in one transaction with the order.
    pub with: Vec<Command>,
    /// What is wrong with fields, by their names.
    pub wrong: Vec<(&'static str, String)>,
    /// Whether the plan is sold on other terms than the form said.
    has_changed: bool,
}

impl<'c> Checkout<'c> {
    /// Begins with what every form has.
    fn new(
        customer: &Customer,
        (session, brand, plan): (&'c Session, &'c Brand, &'c Plan),
        fields: Fields,
    ) -> Result<Self, Problem> {
        let order = entropy::id(customer.app.clock.now());
        let visit = BooksCommand::Visit { order, began_at: session.created_at };
        Ok(Self {
            session,
            brand,
            plan,
            legal: customer.app.catalog().legal.get(&brand.id).cloned(),
            key: form_key(&fields)?.to_owned(),
            fields,
            order,
            terms: Terms::of(&brand.id, plan),
            claims: session.claims.clone(),
            owner: session.id_hash.clone(),
            with: vec![Command::Books(visit)],
            wrong: Vec::new(),
            has_changed: false,
        })
    }

    /// Lets it renew a plan of the same brand, or extend it where the plan to come says so.
    fn renew(&mut self, customer: &Customer, renewed: &Order, renewal: Renewal) {
        let extends = renewal.extends.filter(|_| self.plan.renewal == RenewalKind::AtOnce);
        self.terms.renews = Some(Renewal { extends, ..renewal });
        self.claims = renewed.claims.clone();
        let (order, like, at) = (self.order, renewal.order, customer.app.clock.now());
        self.with.push(Command::Customer(CustomerCommand::AdmitLike { order, like, at }));
    }

    /// Compares what the form said of the plan with what it is sold for now.
    fn compare(&mut self) {
        self.has_changed = self.fields.get(field::OFFER) != Some(&key::of_terms(&self.terms));
    }

    /// The page on which it stands.
    fn review(&self, customer: &Customer) -> Outcome {
        let review_of = Review {
            brand: self.brand,
            plan: self.plan,
            legal: self.legal.as_ref(),
            claims: &self.claims,
            renews: self.fields.get(field::RENEWS).map(String::as_str).zip(self.terms.renews),
            asked: auto_renew::fields(customer, self, customer.texts()),
            key: &self.key,
            terms: &key::of_terms(&self.terms),
            fields: &self.fields,
            wrong: &self.wrong,
            has_changed: self.has_changed,
            takes_vouchers: customer.app.catalog().vouchers.contains(&self.brand.id),
        };
        review(&customer.paper(), &review_of).into()
    }
}

/// Returns the key that a form carries.
fn form_key(fields: &Fields) -> Result<&str, Problem> {
    let key = fields.get(field::KEY).map(String::as_str);
    key.filter(|key| !key.is_empty() && key.len() <= KEY_CHARS_MAX).ok_or(Problem::BadInput)
}

/// `GET /review`
pub async fn review_page(mut customer: Customer) -> Response {
    let standing = customer.look_up().await;
    let result = reviewed(&customer, &standing).await;
    customer.answer(result)
}

async fn reviewed(customer: &Customer, standing: &Standing) -> Result<Outcome, Problem> {
    let (session, brand) = with_brand(customer)?;
    let Some(plan) = query_plan(customer).as_ref().and_then(|id| brand.plan(id)) else {
        return Ok(Outcome::See(paths::PLANS.to_owned()));
    };
    let mut fields = Fields::from([(field::KEY.to_owned(), entropy::secret())]);
    let renews = query(customer, field::RENEWS);
    fields.extend(renews.map(|code| (field::RENEWS.to_owned(), code)));
    let mut checkout = Checkout::new(customer, (session, brand, plan), fields)?;
    if let Some(other) = continued(customer, &mut checkout).await? {
        return Ok(existing(&other));
    }
    if let Details::Missing = said(customer, standing, &checkout).await? {
        return Ok(details::page_of(&plan.id));
    }
    Ok(checkout.review(customer))
}

/// Returns what the customer said of themselves; who renews a plan said it before.
async fn said(
    customer: &Customer,
    standing: &Standing,
    checkout: &Checkout<'_>,
) -> Result<Details, Problem> {
    match checkout.terms.renews {
        Some(_) => Ok(Details::NotNeeded),
        None => details::known(customer, standing).await,
    }
}

/// Lets a checkout renew what its form says, if it says so; returns the order that is before it.
async fn continued(
    customer: &Customer,
    checkout: &mut Checkout<'_>,
) -> Result<Option<Box<Order>>, Problem> {
    let Some(code) = checkout.fields.get(field::RENEWS) else { return Ok(None) };
    match renewal::continued(customer, code).await? {
        // A plan goes on with its own brand, whatever SIM this visit is about.
        Continued::Plan(last, _) if last.order.terms.brand != checkout.brand.id => {
            Err(Problem::Missing)
        }
        Continued::Plan(last, renewal) => {
            checkout.renew(customer, &last, renewal);
            Ok(None)
        }
        Continued::Waits(other) => Ok(Some(other)),
    }
}

/// `POST /review`
pub async fn place(mut customer: Customer, FormBody(body): FormBody) -> Response {
    let standing = customer.look_up().await;
    let result = placed(&customer, &standing, &body).await;
    customer.answer(result)
}

async fn placed(customer: &Customer, standing: &Standing, body: &[u8]) -> Result<Outcome, Problem> {
    let (session, fields) = customer.form(body)?;
    let (_, brand) = with_brand(customer)?;
    let owner = match fields.get(field::RENEWS) {
        Some(code) => own(customer, code).await?.0.session,
        None => session.id_hash.clone(),
    };
    // Before anything that may be different by now: the same form, the same order.
    let asked = key::asked(customer, session, &fields)?;
    if let Some(known) = key::known(customer, &asked, &owner).await? {
        // A voucher is a way to pay what the form placed, and may be typed into it later.
        return match by_voucher(customer, &known, &fields).await? {
            Some(outcome) => Ok(outcome),
            None => again(customer, &known).await,
        };
    }
    let plan = match form_plan(brand, &fields) {
        Ok(plan) => plan,
        Err(problem) => {
            let renews = renewal::asked(fields.get(field::RENEWS).map(String::as_str));
            let claims = &session.claims;
            let offer = Offer { brand, claims, chosen: None, renews, problem: Some(problem) };
            return Ok(plans(&customer.paper(), &offer).into());
        }
    };
    let mut checkout = Checkout::new(customer, (session, brand, plan), fields)?;
    checkout.owner.clone_from(&owner);
    if let Some(other) = continued(customer, &mut checkout).await? {
        return Ok(existing(&other));
    }
    match said(customer, standing, &checkout).await? {
        Details::Missing => return Ok(details::page_of(&plan.id)),
        said => checkout.with.extend(said.with_order(customer, checkout.order)),
    }
    checkout.compare();
    consent::read(&mut checkout, customer.texts(), customer.app.clock.now());
    let redemption = voucher::of(customer, &mut checkout).await?;
    let instead = match in_flight(customer, &asked.session, None).await? {
        _ if checkout.has_changed || !checkout.wrong.is_empty() => Some(checkout.review(customer)),
        other => other.map(|other| existing(&other)),
    };
    if let Some(instead) = instead {
        // The same form may have been faster by a moment: what is in its way is its own order.
        return match key::known(customer, &asked, &owner).await? {
            Some(known) => again(customer, &known).await,
            None => Ok(instead),
        };
    }
    // What a code pays cannot be charged again.
    if redemption.is_none() {
        auto_renew::read(customer, &mut checkout);
    }
    checkout.with.push(Command::Customer(CustomerCommand::Ask(asked.clone())));
    checkout.with.extend(link::make(customer, checkout.order));
    match place_order(customer, &mut checkout, redemption).await? {
        Placed::Order(record) => {
            if record.order.id != checkout.order {
                key::known(customer, &asked, &owner).await?;
            }
            again(customer, &record).await
        }
        Placed::Before(other) => Ok(existing(&other)),
        Placed::Wrong => Ok(checkout.review(customer)),
    }
}

/// What comes of placing an order.
enum Placed {
    /// It is there, perhaps since the same form was sent before.
    Order(Box<Order>),
    /// Another browser renewed the plan a moment ago.
    Before(Box<Order>),
    /// Somebody else redeemed the voucher just then; that is noted at its field.
    Wrong,
}

/// Places an order, and pays it where a voucher does.
async fn place_order(
    customer: &Customer,
    checkout: &mut Checkout<'_>,
    redemption: Option<Redemption>,
) -> Result<Placed, Problem> {
    let with = redemption.as_ref().map(Redemption::command);
    let new = NewOrder {
        id: checkout.order,
        session: checkout.owner.clone(),
        browser_key: checkout.key.clone(),
        terms: checkout.terms.clone(),
        claims: checkout.claims.clone(),
        with: checkout.with.iter().cloned().chain(with).collect(),
    };
    let ledger = &customer.app.ledger;
    let placed = match &redemption {
        None => ledger.place(new).await,
        Some(redemption) => ledger.place_with(new, &redemption.event()).await,
    };
    match placed {
        Ok(record) => Ok(Placed::Order(Box::new(record))),
        // A voucher is missing when its batch was withdrawn.
        Err(StoreError::Duplicate | StoreError::Missing) => {
            if let Some(renewal) = checkout.terms.renews
                && let Some(other) = customer.app.store.renewal_of(renewal.order).await?
            {
                return Ok(Placed::Before(Box::new(other)));
            }
            voucher::of(customer, checkout).await?;
            if checkout.wrong.is_empty() { Err(Problem::Unavailable) } else { Ok(Placed::Wrong) }
        }
        Err(error) => Err(error.into()),
    }
}

/// Answers to a form by which an order was placed, the first time and every other time.
async fn again(customer: &Customer, record: &Order) -> Result<Outcome, Problem> {
    match record.order.state {
        State::Created => open_payment(customer, record).await,
        State::PaymentOpen
        | State::Paid
        | State::Declined
        | State::Expired
        | State::Cancelled
        | State::Activating
        | State::Active
        | State::ActivationFailed
        | State::RefundPending
        | State::Refunded => to_payment(customer, record.order.id).await,
    }
}

/// Finds an order of a session, other than this one, that has money under way.
async fn in_flight(
    customer: &Customer,
    session: &str,
    other_than: Option<&Order>,
) -> Result<Option<Order>, Problem> {
    let orders = customer.app.store.orders_of_session(session.to_owned()).await?;
    let this = other_than.map(|record| record.order.id);
    let is_other = |record: &Order| Some(record.order.id) != this;
    Ok(orders.into_iter().find(|record| is_other(record) && record.order.state.is_in_flight()))
}

fn existing(other: &Order) -> Outcome {
    let code = other.order.code.as_str();
    Outcome::See(format!("{}?notice=existing", paths::order::page(code)))
}

/// Opens the payment of an order and leads to it.
///
/// # Errors
/// The store does not answer.
pub async fn open_payment(customer: &Customer, record: &Order) -> Result<Outcome, Problem> {
    let ledger = &customer.app.ledger;
    let window = customer.app.portal.payment_window;
    let provider = customer.app.payment_of(&record.order.terms.brand);
    let event = Event::PayRequested { provider, window };
    // Who pays need not be who placed it: what this browser has under way counts.
    let session = customer.session.as_ref().map_or(&record.session, |session| &session.id_hash);
    if let Some(other) = in_flight(customer, session, Some(record)).await? {
        return Ok(existing(&other));
    }
    // What the customer pays by hand is not charged without a page of the provider.
    let by_hand = AutoRenewalCommand::Release { renewal: record.order.id };
    let by_hand = [Command::AutoRenewal(by_hand)];
    match ledger.apply(record.order.id, &event, "customer", &by_hand).await {
        Ok((record, _)) => to_payment(customer, record.order.id).await,
        // Another tab was faster by a moment: the store allows one open window a session.
        Err(StoreError::Duplicate) => {
            let other = in_flight(customer, session, Some(record)).await?;
            Ok(existing(other.as_ref().unwrap_or(record)))
        }
        Err(error) => Err(error.into()),
    }
}

/// Leads to the payment of an order, by an address that is the same however often it is asked
/// for and whatever becomes of the payment; a program that asks while the payment is being
/// opened is told to ask again.
///
/// # Errors
/// The store does not answer.
pub async fn to_payment(customer: &Customer, id: OrderId) -> Result<Outcome, Problem> {
    let record = customer.app.ledger.wait(id, OPEN_WAIT, |record| !is_opening(record)).await?;
    if is_opening(&record) && customer.wants_json() {
        return Ok(Outcome::Busy(Box::new(opening(&customer.paper(), &record))));
    }
    Ok(Outcome::Leave(paths::order::pay(record.order.code.as_str())))
}

/// `GET /orders/{code}/pay`: leaves for the provider's page, as soon as there is one.
pub async fn payment(customer: Customer, Path(code): Path<String>) -> Response {
    let result = own(&customer, &code).await.map(|(record, _)| {
        let session = record.order.attempt.as_ref().and_then(|attempt| attempt.session.as_ref());
        match (record.order.state == State::PaymentOpen, session) {
            (true, Some(session)) => Outcome::Leave(session.url.clone()),
            (true, None) => Outcome::Busy(Box::new(opening(&customer.paper(), &record))),
            (false, _) => Outcome::See(paths::order::page(record.order.code.as_str())),
        }
    });
    customer.answer(result)
}

/// Tells whether the provider has not named the page of a payment yet.
fn is_opening(record: &Order) -> bool {
    let attempt = record.order.attempt.as_ref();
    record.order.state == State::PaymentOpen && attempt.is_none_or(|a| a.session.is_none())
}
