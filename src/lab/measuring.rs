//! Which spectrum of a run's data was asked for: it is measured beside the run, which does not wait for it.

use crate::training::trainer::RunId;

#[derive(Default)]
pub(super) struct Measuring {
    /// The run of the request that counts.
    pub(super) run: RunId,
    /// The run whose data can't be measured: they could not be once more.
    pub(super) failed: Option<RunId>,
}
