//! A strict reader of TOML files that reports everything wrong with a file at once.
//!
//! A [`Section`] is asked for the keys that it may have; what it was not asked for is unknown and
//! an error. Each error becomes a [`Finding`] with file, line and key. Not here: what the keys
//! mean ([`super::reader`], [`crate::catalog`]) and how single values are read
//! ([`super::values`]).

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use api::machine::Finding;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Largest file that is read: hand-written configuration stays far below it.
pub(crate) const FILE_BYTES_MAX: usize = 1024 * 1024;
/// Most findings of one kind for one file: a file of another format has one in each line.
pub(crate) const FINDINGS_MAX: usize = 1000;

/// The text of a file, and what to call it in findings.
pub(crate) struct Document {
    file: String,
    text: Cow<'static, str>,
}

/// What was read of a document, and what is wrong with it.
pub(crate) struct Reading<T> {
    /// What the reader made of it; absent when the file is no TOML.
    pub(crate) value: Option<T>,
    /// What stops its use, by line.
    pub(crate) errors: Vec<Finding>,
    /// What does not, by line.
    pub(crate) warnings: Vec<Finding>,
    /// The line of each key and list element that was asked for and is there.
    pub(crate) lines: BTreeMap<String, usize>,
}

impl Document {
    /// Reads a file of at most [`FILE_BYTES_MAX`] bytes.
    ///
    /// # Errors
    /// It cannot be read, is too large, or is not UTF-8.
    pub(crate) fn open(path: &Path) -> Result<Self, Finding> {
        let file = path.display().to_string();
        let fault = |line, message| Finding { file: file.clone(), line, key: None, message };
        let unreadable = |error| fault(None, format!("cannot be read: {error}"));
        let mut bytes = Vec::new();
        let limit = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        File::open(path)
            .and_then(|file| file.take(limit).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        if bytes.len() > FILE_BYTES_MAX {
            let message = "larger than 1 MiB; split it or remove what is not configuration";
            return Err(fault(None, message.to_owned()));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { file, text: Cow::Owned(text) }),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let start = error.as_bytes().get(..valid).unwrap_or_default();
                let line = line_starts(start).len();
                Err(fault(Some(line), "not UTF-8; save it as UTF-8".to_owned()))
            }
        }
    }

    /// Wraps a text that is part of the binary.
    pub(crate) fn embedded(file: &str, text: &'static str) -> Self {
        Self { file: file.to_owned(), text: Cow::Borrowed(text) }
    }

    /// Wraps a text of a test.
    #[cfg(test)]
    pub(crate) fn of_test(file: &str, text: &str) -> Self {
        Self { file: file.to_owned(), text: Cow::Owned(text.to_owned()) }
    }

    /// Returns what the document is called in findings.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// Reads the document; keys for which `read` does not ask are errors.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&mut Section<'_>) -> T) -> Reading<T> {
        let notes = Notes {
            file: self.file.clone(),
            line_starts: line_starts(self.text.as_bytes()),
            errors: RefCell::default(),
            warnings: RefCell::default(),
            lines: RefCell::default(),
        };
        let (root, faults) = DeTable::parse_recoverable(&self.text);
        // What is left of a broken file would only raise errors about what is not there.
        let value = if faults.is_empty() {
            Some(Section::visit(&notes, root.get_ref(), String::new(), 1, read))
        } else {
            None
        };
        for fault in faults {
            let line = fault.span().map_or(1, |span| notes.line(span.start));
            let message = format!("not TOML: {}", fault.message());
            notes.add_error(line, None, message);
        }
        let mut errors = notes.errors.into_inner();
        let mut warnings = notes.warnings.into_inner();
        errors.sort_by_key(|finding| finding.line);
        warnings.sort_by_key(|finding| finding.line);
        shorten(&mut errors);
        shorten(&mut warnings);
        Reading { value, errors, warnings, lines: notes.lines.into_inner() }
    }
}

/// Keeps [`FINDINGS_MAX`] findings and says how many more there are.
pub(crate) fn shorten(findings: &mut Vec<Finding>) {
    let more = findings.len().saturating_sub(FINDINGS_MAX);
    findings.truncate(FINDINGS_MAX);
    if more > 0
        && let Some(last) = findings.last()
    {
        let message = format!("{more} more of the kind; mend these first");
        findings.push(Finding { file: last.file.clone(), line: last.line, key: None, message });
    }
}

/// Offsets at which lines start.
fn line_starts(text: &[u8]) -> Vec<usize> {
    let after = |(at, byte): (usize, &u8)| (*byte == b'\n').then_some(at.saturating_add(1));
    std::iter::once(0).chain(text.iter().enumerate().filter_map(after)).collect()
}

/// What is gathered while a document is read.
struct Notes {
    file: String,
    line_starts: Vec<usize>,
    errors: RefCell<Vec<Finding>>,
    warnings: RefCell<Vec<Finding>>,
    lines: RefCell<BTreeMap<String, usize>>,
}

impl Notes {
    fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    fn finding(&self, line: usize, key: Option<String>, message: String) -> Finding {
        Finding { file: self.file.clone(), line: Some(line), key, message }
    }

    fn add_error(&self, line: usize, key: Option<String>, message: String) {
        let finding = self.finding(line, key, message);
        self.errors.borrow_mut().push(finding);
    }
}

/// A table of a document.
pub(crate) struct Section<'d> {
    notes: &'d Notes,
    table: &'d DeTable<'d>,
    path: String,
    line: usize,
    known: Vec<&'static str>,
}

impl<'d> Section<'d> {
    fn visit<T>(
        notes: &'d Notes,
        table: &'d DeTable<'d>,
        path: String,
        line: usize,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let mut section = Self { notes, table, path, line, known: Vec::new() };
        let value = read(&mut section);
        section.refuse_unknown();
        value
    }

    fn refuse_unknown(&self) {
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if !self.known.contains(&name) {
                let line = self.notes.line(key.span().start);
                let known = self.known.join(", ");
                let message = format!("unknown key; here may stand: {known}");
                self.notes.add_error(line, Some(self.full(name)), message);
            }
        }
    }

    fn full(&self, key: &str) -> String {
        match (self.path.as_str(), key) {
            ("", key) => key.to_owned(),
            (path, "") => path.to_owned(),
            (path, key) => format!("{path}.{key}"),
        }
    }

    /// Finds a key, makes it known and remembers its line.
    fn find(&mut self, key: &'static str) -> Option<(usize, &'d Spanned<DeValue<'d>>)> {
        self.known.push(key);
        let (name, value) = self.table.get_key_value(key)?;
        let line = self.notes.line(name.span().start);
        let full = self.full(key);
        self.notes.lines.borrow_mut().insert(full, line);
        Some((line, value))
    }

    /// Reads a key that must be there.
    pub(crate) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'_>) -> Result<T, String>,
    ) -> Option<T> {
        if !self.table.contains_key(key) {
            self.known.push(key);
            self.error(key, "missing; it is required here");
            return None;
        }
        self.optional(key, read)
    }

    /// Reads a key that may be absent; absent too when its value is an error.
    pub(crate) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'_>) -> Result<T, String>,
    ) -> Option<T> {
        let (line, value) = self.find(key)?;
        match read(value.get_ref()) {
            Ok(value) => Some(value),
            Err(message) => {
                self.notes.add_error(line, Some(self.full(key)), message);
                None
            }
        }
    }

    /// Reads a list, empty when absent; absent when an element is an error.
    pub(crate) fn list<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&DeValue<'_>) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let Some((line, value)) = self.find(key) else {
            return Some(Vec::new());
        };
        let Some(elements) = value.get_ref().as_array() else {
            let message = super::values::mismatch("a list in square brackets", value.get_ref());
            self.notes.add_error(line, Some(self.full(key)), message);
            return None;
        };
        let mut values = Vec::with_capacity(elements.len());
        let mut is_whole = true;
        for (at, element) in elements.iter().enumerate() {
            let full = format!("{}[{at}]", self.full(key));
            let line = self.notes.line(element.span().start);
            self.notes.lines.borrow_mut().insert(full.clone(), line);
            match read(element.get_ref()) {
                Ok(value) => values.push(value),
                Err(message) => {
                    is_whole = false;
                    self.notes.add_error(line, Some(full), message);
                }
            }
        }
        is_whole.then_some(values)
    }

    /// Reads a table that may be absent.
    pub(crate) fn table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'d>) -> T,
    ) -> Option<T> {
        let (line, value) = self.find(key)?;
        self.enter(value, self.full(key), line, read)
    }

    /// Reads an array of tables, empty when absent, without those that are errors; absent when
    /// it is something else.
    pub(crate) fn tables<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'d>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some((line, value)) = self.find(key) else {
            return Some(Vec::new());
        };
        let Some(elements) = value.get_ref().as_array() else {
            let message = format!("needs [[{key}]] with two brackets, once for each");
            self.notes.add_error(line, Some(self.full(key)), message);
            return None;
        };
        let visit = |(at, element): (usize, &'d Spanned<DeValue<'d>>)| {
            let full = format!("{}[{at}]", self.full(key));
            let line = self.notes.line(element.span().start);
            self.notes.lines.borrow_mut().insert(full.clone(), line);
            self.enter(element, full, line, &mut read).flatten()
        };
        Some(elements.iter().enumerate().filter_map(visit).collect())
    }

    /// Reads tables under names of the writer's choice, without those that are errors.
    pub(crate) fn named_tables<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'d>) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let Some((line, value)) = self.find(key) else {
            return BTreeMap::new();
        };
        let Some(tables) = value.get_ref().as_table() else {
            let message = format!("needs tables with names, such as [{key}.main]");
            self.notes.add_error(line, Some(self.full(key)), message);
            return BTreeMap::new();
        };
        let mut found = BTreeMap::new();
        for (name, table) in tables {
            let full = format!("{}.{}", self.full(key), name.get_ref());
            let line = self.notes.line(name.span().start);
            if !super::values::is_service_name(name.get_ref()) {
                let message = "no such name: use 1 to 64 characters of a-z, 0-9 and -";
                self.notes.add_error(line, Some(full), message.to_owned());
                continue;
            }
            self.notes.lines.borrow_mut().insert(full.clone(), line);
            if let Some(value) = self.enter(table, full, line, &mut read).flatten() {
                found.insert(name.get_ref().to_string(), value);
            }
        }
        found
    }

    fn enter<T>(
        &self,
        value: &'d Spanned<DeValue<'d>>,
        full: String,
        line: usize,
        read: impl FnOnce(&mut Section<'d>) -> T,
    ) -> Option<T> {
        match value.get_ref().as_table() {
            Some(table) => Some(Section::visit(self.notes, table, full, line, read)),
            None => {
                let message = super::values::mismatch("a table", value.get_ref());
                self.notes.add_error(line, Some(full), message);
                None
            }
        }
    }

    /// Tells whether a key is there, whatever its value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Reports an error about a key, at the table's own line when the key is absent.
    pub(crate) fn error(&self, key: &str, message: impl Into<String>) {
        let line = self.line_of(key);
        self.notes.add_error(line, Some(self.full(key)), message.into());
    }

    /// Reports something about a key, or the table itself (`""`), that does not stop anything.
    pub(crate) fn warn(&self, key: &str, message: impl Into<String>) {
        let line = self.line_of(key);
        let finding = self.notes.finding(line, Some(self.full(key)), message.into());
        self.notes.warnings.borrow_mut().push(finding);
    }

    fn line_of(&self, key: &str) -> usize {
        let entry = self.table.get_key_value(key);
        entry.map_or(self.line, |(name, _)| self.notes.line(name.span().start))
    }
}
