//! The receipt and the credit note of an order, for the customer who paid.
//!
//! Not here: what they say ([`crate::pages::receipt`]).

use axum::body::Body;
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use domain::receipt::Kind;

use super::customer::Customer;
use super::orders::own;
use super::reply::Extra;
use crate::pages::problem::Problem;
use crate::pages::receipt::{STYLE, pdf, receipt as receipt_page};
use crate::store::books::Issued;

/// `GET /orders/{code}/receipt`
pub async fn receipt(customer: Customer, Path(code): Path<String>) -> Response {
    show(&customer, &code, Kind::Receipt).await
}

/// `GET /orders/{code}/credit-note`
pub async fn credit_note(customer: Customer, Path(code): Path<String>) -> Response {
    show(&customer, &code, Kind::Credit).await
}

/// `GET /orders/{code}/receipt.pdf`
pub async fn receipt_pdf(customer: Customer, Path(code): Path<String>) -> Response {
    print(&customer, &code, Kind::Receipt).await
}

/// `GET /orders/{code}/credit-note.pdf`
pub async fn credit_note_pdf(customer: Customer, Path(code): Path<String>) -> Response {
    print(&customer, &code, Kind::Credit).await
}

async fn print(customer: &Customer, code: &str, kind: Kind) -> Response {
    let issued = match find(customer, code, kind).await {
        Ok(issued) => issued,
        Err(problem) => return customer.answer(Err(problem)),
    };
    let document = pdf(&customer.paper(), &issued);
    let written = match tokio::task::spawn_blocking(move || document.write()).await {
        Ok(Ok(written)) => written,
        Ok(Err(error)) => {
            tracing::error!(%error, "a receipt was not printed");
            return customer.answer(Err(Problem::Unavailable));
        }
        Err(error) => {
            tracing::error!(%error, "a receipt was not printed");
            return customer.answer(Err(Problem::Unavailable));
        }
    };
    let mut response = Response::new(Body::from(written));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    // A series may have slashes, which no name of a file has.
    let name = format!("attachment; filename=\"{}.pdf\"", issued.number.replace('/', "-"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    response
}

async fn show(customer: &Customer, code: &str, kind: Kind) -> Response {
    match find(customer, code, kind).await {
        Ok(issued) => {
            let page = receipt_page(&customer.paper(), &issued);
            customer.show_with(page, &Extra { style: STYLE, html: String::new() })
        }
        Err(problem) => customer.answer(Err(problem)),
    }
}

/// Finds a document of an order of this session.
async fn find(customer: &Customer, code: &str, kind: Kind) -> Result<Issued, Problem> {
    let (record, _) = own(customer, code).await?;
    let issued = customer.app.store.receipts(record.order.id).await?;
    issued.into_iter().find(|issued| issued.receipt.kind == kind).ok_or(Problem::Missing)
}
