//! What work is told and tells while it goes on.

use std::ops::ControlFlow;

use super::request::Progress;

/// Where a job tells how far it is, and hears whether to go on, on whichever of its threads.
pub trait Watcher: Sync {
    /// `Break` where it is to stop.
    fn tell(&self, progress: Progress) -> ControlFlow<()>;
    /// The same without a word; it costs next to nothing.
    fn go_on(&self) -> ControlFlow<()>;
}
