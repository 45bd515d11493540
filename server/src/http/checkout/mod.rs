//! From a review to an order, and to its payment.
//!
//! An order is placed once per key of its review form ([`key`]), and only one order of a session
//! may have money under way. What a form asks for besides a plan is read into a [`Checkout`], part by
//! part; what is wrong with a part is shown with it, and nothing is placed. Not here: what the
//! pages say ([`crate::pages::review`]).

pub mod consent;
pub mod details;
mod key;

use std::time::Duration;

use api::browser::field;
use api::paths;
use axum::extract::Path;
use axum::response::Response;
use domain::brand::{Brand, Plan};
use domain::code::OrderId;
use domain::order::{Event, State, Terms};
use domain::subscriber::Standing;

use self::details::Details;
use super::catalogue::{form_plan, query_plan, with_brand};
use super::customer::{Customer, Fields, FormBody};
use super::link;
use super::orders::own;
use super::reply::Outcome;
use crate::catalog::Legal;
use crate::engine::ledger::NewOrder;
use crate::entropy;
use crate::pages::catalogue::plans;
use crate::pages::order::opening;
use crate::pages::problem::Problem;
use crate::pages::review::{Review, review};
use crate::store::customer::CustomerCommand;
use crate::store::{Command, Order, Session, StoreError};

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
        Ok(Self {
            session,
            brand,
            plan,
            legal: customer.app.catalog().legal.get(&brand.id).cloned(),
            key: form_key(&fields)?.to_owned(),
            fields,
            order: entropy::id(customer.app.clock.now()),
            terms: Terms::of(&brand.id, plan),
            with: Vec::new(),
            wrong: Vec::new(),
            has_changed: false,
        })
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
            claims: &self.session.claims,
            key: &self.key,
            terms: &key::of_terms(&self.terms),
            fields: &self.fields,
            wrong: &self.wrong,
            has_changed: self.has_changed,
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
    if let Details::Missing = details::known(customer, standing).await? {
        return Ok(details::page_of(&plan.id));
    }
    let key = Fields::from([(field::KEY.to_owned(), entropy::secret())]);
    Ok(Checkout::new(customer, (session, brand, plan), key)?.review(customer))
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
    let (key, mine) = (form_key(&fields)?.to_owned(), session.id_hash.clone());
    // Before anything that may be different by now: the same form, the same order.
    if let Some(known) = customer.app.store.order_by_key(mine.clone(), key).await? {
        return open_payment(customer, &known).await;
    }
    let plan = match form_plan(brand, &fields) {
        Ok(plan) => plan,
        Err(problem) => {
            let paper = customer.paper();
            return Ok(plans(&paper, brand, &session.claims, None, Some(problem)).into());
        }
    };
    let mut checkout = Checkout::new(customer, (session, brand, plan), fields)?;
    let asked = key::asked(customer, &checkout);
    if let Some(known) = key::known(customer, &asked).await? {
        return again(customer, &known).await;
    }
    match details::known(customer, standing).await? {
        Details::Missing => return Ok(details::page_of(&plan.id)),
        said => checkout.with.extend(said.with_order(customer, checkout.order)),
    }
    checkout.compare();
    consent::read(&mut checkout, customer.texts(), customer.app.clock.now());
    if checkout.has_changed || !checkout.wrong.is_empty() {
        return Ok(checkout.review(customer));
    }
    if let Some(other) = in_flight(customer, &asked.session, None).await? {
        // The same form may have been faster by a moment.
        return match key::known(customer, &asked).await? {
            Some(known) => again(customer, &known).await,
            None => Ok(existing(&other)),
        };
    }
    let id = checkout.order;
    checkout.with.push(Command::Customer(CustomerCommand::Ask(asked.clone())));
    checkout.with.extend(link::make(customer, id));
    let new = NewOrder {
        id,
        session: asked.session.clone(),
        browser_key: checkout.key,
        terms: checkout.terms,
        claims: session.claims.clone(),
        with: checkout.with,
    };
    let record = customer.app.ledger.place(new).await?;
    if record.order.id != id {
        key::known(customer, &asked).await?;
    }
    again(customer, &record).await
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
    match ledger.apply(record.order.id, &event, "customer", &[]).await {
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
