//! The gradient check.

use crate::lab::jobs::{JobError, Progress, Watcher};
use crate::lab::studies::CheckedGradient;
use crate::training::Snapshot;

/// The gradient check at the weights of `snapshot`.
///
/// # Errors
/// Cancelled.
pub fn check_gradient(
    snapshot: &Snapshot,
    watcher: &dyn Watcher,
) -> Result<CheckedGradient, JobError> {
    let tell = |progress| watcher.tell(Progress::Gradient(progress));
    let (check, live) = snapshot.check_gradient(tell).ok_or(JobError::Cancelled)?;
    Ok(CheckedGradient {
        check,
        live,
        objective: snapshot.objective(),
        run: snapshot.run,
        epoch: snapshot.epoch,
    })
}
