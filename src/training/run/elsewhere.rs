//! A run that is trained elsewhere: never an epoch of its own, but moments that arrive, each measured as an epoch's end is.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::checkpoint::Numbers;
use super::{Run, RunError, RunState, size};
use crate::data::DataSet;
use crate::model::{CheckedHyperparameters, HyperparameterError, Hyperparameters, Parameters};
use crate::numerics::{Precision, Real, WorkerPool};
use crate::training::Experiment;
use crate::training::record::{Edit, Gesture, Setting};

/// A moment of a training elsewhere: plain data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// Greater than that of the moment before.
    pub epoch: u64,
    /// That it is measured with.
    pub settings: Hyperparameters,
    /// W1, b1, W2, b2, as [`Parameters::flat`] has them.
    weights: Numbers,
}

/// Why a moment can't be one of the run.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ArrivalError {
    #[error("its weights are for another number of inputs or hidden units than the run's")]
    Size,
    #[error("its weights are in the other precision: please report it")]
    Precision,
    #[error("its weights are not finite: the training elsewhere has diverged")]
    Diverged,
    #[error("it comes after epoch {last} and is of epoch {epoch}: please report it")]
    Order { epoch: u64, last: u64 },
    #[error("a setting is out of range: {0}")]
    Settings(#[from] HyperparameterError),
    #[error(transparent)]
    Run(#[from] RunError),
}

impl Arrival {
    /// `weights` for a run in `precision`.
    pub fn new(
        epoch: u64,
        settings: Hyperparameters,
        weights: &Parameters<f64>,
        precision: Precision,
    ) -> Self {
        let weights = match precision {
            Precision::F32 => Numbers::of(weights.cast::<f32>().flat()),
            Precision::F64 => Numbers::of(weights.flat()),
        };
        Self {
            epoch,
            settings,
            weights,
        }
    }

    fn parameters<T: Real>(
        &self,
        inputs: usize,
        hidden: usize,
    ) -> Result<Parameters<T>, ArrivalError> {
        let flat = self.weights.to::<T>().ok_or(ArrivalError::Precision)?;
        let parameters = Parameters::from_flat(flat, inputs, hidden).ok_or(ArrivalError::Size)?;
        if parameters.is_finite() {
            Ok(parameters)
        } else {
            Err(ArrivalError::Diverged)
        }
    }
}

impl<T: Real> Run<T> {
    /// A run of `experiment` that is trained elsewhere, at the first of its moments that is known.
    ///
    /// # Errors
    /// The experiment can't run on `data`, or the moment is not of it.
    pub fn elsewhere(
        experiment: Experiment,
        first: &Arrival,
        data: Arc<DataSet>,
        pool: Arc<WorkerPool>,
    ) -> Result<Self, ArrivalError> {
        let settings = first.settings.check()?;
        let (inputs, hidden) = (data.inputs(), experiment.hidden);
        size::check::<T>(data.len(), inputs, hidden)?;
        let parameters = first.parameters(inputs, hidden)?;
        let state = RunState::beginning(first.epoch, settings, parameters);
        let mut run = Self::assemble(experiment, data, state, settings, pool);
        run.elsewhere = true;
        run.measure_with_gradient();
        if !run.state.cost.is_finite() {
            return Err(ArrivalError::Diverged);
        }
        run.record_arrival();
        Ok(run)
    }

    /// Whether it is trained elsewhere.
    pub fn is_elsewhere(&self) -> bool {
        self.elsewhere
    }

    /// The next moment of a run that is trained elsewhere is its present from now on, measured and recorded as an epoch's
    /// end; settings in which it differs are edits.
    ///
    /// # Errors
    /// It is not of this run, not later, or not finite; the run is as it was.
    pub fn absorb(&mut self, arrival: &Arrival) -> Result<(), ArrivalError> {
        let (epoch, last) = (arrival.epoch, self.state.epoch);
        if epoch <= last {
            return Err(ArrivalError::Order { epoch, last });
        }
        let settings = arrival.settings.check()?;
        let (inputs, hidden) = (self.data.inputs(), self.experiment.hidden);
        let parameters = arrival.parameters(inputs, hidden)?;
        let state = &mut self.state;
        let before = (
            std::mem::replace(&mut state.parameters, parameters),
            std::mem::replace(&mut state.settings, settings),
            state.cost,
            state.units.clone(),
        );
        self.measure_with_gradient();
        if !self.state.cost.is_finite() {
            let state = &mut self.state;
            (state.parameters, state.settings, state.cost, state.units) = before;
            return Err(ArrivalError::Diverged);
        }
        let (_, old, ..) = before;
        self.edit_between(old, settings, epoch);
        self.next = settings;
        self.state.epoch = epoch;
        self.record_arrival();
        Ok(())
    }

    /// What differs between two moments, as one gesture of whoever trains it.
    fn edit_between(
        &mut self,
        old: CheckedHyperparameters,
        new: CheckedHyperparameters,
        epoch: u64,
    ) {
        let history = &mut self.state.history;
        let last = history.edits().edits().map(|edit| edit.gesture).max();
        let gesture = Gesture(last.unwrap_or_default().0 + 1);
        for setting in Setting::all() {
            let (old, new) = (setting.get(&old), setting.get(&new));
            if old != new {
                history.edit(Edit {
                    epoch,
                    gesture,
                    setting,
                    old,
                    new,
                });
            }
        }
    }

    /// Cost, units and gradient, whatever the optimiser: there is no step whose gradient could stand for it.
    fn measure_with_gradient(&mut self) {
        self.measure_with(true);
        self.state.gradient_known = self.state.cost.is_finite();
    }

    /// Tested every time: moments are few, and few of their epochs are multiples of a stride.
    fn record_arrival(&mut self) {
        let test = self.test_loss();
        self.record_with(test);
        // a run that goes on from here takes it anew
        self.state.gradient_known = false;
    }
}

#[cfg(test)]
mod tests;
