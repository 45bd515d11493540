//! From a review to an order, and to its payment.
//!
//! An order is placed once per key of its review form, and only one order of a session may have
//! money under way. What a form asks for besides a plan is read into a [`Checkout`], part by
//! part; what is wrong with a part is shown with it, and nothing is placed. Not here: what the
//! pages say ([`crate::pages::review`]).

pub mod consent;

use std::time::Duration;

use api::browser::field;
use api::paths;
use axum::response::Response;
use domain::brand::{Brand, Plan};
use domain::code::OrderId;
use domain::order::{Event, State, Terms};

use super::catalogue::{form_plan, query_plan, with_brand};
use super::customer::{Customer, Fields, FormBody};
use super::reply::Outcome;
use crate::catalog::Legal;
use crate::engine::ledger::NewOrder;
use crate::entropy;
use crate::pages::catalogue::plans;
use crate::pages::problem::Problem;
use crate::pages::review::{Review, review};
use crate::store::books::BooksCommand;
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
        let key = fields.get(field::KEY);
        let key = key.filter(|key| !key.is_empty() && key.len() <= KEY_CHARS_MAX).cloned();
        Ok(Self {
            session,
            brand,
            plan,
            legal: customer.app.catalog().legal.get(&brand.id).cloned(),
            key: key.ok_or(Problem::BadInput)?,
            fields,
            order,
            terms: Terms::of(&brand.id, plan),
            with: vec![Command::Books(visit)],
            wrong: Vec::new(),
        })
    }

    /// The page on which it stands.
    fn review(&self, customer: &Customer) -> Outcome {
        let review_of = Review {
            brand: self.brand,
            plan: self.plan,
            legal: self.legal.as_ref(),
            claims: &self.session.claims,
            key: &self.key,
            fields: &self.fields,
            wrong: &self.wrong,
        };
        review(&customer.paper(), &review_of).into()
    }
}

/// `GET /review`
pub async fn review_page(customer: Customer) -> Response {
    let result = with_brand(&customer).and_then(|(session, brand)| {
        let Some(plan) = query_plan(&customer).as_ref().and_then(|id| brand.plan(id)) else {
            return Ok(Outcome::See(paths::PLANS.to_owned()));
        };
        let key = Fields::from([(field::KEY.to_owned(), entropy::secret())]);
        Ok(Checkout::new(&customer, (session, brand, plan), key)?.review(&customer))
    });
    customer.answer(result)
}

/// `POST /review`
pub async fn place(customer: Customer, FormBody(body): FormBody) -> Response {
    let result = placed(&customer, &body).await;
    customer.answer(result)
}

async fn placed(customer: &Customer, body: &[u8]) -> Result<Outcome, Problem> {
    let (session, fields) = customer.form(body)?;
    let (_, brand) = with_brand(customer)?;
    let plan = match form_plan(brand, &fields) {
        Ok(plan) => plan,
        Err(problem) => {
            let paper = customer.paper();
            return Ok(plans(&paper, brand, &session.claims, None, Some(problem)).into());
        }
    };
    let mut checkout = Checkout::new(customer, (session, brand, plan), fields)?;
    let (key, mine) = (checkout.key.clone(), session.id_hash.clone());
    if let Some(known) = customer.app.store.order_by_key(mine.clone(), key).await? {
        return open_payment(customer, &known).await;
    }
    consent::read(&mut checkout, customer.texts(), customer.app.clock.now());
    if !checkout.wrong.is_empty() {
        return Ok(checkout.review(customer));
    }
    if let Some(other) = in_flight(customer, &mine, None).await? {
        return Ok(existing(&other));
    }
    let new = NewOrder {
        id: checkout.order,
        session: mine,
        browser_key: checkout.key,
        terms: checkout.terms,
        claims: session.claims.clone(),
        with: checkout.with,
    };
    let record = customer.app.ledger.place(new).await?;
    open_payment(customer, &record).await
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

/// Opens the payment of an order and leaves for it; shows the order when there is none to open.
///
/// # Errors
/// The store does not answer.
pub async fn open_payment(customer: &Customer, record: &Order) -> Result<Outcome, Problem> {
    let ledger = &customer.app.ledger;
    let window = customer.app.portal.payment_window;
    let provider = customer.app.payment_of(&record.order.terms.brand);
    let event = Event::PayRequested { provider, window };
    if let Some(other) = in_flight(customer, &record.session, Some(record)).await? {
        return Ok(existing(&other));
    }
    let applied = ledger.apply(record.order.id, &event, "customer", &[]).await;
    let record = match applied {
        Ok((record, _)) => record,
        // Another tab was faster by a moment: the store allows one open window a session.
        Err(StoreError::Duplicate) => {
            let other = in_flight(customer, &record.session, Some(record)).await?;
            return Ok(existing(other.as_ref().unwrap_or(record)));
        }
        Err(error) => return Err(error.into()),
    };
    let is_ready = |record: &Order| {
        let attempt = record.order.attempt.as_ref();
        record.order.state != State::PaymentOpen || attempt.is_some_and(|a| a.session.is_some())
    };
    let record = ledger.wait(record.order.id, OPEN_WAIT, is_ready).await?;
    let session = record.order.attempt.as_ref().and_then(|attempt| attempt.session.as_ref());
    Ok(match (record.order.state, session) {
        (State::PaymentOpen, Some(session)) => Outcome::Leave(session.url.clone()),
        (State::PaymentOpen, None) => {
            let code = record.order.code.as_str();
            Outcome::See(format!("{}?notice=slow", paths::order::page(code)))
        }
        _ => Outcome::See(paths::order::page(record.order.code.as_str())),
    })
}
