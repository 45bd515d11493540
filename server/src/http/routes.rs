//! A table of routes that is at once the router and its description.
//!
//! Because both are made by the same call, `/api/openapi.json` cannot name a route that is not
//! there or forget one that is. Not here: what the routes do.

use axum::Router;
use axum::routing::MethodRouter;
use serde_json::{Map, Value, json};

/// Method, path and summary of a route.
pub type Described = (&'static str, &'static str, &'static str);

/// A router and what is said of it.
pub struct Routes<S> {
    /// The router, without state.
    pub router: Router<S>,
    /// Method, path and summary of each route, in the order of their making.
    pub described: Vec<Described>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Makes an empty table.
    #[must_use]
    pub fn new() -> Self {
        Self { router: Router::new(), described: Vec::new() }
    }

    /// Adds a route; `handler` must serve just `method`.
    #[must_use]
    pub fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        summary: &'static str,
        handler: MethodRouter<S>,
    ) -> Self {
        self.router = self.router.route(path, handler);
        self.described.push((method, path, summary));
        self
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// Describes the routes of a listener as OpenAPI 3.1.
#[must_use]
pub fn openapi(listener: &str, described: &[Described]) -> Value {
    let mut paths = Map::new();
    for (method, path, summary) in described {
        let parameters: Vec<Value> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(|name| {
                json!({ "name": name, "in": "path", "required": true,
                        "schema": { "type": "string" } })
            })
            .collect();
        let operation = json!({
            "summary": summary,
            "parameters": parameters,
            "responses": { "default": { "description": "See the summary." } },
        });
        let entry = paths.entry((*path).to_owned()).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert(method.to_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": format!("Broadgate: {listener}"), "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
    })
}
