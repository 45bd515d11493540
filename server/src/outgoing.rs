//! The one door for HTTP requests that the server makes by itself.
//!
//! A name is resolved once for a connection, each address is judged, and the connection goes to
//! an address that was judged; redirects are not followed; every request has a time-out and
//! every response a limit. Not here: what is asked and how often it is tried again.

pub mod breaker;
pub mod network;
pub mod system;

use std::error::Error as StdError;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, Client, Url, redirect, retry};

pub use network::IpNetwork;

/// What may be called, and how long that may take.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Networks beside the public Internet that may be called.
    pub allowed_networks: Vec<IpNetwork>,
    /// Whether plain HTTP will do.
    pub has_plain_http: bool,
    /// PEM certificates that are trusted beside the system's.
    pub roots_pem: Option<Vec<u8>>,
    /// How long a connection may take.
    pub connect_within: Duration,
    /// How long everything may take, the response's last byte included.
    pub answer_within: Duration,
    /// Longest body of a response that is read, in bytes.
    pub response_bytes_max: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allowed_networks: Vec::new(),
            has_plain_http: false,
            roots_pem: None,
            connect_within: Duration::from_secs(5),
            answer_within: Duration::from_secs(15),
            response_bytes_max: 1024 * 1024,
        }
    }
}

impl Policy {
    fn allows(&self, address: IpAddr) -> bool {
        network::is_public(address) || self.allowed_networks.iter().any(|net| net.contains(address))
    }
}

/// A request to somebody outside.
pub struct Ask {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: String,
    /// Headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// What came back, whatever its status; a redirect too.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, at most as long as the policy says.
    pub body: Vec<u8>,
}

impl Answer {
    /// Tells whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutgoingError {
    /// The address cannot be called at all; the text says why.
    Url(&'static str),
    /// It leads to an address that may not be called.
    Refused(IpAddr),
    /// The name leads nowhere.
    Unresolved,
    /// Nobody took the connection, or TLS failed.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// The response is longer than this many bytes.
    TooLong(usize),
    /// The connection broke, or what came is no HTTP.
    Broken,
}

impl fmt::Display for OutgoingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(why) => f.write_str(why),
            Self::Refused(address) => {
                write!(
                    f,
                    "{address} is not of the public Internet and not among the networks allowed"
                )
            }
            Self::Unresolved => f.write_str("the name leads to no address"),
            Self::Unreachable => f.write_str("no connection, or no TLS with a trusted certificate"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::TooLong(limit) => write!(f, "the answer is longer than {limit} bytes"),
            Self::Broken => f.write_str("the connection broke off"),
        }
    }
}

impl StdError for OutgoingError {}

/// Makes requests, under one policy.
pub struct Outgoing {
    client: Client,
    policy: Arc<Policy>,
}

impl Outgoing {
    /// Prepares a client.
    ///
    /// # Errors
    /// The policy's certificates are no PEM, or TLS cannot be set up.
    pub fn new(policy: Policy) -> Result<Self, String> {
        // A second call finds the first one's provider, which is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let policy = Arc::new(policy);
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .referer(false)
            .https_only(!policy.has_plain_http)
            .connect_timeout(policy.connect_within)
            .timeout(policy.answer_within)
            .pool_max_idle_per_host(2)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("broadgate/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Judged(Arc::clone(&policy)));
        if let Some(pem) = &policy.roots_pem {
            let roots = Certificate::from_pem_bundle(pem);
            let roots = roots.map_err(|_| "the certificates are no PEM".to_owned())?;
            builder = builder.tls_certs_merge(roots);
        }
        let client = builder.build().map_err(|error| format!("no HTTP client: {error}"))?;
        Ok(Self { client, policy })
    }

    /// Makes a request and reads the whole response.
    ///
    /// # Errors
    /// See [`OutgoingError`].
    pub async fn ask(&self, ask: Ask) -> Result<Answer, OutgoingError> {
        let mut response = self.send(ask).await?;
        let limit = self.policy.response_bytes_max;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| explain(&error))? {
            if body.len().saturating_add(chunk.len()) > limit {
                return Err(OutgoingError::TooLong(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }

    /// Makes a request and returns the status, without reading the body: who asked has what it
    /// wants as soon as the other side says that it took the request.
    ///
    /// # Errors
    /// See [`OutgoingError`]; never [`OutgoingError::TooLong`].
    pub async fn tell(&self, ask: Ask) -> Result<u16, OutgoingError> {
        Ok(self.send(ask).await?.status().as_u16())
    }

    async fn send(&self, ask: Ask) -> Result<reqwest::Response, OutgoingError> {
        let url = self.judge(&ask.url)?;
        let request = self.client.request(ask.method, url).headers(ask.headers).body(ask.body);
        request.send().await.map_err(|error| explain(&error))
    }

    /// Reads an address; one that names its host by number is judged here, as no name is
    /// resolved for it.
    fn judge(&self, text: &str) -> Result<Url, OutgoingError> {
        let url = Url::parse(text).map_err(|_| OutgoingError::Url("not an address"))?;
        match url.scheme() {
            "https" => {}
            "http" if self.policy.has_plain_http => {}
            "http" => return Err(OutgoingError::Url("plain HTTP is not allowed here")),
            _ => return Err(OutgoingError::Url("not an address of HTTP")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutgoingError::Url("has a user name or password in it"));
        }
        let host = url.host_str().ok_or(OutgoingError::Url("names no host"))?;
        let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        if let Ok(address) = literal.unwrap_or(host).parse::<IpAddr>()
            && !self.policy.allows(address)
        {
            return Err(OutgoingError::Refused(address));
        }
        Ok(url)
    }
}

/// A resolver that gives out only addresses that may be called.
struct Judged(Arc<Policy>);

/// What the resolver says of a name.
#[derive(Debug)]
struct Judgement(OutgoingError);

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Judgement {}

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<SocketAddr> = found.map(Iterator::collect).unwrap_or_default();
            let Some(first) = found.first().copied() else {
                return Err(Box::new(Judgement(OutgoingError::Unresolved)) as _);
            };
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| policy.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(Box::new(Judgement(OutgoingError::Refused(first.ip()))) as _);
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn explain(error: &reqwest::Error) -> OutgoingError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(this) = cause {
        if let Some(Judgement(judgement)) = this.downcast_ref() {
            return judgement.clone();
        }
        cause = this.source();
    }
    if error.is_timeout() {
        OutgoingError::TimedOut
    } else if error.is_connect() {
        OutgoingError::Unreachable
    } else {
        OutgoingError::Broken
    }
}

#[cfg(test)]
mod tests;
