//! The store follows its files and keeps the old signer when the new one is wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use carrier::chain::Problem as Judged;
use carrier::sign::{Algorithm, Signer};

use crate::keys::problem::{KeyError, Problem};
use crate::keys::source::SigningSource;
use crate::keys::store::{KeyStore, NoSigner, Reload};

fn source(files: &KeyFiles) -> SigningSource {
    SigningSource { current: files.place(), next: None, algorithm: Algorithm::RsaSha256 }
}

fn open(folder: &Folder) -> KeyStore {
    let sources = BTreeMap::from([("aurora".to_owned(), source(&folder.files))]);
    KeyStore::open(sources, now()).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn signer(store: &KeyStore) -> Arc<dyn Signer> {
    store.signer("aurora", now()).expect("a signer").signer
}

#[test]
fn unchanged_files_are_not_read_again() {
    let folder = Folder::with_leaf(Flaw::None);
    let store = open(&folder);
    let before = signer(&store);
    assert_eq!(store.reload_if_changed(now()), Vec::new());
    assert!(Arc::ptr_eq(&before, &signer(&store)));
}

#[test]
fn changed_files_replace_the_signer() {
    let folder = Folder::with_leaf(Flaw::None);
    let store = open(&folder);
    let before = signer(&store);
    folder.put_leaf(Flaw::LivesTooLong);
    let expected = Reload { name: "aurora".to_owned(), outcome: Ok(now() + days(300)) };
    assert_eq!(store.reload_if_changed(now()), vec![expected]);
    assert!(!Arc::ptr_eq(&before, &signer(&store)));
    assert_eq!(store.expiries(), vec![("aurora".to_owned(), now() + days(300))]);
}

#[test]
fn wrong_files_are_told_once_and_leave_the_old_signer() {
    let folder = Folder::with_leaf(Flaw::None);
    let store = open(&folder);
    let before = signer(&store);
    folder.put_leaf(Flaw::NoEvPolicy);
    let error =
        KeyError::Refused { file: folder.files.chain, problems: vec![Judged::NoEvPolicy.into()] };
    let expected = Reload { name: "aurora".to_owned(), outcome: Err(error) };
    assert_eq!(store.reload_if_changed(now()), vec![expected]);
    assert_eq!(store.reload_if_changed(now()), Vec::new());
    assert!(Arc::ptr_eq(&before, &signer(&store)));
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
        ("a".to_owned(), source(&one.files)),
        ("b".to_owned(), source(&other.files)),
        ("c".to_owned(), source(&demo().files)),
    ]);
    let errors = KeyStore::open(files, now()).err().expect("errors");
    let names: Vec<&str> = errors.iter().map(|error| error.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    drop(other.dir);
}

/// A name with the demo's leaf now and another laid ready.
fn with_next(current: &Folder, next: &Folder) -> Result<KeyStore, Vec<&'static str>> {
    let next = Some(next.files.place());
    let both = SigningSource { next, ..source(&current.files) };
    KeyStore::open(BTreeMap::from([("aurora".to_owned(), both)]), now()).map_err(|errors| {
        let refused = |e: &crate::keys::store::OpenError| match &e.error {
            KeyError::Refused { problems, .. } if problems.iter().all(Problem::is_of_time) => {
                "time"
            }
            _ => "other",
        };
        errors.iter().map(refused).collect()
    })
}

/// X7: of two certificates the newest that is valid signs, and each alone carries on.
#[test]
fn the_newest_valid_certificate_signs() {
    let a_second = SignedDuration::from_secs(1);
    let (current, next) = (Folder::with_leaf(Flaw::None), Folder::with_leaf(Flaw::NotYetValid));
    let store = with_next(&current, &next).unwrap_or_else(|errors| panic!("{errors:?}"));
    let at = |at| store.signer("aurora", at).map(|key| key.signer.chain().to_vec());
    let chain =
        |folder: &Folder| Ok(crate::keys::files::read_chain(&folder.files.chain).expect("a chain"));
    assert_eq!(at(now()), chain(&current), "the next one is not valid yet");
    assert_eq!(at(now() + a_second), chain(&next), "both are valid");
    let end = store.expiries().first().expect("one name").1;
    assert_eq!(at(end), chain(&next));
    assert_eq!(at(end + a_second), Err(NoSigner::Expired { not_after: end }));
    let ended = with_next(&Folder::with_leaf(Flaw::Expired), &current);
    assert!(ended.is_ok(), "one that is left behind is no error");
}

#[test]
fn two_certificates_of_which_none_is_valid_are_refused() {
    let (expired, early) = (Folder::with_leaf(Flaw::Expired), Folder::with_leaf(Flaw::NotYetValid));
    assert_eq!(with_next(&expired, &early).err(), Some(vec!["time"]));
    let no_ev = Folder::with_leaf(Flaw::NoEvPolicy);
    let good = Folder::with_leaf(Flaw::None);
    assert_eq!(with_next(&good, &no_ev).err(), Some(vec!["other"]), "SIG-23 holds for both");
    assert_eq!(with_next(&no_ev, &good).err(), Some(vec!["other"]));
}
