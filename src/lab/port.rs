//! What the window needs of a trainer and of the disk, so that tests can put scripted ones in their place.

use std::path::Path;
use std::sync::Arc;

use super::browse::{Browse, Browsed};
use crate::data::{self, DataError, DataSet, DataSpec, Found, Watch};
use crate::io::IoError;
#[cfg(not(target_family = "wasm"))]
use crate::io::run_file;
use crate::io::run_file::{RunFile, Written};
use crate::numerics::GiveWay;
use crate::training::trainer::{Host, TrainerError};

/// Called when there is something new to draw.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Where the lab gets its trainer and its data from.
pub trait Backend: Send + Sync {
    /// Starts the trainer. `wake` is called when it has something to say.
    ///
    /// # Errors
    /// No thread can be had.
    fn start(&self, wake: Wake) -> Result<Box<dyn Host>, TrainerError>;

    /// How many runs can train at the same time.
    fn cores(&self) -> usize {
        1
    }

    /// By what the trainer is told when the window needs a core to draw.
    fn way(&self) -> GiveWay {
        GiveWay::default()
    }

    /// What a source holds; called on a thread of its own.
    ///
    /// # Errors
    /// Whatever is wrong with it; cancelled.
    fn find(&self, spec: &DataSpec, watch: Watch<'_>) -> Result<Found, DataError> {
        data::find(spec, watch)
    }

    /// Makes a data set of what was found; called on a thread of its own.
    ///
    /// # Errors
    /// Choices that do not suit; cancelled.
    fn prepare(
        &self,
        found: &Found,
        spec: &DataSpec,
        watch: Watch<'_>,
    ) -> Result<DataSet, DataError> {
        data::prepare(found, spec, watch)
    }

    /// Writes a run's file; called on a thread of its own.
    ///
    /// # Errors
    /// It can't be written.
    fn save_run(&self, path: &Path, run: &RunFile) -> Result<Written, IoError> {
        #[cfg(not(target_family = "wasm"))]
        return run_file::write(path, run);
        #[cfg(target_family = "wasm")]
        let _ = run;
        #[cfg(target_family = "wasm")]
        return Err(IoError::no_files(path));
    }

    /// Reads a run's file; called on a thread of its own.
    ///
    /// # Errors
    /// It can't be read, or is no run.
    fn read_run(&self, path: &Path) -> Result<RunFile, IoError> {
        #[cfg(not(target_family = "wasm"))]
        return run_file::read(path);
        #[cfg(target_family = "wasm")]
        return Err(IoError::no_files(path));
    }

    /// What tells that somebody else has written a file: its length, and when it was written. `None`: there is none.
    fn stamp(&self, path: &Path) -> Option<(u64, u128)> {
        #[cfg(not(target_family = "wasm"))]
        return crate::io::stamp::of(path);
        #[cfg(target_family = "wasm")]
        let _ = path;
        #[cfg(target_family = "wasm")]
        return None;
    }

    /// The state that a window left has been taken up or put away: the next start does not offer it.
    fn settle(&self, left: &Path) {
        #[cfg(not(target_family = "wasm"))]
        crate::io::autosave::settle(left);
        #[cfg(target_family = "wasm")]
        let _ = left;
    }

    /// Asks the person for paths, through the system's dialog, if it has any; called on a thread of its own.
    fn browse(&self, what: Browse) -> Browsed {
        Browsed::Unavailable(what)
    }
}
