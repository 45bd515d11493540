//! The component tree of every page.
//!
//! Components bind a [`Page`] and what moves on it ([`Live`]) to elements, and pass deeds of the
//! customer on. They decide nothing, fetch nothing and hold no text. What works without scripts
//! is in the elements themselves: real forms, real links, native radio buttons [PORT-58],
//! [PORT-59], [PORT-78], [PORT-81].
//!
//! - `frame`: what stands around a page, and the order of what is on it;
//! - `form`: a form with its fields and its button;
//! - `plans`: the plans as a radio group;
//! - `wait`: the progress of an activation;
//! - `handover`: the hand-over to Windows;
//! - `account`: how a plan is used, on the server only;
//! - `facts`: pairs, links, other ways, alerts.

#![expect(
    unreachable_pub,
    reason = "the component macro makes the inner function of every component public"
)]

#[cfg(feature = "ssr")]
pub(crate) mod account;
mod facts;
mod form;
mod frame;
mod handover;
mod plans;
mod wait;

use api::browser::Page;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::flow::Live;

/// Something that the customer does on a page.
pub enum Deed {
    /// Sends the form of this index among the page's forms.
    Submit(usize, SubmitEvent),
    /// Presses the button of the hand-over.
    HandOver,
}

/// What the components are bound to.
#[derive(Clone, Copy)]
pub struct Binding {
    /// What moves while the page stands.
    pub live: RwSignal<Live>,
    /// Where deeds go.
    pub act: fn(Deed),
}

/// Shows a page: the content of `<div id="portal">`.
pub fn page(page: Page, binding: Binding) -> impl IntoView {
    frame::frame(page, binding)
}

/// Renders a page as it is before any script: no deed reaches anybody.
#[cfg(feature = "ssr")]
pub(crate) fn html(shown: &Page) -> String {
    Owner::new().with(|| {
        let binding = Binding { live: RwSignal::new(Live::of(shown)), act: |_| {} };
        let skip = shown.frame.skip.clone();
        let content = page(shown.clone(), binding);
        view! {
            <a class="skip" href="#main">{skip}</a>
            <div id="portal">{content}</div>
        }
        .into_view()
        .to_html()
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
