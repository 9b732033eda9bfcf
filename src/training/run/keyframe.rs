//! A run at one moment of its past: what decides its future, without the log of how it came there.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use super::checkpoint::{Numbers, OptimizerMemory};
use super::resume::{self, Present};
use super::{ResumeError, Run, size};
use crate::data::DataSet;
use crate::model::units::StateCounts;
use crate::model::{Cost, Hyperparameters, Parameters, UnitStatistics};
use crate::numerics::{Real, WorkerPool};
use crate::training::Experiment;
use crate::training::record::{History, Record};

/// A run at an epoch's end: with its experiment and its data, all that decides how it goes on, and what is shown of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Keyframe {
    /// Epochs done.
    pub epoch: u64,
    /// In force.
    pub settings: Hyperparameters,
    /// Over the whole data set.
    pub cost: Cost,
    /// Over the whole data set; one a hidden unit.
    pub units: Vec<UnitStatistics>,
    /// Edits and revivals up to here, counted over the whole run: where its log is cut.
    pub(in crate::training) edits: u64,
    pub(in crate::training) revived: u64,
    pub(super) gradient_known: bool,
    /// W1, b1, W2, b2, as [`Parameters::flat`] has them.
    pub(super) parameters: Numbers,
    /// `None` where the weights alone are kept: nothing can go on from there.
    pub(super) optimizer: Option<OptimizerMemory>,
    /// Of the parameters and the optimiser's memory; two moments with other bits have another one, but for one chance in
    /// 2⁶⁴.
    pub(super) checksum: u64,
}

impl Keyframe {
    /// Whether its weights are those that a run of `inputs` and `hidden` units begins with from `seed`.
    pub fn is_initial(&self, inputs: usize, hidden: usize, seed: u64) -> bool {
        fn of<T: Real>(values: &[T], (inputs, hidden, seed): (usize, usize, u64)) -> bool {
            size::count(inputs, hidden) == Some(values.len())
                && Parameters::<T>::initial(inputs, hidden, seed).flat() == values
        }
        match &self.parameters {
            Numbers::F32(values) => of(values, (inputs, hidden, seed)),
            Numbers::F64(values) => of(values, (inputs, hidden, seed)),
        }
    }

    /// Whether a run can go on from it.
    pub fn is_whole(&self) -> bool {
        self.optimizer.is_some()
    }

    /// What it takes in memory.
    pub fn bytes(&self) -> usize {
        let memory = self.optimizer.as_ref().map_or(0, OptimizerMemory::bytes);
        size_of::<Self>()
            + self.parameters.bytes()
            + memory
            + self.units.len() * size_of::<UnitStatistics>()
    }

    /// Of the parameters and the optimiser's memory, as they were when it was taken.
    pub fn checksum(&self) -> u64 {
        self.checksum
    }

    /// Whether the bits are still those that were taken; of the weights alone that can't be told.
    pub fn is_intact(&self) -> bool {
        let memory = self.optimizer.as_ref();
        memory.is_none_or(|memory| checksum(&self.parameters, memory) == self.checksum)
    }

    /// The weights, for showing; `None` where they are not of that size.
    pub fn weights(&self, inputs: usize, hidden: usize) -> Option<Parameters<f32>> {
        Parameters::from_flat(self.parameters.to_f32(), inputs, hidden)
    }

    /// Without what only a run that goes on needs.
    pub fn weights_alone(&self) -> Self {
        Self {
            optimizer: None,
            ..self.clone()
        }
    }

    /// Another bit in its first weight, for tests.
    #[cfg(test)]
    pub(in crate::training) fn spoil(&mut self) {
        match &mut self.parameters {
            Numbers::F32(values) => values[0] += 1.0,
            Numbers::F64(values) => values[0] += 1.0,
        }
    }

    /// Its line in the history, for where the history itself was thinned.
    pub(in crate::training) fn record(&self, variance: f64) -> Record {
        Record {
            epoch: self.epoch,
            cost: self.cost,
            fvu: self.cost.reconstruction_loss / variance,
            counts: StateCounts::of(&self.units),
            ..Record::default()
        }
    }
}

impl<T: Real> Run<T> {
    /// The run as it stands; the weights alone where `most` bytes are too few for what the optimiser remembers besides.
    /// What is staged is not in it: it is of the future.
    pub fn keyframe(&self, most: usize) -> Keyframe {
        let state = &self.state;
        let parameters = Numbers::of(state.parameters.flat());
        let memory = if self.elsewhere || state.epoch == 0 {
            OptimizerMemory::Fresh // what it has elsewhere is not known; at its beginning it is nothing
        } else {
            resume::remembered(&state.optimizer)
        };
        let mut frame = Keyframe {
            epoch: state.epoch,
            settings: *state.settings,
            cost: state.cost,
            units: state.units.clone(),
            edits: state.history.edits().appended(),
            revived: state.history.revived(),
            gradient_known: state.gradient_known,
            checksum: checksum(&parameters, &memory),
            parameters,
            optimizer: Some(memory),
        };
        let besides = frame.optimizer.as_ref().map_or(0, OptimizerMemory::bytes);
        if besides > 0 && frame.bytes() > most {
            frame.optimizer = None;
        }
        frame
    }

    /// The run of `experiment` on `data` as it stood at `frame`, with `history` as its past up to there: it goes on with
    /// the same bits.
    ///
    /// # Errors
    /// `frame` is of the weights alone, of the other precision, of another size, or damaged; `history` is not of that
    /// moment.
    pub fn at(
        experiment: Experiment,
        frame: &Keyframe,
        history: History,
        data: Arc<DataSet>,
        pool: Arc<WorkerPool>,
    ) -> Result<Self, ResumeError> {
        size::check::<T>(data.len(), data.inputs(), experiment.hidden)?;
        let settings = frame.settings.check()?;
        let whole = frame.optimizer.as_ref();
        let memory = whole.ok_or(ResumeError::Inconsistent {
            what: "weights alone",
        })?;
        if !frame.is_intact() {
            return Err(ResumeError::Inconsistent { what: "bits" });
        }
        let present = Present {
            hidden: experiment.hidden,
            epoch: frame.epoch,
            parameters: &frame.parameters,
            optimizer: memory,
            gradient_known: frame.gradient_known,
            cost: frame.cost,
            units: &frame.units,
            staged: &[],
            planned: &[],
        };
        let state = present.state::<T>(history, &data, settings)?;
        let mut run = Self::assemble(experiment, data, state, settings, pool);
        if run.state.gradient_known {
            run.regain_gradient();
        }
        Ok(run)
    }
}

pub(super) fn checksum(parameters: &Numbers, memory: &OptimizerMemory) -> u64 {
    let mut sum = Xxh3Default::new();
    parameters.digest(&mut sum);
    memory.digest(&mut sum);
    sum.digest()
}
