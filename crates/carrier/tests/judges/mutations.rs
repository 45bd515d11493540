//! Documents that are changed after signing, or signed outside the profile: refused here with
//! the right code, and by every judge but where `divergences.txt` says why not.
//!
//! Not here: documents that are right ([`super`]).

use std::collections::BTreeSet;

use carrier::verify::{Consent, Refusal, Trust, verify};

use super::bench::{folder, present_judges};
use super::support::{self, END, certificates, now, replace_once, signed_e1};
use super::{generated, signed, stored};

/// What judges accept although it is refused here: mutation, judges, reason.
const DIVERGENCES: &str = include_str!("divergences.txt");

const CHAIN: [&str; 2] = ["leaf", "issuing"];
const ENVELOPED: &str =
    "<Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></Transform>";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

/// A document that must be refused with one of these codes.
struct Mutation {
    name: String,
    text: String,
    codes: &'static [&'static str],
}

fn mutation(name: &str, text: String, codes: &'static [&'static str]) -> Mutation {
    Mutation { name: name.to_owned(), text, codes }
}

/// Signed with a key that is right, in a form that is not: SignedInfo changed before signing.
fn outside_the_profile() -> Vec<Mutation> {
    let with = |from: &str, to: &str| signed_e1(&CHAIN, |info| replace_once(info, from, to));
    let method = |name: &str| with("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", name);
    let exclusive = "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></Transform>";
    let twice = signed_e1(&CHAIN, |info| {
        let (start, rest) = info.split_once("<Reference").expect("a reference");
        let (reference, _) = rest.split_once("</SignedInfo>").expect("its end");
        format!("{start}<Reference{reference}<Reference{reference}</SignedInfo>")
    });
    vec![
        mutation("SV-9-transform", with(ENVELOPED, &format!("{ENVELOPED}{exclusive}")), &INVALID),
        mutation("SIG-07-no-enveloped", with(ENVELOPED, exclusive), &INVALID),
        mutation("SV-10-uri", with("URI=\"\"", "URI=\"#x\""), &INVALID),
        mutation("SV-10-references", twice, &INVALID),
        mutation(
            "SIG-04-c14n11",
            with(INCLUSIVE, "http://www.w3.org/2006/12/xml-c14n11"),
            &INVALID,
        ),
        mutation("SV-19-hmac", method("http://www.w3.org/2000/09/xmldsig#hmac-sha1"), &SIGNATURE),
        mutation("SIG-12-unknown", method("urn:x"), &SIGNATURE),
    ]
}

/// Signed rightly, with certificates that are not.
fn certificates_of_others() -> Vec<Mutation> {
    let chain = |names: &[&str]| signed_e1(names, str::to_owned);
    let e1 = chain(&CHAIN);
    let without_key_info = e1.split_once("<KeyInfo>").expect("a KeyInfo").0.to_owned();
    let bare = "<KeyInfo><KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent>\
                </RSAKeyValue></KeyValue></KeyInfo>";
    let named = "<X509Data><X509SubjectName>CN=a</X509SubjectName>";
    vec![
        mutation("SV-11", format!("{without_key_info}</Signature>{END}"), &["82170007"]),
        mutation(
            "SIG-27-bare-key",
            format!("{without_key_info}{bare}</Signature>{END}"),
            &["82170007"],
        ),
        mutation("SV-12", replace_once(&e1, "<X509Data>", named), &INVALID),
        mutation("SV-13-no-ev", chain(&["no_ev", "issuing"]), &["8217000d"]),
        mutation(
            "SV-13-no-digital-signature",
            chain(&["no_digital_signature", "issuing"]),
            &["8217000d"],
        ),
        mutation("expired", chain(&["expired", "issuing"]), &UNTRUSTED),
        mutation("self-signed", chain(&["self_signed"]), &UNTRUSTED),
        mutation("below-a-leaf", chain(&["below_leaf", "leaf", "issuing"]), &UNTRUSTED),
        mutation("X5-leaf-only", chain(&["leaf"]), &UNTRUSTED),
        mutation("leaf-last", chain(&["issuing", "leaf"]), &SIGNATURE),
        mutation("SIG-12-small-key", chain(&["small", "issuing"]), &SIGNATURE),
    ]
}

/// Changes of structure after signing.
fn structure(name: &str, text: &str) -> Vec<Mutation> {
    let m = |id: &str, text: String, codes| mutation(&format!("{id}/{name}"), text, codes);
    let signature = &text[text.find("<Signature").expect("a signature")..];
    let signature = signature.strip_suffix(END).expect("the end tag");
    let unsigned = text.replacen(signature, "", 1);
    let global_end = |to: &str| text.replacen("</Global>", to, 1);
    vec![
        m("SV-7-blank", global_end("</Global> "), &DIGEST),
        m("instruction", global_end("</Global><?x y?>"), &DIGEST),
        m("cdata-blank", global_end("</Global><![CDATA[ ]]>"), &DIGEST),
        m("unsigned", unsigned.clone(), &["8217000e"]),
        m(
            "signature-first",
            text.replacen("<Global>", &format!("{signature}<Global>"), 1),
            &INVALID,
        ),
        m(
            "signature-moved",
            unsigned.replacen("<Global>", &format!("{signature}<Global>"), 1),
            &INVALID,
        ),
        m("wrapped", format!("<a>{text}</a>"), &INVALID),
        m("doctype", format!("<!DOCTYPE a>{text}"), &MALFORMED),
        m("two-roots", format!("{text}{text}"), &MALFORMED),
        m("trailing-text", format!("{text}x"), &MALFORMED),
        m("no-end", text[..text.len() - 1].to_owned(), &MALFORMED),
        m("prefix", text.replacen("<Global>", "<p:Global>", 1), &MALFORMED),
        m("entity", global_end("&x;</Global>"), &MALFORMED),
        m("control-character", global_end("&#1;</Global>"), &MALFORMED),
        m(
            "duplicate-attribute",
            text.replacen("<SignatureMethod ", "<SignatureMethod Algorithm=\"\" ", 1),
            &MALFORMED,
        ),
        m("foreign-attribute", text.replacen("<SignedInfo>", "<SignedInfo a=\"\">", 1), &INVALID),
        m("object", text.replacen("</Signature>", "<Object></Object></Signature>", 1), &INVALID),
        m("https", text.replacen("xmlns=\"http:", "xmlns=\"https:", 1), &INVALID),
        m(
            "second-x509data",
            text.replacen(
                "</KeyInfo>",
                "<X509Data><X509Certificate>AAAA</X509Certificate></X509Data></KeyInfo>",
                1,
            ),
            &INVALID,
        ),
        m("utf-16", format!("<?xml version=\"1.0\" encoding=\"utf-16\"?>{text}"), &MALFORMED),
        m("byte-order-mark", format!("\u{feff}{text}"), &MALFORMED),
    ]
}

/// Changes of one byte after signing, in each place that means something else.
fn single_bytes(name: &str, text: &str) -> Vec<Mutation> {
    let places: [(&str, &str, &[usize], &'static [&'static str]); 6] = [
        ("subscriber", "<SubscriberId>", &[0], &["82170005", "82170002"]),
        ("carrier", "<CarrierId>{", &[0, 3, 7], &["82170005", "82170002"]),
        ("value", "<SignatureValue>", &[0, 40, 170, 300], &["82170003", "82170002"]),
        ("digest", "<DigestValue>", &[0, 20, 40], &["82170003", "82170002"]),
        ("leaf", "<X509Certificate>", &[8, 200, 600, 900], &["82170003", "82170004", "82170002"]),
        ("name", "<Glob", &[0], &["82170001"]),
    ];
    let mut mutations = Vec::new();
    for (place, before, offsets, codes) in places {
        let start = text.find(before).expect("the place") + before.len();
        for offset in offsets {
            let mut bytes = text.as_bytes().to_vec();
            let byte = &mut bytes[start + offset];
            *byte = match *byte {
                b'A' => b'B',
                b'0' => b'1',
                b'a' => b'b',
                _ if place == "carrier" || place == "subscriber" => b'0',
                _ => b'A',
            };
            let text = String::from_utf8(bytes).expect("ASCII for ASCII");
            mutations.push(mutation(&format!("byte-{place}-{offset}/{name}"), text, codes));
        }
    }
    mutations
}

const MALFORMED: [&str; 1] = ["82170001"];
const INVALID: [&str; 1] = ["82170002"];
const SIGNATURE: [&str; 1] = ["82170003"];
const UNTRUSTED: [&str; 1] = ["82170004"];
const DIGEST: [&str; 1] = ["82170005"];

fn all() -> Vec<Mutation> {
    let mut mutations = outside_the_profile();
    mutations.extend(certificates_of_others());
    let documents = std::iter::once(support::e2()).chain(generated(4));
    for (index, document) in documents.enumerate() {
        let text = signed(&document);
        mutations.extend(structure(&index.to_string(), &text));
        mutations.extend(single_bytes(&index.to_string(), &text));
    }
    mutations
}

fn judged(text: &str) -> Result<(), Refusal> {
    let roots = certificates(&["root"]);
    let trust = Trust::of_web_site(&roots, now(), Consent::Given);
    verify(text.as_bytes(), &trust).map(drop)
}

#[test]
fn mutations_are_refused_with_the_right_code() {
    let mutations = all();
    assert!(mutations.len() >= 200, "{}", mutations.len());
    for Mutation { name, text, codes } in mutations {
        let code = judged(&text).expect_err(&name).hresult().to_string();
        assert!(codes.contains(&code.as_str()), "{name}: {code}, expected {codes:?}");
    }
}

#[test]
fn no_judge_accepts_what_is_refused_here_without_a_reason() {
    let mutations = all();
    let folder = folder("mutations");
    let files = stored(&folder, mutations.iter().map(|m| m.text.clone()));
    let kind = |m: &Mutation| m.name.split('/').next().unwrap_or_default().to_owned();
    let judges = present_judges();
    let mut found = BTreeSet::new();
    for judge in &judges {
        let verdicts = judge.verdicts(&files);
        let accepted = mutations.iter().zip(verdicts).filter(|(_, verdict)| verdict.is_ok());
        found.extend(accepted.map(|(m, _)| format!("{} {}", kind(m), judge.name())));
    }
    let lines = DIVERGENCES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut explained = BTreeSet::new();
    for line in lines {
        let (entry, reason) = line.split_once(": ").expect("names, colon, reason");
        assert!(reason.len() > 10, "{entry} has a reason");
        let mut words = entry.split(' ');
        let name = words.next().expect("a mutation");
        let by = words.filter(|word| judges.iter().any(|judge| judge.name() == *word));
        explained.extend(by.map(|judge| format!("{name} {judge}")));
    }
    assert_eq!(found, explained, "accepted by a judge on the left, explained on the right");
}
