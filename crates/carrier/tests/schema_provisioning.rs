//! Trust and refresh: vectors NV-10 to NV-12 and the rows around them, each refusal beside what is
//! still valid.

mod support;

use carrier::schema::SchemaFault;
use support::violations::{Violation, check};
use support::{E1, END, e5::E5, replace_once};

use SchemaFault::{MissingChild, UnexpectedAttribute, UnexpectedChild, UnexpectedText, Value};

/// Example 14.5 with one replacement.
fn e5(from: &str, to: &str) -> String {
    replace_once(E5, from, to)
}

/// Example 14.1 with this inside `Provisioning`.
fn provisioning(inside: &str) -> String {
    replace_once(E1, END, &format!("<Provisioning>{inside}</Provisioning>{END}"))
}

const URL: &str = "<RefreshURL>https://a</RefreshURL>";

#[test]
fn both_parts_are_optional() {
    let refresh = format!("<RefreshParameters>{URL}</RefreshParameters>");
    let certificates = "<TrustedCertificates><TrustedCertificate \
        xmlns:b=\"http://www.microsoft.com/networking/CarrierControl/Base/v1\"><b:SubjectName/>\
        <b:IssuerName/></TrustedCertificate></TrustedCertificates>";
    check("14.5", E5, Ok(()));
    check("[XML-159], NV-13", &replace_once(E1, END, &format!("<Provisioning/>{END}")), Ok(()));
    check("[XML-159]", &provisioning("\n"), Ok(()));
    check("[XML-154]", &provisioning(&refresh), Ok(()));
    check("[XML-152]", &provisioning(certificates), Ok(()));
    let unexpected = Err(("XML-159", "Provisioning", UnexpectedChild));
    check("[XML-01]", &provisioning(&format!("{refresh}{certificates}")), unexpected);
    check("[XML-159]", &provisioning(&refresh.repeat(2)), unexpected);
    check("[XML-159]", &provisioning("x"), Err(("XML-159", "Provisioning", UnexpectedText)));
}

#[test]
fn nv_10_delay_in_days() {
    let wrong: Result<(), Violation> = Err(("XML-155", "DelayInDays", Value));
    for (id, days, expected) in [
        ("[XML-155]", "1", Ok(())),
        ("NV-10", "730", Ok(())),
        ("[XML-155]", " +0730\n", Ok(())),
        ("NV-10", "0", wrong),
        ("NV-10, [XML-158]", "731", wrong),
        ("NV-10", "732", wrong),
        ("[XML-155]", "-1", wrong),
        ("[XML-155]", "1.0", wrong),
        ("[XML-155]", "", wrong),
        ("[XML-155]", "99999999999999999999", wrong),
    ] {
        check(id, &e5(">14<", &format!(">{days}<")), expected);
    }
    check("[XML-158]", &e5("<DelayInDays>14</DelayInDays>", ""), Ok(()));
}

#[test]
fn nv_11_refresh_url() {
    let wrong: Result<(), Violation> = Err(("XML-156", "RefreshURL", Value));
    for (id, url, expected) in [
        ("[XML-156]", "https://a", Ok(())),
        ("[XML-156]", " https://a\n", Ok(())),
        ("NV-11", "http://a", wrong),
        ("[XML-156]", "https://", wrong),
        ("[XML-156]", "https://a/%zz", wrong),
        ("[XML-156]", "", wrong),
    ] {
        let document = e5(">https://provision.fjell.example/refresh/4711<", &format!(">{url}<"));
        check(id, &document, expected);
    }
}

#[test]
fn refresh_parameters_keep_their_order() {
    let refresh =
        |inside: &str| provisioning(&format!("<RefreshParameters>{inside}</RefreshParameters>"));
    let delay = "<DelayInDays>1</DelayInDays>";
    let (user, password) = ("<UserName/>", "<Password> </Password>");
    let unexpected = Err(("XML-154", "RefreshParameters", UnexpectedChild));
    check("[XML-154]", &refresh(&format!("{delay}{URL}{user}{password}")), Ok(()));
    check("[XML-157]", &refresh(&format!("{URL}{password}")), Ok(()));
    check("[XML-154]", &refresh(&format!("{URL}{delay}")), unexpected);
    check("[XML-157]", &refresh(&format!("{URL}{password}{user}")), unexpected);
    check("[XML-157]", &refresh(&format!("{URL}<Username/>")), unexpected);
    let lacking = Err(("XML-156", "RefreshParameters", MissingChild("RefreshURL")));
    check("[XML-154]", &refresh(delay), lacking);
}

#[test]
fn nv_12_trusted_certificates_have_their_names_in_the_base_namespace() {
    let unexpected = Err(("XML-153", "TrustedCertificate", UnexpectedChild));
    check("NV-12, [XML-08]", &E5.replace("b:SubjectName", "SubjectName"), unexpected);
    check("NV-12, [XML-08]", &E5.replace("b:IssuerName", "IssuerName"), unexpected);
    let default = E5
        .replace(
            "<b:SubjectName>",
            "<SubjectName xmlns=\"http://www.microsoft.com/networking/CarrierControl/Base/v1\">",
        )
        .replace("</b:SubjectName>", "</SubjectName>");
    check("[XML-08]", &default, Ok(()));
    check(
        "[XML-16]",
        &e5("<b:IssuerName>CN=Example EV CA 3, O=Example Trust, C=NO</b:IssuerName>", ""),
        Err(("XML-16", "TrustedCertificate", MissingChild("IssuerName"))),
    );
    check(
        "[XML-152]",
        &provisioning("<TrustedCertificates/>"),
        Err(("XML-153", "TrustedCertificates", MissingChild("TrustedCertificate"))),
    );
    check(
        "[XML-153]",
        &e5("<TrustedCertificate xmlns:b", "<TrustedCertificate Id=\"a\" xmlns:b"),
        Err(("XML-153", "TrustedCertificate", UnexpectedAttribute)),
    );
}
