//! A customer who does not give up: clicks twice, is cut off, does the same again.
//!
//! Whatever is cut off is done again from the page that the customer still has. Not here: when the
//! server is killed.

use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::visitor::{Seen, Visitor, ticked};
use server::demo_sims::DEMO_SIMS;

/// How long a page that waits is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Where a customer stands.
#[derive(Default)]
enum Stage {
    /// Has opened nothing.
    #[default]
    New,
    /// Has the review of an order, whose form makes one order however often it is sent.
    Review(Seen),
    /// Has the provider's page.
    Payment(Seen, Box<Seen>),
    /// Has the page of the order.
    Order(Seen, String),
}

/// A customer.
#[derive(Default)]
pub(super) struct Customer {
    origin: String,
    visitor: Option<Visitor>,
    stage: Stage,
    /// Whether no other purchase follows.
    pub(super) is_last: bool,
    bought: Vec<(Visitor, String)>,
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.stage {
            Stage::New => f.write_str("new"),
            Stage::Review(_) => f.write_str("at the review"),
            Stage::Payment(_, seen) => write!(f, "at {}", seen.path),
            Stage::Order(_, path) => write!(f, "at {path}"),
        }
    }
}

fn one_of(count: u8) -> u8 {
    u8::from_le_bytes(server::entropy::bytes()) % count
}

impl Customer {
    /// The server is at another address now.
    pub(super) fn arrive(&mut self, origin: &str) {
        origin.clone_into(&mut self.origin);
        let bought = self.bought.iter_mut().map(|(visitor, _)| visitor);
        for visitor in bought.chain(&mut self.visitor) {
            origin.clone_into(&mut visitor.origin);
        }
    }

    /// Tells whether nothing is begun.
    pub(super) fn is_done(&self) -> bool {
        self.is_last && matches!(self.stage, Stage::New) && !self.bought.is_empty()
    }

    /// Goes on until the server is gone.
    ///
    /// # Errors
    /// The server said what it must not.
    pub(super) async fn go_on(&mut self) -> Result<()> {
        let kept = self.is_one_still_active().await;
        if is_gone(&kept) {
            return Ok(());
        }
        kept?;
        loop {
            let done = self.step().await;
            if is_gone(&done) {
                return Ok(());
            }
            done?;
        }
    }

    /// A plan that was bought before the last kill is there.
    async fn is_one_still_active(&self) -> Result<()> {
        match self.bought.last() {
            Some((visitor, path)) => is_active(visitor, path).await,
            None => Ok(()),
        }
    }

    /// Every plan that was ever shown as active is; returns the paths of their orders.
    pub(super) async fn all_still_active(self) -> Result<Vec<String>> {
        let mut paths = Vec::new();
        for (visitor, path) in self.bought {
            is_active(&visitor, &path).await?;
            paths.push(path);
        }
        Ok(paths)
    }

    /// Does the next thing; when it is cut off, the customer stays where it can be done again.
    pub(super) async fn step(&mut self) -> Result<()> {
        let visitor = match self.visitor.take() {
            Some(visitor) => visitor,
            None => Visitor::new(&self.origin)?,
        };
        let visitor = self.visitor.insert(visitor);
        match std::mem::take(&mut self.stage) {
            Stage::New => {
                let sim = DEMO_SIMS.first().context("a SIM")?;
                let plans = sound(visitor.open(&sim.launch_path()).await?)?;
                let page = plans.page.as_ref().context("a page of ours")?;
                let offered = page.forms.first().and_then(|form| form.plans.as_ref());
                let plan = offered.and_then(|plans| plans.plans.first()).context("a plan")?;
                let typed = [("plan", plan.id.as_str())];
                let review = sound(visitor.press(&plans, "Continue", &typed).await?)?;
                self.stage = Stage::Review(review);
            }
            Stage::Review(review) => {
                let sent = pay(visitor, &review).await;
                self.stage = match sent {
                    Ok(seen) if seen.path.starts_with("/orders/") => {
                        Stage::Order(review, seen.path)
                    }
                    Ok(seen) => Stage::Payment(review, Box::new(seen)),
                    Err(error) => {
                        self.stage = Stage::Review(review);
                        return Err(error);
                    }
                };
            }
            Stage::Payment(review, payment) => {
                // Cut off, or not the page that takes a card: the review leads there again.
                let (stage, done) = match settle(visitor, &payment).await {
                    Ok(Some(path)) => (Stage::Order(review, path), Ok(())),
                    Ok(None) => (Stage::Review(review), Ok(())),
                    Err(error) => (Stage::Review(review), Err(error)),
                };
                self.stage = stage;
                done?;
            }
            Stage::Order(review, path) => {
                let looked = visitor.open(&path).await;
                self.stage = Stage::Order(review, path);
                let seen = sound(looked?)?;
                self.look(&seen).await?;
            }
        }
        Ok(())
    }

    /// What the page of the order leads to.
    async fn look(&mut self, seen: &Seen) -> Result<()> {
        let Stage::Order(review, path) = std::mem::take(&mut self.stage) else { return Ok(()) };
        let is_waiting = seen.page.as_ref().is_some_and(|page| page.wait.is_some());
        if seen.heading() == "Your plan is active" {
            self.bought.extend(self.visitor.take().map(|visitor| (visitor, path)));
        } else if seen.html.contains("Try another card") {
            self.stage = Stage::Order(review.clone(), path);
            let visitor = self.visitor.as_ref().context("a visitor")?;
            let payment = sound(visitor.press(seen, "Try another card", &[]).await?)?;
            self.stage = Stage::Payment(review, Box::new(payment));
        } else if is_waiting {
            self.stage = Stage::Order(review, path);
            tokio::time::sleep(LOOK_EVERY).await;
        } else {
            // Still to be paid: the review's form leads to the same order.
            self.stage = Stage::Review(review);
        }
        Ok(())
    }
}

/// Sends the review, often twice at once: both lead to the same place.
async fn pay(visitor: &Visitor, review: &Seen) -> Result<Seen> {
    let ticked = ticked(review);
    if one_of(2) == 0 {
        return sound(visitor.press(review, "Pay", &ticked).await?);
    }
    let (one, two) =
        tokio::join!(visitor.press(review, "Pay", &ticked), visitor.press(review, "Pay", &ticked));
    let (one, two) = (sound(one?)?, sound(two?)?);
    ensure!(one.path == two.path, "two clicks: {} and {}", one.path, two.path);
    Ok(one)
}

/// Types a card; returns the path of the order once the provider sends the customer back.
async fn settle(visitor: &Visitor, payment: &Seen) -> Result<Option<String>> {
    let card = match one_of(8) {
        0 => "4000000000000002",
        1 => "4000000000003220",
        _ => "4242424242424242",
    };
    let typed = [("card", card), ("expiry", "12/39"), ("cvc", "123")];
    let is_asked = |seen: &Seen| seen.heading() == "Confirm the payment";
    let mut seen = match payment.html.contains("name=\"card\"") {
        true => sound(visitor.press(payment, "Pay", &typed).await?)?,
        // Cut off before the bank was answered.
        false if is_asked(payment) => sound(visitor.press(payment, "Confirm", &[]).await?)?,
        // Settled before the cut; only the way back is left.
        false => leave(visitor, payment).await?,
    };
    if is_asked(&seen) {
        seen = sound(visitor.press(&seen, "Confirm", &[]).await?)?;
    }
    if seen.path.starts_with("/sandbox/") {
        seen = leave(visitor, &seen).await?;
    }
    Ok(seen.path.starts_with("/orders/").then_some(seen.path))
}

/// Follows the link back from the provider's page.
async fn leave(visitor: &Visitor, seen: &Seen) -> Result<Seen> {
    let link = seen.html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut back = link.filter(|href| href.starts_with("/orders/"));
    let back = back.next().with_context(|| format!("no way back: {}", seen.html))?;
    sound(visitor.open(back).await?)
}

async fn is_active(visitor: &Visitor, path: &str) -> Result<()> {
    let seen = sound(visitor.open(path).await?)?;
    ensure!(seen.heading() == "Your plan is active", "{path} was active: {}", seen.heading());
    Ok(())
}

/// A server that answers has no excuse.
fn sound(seen: Seen) -> Result<Seen> {
    ensure!(seen.status.is_success(), "{} {}: {}", seen.status, seen.path, seen.html);
    Ok(seen)
}

/// Tells a server that is gone from one that says what it must not.
fn is_gone<T>(result: &Result<T>) -> bool {
    let error = result.as_ref().err();
    error.is_some_and(|error| error.chain().any(|cause| cause.is::<reqwest::Error>()))
}
