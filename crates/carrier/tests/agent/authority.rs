//! Who may hand a document over, and what is reported when nobody may.

use carrier::agent::{Caller, Owner, Request, Stored, plan, refuse};
use carrier::document::SubscriberId;
use carrier::results::{Results, Version, read, write};
use carrier::verify::{Consent, Refusal, Trust, verify};

use crate::fixture::{
    CARRIER, OTHER_CARRIER, SUBSCRIBER, after, document, document_for, guid, host, mbn, now, owner,
    profile, signer,
};
use crate::support::{certificates, replace_once, signed_e1};

fn called(caller: Caller, is_signed: bool) -> (u8, String) {
    let document = document(&mbn(&profile("DefaultProfile", "Fjell", "")));
    let request = Request { document: &document, signer: is_signed.then(signer), caller };
    let decision = plan(&request, &host(), &Stored::default(), now());
    let is_refused = !matches!(decision.results(), Results::Tried { .. });
    assert_eq!(decision.changes.is_empty(), is_refused, "all or nothing");
    assert_eq!(decision.effects.is_empty(), is_refused);
    (decision.number(), root_code(&decision.results()))
}

/// The first code of a results document that is no success, or none.
fn root_code(results: &Results) -> String {
    let written = write(results).expect("legal values");
    let codes = written.as_str().split("errorCode=\"").skip(1);
    let codes = codes.filter_map(|rest| rest.get(..8)).map(str::to_owned);
    codes.into_iter().find(|code| code != "00000000").unwrap_or_default()
}

#[test]
fn only_the_own_app_signed_sites_and_own_refreshes_provision() {
    let app = |number: &str| Caller::OperatorApp { service_number: guid(number) };
    let refresh = |carrier: &str, subscriber: &str| Caller::Refresh {
        owner: Owner::new(&guid(carrier), SubscriberId::parse(subscriber).expect("an id")),
    };
    let fine = (0, String::new());
    let denied = (1, "80070005".to_owned());
    let unsigned = (3, "8217000e".to_owned());
    for (caller, is_signed, expected) in [
        (app(CARRIER), false, &fine),
        (app(&CARRIER.to_uppercase()), false, &fine), // [XML-14]
        (app(OTHER_CARRIER), false, &denied),         // [XML-27], [XML-189]
        (app(OTHER_CARRIER), true, &denied),
        (Caller::WebSite, true, &fine),
        (Caller::WebSite, false, &unsigned), // [XML-198]
        (refresh(CARRIER, SUBSCRIBER), true, &fine),
        (refresh(CARRIER, SUBSCRIBER), false, &unsigned), // [SIG-30]
        (refresh(CARRIER, "001019876543211"), true, &denied), // RF-2, [RFR-08]
        (refresh(OTHER_CARRIER, SUBSCRIBER), true, &denied),
    ] {
        assert_eq!(&called(caller.clone(), is_signed), expected, "{caller:?}, {is_signed}");
    }
}

/// Has the verifier judge a document that it refuses.
fn refusal_of(text: &str) -> Refusal {
    let roots = certificates(&["root"]);
    let trust = Trust::of_web_site(&roots, now(), Consent::Given);
    verify(text.as_bytes(), &trust).expect_err("a refusal")
}

#[test]
fn refusals_of_the_verifier_are_failed_calls_or_failed_signatures() {
    // [XML-185]: steps 1 to 3; [XML-188], [XML-199], [XML-206].
    let signed = signed_e1(&["leaf", "issuing"], str::to_owned);
    for (text, code, number, is_call) in [
        (replace_once(&signed, "<Global>", "<Global"), "82170001", 2, true),
        (replace_once(&signed, "<Global>", "<Global x=\"\">"), "82170002", 2, true),
        (crate::support::E1.to_owned(), "8217000e", 3, false),
        (replace_once(&signed, SUBSCRIBER, "001019876543211"), "82170005", 4, false),
    ] {
        let refusal = refusal_of(&text);
        let told = (&Stored::default(), now());
        let decision = refuse(&refusal, None, &Caller::WebSite, told);
        assert_eq!(root_code(&decision.results()), code);
        assert_eq!(decision.number(), number, "{code}");
        assert_eq!(matches!(decision.results(), Results::CallFailed { .. }), is_call, "{code}");
        assert!(decision.changes.is_empty() && decision.effects.is_empty());
    }
}

#[test]
fn example_14_9_tampered_file_is_what_a_refused_digest_reports() {
    let text = signed_e1(&["leaf", "issuing"], str::to_owned);
    let text = replace_once(&text, SUBSCRIBER, "001019876543211");
    let refusal = refusal_of(&text);
    let told = (&Stored::default(), now());
    let document = carrier::read::read(crate::support::E1.as_bytes()).expect("a document");
    let decision = refuse(&refusal, Some(&document), &Caller::WebSite, told);
    let expected = read(include_bytes!("../vectors/results-tampered.xml"));
    assert_eq!(Ok(decision.results()), expected);
    // [XML-208]: what has plans is answered in version 2.
    let with_plans = carrier::read::read(crate::support::E2.as_bytes()).expect("a document");
    let decision = refuse(&refusal, Some(&with_plans), &Caller::WebSite, told);
    assert_eq!(decision.results().version(), Version::V2);
}

#[test]
fn nothing_of_another_operator_or_customer_is_touched() {
    // [XML-28], [XML-94]
    let own = mbn(&profile("DefaultProfile", "Fjell", ""));
    let stored = after(&[&own, &crate::fixture::wlan(&[("A", 5, "")])]);
    for (carrier, subscriber) in [(OTHER_CARRIER, SUBSCRIBER), (CARRIER, "001019876543211")] {
        let parts = format!("{own}<WLANProfiles/>");
        let other = document_for(carrier, subscriber, "", &parts);
        let mut host = host();
        host.modems.push(crate::fixture::modem(2, "004999010640001", &[]));
        let decision = crate::fixture::planned(&other, &host, &stored);
        assert_eq!(decision.number(), 0);
        let later = crate::fixture::fold(&stored, &decision);
        assert_eq!(later.subscription(&owner()), stored.subscription(&owner()));
        assert_eq!(later.subscriptions().count(), 2);
    }
    // The case of a GUID means nothing [XML-14].
    let same = document_for(&CARRIER.to_uppercase(), SUBSCRIBER, "", "<WLANProfiles/>");
    let decision = crate::fixture::planned(&same, &host(), &stored);
    assert_eq!(decision.changes.len(), 1);
}

#[test]
fn a_document_needs_no_more_than_for_whom_it_is() {
    // [XML-181]
    let decision = crate::fixture::planned(&document(""), &host(), &Stored::default());
    assert_eq!((decision.number(), decision.changes, decision.effects), (0, vec![], vec![]));
}

#[test]
fn stored_names_have_three_parts() {
    // [XML-28]
    let name = carrier::document::ProfileName::parse("Fjell Internet").expect("a name");
    assert_eq!(owner().stored_name(&name), format!("{CARRIER}-{SUBSCRIBER}-Fjell Internet"));
}
