//! The data of a run that a line tells.

use std::sync::Arc;

use crate::data::{DataError, DataSource, Watch};
use crate::lab::jobs::{JobError, Outcome};
use crate::lab::keeping::{Lost, Told, WithoutData};
use crate::lab::port::Backend;
use crate::training::Share;
use crate::training::share::Fit;

/// Its data are those at `source`, or else where the line says. Files with other values are not its data, unless they were
/// prepared by another kind of computer, which may round otherwise.
pub fn read_told(
    backend: &dyn Backend,
    share: Box<Share>,
    source: Option<DataSource>,
    watch: Watch<'_>,
) -> Result<Outcome, JobError> {
    let mut spec = share.experiment.data.clone();
    spec.source = source.unwrap_or(spec.source);
    let is_file = !matches!(spec.source, DataSource::Embedded(_));
    let load = || {
        let found = backend.find(&spec, watch)?;
        backend.prepare(&found, &spec, watch)
    };
    let error = match load() {
        Err(DataError::Cancelled) => return Err(JobError::Cancelled),
        Err(error) if !is_file => return Err(error.into()),
        Err(error) => error.to_string(),
        Ok(data) => match share.fit(&data) {
            Fit::Other(why) => why,
            Fit::OtherValues if is_file && share.same_numerics() => {
                "they have the same shape but other values than those that it was trained on".into()
            }
            fit => {
                let data = Arc::new(data);
                return Ok(Outcome::Told(Told { share, data, fit }));
            }
        },
    };
    if !is_file {
        return Err(JobError::Words(format!(
            "The shared run can't begin on the {} of this release: {error}.",
            spec.source.title()
        )));
    }
    Ok(Outcome::WithoutData(WithoutData {
        which: Lost::Told(share),
        error,
    }))
}
