//! The assignment doctor on the files of a student.

use std::path::PathBuf;
use std::sync::Arc;

use crate::data::DataSet;
use crate::io::assignment::{Assignment, StudentFile};
use crate::lab::jobs::{JobError, Watcher};
use crate::lab::studies::Examined;
use crate::model::Objective;
use crate::model::doctor::{Question, Tolerance};
use crate::numerics::WorkerPool;
use crate::training::Experiment;
use crate::training::trainer::RunId;

/// What the gradient in `paths` is, of `data` and with the settings of `experiment`; `None` where they may be `data` and
/// have no array that is named as a gradient's.
///
/// # Errors
/// The files cannot be read or are of other data; cancelled.
pub fn examine(
    run: RunId,
    paths: &[PathBuf],
    (data, experiment): (&Arc<DataSet>, &Experiment),
    dropped: bool,
    watcher: &dyn Watcher,
) -> Result<Option<Examined>, JobError> {
    let go_on = || match watcher.go_on().is_break() {
        true => Err(JobError::Cancelled),
        false => Ok(()),
    };
    let mut files = Vec::new();
    for path in paths {
        match StudentFile::read(path) {
            Ok(file) => files.push(file),
            Err(_) if dropped => return Ok(None), // as data, it is said what is wrong with it
            Err(error) => return Err(error.into()),
        }
        go_on()?;
    }
    if dropped && !files.iter().any(StudentFile::names_a_gradient) {
        return Ok(None);
    }
    let assignment = Assignment::of_files(files, data.inputs())?;
    let settings = experiment.hyperparameters.check();
    let settings = settings.map_err(|error| JobError::Words(error.to_string()))?;
    let samples = data.samples.to::<f64>();
    go_on()?;
    let objective = Objective::from(&settings);
    let findings = assignment.examine(&Question {
        hidden_activation: experiment.hidden_activation,
        output_activation: experiment.output_activation,
        objective,
        samples: samples.view(),
        batch: settings.batch.rows(data.len()),
        tolerance: Tolerance::of(assignment.precision()),
        pool: &WorkerPool::new(1),
    })?;
    Ok(Some(Examined {
        findings,
        objective,
        hidden_activation: experiment.hidden_activation,
        output_activation: experiment.output_activation,
        data: (data.name.clone(), data.len()),
        run,
    }))
}
