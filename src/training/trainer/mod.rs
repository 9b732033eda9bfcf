//! The trainer as a protocol: [`Request`]s in, [`Reply`]s out, one ordered stream each way.
//!
//! | file | what it holds |
//! |---|---|
//! | `protocol` | the messages: plain data |
//! | `frame`, `mirror` | a run's present with what is new of its past; how a watcher puts the past together |
//! | `driver`, `seat`, `trained`, `outbox` | what serves the requests: no thread, no clock, no waiting inside |
//! | `store` | data sets by name, beside the stream |
//! | `host`, `thread` (with its `inbox`), `bytes` | what a driver is reached through |
//! | `wire` | messages as bytes |
//!
//! **Architecture invariant:** a message holds no function, no shared pointer and no moment of a clock.

mod bytes;
mod driver;
mod frame;
mod host;
#[cfg(not(target_family = "wasm"))]
mod inbox;
mod mirror;
mod outbox;
mod protocol;
mod rate;
mod seat;
mod store;
#[cfg(not(target_family = "wasm"))]
mod thread;
mod trained;
mod wire;

pub use bytes::ThroughBytes;
pub use driver::{Driver, Meanwhile, PUBLISH_EVERY, UNDERWAY_AFTER, UNDERWAY_EVERY, UNSEEN_EVERY};
pub use frame::{Activity, Frame, Underway};
pub use host::{Host, TrainerError};
pub use mirror::{Mirror, Misfit};
pub use protocol::{Ask, DataId, Event, Opened, Reply, Request, RunId, Speed, Tell};
pub use store::{DataStore, SharedStore};
#[cfg(not(target_family = "wasm"))]
pub use thread::TrainerThread;
pub use wire::{WireError, from_bytes, to_bytes};
