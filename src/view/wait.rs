//! The progress of an activation: bar, time so far, estimate [PORT-39…41].

use api::browser::Wait;
use leptos::prelude::*;

use super::Binding;
use crate::flow::clock;

/// The wait for an activation.
#[component]
pub(super) fn WaitSection(wait: Wait, binding: Binding) -> impl IntoView {
    // Without a value the bar shows that something goes on and claims nothing.
    let value = move || binding.live.with(|live| live.percent.map(|percent| percent.to_string()));
    let elapsed = move || binding.live.with(|live| clock(live.elapsed_s));
    view! {
        <section class="wait" data-poll=wait.poll_ms.to_string()>
            <progress max="100" value=value aria-label=wait.label></progress>
            <p class="elapsed">
                <span>{wait.elapsed_label}" "</span>
                <span class="clock" role="timer">{elapsed}</span>
            </p>
            <p>{wait.estimate}</p>
        </section>
    }
}
