//! The catalogue, read again when its files change or SIGHUP says so.
//!
//! A new one is read and made ready beside the old one, which stays in use until one assignment
//! replaces it; a wrong one replaces nothing. Not here: what is wrong with a catalogue
//! ([`crate::catalog`]).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Result, anyhow, bail};
use tokio::signal::unix::Signal;
use tokio::sync::Mutex;

use crate::app::{App, Serving};
use crate::catalog::Catalog;
use crate::config::Config;
use crate::metadata::Metadata;
use crate::store::Store;

/// Most files that are looked at: brands, with a password file and an image each.
const FILES_MAX: usize = 50_000;
/// How deep folders are looked into.
const DEPTH_MAX: u32 = 4;

/// Reads the catalogue of a configuration, and checks what it names of it. Blocks.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(config: &Config) -> Result<Catalog> {
    let catalog = match &config.catalog {
        Some(dir) => Catalog::load(dir).map_err(|findings| anyhow!("{findings:#?}"))?,
        None => Catalog::demo(),
    };
    for brand in catalog.brands.keys() {
        match catalog.signing.get(brand) {
            None if !config.demo => bail!(
                "brand {brand} names no signing certificate: only the demo has one of its own"
            ),
            Some(name) if !config.demo && !config.signing.contains_key(name) => {
                bail!("brand {brand}: there is no [signing.{name}] in the configuration");
            }
            Some(_) | None => {}
        }
    }
    Ok(catalog)
}

/// Makes a catalogue ready to be served: what is new of it is in the store when this returns.
///
/// # Errors
/// It cannot be served, or the store does not answer.
pub async fn prepare(
    catalog: Catalog,
    store: &dyn Store,
    now: domain::Timestamp,
) -> Result<Serving> {
    let known = store.package_revisions().await?;
    let made = tokio::task::spawn_blocking(move || {
        let (metadata, commands) =
            Metadata::make(&catalog, &known, now).map_err(|error| anyhow!(error))?;
        anyhow::Ok((Serving { catalog: Arc::new(catalog), metadata }, commands))
    });
    let (serving, commands) = made.await??;
    if !commands.is_empty() {
        store.commit(commands).await?;
    }
    Ok(serving)
}

/// Reads the catalogue anew whenever that is wanted.
pub struct Reloader {
    config: Config,
    app: Arc<App>,
    /// What was there at the last look; locked while a catalogue is read.
    seen: Mutex<Stamps>,
}

/// Path, time and length of each file.
pub type Stamps = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

impl Reloader {
    /// Makes a reloader for what was read after `seen` was taken.
    #[must_use]
    pub fn new(config: Config, app: Arc<App>, seen: Stamps) -> Self {
        Self { config, app, seen: Mutex::new(seen) }
    }

    /// Reads the catalogue, whether it changed or not, and serves it if nothing is wrong.
    pub async fn reload(&self) {
        let mut seen = self.seen.lock().await;
        *seen = self.look().await;
        self.read_and_serve().await;
    }

    async fn reload_if_changed(&self) {
        let mut seen = self.seen.lock().await;
        let found = self.look().await;
        if found != *seen {
            *seen = found;
            self.read_and_serve().await;
        }
    }

    /// Runs until the server stops.
    pub async fn run(self: Arc<Self>, mut hang_up: Signal) {
        let look_every = self.config.catalog_look_every.unsigned_abs();
        loop {
            tokio::select! {
                told = hang_up.recv() => match told {
                    Some(()) => self.reload().await,
                    None => return,
                },
                () = tokio::time::sleep(look_every) => self.reload_if_changed().await,
            }
        }
    }

    async fn look(&self) -> Stamps {
        let config = self.config.clone();
        tokio::task::spawn_blocking(move || look(&config)).await.unwrap_or_default()
    }

    async fn read_and_serve(&self) {
        match self.ready().await {
            Ok(serving) => {
                let brands = serving.catalog.brands.len();
                self.app.serve(serving);
                self.app.metrics.catalog_reload(true);
                tracing::info!(brands, "catalogue loaded");
            }
            Err(error) => {
                self.app.metrics.catalog_reload(false);
                tracing::error!("catalogue not loaded, the old one stays in use: {error:#}");
            }
        }
    }

    async fn ready(&self) -> Result<Serving> {
        let config = self.config.clone();
        let catalog = tokio::task::spawn_blocking(move || read(&config)).await??;
        prepare(catalog, self.app.store.as_ref(), self.app.clock.now()).await
    }
}

/// Looks at the files of a configuration's catalogue; before reading them, so that a change in
/// between shows at the next look. Blocks.
#[must_use]
pub fn look(config: &Config) -> Stamps {
    config.catalog.as_deref().map(stamps).unwrap_or_default()
}

/// Looks at the files of a folder; what cannot be read is as if it were not there.
fn stamps(folder: &Path) -> Stamps {
    let mut found = Stamps::new();
    look_into(folder, DEPTH_MAX, &mut found);
    found
}

fn look_into(folder: &Path, depth: u32, found: &mut Stamps) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        if found.len() >= FILES_MAX {
            return;
        }
        if metadata.is_dir() {
            if let Some(depth) = depth.checked_sub(1) {
                look_into(&path, depth, found);
            }
        } else {
            found.insert(path, (metadata.modified().ok(), metadata.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_any_file_below_the_folder_shows() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("written");
            stamps(folder.path())
        };
        std::fs::create_dir(folder.path().join("secrets")).expect("made");
        let empty = stamps(folder.path());
        let one = write("a.toml", "id");
        assert_ne!(one, empty);
        assert_eq!(stamps(folder.path()), one);
        let two = write("secrets/password", "x");
        assert_ne!(two, one);
        assert_ne!(write("secrets/password", "xy"), two);
    }
}
