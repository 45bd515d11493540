//! What signs: keys in memory and keys on a token, which both give the same bytes.
//!
//! They are `carrier`'s public test keys. xmlsec1 judges rsa-sha1, SoftHSM plays the token; a
//! tool that is absent is skipped aloud.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use carrier::chain::Problem as Judged;
use carrier::document::{Document, Global, Guid, Parts, SubscriberId};
use carrier::sign::{Algorithm, Signer, SignerError, sign};

use super::*;
use crate::keys::files::{load_signer, read_pair};
use crate::keys::problem::{KeyError, Problem};
use crate::keys::source::{KeyPlace, KeySource, PinSource, SigningSource, TokenKey};
use crate::keys::store::KeyStore;
use crate::keys::token::{TokenError, TokenSigner};
use crate::keys::watch::Watched;

const BOTH: [Algorithm; 2] = [Algorithm::RsaSha256, Algorithm::RsaSha1];
const MESSAGE: &[u8] = b"<SignedInfo></SignedInfo>";

fn test_key(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/carrier/tests/keys").join(name)
}

/// Writes leaf and issuing CA of the test keys to a file of a folder.
fn chain_in(folder: &Path) -> PathBuf {
    let read = |name| fs::read_to_string(test_key(name)).expect("a test certificate");
    let chain = folder.join("chain.pem");
    put(&chain, &format!("{}{}", read("leaf.pem"), read("issuing.pem")));
    chain
}

fn in_file(folder: &Path) -> KeyPlace {
    KeyPlace { chain: chain_in(folder), key: KeySource::File(test_key("leaf.key.pem")) }
}

fn load(place: &KeyPlace, algorithm: Algorithm) -> Result<Arc<dyn Signer>, KeyError> {
    load_signer(place, algorithm, now())
}

/// Written past the harness, which would keep it from view.
fn skipped(reason: &str) {
    writeln!(std::io::stdout(), "skipped: {reason}").expect("an open output");
}

/// Runs a tool; none where it is not installed.
fn run(program: &str, environment: Option<&Path>, arguments: &[&str]) -> Option<(bool, String)> {
    let mut command = Command::new(program);
    command.args(arguments).envs(environment.map(|conf| ("SOFTHSM2_CONF", conf)));
    match command.output() {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            skipped(&format!("{program} is not on PATH"));
            None
        }
        Err(error) => panic!("{program} does not start: {error}"),
    }
}

/// [SIG-12]
#[test]
fn rsa_sha1_is_signed_only_where_it_is_configured() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = in_file(folder.path());
    let signer = |algorithm| load(&place, algorithm).expect("a signer");
    let (modern, legacy) = (signer(Algorithm::RsaSha256), signer(Algorithm::RsaSha1));
    let unsupported = Err(SignerError::Unsupported(Algorithm::RsaSha1));
    assert_eq!(modern.sign(Algorithm::RsaSha1, MESSAGE), unsupported);
    let value = legacy.sign(Algorithm::RsaSha1, MESSAGE).expect("a signature");
    assert_eq!(legacy.sign(Algorithm::RsaSha1, MESSAGE).as_ref(), Ok(&value), "blinding is unseen");
    assert_eq!(value.len(), 256);
    assert_eq!(
        legacy.sign(Algorithm::RsaSha256, MESSAGE),
        modern.sign(Algorithm::RsaSha256, MESSAGE)
    );
}

/// [SIG-12], [SIG-15]
#[test]
fn xmlsec1_verifies_rsa_sha1() {
    let folder = tempfile::tempdir().expect("a folder");
    let signer = load(&in_file(folder.path()), Algorithm::RsaSha1).expect("a signer");
    let global = Global {
        carrier_id: Guid::parse("{6f1d2a54-0b7e-4c39-9a51-2f0c8be41d77}").expect("a GUID"),
        subscriber_id: SubscriberId::parse("001019876543210").expect("an id"),
        device_id: None,
        others: Vec::new(),
    };
    let document = Document::new(global, Parts::default()).expect("a document");
    let document = carrier::write::write(&document).expect("legal values");
    let signed = sign(&document, signer.as_ref(), Algorithm::RsaSha1, now()).expect("signed");
    assert!(signed.as_str().contains("xmldsig#rsa-sha1"));
    let file = folder.path().join("signed.xml");
    let root = test_key("root.pem");
    let arguments =
        ["--verify", "--enabled-key-data", "x509", "--trusted-pem", text(&root), text(&file)];
    put(&file, signed.as_str());
    let Some((is_verified, said)) = run("xmlsec1", None, &arguments) else {
        return;
    };
    assert!(is_verified, "{said}");
    put(&file, &signed.as_str().replace("001019876543210", "001019876543211"));
    let changed = run("xmlsec1", None, &arguments).expect("it ran before");
    assert!(!changed.0, "a change is seen: {}", changed.1);
}

/// Where distributions put SoftHSM's module.
const MODULES: [&str; 5] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

/// Names the folder with the token to the process that plays with it.
const FOLDER: &str = "BROADGATE_TEST_TOKEN";

/// SoftHSM reads its configuration from the environment, which a process with threads must not
/// change: so the test runs itself in a process of its own. [SIG-17]
#[test]
fn a_key_on_a_token_signs_like_the_same_key_in_a_file() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return with_token(Path::new(&folder));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let conf = folder.path().join("softhsm2.conf");
    let tokens = folder.path().join("tokens");
    fs::create_dir(&tokens).expect("a folder");
    put(&conf, &format!("directories.tokendir = {}\nlog.level = ERROR\n", text(&tokens)));
    let util = |arguments: &[&str]| run("softhsm2-util", Some(&conf), arguments);
    let init = ["--init-token", "--free", "--label", "prod", "--so-pin", "5678", "--pin", "1234"];
    let Some((is_made, said)) = util(&init) else {
        return;
    };
    assert!(is_made, "{said}");
    let key = test_key("leaf.key.pem");
    let import = ["--import", text(&key), "--token", "prod", "--label", "signing", "--id", "a1"];
    let imported = util(&[&import[..], &["--pin", "1234"]].concat()).expect("it ran before");
    assert!(imported.0, "{}", imported.1);
    let itself = std::env::current_exe().expect("a program");
    let name = "keys::tests::signers::a_key_on_a_token_signs_like_the_same_key_in_a_file";
    let output = Command::new(itself)
        .args(["--exact", name, "--nocapture"])
        .env("SOFTHSM2_CONF", &conf)
        .env(FOLDER, folder.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn with_token(folder: &Path) {
    let module = MODULES.iter().map(PathBuf::from).find(|path| path.exists());
    let module = module.expect("softhsm2-util is there without its module");
    let pin = folder.join("pin");
    let key = TokenKey {
        token: Some("prod".to_owned()),
        serial: None,
        object: Some("signing".to_owned()),
        id: Some(vec![0xa1]),
        module,
        pin: PinSource::File(pin.clone()),
    };
    let place =
        |key: &TokenKey| KeyPlace { chain: chain_in(folder), key: KeySource::Token(key.clone()) };
    let fault = |key: &TokenKey| match load(&place(key), Algorithm::RsaSha256).err() {
        Some(KeyError::Token { error, .. }) => Some(error),
        _ => None,
    };
    // Before anything has logged in: a process logs in once for all of its sessions.
    assert_eq!(fault(&key), Some(TokenError::NoPin));
    put(&pin, "4321\n");
    assert_eq!(fault(&key), Some(TokenError::PinRefused));
    put(&pin, "1234\n");
    assert_eq!(fault(&key), None);
    let other = |change: fn(&mut TokenKey)| {
        let mut key = key.clone();
        change(&mut key);
        fault(&key)
    };
    assert_eq!(other(|k| k.token = Some("test".to_owned())), Some(TokenError::NoToken));
    assert_eq!(other(|k| k.serial = Some("0".to_owned())), Some(TokenError::NoToken));
    assert_eq!(other(|k| k.object = Some("other".to_owned())), Some(TokenError::NoKey));
    assert_eq!(other(|k| k.id = Some(vec![0xa2])), Some(TokenError::NoKey));
    assert_eq!(other(|k| k.module = "/none.so".into()), Some(TokenError::Module));
    assert_eq!(other(|k| k.id = None), None);

    let on_token = load(&place(&key), Algorithm::RsaSha1).expect("a signer");
    let in_file = load(&in_file(folder), Algorithm::RsaSha1).expect("a signer");
    assert_eq!(on_token.chain(), in_file.chain());
    for algorithm in BOTH {
        let value = on_token.sign(algorithm, MESSAGE);
        assert!(value.is_ok() && value == in_file.sign(algorithm, MESSAGE), "{algorithm:?}");
    }
    a_token_is_opened_again(&key, &pin);
    certificates_are_judged_like_those_of_files(&place(&key));
}

fn a_token_is_opened_again(key: &TokenKey, pin: &Path) {
    let signer = TokenSigner::open(key.clone(), Vec::new()).expect("a signer");
    let value = signer.sign(Algorithm::RsaSha256, MESSAGE).expect("a signature");
    signer.log_out().expect("logged out");
    assert_eq!(signer.sign(Algorithm::RsaSha256, MESSAGE).as_ref(), Ok(&value));
    signer.log_out().expect("logged out");
    fs::remove_file(pin).expect("removed");
    let away = signer.sign(Algorithm::RsaSha256, MESSAGE);
    assert_eq!(away, Err(SignerError::Unavailable), "another attempt may succeed");
    put(pin, "1234\n");
    assert_eq!(signer.sign(Algorithm::RsaSha256, MESSAGE).as_ref(), Ok(&value), "and does");
    signer.log_out().expect("logged out");
    put(pin, "4321\n");
    assert_eq!(signer.sign(Algorithm::RsaSha256, MESSAGE), Err(SignerError::Refused));
    put(pin, "1234\n");
    let again = signer.sign(Algorithm::RsaSha256, MESSAGE);
    assert_eq!(again, Err(SignerError::Refused), "a refused PIN is not tried again");
}

/// [SIG-23]
fn certificates_are_judged_like_those_of_files(place: &KeyPlace) {
    let flawed = |chain: &[&str]| {
        let pem: String =
            chain.iter().map(|c| fs::read_to_string(test_key(c)).expect("a file")).collect();
        put(&place.chain, &pem);
        let pair = read_pair(place, now()).expect("a pair");
        pair.problems.into_iter().filter(Problem::is_refusal).collect::<Vec<_>>()
    };
    assert_eq!(flawed(&["leaf.pem", "issuing.pem"]), []);
    assert_eq!(flawed(&["no_ev.pem", "issuing.pem"]), [Judged::NoEvPolicy.into()]);
    let ec = flawed(&["ec.pem", "issuing.pem"]);
    assert!(matches!(ec[..], [Problem::Certificate(Judged::NotRsa { .. }), _]), "X2: {ec:?}");
    assert_eq!(ec.get(1), Some(&Judged::KeyMismatch.into()));
    assert_eq!(flawed(&["small.pem", "issuing.pem"]).last(), Some(&Judged::KeyMismatch.into()));

    flawed(&["leaf.pem", "issuing.pem"]);
    let source =
        SigningSource { current: place.clone(), next: None, algorithm: Algorithm::RsaSha256 };
    let store = KeyStore::open(BTreeMap::from([("main".to_owned(), source)]), now());
    let store = store.unwrap_or_else(|errors| panic!("{errors:?}"));
    let before = store.signer("main", now()).expect("a signer");
    flawed(&["no_ev.pem", "issuing.pem"]);
    let reloads = store.reload_if_changed(now());
    assert!(reloads.iter().all(|reload| reload.outcome.is_err()) && !reloads.is_empty());
    let after = store.signer("main", now()).expect("a signer");
    assert!(Arc::ptr_eq(&before.signer, &after.signer), "the old one stays");
}

/// A token locks after a few wrong PINs, so each is tried once.
#[test]
fn a_refused_pin_waits_for_a_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pin");
    put(&file, "4321");
    let mut watched = Watched::new(vec![file.clone()]);
    let mut attempts = 0;
    let mut look = |error| {
        let _ = watched.load_if_changed(|| -> Result<(), _> {
            attempts += 1;
            Err(KeyError::Token { file: "/p11.so".into(), error })
        });
        attempts
    };
    assert_eq!(look(TokenError::Failed), 1);
    assert_eq!(look(TokenError::PinRefused), 2, "what may come right is tried at every look");
    assert_eq!(look(TokenError::PinRefused), 2);
    put(&file, "12345");
    assert_eq!(look(TokenError::PinRefused), 3);
    assert_eq!(look(TokenError::PinRefused), 3);
}
