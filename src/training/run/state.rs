//! What a run is at an epoch's end.

use super::super::plan::Planned;
use super::super::record::{Change, History};
use crate::model::{CheckedHyperparameters, Cost, Parameters, UnitStatistics};
use crate::numerics::Real;
use crate::optim::Optimizer;

/// What a run is at an epoch's end: with its experiment and its data, all that decides how it goes on.
#[derive(Clone, Debug)]
pub struct RunState<T: Real> {
    /// Epochs done.
    pub epoch: u64,
    pub parameters: Parameters<T>,
    pub(super) optimizer: Optimizer<T>,
    /// The hyperparameters of the last epoch (before the first: of the next).
    pub settings: CheckedHyperparameters,
    /// What the next epoch changes of them; each in range and another than the one in force.
    pub(super) staged: Vec<Change>,
    /// What is to be done before epochs to come, in order.
    pub(super) planned: Vec<Planned>,
    /// Whether the next step takes the gradient of the last measurement instead of one of its own.
    pub(super) gradient_known: bool,
    /// Over the whole data set.
    pub cost: Cost,
    /// Over the whole data set; one a hidden unit.
    pub units: Vec<UnitStatistics>,
    pub history: History,
}

impl<T: Real> RunState<T> {
    /// Of a run of which nothing is known but where it stands after `epoch`: not measured yet.
    pub(super) fn beginning(
        epoch: u64,
        settings: CheckedHyperparameters,
        parameters: Parameters<T>,
    ) -> Self {
        Self {
            epoch,
            optimizer: Optimizer::new(settings.optimizer, parameters.flat().len()),
            settings,
            staged: Vec::new(),
            planned: Vec::new(),
            gradient_known: false,
            cost: Cost::default(),
            units: Vec::new(),
            history: History::new(),
            parameters,
        }
    }
}
