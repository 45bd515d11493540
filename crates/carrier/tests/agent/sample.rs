//! The second sample of the sources. It is not part of this repository and may be absent.

use std::io::Write;
use std::path::Path;

use carrier::agent::{Caller, Decision, Host, Request, Stored, Warning, plan};
use carrier::document::PlanName;
use carrier::read::read;

use crate::fixture::{described, document_for, fold, now};

#[test]
fn the_second_sample_lacks_its_plan_and_brings_its_messages() {
    // NV-21, [XML-182]
    let path = "../../../shared/reference/samples/s3-2.xml";
    let Ok(text) = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)) else {
        let reason = "skipped: the samples are not at ../shared/reference/samples";
        writeln!(std::io::stdout(), "{reason}").expect("an open output");
        return;
    };
    let document = read(&text).expect("a document");
    let host = Host {
        modems: vec![crate::fixture::modem(1, crate::fixture::IMEI, &["1234567890"])],
        ..crate::fixture::host()
    };
    let service_number = document.global().carrier_id.clone();
    let carrier = service_number.to_string();
    let decide = |stored: &Stored| -> Decision {
        let caller = Caller::OperatorApp { service_number: service_number.clone() };
        plan(&Request { document: &document, signer: None, caller }, &host, stored, now())
    };
    let owner = carrier::agent::Owner::of(document.global());

    let decision = decide(&Stored::default());
    let results = carrier::results::write(&decision.results()).expect("legal values");
    assert!(results.as_str().contains("<MBNProfiles errorCode=\"80070490\">"), "{results:?}");
    assert!(!decision.results().all_elements_provisioned());
    let stored = fold(&Stored::default(), &decision);
    let subscription = stored.subscription(&owner).expect("something stored");
    assert_eq!(subscription.default_profile, None);
    assert_eq!(subscription.messages.len(), 2, "its messages are applied");
    assert!(decision.effects.is_empty());

    let plans = crate::fixture::plans(&[described("Limited", "")]);
    let of_plan = document_for(&carrier, "1234567890", "", &plans);
    let with_plan = fold(&stored, &crate::fixture::planned(&of_plan, &host, &stored));
    let decision = decide(&with_plan);
    assert_eq!(decision.number(), 0);
    let name = PlanName::parse("Limited").expect("a name");
    assert_eq!(decision.warnings, [Warning::PlanOnlyStored(name)]);
    let later = fold(&with_plan, &decision);
    let subscription = later.subscription(&owner).expect("something stored");
    assert!(subscription.default_profile.is_some(), "the stored plan is enough");
}
