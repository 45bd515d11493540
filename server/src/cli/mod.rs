//! The command line: one binary, one subcommand for each engine.
//!
//! JSON goes to standard output, people's text to standard error; exit 0 for success, 1 for a
//! refused input, 2 for wrong usage (command contract). Not here: what the commands do.

mod backup;
mod catalog;
mod matching;
mod messages;
mod provision;
mod usage;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use api::machine::Findings;
use clap::{Args, Parser, Subcommand};
use domain::Timestamp;
use serde::Serialize;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::admin::{machines, people};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{self, Config};
use crate::demo_sims::DEMO_SIMS;
use crate::keys::{self, cert_check};
use crate::messages::patterns;
use crate::store::sqlite::SqliteStore;
use crate::store::{Command as Write, Store as _, StoreError};
use crate::{data_folder, http, log, serve};

/// The gate from the walled garden to mobile broadband.
#[derive(Parser)]
#[command(name = "broadgate", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server; without a configuration, the demo.
    Serve(Serve),
    /// Checks a configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Checks certificates.
    Cert {
        #[command(subcommand)]
        command: CertCommand,
    },
    /// Judges catalogues, imports and exports them.
    Catalog {
        #[command(subcommand)]
        command: catalog::CatalogCommand,
    },
    /// Says whose SIM it is, and why.
    Match(matching::Match),
    /// Prints the hardware id of a value.
    Hwid(matching::Hwid),
    /// Builds, signs, verifies and judges provisioning documents.
    Provision {
        #[command(subcommand)]
        command: provision::ProvisionCommand,
    },
    /// Replays usage and shows its events.
    Usage {
        #[command(subcommand)]
        command: usage::UsageCommand,
    },
    /// Reads messages of the operator.
    Messages {
        #[command(subcommand)]
        command: messages::MessagesCommand,
    },
    /// Makes tokens for machines.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Copies the database into one file, also while a server runs.
    Backup(backup::Backup),
    /// Looks a backup through, or puts it back.
    Restore(backup::Restore),
    /// Runs regular expressions for the process that started this one.
    #[command(name = patterns::SUBCOMMAND, hide = true)]
    RegexWorker,
}

#[derive(Args)]
struct Serve {
    /// The configuration file (TOML).
    #[arg(long)]
    config: Option<PathBuf>,
    /// Address of the portal over HTTPS.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Address of the portal over plain HTTP, on loopback.
    #[arg(long)]
    listen_http: Option<SocketAddr>,
    /// Address of the operator area.
    #[arg(long)]
    admin_listen: Option<SocketAddr>,
    /// The data folder.
    #[arg(long)]
    data: Option<PathBuf>,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Loads all that `serve` would and reports every error.
    Check {
        /// The configuration file (TOML).
        #[arg(long)]
        config: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum CertCommand {
    /// Says what a signing certificate is and what is wrong with it.
    Check {
        /// The chain, leaf first (PEM).
        #[arg(long)]
        cert: PathBuf,
        /// The key (PEM).
        #[arg(long)]
        key: Option<PathBuf>,
        /// Trusted roots (PEM).
        #[arg(long)]
        roots: Option<PathBuf>,
        /// The instant to check at (RFC 3339).
        #[arg(long)]
        at: Option<Timestamp>,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Makes a token and prints it once.
    Create {
        /// Its name.
        #[arg(long)]
        name: String,
        /// What it may do, separated by `|`, `,` or blanks.
        #[arg(long)]
        scope: String,
        /// The configuration file (TOML).
        #[arg(long)]
        config: Option<PathBuf>,
        /// The data folder.
        #[arg(long)]
        data: Option<PathBuf>,
    },
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(args) => serve(args),
        Command::Config { command: ConfigCommand::Check { config } } => {
            check_config(config.as_deref())
        }
        Command::Cert { command: CertCommand::Check { cert, key, roots, at } } => {
            let at = at.unwrap_or_else(|| SystemClock.now());
            check_cert(&cert, key.as_deref(), roots.as_deref(), at)
        }
        Command::Catalog { command } => catalog::run(&command),
        Command::Match(args) => matching::run(&args),
        Command::Hwid(args) => matching::hwid(&args),
        Command::Provision { command } => provision::run(command),
        Command::Usage { command } => usage::run(&command),
        Command::Messages { command } => messages::run(&command),
        Command::Token { command: TokenCommand::Create { name, scope, config, data } } => {
            create_token(&name, &scope, config.as_deref(), data)
        }
        Command::Backup(args) => backup::backup(args),
        Command::Restore(args) => backup::restore(args),
        Command::RegexWorker => patterns::serve(std::io::stdin().lock(), std::io::stdout().lock())
            .map(|()| ExitCode::SUCCESS)
            .map_err(Into::into),
    };
    done.unwrap_or_else(|error| {
        eprintln!("broadgate: {error:#}");
        ExitCode::from(1)
    })
}

/// Writes a value as JSON for people to read.
fn print(value: &impl Serialize) -> Result<()> {
    say(&serde_json::to_string_pretty(value)?)
}

/// Writes a line to standard output; a closed pipe is an error, not a panic.
fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("cannot write the output")
}

fn load(config: Option<&Path>) -> Result<Config> {
    match Config::load(config) {
        Ok((config, warnings)) => {
            for warning in warnings {
                eprintln!("warning: {}", line(&warning));
            }
            Ok(config)
        }
        Err(errors) => {
            let lines: Vec<_> = errors.iter().map(line).collect();
            anyhow::bail!("the configuration has errors:\n  {}", lines.join("\n  "))
        }
    }
}

fn line(finding: &api::machine::Finding) -> String {
    let at = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
    let key = finding.key.as_ref().map(|key| format!(" {key}")).unwrap_or_default();
    format!("{}{at}:{key}: {}", finding.file, finding.message)
}

fn serve(args: Serve) -> Result<ExitCode> {
    let mut config = load(args.config.as_deref())?;
    let findings = check_all(&config);
    if !findings.errors.is_empty() {
        let lines: Vec<_> = findings.errors.iter().map(line).collect();
        anyhow::bail!("the configuration cannot be served:\n  {}", lines.join("\n  "));
    }
    config.listen.https = args.listen.unwrap_or(config.listen.https);
    config.listen.http = args.listen_http.or(config.listen.http);
    config.listen.admin = args.admin_listen.unwrap_or(config.listen.admin);
    config.data = args.data.unwrap_or(config.data);
    if let Some(at) = config.listen.http.filter(|at| !at.ip().is_loopback()) {
        anyhow::bail!("plain HTTP is for loopback only, not {at}: use --listen for HTTPS");
    }
    log::start(&config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let is_demo = config.demo;
        let mut running = serve::start(config, Arc::new(SystemClock)).await?;
        // Listened for before anybody can know whom to tell.
        let terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
        announce(&running, is_demo);
        let is_broken = tokio::select! {
            told = wait_for_signal(terminate) => { told?; false }
            () = running.broken() => true,
        };
        eprintln!("broadgate: stopping; open requests have ten seconds");
        running.stop().await;
        Ok(ExitCode::from(u8::from(is_broken)))
    })
}

/// Says where the server is. It serves all the same where nobody listens to that.
fn announce(running: &serve::Running, is_demo: bool) {
    if let Err(error) = say(announcement(running, is_demo).trim_end()) {
        tracing::warn!("nobody was told where the server is: {error:#}");
    }
}

fn announcement(running: &serve::Running, is_demo: bool) -> String {
    let https = format!("https://localhost:{}", running.https.port());
    let mut lines = vec!["Broadgate is ready.".to_owned(), format!("  Portal         {https}/")];
    lines.extend(
        running.http.map(|http| {
            format!("                 http://localhost:{}/ (loopback only)", http.port())
        }),
    );
    lines.push(format!("  Operator area  https://localhost:{}/", running.admin.port()));
    if let Some(secret) = &running.bootstrap {
        lines.push(format!("  Bootstrap      {secret}"));
        lines.push("                 makes the first account, within an hour".to_owned());
    }
    if is_demo {
        lines.extend(demo_announcement(running, &https));
    }
    lines.join("\n")
}

fn demo_announcement(running: &serve::Running, https: &str) -> Vec<String> {
    let roots = running.signing_roots.display();
    let mut lines = vec![format!("  Test roots     {roots} (documents)")];
    let tls = running.tls_roots.as_ref();
    lines.extend(tls.map(|roots| format!("                 {} (HTTPS)", roots.display())));
    lines.push("\nOpen it as Windows would:".to_owned());
    let sims = DEMO_SIMS.iter();
    lines.extend(sims.map(|sim| {
        format!("  {https}{}   ({}, {})", sim.launch_path(), sim.brand, sim.state.name())
    }));
    if let (Some(http), Some(sim)) = (running.http, DEMO_SIMS.first()) {
        lines.push("or without a certificate to accept:".to_owned());
        lines.push(format!("  http://localhost:{}{}", http.port(), sim.launch_path()));
    }
    lines.push("Play Windows, with a result of your choice:".to_owned());
    lines.push(format!("  {https}/lab/msprovision"));
    if !http::assets::has_portal() {
        let text = "Built without the portal's WebAssembly (cargo xtask portal): plain pages only.";
        lines.push(format!("\n{text}"));
    }
    lines
}

async fn wait_for_signal(mut terminate: Signal) -> Result<()> {
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot wait for SIGINT"),
        _ = terminate.recv() => Ok(()),
    }
}

/// Checks a configuration with what it names, certificates included [SIG-23].
fn check_all(config: &Config) -> Findings {
    let now = SystemClock.now();
    config::check_with(config, &|_, certificates| keys::judge(certificates, now))
}

fn check_config(path: Option<&Path>) -> Result<ExitCode> {
    let findings = match Config::load(path) {
        Ok((config, mut warnings)) => {
            let mut findings = check_all(&config);
            warnings.append(&mut findings.warnings);
            Findings { warnings, ..findings }
        }
        Err(errors) => Findings { errors, warnings: Vec::new() },
    };
    print(&findings)?;
    Ok(ExitCode::from(u8::from(!findings.errors.is_empty())))
}

fn check_cert(
    cert: &Path,
    key: Option<&Path>,
    roots: Option<&Path>,
    at: Timestamp,
) -> Result<ExitCode> {
    let report = cert_check(cert, key, roots, at)?;
    print(&report)?;
    Ok(ExitCode::from(u8::from(report.is_refused())))
}

fn create_token(
    name: &str,
    scope: &str,
    config: Option<&Path>,
    data: Option<PathBuf>,
) -> Result<ExitCode> {
    let scopes = machines::parse_scopes(scope).map_err(|unknown| {
        anyhow::anyhow!("unknown scope {unknown:?}; there are {}", machines::SCOPES.join(", "))
    })?;
    let data = data.map_or_else(|| load(config).map(|config| config.data), Ok)?;
    let path = data_folder::database(&data);
    if !path.exists() {
        anyhow::bail!("there is no database in {}: start `broadgate serve` once", data.display());
    }
    let store = SqliteStore::open(&path)?;
    let now = SystemClock.now();
    let (secret, token) = machines::new_token(name, &scopes, now);
    let entry = people::audit(now, "command-line", "token.create", name);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let batch = vec![Write::InsertToken(token), Write::Audit(entry)];
    match runtime.block_on(store.commit(batch)) {
        Ok(()) => {
            let made = serde_json::json!({ "name": name, "scopes": scopes, "token": secret });
            say(&made.to_string())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(StoreError::Duplicate) => anyhow::bail!("there is a token of the name {name} already"),
        Err(error) => Err(error.into()),
    }
}
