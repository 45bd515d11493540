//! The rules of the catalogue's brands, each brand's compiled once for each catalogue.
//!
//! Not here: patterns ([`super::patterns`]) and what a rule decides ([`domain::messages`]).

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use domain::brand::BrandId;
use domain::messages::Book;

use super::patterns::{CHILDREN, Counters, Patterns, Pool, Program};
use super::rules;
use crate::catalog::Catalog;

/// The rules of one brand, ready to match.
#[derive(Debug)]
pub struct Rules {
    /// The rules.
    pub book: Book,
    /// Their patterns.
    pub patterns: Patterns,
}

/// Rules that were compiled, and the engine that all of them share.
pub struct Compiled {
    program: Option<PathBuf>,
    counters: Counters,
    /// Made with the first rule: a server whose brands have none needs no children.
    pool: OnceLock<Arc<Pool>>,
    known: Mutex<Known>,
}

/// What was compiled of one catalogue.
#[derive(Default)]
struct Known {
    catalog: Weak<Catalog>,
    brands: BTreeMap<BrandId, Arc<Rules>>,
}

impl Compiled {
    /// Knows nothing yet; `program` runs patterns that may never end, or this one does.
    #[must_use]
    pub fn new(counters: Counters, program: Option<PathBuf>) -> Self {
        Self { program, counters, pool: OnceLock::new(), known: Mutex::default() }
    }

    /// Returns the rules of a brand. Blocks for as long as compiling takes.
    ///
    /// # Errors
    /// The system does not say which program this is.
    pub fn rules(&self, catalog: &Arc<Catalog>, brand: &BrandId) -> io::Result<Arc<Rules>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::ptr::eq(known.catalog.as_ptr(), Arc::as_ptr(catalog)) {
            *known = Known { catalog: Arc::downgrade(catalog), brands: BTreeMap::new() };
        }
        if let Some(rules) = known.brands.get(brand) {
            return Ok(Arc::clone(rules));
        }
        let rules = catalog.parts.get(brand).map(|parts| rules::of_catalog(&parts.messages));
        let rules = rules.unwrap_or_default();
        let patterns = Patterns::new(rules.iter().map(|rule| rule.pattern.as_str()), self.pool()?);
        let compiled = Arc::new(Rules { book: Book::new(rules, &patterns), patterns });
        known.brands.insert(brand.clone(), Arc::clone(&compiled));
        Ok(compiled)
    }

    fn pool(&self) -> io::Result<Arc<Pool>> {
        if let Some(pool) = self.pool.get() {
            return Ok(Arc::clone(pool));
        }
        let program = match &self.program {
            Some(program) => Program::at(program.clone()),
            None => Program::own()?,
        };
        let make = || Arc::new(Pool::new(program, CHILDREN, self.counters.clone()));
        Ok(Arc::clone(self.pool.get_or_init(make)))
    }
}
