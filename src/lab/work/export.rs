//! What is shown of a run, into a file of another program.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::io::code::Form as CodeForm;
use crate::io::figure::{self, curves, tiles};
use crate::io::film::{self, Scene};
use crate::io::modules::{self, Library};
use crate::io::pixels::{self, Pixels};
use crate::io::report::{self, Report};
use crate::io::{IoError, ModelRecord, code, history_csv, lesson_file, npz, safetensors};
use crate::lab::export::{Beside, Export, Picture};
use crate::lab::jobs::{JobError, Progress, Watcher};
use crate::model::Layer;
use crate::model::units::StateCounts;
use crate::training::run::Keyframe;
use crate::training::{Experiment, Record, Snapshot, code_of};

/// Writes `what` of `snapshot`, or of what is `beside` it, to `path`, whose suffix says how; returns what was written.
///
/// # Errors
/// A suffix that says nothing; it cannot be written; cancelled.
pub fn export(
    what: Export,
    path: &Path,
    (snapshot, beside): (&Snapshot, &Beside),
    watcher: &dyn Watcher,
) -> Result<Vec<PathBuf>, JobError> {
    match what {
        Export::Code => write_code(path, snapshot, watcher)?,
        Export::Model => return Ok(write_model(path, snapshot)?),
        Export::Features => {
            let record = record_of(snapshot);
            let form = figure::Form::of(path)?;
            tiles::write(
                path,
                form,
                &snapshot.parameters,
                (Some(&record), &snapshot.data.name),
            )?;
        }
        Export::Curves => write_curves(path, snapshot)?,
        Export::Predictions => {
            lesson_file::write_predictions(
                path,
                beside.predictions.as_deref().unwrap_or_default(),
            )?;
        }
        Export::Film => write_film(path, snapshot, &beside.frames, watcher)?,
        Export::Report => write_report(path, snapshot, &beside.notes)?,
        Export::Window => match &beside.window {
            Some(window) => pixels::write_png(path, window)?,
            None => return Err(JobError::Words("no picture of the window was taken".into())),
        },
    }
    Ok(vec![path.to_owned()])
}

fn write_code(path: &Path, snapshot: &Snapshot, watcher: &dyn Watcher) -> Result<(), JobError> {
    let form = CodeForm::of(path)?;
    let go_on = |part| watcher.tell(Progress::Export { part }).is_continue();
    let (data, architecture) = (&snapshot.data, snapshot.architecture());
    let code = code_of(
        data,
        &architecture,
        &snapshot.parameters,
        Layer::Hidden,
        &go_on,
    );
    let code = code.ok_or(JobError::Cancelled)?;
    let labels = match form {
        CodeForm::Npy => None,
        CodeForm::Csv => data.class_titles(),
    };
    Ok(code::write(path, &code, labels.as_deref())?)
}

fn write_model(path: &Path, snapshot: &Snapshot) -> Result<Vec<PathBuf>, IoError> {
    let (parameters, record) = (&snapshot.parameters, record_of(snapshot));
    match suffix(path).as_deref() {
        Some("npz") => npz::write_model(path, parameters, &record)?,
        Some("safetensors") => safetensors::write_model(path, parameters, Some(&record))?,
        Some("py") => {
            return Ok(modules::write(path, Library::PyTorch, parameters, &record)?.to_vec());
        }
        _ => {
            return Err(IoError::Suffix {
                file: path.display().to_string(),
                wanted: ".npz, .safetensors or .py",
            });
        }
    }
    Ok(vec![path.to_owned()])
}

/// A picture of `snapshot` for the clipboard.
///
/// # Errors
/// There is nothing to draw, or it is too large.
pub fn draw(what: Picture, snapshot: &Snapshot) -> Result<Pixels, JobError> {
    match what {
        Picture::Features => {
            let of = (Some(&record_of(snapshot)), snapshot.data.name.as_str());
            Ok(tiles::pixels(&snapshot.parameters, of)?)
        }
        Picture::Curves => Ok(curves::pixels(&rows(snapshot), &title_of_curves(snapshot))?),
    }
}

fn write_curves(path: &Path, snapshot: &Snapshot) -> Result<(), IoError> {
    let records: Vec<Record> = snapshot.history.records().copied().collect();
    if suffix(path).as_deref() == Some("csv") {
        return history_csv::write(path, &records);
    }
    let form = figure::Form::of(path)?;
    let rows = rows(snapshot);
    curves::write(path, form, &rows, &title_of_curves(snapshot))
}

fn title_of_curves(snapshot: &Snapshot) -> String {
    format!("{}: the cost J and its terms", snapshot.data.name)
}

fn write_film(
    path: &Path,
    snapshot: &Snapshot,
    frames: &[Arc<Keyframe>],
    watcher: &dyn Watcher,
) -> Result<(), JobError> {
    if suffix(path).as_deref() != Some("gif") {
        return Err(JobError::from(IoError::Suffix {
            file: path.display().to_string(),
            wanted: ".gif",
        }));
    }
    let (data, architecture) = (&snapshot.data, snapshot.architecture());
    let scene = |place: usize| {
        let frame = frames.get(place)?;
        let parameters = frame.weights(architecture.inputs, architecture.hidden)?;
        Some(Scene {
            epoch: frame.epoch,
            cost: frame.cost,
            fvu: frame.cost.reconstruction_loss / data.variance,
            counts: StateCounts::of(&frame.units),
            sparsity_target: frame.settings.sparsity_target,
            mean_activations: frame
                .units
                .iter()
                .map(|unit| unit.mean_activation)
                .collect(),
            features: data.features(parameters.encoder_weights()).into_owned(),
        })
    };
    let go_on = |part| watcher.tell(Progress::Export { part }).is_continue();
    let of = (data.name.as_str(), data.shape);
    match film::write(path, of, frames.len(), scene, &go_on)? {
        true => Ok(()),
        false => Err(JobError::Cancelled),
    }
}

fn write_report(path: &Path, snapshot: &Snapshot, notes: &str) -> Result<(), IoError> {
    if suffix(path).as_deref() != Some("html") {
        return Err(IoError::Suffix {
            file: path.display().to_string(),
            wanted: ".html",
        });
    }
    let report = Report {
        data: &snapshot.data.name,
        record: &record_of(snapshot),
        rows: &rows(snapshot),
        notes,
        steps: snapshot.data.sentences(),
        changes: snapshot.history.edits().markers_until(snapshot.epoch),
    };
    report::write(path, &report, &snapshot.parameters)
}

fn rows(snapshot: &Snapshot) -> Vec<history_csv::Row> {
    let records = snapshot.history.records();
    records.map(history_csv::Row::from).collect()
}

fn suffix(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// How the model that is shown was made.
fn record_of(snapshot: &Snapshot) -> ModelRecord {
    ModelRecord {
        experiment: Experiment {
            hyperparameters: *snapshot.hyperparameters,
            ..snapshot.experiment.clone()
        },
        preparation: Some(Arc::clone(&snapshot.data.fitted)),
        epoch: snapshot.epoch,
    }
}
