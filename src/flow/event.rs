//! What happens to a page, and what is to be done about it.

use api::browser::{Answer, Document};

/// Number of something awaited; only the latest counts.
pub type Ticket = u32;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The page was taken over from the server's HTML.
    Started {
        /// Whether the host can take a document.
        can_hand_over: bool,
    },
    /// A form is to be sent.
    Submitted {
        /// Its place among the page's forms.
        form: usize,
        /// What it holds.
        pairs: Vec<(String, String)>,
    },
    /// A request was answered in our own JSON.
    Answered {
        /// Of the request.
        ticket: Ticket,
        /// Status of HTTP.
        status: u16,
        /// What it says.
        answer: Answer,
    },
    /// The document is here.
    DocumentArrived {
        /// Of the request.
        ticket: Ticket,
        /// The document.
        document: Document,
    },
    /// A request was not answered, or not in our own JSON.
    Failed {
        /// Of the request.
        ticket: Ticket,
    },
    /// The time of a [`Cmd::WakeAfter`] is over.
    Due {
        /// Of the timer.
        ticket: Ticket,
    },
    /// The time of a [`Cmd::TickAfter`] is over.
    Ticked,
    /// The button of the hand-over was pressed.
    HandoverPressed,
    /// Windows returned a number.
    Provisioned {
        /// Of the call.
        ticket: Ticket,
        /// The number [PORT-46].
        result: u32,
    },
    /// The browser went back or forward to this path.
    Restored {
        /// Path and query.
        path: String,
    },
    /// The page is seen again, or the network is back.
    Resumed,
    /// The browser came back to this page after it had left it.
    Returned,
    /// The server told that something about the plan changed.
    Pushed,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cmd {
    /// Post a form; comes back as `Answered` or `Failed`.
    Post {
        /// To come back with.
        ticket: Ticket,
        /// Where to.
        action: String,
        /// The form, URL-encoded.
        body: String,
    },
    /// Get a page; comes back as `Answered` or `Failed`.
    Get {
        /// To come back with.
        ticket: Ticket,
        /// Path and query.
        path: String,
    },
    /// Get the document; comes back as `DocumentArrived`, `Answered` or `Failed`.
    GetDocument {
        /// To come back with.
        ticket: Ticket,
        /// Its path.
        path: String,
    },
    /// Give the document to Windows, untouched; comes back as `Provisioned`.
    CallBridge {
        /// To come back with.
        ticket: Ticket,
        /// The document.
        xml: String,
    },
    /// Come back with `Due`.
    WakeAfter {
        /// To come back with.
        ticket: Ticket,
        /// Milliseconds.
        ms: u32,
    },
    /// Come back with `Ticked` after so many milliseconds.
    TickAfter(u32),
    /// Show [`PurchaseFlow::page`](super::PurchaseFlow::page) in place of what is shown.
    Show,
    /// Put a path into the address bar, as a new entry of the history.
    PushPath(String),
    /// Put a path into the address bar, in place of the present one.
    ReplacePath(String),
    /// Move the focus to the heading, so that the page is announced.
    FocusHeading,
    /// Scroll to the alert, which announces itself.
    RevealAlert,
    /// Leave for this address.
    Navigate(String),
    /// Fill the element of this id with other HTML.
    Fill {
        /// Of the element.
        id: &'static str,
        /// What stands in it then.
        html: String,
    },
    /// Listen to server-sent events, and to no others any more. Each comes back as `Pushed`.
    Listen {
        /// Where they come from; empty = from nowhere.
        path: String,
        /// Their names.
        names: Vec<String>,
    },
}
