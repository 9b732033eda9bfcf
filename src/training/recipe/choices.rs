//! What a recipe chooses of an experiment, and what can be changed of it on the import sheet.

use crate::model::{HiddenActivation, Hyperparameters, OutputActivation};
use crate::training::Experiment;

/// Units, activations and hyperparameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choices {
    /// h
    pub hidden: usize,
    pub hidden_activation: HiddenActivation,
    pub output_activation: OutputActivation,
    pub hyperparameters: Hyperparameters,
}

impl Choices {
    pub fn of(experiment: &Experiment) -> Self {
        Self {
            hidden: experiment.hidden,
            hidden_activation: experiment.hidden_activation,
            output_activation: experiment.output_activation,
            hyperparameters: experiment.hyperparameters,
        }
    }

    /// `experiment` with these; its data, seed and precision stay.
    pub fn applied_to(self, experiment: Experiment) -> Experiment {
        Experiment {
            hidden: self.hidden,
            hidden_activation: self.hidden_activation,
            output_activation: self.output_activation,
            hyperparameters: self.hyperparameters,
            ..experiment
        }
    }
}
