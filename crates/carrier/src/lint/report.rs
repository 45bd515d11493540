//! All that can be said about a document that others wrote, from its octets.
//!
//! A text that is no XML has one finding; a document that violates the schema has one for each
//! violation, and is judged no further; every other is judged as a document of ours. Not here:
//! the signature ([`crate::verify`]) and the output for people or programs (the server's).
//! Implements [XML-178]…[XML-181], [XML-190] and [XML-191] for documents of others.

use super::{Finding, Severity, check};
use crate::read::{self, ReadError};
use crate::schema::{self, SchemaError, SchemaFault};
use crate::xml::{self, Fault, XmlError};

/// Most violations of the schema in one report, ours: nobody reads more at once.
const VIOLATIONS_MAX: usize = 100;

/// Holds what stands against a document; violations of the schema are in document order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What a host refuses.
    pub errors: Vec<Finding>,
    /// What is legal, but not safe everywhere or probably not meant.
    pub warnings: Vec<Finding>,
}

impl Report {
    fn of(findings: Vec<Finding>) -> Self {
        let (errors, warnings) =
            findings.into_iter().partition(|finding| finding.severity == Severity::Error);
        Self { errors, warnings }
    }
}

/// Judges the octets of a document; a signature is held to its grammar, but not verified.
#[must_use]
pub fn lint(bytes: &[u8]) -> Report {
    let root = match xml::parse(bytes) {
        Ok(root) => root,
        Err(error) => return Report::of(vec![malformed(&error)]),
    };
    let violations = schema::violations_of(&root, VIOLATIONS_MAX);
    if !violations.is_empty() {
        return Report::of(violations.iter().map(violation).collect());
    }
    match read::from_valid(&root) {
        Ok(document) => Report::of(check(&document)),
        Err(error) => Report::of(vec![unjudged(&error)]),
    }
}

fn malformed(error: &XmlError) -> Finding {
    Finding {
        severity: Severity::Error,
        code: xml_code(error.fault),
        requirement: error.requirement(),
        path: below_root(&error.path),
        message: format!("not acceptable XML: {error}"),
    }
}

fn violation(error: &SchemaError) -> Finding {
    let (code, words) = match error.fault {
        SchemaFault::Root => {
            ("root", "is not CarrierProvisioning of its namespace; correct both".to_owned())
        }
        SchemaFault::UnexpectedChild => {
            let words = "has a child that is unknown, out of order or one too many; move or remove";
            ("unexpected-child", format!("{words} it"))
        }
        SchemaFault::MissingChild(name) => ("missing-child", format!("lacks {name}; add it")),
        SchemaFault::UnexpectedAttribute => {
            ("unexpected-attribute", "has an attribute that is unknown; remove it".to_owned())
        }
        SchemaFault::MissingAttribute(name) => {
            ("missing-attribute", format!("lacks the attribute {name}; add it"))
        }
        SchemaFault::AttributeValue(name) => {
            ("attribute-value", format!("has an illegal value of {name}; correct it"))
        }
        SchemaFault::UnexpectedText => {
            ("unexpected-text", "has text where none may be; remove it".to_owned())
        }
        SchemaFault::Value => ("value", "has an illegal value; correct it".to_owned()),
        SchemaFault::SecondX509Data => {
            ("second-x509-data", "has a second X509Data; put all certificates into one".to_owned())
        }
    };
    let element = error.path.last().copied().unwrap_or_default();
    Finding {
        severity: Severity::Error,
        code,
        requirement: error.requirement,
        path: below_root(&error.path_text()),
        message: format!("{element} {words} (byte {})", error.at),
    }
}

/// Says that a legal document is beyond the model; see [`ReadError::Beyond`].
fn unjudged(error: &ReadError) -> Finding {
    Finding {
        severity: Severity::Warning,
        code: "not-judged",
        requirement: "XML-178",
        path: String::new(),
        message: format!("legal, but not judged beyond the schema: {error}"),
    }
}

/// Leaves the root out, as all findings do, unless it is all there is.
fn below_root(path: &str) -> String {
    path.split_once('/').map_or(path, |(_, below)| below).to_owned()
}

/// Names a fault for programs.
const fn xml_code(fault: Fault) -> &'static str {
    match fault {
        Fault::TooLarge => "too-large",
        Fault::Encoding => "encoding",
        Fault::Character(_) => "character",
        Fault::Doctype => "doctype",
        Fault::ProcessingInstruction => "processing-instruction",
        Fault::Comment => "comment",
        Fault::Declaration => "declaration",
        Fault::Syntax => "syntax",
        Fault::Name => "name",
        Fault::UndefinedPrefix => "undefined-prefix",
        Fault::NamespaceDeclaration => "namespace-declaration",
        Fault::DuplicateAttribute => "duplicate-attribute",
        Fault::LessThanInAttribute => "less-than-in-attribute",
        Fault::UnknownEntity => "unknown-entity",
        Fault::CharacterReference => "character-reference",
        Fault::SectionEndInText => "section-end-in-text",
        Fault::EndTag => "end-tag",
        Fault::OutsideRoot => "outside-root",
        Fault::Incomplete => "incomplete",
        Fault::Depth => "depth",
        Fault::Attributes => "attributes",
        Fault::DeclarationsOpen => "declarations-open",
        Fault::Nodes => "nodes",
        Fault::Text => "text",
    }
}
