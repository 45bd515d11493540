//! Renews plans whose customers chose so: reminds, places the order, has it charged, gives up.
//!
//! The order of a renewal has a key that is made from the plan, and a plan has one renewal at a
//! time: whatever crashes, nothing is ordered or charged twice. Not here: what is due when
//! ([`domain::auto_renewal`]), and the charge itself ([`super::dispatch`]).

use std::sync::Arc;
use std::time::Duration;

use domain::auto_renewal::{Done, Due, due, next_deadline};
use domain::code::OrderId;
use domain::events::{Notice, Raised};
use domain::order::{Event, Renewal, State, Terms, extended};
use domain::{SignedDuration, Timestamp};

use super::ledger::NewOrder;
use crate::app::App;
use crate::entropy;
use crate::store::auto_renewal::{AutoRenewal, AutoRenewalCommand, Off};
use crate::store::customer::CustomerCommand;
use crate::store::details::DetailsCommand;
use crate::store::events::EventsCommand;
use crate::store::{Command, Order, StoreError};

/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Most plans of one look.
const BATCH: u32 = 256;
/// How long a plan is left alone whose payment or activation is under way.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(1);
/// Who orders, in the journal.
const ACTOR: &str = "auto-renewal";

/// Renews for ever.
pub async fn run(app: Arc<App>) {
    loop {
        let now = app.clock.now();
        match app.store.due_auto_renewals(now, BATCH).await {
            Ok(due) => {
                for agreed in due {
                    if let Err(error) = look(&app, &agreed, now).await {
                        tracing::error!(order = %agreed.order, %error, "a renewal was put off");
                        // So that one that cannot be read stops nobody else.
                        let _ = look_again(&app, &agreed, now).await;
                    }
                }
            }
            Err(error) => tracing::error!(%error, "renewals were not read"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A plan, as it is renewed.
struct Plan {
    /// The order that granted it.
    first: Order,
    /// What its renewal follows: itself, or what extended it last.
    last: OrderId,
    /// When it ends.
    ends_at: Timestamp,
    /// The order that follows.
    next: Option<Order>,
}

async fn look(app: &App, agreed: &AutoRenewal, now: Timestamp) -> Result<(), StoreError> {
    let first = app.store.order(agreed.order).await?.ok_or(StoreError::Missing)?;
    match first.order.state {
        State::Active => {}
        State::Cancelled | State::RefundPending | State::Refunded => {
            return turn_off(app, agreed, now, Off::Ended).await;
        }
        State::Created
        | State::PaymentOpen
        | State::Paid
        | State::Declined
        | State::Expired
        | State::Activating
        | State::ActivationFailed => return look_again(app, agreed, now).await,
    }
    let plan = plan(app, first).await?;
    let is_ours = |next: &Order| agreed.renewal == Some(next.order.id);
    match &plan.next {
        // What was ordered for it was cancelled, or paid back: nobody wants it.
        None if agreed.renewal.is_some() => {
            return turn_off(app, agreed, now, Off::Customer).await;
        }
        None => {}
        Some(next) => match next.order.state {
            State::Active => return turn_off(app, agreed, now, Off::Renewed).await,
            State::PaymentOpen | State::Paid | State::Activating | State::ActivationFailed => {
                return look_again(app, agreed, now).await;
            }
            // The customer renews it by hand, and may leave that.
            State::Created | State::Declined | State::Expired if !is_ours(next) => {
                return match now < plan.ends_at {
                    true => look_again(app, agreed, now).await,
                    false => turn_off(app, agreed, now, Off::Unpaid).await,
                };
            }
            State::Declined | State::Expired => tell_failure(app, agreed, next, now).await?,
            State::Created | State::Cancelled | State::RefundPending | State::Refunded => {}
        },
    }
    match due(plan.ends_at, &agreed.done, now) {
        None => record(app, agreed, agreed.done, plan.ends_at, Vec::new()).await,
        Some(Due::Remind { number }) => {
            let done = Done { reminder: number, reminded_at: Some(now), ..agreed.done };
            let told = raise(agreed.order, Notice::RenewalSoon, number, now);
            record(app, agreed, done, plan.ends_at, vec![told]).await
        }
        Some(Due::Charge { number }) => charge(app, agreed, &plan, number, now).await,
        Some(Due::GiveUp) => {
            turn_off(app, agreed, now, Off::Unpaid).await?;
            if let Some(next) = &plan.next {
                let id = next.order.id;
                app.ledger.apply(id, &Event::CancelRequested, ACTOR, &[]).await?;
            }
            Ok(())
        }
    }
}

async fn plan(app: &App, first: Order) -> Result<Plan, StoreError> {
    let id = first.order.id;
    let with = app.store.extensions_of(id).await?;
    let with: Vec<_> = with.into_iter().map(|record| record.order).collect();
    let whole = extended(&first.order, &with).ok_or(StoreError::Missing)?;
    let mut last = id;
    let mut next = app.store.renewal_of(last).await?;
    while let Some(extension) = next.take_if(|next| next.order.extends() == Some(id)) {
        last = extension.order.id;
        next = app.store.renewal_of(last).await?;
    }
    Ok(Plan { first, last, ends_at: whole.ends_at, next })
}

/// Orders what was agreed to, and has it charged.
async fn charge(
    app: &App,
    agreed: &AutoRenewal,
    plan: &Plan,
    number: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    let terms = &plan.first.order.terms;
    let brand = app.brand(&terms.brand);
    let sold = brand.as_ref().and_then(|brand| brand.plan(&terms.plan));
    let sold = sold.map(|plan| Terms::of(&terms.brand, plan));
    // What was not agreed to is not charged.
    let is_same = |sold: &Terms| {
        let what = |terms: &Terms| (terms.plan_type, terms.data_limit, terms.duration);
        sold.price == agreed.price && what(sold) == what(terms)
    };
    let Some(sold) = sold.filter(is_same) else {
        return turn_off(app, agreed, now, Off::Changed).await;
    };
    let paid = plan.first.order.payment.as_ref().map(|payment| payment.id.provider.clone());
    let able = paid.filter(|name| app.payments.can_charge_again(name));
    let Some(provider) = able else { return turn_off(app, agreed, now, Off::Provider).await };
    let next = match &plan.next {
        Some(next) => next.order.id,
        None => place(app, agreed, plan, sold, now).await?,
    };
    let window = app.portal.payment_window;
    // In one transaction with the question whether the customer still wishes it.
    let wished = AutoRenewalCommand::Charge { order: agreed.order, renewal: next };
    let wished = [Command::AutoRenewal(wished)];
    app.ledger.apply(next, &Event::PayRequested { provider, window }, ACTOR, &wished).await?;
    let done = Done { charge: number, ..agreed.done };
    let look_at = next_deadline(plan.ends_at, &done).min(after(now));
    let record = AutoRenewalCommand::Record { order: agreed.order, done, look_at };
    app.store.commit(vec![Command::AutoRenewal(record)]).await
}

async fn place(
    app: &App,
    agreed: &AutoRenewal,
    plan: &Plan,
    sold: Terms,
    now: Timestamp,
) -> Result<OrderId, StoreError> {
    let (order, id) = (agreed.order, entropy::id(now));
    let renewal = Renewal { order: plan.last, ends_at: plan.ends_at, extends: None };
    // The consent goes on with the plan, until it is turned off.
    let goes_on = AutoRenewal { order: id, done: Done::default(), renewal: None, ..agreed.clone() };
    let mut with = vec![
        Command::AutoRenewal(AutoRenewalCommand::Charge { order, renewal: id }),
        Command::AutoRenewal(AutoRenewalCommand::Agree(Box::new(goes_on))),
        Command::Customer(CustomerCommand::AdmitLike { order: id, like: plan.last, at: now }),
    ];
    // What the customer said for the plan is said for its renewal.
    let said = app.store.customer_data(order).await?;
    let keep = said.map(|data| DetailsCommand::Keep { order: id, at: now, data });
    with.extend(keep.map(Command::Details));
    let new = NewOrder {
        id,
        session: plan.first.session.clone(),
        browser_key: format!("auto-renewal/{order}"),
        terms: Terms { renews: Some(renewal), ..sold },
        claims: plan.first.claims.clone(),
        with,
    };
    let placed = app.ledger.place(new).await?;
    Ok(placed.order.id)
}

/// Tells the customer once for each attempt that it failed.
async fn tell_failure(
    app: &App,
    agreed: &AutoRenewal,
    next: &Order,
    now: Timestamp,
) -> Result<(), StoreError> {
    let attempt = next.order.attempt.as_ref().map_or(0, |attempt| attempt.number);
    let failed = raise(agreed.order, Notice::RenewalFailed, attempt, now);
    app.store.commit(vec![failed]).await
}

fn raise(subscription: OrderId, notice: Notice, number: u32, now: Timestamp) -> Command {
    let raised = Raised::of_renewal(notice, number, now);
    Command::Events(EventsCommand::Raise { subscription, raised })
}

async fn record(
    app: &App,
    agreed: &AutoRenewal,
    done: Done,
    ends_at: Timestamp,
    mut batch: Vec<Command>,
) -> Result<(), StoreError> {
    let (order, look_at) = (agreed.order, next_deadline(ends_at, &done));
    let record = AutoRenewalCommand::Record { order, done, look_at };
    batch.push(Command::AutoRenewal(record));
    app.store.commit(batch).await
}

async fn look_again(app: &App, agreed: &AutoRenewal, now: Timestamp) -> Result<(), StoreError> {
    let (order, done) = (agreed.order, agreed.done);
    let record = AutoRenewalCommand::Record { order, done, look_at: after(now) };
    app.store.commit(vec![Command::AutoRenewal(record)]).await
}

fn after(now: Timestamp) -> Timestamp {
    now.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX)
}

/// Turns it off; the customer is told, unless it is as the customer wished.
async fn turn_off(
    app: &App,
    agreed: &AutoRenewal,
    now: Timestamp,
    why: Off,
) -> Result<(), StoreError> {
    let order = agreed.order;
    let mut batch = vec![Command::AutoRenewal(AutoRenewalCommand::TurnOff { order, at: now, why })];
    match why {
        Off::Changed | Off::Provider | Off::Unpaid => {
            batch.push(raise(order, Notice::RenewalOff, 1, now));
        }
        Off::Customer | Off::Renewed | Off::Ended => {}
    }
    app.store.commit(batch).await?;
    tracing::info!(%order, why = why.name(), "a plan does not renew itself any more");
    Ok(())
}
