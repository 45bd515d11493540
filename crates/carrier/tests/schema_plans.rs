//! Plans and usage: vectors NV-13, NV-18 and NV-20 and the rows around them, each refusal beside
//! what is still valid.

mod support;

use carrier::document::{Kbps, Megabytes, PlanContent};
use carrier::read::read;
use carrier::schema::SchemaFault;
use support::violations::{Violation, check};
use support::{E1, E2, E3, END, replace_once};

use SchemaFault::{
    AttributeValue, MissingAttribute, MissingChild, UnexpectedAttribute, UnexpectedChild,
    UnexpectedText, Value,
};

/// Example 14.2 with one replacement.
fn e2(from: &str, to: &str) -> String {
    replace_once(E2, from, to)
}

/// Example 14.1 with one plan.
fn plan(inside: &str) -> String {
    let plan = format!(
        "<Plans><Plan xmlns=\"http://www.microsoft.com/networking/CarrierControl/Plans/v1\" \
         Name=\"a\">{inside}</Plan></Plans>"
    );
    replace_once(E1, END, &format!("{plan}{END}"))
}

const DESCRIPTION: &str = "<Description PlanType=\"Unrestricted\"/>";
const USAGE: &str = "<Usage CurrentUsage=\"0\" UsageTimestamp=\"2030-03-01T00:00:00Z\"/>";

#[test]
fn a_plan_is_described_or_used_or_both() {
    check("14.2", E2, Ok(()));
    check("14.3", E3, Ok(()));
    check("[XML-132]", &plan(DESCRIPTION), Ok(()));
    check("[XML-133]", &plan(USAGE), Ok(()));
    check("[XML-133]", &plan(&format!("{DESCRIPTION}{USAGE}")), Ok(()));
    let unexpected = Err(("XML-132", "Plan", UnexpectedChild));
    check("[XML-01]", &plan(&format!("{USAGE}{DESCRIPTION}")), unexpected);
    check("[XML-132]", &plan(&DESCRIPTION.repeat(2)), unexpected);
    check("[XML-133]", &plan(&USAGE.repeat(2)), unexpected);
    check("NV-20", &plan(""), Err(("XML-133", "Plan", MissingChild("Description"))));
    check(
        "NV-13",
        &replace_once(E1, END, &format!("<Plans/>{END}")),
        Err(("XML-132", "Plans", MissingChild("Plan"))),
    );
    let nameless = Err(("XML-132", "Plan", MissingAttribute("Name")));
    check("[XML-132]", &e2(" Name=\"Fjell20\"", ""), nameless);
    check("[XML-132]", &plan(DESCRIPTION).replace("Name=\"a\"", "Name=\"\""), Ok(()));
}

#[test]
fn plan_types_are_spelled_exactly() {
    for plan_type in ["Unrestricted", "Fixed", "Variable"] {
        check("[XML-134]", &plan(&DESCRIPTION.replace("Unrestricted", plan_type)), Ok(()));
    }
    let wrong: Result<(), Violation> = Err(("XML-134", "Description", AttributeValue("PlanType")));
    for plan_type in ["fixed", " Fixed", ""] {
        check("[XML-134]", &plan(&DESCRIPTION.replace("Unrestricted", plan_type)), wrong);
    }
    let absent = Err(("XML-134", "Description", MissingAttribute("PlanType")));
    check("NV-20", &plan("<Description/>"), absent);
}

#[test]
fn nv_18_the_children_of_a_description_keep_their_order() {
    let children = [
        "<BillingCycle StartDate=\"2030-03-01T00:00:00Z\" Duration=\"P1M\"/>",
        "<DataLimitInMegabytes>1</DataLimitInMegabytes>",
        "<InboundBandwidthInKbps>0</InboundBandwidthInKbps>",
        "<OutboundBandwidthInKbps>0</OutboundBandwidthInKbps>",
        "<MaxTransferSizeInMegabytes>1</MaxTransferSizeInMegabytes>",
        "<SecurityUpdatesExempt>true</SecurityUpdatesExempt>",
        "<DataUsageInMobileOperatorNotificationEnabled>1\
         </DataUsageInMobileOperatorNotificationEnabled>",
        "<UserSMSEnabled>0</UserSMSEnabled>",
    ];
    let description =
        |inside: &str| plan(&format!("<Description PlanType=\"Fixed\">{inside}</Description>"));
    check("NV-18", &description(&children.concat()), Ok(()));
    let unexpected = Err(("XML-133", "Description", UnexpectedChild));
    for pair in children.windows(2) {
        let [first, second] = pair else { panic!("two") };
        check("NV-18", &description(&format!("{first}{second}")), Ok(()));
        check("NV-18", &description(&format!("{second}{first}")), unexpected);
        check("NV-18", &description(&first.repeat(2)), unexpected);
    }
    // The names of the usage manager's record are not those of documents.
    for name in ["BandwidthInKbps", "UsageInMegabytes", "OverDataLimit"] {
        check("[XML-149]", &description(&format!("<{name}>0</{name}>")), unexpected);
    }
}

#[test]
fn nv_20_values_of_a_description() {
    let start = "StartDate=\"2030-03-01T00:00:00Z\"";
    let cycle = |name| Err(("XML-135", "BillingCycle", MissingAttribute(name)));
    check("[XML-135]", &e2(start, ""), cycle("StartDate"));
    let lacking = Err(("XML-136", "BillingCycle", MissingAttribute("Duration")));
    check("[XML-136]", &e2("Duration=\"P1M\"", ""), lacking);
    check("[XML-137]", &e2("Resets=\"true\"", ""), Ok(()));
    for (id, attribute, right, wrong) in [
        (
            "XML-135",
            "StartDate",
            &["2030-03-01T00:00:00", "2030-03-01T00:00:00.5+14:00", " 2030-02-28T24:00:00Z "][..],
            &["2030-03-01", "2030-03-01T00:00Z", "2030-02-29T00:00:00Z", "2030-03-01T24:00:01Z"][..],
        ),
        (
            "XML-136",
            "Duration",
            &["PT0.1S", "P1D", "P1Y2M3DT4H5M6S", "PT720H"],
            &["PT0S", "P0M", "-P1M", "P1W", "1M", "P"],
        ),
        ("XML-137", "Resets", &["false", "0", " 1 "], &["no", "True", ""]),
    ] {
        let id_in_tests = format!("[{id}]");
        let old = match attribute {
            "StartDate" => start,
            "Duration" => "Duration=\"P1M\"",
            _ => "Resets=\"true\"",
        };
        let with = |text: &&str| e2(old, &format!("{attribute}=\"{text}\""));
        for text in right {
            check(&id_in_tests, &with(text), Ok(()));
        }
        for text in wrong {
            let violation = (id, "BillingCycle", AttributeValue(attribute));
            check(&id_in_tests, &with(text), Err(violation));
        }
    }
}

#[test]
fn nv_20_numbers_and_flags_of_a_description() {
    // [XML-138], [XML-141]
    let positive = (&["1", "+1", " 001 ", "4294967296"][..], &["0", "-1", "1.0", "", "1e3"][..]);
    // [XML-139], [XML-140]
    let natural = (&["0", "-0", "+0", "99999999999999999999999"][..], &["-1", "1.0", ""][..]);
    // Empty elements have the default [XML-142], [XML-143], [XML-144].
    let flag = (&["true", "false", "1", " 0\n", ""][..], &["no", "TRUE", " "][..]);
    for (id, element, from, (right, wrong)) in [
        ("XML-138", "DataLimitInMegabytes", ">20000<", positive),
        ("XML-139", "InboundBandwidthInKbps", ">50000<", natural),
        ("XML-140", "OutboundBandwidthInKbps", ">10000<", natural),
        ("XML-141", "MaxTransferSizeInMegabytes", ">100<", positive),
        ("XML-142", "SecurityUpdatesExempt", "Exempt>true<", flag),
        ("XML-143", "DataUsageInMobileOperatorNotificationEnabled", "Enabled>true<", flag),
        ("XML-144", "UserSMSEnabled", ">false<", flag),
    ] {
        let id_in_tests = format!("[{id}]");
        let before = from.split('>').next().unwrap_or_default();
        let with = |text: &&str| e2(from, &format!("{before}>{text}<"));
        for text in right {
            check(&id_in_tests, &with(text), Ok(()));
        }
        for text in wrong {
            check(&id_in_tests, &with(text), Err((id, element, Value)));
        }
    }
}

#[test]
fn usage_is_attributes_alone() {
    let e3 = |from: &str, to: &str| replace_once(E3, from, to);
    let value = |id, name| Err((id, "Usage", AttributeValue(name)));
    let lacking = |id, name| Err((id, "Usage", MissingAttribute(name)));
    let (current, at) = ("CurrentUsage=\"7340\"", "UsageTimestamp=\"2030-03-11T21:05:00Z\"");
    check("[XML-145]", &e3(current, &format!("{current} OverLimit=\"1\"")), Ok(()));
    let wrong = e3(current, &format!("{current} OverLimit=\"\""));
    check("[XML-145]", &wrong, value("XML-145", "OverLimit"));
    check("[XML-146]", &e3(current, &format!("{current} Congested=\"false\"")), Ok(()));
    let wrong = e3(current, &format!("{current} Congested=\"no\""));
    check("[XML-146]", &wrong, value("XML-146", "Congested"));
    check("[XML-147]", &e3(current, ""), lacking("XML-147", "CurrentUsage"));
    check("[XML-147]", &e3("\"7340\"", "\"0\""), Ok(()));
    check("[XML-147]", &e3("\"7340\"", "\"-1\""), value("XML-147", "CurrentUsage"));
    check("[XML-148]", &e3(at, ""), lacking("XML-148", "UsageTimestamp"));
    check("[XML-148], [XML-150]", &e3("21:05:00Z", "21:05:00"), Ok(()));
    check("[XML-148]", &e3("T21:05:00Z", ""), value("XML-148", "UsageTimestamp"));
    let unknown = e3(current, &format!("{current} OverDataLimit=\"true\""));
    check("[XML-149]", &unknown, Err(("XML-133", "Usage", UnexpectedAttribute)));
    let filled = E3.replace("Z\"/>", "Z\"> </Usage>");
    check("[XML-133]", &filled, Err(("XML-133", "Usage", UnexpectedText)));
}

#[test]
fn empty_flags_have_their_default() {
    let document = E2
        .replace("Exempt>true<", "Exempt><")
        .replace("Enabled>true<", "Enabled><")
        .replace("Enabled>false<", "Enabled><");
    let document = read(document.as_bytes()).expect("a document");
    let [plan] = document.plans() else { panic!("one plan") };
    let PlanContent::Description(description, _) = &plan.content else { panic!("described") };
    assert_eq!(description.security_updates_exempt, Some(false)); // [XML-142]
    assert_eq!(description.data_usage_notifications, Some(false)); // [XML-143]
    assert_eq!(description.user_sms, Some(true)); // [XML-144]
}

/// [XML-149]
#[test]
fn numbers_beyond_32_bits_are_read_as_the_largest() {
    let document = E2
        .replace("\"0\"", "\"4294967296\"")
        .replace(">50000<", ">99999999999999999999999<")
        .replace(">20000<", ">4294967295<");
    let document = read(document.as_bytes()).expect("a document");
    let [plan] = document.plans() else { panic!("one plan") };
    let PlanContent::Description(description, Some(usage)) = &plan.content else {
        panic!("both");
    };
    assert_eq!(usage.current, Megabytes(u32::MAX));
    assert_eq!(description.inbound_bandwidth, Some(Kbps(u32::MAX)));
    assert_eq!(description.data_limit.map(|limit| limit.megabytes()), Some(u32::MAX));
}
