//! A device that fetches its document anew, and the operator's app that does so for it.

use std::path::Path;

use carrier::agent::fetch::{ACCEPT, Answer, Fetch, Heard};
use carrier::agent::{
    Caller, Host, HostProfile, Modem, ModemId, Owner, Request, Stored, WlanService,
};
use carrier::agent::{plan, refresh};
use carrier::chain::CertificateDer;
use carrier::document::{Document, Plan, PlanContent, RefreshParameters, UtcTime};
use carrier::results::Signer;
use carrier::verify::{Consent, Known, Source, Trust, verify};
use domain::{SignedDuration, Timestamp};
use e2e::server_under_test::{ServerUnderTest, Wish};
use reqwest::{Client, Response, StatusCode, redirect};
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;
use server::clock::Clock as _;
use server::demo_sims::DEMO_SIMS;
use server::refresh::DOCUMENTS_OF_SUBSCRIPTION;

use super::admin::operator;
use super::purchase::buy;

/// A device's HTTP client, which trusts the server's roots and follows nothing by itself.
struct Device(Client);

impl Device {
    fn of(server: &ServerUnderTest) -> Self {
        e2e::visitor::install_tls();
        let roots = server.running.tls_roots.as_ref().expect("the demo's roots");
        let roots = std::fs::read(roots).expect("a file");
        let roots = reqwest::Certificate::from_pem_bundle(&roots).expect("certificates");
        let client = Client::builder().tls_certs_only(roots).redirect(redirect::Policy::none());
        Self(client.build().expect("a client"))
    }

    async fn get(&self, url: &str, pair: Option<(&str, &str)>, header: (&str, &str)) -> Response {
        let request = self.0.get(url).header("accept", ACCEPT).header(header.0, header.1);
        let request = match pair {
            Some((name, password)) => request.basic_auth(name, Some(password)),
            None => request,
        };
        request.send().await.expect("an answer")
    }

    /// Makes an attempt as the schedule of a device does; returns what was sent and the end.
    async fn fetch(&self, parameters: &RefreshParameters) -> (Vec<u16>, Heard, Vec<u8>) {
        let mut fetch = Fetch::new(parameters.clone());
        let mut statuses = Vec::new();
        loop {
            let request = fetch.request();
            let pair = request.credentials;
            let pair = pair.map(|(name, word)| {
                (name.reveal().to_owned(), word.expect("a password").reveal().to_owned())
            });
            let pair = pair.as_ref().map(|(name, word)| (name.as_str(), word.as_str()));
            let response = self.get(request.url.reveal(), pair, ("x-none", "")).await;
            statuses.push(response.status().as_u16());
            let text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok());
            let (location, challenge) = (text("location"), text("www-authenticate"));
            let (location, challenge) = (location.map(str::to_owned), challenge.map(str::to_owned));
            let status = response.status().as_u16();
            let body = response.bytes().await.expect("a body").to_vec();
            let answer = Answer {
                status,
                location: location.as_deref(),
                challenge: challenge.as_deref(),
                body_bytes: u64::try_from(body.len()).expect("small"),
            };
            match fetch.answered(&answer) {
                Heard::Again(again) => fetch = *again,
                end => return (statuses, end, body),
            }
        }
    }
}

/// Buys the first plan of a demo SIM; returns the path of the order, and its file.
async fn bought(server: &ServerUnderTest, sim: usize) -> (String, String) {
    let visitor = server.visitor().expect("visitor");
    let active = buy(&visitor, &DEMO_SIMS[sim].launch_path()).await;
    assert_eq!(active.heading(), "Your plan is active");
    let file = visitor.bytes(&format!("{}/provisioning.xml", active.path)).await.expect("a file");
    (active.path, String::from_utf8(file).expect("text"))
}

fn document(text: &str) -> Document {
    carrier::read::read(text.as_bytes()).expect("a document")
}

fn parameters(document: &Document) -> RefreshParameters {
    let provisioning = document.provisioning().expect("trust and refresh");
    provisioning.refresh.clone().expect("refresh")
}

/// The clear text of the credentials, with the address.
fn told(parameters: &RefreshParameters) -> (String, String, String) {
    let name = parameters.user_name.as_ref().expect("a name").reveal().to_owned();
    let password = parameters.password.as_ref().expect("a password").reveal().to_owned();
    (parameters.url.reveal().to_owned(), name, password)
}

fn roots(path: &Path) -> Vec<CertificateDer> {
    rustls::pki_types::CertificateDer::pem_file_iter(path)
        .expect("a file")
        .map(|der| CertificateDer::new(der.expect("a certificate").to_vec()))
        .collect()
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name).expect(name);
    value.to_str().expect("text").to_owned()
}

async fn with_clock() -> (ServerUnderTest, std::sync::Arc<server::clock::SettableClock>) {
    let wish = Wish { is_clock_set: true, ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    let clock = server.clock.clone().expect("a clock");
    (server, clock)
}

/// [RFR-01], [RFR-02], [RFR-06], [RFR-08], [SIG-30], [XML-152], [XML-154], [XML-155], [XML-156],
/// [XML-157]: from a purchase to the document of two weeks later.
#[tokio::test]
async fn a_device_follows_the_refresh_url_of_its_document() {
    let server = ServerUnderTest::start().await.expect("server");
    let (_, first) = bought(&server, 0).await;
    let now = server::clock::SystemClock.now();
    let applied = document(&first);
    let parameters = parameters(&applied);
    let (url, name, password) = told(&parameters);
    assert!(url.starts_with(&format!("{}/refresh/", server.https_origin())), "{url}");
    assert_eq!(parameters.delay.map(|delay| delay.days()), Some(14));
    assert!(name.len() >= 16 && password.len() >= 43, "at least 128 bits of base64url");

    // The device stores whom to believe, and when to ask again.
    let roots = roots(&server.running.signing_roots);
    let site = Trust::of_web_site(&roots, now, Consent::Given);
    let verified = verify(first.as_bytes(), &site).expect("a document of a web site");
    let facts = verified.signer().expect("a signer");
    let signer = || Some(Signer { subject: facts.subject.clone(), thumbprint: facts.thumbprint });
    let host = host(&applied);
    let owner = Owner::of(applied.global());
    let request = Request { document: &applied, signer: signer(), caller: Caller::WebSite };
    let mut stored = Stored::default();
    plan(&request, &host, &stored, now).changes.iter().for_each(|change| stored.apply(change));
    let schedule = stored.subscription(&owner).and_then(|own| own.refresh.clone());
    let due = schedule.expect("a schedule").due.expect("a time");
    assert_eq!(due, now + SignedDuration::from_hours(14 * 24));

    // It asks, is asked for its credentials, and gets the whole document.
    let device = Device::of(&server);
    let (statuses, end, body) = device.fetch(&parameters).await;
    assert_eq!((statuses, end), (vec![401, 200], Heard::Document));
    let names = refresh::trusted(&stored, &owner);
    let known = Known { names: &names, ..Known::default() };
    let trust = |known| Trust { source: Source::Refresh { known }, ..site };
    let verified = verify(&body, &trust(known)).expect("believed by the stored names alone");
    assert!(verify(&body, &trust(Known::default())).is_err(), "and by nothing else");
    let fetched = verified.document().expect("a document");
    assert_eq!(Owner::of(fetched.global()), owner);
    let caller = Caller::Refresh { owner: owner.clone() };
    let request = Request { document: &fetched, signer: signer(), caller };
    let decision = plan(&request, &host, &stored, due);
    assert_eq!(decision.number(), 0);
    decision.changes.iter().for_each(|change| stored.apply(change));
    let schedule = stored.subscription(&owner).and_then(|own| own.refresh.clone());
    assert_eq!(schedule.and_then(|own| own.due), Some(due + SignedDuration::from_hours(14 * 24)));
    assert_eq!(String::from_utf8(body).expect("text"), first, "nothing changed: byte for byte");
    server.stop().await;
}

/// A PC with the modem and the SIM that a document is for.
fn host(document: &Document) -> Host {
    let global = document.global();
    let modem = Modem {
        id: ModemId(1),
        device_ids: global.device_id.clone().into_iter().collect(),
        subscriber_ids: vec![global.subscriber_id.clone()],
    };
    Host {
        profile: HostProfile(0),
        wlan: WlanService::Running,
        modems: vec![modem],
        other_device_ids: Vec::new(),
    }
}

/// [RFR-04], [RFR-06]
#[tokio::test]
async fn a_document_that_the_device_has_is_not_sent_again() {
    let server = ServerUnderTest::start().await.expect("server");
    let (_, first) = bought(&server, 0).await;
    let (url, name, password) = told(&parameters(&document(&first)));
    let device = Device::of(&server);
    let pair = Some((name.as_str(), password.as_str()));
    let whole = device.get(&url, pair, ("x-none", "")).await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert!(header(&whole, "content-type").starts_with("application/xml"));
    assert_eq!(header(&whole, "cache-control"), "private, no-cache");
    let (tag, date) = (header(&whole, "etag"), header(&whole, "last-modified"));
    let body = whole.text().await.expect("a body");
    assert_eq!(tag, format!("\"{}\"", server::entropy::fingerprint(&body)), "strong");
    let head = device.0.head(&url).basic_auth(&name, Some(&password)).send().await;
    let head = head.expect("an answer");
    assert_eq!((head.status(), header(&head, "etag")), (StatusCode::OK, tag.clone()));
    assert_eq!(header(&head, "content-length"), body.len().to_string());
    for (sent, expected) in [
        (("if-none-match", tag.as_str()), 304),
        (("if-modified-since", &date), 304),
        (("if-none-match", "\"other\""), 200),
    ] {
        let answer = device.get(&url, pair, sent).await;
        assert_eq!(answer.status().as_u16(), expected, "{sent:?}");
        assert_eq!(header(&answer, "etag"), tag);
        let is_empty = answer.bytes().await.expect("a body").is_empty();
        assert_eq!(is_empty, expected == 304);
    }
    let usage = device.get(&format!("{url}?parts=branding,usage"), pair, ("x-none", "")).await;
    assert_eq!(usage.status(), StatusCode::BAD_REQUEST);
    server.stop().await;
}

/// [RFR-02]: who has no credentials learns nothing, not even whether there is a subscription.
#[tokio::test]
async fn without_the_credentials_of_the_subscription_there_is_one_answer() {
    let server = ServerUnderTest::start().await.expect("server");
    let (_, own) = bought(&server, 0).await;
    let (_, other) = bought(&server, 1).await;
    let (url, name, password) = told(&parameters(&document(&own)));
    let (_, other_name, other_password) = told(&parameters(&document(&other)));
    assert!(name != other_name && password != other_password);
    let device = Device::of(&server);
    let unknown = format!("{}/refresh/01890000-0000-7000-8000-000000000000", server.https_origin());
    let nonsense = format!("{}/refresh/nobody", server.https_origin());
    let right = Some((name.as_str(), password.as_str()));
    let mut answers = Vec::new();
    for (url, pair) in [
        (&url, None),
        (&url, Some((name.as_str(), "wrong"))),
        (&url, Some((name.as_str(), ""))),
        (&url, Some(("wrong", password.as_str()))),
        (&url, Some((other_name.as_str(), other_password.as_str()))),
        (&unknown, None),
        (&unknown, right),
        (&nonsense, right),
    ] {
        let answer = device.get(url, pair, ("x-none", "")).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{pair:?}");
        assert_eq!(
            header(&answer, "www-authenticate"),
            "Basic realm=\"refresh\", charset=\"UTF-8\""
        );
        let mut headers: Vec<String> =
            answer.headers().keys().map(|name| name.as_str().to_owned()).collect();
        headers.sort();
        answers.push((headers, answer.text().await.expect("a body")));
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "{answers:#?}");
    let answer = device.get(&url, right, ("x-none", "")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    // Not over plain HTTP, though the portal answers there.
    let plain = url.replace(&server.https_origin(), &server.origin());
    let answer = device.get(&plain, right, ("x-none", "")).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    server.stop().await;
}

#[tokio::test]
async fn a_subscription_is_served_so_often_a_minute() {
    let (server, clock) = with_clock().await;
    let (_, first) = bought(&server, 0).await;
    let (url, name, password) = told(&parameters(&document(&first)));
    let device = Device::of(&server);
    // The window of a minute is the clock's, and the clock stands.
    for n in 0..DOCUMENTS_OF_SUBSCRIPTION + 2 {
        let wrong = device.get(&url, Some((&name, "wrong")), ("x-none", "")).await;
        assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED, "strangers use nothing up");
        let answer = device.get(&url, Some((&name, &password)), ("x-none", "")).await;
        let is_served = n < DOCUMENTS_OF_SUBSCRIPTION;
        assert_eq!(answer.status().as_u16(), if is_served { 200 } else { 429 }, "{n}");
        if !is_served {
            let wait: i64 = header(&answer, "retry-after").parse().expect("seconds");
            assert!((1..=60).contains(&wait), "{wait}");
        }
    }
    clock.advance(SignedDuration::from_secs(60));
    let answer = device.get(&url, Some((&name, &password)), ("x-none", "")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    // The plan of a day is over: there is nothing newer.
    clock.advance(SignedDuration::from_hours(25));
    let answer = device.get(&url, Some((&name, &password)), ("x-none", "")).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    server.stop().await;
}

fn write_catalog(folder: &Path, support_phone: &str) {
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/demo/catalog/fjell.toml");
    let text = std::fs::read_to_string(demo).expect("the demo's file");
    assert!(text.contains("support_phone = \"+4780000100\""));
    let text = text.replace("\"+4780000100\"", &format!("\"{support_phone}\""));
    std::fs::write(folder.join("fjell.toml"), text).expect("written");
}

/// [RFR-06]: the latest complete file, signed once for each change.
#[tokio::test]
async fn a_change_of_the_catalogue_makes_a_newer_document() {
    let folder = tempfile::tempdir().expect("folder");
    write_catalog(folder.path(), "+4780000100");
    let catalog = Some(folder.path().to_owned());
    let wish = Wish { catalog: catalog.clone(), ..Wish::default() };
    let server = ServerUnderTest::start_with(wish).await.expect("server");
    // The address in documents stays, whatever port another start takes.
    let origin = server.https_origin();
    let wish =
        || Wish { catalog: catalog.clone(), public_url: Some(origin.clone()), ..Wish::default() };
    let (path, first) = bought(&server, 0).await;
    let (public, name, password) = told(&parameters(&document(&first)));
    let address = public.strip_prefix(&origin).expect("the origin");
    let fetch = async |server: &ServerUnderTest| {
        let url = format!("{}{address}", server.https_origin());
        let pair = Some((name.as_str(), password.as_str()));
        let answer = Device::of(server).get(&url, pair, ("x-none", "")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let tag = header(&answer, "etag");
        (tag, answer.text().await.expect("a body"))
    };
    // A restart alone changes nothing.
    let data = server.stop().await;
    let server = ServerUnderTest::start_in(data, wish()).await.expect("server");
    assert_eq!(fetch(&server).await.1, first);
    let data = server.stop().await;

    write_catalog(folder.path(), "+4780000200");
    let server = ServerUnderTest::start_in(data, wish()).await.expect("server");
    // Two devices at once get one revision, and everybody after them.
    let (one, two) = tokio::join!(fetch(&server), fetch(&server));
    assert_eq!(one, two);
    assert_eq!(fetch(&server).await, one);
    assert!(one.1.contains("+4780000200") && !first.contains("+4780000200"), "{}", one.1);
    let (before, after) = (document(&first), document(&one.1));
    assert_eq!(Owner::of(after.global()), Owner::of(before.global()));
    assert_eq!(parameters(&after), parameters(&before), "the credentials stay");
    let complete = |document: &Document| {
        let mbn = document.mbn_profiles().expect("profiles");
        (mbn.default_profile.is_some(), mbn.messages.len(), document.plans().len())
    };
    assert_eq!(complete(&after), complete(&before));
    // What the portal hands over stays as it was signed.
    let data = server.stop().await;
    let server = ServerUnderTest::start_in(data, wish()).await.expect("server");
    assert_eq!(fetch(&server).await, one, "kept");
    assert!(path.starts_with("/orders/"));
    server.stop().await;
}

/// [RFR-07], [SIG-29]: whatever makes the operator's app fetch it, it gets the document of that
/// moment, whole or in part, signed or not.
#[tokio::test]
async fn the_operators_app_fetches_a_current_document() {
    let server = ServerUnderTest::start().await.expect("server");
    let (_, first) = bought(&server, 0).await;
    let (url, ..) = told(&parameters(&document(&first)));
    let id = url.rsplit('/').next().expect("an id").to_owned();
    let path = api::paths::subscription_document(&id);
    let (visitor, _) = operator(&server).await.expect("signed in");
    let token = token(&visitor, "app", "documents:read").await;
    let get = async |query: &str| {
        visitor.bearer(&format!("{path}{query}"), &token).await.expect("an answer")
    };
    assert_eq!(get("").await, (200, first.clone()));
    let (status, unsigned) = get("?signed=false").await;
    assert_eq!((status, unsigned.contains("<Signature")), (200, false));
    let trust = Trust { source: Source::OperatorApp, ..anybody() };
    let verified = verify(unsigned.as_bytes(), &trust).expect("no signature is needed");
    let whole = verified.document().expect("a document");
    assert_eq!(parameters(&whole), parameters(&document(&first)));

    // A plan with its usage and nothing else; the brand of the demo has no branding.
    let (status, plans) = get("?parts=plans&signed=false").await;
    assert_eq!(status, 200, "{plans}");
    let plans = document(&plans);
    assert!(plans.mbn_profiles().is_none() && plans.provisioning().is_none());
    let [one] = plans.plans() else { panic!("one plan") };
    assert!(matches!(one.content, PlanContent::Description(_, Some(_))));
    let (status, signed) = get("?parts=plans").await;
    let roots = roots(&server.running.signing_roots);
    let names = refresh_names(&document(&first));
    let known = Known { names: &names, ..Known::default() };
    let now = server::clock::SystemClock.now();
    let site = Trust::of_web_site(&roots, now, Consent::Refused);
    let trust = Trust { source: Source::Refresh { known }, ..site };
    assert_eq!((status, verify(signed.as_bytes(), &trust).is_ok()), (200, true));
    assert_eq!(get("?parts=plans").await.1, signed, "signed once");

    for (query, expected) in [
        ("?parts=usage", 204), // Nothing was counted or told yet.
        ("?parts=everything", 400),
        ("?signed=perhaps", 400),
    ] {
        assert_eq!(get(query).await.0, expected, "{query}");
    }
    let missing = api::paths::subscription_document("01890000-0000-7000-8000-000000000000");
    assert_eq!(visitor.bearer(&missing, &token).await.expect("an answer").0, 404);
    let meter = self::token(&visitor, "meter", "usage:write").await;
    assert_eq!(visitor.bearer(&path, &meter).await.expect("an answer").0, 403);
    assert_eq!(visitor.bearer(&path, "bgt_wrong").await.expect("an answer").0, 401);
    server.stop().await;
}

/// [RFR-06], [RFR-07]: what billing says is in the next document, and by itself where that is
/// enough.
#[tokio::test]
async fn a_billing_update_makes_a_newer_document() {
    let (server, clock) = with_clock().await;
    let (_, first) = bought(&server, 0).await;
    let (url, name, password) = told(&parameters(&document(&first)));
    let id = url.rsplit('/').next().expect("an id");
    let (visitor, _) = operator(&server).await.expect("signed in");
    let token = token(&visitor, "bss", "billing:write").await;
    let device = Device::of(&server);
    let pair = Some((name.as_str(), password.as_str()));
    let billing = format!("{}/api/subscriptions/{id}/billing", server.admin_origin());
    let mut tag = header(&device.get(&url, pair, ("x-none", "")).await, "etag");
    let begun = clock.now();
    for (minutes, said, is_newer, used, limit, is_over) in [
        (10, json!({ "usage_mb": 130 }), true, 130, 1000, false),
        (5, json!({ "usage_mb": 120 }), false, 130, 1000, false), // late: BF-3
        (20, json!({ "usage_mb": 130 }), true, 130, 1000, false),
        (30, json!({ "usage_mb": 600, "data_limit_mb": 500 }), true, 600, 500, true),
    ] {
        clock.advance(SignedDuration::from_mins(10));
        let as_of = begun + SignedDuration::from_mins(minutes);
        let mut update = said.clone();
        update["as_of"] = json!(as_of.to_string());
        let put = device.0.put(&billing).bearer_auth(&token).body(update.to_string());
        let put = put.header("content-type", "application/json").send().await.expect("an answer");
        assert_eq!(put.status(), StatusCode::OK, "{said}");
        let answer = device.get(&url, pair, ("if-none-match", &tag)).await;
        assert_eq!(answer.status().as_u16(), if is_newer { 200 } else { 304 }, "{said}");
        tag = header(&answer, "etag");
        let usage = device.get(&format!("{url}?parts=usage"), pair, ("x-none", "")).await;
        let usage = document(&usage.text().await.expect("a body"));
        assert!(usage.provisioning().is_none() && usage.mbn_profiles().is_none());
        let [Plan { content: PlanContent::Usage(alone), .. }] = usage.plans() else {
            panic!("the usage alone: {usage:?}")
        };
        assert_eq!((alone.current.0, alone.over_limit), (used, Some(is_over)), "{said}");
        if !is_newer {
            continue;
        }
        let whole = document(&answer.text().await.expect("a body"));
        let [Plan { content: PlanContent::Description(plan, Some(usage)), .. }] = whole.plans()
        else {
            panic!("a plan with its usage: {whole:?}")
        };
        assert_eq!((usage, plan.data_limit.map(|limit| limit.megabytes())), (alone, Some(limit)));
        assert_eq!(usage.at, UtcTime::new(as_of).expect("a time"), "{said}");
        assert_eq!(Owner::of(whole.global()), Owner::of(document(&first).global()));
    }
    server.stop().await;
}

fn anybody() -> Trust<'static> {
    Trust::of_web_site(&[], Timestamp::UNIX_EPOCH, Consent::Refused)
}

/// The signers that a document names.
fn refresh_names(document: &Document) -> Vec<carrier::chain::TrustedName> {
    let provisioning = document.provisioning().expect("trust and refresh");
    let list = provisioning.trusted_certificates.as_ref().expect("certificates");
    let name = |row: &carrier::document::TrustedCertificate| {
        let (subject, issuer) = (row.subject_name.as_str(), row.issuer_name.as_str());
        carrier::chain::TrustedName::parse(subject, issuer).expect("names")
    };
    list.as_slice().iter().map(name).collect()
}

/// Makes a machine's token in the operator area.
pub(super) async fn token(visitor: &e2e::visitor::Visitor, name: &str, scope: &str) -> String {
    let page = visitor.open("/tokens").await.expect("tokens");
    let fields = [("name", name), ("scopes", scope)];
    let made = visitor.press(&page, "Make a token", &fields).await.expect("token");
    let at = made.html.find("bgt_").expect("a token");
    let is_of_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    made.html[at..].chars().take_while(is_of_token).collect()
}
