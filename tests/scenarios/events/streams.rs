//! Streams: a customer's own events, and the log as it grows.

use std::time::Duration;

use api::events::EventPage;
use domain::SignedDuration;
use serde_json::json;

use super::bench::{Bench, connected, disconnected, make_token, registered, wish};

/// The end of a line of a stream, and what was read of it.
struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    async fn open(request: reqwest::RequestBuilder) -> Self {
        let request = request.header("accept", "text/event-stream");
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 200);
        let kind = response.headers().get("content-type").and_then(|v| v.to_str().ok());
        assert_eq!(kind, Some("text/event-stream"));
        Self { response, text: String::new() }
    }

    /// Waits for the end; what comes before it does not matter.
    async fn end(&mut self) {
        let rest = async { while let Ok(Some(_)) = self.response.chunk().await {} };
        tokio::time::timeout(Duration::from_secs(20), rest).await.expect("an end");
    }

    /// Returns id and name of the next event.
    async fn next(&mut self) -> (String, String) {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let of = |key: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(key));
                    line.unwrap_or_default().trim().to_owned()
                };
                let found = (of("id:"), of("event:"));
                self.text = rest.to_owned();
                // A heartbeat is no event.
                if !found.1.is_empty() {
                    return found;
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk()).await;
            let chunk = chunk.expect("in time").expect("a chunk").expect("not the end");
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

/// [EVT-17], [EVT-20], [PORT-24]
#[tokio::test]
async fn a_customer_reads_the_events_of_the_own_plan_and_no_others() {
    let mut bench = Bench::start(wish(Vec::new())).await;
    let (customer, code) = bench.subscriber(0).await;
    let (stranger, other) = bench.subscriber(1).await;
    let path = format!("/orders/{code}/events");
    let mut stream = Stream::open(customer.request("GET", &path)).await;
    bench.accepted(&other, connected()).await;
    // A check is between device and operator.
    bench.accepted(&code, json!({ "kind": "sharing_requested" })).await;
    bench.accepted(&code, registered("roaming")).await;
    assert_eq!(stream.next().await, ("2".to_owned(), "RegisteredRoaming".to_owned()));
    assert_eq!(stream.next().await, ("3".to_owned(), "roaming_began".to_owned()), "[EVT-20]");
    bench.accepted(&code, connected()).await;
    bench.accepted(&code, disconnected()).await;
    // Where it left off, nothing missing and nothing twice.
    let request = customer.request("GET", &path).header("last-event-id", "3");
    let mut again = Stream::open(request).await;
    assert_eq!(again.next().await, ("4".to_owned(), "ProfileConnected".to_owned()));
    assert_eq!(again.next().await, ("5".to_owned(), "ProfileDisconnected".to_owned()));
    // Nobody else's, and four at a time.
    let refused = stranger.open(&path).await.expect("an answer");
    assert_ne!(refused.status.as_u16(), 200, "[PORT-24]");
    let third = Stream::open(customer.request("GET", &path)).await;
    let fourth = Stream::open(customer.request("GET", &path)).await;
    let fifth = customer.open(&path).await.expect("an answer");
    assert_eq!(fifth.status.as_u16(), 429);
    drop((stream, again, third, fourth));
    // A server that stops does not wait for its readers.
    let stopping = tokio::time::timeout(Duration::from_secs(8), bench.server.stop());
    stopping.await.expect("stopped at once");
}

/// [PORT-24]: a stream ends in time, and who comes back is asked anew who that is.
#[tokio::test]
async fn a_stream_does_not_outlive_its_session() {
    let mut bench = Bench::start(wish(Vec::new())).await;
    let (customer, code) = bench.subscriber(0).await;
    let path = format!("/orders/{code}/events");
    let mut stream = Stream::open(customer.request("GET", &path)).await;
    let log = bench.operator.request("GET", "/api/events").bearer_auth(&bench.token);
    let mut machine = Stream::open(log).await;
    bench.accepted(&code, connected()).await;
    assert_eq!(stream.next().await.0, "1");
    bench.advance(SignedDuration::from_mins(15));
    stream.end().await;
    machine.end().await;
    let request = customer.request("GET", &path).header("last-event-id", "1");
    let mut again = Stream::open(request).await;
    bench.accepted(&code, disconnected()).await;
    assert_eq!(again.next().await.0, "2");
    bench.advance(SignedDuration::from_hours(24 * 365));
    again.end().await;
    let refused = customer.open(&path).await.expect("an answer");
    assert_ne!(refused.status.as_u16(), 200, "the session is over");
    bench.server.stop().await;
}

/// [EVT-17]
#[tokio::test]
async fn machines_read_the_log_as_pages_and_as_a_stream() {
    let mut bench = Bench::start(wish(Vec::new())).await;
    let (_, code) = bench.subscriber(0).await;
    let (_, other) = bench.subscriber(1).await;
    for of in [&code, &other, &code] {
        bench.accepted(of, connected()).await;
    }
    let page = |after: i64| {
        let path = format!("/api/events?after={after}&limit=2");
        let (operator, token) = (&bench.operator, &bench.token);
        async move {
            let (status, body) = operator.bearer(&path, token).await.expect("answer");
            assert_eq!(status, 200, "{body}");
            serde_json::from_str::<EventPage>(&body).expect("a page")
        }
    };
    let first = page(0).await;
    let second = page(first.next).await;
    assert_eq!((first.events.len(), second.events.len()), (2, 1));
    let end = page(second.next).await;
    assert_eq!((end.events.len(), end.next), (0, second.next));
    let sequences: Vec<u64> =
        first.events.iter().chain(&second.events).map(|logged| logged.event.sequence).collect();
    assert_eq!(sequences, [1, 1, 2], "[EVT-17]");
    let request = bench.operator.request("GET", "/api/events").bearer_auth(&bench.token);
    let mut stream = Stream::open(request.header("last-event-id", first.next.to_string())).await;
    assert_eq!(stream.next().await.0, second.next.to_string());
    bench.accepted(&other, disconnected()).await;
    assert_eq!(stream.next().await.1, "ProfileDisconnected");
    // Asked for alone, a subscriber's events have the same places, and pages of their own.
    let asked = format!("/api/events?subscription={other}&limit=1");
    let (_, body) = bench.operator.bearer(&asked, &bench.token).await.expect("answer");
    let own = serde_json::from_str::<EventPage>(&body).expect("a page");
    assert_eq!(own.events[0].position, first.events[1].position);
    assert_eq!(own.events[0].event, first.events[1].event);
    let asked = format!("{asked}&after={}", own.next);
    let (_, body) = bench.operator.bearer(&asked, &bench.token).await.expect("answer");
    let own = serde_json::from_str::<EventPage>(&body).expect("a page");
    assert_eq!(own.events[0].event.name, "ProfileDisconnected");
    // What was delivered where can be looked up.
    let path = format!("/api/events/{}/deliveries", second.next);
    let end = std::time::Instant::now() + Duration::from_secs(20);
    loop {
        let (_, body) = bench.operator.bearer(&path, &bench.token).await.expect("answer");
        let lines: api::events::DeliveryLines = serde_json::from_str(&body).expect("lines");
        if let Some(line) = lines.deliveries.first() {
            assert_eq!((line.channel.as_str(), line.outcome.as_str()), ("api", "streamed"));
            break;
        }
        assert!(std::time::Instant::now() < end, "no line of {path}");
        tokio::task::yield_now().await;
    }
    let writer = make_token(&bench.operator, "writer", "events:write").await;
    for (path, token, expected) in [
        ("/api/events", writer.as_str(), 403),
        ("/api/events?after=-1", bench.token.as_str(), 400),
        ("/api/events?limit=0", bench.token.as_str(), 400),
        ("/api/events?since=1", bench.token.as_str(), 400),
        ("/api/events?subscription=x", bench.token.as_str(), 400),
    ] {
        let (status, body) = bench.operator.bearer(path, token).await.expect("answer");
        assert_eq!(status, expected, "{path}: {body}");
    }
    drop(stream);
    bench.server.stop().await;
}
