//! Instructions of every operation on a document, counted by callgrind, beside the recorded ones.
//!
//! Time on a shared machine changes by a tenth from run to run, these counts by nothing; what
//! changes them is the code, the compiler and its options. `cargo xtask instructions` runs this,
//! `--record` rewrites `benches/instructions.txt`. Nothing is enforced. Not here: time
//! (`benches/documents`); an RSA signature, which ring blinds at random.
#![expect(clippy::print_stdout, reason = "a benchmark reports on standard output")]

mod fixtures;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::Command;

use carrier::chain::inspect;
use carrier::read::read;
use carrier::schema::validate;
use carrier::sign::{Algorithm, SignedDocument};
use carrier::write::write;
use carrier::xml::{Method, canonical_document, parse_tree};

/// What is counted.
struct Operation {
    name: &'static str,
    /// Prepares the input and calls [`measured`] with the work.
    run: fn(),
}

const OPERATIONS: &[Operation] = &[
    Operation {
        name: "write",
        run: || {
            let document = fixtures::document();
            twice(|| write(&document));
        },
    },
    Operation {
        name: "digest",
        run: || {
            let written = write(&fixtures::document()).expect("legal values");
            twice(|| Algorithm::RsaSha256.digest(written.as_bytes()));
        },
    },
    Operation {
        name: "sign-without-rsa",
        run: || {
            let document = fixtures::document();
            let signer = fixtures::Remembered::of(&document);
            twice(|| fixtures::signed(&document, &signer));
        },
    },
    Operation {
        name: "parse",
        run: || {
            let signed = signed();
            twice(|| parse_tree(signed.as_bytes()));
        },
    },
    Operation {
        name: "validate",
        run: || {
            let signed = signed();
            let tree = parse_tree(signed.as_bytes()).expect("well-formed");
            twice(|| validate(&tree.root));
        },
    },
    Operation {
        name: "canonicalise",
        run: || {
            let signed = signed();
            let tree = parse_tree(signed.as_bytes()).expect("well-formed");
            twice(|| canonical_document(&tree, Method::Inclusive, None));
        },
    },
    Operation {
        name: "read",
        run: || {
            let signed = signed();
            twice(|| read(signed.as_bytes()));
        },
    },
    Operation {
        name: "inspect-certificate",
        run: || {
            let certificate = fixtures::roots().swap_remove(0);
            twice(|| inspect(certificate.as_bytes()));
        },
    },
    Operation {
        name: "verify-until-rsa",
        run: || {
            // The algorithm is judged when everything before the first verification is done.
            let hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
            let rsa = Algorithm::RsaSha256.signature_uri();
            let refused = fixtures::support::replace_once(signed().as_str(), rsa, hmac);
            let roots = fixtures::roots();
            twice(|| fixtures::verified(refused.as_bytes(), &roots));
        },
    },
    Operation {
        name: "verify",
        run: || {
            let (signed, roots) = (signed(), fixtures::roots());
            twice(|| fixtures::verified(signed.as_bytes(), &roots));
        },
    },
    Operation {
        name: "parse-10000-ssids",
        run: || {
            let text = fixtures::ssids();
            twice(|| parse_tree(text.as_bytes()));
        },
    },
    Operation {
        name: "read-10000-ssids",
        run: || {
            let text = fixtures::ssids();
            twice(|| read(text.as_bytes()));
        },
    },
    Operation {
        name: "write-10000-ssids",
        run: || {
            let document = read(fixtures::ssids().as_bytes()).expect("a document of the model");
            twice(|| write(&document));
        },
    },
    Operation {
        name: "canonicalise-10000-ssids",
        run: || {
            let text = fixtures::ssids();
            let tree = parse_tree(text.as_bytes()).expect("well-formed");
            twice(|| canonical_document(&tree, Method::Inclusive, None));
        },
    },
];

fn signed() -> SignedDocument {
    fixtures::signed(&fixtures::document(), &fixtures::signer())
}

/// Works once for what a process does only once, then for the count.
fn twice<T>(work: impl Fn() -> T) {
    black_box(work());
    measured(&work);
}

/// Counting is on while this function runs; callgrind finds it by its name.
#[inline(never)]
fn measured<T>(work: &impl Fn() -> T) {
    black_box(work());
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => compare(),
        ["--record"] => record(),
        ["run", name] => {
            let operation = OPERATIONS.iter().find(|operation| operation.name == *name);
            (operation.expect("an operation").run)();
        }
        _ => println!("instructions [--record]"),
    }
}

fn compare() {
    let text = std::fs::read_to_string(file()).expect("benches/instructions.txt");
    let recorded: BTreeMap<&str, u64> = text.lines().filter_map(count_of_line).collect();
    println!("{:26} {:>12} {:>12}", "instructions", "recorded", "counted");
    for Operation { name, .. } in OPERATIONS {
        let counted = count(name);
        match recorded.get(name) {
            Some(recorded) => {
                let change = percent(*recorded, counted);
                println!("{name:26} {recorded:12} {counted:12} {change:+8.2} %");
            }
            None => println!("{name:26} {:>12} {counted:12}", "-"),
        }
    }
    print!("\nrecorded with:\n{}", header_of(&text));
    print!("\ncounted with:\n{}", header());
}

fn record() {
    let mut text = header();
    for Operation { name, .. } in OPERATIONS {
        let line = format!("{name:26} {:12}\n", count(name));
        print!("{line}");
        text.push_str(&line);
    }
    std::fs::write(file(), text).expect("benches/instructions.txt");
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.txt")
}

fn count_of_line(line: &str) -> Option<(&str, u64)> {
    let (name, count) = line.split_once(' ')?;
    Some((name, count.trim().parse().ok()?))
}

fn percent(before: u64, after: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let [before, after] = [before as f64, after as f64];
    (after / before - 1.0) * 100.0
}

/// What a count depends on beside the code.
fn header() -> String {
    let version = |program: &str| {
        let output = Command::new(program).arg("--version").output();
        let said = output.expect("rustc and valgrind are installed").stdout;
        String::from_utf8_lossy(&said).trim().to_owned()
    };
    let (rustc, valgrind) = (version("rustc"), version("valgrind"));
    format!("# {rustc}, {}, {valgrind}\n", std::env::consts::ARCH)
}

fn header_of(text: &str) -> String {
    text.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect()
}

/// Counts one operation in a process of its own.
fn count(name: &str) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg("--toggle-collect=*instructions*measured*")
        .arg(std::env::current_exe().expect("the path of this program"))
        .args(["run", name])
        .output()
        .expect("valgrind is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let count = said.lines().find_map(|line| line.split_once("Collected : "));
    count.and_then(|(_, count)| count.trim().parse().ok()).expect("callgrind says what it counted")
}
