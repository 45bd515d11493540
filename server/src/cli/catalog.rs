//! Arguments and exit codes of `broadgate catalog`.
//!
//! Not here: what the commands find ([`crate::catalog`]).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use carrier::chain::{CertificateFacts, inspect};
use carrier::service_metadata;
use clap::Subcommand;
use domain::Timestamp;
use domain::brand::BrandId;

use super::print;
use crate::catalog::lint::{self, Signers};
use crate::catalog::{Catalog, export, export_cosa, gnome, import, import_cosa};
use crate::keys::read_chain;
use crate::metadata::guid;

/// Largest spreadsheet, in bytes.
const SPREADSHEET_BYTES_MAX: usize = 64 << 20;
/// Most files and bytes of a package that is read.
const PACKAGE_FILES_MAX: usize = 1_000;
const PACKAGE_BYTES_MAX: u64 = 64 << 20;

#[derive(Subcommand)]
pub(super) enum CatalogCommand {
    /// Lists what stands against a catalogue.
    Lint {
        /// The catalogue folder.
        folder: PathBuf,
        /// The configuration (TOML) whose signing certificates are compared.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Makes a catalogue of somebody else's data.
    Import {
        #[command(subcommand)]
        source: Source,
    },
    /// Writes what others take of a brand.
    Export {
        #[command(subcommand)]
        target: Target,
    },
}

#[derive(Subcommand)]
pub(super) enum Target {
    /// The service metadata package, as the files of its cabinet.
    ServiceMetadata {
        /// The catalogue folder.
        folder: PathBuf,
        /// The brand's id.
        #[arg(long)]
        brand: String,
        /// The folder to make the package's folder in.
        #[arg(long)]
        out: PathBuf,
        /// The package's GUID, without braces; a new one if absent.
        #[arg(long)]
        guid: Option<String>,
        /// LastModifiedDate (RFC 3339); now if absent.
        #[arg(long)]
        at: Option<Timestamp>,
    },
    /// The submission to the COSA/APN database, as CSV; it holds passwords.
    Cosa {
        /// The catalogue folder.
        folder: PathBuf,
        /// The brand's id.
        #[arg(long)]
        brand: String,
        /// The column Country/Region.
        #[arg(long, default_value = "")]
        country: String,
        /// The chain (PEM) that signs; its first certificate is registered.
        #[arg(long)]
        cert: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
pub(super) enum Source {
    /// The public database of providers, serviceproviders.xml.
    Gnome {
        /// The database.
        file: PathBuf,
        /// The folder to write to; its files are kept.
        #[arg(long)]
        out: PathBuf,
    },
    /// A COSA/APN spreadsheet, saved as CSV.
    Cosa {
        /// The spreadsheet.
        file: PathBuf,
        /// The folder to write to; its files are kept.
        #[arg(long)]
        out: PathBuf,
    },
    /// The files of a service metadata package; shows what it says.
    ServiceMetadata {
        /// The folder that its cabinet was unpacked to, named by its GUID.
        folder: PathBuf,
        /// The package before it, to compare with.
        #[arg(long)]
        previous: Option<PathBuf>,
    },
}

pub(super) fn run(command: &CatalogCommand) -> Result<ExitCode> {
    match command {
        CatalogCommand::Lint { folder, config } => {
            let signers = config.as_deref().map(signers).transpose()?;
            let findings = lint::lint(folder, signers.as_ref());
            print(&findings)?;
            Ok(ExitCode::from(u8::from(!findings.errors.is_empty())))
        }
        CatalogCommand::Import { source } => match source {
            Source::Gnome { file, out } => import_gnome(file, out),
            Source::Cosa { file, out } => import_cosa(file, out),
            Source::ServiceMetadata { folder, previous } => {
                import_service_metadata(folder, previous.as_deref())
            }
        },
        CatalogCommand::Export { target } => match target {
            Target::ServiceMetadata { folder, brand, out, guid, at } => {
                export_service_metadata(folder, brand, out, guid.as_deref(), *at)
            }
            Target::Cosa { folder, brand, country, cert } => {
                export_cosa(folder, brand, country, cert.as_deref())
            }
        },
    }
}

fn load(folder: &Path) -> Result<Catalog> {
    Catalog::load_to_match(folder).map_err(|findings| {
        let lines: Vec<_> = findings.iter().map(super::line).collect();
        anyhow!("the catalogue has errors:\n  {}", lines.join("\n  "))
    })
}

fn brand_id(catalog: &Catalog, id: &str) -> Result<BrandId> {
    let id = BrandId::parse(id).filter(|id| catalog.brands.contains_key(id));
    id.with_context(|| "--brand: the catalogue has no such brand")
}

fn export_service_metadata(
    folder: &Path,
    brand: &str,
    out: &Path,
    own_guid: Option<&str>,
    at: Option<Timestamp>,
) -> Result<ExitCode> {
    let catalog = load(folder)?;
    let id = brand_id(&catalog, brand)?;
    let guid = own_guid.map_or_else(guid, str::to_owned);
    let at = at.unwrap_or_else(Timestamp::now);
    let made =
        export::service_metadata(&catalog, &id, &guid, at).map_err(|error| anyhow!(error))?;
    let is_refused = made.summary.has_errors();
    if !is_refused {
        fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
        let own = out.join(&made.folder);
        fs::create_dir(&own).with_context(|| format!("cannot make {}", own.display()))?;
        for file in &made.files {
            let path = own.join(&file.path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)
                    .with_context(|| format!("cannot make {}", parent.display()))?;
            }
            write_new(&path, &file.content)?;
        }
    }
    print(&made.summary)?;
    Ok(ExitCode::from(u8::from(is_refused)))
}

fn export_cosa(folder: &Path, brand: &str, country: &str, cert: Option<&Path>) -> Result<ExitCode> {
    let catalog = load(folder)?;
    let id = brand_id(&catalog, brand)?;
    let leaf = cert.map(leaf).transpose()?;
    let made = export_cosa::cosa(&catalog, &id, country, leaf.as_ref());
    let made = made.map_err(|error| anyhow!(error))?;
    io::stdout().write_all(&made.csv).context("cannot write the output")?;
    let mut errors = io::stderr().lock();
    for finding in &made.findings {
        writeln!(errors, "{finding}")?;
    }
    Ok(ExitCode::from(u8::from(made.findings.iter().any(|finding| finding.is_error))))
}

/// Reads the first certificate of a chain.
fn leaf(chain: &Path) -> Result<CertificateFacts> {
    let certificates = read_chain(chain)?;
    let shown = chain.display();
    let leaf = certificates.first().with_context(|| format!("{shown} has no certificate"))?;
    Ok(inspect(leaf.as_bytes())?)
}

fn import_service_metadata(folder: &Path, previous: Option<&Path>) -> Result<ExitCode> {
    let read = |folder: &Path| {
        let name = fs::canonicalize(folder)
            .with_context(|| format!("cannot read {}", folder.display()))?;
        let name = name.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        import::read_package(name, &package_files(folder)?)
            .with_context(|| format!("{} is no package", folder.display()))
    };
    let package = read(folder)?;
    let previous = previous.map(read).transpose()?;
    let summary = import::service_metadata(&package, previous.as_ref());
    print(&summary)?;
    Ok(ExitCode::from(u8::from(summary.has_errors())))
}

/// Reads the files of a folder and its folders; links are not followed.
fn package_files(root: &Path) -> Result<Vec<service_metadata::File>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    let mut left = PACKAGE_BYTES_MAX;
    while let Some(folder) = folders.pop() {
        let unreadable = || format!("cannot read {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(unreadable)? {
            let entry = entry.with_context(unreadable)?;
            let kind = entry.file_type().with_context(unreadable)?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                let path = entry.path();
                let inside = path.strip_prefix(root)?.to_str().context("a name is not UTF-8")?;
                let mut content = Vec::new();
                let limit = left.saturating_add(1);
                let mut file = File::open(&path).with_context(unreadable)?.take(limit);
                let count = file.read_to_end(&mut content).with_context(unreadable)?;
                let rest = left.checked_sub(u64::try_from(count)?);
                left = rest.with_context(|| format!("larger than {PACKAGE_BYTES_MAX} bytes"))?;
                files.push(service_metadata::File { path: inside.to_owned(), content });
            }
            if files.len().saturating_add(folders.len()) > PACKAGE_FILES_MAX {
                bail!("{} has more than {PACKAGE_FILES_MAX} files", root.display());
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn import_gnome(file: &Path, out: &Path) -> Result<ExitCode> {
    let database = carrier::gnome::read(&read(file, carrier::gnome::POLICY.bytes_max)?)
        .with_context(|| format!("{} is not as it should be", file.display()))?;
    let import = gnome::import(&database);
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    for (name, text) in &import.files {
        write_new(&out.join(name), text.as_bytes())?;
    }
    print(&import.summary)?;
    Ok(ExitCode::SUCCESS)
}

/// Nothing is written of a spreadsheet with errors.
fn import_cosa(file: &Path, out: &Path) -> Result<ExitCode> {
    let import = import_cosa::import(&read(file, SPREADSHEET_BYTES_MAX)?);
    if !import.files.is_empty() {
        fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    }
    for (name, text) in &import.files {
        write_new(&out.join(name), text.as_bytes())?;
    }
    print(&import.summary)?;
    Ok(ExitCode::from(u8::from(!import.summary.errors.is_empty())))
}

/// Reads so many bytes at most.
fn read(path: &Path, most: usize) -> Result<Vec<u8>> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("cannot read {shown}"))?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(most)?.saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).with_context(|| format!("cannot read {shown}"))?;
    if bytes.len() > most {
        bail!("{shown} is larger than {most} bytes");
    }
    Ok(bytes)
}

/// Writes a file that is not there yet; it may hold a password.
fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads the leaf of each signing certificate of a configuration.
fn signers(config: &Path) -> Result<Signers> {
    let config = super::load(Some(config))?;
    let mut signers = Signers::new();
    for (name, source) in &config.signing {
        let chain = read_chain(&source.current.chain)?;
        let leaf = chain.first().with_context(|| format!("[signing.{name}] has no certificate"))?;
        signers.insert(name.clone(), inspect(leaf.as_bytes())?);
    }
    Ok(signers)
}
