//! The receipt and the credit note of an order, for the customer who paid.
//!
//! Not here: what they say ([`crate::pages::receipt`]).

use axum::extract::Path;
use axum::response::Response;
use domain::receipt::Kind;

use super::customer::Customer;
use super::orders::own;
use super::reply::Extra;
use crate::pages::problem::Problem;
use crate::pages::receipt::{STYLE, receipt as receipt_page};
use crate::store::books::Issued;

/// `GET /orders/{code}/receipt`
pub async fn receipt(customer: Customer, Path(code): Path<String>) -> Response {
    show(&customer, &code, Kind::Receipt).await
}

/// `GET /orders/{code}/credit-note`
pub async fn credit_note(customer: Customer, Path(code): Path<String>) -> Response {
    show(&customer, &code, Kind::Credit).await
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
