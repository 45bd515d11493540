//! The binary as a process: started on free ports, found by what it prints, stopped or killed.
//!
//! Not here: the server within the test's own process ([`crate::server_under_test`]).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::server_under_test::{binary, seed_certificates};
use crate::visitor::Visitor;

/// A demo that runs as a process.
pub struct Process {
    child: Child,
    /// Kept, so that what it prints later has a reader.
    _printed: Lines<BufReader<ChildStdout>>,
    /// Where the portal is, over plain HTTP.
    pub origin: String,
    /// Where the operator area is.
    pub admin: String,
    /// The secret that makes the first account, where there is none.
    pub bootstrap: Option<String>,
    roots: PathBuf,
}

impl Process {
    /// Starts the binary on a data folder, with these variables besides; what it logs is added to
    /// `log` within the folder.
    ///
    /// # Errors
    /// It does not start; the error has what it logged.
    pub async fn start(data: &Path, variables: &[(&str, PathBuf)]) -> Result<Self> {
        seed_certificates(data).await?;
        let log = data.join("log");
        let logged = File::options().create(true).append(true).open(&log)?;
        let mut child = Command::new(binary())
            .args(["serve", "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0"])
            .args(["--admin-listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(logged)
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let mut printed = Vec::new();
        while let Some(line) = lines.next_line().await? {
            let is_last = line.contains("/lab/msprovision");
            printed.push(line.trim().to_owned());
            if is_last {
                break;
            }
        }
        let found = |start: &str| {
            let mut rest = printed.iter().filter_map(|line| line.strip_prefix(start));
            rest.next().map(|rest| rest.trim().to_owned())
        };
        let origin = |start: &str| found(start).map(|rest| rest.trim_end_matches('/').to_owned());
        let (Some(http), Some(admin)) = (found("http://localhost:"), origin("Operator area"))
        else {
            bail!("it does not serve: {}", std::fs::read_to_string(&log).unwrap_or_default());
        };
        let port = http.split('/').next().unwrap_or_default();
        let roots = printed.iter().find_map(|line| line.strip_suffix(" (HTTPS)"));
        Ok(Self {
            child,
            _printed: lines,
            origin: format!("http://localhost:{port}"),
            admin,
            bootstrap: found("Bootstrap"),
            roots: PathBuf::from(roots.context("no roots")?),
        })
    }

    /// Makes a customer who uses no scripts.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn visitor(&self) -> Result<Visitor> {
        Visitor::new(&self.origin)
    }

    /// Makes a client of the operator area.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn operator(&self) -> Result<Visitor> {
        Visitor::trusting(&self.admin, Some(&self.roots))
    }

    /// Kills it, as the end of power does to a process.
    ///
    /// # Errors
    /// It cannot be killed.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Tells it to stop and waits until it has.
    ///
    /// # Errors
    /// It ends with an error.
    pub async fn stop(mut self) -> Result<()> {
        let pid = self.child.id().context("it has ended")?.to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().await?;
        ensure!(told.success(), "it cannot be told to stop");
        let status = self.child.wait().await?;
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }
}
