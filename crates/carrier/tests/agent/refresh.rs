//! Trust in future documents and the schedule of the refresh.

use carrier::Timestamp;
use carrier::agent::{Caller, Request, Stored, plan, refresh, refuse};
use carrier::chain::inspect;
use carrier::hresult::Hresult;
use carrier::verify::{Consent, Known, Refusal, Source, Trust, verify};

use crate::fixture::{
    CARRIER, OK, OTHER_CARRIER, SUBSCRIBER, after, code, document, document_for, fold, host, now,
    of, owner, planned, planned_at, signer,
};
use crate::support::{certificate, certificates, signed_e1};

const DAY_S: i64 = 86_400;

fn day(days: i64) -> Timestamp {
    now() + jiff::SignedDuration::from_secs(days * DAY_S)
}

/// A section with these trusted subjects, all of one issuer, and these parameters.
fn provisioning(subjects: &[&str], refresh: &str) -> String {
    let certificate = |subject: &&str| {
        format!(
            "<TrustedCertificate xmlns:b=\
             \"http://www.microsoft.com/networking/CarrierControl/Base/v1\">\
             <b:SubjectName>CN={subject}</b:SubjectName><b:IssuerName>CN=CA</b:IssuerName>\
             </TrustedCertificate>"
        )
    };
    let list: String = subjects.iter().map(certificate).collect();
    let list = match subjects {
        [] => String::new(),
        _ => format!("<TrustedCertificates>{list}</TrustedCertificates>"),
    };
    format!("<Provisioning>{list}{refresh}</Provisioning>")
}

fn every(days: &str) -> String {
    let delay = match days {
        "" => String::new(),
        days => format!("<DelayInDays>{days}</DelayInDays>"),
    };
    format!(
        "<RefreshParameters>{delay}<RefreshURL>https://fjell.example/4711</RefreshURL>\
         <UserName>refresh</UserName><Password>r3fresh-Demo</Password></RefreshParameters>"
    )
}

fn subjects(stored: &Stored) -> Vec<String> {
    let names = refresh::trusted(stored, &owner());
    names.iter().map(|name| name.subject.to_string()).collect()
}

fn due(stored: &Stored) -> Option<Timestamp> {
    refresh::next_deadline(stored).map(|(due, _)| due)
}

#[test]
fn trusted_names_are_kept_for_future_documents() {
    // [XML-152], [XML-153]: names, not thumbprints; a list that is present replaces the stored
    // one.
    let stored = after(&[&provisioning(&["a", "b"], "")]);
    assert_eq!(subjects(&stored), ["CN=a", "CN=b"]);
    for (parts, expected) in [
        ("", vec!["CN=a", "CN=b"]),
        ("<Provisioning/>", vec!["CN=a", "CN=b"]), // [XML-159]: no effect.
        (&provisioning(&["c"], ""), vec!["CN=c"]),
        (&provisioning(&[], &every("1")), vec!["CN=a", "CN=b"]),
    ] {
        let decision = planned(&document(parts), &host(), &stored);
        assert_eq!(decision.number(), 0);
        assert_eq!(subjects(&fold(&stored, &decision)), expected, "{parts}");
        assert!(decision.effects.is_empty());
    }
    let decision = planned(&document("<Provisioning/>"), &host(), &stored);
    assert_eq!(decision.changes, [], "[XML-159]");
}

#[test]
fn refreshed_documents_trust_only_names_for_the_same_customer() {
    // [SIG-21]: known to web sites are the names of all documents; [SIG-30]: to a refresh, those
    // of the documents that configured it.
    let mut stored = after(&[&provisioning(&["a"], "")]);
    let other = document_for(OTHER_CARRIER, SUBSCRIBER, "", &provisioning(&["o"], ""));
    stored = fold(&stored, &planned(&other, &host(), &stored));
    assert_eq!(refresh::known(&stored).len(), 2);
    assert_eq!(subjects(&stored), ["CN=a"]);
    assert_eq!(refresh::trusted(&Stored::default(), &owner()), []);
}

#[test]
fn a_refreshed_document_is_believed_by_the_names_of_an_earlier_one() {
    // [SIG-30], [SIG-31], RF-3
    let leaf = certificate("leaf");
    let facts = inspect(leaf.as_bytes()).expect("a certificate");
    let text = signed_e1(&["leaf", "issuing"], str::to_owned);
    let roots = certificates(&["root"]);
    for (subject, is_known) in [(facts.subject.as_str(), true), ("CN=Somebody", false)] {
        let provisioning = provisioning(&["x"], &every("14"));
        let provisioning = provisioning.replace("CN=x", subject).replace("CN=CA", &facts.issuer);
        let stored = after(&[&provisioning]);
        let names = refresh::trusted(&stored, &owner());
        let source = Source::Refresh { known: Known { names: &names, ..Known::default() } };
        let trust = Trust { source, ..Trust::of_web_site(&roots, now(), Consent::Refused) };
        let caller = Caller::Refresh { owner: owner() };
        let decision = match verify(text.as_bytes(), &trust) {
            Ok(verified) => {
                let document = verified.document().expect("a document");
                let request = Request { document: &document, signer: Some(signer()), caller };
                plan(&request, &host(), &stored, day(20))
            }
            Err(refusal) => refuse(&refusal, None, &caller, (&stored, day(20))),
        };
        assert_eq!(decision.number() == 0, is_known, "{subject}");
        assert_eq!(due(&fold(&stored, &decision)), Some(day(34)), "{subject}");
    }
}

#[test]
fn a_refresh_is_due_after_its_delay() {
    // RF-1, [XML-154], [XML-155], [XML-156]
    for (days, expected) in [("14", Some(day(14))), ("1", Some(day(1))), ("730", Some(day(730)))] {
        let stored = after(&[&provisioning(&[], &every(days))]);
        assert_eq!(due(&stored), expected);
        let schedule = of(&stored).refresh.expect("a schedule");
        assert_eq!(schedule.parameters.url.reveal(), "https://fjell.example/4711");
        let almost = expected.expect("a time") - jiff::SignedDuration::from_secs(1);
        assert!(!schedule.is_due(almost));
        assert!(schedule.is_due(almost + jiff::SignedDuration::from_secs(1)));
    }
    let late = document(&provisioning(&[], &every("730")));
    let decision = planned_at(&late, &host(), &Stored::default(), Timestamp::MAX);
    assert_eq!(due(&fold(&Stored::default(), &decision)), Some(Timestamp::MAX));
}

#[test]
fn without_a_delay_only_a_message_asks_for_a_refresh() {
    // [XML-158]
    let stored = after(&[&provisioning(&[], &every(""))]);
    assert_eq!(due(&stored), None);
    let change = refresh::trigger(&stored, &owner(), day(3)).expect("a change");
    let mut asked = stored.clone();
    asked.apply(&change);
    assert_eq!(due(&asked), Some(day(4)), "a day after the message at the latest");
    assert_eq!(refresh::trigger(&asked, &owner(), day(4)), None, "asked for already");
    let change = refresh::rearm(&asked, &owner(), day(4)).expect("a change");
    asked.apply(&change);
    assert_eq!(asked, stored, "the attempt is over");
    assert_eq!(refresh::trigger(&Stored::default(), &owner(), now()), None);
    assert_eq!(refresh::rearm(&Stored::default(), &owner(), now()), None);
    assert_eq!(refresh::failed(&Stored::default(), &owner(), now()), None);
}

#[test]
fn a_document_that_arrives_sets_the_next_attempt() {
    let stored = after(&[&provisioning(&["a"], &every("14"))]);
    let again = |parts: &str, caller: Caller| {
        let document = document(parts);
        let request = Request { document: &document, signer: Some(signer()), caller };
        let decision = plan(&request, &host(), &stored, day(20));
        assert_eq!(decision.number(), 0);
        due(&fold(&stored, &decision))
    };
    let refresh = || Caller::Refresh { owner: owner() };
    assert_eq!(again(&provisioning(&[], &every("7")), refresh()), Some(day(27)));
    assert_eq!(again("<Provisioning/>", refresh()), Some(day(34)), "the parameters stay");
    assert_eq!(again("", refresh()), Some(day(34)));
    assert_eq!(again("", Caller::WebSite), Some(day(14)), "the attempt is still due");
}

#[test]
fn a_refresh_by_an_unknown_signer_leaves_everything_and_waits() {
    // RF-3, [SIG-31]: rejected silently, the next attempt after the delay.
    let wlan = crate::fixture::wlan(&[("A", 5, "")]);
    let stored = after(&[&format!("{wlan}{}", provisioning(&["a"], &every("14")))]);
    let told = (&stored, day(20));
    let caller = Caller::Refresh { owner: owner() };
    let decision = refuse(&Refusal::ConsentRefused, None, &caller, told);
    assert_eq!(decision.number(), 5); // [XML-199]
    assert!(decision.effects.is_empty());
    let later = fold(&stored, &decision);
    assert_eq!(due(&later), Some(day(34)));
    let mut same = of(&later);
    same.refresh = of(&stored).refresh;
    assert_eq!(same, of(&stored), "the previous configuration stays");
    let decision = refuse(&Refusal::ConsentRefused, None, &Caller::WebSite, told);
    assert!(decision.changes.is_empty());
    // RF-2, [RFR-08]: a document for another customer, or of another operator, counts as an
    // attempt too.
    for (carrier, subscriber) in
        [(OTHER_CARRIER, SUBSCRIBER), (OTHER_CARRIER, "001015555555555"), (CARRIER, "0010155555")]
    {
        let other = document_for(carrier, subscriber, "", &wlan);
        let caller = caller.clone();
        let request = Request { document: &other, signer: Some(signer()), caller };
        let decision = plan(&request, &host(), &stored, day(20));
        assert!(decision.effects.is_empty(), "{carrier} {subscriber}");
        assert_eq!(fold(&stored, &decision), later, "{carrier} {subscriber}");
    }
    let same = document_for(CARRIER, SUBSCRIBER, "", &wlan);
    let request = Request { document: &same, signer: Some(signer()), caller };
    assert_eq!(plan(&request, &host(), &stored, day(20)).number(), 0);
}

#[test]
fn parts_of_the_section_are_reported() {
    let parts = provisioning(&["a"], &every("14"));
    let decision = planned(&document(&parts), &host(), &Stored::default());
    assert_eq!(code(&decision, "TrustedCertificates"), Some(OK));
    assert_eq!(code(&decision, "RefreshParameters"), Some(OK));
    let failing = format!(
        "{}{parts}",
        crate::fixture::mbn(&crate::fixture::profile("DefaultProfile", "A", "P"))
    );
    let decision = planned(&document(&failing), &host(), &Stored::default());
    let results = carrier::results::write(&decision.results()).expect("legal values");
    let section = format!("<Provisioning errorCode=\"{}\">", Hresult::SUCCESS);
    assert!(results.as_str().contains(&section), "{}", results.as_str()); // [XML-209]
}

#[test]
fn credentials_of_the_refresh_do_not_print() {
    // [XML-157]
    let stored = after(&[&provisioning(&["a"], &every("14"))]);
    let printed = format!("{stored:?}");
    for secret in ["r3fresh-Demo", "4711", SUBSCRIBER] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
