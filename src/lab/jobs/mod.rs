//! Work that takes longer than a frame: requests, progress and results, all as plain values.
//!
//! A [`Request`] says what is to be done, [`run`] does it, and a [`Host`] decides where: on a thread of its own
//! ([`ThreadHost`]), or within the call that asks how far it is ([`InlineHost`]). [`Jobs`] holds one slot for each
//! [`JobKind`] and decides which request counts where there are several.
//!
//! **Architecture invariant:** a request holds values alone: no function, no clock, no channel.

mod desk;
mod error;
mod host;
mod inline;
mod kind;
#[cfg(not(target_family = "wasm"))]
mod mailbox;
mod request;
mod runner;
#[cfg(not(target_family = "wasm"))]
mod threads;
mod watcher;

#[cfg(test)]
mod tests;

pub use desk::{Jobs, News, Report};
pub use error::JobError;
pub use host::{Host, JobId, Message};
pub use inline::InlineHost;
pub use kind::{JobKind, Policy};
pub use request::{Looked, Outcome, Progress, Request};
pub use runner::run;
#[cfg(not(target_family = "wasm"))]
pub use threads::ThreadHost;
pub use watcher::Watcher;
