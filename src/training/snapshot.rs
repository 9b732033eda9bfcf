//! What the trainer shows of a run: one immutable value.

use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, Axis};

use super::trainer::{Activity, RunId};
use super::{Experiment, History};
use crate::data::DataSet;
use crate::model::{
    CheckedHyperparameters, Cliffs, Cost, EvenSample, Parameters, Spectrum, UnitStatistics,
};
use crate::numerics::Real;

/// Which weights a snapshot holds: those of a run's epoch, before or after a revival at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Version {
    pub run: RunId,
    pub epoch: u64,
    pub revivals: u64,
}

impl Snapshot {
    pub fn version(&self) -> Version {
        Version {
            run: self.run,
            epoch: self.epoch,
            revivals: self.history.revived(),
        }
    }

    /// The cliffs for the settings of the last epoch; `None` where the spectrum isn't known (yet).
    pub fn cliffs(&self) -> Option<Cliffs> {
        let hidden = self.experiment.hidden_activation;
        let spectrum = self.spectrum.as_ref()?;
        Some(Cliffs::new(spectrum, &self.hyperparameters, hidden))
    }
}

/// How many samples a snapshot shows beside their reconstructions.
pub const SHOWN_SAMPLES: usize = 16;

/// The state of a run at the end of an epoch, complete in itself. Published at most every 33 ms.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// A reset, new data or a new seed starts another.
    pub run: RunId,
    pub experiment: Experiment,
    pub data: Arc<DataSet>,
    pub activity: Activity,
    /// Epochs done; 0 for the initial weights.
    pub epoch: u64,
    /// The hyperparameters that the last epoch used (before the first: will use).
    pub hyperparameters: CheckedHyperparameters,
    pub parameters: Parameters<f32>,
    /// Over the whole data set, at this epoch's end.
    pub cost: Cost,
    /// Reconstruction loss ÷ data variance.
    pub fvu: f64,
    /// Over the whole data set, at this epoch's end; one a hidden unit.
    pub units: Vec<UnitStatistics>,
    /// A fixed choice of samples (k, n), k ≤ `SHOWN_SAMPLES`, the same for the whole run.
    pub inputs: Arc<Array2<f32>>,
    /// x̂ of `inputs`, (k, n).
    pub reconstructions: Array2<f32>,
    /// Hidden activations a2 of `inputs`, (k, h).
    pub activations: Array2<f32>,
    pub history: Arc<History>,
    /// What the laws of the dead state need of the data and the output; `None` until it was measured, which a run does
    /// not wait for, and where it can't be.
    pub spectrum: Option<Arc<Spectrum>>,
    /// Over the last second or so; 0 while paused.
    pub epochs_per_second: f64,
    pub samples_per_second: f64,
    /// Time spent training, pauses left out.
    pub trained_for: Duration,
}

/// Which samples are shown, evenly spaced: the same for the same data.
pub fn shown_places(data: &DataSet) -> impl Iterator<Item = usize> {
    EvenSample::of(data.len(), SHOWN_SAMPLES).rows()
}

/// The samples shown (k, n), k ≤ `SHOWN_SAMPLES`.
pub fn shown_samples<T: Real>(data: &DataSet) -> Array2<T> {
    let rows: Vec<usize> = shown_places(data).collect();
    data.samples.to::<T>().select(Axis(0), &rows)
}
