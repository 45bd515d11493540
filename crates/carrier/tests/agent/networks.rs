//! Where the operator's networks stand in the list: the vectors WV of 06.

use carrier::agent::networks::{Network, Placement, order, place};
use carrier::agent::{Action, Decision, Stored};

use crate::fixture::{after, document, fold, host, mbn, of, owner, planned, profile, wlan};

/// Names what is in a list.
fn names(list: &[Network]) -> Vec<String> {
    let name = |network: &Network| match network {
        Network::Provided { name, .. } => name.to_string(),
        Network::OfUser(name) => name.clone(),
    };
    list.iter().map(name).collect()
}

/// Does what a decision says to the list.
fn placed(list: &[Network], decision: &Decision) -> Vec<Network> {
    let orders = decision.effects.iter().filter_map(|effect| {
        if let Action::OrderNetworks { networks, placement } = &effect.action {
            Some((networks, *placement))
        } else {
            None
        }
    });
    let mut list = list.to_vec();
    for (networks, placement) in orders {
        list = place(&list, &owner(), networks, placement);
        let again = place(&list, &owner(), networks, placement);
        assert_eq!(again, list, "doing it twice is doing it once");
    }
    list
}

fn users(names: &[&str]) -> Vec<Network> {
    names.iter().map(|name| Network::OfUser((*name).to_owned())).collect()
}

fn m(priority: u8) -> String {
    mbn(&profile("DefaultProfile", "M", "").replacen(
        "<DefaultProfile ",
        &format!("<DefaultProfile Priority=\"{priority}\" "),
        1,
    ))
}

/// Applies a document to a list of a host that knows nothing of the operator.
#[track_caller]
fn check(id: &str, before: &[&str], parts: &str, expected: &[&str]) {
    let decision = planned(&document(parts), &host(), &Stored::default());
    assert_eq!(names(&placed(&users(before), &decision)), expected, "{id}");
}

#[test]
fn first_documents_place_networks_at_the_top_or_the_bottom() {
    // [XML-60], [XML-61]
    let ab = wlan(&[("A", 5, ""), ("B", 5, "")]);
    let a = |priority| wlan(&[("A", priority, "")]);
    let (m, purchase) = (m(5), mbn(&profile("PurchaseProfile", "P", "")));
    check("WV-1", &["U1", "U2"], &ab, &["A", "B", "U1", "U2"]);
    check("WV-2", &["U1"], &format!("{m}{}", a(5)), &["U1", "A", "M"]);
    check("WV-5", &[], &format!("{m}{}", a(5)), &["A", "M"]);
    check("WV-6 [XML-62]", &[], &format!("{m}{}", a(4)), &["M", "A"]);
    check("priority before order", &[], &wlan(&[("A", 5, ""), ("B", 6, "")]), &["B", "A"]);
    check("order, not names", &[], &wlan(&[("B", 5, ""), ("A", 5, "")]), &["B", "A"]);
    check("mobile broadband alone", &["U1"], &m, &["U1", "M"]);
    check("no network", &["U1"], &purchase, &["U1"]);
    check("nothing at all", &["U1"], "<WLANProfiles/>", &["U1"]);
}

#[test]
fn later_documents_restore_the_order_at_the_bottom() {
    // [XML-60], WV-3 and WV-4: the user has moved U1 to the top in the meantime.
    let ab = wlan(&[("A", 5, ""), ("B", 5, "")]);
    let stored = after(&[&ab]);
    let list = order(&owner(), &of(&stored));
    assert_eq!(names(&list), ["A", "B"]);
    let moved = [users(&["U1"]), list.iter().rev().cloned().collect(), users(&["U2"])].concat();
    let decision = planned(&document(&ab), &host(), &stored);
    assert_eq!(names(&placed(&moved, &decision)), ["U1", "U2", "A", "B"]);

    // What the document no longer names leaves the list; what it does not speak of stays in it.
    let decision = planned(&document(&wlan(&[("B", 5, "")])), &host(), &stored);
    assert_eq!(names(&placed(&moved, &decision)), ["U1", "U2", "B"]);
    let decision = planned(&document(&m(6)), &host(), &stored);
    assert_eq!(names(&placed(&moved, &decision)), ["U1", "U2", "M", "A", "B"]);
    let decision = planned(&document("<WLANProfiles/>"), &host(), &stored);
    let emptied = fold(&stored, &decision);
    assert_eq!(names(&placed(&moved, &decision)), ["U1", "U2"]);
    assert!(order(&owner(), &of(&emptied)).is_empty());
}

#[test]
fn networks_of_others_keep_their_order() {
    let other = carrier::agent::Owner::new(
        &crate::fixture::guid(crate::fixture::OTHER_CARRIER),
        carrier::document::SubscriberId::parse("1").expect("an id"),
    );
    let theirs = order(&other, &of(&after(&[&wlan(&[("A", 5, "")])])));
    let own = order(&owner(), &of(&after(&[&wlan(&[("B", 5, "")])])));
    let list = [theirs, users(&["U"])].concat();
    assert_eq!(names(&place(&list, &owner(), &own, Placement::Top)), ["B", "A", "U"]);
    assert_eq!(names(&place(&list, &owner(), &own, Placement::Bottom)), ["A", "U", "B"]);
    assert_eq!(names(&place(&list, &other, &[], Placement::Bottom)), ["U"]);
}
