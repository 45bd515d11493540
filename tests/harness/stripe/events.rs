//! Events of the fake: signed with both secrets of the account, delivered as a test says.
//!
//! As Stripe does, it sends an event again until it is answered with 2xx, only sooner.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use ring::hmac;
use serde_json::{Value, json};

use super::{Shared, Stripe, WEBHOOK_SECRETS, lock};

/// Pause between two tries to deliver an event; Stripe's are hours.
const AGAIN_AFTER: Duration = Duration::from_millis(100);
/// Most tries; Stripe gives up after three days.
const TRIES_MAX: u32 = 200;

/// How events are delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// At once.
    #[default]
    AtOnce,
    /// Twice.
    Twice,
    /// Not by themselves: a test sends them.
    Held,
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its type.
    pub kind: String,
    /// Its JSON.
    pub body: String,
}

/// Where events go.
#[derive(Default)]
pub(super) struct Outbox {
    delivery: Delivery,
    to: Option<(String, reqwest::Client)>,
    held: Vec<Event>,
    number: u32,
}

impl Shared {
    /// Makes an event and delivers it.
    pub(super) fn tell(&self, kind: &str, object: &Value) {
        let created = self.now();
        let mut outbox = lock(&self.outbox);
        outbox.number += 1;
        let body = json!({
            "id": format!("evt_test_{:04}", outbox.number),
            "object": "event",
            "api_version": "2020-08-27",
            "created": created,
            "type": kind,
            "livemode": false,
            "data": { "object": object },
        });
        let event = Event { kind: kind.to_owned(), body: body.to_string() };
        let times = match outbox.delivery {
            Delivery::AtOnce => 1,
            Delivery::Twice => 2,
            Delivery::Held => {
                outbox.held.push(event);
                return;
            }
        };
        let Some((url, client)) = outbox.to.clone() else { return };
        let clock = Arc::clone(&lock(&self.clock));
        tokio::spawn(async move {
            for _ in 0..times {
                for _ in 0..TRIES_MAX {
                    let signature = sign(clock.now().as_second(), &event.body, &WEBHOOK_SECRETS);
                    let status = post(&client, &url, &event.body, &signature).await;
                    if status.is_ok_and(|status| status < 300) {
                        break;
                    }
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
            }
        });
    }
}

impl Stripe {
    /// Delivers events to an address from here on; `roots` are trusted beside none other.
    ///
    /// # Errors
    /// The roots cannot be read.
    pub fn deliver_to(&self, url: &str, roots: Option<&Path>) -> Result<()> {
        let pem = std::fs::read(roots.context("no roots")?)?;
        let trusted = reqwest::Certificate::from_pem_bundle(&pem)?;
        let client = reqwest::Client::builder().tls_certs_only(trusted).build()?;
        lock(&self.shared.outbox).to = Some((url.to_owned(), client));
        Ok(())
    }

    /// Delivers events so from here on.
    pub fn set_delivery(&self, delivery: Delivery) {
        lock(&self.shared.outbox).delivery = delivery;
    }

    /// Returns the events that are held, oldest first.
    #[must_use]
    pub fn held(&self) -> Vec<Event> {
        lock(&self.shared.outbox).held.clone()
    }

    /// Sends an event once; returns the status of the answer.
    ///
    /// # Errors
    /// No answer.
    pub async fn send(&self, event: &Event) -> Result<u16> {
        self.send_as(event, self.shared.now(), WEBHOOK_SECRETS[1]).await
    }

    /// Sends an event once, signed at this second with this secret; returns the status.
    ///
    /// # Errors
    /// No answer.
    pub async fn send_as(&self, event: &Event, at: i64, secret: &str) -> Result<u16> {
        let to = lock(&self.shared.outbox).to.clone();
        let (url, client) = to.context("nobody to send to")?;
        post(&client, &url, &event.body, &sign(at, &event.body, &[secret])).await
    }
}

async fn post(client: &reqwest::Client, url: &str, body: &str, signature: &str) -> Result<u16> {
    let request = client.post(url).header("content-type", "application/json; charset=utf-8");
    let request = request.header("stripe-signature", signature).body(body.to_owned());
    Ok(request.send().await?.status().as_u16())
}

/// Signs as Stripe does while a secret is changed over: one signature of each.
fn sign(at: i64, body: &str, secrets: &[&str]) -> String {
    let signature = |secret: &&str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, format!("{at}.{body}").as_bytes());
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        format!(",v1={hex}")
    };
    let signatures: String = secrets.iter().map(signature).collect();
    format!("t={at}{signatures}")
}
