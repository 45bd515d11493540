//! What Stripe tells by itself: events about sessions, and about refunds that failed.
//!
//! The signature is checked before ([`crate::payment::signature`]). An event holds the session as
//! it was when the event was made; events may come late, twice, and in any order, which the ledger
//! bears. Not here: what is done with them ([`crate::admin::payments`]).

use serde::Deserialize;
use serde_json::Value;

use super::forms::CheckoutSession;
use crate::payment::{PaymentError, ProviderEvent, SessionEvent, SessionStatus};

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
        "refund.failed" => {
            let reference = object.get("payment_intent").and_then(Value::as_str);
            let reference = reference.unwrap_or_default().to_owned();
            return Ok(ProviderEvent::RefundFailed { reference });
        }
        _ => return Ok(ProviderEvent::Other),
    }
    let session: CheckoutSession =
        serde_json::from_value(object).map_err(|_| PaymentError::BadEvent)?;
    let status = match kind.as_str() {
        "checkout.session.async_payment_failed" => SessionStatus::Declined,
        _ => session.standing().map_err(|_| PaymentError::BadEvent)?,
    };
    let whose = session.whose(portal);
    Ok(ProviderEvent::Session(SessionEvent { id, session: session.id, whose, status }))
}

#[cfg(test)]
mod tests {
    use domain::amount::{Currency, Money};
    use domain::code::OrderCode;
    use serde_json::json;

    use super::*;
    use crate::payment::Whose;

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
        let failed =
            r#"{"id":"e","type":"refund.failed","data":{"object":{"payment_intent":"p"}}}"#;
        let reference = "p".to_owned();
        assert_eq!(known(failed), Ok(ProviderEvent::RefundFailed { reference }));
        for broken in [
            "",
            "{}",
            "[]",
            r#"{"id":"e","type":"checkout.session.completed","data":{"object":{}}}"#,
            r#"{"id":"e","type":"checkout.session.completed","data":{"object":{"id":"cs_1",
                "status":"complete","payment_status":"paid","amount_total":1,"currency":"euro"}}}"#,
            r#"{"id":"e","type":"checkout.session.completed","data":{"object":{"id":"cs_1",
                "status":"complete","payment_status":"perhaps"}}}"#,
        ] {
            assert_eq!(known(broken), Err(PaymentError::BadEvent), "{broken}");
        }
    }
}
