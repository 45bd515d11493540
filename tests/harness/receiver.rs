//! A receiver of webhooks on a free port: keeps what it gets and answers as a test says.
//!
//! Not here: judging signatures ([`crate::judges`]).

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header::LOCATION};
use axum::response::{IntoResponse as _, Response};
use server::config::WebhookConfig;
use server::outgoing::IpNetwork;
use tokio::sync::mpsc;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a receiver got.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its headers.
    pub headers: BTreeMap<String, String>,
    /// Its body, as it came.
    pub body: String,
    /// Its path.
    pub path: String,
}

impl Received {
    /// Reads the event.
    ///
    /// # Errors
    /// It is none.
    pub fn event(&self) -> Result<api::events::Event> {
        serde_json::from_str(&self.body).context("no event")
    }
}

/// Says what a receiver answers to an event.
pub type Behaviour = dyn Fn(&Received) -> Reply + Send + Sync;

/// What a receiver answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A status.
    Status(u16),
    /// 200 with a megabyte that nobody needs.
    Chatter,
    /// A redirect to another path of the same receiver.
    Redirect,
    /// Nothing, ever.
    Silence,
}

struct Shared {
    got: mpsc::UnboundedSender<Received>,
    behaviour: Mutex<Arc<Behaviour>>,
    next: Mutex<VecDeque<Reply>>,
}

/// A receiver that listens.
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    got: mpsc::UnboundedReceiver<Received>,
    shared: Arc<Shared>,
}

impl Receiver {
    /// Listens, and answers 204 until told otherwise.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> Result<Self> {
        let (sender, got) = mpsc::unbounded_channel();
        let behaviour: Arc<Behaviour> = Arc::new(|_| Reply::Status(204));
        let behaviour = Mutex::new(behaviour);
        let shared = Arc::new(Shared { got: sender, behaviour, next: Mutex::default() });
        let routes = Router::new().fallback(take).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { address, got, shared })
    }

    /// Changes what it answers.
    pub fn answers(&self, behaviour: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        *self.shared.behaviour.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(behaviour);
    }

    /// Answers the next ones so, then as before.
    pub fn answers_next(&self, replies: &[Reply]) {
        self.shared.next.lock().unwrap_or_else(PoisonError::into_inner).extend(replies);
    }

    /// Returns what comes next.
    ///
    /// # Errors
    /// Nothing comes.
    pub async fn next(&mut self) -> Result<Received> {
        let got = tokio::time::timeout(PATIENCE, self.got.recv()).await;
        got.context("nothing came in time")?.context("the receiver ended")
    }

    /// Returns what came and was not looked at.
    #[must_use]
    pub fn rest(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.got.try_recv().ok()).collect()
    }

    /// Makes the configuration of a webhook that leads here, with a secret of its own in a folder.
    ///
    /// # Errors
    /// The secret cannot be written.
    pub fn webhook(&self, name: &str, folder: &Path) -> Result<WebhookConfig> {
        webhook(name, folder, &format!("http://{}/{name}", self.address))
    }
}

/// Makes the configuration of a webhook, with a secret of its own in a folder.
///
/// # Errors
/// The secret cannot be written.
pub fn webhook(name: &str, folder: &Path, url: &str) -> Result<WebhookConfig> {
    let secret_file: PathBuf = folder.join(name);
    std::fs::write(&secret_file, SECRET)?;
    Ok(WebhookConfig {
        name: name.to_owned(),
        url: url.to_owned(),
        secret_file,
        other_secret_file: None,
        types: Default::default(),
        brands: Default::default(),
        networks: IpNetwork::parse("127.0.0.0/8").into_iter().collect(),
        has_plain_http: true,
        roots_file: None,
    })
}

/// The secret of receivers in tests.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Another one, for a receiver that changes over.
pub const OTHER_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

async fn take(
    State(shared): State<Arc<Shared>>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let received = Received {
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
        path: uri.path().to_owned(),
    };
    let behaviour = Arc::clone(&shared.behaviour.lock().unwrap_or_else(PoisonError::into_inner));
    let next = shared.next.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let reply = next.unwrap_or_else(|| behaviour(&received));
    let _ = shared.got.send(received);
    match reply {
        Reply::Status(status) => {
            StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT).into_response()
        }
        Reply::Chatter => "x".repeat(1024 * 1024).into_response(),
        Reply::Redirect => (StatusCode::FOUND, [(LOCATION, "/elsewhere")]).into_response(),
        Reply::Silence => std::future::pending().await,
    }
}
