//! V8 judges how operators' patterns are matched: the same verdict on every pattern, the same
//! match and the same groups of every text, by both engines.
//!
//! V8 comes with node, which builds the portal too. Where it is absent the judge is skipped
//! aloud; under `cargo xtask test`, which installs it, that fails.

mod cases;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use cases::Case;
use domain::messages::{Groups, Matcher as _};
use serde_json::Value;
use server::messages::patterns::{Counters, Patterns, Pool, Program};

/// A place in code units.
type Span = Option<(usize, usize)>;

/// What V8 or we say of a pattern: refused, or an answer for each text.
type Verdict = Option<Vec<Option<Vec<Span>>>>;

/// Returns what V8 says; nothing where it is absent.
fn v8(name: &str, cases: &[Case]) -> Option<Vec<Verdict>> {
    if Command::new("node").arg("--version").output().is_err() {
        let promised = std::env::var_os("BROADGATE_TOOLS").is_some();
        assert!(!promised, "node is absent although the set-up installs it");
        writeln!(std::io::stdout(), "skipped: node is absent").expect("an open output");
        return None;
    }
    let asked: Vec<Value> = cases
        .iter()
        .map(|case| serde_json::json!({ "pattern": case.pattern, "texts": case.texts }))
        .collect();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("patterns-{name}.json"));
    std::fs::write(&file, Value::from(asked).to_string()).expect("a temporary file");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regex_judge/judge.js");
    let output = Command::new("node").arg(script).arg(&file).output().expect("node runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let verdicts: Vec<Verdict> = said.lines().map(read_verdict).collect();
    assert_eq!(verdicts.len(), cases.len(), "a line a pattern");
    Some(verdicts)
}

fn read_verdict(line: &str) -> Verdict {
    let value: Value = serde_json::from_str(line).expect("JSON");
    let number = |value: &Value| usize::try_from(value.as_u64().expect("a number")).expect("small");
    let span = |place: &Value| place.as_array().map(|ends| (number(&ends[0]), number(&ends[1])));
    let answer = |found: &Value| Some(found.as_array()?.iter().map(span).collect());
    Some(value.as_array()?.iter().map(answer).collect())
}

/// Returns what one of our engines says, in V8's measure.
fn ours(patterns: &Patterns, rule: usize, texts: &[String]) -> Verdict {
    let groups = patterns.group_count(rule)?;
    let answer = |text: &String| {
        let found = patterns.captures(rule, text).expect("an answer in time");
        assert_eq!(patterns.matches(rule, text).expect("in time"), found.is_some());
        found.map(|found| spans(&found, groups, text))
    };
    Some(texts.iter().map(answer).collect())
}

fn spans(found: &Groups, groups: usize, text: &str) -> Vec<Span> {
    assert_eq!(found.count(), groups);
    let unit = |byte: usize| {
        let whole = (0..=byte).rev().find(|at| text.is_char_boundary(*at)).expect("0 is one");
        // Two bytes behind the start of a character is the middle of its two code units.
        text[..whole].encode_utf16().count() + (byte - whole) / 2
    };
    (1..=groups)
        .map(|number| {
            let at = found.range(u32::try_from(number).expect("small"))?;
            Some((unit(at.start), unit(at.end)))
        })
        .collect()
}

fn pool() -> Arc<Pool> {
    let program = Program::at(PathBuf::from(env!("CARGO_BIN_EXE_broadgate")));
    let pool = Pool::new(program, 1, Counters::default());
    Arc::new(pool.with_match_time(Duration::from_secs(20)))
}

/// Says how many patterns and pairs took part.
#[derive(Debug, Default)]
struct Tally {
    refused: usize,
    linear: usize,
    stoppable: usize,
    matches: usize,
    pairs: usize,
}

fn compare(name: &str, cases: &[Case]) -> Option<Tally> {
    let expected = v8(name, cases)?;
    let sources = || cases.iter().map(|case| case.pattern.as_str());
    let (linear, stoppable) =
        (Patterns::new(sources(), pool()), Patterns::stoppable(sources(), pool()));
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for (rule, (case, expected)) in cases.iter().zip(&expected).enumerate() {
        let is_linear = linear.is_linear(rule);
        match expected {
            None => tally.refused += 1,
            Some(_) if is_linear => tally.linear += 1,
            Some(_) => tally.stoppable += 1,
        }
        tally.pairs += expected.iter().flatten().count();
        tally.matches += expected.iter().flatten().flatten().count();
        let engines = [("linear", &linear, is_linear), ("stoppable", &stoppable, true)];
        for (engine, patterns, _) in engines.iter().filter(|(_, _, takes_part)| *takes_part) {
            let found = ours(patterns, rule, &case.texts);
            if found != *expected {
                let Case { pattern, texts } = case;
                let lines = [&found, expected].map(|verdict| difference(verdict, texts));
                wrong.push(format!("{engine}: {pattern:?}\n    {}\n    {}", lines[0], lines[1]));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n  {}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n  ")
    );
    Some(tally)
}

fn difference(verdict: &Verdict, texts: &[String]) -> String {
    match verdict {
        None => "refused".to_owned(),
        Some(answers) => format!("{:?}", texts.iter().zip(answers).collect::<Vec<_>>()),
    }
}

/// [MSG-10], [MSG-11]
#[test]
fn patterns_written_by_hand_mean_what_they_mean_in_v8() {
    let Some(tally) = compare("by-hand", &cases::by_hand()) else { return };
    assert!(tally.refused > 20 && tally.linear > 60 && tally.stoppable > 30, "{tally:?}");
    assert!(tally.matches > 100, "{tally:?}");
}

/// [MSG-10], [MSG-11]
#[test]
fn generated_patterns_mean_what_they_mean_in_v8() {
    let Some(tally) = compare("generated", &cases::generated(3_000)) else { return };
    assert!(tally.linear > 500 && tally.stoppable > 500, "{tally:?}");
    assert!(tally.matches > 1_000 && tally.pairs > 10_000, "{tally:?}");
}

/// Random rows of what has a meaning in patterns: V8 and we refuse the same [MSG-12].
#[test]
fn what_v8_refuses_is_refused() {
    let Some(tally) = compare("noise", &cases::noise(4_000)) else { return };
    assert!(tally.refused > 1_000, "{tally:?}");
    assert!(tally.linear + tally.stoppable > 500, "{tally:?}");
}
