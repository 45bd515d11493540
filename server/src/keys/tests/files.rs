//! Pairs of files that sign, and those that are refused with what to do.

use super::*;
use crate::keys::files::{load_signer, read_pair};
use crate::keys::problem::{KeyError, Problem};
use carrier::chain::{Curve, KeyFacts, Problem as Judged};
use carrier::sign::Algorithm;

fn load(files: &KeyFiles) -> Result<(), KeyError> {
    load_signer(&files.place(), Algorithm::RsaSha256, now()).map(|_| ())
}

fn problems(flaw: Flaw) -> Vec<Problem> {
    read_pair(&Folder::with_leaf(flaw).files.place(), now()).expect("a pair").problems
}

#[test]
fn each_flaw_is_its_finding() {
    let a_second = SignedDuration::from_secs(1);
    let rows = [
        (Flaw::None, vec![]),
        (Flaw::NoEvPolicy, vec![Judged::NoEvPolicy.into()]),
        (Flaw::NoDigitalSignature, vec![Judged::NoDigitalSignature.into()]),
        (Flaw::NoServerAuth, vec![Judged::NoServerAuth.into()]),
        (Flaw::Expired, vec![Judged::Expired { not_after: now() - a_second }.into()]),
        (Flaw::NotYetValid, vec![Judged::NotYetValid { not_before: now() + a_second }.into()]),
        (Flaw::Ca, vec![Judged::LeafIsCa.into()]),
        (Flaw::LivesTooLong, vec![Judged::LivesTooLong { days: 301, days_max: 200 }.into()]),
    ];
    for (flaw, expected) in rows {
        assert_eq!(problems(flaw), expected);
    }
}

#[test]
fn refusals_refuse_and_advice_does_not() {
    for flaw in [Flaw::NoEvPolicy, Flaw::NoDigitalSignature, Flaw::Expired, Flaw::NotYetValid] {
        let folder = Folder::with_leaf(flaw);
        let refused =
            KeyError::Refused { file: folder.files.chain.clone(), problems: problems(flaw) };
        assert_eq!(load(&folder.files), Err(refused));
    }
    for flaw in [Flaw::None, Flaw::NoServerAuth, Flaw::LivesTooLong] {
        assert_eq!(load(&Folder::with_leaf(flaw).files), Ok(()));
    }
}

#[test]
fn pkcs1_key_signs_like_its_pkcs8_form() {
    use rsa::pkcs1::EncodeRsaPrivateKey;
    use rsa::pkcs8::DecodePrivateKey;
    let folder = Folder::with_leaf(Flaw::None);
    let pem = fs::read_to_string(&folder.files.key).expect("a key");
    let key = rsa::RsaPrivateKey::from_pkcs8_pem(&pem).expect("RSA");
    let pkcs1 = key.to_pkcs1_pem(rsa::pkcs8::LineEnding::LF).expect("PKCS#1");
    put(&folder.files.key, &pkcs1);
    assert_eq!(load(&folder.files), Ok(()));
}

#[test]
fn elliptic_curve_key_is_refused_with_the_reason() {
    let folder = Folder::new();
    folder.put_leaf_of(&KeyPair::generate().expect("a P-256 key"), Flaw::None);
    let error = load(&folder.files).expect_err("an EC key");
    let problems = vec![Judged::NotRsa { key: KeyFacts::EllipticCurve(Curve::P256) }.into()];
    let file = folder.files.chain;
    assert_eq!(error, KeyError::Refused { file, problems });
    assert!(error.to_string().contains("anything but RSA"), "{error}");
}

#[test]
fn key_of_another_certificate_is_refused() {
    let folder = Folder::with_leaf(Flaw::None);
    let ec = KeyPair::generate().expect("a P-256 key").serialize_pem();
    let other = fs::read_to_string(demo_file("root.key.pem")).expect("a key");
    for key in [other, ec] {
        put(&folder.files.key, &key);
        let pair = read_pair(&folder.files.place(), now()).expect("a pair");
        assert_eq!(pair.problems, vec![Judged::KeyMismatch.into()]);
    }
}

#[test]
fn short_rsa_key_is_refused() {
    let mut random = rsa::rand_core::OsRng;
    let key = rsa::RsaPrivateKey::new(&mut random, 1024).expect("a short key");
    let spki = rsa::pkcs8::EncodePublicKey::to_public_key_der(&key.to_public_key()).expect("DER");
    let spki = rcgen::SubjectPublicKeyInfo::from_der(spki.as_bytes()).expect("a public key");
    let ca_key = KeyPair::try_from(&read_key(&demo_file("issuing.key.pem")).expect("a key"));
    let ca_pem = fs::read_to_string(demo_file("issuing.pem")).expect("a CA");
    let issuer = Issuer::from_ca_cert_pem(&ca_pem, ca_key.expect("RSA")).expect("an issuer");
    let leaf = leaf_params(now()).signed_by(&spki, &issuer).expect("a leaf");
    let chain = [carrier::chain::CertificateDer::new(leaf.der().to_vec())];
    let found = carrier::chain::examine(&chain, None, None, now()).expect("X.509");
    assert_eq!(found.problems, vec![Judged::RsaLength { bits: 1024 }, Judged::NoIssuingCa]);
}

#[test]
fn key_open_to_others_is_advice() {
    let folder = Folder::with_leaf(Flaw::None);
    fs::set_permissions(&folder.files.key, fs::Permissions::from_mode(0o640)).expect("mode");
    let pair = read_pair(&folder.files.place(), now()).expect("a pair");
    assert_eq!(pair.problems, vec![Problem::KeyReadableByOthers { mode: 0o640 }]);
    assert_eq!(load(&folder.files), Ok(()));
}

#[test]
fn chain_is_judged_by_its_order_and_freed_of_the_root() {
    let folder = Folder::with_leaf(Flaw::None);
    let chain = fs::read_to_string(&folder.files.chain).expect("a chain");
    let root = fs::read_to_string(demo_file("root.pem")).expect("a root");
    let issuing = fs::read_to_string(demo_file("issuing.pem")).expect("a CA");
    let leaf = chain.strip_suffix(&issuing).expect("leaf, then CA");
    let rows = [
        (format!("{chain}{root}"), vec![Judged::RootInChain { index: 2 }.into()], 2),
        (leaf.to_owned(), vec![Judged::NoIssuingCa.into()], 1),
        (format!("{leaf}{leaf}"), vec![Judged::ChainOrder { index: 0 }.into()], 2),
    ];
    for (pem, expected, length) in rows {
        put(&folder.files.chain, &pem);
        let pair = read_pair(&folder.files.place(), now()).expect("a pair");
        assert_eq!((pair.problems, pair.chain.len()), (expected, length));
    }
}

#[test]
fn unreadable_files_say_which() {
    let folder = Folder::with_leaf(Flaw::None);
    let KeyFiles { chain, key } = &folder.files;
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let key_pem = fs::read_to_string(key).expect("a key");
    let broken = key_pem.replacen('M', "!", 1);
    let rows = [
        (String::new(), KeyError::NoKey { file: key.clone() }),
        (encrypted.to_owned(), KeyError::EncryptedKey { file: key.clone() }),
        (format!("{key_pem}{key_pem}"), KeyError::ManyKeys { file: key.clone() }),
        (broken, KeyError::BadPem { file: key.clone() }),
        (" ".repeat(2 << 20), KeyError::TooBig { file: key.clone() }),
    ];
    for (pem, expected) in rows {
        put(key, &pem);
        assert_eq!(load(&folder.files), Err(expected));
    }
    put(chain, &key_pem);
    assert_eq!(load(&folder.files), Err(KeyError::NoCertificate { file: chain.clone() }));
    put(chain, "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n");
    let file = chain.clone();
    assert_eq!(load(&folder.files), Err(KeyError::BadCertificate { file, index: 0 }));
    fs::remove_file(chain).expect("removed");
    let (file, kind) = (chain.clone(), std::io::ErrorKind::NotFound);
    assert_eq!(load(&folder.files), Err(KeyError::Read { file, kind }));
}
