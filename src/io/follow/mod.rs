//! Following a training elsewhere: its checkpoints, as they appear in a folder.
//!
//! [`list`] says what is there, a [`Watcher`] which of it is to be read, [`open`] what it is, and a [`Follow`] is all of
//! them together; whoever follows brings the clock and the patience.

mod checkpoint;
mod folder;
mod layout;
mod looking;
mod names;
mod order;
mod progress;
mod watcher;

pub use checkpoint::{Checkpoint, Content, Told, open};
pub use folder::list;
pub use layout::{Layout, MapError, Matrix, NoLayout, TensorMap, layout};
pub use looking::{Follow, Found};
pub use order::{Counting, Order};
pub use progress::Progress;
pub use watcher::{Outcome, Request, Seen, Stamp, Verdict, Watcher};

use std::time::Duration;

/// How long to wait from one look to the next: a file that is complete is read at the second look after it appeared.
pub const INTERVAL: Duration = Duration::from_millis(200);
