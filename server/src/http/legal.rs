//! The texts of a brand that a customer is asked to read, inside the walled garden too.
//!
//! Not here: how they read ([`crate::pages::legal`]).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use domain::brand::BrandId;

use super::reply::{self, Extra, Manner, Outcome, Scripts};
use crate::app::App;
use crate::catalog::legal::Place;
use crate::pages::Paper;
use crate::pages::legal::{Kind, html, page};
use crate::pages::problem::Problem;

/// The page's style beside the portal's.
const STYLE: &str =
    ".text{max-width:42rem}.text>*+*{margin-top:.75rem}.text h2{font-size:1.125rem}";

/// `GET /legal/{brand}/{text}`: anybody may read it, whatever brand their SIM has.
pub async fn text(
    State(app): State<Arc<App>>,
    Path((brand, text)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let catalog = app.catalog();
    let id = BrandId::parse(&brand);
    let brand = id.as_ref().and_then(|id| catalog.brands.get(id));
    let legal = id.as_ref().and_then(|id| catalog.legal.get(id));
    let texts = reply::texts(&app, &headers);
    let manner = Manner {
        texts,
        brand,
        path: "/legal",
        is_json: reply::wants_json(&headers),
        scripts: Scripts::None,
        form_origins: Vec::new(),
    };
    let (Some(brand), Some(legal), Some(kind)) = (brand, legal, Kind::parse(&text)) else {
        return reply::respond(&manner, Problem::Missing.into());
    };
    match &kind.of(legal).place {
        Place::There(url) => reply::see(url),
        Place::Here(text) => {
            let paper = Paper { texts, brand: Some(brand), token: "" };
            let page = page(&paper, brand, kind, legal);
            if manner.is_json {
                return reply::respond(&manner, Outcome::from(page));
            }
            reply::show_with(&manner, &page, &Extra { style: STYLE, html: html(text) })
        }
    }
}
