//! The native server: the only place with IO.
//!
//! In suggested reading order:
//!
//! - [`cli`]: the command line; [`serve`]: everything put together;
//! - [`app`]: what requests share; [`http`]: the portal's routes; [`pages`]: what they show;
//! - [`engine`]: the one path by which an order changes;
//! - [`store`]: what outlives the process; [`data_folder`], [`backup`]: its file, and copies of it;
//! - [`events`]: what is told of subscribers, and to whom;
//! - [`payment`], [`activation`], [`subscriber`]: ports to the operator's systems;
//! - [`usage`]: what subscriptions use, from feeds and billing;
//! - [`outgoing`]: the one door for requests that the server makes by itself;
//! - [`documents`]: composing and signing for Windows; [`provision`]: the same from the command
//!   line; [`keys`]: certificates at rest; [`refresh`]: who fetches the current one;
//! - [`admin`]: the operator area and machine interfaces;
//! - [`config`], [`catalog`], [`demo_sims`]: what the operator says; [`reload`]: saying it anew;
//! - [`usage_replay`]: usage and its events from the command line; [`lines`]: reading streams;
//! - [`matching`]: whose SIM it is; [`metadata`]: what is served about operators by identity;
//! - [`messages`]: operator messages and the regular expressions of their rules;
//! - [`texts`]: what people read; [`log`], [`metrics`]: what operators watch;
//! - [`clock`], [`entropy`]: time and randomness, read nowhere else.

pub mod cli;
pub mod serve;
pub mod app;
pub mod http;
pub mod pages;
pub mod engine;
pub mod store;
pub mod data_folder;
pub mod backup;
pub mod events;
pub mod payment;
pub mod activation;
pub mod subscriber;
pub mod usage;
pub mod outgoing;
pub mod documents;
pub mod provision;
pub mod keys;
pub mod refresh;
pub mod admin;
pub mod config;
pub mod catalog;
pub mod usage_replay;
pub mod lines;
pub mod matching;
pub mod demo_sims;
pub mod reload;
pub mod metadata;
pub mod messages;
pub mod texts;
pub mod log;
pub mod metrics;
pub mod clock;
pub mod entropy;
