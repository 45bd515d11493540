//! Vouchers where payment providers stand: they give back what was redeemed.
//!
//! A voucher has no page and no session, so nothing is opened here. It is redeemed in the
//! transaction that has its order paid (`http::checkout::voucher`), and its payment's reference is
//! the order: a voucher that was given back may pay another order later, and a late repetition of
//! the first giving back must leave it alone.

use std::sync::Arc;

use axum::http::HeaderMap;
use domain::Timestamp;
use domain::amount::Money;
use domain::code::Id;
use domain::order::{PaymentId, PaymentSession};
use domain::voucher::PROVIDER;

use super::{OpenRequest, PaymentError, PaymentProvider, ProviderEvent, Reply, SessionStatus};
use crate::clock::Clock;
use crate::store::vouchers::VouchersCommand;
use crate::store::{Command, Store, StoreError};

/// Gives vouchers back.
pub struct VoucherPayments {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

/// Returns the payment of an order by a voucher.
#[must_use]
pub fn payment(order: Id) -> PaymentId {
    PaymentId { provider: PROVIDER.to_owned(), reference: order.to_string() }
}

impl VoucherPayments {
    /// Makes it over a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }
}

impl PaymentProvider for VoucherPayments {
    fn name(&self) -> &str {
        PROVIDER
    }

    fn origins(&self) -> Vec<String> {
        Vec::new()
    }

    fn open(&self, _request: OpenRequest) -> Reply<'_, PaymentSession> {
        let error = PaymentError::Unavailable("vouchers have no payment page".to_owned());
        Box::pin(async { Err(error) })
    }

    fn close(&self, _session: String) -> Reply<'_, SessionStatus> {
        Box::pin(async { Err(PaymentError::UnknownSession) })
    }

    fn retrieve(&self, _session: String) -> Reply<'_, SessionStatus> {
        Box::pin(async { Err(PaymentError::UnknownSession) })
    }

    fn refund(&self, _key: String, reference: String, _amount: Money) -> Reply<'_, ()> {
        Box::pin(async move {
            let order = Id::parse(&reference).ok_or(PaymentError::UnknownSession)?;
            let at = self.clock.now();
            let give_back = Command::Vouchers(VouchersCommand::GiveBack { order, at });
            match self.store.commit(vec![give_back]).await {
                Ok(()) => Ok(()),
                Err(StoreError::Missing) => Err(PaymentError::UnknownSession),
                Err(error) => Err(PaymentError::Unavailable(error.to_string())),
            }
        })
    }

    fn verify_event(
        &self,
        _headers: &HeaderMap,
        _body: &[u8],
        _now: Timestamp,
    ) -> Result<ProviderEvent, PaymentError> {
        Err(PaymentError::BadSignature)
    }
}
