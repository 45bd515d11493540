//! The sandbox provider's hosted page: takes a test card, sends the customer back.
//!
//! Plain forms without scripts or session: what a real provider's page would be to us. Not
//! here: the provider's book ([`crate::payment::sandbox`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::Timestamp;

use super::reply::{self, Manner, Outcome, Scripts};
use crate::app::App;
use crate::pages::Paper;
use crate::pages::problem::Problem;
use crate::pages::sandbox::{
    CardErrors, card, closed, confirm as confirm_view, path as card_path, pay as pay_view,
};
use crate::payment::PaymentError;
use crate::payment::sandbox::{CardOutcome, Sandbox, card_outcome};
use crate::store::{SandboxSession, SandboxStatus};

impl From<PaymentError> for Problem {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::UnknownSession => Self::Missing,
            PaymentError::BadSignature | PaymentError::BadEvent => Self::BadInput,
            PaymentError::Unavailable(_) | PaymentError::Busy(_) | PaymentError::Refused(_) => {
                tracing::error!(%error, "a payment provider did not do it");
                Self::Unavailable
            }
        }
    }
}

/// `GET /sandbox/pay/{id}`
pub async fn page(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let paper = paper(&app, &headers);
    let result = open(&app, &id).await.map(|(_, session)| {
        let none = CardErrors::default();
        match session.status {
            SandboxStatus::Open => pay_view(&paper, &session, ("", ""), none).into(),
            SandboxStatus::Confirming => confirm_view(&paper, &session).into(),
            SandboxStatus::Paid | SandboxStatus::Declined | SandboxStatus::Closed => {
                closed(&paper, &session).into()
            }
        }
    });
    answer(&paper, &headers, result)
}

/// `POST /sandbox/pay/{id}`
pub async fn pay(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let paper = paper(&app, &headers);
    let result = charge(&app, &paper, &id, &body).await;
    answer(&paper, &headers, result)
}

/// `POST /sandbox/pay/{id}/confirm`
pub async fn confirm(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let paper = paper(&app, &headers);
    let result = confirmed(&app, &id, &body).await;
    answer(&paper, &headers, result)
}

fn paper<'a>(app: &'a App, headers: &HeaderMap) -> Paper<'a> {
    Paper { texts: reply::texts(app, headers), brand: None, token: "" }
}

fn answer(paper: &Paper<'_>, headers: &HeaderMap, result: Result<Outcome, Problem>) -> Response {
    let manner = Manner {
        texts: paper.texts,
        brand: None,
        path: "/sandbox",
        is_json: reply::wants_json(headers),
        scripts: Scripts::None,
        form_origins: Vec::new(),
    };
    reply::respond(&manner, result.unwrap_or_else(Outcome::Problem))
}

async fn open<'a>(app: &'a App, id: &str) -> Result<(&'a Arc<Sandbox>, SandboxSession), Problem> {
    let sandbox = app.sandbox.as_ref().ok_or(Problem::Missing)?;
    Ok((sandbox, sandbox.session(id).await?))
}

fn fields(body: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(body).take(16).map(|(k, v)| (k.into_owned(), v.into_owned())).collect()
}

async fn charge(app: &App, paper: &Paper<'_>, id: &str, body: &[u8]) -> Result<Outcome, Problem> {
    let (sandbox, session) = open(app, id).await?;
    if session.status != SandboxStatus::Open {
        return Ok(Outcome::See(session.return_url));
    }
    let fields = fields(body);
    let text = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let outcome = card_outcome(text(card::NUMBER));
    let code = text(card::CODE);
    let errors = CardErrors {
        number: outcome == CardOutcome::Unknown,
        expiry: !is_future(text(card::EXPIRY), app.clock.now()),
        code: code.len() != 3 || !code.bytes().all(|b| b.is_ascii_digit()),
    };
    if errors.any() {
        let typed = (text(card::NUMBER), text(card::EXPIRY));
        return Ok(pay_view(paper, &session, typed, errors).into());
    }
    if outcome == CardOutcome::Confirm {
        sandbox.ask_bank(id).await?;
        return Ok(Outcome::See(card_path(&session)));
    }
    let settled = sandbox.charge(id, outcome == CardOutcome::Paid).await?;
    Ok(Outcome::See(settled.return_url))
}

async fn confirmed(app: &App, id: &str, body: &[u8]) -> Result<Outcome, Problem> {
    let (sandbox, session) = open(app, id).await?;
    if session.status != SandboxStatus::Confirming {
        return Ok(Outcome::See(session.return_url));
    }
    let is_paid = match fields(body).get(card::CONFIRM).map(String::as_str) {
        Some("yes") => true,
        Some("no") => false,
        _ => return Err(Problem::BadInput),
    };
    let settled = sandbox.charge(id, is_paid).await?;
    Ok(Outcome::See(settled.return_url))
}

/// Tells whether `MM/YY` or `MM/YYYY`, with or without the slash, is this month or later.
fn is_future(text: &str, now: Timestamp) -> bool {
    let digits: String = text.chars().filter(|c| !matches!(c, '/' | ' ' | '-')).collect();
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let (month, year) = digits.split_at(2);
    let (Ok(month), Ok(year)) = (month.parse::<i32>(), year.parse::<i32>()) else { return false };
    let year = if year < 100 { 2000 + year } else { year };
    let today = now.to_zoned(jiff::tz::TimeZone::UTC);
    let this = (i32::from(today.year()), i32::from(today.month()));
    (1..=12).contains(&month) && (year, month) >= this
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiry_is_this_month_or_later() {
        let now: Timestamp = "2026-11-21T00:00:00Z".parse().expect("instant");
        for (text, expected) in [
            ("11/26", true),
            ("12 / 2030", true),
            ("1127", true),
            ("10/26", false),
            ("13/30", false),
            ("00/30", false),
            ("1/30", false),
            ("", false),
            ("ab/cd", false),
        ] {
            assert_eq!(is_future(text, now), expected, "{text}");
        }
    }
}
