//! A customer's HTTP client: cookies, forms, no scripts; sees pages as text.
//!
//! It reads a page as a person without scripts does: headings, alerts, the fields of its forms.
//! Not here: a browser ([`crate::browser`]).

use anyhow::{Context as _, Result, bail};
use api::browser::{Answer, FieldKind, Page, field};
use reqwest::{Client, Response, StatusCode, redirect};

/// A customer without scripts.
pub struct Visitor {
    client: Client,
    /// Where the portal is.
    pub origin: String,
}

/// A page that came back.
#[derive(Clone)]
pub struct Seen {
    /// The status of the answer.
    pub status: StatusCode,
    /// Where it is, without the origin.
    pub path: String,
    /// The page as data, for a page of ours; the sandbox's pages have none.
    pub page: Option<Page>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// The HTML.
    pub html: String,
}

/// What a machine interface answered.
pub struct Sent {
    /// The status.
    pub status: u16,
    /// Names of the headers, sorted.
    pub headers: Vec<String>,
    /// `Retry-After`.
    pub retry_after: Option<String>,
    /// The body.
    pub text: String,
}

impl Visitor {
    /// Makes a visitor with an empty cookie jar who follows redirects on this origin.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn new(origin: &str) -> Result<Self> {
        install_tls();
        let client = Client::builder()
            .cookie_store(true)
            .redirect(redirect::Policy::limited(5))
            .timeout(std::time::Duration::from_secs(20))
            .build()?;
        Ok(Self { client, origin: origin.to_owned() })
    }

    /// As [`Self::new`], from an address of its own.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn from_address(origin: &str, address: std::net::IpAddr) -> Result<Self> {
        install_tls();
        let client = Client::builder()
            .cookie_store(true)
            .local_address(address)
            .redirect(redirect::Policy::limited(5))
            .timeout(std::time::Duration::from_secs(20))
            .build()?;
        Ok(Self { client, origin: origin.to_owned() })
    }

    /// Makes a visitor who trusts these roots besides none other.
    ///
    /// # Errors
    /// The roots cannot be read.
    pub fn trusting(origin: &str, roots: Option<&std::path::Path>) -> Result<Self> {
        install_tls();
        let mut trusted = Vec::new();
        if let Some(roots) = roots {
            trusted = reqwest::Certificate::from_pem_bundle(&std::fs::read(roots)?)?;
        }
        let client = Client::builder()
            .cookie_store(true)
            .tls_certs_only(trusted)
            .timeout(std::time::Duration::from_secs(20))
            .build()?;
        Ok(Self { client, origin: origin.to_owned() })
    }

    /// Opens a path with a machine's token; returns status and body.
    ///
    /// # Errors
    /// No answer.
    pub async fn bearer(&self, path: &str, token: &str) -> Result<(u16, String)> {
        let request = self.client.get(format!("{}{path}", self.origin)).bearer_auth(token);
        let response = request.send().await?;
        Ok((response.status().as_u16(), response.text().await?))
    }

    /// Posts JSON to a path, with a machine's token or without.
    ///
    /// # Errors
    /// No answer.
    pub async fn send(
        &self,
        path: &str,
        body: &serde_json::Value,
        token: Option<&str>,
    ) -> Result<Sent> {
        let request = self.client.post(format!("{}{path}", self.origin));
        let request = request.header("content-type", "application/json").body(body.to_string());
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await?;
        let mut headers: Vec<String> =
            response.headers().keys().map(|name| name.as_str().to_owned()).collect();
        headers.sort();
        let retry_after = response.headers().get("retry-after").and_then(|v| v.to_str().ok());
        Ok(Sent {
            status: response.status().as_u16(),
            headers,
            retry_after: retry_after.map(str::to_owned),
            text: response.text().await?,
        })
    }

    /// Puts JSON to a path with a machine's token, and with `If-Match` if a tag is given.
    ///
    /// # Errors
    /// No answer.
    pub async fn put(
        &self,
        path: &str,
        body: &serde_json::Value,
        token: &str,
        tag: Option<&str>,
    ) -> Result<(u16, String)> {
        let request = self.client.put(format!("{}{path}", self.origin)).bearer_auth(token);
        let request = request.header("content-type", "application/json").body(body.to_string());
        let request = match tag {
            Some(tag) => request.header("if-match", tag),
            None => request,
        };
        let response = request.send().await?;
        Ok((response.status().as_u16(), response.text().await?))
    }

    /// Returns the bytes of a file, as they are without compression.
    ///
    /// # Errors
    /// No answer, or an answer that is no success.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        let request = self.client.get(format!("{}{path}", self.origin));
        Ok(request.send().await?.error_for_status()?.bytes().await?.to_vec())
    }

    /// Sends an empty request of this method and returns the status.
    ///
    /// # Errors
    /// No answer.
    pub async fn status_of(&self, method: &str, path: &str) -> Result<u16> {
        let method = method.to_uppercase().parse::<reqwest::Method>()?;
        let request = self.client.request(method, format!("{}{path}", self.origin));
        Ok(request.send().await?.status().as_u16())
    }

    /// Begins a request of this method, with this visitor's cookies.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap_or(reqwest::Method::GET);
        self.client.request(method, format!("{}{path}", self.origin))
    }

    /// Opens a path.
    ///
    /// # Errors
    /// No answer.
    pub async fn open(&self, path: &str) -> Result<Seen> {
        let response = self.client.get(format!("{}{path}", self.origin)).send().await?;
        self.see(response).await
    }

    /// Opens a path as the portal's WebAssembly does.
    ///
    /// # Errors
    /// No answer, or one that is no JSON of ours.
    pub async fn ask(&self, path: &str) -> Result<Answer> {
        let request = self.client.get(format!("{}{path}", self.origin));
        let text = request.header("accept", "application/json").send().await?.text().await?;
        serde_json::from_str(&text).with_context(|| format!("no answer of ours: {text}"))
    }

    /// Opens a path without following redirects and returns the raw response.
    ///
    /// # Errors
    /// No answer.
    pub async fn raw(&self, path: &str) -> Result<Response> {
        let client = Client::builder().redirect(redirect::Policy::none()).build()?;
        Ok(client.get(format!("{}{path}", self.origin)).send().await?)
    }

    /// Posts fields to a path, as a form does.
    ///
    /// # Errors
    /// No answer.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Seen> {
        let request = self
            .client
            .post(format!("{}{path}", self.origin))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", &self.origin)
            .body(urlencoded(fields));
        let response = request.send().await?;
        self.see(response).await
    }

    /// Sends the form of a page whose button says something that begins with `button`; `typed`
    /// fills fields and radio groups.
    ///
    /// # Errors
    /// There is no such button, or no answer.
    pub async fn press(&self, seen: &Seen, button: &str, typed: &[(&str, &str)]) -> Result<Seen> {
        let form = Form::with_button(&seen.html, button)?;
        let mut fields: Vec<(&str, &str)> =
            form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.extend_from_slice(typed);
        self.post(&form.action, &fields).await
    }

    async fn see(&self, response: Response) -> Result<Seen> {
        let status = response.status();
        let path = response.url().path().to_owned();
        let retry_after = response.headers().get("retry-after").and_then(|v| v.to_str().ok());
        let retry_after = retry_after.map(str::to_owned);
        let html = response.text().await?;
        let data = between(&html, "<script type=\"application/json\" id=\"page\">", "</script>");
        let page = match data {
            Some(data) => Some(serde_json::from_str(data).context("the page's data")?),
            None => None,
        };
        Ok(Seen { status, path, page, retry_after, html })
    }
}

/// Writes fields as a form sends them.
#[must_use]
pub fn urlencoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Ticks every box of a review.
#[must_use]
pub fn ticked(review: &Seen) -> Vec<(&str, &str)> {
    let form = review.page.as_ref().and_then(|page| page.forms.first());
    let fields = form.map(|form| form.fields.as_slice()).unwrap_or_default();
    let boxes = fields.iter().filter(|field| field.kind == FieldKind::Box);
    boxes.map(|of| (of.name.as_str(), field::TICKED)).collect()
}

/// Makes ring the TLS provider of this process; the first call counts.
pub fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl Seen {
    /// Returns the text of the heading of level 1.
    #[must_use]
    pub fn heading(&self) -> String {
        let inner = between(&self.html, "<h1", "</h1>").and_then(|h| h.split_once('>'));
        inner.map(|(_, text)| plain(text)).unwrap_or_default()
    }

    /// Returns the text of the element with `role="alert"`; empty when there is none.
    #[must_use]
    pub fn alert(&self) -> String {
        let Some(at) = self.html.find("role=\"alert\"") else { return String::new() };
        let rest = self.html.get(at..).unwrap_or_default();
        let inner = rest.split_once('>').map(|(_, rest)| rest).unwrap_or_default();
        plain(inner.split("</div>").next().unwrap_or_default())
    }
}

/// A form as it stands in a page.
struct Form {
    action: String,
    hidden: Vec<(String, String)>,
}

impl Form {
    fn with_button(html: &str, button: &str) -> Result<Self> {
        for part in html.split("<form").skip(1) {
            let form = part.split("</form>").next().unwrap_or_default();
            let label = between(form, "<button", "</button>").and_then(|b| b.split_once('>'));
            let label = label.map(|(_, text)| plain(text)).unwrap_or_default();
            if !label.starts_with(button) {
                continue;
            }
            let opening = form.split_once('>').map(|(tag, _)| tag).unwrap_or_default();
            let hidden = form
                .split("<input")
                .skip(1)
                .filter_map(|input| input.split_once('>').map(|(tag, _)| tag))
                .filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"))
                .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
                .collect();
            let action = attribute(opening, "action").context("a form without action")?;
            return Ok(Self { action, hidden });
        }
        bail!("there is no button {button:?} in:\n{html}")
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    between(tag, &format!(" {name}=\""), "\"").map(unescape)
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split_once(end).map(|(inner, _)| inner)
}

fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            c if !is_tag => out.push(c),
            _ => {}
        }
    }
    unescape(out.split_whitespace().collect::<Vec<_>>().join(" ").as_str())
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}
