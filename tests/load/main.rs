//! Whole purchases over HTTP at a fixed rate: from the launch URL to the signed document.
//!
//! An open loop: purchases begin when they are due, whatever became of those before, and their
//! time counts from when they were due. Plain HTTP on loopback, the sandbox provider in the same
//! process, a network that activates at once; the load comes from the same processors. `cargo bench
//! -p e2e --bench purchase [-- RATE [SECONDS]]`; numbers that were seen are in docs/benchmarks.md.
//! Not here: the store alone (`server/benches/ledger.rs`).
#![expect(clippy::print_stdout, reason = "what it found is for people to read")]

mod client;

use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use api::browser::{Answer, FieldKind, Page, field};
use client::{Client, Connection, Reply};
use e2e::server_under_test::ServerUnderTest;
use tokio::task::JoinSet;

/// Purchases a second, and for how many seconds, if nothing else is said.
const DEFAULT: [u32; 2] = [300, 60];
/// Most places on the way to the provider's page.
const LEAVES_MAX: u32 = 3;
/// How long a customer waits before looking again whether the plan is active.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// Most looks.
const LOOKS_MAX: u32 = 2_000;

fn main() -> Result<()> {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u32>().ok());
    let rate = numbers.next().unwrap_or(DEFAULT[0]).max(1);
    let seconds = numbers.next().unwrap_or(DEFAULT[1]).max(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(load(rate, seconds))
}

/// What is counted: how long purchases took, and what went wrong.
#[derive(Default)]
struct Counted {
    purchases: Vec<Duration>,
    requests: Vec<Duration>,
    failures: Vec<String>,
}

async fn load(rate: u32, seconds: u32) -> Result<()> {
    let server = ServerUnderTest::start().await?;
    println!("fsyncs a second: {}", fsyncs_a_second(server.data.path())?);
    let address = server.running.http.context("a listener")?;
    let client = Arc::new(Client::new(address));
    let counted = Arc::new(Mutex::new(Counted::default()));
    let mut under_way = JoinSet::new();
    let began = tokio::time::Instant::now();
    let count = rate.saturating_mul(seconds);
    for number in 0..count {
        let due = began + Duration::from_secs(1) * number / rate;
        tokio::time::sleep_until(due).await;
        let (client, counted) = (Arc::clone(&client), Arc::clone(&counted));
        under_way.spawn(async move {
            let mut requests = Vec::with_capacity(16);
            let bought = purchase(&client, number, &mut requests).await;
            let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
            counted.requests.append(&mut requests);
            match bought {
                Ok(()) => counted.purchases.push(due.elapsed()),
                Err(error) => counted.failures.push(format!("{error:#}")),
            }
        });
        while under_way.try_join_next().is_some() {}
    }
    let late = under_way.len();
    while under_way.join_next().await.is_some() {}
    let took = began.elapsed();
    println!("{count} purchases at {rate}/s; {late} under way when the last was due; {took:?}");
    report(&counted, took);
    server.stop().await;
    Ok(())
}

fn report(counted: &Mutex<Counted>, took: Duration) {
    let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
    let bought = counted.purchases.len();
    println!("bought {bought}: {:.0}/s", bought as f64 / took.as_secs_f64());
    print("purchase", &mut counted.purchases);
    print("request", &mut counted.requests);
    let shown: Vec<_> = counted.failures.iter().take(3).collect();
    println!("failed {}: {shown:?}", counted.failures.len());
}

fn print(what: &str, all: &mut [Duration]) {
    all.sort();
    let at = |part: usize| all.get(all.len() * part / 1_000).or(all.last()).copied();
    let [half, most, nearly] = [500, 990, 999].map(|part| at(part).unwrap_or_default());
    let last = all.last().copied().unwrap_or_default();
    println!("{what}: median {half:?}, p99 {most:?}, p99.9 {nearly:?}, longest {last:?}");
}

fn fsyncs_a_second(folder: &Path) -> Result<u128> {
    let mut file = std::fs::File::create(folder.join("fsync"))?;
    let began = Instant::now();
    for _ in 0..200 {
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
    }
    Ok(200_000_000 / began.elapsed().as_micros().max(1))
}

/// A customer with a connection and a session, as the portal's WebAssembly asks.
struct Visit<'c> {
    connection: Connection,
    cookie: String,
    requests: &'c mut Vec<Duration>,
}

impl Visit<'_> {
    async fn get(&mut self, path: &str) -> Result<Reply> {
        self.ask("GET", path, None).await
    }

    async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Result<Reply> {
        let body = {
            let mut body = form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(fields).finish()
        };
        self.ask("POST", path, Some(&body)).await
    }

    async fn ask(&mut self, method: &str, path: &str, body: Option<&str>) -> Result<Reply> {
        let began = Instant::now();
        let reply = self.connection.ask(method, path, &self.cookie, body).await?;
        self.requests.push(began.elapsed());
        if let Some(cookie) = &reply.cookie {
            self.cookie.clone_from(cookie);
        }
        Ok(reply)
    }

    /// Follows a redirect of ours.
    async fn follow(&mut self, reply: Reply) -> Result<Reply> {
        match reply.location {
            Some(location) => self.get(&location).await,
            None => Ok(reply),
        }
    }
}

/// Where an answer leads, if it does.
fn away(reply: &Reply) -> Option<String> {
    match serde_json::from_slice(&reply.body) {
        Ok(Answer::Leave { location }) => Some(location),
        Ok(Answer::Page(_)) | Err(_) => reply.location.clone(),
    }
}

fn page(reply: &Reply) -> Result<Page> {
    match serde_json::from_slice(&reply.body)? {
        Answer::Page(page) => Ok(*page),
        Answer::Leave { location } => bail!("away to {location}"),
    }
}

/// The form that leads on, with a plan chosen where there are plans and every box ticked.
fn form(page: &Page) -> Result<(String, Vec<(String, String)>)> {
    let form = page.forms.first().with_context(|| format!("no form: {page:?}"))?;
    let mut fields = form.hidden.clone();
    let plan = form.plans.as_ref().and_then(|plans| plans.plans.first());
    fields.extend(plan.map(|plan| ("plan".to_owned(), plan.id.clone())));
    let boxes = form.fields.iter().filter(|field| field.kind == FieldKind::Box);
    fields.extend(boxes.map(|of| (of.name.clone(), field::TICKED.to_owned())));
    Ok((form.action.clone(), fields))
}

async fn purchase(client: &Client, number: u32, requests: &mut Vec<Duration>) -> Result<()> {
    let connection = client.take().await?;
    let mut visit = Visit { connection, cookie: String::new(), requests };
    let launch = format!(
        "/?SubId=00101{:010}&DevId=004999010640000&IccId=8999011{number:013}",
        1_000_000_000 + u64::from(number)
    );
    let launched = visit.get(&launch).await?;
    let plans = visit.follow(launched).await?;
    let (action, fields) = form(&page(&plans)?)?;
    let chosen = visit.post(&action, &fields).await?;
    let review = visit.follow(chosen).await?;
    let (action, fields) = form(&page(&review)?)?;
    let placed = visit.post(&action, &fields).await?;
    let Some(mut location) = away(&placed) else { bail!("nowhere to pay: {}", placed.status) };
    // By way of a page of ours that waits until the provider has opened its own.
    for _ in 0..LEAVES_MAX {
        let there = visit.get(&location).await?;
        ensure!(there.status == 200 || there.location.is_some(), "no provider's page");
        match away(&there) {
            Some(further) => location = further,
            None => break,
        }
    }
    let card = [("card", "4242424242424242"), ("expiry", "12/39"), ("cvc", "123")];
    let card = card.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let paid = visit.post(&location, &card).await?;
    let Some(back) = away(&paid) else {
        bail!("not back: {} {}", paid.status, String::from_utf8_lossy(&paid.body));
    };
    let returned = visit.get(&back).await?;
    let order = returned.location.clone().context("to the order")?;
    ensure!(visit.get(&order).await?.status == 200, "no order");
    for _ in 0..LOOKS_MAX {
        let document = visit.get(&format!("{order}/document")).await?;
        if document.status == 200 {
            let body = String::from_utf8_lossy(&document.body);
            ensure!(body.contains("SignatureValue"), "not signed: {body}");
            client.give_back(visit.connection);
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    bail!("{order} is not active")
}
