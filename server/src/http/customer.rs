//! A customer's request: the session behind its cookie, its language, its form.
//!
//! The cookie is opaque and only its hash is stored; a form must carry the session's token and
//! must not come from another site [PORT-24], [PORT-77]. Not here: what is done with it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use api::browser::{Page, field};
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Extension, FromRequest, FromRequestParts, Request};
use axum::http::header::{COOKIE, HOST, ORIGIN, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::brand::{Brand, BrandId};
use domain::subscriber::Standing;
use ring::hmac;

use super::Listener;
use super::reply::{self, Extra, Manner, Outcome, Scripts};
use crate::app::App;
use crate::entropy;
use crate::pages::Paper;
use crate::pages::problem::Problem;
use crate::store::{Claims, Command, Session, StoreError};
use crate::texts::Texts;

/// Most fields of a form.
const FIELDS_MAX: usize = 32;
/// The cookie by which the lab plays Windows.
pub const LAB_COOKIE: &str = "bg-lab";

/// A request of a customer.
pub struct Customer {
    /// The application.
    pub app: Arc<App>,
    /// The session, where its cookie is good and it has not ended.
    pub session: Option<Session>,
    /// The brand of the session.
    pub brand: Option<Brand>,
    /// Path and query.
    pub uri: Uri,
    /// Where the request comes from.
    pub client: Option<IpAddr>,
    /// The secret in the cookie of the session.
    secret: Option<String>,
    listener: Listener,
    headers: HeaderMap,
    set_cookie: Option<String>,
}

/// The fields of a form, the first of each name.
pub type Fields = BTreeMap<String, String>;

impl FromRequestParts<Arc<App>> for Customer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let listener = Extension::<Listener>::from_request_parts(parts, app).await;
        let listener = listener.map_or(Listener::Http, |Extension(listener)| listener);
        let mut customer = Self {
            app: Arc::clone(app),
            session: None,
            brand: None,
            uri: parts.uri.clone(),
            client: parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip()),
            secret: None,
            listener,
            headers: parts.headers.clone(),
            set_cookie: None,
        };
        let found = match cookie(&parts.headers, cookie_name(listener)) {
            Some(secret) => app.store.session(entropy::fingerprint(secret)).await,
            None => Ok(None),
        };
        match found {
            Ok(found) => {
                customer.session = found.filter(|session| session.expires_at > app.clock.now());
                let secret = cookie(&parts.headers, cookie_name(listener));
                customer.secret = secret.filter(|_| customer.session.is_some()).map(str::to_owned);
                customer.know_brand();
                Ok(customer)
            }
            Err(error) => Err(customer.reply(Problem::from(error).into())),
        }
    }
}

fn cookie_name(listener: Listener) -> &'static str {
    match listener {
        Listener::Https => "__Host-bg",
        Listener::Http => "bg",
    }
}

/// Returns the value of a cookie.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// Reads the fields of a form, whoever sent it.
///
/// # Errors
/// There are too many.
pub fn fields(body: &[u8]) -> Result<Fields, Problem> {
    let mut fields = Fields::new();
    for (at, (name, value)) in form_urlencoded::parse(body).enumerate() {
        if at >= FIELDS_MAX {
            return Err(Problem::BadInput);
        }
        fields.entry(name.into_owned()).or_insert_with(|| value.into_owned());
    }
    Ok(fields)
}

/// Masks bytes, or takes the mask off, with bits that the key gives for a context; none for more
/// bytes than there are bits for.
fn mask(key: &hmac::Key, context: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let bits = hmac::sign(key, context.as_bytes());
    let bits = bits.as_ref();
    (bytes.len() <= bits.len()).then(|| bytes.iter().zip(bits).map(|(a, b)| a ^ b).collect())
}

impl Customer {
    fn know_brand(&mut self) {
        let id = self.session.as_ref().and_then(|session| session.brand.as_ref());
        self.brand = id.and_then(|id| self.app.brand(id));
    }

    /// Returns the messages of the customer's language.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        reply::texts(&self.app, &self.headers)
    }

    /// Returns what pages for this customer are made from.
    #[must_use]
    pub fn paper(&self) -> Paper<'_> {
        let token = self.session.as_ref().map_or("", |session| session.token.as_str());
        Paper { texts: self.texts(), brand: self.brand.as_ref(), token }
    }

    /// Tells whether the customer's program asks for JSON.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        reply::wants_json(&self.headers)
    }

    /// Looks the SIM of the session up; from here on the brand has the plans that the SIM may have
    /// [PORT-37], [PORT-38].
    pub async fn look_up(&mut self) -> Standing {
        let Some(session) = &self.session else { return Standing::unknown() };
        let standing = self.app.standing(&session.claims).await;
        if let Some(brand) = &mut self.brand {
            brand.plans.retain(|plan| standing.may_have(&plan.id));
        }
        standing
    }

    /// Begins a session for what a launch claims, in place of the one before.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn begin(&mut self, claims: Claims) -> Result<(), StoreError> {
        let brand = self.app.find_brand(&claims).found.map(|(brand, _)| brand);
        self.enter(claims, brand, |_| Vec::new()).await
    }

    /// Begins a session of a brand, in place of the one before, and does in the same transaction
    /// what `also` says for it.
    ///
    /// # Errors
    /// The store does not answer; the session before stays.
    pub async fn enter(
        &mut self,
        claims: Claims,
        brand: Option<BrandId>,
        also: impl FnOnce(&Self) -> Vec<Command>,
    ) -> Result<(), StoreError> {
        let now = self.app.clock.now();
        let lifetime = self.app.portal.session_lifetime;
        let secret = entropy::secret();
        let session = Session {
            id_hash: entropy::fingerprint(&secret),
            token: entropy::secret(),
            created_at: now,
            expires_at: now.checked_add(lifetime).unwrap_or(domain::Timestamp::MAX),
            claims,
            brand,
        };
        let mut batch = vec![Command::SaveSession(session.clone())];
        let before = (self.session.replace(session), self.secret.replace(secret.clone()));
        batch.extend(also(self));
        if let Err(error) = self.app.store.commit(batch).await {
            (self.session, self.secret) = before;
            return Err(error);
        }
        let secure = if self.listener == Listener::Https { "; Secure" } else { "" };
        let name = cookie_name(self.listener);
        self.set_cookie = Some(format!(
            "{name}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={}",
            lifetime.as_secs()
        ));
        self.know_brand();
        Ok(())
    }

    /// Seals a text with the cookie of the session: nobody else can open it, this server
    /// included, until the cookie comes again. A context must seal one text only, of at most 32
    /// bytes.
    #[must_use]
    pub fn seal(&self, context: &str, text: &str) -> Option<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_ref()?.as_bytes());
        Some(URL_SAFE_NO_PAD.encode(mask(&key, context, text.as_bytes())?))
    }

    /// Opens what this session has sealed.
    #[must_use]
    pub fn unseal(&self, context: &str, sealed: &str) -> Option<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_ref()?.as_bytes());
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        String::from_utf8(mask(&key, context, &sealed)?).ok()
    }

    /// Returns the origin of links to this portal.
    #[must_use]
    pub fn origin(&self) -> String {
        if let Some(configured) = &self.app.public_url {
            return configured.trim_end_matches('/').to_owned();
        }
        let scheme = if self.listener == Listener::Https { "https" } else { "http" };
        self.host().map(|host| format!("{scheme}://{host}")).unwrap_or_default()
    }

    fn host(&self) -> Option<&str> {
        let host = self.headers.get(HOST).and_then(|host| host.to_str().ok());
        host.or_else(|| self.uri.authority().map(|authority| authority.as_str()))
    }

    /// Saves what the session holds now.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn save(&mut self, session: Session) -> Result<(), StoreError> {
        self.app.store.commit(vec![Command::SaveSession(session.clone())]).await?;
        self.session = Some(session);
        self.know_brand();
        Ok(())
    }

    /// Reads a form that this session was given.
    ///
    /// # Errors
    /// No session, a token that is not the session's, a request from another site, or a body
    /// that is no form.
    pub fn form(&self, body: &[u8]) -> Result<(&Session, Fields), Problem> {
        let session = self.session.as_ref().ok_or(Problem::NoSession)?;
        if self.is_foreign() {
            return Err(Problem::BadToken);
        }
        let fields = fields(body)?;
        // Hashes are compared, so that the time taken says nothing of the token.
        let given = fields.get(field::TOKEN).map(|token| entropy::fingerprint(token));
        if given.as_deref() != Some(entropy::fingerprint(&session.token).as_str()) {
            return Err(Problem::BadToken);
        }
        Ok((session, fields))
    }

    /// Tells whether the browser says that another site made this request.
    fn is_foreign(&self) -> bool {
        let header = |name| self.headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
        if matches!(header("sec-fetch-site"), Some("cross-site" | "same-site")) {
            return true;
        }
        // An opaque origin (a sandboxed viewer, a strict policy) says nothing: the token decides.
        if header(ORIGIN.as_str()) == Some("null") {
            return false;
        }
        let host = self.host();
        let origin = header(ORIGIN.as_str()).map(|origin| {
            origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
        });
        match (origin, host) {
            (None, _) => false,
            (Some(origin), host) => origin.is_none() || origin != host,
        }
    }

    /// Turns an outcome into a response, with the cookie of a session that began.
    #[must_use]
    pub fn reply(&self, outcome: Outcome) -> Response {
        self.with_cookie(reply::respond(&self.manner(), outcome))
    }

    /// Shows a page with more than every page has; as JSON, the page alone.
    #[must_use]
    pub fn show_with(&self, page: Page, extra: &Extra) -> Response {
        let manner = self.manner();
        match manner.is_json {
            true => self.reply(page.into()),
            false => self.with_cookie(reply::show_with(&manner, &page, extra)),
        }
    }

    fn manner(&self) -> Manner<'_> {
        Manner {
            texts: self.texts(),
            brand: self.brand.as_ref(),
            path: self.uri.path(),
            is_json: self.wants_json(),
            scripts: Scripts::Portal {
                engine: reply::engine(&self.headers),
                lab: self.app.portal.is_demo && cookie(&self.headers, LAB_COOKIE).is_some(),
            },
            form_origins: self.app.payments.origins(),
        }
    }

    fn with_cookie(&self, mut response: Response) -> Response {
        let set = self.set_cookie.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
        if let Some(set) = set {
            response.headers_mut().append(SET_COOKIE, set);
        }
        response
    }

    /// As [`Self::reply`], for what may have failed.
    #[must_use]
    pub fn answer(&self, result: Result<Outcome, Problem>) -> Response {
        self.reply(result.unwrap_or_else(Outcome::Problem))
    }
}

/// The body of a form; one that is too long or cut off is answered with a page.
pub struct FormBody(
    /// The bytes.
    pub Bytes,
);

impl FromRequest<Arc<App>> for FormBody {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let customer = Customer::from_request_parts(&mut parts, app).await?;
        let request = Request::from_parts(parts, body);
        match Bytes::from_request(request, app).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(rejection) => {
                let mut response = customer.reply(Problem::BadInput.into());
                *response.status_mut() = rejection.status();
                Err(response)
            }
        }
    }
}
