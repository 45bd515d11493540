//! Values as columns and back: the one place that knows how a record lies in its table.
//!
//! Not here: transactions ([`super::writer`]) and queries ([`super::reads`]).

use domain::amount::{Currency, Megabytes, Money, Period};
use domain::brand::{BrandId, PlanId, PlanType};
use domain::code::{Id, OrderCode, OrderId};
use domain::identity::{CdmaDevice, Iccid, Imei, Imsi, Min};
use domain::launch::{Device, Subscriber, Technology};
use domain::order::{self, Effect, Grant, PaymentAttempt, PaymentId, PaymentSession, State, Terms};
use domain::{SignedDuration, Timestamp, activation::Activation};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

use super::refunds::{self, FIRST_PROVIDER};
use super::writer::{changed, run_sql};
use crate::store::{
    Claims, Command, Delivery, Order, OutboxEntry, PackageRevision, SandboxSession, SandboxStatus,
    Session, StoreError, Subscription,
};

/// Writes an instant as milliseconds since 1970.
pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// Writes a counter.
pub(super) fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

fn optional<T>(value: Option<T>, write: impl Fn(T) -> Value) -> Value {
    value.map_or(Value::Null, write)
}

/// Returns the columns of an order; `id` comes first.
pub(super) fn order_columns(record: &Order) -> Result<Vec<(&'static str, Value)>, StoreError> {
    let order = &record.order;
    let attempt = order.attempt.as_ref();
    let session = attempt.and_then(|attempt| attempt.session.as_ref());
    let at = |at: Timestamp| Value::Integer(ms(at));
    let span =
        |span: SignedDuration| Value::Integer(i64::try_from(span.as_millis()).unwrap_or(i64::MAX));
    let (sub_kind, sub_id) = subscriber_columns(record.claims.subscriber.as_ref());
    let (dev_kind, dev_id) = device_columns(record.claims.device.as_ref());
    let mut columns = vec![
        ("id", text(order.id.to_string())),
        ("code", text(order.code.as_str())),
        ("version", Value::Integer(count(record.version))),
        ("session", text(&record.session)),
        ("browser_key", text(&record.browser_key)),
        ("brand", text(order.terms.brand.as_str())),
        ("plan", text(order.terms.plan.as_str())),
        ("price_minor", Value::Integer(order.terms.price.minor)),
        ("currency", text(order.terms.price.currency.code())),
        ("plan_type", text(plan_type_name(order.terms.plan_type))),
        ("data_limit_mb", optional(order.terms.data_limit, |limit| Value::Integer(limit.0.into()))),
        ("duration", text(order.terms.duration.to_string())),
        ("resets", Value::Integer(order.terms.resets.into())),
        ("usage_notifications", Value::Integer(order.terms.usage_notifications.into())),
        ("sub_kind", sub_kind),
        ("sub_id", sub_id),
        ("dev_kind", dev_kind),
        ("dev_id", dev_id),
        ("icc_id", optional(record.claims.iccid.as_ref(), |iccid| text(iccid.reveal()))),
        ("state", text(order.state.name())),
        ("created_at", at(order.created_at)),
        ("attempt", optional(attempt, |attempt| Value::Integer(attempt.number.into()))),
        ("attempt_closes_at", optional(attempt.map(|attempt| attempt.closes_at), at)),
        ("attempt_closing", optional(attempt, |a| Value::Integer(a.is_closing.into()))),
        ("session_id", optional(session, |session| text(&session.id))),
        ("session_url", optional(session, |session| text(&session.url))),
        ("payment_reference", optional(order.payment.as_ref(), |p| text(&p.id.reference))),
        ("payment_at", optional(order.payment.as_ref().map(|payment| payment.at), at)),
        ("activation_at", optional(order.activation.map(|a| a.requested_at), at)),
        ("activation_estimate", optional(order.activation.and_then(|a| a.estimate), span)),
        ("activation_margin", optional(order.activation.map(|a| a.margin), span)),
        ("grant_from", optional(order.grant.map(|grant| grant.starts_at), at)),
        ("grant_to", optional(order.grant.map(|grant| grant.ends_at), at)),
        ("next_deadline", optional(order::next_deadline(order), at)),
    ];
    columns.extend(refunds::columns(order)?);
    Ok(columns)
}

pub(super) fn subscriber_columns(subscriber: Option<&Subscriber>) -> (Value, Value) {
    match subscriber {
        None => (Value::Null, Value::Null),
        Some(Subscriber::Imsi(imsi)) => (text("imsi"), text(imsi.reveal())),
        Some(Subscriber::Min(min)) => (text("min"), text(min.reveal())),
    }
}

fn device_columns(device: Option<&Device>) -> (Value, Value) {
    match device {
        None => (Value::Null, Value::Null),
        Some(Device::Imei(imei)) => (text("imei"), text(imei.reveal())),
        Some(Device::Cdma(device)) => (text("cdma"), text(device.reveal())),
    }
}

/// Says that a column holds what nothing of ours wrote.
pub(super) fn corrupt(column: &str) -> StoreError {
    StoreError::Corrupt(format!("column {column}"))
}

/// Reads a column.
pub(super) fn column<T: rusqlite::types::FromSql>(
    row: &Row<'_>,
    name: &str,
) -> Result<T, StoreError> {
    row.get(name).map_err(|_| corrupt(name))
}

/// Reads an instant.
pub(super) fn instant(row: &Row<'_>, name: &str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(column(row, name)?).map_err(|_| corrupt(name))
}

/// Reads an instant that may be absent.
pub(super) fn optional_instant(row: &Row<'_>, name: &str) -> Result<Option<Timestamp>, StoreError> {
    let value: Option<i64> = column(row, name)?;
    value.map(|ms| Timestamp::from_millisecond(ms).map_err(|_| corrupt(name))).transpose()
}

/// Reads an amount of money.
pub(super) fn money(row: &Row<'_>, minor: &str) -> Result<Money, StoreError> {
    let currency: String = column(row, "currency")?;
    let currency = Currency::parse(&currency).ok_or_else(|| corrupt("currency"))?;
    Ok(Money { minor: column(row, minor)?, currency })
}

/// Reads a subscriber.
pub(super) fn subscriber(row: &Row<'_>) -> Result<Option<Subscriber>, StoreError> {
    let kind: Option<String> = column(row, "sub_kind")?;
    let value: Option<String> = column(row, "sub_id")?;
    let bad = || corrupt("sub_id");
    match (kind.as_deref(), value) {
        (None, None) => Ok(None),
        (Some("imsi"), Some(value)) => {
            Imsi::parse(&value).map(|imsi| Some(Subscriber::Imsi(imsi))).map_err(|_| bad())
        }
        (Some("min"), Some(value)) => {
            Min::parse(&value).map(|min| Some(Subscriber::Min(min))).map_err(|_| bad())
        }
        _ => Err(bad()),
    }
}

/// Reads an ICCID.
pub(super) fn iccid(row: &Row<'_>) -> Result<Option<Iccid>, StoreError> {
    let value: Option<String> = column(row, "icc_id")?;
    value.map(|value| Iccid::parse(&value).map_err(|_| corrupt("icc_id"))).transpose()
}

/// Reads a subscription.
pub(super) fn subscription(row: &Row<'_>) -> Result<Subscription, StoreError> {
    let (order, brand): (String, String) = (column(row, "order_id")?, column(row, "brand")?);
    Ok(Subscription {
        order: Id::parse(&order).ok_or_else(|| corrupt("order_id"))?,
        brand: BrandId::parse(&brand).ok_or_else(|| corrupt("brand"))?,
        plan: column(row, "plan")?,
        subscriber: subscriber(row)?,
        iccid: iccid(row)?,
        starts_at: instant(row, "starts_at")?,
        ends_at: instant(row, "ends_at")?,
    })
}

fn device(row: &Row<'_>) -> Result<Option<Device>, StoreError> {
    let kind: Option<String> = column(row, "dev_kind")?;
    let value: Option<String> = column(row, "dev_id")?;
    let bad = || corrupt("dev_id");
    match (kind.as_deref(), value) {
        (None, None) => Ok(None),
        (Some("imei"), Some(value)) => {
            Imei::parse(&value).map(|imei| Some(Device::Imei(imei))).map_err(|_| bad())
        }
        (Some("cdma"), Some(value)) => CdmaDevice::parse(&value)
            .map(|(device, _)| Some(Device::Cdma(device)))
            .map_err(|_| bad()),
        _ => Err(bad()),
    }
}

fn technology_name(technology: Technology) -> &'static str {
    match technology {
        Technology::Gsm => "gsm",
        Technology::Cdma => "cdma",
        Technology::Unknown => "unknown",
    }
}

/// Reads an order.
pub(super) fn order(row: &Row<'_>) -> Result<Order, StoreError> {
    let parse = |name: &str| -> Result<String, StoreError> { column(row, name) };
    let price = money(row, "price_minor")?;
    let terms = Terms {
        brand: BrandId::parse(&parse("brand")?).ok_or_else(|| corrupt("brand"))?,
        plan: PlanId::parse(&parse("plan")?).ok_or_else(|| corrupt("plan"))?,
        price,
        plan_type: plan_type(&parse("plan_type")?)?,
        data_limit: column::<Option<u32>>(row, "data_limit_mb")?.map(Megabytes),
        duration: Period::parse(&parse("duration")?).map_err(|_| corrupt("duration"))?,
        resets: column(row, "resets")?,
        usage_notifications: column(row, "usage_notifications")?,
        tax: refunds::tax(row, price.currency)?,
        renews: refunds::renews(row)?,
    };
    let payment = refunds::payment(row)?;
    let state = State::parse(&parse("state")?).ok_or_else(|| corrupt("state"))?;
    let grant = match (optional_instant(row, "grant_from")?, optional_instant(row, "grant_to")?) {
        (Some(starts_at), Some(ends_at)) => Some(Grant { starts_at, ends_at }),
        _ => None,
    };
    let order = order::Order {
        id: Id::parse(&parse("id")?).ok_or_else(|| corrupt("id"))?,
        code: OrderCode::parse(&parse("code")?).ok_or_else(|| corrupt("code"))?,
        terms,
        state,
        created_at: instant(row, "created_at")?,
        attempt: attempt(row)?,
        refunds: refunds::refunds(row, state, price, payment.as_ref())?,
        asked: refunds::asked(row, state, payment.as_ref())?,
        payment,
        activation: activation(row)?,
        failed_at: optional_instant(row, "failed_at")?,
        grant,
    };
    let version: i64 = column(row, "version")?;
    let (subscriber, device, iccid) = (subscriber(row)?, device(row)?, iccid(row)?);
    Ok(Order {
        order,
        version: u64::try_from(version).map_err(|_| corrupt("version"))?,
        session: parse("session")?,
        browser_key: parse("browser_key")?,
        claims: Claims {
            technology: technology_of(&subscriber, &device),
            subscriber,
            device,
            iccid,
        },
    })
}

fn plan_type_name(plan_type: PlanType) -> &'static str {
    match plan_type {
        PlanType::Unrestricted => "unrestricted",
        PlanType::Fixed => "fixed",
        PlanType::Variable => "variable",
    }
}

fn plan_type(name: &str) -> Result<PlanType, StoreError> {
    let all = [PlanType::Unrestricted, PlanType::Fixed, PlanType::Variable];
    let found = all.into_iter().find(|known| plan_type_name(*known) == name);
    found.ok_or_else(|| corrupt("plan_type"))
}

fn technology_of(subscriber: &Option<Subscriber>, device: &Option<Device>) -> Technology {
    match (subscriber, device) {
        (Some(Subscriber::Min(_)), _) | (_, Some(Device::Cdma(_))) => Technology::Cdma,
        (Some(Subscriber::Imsi(_)), _) | (_, Some(Device::Imei(_))) => Technology::Gsm,
        (None, None) => Technology::Unknown,
    }
}

fn attempt(row: &Row<'_>) -> Result<Option<PaymentAttempt>, StoreError> {
    let number: Option<u32> = column(row, "attempt")?;
    let closes_at = optional_instant(row, "attempt_closes_at")?;
    let (Some(number), Some(closes_at)) = (number, closes_at) else { return Ok(None) };
    let id: Option<String> = column(row, "session_id")?;
    let url: Option<String> = column(row, "session_url")?;
    let provider = refunds::provider(row, "session_provider")?;
    let session = id.zip(url).map(|(id, url)| PaymentSession { provider, id, url });
    let is_closing: Option<bool> = column(row, "attempt_closing")?;
    let is_closing = is_closing.unwrap_or(false);
    let provider = refunds::provider(row, "attempt_provider")?;
    Ok(Some(PaymentAttempt { number, provider, closes_at, session, is_closing }))
}

fn activation(row: &Row<'_>) -> Result<Option<Activation>, StoreError> {
    let Some(requested_at) = optional_instant(row, "activation_at")? else { return Ok(None) };
    let estimate: Option<i64> = column(row, "activation_estimate")?;
    let margin: Option<i64> = column(row, "activation_margin")?;
    Ok(Some(Activation {
        requested_at,
        estimate: estimate.map(SignedDuration::from_millis),
        margin: SignedDuration::from_millis(margin.unwrap_or(0)),
    }))
}

/// Reads a session.
pub(super) fn session(row: &Row<'_>) -> Result<Session, StoreError> {
    let technology: String = column(row, "technology")?;
    let technology = match technology.as_str() {
        "gsm" => Technology::Gsm,
        "cdma" => Technology::Cdma,
        _ => Technology::Unknown,
    };
    let brand: Option<String> = column(row, "brand")?;
    Ok(Session {
        id_hash: column(row, "id_hash")?,
        token: column(row, "token")?,
        created_at: instant(row, "created_at")?,
        expires_at: instant(row, "expires_at")?,
        claims: Claims {
            subscriber: subscriber(row)?,
            device: device(row)?,
            iccid: iccid(row)?,
            technology,
        },
        brand: brand.as_deref().and_then(BrandId::parse),
    })
}

pub(super) fn save_session(c: &Connection, session: &Session) -> Result<(), StoreError> {
    let (sub_kind, sub_id) = subscriber_columns(session.claims.subscriber.as_ref());
    let (dev_kind, dev_id) = device_columns(session.claims.device.as_ref());
    run_sql(
        c,
        "INSERT OR REPLACE INTO session VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
        params![
            session.id_hash,
            session.token,
            ms(session.created_at),
            ms(session.expires_at),
            sub_kind,
            sub_id,
            dev_kind,
            dev_id,
            session.claims.iccid.as_ref().map(Iccid::reveal),
            technology_name(session.claims.technology),
            session.brand.as_ref().map(BrandId::as_str),
        ],
    )
}

/// The effect as it lies in the outbox; the fields are those of [`Effect`].
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum StoredEffect {
    OpenPayment {
        attempt: u32,
        #[serde(default = "first_provider")]
        provider: String,
        amount_minor: i64,
        currency: String,
        closes_at_ms: i64,
    },
    ClosePayment {
        #[serde(default = "first_provider")]
        provider: String,
        session: String,
    },
    Activate {
        #[serde(default = "first_try")]
        number: u32,
    },
    Deactivate {
        number: u32,
        is_late: bool,
    },
    Refund {
        #[serde(default = "first_provider")]
        provider: String,
        reference: String,
        amount_minor: i64,
        currency: String,
    },
}

fn first_provider() -> String {
    FIRST_PROVIDER.to_owned()
}

fn first_try() -> u32 {
    1
}

impl StoredEffect {
    fn of(effect: &Effect) -> Self {
        match effect.clone() {
            Effect::OpenPayment { attempt, provider, amount, closes_at } => Self::OpenPayment {
                attempt,
                provider,
                amount_minor: amount.minor,
                currency: amount.currency.code().to_owned(),
                closes_at_ms: ms(closes_at),
            },
            Effect::ClosePayment { provider, session } => Self::ClosePayment { provider, session },
            Effect::Activate { number } => Self::Activate { number },
            Effect::Deactivate { number, is_late } => Self::Deactivate { number, is_late },
            Effect::Refund { payment: PaymentId { provider, reference }, amount } => Self::Refund {
                provider,
                reference,
                amount_minor: amount.minor,
                currency: amount.currency.code().to_owned(),
            },
        }
    }

    fn effect(self) -> Option<Effect> {
        let money = |minor, currency: &str| {
            Currency::parse(currency).map(|currency| Money { minor, currency })
        };
        Some(match self {
            Self::OpenPayment { attempt, provider, amount_minor, currency, closes_at_ms } => {
                let closes_at = Timestamp::from_millisecond(closes_at_ms).ok()?;
                let amount = money(amount_minor, &currency)?;
                Effect::OpenPayment { attempt, provider, amount, closes_at }
            }
            Self::ClosePayment { provider, session } => Effect::ClosePayment { provider, session },
            Self::Activate { number } => Effect::Activate { number },
            Self::Deactivate { number, is_late } => Effect::Deactivate { number, is_late },
            Self::Refund { provider, reference, amount_minor, currency } => Effect::Refund {
                payment: PaymentId { provider, reference },
                amount: money(amount_minor, &currency)?,
            },
        })
    }
}

pub(super) fn add_effect(c: &Connection, entry: &OutboxEntry) -> Result<(), StoreError> {
    let stored = StoredEffect::of(&entry.effect);
    let body = serde_json::to_string(&stored).map_err(|_| corrupt("outbox.body"))?;
    let kind = match &entry.effect {
        Effect::OpenPayment { .. } => "open_payment",
        Effect::ClosePayment { .. } => "close_payment",
        Effect::Activate { .. } => "activate",
        Effect::Deactivate { .. } => "deactivate",
        Effect::Refund { .. } => "refund",
    };
    run_sql(
        c,
        "INSERT OR IGNORE INTO outbox (key, order_id, kind, body, created_at, due_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            entry.key,
            entry.order.to_string(),
            kind,
            body,
            ms(entry.created_at),
            ms(entry.due_at)
        ],
    )
}

/// Reads an effect of the outbox.
pub(super) fn effect(row: &Row<'_>) -> Result<OutboxEntry, StoreError> {
    let body: String = column(row, "body")?;
    let stored: StoredEffect = serde_json::from_str(&body).map_err(|_| corrupt("outbox.body"))?;
    let order: String = column(row, "order_id")?;
    Ok(OutboxEntry {
        key: column(row, "key")?,
        order: OrderId::parse(&order).ok_or_else(|| corrupt("order_id"))?,
        effect: stored.effect().ok_or_else(|| corrupt("outbox.body"))?,
        created_at: instant(row, "created_at")?,
        due_at: instant(row, "due_at")?,
        attempts: column(row, "attempts")?,
    })
}

pub(super) fn insert_subscription(c: &Connection, s: &Subscription) -> Result<(), StoreError> {
    let (sub_kind, sub_id) = subscriber_columns(s.subscriber.as_ref());
    run_sql(
        c,
        "INSERT OR IGNORE INTO subscription VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            s.order.to_string(),
            s.brand.as_str(),
            s.plan,
            sub_kind,
            sub_id,
            s.iccid.as_ref().map(Iccid::reveal),
            ms(s.starts_at),
            ms(s.ends_at)
        ],
    )
}

pub(super) fn insert_delivery(c: &Connection, delivery: &Delivery) -> Result<(), StoreError> {
    run_sql(
        c,
        "INSERT INTO delivery VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            delivery.id,
            delivery.order.to_string(),
            delivery.variant,
            delivery.channel,
            delivery.sha256,
            ms(delivery.at),
            delivery.result,
            delivery.result_at.map(ms)
        ],
    )
}

pub(super) fn record_result(
    c: &Connection,
    delivery: &str,
    order: OrderId,
    result: u32,
    at: Timestamp,
) -> Result<(), StoreError> {
    let updated = changed(
        c,
        "UPDATE delivery SET result = coalesce(result, ?3), result_at = coalesce(result_at, ?4)
         WHERE id = ?1 AND order_id = ?2",
        params![delivery, order.to_string(), result, ms(at)],
    )?;
    if updated == 0 { Err(StoreError::Missing) } else { Ok(()) }
}

fn sandbox_status(status: SandboxStatus) -> &'static str {
    match status {
        SandboxStatus::Open => "open",
        SandboxStatus::Confirming => "confirming",
        SandboxStatus::Paid => "paid",
        SandboxStatus::Declined => "declined",
        SandboxStatus::Closed => "closed",
    }
}

pub(super) fn insert_sandbox_session(c: &Connection, s: &SandboxSession) -> Result<(), StoreError> {
    run_sql(
        c,
        "INSERT INTO sandbox_session VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (key) DO NOTHING",
        params![
            s.id,
            s.key,
            s.description,
            s.amount.minor,
            s.amount.currency.code(),
            s.return_url,
            ms(s.closes_at),
            sandbox_status(s.status),
            s.reference,
            s.is_refunded
        ],
    )
}

/// Two cards at once, or a card while the session is being closed: the first one counts.
pub(super) fn move_sandbox_session(
    c: &Connection,
    id: &str,
    status: SandboxStatus,
    reference: Option<&str>,
) -> Result<(), StoreError> {
    run_sql(
        c,
        "UPDATE sandbox_session SET status = ?2, reference = ?3
         WHERE id = ?1 AND status IN ('open', 'confirming')",
        params![id, sandbox_status(status), reference],
    )
}

/// Reads a session of the sandbox provider.
pub(super) fn sandbox_session(row: &Row<'_>) -> Result<SandboxSession, StoreError> {
    let status: String = column(row, "status")?;
    let all = [
        SandboxStatus::Open,
        SandboxStatus::Confirming,
        SandboxStatus::Paid,
        SandboxStatus::Declined,
        SandboxStatus::Closed,
    ];
    let status = all.into_iter().find(|known| sandbox_status(*known) == status);
    Ok(SandboxSession {
        id: column(row, "id")?,
        key: column(row, "key")?,
        description: column(row, "description")?,
        amount: money(row, "amount_minor")?,
        return_url: column(row, "return_url")?,
        closes_at: instant(row, "closes_at")?,
        status: status.ok_or_else(|| corrupt("status"))?,
        reference: column(row, "reference")?,
        is_refunded: column(row, "refunded")?,
    })
}

pub(super) fn refund_sandbox(c: &Connection, reference: &str) -> Result<(), StoreError> {
    let sql = "UPDATE sandbox_session SET refunded = 1 WHERE reference = ?1";
    run_sql(c, sql, params![reference])
}

pub(super) fn save_package_revision(
    c: &Connection,
    revision: &PackageRevision,
) -> Result<(), StoreError> {
    run_sql(
        c,
        "INSERT OR REPLACE INTO package_revision VALUES (?1, ?2, ?3, ?4)",
        params![
            revision.brand.as_str(),
            revision.guid,
            ms(revision.last_modified),
            revision.sha256
        ],
    )
}

/// Writes what concerns people and machines that may use the server.
pub(super) fn write_access(c: &Connection, command: &Command) -> Result<(), StoreError> {
    match command {
        Command::InsertAccount(a) => run_sql(
            c,
            "INSERT INTO account VALUES (?1, ?2, ?3, ?4)",
            params![a.name, a.role, a.password_hash, ms(a.created_at)],
        ),
        Command::InsertLogin(login) => run_sql(
            c,
            "INSERT INTO login VALUES (?1, ?2, ?3, ?4)",
            params![login.id_hash, login.account, login.token, ms(login.expires_at)],
        ),
        Command::DeleteLogin { id_hash } => {
            run_sql(c, "DELETE FROM login WHERE id_hash = ?1", params![id_hash])
        }
        Command::InsertToken(token) => run_sql(
            c,
            "INSERT INTO api_token VALUES (?1, ?2, ?3, ?4)",
            params![token.hash, token.name, token.scopes.join(" "), ms(token.created_at)],
        ),
        Command::Audit(entry) => run_sql(
            c,
            "INSERT INTO audit (at, actor, action, object) VALUES (?1, ?2, ?3, ?4)",
            params![ms(entry.at), entry.actor, entry.action, entry.object],
        ),
        Command::Sweep { before } => {
            super::customer::sweep(c, *before)?;
            run_sql(c, "DELETE FROM session WHERE expires_at < ?1", params![ms(*before)])?;
            super::details::sweep(c, *before)?;
            run_sql(c, "DELETE FROM login WHERE expires_at < ?1", params![ms(*before)])
        }
        other => Err(StoreError::Corrupt(format!("no access command: {other:?}"))),
    }
}
