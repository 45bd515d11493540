//! How long operators' patterns take: in this process, and in the child that can be stopped.
//!
//! `cargo bench -p server --bench patterns`. The aim is in docs/benchmarks.md.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::messages::Matcher as _;
use server::messages::patterns::{Counters, Pattern, Patterns, Pool, Program};

/// A message as operators write it, with the pattern of the specification's rule A.
const USAGE: &str = r"USED ([0-9.]+) (kB|MB|MiB|GB) OF ([0-9.]+) (MB|GB) AT (\S+ \S+)";
const MESSAGE: &str = "USED 7.34 GB OF 20 GB AT 11.03.2030 21:05";

/// Pattern and text of what is measured in this process.
fn linear() -> [(&'static str, &'static str, String); 7] {
    [
        ("usage", USAGE, MESSAGE.to_owned()),
        ("usage of another sender", USAGE, "Your parcel arrives at 10:30.".to_owned()),
        ("usage with a trailing blank", USAGE, format!("{MESSAGE} ")),
        ("everything", "[^]*", MESSAGE.repeat(4)),
        ("everything, with emoji", "[^]*", "\u{1F600} ".repeat(80)),
        ("hostile", "^(a+)+$", "a".repeat(28) + "b"),
        // Almost as many steps as a match in this process may take.
        ("the longest", "(?:([.ax]{0,20})x){5}y", ".x".repeat(800)),
    ]
}

fn patterns(c: &mut Criterion) {
    let pool = || {
        let program = Program::at(PathBuf::from(env!("CARGO_BIN_EXE_broadgate")));
        Arc::new(Pool::new(program, 1, Counters::default()))
    };
    let mut group = c.benchmark_group("patterns");
    group.throughput(Throughput::Elements(1));
    for (name, pattern, text) in &linear() {
        let patterns = Patterns::new([*pattern], pool());
        assert!(patterns.is_linear(0), "{name}");
        group.bench_function(format!("captures, {name}"), |b| {
            b.iter(|| patterns.captures(0, black_box(text)));
        });
    }
    let patterns = Patterns::new([USAGE], pool());
    group.bench_function("matches, usage", |b| b.iter(|| patterns.matches(0, black_box(MESSAGE))));
    let child = Patterns::stoppable([USAGE], pool());
    group.bench_function("captures in the child, usage", |b| {
        b.iter(|| child.captures(0, black_box(MESSAGE)));
    });
    group.bench_function("compile, usage", |b| b.iter(|| Pattern::compile(black_box(USAGE))));
    group.finish();
}

criterion_group!(benches, patterns);
criterion_main!(benches);
