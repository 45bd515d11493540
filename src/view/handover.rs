//! The hand-over to Windows.
//!
//! Shown only where the host has the call [PORT-44]: hidden in the server's HTML, and its `data-`
//! attributes carry what `static/bridge.js` needs to do the same on a page without WebAssembly.

use api::browser::Handover;
use leptos::prelude::*;

use super::{Binding, Deed};
use crate::flow::Busy;

/// The button that hands the document over, and what it says meanwhile.
#[component]
pub(super) fn HandoverSection(handover: Handover, binding: Binding) -> impl IntoView {
    let Handover { document, report, token, submit, busy, note, auto_retry_ms } = handover;
    let is_busy = move || binding.live.with(|live| live.busy == Busy::Handover);
    let said = {
        let (busy, note) = (busy.clone(), note);
        move || if is_busy() { busy.clone() } else { note.clone() }
    };
    view! {
        <section
            id="handover"
            class="handover"
            hidden=move || binding.live.with(|live| !live.can_hand_over)
            data-document=document
            data-report=report
            data-token=token
            data-busy=busy
            data-retry=auto_retry_ms.map(|ms| ms.to_string())
        >
            <button
                type="button"
                class="button"
                id="handover-button"
                aria-describedby="handover-said"
                aria-disabled=move || is_busy().then_some("true")
                on:click=move |_| (binding.act)(Deed::HandOver)
            >
                {submit}
            </button>
            <p id="handover-said" role="status">{said}</p>
        </section>
    }
}
