//! The features of two runs that train side by side.

use std::sync::Arc;

use crate::lab::beside::Matched;
use crate::lab::jobs::JobError;
use crate::model::matching::match_features;
use crate::training::Snapshot;

/// Assigns the features of the first to those of the second.
///
/// # Errors
/// They are of different sizes.
pub fn matched(pair: &[Arc<Snapshot>; 2]) -> Result<Matched, JobError> {
    let [a, b] = pair;
    let features = pair.each_ref().map(|of| of.parameters.encoder_weights());
    let matching = match_features(features[0], features[1])
        .map_err(|error| JobError::Words(error.to_string()))?;
    Ok(Matched {
        of: [a.version(), b.version()],
        matching,
    })
}
