//! Carries out what [`PurchaseFlow`] decides: the only module that touches web APIs.
//!
//! Takes the server's HTML over by putting the same components in its place, with everything
//! that was typed, the focus and the scroll kept [PORT-78]. After a panic the page is loaded
//! anew and left to work without WebAssembly. Not here: what follows from what (`flow`), how it
//! looks (`view`).

use std::any::Any;
use std::cell::RefCell;
use std::time::Duration;

use api::browser::{Answer, Page};
use gloo_net::http::{Request, RequestBuilder, Response};
use js_sys::{Date, Reflect};
use leptos::ev;
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, EventSource, HtmlElement, HtmlInputElement, NodeList, RequestCredentials};

use crate::bridge;
use crate::flow::{ANSWER_WITHIN_MS, Cmd, Event, Live, PurchaseFlow, Ticket, keep};
use crate::view::{self, Binding, Deed};

/// Marks a window whose WebAssembly has failed: it stays with the plain pages.
const PLAIN: &str = "broadgate-plain";
const FOCUSABLE: &str = "a, button, input, summary, [tabindex]";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The portal in this window.
struct Portal {
    flow: PurchaseFlow,
    live: RwSignal<Live>,
    /// Keeps `live` alive.
    _owner: Owner,
    root: HtmlElement,
    /// Where the server pushes.
    pushes: Option<EventSource>,
    /// Dropping it takes the shown page away.
    shown: Option<Box<dyn Any>>,
}

thread_local! {
    static PORTAL: RefCell<Option<Portal>> = const { RefCell::new(None) };
}

/// Takes the page over, where that can be done without harm.
pub(crate) fn start() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        fall_back();
    }));
    if is_plain() || bridge::is_busy() {
        return;
    }
    let Some((mut page, root)) = server_page() else { return };
    keep_typed(&mut page, &root);
    let seen = Seen::remember(&root);
    let owner = Owner::new();
    let live = owner.with(|| RwSignal::new(Live::of(&page)));
    let flow = PurchaseFlow::new(page, place());
    let portal =
        Portal { flow, live, _owner: owner, root: root.clone(), pushes: None, shown: None };
    PORTAL.set(Some(portal));
    // From here on `bridge.js` leaves the page alone.
    _ = Reflect::set(&js_sys::global(), &"broadgatePortal".into(), &JsValue::TRUE);
    listen();
    dispatch(Event::Started { can_hand_over: bridge::is_available() });
    seen.restore(&root);
    set_on_root("data-portal", "live");
}

fn server_page() -> Option<(Page, HtmlElement)> {
    let text = document().get_element_by_id("page")?.text_content()?;
    let root = document().get_element_by_id("portal")?.dyn_into().ok()?;
    Some((serde_json::from_str(&text).ok()?, root))
}

fn listen() {
    _ = window_event_listener(ev::popstate, |_| dispatch(Event::Restored { path: place() }));
    _ = window_event_listener(ev::online, |_| dispatch(Event::Resumed));
    _ = window_event_listener_untyped("visibilitychange", |_| {
        if !document().hidden() {
            dispatch(Event::Resumed);
        }
    });
    _ = window_event_listener(ev::pageshow, |event| {
        if event.persisted() {
            dispatch(Event::Returned);
        }
    });
}

fn act(deed: Deed) {
    match deed {
        Deed::Submit(form, event) => {
            event.prevent_default();
            let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(element) = element {
                dispatch(Event::Submitted { form, pairs: held(&element) });
            }
        }
        Deed::HandOver => dispatch(Event::HandoverPressed),
    }
}

/// Lets the flow decide and does what it says.
fn dispatch(event: Event) {
    let cmds = PORTAL.with_borrow_mut(|portal| {
        let Some(portal) = portal else { return Vec::new() };
        let cmds = portal.flow.update(event, Date::now() as u64);
        if portal.live.with_untracked(|live| live != portal.flow.live()) {
            portal.live.set(portal.flow.live().clone());
        }
        cmds
    });
    // Nothing is borrowed here: the host may call back while it takes the document.
    for cmd in cmds {
        perform(cmd);
    }
}

fn perform(cmd: Cmd) {
    match cmd {
        Cmd::Post { ticket, action, body } => {
            let request = json(Request::post(&action)).header("Content-Type", FORM).body(body);
            ask(ticket, request, answered);
        }
        Cmd::Get { ticket, path } => ask(ticket, json(Request::get(&path)).build(), answered),
        Cmd::GetDocument { ticket, path } => {
            ask(ticket, json(Request::get(&path)).build(), document_or_answer);
        }
        Cmd::CallBridge { ticket, xml } => {
            let result = bridge::provision(&xml);
            dispatch(Event::Provisioned { ticket, result });
        }
        Cmd::WakeAfter { ticket, ms } => after(ms, Event::Due { ticket }),
        Cmd::TickAfter(ms) => after(ms, Event::Ticked),
        Cmd::Show => show(),
        Cmd::PushPath(path) => {
            if let Ok(history) = window().history() {
                _ = history.push_state_with_url(&JsValue::NULL, "", Some(&path));
            }
        }
        Cmd::ReplacePath(path) => {
            if let Ok(history) = window().history() {
                _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
            }
        }
        Cmd::FocusHeading => {
            window().scroll_to_with_x_and_y(0.0, 0.0);
            if let Some(heading) = element("h1").and_then(|h1| h1.dyn_into::<HtmlElement>().ok()) {
                _ = heading.focus();
            }
        }
        Cmd::RevealAlert => {
            // The alert comes with the next effects.
            set_timeout(
                || element(".alert").into_iter().for_each(|a| a.scroll_into_view()),
                Duration::ZERO,
            );
        }
        Cmd::Navigate(location) => _ = window().location().assign(&location),
        Cmd::Fill { id, html } => fill(id, &html),
        Cmd::Listen { path, names } => hear(&path, &names),
    }
}

/// Fills an element anew; an opened table stays open, and the focus stays in its place.
fn fill(id: &str, html: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    let Ok(element) = element.dyn_into::<HtmlElement>() else { return };
    let seen = Seen::remember(&element);
    let details = || element.query_selector("details").ok().flatten();
    let was_open = details().is_some_and(|details| details.has_attribute("open"));
    element.set_inner_html(html);
    if let (true, Some(details)) = (was_open, details()) {
        _ = details.set_attribute("open", "");
    }
    seen.restore(&element);
}

/// Hears the server's events of these names, and no others; an engine without them hears none.
fn hear(path: &str, names: &[String]) {
    PORTAL.with_borrow_mut(|portal| {
        let Some(portal) = portal else { return };
        if let Some(before) = portal.pushes.take() {
            before.close();
        }
        if path.is_empty() {
            return;
        }
        let Ok(pushes) = EventSource::new(path) else { return };
        let heard = Closure::<dyn Fn()>::new(|| dispatch(Event::Pushed)).into_js_value();
        for name in names {
            _ = pushes.add_event_listener_with_callback(name, heard.unchecked_ref());
        }
        portal.pushes = Some(pushes);
    });
}

fn after(ms: u32, event: Event) {
    set_timeout(move || dispatch(event), Duration::from_millis(ms.into()));
}

fn show() {
    PORTAL.with_borrow_mut(|portal| {
        let Some(portal) = portal else { return };
        let page = portal.flow.page().clone();
        document().set_title(&page.title);
        set_on_root("lang", &page.lang);
        set_on_root("dir", &page.dir);
        portal.shown = None;
        portal.root.set_text_content(None);
        let binding = Binding { live: portal.live, act };
        let handle = mount_to(portal.root.clone(), move || view::page(page, binding));
        portal.shown = Some(Box::new(handle));
    });
}

fn json(request: RequestBuilder) -> RequestBuilder {
    // Engines of 2018 leave cookies out unless told.
    request.header("Accept", JSON).credentials(RequestCredentials::SameOrigin)
}

/// Sends a request; one without an answer in time has failed, and its answer comes too late.
fn ask(
    ticket: Ticket,
    request: Result<Request, gloo_net::Error>,
    read: fn(Ticket, u16, &str) -> Option<Event>,
) {
    after(ANSWER_WITHIN_MS, Event::Failed { ticket });
    spawn_local(async move {
        let event = text(request).await.and_then(|(status, text)| read(ticket, status, &text));
        dispatch(event.unwrap_or(Event::Failed { ticket }));
    });
}

async fn text(request: Result<Request, gloo_net::Error>) -> Option<(u16, String)> {
    let response: Response = request.ok()?.send().await.ok()?;
    Some((response.status(), response.text().await.ok()?))
}

fn answered(ticket: Ticket, status: u16, text: &str) -> Option<Event> {
    let answer: Answer = serde_json::from_str(text).ok()?;
    Some(Event::Answered { ticket, status, answer })
}

fn document_or_answer(ticket: Ticket, status: u16, text: &str) -> Option<Event> {
    match serde_json::from_str(text) {
        Ok(document) => Some(Event::DocumentArrived { ticket, document }),
        Err(_) => answered(ticket, status, text),
    }
}

/// Path and query of the address bar.
fn place() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

fn element(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn set_on_root(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        _ = root.set_attribute(name, value);
    }
}

fn items<T: JsCast>(list: Option<NodeList>) -> impl Iterator<Item = T> {
    let length = list.as_ref().map_or(0, NodeList::length);
    (0..length).filter_map(move |index| list.as_ref()?.get(index)?.dyn_into().ok())
}

/// What the inputs of a form hold; `FormData` of older engines cannot be read.
fn held(form: &Element) -> Vec<(String, String)> {
    items::<HtmlInputElement>(form.query_selector_all("input").ok())
        .filter(|input| !matches!(input.type_().as_str(), "radio" | "checkbox") || input.checked())
        .map(|input| (input.name(), input.value()))
        .collect()
}

fn keep_typed(page: &mut Page, root: &HtmlElement) {
    // The forms of notices have nothing to keep.
    let forms = items::<Element>(root.query_selector_all("main > form").ok());
    for (form, element) in page.forms.iter_mut().zip(forms) {
        keep(form, &held(&element));
    }
}

/// Where the customer is on the page: the same components have the same order of elements.
struct Seen {
    focus: Option<usize>,
    selection: Option<(u32, u32)>,
    scroll: (f64, f64),
}

impl Seen {
    fn remember(root: &HtmlElement) -> Self {
        let active = document().active_element();
        let focus = active.as_ref().and_then(|active| {
            let mut elements = items::<Element>(root.query_selector_all(FOCUSABLE).ok());
            elements.position(|element| element == *active)
        });
        let selection = active.and_then(|active| {
            let input: HtmlInputElement = active.dyn_into().ok()?;
            Some((input.selection_start().ok()??, input.selection_end().ok()??))
        });
        let scroll = (window().scroll_x(), window().scroll_y());
        Self { focus, selection, scroll: (scroll.0.unwrap_or(0.0), scroll.1.unwrap_or(0.0)) }
    }

    fn restore(&self, root: &HtmlElement) {
        if let Some(index) = self.focus {
            let mut elements = items::<HtmlElement>(root.query_selector_all(FOCUSABLE).ok());
            if let Some(element) = elements.nth(index) {
                _ = element.focus();
                if let (Some((start, end)), Ok(input)) =
                    (self.selection, element.dyn_into::<HtmlInputElement>())
                {
                    _ = input.set_selection_range(start, end);
                }
            }
        }
        window().scroll_to_with_x_and_y(self.scroll.0, self.scroll.1);
    }
}

fn is_plain() -> bool {
    let storage = window().session_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(PLAIN).ok().flatten()).is_some()
}

/// Loads the page anew, this time without WebAssembly; where that cannot be remembered, the page
/// is left as it stands rather than loaded for ever.
fn fall_back() {
    let storage = window().session_storage().ok().flatten();
    if storage.is_some_and(|storage| storage.set_item(PLAIN, "1").is_ok()) {
        _ = window().location().replace(&place());
    }
}
