//! The table of what a machine needs, with pinned versions.
//!
//! Not here: going through the table ([`crate::setup`]).

/// What a machine is prepared for; the needs of `Run` are part of those of `Test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building the portal and running the server.
    Run,
    /// Running every check.
    Test,
}

/// One thing a machine needs.
pub(crate) struct Step {
    /// What is prepared.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) why: &'static str,
    /// Minutes that it takes the first time on two cores.
    pub(crate) minutes: u32,
    /// Who needs it.
    pub(crate) purpose: Purpose,
    /// What is there when it is done, and so what to do when it is not.
    pub(crate) need: Need,
}

/// Kinds of things that are needed; each knows its check and its commands (see
/// [`crate::setup`]).
pub(crate) enum Need {
    /// The standard library for a target.
    RustTarget(&'static str),
    /// Components of the toolchain, each with the program that it brings.
    RustComponents(&'static [(&'static str, &'static str)]),
    /// A program that Cargo compiles.
    Crate(CrateTool),
    /// Packages of npm, each with its exact version.
    Npm(&'static [(&'static str, &'static str)]),
    /// Packages of Python, each with its exact version.
    Pip(&'static [(&'static str, &'static str)]),
    /// Packages of Debian.
    Debian(&'static [DebianPackage]),
}

/// A program that `cargo install` compiles into `.tools/bin`.
pub(crate) struct CrateTool {
    /// The crate.
    pub(crate) package: &'static str,
    /// The program, asked for its `--version`.
    pub(crate) program: &'static str,
    /// The exact version.
    pub(crate) version: &'static str,
    /// Further arguments of `cargo install`.
    pub(crate) arguments: &'static [&'static str],
    /// The package in Cargo.lock whose version must be the same.
    pub(crate) same_as: Option<&'static str>,
}

/// A package of Debian.
pub(crate) struct DebianPackage {
    /// Its name.
    pub(crate) name: &'static str,
    /// What shows that it, or its like on another system, is there.
    pub(crate) proof: Proof,
}

/// Evidence that a package is installed.
#[derive(Clone, Copy)]
pub(crate) enum Proof {
    /// One of these programs is on the PATH.
    Program(&'static [&'static str]),
    /// One of these folders exists.
    Folder(&'static [&'static str]),
}

/// Everything, in the order in which it is prepared.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "the wasm32 target",
        why: "rustc compiles the portal for the browser",
        minutes: 1,
        purpose: Purpose::Run,
        need: Need::RustTarget("wasm32-unknown-unknown"),
    },
    Step {
        name: "Node and npm",
        why: "wasm-opt and esbuild come from npm, and V8 judges how patterns are matched",
        minutes: 2,
        purpose: Purpose::Run,
        need: Need::Debian(&[
            DebianPackage { name: "nodejs", proof: Proof::Program(&["node"]) },
            DebianPackage { name: "npm", proof: Proof::Program(&["npm"]) },
        ]),
    },
    Step {
        name: "wasm-opt 132 and esbuild 0.28.2",
        why: "they shrink the WebAssembly and bundle its glue for old engines",
        minutes: 1,
        purpose: Purpose::Run,
        need: Need::Npm(&[("binaryen", "132.0.0"), ("esbuild", "0.28.2")]),
    },
    Step {
        name: "trunk 0.21.14",
        why: "it drives the portal's build",
        minutes: 6,
        purpose: Purpose::Run,
        need: Need::Crate(CrateTool {
            package: "trunk",
            program: "trunk",
            version: "0.21.14",
            arguments: &["--locked"],
            same_as: None,
        }),
    },
    Step {
        name: "wasm-bindgen 0.2.130",
        why: "it writes the glue between WebAssembly and the page",
        minutes: 2,
        purpose: Purpose::Run,
        // Without --locked: its lock file names versions that may have been withdrawn.
        need: Need::Crate(CrateTool {
            package: "wasm-bindgen-cli",
            program: "wasm-bindgen",
            version: "0.2.130",
            arguments: &[],
            same_as: Some("wasm-bindgen"),
        }),
    },
    Step {
        name: "rustfmt and clippy",
        why: "they check the sources",
        minutes: 1,
        purpose: Purpose::Test,
        need: Need::RustComponents(&[("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")]),
    },
    Step {
        name: "wasm-tools 1.263.0",
        why: "it proves that the portal runs in the oldest engines",
        minutes: 3,
        purpose: Purpose::Test,
        need: Need::Crate(CrateTool {
            package: "wasm-tools",
            program: "wasm-tools",
            version: "1.263.0",
            arguments: &[
                "--locked",
                "--no-default-features",
                "--features",
                "validate,print,strip,objdump",
            ],
            same_as: None,
        }),
    },
    Step {
        name: "cargo-deny 0.20.2",
        why: "it checks licences and sources of the dependencies",
        minutes: 4,
        purpose: Purpose::Test,
        need: Need::Crate(CrateTool {
            package: "cargo-deny",
            program: "cargo-deny",
            version: "0.20.2",
            arguments: &["--locked"],
            same_as: None,
        }),
    },
    Step {
        name: "Chromium 72 and a puppeteer that drives it",
        why: "the purchase must complete in engines of the time of EdgeHTML",
        minutes: 1,
        purpose: Purpose::Test,
        need: Need::Npm(&[("chrome-aws-lambda", "1.11.2"), ("puppeteer-core", "1.11.0")]),
    },
    Step {
        name: "a browser, the judges of XML and PDF, and the database of providers",
        why: "the tests drive Chromium, ask xmlsec1, xmllint, qpdf and poppler, and read the whole \
              database",
        minutes: 2,
        purpose: Purpose::Test,
        need: Need::Debian(&[
            DebianPackage {
                name: "chromium",
                proof: Proof::Program(&["chromium", "chromium-browser", "google-chrome"]),
            },
            DebianPackage { name: "chromium-driver", proof: Proof::Program(&["chromedriver"]) },
            DebianPackage { name: "xmlsec1", proof: Proof::Program(&["xmlsec1"]) },
            DebianPackage { name: "libxml2-utils", proof: Proof::Program(&["xmllint"]) },
            DebianPackage { name: "qpdf", proof: Proof::Program(&["qpdf"]) },
            DebianPackage { name: "poppler-utils", proof: Proof::Program(&["pdftotext"]) },
            DebianPackage { name: "softhsm2", proof: Proof::Program(&["softhsm2-util"]) },
            DebianPackage {
                name: "mobile-broadband-provider-info",
                proof: Proof::Folder(&["/usr/share/mobile-broadband-provider-info"]),
            },
            DebianPackage {
                name: "fonts-noto-core",
                proof: Proof::Folder(&[
                    "/usr/share/fonts/truetype/noto",
                    "/usr/share/fonts/noto",
                    "/usr/share/fonts/google-noto",
                ]),
            },
        ]),
    },
    Step {
        name: "Python and a JDK",
        why: "two more judges of signatures are written for them",
        minutes: 2,
        purpose: Purpose::Test,
        need: Need::Debian(&[
            DebianPackage { name: "python3-pip", proof: Proof::Program(&["pip3", "pip"]) },
            DebianPackage { name: "openjdk-17-jdk-headless", proof: Proof::Program(&["javac"]) },
        ]),
    },
    Step {
        name: "signxml 5.2.0",
        why: "it judges signatures",
        minutes: 1,
        purpose: Purpose::Test,
        need: Need::Pip(&[("signxml", "5.2.0")]),
    },
    Step {
        name: "standardwebhooks 1.1.0",
        why: "it judges the signatures of webhooks",
        minutes: 1,
        purpose: Purpose::Test,
        need: Need::Pip(&[("standardwebhooks", "1.1.0")]),
    },
    Step {
        name: "xml-crypto 6.3.2",
        why: "it judges signatures",
        minutes: 1,
        purpose: Purpose::Test,
        need: Need::Npm(&[("xml-crypto", "6.3.2")]),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trunk_is_told_the_same_versions() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Trunk.toml");
        let trunk = std::fs::read_to_string(root).unwrap();
        for step in STEPS {
            match &step.need {
                Need::Crate(tool) if tool.same_as == Some("wasm-bindgen") => {
                    assert!(trunk.contains(&format!("wasm_bindgen = \"{}\"", tool.version)));
                }
                Need::Npm(packages) => {
                    let binaryen = packages.iter().find(|(name, _)| *name == "binaryen");
                    let Some((_, version)) = binaryen else { continue };
                    let major = version.split('.').next().unwrap();
                    assert!(trunk.contains(&format!("wasm_opt = \"version_{major}\"")));
                }
                Need::Crate(_)
                | Need::RustTarget(_)
                | Need::RustComponents(_)
                | Need::Pip(_)
                | Need::Debian(_) => {}
            }
        }
    }

    #[test]
    fn names_carry_the_pinned_versions() {
        for step in STEPS {
            if let Need::Crate(tool) = &step.need {
                assert!(step.name.ends_with(tool.version), "{}", step.name);
            }
        }
    }
}
