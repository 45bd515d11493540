//! The order ledger: every event in every state as a table, and laws that hold for any history.

mod extension;
mod history;
mod laws;

use std::collections::BTreeSet;

use domain::SignedDuration;
use domain::amount::{Megabytes, Money, Period, Tax};
use domain::brand::{BrandId, Plan, PlanId, PlanType, RenewalKind};
use domain::order::{
    GIVEN_UP_AFTER, Ignored, Rejected, Renewal, State, Terms, Verdict, next_deadline, step,
};
use history::{EVENTS, Told, an_order, delay, event, told};

/// What leads a fresh order into a situation, by legal events only, and its state then.
const SITUATIONS: &[(&str, State, &[&str])] = &[
    ("created", State::Created, &[]),
    ("opening", State::PaymentOpen, &["pay"]),
    ("payment_open", State::PaymentOpen, &["pay", "open-1"]),
    ("agreed", State::PaymentOpen, &["pay", "open-1", "agree-1"]),
    ("closing", State::PaymentOpen, &["pay", "open-1", "tick-late"]),
    ("reopening", State::PaymentOpen, &["pay", "open-1", "decline-1", "pay"]),
    ("reopened", State::PaymentOpen, &["pay", "open-1", "decline-1", "pay", "open-2"]),
    ("paid", State::Paid, &["pay", "open-1", "confirm-a"]),
    ("paid before", State::Paid, &["pay", "open-1", "decline-1", "pay", "confirm-a"]),
    ("declined", State::Declined, &["pay", "open-1", "decline-1"]),
    ("short", State::Declined, &["pay", "open-1", "short"]),
    ("expired", State::Expired, &["pay", "open-1", "tick-late", "close-1"]),
    ("expired unopened", State::Expired, &["pay", "tick-late"]),
    ("cancelled", State::Cancelled, &["cancel"]),
    ("cancelled opening", State::Cancelled, &["pay", "cancel"]),
    ("cancelled open", State::Cancelled, &["pay", "open-1", "cancel"]),
    ("activating", State::Activating, &["pay", "open-1", "confirm-a", "accept"]),
    ("active", State::Active, &["pay", "open-1", "confirm-a", "accept", "done"]),
    ("activation_failed", State::ActivationFailed, &["pay", "open-1", "confirm-a", "fail"]),
    ("timed out", State::ActivationFailed, &["pay", "open-1", "confirm-a", "accept", "tick-late"]),
    ("never taken", State::ActivationFailed, &["pay", "open-1", "confirm-a", "tick-late"]),
    ("taken late", State::ActivationFailed, &["pay", "open-1", "confirm-a", "tick-late", "accept"]),
    ("refund_pending", State::RefundPending, &["pay", "open-1", "cancel", "confirm-a"]),
    ("refunded", State::Refunded, &["pay", "open-1", "cancel", "confirm-a", "refund-a"]),
    ("given back", State::RefundPending, &["pay", "open-1", "confirm-a", "accept", "done", "back"]),
    ("retried", State::Paid, &["pay", "open-1", "confirm-a", "fail", "retry"]),
    ("redeemed", State::Paid, &["redeem"]),
];

/// Situation, events, what becomes of them: the state entered and the effects' keys; or `same`
/// with effects, for what counts and leaves the state; or why nothing happens.
///
/// `fail` is of the first try of the activation, `fail-2` of the second. `redeem` is a voucher,
/// `retry` another activation, `back` the wish to have the money back. `agree-1` is the customer's
/// word on our own page, upon which the first session is charged.
/// Payments `a` and `b` are of the price; `short` is `a` a cent less, `foreign` is `b` in dollars.
const TABLE: &[(&str, &str, &str)] = &[
    ("created", "pay", "payment_open open/1"),
    ("created", "agree-1 open-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("created", "confirm-a confirm-b", "no: created"),
    ("created", "short", "same refund/card/a"),
    ("created", "foreign", "same refund/card/b"),
    ("created", "cancel", "cancelled"),
    ("created", "accept done fail fail-2", "no: created"),
    ("created", "refund-a refund-b", "outdated"),
    ("created", "tick tick-late", "not due"),
    ("created", "redeem", "paid activate"),
    ("created", "retry", "no: created"),
    ("created", "back", "no: created"),
    ("created", "tick-day", "cancelled"),
    //
    ("opening", "pay", "repeated"),
    ("opening", "open-1", "same"),
    ("opening", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("opening", "confirm-a confirm-b", "paid activate"),
    ("opening", "short", "same refund/card/a"),
    ("opening", "foreign", "same refund/card/b"),
    ("opening", "cancel", "cancelled"),
    ("opening", "accept done fail fail-2", "no: payment_open"),
    ("opening", "refund-a refund-b", "outdated"),
    ("opening", "tick", "not due"),
    ("opening", "tick-late", "expired"),
    ("opening", "redeem", "paid activate"),
    ("opening", "retry", "no: payment_open"),
    ("opening", "back", "no: payment_open"),
    ("opening", "tick-day", "cancelled"),
    //
    ("payment_open", "pay open-1", "repeated"),
    ("payment_open", "open-2 decline-2 close-2", "outdated"),
    ("payment_open", "agree-1", "same charge/s1"),
    ("payment_open", "decline-1", "declined"),
    ("payment_open", "close-1", "expired"),
    ("payment_open", "confirm-a", "paid activate"),
    ("payment_open", "confirm-b", "paid activate close/s1"),
    ("payment_open", "short", "declined refund/card/a"),
    ("payment_open", "foreign", "same refund/card/b"),
    ("payment_open", "cancel", "cancelled close/s1"),
    ("payment_open", "accept done fail fail-2", "no: payment_open"),
    ("payment_open", "refund-a refund-b", "outdated"),
    ("payment_open", "tick", "not due"),
    ("payment_open", "tick-late", "same close/s1"),
    ("payment_open", "redeem", "paid activate close/s1"),
    ("payment_open", "retry", "no: payment_open"),
    ("payment_open", "back", "no: payment_open"),
    ("payment_open", "tick-day", "same close/s1"),
    // Charged once; the rest as before.
    ("agreed", "agree-1", "repeated"),
    ("agreed", "pay open-1", "repeated"),
    ("agreed", "open-2 decline-2 close-2", "outdated"),
    ("agreed", "decline-1", "declined"),
    ("agreed", "close-1", "expired"),
    ("agreed", "confirm-a", "paid activate"),
    ("agreed", "confirm-b", "paid activate close/s1"),
    ("agreed", "short", "declined refund/card/a"),
    ("agreed", "foreign", "same refund/card/b"),
    ("agreed", "cancel", "cancelled close/s1"),
    ("agreed", "accept done fail fail-2", "no: payment_open"),
    ("agreed", "refund-a refund-b", "outdated"),
    ("agreed", "tick", "not due"),
    ("agreed", "tick-late", "same close/s1"),
    ("agreed", "redeem", "paid activate close/s1"),
    ("agreed", "retry", "no: payment_open"),
    ("agreed", "back", "no: payment_open"),
    ("agreed", "tick-day", "same close/s1"),
    //
    ("closing", "pay open-1", "repeated"),
    ("closing", "agree-1 open-2 decline-2 close-2", "outdated"),
    ("closing", "decline-1", "declined"),
    ("closing", "close-1", "expired"),
    ("closing", "confirm-a", "paid activate"),
    ("closing", "confirm-b", "paid activate close/s1"),
    ("closing", "short", "declined refund/card/a"),
    ("closing", "foreign", "same refund/card/b"),
    ("closing", "cancel", "cancelled close/s1"),
    ("closing", "accept done fail fail-2", "no: payment_open"),
    ("closing", "refund-a refund-b", "outdated"),
    ("closing", "tick tick-late", "not due"),
    ("closing", "redeem", "paid activate close/s1"),
    ("closing", "retry", "no: payment_open"),
    ("closing", "back", "no: payment_open"),
    ("closing", "tick-day", "not due"),
    // A session of an earlier attempt that is named late is closed, so that it cannot be paid.
    ("reopening", "pay", "repeated"),
    ("reopening", "open-1", "same close/s1"),
    ("reopening", "open-2", "same"),
    ("reopening", "agree-1 decline-1 decline-2 close-1 close-2", "outdated"),
    ("reopening", "confirm-a confirm-b", "paid activate"),
    ("reopening", "short", "same refund/card/a"),
    ("reopening", "foreign", "same refund/card/b"),
    ("reopening", "cancel", "cancelled"),
    ("reopening", "accept done fail fail-2", "no: payment_open"),
    ("reopening", "refund-a refund-b", "outdated"),
    ("reopening", "tick", "not due"),
    ("reopening", "tick-late", "expired"),
    ("reopening", "redeem", "paid activate"),
    ("reopening", "retry", "no: payment_open"),
    ("reopening", "back", "no: payment_open"),
    ("reopening", "tick-day", "cancelled"),
    //
    ("reopened", "pay open-2", "repeated"),
    ("reopened", "open-1", "same close/s1"),
    ("reopened", "agree-1 decline-1 close-1", "outdated"),
    ("reopened", "decline-2", "declined"),
    ("reopened", "close-2", "expired"),
    ("reopened", "confirm-b", "paid activate"),
    ("reopened", "confirm-a", "paid activate close/s2"),
    ("reopened", "short", "same refund/card/a"),
    ("reopened", "foreign", "declined refund/card/b"),
    ("reopened", "cancel", "cancelled close/s2"),
    ("reopened", "accept done fail fail-2", "no: payment_open"),
    ("reopened", "refund-a refund-b", "outdated"),
    ("reopened", "tick", "not due"),
    ("reopened", "tick-late", "same close/s2"),
    ("reopened", "redeem", "paid activate close/s2"),
    ("reopened", "retry", "no: payment_open"),
    ("reopened", "back", "no: payment_open"),
    ("reopened", "tick-day", "same close/s2"),
    //
    ("paid", "pay open-1", "repeated"),
    ("paid", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("paid", "confirm-a", "repeated"),
    ("paid", "confirm-b", "same refund/card/b"),
    ("paid", "short", "no: amount"),
    ("paid", "foreign", "same refund/card/b"),
    ("paid", "cancel", "no: paid"),
    ("paid", "accept", "activating"),
    ("paid", "done", "active"),
    ("paid", "fail", "activation_failed"),
    ("paid", "fail-2", "no: paid"),
    ("paid", "refund-a refund-b", "outdated"),
    ("paid", "tick", "not due"),
    ("paid", "tick-late", "activation_failed"),
    ("paid", "redeem", "no: paid"),
    ("paid", "retry", "repeated"),
    ("paid", "back", "refund_pending refund/card/a deactivate/1"),
    ("paid", "tick-day", "activation_failed"),
    // Paid in the first session while the provider opened the second: that one is closed.
    ("paid before", "pay", "repeated"),
    ("paid before", "open-1", "same close/s1"),
    ("paid before", "open-2", "same close/s2"),
    ("paid before", "agree-1 decline-1 decline-2 close-1 close-2", "outdated"),
    ("paid before", "confirm-a", "repeated"),
    ("paid before", "confirm-b", "same refund/card/b"),
    ("paid before", "short", "no: amount"),
    ("paid before", "foreign", "same refund/card/b"),
    ("paid before", "cancel fail-2", "no: paid"),
    ("paid before", "accept", "activating"),
    ("paid before", "done", "active"),
    ("paid before", "fail", "activation_failed"),
    ("paid before", "refund-a refund-b", "outdated"),
    ("paid before", "tick", "not due"),
    ("paid before", "tick-late", "activation_failed"),
    ("paid before", "redeem", "no: paid"),
    ("paid before", "retry", "repeated"),
    ("paid before", "back", "refund_pending refund/card/a deactivate/1"),
    ("paid before", "tick-day", "activation_failed"),
    // The declined session may still be paid with another card, until it is closed.
    ("declined", "pay", "payment_open open/2 close/s1"),
    ("declined", "open-1", "repeated"),
    ("declined", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("declined", "confirm-a", "paid activate"),
    ("declined", "confirm-b", "paid activate close/s1"),
    ("declined", "short", "same refund/card/a"),
    ("declined", "foreign", "same refund/card/b"),
    ("declined", "cancel", "cancelled close/s1"),
    ("declined", "accept done fail fail-2", "no: declined"),
    ("declined", "refund-a refund-b", "outdated"),
    ("declined", "tick tick-late", "not due"),
    ("declined", "redeem", "paid activate close/s1"),
    ("declined", "retry", "no: declined"),
    ("declined", "back", "no: declined"),
    ("declined", "tick-day", "cancelled close/s1"),
    // A payment of a wrong amount ends an attempt as a decline does; its session is closed.
    ("short", "pay", "payment_open open/2 close/s1"),
    ("short", "open-1", "repeated"),
    ("short", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("short", "confirm-a", "no: amount"),
    ("short", "confirm-b", "paid activate close/s1"),
    ("short", "short", "repeated"),
    ("short", "foreign", "same refund/card/b"),
    ("short", "cancel", "cancelled close/s1"),
    ("short", "accept done fail fail-2", "no: declined"),
    ("short", "refund-a", "same"),
    ("short", "refund-b", "outdated"),
    ("short", "tick tick-late", "not due"),
    ("short", "redeem", "paid activate close/s1"),
    ("short", "retry", "no: declined"),
    ("short", "back", "no: declined"),
    ("short", "tick-day", "cancelled close/s1"),
    //
    //
    ("expired", "pay", "payment_open open/2"),
    ("expired", "open-1", "repeated"),
    ("expired", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("expired", "confirm-a", "refund_pending refund/card/a"),
    ("expired", "confirm-b", "refund_pending refund/card/b"),
    ("expired", "short", "same refund/card/a"),
    ("expired", "foreign", "same refund/card/b"),
    ("expired", "cancel", "cancelled"),
    ("expired", "accept done fail fail-2", "no: expired"),
    ("expired", "refund-a refund-b", "outdated"),
    ("expired", "tick tick-late", "not due"),
    ("expired", "redeem", "paid activate"),
    ("expired", "retry", "no: expired"),
    ("expired", "back", "no: expired"),
    ("expired", "tick-day", "cancelled"),
    //
    ("expired unopened", "pay", "payment_open open/2"),
    ("expired unopened", "open-1", "same close/s1"),
    ("expired unopened", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("expired unopened", "confirm-a", "refund_pending refund/card/a"),
    ("expired unopened", "confirm-b", "refund_pending refund/card/b"),
    ("expired unopened", "short", "same refund/card/a"),
    ("expired unopened", "foreign", "same refund/card/b"),
    ("expired unopened", "cancel", "cancelled"),
    ("expired unopened", "accept done fail fail-2", "no: expired"),
    ("expired unopened", "refund-a refund-b", "outdated"),
    ("expired unopened", "tick tick-late", "not due"),
    ("expired unopened", "redeem", "paid activate"),
    ("expired unopened", "retry", "no: expired"),
    ("expired unopened", "back", "no: expired"),
    ("expired unopened", "tick-day", "cancelled"),
    //
    ("cancelled", "pay", "no: cancelled"),
    ("cancelled", "agree-1 open-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("cancelled", "confirm-a", "refund_pending refund/card/a"),
    ("cancelled", "confirm-b", "refund_pending refund/card/b"),
    ("cancelled", "short", "same refund/card/a"),
    ("cancelled", "foreign", "same refund/card/b"),
    ("cancelled", "cancel", "repeated"),
    ("cancelled", "accept done fail fail-2", "no: cancelled"),
    ("cancelled", "refund-a refund-b", "outdated"),
    ("cancelled", "tick tick-late", "not due"),
    ("cancelled", "redeem", "no: cancelled"),
    ("cancelled", "retry", "no: cancelled"),
    ("cancelled", "back", "no: cancelled"),
    ("cancelled", "tick-day", "not due"),
    //
    ("cancelled opening", "pay", "no: cancelled"),
    ("cancelled opening", "open-1", "same close/s1"),
    ("cancelled opening", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("cancelled opening", "confirm-a", "refund_pending refund/card/a"),
    ("cancelled opening", "confirm-b", "refund_pending refund/card/b"),
    ("cancelled opening", "short", "same refund/card/a"),
    ("cancelled opening", "foreign", "same refund/card/b"),
    ("cancelled opening", "cancel", "repeated"),
    ("cancelled opening", "accept done fail fail-2", "no: cancelled"),
    ("cancelled opening", "refund-a refund-b", "outdated"),
    ("cancelled opening", "tick tick-late", "not due"),
    ("cancelled opening", "redeem", "no: cancelled"),
    ("cancelled opening", "retry", "no: cancelled"),
    ("cancelled opening", "back", "no: cancelled"),
    ("cancelled opening", "tick-day", "not due"),
    //
    ("cancelled open", "pay", "no: cancelled"),
    ("cancelled open", "open-1", "repeated"),
    ("cancelled open", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("cancelled open", "confirm-a", "refund_pending refund/card/a"),
    ("cancelled open", "confirm-b", "refund_pending refund/card/b"),
    ("cancelled open", "short", "same refund/card/a"),
    ("cancelled open", "foreign", "same refund/card/b"),
    ("cancelled open", "cancel", "repeated"),
    ("cancelled open", "accept done fail fail-2", "no: cancelled"),
    ("cancelled open", "refund-a refund-b", "outdated"),
    ("cancelled open", "tick tick-late", "not due"),
    ("cancelled open", "redeem", "no: cancelled"),
    ("cancelled open", "retry", "no: cancelled"),
    ("cancelled open", "back", "no: cancelled"),
    ("cancelled open", "tick-day", "not due"),
    //
    ("activating", "pay open-1 accept", "repeated"),
    ("activating", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("activating", "confirm-a", "repeated"),
    ("activating", "confirm-b", "same refund/card/b"),
    ("activating", "short", "no: amount"),
    ("activating", "foreign", "same refund/card/b"),
    ("activating", "cancel", "no: activating"),
    ("activating", "done", "active"),
    ("activating", "fail", "activation_failed"),
    ("activating", "fail-2", "no: activating"),
    ("activating", "refund-a refund-b", "outdated"),
    ("activating", "tick", "not due"),
    ("activating", "tick-late", "activation_failed"),
    ("activating", "redeem", "no: activating"),
    ("activating", "retry", "repeated"),
    ("activating", "back", "refund_pending refund/card/a deactivate/1"),
    ("activating", "tick-day", "activation_failed"),
    //
    ("active", "pay open-1 accept done", "repeated"),
    ("active", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("active", "confirm-a", "repeated"),
    ("active", "confirm-b", "same refund/card/b"),
    ("active", "short", "no: amount"),
    ("active", "foreign", "same refund/card/b"),
    ("active", "cancel fail fail-2", "no: active"),
    ("active", "refund-a refund-b", "outdated"),
    ("active", "tick tick-late", "not due"),
    ("active", "redeem", "no: active"),
    ("active", "retry", "repeated"),
    ("active", "back", "refund_pending refund/card/a deactivate/1"),
    ("active", "tick-day", "not due"),
    //
    ("activation_failed", "pay", "no: activation_failed"),
    ("activation_failed", "open-1 fail", "repeated"),
    ("activation_failed", "accept", "same"),
    ("activation_failed", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("activation_failed", "confirm-a", "repeated"),
    ("activation_failed", "confirm-b", "same refund/card/b"),
    ("activation_failed", "short", "no: amount"),
    ("activation_failed", "foreign", "same refund/card/b"),
    ("activation_failed", "cancel fail-2", "no: activation_failed"),
    ("activation_failed", "done", "active"),
    ("activation_failed", "refund-a refund-b", "outdated"),
    ("activation_failed", "tick tick-late", "not due"),
    ("activation_failed", "redeem", "no: activation_failed"),
    ("activation_failed", "retry", "paid activate/2"),
    ("activation_failed", "back", "refund_pending refund/card/a deactivate/1"),
    ("activation_failed", "tick-day", "refund_pending refund/card/a deactivate/1"),
    //
    ("timed out", "pay", "no: activation_failed"),
    ("timed out", "open-1 accept fail", "repeated"),
    ("timed out", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("timed out", "confirm-a", "repeated"),
    ("timed out", "confirm-b", "same refund/card/b"),
    ("timed out", "short", "no: amount"),
    ("timed out", "foreign", "same refund/card/b"),
    ("timed out", "cancel fail-2", "no: activation_failed"),
    ("timed out", "done", "active"),
    ("timed out", "refund-a refund-b", "outdated"),
    ("timed out", "tick tick-late", "not due"),
    ("timed out", "redeem", "no: activation_failed"),
    ("timed out", "retry", "paid activate/2"),
    ("timed out", "back", "refund_pending refund/card/a deactivate/1"),
    ("timed out", "tick-day", "refund_pending refund/card/a deactivate/1"),
    // What the network says when it takes it after all is kept.
    ("never taken", "pay", "no: activation_failed"),
    ("never taken", "open-1 fail", "repeated"),
    ("never taken", "accept", "same"),
    ("never taken", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("never taken", "confirm-a", "repeated"),
    ("never taken", "confirm-b", "same refund/card/b"),
    ("never taken", "short", "no: amount"),
    ("never taken", "foreign", "same refund/card/b"),
    ("never taken", "cancel fail-2", "no: activation_failed"),
    ("never taken", "done", "active"),
    ("never taken", "refund-a refund-b", "outdated"),
    ("never taken", "tick tick-late", "not due"),
    ("never taken", "redeem", "no: activation_failed"),
    ("never taken", "retry", "paid activate/2"),
    ("never taken", "back", "refund_pending refund/card/a deactivate/1"),
    ("never taken", "tick-day", "refund_pending refund/card/a deactivate/1"),
    //
    ("taken late", "pay", "no: activation_failed"),
    ("taken late", "open-1 accept fail", "repeated"),
    ("taken late", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("taken late", "confirm-a", "repeated"),
    ("taken late", "confirm-b", "same refund/card/b"),
    ("taken late", "short", "no: amount"),
    ("taken late", "foreign", "same refund/card/b"),
    ("taken late", "cancel fail-2", "no: activation_failed"),
    ("taken late", "done", "active"),
    ("taken late", "refund-a refund-b", "outdated"),
    ("taken late", "tick tick-late", "not due"),
    ("taken late", "redeem", "no: activation_failed"),
    ("taken late", "retry", "paid activate/2"),
    ("taken late", "back", "refund_pending refund/card/a deactivate/1"),
    ("taken late", "tick-day", "refund_pending refund/card/a deactivate/1"),
    //
    ("refund_pending", "pay", "no: refund_pending"),
    ("refund_pending", "open-1", "repeated"),
    ("refund_pending", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("refund_pending", "confirm-a", "repeated"),
    ("refund_pending", "confirm-b", "same refund/card/b"),
    ("refund_pending", "short", "no: amount"),
    ("refund_pending", "foreign", "same refund/card/b"),
    ("refund_pending", "cancel accept done fail fail-2", "no: refund_pending"),
    ("refund_pending", "refund-a", "refunded"),
    ("refund_pending", "refund-b", "outdated"),
    ("refund_pending", "tick tick-late", "not due"),
    ("refund_pending", "redeem", "no: refund_pending"),
    ("refund_pending", "retry", "no: refund_pending"),
    ("refund_pending", "back", "repeated"),
    ("refund_pending", "tick-day", "not due"),
    //
    ("refunded", "pay", "no: refunded"),
    ("refunded", "open-1", "repeated"),
    ("refunded", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("refunded", "confirm-a", "repeated"),
    ("refunded", "confirm-b", "same refund/card/b"),
    ("refunded", "short", "no: amount"),
    ("refunded", "foreign", "same refund/card/b"),
    ("refunded", "cancel accept done fail fail-2", "no: refunded"),
    ("refunded", "refund-a", "repeated"),
    ("refunded", "refund-b", "outdated"),
    ("refunded", "tick tick-late", "not due"),
    ("refunded", "redeem", "no: refunded"),
    ("refunded", "retry", "no: refunded"),
    ("refunded", "back", "repeated"),
    ("refunded", "tick-day", "not due"),
    // What was active is taken back, also when the network learns of it late.
    ("given back", "pay cancel redeem retry", "no: refund_pending"),
    ("given back", "open-1 confirm-a back", "repeated"),
    ("given back", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("given back", "confirm-b", "same refund/card/b"),
    ("given back", "short", "no: amount"),
    ("given back", "foreign", "same refund/card/b"),
    ("given back", "accept fail refund-b", "outdated"),
    ("given back", "fail-2", "no: refund_pending"),
    ("given back", "done", "same deactivate/1/late"),
    ("given back", "refund-a", "refunded"),
    ("given back", "tick tick-late tick-day", "not due"),
    // Another try has its own ten minutes.
    ("retried", "pay open-1 confirm-a retry", "repeated"),
    ("retried", "agree-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("retried", "fail refund-a refund-b", "outdated"),
    ("retried", "confirm-b", "same refund/card/b"),
    ("retried", "short", "no: amount"),
    ("retried", "foreign", "same refund/card/b"),
    ("retried", "cancel redeem", "no: paid"),
    ("retried", "accept", "activating"),
    ("retried", "done", "active"),
    ("retried", "fail-2 tick-late tick-day", "activation_failed"),
    ("retried", "back", "refund_pending refund/card/a deactivate/2"),
    ("retried", "tick", "not due"),
    // A voucher is a payment of its own: what comes in besides goes back.
    ("redeemed", "pay redeem retry", "repeated"),
    ("redeemed", "agree-1 open-1 open-2 decline-1 decline-2 close-1 close-2", "outdated"),
    ("redeemed", "confirm-a short", "same refund/card/a"),
    ("redeemed", "confirm-b foreign", "same refund/card/b"),
    ("redeemed", "cancel", "no: paid"),
    ("redeemed", "accept", "activating"),
    ("redeemed", "done", "active"),
    ("redeemed", "fail tick-late tick-day", "activation_failed"),
    ("redeemed", "fail-2", "no: paid"),
    ("redeemed", "back", "refund_pending refund/voucher/v deactivate/1"),
    ("redeemed", "refund-a refund-b", "outdated"),
    ("redeemed", "tick", "not due"),
];

/// Drives a fresh order into a situation; each event on the way must count.
#[track_caller]
fn driven(events: &[&str]) -> Told {
    let mut told = told(an_order());
    for name in events {
        let step = told.tell(&event(name), delay(name));
        assert_eq!(step.verdict, Verdict::Accepted, "{name} of {events:?}");
    }
    told
}

#[track_caller]
fn check(situation: &str, name: &str, expected: &str) {
    let (_, _, events) =
        SITUATIONS.iter().find(|(known, ..)| *known == situation).expect("a known situation");
    let mut told = driven(events);
    let state = told.order.state;
    let step = told.tell(&event(name), delay(name));
    let keys = step.effects.iter().map(|effect| {
        let key = effect.key(told.order.id);
        key.split_once('/').map(|(_, rest)| rest.to_owned()).unwrap_or(key)
    });
    let keys: Vec<String> = keys.collect();
    let found = match step.verdict {
        Verdict::Accepted => {
            let is_same = told.order.state == state;
            let next = if is_same { "same" } else { told.order.state.name() };
            [vec![next.to_owned()], keys].concat().join(" ")
        }
        Verdict::Ignored(Ignored::Repeated) => "repeated".to_owned(),
        Verdict::Ignored(Ignored::Outdated) => "outdated".to_owned(),
        Verdict::Ignored(Ignored::NotDue) => "not due".to_owned(),
        Verdict::Rejected(Rejected::State(state)) => format!("no: {}", state.name()),
        Verdict::Rejected(Rejected::Amount) => "no: amount".to_owned(),
    };
    assert_eq!(found, expected, "{name} when {situation}");
    if step.verdict != Verdict::Accepted {
        assert_eq!((step.changes, step.effects), (vec![], vec![]), "{name} when {situation}");
    }
}

#[test]
fn each_event_does_in_each_situation_what_the_table_says() {
    for (situation, events, expected) in TABLE {
        for name in events.split(' ') {
            check(situation, name, expected);
        }
    }
}

#[test]
fn the_table_has_each_event_once_in_each_situation() {
    for (situation, ..) in SITUATIONS {
        let rows = TABLE.iter().filter(|(of, ..)| of == situation);
        let mut found: Vec<&str> = rows.flat_map(|(_, events, _)| events.split(' ')).collect();
        let mut expected = EVENTS.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{situation}");
    }
}

#[test]
fn the_situations_cover_every_state() {
    let mut states = BTreeSet::new();
    for (situation, state, events) in SITUATIONS {
        assert_eq!(driven(events).order.state, *state, "{situation}");
        states.insert(*state);
    }
    assert_eq!(states, BTreeSet::from(State::ALL));
}

#[test]
fn state_names_read_back() {
    for state in State::ALL {
        assert_eq!(State::parse(state.name()), Some(state));
    }
    assert_eq!(State::parse("Created"), None);
    assert_eq!(State::parse("timed_out"), None);
}

#[test]
fn a_grant_runs_for_the_period_of_the_terms_from_the_moment_it_is_active() {
    let mut told = driven(&["pay", "open-1", "confirm-a", "accept"]);
    let done_at = told.now();
    told.tell(&event("done"), SignedDuration::ZERO);
    let grant = told.order.grant.expect("granted");
    let ends_at = told.order.terms.duration.after(done_at);
    assert_eq!((grant.starts_at, Some(grant.ends_at)), (done_at, ends_at));
}

/// [PORT-40]: ten minutes and the operator's margin, at the second.
#[test]
fn an_activation_times_out_at_its_deadline_and_not_before() {
    let told = driven(&["pay", "open-1", "confirm-a", "accept"]);
    let deadline = next_deadline(&told.order).expect("a deadline");
    let accepted_at = told.now();
    assert_eq!(deadline, accepted_at + domain::activation::TIMEOUT + history::MARGIN);
    let tick = domain::order::Event::Tick;
    let second = SignedDuration::from_secs(1);
    let verdict = |at| step(&told.order, &tick, at).verdict;
    assert_eq!(verdict(deadline - second), Verdict::Ignored(Ignored::NotDue));
    assert_eq!(verdict(deadline), Verdict::Accepted);
}

/// [PORT-39]: the ten minutes run from the payment when the network does not take the activation.
#[test]
fn a_paid_order_that_is_not_taken_fails_ten_minutes_after_its_payment() {
    let told = driven(&["pay", "open-1", "confirm-a"]);
    let deadline = next_deadline(&told.order).expect("a deadline");
    assert_eq!(deadline, told.now() + domain::activation::TIMEOUT);
    let tick = domain::order::Event::Tick;
    let second = SignedDuration::from_secs(1);
    let verdict = |at| step(&told.order, &tick, at).verdict;
    assert_eq!(verdict(deadline - second), Verdict::Ignored(Ignored::NotDue));
    assert_eq!(verdict(deadline), Verdict::Accepted);
}

#[test]
fn an_activation_that_is_taken_late_is_recorded() {
    let mut told = driven(&["pay", "open-1", "confirm-a", "tick-late"]);
    assert_eq!(told.order.activation, None);
    told.tell(&event("accept"), SignedDuration::ZERO);
    let activation = told.order.activation.expect("recorded");
    assert_eq!((activation.requested_at, activation.margin), (told.now(), history::MARGIN));
    // It may succeed until it is given up.
    assert_eq!(next_deadline(&told.order), Some(told.now() + GIVEN_UP_AFTER));
}

/// What failed is given back by itself, a day after it failed and not before.
#[test]
fn a_failed_activation_is_given_up_after_a_day() {
    let mut told = driven(&["pay", "open-1", "confirm-a", "fail"]);
    let failed_at = told.now();
    assert_eq!(next_deadline(&told.order), Some(failed_at + GIVEN_UP_AFTER));
    let second = SignedDuration::from_secs(1);
    let early = told.tell(&event("tick"), GIVEN_UP_AFTER - second);
    assert_eq!(early.verdict, Verdict::Ignored(Ignored::NotDue));
    told.tell(&event("tick"), second);
    assert_eq!((told.order.state, next_deadline(&told.order)), (State::RefundPending, None));
}

/// The renewal of a plan that runs begins where that ends; of one that is over, at once.
#[test]
fn a_renewal_begins_where_the_plan_ends() {
    for (left_h, expected_h) in [(48, 48), (0, 0), (-48, 0)] {
        let mut order = an_order();
        let hours = SignedDuration::from_hours;
        let ends_at = order.created_at + hours(left_h);
        order.terms.renews = Some(Renewal { order: order.id, ends_at, extends: None });
        let mut told = told(order);
        for name in ["redeem", "done"] {
            told.tell(&event(name), SignedDuration::ZERO);
        }
        let grant = told.order.grant.expect("granted");
        assert_eq!(grant.starts_at, told.now() + hours(expected_h), "{left_h} h left");
        assert_eq!(Some(grant.ends_at), told.order.terms.duration.after(grant.starts_at));
    }
}

/// Price in cents, rate in basis points, tax if it is in the price, and if it comes on top.
const TAXES: &[(i64, u32, i64, i64)] = &[
    (490, 1900, 78, 93),
    (100, 0, 0, 0),
    (119, 1900, 19, 23),
    // A half rounds up: 2.5 cents on top.
    (50, 500, 2, 3),
    (1, 10_000, 1, 1),
    (999_999_999_999, 2500, 200_000_000_000, 250_000_000_000),
];

#[test]
fn tax_is_rounded_half_up() {
    for (price, rate, within, on_top) in TAXES {
        let price = Money { minor: *price, ..history::price() };
        assert_eq!(Tax::within(price, *rate).amount.minor, *within, "{price:?} {rate}");
        assert_eq!(Tax::on_top(price, *rate).amount.minor, *on_top, "{price:?} {rate}");
    }
}

#[test]
fn terms_are_those_of_the_plan() {
    let brand = BrandId::parse("fjell").expect("a brand id");
    let plan = Plan {
        id: PlanId::parse("month").expect("a plan id"),
        name: "Month".to_owned(),
        price: history::price(),
        price_includes_tax: false,
        tax_rate_bp: Some(1900),
        plan_type: PlanType::Variable,
        data_limit: Some(Megabytes(2000)),
        duration: Period::parse("P1M").expect("a period"),
        resets: true,
        tethering: false,
        usage_notifications: false,
        renewal: RenewalKind::After,
        auto_renew: false,
    };
    let expected = Terms {
        brand: brand.clone(),
        plan: plan.id.clone(),
        // 93 cents of tax on 4.90.
        price: Money { minor: 583, ..plan.price },
        plan_type: PlanType::Variable,
        data_limit: Some(Megabytes(2000)),
        duration: plan.duration,
        resets: true,
        usage_notifications: false,
        tax: Some(Tax { rate_bp: 1900, amount: Money { minor: 93, ..plan.price } }),
        renews: None,
    };
    assert_eq!(Terms::of(&brand, &plan), expected);
}

/// A wrong payment may be told before the session that it was made in is known: told again, it
/// ends the attempt, which nothing else would end.
#[test]
fn a_wrong_payment_that_is_told_early_ends_its_attempt() {
    let told = driven(&["pay", "short", "open-1", "tick-late", "short"]);
    assert_eq!(told.order.state, State::Declined);
    assert_eq!(told.order.refunds.len(), 1, "it goes back once");
}
