//! All of our own JSON, and the addresses it travels to.
//!
//! Types and names only: no logic, nothing that is not clean on wasm32, no storage types.
//! Foreign formats live beside their adapter in the server.
//!
//! - [`paths`]: the routes of portal and machines;
//! - [`browser`]: a page as data, which server and WebAssembly render with one component tree;
//! - [`machine`]: what commands and machine interfaces print (not used by the portal);
//! - [`matching`]: what programs ask about a SIM, and the answers (not used by the portal);
//! - [`usage`]: records of use, and what was used (not used by the portal);
//! - [`events`]: what receivers of events are sent, and what devices report (not used by it).
//! - [`activation`]: what an operator's system tells of an activation (not used by the portal);
//! - [`entitlement`]: whether a customer may share the connection (not used by the portal);
//! - [`matching`]: what programs ask about a SIM, and the answers (not used by the portal).
//! - [`replay`]: what `broadgate usage replay` prints (not used by the portal).
//! - [`messages`]: what operator messages say (not used by the portal).

pub mod activation;
pub mod browser;
pub mod events;

pub mod entitlement;
pub mod machine;
pub mod matching;
pub mod messages;
pub mod paths;
pub mod usage;
pub mod replay;
