//! Rates beside what they are compared with, both measured alternately in one run.
//!
//! Alternately, because a machine's speed changes by more than what is looked for; the medians of
//! many short turns are compared. Not here: statistics over time, which criterion keeps.

use std::hint::black_box;
use std::time::{Duration, Instant};

use carrier::document::Document;
use carrier::sign::{Algorithm, RsaSigner, Signer};
use carrier::write::write;
use ring::rand::SystemRandom;
use ring::signature::{
    KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::fixtures;

/// How often each side has its turn.
const TURNS: usize = 1500;
/// How long a turn takes at least; shorter than what a scheduler gives at a time, so that most
/// turns are undisturbed even on a busy machine.
const TURN: Duration = Duration::from_millis(1);

/// What is done again and again.
type Work<'a> = &'a mut dyn FnMut();

/// Writes, digests and signs, without writing the signature and without checking it.
pub(crate) fn write_digest_sign(document: &Document, signer: &RsaSigner) -> (Vec<u8>, Vec<u8>) {
    let written = write(document).expect("legal values");
    let digest = Algorithm::RsaSha256.digest(written.as_bytes());
    let message = fixtures::support::SIGNED_INFO.as_bytes();
    (digest, signer.sign(Algorithm::RsaSha256, message).expect("a signature"))
}

/// Prints the comparison.
pub(crate) fn print() {
    let document = fixtures::document();
    let size = write(&document).expect("legal values").as_bytes().len();
    let signer = fixtures::signer();
    let remembered = fixtures::Remembered::of(&document);
    let signed = fixtures::signed(&document, &signer);
    let roots = fixtures::roots();
    let key =
        RsaKeyPair::from_pkcs8(&fixtures::support::key_der("leaf")).expect("the key of the leaf");
    let message = fixtures::support::SIGNED_INFO.as_bytes();
    let mut value = vec![0; key.public().modulus_len()];
    let random = SystemRandom::new();
    key.sign(&RSA_PKCS1_SHA256, &random, message, &mut value).expect("a signature");
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());

    let mut raw_sign = || {
        let mut value = vec![0; key.public().modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &random, black_box(message), &mut value).expect("a signature");
        black_box(value);
    };
    let certificates: Vec<X509Certificate<'_>> = signer
        .chain()
        .iter()
        .map(|der| X509Certificate::from_der(der.as_bytes()).expect("a certificate").1)
        .collect();
    let mut raw_verify = || {
        public.verify(black_box(message), &value).expect("holds");
        for pair in certificates.windows(2) {
            if let [subject, issuer] = pair {
                let key = issuer.public_key().subject_public_key.data.as_ref();
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
                    .verify(subject.tbs_certificate.as_ref(), &subject.signature_value.data)
                    .expect("holds");
            }
        }
    };

    println!(
        "\na document of {size} bytes ({} signed), per second on one core",
        signed.as_bytes().len()
    );
    println!("{:32} {:>9}  {:24} {:>9}  ratio  target", "", "ours", "beside", "");
    let mut three_steps = || drop(black_box(write_digest_sign(&document, &signer)));
    let beside = ("RSA signature alone", &mut raw_sign as Work<'_>);
    row("write + digest + sign", &mut three_steps, beside, "ratio 0.90");
    let mut whole = || drop(black_box(fixtures::signed(&document, &signer)));
    let beside = ("RSA signature alone", &mut raw_sign as Work<'_>);
    row("write + sign(), self-check incl.", &mut whole, beside, "none");
    let mut but_rsa = || drop(black_box(fixtures::signed(&document, &remembered)));
    let beside = ("RSA signature alone", &mut raw_sign as Work<'_>);
    row("the same without the signature", &mut but_rsa, beside, "none");
    let mut verify = || drop(black_box(fixtures::verified(signed.as_bytes(), &roots)));
    let beside = ("its 3 RSA verifications", &mut raw_verify as Work<'_>);
    row("verify with chain", &mut verify, beside, "6,000/s");
    let small = fixtures::signed(&fixtures::support::e2(), &signer);
    let mut verify = || drop(black_box(fixtures::verified(small.as_bytes(), &roots)));
    let beside = ("its 3 RSA verifications", &mut raw_verify as Work<'_>);
    let name = format!("the same of example 14.2 ({} B)", small.as_bytes().len());
    row(&name, &mut verify, beside, "6,000/s");
    let mut write_alone = || drop(black_box(write(black_box(&document))));
    let beside = ("its 3 RSA verifications", &mut raw_verify as Work<'_>);
    row("write alone", &mut write_alone, beside, "50,000/s");
    save(signed.as_str());
}

/// Keeps the signed document for whoever measures other programs with it.
fn save(signed: &str) {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("signed.xml");
    match std::fs::write(&path, signed) {
        Ok(()) => println!("the signed document is {}", path.display()),
        Err(error) => println!("cannot write {}: {error}", path.display()),
    }
}

fn row(name: &str, ours: Work<'_>, (beside, theirs): (&str, Work<'_>), target: &str) {
    let (mut our_rates, mut their_rates) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        our_rates.push(rate(ours));
        their_rates.push(rate(theirs));
    }
    let (ours, theirs) = (median(our_rates), median(their_rates));
    let ratio = ours / theirs;
    println!("{name:32} {ours:9.0}  {beside:24} {theirs:9.0}  {ratio:5.2}  {target}");
}

/// Works for one turn and returns how often per second.
fn rate(work: Work<'_>) -> f64 {
    let start = Instant::now();
    let mut done = 0.0;
    loop {
        work();
        done += 1.0;
        let spent = start.elapsed();
        if spent >= TURN {
            return done / spent.as_secs_f64();
        }
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or(f64::NAN)
}
