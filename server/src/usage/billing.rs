//! The operator's billing system: asked when usage wants to know, believed when it answers.
//!
//! Questions wait in the store; each is asked with a time limit, again with a growing pause, and
//! not at all while the system does not answer anybody. Meanwhile what was counted stands
//! [USE-12]. Not here: what an answer changes ([`domain::usage`]).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use api::usage::BillingUpdate;
use axum::http::Method;
use domain::amount::{Bytes, Megabytes};
use domain::code::OrderId;
use domain::usage::{Event, OperatorUpdate, OperatorUsage};
use domain::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::{Answered, Besides, Usage};
use crate::config::SystemConfig;
use crate::outgoing::system::{self, Call, System};
use crate::store::usage::{BillingQuestion, UsageCommand};
use crate::store::{Command, StoreError};

/// How often questions are looked for when nothing rings.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Questions read at once.
const BATCH: u32 = 256;
/// Subscriptions that are asked about at once.
const AT_ONCE: usize = 8;
/// Longest pause between two questions about a subscription.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Reads what a billing system says.
///
/// # Errors
/// What is wrong with it.
pub fn read_update(sent: &BillingUpdate) -> Result<OperatorUpdate, String> {
    let as_of: Timestamp =
        sent.as_of.parse().map_err(|_| "as_of: needs a time such as 2030-01-31T00:00:00Z")?;
    let as_of = Timestamp::from_millisecond(as_of.as_millisecond()).unwrap_or(as_of);
    let used = match (sent.used_bytes, sent.usage_mb) {
        (Some(bytes), None) => Bytes(bytes),
        (None, Some(megabytes)) => Megabytes(megabytes).bytes(),
        _ => return Err("used_bytes, usage_mb: send one of them".to_owned()),
    };
    if sent.data_limit_mb == Some(0) {
        return Err("data_limit_mb: needs 1 at least; leave it out for no change".to_owned());
    }
    Ok(OperatorUpdate {
        usage: Some(OperatorUsage { used, as_of }),
        limit: sent.data_limit_mb.map(Megabytes),
        is_over_limit: sent.over_limit,
        ..OperatorUpdate::default()
    })
}

/// The billing system, and what is known of how it does.
pub struct Billing {
    usage: Arc<Usage>,
    system: System,
}

/// What became of a question.
enum Answer {
    /// The system said so.
    Update(OperatorUpdate),
    /// It does not know the subscription.
    Unknown,
    /// It will say later.
    Later,
}

impl Billing {
    /// Prepares the questions.
    ///
    /// # Errors
    /// The token cannot be read, or TLS cannot be set up.
    pub fn new(config: &SystemConfig, usage: Arc<Usage>) -> Result<Self, String> {
        Ok(Self { usage, system: System::new(config)? })
    }

    /// Asks what is due, for ever.
    pub async fn run(self: Arc<Self>) {
        loop {
            let asked = Arc::clone(&self).ask_due().await;
            match asked {
                // There may be more; not at once after a failure, or it would be asked in a loop.
                Ok(true) => continue,
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "questions to billing were not read"),
            }
            tokio::select! {
                () = self.usage.asked.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Asks what is due at most once, each subscription once however many questions there are;
    /// tells whether to look for more at once: something was asked, and all of it recorded.
    async fn ask_due(self: Arc<Self>) -> Result<bool, StoreError> {
        if self.system.breaker().is_open() && self.system.breaker().wait(self.usage.now()).is_some()
        {
            return Ok(false);
        }
        let due = self.usage.store.due_questions(self.usage.now(), BATCH).await?;
        let mut by_subscription: BTreeMap<OrderId, Vec<BillingQuestion>> = BTreeMap::new();
        for question in due {
            by_subscription.entry(question.subscription).or_default().push(question);
        }
        let mut under_way = JoinSet::new();
        let (mut has_asked, mut is_recorded) = (false, true);
        for (subscription, questions) in by_subscription {
            if under_way.len() >= AT_ONCE {
                let settled = under_way.join_next().await;
                is_recorded &= settled.is_none_or(|settled| settled.unwrap_or(false));
            }
            if self.system.breaker().ask(self.usage.now()).is_err() {
                break;
            }
            has_asked = true;
            let billing = Arc::clone(&self);
            under_way.spawn(async move { billing.settle(subscription, questions).await });
        }
        while let Some(settled) = under_way.join_next().await {
            is_recorded &= settled.unwrap_or(false);
        }
        Ok(has_asked && is_recorded)
    }

    /// Asks about a subscription and records the answer, or puts its questions off; tells whether
    /// that was recorded.
    async fn settle(&self, subscription: OrderId, questions: Vec<BillingQuestion>) -> bool {
        let asked_at = self.usage.now();
        let answer = self.ask(subscription).await;
        let now = self.usage.now();
        match &answer {
            Ok(_) => self.system.breaker().succeeded(),
            Err(error) => {
                self.system.breaker().failed(now);
                tracing::warn!(%subscription, error, "billing does not answer");
            }
        }
        let metrics = &self.usage.metrics;
        metrics.billing_held(self.system.breaker().is_open());
        let besides =
            || Besides { answered: Some(Answered::Asked(asked_at)), ..Besides::default() };
        let recorded = match answer {
            Ok(Answer::Update(update)) => {
                metrics.billing("answered");
                let event = Event::Operator(update);
                self.usage.apply(subscription, &event, besides()).await.map(drop)
            }
            Ok(Answer::Unknown) => {
                metrics.billing("unknown");
                tracing::warn!(%subscription, "billing does not know the subscription");
                self.usage.apply(subscription, &Event::Tick, besides()).await.map(drop)
            }
            Ok(Answer::Later) => {
                metrics.billing("later");
                self.put_off(questions, now, "it will answer later").await
            }
            Err(error) => {
                metrics.billing("failed");
                self.put_off(questions, now, &error).await
            }
        };
        if let Err(error) = &recorded {
            tracing::error!(%subscription, %error, "an answer of billing was not recorded");
        }
        recorded.is_ok()
    }

    async fn put_off(
        &self,
        questions: Vec<BillingQuestion>,
        now: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        let put_off = questions.into_iter().map(|question| {
            let pause = pause_after(question.attempts);
            let due_at = now.checked_add(pause).unwrap_or(question.due_at);
            let (key, error) = (question.key, error.to_owned());
            Command::Usage(UsageCommand::PutOffQuestion { key, due_at, error })
        });
        self.usage.store.commit(put_off.collect()).await
    }

    async fn ask(&self, subscription: OrderId) -> Result<Answer, String> {
        let path = format!("/{subscription}");
        let call = Call { method: Method::GET, path, key: None, body: None };
        let answer = self.system.ask_anyway(call).await?;
        match answer.status {
            200 => read_update(&system::read::<BillingUpdate>(&answer)?).map(Answer::Update),
            202 | 204 => Ok(Answer::Later),
            404 | 410 => Ok(Answer::Unknown),
            status => Err(format!("status {status}")),
        }
    }
}

/// One second, doubled with each try, at most five minutes.
fn pause_after(attempts: u32) -> SignedDuration {
    let seconds = 1_i64.checked_shl(attempts.min(16)).unwrap_or(i64::MAX);
    SignedDuration::from_secs(seconds).min(PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock as _;
    use crate::outgoing::IpNetwork;
    use crate::store::sqlite::spoil;
    use crate::usage::tests::{Bench, traffic};

    /// What cannot be recorded stays due, and is not asked again at once.
    #[tokio::test]
    async fn what_is_not_recorded_is_not_asked_in_a_loop() {
        let bench = Bench::new();
        bench.subscribe(1).await;
        bench.take(&[traffic(1, 1, bench.clock.now(), 120_000_000)]).await;
        // Nobody listens there: the question is put off, which is recorded.
        let config = SystemConfig {
            url: "http://127.0.0.1:1".to_owned(),
            token: None,
            timeout: SignedDuration::from_secs(5),
            networks: IpNetwork::parse("127.0.0.0/8").into_iter().collect(),
        };
        let billing = Arc::new(Billing::new(&config, Arc::clone(&bench.usage)).expect("set up"));
        assert_eq!(Arc::clone(&billing).ask_due().await, Ok(true));
        assert_eq!(Arc::clone(&billing).ask_due().await, Ok(false), "nothing is due");
        bench.advance(SignedDuration::from_secs(10));
        spoil::refuse_questions(&bench.folder.path().join("usage.sqlite"));
        assert_eq!(Arc::clone(&billing).ask_due().await, Ok(false));
        let due = bench.store.due_questions(bench.clock.now(), 10).await.expect("read");
        assert_eq!(due.len(), 1, "it stays due");
    }
}
