//! Addresses of web sites as configuration may have them: `https`, nothing odd, nothing hidden.
//!
//! They end up in links, in Content-Security-Policy and in what Windows is told, so only plain
//! characters pass. Not here: requests, which the HTTP layer reads.

/// Longest address that Windows is told [PORT-17].
const URL_CHARS_MAX: usize = 255;
/// Longest address of a page that customers are sent to.
const PAGE_CHARS_MAX: usize = 1024;

/// Reads an origin: `https://host` or `https://host:port`; one trailing `/` is dropped.
///
/// # Errors
/// What to write instead.
pub(crate) fn https_origin(text: &str) -> Result<String, String> {
    let origin = text.strip_suffix('/').unwrap_or(text);
    let (_, rest) = split(origin)?;
    if rest.is_empty() {
        Ok(origin.to_owned())
    } else {
        Err("must be an origin, such as https://portal.example, without a path".to_owned())
    }
}

/// Reads an `AccountExperienceURL`: no query, no fragment, port 443, at most 255 characters
/// [PORT-17].
///
/// # Errors
/// What is wrong with it.
pub(crate) fn account_experience_url(text: &str) -> Result<String, String> {
    let count = text.chars().count();
    if count > URL_CHARS_MAX {
        return Err(format!("has {count} characters; Windows is told at most 255"));
    }
    let (port, rest) = split(text)?;
    if rest.contains('?') {
        Err("must have no query: Windows appends its own".to_owned())
    } else if rest.contains('#') {
        Err("must have no fragment: Windows appends a query".to_owned())
    } else if port.is_some_and(|port| port != 443) {
        Err("must have no port other than 443".to_owned())
    } else if !rest.is_empty() && !rest.starts_with('/') {
        Err("must have a path that begins with /".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// Reads the address of a page that customers are sent to: `https`, with path and query.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn page(text: &str) -> Result<String, String> {
    let count = text.chars().count();
    if count > PAGE_CHARS_MAX {
        return Err(format!("has {count} characters; shorten it to {PAGE_CHARS_MAX} at most"));
    }
    split(text).map(|_| text.to_owned())
}

/// Reads the address of a service that the server calls: `https`, or `http` on loopback; a path
/// may follow, one trailing `/` is dropped.
///
/// # Errors
/// What to write instead.
pub(crate) fn endpoint(text: &str) -> Result<String, String> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let is_loopback = loopback.iter().any(|start| {
        text.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    let secure = match is_loopback {
        true => text.replacen("http:", "https:", 1),
        false => text.to_owned(),
    };
    let (_, rest) = split(&secure)?;
    if rest.contains(['?', '#']) {
        Err("must have no query and no fragment: what is asked for follows the path".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// Reads the origin of a service that customers are sent to: `https`, or `http` on loopback.
///
/// # Errors
/// What to write instead.
pub(crate) fn service_origin(text: &str) -> Result<String, String> {
    let origin = endpoint(text)?;
    match origin.split_once("://") {
        Some((_, rest)) if rest.contains('/') => {
            Err("must be an origin, such as https://pay.example, without a path".to_owned())
        }
        _ => Ok(origin),
    }
}

/// Returns the port, when given, and what follows host and port.
fn split(text: &str) -> Result<(Option<u16>, &str), String> {
    let rest = text.strip_prefix("https://").ok_or("must begin with https://")?;
    let is_plain = |b: u8| b.is_ascii_graphic() && !b"\"'<>;,\\^`{|}".contains(&b);
    if !rest.bytes().all(is_plain) {
        return Err("has characters that no address may have; write them as %xx".to_owned());
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    if authority.contains('@') {
        return Err("must have no user name in it".to_owned());
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if !is_host(host) {
        return Err("needs the name of a host, such as portal.example".to_owned());
    }
    let number = |port: &str| port.parse().ok().filter(|port| *port != 0);
    match port {
        None => Ok((None, rest)),
        Some(port) => number(port)
            .map(|port| (Some(port), rest))
            .ok_or_else(|| "needs a port from 1 to 65535 after the colon".to_owned()),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[') {
        let address = inner.strip_suffix(']').unwrap_or_default();
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(fits)
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_have_no_path() {
        for (text, expected) in [
            ("https://portal.example", Some("https://portal.example")),
            ("https://portal.example/", Some("https://portal.example")),
            ("https://127.0.0.1:8443", Some("https://127.0.0.1:8443")),
            ("https://[::1]:8443", Some("https://[::1]:8443")),
            ("https://[::1]", Some("https://[::1]")),
            ("http://portal.example", None),
            ("https://portal.example/a", None),
            ("https://portal.example?a", None),
            ("https://user@portal.example", None),
            ("https://portal.example:0", None),
            ("https://portal.example:99999", None),
            ("https://-portal.example", None),
            ("https://portal example", None),
            ("https://portal.example;script-src *", None),
            ("https://", None),
            ("https://*.example", None),
        ] {
            assert_eq!(https_origin(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn services_are_called_over_https_or_on_loopback() {
        for (text, expected) in [
            ("https://bss.example/usage/", Some("https://bss.example/usage")),
            ("https://bss.example", Some("https://bss.example")),
            ("http://127.0.0.1:8000/usage", Some("http://127.0.0.1:8000/usage")),
            ("http://localhost/usage", Some("http://localhost/usage")),
            ("http://[::1]:1", Some("http://[::1]:1")),
            ("http://bss.example/usage", None),
            ("http://127.0.0.1.example/usage", None),
            ("http://127.0.0.1@bss.example/", None),
            ("https://bss.example/usage?id=", None),
            ("https://bss.example/usage#id", None),
        ] {
            assert_eq!(endpoint(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn customers_are_sent_to_origins() {
        for (text, expected) in [
            ("https://checkout.stripe.com/", Some("https://checkout.stripe.com")),
            ("http://127.0.0.1:8000", Some("http://127.0.0.1:8000")),
            ("https://checkout.stripe.com/c", None),
            ("http://checkout.stripe.com", None),
        ] {
            assert_eq!(service_origin(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn account_experience_urls_leave_room_for_what_windows_appends() {
        let long = format!("https://a.example/{}", "x".repeat(238));
        for (text, expected) in [
            ("https://portal.fjell.example/", None),
            ("https://portal.fjell.example", None),
            ("https://portal.fjell.example:443/buy", None),
            ("http://portal.fjell.example/", Some("must begin with https://")),
            ("https://a.example/?x", Some("must have no query")),
            ("https://a.example/#x", Some("must have no fragment")),
            ("https://a.example:8443/", Some("must have no port other than 443")),
            ("https://a.example/\u{e9}", Some("has characters that no address")),
            (&long, Some("has 256 characters")),
        ] {
            let found = account_experience_url(text).err();
            let begins = |(found, expected): (&String, &str)| found.starts_with(expected);
            let is_right = match (&found, expected) {
                (None, None) => true,
                (Some(found), Some(expected)) => begins((found, expected)),
                _ => false,
            };
            assert!(is_right, "{text}: {found:?}");
        }
        assert!(account_experience_url(&long[..255]).is_ok());
    }
}
