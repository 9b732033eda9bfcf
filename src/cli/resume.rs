//! `sae-lab train --resume`: the run of a file, on its data.

use std::path::Path;
use std::sync::Arc;

use super::CliError;
use super::output::aside;
use super::settings::ExperimentArguments;
use crate::data::{self, DataError, DataSet, DataSource, progress};
use crate::io::run_file::{self, RunFile};
use crate::io::run_folder;
use crate::numerics::{Real, WorkerPool};
use crate::training::Run;
use crate::training::run::own_data;

/// The run's file, after whatever was about to be written beside it when it was stopped.
///
/// # Errors
/// It can't be read, is damaged, or no run.
pub fn read(path: &Path) -> Result<RunFile, CliError> {
    if let Some(folder) = path.parent() {
        run_folder::recover(folder)?;
    }
    Ok(run_file::read(path)?)
}

/// The run that `file`, which came from `path`, goes on with.
///
/// # Errors
/// An option contradicts the run, its data can't be read, or are others.
pub fn resumed<T: Real>(
    path: &Path,
    file: &RunFile,
    arguments: &ExperimentArguments,
    pool: Arc<WorkerPool>,
) -> Result<Run<T>, CliError> {
    let data = its_data(path, file, arguments)?;
    let checkpoint = file.checkpoint.clone().on(data.spec.source.clone());
    let run = Run::resume(checkpoint, data, pool).map_err(|error| CliError::Resume {
        file: path.display().to_string(),
        error,
    })?;
    if let Some(other) = run.resumed_on_other_path() {
        aside!("note: {other}");
    }
    Ok(run)
}

/// The data where they are now: in the place that is given, or else in the file itself, or else where they were.
fn its_data(
    path: &Path,
    file: &RunFile,
    arguments: &ExperimentArguments,
) -> Result<Arc<DataSet>, CliError> {
    let checkpoint = &file.checkpoint;
    let mut spec = checkpoint.experiment().data;
    let given = arguments.data.named();
    match (&given, &file.data) {
        (None, Some(data)) => return Ok(Arc::clone(data)),
        (None, None) => {}
        (Some(given), _) => spec.source = given.source.clone(),
    }
    let moved = |error: DataError| -> CliError {
        let source = &spec.source;
        match source {
            DataSource::Embedded(_) => CliError::Data(error),
            DataSource::File(_) | DataSource::Files(_) if given.is_some() => CliError::Data(error),
            DataSource::File(_) | DataSource::Files(_) => CliError::Usage(format!(
                "the data of {} can't be read ({error}): say by --data where they are now",
                path.display()
            )),
        }
    };
    let watch = &progress::unwatched;
    let found = data::find(&spec, watch).map_err(moved)?;
    let prepared = data::prepare(&found, &spec, watch).map_err(moved)?;
    Ok(Arc::new(own_data(
        checkpoint, &spec, &found, prepared, watch,
    )))
}
