//! A run out of its file, with its data.

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::{DataError, DataSource, Watch};
use crate::lab::jobs::{JobError, Outcome};
use crate::lab::keeping::{Lost, Resumed, WithoutData};
use crate::lab::port::Backend;
use crate::training::run::own_data;

/// The run in `path`. Its data are those at `source`, or else those in the file, or else where they were.
pub fn read_run(
    backend: &dyn Backend,
    path: PathBuf,
    source: Option<DataSource>,
    watch: Watch<'_>,
) -> Result<Outcome, JobError> {
    let mut file = backend.read_run(&path)?;
    if source.is_some() {
        file.data = None; // others stand in for those in the file
    }
    let data = match file.data.clone() {
        Some(data) => data,
        None => {
            let mut spec = file.checkpoint.experiment().data;
            spec.source = source.unwrap_or(spec.source);
            let load = || {
                let found = backend.find(&spec, watch)?;
                let prepared = backend.prepare(&found, &spec, watch)?;
                let own = own_data(&file.checkpoint, &spec, &found, prepared, watch);
                Ok(Arc::new(own))
            };
            match load() {
                Ok(data) => data,
                Err(DataError::Cancelled) => return Err(JobError::Cancelled),
                Err(error) => {
                    return Ok(Outcome::WithoutData(WithoutData {
                        which: Lost::File(path),
                        error: error.to_string(),
                    }));
                }
            }
        }
    };
    Ok(Outcome::Resumed(Box::new(Resumed { path, file, data })))
}
