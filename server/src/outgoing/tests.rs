//! Requests to real sockets: public or not, redirecting, slow, endless.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{StatusCode, header::LOCATION};
use axum::response::IntoResponse as _;
use axum::routing::any;

use super::*;

/// A receiver on a free port of loopback; counts what reaches it.
async fn receiver(hits: Arc<AtomicUsize>) -> SocketAddr {
    let count = move || hits.fetch_add(1, Ordering::SeqCst);
    let (first, second) = (count.clone(), count.clone());
    let routes = Router::new()
        .route(
            "/echo",
            any(|body: axum::body::Bytes| async move {
                first();
                body
            }),
        )
        .route(
            "/redirect",
            any(|| async move {
                second();
                (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, "/echo")]).into_response()
            }),
        )
        .route("/slow", any(std::future::pending::<String>))
        .route("/long", any(|| async { "x".repeat(5000) }))
        .route("/endless", any(|| async { axum::body::Body::from_stream(Endless) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

/// A body of which nothing comes.
struct Endless;

impl futures_core::Stream for Endless {
    type Item = Result<axum::body::Bytes, std::convert::Infallible>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

fn policy(networks: &[&str]) -> Policy {
    Policy {
        allowed_networks: networks.iter().filter_map(|text| IpNetwork::parse(text)).collect(),
        has_plain_http: true,
        answer_within: Duration::from_millis(500),
        response_bytes_max: 4096,
        ..Policy::default()
    }
}

async fn ask(policy: Policy, url: &str) -> Result<Answer, OutgoingError> {
    let (headers, body) = (HeaderMap::new(), b"hello".to_vec());
    let outgoing = Outgoing::new(policy).expect("a client");
    outgoing.ask(Ask { method: Method::POST, url: url.to_owned(), headers, body }).await
}

#[tokio::test]
async fn a_network_that_is_named_can_be_called() {
    let hits = Arc::default();
    let at = receiver(Arc::clone(&hits)).await;
    for host in [format!("127.0.0.1:{}", at.port()), format!("localhost:{}", at.port())] {
        let answer = ask(policy(&["127.0.0.0/8"]), &format!("http://{host}/echo")).await;
        let answer = answer.expect("an answer");
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"hello"[..]));
    }
    assert_eq!(hits.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn private_addresses_are_refused_by_number_and_by_name() {
    let hits = Arc::default();
    let port = receiver(Arc::clone(&hits)).await.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "0x7f000001",
        "2130706433",
        "127.1",
        "[::ffff:127.0.0.1]",
        "[::1]",
        "0.0.0.0",
        "169.254.169.254",
        "[fe80::1]",
    ] {
        let url = format!("http://{host}:{port}/echo");
        let refused = ask(policy(&["10.0.0.0/8"]), &url).await;
        assert!(matches!(refused, Err(OutgoingError::Refused(_))), "{host}: {:?}", refused.err());
    }
    assert_eq!(hits.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let hits = Arc::default();
    let at = receiver(Arc::clone(&hits)).await;
    let answer = ask(policy(&["127.0.0.0/8"]), &format!("http://{at}/redirect")).await;
    let answer = answer.expect("an answer");
    assert_eq!((answer.status, answer.is_success()), (307, false));
    assert_eq!(hits.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_is_told_something_may_answer_at_length() {
    let at = receiver(Arc::default()).await;
    let outgoing = Outgoing::new(policy(&["127.0.0.0/8"])).expect("a client");
    for (path, expected) in [
        ("echo", Ok(200)),
        ("long", Ok(200)),
        ("endless", Ok(200)),
        ("redirect", Ok(307)),
        ("slow", Err(OutgoingError::TimedOut)),
    ] {
        let (url, headers) = (format!("http://{at}/{path}"), HeaderMap::new());
        let ask = Ask { method: Method::POST, url, headers, body: b"hello".to_vec() };
        assert_eq!(outgoing.tell(ask).await, expected, "{path}");
    }
}

#[tokio::test]
async fn slow_long_and_absent_answers_are_errors() {
    let at = receiver(Arc::default()).await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let gone_at = gone.local_addr().expect("an address");
    drop(gone);
    for (url, expected) in [
        (format!("http://{at}/slow"), OutgoingError::TimedOut),
        (format!("http://{at}/long"), OutgoingError::TooLong(4096)),
        (format!("http://{gone_at}/"), OutgoingError::Unreachable),
        ("http://no-such-name.invalid/".to_owned(), OutgoingError::Unresolved),
    ] {
        let error = ask(policy(&["127.0.0.0/8"]), &url).await.err();
        assert_eq!(error, Some(expected), "{url}");
    }
}

#[tokio::test]
async fn addresses_must_be_plain_and_https_unless_allowed() {
    let strict = || Policy { has_plain_http: false, ..policy(&["127.0.0.0/8"]) };
    for url in ["http://127.0.0.1/", "ftp://127.0.0.1/", "https://u:p@example.com/", "x"] {
        let error = ask(strict(), url).await.err();
        assert!(matches!(error, Some(OutgoingError::Url(_))), "{url}: {error:?}");
    }
}
