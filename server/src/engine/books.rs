//! Keeps the books beside the ledger: which receipts and credit notes a change of an order leads
//! to, and what they say.
//!
//! What is sold and by whom is read from the catalogue of the moment and fixed in the document.
//! Not here: their numbers, which the store counts in the transaction that holds them.

use std::sync::{Arc, PoisonError, RwLock};

use domain::Timestamp;
use domain::identity::masked;
use domain::legal::Seller;
use domain::order::{Change, Payment, PaymentId};
use domain::receipt::{Kind, Paid, Receipt, Series};

use crate::catalog::Catalog;
use crate::store::books::{BooksCommand, Issued, NewReceipt};
use crate::store::{Command, Order, Store, StoreError};

/// Most orders of an older program that one look finds.
const DUE_AT_ONCE: u32 = 256;

/// Makes receipts and credit notes.
pub struct Books {
    store: Arc<dyn Store>,
    /// The catalogue of the moment.
    shop: RwLock<Arc<Catalog>>,
}

impl Books {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, shop: RwLock::default() }
    }

    /// Takes what is sold, and by whom, from this catalogue from here on.
    pub fn know(&self, catalog: Arc<Catalog>) {
        *self.shop.write().unwrap_or_else(PoisonError::into_inner) = catalog;
    }

    /// Returns the commands that write down what these changes of an order lead to; `record` is
    /// the order after them.
    ///
    /// # Errors
    /// The store does not answer.
    pub(super) async fn entries(
        &self,
        record: &Order,
        changes: &[Change],
        now: Timestamp,
    ) -> Result<Vec<Command>, StoreError> {
        let mut batch = Vec::new();
        for change in changes {
            if let Change::PaymentReceived(payment) = change {
                let paid = paid(&payment.id, payment.at);
                batch.push(self.issue(record, Kind::Receipt, paid, now).await?);
            }
            if let Change::RefundEnded(id) = change
                && is_counted(record, id)
            {
                let paid = paid(id, now);
                batch.push(self.issue(record, Kind::Credit, paid, now).await?);
            }
        }
        Ok(batch)
    }

    /// Issues what orders of an older program lack: a receipt for what was paid, a credit note for
    /// what was given back.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn issue_missing(&self, now: Timestamp) -> Result<(), StoreError> {
        loop {
            let due = self.store.receipts_due(DUE_AT_ONCE).await?;
            if due.is_empty() {
                return Ok(());
            }
            for order in due {
                let record = self.store.order(order).await?;
                if let Some((record, payment)) =
                    record.and_then(|record| Some((record.clone(), record.order.payment?)))
                {
                    let of_payment = paid(&payment.id, payment.at);
                    let receipt = self.issue(&record, Kind::Receipt, of_payment, now).await?;
                    self.store.commit(vec![receipt]).await?;
                    if is_given_back(&record, &payment) {
                        let of_refund = paid(&payment.id, now);
                        let credit = self.issue(&record, Kind::Credit, of_refund, now).await?;
                        self.store.commit(vec![credit]).await?;
                    }
                }
                let settled = Command::Books(BooksCommand::Settle { order });
                self.store.commit(vec![settled]).await?;
            }
        }
    }

    async fn issue(
        &self,
        record: &Order,
        kind: Kind,
        paid: Paid,
        now: Timestamp,
    ) -> Result<Command, StoreError> {
        let order = &record.order;
        let accepted = self.store.accepted(order.id).await?;
        let refers_to = match kind {
            Kind::Receipt => None,
            Kind::Credit => {
                let issued = self.store.receipts(order.id).await?;
                let receipt = issued.into_iter().find(|of| of.receipt.kind == Kind::Receipt);
                receipt.map(|Issued { number, .. }| number)
            }
        };
        let catalog = Arc::clone(&self.shop.read().unwrap_or_else(PoisonError::into_inner));
        let terms = &order.terms;
        let brand = catalog.brands.get(&terms.brand);
        let plan = brand.and_then(|brand| brand.plan(&terms.plan));
        // A brand that is sold no more is still known by its id.
        let brand_name = brand.map_or_else(|| terms.brand.to_string(), |brand| brand.name.clone());
        let seller = catalog.legal.get(&terms.brand).map(|legal| legal.seller.clone());
        let numbering = catalog.numbering.get(&terms.brand);
        let series = numbering.and_then(|numbering| numbering.of(kind)).cloned();
        let series = series.unwrap_or_else(|| Series::of(&terms.brand, kind));
        let receipt = Receipt {
            kind,
            order: order.id,
            code: order.code.clone(),
            brand: terms.brand.clone(),
            seller: seller.unwrap_or_else(|| Seller {
                name: brand_name.clone(),
                address: None,
                tax_id: None,
            }),
            brand_name,
            plan: terms.plan.clone(),
            plan_name: plan.map_or_else(|| terms.plan.to_string(), |plan| plan.name.clone()),
            total: terms.price,
            tax: terms.tax,
            paid,
            issued_at: now,
            consent: accepted.map(|accepted| accepted.consent),
            refers_to,
        };
        let numbers = series.at(now);
        let new = NewReceipt { numbers, receipt };
        Ok(Command::Books(BooksCommand::Issue(Box::new(new))))
    }
}

fn paid(id: &PaymentId, at: Timestamp) -> Paid {
    Paid { provider: id.provider.clone(), reference: masked(&id.reference), at }
}

/// Tells whether a payment is the one that has a receipt: others buy nothing and go back.
fn is_counted(record: &Order, id: &PaymentId) -> bool {
    record.order.payment.as_ref().is_some_and(|payment| payment.id == *id)
}

fn is_given_back(record: &Order, payment: &Payment) -> bool {
    let refunds = &record.order.refunds;
    refunds.iter().any(|refund| refund.payment == payment.id && refund.is_done)
}
