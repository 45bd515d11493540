//! Tests of what is sent to Stripe's API, and of what is made of its answers.

use domain::amount::Currency;
use serde_json::json;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn euros(minor: i64) -> Money {
    Money { minor, currency: Currency::parse("EUR").expect("a code") }
}

#[test]
fn a_session_says_what_is_bought_for_how_much_and_by_when() {
    let request = OpenRequest {
        key: "k".to_owned(),
        order: OrderCode::parse("0000000000").expect("a code"),
        description: "Fjell: 1 GB & more".to_owned(),
        amount: euros(490),
        tax: Some("incl. 19 % tax of €0.78".to_owned()),
        return_url: "https://portal.example/orders/0000000000/return".to_owned(),
        decided_at: at("2030-01-01T00:00:00Z"),
        closes_at: at("2030-01-01T00:15:00Z"),
    };
    let methods = ["card".to_owned(), "ideal".to_owned()];
    let form = new_session(&request, &methods, "https://portal.example").expect("a form");
    let fields: Vec<(String, String)> = form_urlencoded::parse(form.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let back = "https://portal.example/orders/0000000000/return";
    let expected = [
        ("mode", "payment"),
        ("client_reference_id", "0000000000"),
        ("metadata[order]", "0000000000"),
        ("metadata[portal]", "https://portal.example"),
        ("payment_intent_data[metadata][order]", "0000000000"),
        ("payment_intent_data[metadata][portal]", "https://portal.example"),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][unit_amount]", "490"),
        ("line_items[0][price_data][tax_behavior]", "inclusive"),
        ("line_items[0][price_data][product_data][name]", "Fjell: 1 GB & more"),
        ("line_items[0][price_data][product_data][description]", "incl. 19 % tax of €0.78"),
        ("payment_method_types[0]", "card"),
        ("payment_method_types[1]", "ideal"),
        ("success_url", back),
        ("cancel_url", back),
        ("expires_at", "1893459000"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(fields, expected);
}

/// Between 30 minutes and 24 hours at whatever try within the window, and no later than needed.
#[test]
fn a_session_expires_soon_after_its_window() {
    let decided_at = at("2030-01-01T00:00:00Z");
    for (window_min, expected_min) in [(1, 36), (15, 50), (1_400, 1_435), (1_440, 1_435)] {
        let closes_at = decided_at + SignedDuration::from_mins(window_min);
        let expected = decided_at + SignedDuration::from_mins(expected_min);
        assert_eq!(expires_at(decided_at, closes_at), expected, "{window_min} min");
    }
}

fn session(status: &str, payment_status: &str, intent: serde_json::Value) -> CheckoutSession {
    let session = json!({
        "id": "cs_1", "status": status, "payment_status": payment_status, "amount_total": 490,
        "currency": "eur", "payment_intent": intent, "url": null, "metadata": null,
    });
    serde_json::from_value(session).expect("a session")
}

#[test]
fn a_session_stands_where_its_two_statuses_say() {
    let paid = |reference: &str| {
        Some(SessionStatus::Paid { reference: reference.to_owned(), amount: euros(490) })
    };
    let whole = |status: &str| json!({"id": "pi_1", "status": status});
    for (status, payment_status, intent, expected) in [
        ("open", "unpaid", json!(null), Some(SessionStatus::Open)),
        ("expired", "unpaid", json!(null), Some(SessionStatus::Closed)),
        ("complete", "paid", json!("pi_1"), paid("pi_1")),
        ("complete", "paid", whole("succeeded"), paid("pi_1")),
        ("complete", "no_payment_required", json!(null), paid("cs_1")),
        ("complete", "unpaid", json!("pi_1"), Some(SessionStatus::Pending)),
        ("complete", "unpaid", whole("processing"), Some(SessionStatus::Pending)),
        ("complete", "unpaid", whole("requires_payment_method"), Some(SessionStatus::Declined)),
        ("complete", "unpaid", whole("canceled"), Some(SessionStatus::Declined)),
        ("complete", "lost", json!("pi_1"), None),
        ("gone", "paid", json!("pi_1"), None),
    ] {
        let found = session(status, payment_status, intent).standing();
        assert_eq!(found.ok(), expected, "{status} {payment_status}");
    }
}

#[test]
fn a_refund_counts_by_its_key_and_amount() {
    let refunds = |status: &str, amount: i64, key: &str| -> Refunds {
        let refund = json!({"status": status, "amount": amount, "currency": "eur", "metadata": {"key": key}});
        serde_json::from_value(json!({"data": [refund]})).expect("a list")
    };
    for (status, amount, key, is_it) in [
        ("succeeded", 490, "k", true),
        ("pending", 490, "k", true),
        ("failed", 490, "k", false),
        ("canceled", 490, "k", false),
        ("succeeded", 480, "k", false),
        ("succeeded", 490, "other", false),
    ] {
        let found = refunds(status, amount, key).give_back("k", euros(490));
        assert_eq!(found, is_it, "{status} {amount} {key}");
    }
}

#[test]
fn ids_have_nothing_that_a_path_could_trip_over() {
    for (text, is_good) in
        [("cs_test_a1B2", true), ("", false), ("../x", false), ("cs?x", false), ("cs 1", false)]
    {
        assert_eq!(is_id(text), is_good, "{text}");
    }
}
