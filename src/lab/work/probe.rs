//! What the code of a snapshot is worth.

use crate::lab::jobs::{JobError, Progress, Watcher};
use crate::lab::worth::Probed;
use crate::training::Snapshot;
use crate::training::probe::{Baselines, ProbeError, Settings, probe_alone, thinned};

/// Of larger sets a part is looked at, every class by its share.
const MOST_SAMPLES: usize = 10_000;

/// Probes the hidden activations of `snapshot`; `known` are the baselines of its data, where they were found before.
///
/// # Errors
/// Data whose labels are no classes, in a sentence; cancelled.
pub fn probe(
    snapshot: &Snapshot,
    known: Option<&Baselines>,
    watcher: &dyn Watcher,
) -> Result<Probed, JobError> {
    let fewer = thinned(&snapshot.data, MOST_SAMPLES);
    let data = fewer.as_ref().unwrap_or(&snapshot.data);
    let go_on = |part| watcher.tell(Progress::Probe { part }).is_continue();
    let probe = probe_alone(
        data,
        &snapshot.architecture(),
        &snapshot.parameters,
        (Settings::default(), known),
        &go_on,
    )
    .map_err(|error| match error {
        ProbeError::Cancelled => JobError::Cancelled,
        error => JobError::Words(error.to_string()),
    })?;
    Ok(Probed {
        version: snapshot.version(),
        probe,
        total: snapshot.data.len(),
    })
}
