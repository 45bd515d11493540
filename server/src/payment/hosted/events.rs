//! What Stripe tells by itself: events about sessions, and about refunds that failed.
//!
//! The signature is checked before ([`crate::payment::signature`]). An event holds the session as
//! it was when the event was made; events may come late, twice, and in any order, which the ledger
//! bears. Not here: what is done with them ([`crate::admin::payments`]).

use serde::Deserialize;
use serde_json::Value;

use super::forms::CheckoutSession;
use crate::payment::{PaymentError, ProviderEvent, SessionEvent, SessionStatus, Whose};

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

/// Reads an event; `portal` is the origin by which sessions are known as ours.
///
/// # Errors
/// [`PaymentError::BadEvent`].
pub fn read(body: &[u8], portal: &str) -> Result<ProviderEvent, PaymentError> {
    let Event { id, kind, data: Data { object } } =
        serde_json::from_slice(body).map_err(|_| PaymentError::BadEvent)?;
    match kind.as_str() {
        "checkout.session.completed"
        | "checkout.session.async_payment_succeeded"
        | "checkout.session.async_payment_failed"
        | "checkout.session.expired" => {}
        // Accounts of an older version have only the last one.
        "refund.failed" | "refund.updated" | "charge.refund.updated" => {
            let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
            let reference = text("payment_intent").to_owned();
            return Ok(match text("status") {
                "failed" => ProviderEvent::RefundFailed { reference },
                _ => ProviderEvent::Other,
            });
        }
        _ => return Ok(ProviderEvent::Other),
    }
    let session: CheckoutSession =
        serde_json::from_value(object).map_err(|_| PaymentError::BadEvent)?;
    let whose = session.whose(portal);
    let status = match (kind.as_str(), session.standing()) {
        ("checkout.session.async_payment_failed", _) => SessionStatus::Declined,
        (_, Ok(status)) => status,
        // Such as a session that only stores a card.
        (_, Err(_)) if whose == Whose::Foreign => return Ok(ProviderEvent::Other),
        (_, Err(_)) => return Err(PaymentError::BadEvent),
    };
    Ok(ProviderEvent::Session(SessionEvent { id, session: session.id, whose, status }))
}

#[cfg(test)]
mod tests {
    use domain::amount::{Currency, Money};
    use domain::code::OrderCode;
    use serde_json::json;

    use super::*;

    const PORTAL: &str = "https://portal.example";

    fn event(kind: &str, status: &str, payment_status: &str, portal: &str) -> ProviderEvent {
        let object = json!({
            "id": "cs_1", "object": "checkout.session", "status": status,
            "payment_status": payment_status, "amount_total": 490, "currency": "eur",
            "payment_intent": "pi_1", "url": null,
            "metadata": {"order": "0000000000", "portal": portal},
        });
        let event = json!({"id": "evt_1", "object": "event", "type": kind,
                           "data": {"object": object}});
        read(event.to_string().as_bytes(), PORTAL).expect("an event")
    }

    #[test]
    fn events_say_where_a_session_stands() {
        let currency = Currency::parse("EUR").expect("a code");
        let amount = Money { minor: 490, currency };
        let paid = SessionStatus::Paid { reference: "pi_1".to_owned(), amount };
        for (kind, status, payment_status, expected) in [
            ("completed", "complete", "paid", paid.clone()),
            ("completed", "complete", "unpaid", SessionStatus::Pending),
            ("async_payment_succeeded", "complete", "paid", paid),
            ("async_payment_failed", "complete", "unpaid", SessionStatus::Declined),
            ("expired", "expired", "unpaid", SessionStatus::Closed),
        ] {
            let kind = format!("checkout.session.{kind}");
            let ours = OrderCode::parse("0000000000").map_or(Whose::Foreign, Whose::Order);
            for (portal, whose) in [(PORTAL, ours), ("https://o.example", Whose::Foreign)] {
                assert_eq!(
                    event(&kind, status, payment_status, portal),
                    ProviderEvent::Session(SessionEvent {
                        id: "evt_1".to_owned(),
                        session: "cs_1".to_owned(),
                        whose,
                        status: expected.clone(),
                    }),
                    "{kind} {portal}"
                );
            }
        }
    }

    #[test]
    fn other_events_are_of_no_use_and_broken_ones_are_refused() {
        let known = |body: &str| read(body.as_bytes(), PORTAL);
        let other = r#"{"id":"evt_1","type":"customer.created","data":{"object":{}}}"#;
        assert_eq!(known(other), Ok(ProviderEvent::Other));
        for (kind, status, is_failed) in [
            ("refund.failed", "failed", true),
            ("refund.updated", "failed", true),
            ("charge.refund.updated", "failed", true),
            ("refund.updated", "succeeded", false),
        ] {
            let object = json!({"payment_intent": "p", "status": status});
            let event = json!({"id": "e", "type": kind, "data": {"object": object}});
            let failed = ProviderEvent::RefundFailed { reference: "p".to_owned() };
            let expected = if is_failed { failed } else { ProviderEvent::Other };
            assert_eq!(known(&event.to_string()), Ok(expected), "{kind} {status}");
        }
        let stores_a_card = json!({"id": "cs_1", "status": "complete", "metadata": {},
                                   "payment_status": "no_payment_required"});
        let event = json!({"id": "e", "type": "checkout.session.completed",
                           "data": {"object": stores_a_card}});
        assert_eq!(known(&event.to_string()), Ok(ProviderEvent::Other));
        let ours = json!({ "portal": PORTAL });
        let strange = |payment_status: &str, currency: &str| {
            let object = json!({"id": "cs_1", "status": "complete", "metadata": ours,
                "payment_status": payment_status, "amount_total": 1, "currency": currency});
            let event = json!({"id": "e", "type": "checkout.session.completed",
                               "data": {"object": object}});
            event.to_string()
        };
        for broken in [
            "",
            "{}",
            "[]",
            r#"{"id":"e","type":"checkout.session.completed","data":{"object":{}}}"#,
            &strange("paid", "euro"),
            &strange("perhaps", "eur"),
        ] {
            assert_eq!(known(broken), Err(PaymentError::BadEvent), "{broken}");
        }
    }
}
