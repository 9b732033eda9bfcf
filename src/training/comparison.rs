//! Two runs compared: how alike their features are, and what that says, by what the first run's settings give on its own
//! data from other seeds, on Gaussian noise with the covariance of these data, and by the features scrambled.
//!
//! A [`Plan`] lists the [`Task`]s; each is a value, which can be carried out anywhere in any order, and the
//! [`Comparison`] takes what comes of them. So a window shows one baseline after the other, and a command uses every
//! thread, with the same result to the bit.

mod sentence;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ndarray::{Array2, ArrayView2};
use thiserror::Error;

use super::{EpochEnd, Experiment, Run, RunError};
use crate::data::{DataError, DataSet, SampleShape, SecondOrder, gaussian_like};
use crate::model::matching::{
    Baselines, FeatureGrid, Judgement, MatchError, Matching, Scrambled, Scrambling, match_features,
    scrambled_similarity,
};
use crate::numerics::{Precision, Real, WorkerPool};

/// Runs of either trained baseline, where nothing else is asked for: fewer say too little of how much they vary.
pub const BASELINE_SEEDS: u64 = 3;
/// The most of them.
pub const MOST_BASELINE_SEEDS: u64 = 100;
/// Data sets of more values than this are trained on one at a time, by all threads: 256 MiB in f32.
const LARGE: usize = 1 << 26;
/// What a draw of scrambled features counts of an epoch, for the bar.
const DRAW: f64 = 0.2;
/// Noise is drawn from another stream than the initial weights.
const NOISE: u64 = 0x6e6f_6973_6500_0000;

/// Why runs can't be compared.
#[derive(Debug, Error)]
pub enum ComparisonError {
    #[error(transparent)]
    Match(#[from] MatchError),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Run(#[from] RunError),
    /// A baseline has no features.
    #[error("the run on {data} with seed {seed} diverged at epoch {epoch}: {cause}")]
    Diverged {
        data: String,
        seed: u64,
        epoch: u64,
        cause: String,
    },
    #[error("it was cancelled")]
    Cancelled,
    /// A task of another plan.
    #[error("nothing is known that the task could be carried out with")]
    NotPlanned,
}

/// How a task tells how far it is, and hears whether to go on.
pub struct Watch<'a> {
    /// Hears how many epochs are done, at the beginning of each; `Break` where it is to stop.
    pub tell: &'a dyn Fn(u64) -> ControlFlow<()>,
    /// Asked within an epoch.
    pub go_on: &'a dyn Fn() -> bool,
}

/// How the first run was made, so that others can be made like it.
#[derive(Clone, Debug)]
pub struct Origin {
    /// As many hidden units as the *second* run has: a choice among more would match better for that reason alone.
    experiment: Experiment,
    data: Arc<DataSet>,
    epochs: u64,
    measured: Arc<SecondOrder>,
}

impl Origin {
    /// # Errors
    /// The covariance of `data` is too large to be computed.
    pub fn new(
        experiment: Experiment,
        data: Arc<DataSet>,
        epochs: u64,
    ) -> Result<Self, ComparisonError> {
        let measured = Arc::new(SecondOrder::of(&data)?);
        Ok(Self {
            experiment,
            data,
            epochs,
            measured,
        })
    }

    /// How features of such data are scrambled; `None` where there is no way: a table of very many columns.
    pub fn scrambling(&self) -> Option<Scrambling> {
        let axes = || self.measured.axes().map(Scrambling::Signs);
        scrambling_of_pictures(self.data.shape).or_else(axes)
    }

    pub fn epochs(&self) -> u64 {
        self.epochs
    }
}

/// How features are scrambled that are pictures; `None` where they are not.
pub fn scrambling_of_pictures(shape: SampleShape) -> Option<Scrambling> {
    match shape {
        SampleShape::Image {
            rows,
            columns,
            channels,
        } => Some(Scrambling::Phases(FeatureGrid {
            rows,
            columns,
            channels,
            interleaved: true,
        })),
        SampleShape::Vector { .. } => None,
    }
}

/// One piece of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// The first run's settings and data, from another seed.
    OtherSeed { seed: u64 },
    /// The first run's settings on noise with the covariance of its data; drawn, and begun, from the seed.
    Covariance { seed: u64 },
    /// One draw of scrambled features.
    Scramble { draw: u64 },
}

/// What comes of a task.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// The first run's features matched with those of the run that was trained.
    Matched(Matching),
    /// The similarity to features that were scrambled.
    Scrambled(f64),
}

/// What is compared with what, and what is to be done for it.
pub struct Plan<'a> {
    /// (h, n) and (h', n), as the features are shown.
    pub first: ArrayView2<'a, f64>,
    pub second: ArrayView2<'a, f64>,
    /// `None` where it is not known: then nothing can be trained, and there is no verdict.
    pub origin: Option<Origin>,
    pub scrambling: Option<Scrambling>,
    /// Of the scrambled draws.
    pub seed: u64,
    tasks: Vec<Task>,
}

/// How much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Runs of either trained baseline.
    pub baseline_seeds: u64,
    pub scrambles: u64,
    /// Of the scrambled draws.
    pub seed: u64,
    /// Whether other seeds are trained; not where such runs are given.
    pub train_other_seeds: bool,
}

impl<'a> Plan<'a> {
    /// The seeds of the runs that are trained are the next after the first run's that are none of `taken`.
    pub fn new(
        first: ArrayView2<'a, f64>,
        second: ArrayView2<'a, f64>,
        origin: Option<Origin>,
        scrambling: Option<Scrambling>,
        effort: Effort,
        taken: &[u64],
    ) -> Self {
        let origin = origin.map(|origin| Origin {
            experiment: Experiment {
                hidden: second.nrows(),
                ..origin.experiment
            },
            ..origin
        });
        let mut tasks = Vec::new();
        if scrambling.is_some() {
            tasks.extend((0..effort.scrambles).map(|draw| Task::Scramble { draw }));
        }
        if let Some(origin) = &origin {
            let own = origin.experiment.seed;
            let mut seeds = (1..)
                .map(|step| own.wrapping_add(step))
                .filter(|seed| *seed != own && !taken.contains(seed));
            // in turns, so that there is soon one of each
            for _ in 0..effort.baseline_seeds {
                if effort.train_other_seeds {
                    tasks.extend(seeds.next().map(|seed| Task::OtherSeed { seed }));
                }
                tasks.extend(seeds.next().map(|seed| Task::Covariance { seed }));
            }
        }
        Self {
            first,
            second,
            origin,
            scrambling,
            seed: effort.seed,
            tasks,
        }
    }

    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// The pairs, and nothing to judge them by yet but the `given` runs from other seeds (h', n).
    ///
    /// # Errors
    /// The features can't be matched.
    pub fn begin(&self, given: &[Array2<f64>]) -> Result<Comparison, ComparisonError> {
        let given = given
            .iter()
            .map(|other| match_features(self.first, other.view()));
        let scrambling = self.scrambling.as_ref();
        Ok(Comparison {
            matching: match_features(self.first, self.second)?,
            given: given.collect::<Result<_, _>>()?,
            tasks: self.tasks.clone(),
            done: vec![None; self.tasks.len()],
            failed: None,
            pictures: scrambling.is_none_or(|s| matches!(s, Scrambling::Phases(_))),
        })
    }

    /// How long a task takes, in epochs.
    pub fn effort(&self, task: Task) -> f64 {
        match (task, &self.origin) {
            (Task::Scramble { .. }, _) | (_, None) => DRAW,
            (_, Some(origin)) => origin.epochs.max(1) as f64,
        }
    }

    /// What comes of a task.
    ///
    /// # Errors
    /// The run can't be made, or diverges; `watch` said stop; a task of another plan.
    pub fn carry_out(
        &self,
        task: Task,
        pool: &Arc<WorkerPool>,
        watch: &Watch<'_>,
    ) -> Result<Done, ComparisonError> {
        if (watch.tell)(0).is_break() {
            return Err(ComparisonError::Cancelled);
        }
        let (origin, data, seed) = match (task, &self.origin, &self.scrambling) {
            (Task::Scramble { draw }, _, Some(scrambling)) => {
                let (first, second) = (self.first, self.second);
                let found = scrambled_similarity(first, second, scrambling, self.seed, draw);
                return Ok(Done::Scrambled(found?));
            }
            (Task::OtherSeed { seed }, Some(origin), _) => (origin, Arc::clone(&origin.data), seed),
            (Task::Covariance { seed }, Some(origin), _) => {
                let noise = gaussian_like(&origin.data, &origin.measured, seed ^ NOISE);
                (origin, Arc::new(noise), seed)
            }
            (_, None, _) | (_, _, None) => return Err(ComparisonError::NotPlanned),
        };
        let experiment = Experiment {
            seed,
            ..origin.experiment.clone()
        };
        let features = match experiment.precision {
            Precision::F32 => features::<f32>(experiment, &data, origin.epochs, pool, watch)?,
            Precision::F64 => features::<f64>(experiment, &data, origin.epochs, pool, watch)?,
        };
        Ok(Done::Matched(match_features(self.first, features.view())?))
    }

    /// Everything, on all threads of `pool`. `tell` hears what part of it is done, in [0, 1].
    ///
    /// # Errors
    /// The features can't be matched or the runs not be made; `tell` said stop. A baseline that diverges is no error:
    /// the comparison says so.
    pub fn carry_all_out(
        &self,
        given: &[Array2<f64>],
        pool: &Arc<WorkerPool>,
        tell: &(dyn Fn(f64) -> ControlFlow<()> + Sync),
    ) -> Result<Comparison, ComparisonError> {
        let mut comparison = self.begin(given)?;
        let large = self
            .origin
            .as_ref()
            .is_some_and(|origin| origin.data.len() * origin.data.inputs() > LARGE);
        let total: f64 = self.tasks.iter().map(|task| self.effort(*task)).sum();
        let done: Mutex<Vec<f64>> = Mutex::new(vec![0.0; self.tasks.len()]);
        let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
        let cancelled = AtomicBool::new(false);
        let alone = Arc::new(WorkerPool::new(1));
        let work = |pool: &Arc<WorkerPool>, found: &mut Vec<(usize, Result<Done, _>)>| {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(task) = self.tasks.get(index) else {
                    return;
                };
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let told = |part: f64| {
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(of_it) = done.get_mut(index) {
                        *of_it = part;
                    }
                    let said = tell(done.iter().sum::<f64>() / total);
                    if said.is_break() {
                        stopped.store(true, Ordering::Relaxed);
                        cancelled.store(true, Ordering::Relaxed);
                    }
                    said
                };
                let watch = Watch {
                    tell: &|epochs| told(epochs as f64),
                    go_on: &|| !stopped.load(Ordering::Relaxed),
                };
                let result = self.carry_out(*task, pool, &watch);
                if result.is_err() {
                    stopped.store(true, Ordering::Relaxed);
                } else {
                    let _ = told(self.effort(*task)); // the next task hears of it
                }
                found.push((index, result));
            }
        };
        let mut found: Vec<Vec<_>> = vec![];
        found.resize_with(if large { 1 } else { pool.workers() }, Vec::new);
        if large {
            found.iter_mut().for_each(|found| work(pool, found));
        } else {
            pool.each(&mut found, |_, found| work(&alone, found));
        }
        if cancelled.load(Ordering::Relaxed) {
            return Err(ComparisonError::Cancelled);
        }
        let mut found: Vec<_> = found.into_iter().flatten().collect();
        found.sort_by_key(|(index, _)| *index);
        for (index, result) in found {
            comparison.take(index, result)?;
        }
        Ok(comparison)
    }
}

/// The features (h, n) of a run after `epochs`, as they are shown.
fn features<T: Real>(
    experiment: Experiment,
    data: &Arc<DataSet>,
    epochs: u64,
    pool: &Arc<WorkerPool>,
    watch: &Watch<'_>,
) -> Result<Array2<f64>, ComparisonError> {
    let run = trained::<T>(experiment, data, epochs, pool, watch)?;
    let features = data.features(run.parameters().encoder_weights());
    Ok(features.mapv(T::f64))
}

/// A run after `epochs`.
///
/// # Errors
/// It can't be made, or diverges; `watch` said stop.
pub fn trained<T: Real>(
    experiment: Experiment,
    data: &Arc<DataSet>,
    epochs: u64,
    pool: &Arc<WorkerPool>,
    watch: &Watch<'_>,
) -> Result<Run<T>, ComparisonError> {
    let seed = experiment.seed;
    let mut run = Run::<T>::new(experiment, Arc::clone(data), None, Arc::clone(pool))?;
    for done in 0..epochs {
        if (watch.tell)(done).is_break() {
            return Err(ComparisonError::Cancelled);
        }
        match run.epoch(watch.go_on) {
            EpochEnd::Finished { .. } => {}
            EpochEnd::Interrupted => return Err(ComparisonError::Cancelled),
            EpochEnd::Diverged { epoch, cause, .. } => {
                return Err(ComparisonError::Diverged {
                    data: data.name.clone(),
                    seed,
                    epoch,
                    cause,
                });
            }
        }
    }
    Ok(run)
}

/// What has been found so far; all of it once every task was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub matching: Matching,
    given: Vec<Matching>,
    tasks: Vec<Task>,
    /// By task.
    done: Vec<Option<Done>>,
    /// Why a baseline has no value.
    failed: Option<String>,
    /// Whether the features are pictures, for words.
    pictures: bool,
}

impl Comparison {
    /// Takes what came of the task at `index` of the plan.
    ///
    /// # Errors
    /// Those of the task, but for a divergence: then the comparison has no verdict and says why.
    pub fn take(
        &mut self,
        index: usize,
        result: Result<Done, ComparisonError>,
    ) -> Result<(), ComparisonError> {
        match result {
            Ok(done) => {
                if let Some(slot) = self.done.get_mut(index) {
                    *slot = Some(done);
                }
                Ok(())
            }
            Err(error @ ComparisonError::Diverged { .. }) => {
                self.failed.get_or_insert(error.to_string());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// What there is of the baselines, in the order of the plan.
    pub fn baselines(&self) -> Baselines {
        let mut baselines = Baselines {
            other_seed: self.given.clone(),
            ..Baselines::default()
        };
        let mut scrambled = Vec::new();
        for (task, done) in self.tasks.iter().zip(&self.done) {
            match (task, done) {
                (Task::OtherSeed { .. }, Some(Done::Matched(run))) => {
                    baselines.other_seed.push(run.clone());
                }
                (Task::Covariance { .. }, Some(Done::Matched(run))) => {
                    baselines.covariance.push(run.clone());
                }
                (_, Some(Done::Scrambled(similarity))) => scrambled.push(*similarity),
                (Task::Scramble { .. }, Some(Done::Matched(_))) | (_, None) => {}
            }
        }
        baselines.scrambled = Scrambled::of(&scrambled);
        baselines
    }

    /// The seeds of the runs that were, or are to be, trained: on the same data, and on noise.
    pub fn seeds(&self) -> [Vec<u64>; 2] {
        let mut seeds = [Vec::new(), Vec::new()];
        for task in &self.tasks {
            match *task {
                Task::OtherSeed { seed } => seeds[0].push(seed),
                Task::Covariance { seed } => seeds[1].push(seed),
                Task::Scramble { .. } => {}
            }
        }
        seeds
    }

    /// Whether every task was taken.
    pub fn is_complete(&self) -> bool {
        self.done.iter().all(Option::is_some)
    }

    /// `None` until it is complete, and where a baseline is missing.
    pub fn judgement(&self) -> Option<Judgement> {
        if !self.is_complete() {
            return None;
        }
        self.baselines().judge(self.matching.similarity)
    }

    /// Why there is no verdict, where a baseline failed.
    pub fn failure(&self) -> Option<&str> {
        self.failed.as_deref()
    }

    /// Whether the features are pictures.
    pub fn of_pictures(&self) -> bool {
        self.pictures
    }
}
