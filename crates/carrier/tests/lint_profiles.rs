//! Remarks on mobile broadband profiles and on Global, each beside what has none.

mod support;

use carrier::lint::{Severity, lint};
use support::{E2, replace_once};

use Severity::{Error, Limit};

/// Severity, code, requirement and path.
type Row = (Severity, &'static str, &'static str, &'static str);

/// Judges example 14.2 with one replacement.
#[track_caller]
fn check(from: &str, to: &str, expected: &[Row]) {
    let report = lint(replace_once(E2, from, to).as_bytes());
    let findings = report.errors.iter().chain(&report.warnings);
    let found: Vec<_> =
        findings.map(|f| (f.severity, f.code, f.requirement, f.path.as_str())).collect();
    assert_eq!(found, expected, "{to}: {report:?}");
}

/// [XML-45], [XML-52], [XML-53], [XML-56]
#[test]
fn texts_keep_to_the_limits_of_the_generator() {
    for (text, max, path) in [
        (">Fjell Internet<", 64, "MBNProfiles/DefaultProfile/Name"),
        (">data.fjell.example<", 99, "MBNProfiles/DefaultProfile/Context/AccessString"),
        (">s3cret-Demo<", 255, "MBNProfiles/DefaultProfile/Context/UserLogonCred/Password"),
    ] {
        check(text, &format!(">{}<", "a".repeat(max)), &[]);
        let longer = format!(">{}<", "a".repeat(max + 1));
        check(text, &longer, &[(Limit, "too-long", "XML-56", path)]);
    }
}

/// [XML-57]: the schema asks for a name alone, the generator for a way to connect too.
#[test]
fn profiles_say_how_to_connect() {
    let expected = [(Limit, "no-access-string", "XML-57", "MBNProfiles/DefaultProfile")];
    check("<AccessString>data.fjell.example</AccessString>", "", &expected);
    let (before, rest) = E2.split_once("<Context>").expect("a context");
    let (context, _) = rest.split_once("</Context>").expect("its end");
    check(&format!("<Context>{context}</Context>"), "", &expected);
    assert!(before.contains("<Name>"), "the name alone is left");
}

#[test]
fn violations_name_their_requirement() {
    // [XML-20]
    check("{6f1d2a54", "{xf1d2a54", &[(Error, "value", "XML-20", "Global/CarrierId")]);
    // [XML-21]
    check(">001019876543210<", ">00_1<", &[(Error, "value", "XML-21", "Global/SubscriberId")]);
    // [XML-13], [XML-44]: 0 to 9.
    for (priority, is_legal) in [("0", true), ("9", true), ("10", false), ("-1", false)] {
        let to = format!("Priority=\"{priority}\"");
        let row = (Error, "attribute-value", "XML-44", "MBNProfiles/DefaultProfile");
        check("Priority=\"5\"", &to, if is_legal { &[] } else { std::slice::from_ref(&row) });
    }
}
