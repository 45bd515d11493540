//! `POST /api/entitlement/tethering`: whether a customer may share the connection.
//!
//! Where the plans cannot be read in time the answer is 503, never a yes. Not here: the decision
//! ([`domain::entitlement`]).
//! Implements [TET-08].

use std::sync::Arc;
use std::time::Duration;

use api::entitlement::{TetheringAnswer, TetheringQuestion};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use domain::brand::PlanId;
use domain::code::Id;
use domain::entitlement::{Decision, Denial, Permission, Unreachable, reason, tethering as decide};
use domain::identity::{Iccid, Imsi};

use super::Admin;
use super::machines::authorised;
use crate::catalog::{Catalog, Denials};
use crate::http::metadata::{read, refuse};
use crate::http::reply::json;
use crate::store::refresh::Whose;
use crate::store::{StoreError, Subscription};
use crate::texts::Texts;

/// Longest body, in bytes.
const BODY_BYTES_MAX: usize = 4 * 1024;
/// Longest language tag that is looked at, in characters: RFC 5646 §4.4.1 asks for 35.
const LOCALE_CHARS_MAX: usize = 35;
/// How long the plans may take to be read; the device waits for 30 s altogether.
const READ_WITHIN: Duration = Duration::from_secs(10);
/// When to ask again, in seconds.
const AGAIN_S: u16 = 30;

/// `POST /api/entitlement/tethering`
pub async fn tethering(
    State(admin): State<Arc<Admin>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let authorised = authorised(&admin, &headers, "entitlement:read");
    match tokio::time::timeout(READ_WITHIN, authorised).await {
        Ok(Ok(_)) => {}
        Ok(Err(response)) if response.status() != StatusCode::SERVICE_UNAVAILABLE => {
            return response;
        }
        Ok(Err(_)) | Err(_) => return no_answer(),
    }
    let question: TetheringQuestion = match read(body, BODY_BYTES_MAX) {
        Ok(question) => question,
        Err(response) => return *response,
    };
    let whose = match whose(&question) {
        Ok(whose) => whose,
        Err(message) => return refuse(StatusCode::BAD_REQUEST, "request", message),
    };
    let locale = question.locale.as_deref().filter(|tag| tag.len() <= LOCALE_CHARS_MAX);
    let app = &admin.app;
    let plans = app.store.plans_in_force(whose, app.clock.now());
    let plans = in_time(READ_WITHIN, plans).await;
    let catalog = app.catalog();
    let texts = app.languages.choose(locale);
    answer(&catalog, plans.as_deref().map_err(|unreachable| *unreachable), |own, denial| {
        words(texts, own, denial, locale)
    })
}

/// Reads the one identifier of a question.
fn whose(question: &TetheringQuestion) -> Result<Whose, &'static str> {
    let TetheringQuestion { subscription, imsi, iccid, locale: _ } = question;
    match (subscription, imsi, iccid) {
        (Some(id), None, None) => {
            Id::parse(id).map(Whose::Subscription).ok_or("subscription: needs a UUID")
        }
        (None, Some(imsi), None) => {
            Imsi::parse(imsi).map(Whose::Imsi).map_err(|_| "imsi: needs 6 to 15 digits")
        }
        (None, None, Some(iccid)) => {
            Iccid::parse(iccid).map(Whose::Iccid).map_err(|_| "iccid: needs 19 or 20 digits")
        }
        _ => Err("send one of subscription, imsi and iccid"),
    }
}

/// Waits for the plans, but not longer than the asker does.
async fn in_time(
    limit: Duration,
    plans: impl Future<Output = Result<Vec<Subscription>, StoreError>>,
) -> Result<Vec<Subscription>, Unreachable> {
    match tokio::time::timeout(limit, plans).await {
        Ok(Ok(plans)) => Ok(plans),
        Ok(Err(error)) => {
            tracing::error!(%error, "the plans of a customer who wants to share are not known");
            Err(Unreachable)
        }
        Err(_) => {
            tracing::error!("the store does not answer a customer who wants to share");
            Err(Unreachable)
        }
    }
}

fn answer(
    catalog: &Catalog,
    plans: Result<&[Subscription], Unreachable>,
    words: impl FnOnce(Option<&Denials>, Denial) -> String,
) -> Response {
    let sharing: Result<Vec<Permission>, Unreachable> =
        plans.map(|plans| plans.iter().map(|plan| sharing(catalog, plan)).collect());
    let brand = plans.ok().and_then(<[Subscription]>::first).map(|plan| &plan.brand);
    let own = brand.and_then(|brand| catalog.denials.get(brand));
    match decide(sharing.as_deref().map_err(|unreachable| *unreachable)) {
        Decision::Allow => json(StatusCode::OK, &TetheringAnswer { allowed: true, reason: None }),
        Decision::Deny(denial) => {
            let text = words(own, denial);
            json(StatusCode::OK, &TetheringAnswer { allowed: false, reason: Some(text) })
        }
        Decision::NoAnswer => no_answer(),
    }
}

/// Says what the plan of a subscription says today.
fn sharing(catalog: &Catalog, subscription: &Subscription) -> Permission {
    let brand = catalog.brands.get(&subscription.brand);
    let plan = PlanId::parse(&subscription.plan);
    match brand.zip(plan).and_then(|(brand, plan)| brand.plan(&plan)) {
        Some(plan) if plan.tethering => Permission::Allowed,
        Some(_) => Permission::Forbidden,
        None => Permission::Unknown,
    }
}

/// Says why not, in the brand's own words where it has some.
fn words(texts: &Texts, own: Option<&Denials>, denial: Denial, locale: Option<&str>) -> String {
    let text = match (denial, own) {
        (Denial::Plan, Some(own)) => own.text(locale).to_owned(),
        (Denial::Plan, None) => texts.get("sharing-denied-plan"),
        (Denial::NoPlan, _) => texts.get("sharing-denied-none"),
        (Denial::PlanUnknown, _) => texts.get("sharing-denied-unknown"),
    };
    reason(&text)
}

fn no_answer() -> Response {
    let message = "the customer's plan is not known now; ask again";
    let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(AGAIN_S));
    response
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;

    fn plan(brand: &str, plan: &str) -> Subscription {
        Subscription {
            order: Id::from_parts(0, [0; 10]),
            brand: domain::brand::BrandId::parse(brand).expect("an id"),
            plan: plan.to_owned(),
            subscriber: None,
            iccid: None,
            starts_at: Timestamp::UNIX_EPOCH,
            ends_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// [TET-08]
    #[tokio::test]
    async fn a_store_that_fails_or_hangs_is_no_yes() {
        let failing = async { Err(StoreError::Unavailable("closed".to_owned())) };
        let failed = in_time(READ_WITHIN, failing).await;
        let hung = in_time(Duration::ZERO, std::future::pending()).await;
        for plans in [failed, hung] {
            let plans = plans.as_deref().map_err(|unreachable| *unreachable);
            let response = answer(&Catalog::demo(), plans, |_, _| String::new());
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            let again = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok());
            assert!(again.and_then(|s| s.parse::<u32>().ok()).is_some_and(|s| s <= 30));
        }
        assert!(READ_WITHIN + READ_WITHIN < Duration::from_secs(30), "token and plans");
    }

    /// [TET-08]
    #[test]
    fn every_refusal_has_words() {
        let languages = crate::texts::Languages::load().expect("message files");
        let texts = languages.choose(Some("en"));
        let catalog = Catalog::demo();
        for (plans, expected) in [
            (vec![plan("fjell", "day-1gb")], None),
            (vec![plan("bris", "day-unlimited")], Some(texts.get("sharing-denied-plan"))),
            (vec![plan("bris", "gone")], Some(texts.get("sharing-denied-unknown"))),
            (vec![plan("gone", "day-1gb")], Some(texts.get("sharing-denied-unknown"))),
            (vec![], Some(texts.get("sharing-denied-none"))),
        ] {
            let mut said = None;
            let response = answer(&catalog, Ok(&plans), |own, denial| {
                let text = words(texts, own, denial, Some("en"));
                said = Some(text.clone());
                text
            });
            assert_eq!((response.status(), said), (StatusCode::OK, expected));
        }
    }
}
