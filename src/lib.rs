//! The pages a customer sees: one component tree, rendered twice and hydrated never.
//!
//! A page is a value ([`api::browser::Page`]) whose texts are finished; the server renders it to
//! HTML with [`render`] (feature `ssr`), and in the browser [`start`] (feature `csr`) puts the
//! same components in its place and does by `fetch` what forms do without scripts [PORT-78].
//! Not here: any text, any decision about orders, any router.
//!
//! - [`flow`]: what happens when, as a view-model that knows no browser;
//! - [`view`]: the components, which only bind;
//! - `account`: how a plan is used, which the server renders for both;
//! - `browser`: carries out what the flow decides (the only module that touches web APIs);
//! - `bridge`: the way to `window.external`.

#[cfg(feature = "ssr")]
pub mod account;
#[cfg(feature = "csr")]
mod bridge;
#[cfg(feature = "csr")]
mod browser;
pub mod flow;
#[cfg(test)]
mod samples;
#[cfg(any(feature = "csr", feature = "ssr"))]
pub mod view;

/// Renders what stands in `<body>` for a page: the skip link and `<div id="portal">`.
#[cfg(feature = "ssr")]
#[must_use]
pub fn render(page: &api::browser::Page) -> String {
    view::html(page)
}

/// Takes the page over from the server's HTML; leaves it alone where that is not possible.
#[cfg(feature = "csr")]
pub fn start() {
    browser::start();
}
