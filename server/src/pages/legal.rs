//! What a customer is asked to read and to agree to.
//!
//! Implements the terms and the privacy policy of [PORT-67]. Not here: what is agreed to
//! ([`crate::catalog::legal`]).

use api::browser::{Field, FieldKind, Link, Page, field};
use api::paths;
use domain::brand::Brand;
use domain::legal::Right;

use super::Paper;
use super::review::Review;
use crate::catalog::Legal;
use crate::catalog::legal::{Notice, Place};
use crate::http::checkout::consent;
use crate::http::reply::escape;

/// Which text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The terms of the contract.
    Terms,
    /// What becomes of personal data.
    Privacy,
}

impl Kind {
    /// Reads its name in addresses.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Terms, Self::Privacy].into_iter().find(|kind| kind.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::Privacy => "privacy",
        }
    }

    /// Returns the brand's text of this kind.
    #[must_use]
    pub fn of(self, legal: &Legal) -> &Notice {
        match self {
            Self::Terms => &legal.terms,
            Self::Privacy => &legal.privacy,
        }
    }
}

/// Returns where customers read a text.
#[must_use]
pub fn address(brand: &Brand, kind: Kind, legal: &Legal) -> String {
    match &kind.of(legal).place {
        Place::Here(_) => paths::legal(brand.id.as_str(), kind.name()),
        Place::There(url) => url.clone(),
    }
}

/// Makes the boxes of a review, none of them ticked beforehand.
pub(super) fn boxes(paper: &Paper<'_>, review: &Review<'_>) -> Vec<Field> {
    let Some(legal) = review.legal else { return Vec::new() };
    let make = |name: &'static str| {
        let (label, link) = match name {
            field::PRIVACY => ("consent-privacy", Some((Kind::Privacy, "consent-privacy-read"))),
            field::WITHDRAWAL => (withdrawal(legal), None),
            _ => ("consent-terms", Some((Kind::Terms, "consent-terms-read"))),
        };
        let version = link.map(|(kind, _)| kind.of(legal).version.as_str()).unwrap_or_default();
        let days = legal.withdrawal.map_or(0, |withdrawal| withdrawal.days);
        let variables = [
            ("seller", legal.seller.name.as_str().into()),
            ("version", version.into()),
            ("days", days.into()),
        ];
        let label = paper.texts.format(label, &variables);
        let links = link.map(|(kind, label)| Link {
            href: address(review.brand, kind, legal),
            label: paper.texts.get(label),
        });
        let links = links.into_iter().collect();
        Field { links, ..review.field(name, label, FieldKind::Box) }
    };
    consent::boxes(legal).into_iter().map(make).collect()
}

fn withdrawal(legal: &Legal) -> &'static str {
    match legal.withdrawal.map(|withdrawal| withdrawal.right) {
        Some(Right::Kept) => "consent-withdrawal-kept",
        Some(Right::Lost) | None => "consent-withdrawal-lost",
    }
}

/// Makes the page of a text; the text itself is [`html`].
#[must_use]
pub fn page(paper: &Paper<'_>, brand: &Brand, kind: Kind, legal: &Legal) -> Page {
    let path = paths::legal(brand.id.as_str(), kind.name());
    let title = match kind {
        Kind::Terms => "legal-terms-title",
        Kind::Privacy => "legal-privacy-title",
    };
    let mut page = paper.page(&path, title, None);
    page.heading = paper.texts.get(title);
    let Notice { version, .. } = kind.of(legal);
    let variables =
        [("seller", legal.seller.name.as_str().into()), ("version", version.as_str().into())];
    page.lead = paper.texts.format("legal-lead", &variables);
    page.links.push(Link { href: paths::PLANS.to_owned(), label: paper.texts.get("again-plans") });
    page
}

/// Writes a text as HTML, everything in it escaped: blank lines part paragraphs, `#` begins a
/// heading and `-` an item of a list, as in Markdown.
#[must_use]
pub fn html(text: &str) -> String {
    let mut out = String::from("<div class=\"text\">");
    let text = text.replace("\r\n", "\n");
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        if let Some(heading) = block.strip_prefix('#') {
            let (heading, rest) = heading.split_once('\n').unwrap_or((heading, ""));
            let heading = heading.trim_start_matches('#').trim();
            out.push_str(&format!("<h2>{}</h2>", escape(heading)));
            push_block(&mut out, rest.trim());
        } else {
            push_block(&mut out, block);
        }
    }
    out.push_str("</div>");
    out
}

fn push_block(out: &mut String, block: &str) {
    let item = |line: &str| line.trim_start().strip_prefix("- ").map(|rest| rest.trim().to_owned());
    if block.is_empty() {
        return;
    }
    let items: Option<Vec<String>> = block.lines().map(item).collect();
    match items {
        Some(items) => {
            let items: String =
                items.iter().map(|item| format!("<li>{}</li>", escape(item))).collect();
            out.push_str(&format!("<ul>{items}</ul>"));
        }
        None => {
            let lines: Vec<String> = block.lines().map(|line| escape(line.trim())).collect();
            out.push_str(&format!("<p>{}</p>", lines.join(" ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_paragraphs_headings_and_lists() {
        for (text, expected) in [
            ("One\nparagraph.\n\nAnother.", "<p>One paragraph.</p><p>Another.</p>"),
            ("# Terms\r\n\r\n## 1.\nText", "<h2>Terms</h2><h2>1.</h2><p>Text</p>"),
            ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
            ("- a\nb", "<p>- a b</p>"),
            ("<script>&\"", "<p>&lt;script&gt;&amp;&quot;</p>"),
            ("\n\n\n", ""),
            ("#", "<h2></h2>"),
        ] {
            let expected = format!("<div class=\"text\">{expected}</div>");
            assert_eq!(html(text), expected, "{text:?}");
        }
    }
}
