//! TLS handshakes over loopback sockets, before and after a reload.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, Stream};
use rustls_pki_types::{CertificateDer, ServerName};

use super::*;
use crate::keys::files::read_chain;
use crate::keys::problem::KeyError;
use crate::keys::tls::of_rustls;
use crate::keys::tls::{TlsCertificate, TlsReloader, reload_on_change, server_config};

/// What a client saw.
#[derive(Debug, PartialEq)]
struct Seen {
    leaf: CertificateDer<'static>,
    version: Option<ProtocolVersion>,
    alpn: Option<Vec<u8>>,
    answer: String,
}

fn make(dir: &TempDir, at: Timestamp) -> TlsCertificate {
    TlsCertificate::load_or_make_demo(dir.path(), at).expect("a certificate")
}

fn leaf(certificate: &TlsCertificate) -> CertificateDer<'static> {
    of_rustls(&read_chain(&certificate.files.chain).expect("a chain").remove(0))
}

/// A verifier's clock that stands.
#[derive(Debug)]
struct At(Timestamp);

impl rustls::time_provider::TimeProvider for At {
    fn current_time(&self) -> Option<rustls_pki_types::UnixTime> {
        let seconds = u64::try_from(self.0.as_second()).ok()?;
        Some(rustls_pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}

/// Fetches `/` over TLS, trusting only the demo's CA.
fn fetch(
    addr: SocketAddr,
    roots: &Path,
    name: &str,
    versions: &[&'static rustls::SupportedProtocolVersion],
    alpn: &[u8],
) -> Result<Seen, std::io::Error> {
    let mut anchors = RootCertStore::empty();
    for root in read_chain(roots).expect("roots").iter().map(of_rustls) {
        anchors.add(root).expect("an anchor");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(At(now())))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_root_certificates(anchors)
        .with_no_client_auth();
    config.alpn_protocols = vec![alpn.to_vec()];
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let mut connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let mut socket = TcpStream::connect(addr)?;
    connection.complete_io(&mut socket)?;
    let mut answer = String::new();
    if alpn == b"http/1.1" {
        let mut stream = Stream::new(&mut connection, &mut socket);
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        stream.read_to_string(&mut answer)?;
    }
    let leaf = connection.peer_certificates().and_then(|chain| chain.first()).expect("a leaf");
    Ok(Seen {
        leaf: leaf.clone().into_owned(),
        version: connection.protocol_version(),
        alpn: connection.alpn_protocol().map(<[u8]>::to_vec),
        answer: answer.lines().next().unwrap_or_default().to_owned(),
    })
}

/// Serves an empty page over TLS on a free port for as long as the runtime lives.
fn serve(runtime: &tokio::runtime::Runtime, config: RustlsConfig) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let addr = listener.local_addr().expect("an address");
    let app = axum::Router::new().route("/", axum::routing::get(|| async { "" }));
    let _entered = runtime.enter();
    let server = axum_server::from_tcp_rustls(listener, config).expect("a server");
    runtime.spawn(server.serve(app.into_make_service()));
    addr
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
}

#[test]
fn clients_that_trust_the_demo_ca_are_served() {
    let dir = tempfile::tempdir().expect("a folder");
    let demo = make(&dir, now());
    let config = server_config(&demo.files.chain, &demo.files.key).expect("a configuration");
    let runtime = runtime();
    let addr = serve(&runtime, RustlsConfig::from_config(config));
    let rows: [(&str, &'static rustls::SupportedProtocolVersion, &[u8], &str); 4] = [
        ("localhost", &rustls::version::TLS13, b"http/1.1", "HTTP/1.1 200 OK"),
        ("127.0.0.1", &rustls::version::TLS12, b"http/1.1", "HTTP/1.1 200 OK"),
        ("::1", &rustls::version::TLS13, b"h2", ""),
        ("localhost", &rustls::version::TLS12, b"h2", ""),
    ];
    for (name, version, alpn, answer) in rows {
        let seen = fetch(addr, &demo.roots_pem, name, &[version], alpn).expect("an answer");
        let expected = Seen {
            leaf: leaf(&demo),
            version: Some(version.version),
            alpn: Some(alpn.to_vec()),
            answer: answer.to_owned(),
        };
        assert_eq!(seen, expected, "{name}");
    }
    let other = fetch(addr, &demo.roots_pem, "example.org", &[&rustls::version::TLS13], b"h2");
    assert!(other.is_err(), "another name is refused");
}

#[test]
fn after_a_reload_the_new_certificate_is_served() {
    let dir = tempfile::tempdir().expect("a folder");
    let demo = make(&dir, now());
    let first = leaf(&demo);
    let config = server_config(&demo.files.chain, &demo.files.key).expect("a configuration");
    let config = RustlsConfig::from_config(config);
    let mut reloader = TlsReloader::new(config.clone(), demo.files.clone());
    let runtime = runtime();
    let addr = serve(&runtime, config);
    let fetch_leaf = || {
        let versions = &[&rustls::version::TLS13];
        fetch(addr, &demo.roots_pem, "localhost", versions, b"http/1.1").expect("an answer").leaf
    };
    assert!(matches!(reloader.reload_if_changed(now()), Some(Ok(_))), "the first look loads");
    assert_eq!(reloader.reload_if_changed(now()), None);
    assert_eq!(fetch_leaf(), first);

    fs::remove_file(&demo.files.chain).expect("removed");
    let second = leaf(&make(&dir, now()));
    assert_ne!(second, first);
    assert!(matches!(reloader.reload_if_changed(now()), Some(Ok(_))));
    assert_eq!(fetch_leaf(), second);

    let key = KeyPair::generate().expect("a P-256 key").serialize_pem();
    put(&demo.files.key, &key);
    let refused = reloader.reload_if_changed(now());
    assert!(matches!(refused, Some(Err(KeyError::Tls { .. }))), "{refused:?}");
    assert_eq!(reloader.reload_if_changed(now()), None, "told once");
    assert_eq!(fetch_leaf(), second);
}

#[test]
fn watching_task_takes_over_the_files() {
    let dir = tempfile::tempdir().expect("a folder");
    let demo = make(&dir, now());
    let old = server_config(&demo.files.chain, &demo.files.key).expect("a configuration");
    let config = RustlsConfig::from_config(Arc::clone(&old));
    let runtime = runtime();
    let clock = Arc::new(crate::clock::SettableClock::new(now()));
    let hour = std::time::Duration::from_secs(3600);
    runtime.spawn(reload_on_change(config.clone(), demo.files, hour, clock));
    // The first look needs no tick of the timer; the limit is for a failing test only.
    let taken_over = runtime.block_on(async {
        tokio::time::timeout(std::time::Duration::from_secs(30), async {
            while Arc::ptr_eq(&config.get_inner(), &old) {
                tokio::task::yield_now().await;
            }
        })
        .await
    });
    assert_eq!(taken_over, Ok(()));
}

#[test]
fn certificate_that_has_ended_is_not_loaded() {
    let dir = tempfile::tempdir().expect("a folder");
    let demo = make(&dir, now());
    let config = server_config(&demo.files.chain, &demo.files.key).expect("a configuration");
    let mut reloader = TlsReloader::new(RustlsConfig::from_config(config), demo.files);
    let refused = reloader.reload_if_changed(now() + days(200));
    assert!(matches!(refused, Some(Err(KeyError::Refused { .. }))), "{refused:?}");
}

#[test]
fn demo_certificate_is_kept_then_renewed_under_the_same_ca() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = make(&dir, now());
    let (ca, certificate) = (fs::read(&first.roots_pem).expect("a CA"), leaf(&first));
    assert_eq!(leaf(&make(&dir, now() + days(190))), certificate);
    let renewed = make(&dir, now() + days(193));
    assert_ne!(leaf(&renewed), certificate);
    assert_eq!(fs::read(&renewed.roots_pem).expect("a CA"), ca);
    assert_eq!((mode(dir.path()), mode(&renewed.files.key)), (0o700, 0o600));
    assert_eq!(mode(&dir.path().join("tls-root.key.pem")), 0o600);
}

#[test]
fn openssl_accepts_the_demo_certificate_for_this_machine_only() {
    let dir = tempfile::tempdir().expect("a folder");
    let demo = make(&dir, now());
    let at = now().as_second().to_string();
    let (roots, chain) = (text(&demo.roots_pem), text(&demo.files.chain));
    let rows = [
        (["-verify_hostname", "localhost"], true),
        (["-verify_ip", "127.0.0.1"], true),
        (["-verify_ip", "::1"], true),
        (["-verify_hostname", "example.org"], false),
    ];
    for ([option, name], expected) in rows {
        let verify = [
            "verify",
            "-x509_strict",
            "-attime",
            &at,
            "-purpose",
            "sslserver",
            option,
            name,
            "-CAfile",
            roots,
            chain,
        ];
        let Some((is_accepted, said)) = openssl(&verify) else {
            return;
        };
        assert_eq!(is_accepted, expected, "{name}: {said}");
    }
}
