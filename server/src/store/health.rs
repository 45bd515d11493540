//! How the store is: whether it can be written now.
//!
//! Not here: what follows ([`crate::http::health`]).

/// Whether the store can be written.
pub trait StoreHealth {
    /// Returns why the last write failed, if nothing was written since; absent = it can be
    /// written, as far as it is known. A store that cannot be written finds out by itself when it
    /// can again.
    fn write_failure(&self) -> Option<String>;
}
