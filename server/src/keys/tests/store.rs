//! The store follows its files and keeps the old signer when the new one is wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::keys::problem::{KeyError, Problem};
use crate::keys::store::{KeyStore, NoSigner, Reload};

fn open(folder: &Folder) -> KeyStore {
    let files = BTreeMap::from([("aurora".to_owned(), folder.files.clone())]);
    KeyStore::open(files, now()).unwrap_or_else(|errors| panic!("{errors:?}"))
}

#[test]
fn unchanged_files_are_not_read_again() {
    let folder = Folder::with_leaf(Flaw::None);
    let store = open(&folder);
    let before = store.signer("aurora", now()).expect("a signer");
    assert_eq!(store.reload_if_changed(now()), Vec::new());
    assert!(Arc::ptr_eq(&before, &store.signer("aurora", now()).expect("a signer")));
}

#[test]
fn changed_files_replace_the_signer() {
    let folder = Folder::with_leaf(Flaw::None);
    let store = open(&folder);
    let before = store.signer("aurora", now()).expect("a signer");
    folder.put_leaf(Flaw::LivesTooLong);
    let expected = Reload { name: "aurora".to_owned(), outcome: Ok(now() + days(300)) };
    assert_eq!(store.reload_if_changed(now()), vec![expected]);
    assert!(!Arc::ptr_eq(&before, &store.signer("aurora", now()).expect("a signer")));
    assert_eq!(store.expiries(), vec![("aurora".to_owned(), now() + days(300))]);
}

#[test]
fn wrong_files_are_told_once_and_leave_the_old_signer() {
    let folder = Folder::with_leaf(Flaw::None);
    let store = open(&folder);
    let before = store.signer("aurora", now()).expect("a signer");
    folder.put_leaf(Flaw::NoEvPolicy);
    let error = KeyError::Refused { file: folder.files.chain, problems: vec![Problem::NoEvPolicy] };
    let expected = Reload { name: "aurora".to_owned(), outcome: Err(error) };
    assert_eq!(store.reload_if_changed(now()), vec![expected]);
    assert_eq!(store.reload_if_changed(now()), Vec::new());
    assert!(Arc::ptr_eq(&before, &store.signer("aurora", now()).expect("a signer")));
}

#[test]
fn half_replaced_pair_is_taken_once_it_is_whole() {
    let folder = Folder::with_leaf(Flaw::None);
    let store = open(&folder);
    let key = fs::read_to_string(&folder.files.key).expect("a key");
    let other = fs::read_to_string(demo_file("root.key.pem")).expect("a key");
    put(&folder.files.key, &other);
    assert!(matches!(&store.reload_if_changed(now())[..], [Reload { outcome: Err(_), .. }]));
    put(&folder.files.key, &key);
    assert!(matches!(&store.reload_if_changed(now())[..], [Reload { outcome: Ok(_), .. }]));
}

#[test]
fn certificate_laid_ready_is_taken_when_its_time_begins() {
    let folder = Folder::with_leaf(Flaw::None);
    let store = open(&folder);
    folder.put_leaf(Flaw::NotYetValid);
    assert!(matches!(&store.reload_if_changed(now())[..], [Reload { outcome: Err(_), .. }]));
    let later = now() + SignedDuration::from_secs(1);
    assert!(matches!(&store.reload_if_changed(later)[..], [Reload { outcome: Ok(_), .. }]));
}

#[test]
fn nothing_signs_outside_its_validity() {
    let store = open(&Folder::with_leaf(Flaw::None));
    let [(_, not_after)] = &store.expiries()[..] else { panic!("one signer") };
    let a_second = SignedDuration::from_secs(1);
    let no_signer = |name: &str, at| store.signer(name, at).err();
    assert_eq!(no_signer("aurora", *not_after), None);
    let expired = NoSigner::Expired { not_after: *not_after };
    assert_eq!(no_signer("aurora", *not_after + a_second), Some(expired));
    let not_before = now() - SignedDuration::from_hours(1);
    let early = NoSigner::NotYetValid { not_before };
    assert_eq!(no_signer("aurora", not_before - a_second), Some(early));
    assert_eq!(no_signer("borealis", now()), Some(NoSigner::Unknown));
}

#[test]
fn opening_reports_every_pair_that_fails() {
    let (one, other) = (Folder::with_leaf(Flaw::Expired), Folder::new());
    let files = BTreeMap::from([
        ("a".to_owned(), one.files),
        ("b".to_owned(), other.files.clone()),
        ("c".to_owned(), demo().files.clone()),
    ]);
    let errors = KeyStore::open(files, now()).err().expect("errors");
    let names: Vec<&str> = errors.iter().map(|error| error.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    drop(other.dir);
}
