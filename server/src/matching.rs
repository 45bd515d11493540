//! Requests of `broadgate match`, read strictly, and their answers.
//!
//! Not here: whose SIM it is ([`domain::matching`]), and files ([`crate::cli`]).
//! Implements the command contract over [MATCH-08], [MATCH-09], [MATCH-18], [MATCH-57].

use std::fmt;
use std::io::{self, BufRead};

use api::machine::{self, BatchError, ErrorDetail, MatchTarget, MatchTrace};
use domain::identity::{Iccid, Imsi};
use domain::matching::{self, Index, Match, Mode, Sim, Target, Warning};
use serde_json::{Map, Value};

use crate::lines::{self, LINE_BYTES_MAX};

/// The answer to a request, which may name itself by any JSON.
pub type MatchAnswer = machine::MatchAnswer<Value>;

type MatchReport = machine::MatchReport<Value>;

/// Longest name that is compared; a catalogue has none of more than 64 characters.
const NAME_BYTES_MAX: usize = 1024;

const KEYS: [&str; 8] =
    ["imsi", "iccid", "home_provider", "sid", "provider_name", "mode", "pin_locked", "id"];

/// Says why a request is refused, without a word of what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// The line is too long.
    TooLong,
    /// The line is no JSON.
    Json,
    /// The line is no object.
    Object,
    /// A key that no request has.
    Key,
    /// The value of a key is of another type or form.
    Value { key: &'static str, wanted: &'static str },
}

impl Refusal {
    fn code(self) -> &'static str {
        match self {
            Self::TooLong => "line_too_long",
            Self::Json | Self::Object => "not_json",
            Self::Key => "unknown_key",
            Self::Value { .. } => "invalid_value",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "longer than {LINE_BYTES_MAX} bytes"),
            Self::Json => f.write_str("not JSON in UTF-8"),
            Self::Object => f.write_str("not a JSON object"),
            Self::Key => write!(f, "unknown key; here may stand: {}", KEYS.join(", ")),
            Self::Value { key, wanted } => write!(f, "{key} needs {wanted}"),
        }
    }
}

/// Answers one request.
#[must_use]
pub fn answer(index: &Index, request: &Map<String, Value>) -> MatchAnswer {
    let id = request.get("id").cloned();
    match sim(request) {
        Ok(sim) => MatchAnswer::Report(report(matching::find(index, &sim), id)),
        Err(refusal) => refused(refusal, None, id),
    }
}

/// Answers the lines of a batch, one at a time.
#[derive(Default)]
pub struct Lines(lines::Lines);

impl Lines {
    /// Reads and answers the next line; `None` at the end.
    ///
    /// # Errors
    /// The input cannot be read.
    pub fn next(
        &mut self,
        index: &Index,
        input: &mut impl BufRead,
    ) -> io::Result<Option<MatchAnswer>> {
        let Some(read) = self.0.next(input)? else { return Ok(None) };
        let line = Some(read.number);
        let Some(bytes) = read.bytes else {
            return Ok(Some(refused(Refusal::TooLong, line, None)));
        };
        Ok(Some(match serde_json::from_slice(bytes) {
            Ok(Value::Object(request)) => match answer(index, &request) {
                MatchAnswer::Refused(error) => MatchAnswer::Refused(BatchError { line, ..error }),
                report @ MatchAnswer::Report(_) => report,
            },
            Ok(_) => refused(Refusal::Object, line, None),
            Err(_) => refused(Refusal::Json, line, None),
        }))
    }
}

fn refused(refusal: Refusal, line: Option<usize>, id: Option<Value>) -> MatchAnswer {
    let error = ErrorDetail { code: refusal.code().to_owned(), message: refusal.to_string() };
    MatchAnswer::Refused(BatchError { error, line, id })
}

fn sim(request: &Map<String, Value>) -> Result<Sim, Refusal> {
    if request.keys().any(|key| !KEYS.contains(&key.as_str())) {
        return Err(Refusal::Key);
    }
    let wrong = |key, wanted| Refusal::Value { key, wanted };
    let mode = match text(request, "mode")? {
        None | Some("gsm") => Mode::Gsm,
        Some("cdma") => Mode::Cdma,
        Some(_) => return Err(wrong("mode", "gsm or cdma")),
    };
    let imsi = text(request, "imsi")?.map(Imsi::parse).transpose();
    let iccid = text(request, "iccid")?.map(Iccid::parse).transpose();
    let pin_locked = match request.get("pin_locked") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(is_locked)) => *is_locked,
        Some(_) => return Err(wrong("pin_locked", "true or false")),
    };
    Ok(Sim {
        mode,
        home_provider_name: name(request, "home_provider")?,
        iccid: iccid.map_err(|_| wrong("iccid", "19 or 20 digits"))?,
        imsi: imsi.map_err(|_| wrong("imsi", "6 to 15 digits"))?,
        sid: sid(request)?,
        provider_name: name(request, "provider_name")?,
        pin_locked,
    })
}

/// Returns a text; an empty one is absent.
fn text<'r>(
    request: &'r Map<String, Value>,
    key: &'static str,
) -> Result<Option<&'r str>, Refusal> {
    match request.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(Refusal::Value { key, wanted: "text in quotes" }),
    }
}

fn name(request: &Map<String, Value>, key: &'static str) -> Result<Option<String>, Refusal> {
    match text(request, key)? {
        Some(name) if name.len() > NAME_BYTES_MAX => {
            Err(Refusal::Value { key, wanted: "a name of at most 1024 bytes" })
        }
        name => Ok(name.map(str::to_owned)),
    }
}

/// Reads a system id, as a number or in quotes.
fn sid(request: &Map<String, Value>) -> Result<Option<u16>, Refusal> {
    let wrong = Refusal::Value { key: "sid", wanted: "a number from 0 to 65535" };
    match request.get("sid") {
        Some(Value::Number(number)) => {
            let sid = number.as_u64().and_then(|sid| u16::try_from(sid).ok());
            sid.map(Some).ok_or(wrong)
        }
        _ => text(request, "sid")?.map(|sid| sid.parse().map_err(|_| wrong)).transpose(),
    }
}

fn report(found: Match, id: Option<Value>) -> MatchReport {
    let target = |target| match target {
        Target::Name(name) => MatchTarget::Name(name),
        Target::Sid(sid) => MatchTarget::Sid(sid),
        Target::Range(range) => MatchTarget::Range([range.start(), range.end()]),
    };
    let trace = found.trace.into_iter().map(|line| MatchTrace {
        rule: line.rule.name().to_owned(),
        value: line.value,
        outcome: line.outcome.name().to_owned(),
        brand: line.brand.map(|brand| brand.to_string()),
    });
    let (brand, rule) = found.found.unzip();
    MatchReport {
        id,
        brand: brand.map(|brand| brand.to_string()),
        matched_by: rule.map(|rule| rule.name().to_owned()),
        target: found.target.map(target),
        trace: trace.collect(),
        warnings: found.warnings.iter().map(Warning::to_string).collect(),
    }
}
