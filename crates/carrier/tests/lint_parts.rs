//! Remarks on trust, refresh and extensions, each beside what has none.

mod support;

use carrier::document::{Document, Parts, RefreshParameters, RefreshPassword, RefreshUrl};
use carrier::lint::{Severity, lint};
use support::e5::E5;
use support::{E2, END, replace_once};

use Severity::{Error, Limit, Warning};

/// Severity, code, requirement and path.
type Row = (Severity, &'static str, &'static str, &'static str);

#[track_caller]
fn check(id: &str, document: &str, expected: &[Row]) {
    let report = lint(document.as_bytes());
    let findings = report.errors.iter().chain(&report.warnings);
    let found: Vec<_> =
        findings.map(|f| (f.severity, f.code, f.requirement, f.path.as_str())).collect();
    assert_eq!(found, expected, "{id}: {report:?}");
}

/// Example 14.5 with one replacement.
fn e5(from: &str, to: &str) -> String {
    replace_once(E5, from, to)
}

const URL: &str = "Provisioning/RefreshParameters/RefreshURL";

macro_rules! policies {
    ($below:literal) => {
        concat!("Extensions/Extensions_v2/AdditionalPDPContexts/MultiplePDPContextPolicies", $below)
    };
}

#[test]
fn trusted_certificates_have_names() {
    check("14.5", E5, &[]);
    let empty = |path| (Error, "empty-certificate-name", "XML-16", path);
    let subject = e5(">CN=Fjell Provisioning, O=Fjell Mobil AS, C=NO<", "><");
    let path = "Provisioning/TrustedCertificates/TrustedCertificate/SubjectName";
    check("[XML-16]", &subject, &[empty(path)]);
    let issuer = e5(">CN=Example EV CA 3, O=Example Trust, C=NO<", ">\n \t<");
    let path = "Provisioning/TrustedCertificates/TrustedCertificate/IssuerName";
    check("[XML-153]", &issuer, &[empty(path)]);
    let no_name = e5(">CN=Example EV CA 3, O=Example Trust, C=NO<", ">no name at all<");
    let form = (Limit, "certificate-name-form", "SIG-25", path);
    check("[SIG-25]", &no_name, &[form]);
}

#[test]
fn refresh_urls_name_a_host() {
    let host: Row = (Limit, "refresh-url-host", "XML-156", URL);
    let characters: Row = (Limit, "refresh-url-characters", "XML-156", URL);
    for (url, expected) in [
        ("https://fjell.example", &[][..]),
        ("https://fjell.example.:8443/a?b#c", &[]),
        ("https://192.0.2.1/", &[]),
        ("https://[2001:db8::1]:443/", &[]),
        ("https://user@fjell.example/%20", &[]),
        ("https:///refresh", &[host]),
        ("https://?a", &[host]),
        ("https://fjell..example/", &[host]),
        ("https://-fjell.example/", &[host]),
        ("https://fjell_example/", &[host]),
        ("https://fjell.example:/", &[host]),
        ("https://fjell.example:0/", &[host]),
        ("https://fjell.example:65536/", &[host]),
        ("https://[2001:db8::1::2]/", &[host]),
        ("https://fjell.example/a b", &[characters]),
        ("https://fjøl.example/", &[characters]),
    ] {
        let document = e5(">https://provision.fjell.example/refresh/4711<", &format!(">{url}<"));
        check("[XML-156]", &document, expected);
    }
}

#[test]
fn a_password_alone_is_not_presented() {
    let alone = e5("<UserName>refresh-4711</UserName>", "");
    let path = "Provisioning/RefreshParameters/Password";
    check("[XML-157]", &alone, &[(Warning, "password-alone", "XML-157", path)]);
    check("[XML-157]", &e5("<Password>r3fresh-Demo</Password>", ""), &[]);
    let neither = replace_once(&alone, "<Password>r3fresh-Demo</Password>", "");
    check("[XML-157]", &neither, &[]);
}

#[test]
fn policies_without_effect_are_remarked() {
    let warn = |code, id, path: &'static str| (Warning, code, id, path);
    let apps = policies!("/PDPContextPolicy/AppIDList");
    let context = policies!("/PDPContextPolicy/Context");
    let nobody = e5("<AppID>FjellMobil.TV_8ab0cdefghjkm</AppID>", "");
    check("[XML-175]", &nobody, &[warn("no-apps", "XML-175", apps)]);
    let unsupported = e5("Support=\"true\"", "Support=\"false\"");
    let code = "policies-without-support";
    check("[PDP-05], DV-4", &unsupported, &[warn(code, "PDP-05", policies!(""))]);
    check("[PDP-05], DV-5", &e5(" MultiplePDPContextSupport=\"true\"", ""), &[]);
    let nowhere = e5("<AccessString>tv.fjell.example</AccessString>", "");
    check("[PDP-06]", &nowhere, &[warn("policy-without-apn", "PDP-06", context)]);
    let (_, after) = E5.split_once("<PDPContextPolicy>").expect("a policy");
    let (one, _) = after.split_once("</PDPContextPolicy>").expect("a policy");
    let second = format!("<PDPContextPolicy>{one}</PDPContextPolicy></MultiplePDPContextPolicies>");
    let twice = e5("</MultiplePDPContextPolicies>", &second);
    check(
        "[PDP-07]",
        &twice,
        &[warn("duplicate-policy", "PDP-07", policies!("/PDPContextPolicy"))],
    );
    let other = second.replace("Fjell TV", "Fjell Radio");
    check("[PDP-07]", &e5("</MultiplePDPContextPolicies>", &other), &[]);
}

#[test]
fn a_policy_for_the_internet_is_remarked() {
    let (_, extensions) = E5.split_once("</Provisioning>").expect("extensions");
    let extensions = extensions.trim_end().strip_suffix(END).expect("the end");
    let internet = |apn: &str| {
        let extensions = extensions.replace("tv.fjell.example", apn);
        replace_once(E2, END, &format!("{extensions}{END}"))
    };
    let path = policies!("/PDPContextPolicy/Context/AccessString");
    let expected = [(Warning, "internet-apn", "PDP-12", path)];
    check("[PDP-12]", &internet("Data.Fjell.Example"), &expected);
    check("[PDP-12]", &internet("tv.fjell.example"), &[]);
}

#[test]
fn contexts_of_extensions_keep_to_the_limits_of_the_generator() {
    let access = |apn: &str| e5(">share.fjell.example<", &format!(">{apn}<"));
    let path = "Extensions/Extensions_v2/AdditionalPDPContexts/TetheringSettings/\
        TetheringProfile/Context/AccessString";
    check("[XML-174]", &access(&"a".repeat(99)), &[]);
    check("[XML-56], [XML-174]", &access(&"a".repeat(100)), &[(Limit, "too-long", "XML-56", path)]);
    let logon = |length: usize| {
        let password = format!("<Password>{}</Password>", "a".repeat(length));
        let logon = format!(
            "</AccessString><UserLogonCred><UserName>a</UserName>{password}</UserLogonCred>"
        );
        e5("tv.fjell.example</AccessString>", &format!("tv.fjell.example{logon}"))
    };
    let path = policies!("/PDPContextPolicy/Context/UserLogonCred/Password");
    check("[XML-174]", &logon(255), &[]);
    check("[XML-56], [XML-174]", &logon(256), &[(Limit, "too-long", "XML-56", path)]);
    // [TET-18]: sharing without a context of its own is legal and meant.
    let (before, rest) = E5.split_once("<TetheringProfile>").expect("a profile");
    let (_, after) = rest.split_once("</TetheringProfile>").expect("a profile");
    check("[XML-171], [TET-18]", &format!("{before}{after}"), &[]);
}

#[test]
fn a_second_extensions_v2_is_beyond_the_generator() {
    let second = "<Extensions_v2 xmlns=\"http://www.microsoft.com/networking/CarrierControl/v2\"/>\
        </Extensions>";
    let expected = [(Limit, "foreign-elements", "XML-160", "Extensions")];
    check("[XML-07], [XML-160]", &e5("</Extensions>", second), &expected);
}

#[test]
fn a_document_of_ours_keeps_to_limits_but_may_have_warnings() {
    let document = |url: &str, password: Option<&str>| {
        let mut provisioning = support::e5::e5().provisioning().cloned().expect("a part");
        provisioning.refresh = Some(RefreshParameters {
            delay: None,
            url: RefreshUrl::parse(url).expect("a URL"),
            user_name: None,
            password: password.and_then(|text| RefreshPassword::parse(text).ok()),
        });
        let parts = Parts { provisioning: Some(provisioning), ..Parts::default() };
        Document::new(support::global(None), parts)
    };
    // A password alone is only remarked on; a host is needed.
    assert!(document("https://a/", Some("b")).is_ok());
    let refused = document("https://a/ü", None).expect_err("refused");
    assert_eq!(
        refused.to_string(),
        "Provisioning/RefreshParameters/RefreshURL: characters that a URI lacks; escape them with \
         % [XML-156]"
    );
}
