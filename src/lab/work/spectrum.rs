//! What the laws of the dead state need of a data set.

use std::sync::Arc;

use crate::data::{DataSet, with_rows};
use crate::lab::jobs::{JobError, Watcher};
use crate::model::{OutputActivation, Spectrum};

/// The spectrum of `data` for `output`; `None` where the values are too large for it.
///
/// # Errors
/// Cancelled.
pub fn spectrum(
    data: &DataSet,
    output: OutputActivation,
    watcher: &dyn Watcher,
) -> Result<Option<Arc<Spectrum>>, JobError> {
    let go_on = || watcher.go_on().is_continue();
    let measured = with_rows!(&data.samples, rows => Spectrum::quick(rows, output, &go_on));
    if measured.is_none() && !go_on() {
        return Err(JobError::Cancelled);
    }
    Ok(measured.map(Arc::new))
}
