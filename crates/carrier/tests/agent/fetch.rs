//! How the next document is fetched.

use carrier::agent::fetch::{ACCEPT, Answer, BODY_BYTES_MAX, Fault, Fetch, Heard};
use carrier::document::{RefreshParameters, RefreshPassword, RefreshUrl, RefreshUserName};

const URL: &str = "https://fjell.example/refresh/4711";

fn parameters(url: &str, user_name: Option<&str>) -> RefreshParameters {
    RefreshParameters {
        delay: None,
        url: RefreshUrl::parse(url).expect("a URL"),
        user_name: user_name.map(|name| RefreshUserName::parse(name).expect("a name")),
        password: RefreshPassword::parse("r3fresh-Demo").ok(),
    }
}

/// What came of the answers, one after the other: each request that followed, as `URL` or
/// `URL with NAME`, and the end.
fn told(parameters: RefreshParameters, answers: &[Answer<'_>]) -> (Vec<String>, Option<Heard>) {
    let mut fetch = Fetch::new(parameters);
    let shown = |fetch: &Fetch| {
        let request = fetch.request();
        let url = request.url.reveal();
        match request.credentials {
            Some((name, password)) => {
                assert_eq!(password.map(|password| password.reveal()), Some("r3fresh-Demo"));
                format!("{url} with {}", name.reveal())
            }
            None => url.to_owned(),
        }
    };
    let mut requests = vec![shown(&fetch)];
    for answer in answers {
        match fetch.answered(answer) {
            Heard::Again(again) => {
                fetch = *again;
                requests.push(shown(&fetch));
            }
            end => return (requests, Some(end)),
        }
    }
    (requests, None)
}

fn status(status: u16) -> Answer<'static> {
    Answer { status, ..Answer::default() }
}

fn to(location: &str) -> Answer<'_> {
    Answer { status: 302, location: Some(location), ..Answer::default() }
}

fn asks() -> Answer<'static> {
    Answer { status: 401, challenge: Some("Basic realm=\"refresh\""), ..Answer::default() }
}

fn with_body(body_bytes: u64) -> Answer<'static> {
    Answer { status: 200, body_bytes, ..Answer::default() }
}

#[test]
fn answers_without_a_document_are_told_apart() {
    // [RFR-04]
    assert_eq!(ACCEPT, "application/xml");
    assert_eq!(BODY_BYTES_MAX, 1_048_576);
    for (answer, expected) in [
        (with_body(1), Heard::Document),
        (with_body(BODY_BYTES_MAX), Heard::Document),
        (with_body(BODY_BYTES_MAX + 1), Heard::Failed(Fault::TooLong)),
        (status(204), Heard::Unchanged),
        (status(304), Heard::Unchanged),
        (status(206), Heard::Failed(Fault::Status(206))),
        (status(403), Heard::Failed(Fault::Status(403))),
        (status(429), Heard::Failed(Fault::Status(429))),
        (status(503), Heard::Failed(Fault::Status(503))),
        (status(302), Heard::Failed(Fault::Redirect)),
        (status(401), Heard::Failed(Fault::Credentials)),
    ] {
        let (requests, end) = told(parameters(URL, Some("r")), &[answer]);
        assert_eq!((requests.as_slice(), end), (&[URL.to_owned()][..], Some(expected)));
    }
}

#[test]
fn credentials_are_sent_to_the_host_of_the_url_once_it_asks() {
    // [RFR-02], [RFR-04]
    let named = || parameters(URL, Some("r"));
    let with = format!("{URL} with r");
    let refused = Some(Heard::Failed(Fault::Credentials));
    let document = Some(Heard::Document);
    let own = "https://FJELL.example:443/b";
    let digest = Answer { challenge: Some("Digest realm=\"refresh\""), ..asks() };
    for (parameters, answers, requests, end) in [
        (named(), vec![asks(), with_body(1)], vec![URL, &with], document.clone()),
        (named(), vec![asks(), asks()], vec![URL, &with], refused.clone()),
        (named(), vec![digest], vec![URL], refused.clone()),
        (parameters(URL, None), vec![asks()], vec![URL], refused.clone()),
        // After a redirect the host is asked again before it is told.
        (
            named(),
            vec![asks(), to("/b"), asks(), with_body(1)],
            vec![URL, &with, "https://fjell.example/b", "https://fjell.example/b with r"],
            document.clone(),
        ),
        (
            named(),
            vec![to(own), asks(), with_body(1)],
            vec![URL, own, &format!("{own} with r")],
            document,
        ),
        // Another host, another port: nothing is told.
        (
            named(),
            vec![to("https://evil.example/b"), asks()],
            vec![URL, "https://evil.example/b"],
            refused.clone(),
        ),
        (
            named(),
            vec![to("//fjell.example:8443/b"), asks()],
            vec![URL, "https://fjell.example:8443/b"],
            refused.clone(),
        ),
        (
            named(),
            vec![to("https://fjell.example@evil.example/b"), asks()],
            vec![URL, "https://fjell.example@evil.example/b"],
            refused,
        ),
    ] {
        let found = told(parameters, &answers);
        assert_eq!(found, (requests.iter().map(ToString::to_string).collect(), end), "{answers:?}");
    }
}

#[test]
fn redirects_stay_with_https_and_end() {
    // [RFR-04]
    let refused = Some(Heard::Failed(Fault::Redirect));
    for location in ["http://fjell.example/b", "ftp://a/", "b", "", "https://", "HTTP://a/"] {
        let (requests, end) = told(parameters(URL, Some("r")), &[to(location)]);
        assert_eq!((requests.len(), end), (1, refused.clone()), "{location}");
    }
    let (requests, end) = told(parameters(URL, Some("r")), &[to("/b"); 9]);
    assert_eq!((requests.len(), end), (6, refused));
}

#[test]
fn an_attempt_prints_no_secret() {
    // [XML-157]
    let fetch = Fetch::new(parameters(URL, Some("refresh-4711")));
    let Heard::Again(fetch) = fetch.answered(&asks()) else { panic!("credentials") };
    let printed = format!("{fetch:?} {:?}", fetch.request());
    for secret in ["r3fresh-Demo", "refresh-4711", "/refresh/"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
