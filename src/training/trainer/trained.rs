//! A run in either precision, as the driver needs it.

use std::sync::Arc;

use ndarray::Array2;

use super::frame::{Activity, Frame, Underway};
use crate::data::DataSet;
use crate::numerics::{Precision, Real, WorkerPool};
use crate::training::plan::{Plan, PlanError, Step};
use crate::training::record::{Change, Cursor, History, SettingError};
use crate::training::run::{Arrival, ArrivalError, EpochEnd, Keyframe, Run};
use crate::training::snapshot::shown_samples;
use crate::training::{Checkpoint, Experiment};

/// What the driver asks of a run, whatever it computes in.
pub(super) trait Trained: Send {
    fn size(&self) -> (usize, usize);
    fn epoch(&self) -> u64;
    fn other_numerics(&self) -> Option<String>;
    fn set(&mut self, change: Change) -> Result<(), SettingError>;
    fn plan(&mut self, plan: Plan) -> Result<(), PlanError>;
    fn next_planned(&mut self) -> Option<Step>;
    fn expects_divergence(&self) -> bool;
    /// `watch` is asked before every step whether the epoch is to go on, and may have a look at it.
    fn advance(&mut self, watch: &mut dyn FnMut(&dyn Fn() -> Underway) -> bool) -> EpochEnd;
    /// Returns which, in increasing order.
    fn revive(&mut self, units: &[usize]) -> Vec<usize>;
    /// The next moment of a run that is trained elsewhere.
    fn absorb(&mut self, arrival: &Arrival) -> Result<(), ArrivalError>;
    /// Whether it is trained elsewhere.
    fn is_elsewhere(&self) -> bool;
    fn checkpoint(&self) -> Checkpoint;
    /// The weights alone where `most` bytes are too few for all of it.
    fn keyframe(&self, most: usize) -> Keyframe;
    fn experiment(&self) -> Experiment;
    fn data(&self) -> &Arc<DataSet>;
    /// Without what only the driver knows.
    fn frame(&mut self, activity: Activity, seen: &Cursor) -> Frame;
}

/// A run with the samples that it shows.
struct Showing<T: Real> {
    run: Run<T>,
    /// (k, n)
    shown: Array2<T>,
}

/// A new run.
///
/// # Errors
/// It can't run; one sentence.
pub(super) fn open(
    experiment: Experiment,
    data: Arc<DataSet>,
    pool: Arc<WorkerPool>,
) -> Result<Box<dyn Trained>, String> {
    fn of<T: Real>(
        experiment: Experiment,
        data: Arc<DataSet>,
        pool: Arc<WorkerPool>,
    ) -> Result<Box<dyn Trained>, String> {
        let run = Run::<T>::new(experiment, data, None, pool).map_err(|error| error.to_string())?;
        Ok(showing(run))
    }
    match experiment.precision {
        Precision::F32 => of::<f32>(experiment, data, pool),
        Precision::F64 => of::<f64>(experiment, data, pool),
    }
}

/// A run that goes on.
///
/// # Errors
/// The checkpoint does not fit its data, or is damaged; one sentence.
pub(super) fn resume(
    checkpoint: Checkpoint,
    data: Arc<DataSet>,
    pool: Arc<WorkerPool>,
) -> Result<Box<dyn Trained>, String> {
    fn of<T: Real>(
        checkpoint: Checkpoint,
        data: Arc<DataSet>,
        pool: Arc<WorkerPool>,
    ) -> Result<Box<dyn Trained>, String> {
        let run = Run::<T>::resume(checkpoint, data, pool).map_err(|error| error.to_string())?;
        Ok(showing(run))
    }
    match checkpoint.precision() {
        Precision::F32 => of::<f32>(checkpoint, data, pool),
        Precision::F64 => of::<f64>(checkpoint, data, pool),
    }
}

/// A run that goes on from a moment of another.
///
/// # Errors
/// The keyframe does not fit; one sentence.
pub(super) fn go_on(
    experiment: Experiment,
    frame: &Keyframe,
    history: History,
    data: Arc<DataSet>,
    pool: Arc<WorkerPool>,
) -> Result<Box<dyn Trained>, String> {
    fn of<T: Real>(
        experiment: Experiment,
        frame: &Keyframe,
        history: History,
        data: Arc<DataSet>,
        pool: Arc<WorkerPool>,
    ) -> Result<Box<dyn Trained>, String> {
        let run = Run::<T>::at(experiment, frame, history, data, pool);
        Ok(showing(run.map_err(|error| error.to_string())?))
    }
    match experiment.precision {
        Precision::F32 => of::<f32>(experiment, frame, history, data, pool),
        Precision::F64 => of::<f64>(experiment, frame, history, data, pool),
    }
}

/// A run that is trained elsewhere.
///
/// # Errors
/// The moment is not of it, or it can't run; one sentence.
pub(super) fn follow(
    experiment: Experiment,
    first: &Arrival,
    data: Arc<DataSet>,
    pool: Arc<WorkerPool>,
) -> Result<Box<dyn Trained>, String> {
    fn of<T: Real>(
        experiment: Experiment,
        first: &Arrival,
        data: Arc<DataSet>,
        pool: Arc<WorkerPool>,
    ) -> Result<Box<dyn Trained>, String> {
        let run = Run::<T>::elsewhere(experiment, first, data, pool);
        Ok(showing(run.map_err(|error| error.to_string())?))
    }
    match experiment.precision {
        Precision::F32 => of::<f32>(experiment, first, data, pool),
        Precision::F64 => of::<f64>(experiment, first, data, pool),
    }
}

fn plain<T: Real>(values: &[T]) -> Vec<f32> {
    values.iter().map(|value| value.f64() as f32).collect()
}

fn showing<T: Real>(run: Run<T>) -> Box<dyn Trained> {
    let shown = shown_samples::<T>(run.data());
    Box::new(Showing { run, shown })
}

impl<T: Real> Trained for Showing<T> {
    fn size(&self) -> (usize, usize) {
        let parameters = self.run.parameters();
        (parameters.inputs(), parameters.hidden())
    }

    fn epoch(&self) -> u64 {
        self.run.state().epoch
    }

    fn other_numerics(&self) -> Option<String> {
        self.run.resumed_on_other_path().map(ToString::to_string)
    }

    fn set(&mut self, change: Change) -> Result<(), SettingError> {
        self.run.set(change)
    }

    fn plan(&mut self, plan: Plan) -> Result<(), PlanError> {
        self.run.plan(plan)
    }

    fn next_planned(&mut self) -> Option<Step> {
        self.run.next_planned()
    }

    fn expects_divergence(&self) -> bool {
        self.run.expects_divergence()
    }

    fn advance(&mut self, watch: &mut dyn FnMut(&dyn Fn() -> Underway) -> bool) -> EpochEnd {
        let epoch = self.run.state().epoch + 1;
        self.run.epoch_watched(&mut |now| {
            watch(&|| Underway {
                epoch,
                samples: now.done as u64,
                weights: plain(now.parameters.flat()),
            })
        })
    }

    fn revive(&mut self, units: &[usize]) -> Vec<usize> {
        self.run.revive(units)
    }

    fn absorb(&mut self, arrival: &Arrival) -> Result<(), ArrivalError> {
        self.run.absorb(arrival)
    }

    fn is_elsewhere(&self) -> bool {
        self.run.is_elsewhere()
    }

    fn keyframe(&self, most: usize) -> Keyframe {
        self.run.keyframe(most)
    }

    fn experiment(&self) -> Experiment {
        self.run.experiment()
    }

    fn data(&self) -> &Arc<DataSet> {
        self.run.data()
    }

    fn checkpoint(&self) -> Checkpoint {
        self.run.checkpoint()
    }

    fn frame(&mut self, activity: Activity, seen: &Cursor) -> Frame {
        let (activations, reconstructions) = self.run.reconstruct(self.shown.view());
        let flat = |array: Array2<T>| array.iter().map(|value| value.f64() as f32).collect();
        let state = self.run.state();
        Frame {
            activity,
            epoch: state.epoch,
            settings: *state.settings,
            weights: plain(state.parameters.flat()),
            cost: state.cost,
            fvu: self.run.fvu(),
            units: state.units.clone(),
            reconstructions: flat(reconstructions),
            activations: flat(activations),
            news: state.history.news_for_a_frame(seen),
            epochs_per_second: 0.0,
            trained_for: Default::default(),
        }
    }
}
