//! Revocation by lists that the caller brings.

mod support;

use carrier::chain::{ChainError, CrlDer, Revocation, RevocationPolicy};
use carrier::verify::{Consent, Refusal, Trust, verify};
use support::{certificates, crl, moment, now, signed_e1};

use RevocationPolicy::{Hard, Soft};

#[track_caller]
fn check(leaf: &str, lists: &[&str], policy: RevocationPolicy, expected: Option<ChainError>) {
    let crls: Vec<CrlDer> = lists.iter().map(|name| crl(name)).collect();
    let found = judged(leaf, &crls, policy, now());
    assert_eq!(found, expected.map_or(Ok(()), |e| Err(Refusal::Chain(e))), "{leaf} {lists:?}");
    if let Err(refusal) = found {
        assert_eq!((refusal.hresult().to_string().as_str(), refusal.result()), ("82170004", 4));
    }
}

fn judged(
    leaf: &str,
    crls: &[CrlDer],
    policy: RevocationPolicy,
    at: carrier::Timestamp,
) -> Result<(), Refusal> {
    let chain = [&format!("revocation/{leaf}"), "revocation/issuing"];
    let document = signed_e1(&chain, str::to_owned);
    let roots = certificates(&["revocation/root"]);
    let trust = Trust {
        revocation: Revocation { crls, policy },
        ..Trust::of_web_site(&roots, at, Consent::Given)
    };
    verify(document.as_bytes(), &trust).map(|_| ())
}

/// [SIG-26], [SIG-19], [XML-193]
#[test]
fn revoked_certificates_are_refused_softly_or_hard() {
    let (revoked, unknown) = (Some(ChainError::Revoked), Some(ChainError::RevocationUnknown));
    for (leaf, lists, softly, hard) in [
        ("leaf", &["issuing", "root"][..], None, None),
        ("revoked", &["issuing", "root"], revoked, revoked),
        ("revoked", &["none", "issuing", "root"], revoked, revoked),
        ("revoked", &["none", "root"], None, None),
        ("leaf", &["issuing", "root_revokes_issuing"], revoked, revoked),
        // A list of every authority of the chain is wanted.
        ("leaf", &["issuing"], None, unknown),
        ("leaf", &["root"], None, unknown),
        ("leaf", &[], None, unknown),
        ("revoked", &[], None, unknown),
        // The root's list has the leaf's number, which counts for the root's own certificates.
        ("revoked", &["root"], None, unknown),
        // A list that has ended still revokes, but vouches for nobody.
        ("revoked", &["ended", "root"], revoked, revoked),
        ("leaf", &["ended", "root"], None, unknown),
        ("revoked", &["early", "root"], None, unknown),
        // Somebody else's list of the same name, and a list of a part.
        ("revoked", &["stranger", "root"], None, unknown),
        ("revoked", &["partial", "root"], None, unknown),
    ] {
        check(leaf, lists, Soft, softly);
        check(leaf, lists, Hard, hard);
    }
    assert_eq!(RevocationPolicy::default(), Soft, "the walled garden has no lists");
}

/// [SIG-26]
#[test]
fn the_time_of_a_list_is_that_of_the_verification() {
    let lists = |names: &[&str]| names.iter().map(|name| crl(name)).collect::<Vec<_>>();
    let (ended, early) = (lists(&["ended", "root"]), lists(&["early", "root"]));
    let unknown = Err(Refusal::Chain(ChainError::RevocationUnknown));
    let revoked = Err(Refusal::Chain(ChainError::Revoked));
    let end = |text| moment(text);
    assert_eq!(judged("leaf", &ended, Hard, end("2025-01-01T00:00:00Z")), Ok(()));
    assert_eq!(judged("leaf", &ended, Hard, end("2025-01-01T00:00:01Z")), unknown);
    assert_eq!(judged("revoked", &early, Soft, end("2089-12-31T23:59:59Z")), Ok(()));
    assert_eq!(judged("revoked", &early, Soft, end("2090-01-01T00:00:00Z")), revoked);
}

#[test]
fn what_is_no_list_is_as_good_as_absent() {
    let mut cut = crl("issuing").as_bytes().to_vec();
    cut.pop();
    let mut longer = crl("issuing").as_bytes().to_vec();
    longer.push(0);
    let mut changed = crl("issuing").as_bytes().to_vec();
    *changed.last_mut().expect("octets") ^= 1;
    for octets in [Vec::new(), cut, longer, changed] {
        let crls = [CrlDer::new(octets), crl("root")];
        assert_eq!(judged("revoked", &crls, Soft, now()), Ok(()));
        let unknown = Err(Refusal::Chain(ChainError::RevocationUnknown));
        assert_eq!(judged("revoked", &crls, Hard, now()), unknown);
    }
}
