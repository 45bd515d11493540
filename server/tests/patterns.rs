//! Operators' patterns and their engines: limits, hostile patterns, the child process.
//!
//! Not here: what patterns mean, which V8 judges (`regex_judge`).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::messages::{Groups, Matcher as _, Overrun, PATTERN_CHARS_MAX, TEXT_CHARS_MAX};
use proptest::prelude::*;
use server::messages::patterns::{
    Counters, MATCH_TIME_MAX, OVERRUNS_MAX, Pattern, PatternError, Patterns, Pool, Problem, Program,
};

/// Doubles its time with every `a`, and cannot be translated.
const HOSTILE: &str = r"(a+)+\1$";

/// Time in which the hostile pattern is answered: that of a match, and what it takes to stop it.
const ANSWER_TIME_MAX: Duration = Duration::from_millis(60);

fn hostile_text() -> String {
    "a".repeat(28) + "b"
}

fn pool(children: usize) -> (Arc<Pool>, Counters) {
    let counters = Counters::default();
    let program = Program::at(PathBuf::from(env!("CARGO_BIN_EXE_broadgate")));
    (Arc::new(Pool::new(program, children, counters.clone())), counters)
}

/// A pool whose children have time enough on a machine that does other things too.
fn patient_pool() -> Arc<Pool> {
    let program = Program::at(PathBuf::from(env!("CARGO_BIN_EXE_broadgate")));
    let pool = Pool::new(program, 1, Counters::default());
    Arc::new(pool.with_match_time(Duration::from_secs(20)))
}

fn texts<'t>(groups: &Groups, text: &'t str) -> Vec<Option<&'t str>> {
    let count = u32::try_from(groups.count()).expect("few");
    (1..=count).map(|number| groups.text(number, text)).collect()
}

/// The shortest of several times: the machine may be busy, the code may not.
fn shortest(mut run: impl FnMut()) -> Duration {
    (0..10).map(|_| timed(&mut run)).min().expect("ten")
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

/// [MSG-11]: the pattern that takes seconds elsewhere, on 29 characters.
#[test]
fn a_hostile_pattern_that_is_translated_takes_no_time() {
    let patterns = Patterns::new(["^(a+)+$"], pool(1).0);
    assert!(patterns.is_linear(0));
    let took = shortest(|| assert_eq!(patterns.captures(0, &hostile_text()), Ok(None)));
    assert!(took < Duration::from_millis(10), "{took:?}");
    let text = "a".repeat(29);
    let groups = patterns.captures(0, &text).expect("in time").expect("a match");
    assert_eq!(texts(&groups, &text), [Some(text.as_str())]);
}

/// [MSG-11]: a match that takes longer than 50 ms is stopped, and harms no other.
#[test]
fn a_hostile_pattern_is_stopped_after_50_ms() {
    let (pool, counters) = pool(1);
    let run = || {
        let patterns = Patterns::new([HOSTILE], Arc::clone(&pool));
        assert!(!patterns.is_linear(0));
        // The child is ready, and other patterns are answered.
        while patterns.matches(0, "aa") != Ok(true) {}
        timed(|| assert_eq!(patterns.captures(0, &hostile_text()), Err(Overrun::Time)))
    };
    // A busy machine wakes late who waited; one answer in time shows that the code does not.
    let mut times = Vec::new();
    while times.len() < 100 && times.last().is_none_or(|took| *took > ANSWER_TIME_MAX) {
        times.push(run());
    }
    assert!(times.iter().all(|took| *took >= MATCH_TIME_MAX), "{times:?}");
    assert!(times.last().is_some_and(|took| *took <= ANSWER_TIME_MAX), "{times:?}");
    assert!(counters.overruns.get() >= 1);
}

#[test]
fn a_pattern_that_is_stopped_again_and_again_is_set_aside() {
    let (pool, counters) = pool(1);
    let patterns = Patterns::new([HOSTILE, r"(.)\1"], Arc::clone(&pool));
    let stopped = || patterns.captures(0, &hostile_text());
    for _ in 0..OVERRUNS_MAX {
        assert_eq!(stopped(), Err(Overrun::Time));
    }
    assert_eq!(stopped(), Err(Overrun::Quarantined));
    assert_eq!(patterns.matches(0, "ab"), Err(Overrun::Quarantined));
    assert_eq!(counters.overruns.get(), u64::from(OVERRUNS_MAX));
    assert_eq!(counters.quarantines.get(), 1);
    // Read anew, it has its chance again.
    let again = Patterns::new([HOSTILE], pool);
    assert_eq!(again.captures(0, &hostile_text()), Err(Overrun::Time));
}

/// After a child was killed the next question is answered by a new one.
#[test]
fn other_patterns_go_on() {
    let program = Program::at(PathBuf::from(env!("CARGO_BIN_EXE_broadgate")));
    let slow = Pool::new(program, 1, Counters::default()).with_match_time(Duration::from_secs(1));
    let patterns = Patterns::new([HOSTILE, r"(.)(.)\2\1"], Arc::new(slow));
    for text in ["abba", "noon"] {
        assert_eq!(patterns.captures(0, &hostile_text()), Err(Overrun::Time));
        let groups = patterns.captures(1, text).expect("in time").expect("a match");
        assert_eq!(texts(&groups, text), [Some(&text[..1]), Some(&text[1..2])]);
    }
}

#[test]
fn more_ask_than_there_are_children() {
    let patterns = Patterns::new([r"(\w+) \1"], patient_pool());
    std::thread::scope(|scope| {
        for number in 0..8 {
            let patterns = &patterns;
            scope.spawn(move || {
                let text = format!("{number} {number}");
                for _ in 0..20 {
                    assert_eq!(patterns.matches(0, &text), Ok(true));
                    assert_eq!(patterns.matches(0, "a b"), Ok(false));
                }
            });
        }
    });
}

#[test]
fn without_a_child_there_is_no_answer() {
    for program in ["/nonexistent/broadgate", "/bin/false"] {
        let pool = Pool::new(Program::at(PathBuf::from(program)), 1, Counters::default());
        let patterns = Patterns::new([r"(.)\1", "(.)."], Arc::new(pool));
        for _ in 0..5 {
            assert_eq!(patterns.captures(0, "aa"), Err(Overrun::Unavailable), "{program}");
        }
        assert_eq!(patterns.matches(1, "aa"), Ok(true), "no child is needed");
    }
}

/// [MSG-11]: pattern ≤ 2,048 characters, text ≤ 1,600.
#[test]
fn patterns_and_texts_have_limits() {
    let longest = "é".repeat(PATTERN_CHARS_MAX);
    assert!(Pattern::compile(&longest).is_ok());
    let too_long = PatternError { at: PATTERN_CHARS_MAX, problem: Problem::TooLong };
    assert_eq!(Pattern::compile(&(longest + "é")).err(), Some(too_long));
    let patterns = Patterns::new(["[^]*", "(?=[^]*$)[^]*"], patient_pool());
    for letter in ["a", "é", "\u{1F600}"] {
        let longest = letter.repeat(TEXT_CHARS_MAX);
        for rule in 0..2 {
            assert_eq!(patterns.matches(rule, &longest), Ok(true), "{rule} {letter}");
            assert_eq!(
                patterns.captures(rule, &format!("{longest}a")),
                Ok(None),
                "{rule} {letter}"
            );
        }
    }
}

/// A pattern that is large enough to take its time even without going back is stopped too.
#[test]
fn a_large_pattern_goes_to_the_child_for_a_long_text() {
    let patterns = Patterns::new(["(?:[.ax]{0,60}x){40}y"], patient_pool());
    assert!(patterns.is_linear(0));
    let long = ".x".repeat(800);
    let took = shortest(|| assert_eq!(patterns.matches(0, "a.x"), Ok(false)));
    assert!(took < Duration::from_millis(50), "{took:?}");
    assert_eq!(patterns.matches(0, &"x".repeat(40)), Ok(false));
    assert_eq!(patterns.matches(0, &("x".repeat(40) + "y")), Ok(true));
    let (hasty, counters) = pool(1);
    let hasty = Patterns::new(["(?:[.ax]{0,60}x){40}y"], hasty);
    assert_eq!(hasty.matches(0, &long), Err(Overrun::Time));
    assert_eq!(counters.overruns.get(), 1);
}

/// [MSG-12]: a rule whose pattern is none keeps its number and matches nothing.
#[test]
fn what_is_no_pattern_matches_nothing() {
    let patterns = Patterns::new(["a", "(", "b(c)"], pool(1).0);
    let groups: Vec<_> = (0..4).map(|rule| patterns.group_count(rule)).collect();
    assert_eq!(groups, [Some(0), None, Some(1), None]);
    assert_eq!(patterns.captures(1, "("), Ok(None));
    assert_eq!(patterns.captures(3, ""), Ok(None));
    assert_eq!(patterns.matches(2, "bc"), Ok(true));
    let error = PatternError { at: 0, problem: Problem::UnmatchedOpen };
    assert_eq!(patterns.error(1), Some(&error));
    assert_eq!(error.to_string(), "a ( without its ), at offset 0");
    assert_eq!(patterns.error(0), None);
}

/// A group that cuts a character beyond U+FFFF in two has a place but no text.
#[test]
fn half_a_character_is_no_text() {
    for pattern in [r"(.)(.)(.)", r"(.)(.)(.)(?!.)"] {
        let patterns = Patterns::new([pattern], patient_pool());
        let text = "\u{1F600}é";
        let groups = patterns.captures(0, text).expect("in time").expect("a match");
        assert_eq!(texts(&groups, text), [None, None, Some("é")], "{pattern}");
        assert_eq!((groups.range(1), groups.range(2)), (Some(0..2), Some(2..4)), "{pattern}");
    }
}

#[test]
fn deep_patterns_are_refused_and_never_overflow() {
    let nested = |depth: usize| "(".repeat(depth) + "a" + &")".repeat(depth);
    assert!(Pattern::compile(&nested(200)).is_ok());
    let deep = Pattern::compile(&nested(201)).expect_err("too deep");
    assert_eq!(deep.problem, Problem::TooDeep);
    for pattern in
        [nested(200), format!("{}\\1", nested(200)), "(?:a".repeat(1000), "(?=".repeat(600)]
    {
        let patterns = Patterns::new([pattern.as_str()], patient_pool());
        let _ = patterns.captures(0, "a");
    }
}

/// What has a meaning in a pattern, and what has none.
fn patterns_of_noise() -> impl Strategy<Value = String> {
    let marks = r"(\PC|[()\[\]{}?*+|\\^$.,:=!<>0-9a-zA-Z-]){0,40}";
    prop_oneof![3 => marks, 1 => any::<String>()]
}

proptest! {
    /// Any text is a pattern or says why not; what runs in this process answers any text.
    #[test]
    fn every_pattern_has_a_verdict(pattern in patterns_of_noise(), text: String) {
        match Pattern::compile(&pattern) {
            Err(error) => {
                prop_assert!(error.at <= pattern.encode_utf16().count());
                prop_assert!(!error.to_string().is_empty());
            }
            Ok(compiled) if compiled.is_linear() => {
                let program = Program::at(PathBuf::from("/bin/false"));
                let pool = Pool::new(program, 1, Counters::default());
                let patterns = Patterns::new([pattern.as_str()], Arc::new(pool));
                let found = patterns.captures(0, &text).expect("no child is asked");
                prop_assert_eq!(patterns.matches(0, &text), Ok(found.is_some()));
                if let Some(groups) = found {
                    prop_assert_eq!(groups.count(), compiled.group_count());
                }
            }
            Ok(_) => {}
        }
    }

    /// Letters without a meaning stand for themselves, and for nothing else.
    #[test]
    fn plain_letters_match_themselves(
        text in "[a-zA-Z0-9 é€\u{1F600}-\u{1F610}]{0,40}",
        other: String,
    ) {
        let pool = Pool::new(Program::at(PathBuf::from("/bin/false")), 1, Counters::default());
        let patterns = Patterns::new([text.as_str()], Arc::new(pool));
        prop_assert!(patterns.is_linear(0));
        prop_assert_eq!(patterns.matches(0, &text), Ok(true));
        prop_assert_eq!(patterns.matches(0, &other), Ok(other == text));
    }
}
