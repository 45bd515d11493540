//! Speed of every operation on a document, and the rates beside what they are compared with.
//!
//! `cargo xtask bench [NAME]` runs it; docs/benchmarks.md has the targets and what was measured.
//! Nothing is enforced: a busy machine fails nobody. Not here: instruction counts
//! (`benches/instructions.rs`).
#![expect(clippy::print_stdout, reason = "a benchmark reports on standard output")]

#[path = "../fixtures/mod.rs"]
mod fixtures;
mod rates;

use std::hint::black_box;

use carrier::read::read;
use carrier::schema::validate;
use carrier::sign::{Algorithm, Signer};
use carrier::write::write;
use carrier::xml::{Method, canonical_document, parse, parse_tree};
use criterion::{Criterion, Throughput};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    usual(&mut criterion);
    largest(&mut criterion);
    criterion.final_summary();
    // A name asks for what it names alone.
    let is_wanted = std::env::args().skip(1).all(|word| word == "--bench" || word == "rates");
    if is_wanted {
        rates::print();
    }
}

/// The document of 5.9 kB.
fn usual(criterion: &mut Criterion) {
    let document = fixtures::document();
    let written = write(&document).expect("legal values");
    let signer = fixtures::signer();
    let signed = fixtures::signed(&document, &signer);
    let roots = fixtures::roots();
    let tree = parse_tree(signed.as_bytes()).expect("well-formed");
    let sha256 = Algorithm::RsaSha256;
    let message = fixtures::support::SIGNED_INFO.as_bytes();

    let mut group = criterion.benchmark_group("usual");
    group.throughput(Throughput::Elements(1));
    group.bench_function("write", |b| b.iter(|| write(black_box(&document))));
    group.bench_function("digest", |b| b.iter(|| sha256.digest(black_box(written.as_bytes()))));
    group.bench_function("rsa-sign-alone", |b| b.iter(|| signer.sign(sha256, black_box(message))));
    group.bench_function("write-digest-sign", |b| {
        b.iter(|| rates::write_digest_sign(black_box(&document), &signer));
    });
    group.bench_function("sign", |b| b.iter(|| fixtures::signed(black_box(&document), &signer)));
    group.bench_function("verify", |b| {
        b.iter(|| fixtures::verified(black_box(signed.as_bytes()), &roots));
    });
    group.bench_function("parse", |b| b.iter(|| parse_tree(black_box(signed.as_bytes()))));
    group.bench_function("validate", |b| b.iter(|| validate(black_box(&tree.root))));
    group.bench_function("read", |b| b.iter(|| read(black_box(signed.as_bytes()))));
    group.bench_function("canonicalise", |b| {
        b.iter(|| canonical_document(black_box(&tree), Method::Inclusive, None));
    });
    group.finish();
}

/// The document of 10,000 SSIDs.
fn largest(criterion: &mut Criterion) {
    let text = fixtures::ssids();
    let tree = parse_tree(text.as_bytes()).expect("well-formed");
    let document = read(text.as_bytes()).expect("a document of the model");
    let mut group = criterion.benchmark_group("largest");
    group.sample_size(20);
    group.throughput(Throughput::Bytes(text.len().try_into().unwrap_or(u64::MAX)));
    group.bench_function("parse", |b| b.iter(|| parse(black_box(text.as_bytes()))));
    group.bench_function("read", |b| b.iter(|| read(black_box(text.as_bytes()))));
    group.bench_function("write", |b| b.iter(|| write(black_box(&document))));
    group.bench_function("canonicalise", |b| {
        b.iter(|| canonical_document(black_box(&tree), Method::Inclusive, None));
    });
    group.finish();
}
