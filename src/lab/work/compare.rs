//! A comparison: the same settings on a second set, trained here, its features matched with those of the run in the
//! window, and the baselines to judge them by, one after the other.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::data::{DataSet, Progress as Loading};
use crate::lab::compare::{Choice, CompareProgress, Compared, RUNS, Second, Side, epochs};
use crate::lab::jobs::{JobError, Progress, Watcher};
use crate::lab::port::Backend;
use crate::model::matching::SCRAMBLES;
use crate::numerics::{Precision, WorkerPool};
use crate::training::comparison::{
    BASELINE_SEEDS, ComparisonError, Effort, Origin, Plan, Task, Watch, trained,
};
use crate::training::{Experiment, Snapshot};

/// What loading is of the bar, at most.
const LOADING: f64 = 0.03;

/// Trains what `choice` asks for and compares it with `snapshot`. What has been found is told as soon as it is there:
/// the pairs once the second run is trained, then the baselines one by one.
///
/// # Errors
/// Data that can't be had or don't compare, a run that can't be or diverges, or cancelled.
pub fn compare(
    backend: &dyn Backend,
    snapshot: &Snapshot,
    choice: &Choice,
    watcher: &dyn Watcher,
) -> Result<Compared, JobError> {
    let epochs = epochs(choice, snapshot);
    let data = second_data(backend, snapshot, choice.second, watcher)?;
    let pool = Arc::new(WorkerPool::new(1));
    let experiment = Experiment {
        hyperparameters: *snapshot.hyperparameters,
        precision: Precision::F32,
        ..snapshot.experiment.clone()
    };
    let (seed, second_seed) = (experiment.seed, experiment.seed.wrapping_add(1));
    let origin = Origin::new(experiment.clone(), Arc::clone(&snapshot.data), epochs)?;
    let scrambling = origin.scrambling();

    let tell = |what: String, part: f64, found: Option<&Arc<Compared>>| {
        let (part, found) = (part as f32, found.cloned());
        watcher.tell(Progress::Compare(CompareProgress { what, part, found }))
    };
    let go_on = || watcher.go_on().is_continue();
    let of_all = |epoch: u64| LOADING + (1.0 - LOADING) * epoch as f64 / (RUNS * epochs) as f64;
    let second = {
        let what = format!(
            "training on {}, seed {second_seed} (run 1 of {RUNS})",
            data.name
        );
        // a seed of its own: runs that begin at the same weights would match for that reason alone
        let experiment = Experiment {
            data: data.spec.clone(),
            seed: second_seed,
            ..experiment
        };
        let watch = Watch {
            tell: &|done| tell(what.clone(), of_all(done), None),
            go_on: &go_on,
        };
        trained::<f32>(experiment, &data, epochs, &pool, &watch)?
    };
    let first = Side::of(&snapshot.data, &snapshot.parameters, seed, snapshot.epoch);
    let second = Side::of(&data, second.parameters(), second_seed, epochs);
    let of_first = first.features.mapv(f64::from);
    let of_second = second.features.mapv(f64::from);
    let effort = Effort {
        baseline_seeds: BASELINE_SEEDS,
        scrambles: SCRAMBLES,
        seed,
        train_other_seeds: true,
    };
    let (of_first, of_second) = (of_first.view(), of_second.view());
    let plan = Plan::new(
        of_first,
        of_second,
        Some(origin),
        scrambling,
        effort,
        &[second_seed],
    );
    let mut found = Arc::new(Compared {
        run: snapshot.run,
        steered: !snapshot.history.edits().is_empty(),
        first: Arc::new(first),
        second: Arc::new(second),
        epochs,
        comparison: plan.begin(&[])?,
    });
    let (mut run, mut epochs_done) = (1, epochs);
    for (index, task) in plan.tasks().iter().enumerate() {
        let what = match *task {
            Task::Scramble { .. } => {
                format!("matching with {}", found.comparison.scrambled_words())
            }
            Task::OtherSeed { seed } | Task::Covariance { seed } => {
                run += 1;
                let name = &snapshot.data.name;
                let data = match task {
                    Task::Covariance { .. } => {
                        format!("Gaussian noise with the covariance of {name}")
                    }
                    Task::OtherSeed { .. } | Task::Scramble { .. } => name.clone(),
                };
                format!("training on {data}, seed {seed} (run {run} of {RUNS})")
            }
        };
        let watch = Watch {
            tell: &|done| tell(what.clone(), of_all(epochs_done + done), Some(&found)),
            go_on: &go_on,
        };
        let done = plan.carry_out(*task, &pool, &watch);
        Arc::make_mut(&mut found).comparison.take(index, done)?;
        if found.comparison.failure().is_some() {
            break; // no verdict can come of the others
        }
        if !matches!(task, Task::Scramble { .. }) {
            epochs_done += epochs;
        }
    }
    Ok(Arc::unwrap_or_clone(found))
}

/// The data of the second run.
fn second_data(
    backend: &dyn Backend,
    snapshot: &Snapshot,
    second: Second,
    watcher: &dyn Watcher,
) -> Result<Arc<DataSet>, JobError> {
    let spec = second.spec(&snapshot.data).map_err(JobError::Words)?;
    if second == Second::OtherSeed {
        return Ok(Arc::clone(&snapshot.data));
    }
    let watch = |word: Loading| -> ControlFlow<()> {
        watcher.tell(Progress::Compare(CompareProgress {
            what: format!("{} {}", word.stage.title(), second.title()),
            part: LOADING as f32 * word.fraction(),
            found: None,
        }))
    };
    let found = backend.find(&spec, &watch)?;
    let data = Arc::new(backend.prepare(&found, &spec, &watch)?);
    if data.inputs() == snapshot.data.inputs() {
        return Ok(data);
    }
    Err(JobError::Words(format!(
        "samples of {} can't be compared with samples of {}: choose a set with as many values",
        data.shape, snapshot.data.shape
    )))
}

impl From<ComparisonError> for JobError {
    fn from(error: ComparisonError) -> Self {
        match error {
            ComparisonError::Cancelled => Self::Cancelled,
            ComparisonError::Data(error) => error.into(),
            error => Self::Words(error.to_string()),
        }
    }
}
