//! A page as data: what the server says and both renderings show.
//!
//! Every page has one shape, of which it fills what it needs; all texts are finished, in the
//! customer's language. A POST or GET that asks for JSON receives an [`Answer`]; the same
//! request from a form receives the page as HTML or a redirect.

use serde::{Deserialize, Serialize};

/// What a request for JSON gets back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Show this page under its own address.
    Page(Box<Page>),
    /// Leave for this address (the payment provider).
    Leave {
        /// Absolute, or a path of this server.
        location: String,
    },
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Its address: a path without identifiers.
    pub path: String,
    /// BCP 47 tag of the texts.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: String,
    /// The title of the window.
    pub title: String,
    /// What stands around every page of the brand.
    pub frame: Frame,
    /// Something that went wrong or wants attention, above everything.
    pub alert: Option<Alert>,
    /// The one heading of level 1.
    pub heading: String,
    /// What the page is about, in a sentence or two.
    pub lead: String,
    /// The wait for an activation.
    pub wait: Option<Wait>,
    /// The hand-over to Windows.
    pub handover: Option<Handover>,
    /// How a plan is used.
    pub account: Option<Account>,
    /// What is so, as pairs of term and description.
    pub facts: Vec<Fact>,
    /// What can be done, the main thing first.
    pub forms: Vec<Form>,
    /// Other ways to the same end.
    pub ways: Option<Ways>,
    /// Where else to go.
    pub links: Vec<Link>,
}

/// What stands around every page of a brand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Frame {
    /// The brand's name, or the product's where no brand is known yet.
    pub brand: String,
    /// Text of the link that jumps to the content.
    pub skip: String,
    /// The steps of a purchase, with where we are.
    pub steps: Vec<StepMark>,
    /// Name of the list of steps for those who cannot see it.
    pub steps_label: String,
    /// How to reach somebody.
    pub support: String,
    /// What is said when the network does not answer.
    pub offline: Alert,
}

/// A step of the purchase.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepMark {
    /// Its name.
    pub label: String,
    /// Where it stands.
    pub state: StepState,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Behind us.
    Done,
    /// Here.
    Current,
    /// Before us.
    #[default]
    Ahead,
}

/// Something that went wrong or wants attention.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// How bad it is.
    pub kind: AlertKind,
    /// What happened.
    pub title: String,
    /// What to do next.
    pub text: String,
}

/// How bad an alert is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// Something failed (`role="alert"`).
    #[default]
    Error,
    /// Something to know (`role="status"`).
    Notice,
}

/// A term and its description.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The term.
    pub term: String,
    /// The description.
    pub text: String,
    /// Whether it must be copied character by character (shown in a fixed-width font).
    #[serde(default)]
    pub is_literal: bool,
}

/// A form that posts, with or without scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// Where it posts to.
    pub action: String,
    /// Name and value of what is sent along.
    pub hidden: Vec<(String, String)>,
    /// What is to be typed.
    pub fields: Vec<Field>,
    /// What is to be chosen.
    pub plans: Option<PlanChoice>,
    /// A sentence before the button.
    pub note: String,
    /// The button.
    pub submit: String,
    /// Whether this is the lesser of two actions.
    pub is_secondary: bool,
}

/// A field to type into.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Field {
    /// Its name in the form.
    pub name: String,
    /// Its visible name.
    pub label: String,
    /// How to fill it.
    pub hint: String,
    /// What is wrong with its value.
    pub error: String,
    /// What it holds; a box holds [`field::TICKED`] or nothing.
    pub value: String,
    /// What is typed into it.
    pub kind: FieldKind,
    /// What a browser may fill in, in the words of HTML's `autocomplete`; empty = nothing.
    pub autocomplete: String,
    /// Most characters; 0 = no limit.
    pub max_chars: u32,
    /// What to read before it is filled.
    pub links: Vec<Link>,
}

/// What is typed into a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Anything.
    #[default]
    Text,
    /// Digits.
    Digits,
    /// Something that is not shown while it is typed.
    Secret,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A date.
    Date,
    /// Nothing: it is a box to tick.
    Box,
}

/// The plans to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChoice {
    /// The name of the group.
    pub legend: String,
    /// The plans.
    pub plans: Vec<PlanOption>,
}

/// A plan to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanOption {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its price, as people read it.
    pub price: String,
    /// What stands under the price, such as the tax.
    pub price_note: String,
    /// Its allowance.
    pub allowance: String,
    /// Its validity.
    pub validity: String,
    /// What else to know of it.
    pub notes: Vec<String>,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// The wait for an activation [PORT-39…41].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Seconds since the activation was asked for.
    pub elapsed_s: u32,
    /// Seconds that the operator expects it to take.
    pub estimate_s: Option<u32>,
    /// Percent of the estimate, 0 to 99.
    pub percent: Option<u8>,
    /// Name of the progress bar.
    pub label: String,
    /// Before the elapsed time.
    pub elapsed_label: String,
    /// The estimate, in words.
    pub estimate: String,
    /// Milliseconds until the page asks again [PORT-40].
    pub poll_ms: u32,
}

/// The hand-over to Windows [PORT-44], [PORT-49].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Where the document is ([`Document`]).
    pub document: String,
    /// Where the result goes.
    pub report: String,
    /// The token of the session that goes with it.
    pub token: String,
    /// What the button says.
    pub submit: String,
    /// What it says while Windows works.
    pub busy: String,
    /// What stands beside the button.
    pub note: String,
    /// Milliseconds after which the page presses the button itself [PORT-49, result 1].
    pub auto_retry_ms: Option<u32>,
}

/// Other ways to set the device up [PORT-79].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    /// Its heading (level 2).
    pub heading: String,
    /// What they are for.
    pub lead: String,
    /// The signed file.
    pub file: Option<Link>,
    /// The settings to type.
    pub settings: Vec<Fact>,
}

/// How a plan is used: finished HTML, everything in it escaped, for it changes as a whole while
/// the page stands, and elements of its own would weigh on every visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// What the customer is told, each with the form that puts it away [EVT-20].
    pub notices: String,
    /// What is used, of what, until when, and the last days.
    pub plan: String,
    /// Where changes are told as server-sent events; empty = nowhere.
    pub events: String,
    /// The names of those that change something here.
    pub event_names: Vec<String>,
    /// Milliseconds until the page asks again in any case, as not every change is an event.
    pub poll_ms: u32,
}

/// A link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
}

/// The signed document, opaque: it goes to Windows exactly as it is [PORT-50].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The delivery that it belongs to.
    pub delivery: String,
    /// The document.
    pub xml: String,
}

/// Names of the fields that forms send.
pub mod field {
    /// The session's token against forged requests.
    pub const TOKEN: &str = "token";
    /// The id of a plan.
    pub const PLAN: &str = "plan";
    /// The idempotency key of an order.
    pub const KEY: &str = "key";
    /// Fingerprint of the offer that a review showed.
    pub const OFFER: &str = "offer";
    /// How many tries there were when a form was made that asks for the next.
    pub const TRIES: &str = "tries";
    /// An ICCID that a person typed.
    pub const ICCID: &str = "iccid";
    /// An order code that a person typed.
    pub const CODE: &str = "code";
    /// The token of a link that opens an order.
    pub const LINK: &str = "link";
    /// The delivery of a document.
    pub const DELIVERY: &str = "delivery";
    /// The number that Windows returned.
    pub const RESULT: &str = "result";
    /// What the customer was told and need not be told again.
    pub const TOLD: &str = "told";
    /// Which texts a review asks to agree to.
    pub const LEGAL: &str = "legal";
    /// The box that accepts the terms.
    pub const TERMS: &str = "terms";
    /// The box that says that the privacy notice was read.
    pub const PRIVACY: &str = "privacy";
    /// The box about the right to withdraw.
    pub const WITHDRAWAL: &str = "withdrawal";
    /// What a ticked box sends.
    pub const TICKED: &str = "yes";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_back_as_it_was() {
        let page = Page {
            path: "/plans".into(),
            alert: Some(Alert::default()),
            forms: vec![Form { plans: Some(PlanChoice::default()), ..Form::default() }],
            wait: Some(Wait { percent: Some(7), ..Wait::default() }),
            handover: Some(Handover::default()),
            account: Some(Account::default()),
            ways: Some(Ways::default()),
            ..Page::default()
        };
        let answer = Answer::Page(Box::new(page));
        let text = serde_json::to_string(&answer).expect("serialises");
        assert_eq!(serde_json::from_str::<Answer>(&text).expect("reads"), answer);
    }

    #[test]
    fn leaving_names_only_the_place() {
        let answer = Answer::Leave { location: "/x".into() };
        let text = serde_json::to_string(&answer).expect("serialises");
        assert_eq!(text, r#"{"leave":{"location":"/x"}}"#);
    }
}
