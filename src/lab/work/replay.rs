//! A moment of the past that is not kept.

use std::sync::Arc;

use crate::lab::jobs::{JobError, Progress, Watcher};
use crate::numerics::WorkerPool;
use crate::training::run::Keyframe;
use crate::training::timeline::{Replay, ReplayError};

/// Trains from the keyframe of `replay` to its moment.
///
/// # Errors
/// Cancelled; or the replay did not come to the same run, in a sentence.
pub fn replay(replay: &Replay, watcher: &dyn Watcher) -> Result<Arc<Keyframe>, JobError> {
    let of = replay.epochs();
    let go_on = |done| watcher.tell(Progress::Replay { done, of }).is_continue();
    // the run in the window has the other threads
    let pool = Arc::new(WorkerPool::new(1));
    let frame = replay.run(pool, &go_on).map_err(not_replayed)?;
    Ok(Arc::new(frame))
}

pub(super) fn not_replayed(error: ReplayError) -> JobError {
    match error {
        ReplayError::Stopped => JobError::Cancelled,
        error => JobError::Words(error.to_string()),
    }
}
