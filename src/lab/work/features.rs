//! The features of data that were whitened by ZCA as they look without it.

use std::sync::Arc;

use ndarray::{Array2, Axis};

use crate::lab::features::SeenFeatures;
use crate::lab::jobs::{JobError, Watcher};
use crate::training::Snapshot;

/// Features that are computed at a time: Cancel is heard between two.
const BLOCK: usize = 64;

/// W1·ZCA of `snapshot`.
///
/// # Errors
/// Cancelled.
pub fn features(snapshot: &Snapshot, watcher: &dyn Watcher) -> Result<SeenFeatures, JobError> {
    let weights = snapshot.parameters.encoder_weights();
    let mut values = Array2::zeros(weights.raw_dim());
    for (mut seen, block) in values
        .axis_chunks_iter_mut(Axis(0), BLOCK)
        .zip(weights.axis_chunks_iter(Axis(0), BLOCK))
    {
        if watcher.go_on().is_break() {
            return Err(JobError::Cancelled);
        }
        seen.assign(&snapshot.data.features(block));
    }
    Ok(SeenFeatures {
        version: snapshot.version(),
        values: Arc::new(values),
    })
}
