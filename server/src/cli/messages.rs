//! `broadgate messages`: what rules make of operator messages.
//!
//! Not here: what a message is ([`domain::messages`]), and what a line may say
//! ([`crate::messages::batch`]).

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use domain::messages::Book;
use jiff::tz::TimeZone;

use crate::messages::batch::{Classifier, Lines};
use crate::messages::patterns::Patterns;
use crate::messages::{lint, pool, rules};

#[derive(Subcommand)]
pub(super) enum MessagesCommand {
    /// Says which rule of a document each message meets, and what it says.
    Classify(Classify),
}

#[derive(Args)]
pub(super) struct Classify {
    /// The provisioning document that holds the rules.
    #[arg(long)]
    rules: PathBuf,
    /// The zone in which times of messages are meant: a name such as Europe/Oslo; UTC if absent.
    #[arg(long, value_parser = zone)]
    timezone: Option<TimeZone>,
    /// The messages, one JSON object a line; - for standard input.
    messages: PathBuf,
}

pub(super) fn run(command: &MessagesCommand) -> Result<ExitCode> {
    match command {
        MessagesCommand::Classify(args) => classify(args),
    }
}

fn classify(args: &Classify) -> Result<ExitCode> {
    let shown = args.rules.display();
    let document = carrier::read::read_as_agent(&super::provision::read(&args.rules)?)
        .with_context(|| format!("the document {shown} cannot be read"))?;
    let of_document = rules::of_document(&document);
    let patterns = of_document.iter().map(|rule| rule.pattern.as_str());
    let matcher = Patterns::new(patterns, pool()?);
    let book = Book::new(of_document, &matcher);
    let findings = lint::of_rules(&book, &matcher);
    for finding in &findings {
        eprintln!("{}: rule {}: {}", finding.weight(), finding.number, finding.message);
    }
    let is_refused = findings.iter().any(lint::RuleFinding::is_error);
    let stored_limit = rules::stored_limit(&document).map(domain::amount::Megabytes::bytes);
    let zone = args.timezone.clone().unwrap_or(TimeZone::UTC);
    let classifier = Classifier { book, matcher, zone, stored_limit };
    let input: Box<dyn Read> = if args.messages == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let shown = args.messages.display();
        Box::new(File::open(&args.messages).with_context(|| format!("cannot read {shown}"))?)
    };
    let are_refused = batch(&classifier, input, io::stdout().lock())?;
    Ok(ExitCode::from(u8::from(is_refused || are_refused)))
}

/// Answers each line before it reads the next, and says whether any was refused.
fn batch(classifier: &Classifier<Patterns>, input: impl Read, out: impl Write) -> Result<bool> {
    let (mut input, mut out) = (BufReader::new(input), BufWriter::new(out));
    let mut is_refused = false;
    let mut lines = Lines::default();
    while let Some(answer) = lines.next(classifier, &mut input).context("cannot read messages")? {
        is_refused |= answer.is_refused();
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n")?;
        // Who writes line by line gets answers line by line.
        if input.buffer().is_empty() {
            out.flush()?;
        }
    }
    out.flush()?;
    Ok(is_refused)
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| "needs the name of a zone such as Europe/Oslo".to_owned())
}
