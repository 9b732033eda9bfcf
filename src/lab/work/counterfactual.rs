//! What would have saved a unit.

use std::sync::Arc;

use super::replay::not_replayed;
use crate::lab::jobs::{JobError, Progress, Watcher};
use crate::numerics::WorkerPool;
use crate::training::timeline::{Answer, Counterfactual};

/// Trains the epochs before the death again, without one change after the other.
///
/// # Errors
/// Cancelled; or the replay did not come to the same run, in a sentence.
pub fn counterfactual(
    question: &Counterfactual,
    watcher: &dyn Watcher,
) -> Result<Answer, JobError> {
    let go_on = |done, of| {
        let progress = Progress::Counterfactual { done, of };
        watcher.tell(progress).is_continue()
    };
    // the run in the window has the other threads
    let pool = Arc::new(WorkerPool::new(1));
    question.play(&pool, &go_on).map_err(not_replayed)
}
