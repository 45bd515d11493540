//! Findings in documents that others wrote, from octets [XML-178]…[XML-191].

mod support;

use carrier::lint::{Finding, Report, Severity, lint};
use support::e5::E5;
use support::{E1, E2, E3, END, replace_once};

macro_rules! plan {
    ($inside:literal) => {
        concat!(
            "<Plan xmlns=\"http://www.microsoft.com/networking/CarrierControl/Plans/v1\"",
            $inside,
            "</Plan>"
        )
    };
}

/// Code, requirement and path.
type Row = (&'static str, &'static str, &'static str);

fn rows(findings: &[Finding]) -> Vec<(&str, &str, &str)> {
    findings.iter().map(|f| (f.code, f.requirement, f.path.as_str())).collect()
}

#[track_caller]
fn check(id: &str, document: &str, errors: &[Row], warnings: &[Row]) {
    let report = lint(document.as_bytes());
    assert_eq!(rows(&report.errors), errors, "{id}: {report:?}");
    assert_eq!(rows(&report.warnings), warnings, "{id}: {report:?}");
    let is_error = |finding: &Finding| finding.severity == Severity::Error;
    assert!(report.errors.iter().all(is_error) && !report.warnings.iter().any(is_error));
    for finding in report.errors.iter().chain(&report.warnings) {
        let message = &finding.message;
        assert!(!message.contains("001019876543210") && !message.contains("Demo"), "{message}");
    }
}

fn e1(from: &str, to: &str) -> String {
    replace_once(E1, from, to)
}

#[test]
fn examples_have_no_findings() {
    for document in [E1, E2, E3, E5] {
        assert_eq!(lint(document.as_bytes()), Report::default());
    }
}

#[test]
fn what_is_no_xml_has_one_finding() {
    // [XML-05], [XML-190]
    check("empty", "", &[("incomplete", "XML 1.0 §2.1", "")], &[]);
    check("DOCTYPE", &format!("<!DOCTYPE a>{E1}"), &[("doctype", "XML-05", "")], &[]);
    let inside = e1("<SubscriberId>", "<SubscriberId>&e;");
    let unknown = ("unknown-entity", "XML 1.0 §4.1", "Global/SubscriberId");
    check("entity", &inside, &[unknown], &[]);
    let two = format!("<!DOCTYPE a>{inside}");
    check("first only", &two, &[("doctype", "XML-05", "")], &[]);
    let message = lint(b"").errors.remove(0).message;
    assert_eq!(message, "not acceptable XML: incomplete document at byte 0");
}

#[test]
fn every_violation_of_the_schema_is_listed() {
    // [XML-191]
    let document = E2
        .replace("Delay=\"PT20S\"", "Delay=\"PT1H\" Now=\"\"")
        .replace("<AssociatedPlan>Fjell20", "<AssociatedPlan>Fjell21")
        .replace("Resets=\"true\"", "Resets=\"\"")
        .replace(" Duration=\"P1M\"", "")
        .replace(">20000<", ">0<")
        .replace("<Usage OverLimit", "x<Usage OverLimit")
        .replace("<Compression>", "<Unknown/><Compression>");
    let reconnect = "Activation/ReconnectToNetwork";
    let context = "MBNProfiles/DefaultProfile/Context";
    let cycle = "Plans/Plan/Description/BillingCycle";
    check(
        "seven",
        &document,
        &[
            ("attribute-value", "XML-31", reconnect),
            ("unexpected-attribute", "XML-35", reconnect),
            ("unexpected-child", "XML-49", context),
            ("unexpected-text", "XML-132", "Plans/Plan"),
            ("attribute-value", "XML-137", cycle),
            ("missing-attribute", "XML-136", cycle),
            ("value", "XML-138", "Plans/Plan/Description/DataLimitInMegabytes"),
        ],
        &[],
    );
    let root = ("root", "XML-04", "CarrierProvisioning");
    check("NV-6", &e1("http://", "https://"), &[root], &[]);
    let child = ("missing-child", "XML-24", "CarrierProvisioning");
    let empty =
        "<CarrierProvisioning xmlns=\"http://www.microsoft.com/networking/CarrierControl/v1\"/>";
    check("[XML-24], [XML-181]", empty, &[child], &[]);
    let at = document.find("<DataLimit").expect("a limit");
    let message = lint(document.as_bytes()).errors.remove(6).message;
    let expected = format!("DataLimitInMegabytes has an illegal value; correct it (byte {at})");
    assert_eq!(message, expected);
}

#[test]
fn a_report_has_at_most_a_hundred_violations() {
    let wrong = "<RefreshParameters><RefreshURL/></RefreshParameters>";
    let with = |count: usize| {
        let nameless = plan!("><Description PlanType=\"Fixed\"/>");
        e1(
            END,
            &format!(
                "<Plans>{}</Plans><Provisioning>{wrong}</Provisioning>{END}",
                nameless.repeat(count)
            ),
        )
    };
    assert_eq!(lint(with(98).as_bytes()).errors.len(), 99);
    assert_eq!(lint(with(200).as_bytes()).errors.len(), 100);
}

#[test]
fn permitted_combinations_have_no_errors() {
    let plan = |content: &str| {
        let plan = plan!(" Name=\"a\">@").replace('@', content);
        e1(END, &format!("<Plans>{plan}</Plans>{END}"))
    };
    let description = "<Description PlanType=\"Fixed\"/>";
    let usage = "<Usage CurrentUsage=\"1\" UsageTimestamp=\"2030-03-01T00:00:00Z\"/>";
    check("[XML-178]", E2, &[], &[]);
    check("[XML-179]", &plan(description), &[], &[]);
    check("[XML-179]", &plan(&format!("{description}{usage}")), &[], &[]);
    check("[XML-180]", &plan(usage), &[], &[]);
    check("[XML-181]", E1, &[], &[]);
    for part in [
        "<Activation><ReconnectToNetwork \
         xmlns=\"http://www.microsoft.com/networking/CarrierControl/WWAN/v1\"/></Activation>",
        "<MBNProfiles/>",
        "<Provisioning/>",
        "<Extensions/>",
    ] {
        check("[XML-181]", &e1(END, &format!("{part}{END}")), &[], &[]);
    }
    let dangling = replace_once(E2, "<AssociatedPlan>Fjell20", "<AssociatedPlan>Fjell21");
    check(
        "[XML-178], [XML-182], NV-21",
        &dangling,
        &[("dangling-plan", "XML-178", "MBNProfiles/DefaultProfile/AssociatedPlan")],
        &[("unused-plan", "XML-178", "Plans/Plan")],
    );
    let unused = replace_once(E2, "<AssociatedPlan>Fjell20</AssociatedPlan>", "");
    check("[XML-178]", &unused, &[], &[("unused-plan", "XML-178", "Plans/Plan")]);
}

#[test]
fn limits_of_the_generator_are_warnings_for_others() {
    let id = |id: &str| e1("001019876543210", id);
    let form = [("subscriber-id-form", "XML-25", "Global/SubscriberId")];
    for (text, expected) in [
        ("001019876543210", &[][..]),
        ("4101", &[]),
        ("8947010000000000001", &[]),
        ("89470100000000000019", &[]),
        ("Fjell", &[]),
        ("0010198765432101", &form),
        ("894701000000000001", &form),
        ("a+b", &[("subscriber-id-characters", "XML-15", "Global/SubscriberId")]),
    ] {
        check("[XML-25]", &id(text), &[], expected);
    }
    let bandwidth = |kbps: &str| replace_once(E2, ">50000<", &format!(">{kbps}<"));
    check("[XML-149]", &bandwidth("2000000"), &[], &[]);
    let path = "Plans/Plan/Description/InboundBandwidthInKbps";
    check("[XML-149]", &bandwidth("2000001"), &[], &[("bandwidth-too-high", "XML-149", path)]);
    let foreign = plan!(" Name=\"a\"><Description PlanType=\"Fixed\"/>");
    let foreign = e1("</Global>", &format!("{foreign}</Global>"));
    check("[XML-23]", &foreign, &[], &[("foreign-elements", "XML-23", "Global")]);
}
