//! All that is kept of a run, in a folder of its own.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::publish::{self, Publication};
use super::run_file::{self, About, RunFile};
use super::{IoError, ModelRecord, history_csv, npz, pictures, run_json};
use crate::numerics::Real;
use crate::training::timeline::Past;
use crate::training::{Record, Run, snapshot};

/// The weights, and how they were made.
pub const MODEL: &str = "model.npz";
pub const HISTORY: &str = "history.csv";
pub const FEATURES: &str = "features.png";
pub const RECONSTRUCTIONS: &str = "reconstructions.png";
/// The last one written: where it is for these very weights, the others are whole.
pub const DOCUMENT: &str = "run.json";

/// The run itself, to go on from.
pub const RUN: &str = "run.saelab";

/// Everything that [`write`] writes of any run.
pub const FILES: [&str; 5] = [MODEL, HISTORY, FEATURES, RECONSTRUCTIONS, DOCUMENT];

/// Writes `run` at its present epoch into `folder`, which is there: the model, its history, pictures of its features and
/// reconstructions, and a document with the `results`; and the run itself, where it is to go on: with the `kept` of it.
/// All of them take their places together. The same run gives the same bytes but for the results.
///
/// # Errors
/// The data's path is not Unicode, a picture or the data to keep are too large, or a file cannot be written.
pub fn write<T: Real>(
    folder: &Path,
    run: &mut Run<T>,
    results: &impl Serialize,
    kept: Option<&Kept>,
) -> Result<(), IoError> {
    let publication = Publication::begin(folder)?;
    let filled = fill(&publication, run, results, kept);
    filled.map_err(|error| publication.in_place(error))?;
    publication.publish(DOCUMENT)
}

fn fill<T: Real>(
    publication: &Publication,
    run: &mut Run<T>,
    results: &impl Serialize,
    kept: Option<&Kept>,
) -> Result<(), IoError> {
    let file = |name: &str| publication.path(name);
    let data = Arc::clone(run.data());
    let (experiment, epoch) = (run.experiment(), run.state().epoch);
    let record = ModelRecord {
        experiment,
        preparation: Some(Arc::clone(&data.fitted)),
        epoch,
    };
    npz::write_model(&file(MODEL), run.parameters(), &record)?;
    let mut records: Vec<Record> = run.state().history.records().copied().collect();
    if let Some(last) = records.last_mut() {
        last.test = run.test_loss(); // of the very weights that are written
    }
    history_csv::write(&file(HISTORY), &records)?;
    let shown = snapshot::shown_samples::<T>(&data);
    let (_, reconstructions) = run.reconstruct(shown.view());
    pictures::write_features(&file(FEATURES), run.parameters(), &data)?;
    pictures::write_reconstructions(
        &file(RECONSTRUCTIONS),
        shown.view(),
        reconstructions.view(),
        &data,
    )?;
    let model = (&*file(MODEL), epoch);
    run_json::write(&file(DOCUMENT), model, &record.experiment, &data, results)?;
    if let Some(kept) = kept {
        let run = RunFile {
            about: kept.about.clone(),
            checkpoint: run.checkpoint(),
            past: kept.past.clone(),
            data: kept.data.then_some(data),
        };
        run_file::write(&file(RUN), &run)?;
    }
    Ok(())
}

/// What goes with a run into its file.
#[derive(Clone, Debug)]
pub struct Kept {
    pub about: About,
    pub past: Past,
    /// Whether its data go with it.
    pub data: bool,
}

/// Whether `folder` holds a run, or a part of one.
pub fn holds_one(folder: &Path) -> bool {
    let mut names = FILES.iter().chain([&RUN]);
    names.any(|name| folder.join(name).exists())
}

/// Finishes what a run was about to write into `folder` when it was stopped, and clears away what it left behind.
///
/// # Errors
/// Files that were complete can't be moved.
pub fn recover(folder: &Path) -> Result<(), IoError> {
    publish::recover(folder, DOCUMENT)?;
    super::sweep(folder);
    Ok(())
}
