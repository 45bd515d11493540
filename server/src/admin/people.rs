//! Accounts of people: the bootstrap secret, passwords, signing in and out.
//!
//! Passwords are kept as Argon2id in PHC form; cookies and secrets as hashes. Not here: pages
//! ([`super::views`]).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use domain::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use super::{Admin, views};
use crate::entropy;
use crate::http::customer::cookie;
use crate::http::reply::see;
use crate::store::{Account, AuditEntry, Command, Login, StoreError};

/// The cookie of a log-in. The listener is HTTPS only.
const COOKIE: &str = "__Host-bg-admin";
/// How long a log-in lasts.
const LOGIN_FOR: SignedDuration = SignedDuration::from_hours(8);
/// How long the bootstrap secret is good.
const BOOTSTRAP_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Fewest characters of a password.
const PASSWORD_CHARS_MIN: usize = 12;
/// Most bytes of a password: more only costs time.
const PASSWORD_BYTES_MAX: usize = 1024;
/// Failed sign-ins of a window after which no more are looked at.
const ATTEMPTS_MAX: u32 = 10;
/// The window.
const ATTEMPTS_WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Looks at orders, has them tried again, gives money back.
    Support,
    /// Looks and changes.
    Operator,
    /// Looks at orders and the audit.
    Auditor,
}

impl Role {
    /// Reads the stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "support" => Some(Self::Support),
            "operator" => Some(Self::Operator),
            "auditor" => Some(Self::Auditor),
            _ => None,
        }
    }

    /// Returns the stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }
}

/// Somebody who is signed in.
pub struct Person {
    /// The account.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The token that its forms carry.
    pub token: String,
}

/// The secret by which the first account is made: printed once, good for an hour.
pub struct Bootstrap {
    fingerprint: String,
    until: Timestamp,
}

impl Bootstrap {
    /// Makes a secret; returns it with what is kept of it.
    #[must_use]
    pub fn make(now: Timestamp) -> (String, Self) {
        let secret = entropy::secret();
        let until = now.checked_add(BOOTSTRAP_FOR).unwrap_or(now);
        let kept = Self { fingerprint: entropy::fingerprint(&secret), until };
        (secret, kept)
    }

    fn is(&self, secret: &str, now: Timestamp) -> bool {
        now < self.until && self.fingerprint == entropy::fingerprint(secret.trim())
    }
}

/// Counts failed sign-ins of the window.
#[derive(Default)]
pub struct Attempts {
    failed: Mutex<(Option<Timestamp>, u32)>,
}

/// Passwords hashed at once: each takes 19 MiB and a core.
static HASHING: Semaphore = Semaphore::const_new(2);

impl Attempts {
    /// Counts an attempt before it is looked at, so that many at once count as many.
    fn begin(&self, now: Timestamp) -> bool {
        let mut kept = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = kept.0.is_some_and(|since| now.duration_since(since) >= ATTEMPTS_WINDOW);
        if is_over {
            *kept = (None, 0);
        }
        kept.0.get_or_insert(now);
        kept.1 = kept.1.saturating_add(1);
        kept.1 <= ATTEMPTS_MAX
    }

    /// Takes a count back after a success.
    fn succeeded(&self) {
        let mut kept = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        kept.1 = kept.1.saturating_sub(1);
    }
}

/// Reads a form's fields, the first of each name.
#[must_use]
pub fn fields(body: &[u8]) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body).take(16) {
        fields.entry(name.into_owned()).or_insert_with(|| value.into_owned());
    }
    fields
}

/// Returns who is signed in.
///
/// # Errors
/// The store does not answer.
pub async fn person(admin: &Admin, headers: &HeaderMap) -> Result<Option<Person>, StoreError> {
    let Some(secret) = cookie(headers, COOKIE) else { return Ok(None) };
    let login = admin.app.store.login(entropy::fingerprint(secret)).await?;
    let login = login.filter(|login| login.expires_at > admin.app.clock.now());
    let Some(login) = login else { return Ok(None) };
    let account = admin.app.store.account(login.account).await?;
    Ok(account.and_then(|account| {
        let role = Role::parse(&account.role)?;
        Some(Person { name: account.name, role, token: login.token })
    }))
}

/// Returns who is signed in when the form is theirs.
///
/// # Errors
/// The store does not answer.
pub async fn author(
    admin: &Admin,
    headers: &HeaderMap,
    fields: &BTreeMap<String, String>,
) -> Result<Option<Person>, StoreError> {
    let given = fields.get(api::browser::field::TOKEN).map(|token| entropy::fingerprint(token));
    let person = person(admin, headers).await?;
    Ok(person.filter(|person| given == Some(entropy::fingerprint(&person.token))))
}

/// `POST /bootstrap`
pub async fn bootstrap(
    State(admin): State<Arc<Admin>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match make_first(&admin, &fields(&body)).await {
        Ok(true) => see("/login"),
        Ok(false) => views::bootstrap_refused(&admin, &headers),
        Err(error) => views::unavailable(&admin, &headers, &error),
    }
}

async fn make_first(admin: &Admin, fields: &BTreeMap<String, String>) -> Result<bool, StoreError> {
    let text = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let (name, password) = (text("name").trim(), text("password"));
    let now = admin.app.clock.now();
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'@');
    let is_name = !name.is_empty() && name.len() <= 64 && name.bytes().all(fits);
    let is_password =
        password.chars().count() >= PASSWORD_CHARS_MIN && password.len() <= PASSWORD_BYTES_MAX;
    let is_first = admin.app.store.account_count().await? == 0;
    if !admin.attempts.begin(now) || !admin.bootstrap.is(text("secret"), now) {
        return Ok(false);
    }
    admin.attempts.succeeded();
    if !(is_name && is_password && is_first) {
        return Ok(false);
    }
    let Some(password_hash) = hash(password.to_owned()).await else {
        return Err(StoreError::Unavailable("the password was not hashed".to_owned()));
    };
    let account = Account {
        name: name.to_owned(),
        role: Role::Operator.name().to_owned(),
        password_hash,
        created_at: now,
    };
    let entry = audit(now, "bootstrap", "account.create", name);
    let batch = vec![Command::InsertAccount(account), Command::Audit(entry)];
    match admin.app.store.commit(batch).await {
        Ok(()) => Ok(true),
        Err(StoreError::Duplicate) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes an audit entry.
#[must_use]
pub fn audit(at: Timestamp, actor: &str, action: &str, object: &str) -> AuditEntry {
    AuditEntry { at, actor: actor.to_owned(), action: action.to_owned(), object: object.to_owned() }
}

/// `POST /login`
pub async fn login(State(admin): State<Arc<Admin>>, headers: HeaderMap, body: Bytes) -> Response {
    match sign_in(&admin, &fields(&body)).await {
        Ok(Some(secret)) => {
            let mut response = see("/");
            set_cookie(&mut response, &secret, LOGIN_FOR.as_secs());
            response
        }
        Ok(None) => views::login_refused(&admin, &headers),
        Err(error) => views::unavailable(&admin, &headers, &error),
    }
}

async fn sign_in(
    admin: &Admin,
    fields: &BTreeMap<String, String>,
) -> Result<Option<String>, StoreError> {
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let (name, password) = (text("name").trim().to_owned(), text("password"));
    let now = admin.app.clock.now();
    if !admin.attempts.begin(now) || password.len() > PASSWORD_BYTES_MAX {
        return Ok(None);
    }
    let account = admin.app.store.account(name.clone()).await?;
    // An unknown name costs the same time as a wrong password.
    let kept = account.as_ref().map(|account| account.password_hash.clone());
    if !is_password(password, kept).await {
        let object: String = name.chars().take(64).collect();
        let entry = audit(now, "nobody", "login.refused", &object);
        admin.app.store.commit(vec![Command::Audit(entry)]).await?;
        return Ok(None);
    }
    admin.attempts.succeeded();
    let secret = entropy::secret();
    let login = Login {
        id_hash: entropy::fingerprint(&secret),
        account: name.clone(),
        token: entropy::secret(),
        expires_at: now.checked_add(LOGIN_FOR).unwrap_or(now),
    };
    let entry = audit(now, &name, "login", &name);
    admin.app.store.commit(vec![Command::InsertLogin(login), Command::Audit(entry)]).await?;
    Ok(Some(secret))
}

/// `POST /logout`
pub async fn logout(State(admin): State<Arc<Admin>>, headers: HeaderMap, body: Bytes) -> Response {
    match author(&admin, &headers, &fields(&body)).await {
        Ok(Some(_)) => {}
        Ok(None) => return see("/login"),
        Err(error) => return views::unavailable(&admin, &headers, &error),
    }
    let id_hash = cookie(&headers, COOKIE).map(entropy::fingerprint).unwrap_or_default();
    if let Err(error) = admin.app.store.commit(vec![Command::DeleteLogin { id_hash }]).await {
        return views::unavailable(&admin, &headers, &error);
    }
    let mut response = see("/login");
    set_cookie(&mut response, "", 0);
    response
}

fn set_cookie(response: &mut Response, value: &str, max_age_s: i64) {
    let text =
        format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={max_age_s}");
    if let Ok(text) = HeaderValue::from_str(&text) {
        response.headers_mut().append(SET_COOKIE, text);
    }
}

async fn hash(password: String) -> Option<String> {
    let _place = HASHING.acquire().await.ok()?;
    let salt = SaltString::encode_b64(&entropy::bytes::<16>()).ok()?;
    let work = move || {
        let hashed = Argon2::default().hash_password(password.as_bytes(), &salt);
        hashed.ok().map(|hash| hash.to_string())
    };
    tokio::task::spawn_blocking(work).await.ok()?
}

async fn is_password(password: String, kept: Option<String>) -> bool {
    let Some(kept) = kept else {
        let _ = hash(password).await;
        return false;
    };
    let Ok(_place) = HASHING.acquire().await else { return false };
    let work = move || {
        let Ok(kept) = PasswordHash::new(&kept) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &kept).is_ok()
    };
    tokio::task::spawn_blocking(work).await.unwrap_or(false)
}
