//! One row of a table of documents that the schema accepts or refuses.

use carrier::lint::lint;
use carrier::read::read;
use carrier::schema::{SchemaFault, validate};
use carrier::verify::{Consent, Refusal, Trust, verify};
use carrier::write::write;
use carrier::xml::parse;

/// The requirement that is broken, the element, and how.
pub type Violation = (&'static str, &'static str, SchemaFault);

/// Judges by the schema, by the verifier (82170002, or for a legal document 8217000e because it is
/// not signed) and by the lint; a legal document is read, written and read as the same.
#[track_caller]
pub fn check(id: &str, document: &str, expected: Result<(), Violation>) {
    let root = parse(document.as_bytes()).expect("well-formed");
    let found = validate(&root);
    let outline = found.clone().map_err(|e| {
        let element = *e.path.last().expect("a path");
        (e.requirement, element, e.fault)
    });
    assert_eq!(outline, expected, "{id}: {document}");
    let trust = Trust::of_web_site(&[], super::now(), Consent::Given);
    let refusal = verify(document.as_bytes(), &trust).expect_err("refused");
    match found {
        Ok(()) => {
            assert_eq!(refusal, Refusal::Unsigned, "{id}");
            let read_once = read(document.as_bytes()).expect("a document");
            let written = write(&read_once).expect("legal values");
            assert_eq!(read(written.as_bytes()), Ok(read_once), "{id}");
        }
        Err(error) => {
            let first = lint(document.as_bytes()).errors.into_iter().next();
            assert_eq!(first.map(|f| f.requirement), Some(error.requirement), "{id}");
            assert_eq!(refusal, Refusal::Invalid(error), "{id}");
            assert_eq!(refusal.hresult().to_string(), "82170002", "{id}"); // [XML-191]
            assert_eq!(refusal.result(), 2, "{id}");
        }
    }
}
