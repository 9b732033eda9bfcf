//! A comparison: the same settings on a second set and with another seed, each trained here, and their features matched
//! with those of the run in the window.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::data::{DataSet, Progress as Loading, SampleShape};
use crate::lab::compare::{Choice, CompareProgress, Compared, Second, Side, epochs};
use crate::lab::jobs::{JobError, Progress, Watcher};
use crate::lab::port::Backend;
use crate::model::Parameters;
use crate::model::matching::{self, FeatureGrid};
use crate::numerics::WorkerPool;
use crate::training::{EpochEnd, Experiment, Run, Snapshot};

/// The parts of the bar: loading, the second run, the baseline, matching.
const PARTS: [f32; 4] = [0.04, 0.5, 0.96, 1.0];

/// Trains what `choice` asks for and compares it with `snapshot`.
///
/// # Errors
/// Data that can't be had or don't compare, a run that can't be or diverges, or cancelled.
pub fn compare(
    backend: &dyn Backend,
    snapshot: &Snapshot,
    choice: &Choice,
    watcher: &dyn Watcher,
) -> Result<Compared, JobError> {
    let tell = |what: &str, part: f32| {
        let what = what.to_owned();
        watcher.tell(Progress::Compare(CompareProgress { what, part }))
    };
    let epochs = epochs(choice, snapshot);
    let spec = choice
        .second
        .spec(&snapshot.data)
        .map_err(JobError::Words)?;
    let data = if choice.second == Second::OtherSeed {
        Arc::clone(&snapshot.data)
    } else {
        let watch = |word: Loading| {
            let what = format!("{} {}", word.stage.title(), choice.second.title());
            tell(&what, PARTS[0] * word.fraction())
        };
        let found = backend.find(&spec, &watch)?;
        Arc::new(backend.prepare(&found, &spec, &watch)?)
    };
    if data.inputs() != snapshot.data.inputs() {
        return Err(JobError::Words(format!(
            "samples of {} can't be compared with samples of {}: choose a set with as many values",
            data.shape, snapshot.data.shape
        )));
    }
    let seed = snapshot.experiment.seed;
    // a seed of its own each: runs that begin at the same weights would match for that reason alone
    let (second_seed, other_seed) = (seed.wrapping_add(1), seed.wrapping_add(2));
    let train = |data: &Arc<DataSet>, seed: u64, words: &str, from: f32, to: f32| {
        let experiment = Experiment {
            data: data.spec.clone(),
            seed,
            hyperparameters: *snapshot.hyperparameters,
            ..snapshot.experiment.clone()
        };
        let tell = |done| {
            let part = done as f32 / epochs as f32;
            tell(words, from + part * (to - from))
        };
        trained(experiment, data, epochs, &tell, watcher)
    };
    let words = format!("training on {}, seed {second_seed}", data.name);
    let second = train(&data, second_seed, &words, PARTS[0], PARTS[1])?;
    let words = format!("training on {}, seed {other_seed}", snapshot.data.name);
    let other = train(&snapshot.data, other_seed, &words, PARTS[1], PARTS[2])?;
    if tell("matching features", PARTS[2]).is_break() {
        return Err(JobError::Cancelled);
    }
    let first = Side::of(&snapshot.data, &snapshot.parameters, seed, snapshot.epoch);
    let second = Side::of(&data, &second, second_seed, epochs);
    let other_seed = Side::of(&snapshot.data, &other, other_seed, epochs);
    let comparison = matching::compare(
        first.features.view(),
        second.features.view(),
        Some(other_seed.features.view()),
        grid(snapshot.data.shape),
        seed,
    )
    .map_err(|error| JobError::Words(error.to_string()))?;
    Ok(Compared {
        run: snapshot.run,
        steered: !snapshot.history.edits().is_empty(),
        first,
        second,
        other_seed,
        comparison,
    })
}

fn grid(shape: SampleShape) -> FeatureGrid {
    match shape {
        SampleShape::Image {
            rows,
            columns,
            channels,
        } => FeatureGrid {
            rows,
            columns,
            channels,
            interleaved: true,
        },
        SampleShape::Vector { length } => FeatureGrid::vector(length),
    }
}

/// The weights after `epochs` on this thread alone.
fn trained(
    experiment: Experiment,
    data: &Arc<DataSet>,
    epochs: u64,
    tell: &dyn Fn(u64) -> ControlFlow<()>,
    watcher: &dyn Watcher,
) -> Result<Parameters<f32>, JobError> {
    let failed = JobError::Words;
    let pool = Arc::new(WorkerPool::new(1));
    let (seed, name) = (experiment.seed, data.name.clone());
    let mut run = Run::<f32>::new(experiment, Arc::clone(data), None, pool)
        .map_err(|error| failed(error.to_string()))?;
    for done in 0..epochs {
        if tell(done).is_break() {
            return Err(JobError::Cancelled);
        }
        match run.epoch(&|| watcher.go_on().is_continue()) {
            EpochEnd::Finished { .. } => {}
            EpochEnd::Interrupted => return Err(JobError::Cancelled),
            EpochEnd::Diverged { epoch, cause } => {
                return Err(failed(format!(
                    "the run on {name} with seed {seed} diverged at epoch {epoch}: {cause}"
                )));
            }
        }
    }
    Ok(run.parameters().clone())
}
