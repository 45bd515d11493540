//! The small parts of the database: names, credentials, addresses, words; and the notices.
//!
//! Not here: which parts an element has ([`super::read()`]).

use std::net::Ipv4Addr;

use super::model::Name;
use super::notice::{Notice, Oddity};
use super::read::{Place, Read, Reader};
use crate::document::{Password, UserName, collapse};
use crate::xml::{Element, Node};

impl Reader {
    pub(super) fn notice(&mut self, place: &Place<'_>, oddity: Oddity) {
        self.notice_at(place.element, &place.path, oddity);
    }

    fn notice_at(&mut self, element: &Element<'_>, path: &[&'static str], oddity: Oddity) {
        if self.notices.len() >= Notice::COUNT_MAX {
            self.notices_left_out = self.notices_left_out.saturating_add(1);
            return;
        }
        self.notices.push(Notice { at: element.span.start, path: path.to_vec(), oddity });
    }

    /// Reports every attribute but the known ones; `xml:lang` may stand anywhere.
    pub(super) fn attributes(&mut self, place: &Place<'_>, known: &[&str]) {
        for attribute in &place.element.attributes {
            let name = attribute.local;
            let is_known = match attribute.prefix {
                None => known.contains(&name),
                Some("xml") => name == "lang",
                Some(_) => false,
            };
            if !is_known {
                self.notice(place, Oddity::UnknownAttribute(name.to_owned()));
            }
        }
    }

    /// Returns the children that are known; counts those that are not kept, reports all others.
    pub(super) fn children<'e>(
        &mut self,
        place: &Place<'e>,
        known: &[&'static str],
        not_kept: &[&str],
    ) -> Vec<Place<'e>> {
        let mut children = Vec::new();
        for node in &place.element.children {
            let element = match node {
                Node::Element(element) => element,
                Node::Text(text) if collapse(text).is_empty() => continue,
                Node::Text(_) => {
                    self.notice(place, Oddity::Text);
                    continue;
                }
                Node::Comment(_) | Node::Instruction { .. } => continue,
            };
            let local = element.local;
            let is_plain = element.namespace.is_none();
            match known.iter().find(|name| is_plain && **name == local) {
                Some(name) => {
                    let path = place.path.iter().copied().chain([*name]).collect();
                    children.push(Place { element, path });
                }
                None if is_plain && not_kept.contains(&local) => {
                    self.not_kept = self.not_kept.saturating_add(1);
                }
                None => {
                    self.notice_at(element, &place.path, Oddity::UnknownElement(local.to_owned()));
                }
            }
        }
        children
    }

    /// Passes a value on, or reports that there is none.
    pub(super) fn usable<T>(&mut self, value: Option<T>, place: &Place<'_>) -> Option<T> {
        if value.is_none() {
            self.notice(place, Oddity::Value);
        }
        value
    }

    /// Fills a slot for one value; reports a second.
    pub(super) fn once<T>(&mut self, slot: &mut Option<T>, value: T, place: &Place<'_>) {
        match slot {
            Some(_) => self.notice(place, Oddity::Repeated),
            None => *slot = Some(value),
        }
    }

    /// Trims a value and reports that it needed it.
    pub(super) fn trimmed(&mut self, text: &str, place: &Place<'_>) -> String {
        let collapsed = collapse(text);
        if collapsed != text {
            self.notice(place, Oddity::Blanks);
        }
        collapsed.into_owned()
    }

    /// Reads the word of an attribute.
    pub(super) fn word<T>(
        &mut self,
        place: &Place<'_>,
        attribute: &'static str,
        parse: fn(&str) -> T,
        is_known: fn(&T) -> bool,
    ) -> Read<T> {
        self.attributes(place, &[attribute]);
        self.children(place, &[], &[]);
        let word = parse(place.required(attribute)?);
        if !is_known(&word) {
            self.notice(place, Oddity::UnknownWord(attribute));
        }
        Ok(word)
    }

    /// Reads the text of an element without children.
    fn text(&mut self, place: &Place<'_>) -> String {
        self.attributes(place, &[]);
        for child in place.element.elements() {
            self.notice_at(child, &place.path, Oddity::UnknownElement(child.local.to_owned()));
        }
        place.element.text().into_owned()
    }

    /// Reads a text without regard to blanks around it.
    fn collapsed(&mut self, place: &Place<'_>) -> String {
        collapse(&self.text(place)).into_owned()
    }

    /// Reads a name; one without a text is no name.
    pub(super) fn named(&mut self, place: &Place<'_>) -> Option<Name> {
        let text = self.collapsed(place);
        let language = place.element.attributes.iter().find(|a| a.prefix.is_some());
        let language = language.filter(|a| a.local == "lang").map(|a| a.value.clone().into_owned());
        let name = (!text.is_empty()).then_some(Name { language, text });
        self.usable(name, place)
    }

    /// Reads a text that is kept as written, blanks around it dropped; empty is absent.
    pub(super) fn text_once(&mut self, slot: &mut Option<String>, place: &Place<'_>) {
        let text = self.collapsed(place);
        if !text.is_empty() {
            self.once(slot, text, place);
        }
    }

    /// Reads a user name; empty is absent.
    pub(super) fn user_name(&mut self, slot: &mut Option<UserName>, place: &Place<'_>) {
        let text = self.collapsed(place);
        if text.is_empty() {
            return;
        }
        if let Some(name) = self.usable(UserName::parse(&text).ok(), place) {
            self.once(slot, name, place);
        }
    }

    /// Reads a password, blanks kept; empty is absent.
    pub(super) fn password(&mut self, slot: &mut Option<Password>, place: &Place<'_>) {
        let text = self.text(place);
        if text.is_empty() {
            return;
        }
        if collapse(&text) != text {
            self.notice(place, Oddity::Blanks);
        }
        if let Some(password) = self.usable(Password::parse(&text).ok(), place) {
            self.once(slot, password, place);
        }
    }

    /// Reads the address of a name server.
    pub(super) fn address(&mut self, place: &Place<'_>) -> Option<Ipv4Addr> {
        let text = self.collapsed(place);
        self.usable(text.parse().ok(), place)
    }
}
